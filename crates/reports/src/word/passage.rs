//! A word-processor document as passages: paragraphs, tables and pictures in reading order.
//!
//! Prose becomes passages on its way into a DOCX and a DOCX is read as passages, so that the two can
//! be compared once they are settled.

use serde::Serialize;

use crate::prose::Side;

/// One paragraph, table or picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Passage {
    /// A paragraph.
    Paragraph {
        /// What it is.
        form: Form,
        /// Its words.
        pieces: Vec<Piece>,
    },
    /// Lines in a typeface of one width.
    Code {
        /// The lines, each but the last with its end.
        text: String,
    },
    /// A line across the page.
    Rule,
    /// A table that somebody wrote.
    Table {
        /// To which side each column keeps.
        columns: Vec<Side>,
        /// Rows of cells, the headings first.
        rows: Vec<Vec<Vec<Piece>>>,
    },
    /// A chart or table of the evidence.
    Placed {
        /// What, as in `chart:crime-series`.
        what: String,
    },
}

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Form {
    /// A heading; level 1 is a section's own.
    Heading {
        /// Level, from 1.
        level: u8,
    },
    /// An ordinary paragraph.
    Body,
    /// The first paragraph of a list's item.
    Item {
        /// How deep, from 0.
        level: u8,
        /// Given where a list begins.
        opens: Option<Opening>,
    },
    /// A further paragraph of an item.
    Continued {
        /// The item's level.
        level: u8,
    },
    /// Somebody else's words.
    Quote {
        /// Whether the paragraph before belongs to the same quotation.
        goes_on: bool,
    },
}

/// How a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Opening {
    /// Whether its items are numbered.
    pub ordered: bool,
    /// Number of the first item; 1 where they are not numbered.
    pub start: u64,
}

/// A run of words set alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// The words.
    pub words: Words,
    /// How they are set.
    pub style: Style,
}

/// The words of a piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Words {
    /// Plain words.
    Text(String),
    /// The end of a line within a paragraph.
    Break,
    /// What a content control holds: words printed from the evidence.
    Bound {
        /// The control's tag, as in `wm:crime-change.percent`; empty where it has none.
        tag: String,
        /// The words that stand in it.
        text: String,
    },
}

/// How words are set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Style {
    /// Emphasis, in italics.
    pub emphasis: bool,
    /// Strong emphasis, in bold.
    pub strong: bool,
    /// A typeface of one width.
    pub code: bool,
    /// Where a link leads.
    pub link: Option<String>,
}

impl Style {
    /// The setting that two have in common.
    pub(super) fn shared_with(&self, other: &Self) -> Self {
        Self {
            emphasis: self.emphasis && other.emphasis,
            strong: self.strong && other.strong,
            code: self.code && other.code,
            link: self.link.clone().filter(|link| other.link.as_ref() == Some(link)),
        }
    }
}

impl Piece {
    pub(crate) fn text(words: &str) -> Self {
        Self { words: Words::Text(words.to_owned()), style: Style::default() }
    }
}

impl Passage {
    /// The words alone, for messages and for whoever reads only text.
    pub fn plain_text(&self) -> String {
        match self {
            Self::Paragraph { pieces, .. } => plain(pieces),
            Self::Code { text } => text.clone(),
            Self::Rule | Self::Placed { .. } => String::new(),
            Self::Table { rows, .. } => {
                let line = |row: &Vec<Vec<Piece>>| {
                    row.iter().map(|cell| plain(cell)).collect::<Vec<_>>().join("\t")
                };
                rows.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// The words of pieces without their setting.
pub(crate) fn plain(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match &piece.words {
            Words::Text(text) | Words::Bound { text, .. } => text.as_str(),
            Words::Break => "\n",
        })
        .collect()
}
