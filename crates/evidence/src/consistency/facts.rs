//! Counts of things in years, as papers give them.

use std::sync::LazyLock;

use regex::Regex;

use super::words::{NUMBER_NAME, count, half_of_noughts, plain, singular};
use super::{Paper, Place, tables};
use crate::pattern;

/// A count as a paper gives it.
#[derive(Debug, Clone)]
pub(super) struct Fact {
    /// What, where and when, for comparison.
    pub(super) key: (String, String, String),
    pub(super) value: f64,
    /// Half of the last digit that was not rounded away.
    pub(super) slack: f64,
    pub(super) printed: String,
    pub(super) place: Place,
}

const YEAR: &str = r"(?P<period>20\d{2}/\d{2}|20\d{2})";
const THING: &str = r"(?P<thing>(?:[a-z][a-z'’-]+\s+){0,4}?[a-z][a-z'’-]+s)";
const PLACE: &str = r"(?:\s+in\s+(?P<area>(?:[A-Z][\w'’-]*\s?){1,4}))?";
const RECORDED: &str = r"(?:\s+(?:were|was)(?:\s+(?:recorded|reported|logged|counted|opened|made|received))?|\s+(?:recorded|reported|logged|opened|received))?(?:\s+(?:by|to)\s+(?:the\s+)?police)?";

static COUNTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let n = format!(
        r"(?P<about>(?:about|some|around|nearly|over|almost|roughly|more\s+than)\s+)?(?P<n>\d[\d,]*|{NUMBER_NAME})"
    );
    let end =
        r"(?:[.,;)]|\s*$|\s+(?:and|but|which|against|compared|with|while|than|or)\b|\s+were\b)";
    [
        format!(r"\b{n}\s+{THING}{RECORDED}{PLACE},?\s+(?:in|during)\s+(?:the\s+year\s+|all\s+of\s+)?{YEAR}\b"),
        format!(r"\b[Ii]n\s+{YEAR},?\s+(?:there\s+were|(?:the\s+)?police\s+recorded|we\s+(?:recorded|opened|had|received)|the\s+council\s+(?:recorded|counted))\s+{n}\s+{THING}{PLACE}{end}"),
    ]
    .iter()
    .map(|text| pattern(text))
    .collect()
});
/// Things of which a number says nothing that could clash.
static NO_COUNT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:more|fewer|less|other|others|further|another|months?|years?|weeks?|days|hours|minutes|times|pounds|per|percentage|points|them|these|those|which|new|first|repeat)\b",
    )
});

/// What is counted, for comparison.
pub(super) fn thing_key(text: &str) -> String {
    let plain = plain(text);
    let kept: Vec<String> = plain
        .split(' ')
        .filter(|word| {
            !matches!(*word, "recorded" | "police" | "of" | "the" | "a" | "total" | "all")
        })
        .map(singular)
        .collect();
    kept.join(" ")
}

pub(super) fn facts_of(paper: &Paper) -> Vec<Fact> {
    let mut found = Vec::new();
    for sentence in paper.own_sentences() {
        for captures in COUNTS.iter().flat_map(|regex| regex.captures_iter(&sentence.text)) {
            let (Some(n), Some(whole)) = (captures.name("n"), captures.get(0)) else { continue };
            let before = &sentence.text[..whole.start()];
            if NO_COUNT.is_match(&captures["thing"])
                || before.ends_with(['£', '.', '/', '-', '–'])
                || before.trim_end().ends_with(" of")
            {
                continue;
            }
            let Some(value) = count(n.as_str()) else { continue };
            let zeros = n.as_str().len() - n.as_str().trim_end_matches(['0', ',']).len();
            let rounded = captures.name("about").is_some() || zeros >= 2;
            let area = captures.name("area").map_or("", |m| m.as_str());
            found.push(Fact {
                key: (thing_key(&captures["thing"]), plain(area), captures["period"].to_owned()),
                value: value as f64,
                slack: if rounded { half_of_noughts(zeros) } else { 0.0 },
                printed: whole.as_str().trim_end_matches(['.', ',', ';', ')']).to_owned(),
                place: paper.place(sentence.line_at(n.start())),
            });
        }
    }
    found.extend(tables::tables(paper).iter().flat_map(|table| of_table(paper, table)));
    found
}

/// A table with years down its side or along its top.
fn of_table(paper: &Paper, table: &tables::Table) -> Vec<Fact> {
    static ONLY_YEAR: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^\s*(?P<period>20\d{2}/\d{2}|20\d{2})\s*$"));
    let year = |text: &str| ONLY_YEAR.captures(text).map(|captures| captures["period"].to_owned());
    let mut found = Vec::new();
    for (row, cells) in table.rows.iter().enumerate() {
        for column in 1..table.headings.len() {
            let Some(value) = table.number(row, column) else { continue };
            let (thing, period) = match (year(&cells[0].text), year(&table.headings[column])) {
                (Some(period), None) => (&table.headings[column], period),
                (None, Some(period)) => (&cells[0].text, period),
                _ => continue,
            };
            let thing_key = thing_key(thing);
            // "Both", "Number" and the like name nothing.
            if tables::is_total(thing)
                || thing_key.split(' ').count() > 5
                || ["number", "count", "n", "year", ""].contains(&thing_key.as_str())
            {
                continue;
            }
            found.push(Fact {
                key: (thing_key, String::new(), period.clone()),
                value,
                slack: 0.0,
                printed: format!("{thing}, {period}: {}", cells[column].text),
                place: paper.place(cells[column].line),
            });
        }
    }
    found
}
