//! The gated words: each may stand on a page only where a test's outcome allows its class.

use wardmote_domain::claim::GatedClass;

use GatedClass as G;

/// Gated words and phrases, in lower case.
const GATED: &[(&str, GatedClass)] = &[
    ("significant", G::Significant),
    ("significantly", G::Significant),
    ("rise", G::Up),
    ("rises", G::Up),
    ("rising", G::Up),
    ("rose", G::Up),
    ("risen", G::Up),
    ("increase", G::Up),
    ("increases", G::Up),
    ("increased", G::Up),
    ("increasing", G::Up),
    ("grew", G::Up),
    ("growing", G::Up),
    ("growth", G::Up),
    ("surge", G::Up),
    ("surged", G::Up),
    ("spike", G::Up),
    ("spikes", G::Up),
    ("soared", G::Up),
    ("upward", G::Up),
    ("went up", G::Up),
    ("doubled", G::Up),
    ("fall", G::Down),
    ("falls", G::Down),
    ("falling", G::Down),
    ("fell", G::Down),
    ("fallen", G::Down),
    ("decrease", G::Down),
    ("decreases", G::Down),
    ("decreased", G::Down),
    ("decreasing", G::Down),
    ("decline", G::Down),
    ("declined", G::Down),
    ("declining", G::Down),
    ("drop", G::Down),
    ("dropped", G::Down),
    ("reduced", G::Down),
    ("reduction", G::Down),
    ("reductions", G::Down),
    ("downward", G::Down),
    ("went down", G::Down),
    ("halved", G::Down),
    ("same", G::Same),
    ("similar", G::Same),
    ("similarly", G::Same),
    ("stable", G::Same),
    ("steady", G::Same),
    ("unchanged", G::Same),
    ("consistent", G::Same),
    ("consistently", G::Same),
    ("in line with", G::Same),
    ("no change", G::Same),
    ("higher", G::More),
    ("greater than", G::More),
    ("worse", G::More),
    ("more likely", G::More),
    ("more common", G::More),
    ("more often", G::More),
    ("above average", G::More),
    ("lower", G::Less),
    ("fewer", G::Less),
    ("less likely", G::Less),
    ("less common", G::Less),
    ("less often", G::Less),
    ("below average", G::Less),
    ("highest", G::Most),
    ("lowest", G::Most),
    ("worst", G::Most),
    ("largest", G::Most),
    ("biggest", G::Most),
    ("most common", G::Most),
    ("most affected", G::Most),
    ("safest", G::Most),
    ("seasonal", G::Season),
    ("peak", G::Season),
    ("peaks", G::Season),
    ("peaked", G::Season),
    ("in summer", G::Season),
];

/// Phrases in which a gated word says nothing about data.
const INNOCENT: &[&str] = &[
    "at the same time",
    "the same months",
    "the same month",
    "the same period",
    "the same way",
    "the same person",
    "the same day",
    "fall within",
    "falls within",
    "fall into",
    "falls into",
    "fall to",
    "reduction unit",
    "consistent with the law",
];

/// A gated word found in a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GatedWord<'a> {
    pub text: &'a str,
    pub at: usize,
    pub class: GatedClass,
    /// Whether the sentence denies it: "no significant rise".
    pub denied: bool,
}

/// The gated words of a sentence, in order; the longest phrase wins.
pub(super) fn gated_words(sentence: &str) -> Vec<GatedWord<'_>> {
    let lower = sentence.to_ascii_lowercase();
    let innocent: Vec<(usize, usize)> = INNOCENT
        .iter()
        .flat_map(|phrase| whole_words(&lower, phrase).map(|at| (at, at + phrase.len())))
        .collect();
    let mut found: Vec<GatedWord<'_>> = GATED
        .iter()
        .flat_map(|(phrase, class)| {
            whole_words(&lower, phrase).map(move |at| (at, phrase.len(), *class))
        })
        .filter(|(at, ..)| !innocent.iter().any(|(start, end)| start <= at && at < end))
        .map(|(at, length, class)| {
            let denied = denied(&lower[..at]);
            GatedWord { text: &sentence[at..at + length], at, class, denied }
        })
        .filter(|word| !in_a_name(sentence, word.at, word.text))
        .collect();
    found.sort_by_key(|word| (word.at, std::cmp::Reverse(word.text.len())));
    found.dedup_by(|later, earlier| later.at < earlier.at + earlier.text.len());
    found
}

fn whole_words<'a>(haystack: &'a str, phrase: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part_of_word = |c: char| c.is_alphanumeric();
    haystack.match_indices(phrase).map(|(at, _)| at).filter(move |at| {
        !haystack[..*at].ends_with(part_of_word)
            && !haystack[at + phrase.len()..].starts_with(part_of_word)
    })
}

/// Whether one of the three words before denies what follows.
fn denied(before: &str) -> bool {
    let words = before.rsplit(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).take(3);
    words.into_iter().any(|word| {
        matches!(word, "no" | "not" | "nor" | "neither" | "never" | "cannot" | "without")
    })
}

/// A capital letter in mid-sentence, beside another, is part of a name: "Violence Reduction Plan".
fn in_a_name(sentence: &str, at: usize, word: &str) -> bool {
    let capital = |text: &str| text.starts_with(char::is_uppercase);
    let before = sentence[..at].split_whitespace().next_back();
    let after = sentence[at + word.len()..].split_whitespace().next();
    capital(word) && before.is_some() && (before.is_some_and(capital) || after.is_some_and(capital))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(sentence: &str) -> Vec<(&str, GatedClass, bool)> {
        gated_words(sentence).into_iter().map(|w| (w.text, w.class, w.denied)).collect()
    }

    #[test]
    fn gated_words_are_found_and_names_are_not() {
        assert_eq!(
            words("Crime fell significantly."),
            [("fell", G::Down, false), ("significantly", G::Significant, false)]
        );
        assert_eq!(
            words("There was no significant rise."),
            [("significant", G::Significant, true), ("rise", G::Up, true)]
        );
        assert_eq!(words("The Violence Reduction Plan and the same months."), []);
        assert_eq!(words("Stockport rose early; a sunrise."), [("rose", G::Up, false)]);
        assert_eq!(words("It is the most common crime."), [("most common", G::Most, false)]);
    }
}
