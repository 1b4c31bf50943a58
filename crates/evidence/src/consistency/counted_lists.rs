//! A list that is shorter or longer than is said before it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::{NUMBER_NAME, count, excerpt};
use super::{Clash, ConsistencyRule, Paper};
use crate::document::{Block, Form};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A list that is not as long as the words before it say: the sentence or heading above a list, or a list \
            within the sentence. \"Include\", \"such as\", \"at least\" and the like promise no number and pass.",
    caught: "The partnership has seven statutory responsibilities:\n\n- a board\n- a plan\n- an assessment",
    passes: "The seven statutory responsibilities include:\n\n- a board\n- a plan\n- an assessment",
};

const LISTED: &str = "priorities|responsibilities|duties|themes|objectives|aims|goals|principles|actions|recommendations|strands|conditions|commitments|outcomes|areas|questions|steps|risks|reasons|measures|options|points|issues|things|pillars|workstreams|elements|components|stages|criteria|factors|types|kinds|categories|ways|purposes|functions|findings|lessons|proposals|tests|changes|decisions|projects|tasks|results|sources|messages|ambitions|missions|signs|matters|requests|tips|promises|challenges|opportunities|threats|exceptions|rights|rules";

/// "seven statutory responsibilities"
static OF_A_KIND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?P<n>{NUMBER_NAME}|[2-9]|1\d|20)\s+(?:[a-z'’&-]+\s+){{0,3}}?(?:{LISTED})\b"
    ))
});
/// "the following five", "has five:"
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\b(?:following|these)\s+(?P<n>{NUMBER_NAME}|[2-9]|1\d|20)\b|\b(?P<m>{NUMBER_NAME}|[2-9]|1\d|20)\s*:\s*$"
    ))
});
/// Words with which a list need not be as long as the number.
static LOOSE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)\binclud|\bsuch\s+as|\bfor\s+example|\be\.g|\bamong|\bsome\s+of|\bat\s+least|\bup\s+to|\bmore\s+than|\bor\s+more|\bother\b|\bfewer\s+than|\bover\s+the|\bof\s+(?:the|our|these|those|its|all)\s+(?:{NUMBER_NAME}|\d+)\b|\babout\s+(?:{NUMBER_NAME}|\d+)\b|\bcovers?\b|\bnot\s+least"
    ))
});

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let mut clashes = Vec::new();
    let blocks = &paper.document.blocks;
    for (index, block) in blocks.iter().enumerate() {
        if block.quoted {
            continue;
        }
        let (wanted, found) = if block.is_heading() {
            let under = beneath(blocks, index);
            let structures = structures(under);
            (stated(&block.text), structures)
        } else if let Some(length) =
            list_length(blocks, index + 1, &block.form).filter(|length| *length > 1)
        {
            let last = paper.sentences_of(index).last();
            (last.map(|sentence| stated(&sentence.text)).unwrap_or_default(), vec![length])
        } else {
            (Vec::new(), Vec::new())
        };
        if let (Some((words, n)), Some(length)) = (wanted.first(), found.first())
            && !wanted.iter().any(|(_, n)| found.contains(n))
        {
            clashes.push(Clash {
                place: paper.place(block.line()),
                rule: ConsistencyRule::ListCount,
                text: excerpt(words),
                message: format!("\"{words}\" ({n}), but {length} are listed"),
                other: blocks.get(index + 1).map(|next| paper.place(next.line())),
            });
        }
    }
    clashes.extend(paper.own_sentences().filter_map(|sentence| {
        let (words, n, at, least, most) = within(&sentence.text)?;
        (n < least || most < n).then(|| Clash {
            place: paper.place(sentence.line_at(at)),
            rule: ConsistencyRule::ListCount,
            text: excerpt(&sentence.text),
            message: if least == most {
                format!("\"{words}\" ({n}), but {least} follow")
            } else {
                format!("\"{words}\" ({n}), but {least} to {most} follow")
            },
            other: None,
        })
    }));
    clashes
}

