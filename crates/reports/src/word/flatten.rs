//! From parsed prose to passages.

use super::passage::{Form, Passage, Piece, Style, Words, plain};
use super::record::cells_fingerprint;
use super::settle::{ListId, Loose, Numbered};
use crate::prose::{Block, Inline};

/// Prose as passages, each marked with the index of its part.
pub(crate) struct Flattener {
    next_list: ListId,
    loose: Vec<(usize, Loose)>,
}

/// Where a block stands.
#[derive(Clone, Copy)]
enum Within {
    Page,
    /// In an item of a list of this level.
    Item(u8),
    Quote,
}

impl Flattener {
    pub(crate) fn new() -> Self {
        Self { next_list: 1, loose: Vec::new() }
    }

    /// Adds the blocks of a part.
    pub(crate) fn add(&mut self, part: usize, blocks: &[Block]) {
        for block in blocks {
            self.block(part, block, Within::Page);
        }
    }

    pub(crate) fn finish(self) -> Vec<(usize, Loose)> {
        self.loose
    }

    fn block(&mut self, part: usize, block: &Block, within: Within) {
        let passage = match block {
            Block::Heading { level, content } => {
                // The prose's level 2 is the section's own heading, which is level 1 on paper.
                let level = u8::try_from(level.saturating_sub(1)).unwrap_or(u8::MAX);
                Passage::Paragraph { form: Form::Heading { level }, pieces: pieces(content) }
            }
            Block::Paragraph { content } => {
                let form = match within {
                    Within::Page => Form::Body,
                    Within::Item(level) => Form::Continued { level },
                    Within::Quote => Form::Quote { goes_on: true },
                };
                Passage::Paragraph { form, pieces: pieces(content) }
            }
            Block::List { ordered, start, items } => {
                let level = if let Within::Item(level) = within { level + 1 } else { 0 };
                self.list(part, (*ordered, *start), items, level);
                return;
            }
            Block::Quote { blocks } => {
                let before = self.loose.len();
                for block in blocks {
                    self.block(part, block, Within::Quote);
                }
                if let Some((_, Loose::Other(Passage::Paragraph { form, .. }))) =
                    self.loose.get_mut(before)
                    && matches!(form, Form::Quote { .. })
                {
                    *form = Form::Quote { goes_on: false };
                }
                return;
            }
            Block::Code { text } => Passage::Code { text: text.clone() },
            Block::Rule => Passage::Rule,
            Block::Chart { id, .. } => Passage::Placed { what: format!("chart:{id}") },
            Block::Table { id, .. } => Passage::Placed { what: format!("table:{id}") },
            Block::WrittenTable { columns, head, rows } => {
                let cells = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| pieces(cell)).collect();
                let rows = std::iter::once(head).chain(rows).map(cells).collect();
                Passage::Table { columns: columns.clone(), rows }
            }
        };
        self.loose.push((part, Loose::Other(passage)));
    }

    fn list(
        &mut self,
        part: usize,
        (ordered, start): (bool, u64),
        items: &[Vec<Block>],
        level: u8,
    ) {
        let list = self.next_list;
        self.next_list += 1;
        for item in items {
            let mut blocks = item.iter();
            let first = match item.first() {
                Some(Block::Paragraph { content }) => {
                    blocks.next();
                    pieces(content)
                }
                _ => Vec::new(),
            };
            let numbered = ordered.then_some(Numbered { list, start, begins_anew: false });
            self.loose.push((part, Loose::Item { level, numbered, pieces: first }));
            for block in blocks {
                self.block(part, block, Within::Item(level));
            }
        }
    }
}

/// Whether passages hold all there is to a block, so that it can be written again from them.
pub(crate) fn is_plain(block: &Block) -> bool {
    let paragraph = |block: &Block| match block {
        Block::Paragraph { content } => content.iter().all(is_plain_inline),
        _ => false,
    };
    match block {
        Block::Heading { content, .. } => content.iter().all(is_plain_inline),
        Block::Paragraph { .. } => paragraph(block),
        Block::List { items, .. } => items.iter().all(|item| {
            item.first().is_some_and(paragraph)
                && item.iter().all(|block| {
                    paragraph(block) || (matches!(block, Block::List { .. }) && is_plain(block))
                })
        }),
        Block::Quote { blocks } => !blocks.is_empty() && blocks.iter().all(paragraph),
        Block::WrittenTable { head, rows, .. } => {
            head.iter().chain(rows.iter().flatten()).flatten().all(is_plain_inline)
        }
        Block::Code { text } => !holds_a_printed_binding(text),
        Block::Rule | Block::Chart { .. } | Block::Table { .. } => true,
    }
}

fn is_plain_inline(inline: &Inline) -> bool {
    match inline {
        // A control holds words and no emphasis within them.
        Inline::Figure { content, .. } => {
            matches!(content.as_slice(), [Inline::Text { .. }])
        }
        Inline::Emphasis { content }
        | Inline::Strong { content }
        | Inline::Link { content, .. } => content.iter().all(is_plain_inline),
        Inline::Code { text } => !holds_a_printed_binding(text),
        Inline::Text { .. } | Inline::LineBreak => true,
    }
}

/// In code a binding prints as the Markdown that it becomes, and cannot be told from words.
fn holds_a_printed_binding(code: &str) -> bool {
    code.contains("](figure:")
}

/// The tag of the control that holds a bound number or sentence.
pub(crate) fn tag(id: &str, binding: Option<&str>) -> String {
    short_tag(&binding.map_or_else(|| format!("wm-figure:{id}"), |binding| format!("wm:{binding}")))
}

/// Word takes no longer tag.
const LONGEST_TAG: usize = 64;

/// The tag itself, or a short name for one that Word would not take.
pub(crate) fn short_tag(tag: &str) -> String {
    if tag.chars().count() <= LONGEST_TAG {
        return tag.to_owned();
    }
    let kind = tag.split(':').next().unwrap_or("wm");
    let whole = cells_fingerprint(&[vec![tag.to_owned()]]);
    format!("{kind}:~{}", &whole[..16])
}

pub(crate) fn pieces(content: &[Inline]) -> Vec<Piece> {
    let mut found = Vec::new();
    collect(content, &Style::default(), &mut found);
    found
}

fn collect(content: &[Inline], style: &Style, found: &mut Vec<Piece>) {
    for inline in content {
        let mut push = |words, style: &Style| found.push(Piece { words, style: style.clone() });
        match inline {
            Inline::Text { text } => push(Words::Text(text.clone()), style),
            Inline::Code { text } => {
                push(Words::Text(text.clone()), &Style { code: true, ..style.clone() });
            }
            Inline::LineBreak => push(Words::Break, style),
            Inline::Emphasis { content } => {
                collect(content, &Style { emphasis: true, ..style.clone() }, found);
            }
            Inline::Strong { content } => {
                collect(content, &Style { strong: true, ..style.clone() }, found);
            }
            Inline::Link { target, content } => {
                collect(content, &Style { link: Some(target.clone()), ..style.clone() }, found);
            }
            Inline::Figure { id, binding, content } => {
                let mut within = Vec::new();
                collect(content, &Style::default(), &mut within);
                let words = Words::Bound { tag: tag(id, binding.as_deref()), text: plain(&within) };
                push(words, style);
            }
        }
    }
}
