//! A percentage that its own counts do not give.

mod in_series;
mod in_tables;

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::rules::Explanation;
use super::words::{excerpt, half_of_last_place, half_of_noughts};
use super::{Clash, ConsistencyRule, Paper};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A percentage that the counts beside it do not give, as a share (\"12 of 48 (30%)\") or a change (\"rose \
            from 100 to 120 (25%)\"), in a sentence or in a table where most rows agree. A percentage may be rounded; \
            with \"about\" or \"nearly\" it may be further off.",
    caught: "12 of 48 victims (30%) were supported.",
    passes: "12 of 48 victims (25%) were supported, nearly a third more than the 9 of the year before.",
};

const NUMBER: &str = r"\d[\d,]*(?:\.\d+)?(?:\s?(?:k|m|thousand|million)\b)?";
const ABOUT: &str = r"(?:(?P<about>about|around|nearly|almost|over|more\s+than|some|approximately|roughly|just\s+over|just\s+under|under|circa|c\.)\s+)?";
const P: &str = r"(?P<p>\d+(?:\.\d+)?)\s?(?:%|per\s?cent)";

struct Pattern {
    regex: Regex,
    change: bool,
}

static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(|| {
    let of = r"(?:out\s+of|of)\s+(?:the\s+|these\s+|all\s+|its\s+|our\s+|those\s+)?";
    let to_percent =
        r"[^.;%()\d]{0,45}?(?:\(|,\s+or\s+|,\s+which\s+is\s+|,\s+that\s+is\s+|,\s+)(?:or\s+)?";
    let share = [
        format!(r"(?i)\b(?P<a>{NUMBER})\s+{of}(?P<b>{NUMBER})\b{to_percent}{ABOUT}{P}"),
        format!(
            r"(?i){ABOUT}\b{P}\s*\((?:[^()%\d=]{{0,20}})(?P<a>{NUMBER})\s+{of}(?P<b>{NUMBER})\b"
        ),
        format!(r"(?i){ABOUT}\b{P},\s+or\s+(?P<a>{NUMBER})\s+{of}(?P<b>{NUMBER})\b"),
        format!(
            r"(?i)\bof\s+(?:the\s+|these\s+|all\s+|our\s+|its\s+)?(?P<b>{NUMBER})\s+[^.;:%\d]{{3,60}}?,\s+(?:only\s+)?(?P<a>{NUMBER})\s+[^.;:%()\d]{{0,40}}?(?:\(|,\s+or\s+|,\s+which\s+is\s+|,\s+that\s+is\s+){ABOUT}{P}"
        ),
    ];
    let change = [
        format!(
            r"(?i)\bfrom\s+(?P<b>{NUMBER})\s+(?:[a-z'’-]+\s+){{0,4}}?(?:in\s+\S+\s+)?to\s+(?P<a>{NUMBER})\b(?:[^.;%()\d]{{0,30}}?|\s+in\s+\S+?)(?:\s*\(|,\s+)(?:or\s+|an?\s+|which\s+is\s+(?:an?\s+)?|up\s+|down\s+|by\s+|that\s+is\s+)*(?:(?:rise|fall|increase|decrease|drop|reduction|growth)\s+of\s+)?{ABOUT}{P}"
        ),
        format!(
            r"(?i){ABOUT}\b{P}[^.;%()\d]{{0,60}}?[,(\s]\s*(?:from\s+)?(?P<b>{NUMBER})\s+to\s+(?P<a>{NUMBER})\b"
        ),
        format!(
            r"(?i)\b(?P<a>{NUMBER})(?:\s+[a-z'’-]+){{0,3}},?\s+(?:up|down)\s+from\s+(?P<b>{NUMBER})(?:\s+[a-z'’-]+){{0,4}}?\s*(?:\(|,\s+or\s+|,\s+){ABOUT}{P}"
        ),
    ];
    let make = |text: &String, change| Pattern { regex: pattern(text), change };
    share.iter().map(|t| make(t, false)).chain(change.iter().map(|t| make(t, true))).collect()
});
static CHANGES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:rose|risen|rises?|rising|fell|fallen|falls?|falling|increas\w+|decreas\w+|went|gone|up|down|drop\w*|grew|grown|growth|reduc\w+|declin\w+|more|fewer|less)\b",
    )
});
/// Numbers after "from" that are no counts.
static NO_COUNTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:January|February|March|April|May|June|July|August|September|October|November|December|aged?|years\s+old|am|pm|mph|score|level|pages?)\b|£|°",
    )
});

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let mut clashes: Vec<Clash> = Vec::new();
    for sentence in paper.own_sentences() {
        for Pattern { regex, change } in PATTERNS.iter() {
            for captures in regex.captures_iter(&sentence.text) {
                let Some(message) = wrong(&sentence.text, &captures, *change) else { continue };
                let at = captures.get(0).map_or(0, |m| m.start());
                let line = sentence.line_at(at);
                if clashes.iter().any(|c| c.place.line == line && c.message == message) {
                    continue;
                }
                clashes.push(clash(paper, line, captures[0].trim(), message));
            }
        }
    }
    clashes.extend(in_series::check(paper));
    clashes.extend(in_tables::check(paper));
    clashes
}

