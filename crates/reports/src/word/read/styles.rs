//! Styles by their names, which every language of a word processor keeps in English.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::ReadError;
use super::package::{attribute, child, is_word, parse, value};

/// What is known of a style.
#[derive(Debug, Clone, Default)]
struct Known {
    name: String,
    based_on: Option<String>,
    numbering: Option<(i64, u8)>,
}

#[derive(Default)]
pub(super) struct Styles {
    by_id: BTreeMap<String, Known>,
    usual: String,
}

impl Styles {
    pub(super) fn read(part: Option<(String, String)>) -> Result<Self, ReadError> {
        let mut styles = Self { usual: "normal".to_owned(), ..Self::default() };
        let Some((part, text)) = part else { return Ok(styles) };
        let document = parse(&part, &text)?;
        for node in document.root_element().children().filter(|node| is_word(node, "style")) {
            let Some(id) = attribute(node, "styleId") else { continue };
            let known = Known {
                name: value(node, "name").unwrap_or(id).to_lowercase(),
                based_on: value(node, "basedOn").map(str::to_owned),
                numbering: child(node, "pPr").and_then(numbering),
            };
            let is_usual = attribute(node, "type") == Some("paragraph")
                && attribute(node, "default").is_some_and(|is| is == "1" || is == "true");
            if is_usual {
                styles.usual.clone_from(&known.name);
            }
            styles.by_id.insert(id.to_owned(), known);
        }
        Ok(styles)
    }

    /// The style's name in small letters.
    pub(super) fn name(&self, id: Option<&str>) -> String {
        match id {
            None => self.usual.clone(),
            Some(id) => {
                self.by_id.get(id).map_or_else(|| id.to_lowercase(), |style| style.name.clone())
            }
        }
    }

    /// The names of a style and of those that it is based on, nearest first.
    pub(super) fn names(&self, id: Option<&str>) -> Vec<String> {
        self.line(id).map(|style| style.name.clone()).collect()
    }

    /// The list, and the level in it, that a style gives.
    pub(super) fn numbering(&self, id: Option<&str>) -> Option<(i64, u8)> {
        self.line(id).find_map(|style| style.numbering)
    }

    fn line(&self, id: Option<&str>) -> impl Iterator<Item = &Known> {
        let first = id.and_then(|id| self.by_id.get(id));
        let above = |style: &&Known| style.based_on.as_ref().and_then(|id| self.by_id.get(id));
        // A style may be based on itself by mistake.
        std::iter::successors(first, move |style| above(style)).take(12)
    }
}

/// List and level of a paragraph's properties.
pub(super) fn numbering(properties: Node<'_, '_>) -> Option<(i64, u8)> {
    let numbering = child(properties, "numPr")?;
    let list = value(numbering, "numId")?.parse().ok()?;
    let level = value(numbering, "ilvl").and_then(|level| level.parse().ok()).unwrap_or(0);
    Some((list, level))
}
