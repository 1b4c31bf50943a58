//! The findings as slides in PDF: 16:9, tagged, one finding a slide.

mod table;

use std::collections::BTreeSet;

use serde::Serialize;

use crate::charts::{Chart, slide_drawings};
use crate::document::{DocumentError, FOR_MEETING, PUBLISHED, World, make_printable, typeset};
use crate::fonts::printable;
use crate::prose::{Block, ParsedSection, ProseError, parse_sections, plain_text, visit_figures};
use crate::publication::{FigureNote, Publication, Section, SignOff, Slide};
use crate::publication_files::{FULL_DOCX, FULL_PDF, PACK_PDF, date_text};
use crate::widths::TableView;

pub use self::table::slide_tables;

const TEMPLATE: &str = include_str!("templates/slides.typ");

/// What the Typst template reads.
#[derive(Serialize)]
struct Deck<'a> {
    title: &'a str,
    partnership: &'a str,
    published: [i16; 3],
    published_text: String,
    dated: &'static str,
    vintage: &'a str,
    /// What stands above every slide.
    marks: Vec<&'static str>,
    /// The same in full, for the first.
    front: Vec<String>,
    footer: String,
    slides: Vec<View<'a>>,
}

/// One slide.
#[derive(Serialize, Default)]
struct View<'a> {
    title: String,
    blocks: Vec<Block>,
    facts: Vec<(&'static str, String)>,
    chart: Option<ChartView>,
    table: Option<TableView<'a>>,
    /// Where it comes from, and what must not be concluded from it.
    source: String,
    caution: String,
}

#[derive(Serialize)]
struct ChartView {
    title: String,
    alt: String,
    /// The drawings to choose from, the higher first.
    drawings: Vec<DrawingView>,
}

#[derive(Serialize)]
struct DrawingView {
    index: usize,
    left_out: Option<String>,
}

/// The slides as PDF.
///
/// # Errors
///
/// [`DocumentError`] if a slide names a chart or figure that is not there, or holds more than fits.
pub fn slides_pdf(publication: &Publication) -> Result<Vec<u8>, DocumentError> {
    deck_pdf(publication, PUBLISHED, evidence(publication))
}

/// The slides of a meeting's pack as PDF.
///
/// # Errors
///
/// As of [`slides_pdf`].
pub fn pack_slides_pdf(pack: &Publication) -> Result<Vec<u8>, DocumentError> {
    deck_pdf(pack, FOR_MEETING, pack_evidence(pack))
}

fn deck_pdf(
    publication: &Publication,
    dated: &'static str,
    last: View,
) -> Result<Vec<u8>, DocumentError> {
    let mut drawings = Vec::new();
    let mut slides = Vec::new();
    for (index, slide) in publication.slides.findings.iter().enumerate() {
        slides.push(finding(publication, index + 1, slide, &mut drawings)?);
    }
    slides.extend(not_known(publication)?);
    slides.push(last);
    let published = publication.published;
    let deck = Deck {
        title: titled(&publication.title),
        partnership: &publication.partnership,
        published: [published.year(), published.month().into(), published.day().into()],
        published_text: date_text(published),
        dated,
        vintage: &publication.vintage,
        marks: marks(publication),
        front: front(publication),
        footer: format!("{}, {}", publication.partnership, date_text(published)),
        slides,
    };
    let mut data = serde_json::to_value(&deck).map_err(DocumentError::Data)?;
    make_printable(&mut data);
    let drawings = drawings.iter().map(|svg| printable(svg));
    let world =
        World::new(("/slides.typ", TEMPLATE), ("/slides.json", &data.to_string()), drawings);
    typeset(&world, publication)
}

fn titled(title: &str) -> &str {
    if title.trim().is_empty() { "(untitled)" } else { title }
}

fn marks(publication: &Publication) -> Vec<&'static str> {
    let synthetic =
        publication.synthetic.then_some("SYNTHETIC: invented data, not a real place's figures");
    let is_draft = matches!(publication.sign_off, SignOff::Blocked { .. });
    let draft = is_draft.then_some("DRAFT");
    synthetic.into_iter().chain(draft).collect()
}

fn front(publication: &Publication) -> Vec<String> {
    let synthetic = publication.synthetic.then(|| {
        "SYNTHETIC: everything here is made from invented data. It says nothing about a real place."
            .to_owned()
    });
    let draft = match &publication.sign_off {
        SignOff::Ready => None,
        SignOff::Blocked { missing } => {
            Some(format!("DRAFT: cannot be signed off: missing {}.", missing.join("; ")))
        }
    };
    synthetic.into_iter().chain(draft).collect()
}

/// Parses words of a slide, which may name figures as a section's may.
fn parsed(
    publication: &Publication,
    slide: &str,
    markdown: &str,
) -> Result<Vec<Block>, ProseError> {
    let section = [Section {
        id: slide.to_owned(),
        heading: slide.to_owned(),
        statutory: None,
        markdown: markdown.to_owned(),
    }];
    let sections = parse_sections(publication, &section)?;
    Ok(sections.into_iter().flat_map(|ParsedSection { blocks, .. }| blocks).collect())
}

