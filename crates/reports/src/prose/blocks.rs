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
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Inline {
    Text { text: String },
    Code { text: String },
    Emphasis { content: Vec<Inline> },
    Strong { content: Vec<Inline> },
    Link { target: String, content: Vec<Inline> },
    Figure { id: String, content: Vec<Inline> },
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

/// Calls `see` with the id of every figure quoted, in reading order.
pub(super) fn visit_figures(blocks: &[Block], see: &mut impl FnMut(&str)) {
    visit(blocks, &mut |block| {
        if let Block::Heading { content, .. } | Block::Paragraph { content } = block {
            visit_inline_figures(content, see);
        }
    });
}

fn visit_inline_figures(content: &[Inline], see: &mut impl FnMut(&str)) {
    for inline in content {
        match inline {
            Inline::Figure { id, content } => {
                see(id);
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
