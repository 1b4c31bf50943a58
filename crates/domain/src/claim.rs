//! Which words the outcome of a test allows.
//!
//! This is the one table from which every gated word is chosen. A word such as *fell* or *similar*
//! is never typed by a person or picked by a page: it follows from the outcome of a declared test,
//! its interval and its counts, after correction for the other tests of the same assessment.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a claim asks of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Did it change between two periods?
    Change,
    /// Does it drift over a run of months, season apart?
    Trend,
    /// Does this place, or this group, differ from another?
    Difference,
    /// Does it follow the seasons, and when does it peak?
    Season,
    /// Which area has the most?
    Highest,
    /// Does it rise and fall with another series?
    Together,
    /// Is it more than its own past lets expect?
    Spike,
}

/// What a test found, after correction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TestOutcome {
    /// The question that was tested.
    pub question: Question,
    /// Whether the estimate lies above (`true`) or below no effect.
    pub upward: bool,
    /// The p value of no effect, corrected over the assessment's family; `None` where it could not
    /// be computed.
    pub corrected_p: Option<f64>,
    /// The corrected p value of the equivalence test; `None` where the measure declares no margin.
    pub corrected_equivalence_p: Option<f64>,
    /// Events behind the smaller side.
    pub fewest_events: u64,
}

/// The rule by which an outcome becomes a verdict; printed with every assessment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// A corrected p value at or below this counts.
    pub level: f64,
    /// With fewer events than this on either side nothing is said of change or difference.
    pub fewest_events: u64,
}

impl Default for Rule {
    fn default() -> Self {
        Self { level: 0.05, fewest_events: 10 }
    }
}

/// What may be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each verdict is named by the words it allows")]
pub enum Verdict {
    Rose,
    Fell,
    Stable,
    NoClearChange,
    RisingTrend,
    FallingTrend,
    LevelTrend,
    NoClearTrend,
    Higher,
    Lower,
    Similar,
    NoClearDifference,
    Seasonal,
    NoClearSeason,
    Highest,
    NoClearHighest,
    Together,
    NoClearTie,
    AboveExpected,
    WithinExpected,
    TooFew,
    NotTestable,
}

impl TestOutcome {
    /// The verdict that the outcome allows under a rule.
    ///
    /// A shown effect comes before equivalence: a change can be real and still small, and then the
    /// sentence gives its size.
    pub fn verdict(&self, rule: Rule) -> Verdict {
        use Question as Q;
        use Verdict as V;
        let Some(p) = self.corrected_p.filter(|p| p.is_finite()) else { return V::NotTestable };
        if self.fewest_events < rule.fewest_events {
            return V::TooFew;
        }
        let shown = p <= rule.level;
        let equivalent = self.corrected_equivalence_p.is_some_and(|p| p <= rule.level);
        match (self.question, shown, self.upward, equivalent) {
            (Q::Change, true, true, _) => V::Rose,
            (Q::Change, true, false, _) => V::Fell,
            (Q::Change, false, _, true) => V::Stable,
            (Q::Change, false, _, false) => V::NoClearChange,
            (Q::Trend, true, true, _) => V::RisingTrend,
            (Q::Trend, true, false, _) => V::FallingTrend,
            (Q::Trend, false, _, true) => V::LevelTrend,
            (Q::Trend, false, _, false) => V::NoClearTrend,
            (Q::Difference, true, true, _) => V::Higher,
            (Q::Difference, true, false, _) => V::Lower,
            (Q::Difference, false, _, true) => V::Similar,
            (Q::Difference, false, _, false) => V::NoClearDifference,
            (Q::Season, true, ..) => V::Seasonal,
            (Q::Season, false, ..) => V::NoClearSeason,
            (Q::Highest, true, ..) => V::Highest,
            (Q::Highest, false, ..) => V::NoClearHighest,
            (Q::Together, true, true, _) => V::Together,
            (Q::Together, ..) => V::NoClearTie,
            (Q::Spike, true, true, _) => V::AboveExpected,
            (Q::Spike, ..) => V::WithinExpected,
        }
    }
}

/// A class of words that only a test may bring onto a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each class is named by its meaning")]
pub enum GatedClass {
    Significant,
    Up,
    Down,
    Same,
    More,
    Less,
    Most,
    Season,
}

impl fmt::Display for GatedClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Significant => "significance",
            Self::Up => "rise",
            Self::Down => "fall",
            Self::Same => "sameness",
            Self::More => "being higher",
            Self::Less => "being lower",
            Self::Most => "being the highest or lowest",
            Self::Season => "season",
        })
    }
}

