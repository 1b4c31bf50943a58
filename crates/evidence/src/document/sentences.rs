//! Cuts the blocks of a document into sentences that know their lines.

use super::{Block, Document, Form};

/// One sentence of a document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sentence {
    /// Its text.
    pub(crate) text: String,
    /// Which block of the document it stands in.
    pub(crate) block: usize,
    /// Whether it stands in a block quotation.
    pub(crate) quoted: bool,
    /// Whether it is a heading.
    pub(crate) heading: bool,
    /// The line of each byte at which one begins.
    line_starts: Vec<(usize, usize)>,
}

impl Sentence {
    /// The line that holds the byte at `index` of the text.
    pub(crate) fn line_at(&self, index: usize) -> usize {
        let after = self.line_starts.partition_point(|(start, _)| *start <= index);
        self.line_starts.get(after.saturating_sub(1)).map_or(0, |(_, line)| *line)
    }

    /// The line of its first word.
    pub(crate) fn line(&self) -> usize {
        self.line_at(self.text.len() - self.text.trim_start().len())
    }
}

pub(super) fn of(document: &Document) -> Vec<Sentence> {
    document.blocks.iter().enumerate().flat_map(|(index, block)| split(index, block)).collect()
}

/// Words after which a full stop does not end a sentence.
const ABBREVIATIONS: [&str; 12] =
    ["s", "ss", "reg", "regs", "no", "e.g", "i.e", "etc", "vs", "approx", "ch", "sch"];

pub(super) fn split(index: usize, block: &Block) -> Vec<Sentence> {
    // A quotation stays whole, because its source stands behind its last sentence.
    if block.quoted {
        return vec![piece(index, block, 0, block.text.len())];
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let bytes = block.text.as_bytes();
    for (at, _) in block.text.match_indices(['.', '!', '?']) {
        let last_word =
            block.text[start..at].rsplit([' ', '(']).next().unwrap_or("").to_lowercase();
        let abbreviation = bytes[at] == b'.' && ABBREVIATIONS.contains(&last_word.as_str());
        let mut rest = block.text[at + 1..].chars();
        // A sentence ends where white space follows and then no small letter.
        let ends = rest.next().is_some_and(char::is_whitespace)
            && rest.find(|c| !c.is_whitespace()).is_none_or(|next| !next.is_lowercase());
        if ends && !abbreviation {
            parts.push(piece(index, block, start, at + 1));
            start = at + 1;
        }
    }
    parts.push(piece(index, block, start, block.text.len()));
    parts.retain(|sentence| !sentence.text.trim().is_empty());
    parts
}

fn piece(index: usize, block: &Block, start: usize, end: usize) -> Sentence {
    let later = block.line_starts.iter().filter(|(at, _)| start < *at && *at < end);
    let later = later.map(|(at, line)| (at - start, *line));
    Sentence {
        text: block.text[start..end].to_owned(),
        block: index,
        quoted: block.quoted,
        heading: matches!(block.form, Form::Heading { .. }),
        line_starts: std::iter::once((0, block.line_at(start))).chain(later).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(document: &Document) -> Vec<String> {
        of(document).into_iter().map(|s| s.text.trim().to_owned()).collect()
    }

    #[test]
    fn markdown_is_cut_into_sentences() {
        let source = "# Crime\n\nIt fell, see s. 17. It\nrose. Not `rose`.\n\n- one\n- two\n";
        assert_eq!(
            texts(&Document::markdown(source)),
            ["Crime", "It fell, see s. 17.", "It rose.", "Not .", "one", "two"]
        );
    }

    #[test]
    fn every_sentence_knows_its_line() {
        let source = "First.\n\nSecond one\nruns on. Third.\n";
        let found: Vec<usize> =
            of(&Document::markdown(source)).iter().map(Sentence::line).collect();
        assert_eq!(found, [1, 3, 4]);
    }

    #[test]
    fn a_decimal_point_ends_nothing() {
        assert_eq!(
            texts(&Document::text("It was 2.5 points. Then 3.")),
            ["It was 2.5 points.", "Then 3."]
        );
    }
}
