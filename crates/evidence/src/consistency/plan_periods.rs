//! Two date ranges for one plan or strategy.

use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::{NUMBER_NAME, count, excerpt, plain};
use super::{Clash, ConsistencyRule, Paper};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A plan, strategy or programme that is given two date ranges: under the same name, or in a heading and \
            the text beneath it; or a \"three-year plan\" whose years are not three. Ranges that only follow one \
            another belong to a plan and its successor and pass, as does a plan that is said to be extended.",
    caught: "# Community Safety Plan 2024-2029\n\nThe Community Safety Plan 2024-2027 has five priorities.",
    passes: "The Community Safety Plan 2025-2028 replaces the Community Safety Plan 2022-2025.",
};

/// A plan with the years that are given for it.
#[derive(Debug, Clone)]
struct Mention {
    /// Its own name in plain words; empty for "our plan".
    name: String,
    /// Plan, strategy, ...
    kind: String,
    from: u16,
    to: u16,
    text: String,
    line: usize,
    block: usize,
    /// Whether the words speak of a change of its years.
    moved: bool,
}

const KIND: &str = "plan|strategy|programme|framework|policy|vision";
const YEARS: &str =
    r"(?P<from>20\d{2})(?:/\d{2})?\s?(?:-|–|—|/|to)\s?(?P<to>20\d{2}|\d{2})(?:/(?P<end>\d{2}))?";

static BEFORE_YEARS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<kind>{KIND})\b(?P<between>[^.;:()\d]{{0,110}}?)[\s,(]*(?:from\s+)?\b{YEARS}\b"
    ))
});
static AFTER_YEARS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b{YEARS}\b(?P<between>(?:\s+[A-Z][\w'’&-]*){{0,5}})\s+(?P<kind>(?i:{KIND}))\b"
    ))
});
/// Words after which the years are no longer the plan's.
static TURNS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:is|are|was|were|will|be|has|have|had|with|which|that|it|against|than|until|since|by|at|on|replac\w+|follow\w+|budget|survey|data|between|after|before|under|spent|spends|agreed|grants?)\b",
    )
});
static MOVED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:exten(?:d|ds|ded|sion)|originally|instead|brought forward|roll\w* forward|shorten\w*|prolong\w*|at first|was to|mistak\w+|wrongly|corrected)\b",
    )
});
static YEAR_LONG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)\b(?P<n>{NUMBER_NAME}|\d{{1,2}})[\s-]year\s+(?:[\w'’&-]+\s+){{0,5}}$"))
});

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let mentions = mentions(paper);
    let mut clashes: Vec<Clash> = Vec::new();
    let mut told: Vec<(String, u16, u16)> = Vec::new();
    for (index, later) in mentions.iter().enumerate() {
        let earlier = mentions[..index]
            .iter()
            .find(|earlier| one_plan(paper, earlier, later) && contradict(earlier, later));
        let Some(earlier) = earlier else { continue };
        let key = (later.name.clone(), later.from, later.to);
        if told.contains(&key) {
            continue;
        }
        told.push(key);
        clashes.push(Clash {
            place: paper.place(later.line),
            rule: ConsistencyRule::PlanPeriod,
            text: excerpt(&later.text),
            message: format!(
                "one {}, two periods: {}-{} here and {}-{} in \"{}\"",
                later.kind,
                later.from,
                later.to,
                earlier.from,
                earlier.to,
                excerpt(&earlier.text)
            ),
            other: Some(paper.place(earlier.line)),
        });
    }
    clashes.extend(wrong_lengths(paper));
    clashes
}

fn mentions(paper: &Paper) -> Vec<Mention> {
    let mut found = Vec::new();
    for sentence in paper.own_sentences() {
        let text = &sentence.text;
        let before = BEFORE_YEARS.captures_iter(text).map(|captures| (captures, true));
        let after = AFTER_YEARS.captures_iter(text).map(|captures| (captures, false));
        for (captures, years_behind) in before.chain(after) {
            let (Some(kind), Some(whole)) = (captures.name("kind"), captures.get(0)) else {
                continue;
            };
            let Some((from, to)) = years(&captures) else { continue };
            let between = &captures["between"];
            if TURNS.is_match(between) || between.matches(',').count() > 1 {
                continue;
            }
            // In "Plan for policing in Anytown 2024-2029" what stands between is a part of the name.
            let name =
                if years_behind { name_before(&text[..kind.start()]) } else { name_of(between) };
            found.push(Mention {
                name,
                kind: kind.as_str().to_lowercase(),
                from,
                to,
                text: whole.as_str().to_owned(),
                line: sentence.line_at(whole.start()),
                block: sentence.block,
                moved: MOVED.is_match(text),
            });
        }
    }
    found
}

fn years(captures: &regex::Captures<'_>) -> Option<(u16, u16)> {
    let from: u16 = captures["from"].parse().ok()?;
    let last = captures.name("end").map_or(&captures["to"], |end| end.as_str());
    let to: u16 = last.parse().ok()?;
    let to = if to < 100 { from / 100 * 100 + to } else { to };
    // One year, such as 2024/25, is a year's plan within a longer one.
    (to > from + 1 && to < from + 20).then_some((from, to))
}