impl Verdict {
    /// The classes of gated words that this verdict allows in the sentence that cites it.
    pub fn allows(self) -> &'static [GatedClass] {
        use GatedClass as G;
        match self {
            Self::Rose | Self::RisingTrend => &[G::Significant, G::Up, G::More],
            Self::Fell | Self::FallingTrend => &[G::Significant, G::Down, G::Less],
            Self::Stable | Self::LevelTrend | Self::Similar => &[G::Same],
            Self::Higher | Self::AboveExpected => &[G::Significant, G::More],
            Self::Lower => &[G::Significant, G::Less],
            Self::Seasonal => &[G::Season],
            Self::Highest => &[G::Significant, G::Most, G::More],
            Self::NoClearChange
            | Self::NoClearTrend
            | Self::NoClearDifference
            | Self::NoClearSeason
            | Self::NoClearHighest
            | Self::Together
            | Self::NoClearTie
            | Self::WithinExpected
            | Self::TooFew
            | Self::NotTestable => &[],
        }
    }

    /// The words themselves, as they stand in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Rose => "rose",
            Self::Fell => "fell",
            Self::Stable => "was stable",
            Self::NoClearChange => "shows no clear change",
            Self::RisingTrend => "shows a rising trend",
            Self::FallingTrend => "shows a falling trend",
            Self::LevelTrend => "shows a level trend",
            Self::NoClearTrend => "shows no clear trend",
            Self::Higher => "is significantly higher",
            Self::Lower => "is significantly lower",
            Self::Similar => "is similar",
            Self::NoClearDifference => "shows no clear difference",
            Self::Seasonal => "follows the seasons",
            Self::NoClearSeason => "shows no clear season",
            Self::Highest => "is the highest",
            Self::NoClearHighest => "cannot be told apart from the next highest",
            Self::Together => "rises and falls together",
            Self::NoClearTie => "shows no clear tie",
            Self::AboveExpected => "was above what was to be expected",
            Self::WithinExpected => "was within what was to be expected",
            Self::TooFew => "is too small in number to compare",
            Self::NotTestable => "cannot be tested",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome(question: Question, p: f64, equivalence: Option<f64>) -> TestOutcome {
        TestOutcome {
            question,
            upward: false,
            corrected_p: Some(p),
            corrected_equivalence_p: equivalence,
            fewest_events: 500,
        }
    }

    #[test]
    fn the_table() {
        let check = |p, equivalence, words: &str| {
            let verdict = outcome(Question::Change, p, equivalence).verdict(Rule::default());
            assert_eq!(verdict.words(), words);
        };
        check(0.01, None, "fell");
        check(0.01, Some(0.01), "fell");
        check(0.05, None, "fell");
        check(0.051, None, "shows no clear change");
        check(0.40, Some(0.20), "shows no clear change");
        check(0.40, Some(0.01), "was stable");
    }

    #[test]
    fn absence_of_evidence_is_never_sameness() {
        for question in [Question::Change, Question::Trend, Question::Difference] {
            let verdict = outcome(question, 0.9, None).verdict(Rule::default());
            assert!(verdict.allows().is_empty(), "{verdict:?} allows words that no test supports");
        }
    }

    #[test]
    fn few_events_and_missing_tests_say_so() {
        let few = TestOutcome { fewest_events: 9, ..outcome(Question::Change, 0.001, None) };
        assert_eq!(few.verdict(Rule::default()), Verdict::TooFew);
        let untested = TestOutcome { corrected_p: None, ..few };
        assert_eq!(untested.verdict(Rule::default()), Verdict::NotTestable);
        let nan = TestOutcome { corrected_p: Some(f64::NAN), ..few };
        assert_eq!(nan.verdict(Rule::default()), Verdict::NotTestable);
    }

    proptest! {
        #[test]
        fn significance_needs_a_small_p(p in 0.0501f64..=1.0, upward: bool, equivalence in proptest::option::of(0.0f64..=1.0)) {
            for question in [Question::Change, Question::Trend, Question::Difference, Question::Season, Question::Highest, Question::Spike] {
                let verdict = TestOutcome { upward, ..outcome(question, p, equivalence) }.verdict(Rule::default());
                prop_assert!(!verdict.allows().contains(&GatedClass::Significant));
            }
        }
    }
}
