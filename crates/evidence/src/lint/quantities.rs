//! Numbers in prose, and those that need no figure behind them.
//!
//! Exempt are dates, years, names of Acts and their parts, telephone numbers, numbers of lists and
//! headings, units of a rate, and the level of an interval.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern;

/// A number that stands in a sentence and is not exempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quantity {
    pub text: String,
    pub at: usize,
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)
        [+−-]? \d[\d,]* (?:\.\d+)? (?:\s?(?:%|per\s?cent|percentage\spoints?|k\b|m\b|million|thousand))?
        | (?i:\b (?: two-thirds | one-third | a\sthird | three-quarters | a\squarter | half\sof | twice
            | (?:one|two|three|four|five|six|seven|eight|nine|ten)\s(?:times|in\s(?:two|three|four|five|six|seven|eight|nine|ten)) ) \b)",
    )
});

static EXEMPT: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    const MONTH: &str = "(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)";
    [
        // Dates and periods: 12 November 2024, November 2024, 2023/24, 2024-11, 12.11.2024, years.
        &format!(r"\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s(?:to|and|-|–)\s\d{{1,2}}(?:st|nd|rd|th)?)?\s{MONTH}(?:\s(?:\d{{4}}|'?\d{{2}}\b))?"),
        &format!(r"\b{MONTH}\s\d{{1,2}}(?:st|nd|rd|th)\b(?:,?\s\d{{4}})?"),
        &format!(r"\b{MONTH}\s'?\d{{2,4}}\b"),
        r"\b(?:19|20)\d{2}(?:\s?[/–-]\s?(?:\d{2}|\d{4}))?(?:-(?:0[1-9]|1[0-2]|Q[1-4])(?:-\d{2})?)?\b",
        r"\b\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b",
        r"\b\d{1,2}(?:[:.]\d{2})?\s?(?:am|pm)\b",
        // Law: section 17A, s.59, regulation 7, Part 3, Schedule 4, SI 2007/1830, article 6.
        r"(?i)\b(?:sections?|ss?\.?|regulations?|regs?\.?|part|schedule|sch\.?|articles?|paragraphs?|chapter|ch\.?|category|categories|level|stage|tier|si)\s?\d+[A-Za-z]*(?:\(\d*[A-Za-z]*\))*(?:(?:\s?[-–/]\s?|\s(?:to|and)\s)\d+[A-Za-z]*)*",
        // Telephone numbers.
        r"\b0\d{2,4}[\s-]?\d{3}[\s-]?\d{3,4}\b",
        r"(?i)\b(?:call|ring|dial|on|or)\s(?:101|105|111|116\s?123|119|999)\b",
        // Numbers of lists, headings, exhibits and named things.
        r"^\s*\(?\d{1,2}[.)]\s",
        r"(?i)\b(?:table|figure|chart|map|page|theme|priority|slide|item|row|step|phase|wave|annex|appendix|version|decile|mission|commitment|duty|question|section|year)s?\s\d+(?:\.\d+)*",
        r"(?i)\b(?:lsoa|msoa|census|imd|iod|wcag|iso|pdf/ua-|pdf/a-|a)\s?\d+[a-z]?(?:\.\d+)*\b",
        r"\b[EWNS]\d{8}\b|\bf-[0-9a-f]{12}\b|\bEPSG:\d+|\b\d{3}[A-Z]\b",
        // The unit of a rate and the level of an interval or test.
        r"(?i)\bper\s\d[\d,]*\b",
        r"(?i)\b(?:90|95|99)(?:\.\d+)?(?:%|\sper\s?cent)\s(?:confidence\s)?(?:intervals?|limits?|confidence)\b",
        r"(?i)\b(?:aged?|under|over)\s\d{1,3}(?:\s?(?:to|-|–)\s?\d{1,3})?(?:\s?\+|\sand\sover)?|\b\d{1,2}\+",
    ]
    .iter()
    .map(|text| pattern(text))
    .collect()
});

static QUOTED_WITH_SOURCE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"[“"][^”"]*[”"]\s*\([^)]+\)"#));

/// The spans of a sentence that are somebody else's words, with their source in brackets behind.
pub(super) fn quotations_with_source(sentence: &str) -> Vec<std::ops::Range<usize>> {
    QUOTED_WITH_SOURCE.find_iter(sentence).map(|found| found.range()).collect()
}

/// The numbers of a sentence that need a figure.
pub(super) fn quantities(sentence: &str) -> Vec<Quantity> {
    let exempt: Vec<_> = EXEMPT
        .iter()
        .flat_map(|pattern| pattern.find_iter(sentence).map(|found| found.range()))
        .chain(quotations_with_source(sentence))
        .collect();
    NUMBER
        .find_iter(sentence)
        .filter(|found| !part_of_word(sentence, found.range()))
        .filter(|found| {
            !exempt.iter().any(|range| range.start < found.end() && found.start() < range.end)
        })
        .map(|found| Quantity {
            text: found.as_str().trim_end_matches(',').to_owned(),
            at: found.start(),
        })
        .collect()
}

fn part_of_word(sentence: &str, range: std::ops::Range<usize>) -> bool {
    sentence[..range.start].ends_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(sentence: &str) -> Vec<String> {
        quantities(sentence).into_iter().map(|q| q.text).collect()
    }

    #[test]
    fn numbers_that_need_a_figure() {
        assert_eq!(found("There were 18,664 crimes, 8% down."), ["18,664", "8%"]);
        assert_eq!(
            found("Over two-thirds were race; 2.5 times; 145k views"),
            ["two-thirds", "2.5", "145k"]
        );
        assert_eq!(found("93% feel safe, more than 88 per cent"), ["93%", "88 per cent"]);
    }

    #[test]
    fn dates_law_and_telephones_need_none() {
        for sentence in [
            "The board met on 18 March 2025 and 9th June.",
            "Between 2022/23 and 2023/24, April 2022 to November 2024, 2024-11.",
            "The Crime and Disorder Act 1998, section 17A, s.59 and regulation 7, SI 2007/1830.",
            "Call 0800 555 111 or dial 999.",
            "1. First",
            "Rates per 1,000 residents with 95% intervals for people aged 16 and over.",
            "See table 3 and theme 2, Luton 002B (E01015701).",
            "“We lost 40% of our trade” (shop owner, forum of May 2024).",
        ] {
            assert_eq!(found(sentence), [] as [String; 0], "{sentence}");
        }
    }
}