fn clash(paper: &Paper, line: usize, text: &str, message: String) -> Clash {
    Clash {
        place: paper.place(line),
        rule: ConsistencyRule::Percentage,
        text: excerpt(text),
        message,
        other: None,
    }
}

/// Why a percentage is wrong, if it is.
fn wrong(sentence: &str, captures: &Captures<'_>, change: bool) -> Option<String> {
    let whole = captures.get(0)?;
    let behind = captures.name("p")?.end();
    let next = sentence[behind..].trim_start_matches([' ', '%']).to_lowercase();
    let unit = ["per cent ", "percent "].iter().find_map(|unit| next.strip_prefix(unit));
    let next = unit.unwrap_or(&next);
    // Points are a difference of percentages, a percentage of percentages is another matter, and the
    // percentage of an interval is how sure it is.
    let other = ["point", "percentage", "interval", "confidence", "credible", "limit"];
    if other.iter().any(|word| next.starts_with(word)) {
        return None;
    }
    let word_before = sentence[..whole.start()].split_whitespace().next_back().unwrap_or("");
    let no_counts = NO_COUNTS.is_match(whole.as_str()) || NO_COUNTS.is_match(word_before);
    if change && (no_counts || !CHANGES.is_match(sentence)) {
        return None;
    }
    let (a, b) = (captures.name("a")?, captures.name("b")?);
    let percent_follows = |end: usize| sentence[end..].trim_start().starts_with(['%', '/']);
    if percent_follows(a.end()) || percent_follows(b.end()) {
        return None;
    }
    let (low_a, high_a) = spread(sentence, a.range())?;
    let (low_b, high_b) = spread(sentence, b.range())?;
    let year = |low: f64, high: f64| high <= low && (1990.0..2100.0).contains(&low);
    if change && year(low_a, high_a) && year(low_b, high_b) || low_b <= 0.0 {
        return None;
    }
    let said = &captures["p"];
    let value: f64 = said.parse().ok()?;
    let decimals = said.split_once('.').map_or(0, |(_, d)| d.len());
    let about = captures.name("about").is_some();
    let slack = if about { (0.05 * value).max(2.5) } else { half_of_last_place(decimals) } + 1e-9;
    let percent = |a: f64, b: f64| if change { 100.0 * ((a - b) / b).abs() } else { 100.0 * a / b };
    // A share beyond its whole is the matter of another rule.
    if !change && low_a > high_b {
        return None;
    }
    let corners = [(low_a, low_b), (low_a, high_b), (high_a, low_b), (high_a, high_b)];
    let least = corners.iter().map(|(a, b)| percent(*a, *b)).fold(f64::INFINITY, f64::min);
    let most = corners.iter().map(|(a, b)| percent(*a, *b)).fold(0.0, f64::max);
    if value + slack >= least && value - slack <= most {
        return None;
    }
    let exact = percent(f64::midpoint(low_a, high_a), f64::midpoint(low_b, high_b));
    let decimals = decimals.min(2);
    let exact = if decimals == 0 { format!("{exact:.0}") } else { format!("{exact:.decimals$}") };
    Some(if change {
        format!("from {} to {} is a change of {exact}%, not {said}%", b.as_str(), a.as_str())
    } else {
        format!("{} of {} is {exact}%, not {said}%", a.as_str(), b.as_str())
    })
}

