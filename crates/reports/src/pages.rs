//! HTML pages in the GOV.UK Design System, which need no JavaScript and nothing from elsewhere.

mod environment;

pub use environment::govuk_environment;

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use crate::assets::Assets;
use crate::charts::chart_svg;
use crate::document::{FOR_MEETING, PUBLISHED};
use crate::prose::{ParsedSection, ProseError, figure_order, parse_sections};
use crate::publication::{FigureNote, Publication, Section};
use crate::publication_files::{
    FULL_DOCX, FULL_PDF, PACK_PDF, SLIDES_PDF, SUMMARY_DOCX, SUMMARY_PDF, chart_path,
    chart_table_path, date_text, file_stem, table_path,
};
use crate::table::Table;

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The prose names what the publication lacks.
    #[error(transparent)]
    Prose(#[from] ProseError),
    /// A template failed; the assets may be of another version.
    #[error("cannot render the page; are the assets those that `cargo xtask assets` prepares?")]
    Template(#[from] minijinja::Error),
}

/// The summary page.
pub fn summary_html(publication: &Publication, assets: &Assets) -> Result<String, PageError> {
    page(publication, assets, &SUMMARY)
}

/// The page of the full assessment.
pub fn full_html(publication: &Publication, assets: &Assets) -> Result<String, PageError> {
    page(publication, assets, &FULL)
}

/// The page that says where each figure comes from.
pub fn figures_html(publication: &Publication, assets: &Assets) -> Result<String, PageError> {
    page(publication, assets, &FIGURES)
}

/// The page of a meeting's pack.
pub fn pack_html(pack: &Publication, assets: &Assets) -> Result<String, PageError> {
    page(pack, assets, &PACK)
}

/// The page that says where each figure of a meeting's pack comes from.
pub fn pack_figures_html(pack: &Publication, assets: &Assets) -> Result<String, PageError> {
    page(pack, assets, &PACK_FIGURES)
}

/// A kind of page.
struct Page {
    template: &'static str,
    /// The pages among which it lies, by file and name.
    among: &'static [(&'static str, &'static str)],
    dated: &'static str,
    file: &'static str,
    name: &'static str,
    pdf: &'static str,
    docx: &'static str,
    sections: fn(&Publication) -> &[Section],
}

const ASSESSMENT: &[(&str, &str)] = &[
    ("index.html", "Summary"),
    ("full.html", "Full assessment"),
    ("figures.html", "Where the numbers come from"),
];
const SUMMARY: Page = Page {
    template: "assessment.html",
    among: ASSESSMENT,
    dated: PUBLISHED,
    file: "index.html",
    name: "Summary",
    pdf: SUMMARY_PDF,
    docx: SUMMARY_DOCX,
    sections: |publication| &publication.summary,
};
const FULL: Page = Page {
    template: "assessment.html",
    among: ASSESSMENT,
    dated: PUBLISHED,
    file: "full.html",
    name: "Full assessment",
    pdf: FULL_PDF,
    docx: FULL_DOCX,
    sections: |publication| &publication.sections,
};
const FIGURES: Page = Page {
    template: "figures.html",
    among: ASSESSMENT,
    dated: PUBLISHED,
    file: "figures.html",
    name: "Where the numbers come from",
    pdf: FULL_PDF,
    docx: FULL_DOCX,
    sections: |_| &[],
};

const PAPERS: &[(&str, &str)] =
    &[("index.html", "Board pack"), ("figures.html", "Where the numbers come from")];
const PACK: Page = Page {
    template: "pack.html",
    among: PAPERS,
    dated: FOR_MEETING,
    file: "index.html",
    name: "Board pack",
    pdf: PACK_PDF,
    docx: FULL_DOCX,
    sections: |publication| &publication.sections,
};
const PACK_FIGURES: Page = Page {
    file: "figures.html",
    template: "figures.html",
    name: "Where the numbers come from",
    sections: |_| &[],
    ..PACK
};

/// A chart as the templates see it.
#[derive(Serialize)]
struct ChartView<'a> {
    anchor: String,
    title: &'a str,
    svg: String,
    svg_path: String,
    csv_path: String,
    table: &'a Table,
}

/// A table as the templates see it.
#[derive(Serialize)]
struct TableView<'a> {
    anchor: String,
    csv_path: String,
    table: &'a Table,
}

/// A figure as the templates see it.
#[derive(Serialize)]
struct FigureView<'a> {
    #[serde(skip)]
    id: &'a str,
    anchor: String,
    number: usize,
    note: &'a FigureNote,
}

fn page(publication: &Publication, assets: &Assets, page: &Page) -> Result<String, PageError> {
    let sections = parse_sections(publication, (page.sections)(publication))?;
    let anchors: Vec<String> = sections.iter().map(section_anchor).collect();
    let figure_list = figures(publication);
    let figures: BTreeMap<&str, &FigureView<'_>> =
        figure_list.iter().map(|view| (view.id, view)).collect();
    let environment = govuk_environment(assets)?;
    let pages: Vec<Value> = page
        .among
        .iter()
        .map(|(file, name)| context! { text => *name, href => *file, active => *file == page.file })
        .collect();
    let html = environment.get_template(page.template)?.render(context! {
        title => &publication.title,
        partnership => &publication.partnership,
        published => date_text(publication.published),
        synthetic => publication.synthetic,
        licence_notes => Serde(&publication.licence_notes),
        vintage => &publication.vintage,
        sign_off => Serde(&publication.sign_off),
        page_name => page.name,
        dated => page.dated,
        is_pack => page.dated == FOR_MEETING,
        pages,
        pdf => page.pdf,
        docx => page.docx,
        slides => SLIDES_PDF,
        anchors,
        sections => Serde(&sections),
        shown => context! {
            charts => Serde(charts(publication)),
            tables => Serde(tables(publication)),
            figures => Serde(&figures),
        },
        figure_list => Serde(&figure_list),
    })?;
    // The escaping of `/`, which protects scripts that we do not have, hides "2022/23" from search.
    Ok(html.trim_start().replace("&#x2f;", "/"))
}

fn section_anchor(section: &ParsedSection<'_>) -> String {
    format!("section-{}", file_stem(section.id))
}

fn charts(publication: &Publication) -> BTreeMap<&str, ChartView<'_>> {
    publication
        .charts
        .iter()
        .map(|(id, chart)| {
            let view = ChartView {
                anchor: format!("chart-{}", file_stem(id)),
                title: &chart.title,
                svg: chart_svg(chart, publication.synthetic),
                svg_path: chart_path(id),
                csv_path: chart_table_path(id),
                table: &chart.table,
            };
            (id.as_str(), view)
        })
        .collect()
}

fn tables(publication: &Publication) -> BTreeMap<&str, TableView<'_>> {
    publication
        .tables
        .iter()
        .map(|(id, table)| {
            let anchor = format!("table-{}", file_stem(id));
            (id.as_str(), TableView { anchor, csv_path: table_path(id), table })
        })
        .collect()
}

fn figures(publication: &Publication) -> Vec<FigureView<'_>> {
    figure_order(publication)
        .into_iter()
        .enumerate()
        .map(|(index, id)| FigureView {
            id,
            anchor: format!("figure-{}", file_stem(id)),
            number: index + 1,
            note: &publication.figures[id],
        })
        .collect()
}