/// The numbers that a text gives for a list, each with its words.
fn stated(text: &str) -> Vec<(String, u64)> {
    if LOOSE.is_match(text) {
        return Vec::new();
    }
    let of_a_kind = OF_A_KIND.captures_iter(text).chain(BARE.captures_iter(text));
    of_a_kind
        .filter(|captures| {
            // A time ("the next two") and a share ("of 7") are no number of a list, nor is 2024.
            let before =
                captures.get(0).map_or("", |m| &text[..m.start()]).trim_end().to_lowercase();
            !before.ends_with(['£', '.', '/', '-', '–'])
                && !["next", "last", "past", "theme", "of", "top", "every"]
                    .iter()
                    .any(|w| before.ends_with(w))
        })
        .filter_map(|captures| {
            let number = captures.name("n").or(captures.name("m"))?;
            Some((captures[0].trim_end_matches([':', ' ']).to_owned(), count(number.as_str())?))
        })
        .collect()
}

/// The length of the list that begins at a block, if one deeper than `above` does.
fn list_length(blocks: &[Block], at: usize, above: &Form) -> Option<u64> {
    let Form::Item { list, depth, .. } = blocks.get(at)?.form else { return None };
    let outer = match above {
        Form::Item { list: outer, depth: above, .. } => {
            if *outer == list || *above >= depth {
                return None;
            }
            *above
        }
        Form::Paragraph | Form::Heading { .. } => 0,
        Form::Cell { .. } => return None,
    };
    if depth != outer + 1 {
        return None;
    }
    let section =
        blocks[at..].iter().take_while(|block| !matches!(block.form, Form::Heading { .. }));
    let mut items = BTreeSet::new();
    let mut lists = BTreeSet::from([list]);
    for block in section {
        if let Form::Item { list, item, depth: other } = block.form {
            // A numbered list that a paragraph interrupts goes on where it left off.
            if other == depth && item > 0 && item == items.len() {
                lists.insert(list);
            }
            if lists.contains(&list) {
                items.insert(item);
            }
        }
    }
    Some(items.len() as u64)
}

/// The blocks under a heading, up to the next of its level.
fn beneath(blocks: &[Block], heading: usize) -> &[Block] {
    let Form::Heading { level } = blocks[heading].form else {
        let end = blocks[heading + 1..].iter().position(Block::is_heading);
        return &blocks[heading + 1..end.map_or(blocks.len(), |n| heading + 1 + n)];
    };
    let ends =
        |block: &Block| matches!(block.form, Form::Heading { level: other } if other <= level);
    let end = blocks[heading + 1..].iter().position(ends);
    &blocks[heading + 1..end.map_or(blocks.len(), |n| heading + 1 + n)]
}

/// How many things stand under a heading, in each way in which they may be set out; nothing where no
/// way is plain.
fn structures(under: &[Block]) -> Vec<u64> {
    let first_list =
        under.iter().position(|block| matches!(block.form, Form::Item { depth: 1, .. }));
    let list = first_list.and_then(|at| list_length(under, at, &Form::Paragraph));
    let leads = under.iter().filter(|block| {
        matches!(block.form, Form::Paragraph)
            && block.bold_lead > 0
            && !block.text.trim().is_empty()
    });
    let headings = under.iter().filter_map(|block| match block.form {
        Form::Heading { level } => Some(level),
        _ => None,
    });
    let headings: Vec<u8> = headings.collect();
    let highest = headings.iter().min().copied();
    let headings = headings.iter().filter(|level| Some(**level) == highest).count() as u64;
    let rows = under.iter().filter_map(|block| match block.form {
        Form::Cell { row, .. } => Some(row as u64),
        _ => None,
    });
    let mut found: Vec<u64> =
        [list.unwrap_or(0), leads.count() as u64, headings, rows.max().unwrap_or(0)]
            .into_iter()
            .filter(|n| *n >= 2)
            .collect();
    // Two lists, or a list among headings, say nothing about what the heading counts.
    let n_lists = under.iter().filter_map(|b| match b.form {
        Form::Item { list, depth: 1, .. } => Some(list),
        _ => None,
    });
    if n_lists.collect::<BTreeSet<_>>().len() > 1 && headings < 2 {
        found.clear();
    }
    found
}

