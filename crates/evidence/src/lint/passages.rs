//! Cuts a document into sentences that know their lines.
//!
//! Code, link addresses, images and HTML comments are not prose and are left out. A block quotation
//! is somebody else's words and is marked as such.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// One sentence of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sentence {
    /// Its text.
    pub text: String,
    /// The source offset of each byte of `text`.
    offsets: Vec<usize>,
    /// Whether it stands in a block quotation.
    pub quoted: bool,
    /// Whether it is a heading.
    pub heading: bool,
}

impl Sentence {
    /// The source offset of the byte at `index` of the text.
    pub(super) fn offset(&self, index: usize) -> usize {
        self.offsets.get(index).or(self.offsets.last()).copied().unwrap_or(0)
    }
}

/// Line numbers of byte offsets.
pub(super) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(source: &str) -> Self {
        let after_breaks =
            source.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        Self { starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// The line, from 1, that holds a byte offset.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset)
    }
}

/// The kinds of document whose sentences can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// `CommonMark` with tables.
    Markdown,
    /// Plain text: blank lines and bullets part the paragraphs.
    Text,
}

pub(super) fn sentences(source: &str, syntax: Syntax) -> Vec<Sentence> {
    let blocks = match syntax {
        Syntax::Markdown => markdown_blocks(source),
        Syntax::Text => text_blocks(source),
    };
    blocks.into_iter().flat_map(split).collect()
}

fn markdown_blocks(source: &str) -> Vec<Sentence> {
    let mut blocks = Blocks::default();
    let (mut quotes, mut hidden) = (0usize, 0usize);
    for (event, range) in Parser::new_ext(source, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::BlockQuote(_)) => quotes += 1,
            Event::End(TagEnd::BlockQuote(_)) => quotes -= 1,
            Event::Start(Tag::CodeBlock(_) | Tag::Image { .. } | Tag::HtmlBlock) => hidden += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Image | TagEnd::HtmlBlock) => hidden -= 1,
            Event::Start(Tag::Heading { .. }) => blocks.begin(quotes > 0, true),
            Event::Start(Tag::Paragraph | Tag::Item | Tag::TableCell) => {
                blocks.begin(quotes > 0, false);
            }
            Event::Text(text) if hidden == 0 => blocks.push(&text, range.start),
            Event::SoftBreak | Event::HardBreak => blocks.push(" ", range.start),
            _ => {}
        }
    }
    blocks.finish()
}

fn text_blocks(source: &str) -> Vec<Sentence> {
    let mut blocks = Blocks::default();
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let text = line.trim();
        let bullet =
            text.starts_with(['•', '-', '*', '–', '▪', 'o']) && text.chars().nth(1) == Some(' ');
        if text.is_empty() || bullet {
            blocks.begin(false, false);
        }
        if !text.is_empty() {
            let indent = line.len() - line.trim_start().len();
            blocks.push(text, offset + indent);
            blocks.push(" ", offset + indent + text.len());
        }
        offset += line.len();
    }
    blocks.finish()
}

/// Blocks under construction.
#[derive(Default)]
struct Blocks {
    done: Vec<Sentence>,
}

impl Blocks {
    fn begin(&mut self, quoted: bool, heading: bool) {
        self.done.push(Sentence { text: String::new(), offsets: Vec::new(), quoted, heading });
    }

    fn push(&mut self, text: &str, offset: usize) {
        if self.done.is_empty() {
            self.begin(false, false);
        }
        if let Some(block) = self.done.last_mut() {
            block.text.push_str(text);
            block.offsets.extend((0..text.len()).map(|index| offset + index));
        }
    }

    fn finish(mut self) -> Vec<Sentence> {
        self.done.retain(|block| !block.text.trim().is_empty());
        self.done
    }
}

/// Words after which a full stop does not end a sentence.
const ABBREVIATIONS: [&str; 12] =
    ["s", "ss", "reg", "regs", "no", "e.g", "i.e", "etc", "vs", "approx", "ch", "sch"];

fn split(block: Sentence) -> Vec<Sentence> {
    // A quotation stays whole, because its source stands behind its last sentence.
    if block.quoted {
        return vec![block];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let bytes = block.text.as_bytes();
    for (index, _) in block.text.match_indices(['.', '!', '?']) {
        let last_word =
            block.text[start..index].rsplit([' ', '(']).next().unwrap_or("").to_lowercase();
        let abbreviation = bytes[index] == b'.' && ABBREVIATIONS.contains(&last_word.as_str());
        let mut rest = block.text[index + 1..].chars();
        // A sentence ends where white space follows and then no small letter.
        let ends = rest.next().is_some_and(char::is_whitespace)
            && rest.find(|c| !c.is_whitespace()).is_none_or(|next| !next.is_lowercase());
        if ends && !abbreviation {
            parts.push(piece(&block, start, index + 1));
            start = index + 1;
        }
    }
    parts.push(piece(&block, start, block.text.len()));
    parts.retain(|sentence| !sentence.text.trim().is_empty());
    parts
}

fn piece(block: &Sentence, start: usize, end: usize) -> Sentence {
    Sentence {
        text: block.text[start..end].to_owned(),
        offsets: block.offsets[start..end].to_vec(),
        quoted: block.quoted,
        heading: block.heading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str, syntax: Syntax) -> Vec<String> {
        sentences(source, syntax).into_iter().map(|s| s.text.trim().to_owned()).collect()
    }

    #[test]
    fn markdown_is_cut_into_sentences() {
        let source = "# Crime\n\nIt fell, see s. 17. It\nrose. Not `rose`.\n\n- one\n- two\n";
        assert_eq!(
            texts(source, Syntax::Markdown),
            ["Crime", "It fell, see s. 17.", "It rose.", "Not .", "one", "two"]
        );
    }

    #[test]
    fn every_sentence_knows_its_line() {
        let source = "First.\n\nSecond one\nruns on. Third.\n";
        let lines = Lines::of(source);
        let found: Vec<usize> = sentences(source, Syntax::Markdown)
            .iter()
            .map(|s| lines.line(s.offset(s.text.len() - s.text.trim_start().len())))
            .collect();
        assert_eq!(found, [1, 3, 4]);
    }

    #[test]
    fn a_decimal_point_ends_nothing() {
        assert_eq!(
            texts("It was 2.5 points. Then 3.", Syntax::Text),
            ["It was 2.5 points.", "Then 3."]
        );
    }
}
