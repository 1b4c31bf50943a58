//! What pages of areas and topics say of one measure, and what is being done about it.

use serde::Serialize;

use super::page::Sentence;
use crate::charts::Chart;
use crate::table::Table;

/// A measure on a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MeasureHere {
    /// Id of the measure.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it counts.
    pub definition: String,
    /// What the tests of these pages allow, in sentences.
    pub sentences: Vec<String>,
    /// What the published assessment says of it.
    pub published: Vec<Sentence>,
    /// When, where, and what cannot be said.
    pub parts: Vec<Part>,
    /// How it was worked out, and from which files.
    pub origin: Origin,
}

/// A part of a page under its heading.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Part {
    /// The heading.
    pub heading: String,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// Charts, each with its table.
    pub charts: Vec<Chart>,
    /// Tables.
    pub tables: Vec<LinkedTable>,
}

/// A table whose rows may lead to pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkedTable {
    /// The table.
    pub table: Table,
    /// Where the first cell of each row leads, below the site's base; empty if none of them does.
    pub links: Vec<Option<String>>,
}

impl From<Table> for LinkedTable {
    fn from(table: Table) -> Self {
        Self { table, links: Vec::new() }
    }
}

/// Where numbers come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Definition, query in words, rows used, refused and without a place, methods, vintage.
    pub lines: Vec<String>,
    /// The source whose page lists the files with their hashes.
    pub source: Option<String>,
}