fn finding<'a>(
    publication: &Publication,
    number: usize,
    slide: &'a Slide,
    drawings: &mut Vec<String>,
) -> Result<View<'a>, DocumentError> {
    let name = format!("slide {number}");
    let title = parsed(publication, &name, &slide.title)?;
    let blocks = parsed(publication, &name, slide.text.as_deref().unwrap_or_default())?;
    let notes = notes(publication, [&title, &blocks]);
    let mut cautions: Vec<&str> = notes.iter().filter_map(|note| note.caution.as_deref()).collect();
    cautions.dedup();
    let mut view =
        View { title: titled(&plain_text(&title)).to_owned(), blocks, ..View::default() };
    if !cautions.is_empty() {
        view.caution = format!("Caution: {}.", cautions.join("; ").trim_end_matches('.'));
    }
    if let Some(id) = &slide.chart {
        let Some(chart) = publication.charts.get(id) else {
            return Err(ProseError::UnknownChart { section: name, id: id.clone() }.into());
        };
        view.source = format!("Source: {}.", chart.source.trim_end_matches('.'));
        view.chart = Some(chart_view(chart, drawings));
    } else {
        view.facts = facts(&notes);
        let sources = notes.iter().flat_map(|note| &note.sources);
        let publishers: BTreeSet<&str> = sources.map(|source| source.publisher.as_str()).collect();
        if !publishers.is_empty() {
            let publishers: Vec<&str> = publishers.into_iter().collect();
            view.source = format!("Source: {}.", publishers.join(", "));
        }
    }
    if let Some(table) = &slide.table {
        view.facts.clear();
        view.table = Some(TableView::of(table, table::LETTERS));
    }
    Ok(view)
}

/// What is counted and when, where that is the same of every figure of a slide.
fn facts(notes: &[&FigureNote]) -> Vec<(&'static str, String)> {
    let same = |of: fn(&FigureNote) -> &String| {
        let first = of(notes.first()?);
        notes.iter().all(|note| of(note) == first).then(|| first.clone())
    };
    let counted = same(|note| &note.definition).map(|text| ("What is counted", text));
    let when = same(|note| &note.period).map(|text| ("When", text));
    counted.map(|counted| std::iter::once(counted).chain(when).collect()).unwrap_or_default()
}

/// Where the figures come from that blocks quote, in order.
fn notes<'a>(publication: &'a Publication, all: [&Vec<Block>; 2]) -> Vec<&'a FigureNote> {
    let mut notes: Vec<&FigureNote> = Vec::new();
    for blocks in all {
        visit_figures(blocks, &mut |id, _| {
            if let Some(note) = publication.figures.get(id)
                && notes.iter().all(|known| known.id != note.id)
            {
                notes.push(note);
            }
        });
    }
    notes
}

fn chart_view(chart: &Chart, drawings: &mut Vec<String>) -> ChartView {
    let choice = slide_drawings(chart).map(|drawing| {
        drawings.push(drawing.svg);
        DrawingView { index: drawings.len() - 1, left_out: drawing.left_out }
    });
    let alt = if chart.finding.trim().is_empty() { &chart.title } else { &chart.finding };
    ChartView { title: chart.title.clone(), alt: titled(alt).to_owned(), drawings: choice.into() }
}

/// Room of a slide for lines of text, and how many letters a line of 20 points holds.
const LINES: usize = 11;
const LETTERS: usize = 88;

/// What is not known, on as many slides as it takes.
fn not_known(publication: &Publication) -> Result<Vec<View<'static>>, ProseError> {
    const TITLE: &str = "What we do not know";
    let mut slides: Vec<View> = Vec::new();
    let mut room = 0_usize;
    for line in &publication.slides.not_known {
        let blocks = parsed(publication, TITLE, line)?;
        let lines = plain_text(&blocks).chars().count().div_ceil(LETTERS).max(1);
        if slides.is_empty() || lines > room {
            let title =
                if slides.is_empty() { TITLE.to_owned() } else { format!("{TITLE}, continued") };
            slides.push(View { title, ..View::default() });
            room = LINES;
        }
        room = room.saturating_sub(lines);
        if let Some(View { blocks: shown, .. }) = slides.last_mut() {
            match shown.last_mut() {
                Some(Block::List { items, .. }) => items.push(blocks),
                _ => shown.push(Block::List { ordered: false, start: 1, items: vec![blocks] }),
            }
        }
    }
    Ok(slides)
}

/// Where the evidence is.
fn evidence(publication: &Publication) -> View<'static> {
    View {
        title: "Where to find the evidence".to_owned(),
        facts: vec![
            ("The full assessment", format!("full.html, {FULL_PDF}, and {FULL_DOCX} to edit")),
            ("Where each number comes from", "figures.html".to_owned()),
            ("The figures of every chart", "the folder tables/, as CSV".to_owned()),
            (
                "Every figure with its files",
                "evidence.json, which the command wardmote verify computes again".to_owned(),
            ),
        ],
        source: publication.licence_notes.join(" "),
        ..View::default()
    }
}

/// The same for the pack of a meeting.
fn pack_evidence(pack: &Publication) -> View<'static> {
    View {
        facts: vec![
            ("These papers in full", format!("index.html and {PACK_PDF}")),
            ("Where each number comes from", "figures.html".to_owned()),
            ("The figures of every chart and table", "the folder tables/, as CSV".to_owned()),
            (
                "The evidence",
                "evidence.json, which the command wardmote verify computes again".to_owned(),
            ),
        ],
        ..evidence(pack)
    }
}
