//! A part that rises in a falling whole, or the reverse, without its figure.

use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::excerpt;
use super::{Clash, ConsistencyRule, Paper};
use crate::document::Sentence;
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A part said to rise while its whole is said to fall, or the reverse: burglary in all crime within a section, \
            or \"rising incidents involving adults\" in incidents of the same kind anywhere. Both may be true, so the \
            part needs its figure; a sentence that gives it, or that sees the contrast (\"although\"), passes.",
    caught: "Overall, recorded crime fell last year. Burglary is rising.",
    passes: "Overall, recorded crime fell last year. Burglary rose, from 400 to 440.",
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
}

const UP: &str = r"rise|rises|rising|rose|risen|increas(?:e|es|ed|ing)|grew|grown|growing|growth|upward|climb\w*|went\s+up|gone\s+up|going\s+up|surge\w*";
const DOWN: &str = r"falls?|falling|fell|fallen|decreas(?:e|es|ed|ing)|declin(?:e|es|ed|ing)|drop|drops|dropped|dropping|reduced|reducing|reduction|downward|went\s+down|gone\s+down|going\s+down";

static MOVES: LazyLock<[(Regex, Direction); 2]> = LazyLock::new(|| {
    let make = |words: &str| pattern(&format!(r"(?i)\b(?:{words})\b"));
    [(make(UP), Direction::Up), (make(DOWN), Direction::Down)]
});
/// What is counted, and the wider count that it is a part of, if any.
static TOPICS: LazyLock<Vec<(&str, Regex, Option<&str>)>> = LazyLock::new(|| {
    let crime = Some("crime");
    [
        ("anti-social behaviour", r"\basb\b|anti-?\s?social\s+behaviour", None),
        ("hate crime", r"hate\s+(?:crimes?|incidents?)", crime),
        ("knife crime", r"knife\s+(?:crimes?|offences?)", crime),
        ("domestic abuse", r"domestic\s+(?:abuse|violence)", crime),
        ("violence", r"\bviolen(?:ce|t)\b", crime),
        ("burglary", r"\bburglar(?:y|ies)\b", crime),
        ("robbery", r"\brobber(?:y|ies)\b", crime),
        ("vehicle crime", r"vehicle\s+(?:crime|theft)|thefts?\s+(?:of|from)\s+(?:motor\s+)?vehicles?", crime),
        ("shoplifting", r"\bshop(?:lifting|\s+theft)", crime),
        ("drug offences", r"\bdrug\s+(?:offences?|crime)", crime),
        ("arson", r"\barson\b|deliberate\s+fires?", None),
        ("fraud", r"\bfraud\b|\bscams?\b", None),
        ("crime", r"(?:recorded|overall|total|all|reported)\s+crimes?\b|crimes?\s+(?:overall|as\s+a\s+whole|in\s+total)|^\s*(?:overall,?\s+)?crime\b", None),
    ]
    .into_iter()
    .map(|(name, words, whole)| (name, pattern(&format!("(?i){words}")), whole))
    .collect()
});
/// "rising incidents involving adults"; "incidents involving adults are rising"
static OF_A_PART: LazyLock<Regex> = LazyLock::new(|| {
    const OF: &str = r"(?:involving|against|among|affecting|committed\s+by|linked\s+to|targeting|aimed\s+at|in\s+which|carried\s+out\s+by)";
    pattern(&format!(
        r"(?i)\b(?:rising|increasing|growing|falling|declining|decreasing|an?\s+(?:rise|increase|growth|fall|decline|drop|reduction)\s+in)\s+(?:\w+\s+){{0,3}}?(?:asb|incidents?|offences?|crimes?|reports?|cases|complaints?|behaviour)\s+{OF}\b|\b(?:asb|incidents?|offences?|crimes?|reports?|cases|complaints?|behaviour)\s+{OF}\s+(?:[\w'’-]+\s+){{1,6}}(?:{UP}|{DOWN}|has|have|is|are)\b"
    ))
});
static OF_ALL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:overall|total|in\s+all|as\s+a\s+whole|all|trend|numbers?\s+of|levels?\s+of|recorded|reports?\s+of|incidents|year-on-year)\b|^\s*(?:anti-?social|asb|crime|hate|burglary|robbery)",
    )
});
static CONTRAST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:although|though|but|while|whilst|despite|in\s+spite|however|in\s+contrast|whereas|against\s+the|even\s+so|nevertheless|yet|by\s+contrast|exception|other\s+way|within\s+(?:that|this))\b",
    )
});
static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|[\s(£])(?:\d[\d,]*(?:\.\d+)?(?:%|\b)|doubled|halved|a\s+(?:third|quarter|half)|by\s+half)",
    )
});
static DENIED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:no|not|never|neither|nor|without|cannot|if|may|might|could|would|risk|aim|reduce|prevent\w*|tackle\s+any|expected)\b",
    )
});

