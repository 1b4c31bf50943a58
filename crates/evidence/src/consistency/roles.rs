//! A person with two ranks or posts, or a post with two people.

use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::{excerpt, of_a_change, of_a_handover, plain};
use super::{Clash, ConsistencyRule, Paper, tables};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A person who is given two ranks, or a post and its deputy's; or a body that is given two chairs, leads or \
            owners. Acting ranks, co-chairs and deputies pass, as does a sentence that speaks of a change.",
    caught: "Superintendent Dana Fell opened the meeting. Chief Superintendent Dana Fell closed it.",
    passes: "Superintendent Dana Fell was promoted in May. Chief Superintendent Dana Fell closed the meeting.",
};

const NAME: &str = r"[A-Z][a-z'’]+(?:[A-Z][a-z]+)?(?:-[A-Z][a-z]+)?";

static RANKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"\b(?P<rank>(?i:(?:detective\s+)?(?:chief\s+super\s?intendent|super\s?intendent|chief\s+inspector|inspector|sergeant|(?:deputy\s+|assistant\s+)?chief\s+constable|constable|commander)|ch\.?\s?supt\.?|supt\.?|ch\.?\s?insp\.?|insp\.?|sgt\.?|dci|pc|station\s+manager|group\s+manager|area\s+manager))\s+(?P<name>{NAME}\s+{NAME})\b"
    ))
});
static GRADED: LazyLock<Regex> = LazyLock::new(|| {
    const POST: &str = r"(?P<grade>(?i:deputy|assistant|vice|associate)[\s-]+)?(?P<post>(?i:chief\s+executive|director|chair|leader|head|manager|commissioner|mayor|treasurer))(?P<of>\s+(?:of|for)\s+(?:the\s+)?[A-Z][\w'’-]*(?:\s+(?:and|of|the|[A-Z][\w'’-]*))*)?";
    pattern(&format!(r"\b(?P<name>{NAME}\s+{NAME})\s*(?:,\s+(?:the\s+)?|\((?:the\s+)?){POST}\b"))
});
const BODY: &str = r"(?:[A-Z][\w'’&-]*\s+(?:(?:and|of|for|the|on)\s+)*){0,7}(?:Board|Group|Partnership|Forum|Committee|Panel|Network|Taskforce|Trust|Hub|Council|Conference|Executive|Cabinet|Team)";
const PERSON: &str = r"(?:(?:Councillor|Cllr\.?|Dr|Mr|Mrs|Ms|Canon|Rev\.?|Professor|Detective|Chief|Superintendent|Inspector|Sergeant|Commander)\s+)*";

static CHAIRS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let name = format!(r"{PERSON}(?P<name>{NAME}\s+{NAME})\b");
    [
        format!(r"\b(?P<body>{BODY})(?:\s+\([A-Z]+\))?,?\s+(?:(?:is|which\s+is|was)\s+)?(?P<post>chaired|led)\s+by\s+(?:the\s+)?{name}"),
        format!(r"\b{name}\s+(?P<post>chairs|leads|is\s+(?:the\s+)?chair\s+of|is\s+(?:the\s+)?lead\s+(?:for|of))\s+(?:the\s+)?(?P<body>{BODY})\b"),
        format!(r"\b{name},?\s+\(?(?:the\s+)?(?P<post>[Cc]hair|[Ll]ead)\s+(?:of|for)\s+(?:the\s+)?(?P<body>{BODY})\b"),
        format!(r"(?:^|\b[Tt]he\s+)(?P<post>[Cc]hair|[Ll]ead)\s+of\s+(?:the\s+)?(?P<body>{BODY})(?:\s+\([A-Z]+\))?\s*(?:is|:|,)\s+(?:the\s+)?{name}"),
    ]
    .iter()
    .map(|text| pattern(text))
    .collect()
});

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let mut clashes = differing(paper, &ranks(paper), "rank");
    clashes.extend(differing(paper, &grades(paper), "post"));
    clashes.extend(differing(paper, &holders(paper), "holder"));
    clashes
}

/// Something said of somebody or something.
struct Said {
    /// Of whom or what, for comparison.
    of: String,
    /// The same as it is printed.
    printed: String,
    /// What is said, for comparison.
    value: String,
    /// The same as it is printed.
    text: String,
    line: usize,
}

/// The first that is said of each, against every other that is said of it.
fn differing(paper: &Paper, said: &[Said], what: &str) -> Vec<Clash> {
    let mut clashes: Vec<Clash> = Vec::new();
    let mut told: Vec<(String, String)> = Vec::new();
    for (index, later) in said.iter().enumerate() {
        let Some(first) = said[..index].iter().find(|earlier| earlier.of == later.of) else {
            continue;
        };
        let key = (later.of.clone(), later.value.clone());
        if first.value == later.value || told.contains(&key) {
            continue;
        }
        told.push(key);
        let message = match what {
            "holder" => format!(
                "{} has two heads: {} here and {} there",
                later.printed, later.text, first.text
            ),
            _ => format!(
                "{} is \"{}\" here and \"{}\" there",
                later.printed,
                later.text.trim(),
                first.text.trim()
            ),
        };
        clashes.push(Clash {
            place: paper.place(later.line),
            rule: ConsistencyRule::TwoRoles,
            text: excerpt(&format!("{} {}", later.text, later.printed)),
            message,
            other: Some(paper.place(first.line)),
        });
    }
    clashes
}

