//! Passages brought to one form, in which what nobody can see makes no difference.

use std::collections::BTreeMap;

use super::passage::{Form, Opening, Passage, Piece, Words};
use super::settle_pieces::{printable_in_xml, settle_pieces};

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
    counted: BTreeMap<(ListId, u8), u64>,
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
