//! A figure that another place gives otherwise: another paper, this one, or the published evidence.

use super::facts::{Fact, facts_of, thing_key};
use super::rules::Explanation;
use super::words::{excerpt, plain};
use super::{Clash, ConsistencyRule, Paper};
use crate::evidence_file::EvidenceFile;
use crate::numbers::thousands;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "A count of one thing in one year that is given otherwise elsewhere: in another of the papers that are read \
            together, further on in the same paper, or in the partnership's published evidence.json. A count that is \
            the other one rounded passes.",
    caught: "In 2023/24 there were 240 hate crimes.\n\n(and in another paper:) There were 252 hate crimes in 2023/24.",
    passes: "In 2023/24 there were 240 hate crimes.\n\n(and in another paper:) There were 252 hate crimes in 2022/23.",
};

/// A count that was published, with all it takes to know that it is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedFigure {
    /// What is counted, as the measure's title says it.
    pub subject: String,
    /// Where, by name.
    pub area: String,
    /// The year, such as `2023/24`.
    pub period: String,
    /// The count.
    pub value: f64,
    /// The figure's id, for `wardmote trace`.
    pub id: String,
    /// The file it is in.
    pub file: String,
}

impl PublishedFigure {
    /// The counts of a publication.
    pub fn of(evidence: &EvidenceFile, file: &str) -> Vec<Self> {
        let counts = evidence.figures.values().filter(|figure| figure.key.ends_with("| count"));
        let published = counts.filter_map(|figure| {
            // INVARIANT: the label of a value is title, place, period (figures::value).
            let (title, rest) =
                figure.label.rsplit_once(", ").and_then(|(front, _)| front.rsplit_once(", "))?;
            Some(Self {
                subject: title.to_owned(),
                area: rest.to_owned(),
                period: figure.period.clone(),
                value: figure.value?,
                id: figure.id.to_string(),
                file: file.to_owned(),
            })
        });
        published.collect()
    }
}

pub(super) fn check(papers: &[Paper], published: &[PublishedFigure]) -> Vec<Clash> {
    let facts: Vec<Fact> = papers.iter().flat_map(facts_of).collect();
    let mut clashes: Vec<Clash> = Vec::new();
    for (index, later) in facts.iter().enumerate() {
        let differs = |earlier: &&Fact| {
            earlier.key == later.key
                && (earlier.value - later.value).abs() > earlier.slack.max(later.slack) + 1e-9
        };
        if let Some(earlier) = facts[..index].iter().find(differs) {
            clashes.push(Clash {
                place: later.place.clone(),
                rule: ConsistencyRule::FigureElsewhere,
                text: excerpt(&later.printed),
                message: format!(
                    "\"{}\" here, \"{}\" there",
                    excerpt(&later.printed),
                    excerpt(&earlier.printed)
                ),
                other: Some(earlier.place.clone()),
            });
        }
    }
    for fact in &facts {
        let of_it: Vec<&PublishedFigure> =
            published.iter().filter(|figure| same_thing(fact, figure)).collect();
        // Where the districts of a publication differ, a paper that names none may mean any.
        let agrees =
            |figure: &&PublishedFigure| (figure.value - fact.value).abs() <= fact.slack + 1e-9;
        let (Some(figure), false) = (of_it.first(), of_it.iter().any(agrees)) else {
            continue;
        };
        clashes.push(Clash {
            place: fact.place.clone(),
            rule: ConsistencyRule::FigureElsewhere,
            text: excerpt(&fact.printed),
            message: format!(
                "\"{}\", but {} of {} gives {} for {}, {}, {}",
                excerpt(&fact.printed),
                figure.id,
                figure.file,
                thousands(figure.value.round() as u64),
                figure.subject,
                figure.area,
                figure.period
            ),
            other: None,
        });
    }
    clashes
}

fn same_thing(fact: &Fact, figure: &PublishedFigure) -> bool {
    let (thing, area, period) = &fact.key;
    *thing == thing_key(&figure.subject)
        && *period == figure.period
        && (area.is_empty() || *area == plain(&figure.area))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn paper(name: &str, text: &str) -> Paper {
        Paper::new(name, Document::markdown(text), None)
    }

    #[track_caller]
    fn check_two(one: &str, other: &str, expected: usize) {
        let clashes = check(&[paper("a.md", one), paper("b.md", other)], &[]);
        assert_eq!(clashes.len(), expected, "{one}\n{other}\n{clashes:#?}");
    }

    #[test]
    fn two_papers_give_one_figure() {
        check_two(
            "In 2023/24 there were 240 hate crimes.",
            "We saw 252 hate crimes in 2023/24.",
            1,
        );
        check_two(
            "There were 621 burglaries in 2023/24.",
            "| Year | Burglaries |\n|---|---|\n| 2023/24 | 612 |",
            1,
        );
        check_two(
            "| Kind | 2022 | 2023 |\n|---|---|---|\n| Robbery | 80 | 71 |",
            "In 2023 police recorded 77 robberies.",
            1,
        );
        check_two(
            "There were 16 applications in 2023/24 and 12 reviews in 2023/24.",
            "There were 14 reviews recorded in 2023/24.",
            1,
        );
    }

    #[test]
    fn what_is_not_the_same_may_differ() {
        check_two(
            "In 2023/24 there were 240 hate crimes.",
            "There were 252 hate crimes in 2022/23.",
            0,
        );
        check_two(
            "There were 240 hate crimes in 2023/24.",
            "There were 41 hate crimes in Castle Ward in 2023/24.",
            0,
        );
        check_two(
            "There were 18,664 crimes in 2023/24.",
            "There were about 18,700 crimes in 2023/24.",
            0,
        );
        check_two(
            "There were 240 hate crimes in 2023/24.",
            "There were 12 fewer hate crimes in 2023/24.",
            0,
        );
        check_two(
            "There were 240 hate crimes in 2023/24.",
            "Police recorded 240 hate crimes in 2023/24.",
            0,
        );
    }

    #[test]
    fn the_published_evidence_counts() {
        let figure = |value| PublishedFigure {
            subject: "Recorded crime".into(),
            area: "Luton".into(),
            period: "2023/24".into(),
            value,
            id: "f-0123456789ab".into(),
            file: "evidence.json".into(),
        };
        let said = [paper("a.md", "There were 18,664 recorded crimes in 2023/24.")];
        assert_eq!(check(&said, &[figure(18_664.0)]), []);
        let clashes = check(&said, &[figure(18_146.0)]);
        assert!(clashes[0].message.contains("18,146"), "{clashes:?}");
        assert_eq!(check(&said, &[figure(18_146.0), figure(18_664.0)]), []);
    }
}
