//! Percentages of one number in a row, in a sentence or a list: "296 by police (64%), 83 by others (18%)".
//!
//! The number that they are percentages of is not always said beside them. Where one number of the
//! text, or the sum of the row, makes most of them right, it makes the others wrong.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::words::half_of_last_place;
use super::super::{Clash, Paper};
use super::clash;
use crate::document::Form;
use crate::pattern;

static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<n>\d[\d,]*)(?:\s+[^.;:%()\d]{0,40})?\s*\((?P<p>\d+(?:\.(?P<decimals>\d+))?)\s?(?:%|per\s?cent)\)",
    )
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d[\d,]*"));

/// A count with the percentage that is given for it.
struct Pair {
    n: f64,
    printed_n: String,
    percent: f64,
    printed: String,
    n_decimals: usize,
    line: usize,
    text: String,
}

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for sentence in paper.own_sentences() {
        let pairs = pairs(&sentence.text, |at| sentence.line_at(at));
        let first = PAIR.find(&sentence.text).map_or(0, |m| m.start());
        clashes.extend(wrong(paper, &pairs, &numbers(&sentence.text[..first])));
    }
    let blocks = &paper.document.blocks;
    let mut of_list: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, block) in blocks.iter().enumerate() {
        if let Form::Item { list, .. } = block.form {
            of_list.entry(list).or_default().push(index);
        }
    }
    for items in of_list.values() {
        let each =
            items.iter().map(|index| pairs(&blocks[*index].text, |at| blocks[*index].line_at(at)));
        let each: Vec<Vec<Pair>> = each.collect();
        if each.iter().any(|pairs| pairs.len() != 1) {
            continue;
        }
        let section = paper.heading_above(items[0]).unwrap_or(0);
        let before = blocks[section..items[0]]
            .iter()
            .flat_map(|block| numbers(&block.text))
            .collect::<Vec<_>>();
        clashes.extend(wrong(paper, &each.into_iter().flatten().collect::<Vec<_>>(), &before));
    }
    clashes
}

fn pairs(text: &str, line_at: impl Fn(usize) -> usize) -> Vec<Pair> {
    let found = PAIR.captures_iter(text).filter_map(|captures| {
        let (n, whole) = (captures.name("n")?, captures.get(0)?);
        // In "24 of 48 (50%)" the number before the bracket is the whole.
        if text[..n.start()].trim_end().ends_with(" of")
            || text[..n.start()].ends_with(['£', '.', '/'])
        {
            return None;
        }
        Some(Pair {
            n: n.as_str().replace(',', "").parse().ok()?,
            printed_n: n.as_str().to_owned(),
            percent: captures["p"].parse().ok()?,
            printed: captures["p"].to_owned(),
            n_decimals: captures.name("decimals").map_or(0, |m| m.len()),
            line: line_at(n.start()),
            text: whole.as_str().to_owned(),
        })
    });
    found.collect()
}

fn numbers(text: &str) -> Vec<f64> {
    NUMBER.find_iter(text).filter_map(|n| n.as_str().replace(',', "").parse().ok()).collect()
}

/// The pairs that are wrong by the number that makes most of them right.
fn wrong(paper: &Paper, pairs: &[Pair], bases: &[f64]) -> Vec<Clash> {
    if pairs.len() < 3 {
        return Vec::new();
    }
    let right = |pair: &Pair, base: f64| {
        let slack = half_of_last_place(pair.n_decimals) + 1e-9;
        (100.0 * pair.n / base - pair.percent).abs() <= slack
    };
    let sum = pairs.iter().map(|pair| pair.n).sum();
    let candidates = bases.iter().copied().chain([sum]).filter(|base| *base > 0.0);
    let judged =
        candidates.map(|base| (pairs.iter().filter(|pair| right(pair, base)).count(), base));
    let Some((n_right, base)) = judged.max_by_key(|(n_right, _)| *n_right) else {
        return Vec::new();
    };
    if n_right < 2 || 3 * n_right < 2 * pairs.len() {
        return Vec::new();
    }
    let wrong = pairs.iter().filter(|pair| !right(pair, base));
    let clashes = wrong.map(|pair| {
        let exact = 100.0 * pair.n / base;
        let message = format!(
            "{} of {base} is {exact:.decimals$}%, not {}%, if the others are right",
            pair.printed_n,
            pair.printed,
            decimals = pair.n_decimals
        );
        clash(paper, pair.line, &pair.text, message)
    });
    clashes.collect()
}
