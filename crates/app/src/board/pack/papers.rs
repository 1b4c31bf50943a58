//! The papers of a pack, section by section, before its bindings are printed.

use std::collections::BTreeMap;

use wardmote_evidence::prose;
use wardmote_reports::{Column, Section, Slide, Table, slide_tables};

use super::Making;
use super::counts::CLAIM;
use crate::business::Entry;

/// What a pack says, with bindings.
#[derive(Default)]
pub(super) struct Papers {
    pub(super) sections: Vec<Section>,
    pub(super) slides: Vec<Slide>,
    pub(super) tables: BTreeMap<String, Table>,
}

impl Papers {
    pub(super) fn section(&mut self, id: &str, heading: &str, markdown: String) {
        self.sections.push(Section {
            id: id.to_owned(),
            heading: heading.to_owned(),
            statutory: None,
            markdown,
        });
    }

    pub(super) fn table(
        &mut self,
        id: &str,
        caption: &str,
        headings: &[(&str, bool)],
        rows: Vec<Vec<String>>,
    ) {
        self.tables.insert(id.to_owned(), table(caption, headings, rows));
    }

    pub(super) fn slide(&mut self, title: &str, chart: Option<&str>, text: Option<String>) {
        self.slides.push(Slide {
            title: title.to_owned(),
            chart: chart.map(str::to_owned),
            text: text.filter(|text| !text.trim().is_empty()),
            table: None,
        });
    }

    /// A table on as many slides as it takes; none for no row.
    pub(super) fn table_slides(&mut self, title: &str, whole: &Table) {
        for (index, piece) in slide_tables(whole).into_iter().enumerate() {
            self.slide(&continued(title, index), None, None);
            if let Some(slide) = self.slides.last_mut() {
                slide.table = Some(piece);
            }
        }
    }
}

/// The title of a slide that goes on with what one before it began.
pub(super) fn continued(title: &str, index: usize) -> String {
    if index == 0 { title.to_owned() } else { format!("{title}, continued") }
}

/// A table by its headings, each with whether its cells are numbers.
pub(super) fn table(caption: &str, headings: &[(&str, bool)], rows: Vec<Vec<String>>) -> Table {
    let column = |(heading, numeric): &(&str, bool)| Column {
        heading: (*heading).to_owned(),
        numeric: *numeric,
    };
    Table {
        caption: caption.to_owned(),
        columns: headings.iter().map(column).collect(),
        rows,
        note: None,
    }
}

impl Making<'_> {
    /// Every section and slide of the pack.
    pub(super) fn papers(&mut self) -> anyhow::Result<Papers> {
        let mut papers = Papers::default();
        self.decisions(&mut papers);
        self.progress(&mut papers);
        self.next_plan(&mut papers);
        self.measures(&mut papers);
        self.spotlights(&mut papers);
        self.duties(&mut papers)?;
        self.risks(&mut papers);
        self.groups(&mut papers);
        self.ahead(&mut papers)?;
        self.decided(&mut papers);
        self.slides(&mut papers);
        Ok(papers)
    }

    /// A text with its bindings printed, each with the figure behind it.
    pub(super) fn printed(&self, text: &str) -> String {
        prose::print_with(text, |name| {
            let (claim, field) =
                name.split_once('.').map_or((name, None), |(claim, field)| (claim, Some(field)));
            if claim == CLAIM {
                return self.counts.printed(field?);
            }
            let answer = self.answers.claims.get(claim)?;
            match field {
                None => Some((answer.statement.clone(), answer.figure.to_string())),
                Some(field) => {
                    let field = answer.fields.get(field)?;
                    Some((field.text.clone(), field.figure.to_string()))
                }
            }
        })
    }

    /// What officers wrote in a field, noted for the gate.
    pub(super) fn quoted(&mut self, entry: &Entry, field: &str) -> String {
        let text = entry.get(field).to_owned();
        if !text.trim().is_empty() {
            let place = format!("{} {}, {field}", entry.register, entry.reference());
            self.written.push((place, text.clone()));
        }
        text
    }
}

/// Text as Markdown in which nothing is a mark.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '[' | ']' | '*' | '_' | '`' | '<' | '&' | '#' | '|') {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
    }
    out
}
