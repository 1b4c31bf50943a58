//! Parts that are more than their whole.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::{count, excerpt};
use super::{Clash, ConsistencyRule, Paper};
use crate::document::{Block, Form};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "Shares of one whole that add to more than 100 (beyond rounding), in a sentence, a list or a table; or a \
            part that is larger than its whole, as in \"52 of 48\". Where the text says that a case may be in more \
            than one part, shares may add to anything.",
    caught: "By strand, incidents were race (70%), religion (25%) and disability (15%).",
    passes: "By strand, incidents were race (70%), religion (25%) and disability (15%); some have more than one strand.",
};

static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d+(?:\.\d+)?)\s?(?:%|per\s?cent)"));
static BRACKETED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\((?:[^()%]*?,\s*)?(\d+(?:\.\d+)?)\s?(?:%|per\s?cent)\)"));
static FRACTION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(over|more\s+than|just\s+over)\s+)?(two[\s-]thirds|three[\s-]quarters|half|a\s+third|one[\s-]third|a\s+quarter)\s+(?:of\b|relate|were\b|are\b)",
    )
});
/// Words of a division into parts.
static DIVIDES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:strands?|types?|kinds?|categor\w+|broke[n]?\s+down|breakdown|split|divid\w+|made\s+up\s+of|consist\w*|compris\w+|account(?:s|ed)\s+for|relat(?:e|es|ed)\s+to|the\s+(?:rest|remainder|remaining)|next\s+most|motivat\w+|ethnic\w*|tenure|by\s+age|age\s+groups?|shares?\s+of)\b",
    )
});
static GOES_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:next\s+most|the\s+(?:rest|remainder|remaining|others?))\b")
});
static OVERLAPS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\boverlap|\bmore\s+than\s+(?:one|100|a\s+hundred)|\bseveral\b|\bmultiple\b|\bany\s+number\b|\bup\s+to\s+\w+\s+(?:boxes|answers|reasons|options|concerns|things)|\btick|\bchoose|\bchose|\bname\s+any|\bnot\s+add|\bnot\s+sum|\b(?:add|sum|come)s?\s+to\s+more|\bboth\b|\bcounted\s+(?:in\s+each|twice)|\bmay\s+(?:also\s+)?(?:be|fall|have|belong|stand)\s+(?:\w+\s+){0,2}(?:in|under|to)?\s*(?:several|two|both|each|more)|\bnot\s+exclusive|\bbelong\s+to\s+more|\ball\s+that\s+apply",
    )
});
static OF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[\s(])(?P<part>\d[\d,]*)\s+(?:out\s+)?of\s+(?:the\s+|these\s+|our\s+|its\s+|all\s+|those\s+)?(?P<whole>\d[\d,]*)(?P<after>[^\s.,;)]*\s*\S*)",
    )
});
static OF_WHICH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|\s)(?P<whole>\d[\d,]*)\s+[a-z][a-z '’-]{2,40}?,?\s+of\s+(?:which|whom)\s+(?:only\s+)?(?P<part>\d[\d,]*)\s+[a-z]",
    )
});

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let mut clashes = larger_parts(paper);
    clashes.extend(sentences(paper));
    clashes.extend(lists(paper));
    clashes.extend(tables(paper));
    clashes
}

fn clash(paper: &Paper, line: usize, text: &str, message: String) -> Clash {
    Clash {
        place: paper.place(line),
        rule: ConsistencyRule::PartsOverWhole,
        text: excerpt(text),
        message,
        other: None,
    }
}

/// "52 of the 48"
fn larger_parts(paper: &Paper) -> Vec<Clash> {
    let mut clashes = Vec::new();
    for sentence in paper.own_sentences() {
        for captures in
            OF.captures_iter(&sentence.text).chain(OF_WHICH.captures_iter(&sentence.text))
        {
            let (Some(part), Some(whole)) = (count(&captures["part"]), count(&captures["whole"]))
            else {
                continue;
            };
            // "the 3,380 of 2023" has no whole, nor has "3 of 4 metres' height", nor a percentage.
            let year = (1900..2100).contains(&whole);
            let after = captures.name("after").map_or("", |m| m.as_str());
            if part <= whole || year || after.starts_with(['%', '/', '-', ':', '.']) || whole == 0 {
                continue;
            }
            let at = captures.name("part").map_or(0, |m| m.start());
            clashes.push(clash(
                paper,
                sentence.line_at(at),
                &captures[0],
                format!("a part of {part} is more than its whole of {whole}"),
            ));
        }
    }
    clashes
}

/// Whether what stands around a block says that parts overlap.
fn may_overlap(paper: &Paper, block: usize) -> bool {
    let blocks = &paper.document.blocks;
    let from = paper.heading_above(block).unwrap_or(0);
    let to =
        (block + 1..blocks.len()).find(|index| blocks[*index].is_heading()).unwrap_or(blocks.len());
    blocks[from..to].iter().any(|block| OVERLAPS.is_match(&block.text))
}

fn over(shares: &[f64]) -> Option<f64> {
    let sum: f64 = shares.iter().sum();
    // Each share may have been rounded up by half a point.
    (shares.len() >= 2 && sum > 100.0 + 0.5 * shares.len() as f64 + 1e-9).then_some(sum)
}

fn too_much(sum: f64, n: usize) -> String {
    format!(
        "{n} parts of one whole add to {}%; correct them, or say that a case may be in more than one part",
        (sum * 10.0).round() / 10.0
    )
}

