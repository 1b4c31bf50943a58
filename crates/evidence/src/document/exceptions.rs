//! Exceptions: where an author has looked at a finding and says why it may stand.
//!
//! `<!-- lint: allow RULE because REASON -->`, on the line of the words it is about or alone before
//! them; before a list or table it holds for all of it. In DOCX it is a comment (without the arrows).

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use regex::Regex;

use super::{Block, Document, Form, Lines};

/// An exception as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Where it stands.
    pub line: usize,
    /// The rule that it names, which may not exist.
    pub rule: String,
    /// Why; an exception without a reason excepts nothing.
    pub reason: Option<String>,
    /// The lines that it is about.
    pub lines: RangeInclusive<usize>,
    alone: bool,
}

static IN_COMMENT: LazyLock<Regex> = LazyLock::new(|| crate::pattern(r"(?s)<!--(.*?)-->"));
static ALLOW: LazyLock<Regex> = LazyLock::new(|| {
    crate::pattern(r"(?is)^\s*lint:\s*allow\s+([\w-]+)(?:\s+because\b\s*(.*?))?\s*$")
});

/// The exceptions in the comments of a source text.
pub(super) fn written_in(source: &str) -> Vec<Exception> {
    let lines = Lines::of(source);
    let comments = IN_COMMENT.captures_iter(source).filter_map(|captures| {
        let (whole, inner) = (captures.get(0)?, captures.get(1)?);
        let before = source[..whole.start()].rsplit('\n').next().unwrap_or("");
        let after = source[whole.end()..].split('\n').next().unwrap_or("");
        let alone = before.trim().is_empty() && after.trim().is_empty();
        parse(inner.as_str(), lines.line(whole.start()), alone)
    });
    comments.collect()
}

/// The exception in a comment, if it is one.
pub(super) fn parse(comment: &str, line: usize, alone: bool) -> Option<Exception> {
    let captures = ALLOW.captures(comment)?;
    let reason =
        captures.get(2).map(|m| m.as_str().split_whitespace().collect::<Vec<_>>().join(" "));
    Some(Exception {
        line,
        rule: captures[1].to_lowercase(),
        reason: reason.filter(|reason| !reason.is_empty()),
        lines: line..=line,
        alone,
    })
}

/// The text with its comments blanked out, so that every line keeps its number.
pub(super) fn blanked(source: &str) -> String {
    let blank = |captures: &regex::Captures<'_>| {
        captures[0].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect::<String>()
    };
    IN_COMMENT.replace_all(source, blank).into_owned()
}

/// Finds for each exception the lines that it is about.
pub(super) fn cover(document: &mut Document) {
    let blocks = &document.blocks;
    for exception in &mut document.exceptions {
        let at = if exception.alone {
            blocks.iter().position(|block| block.line() > exception.line)
        } else {
            blocks.iter().rposition(|block| block.line() <= exception.line)
        };
        let Some(at) = at else { continue };
        let together =
            blocks[at..].iter().take_while(|block| belongs(block, &blocks[at], exception.alone));
        let last = together.map(Block::last_line).max().unwrap_or(exception.line);
        exception.lines = blocks[at].line().min(exception.line)..=last;
    }
}

fn belongs(block: &Block, first: &Block, whole: bool) -> bool {
    std::ptr::eq(block, first)
        || whole
            && match (block.form, first.form) {
                (Form::Item { .. }, Form::Item { .. }) => true,
                (Form::Cell { table: one, .. }, Form::Cell { table: other, .. }) => one == other,
                _ => false,
            }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<(String, Option<String>, RangeInclusive<usize>)> {
        let exceptions = Document::markdown(source).exceptions;
        exceptions.into_iter().map(|e| (e.rule, e.reason, e.lines)).collect()
    }

    #[test]
    fn an_exception_is_about_its_line_or_what_follows() {
        let because = Some("two waves".to_owned());
        assert_eq!(
            lines("One.\n\nTwo <!-- lint: allow list-count because two  waves -->\n\nThree.\n"),
            [("list-count".to_owned(), because.clone(), 3..=3)]
        );
        assert_eq!(
            lines("<!-- lint: allow list-count because two\nwaves -->\n\n- a\n- b\n\nEnd.\n"),
            [("list-count".to_owned(), because, 1..=5)]
        );
        assert_eq!(lines("Two <!-- lint: allow list-count because -->\n")[0].1, None);
        assert_eq!(lines("<!-- a remark -->\n"), []);
    }
}