fn ranks(paper: &Paper) -> Vec<Said> {
    let mut said = Vec::new();
    for sentence in paper.own_sentences() {
        if of_a_change(&sentence.text) {
            continue;
        }
        for captures in RANKED.captures_iter(&sentence.text) {
            let at = captures.name("rank").map_or(0, |m| m.start());
            said.push(Said {
                of: captures["name"].to_lowercase(),
                printed: captures["name"].to_owned(),
                value: full_rank(&captures["rank"]),
                text: captures["rank"].to_owned(),
                line: sentence.line_at(at),
            });
        }
    }
    said
}

/// A rank in full and without its branch: "Ch Supt" is a chief superintendent.
fn full_rank(text: &str) -> String {
    let text = plain(text).replace("super intendent", "superintendent");
    let text = text.strip_prefix("detective ").unwrap_or(&text);
    match text {
        "ch supt" | "chsupt" => "chief superintendent",
        "supt" => "superintendent",
        "ch insp" | "chinsp" | "dci" => "chief inspector",
        "insp" => "inspector",
        "sgt" => "sergeant",
        "pc" => "constable",
        full => full,
    }
    .to_owned()
}

/// A post and its deputy's: only the grade differs.
fn grades(paper: &Paper) -> Vec<Said> {
    let mut said = Vec::new();
    for sentence in paper.own_sentences() {
        if of_a_change(&sentence.text) {
            continue;
        }
        for captures in GRADED.captures_iter(&sentence.text) {
            let of = captures.name("of").map_or("", |m| m.as_str());
            let grade = captures.name("grade").map_or("", |m| m.as_str());
            let at = captures.name("name").map_or(0, |m| m.start());
            said.push(Said {
                of: plain(&format!("{} {} {of}", &captures["name"], &captures["post"])),
                printed: captures["name"].to_owned(),
                value: plain(grade),
                text: format!("{grade}{}{of}", &captures["post"]),
                line: sentence.line_at(at),
            });
        }
    }
    said
}

/// Who chairs or leads a body.
fn holders(paper: &Paper) -> Vec<Said> {
    let mut said = Vec::new();
    for sentence in paper.own_sentences() {
        let text = &sentence.text;
        let lower = text.to_lowercase();
        if of_a_handover(text) || ["vice", "deputy", "co-"].iter().any(|word| lower.contains(word))
        {
            continue;
        }
        for captures in CHAIRS.iter().flat_map(|pattern| pattern.captures_iter(text)) {
            let post =
                if captures["post"].to_lowercase().contains("lead") { "lead" } else { "chair" };
            let at = captures.get(0).map_or(0, |m| m.start());
            said.push(holder(post, &captures["body"], &captures["name"], sentence.line_at(at)));
        }
    }
    for table in tables::tables(paper) {
        let column =
            |names: &[&str]| table.headings.iter().position(|h| names.contains(&plain(h).as_str()));
        let (Some(body), Some(chair)) =
            (column(&["group", "board", "body", "meeting"]), column(&["chair"]))
        else {
            continue;
        };
        for row in &table.rows {
            static PERSON_IN_CELL: LazyLock<Regex> =
                LazyLock::new(|| pattern(&format!(r"^{PERSON}(?P<name>{NAME}\s+{NAME})\b")));
            if let Some(captures) = PERSON_IN_CELL.captures(&row[chair].text) {
                said.push(holder("chair", &row[body].text, &captures["name"], row[chair].line));
            }
        }
    }
    said.sort_by_key(|one| one.line);
    said
}

fn holder(post: &str, body: &str, name: &str, line: usize) -> Said {
    let body = body.trim_start_matches("The ").trim();
    Said {
        of: plain(&format!("{post} {body}")),
        printed: format!("the {body}"),
        value: plain(name),
        text: name.to_owned(),
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn nobody_has_two_roles() {
        check_rule(
            ConsistencyRule::TwoRoles,
            &[
                "Co-chairs: Mary Ash (Deputy Chief Executive) and Superintendent Owen Vale (police).\n\n## Item 3\n\nChief Super Intendent Owen Vale",
                "Sgt Amy Poole spoke. The ward officer is Inspector Amy Poole.",
                "Nadia Croft (Director of Housing) wrote this. Questions go to Nadia Croft, Assistant Director of Housing.",
                "The Violence Board is chaired by Dr Lena Marsh.\n\n## Governance\n\nTom Hale chairs the Violence Board.",
                "| Group | Chair |\n|---|---|\n| Road Safety Group | Ian Rudd |\n\nThe chair of the Road Safety Group is Wendy Oram.",
            ],
            &[
                "Superintendent Owen Vale opened the meeting; Supt Owen Vale closed it.",
                "Detective Inspector Amy Poole spoke, and Inspector Amy Poole answered.",
                "Acting Superintendent Owen Vale spoke. Chief Inspector Owen Vale will speak again.",
                "The Violence Board is chaired by Lena Marsh. Its vice-chair is Tom Hale. Tom Hale chairs the Road Safety Group.",
                "Until June the Violence Board is chaired by Lena Marsh. Tom Hale chairs the Violence Board after that.",
                "Inspector Hal Rook led the night; Superintendent Kay Rook wrote to him.",
                "Nadia Croft (Director of Housing) and Paul Croft (Deputy Director of Housing) came.",
            ],
        );
    }
}
