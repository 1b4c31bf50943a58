//! Assessments as DOCX that officers edit, and DOCX as passages.
//!
//! [`full_docx`] and [`summary_docx`] write a publication with real headings, lists and tables, each
//! bound number or sentence in a content control that names its binding. [`read`] reads any DOCX, ours
//! or not, as passages. What was exported is noted in a custom part ([`Record`]), so that it can be
//! told later what an officer changed.

mod flatten;
mod passage;
mod read;
mod record;
mod settle;
mod settle_pieces;
mod write;

pub use passage::{Form, Opening, Passage, Piece, Style, Words};
pub use read::{ReadError, ReadPassage, Tally, Unreadable, WordDocument, read};
pub use record::Record;
pub use write::{WordError, full_docx, summary_docx};

pub(crate) use flatten::{Flattener, is_plain, pieces, short_tag, tag};
pub(crate) use passage::plain;
pub(crate) use record::{cells_fingerprint, fingerprint};
pub(crate) use settle::settle;
#[cfg(test)]
pub(crate) use settle::{Loose, Numbered};
pub(crate) use settle_pieces::settle_pieces;