/// What a printed number may have been before it was rounded.
fn spread(sentence: &str, range: std::ops::Range<usize>) -> Option<(f64, f64)> {
    let text = sentence[range.clone()].to_lowercase().replace(',', "");
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ');
    let value: f64 = digits.parse().ok()?;
    let scale = match text[digits.len()..].trim() {
        "k" | "thousand" => 1e3,
        "m" | "million" => 1e6,
        _ => 1.0,
    };
    let decimals = digits.split_once('.').map_or(0, |(_, d)| d.len());
    let before = sentence[..range.start].trim_end().to_lowercase();
    let hedged = [
        "about",
        "around",
        "nearly",
        "almost",
        "over",
        "than",
        "some",
        "roughly",
        "approximately",
        "under",
    ]
    .iter()
    .any(|word| before.ends_with(word));
    let half = if scale > 1.0 || decimals > 0 {
        half_of_last_place(decimals) * scale
    } else if hedged {
        let zeros = digits.len() - digits.trim_end_matches('0').len();
        half_of_noughts(zeros)
    } else {
        0.0
    };
    let value = value * scale;
    Some((value - half, value + half))
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn percentages_follow_from_their_counts() {
        check_rule(
            ConsistencyRule::Percentage,
            &[
                "Reports rose from 100 to 120 (25%).",
                "Of the 80 families that answered, 60 were content (70%).",
                "Satisfaction was 85% (160 of 200).",
                "Of 1,250 calls, 1,000 were answered within ten seconds, which is 75%.",
                "There were 60 new entrants, up from 48 the year before (30%).",
                "Of 880 offences 264 were in the centre (30%), 176 in Docks (25%) and 88 in Mill End (10%).",
                "There were 200 reports:\n\n- Noise: 100 (50%)\n- Litter: 60 (30%)\n- Dogs: 40 (25%)",
                "Thefts went from 600 to 570, a fall of 6%.",
                "Burglary fell by 15%, from 780 to 690.",
                "There were 54, down from 72 (33%).",
                "| Ward | Asked | Content | Share |\n|---|---|---|---|\n| East | 40 | 30 | 75% |\n| West | 50 | 40 | 80% |\n| North | 60 | 45 | 65% |",
                "| Year | 2022 | 2023 | Change |\n|---|---|---|---|\n| Theft | 200 | 220 | +10% |\n| Arson | 40 | 30 | -25% |\n| Fraud | 80 | 88 | +11% |",
            ],
            &[
                "1 of 3 (33%) and 2 of 3 (67%).",
                "About 61 of 190 (nearly a third, or 32%).",
                "The share rose from 40% to 44% (4 percentage points).",
                "In East 40 were content (80%), in West 60 (75%) and in North 33 (66%).",
                "From 2022 to 2023 (5%) of the budget was moved up.",
                "People aged from 16 to 24 (12% of residents) are more at risk.",
                "Use grew from 1.2 million to 1.3 million (8%).",
                "It fell from 96 to 48, or half.",
                "Answers went up from about 1,000 to about 1,300, around 30%.",
                "The rate was 12.5%: 25 of 200 (12.5%).",
                "Burglary fell from 780 to 690 crimes (95% interval -20% to -3%).",
                "Theft rose from 600 to 660 (95 per cent confidence: 2% to 18%).",
                "93% feel safe, more than 88% (n=1,290 of 12,875, design effect 1.3).",
            ],
        );
    }
}
