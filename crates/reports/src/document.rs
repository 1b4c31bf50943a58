//! PDF documents by Typst: PDF/UA-1 and PDF/A-2a in one file.
//!
//! The publication reaches the Typst template as JSON in a virtual file, so that no word of it is
//! ever read as Typst markup.

mod world;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::charts::chart_svg;
use crate::fonts::printable;
use crate::prose::{ParsedSection, ProseError, figure_order, parse_sections};
use crate::publication::{FigureNote, Publication, Section};
use crate::widths::TableView;
pub(crate) use world::World;

const TEMPLATE: &str = include_str!("templates/report.typ");

/// Why a document could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The prose names what the publication lacks.
    #[error(transparent)]
    Prose(#[from] ProseError),
    /// The publication could not be written as JSON.
    #[error("cannot prepare the publication for the document")]
    Data(#[source] serde_json::Error),
    /// Typst refused the document, or the PDF would break a standard.
    #[error("cannot typeset the document: {}", .reasons.join("; "))]
    Typesetting {
        /// What Typst said.
        reasons: Vec<String>,
    },
}

/// The full assessment as PDF.
pub fn full_pdf(publication: &Publication) -> Result<Vec<u8>, DocumentError> {
    pdf(publication, &publication.sections, "Full assessment", PUBLISHED)
}

/// The summary as PDF.
pub fn summary_pdf(publication: &Publication) -> Result<Vec<u8>, DocumentError> {
    pdf(publication, &publication.summary, "Summary", PUBLISHED)
}

/// The pack of a meeting as PDF.
pub fn pack_pdf(pack: &Publication) -> Result<Vec<u8>, DocumentError> {
    pdf(pack, &pack.sections, "Board pack", FOR_MEETING)
}

/// What stands before the date of an assessment.
pub(crate) const PUBLISHED: &str = "Published";
/// What stands before the date of a meeting's papers.
pub(crate) const FOR_MEETING: &str = "For the meeting of";

/// Letters of a line of a table on paper.
const LETTERS: f64 = 110.0;

/// What the Typst template reads.
#[derive(Serialize)]
struct Report<'a> {
    publication: &'a Publication,
    edition: &'static str,
    dated: &'static str,
    published: [i16; 3],
    published_text: String,
    sections: Vec<ParsedSection<'a>>,
    charts: Vec<ReportChart<'a>>,
    tables: BTreeMap<&'a str, TableView<'a>>,
    figures: Vec<&'a FigureNote>,
}

/// A chart's words; its drawing is a virtual file named by its place in this list.
#[derive(Serialize)]
struct ReportChart<'a> {
    id: &'a str,
    title: &'a str,
    finding: &'a str,
    table: TableView<'a>,
}

fn pdf(
    publication: &Publication,
    sections: &[Section],
    edition: &'static str,
    dated: &'static str,
) -> Result<Vec<u8>, DocumentError> {
    let published = publication.published;
    let report = Report {
        publication,
        edition,
        dated,
        published: [published.year(), published.month().into(), published.day().into()],
        published_text: crate::publication_files::date_text(published),
        sections: parse_sections(publication, sections)?,
        charts: publication
            .charts
            .iter()
            .map(|(id, chart)| ReportChart {
                id,
                title: &chart.title,
                finding: &chart.finding,
                table: TableView::of(&chart.table, LETTERS),
            })
            .collect(),
        tables: publication
            .tables
            .iter()
            .map(|(id, table)| (id.as_str(), TableView::of(table, LETTERS)))
            .collect(),
        figures: figure_order(publication).into_iter().map(|id| &publication.figures[id]).collect(),
    };
    let mut data = serde_json::to_value(&report).map_err(DocumentError::Data)?;
    make_printable(&mut data);
    let drawings = publication
        .charts
        .values()
        .map(|chart| printable(&chart_svg(chart, publication.synthetic)));
    let world =
        World::new(("/report.typ", TEMPLATE), ("/report.json", &data.to_string()), drawings);
    typeset(&world, publication)
}

/// Typesets a document with the standards that all of ours keep.
pub(crate) fn typeset(world: &World, publication: &Publication) -> Result<Vec<u8>, DocumentError> {
    let document: PagedDocument =
        typst::compile(world).output.map_err(|diagnostics| refusal(&diagnostics))?;
    let date = publication.published;
    let timestamp =
        Datetime::from_ymd_hms(date.year().into(), date.month() as u8, date.day() as u8, 0, 0, 0);
    let standards =
        PdfStandards::new(&[PdfStandard::Ua_1, PdfStandard::A_2a]).map_err(|error| {
            DocumentError::Typesetting { reasons: vec![error.message().to_string()] }
        })?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("{} {} {date}", publication.partnership, publication.title)),
        creator: Smart::Custom(Some("Wardmote".to_owned())),
        timestamp: timestamp.map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&document, &options).map_err(|diagnostics| refusal(&diagnostics));
    // Keeps the memory of a long-running server bounded; recent results still speed the next run.
    typst::comemo::evict(4);
    bytes
}

fn refusal(diagnostics: &[SourceDiagnostic]) -> DocumentError {
    let reason = |diagnostic: &SourceDiagnostic| {
        let hints = diagnostic.hints.iter().map(|hint| hint.v.as_str());
        let words: Vec<&str> = std::iter::once(diagnostic.message.as_str()).chain(hints).collect();
        words.join("; ")
    };
    DocumentError::Typesetting { reasons: diagnostics.iter().map(reason).collect() }
}

/// Replaces every string by what the typefaces can show; keys are ours, apart from ids, which
/// are looked up and so must stay in step with the text that names them.
pub(crate) fn make_printable(value: &mut Value) {
    match value {
        Value::String(text) => *text = printable(text),
        Value::Array(values) => values.iter_mut().for_each(make_printable),
        Value::Object(fields) => {
            for (key, mut field) in std::mem::take(fields) {
                make_printable(&mut field);
                fields.insert(printable(&key), field);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