fn sentences(paper: &Paper) -> Vec<Clash> {
    let mut clashes = Vec::new();
    let own: Vec<_> = paper.own_sentences().collect();
    for (index, sentence) in own.iter().enumerate() {
        let mut shares = numbers(&BRACKETED, &sentence.text);
        if shares.len() < 2 || !DIVIDES.is_match(&sentence.text) {
            continue;
        }
        if GOES_ON.is_match(&sentence.text)
            && let Some(before) =
                index.checked_sub(1).map(|i| own[i]).filter(|s| s.block == sentence.block)
        {
            shares.extend(first_share(&before.text));
        }
        if let Some(sum) = over(&shares)
            && !may_overlap(paper, sentence.block)
        {
            clashes.push(clash(
                paper,
                sentence.line(),
                &sentence.text,
                too_much(sum, shares.len()),
            ));
        }
    }
    clashes
}

fn numbers(pattern: &Regex, text: &str) -> Vec<f64> {
    pattern.captures_iter(text).filter_map(|captures| captures[1].parse().ok()).collect()
}

/// The share that a sentence begins with: "Over two-thirds relate to race".
fn first_share(text: &str) -> Option<f64> {
    if let Some(captures) = FRACTION.captures(text) {
        let fraction = captures[2].to_lowercase().replace('-', " ");
        return Some(match fraction.as_str() {
            "two thirds" => 66.0,
            "three quarters" => 75.0,
            "half" => 50.0,
            "a quarter" => 25.0,
            _ => 33.0,
        });
    }
    numbers(&PERCENT, text).first().copied()
}

/// Short items of a list, each with one share: "noise: 45%".
fn lists(paper: &Paper) -> Vec<Clash> {
    let blocks = &paper.document.blocks;
    let mut of_list: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, block) in blocks.iter().enumerate() {
        if let Form::Item { list, .. } = block.form {
            of_list.entry(list).or_default().push(index);
        }
    }
    let mut clashes = Vec::new();
    for items in of_list.values() {
        let shares: Vec<f64> =
            items.iter().filter_map(|index| short_share(&blocks[*index])).collect();
        let first = items[0];
        let intro = first.checked_sub(1).map_or("", |index| blocks[index].text.as_str());
        let heading = paper.heading_above(first).map_or("", |index| blocks[index].text.as_str());
        if shares.len() < items.len() || !(DIVIDES.is_match(intro) || DIVIDES.is_match(heading)) {
            continue;
        }
        if let Some(sum) = over(&shares)
            && !may_overlap(paper, first)
        {
            clashes.push(clash(paper, blocks[first].line(), intro, too_much(sum, shares.len())));
        }
    }
    clashes
}

fn short_share(block: &Block) -> Option<f64> {
    const FEW_WORDS: usize = 9;
    let shares = numbers(&PERCENT, &block.text);
    let short = block.text.split_whitespace().count() <= FEW_WORDS;
    (short && shares.len() == 1).then(|| shares[0])
}

/// A column of shares beside no total, or with a total that they do not give.
fn tables(paper: &Paper) -> Vec<Clash> {
    static SHARE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)\bshare\s+of\b|\bproportion\s+of\b|^\s*(?:share|%|per\s?cent|percentage|proportion)\s*$|%\s+of\b|per\s?cent\s+of\b",
        )
    });
    let mut clashes = Vec::new();
    for table in super::tables::tables(paper) {
        for (column, heading) in table.headings.iter().enumerate().skip(1) {
            if !SHARE.is_match(heading) {
                continue;
            }
            let mut shares = Vec::new();
            let mut total = None;
            for row in &table.rows {
                let Some(share) =
                    row.get(column).and_then(|cell| numbers(&PERCENT, &cell.text).first().copied())
                else {
                    continue;
                };
                if super::tables::is_total(&row[0].text) {
                    total = Some(share);
                } else {
                    shares.push(share);
                }
            }
            let slack = 0.5 * shares.len() as f64 + 1e-9;
            let sum: f64 = shares.iter().sum();
            let short = total == Some(100.0) && shares.len() >= 2 && sum < 100.0 - slack;
            if (over(&shares).is_some() || short) && !may_overlap(paper, table.block) {
                let message = if short {
                    format!(
                        "{} parts add to {}%, but their total is given as 100%",
                        shares.len(),
                        (sum * 10.0).round() / 10.0
                    )
                } else {
                    too_much(sum, shares.len())
                };
                clashes.push(clash(paper, table.line, heading, message));
            }
        }
    }
    clashes
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn parts_are_within_their_whole() {
        check_rule(
            ConsistencyRule::PartsOverWhole,
            &[
                "Over two-thirds of reports relate to noise. The next most frequent kinds are litter (25%) and dogs (15%).",
                "Reports by category:\n\n- noise: 55%\n- litter: 30%\n- dogs: 20%",
                "| Tenure | Share |\n|---|---|\n| Owned | 50% |\n| Rented | 45% |\n| Other | 15% |",
                "Of the victims, 52 of 48 were women.",
                "There were 30 cases, of which 34 were repeats.",
                "| Kind | Share |\n|---|---|\n| Noise | 40% |\n| Dogs | 30% |\n| Total | 100% |",
            ],
            &[
                "The kinds were noise (34%), litter (33%) and dogs (34%).",
                "Reasons by category; people could tick all that apply:\n\n- noise: 55%\n- litter: 30%\n- dogs: 20%",
                "| Ward | Share satisfied |\n|---|---|\n| East | 80% |\n| West | 75% |",
                "The 3,380 of 2023 were reports; 5 of 10 were by telephone.",
                "Satisfaction rose in East (80%) and in West (75%).",
                "Over two-thirds of reports relate to noise. The next most frequent kinds are litter (20%) and dogs (12%).",
            ],
        );
    }
}
