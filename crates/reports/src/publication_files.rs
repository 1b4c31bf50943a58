//! Everything a publication consists of, as files of one folder.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::assets::Assets;
use crate::charts::chart_svg;
use crate::document::{DocumentError, full_pdf, pack_pdf, summary_pdf};
use crate::pages::{
    PageError, figures_html, full_html, pack_figures_html, pack_html, summary_html,
};
use crate::publication::Publication;
use crate::slides::{pack_slides_pdf, slides_pdf};
use crate::word::{WordError, full_docx, summary_docx};

/// A file of the publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Path below the publication's folder, with `/` between folders.
    pub path: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Why a publication could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    /// A page could not be made.
    #[error(transparent)]
    Page(#[from] PageError),
    /// A document could not be made.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A document to edit could not be made.
    #[error(transparent)]
    Word(#[from] WordError),
    /// Two ids differ only in characters that a file name cannot hold.
    #[error("two charts or tables would both be written to {path}; give one of them another id")]
    SamePath {
        /// The path.
        path: String,
    },
}

/// All files of a publication: pages, style sheet, drawings, tables and documents.
pub fn publication_files(
    publication: &Publication,
    assets: &Assets,
) -> Result<Vec<OutputFile>, PublicationError> {
    let mut files = vec![
        file("index.html", summary_html(publication, assets)?),
        file("full.html", full_html(publication, assets)?),
        file("figures.html", figures_html(publication, assets)?),
        file("wardmote.css", assets.css.clone()),
    ];
    files.extend(drawings_and_tables(publication));
    files.push(OutputFile { path: SUMMARY_PDF.to_owned(), bytes: summary_pdf(publication)? });
    files.push(OutputFile { path: FULL_PDF.to_owned(), bytes: full_pdf(publication)? });
    files.push(OutputFile { path: SLIDES_PDF.to_owned(), bytes: slides_pdf(publication)? });
    files.push(OutputFile { path: SUMMARY_DOCX.to_owned(), bytes: summary_docx(publication)? });
    files.push(OutputFile { path: FULL_DOCX.to_owned(), bytes: full_docx(publication)? });
    with_paths_of_their_own(files)
}

/// All files of a meeting's pack: the papers on one page and as PDF, the slides, and where the numbers
/// come from.
pub fn pack_files(
    pack: &Publication,
    assets: &Assets,
) -> Result<Vec<OutputFile>, PublicationError> {
    let mut files = vec![
        file("index.html", pack_html(pack, assets)?),
        file("figures.html", pack_figures_html(pack, assets)?),
        file("wardmote.css", assets.css.clone()),
    ];
    files.extend(drawings_and_tables(pack));
    files.push(OutputFile { path: PACK_PDF.to_owned(), bytes: pack_pdf(pack)? });
    files.push(OutputFile { path: SLIDES_PDF.to_owned(), bytes: pack_slides_pdf(pack)? });
    with_paths_of_their_own(files)
}

fn drawings_and_tables(publication: &Publication) -> Vec<OutputFile> {
    let mut files = Vec::new();
    for (id, chart) in &publication.charts {
        files.push(file(&chart_path(id), chart_svg(chart, publication.synthetic)));
        files.push(file(&chart_table_path(id), chart.table.csv()));
    }
    for (id, table) in &publication.tables {
        files.push(file(&table_path(id), table.csv()));
    }
    files
}

fn with_paths_of_their_own(files: Vec<OutputFile>) -> Result<Vec<OutputFile>, PublicationError> {
    let mut paths = BTreeSet::new();
    match files.iter().find(|file| !paths.insert(file.path.to_ascii_lowercase())) {
        Some(file) => Err(PublicationError::SamePath { path: file.path.clone() }),
        None => Ok(files),
    }
}

pub(crate) const SUMMARY_PDF: &str = "summary.pdf";
pub(crate) const SUMMARY_DOCX: &str = "summary.docx";
pub(crate) const FULL_DOCX: &str = "full.docx";
pub(crate) const SLIDES_PDF: &str = "slides.pdf";
pub(crate) const FULL_PDF: &str = "full.pdf";
pub(crate) const PACK_PDF: &str = "pack.pdf";

/// Where the drawing of a chart lies.
pub(crate) fn chart_path(id: &str) -> String {
    format!("charts/{}.svg", file_stem(id))
}

/// Where the table of a chart lies.
pub(crate) fn chart_table_path(id: &str) -> String {
    format!("tables/chart-{}.csv", file_stem(id))
}

/// Where a table lies.
pub(crate) fn table_path(id: &str) -> String {
    format!("tables/{}.csv", file_stem(id))
}

/// An id as part of a file name or of an HTML id: letters, digits, `-` and `_`.
pub fn file_stem(id: &str) -> String {
    let safe =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    id.chars().map(|character| if safe(character) { character } else { '-' }).collect()
}

/// A date as GOV.UK writes it: 3 April 2025.
pub(crate) fn date_text(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(date.month() - 1).ok().and_then(|index| MONTHS.get(index));
    format!("{} {} {}", date.day(), month.unwrap_or(&""), date.year())
}

fn file(path: &str, text: String) -> OutputFile {
    OutputFile { path: path.to_owned(), bytes: text.into_bytes() }
}
