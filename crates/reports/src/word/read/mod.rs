//! A DOCX, ours or anybody's, as passages.
//!
//! Tracked changes are read as accepted: what was inserted is there, what was deleted is not, and both
//! are counted. What cannot become passages, such as a picture or a footnote, is named.

mod forms;
mod numbering;
mod package;
mod paragraphs;
mod styles;
mod tables;

use super::passage::Passage;
use super::record::Record;
use super::settle::settle;
use package::Package;
use paragraphs::Reader;

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is no ZIP archive, or a broken one.
    #[error("this is not a DOCX, or it is damaged")]
    NotAPackage(#[source] zip::result::ZipError),
    /// The archive is no word-processor document.
    #[error("the document has no part {part}")]
    NoPart {
        /// The part.
        part: String,
    },
    /// Nobody writes so much by hand.
    #[error("the part {part} unpacks to more than {most} bytes")]
    TooLarge {
        /// The part.
        part: String,
        /// The bound.
        most: u64,
    },
    /// A part is not the XML that it should be.
    #[error("the part {part} cannot be read: {why}")]
    Xml {
        /// The part.
        part: String,
        /// What the parser says.
        why: String,
    },
}

/// A document as passages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordDocument {
    /// Its passages in reading order.
    pub passages: Vec<ReadPassage>,
    /// What was counted on the way.
    pub tally: Tally,
    /// What cannot become passages.
    pub unreadable: Vec<Unreadable>,
    /// What the document held when we exported it, if we did.
    pub record: Option<Record>,
}

/// A passage with the name of its style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPassage {
    /// The passage.
    pub passage: Passage,
    /// Name of its style in small letters, such as `wardmote note`.
    pub style: String,
}

/// What was counted in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Tracked insertions, taken as accepted.
    pub insertions: usize,
    /// Tracked deletions, taken as deleted.
    pub deletions: usize,
    /// Comments.
    pub comments: usize,
    /// Stretches of words struck through, which are words like others.
    pub struck_through: usize,
}

/// Something that cannot become a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What it is, as in "a picture".
    pub what: &'static str,
    /// How many passages come before it.
    pub after: usize,
}

/// Reads a document.
pub fn read(bytes: &[u8]) -> Result<WordDocument, ReadError> {
    let mut package = Package::open(bytes)?;
    let main = package.main_part()?;
    let relationships = package.relationships(&main)?;
    let styles = styles::Styles::read(package.related(&relationships, "styles")?)?;
    let numbering = numbering::Numbering::read(package.related(&relationships, "numbering")?)?;
    let comments = package.related(&relationships, "comments")?;
    let record = package.custom_parts().iter().find_map(|xml| Record::read(xml));
    let text = package.text(&main)?;
    let document = package::parse(&main, &text)?;

    let mut reader = Reader::new(&styles, &numbering, &relationships);
    reader.body(document.root_element());
    let comments = match comments {
        None => 0,
        Some((part, text)) => {
            let parsed = package::parse(&part, &text)?;
            parsed
                .root_element()
                .children()
                .filter(|node| package::is_word(node, "comment"))
                .count()
        }
    };
    let Reader { found, styles_found, unreadable, mut tally, .. } = reader;
    tally.comments = comments;
    let settled = settle(found);
    // Where passages were dropped as empty, what stands after them moves up.
    let unreadable = unreadable
        .into_iter()
        .map(|Unreadable { what, after }| Unreadable {
            what,
            after: settled.partition_point(|(mark, _)| *mark < after),
        })
        .collect();
    let passages = settled
        .into_iter()
        .map(|(mark, passage)| ReadPassage { passage, style: styles_found[mark].clone() })
        .collect();
    Ok(WordDocument { passages, tally, unreadable, record })
}
