//! Lists: each is a numbering of its own, so that it can be told from its neighbours.

use super::WORD;
use super::xml::Xml;
use crate::word::passage::Opening;

/// Distance between levels in twentieths of a point; `List Continue` stands as far in.
const INDENT: usize = 480;
const HANGING: usize = 360;
const LEVELS: usize = 9;

/// The part that defines the lists, numbered from 1, each with its level.
pub(super) fn part(lists: &[(u8, Opening)]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("w:numbering", &[("xmlns:w", WORD)]);
    let bullets = |level: usize| ["\u{2022}", "\u{2013}"][level % 2].to_owned();
    kind(&mut xml, "0", "bullet", &bullets);
    kind(&mut xml, "1", "decimal", &|level| format!("%{}.", level + 1));
    for (index, (level, opening)) in lists.iter().enumerate() {
        xml.open("w:num", &[("w:numId", &(index + 1).to_string())]);
        xml.value("w:abstractNumId", if opening.ordered { "1" } else { "0" });
        if opening.ordered {
            xml.open("w:lvlOverride", &[("w:ilvl", &level.to_string())]);
            xml.value("w:startOverride", &opening.start.to_string());
            xml.close("w:lvlOverride");
        }
        xml.close("w:num");
    }
    xml.close("w:numbering");
    xml.finish()
}

fn kind(xml: &mut Xml, id: &str, format: &str, text: &dyn Fn(usize) -> String) {
    xml.open("w:abstractNum", &[("w:abstractNumId", id)]);
    xml.value("w:multiLevelType", "hybridMultilevel");
    for level in 0..LEVELS {
        xml.open("w:lvl", &[("w:ilvl", &level.to_string())]);
        xml.value("w:start", "1");
        xml.value("w:numFmt", format);
        xml.value("w:lvlText", &text(level));
        xml.value("w:lvlJc", "left");
        xml.open("w:pPr", &[]);
        let left = ((level + 1) * INDENT).to_string();
        xml.empty("w:ind", &[("w:left", &left), ("w:hanging", &HANGING.to_string())]);
        xml.close("w:pPr");
        xml.close("w:lvl");
    }
    xml.close("w:abstractNum");
}
