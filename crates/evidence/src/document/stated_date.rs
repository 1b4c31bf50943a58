//! The date that a document bears.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::{Block, Form};
use crate::dates::{self, DateInText, Precision};

/// How far into a document its date is looked for, in blocks, and how far from its end.
const FIRST_BLOCKS: usize = 14;
const LAST_BLOCKS: usize = 2;
/// A sentence that is mostly its date says when the document is of.
const FEW_WORDS: usize = 18;

/// "Date: 18 March 2025"
static FIELD: LazyLock<Regex> =
    LazyLock::new(|| crate::pattern(r"(?i)\bdate(?:\s+of\s+\w+)?\s*:[\s*]*$"));
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    crate::pattern(
        r"(?i)\b(?:dated?|published|issued|updated|changed|revised|printed|prepared|presented|agreed|approved|in\s+force|position\s+at|as\s+at)\b",
    )
});
/// A sentence with one of these says something of the date other than that it is the document's.
static OTHERWISE: LazyLock<Regex> = LazyLock::new(|| {
    crate::pattern(
        r"(?i)\b(?:will|was|were|is|are|has|had|due|by|until|before|since|from|began|to\s+be)\b",
    )
});
static ANOTHERS: LazyLock<Regex> = LazyLock::new(|| {
    crate::pattern(r"(?i)\b(?:next|previous|will|due|planned|first\s+published)\b")
});

/// From front matter (`date: 2025-03-18`), from the first lines, or from a line at the end that says
/// when the document was published.
pub(super) fn of(front_matter: &str, blocks: &[Block]) -> Option<Date> {
    let field = front_matter.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        matches!(name.trim().to_lowercase().as_str(), "date" | "published").then_some(value)
    });
    if let Some(date) = field.and_then(|value| dates::find(value).into_iter().next()) {
        return Some(date.last);
    }
    let (first, rest) = blocks.split_at(FIRST_BLOCKS.min(blocks.len()));
    let last = &rest[rest.len().saturating_sub(LAST_BLOCKS)..];
    in_a_field(first)
        .or_else(|| sentences(first).find_map(|text| labelled(&text)))
        .or_else(|| sentences(first).find_map(|text| bare(&text)))
        .or_else(|| sentences(last).find_map(|text| labelled(&text)))
}

fn in_a_field(blocks: &[Block]) -> Option<Date> {
    blocks.iter().find_map(|block| {
        let dates = dates::find(&block.text);
        let date = dates.iter().find(|date| {
            let before = &block.text[..date.range.start];
            FIELD.is_match(before) && !before.to_lowercase().contains("next")
        });
        date.map(|date| date.last)
    })
}

/// Short sentences of headings and paragraphs, which the author says in his own name.
fn sentences(blocks: &[Block]) -> impl Iterator<Item = String> {
    let own = blocks.iter().filter(|block| {
        !block.quoted && matches!(block.form, Form::Heading { .. } | Form::Paragraph)
    });
    own.flat_map(|block| super::sentences::split(0, block))
        .map(|sentence| sentence.text)
        .filter(|text| text.split_whitespace().count() <= FEW_WORDS && !ANOTHERS.is_match(text))
}

/// "Agreed by the board on 11 June 2024", "This page was last changed on 12 August 2024"
fn labelled(text: &str) -> Option<Date> {
    LABEL.is_match(text).then(|| to_the_month(text).into_iter().next())?.map(|date| date.last)
}

/// "Paper to the Cohesion Group, 16 July 2024"
fn bare(text: &str) -> Option<Date> {
    let dates = to_the_month(text);
    (dates.len() == 1 && !OTHERWISE.is_match(text)).then(|| dates[0].last)
}

fn to_the_month(text: &str) -> Vec<DateInText> {
    let mut found = dates::find(text);
    found.retain(|date| matches!(date.precision, Precision::Day | Precision::Month));
    found
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::document::Document;

    fn check(source: &str, expected: Option<Date>) {
        assert_eq!(Document::markdown(source).date, expected, "{source}");
    }

    use super::*;

    #[test]
    fn documents_say_when_they_are_of() {
        check("# Plan\n\nReport date: 14 November 2024\n", Some(date(2024, 11, 14)));
        check("# Board, 18 March 2025\n\nText.\n", Some(date(2025, 3, 18)));
        check(
            "# Profile\n\nPrepared by the hub, August 2024, for the panel.\n",
            Some(date(2024, 8, 31)),
        );
        check("# Plan 2025-2028\n\nWe met on 3 May 2024 and again on 9 June 2024.\n", None);
        check("# Plan\n\nThe draft will go to the board on 18 July 2024.\n", None);
        check("*This page was last changed on 12 August 2024.*\n", Some(date(2024, 8, 12)));
        check("**From:** Tom Hale **Date:** 9 October 2024\n", Some(date(2024, 10, 9)));
        check("Agreed on 11 June 2024. To be reviewed by 30 June 2025.\n", Some(date(2024, 6, 11)));
        check(
            "# Notes, 18 April 2024\n\nDate of next meeting: 10 October 2024\n",
            Some(date(2024, 4, 18)),
        );
        check("# Plan\n\nNothing.\n", None);
    }
}
