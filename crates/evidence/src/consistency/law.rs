//! Law that has changed its name or been repealed.

use super::knowledge::LawChange;
use super::rules::Explanation;
use super::words::{excerpt, plain};
use super::{Clash, ConsistencyRule, Paper};
use crate::dates::in_words;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A law, order or statutory body under a name that it no longer has on the date of the paper. The changes, \
            each with its date and source, are in lint/law.toml; those that are marked unsure are notes and no \
            findings. A sentence that also gives the new name, or speaks of the past, passes.",
    caught: "Members were told of the Victims' and Prisoners' Bill.",
    passes: "The Victims and Prisoners Bill became the Victims and Prisoners Act 2024.",
};

/// Words of a sentence that knows that the law has changed.
const KNOWS: [&str; 20] = [
    "former",
    "formerly",
    "previously",
    "previous",
    "then",
    "repealed",
    "replaced",
    "replaces",
    "renamed",
    "became",
    "abolished",
    "used to be",
    "until",
    "took the place",
    "taken the place",
    "took over",
    "known as",
    "at that time",
    "old",
    "in turn",
];

/// The findings; what is unsure goes into the notes.
pub(super) fn check(paper: &Paper, law: &[LawChange], notes: &mut Vec<String>) -> Vec<Clash> {
    let mut clashes: Vec<Clash> = Vec::new();
    for change in law {
        if paper.date.is_some_and(|date| date < change.since) {
            continue;
        }
        let found = paper.own_sentences().find_map(|sentence| {
            let words = format!(" {} ", plain(&sentence.text));
            let old = change.was.iter().find(|old| names(&words, old))?;
            let knows = KNOWS.iter().any(|known| words.contains(&format!(" {known} ")))
                || change.now.iter().any(|new| words.contains(&format!(" {} ", plain(new))));
            (!knows).then_some((sentence, old))
        });
        let Some((sentence, old)) = found else { continue };
        let place = paper.place(sentence.line());
        let what = format!(
            "\"{old}\": {} since {} ({})",
            change.what,
            in_words(change.since),
            change.source
        );
        match &change.unsure {
            Some(unsure) => notes.push(format!("{place}: {what}; not sure: {unsure}")),
            None => clashes.push(Clash {
                place,
                rule: ConsistencyRule::ChangedLaw,
                text: excerpt(&sentence.text),
                message: what,
                other: None,
            }),
        }
    }
    clashes
}

/// Whether a sentence names it, in the singular or the plural.
fn names(words: &str, name: &str) -> bool {
    let name = plain(name);
    let plural =
        name.strip_suffix('y').map_or_else(|| format!("{name}s"), |stem| format!("{stem}ies"));
    words.contains(&format!(" {name} ")) || words.contains(&format!(" {plural} "))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::check_rule;
    use super::super::{Knowledge, Paper};
    use super::*;
    use crate::document::Document;

    #[test]
    fn law_has_its_present_name() {
        check_rule(
            ConsistencyRule::ChangedLaw,
            &[
                "Two residents have anti-social behaviour orders.",
                "Data are held under the Data Protection Act 1998.",
                "The clinical commissioning group is a responsible authority.",
                "The Online Safety Bill will change this.",
            ],
            &[
                "The anti-social behaviour order was replaced by the civil injunction.",
                "The Data Protection Act 2018 applies.",
                "The integrated care board took over from the clinical commissioning group.",
                "Each authority considers the Crime and Disorder Act 1998.",
                "> The clinical commissioning group never wrote back. — carer",
            ],
        );
    }

    #[test]
    fn a_paper_is_judged_by_the_law_of_its_day() {
        let paper = |day| {
            Paper::new(
                "p",
                Document::markdown("We await the Victims and Prisoners Bill."),
                Some(day),
            )
        };
        let law = Knowledge::shipped().law;
        assert_eq!(check(&paper(date(2024, 5, 1)), &law, &mut Vec::new()), []);
        assert_eq!(check(&paper(date(2024, 6, 1)), &law, &mut Vec::new()).len(), 1);
    }

    #[test]
    fn what_is_unsure_is_a_note() {
        let paper = Paper::new(
            "p",
            Document::markdown("A domestic homicide review began."),
            Some(date(2025, 1, 1)),
        );
        let mut notes = Vec::new();
        let law = Knowledge::shipped().law;
        assert_eq!(check(&paper, &law, &mut notes), []);
        assert!(notes[0].contains("not sure"), "{notes:?}");
    }
}
