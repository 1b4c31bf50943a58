//! Which lists are numbered, and from which number on.
//!
//! Word counts on through every list of one kind; one with a start of its own begins anew where it is
//! first used.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::ReadError;
use super::package::{attribute, child, is_word, parse, value};

/// A level of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Level {
    /// The kind, through which numbers go on.
    pub(super) kind: i64,
    pub(super) is_numbered: bool,
    pub(super) start: u64,
    /// Whether the start is the list's own.
    pub(super) begins_anew: bool,
}

/// A level of a kind of list: whether it is numbered, and the first number.
type OfKind = (bool, u64);

#[derive(Default)]
pub(super) struct Numbering {
    levels: BTreeMap<(i64, u8), Level>,
}

impl Numbering {
    pub(super) fn read(part: Option<(String, String)>) -> Result<Self, ReadError> {
        let mut numbering = Self::default();
        let Some((part, text)) = part else { return Ok(numbering) };
        let document = parse(&part, &text)?;
        let root = document.root_element();
        let mut kinds: BTreeMap<&str, BTreeMap<u8, OfKind>> = BTreeMap::new();
        for node in root.children().filter(|node| is_word(node, "abstractNum")) {
            let Some(id) = attribute(node, "abstractNumId") else { continue };
            let levels = node.children().filter(|node| is_word(node, "lvl")).filter_map(level);
            kinds.insert(id, levels.collect());
        }
        for node in root.children().filter(|node| is_word(node, "num")) {
            let Some(list) = attribute(node, "numId").and_then(|id| id.parse().ok()) else {
                continue;
            };
            let kind_id = value(node, "abstractNumId").unwrap_or_default();
            let kind = kind_id.parse().unwrap_or(0);
            let of_kind =
                |(is_numbered, start)| Level { kind, is_numbered, start, begins_anew: false };
            for (level, found) in kinds.get(kind_id).into_iter().flatten() {
                numbering.levels.insert((list, *level), of_kind(*found));
            }
            for change in node.children().filter(|node| is_word(node, "lvlOverride")) {
                let Some(index) = attribute(change, "ilvl").and_then(|level| level.parse().ok())
                else {
                    continue;
                };
                if let Some((_, found)) = child(change, "lvl").and_then(level) {
                    numbering.levels.insert((list, index), of_kind(found));
                }
                if let Some(start) =
                    value(change, "startOverride").and_then(|start| start.parse().ok())
                {
                    let level =
                        numbering.levels.entry((list, index)).or_insert(of_kind((true, start)));
                    (level.start, level.begins_anew) = (start, true);
                }
            }
        }
        Ok(numbering)
    }

    /// A level of a list; list 0 is none.
    pub(super) fn level(&self, list: i64, level: u8) -> Option<Level> {
        let unknown = Level { kind: list, is_numbered: false, start: 1, begins_anew: false };
        (list != 0).then(|| self.levels.get(&(list, level)).copied().unwrap_or(unknown))
    }
}

fn level(node: Node<'_, '_>) -> Option<(u8, OfKind)> {
    let index = attribute(node, "ilvl")?.parse().ok()?;
    let is_numbered =
        value(node, "numFmt").is_some_and(|format| format != "bullet" && format != "none");
    let start = value(node, "start").and_then(|start| start.parse().ok()).unwrap_or(1);
    Some((index, (is_numbered, start)))
}
