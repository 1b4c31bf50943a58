//! A term listed under what it is no part of.

use std::sync::LazyLock;

use regex::Regex;

use super::knowledge::Term;
use super::rules::Explanation;
use super::words::{excerpt, plain};
use super::{Clash, ConsistencyRule, Paper};
use crate::document::Form;
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A term of the trade that is listed under another of which it is no part, after a colon, in brackets, or as \
            an item under a heading. Which terms there are, and what each may stand under, is in lint/terms.toml.",
    caught: "Multi-Agency Public Protection Arrangements (MAPPA): DAPO, DAPN and DATAC.",
    passes: "Domestic abuse orders: DAPO and DAPN. MAPPA: levels 1 to 3.",
};

pub(super) fn check(paper: &Paper, terms: &[Term]) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for sentence in paper.own_sentences() {
        for (umbrella, listed, at) in listings(&sentence.text) {
            let Some(over) = whole_term(terms, &umbrella) else { continue };
            let misplaced: Vec<&Term> = listed
                .iter()
                .filter_map(|item| leading_term(terms, item))
                .filter(|t| misplaced(t, over))
                .collect();
            clashes.extend(clash(paper, sentence.line_at(at), over, &misplaced, &sentence.text));
        }
    }
    // A heading that is a term, with a list under it.
    let blocks = &paper.document.blocks;
    for (index, block) in blocks.iter().enumerate() {
        let Form::Item { .. } = block.form else { continue };
        let Some(heading) = paper.heading_above(index) else { continue };
        let Some(over) = whole_term(terms, &blocks[heading].text) else { continue };
        let Some(term) = leading_term(terms, &block.text)
            .filter(|term| whole_term(terms, &block.text) == Some(*term))
        else {
            continue;
        };
        if misplaced(term, over) {
            clashes.extend(clash(paper, block.line(), over, &[term], &block.text));
        }
    }
    clashes
}

fn clash(
    paper: &Paper,
    line: usize,
    over: &Term,
    misplaced: &[&Term],
    text: &str,
) -> Option<Clash> {
    let first = misplaced.first()?;
    let names: Vec<&str> = misplaced.iter().map(|term| term.name.as_str()).collect();
    Some(Clash {
        place: paper.place(line),
        rule: ConsistencyRule::MisplacedTerm,
        text: excerpt(text),
        message: format!(
            "{} listed under {}, {}; {} is {}",
            if names.len() == 1 {
                format!("{} is", names[0])
            } else {
                format!("{} are", names.join(", "))
            },
            over.name,
            over.is,
            first.name,
            first.is
        ),
        other: None,
    })
}

fn misplaced(term: &Term, over: &Term) -> bool {
    term.name != over.name && !term.under.contains(&over.name)
}

/// What a sentence lists, after a colon: the words before, the items, and where the list stands.
fn listings(text: &str) -> Vec<(String, Vec<String>, usize)> {
    static COLON: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:^|[.;]\s+|\s-\s+)(?P<over>[^.;:]{2,90}?):\s+(?P<list>[^.;:]+)")
    });
    static BRACKET: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?P<over>(?:[A-Z][\w-]*\s+){1,6})\((?P<list>[^()]+?(?:,|\sand\s)[^()]+)\)")
    });
    static SAYS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\s+(?:covers?|includes?|has|comprises?|consists?\s+of|is\s+made\s+up\s+of)\b.*$",
        )
    });
    let found =
        COLON.captures_iter(text).chain(BRACKET.captures_iter(text)).filter_map(|captures| {
            let (over, list) = (captures.name("over")?, captures.name("list")?);
            let items = outside_brackets(list.as_str());
            Some((SAYS.replace(over.as_str(), "").into_owned(), items, over.start()))
        });
    found.collect()
}

/// Splits at commas and "and" that stand in no bracket.
fn outside_brackets(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0usize;
    for word in text.split_inclusive([' ', ',']) {
        let ends = depth == 0 && (word.trim() == "and" || word.trim() == ",");
        depth = (depth + word.matches('(').count()).saturating_sub(word.matches(')').count());
        if !ends && let Some(item) = items.last_mut() {
            item.push_str(word.trim_end_matches(','));
        }
        if ends || depth == 0 && word.ends_with(',') {
            items.push(String::new());
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items
}

/// The term that a text is, with or without its words in brackets.
fn whole_term<'a>(terms: &'a [Term], text: &str) -> Option<&'a Term> {
    let text = plain(text);
    let names = |term: &Term| {
        std::iter::once(&term.name).chain(&term.also).map(|name| plain(name)).collect::<Vec<_>>()
    };
    terms.iter().find(|term| {
        let names = names(term);
        names
            .iter()
            .any(|one| text == *one || names.iter().any(|other| text == format!("{one} {other}")))
    })
}

/// The term that an item begins with.
fn leading_term<'a>(terms: &'a [Term], item: &str) -> Option<&'a Term> {
    let item = plain(item);
    terms.iter().find(|term| {
        std::iter::once(&term.name).chain(&term.also).any(|name| {
            let name = plain(name);
            item == name
                || item.strip_prefix(&name).is_some_and(|rest| {
                    rest == "s" || rest.starts_with(' ') && rest.split(' ').count() < 10
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn terms_stand_where_they_belong() {
        check_rule(
            ConsistencyRule::MisplacedTerm,
            &[
                "- Updates on the bill. - Multi-Agency Public Protection Arrangements (MAPPA): DAPO (Domestic Abuse Protection Order) and DATAC.",
                "### MARAC\n\n- MAPPA\n- IDVA",
                "CONTEST: Prevent, Pursue, and MARAC.",
                "MAPPA (DAPO, DAPN) was discussed. Contest has four strands: Prevent, Protect, Pursue and Prepare.",
                "MARAC includes three parts: IDVA, DATAC and research.",
            ],
            &[
                "CONTEST: Prevent, Pursue, Protect and Prepare.",
                "Partners spoke of MAPPA, DAPO and DAPN: all three are new to them.",
                "MAPPA: 41 offenders were managed at level 2, some with a DAPO.",
                "MARAC (chaired by police, and held weekly) and MAPPA (levels 1, 2 and 3) met.",
                "### Domestic abuse\n\n- MARAC\n- DAPO\n- IDVA",
            ],
        );
    }
}