/// The words of a name that end where its kind begins: "the GM Police and Crime" -> "gm police and crime".
fn name_before(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split_whitespace().rev().take(9) {
        let joins = matches!(word, "and" | "of" | "for" | "&" | "the" | "on" | "against");
        // "Aims of the Domestic Abuse Strategy": the name begins behind the article.
        if matches!(word, "the" | "The") && !words.is_empty() {
            break;
        }
        if !joins && !word.starts_with(char::is_uppercase)
            || word.ends_with(['.', ':', ',', ';', '–'])
        {
            break;
        }
        words.insert(0, word);
    }
    name_of(&words.join(" "))
}

fn name_of(words: &str) -> String {
    const NOT_OF_THE_NAME: [&str; 22] = [
        "the",
        "our",
        "new",
        "this",
        "current",
        "present",
        "draft",
        "final",
        "next",
        "last",
        "first",
        "a",
        "old",
        "previous",
        "refreshed",
        "to",
        "existing",
        "and",
        "for",
        "of",
        "in",
        "under",
    ];
    let plain = plain(words);
    let mut kept: Vec<&str> = plain.split(' ').collect();
    while kept.first().is_some_and(|word| NOT_OF_THE_NAME.contains(word)) {
        kept.remove(0);
    }
    kept.join(" ")
}

/// Whether two mentions are of one plan: by the same name, or one without a name beneath a heading.
fn one_plan(paper: &Paper, one: &Mention, other: &Mention) -> bool {
    if one.kind != other.kind {
        return false;
    }
    if one.name == other.name {
        return !one.name.is_empty() || one.block != other.block;
    }
    let (short, long) = if one.name.len() < other.name.len() { (one, other) } else { (other, one) };
    // "Community Safety Plan" is the "Anytown Community Safety Plan".
    if short.name.contains(' ') && long.name.ends_with(&format!(" {}", short.name)) {
        return true;
    }
    let unnamed = one.name.is_empty() || other.name.is_empty();
    let (first, second) = (one.block.min(other.block), one.block.max(other.block));
    let beneath = paper.heading_above(second) == Some(first);
    unnamed && beneath && paper.document.blocks[first].is_heading()
}

/// Ranges that share an end, or more than half of the shorter, cannot be a plan and its successor.
fn contradict(one: &Mention, other: &Mention) -> bool {
    if (one.from, one.to) == (other.from, other.to) || one.moved || other.moved {
        return false;
    }
    let shared = one.to.min(other.to).saturating_sub(one.from.max(other.from));
    let shorter = (one.to - one.from).min(other.to - other.from);
    one.from == other.from || one.to == other.to || 2 * shared > shorter
}

/// A "three-year plan" whose years are not three; the last year may be counted or not.
fn wrong_lengths(paper: &Paper) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for sentence in paper.own_sentences() {
        for captures in BEFORE_YEARS.captures_iter(&sentence.text) {
            let Some(kind) = captures.name("kind") else { continue };
            let Some(said) = YEAR_LONG.captures(&sentence.text[..kind.start()]) else { continue };
            let (Some(n), Some((from, to))) = (count(&said["n"]), years(&captures)) else {
                continue;
            };
            let length = u64::from(to - from);
            if TURNS.is_match(&captures["between"]) || n == length || n == length + 1 {
                continue;
            }
            clashes.push(Clash {
                place: paper.place(sentence.line_at(kind.start())),
                rule: ConsistencyRule::PlanPeriod,
                text: excerpt(&captures[0]),
                message: format!(
                    "a {} of {n} years, but {from}-{to} are {length}",
                    kind.as_str().to_lowercase()
                ),
                other: None,
            });
        }
    }
    clashes
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn one_plan_has_one_period() {
        check_rule(
            ConsistencyRule::PlanPeriod,
            &[
                "# New Harbour Police and Crime Plan 2025-2029\n\n**Safe Together** – Our Plan for policing in Harbour 2024-2029",
                "The Domestic Abuse Strategy 2023-26 is in its second year.\n\nAims of the Domestic Abuse Strategy 2023-2028:",
                "We are halfway through the 2022-2025 Serious Violence Strategy.\n\n## Serious Violence Strategy (2022 to 2026)",
                "Our Road Safety Plan runs from 2023 to 2026.\n\nThe Anytown Road Safety Plan 2023-2027 is online.",
                "The five-year strategy 2024-2027 was agreed in May.",
            ],
            &[
                "The Violence Against Women Strategy 2025-2030 replaces the Violence Against Women Strategy 2020-2025.",
                "The Road Safety Plan 2020-2024 has been extended by a year, so it is now the Road Safety Plan 2020-2025.",
                "The Housing Strategy 2024-2029 and the Community Safety Plan 2024-2027 were read together.",
                "The three-year Community Safety Plan 2022-2025 ends in March; a five-year plan, 2022/23 to 2026/27, is in force in health.",
                "The plan for 2024/25 is the last year's under the Community Safety Plan 2022-2025.",
            ],
        );
    }
}
