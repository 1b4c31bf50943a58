//! What a document held when it was exported, kept in a part that word processors carry along.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use roxmltree::Document;
use sha2::{Digest as _, Sha256};

use super::flatten::tag;
use super::passage::{Passage, Piece, Words};

/// Namespace of the record, by which it is found again.
pub(super) const NAMESPACE: &str = "urn:wardmote:export-record:1";

/// What a document held when it was exported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    /// `full` or `summary`.
    pub edition: String,
    /// Sections in their order: file and fingerprint of the prose.
    pub sections: Vec<(String, String)>,
    /// Text of each content control, by tag.
    pub controls: BTreeMap<String, String>,
    /// Fingerprints of the cells of each table of the evidence, by id.
    pub tables: BTreeMap<String, String>,
}

impl Record {
    /// Reads a record; `None` if the part is something else.
    pub(super) fn read(xml: &str) -> Option<Self> {
        let document = Document::parse(xml).ok()?;
        let root = document.root_element();
        if !root.has_tag_name((NAMESPACE, "export")) {
            return None;
        }
        let mut record = Self { edition: root.attribute("edition")?.to_owned(), ..Self::default() };
        for element in root.children().filter(roxmltree::Node::is_element) {
            let value = |name| element.attribute(name).map(str::to_owned);
            match element.tag_name().name() {
                "section" => record.sections.push((value("file")?, value("fingerprint")?)),
                "control" => {
                    record.controls.insert(value("tag")?, value("text")?);
                }
                "table" => {
                    record.tables.insert(value("id")?, value("fingerprint")?);
                }
                _ => {}
            }
        }
        Some(record)
    }

    /// The printed text of a binding such as `crime-change.percent`.
    pub fn printed(&self, binding: &str) -> Option<&str> {
        self.controls.get(&tag("", Some(binding))).map(String::as_str)
    }
}

/// SHA-256 of passages, in which a control counts by its tag and not by what it printed.
pub(crate) fn fingerprint<'a>(passages: impl Iterator<Item = &'a Passage>) -> String {
    let mut hasher = Sha256::new();
    for passage in passages {
        let mut passage = passage.clone();
        match &mut passage {
            Passage::Paragraph { pieces, .. } => forget_texts(pieces),
            Passage::Table { rows, .. } => {
                rows.iter_mut().flatten().for_each(|cell| forget_texts(cell));
            }
            Passage::Code { .. } | Passage::Rule | Passage::Placed { .. } => {}
        }
        // The form is ours alone: a document is only ever compared by the version that wrote it.
        hasher.update(format!("{passage:?}\n"));
    }
    in_hexadecimal(&hasher.finalize())
}

/// SHA-256 of the words of a table's cells.
pub(crate) fn cells_fingerprint(rows: &[Vec<String>]) -> String {
    let mut hasher = Sha256::new();
    for cell in rows.iter().flat_map(|row| row.iter().map(String::as_str).chain(["\n"])) {
        let words: Vec<&str> = cell.split_whitespace().collect();
        hasher.update(words.join(" "));
        hasher.update("\t");
    }
    in_hexadecimal(&hasher.finalize())
}

fn forget_texts(pieces: &mut [Piece]) {
    for piece in pieces {
        if let Words::Bound { text, .. } = &mut piece.words {
            text.clear();
        }
    }
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
