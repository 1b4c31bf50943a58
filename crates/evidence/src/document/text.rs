//! Plain text: blank lines and bullets part the paragraphs, and a short line in capitals or underlined
//! is a heading.

use std::sync::LazyLock;

use regex::Regex;

use super::{Block, Document, Form, exceptions};

static BULLET: LazyLock<Regex> =
    LazyLock::new(|| crate::pattern(r"^(?:[•▪◦·*–-]|o|\(?\d{1,2}[.)]|\([a-z]\)|[a-z]\))\s+"));

pub(super) fn read(source: &str) -> Document {
    let exceptions = exceptions::written_in(source);
    let source = exceptions::blanked(source);
    let mut blocks: Vec<Block> = Vec::new();
    let (mut after_blank, mut n_lists) = (true, 0);
    // The list that is open: its number, its items so far, and the indent of each depth.
    let mut list: Option<(usize, usize, Vec<usize>)> = None;
    let lines: Vec<&str> = source.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let text = line.trim();
        if text.is_empty() {
            after_blank = true;
            continue;
        }
        if is_rule(text) {
            let before = blocks.last_mut().filter(|block| block.form == Form::Paragraph);
            if let (Some(block), false) = (before, after_blank) {
                block.form = Form::Heading { level: if text.starts_with('=') { 1 } else { 2 } };
            }
            after_blank = true;
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if let Some(mark) = BULLET.find(text) {
            let (number, items, indents) = list.get_or_insert_with(|| {
                n_lists += 1;
                (n_lists - 1, 0, vec![indent])
            });
            while indents.len() > 1 && indents.last().is_some_and(|last| *last > indent) {
                indents.pop();
            }
            if indents.last().is_some_and(|last| indent > *last) {
                indents.push(indent);
            }
            let depth = indents.len();
            // Only the outermost items are counted; those within lists are one list together.
            let form = if depth == 1 {
                *items += 1;
                Form::Item { list: *number, item: *items - 1, depth }
            } else {
                Form::Item { list: usize::MAX - *number, item: index, depth }
            };
            let mut block = Block::new(form, false);
            block.push(&text[mark.end()..], index + 1);
            blocks.push(block);
            after_blank = false;
            continue;
        }
        let goes_on = !after_blank
            && blocks.last().is_some_and(|block| !matches!(block.form, Form::Heading { .. }));
        if goes_on && let Some(block) = blocks.last_mut() {
            block.push(" ", index + 1);
            block.push(text, index + 1);
            continue;
        }
        list = None;
        let alone = lines.get(index + 1).is_none_or(|next| next.trim().is_empty());
        let form =
            if alone && in_capitals(text) { Form::Heading { level: 2 } } else { Form::Paragraph };
        let mut block = Block::new(form, false);
        block.push(text, index + 1);
        blocks.push(block);
        after_blank = false;
    }
    Document::finish(blocks, "", exceptions)
}

fn is_rule(text: &str) -> bool {
    text.len() >= 3 && (text.chars().all(|c| c == '=') || text.chars().all(|c| c == '-'))
}

fn in_capitals(text: &str) -> bool {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).collect();
    letters.len() > 3 && text.len() < 90 && letters.iter().all(|c| c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_headings_lists_and_paragraphs() {
        let source = "OUR AIMS\n\nWe have two\naims:\n\n• safe streets\n  and homes\n   o lights\n• trust\n\nMore\n====\n\nEnd.\n";
        let found: Vec<(Form, String, usize)> =
            read(source).blocks.iter().map(|b| (b.form, b.text.clone(), b.line())).collect();
        assert_eq!(
            found,
            [
                (Form::Heading { level: 2 }, "OUR AIMS".into(), 1),
                (Form::Paragraph, "We have two aims:".into(), 3),
                (Form::Item { list: 0, item: 0, depth: 1 }, "safe streets and homes".into(), 6),
                (Form::Item { list: usize::MAX, item: 7, depth: 2 }, "lights".into(), 8),
                (Form::Item { list: 0, item: 1, depth: 1 }, "trust".into(), 9),
                (Form::Heading { level: 1 }, "More".into(), 11),
                (Form::Paragraph, "End.".into(), 14),
            ]
        );
    }
}
