//! Documents as the lint reads them: headings, paragraphs, items of lists and cells of tables, each
//! with the line on which it stands.
//!
//! One reader for each form (Markdown, plain text, DOCX) makes the same [`Document`]; no rule knows
//! which form it reads. In DOCX, which has no lines, a line is the number of the paragraph, empty
//! ones not counted.

mod docx;
mod exceptions;
mod markdown;
mod sentences;
mod stated_date;
mod text;

use std::path::{Path, PathBuf};

use jiff::civil::Date;

pub use self::exceptions::Exception;
pub(crate) use self::sentences::Sentence;

/// Why a document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The file is missing or closed to us.
    #[error("{}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: std::io::Error,
    },
    /// The file is not text, so it is of no form that we read.
    #[error("{}: neither Markdown, plain text nor DOCX; save it as one of these", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// The file ends in `.docx` and is none.
    #[error("{}: not a DOCX document; open it in a word processor and save it again", path.display())]
    NotDocx {
        /// The file.
        path: PathBuf,
        /// What its container or its XML lacks.
        #[source]
        why: docx::DocxError,
    },
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A heading; 1 is the highest level.
    Heading {
        /// From 1.
        level: u8,
    },
    /// A paragraph.
    Paragraph,
    /// A paragraph of an item of a list.
    Item {
        /// Which list of the document; a list within a list is another.
        list: usize,
        /// Which item of that list, from 0.
        item: usize,
        /// How many lists it is in, from 1.
        depth: usize,
    },
    /// A cell of a table.
    Cell {
        /// Which table of the document.
        table: usize,
        /// From 0; row 0 holds the headings.
        row: usize,
        /// From 0.
        column: usize,
    },
}

/// A piece of text that stands by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// What it is.
    pub form: Form,
    /// Its words, without marks of layout.
    pub text: String,
    /// Whether it is a quotation set apart.
    pub quoted: bool,
    /// How many bytes of `text` at its start are in bold.
    pub bold_lead: usize,
    /// From which byte of `text` on each line holds.
    line_starts: Vec<(usize, usize)>,
}

impl Block {
    fn new(form: Form, quoted: bool) -> Self {
        Self { form, text: String::new(), quoted, bold_lead: 0, line_starts: Vec::new() }
    }

    fn push(&mut self, text: &str, line: usize) {
        if self.line_starts.last().is_none_or(|(_, last)| *last != line) {
            self.line_starts.push((self.text.len(), line));
        }
        self.text.push_str(text);
    }

    /// The line that holds a byte of the text.
    pub fn line_at(&self, byte: usize) -> usize {
        let after = self.line_starts.partition_point(|(start, _)| *start <= byte);
        self.line_starts.get(after.saturating_sub(1)).map_or(0, |(_, line)| *line)
    }

    /// The line of its first word.
    pub fn line(&self) -> usize {
        self.line_at(self.text.len() - self.text.trim_start().len())
    }

    fn last_line(&self) -> usize {
        self.line_starts.last().map_or(0, |(_, line)| *line)
    }

    /// Whether it is a heading, or a paragraph all in bold, which many use for one.
    pub fn is_heading(&self) -> bool {
        match self.form {
            Form::Heading { .. } => true,
            Form::Paragraph => self.bold_lead > 0 && self.bold_lead >= self.text.trim_end().len(),
            _ => false,
        }
    }
}

/// A document.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The date that it bears, from its front matter or its first lines.
    pub date: Option<Date>,
    /// Its text, in order.
    pub blocks: Vec<Block>,
    /// The exceptions that are written in it.
    pub exceptions: Vec<Exception>,
}

impl Document {
    /// Reads a file: DOCX and Markdown by their names, everything else as plain text.
    pub fn read(path: &Path) -> Result<Self, DocumentError> {
        let bytes = std::fs::read(path)
            .map_err(|why| DocumentError::Read { path: path.to_owned(), why })?;
        let is = |extension: &str| {
            path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
        };
        if is("docx") {
            return docx::read(bytes)
                .map_err(|why| DocumentError::NotDocx { path: path.to_owned(), why });
        }
        let source = String::from_utf8(bytes)
            .map_err(|_| DocumentError::NotText { path: path.to_owned() })?;
        if source.contains('\0') {
            return Err(DocumentError::NotText { path: path.to_owned() });
        }
        Ok(if is("md") || is("markdown") { Self::markdown(&source) } else { Self::text(&source) })
    }

    /// Reads Markdown (`CommonMark` with tables).
    pub fn markdown(source: &str) -> Self {
        markdown::read(source)
    }

    /// Reads plain text: blank lines and bullets part it. Text that has Markdown's headings, as much
    /// that is taken from slides has, is read as Markdown.
    pub fn text(source: &str) -> Self {
        let heading = |line: &str| line.starts_with("# ") || line.starts_with("## ");
        if source.lines().any(heading) { markdown::read(source) } else { text::read(source) }
    }

    fn finish(mut blocks: Vec<Block>, front_matter: &str, exceptions: Vec<Exception>) -> Self {
        blocks.retain(|block| !block.text.trim().is_empty());
        let date = stated_date::of(front_matter, &blocks);
        let mut document = Self { date, blocks, exceptions };
        exceptions::cover(&mut document);
        document
    }

    pub(crate) fn sentences(&self) -> Vec<Sentence> {
        sentences::of(self)
    }
}

/// Line numbers of byte offsets.
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn of(source: &str) -> Self {
        let after_breaks =
            source.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        Self { starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// The line, from 1, that holds a byte offset.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_form_is_refused() {
        let here = tempfile::tempdir().unwrap();
        let path = here.path().join("paper.pdf");
        std::fs::write(&path, b"%PDF-1.7\n\xff\xfe").unwrap();
        let refused = Document::read(&path).unwrap_err().to_string();
        assert!(refused.contains("neither Markdown"), "{refused}");
        assert!(matches!(
            Document::read(&here.path().join("none.md")),
            Err(DocumentError::Read { .. })
        ));
        let path = here.path().join("paper.docx");
        std::fs::write(&path, b"not a zip").unwrap();
        assert!(matches!(Document::read(&path), Err(DocumentError::NotDocx { .. })));
    }

    #[test]
    fn text_with_markdown_headings_is_markdown() {
        let document = Document::text("# Plan\n\n- one\n- two\n");
        let forms: Vec<Form> = document.blocks.iter().map(|block| block.form).collect();
        assert_eq!(forms[0], Form::Heading { level: 1 });
        assert_eq!(forms[2], Form::Item { list: 0, item: 1, depth: 1 });
    }
}
