//! Tables: rows of cells, whatever surrounds them.

use roxmltree::Node;

use super::package::{child, is_word, value};
use super::paragraphs::{Content, Reader};
use crate::prose::Side;
use crate::word::passage::{Passage, Piece, Style, Words, plain};
use crate::word::settle::Loose;

impl Reader<'_> {
    pub(super) fn table(&mut self, node: Node<'_, '_>) {
        let properties = child(node, "tblPr");
        let style_id = properties.and_then(|properties| value(properties, "tblStyle"));
        let style = self.styles.name(style_id);
        let mut columns = Vec::new();
        let mut rows: Vec<Vec<Vec<Piece>>> = Vec::new();
        let mut is_merged = false;
        for row in all(node, "tr") {
            let row_properties = child(row, "trPr");
            let tracked =
                |name| row_properties.and_then(|properties| child(properties, name)).is_some();
            if tracked("del") {
                self.tally.deletions += 1;
                continue;
            }
            self.tally.insertions += usize::from(tracked("ins"));
            let mut cells = Vec::new();
            for cell in all(row, "tc") {
                let about = child(cell, "tcPr");
                let spans =
                    about.and_then(|about| value(about, "gridSpan")).is_some_and(|n| n != "1");
                is_merged |= spans || about.is_some_and(|about| child(about, "vMerge").is_some());
                let (side, pieces) = self.cell(cell);
                if rows.is_empty() {
                    columns.push(side);
                }
                cells.push(pieces);
            }
            rows.push(cells);
        }
        if is_merged {
            self.cannot_read("a table with merged cells");
        }
        if rows.is_empty() {
            return;
        }
        let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        columns.resize(n_columns, Side::Left);
        for row in &mut rows {
            row.resize(n_columns, Vec::new());
        }
        self.push(style, Loose::Other(Passage::Table { columns, rows }));
    }

    fn cell(&mut self, node: Node<'_, '_>) -> (Side, Vec<Piece>) {
        let mut side = None;
        let mut pieces: Vec<Piece> = Vec::new();
        if node.descendants().skip(1).any(|node| is_word(&node, "tbl")) {
            self.cannot_read("a table within a table");
        }
        for paragraph in all(node, "p") {
            let mut content = Content::default();
            self.inlines(paragraph, &Style::default(), &mut content);
            if !content.pictures.is_empty() {
                self.cannot_read("a picture or drawing");
            }
            let properties = child(paragraph, "pPr");
            side = side.or_else(|| properties.map(|properties| keeps(value(properties, "jc"))));
            if !pieces.is_empty() && !plain(&content.pieces).trim().is_empty() {
                pieces.push(Piece { words: Words::Break, style: Style::default() });
            }
            pieces.append(&mut content.pieces);
        }
        (side.unwrap_or(Side::Left), pieces)
    }
}

fn keeps(alignment: Option<&str>) -> Side {
    match alignment {
        Some("center") => Side::Middle,
        Some("right" | "end") => Side::Right,
        _ => Side::Left,
    }
}

/// The children of a name, also where a control or a tracked insertion surrounds them.
fn all<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Vec<Node<'a, 'i>> {
    let mut found = Vec::new();
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            is if is == name => found.push(child),
            "sdt" | "sdtContent" | "ins" | "customXml" | "moveTo" => found.extend(all(child, name)),
            _ => {}
        }
    }
    found
}
