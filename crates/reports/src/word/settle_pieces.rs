//! The words of a passage brought to one form.

use super::passage::{Piece, Style, Words};

/// What XML cannot hold goes, and so does what only a computer sees.
pub(super) fn printable_in_xml(text: &str) -> String {
    let kept = |c: &char| matches!(c, '\n' | '\t') || !(c.is_control() || is_never_text(*c));
    text.chars().filter(kept).collect()
}

fn is_never_text(character: char) -> bool {
    matches!(character, '\u{fffe}' | '\u{ffff}' | '\u{feff}' | '\u{ad}')
}

/// Collapses white space, trims each line, gives white space the setting that surrounds it, and joins
/// neighbours that are set alike.
pub(crate) fn settle_pieces(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut units = units_of(pieces);
    collapse(&mut units);
    set_white_space_as_around(&mut units);
    join(units)
}

/// A character, or what is not one, with its setting.
#[derive(Clone)]
struct Unit {
    what: UnitOf,
    style: Style,
}

#[derive(Clone, PartialEq)]
enum UnitOf {
    Character(char),
    Break,
    Bound { tag: String, text: String },
}

impl Unit {
    fn is_space(&self) -> bool {
        self.what == UnitOf::Character(' ')
    }
}

fn units_of(pieces: Vec<Piece>) -> Vec<Unit> {
    let mut units = Vec::new();
    for Piece { words, style } in pieces {
        let mut push = |what| units.push(Unit { what, style: style.clone() });
        match words {
            Words::Break => push(UnitOf::Break),
            Words::Bound { tag, text } => {
                let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
                push(UnitOf::Bound { tag, text: printable_in_xml(&text) });
            }
            Words::Text(text) => {
                for character in text.chars() {
                    if character.is_ascii_whitespace() {
                        push(UnitOf::Character(' '));
                    } else if !character.is_control() && !is_never_text(character) {
                        push(UnitOf::Character(character));
                    }
                }
            }
        }
    }
    units
}

fn collapse(units: &mut Vec<Unit>) {
    let mut kept: Vec<Unit> = Vec::with_capacity(units.len());
    for unit in units.drain(..) {
        let after_space =
            kept.last().is_none_or(|last| last.is_space() || last.what == UnitOf::Break);
        if unit.is_space() && after_space {
            continue;
        }
        if unit.what == UnitOf::Break && kept.last().is_some_and(Unit::is_space) {
            kept.pop();
        }
        // A break before any word, or after another, shows nothing in Markdown.
        let after_break = kept.last().is_none_or(|last| last.what == UnitOf::Break);
        if unit.what == UnitOf::Break && after_break {
            continue;
        }
        kept.push(unit);
    }
    while kept.last().is_some_and(|last| last.is_space() || last.what == UnitOf::Break) {
        kept.pop();
    }
    *units = kept;
}

fn set_white_space_as_around(units: &mut [Unit]) {
    let is_white = |unit: &Unit| match unit.what {
        UnitOf::Character(character) => character.is_whitespace(),
        UnitOf::Break => true,
        UnitOf::Bound { .. } => false,
    };
    let mut index = 0;
    while index < units.len() {
        if !is_white(&units[index]) {
            index += 1;
            continue;
        }
        let end = (index..units.len()).find(|&i| !is_white(&units[i])).unwrap_or(units.len());
        let before = index.checked_sub(1).map(|i| units[i].style.clone()).unwrap_or_default();
        let after = units.get(end).map(|unit| unit.style.clone()).unwrap_or_default();
        for unit in &mut units[index..end] {
            unit.style = before.shared_with(&after);
        }
        index = end;
    }
}

fn join(units: Vec<Unit>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for Unit { what, style } in units {
        let words = match what {
            UnitOf::Character(character) => {
                if let Some(Piece { words: Words::Text(text), style: last }) = pieces.last_mut()
                    && *last == style
                {
                    text.push(character);
                    continue;
                }
                Words::Text(character.to_string())
            }
            UnitOf::Break => Words::Break,
            UnitOf::Bound { tag, text } => Words::Bound { tag, text },
        };
        pieces.push(Piece { words, style });
    }
    pieces
}
