//! Lists: all bullets are one, and each numbered list has a start of its own.

use super::WORD;
use super::xml::Xml;

/// Distance between levels in twentieths of a point; `List Continue` stands as far in.
const INDENT: usize = 480;
const HANGING: usize = 360;
const LEVELS: usize = 9;

/// Number of the list of bullets; the numbered ones follow.
pub(super) const BULLETS: usize = 1;

/// The part that defines the lists: for each that is numbered its level and first number.
pub(super) fn part(numbered: &[(u8, u64)]) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.open("w:numbering", &[("xmlns:w", WORD)]);
    let bullets = |level: usize| ["\u{2022}", "\u{2013}"][level % 2].to_owned();
    kind(&mut xml, "0", "bullet", &bullets);
    kind(&mut xml, "1", "decimal", &|level| format!("%{}.", level + 1));
    xml.open("w:num", &[("w:numId", &BULLETS.to_string())]);
    xml.value("w:abstractNumId", "0");
    xml.close("w:num");
    for (index, (level, start)) in numbered.iter().enumerate() {
        xml.open("w:num", &[("w:numId", &(BULLETS + 1 + index).to_string())]);
        xml.value("w:abstractNumId", "1");
        xml.open("w:lvlOverride", &[("w:ilvl", &level.to_string())]);
        xml.value("w:startOverride", &start.to_string());
        xml.close("w:lvlOverride");
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