/// A list within a sentence: its words, its number, where it stands, and how many it can be read as.
fn within(text: &str) -> Option<(String, u64, usize, u64, u64)> {
    static COLON: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(?i)\b(?P<n>{NUMBER_NAME}|[2-9]|1\d|20)\s+(?:[a-z'’&-]+\s+){{0,3}}?(?:{LISTED})(?:\s+(?:are|is|for\s+\w+|in\s+\w+))?(?:\s*:\s+(?P<list>\S.*)$|\s+\((?P<within>[^()\d]+)\))"
        ))
    });
    let captures = COLON.captures(text)?;
    let brackets = captures.name("within");
    let (number, whole) = (captures.name("n")?, captures.get(0)?);
    let list = captures.name("list").or(brackets)?;
    if LOOSE.is_match(&text[..list.start()])
        || text[..whole.start()].trim_end().ends_with(['£', '.', '-'])
    {
        return None;
    }
    let words = text[number.start()..list.start()].trim_end_matches([':', ' ', '(']).to_owned();
    // What stands in brackets may be a remark; only a list is of short pieces.
    let most_words = if brackets.is_some() { 3 } else { 9 };
    let list = list.as_str().trim_end_matches(['.', '!', '?']);
    let (least, most) = if list.contains("; ") {
        let n = list.split("; ").count() as u64;
        (n, n)
    } else {
        let parts: Vec<&str> = list.split(", ").collect();
        // "Fourteen actions: eleven are done, two are late" divides them and does not list them.
        let divides = parts.iter().any(|part| {
            let first = part.split_whitespace().next().unwrap_or("");
            first != "one" && count(first).is_some()
        });
        if divides
            || parts.len() < 2
            || parts.iter().any(|part| part.split_whitespace().count() > most_words)
        {
            return None;
        }
        let joined = |part: &&str| {
            part.split(" and ")
                .flat_map(|p| p.split(" or "))
                .filter(|p| !matches!(*p, "and" | "or"))
                .count() as u64
        };
        let most = parts.iter().map(joined).sum();
        // "a, b and c": the last "and" parts two things, unless a comma stands before it.
        let end = parts.last().copied().unwrap_or("");
        let two_in_last = !end.starts_with("and ") && end.contains(" and ");
        (parts.len() as u64 + u64::from(two_in_last), most)
    };
    Some((words, count(number.as_str())?, number.start(), least, most))
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn lists_are_as_long_as_is_said() {
        check_rule(
            ConsistencyRule::ListCount,
            &[
                "The duty has seven parts and the group four aims:\n\n1. know\n2. act\n3. learn",
                "# Delivering five big things together\n\nWe promise.\n\n**Fair.** All thrive.\n\n**Green.** A friendly place.",
                "The plan has three priorities: burglary, robbery, violence, arson and fraud.",
                "- We ask the board for the following two decisions:\n  - the budget\n  - the plan\n  - the chair",
                "## Our six commitments\n\nWe will:\n\n- listen\n- act\n- tell",
                "The work rests on three pillars (prevention, protection, prosecution and partnership).",
                "It rests on four principles: be kind; be quick; be fair.",
            ],
            &[
                "The plan has three priorities: burglary, robbery and theft from the person.",
                "Two officers raised the following points:\n\n- cost\n- time\n- staff",
                "Over the next three years the aims are:\n\n- less crime\n- less fear",
                "We have two options:\n\n- wait\n\nor\n\n- act",
                "The three measures (see the annex, which the board has agreed, and the plan) are new.",
                "Two of the five priorities:\n\n- violence\n- fraud",
                "The ten commitments include:\n\n- trust\n- support",
                "# Three lessons\n\n1. Ask.\n\nNobody did.\n\n2. Listen.\n\n3. Act.",
                "We have four themes:\n\n- homes\n  - locks\n  - lights\n- streets\n- schools\n- shops",
            ],
        );
    }
}
