//! What several rules need of the words of a sentence.

use std::sync::LazyLock;

use regex::Regex;

use crate::pattern;

/// The names of small numbers, for use inside a pattern.
pub(super) const NUMBER_NAME: &str = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty";

/// A count written as `seven` or `7`, `1,234`; `None` if it is neither.
pub(super) fn count(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    if let Some(index) = NUMBER_NAME.split('|').position(|name| name == lower) {
        return Some(index as u64 + 2);
    }
    if lower == "one" {
        return Some(1);
    }
    text.replace(',', "").parse().ok()
}

/// Lower case, without marks; one space between words.
pub(super) fn plain(text: &str) -> String {
    let kept = text.chars().filter(|c| !matches!(c, '\'' | '’' | '‘'));
    let spaced: String =
        kept.map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect::<String>().to_lowercase();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Half of the last place of a number with so many decimals: how far rounding may have moved it.
pub(super) fn half_of_last_place(n_decimals: usize) -> f64 {
    0.5 / 10f64.powf(n_decimals as f64)
}

/// The same for a number that ends in so many noughts.
pub(super) fn half_of_noughts(n_noughts: usize) -> f64 {
    0.5 * 10f64.powf(n_noughts as f64)
}

/// A word without the mark of its plural.
pub(super) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    let plural =
        word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with(['s', 'u', 'i']));
    plural.unwrap_or(word).to_owned()
}

static CHANGED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:former(?:ly)?|previous(?:ly)?|acting|temporary|interim|then|was\s+still|promot\w+|became|becomes|with\s+effect|retir\w+|no\s+relation)\b",
    )
});
static HANDOVER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:outgoing|incoming|new|now|until|succe\w+|replac\w+|handed?\s+over|(?:stood|stands?|steps?|stepped)\s+(?:down|in)|(?:tak(?:e|es|ing)|took)\s+over|elected|absence|on\s+behalf|deputis\w+|rotat\w+|alternat\w+|joint(?:ly)?|co-?chair\w*|since)\b",
    )
});

/// Whether a sentence says that somebody is no longer, or not yet, what they are called.
pub(super) fn of_a_change(sentence: &str) -> bool {
    CHANGED.is_match(sentence)
}

/// Whether a sentence speaks of one who follows, precedes or stands in for another.
pub(super) fn of_a_handover(sentence: &str) -> bool {
    CHANGED.is_match(sentence) || HANDOVER.is_match(sentence)
}

/// Whether a byte of a sentence stands within quotation marks.
pub(super) fn in_quotation(sentence: &str, at: usize) -> bool {
    let before = &sentence[..at];
    let straight = before.matches('"').count() % 2 == 1;
    let curly = before.matches('“').count() > before.matches('”').count();
    straight || curly
}

/// A few words around a match, for messages.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 90;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= LONGEST {
        return text;
    }
    let cut: String = text.chars().take(LONGEST).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(kept, _)| kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_keys() {
        assert_eq!(count("Seven"), Some(7));
        assert_eq!(count("1,234"), Some(1_234));
        assert_eq!(count("some"), None);
        assert_eq!(plain("Victims' and  Prisoners-Bill"), "victims and prisoners bill");
        assert_eq!(singular("burglaries"), "burglary");
        assert_eq!(singular("crimes"), "crime");
        assert_eq!(singular("abuse"), "abuse");
        assert!(in_quotation("We \"will do", 5) && !in_quotation("We \"did\" and will", 14));
    }
}