/// A sentence that says which way something went.
struct Moved<'a> {
    topic: &'static str,
    whole: Option<&'static str>,
    part: bool,
    direction: Direction,
    sentence: &'a Sentence,
    section: Option<usize>,
}

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let moved: Vec<Moved<'_>> =
        paper.own_sentences().filter_map(|sentence| moved(paper, sentence)).collect();
    let mut clashes = Vec::new();
    for part in &moved {
        // Whoever gives the figure, or sees the contrast, has not overlooked it.
        if CONTRAST.is_match(&part.sentence.text) || gives_a_figure(&part.sentence.text) {
            continue;
        }
        let whole = moved.iter().find(|whole| {
            let of_one_topic = part.part && !whole.part && part.topic == whole.topic;
            let near = part.section == whole.section
                || part.sentence.block.abs_diff(whole.sentence.block) <= 1;
            let of_a_wider = part.whole == Some(whole.topic) && !whole.part && near;
            (of_one_topic || of_a_wider)
                && part.direction != whole.direction
                && OF_ALL.is_match(&whole.sentence.text)
                && !std::ptr::eq(part.sentence, whole.sentence)
        });
        if let Some(whole) = whole {
            let goes = |direction| if direction == Direction::Up { "rise" } else { "fall" };
            clashes.push(Clash {
                place: paper.place(part.sentence.line()),
                rule: ConsistencyRule::OppositeDirections,
                text: excerpt(&part.sentence.text),
                message: format!(
                    "a part is said to {} here, while {} as a whole is said to {}; both may hold, so give the part's figure",
                    goes(part.direction),
                    whole.topic,
                    goes(whole.direction)
                ),
                other: Some(paper.place(whole.sentence.line())),
            });
        }
    }
    clashes
}

/// Whether a sentence has a number other than that of its place in a list.
fn gives_a_figure(text: &str) -> bool {
    let text =
        text.trim_start().trim_start_matches(|c: char| c.is_ascii_digit() || "().".contains(c));
    FIGURE.is_match(text)
}

fn moved<'a>(paper: &Paper, sentence: &'a Sentence) -> Option<Moved<'a>> {
    let text = &sentence.text;
    if sentence.heading || DENIED.is_match(text) {
        return None;
    }
    let directions: Vec<Direction> = MOVES
        .iter()
        .filter(|(words, _)| words.is_match(text))
        .map(|(_, direction)| *direction)
        .collect();
    let [direction] = directions.as_slice() else { return None };
    let section = paper.heading_above(sentence.block);
    let heading = section.map_or("", |index| paper.document.blocks[index].text.as_str());
    let of = |text: &str| TOPICS.iter().find(|(_, words, _)| words.is_match(text));
    let (topic, _, whole) = of(text).or_else(|| of(heading))?;
    let part = OF_A_PART.is_match(text);
    Some(Moved { topic, whole: *whole, part, direction: *direction, sentence, section })
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn parts_and_wholes() {
        check_rule(
            ConsistencyRule::OppositeDirections,
            &[
                "## ASB\n\nOverall, numbers of incidents show a gradual downward trend.\n\n## Priorities\n\n**1) Tackling ASB, which includes rising incidents involving adults.**",
                "Total recorded crime has increased. Robbery is falling.",
                "Levels of hate crime have fallen.\n\n## Faith\n\nHate crimes against Muslims are increasing.",
                "Recorded crime fell again. There is growing concern, as vehicle crime is rising.",
            ],
            &[
                "Recorded crime fell by 5%. Burglary rose by 10%, from 400 to 440.",
                "Recorded crime fell, although burglary is rising.",
                "Recorded crime fell.\n\n## Homes\n\nBurglary is rising in the county.",
                "Levels of hate crime have fallen. We aim to reduce rising fear.",
                "ASB fell overall. Reports involving motorbikes doubled, from 20 to 40.",
                "Recorded crime fell. Burglary fell too.",
            ],
        );
    }
}
