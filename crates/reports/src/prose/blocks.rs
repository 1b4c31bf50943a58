//! The tree of blocks and inlines that the templates walk.

use serde::Serialize;

/// A block of prose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Block {
    /// A heading below the section's own, which is level 2; levels never skip.
    Heading {
        level: usize,
        content: Vec<Inline>,
    },
    Paragraph {
        content: Vec<Inline>,
    },
    List {
        ordered: bool,
        start: u64,
        items: Vec<Vec<Block>>,
    },
    Quote {
        blocks: Vec<Block>,
    },
    Code {
        text: String,
    },
    Rule,
    Chart {
        id: String,
        repeated: bool,
    },
    Table {
        id: String,
        repeated: bool,
    },
    /// A table that the analyst wrote, as against one of the evidence.
    WrittenTable {
        columns: Vec<Side>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
}

/// To which side the cells of a written table keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// To the left, as words do.
    Left,
    /// In the middle.
    Middle,
    /// To the right, as numbers do.
    Right,
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Inline {
    Text {
        text: String,
    },
    Code {
        text: String,
    },
    Emphasis {
        content: Vec<Inline>,
    },
    Strong {
        content: Vec<Inline>,
    },
    Link {
        target: String,
        content: Vec<Inline>,
    },
    /// Words bound to a figure, and the binding that printed them where one did.
    Figure {
        id: String,
        binding: Option<String>,
        content: Vec<Inline>,
    },
    LineBreak,
}

/// Calls `see` for every block, the nested ones included.
pub(super) fn visit(blocks: &[Block], see: &mut impl FnMut(&Block)) {
    for block in blocks {
        see(block);
        match block {
            Block::Quote { blocks } => visit(blocks, see),
            Block::List { items, .. } => items.iter().for_each(|item| visit(item, see)),
            _ => {}
        }
    }
}

/// Calls `see` with the id of every figure quoted, in reading order, and the binding that printed it.
pub(crate) fn visit_figures(blocks: &[Block], see: &mut impl FnMut(&str, Option<&str>)) {
    visit(blocks, &mut |block| match block {
        Block::Heading { content, .. } | Block::Paragraph { content } => {
            visit_inline_figures(content, see);
        }
        Block::WrittenTable { head, rows, .. } => {
            let cells = head.iter().chain(rows.iter().flatten());
            cells.for_each(|cell| visit_inline_figures(cell, see));
        }
        _ => {}
    });
}

fn visit_inline_figures(content: &[Inline], see: &mut impl FnMut(&str, Option<&str>)) {
    for inline in content {
        match inline {
            Inline::Figure { id, binding, content } => {
                see(id, binding.as_deref());
                visit_inline_figures(content, see);
            }
            Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Link { content, .. } => {
                visit_inline_figures(content, see);
            }
            Inline::Text { .. } | Inline::Code { .. } | Inline::LineBreak => {}
        }
    }
}

/// The words of blocks alone.
pub(crate) fn plain_text(blocks: &[Block]) -> String {
    let mut words = Vec::new();
    visit(blocks, &mut |block| match block {
        Block::Heading { content, .. } | Block::Paragraph { content } => {
            let mut text = String::new();
            plain_inlines(content, &mut text);
            words.push(text);
        }
        Block::Code { text } => words.push(text.clone()),
        _ => {}
    });
    words.join(" ")
}

fn plain_inlines(content: &[Inline], text: &mut String) {
    for inline in content {
        match inline {
            Inline::Text { text: words } | Inline::Code { text: words } => text.push_str(words),
            Inline::LineBreak => text.push(' '),
            Inline::Figure { content, .. }
            | Inline::Emphasis { content }
            | Inline::Strong { content }
            | Inline::Link { content, .. } => plain_inlines(content, text),
        }
    }
}
