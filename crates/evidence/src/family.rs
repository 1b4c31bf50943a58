//! Correction over the assessment's whole family of tests, those not shown included.

use wardmote_domain::claim::{Rule, TestOutcome, Verdict};
use wardmote_stats::multiplicity::benjamini_hochberg;

use crate::testing::{NotTested, RawTest};

/// A test after correction, with the verdict that it allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Corrected {
    /// The test, or why there was none.
    pub raw: Result<RawTest, NotTested>,
    /// Corrected p value of no effect.
    pub p: Option<f64>,
    /// Corrected p value of equivalence.
    pub equivalence_p: Option<f64>,
    /// What may be said.
    pub verdict: Verdict,
}

/// The p values of a test that was made elsewhere, and is one of the family all the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MadeElsewhere {
    /// Of no effect.
    pub p: f64,
    /// Of equivalence.
    pub equivalence_p: Option<f64>,
}

/// Corrects a family by Benjamini and Hochberg (1995) and gives each test its verdict.
///
/// Every test counts, shown or not. The tests of an effect are corrected together, and so are those of
/// sameness, each kind by itself: in one pot, the many true words of sameness that a wide margin
/// brings would make room for false words of change. Tests that were made `elsewhere` are counted in,
/// and get no verdict here.
pub fn correct(
    tests: Vec<Result<RawTest, NotTested>>,
    elsewhere: &[MadeElsewhere],
    rule: Rule,
) -> Vec<Corrected> {
    // A p value that is no probability can support nothing: all of its kind are then untested.
    let adjusted = |p_values: Vec<f64>| {
        let nothing = vec![f64::NAN; p_values.len()];
        benjamini_hochberg(&p_values).unwrap_or(nothing).into_iter()
    };
    let made = || tests.iter().flatten();
    let p_values = made().map(|test| test.p).chain(elsewhere.iter().map(|test| test.p));
    let mut effects = adjusted(p_values.collect());
    let p_values = made().filter_map(|test| test.equivalence_p);
    let p_values = p_values.chain(elsewhere.iter().filter_map(|test| test.equivalence_p));
    let mut sameness = adjusted(p_values.collect());
    tests
        .into_iter()
        .map(|raw| {
            let Ok(test) = &raw else {
                return Corrected {
                    raw,
                    p: None,
                    equivalence_p: None,
                    verdict: Verdict::NotTestable,
                };
            };
            let p = effects.next();
            let equivalence_p = test.equivalence_p.and_then(|_| sameness.next());
            let outcome = TestOutcome {
                question: test.question,
                upward: test.upward,
                corrected_p: p,
                corrected_equivalence_p: equivalence_p,
                fewest_events: test.fewest_events,
            };
            let verdict = outcome.verdict(rule);
            Corrected { raw, p, equivalence_p, verdict }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use wardmote_domain::claim::Question;
    use wardmote_stats::interval::Interval;

    use super::*;

    fn test(p: f64) -> RawTest {
        RawTest {
            question: Question::Change,
            method: String::new(),
            estimate: -8.0,
            unit: crate::testing::Unit::PerCent,
            interval: Interval { lower: -12.0, upper: -4.0 },
            upward: false,
            z: None,
            p,
            equivalence_p: None,
            fewest_events: 1_000,
            parameters: BTreeMap::new(),
        }
    }

    #[test]
    fn a_test_alone_and_the_same_test_among_many() {
        let alone = correct(vec![Ok(test(0.03))], &[], Rule::default());
        assert_eq!(alone[0].verdict, Verdict::Fell);
        let among = correct(
            std::iter::once(0.03).chain([0.5; 9]).map(|p| Ok(test(p))).collect(),
            &[],
            Rule::default(),
        );
        assert_eq!(among[0].verdict, Verdict::NoClearChange);
        assert_eq!(among[0].p, Some(0.3));
    }

    #[test]
    fn tests_of_sameness_make_no_room_for_words_of_change() {
        let same = RawTest { equivalence_p: Some(0.001), ..test(0.5) };
        let family = std::iter::once(test(0.03)).chain(std::iter::repeat_n(same, 9));
        let corrected = correct(family.map(Ok).collect(), &[], Rule::default());
        assert_eq!((corrected[0].p, corrected[0].verdict), (Some(0.3), Verdict::NoClearChange));
        assert_eq!(corrected[1].verdict, Verdict::Stable);
    }

    #[test]
    fn what_was_not_tested_takes_no_part() {
        let mixed =
            correct(vec![Err(NotTested("no data".into())), Ok(test(0.03))], &[], Rule::default());
        assert_eq!(mixed[0].verdict, Verdict::NotTestable);
        assert_eq!(mixed[1].p, Some(0.03));
    }

    #[test]
    fn a_test_made_elsewhere_weighs_as_much_as_one_made_here() {
        let here = correct(vec![Ok(test(0.03)), Ok(test(0.5))], &[], Rule::default());
        let elsewhere = [MadeElsewhere { p: 0.5, equivalence_p: None }];
        let split = correct(vec![Ok(test(0.03))], &elsewhere, Rule::default());
        assert_eq!(split, here[..1]);
        assert_eq!(split[0].verdict, Verdict::NoClearChange);
    }
}
