//! Progress as a test allows it, beside what the owner judges.

use serde::{Deserialize, Serialize};

use crate::claim::Verdict;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named by its meaning")]
pub enum Direction {
    LowerIsBetter,
    HigherIsBetter,
    Ambiguous,
}

/// What may be said of a measure's progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// A test found a change for the worse.
    Worsening,
    /// A test found a change whose sense the measure leaves open.
    Changed,
    /// A test found a change for the better.
    Improving,
    /// A test found that it stays within the margin that the measure declares.
    Level,
    /// No test found a change; that is not sameness.
    NoClearChange,
    /// Too few events to compare.
    TooFew,
    /// There is a figure, and no test of change.
    NotTested,
    /// There is no figure.
    NoFigure,
}

impl Progress {
    /// The words of it, as they stand in tables.
    pub fn words(self) -> &'static str {
        match self {
            Self::Worsening => "Getting worse",
            Self::Changed => "Changed; better or worse is not declared",
            Self::Improving => "Improving",
            Self::Level => "Stable",
            Self::NoClearChange => "No clear change",
            Self::TooFew => "Too few to compare",
            Self::NotTested => "No test of change",
            Self::NoFigure => "No figure yet",
        }
    }
}

/// The progress that a verdict allows, for a measure that should go in a direction. Without a verdict
/// there is a figure that no test compares.
pub fn progress(verdict: Option<Verdict>, direction: Direction) -> Progress {
    use Verdict as V;
    let moved = |upward: bool| match (direction, upward) {
        (Direction::Ambiguous, _) => Progress::Changed,
        (Direction::HigherIsBetter, true) | (Direction::LowerIsBetter, false) => {
            Progress::Improving
        }
        (Direction::HigherIsBetter, false) | (Direction::LowerIsBetter, true) => {
            Progress::Worsening
        }
    };
    match verdict {
        Some(V::Rose | V::RisingTrend) => moved(true),
        Some(V::Fell | V::FallingTrend) => moved(false),
        Some(V::Stable | V::LevelTrend) => Progress::Level,
        Some(V::NoClearChange | V::NoClearTrend) => Progress::NoClearChange,
        Some(V::TooFew) => Progress::TooFew,
        // A difference between places, a season or a spike says nothing of getting better.
        Some(_) | None => Progress::NotTested,
    }
}

/// The progress of several measures together: the worst that a test found. Nothing is improving while
/// something gets worse, and what is not known hides nothing that is.
pub fn overall(measures: &[Progress]) -> Progress {
    measures.iter().copied().min().unwrap_or(Progress::NoFigure)
}

/// What the owner judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named by its meaning")]
pub enum Judgement {
    NotJudged,
    OnTrack,
    AtRisk,
    OffTrack,
    Complete,
}

impl Judgement {
    /// Reads the judgement as plans store it.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "not-judged" => Self::NotJudged,
            "on-track" => Self::OnTrack,
            "at-risk" => Self::AtRisk,
            "off-track" => Self::OffTrack,
            "complete" => Self::Complete,
            _ => return None,
        })
    }
}

/// Why the owner's judgement and the measures do not say the same; `None` where they do, or where
/// either says nothing.
pub fn disagreement(judgement: Judgement, measured: Progress) -> Option<&'static str> {
    use Judgement as J;
    use Progress as P;
    match (judgement, measured) {
        (J::OnTrack | J::Complete, P::Worsening) => {
            Some("The owner judges that it goes well. A test found that a measure gets worse.")
        }
        (J::OnTrack | J::Complete, P::NoClearChange | P::TooFew | P::Level) => Some(
            "The owner judges by what was done. The measures do not show that it worked, or not yet.",
        ),
        (J::OnTrack | J::Complete, P::NotTested | P::NoFigure) => {
            Some("The owner judges by what was done. No measure tells whether it worked.")
        }
        (J::OnTrack | J::Complete, P::Changed) => Some(
            "The owner judges by what was done. A test found a change, and nobody has declared whether it is for the better.",
        ),
        (J::AtRisk | J::OffTrack, P::Improving) => Some(
            "The owner judges that it goes badly. A test found that the measures improve; that need not be this work.",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table() {
        let check = |verdict, direction, words: &str| {
            assert_eq!(progress(verdict, direction).words(), words);
        };
        check(Some(Verdict::Fell), Direction::LowerIsBetter, "Improving");
        check(Some(Verdict::Rose), Direction::LowerIsBetter, "Getting worse");
        check(Some(Verdict::RisingTrend), Direction::HigherIsBetter, "Improving");
        check(
            Some(Verdict::Fell),
            Direction::Ambiguous,
            "Changed; better or worse is not declared",
        );
        check(Some(Verdict::NoClearChange), Direction::LowerIsBetter, "No clear change");
        check(Some(Verdict::Seasonal), Direction::LowerIsBetter, "No test of change");
        check(Some(Verdict::Lower), Direction::LowerIsBetter, "No test of change");
        check(None, Direction::LowerIsBetter, "No test of change");
    }

    #[test]
    fn a_judgement_is_held_against_the_measures() {
        let differ = |judgement, measured| disagreement(judgement, measured).is_some();
        assert!(differ(Judgement::OnTrack, Progress::Worsening));
        assert!(differ(Judgement::OnTrack, Progress::NoClearChange));
        assert!(differ(Judgement::Complete, Progress::NoFigure));
        assert!(differ(Judgement::OnTrack, Progress::Changed));
        assert!(differ(Judgement::OffTrack, Progress::Improving));
        assert!(!differ(Judgement::OnTrack, Progress::Improving));
        assert!(!differ(Judgement::OffTrack, Progress::Worsening));
        assert!(!differ(Judgement::NotJudged, Progress::Worsening));
    }

    proptest! {
        /// "Improving" needs a test, and no measure that gets worse beside it.
        #[test]
        fn nothing_improves_beside_what_gets_worse(rest in proptest::collection::vec(0usize..8, 0..6)) {
            let all = [
                Progress::Worsening, Progress::Changed, Progress::Improving, Progress::Level,
                Progress::NoClearChange, Progress::TooFew, Progress::NotTested, Progress::NoFigure,
            ];
            let measures: Vec<Progress> = rest.iter().map(|&index| all[index]).collect();
            let said = overall(&measures);
            prop_assert_eq!(said == Progress::NoFigure, measures.iter().all(|one| *one == Progress::NoFigure));
            if said == Progress::Improving {
                prop_assert!(measures.contains(&Progress::Improving));
                prop_assert!(!measures.contains(&Progress::Worsening));
            }
        }
    }
}
