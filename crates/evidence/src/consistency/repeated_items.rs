//! One item under two headings of a classification.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::{excerpt, plain};
use super::{Clash, ConsistencyRule, Paper};
use crate::document::Form;
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "An item that stands in the lists under two numbered headings beside one another, word for word or with \
            words added: who owns it, and under which is it counted?",
    caught: "### 1) Anti-social behaviour\n\n- Noise\n- Drug offences\n\n### 2) Recorded crime\n\n- Burglary\n- Drug offences related to neighbourhoods",
    passes: "### 1) Anti-social behaviour\n\n- Noise\n- Drug offences\n\n### 2) Recorded crime\n\n- Burglary\n- Drug offences (see 1)",
};

static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:(?:priority|theme|strand|objective|aim|area|workstream)\s+)?(?:\d{1,2}|[a-h])(?:[.):]|\s+[-–—])\s*[^\d\s]|^\s*(?:priority|theme|strand|objective|aim|workstream)\s+(?:\d{1,2}|[a-h])\b",
    )
});
static REFERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:see|also|as\s+above|shared|joint(?:ly)?|with\s+(?:theme|priority|strand))\b")
});

struct Item {
    words: String,
    line: usize,
    text: String,
}

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for groups in classifications(paper) {
        // How many of its headings an item stands under.
        let mut under: BTreeMap<&str, usize> = BTreeMap::new();
        for group in &groups {
            let mut words: Vec<&str> = group.iter().map(|item| item.words.as_str()).collect();
            words.sort_unstable();
            words.dedup();
            for words in words {
                *under.entry(words).or_default() += 1;
            }
        }
        for (index, group) in groups.iter().enumerate() {
            for item in group {
                let earlier = groups[..index]
                    .iter()
                    .flatten()
                    .find(|earlier| same(&earlier.words, &item.words));
                let Some(earlier) = earlier else { continue };
                // What stands under every heading is a form that is filled in for each.
                if under.get(item.words.as_str()).is_some_and(|n| *n > 2) {
                    continue;
                }
                clashes.push(Clash {
                    place: paper.place(item.line),
                    rule: ConsistencyRule::RepeatedItem,
                    text: excerpt(&item.text),
                    message: format!(
                        "\"{}\" stands under this heading and, as \"{}\", under another beside it; say which has it, or refer to it",
                        excerpt(&item.text), excerpt(&earlier.text)
                    ),
                    other: Some(paper.place(earlier.line)),
                });
            }
        }
    }
    clashes
}

/// Runs of numbered headings of one level, with the items under each.
fn classifications(paper: &Paper) -> Vec<Vec<Vec<Item>>> {
    let mut all: Vec<Vec<Vec<Item>>> = Vec::new();
    let mut level = None;
    for block in &paper.document.blocks {
        if block.is_heading() {
            let this = match block.form {
                Form::Heading { level } => level,
                // Bold paragraphs stand below every heading.
                _ => u8::MAX,
            };
            if NUMBERED.is_match(&block.text) {
                if level != Some(this) {
                    all.push(Vec::new());
                    level = Some(this);
                }
                if let Some(run) = all.last_mut() {
                    run.push(Vec::new());
                }
            } else if level.is_none_or(|level| this <= level) {
                level = None;
            }
        } else if let (Some(_), Form::Item { .. }) = (level, block.form)
            && let Some(items) = all.last_mut().and_then(|run| run.last_mut())
            && is_name(&block.text)
        {
            items.push(Item {
                words: plain(&block.text),
                line: block.line(),
                text: block.text.clone(),
            });
        }
    }
    // Where half of the items recur, the lists are not parts of a classification.
    all.retain(|run| {
        let items: Vec<&str> = run.iter().flatten().map(|item| item.words.as_str()).collect();
        let recurring =
            items.iter().filter(|one| items.iter().filter(|other| same(one, other)).count() > 1);
        2 * recurring.count() <= items.len()
    });
    all
}

/// A thing is named in few words and without a full stop within.
fn is_name(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (1..=12).contains(&words)
        && !REFERS.is_match(text)
        && !text.trim_end_matches('.').contains(". ")
}

/// Equal, or one continues the other; a single word must be equal.
fn same(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long
        || short.contains(' ') && long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn an_item_stands_under_one_heading() {
        check_rule(
            ConsistencyRule::RepeatedItem,
            &[
                "**1) Streets**\n\n- Lighting\n- Off-road bikes\n- Litter\n\n**2) Parks**\n\n- Dogs\n- Off-road bikes in parks\n- Fires",
                "## Priority 1: homes\n\n- Burglary\n- Cuckooing\n- Locks\n\n## Priority 2: people\n\n- Scams\n- Cuckooing",
                "### 1. Young people\n\n- Knife crime\n- Schools\n\n### 2. Adults\n\n- Alcohol\n- Knife crime",
            ],
            &[
                "### 1. January\n\n- Apologies\n- Minutes\n\n### 2. February\n\n- Apologies\n- Minutes",
                "### 1. Homes\n\n- Burglary\n\n### 2. Shops\n\n- Burglary from shops",
                "## 0.9.1\n\n- Faster reading\n\n## 0.9.0\n\n- Faster reading",
                "## Achievements\n\n- Off-road bikes\n\n## Plans\n\n- Off-road bikes",
                "### 1. Homes\n\n- Owner: council\n- Burglary dwelling\n- Locks\n\n### 2. Cars\n\n- Owner: police\n- Vehicle theft",
                "### 1. Homes\n\n- Home security\n- Locks\n\n### 2. Cars\n\n- Home security (see 1)\n- Garages",
            ],
        );
    }
}
