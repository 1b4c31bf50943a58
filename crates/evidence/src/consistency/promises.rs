//! What "will" be on a date that is past when the paper is read.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::rules::Explanation;
use super::words::{excerpt, in_quotation};
use super::{Clash, ConsistencyRule, Paper};
use crate::dates::{self, DateInText, in_words};
use crate::document::Sentence;
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "\"Will\", \"is due to\", \"planned for\" and the like about a date that is past on the date of the paper: \
            the one given by --date, or the one that the paper bears. A span is past when its end is. Quotations and \
            what was said earlier pass.",
    caught: "The match on 8 February 2025 will be broadcast.",
    passes: "It was noted that the match on 8 February 2025 will be broadcast; it was. The next is on 2 May 2025.",
};

/// Words that speak of what is to come; the group is what may follow them before the date.
static COMING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bwill\b|\b(?:is|are)\s+(?:now\s+|currently\s+|still\s+)?(?:due|expected|scheduled|set|planned|going|intended|about)\s+(?:to|for|on|in|by)\b|\b(?:is|are)\s+to\s|\b(?:planned|scheduled)\s+(?:for|in|on|by)\b|\bdue\s+(?:on|in|by)\b|\b(?:plans?|intends?|expects?|aims?|hopes?)\s+to\b|^\s*to\s+be\s",
    )
});
/// Directly before those words: they tell of an earlier time's future.
static THEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:was|were|had|been|originally|first|once|initially)\s+(?:\w+\s+)?$")
});
static REPORTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:said|noted|reported|told|recorded|promised|stated|announced|heard|agreed|confirmed|minutes|record|records|understood|hoped|read)\b.{0,40}\bthat\b|\b(?:promised|at\s+the\s+time|as\s+planned|previously)\b",
    )
});
/// What joins a date to the verb before it.
static JOINS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:^|\s)(?:on|in|by|during|before|until|till|for|at|from|between|w/c|week\s+commencing|week\s+beginning|(?:the\s+)?(?:end|start|beginning|middle|week)\s+of|early|late|mid-?|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|easter|to|and)[\s,]*(?:(?:the\s+)?(?:autumn|spring|summer|winter)\s+(?:term\s+)?(?:of\s+)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day[\s,]+|early\s+|late\s+|(?:the\s+)?(?:end|start|beginning|middle|week|christmas|easter|diwali|eid)\s+(?:of\s+)?)*$",
    )
});
/// Between verb and date: the date belongs to something else.
static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[;:—]|\b(?:since|following|after|compar\w+|than|against|dated|because|when|where|which|who|if|although|though|but)\b|\b(?:data|figures|offences|crimes?|incidents|results|minutes|disorder|average|baseline|events|cases)\b|\b(?:\w{3,}ed|held|made|given|taken|written|begun|sent|met|built|seen|set\s+up|drawn)\s+(?:\w+\s+){0,3}?(?:in|on|by|at|from|to|since|for|between|during)\b",
    )
});
/// The verb of a promise, with what belongs to it: "also be presented".
static VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\s*(?:(?:not|also|then|now|first|all|each|both|only|next|again)\s+)*(?:(?:to\s+)?(?:have\s+)?be(?:\s+\w+ly)?\s+)?[\w-]+",
    )
});
/// After a date: the promise follows it.
static FOLLOWS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^[,)]?\s+(?:(?:which|that|when|and|it|we|this|there|they)\s+){0,2}(?:will\b|(?:is|are)\s+(?:due|expected|scheduled|set|planned|going)\s+to\b)",
    )
});
static BEFORE_DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)([\w'’-]+)?[\s,]*\b(?:on|w/c)\s+(?:\w+day,?\s+)?(?:the\s+)?$"));
static OPENS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)(?:^|[,;]|\band|\bbut)\s*(?:on|in|by|from|during)\s+(?:\w+day,?\s+)?$")
});
static PAST_VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:\w+ed|held|met|made|took|taken|given|begun|sent|published|signed|set)$")
});

/// Whether a paper promises anything about a date.
pub(super) fn any(paper: &Paper) -> bool {
    paper
        .own_sentences()
        .any(|sentence| COMING.is_match(&sentence.text) && !dates::find(&sentence.text).is_empty())
}

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let Some(today) = paper.date else { return Vec::new() };
    paper.own_sentences().filter_map(|sentence| check_sentence(paper, sentence, today)).collect()
}

