//! A group that reports to two parents.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::{excerpt, plain};
use super::{Clash, ConsistencyRule, Paper, acronyms, tables};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A group that reports to one body in one place and to another body in another place. A sentence that names \
            both, or says \"also\" or \"until\", passes.",
    caught: "The Violence Group reports to the Partnership Board.\n\nThe Violence Group reports to the Children's Trust.",
    passes: "The Violence Group reports to the Partnership Board.\n\nThe Violence Group also reports to the Children's Trust.",
};

const BODY: &str = r"(?:[A-Z][\w'’&-]*\s+(?:(?:and|of|for|the|on)\s+)*){0,8}(?:Board|Group|Partnership|Forum|Committee|Cabinet|Council|Trust|Executive|Panel|Network|Taskforce|Team)";

static REPORTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<group>{BODY}|It|it|[A-Z]{{3,8}})(?:\s+\([A-Z]+\))?(?:,?\s+which|\s+[a-z][a-z\s,'’-]{{0,60}}?\s+and|\s+is\s+a\s+sub-?(?:group|board|committee)\s+of\s+the\s+{BODY}\s+and)?\s+(?:\w+ly\s+)?(?:reports?|is\s+accountable|answers|is\s+a\s+(?:sub-?group|sub-?board|sub-?committee|working\s+group)\s+of)\s*(?:\w+ly\s+)?(?:to\s+)?(?:the\s+)?(?P<parent>{BODY})\b(?P<rest>.*)$"
    ))
});
static GROUP: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"\b{BODY}\b")));
static TWO_BODIES: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"{BODY}(?:\s+and\s+|[,;/])")));
static MORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:also|both|jointly|dual|for\s+information|not\s+accountable|until|formerly|previously|now|moved|instead|through|via|will|and\s+to|as\s+well)\b",
    )
});

struct Said {
    group: String,
    printed: String,
    parent: String,
    line: usize,
}

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let aliases: BTreeMap<String, String> = acronyms::expansions(paper)
        .into_iter()
        .map(|expansion| (expansion.acronym.to_lowercase(), plain(&expansion.words)))
        .collect();
    let said = said(paper, &aliases);
    let mut clashes: Vec<Clash> = Vec::new();
    for (index, later) in said.iter().enumerate() {
        let Some(first) = said[..index].iter().find(|earlier| earlier.group == later.group) else {
            continue;
        };
        if same_body(&first.parent, &later.parent, &aliases) {
            continue;
        }
        clashes.push(Clash {
            place: paper.place(later.line),
            rule: ConsistencyRule::TwoParents,
            text: excerpt(&later.printed),
            message: format!(
                "{} reports to the {} here and to the {} there",
                later.printed, later.parent, first.parent
            ),
            other: Some(paper.place(first.line)),
        });
    }
    clashes
}

fn said(paper: &Paper, aliases: &BTreeMap<String, String>) -> Vec<Said> {
    let mut said = Vec::new();
    let mut last_group = (usize::MAX, String::new());
    for sentence in paper.own_sentences() {
        let text = &sentence.text;
        if let Some(captures) = REPORTS.captures(text)
            && !MORE.is_match(text)
        {
            let group = &captures["group"];
            let group = if group.eq_ignore_ascii_case("it") {
                // "It" is the body of the sentence before.
                if last_group.0 == sentence.block { last_group.1.clone() } else { String::new() }
            } else {
                group.to_owned()
            };
            if !group.is_empty() {
                said.push(Said {
                    group: full(&group, aliases),
                    printed: without_article(&group),
                    parent: without_article(&captures["parent"]),
                    line: sentence.line(),
                });
            }
        }
        if let Some(group) = GROUP.find(text) {
            last_group = (sentence.block, group.as_str().to_owned());
        }
    }
    for table in tables::tables(paper) {
        let column =
            |names: &[&str]| table.headings.iter().position(|h| names.contains(&plain(h).as_str()));
        let (Some(group), Some(parent)) = (
            column(&["group", "board", "body", "sub group"]),
            column(&["reports to", "parent", "accountable to"]),
        ) else {
            continue;
        };
        for row in &table.rows {
            let (group, parent) = (&row[group], &row[parent]);
            if group.text.is_empty() || parent.text.is_empty() || TWO_BODIES.is_match(&parent.text)
            {
                continue;
            }
            said.push(Said {
                group: full(&group.text, aliases),
                printed: without_article(&group.text),
                parent: without_article(&parent.text),
                line: group.line,
            });
        }
    }
    said.sort_by_key(|one| one.line);
    said
}

fn without_article(name: &str) -> String {
    name.trim_start_matches("The ").trim_start_matches("the ").trim().to_owned()
}

fn full(name: &str, aliases: &BTreeMap<String, String>) -> String {
    let plain = plain(&without_article(name));
    aliases.get(&plain).cloned().unwrap_or(plain)
}

/// "Board" and "Partnership Board" are one body; so are an acronym and its words.
fn same_body(one: &str, other: &str, aliases: &BTreeMap<String, String>) -> bool {
    let (one, other) = (full(one, aliases), full(other, aliases));
    let within = |short: &str, long: &str| {
        let long: Vec<&str> = long.split(' ').collect();
        short.split(' ').all(|word| long.contains(&word))
    };
    within(&one, &other) || within(&other, &one)
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn a_group_has_one_parent() {
        check_rule(
            ConsistencyRule::TwoParents,
            &[
                "The Tackling Arson Group (TAG) is a sub-group of the Safety Board.\n\nThe TAG reports to the Fire Committee every year.",
                "| Group | Reports to |\n|---|---|\n| Drugs Group | Health Board |\n\nThe Drugs Group is accountable to the Safety Partnership.",
                "The Arson Panel is accountable to the Fire Executive.\n\n| Body | Reports to |\n|---|---|\n| Arson Panel | Health and Wellbeing Board |",
                "The Youth Panel was set up in May. It reports to the Children's Trust.\n\n## Governance\n\nThe Youth Panel reports quarterly to the Safety Board.",
            ],
            &[
                "The Drugs Group reports to the Safety Board. The Youth Panel reports to the Children's Trust.",
                "The Drugs Group reports to the Board.\n\nThe Drugs Group reports to the Safety Board.",
                "The Drugs Group reports to the Safety Board.\n\nUntil 2022 the Drugs Group reported to nobody; it sends minutes to the Health Board.",
                "The Drugs Group reports to the Safety Board and, for information, the Health Board.\n\nThe Drugs Group reports to the Safety Board.",
            ],
        );
    }
}
