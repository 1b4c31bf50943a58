//! Which lists are numbered, and from which number on.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::ReadError;
use super::package::{attribute, child, is_word, parse, value};

/// A level of a list: whether it is numbered, and the first number.
type Level = (bool, u64);

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
        let mut kinds: BTreeMap<&str, BTreeMap<u8, Level>> = BTreeMap::new();
        for node in root.children().filter(|node| is_word(node, "abstractNum")) {
            let Some(id) = attribute(node, "abstractNumId") else { continue };
            let levels = node.children().filter(|node| is_word(node, "lvl")).filter_map(level);
            kinds.insert(id, levels.collect());
        }
        for node in root.children().filter(|node| is_word(node, "num")) {
            let Some(list) = attribute(node, "numId").and_then(|id| id.parse().ok()) else {
                continue;
            };
            let kind = value(node, "abstractNumId").and_then(|id| kinds.get(id));
            for (level, found) in kind.into_iter().flatten() {
                numbering.levels.insert((list, *level), *found);
            }
            for change in node.children().filter(|node| is_word(node, "lvlOverride")) {
                let Some(index) = attribute(change, "ilvl").and_then(|level| level.parse().ok())
                else {
                    continue;
                };
                if let Some((_, found)) = child(change, "lvl").and_then(level) {
                    numbering.levels.insert((list, index), found);
                }
                if let Some(start) =
                    value(change, "startOverride").and_then(|start| start.parse().ok())
                {
                    numbering.levels.entry((list, index)).or_insert((true, start)).1 = start;
                }
            }
        }
        Ok(numbering)
    }

    /// Whether a level is numbered, and its first number; list 0 is none.
    pub(super) fn level(&self, list: i64, level: u8) -> Option<Level> {
        if list == 0 {
            return None;
        }
        Some(self.levels.get(&(list, level)).copied().unwrap_or((false, 1)))
    }
}

fn level(node: Node<'_, '_>) -> Option<(u8, Level)> {
    let index = attribute(node, "ilvl")?.parse().ok()?;
    let is_numbered =
        value(node, "numFmt").is_some_and(|format| format != "bullet" && format != "none");
    let start = value(node, "start").and_then(|start| start.parse().ok()).unwrap_or(1);
    Some((index, (is_numbered, start)))
}
