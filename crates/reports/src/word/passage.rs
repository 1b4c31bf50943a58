//! A word-processor document as passages: paragraphs, tables and pictures in reading order.
//!
//! Prose becomes passages on its way into a DOCX and a DOCX is read as passages, so that the two can
//! be compared. [`settle`] brings both to one form, in which what nobody can see makes no difference.

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
    fn shared_with(&self, other: &Self) -> Self {
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

/// A passage before it is settled: a numbered item knows its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Loose {
    Item { level: u8, numbered: Option<Numbered>, pieces: Vec<Piece> },
    Other(Passage),
}

/// The numbered list that an item belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) list: ListId,
    pub(crate) start: u64,
    /// Whether numbers start again here.
    pub(crate) begins_anew: bool,
}

/// Which list of a document.
pub(crate) type ListId = i64;

/// Brings passages to one form. Each keeps the mark that it came with.
///
/// White space is collapsed and belongs to no emphasis that does not surround it; what is empty goes;
/// headings never skip a level and have one line, as cells have; bullets that follow one another are one list, as
/// they look; and a list that something interrupts opens again where it goes on.
pub(crate) fn settle<Mark: Copy>(loose: Vec<(Mark, Loose)>) -> Vec<(Mark, Passage)> {
    let mut settled: Vec<(Mark, Passage)> = Vec::with_capacity(loose.len());
    let mut lists = Lists::default();
    let mut headings: Vec<u8> = Vec::new();
    for (mark, loose) in loose {
        let passage = match loose {
            Loose::Item { level, numbered, pieces } => {
                let pieces = settle_pieces(pieces);
                if pieces.is_empty() {
                    continue;
                }
                let (level, opens) = lists.item(level, numbered);
                Passage::Paragraph { form: Form::Item { level, opens }, pieces }
            }
            Loose::Other(Passage::Paragraph { form, mut pieces }) => {
                if let Form::Heading { .. } = form {
                    lay_on_one_line(&mut pieces);
                }
                let pieces = settle_pieces(pieces);
                if pieces.is_empty() {
                    continue;
                }
                let form = match form {
                    Form::Heading { level } if level > 1 => {
                        while headings.last().is_some_and(|&enclosing| enclosing >= level) {
                            headings.pop();
                        }
                        headings.push(level);
                        Form::Heading { level: (1 + headings.len()).min(MAX_HEADING) as u8 }
                    }
                    Form::Heading { .. } => {
                        headings.clear();
                        form
                    }
                    // Without the item before it, it is a paragraph like others.
                    Form::Continued { level } => {
                        lists.continued(level).map_or(Form::Body, |level| Form::Continued { level })
                    }
                    Form::Quote { .. }
                        if !matches!(last_form(&settled), Some(Form::Quote { .. })) =>
                    {
                        Form::Quote { goes_on: false }
                    }
                    _ => form,
                };
                if !matches!(form, Form::Continued { .. }) {
                    lists.interrupt();
                }
                Passage::Paragraph { form, pieces }
            }
            Loose::Other(Passage::Table { columns, rows }) => {
                lists.interrupt();
                let cell = |mut pieces: Vec<Piece>| {
                    lay_on_one_line(&mut pieces);
                    settle_pieces(pieces)
                };
                let cells = |row: Vec<Vec<Piece>>| row.into_iter().map(cell).collect();
                Passage::Table { columns, rows: rows.into_iter().map(cells).collect() }
            }
            Loose::Other(Passage::Code { text }) => {
                lists.interrupt();
                Passage::Code { text: printable_in_xml(text.trim_end_matches('\n')) }
            }
            Loose::Other(other) => {
                lists.interrupt();
                other
            }
        };
        settled.push((mark, passage));
    }
    settled
}

/// A heading or a cell has one line.
fn lay_on_one_line(pieces: &mut [Piece]) {
    for piece in pieces {
        if piece.words == Words::Break {
            piece.words = Words::Text(" ".to_owned());
        }
    }
}

/// The deepest heading: the prose's own fifth level.
const MAX_HEADING: usize = 5;

fn last_form<Mark>(settled: &[(Mark, Passage)]) -> Option<Form> {
    match settled.last() {
        Some((_, Passage::Paragraph { form, .. })) => Some(*form),
        _ => None,
    }
}

/// The lists that are open, from the outermost in, and how far each has counted. Bullets are no list's.
#[derive(Default)]
struct Lists {
    open: Vec<Option<ListId>>,
    counted: std::collections::BTreeMap<(ListId, u8), u64>,
}

impl Lists {
    fn item(&mut self, level: u8, numbered: Option<Numbered>) -> (u8, Option<Opening>) {
        // An item cannot be deeper than one below the item before.
        let depth = usize::from(level).min(self.open.len());
        let level = depth as u8;
        let is_under_another = depth > 0 && self.open.len() == depth;
        let list = numbered.map(|numbered| numbered.list);
        let begins_anew = numbered.is_some_and(|numbered| numbered.begins_anew);
        let opens = self.open.get(depth) != Some(&list) || begins_anew;
        self.open.truncate(depth);
        self.open.push(list);
        let Some(Numbered { list, start, .. }) = numbered else {
            return (level, opens.then_some(Opening { ordered: false, start: 1 }));
        };
        let count = self.counted.get(&(list, level)).copied();
        // A deeper list starts again under each item, as word processors count.
        let number = match count {
            Some(count) if !(begins_anew || is_under_another) => count + 1,
            _ => start,
        };
        self.counted.insert((list, level), number);
        (level, opens.then_some(Opening { ordered: true, start: number }))
    }

    /// The level of the item that a further paragraph belongs to.
    fn continued(&mut self, level: u8) -> Option<u8> {
        let deepest = self.open.len().checked_sub(1)?;
        let level = usize::from(level).min(deepest);
        self.open.truncate(level + 1);
        Some(level as u8)
    }

    fn interrupt(&mut self) {
        self.open.clear();
    }
}

/// What XML cannot hold goes, and so does what only a computer sees.
fn printable_in_xml(text: &str) -> String {
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
