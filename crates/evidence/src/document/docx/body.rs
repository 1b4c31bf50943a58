//! Blocks out of the tags of a document.

use std::collections::BTreeMap;

use quick_xml::events::BytesStart;

use super::super::{Block, Exception, Form, exceptions};
use super::attribute;
use super::controls::Controls;
use super::parts::Style;

/// The body under construction.
#[derive(Default)]
pub(super) struct Body {
    styles: BTreeMap<String, Style>,
    comments: BTreeMap<String, String>,
    blocks: Vec<Block>,
    exceptions: Vec<Exception>,
    /// Paragraphs that are open: a text box is a paragraph within one.
    open: Vec<Paragraph>,
    n_paragraphs: usize,
    /// Tables that are open: number, row, column.
    tables: Vec<(usize, usize, usize)>,
    n_tables: usize,
    /// The lists that are open, the innermost last: number and items so far.
    lists: Vec<(usize, usize)>,
    n_lists: usize,
    in_text: bool,
    /// What stands here of the evidence, in a document of ours.
    controls: Controls,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    style: Style,
    level: Option<usize>,
    bold: bool,
    bold_lead: usize,
    comments: Vec<String>,
    is_printed: bool,
}

/// The style of what an exported assessment says of itself.
const PRINTED_NOTE: &str = "WardmoteNote";

impl Body {
    pub(super) fn new(styles: BTreeMap<String, Style>, comments: BTreeMap<String, String>) -> Self {
        Self { styles, comments, ..Self::default() }
    }

    pub(super) fn finish(self) -> (Vec<Block>, Vec<Exception>) {
        (self.blocks, self.exceptions)
    }

    /// Whether what is read now is text of a paragraph.
    pub(super) fn in_text(&self) -> bool {
        self.in_text && !self.controls.is_printed()
    }

    pub(super) fn start(&mut self, tag: &BytesStart<'_>) {
        let value = || attribute(tag, "val");
        let off = |value: Option<String>| matches!(value.as_deref(), Some("0" | "false" | "off"));
        let name = tag.local_name();
        if let Some(binding) = self.controls.start(name.as_ref(), tag) {
            self.push(&binding);
        }
        match name.as_ref() {
            "tbl" => {
                self.tables.push((self.n_tables, 0, 0));
                self.n_tables += 1;
                self.lists.clear();
            }
            "p" => self.open.push(Paragraph::default()),
            "r" => self.edit(|paragraph| paragraph.bold = false),
            "b" => self.edit(|paragraph| paragraph.bold = !off(value())),
            "pStyle" if value().is_some_and(|style| style == PRINTED_NOTE) => {
                self.edit(|paragraph| paragraph.is_printed = true);
            }
            "pStyle" => {
                let style = value().and_then(|id| self.styles.get(&id).copied());
                self.edit(|paragraph| {
                    paragraph.style = style.unwrap_or_default();
                    if paragraph.style.listed && paragraph.level.is_none() {
                        paragraph.level = Some(0);
                    }
                });
            }
            "numId" => {
                let none = value().is_some_and(|id| id == "0");
                self.edit(|p| p.level = if none { None } else { Some(p.level.unwrap_or(0)) });
            }
            "ilvl" => {
                let level = value().and_then(|level| level.parse().ok());
                self.edit(|paragraph| paragraph.level = level.or(paragraph.level));
            }
            "commentReference" => {
                let comment = attribute(tag, "id").and_then(|id| self.comments.get(&id).cloned());
                self.edit(|paragraph| paragraph.comments.extend(comment));
            }
            "t" => self.in_text = true,
            "tab" | "br" | "cr" if !self.controls.is_printed() => self.push(" "),
            "noBreakHyphen" if !self.controls.is_printed() => self.push("-"),
            _ => {}
        }
    }

    pub(super) fn end(&mut self, name: &str) {
        self.controls.end(name);
        match name {
            "p" => self.end_paragraph(),
            "t" => self.in_text = false,
            "tc" => {
                if let Some((_, _, column)) = self.tables.last_mut() {
                    *column += 1;
                }
            }
            "tr" => {
                if let Some((_, row, column)) = self.tables.last_mut() {
                    (*row, *column) = (*row + 1, 0);
                }
            }
            "tbl" => {
                self.tables.pop();
            }
            _ => {}
        }
    }

    fn edit(&mut self, edit: impl FnOnce(&mut Paragraph)) {
        if let Some(paragraph) = self.open.last_mut() {
            edit(paragraph);
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.edit(|paragraph| {
            if paragraph.bold && paragraph.text[paragraph.bold_lead..].trim().is_empty() {
                paragraph.bold_lead = paragraph.text.len() + text.len();
            }
            paragraph.text.push_str(text);
        });
    }

    fn end_paragraph(&mut self) {
        let Some(paragraph) = self.open.pop() else { return };
        if paragraph.text.trim().is_empty() || paragraph.is_printed {
            return;
        }
        self.n_paragraphs += 1;
        let form = self.form(&paragraph);
        let mut block = Block::new(form, paragraph.style.quoted);
        block.push(&paragraph.text, self.n_paragraphs);
        block.bold_lead = paragraph.bold_lead;
        self.blocks.push(block);
        let written = paragraph.comments.iter();
        self.exceptions
            .extend(written.filter_map(|text| exceptions::parse(text, self.n_paragraphs, false)));
    }

    fn form(&mut self, paragraph: &Paragraph) -> Form {
        if let Some((table, row, column)) = self.tables.last() {
            return Form::Cell { table: *table, row: *row, column: *column };
        }
        if let Some(level) = paragraph.style.heading {
            self.lists.clear();
            return Form::Heading { level };
        }
        let Some(level) = paragraph.level else {
            self.lists.clear();
            return Form::Paragraph;
        };
        self.lists.truncate(level + 1);
        if self.lists.len() <= level {
            self.lists.push((self.n_lists, 0));
            self.n_lists += 1;
        }
        let depth = self.lists.len();
        let (list, items) = &mut self.lists[depth - 1];
        *items += 1;
        Form::Item { list: *list, item: *items - 1, depth }
    }
}
