//! An acronym that is spelled out in two ways.

use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::{excerpt, plain, singular};
use super::{Clash, ConsistencyRule, Paper};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "An acronym that is spelled out in two ways. Capitals, hyphens, plurals and spelling (adviser, advisor) \
            make no difference.",
    caught: "A Domestic Abuse Protection Order (DAPO) was made.\n\nThe Domestic Abuse Prevention Order (DAPO) ran out.",
    passes: "A Domestic Abuse Protection Order (DAPO) was made.\n\nDAPOs (domestic abuse protection orders) run out.",
};

static BRACKETED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\((?P<acronym>[A-Z][A-Z&]{1,7})s?\)"));
static SPELLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?P<acronym>[A-Z]{2,8})s?\s+\((?P<words>[A-Za-z][A-Za-z'’& -]{5,90})\)")
});

/// An acronym with the words that are given for it.
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    pub(super) acronym: String,
    pub(super) words: String,
    line: usize,
}

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let expansions = expansions(paper);
    let mut clashes: Vec<Clash> = Vec::new();
    for (index, later) in expansions.iter().enumerate() {
        let earlier = expansions[..index].iter().find(|earlier| earlier.acronym == later.acronym);
        let Some(earlier) = earlier.filter(|earlier| !same(&earlier.words, &later.words)) else {
            continue;
        };
        clashes.push(Clash {
            place: paper.place(later.line),
            rule: ConsistencyRule::TwoExpansions,
            text: excerpt(&later.words),
            message: format!(
                "{} is \"{}\" here and \"{}\" there",
                later.acronym, later.words, earlier.words
            ),
            other: Some(paper.place(earlier.line)),
        });
    }
    clashes
}

/// Every acronym of a paper that is spelled out beside it.
pub(super) fn expansions(paper: &Paper) -> Vec<Expansion> {
    let mut found = Vec::new();
    for sentence in paper.own_sentences() {
        let text = &sentence.text;
        for captures in BRACKETED.captures_iter(text) {
            let Some(bracket) = captures.get(0) else { continue };
            let acronym = captures["acronym"].to_owned();
            if let Some(words) = words_before(&text[..bracket.start()], &acronym) {
                found.push(Expansion { acronym, words, line: sentence.line_at(bracket.start()) });
            }
        }
        for captures in SPELLED.captures_iter(text) {
            let (acronym, words) =
                (captures["acronym"].to_owned(), captures["words"].trim().to_owned());
            let at = captures.get(0).map_or(0, |m| m.start());
            if spells(&words, &acronym) {
                found.push(Expansion { acronym, words, line: sentence.line_at(at) });
            }
        }
    }
    found
}

/// The shortest run of words before a bracket whose initials are the acronym.
fn words_before(text: &str, acronym: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let longest = (acronym.len() + 5).min(words.len());
    (1..=longest)
        .map(|n| &words[words.len() - n..])
        .take_while(|run| !run[0].ends_with(['.', ';', ':']) || run.len() == 1)
        .find(|run| !is_small(run[0]) && spells(&run.join(" "), acronym))
        .map(|run| run.join(" ").trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
}

fn is_small(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "of" | "and" | "the" | "for" | "to" | "in" | "on" | "a" | "&" | "at" | "by" | "with"
    )
}

/// Whether the initials of words are an acronym; small words may be left out.
fn spells(words: &str, acronym: &str) -> bool {
    let words = words.replace(['-', '/', '–'], " ");
    let initials = |small_too: bool| {
        let kept = words.split_whitespace().filter(|word| small_too || !is_small(word));
        kept.filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
            .map(|c| c.to_ascii_uppercase())
            .collect::<String>()
    };
    let acronym = acronym.replace('&', "");
    initials(false) == acronym || initials(true) == acronym
}

fn same(one: &str, other: &str) -> bool {
    let words = |text: &str| {
        plain(text).split(' ').filter(|w| !is_small(w)).map(singular).collect::<Vec<_>>()
    };
    let (one, other) = (words(one), words(other));
    one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| same_word(a, b))
}

/// Equal, or one letter apart in a long word: adviser and advisor, organisation and organization.
fn same_word(one: &str, other: &str) -> bool {
    let differing = one.chars().zip(other.chars()).filter(|(a, b)| a != b).count();
    one == other || one.len() == other.len() && one.len() >= 6 && differing <= 1
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn an_acronym_has_one_meaning() {
        check_rule(
            ConsistencyRule::TwoExpansions,
            &[
                "The Local Safety Board (LSB) met.\n\nThe Local Scrutiny Board (LSB) met too.",
                "IOM (integrated offender management) works.\n\nWe fund Intensive Offender Management (IOM).",
                "The Violence and Vulnerability Unit (VVU) began.\n\n## VVU (Violence and Victims Unit)",
            ],
            &[
                "Independent domestic violence advisers (IDVAs) help. An Independent Domestic Violence Advisor (IDVA) is at court.",
                "Multi-Agency Public Protection Arrangements (MAPPA) and multi agency public protection arrangements (MAPPA).",
                "The Police and Crime Commissioner (PCC) and the police & crime commissioner (PCC).",
                "The survey (SNA) and the assessment (SNA) differ; the Local Safety Board (LSB) met once.",
            ],
        );
    }
}