fn check_sentence(paper: &Paper, sentence: &Sentence, today: Date) -> Option<Clash> {
    let text = &sentence.text;
    if REPORTED.is_match(text) {
        return None;
    }
    let dates = dates::find(text);
    let past = dates.iter().enumerate().filter(|(index, date)| {
        date.last < today && !begins_a_span(text, date, dates.get(index + 1))
    });
    for (_, date) in past {
        let Some(promise) = promised_before(text, date).or_else(|| promised_after(text, date))
        else {
            continue;
        };
        return Some(Clash {
            place: paper.place(sentence.line_at(date.range.start)),
            rule: ConsistencyRule::PastPromise,
            text: excerpt(text),
            message: format!(
                "\"{}\" is said of {}, which is past on {}, the date of the paper; say what happened, or give the new date",
                promise.trim(),
                &text[date.range.clone()],
                in_words(today)
            ),
            other: None,
        });
    }
    None
}

/// "from October 2024 to March 2025": only the end of it can make a promise late.
fn begins_a_span(text: &str, date: &DateInText, next: Option<&DateInText>) -> bool {
    next.is_some_and(|next| spans(&text[date.range.end..next.range.start]))
}

/// Whether what stands between two dates makes a span of them.
fn spans(between: &str) -> bool {
    matches!(between.trim(), "to" | "and" | "until" | "-" | "–" | "till")
}

/// "will be launched in May 2024"
fn promised_before<'a>(text: &'a str, date: &DateInText) -> Option<&'a str> {
    let before = &text[..date.range.start];
    let coming = COMING.find_iter(before).last()?;
    if THEN.is_match(&before[..coming.start()]) || in_quotation(text, coming.start()) {
        return None;
    }
    let governs = coming.as_str().to_lowercase();
    let rest = &before[coming.end()..];
    let direct = ["for", "on", "in", "by"].iter().any(|word| governs.trim_end().ends_with(word));
    if direct && rest.split_whitespace().count() <= 3 && !ELSEWHERE.is_match(rest) {
        return Some(&text[coming.range()]);
    }
    let verb = VERB.find(rest)?;
    let between = &rest[verb.end()..];
    let between = match dates::find(between).last() {
        // The end of a span: "between October 2024 and March 2025".
        Some(begin) if spans(&between[begin.range.end..]) => &between[..begin.range.start],
        Some(_) => return None,
        None => between,
    };
    let joined = JOINS.is_match(between);
    let near = between.split_whitespace().count() <= 16;
    (joined && near && !ELSEWHERE.is_match(between))
        .then(|| &text[coming.start()..coming.end() + verb.end()])
}

/// "on 8 February 2025, which will be broadcast"; "In May 2024 we will"
fn promised_after<'a>(text: &'a str, date: &DateInText) -> Option<&'a str> {
    let (before, after) = (&text[..date.range.start], &text[date.range.end..]);
    let promise = FOLLOWS.find(after)?;
    let at = date.range.end + promise.start();
    if in_quotation(text, at) {
        return None;
    }
    let event = BEFORE_DATE.captures(before).is_some_and(|captures| {
        captures.get(1).is_none_or(|word| !PAST_VERB.is_match(word.as_str()))
    });
    (event || OPENS.is_match(before)).then(|| promise.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn what_will_be_is_not_past() {
        // The paper is dated 18 March 2025.
        check_rule(
            ConsistencyRule::PastPromise,
            &[
                "The wardens' scheme will be launched in September 2024.",
                "Training is expected to take place between October 2024 and February 2025.",
                "The club backed the week at the match on 08.02.25 which will be broadcast on television.",
                "In January 2025 we will open the second hub.",
                "The audit, planned for 12 November 2024, covers all landlords.",
                "The strategy is due to go to cabinet on 4 March 2025.",
                "- To be completed by 31 December 2024",
            ],
            &[
                "The wardens' scheme will be launched in September 2025.",
                "Training runs from October 2024 and will go on until June 2025.",
                "The match on 8 February 2025 was broadcast.",
                "The audit was planned for 12 November 2024 and took place in December.",
                "We will build on the strategy that was agreed in March 2023.",
                "The board will compare the figures with those of April 2024.",
                "> The lights will be mended by Christmas 2023. — resident",
                "The minutes say that the hub will open on 8 January 2025. It did.",
                "The new operator \"will start on 1 May 2024\", said the press.",
                "The review will look at offences in January 2024.",
            ],
        );
    }

    #[test]
    fn a_paper_without_a_date_is_not_judged() {
        let document = crate::document::Document::markdown("The hub will open in May 2020.");
        let paper = Paper::new("paper.md", document, None);
        assert!(check(&paper).is_empty() && any(&paper));
    }
}
