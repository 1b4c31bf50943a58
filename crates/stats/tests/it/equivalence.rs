use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::equivalence::{EquivalenceError, equivalent_difference, equivalent_ratio};
use wardmote_stats::interval::StandardError;
use wardmote_stats::periods::compare_periods;

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME, year_2022, year_2023};

#[test]
fn two_one_sided_tests_agree_with_scipy() {
    // The larger of norm.sf((log 1.01 + log 1.05) / .015) and norm.sf((log 1.05 - log 1.01) / .015);
    // exp(log 1.01 -+ norm.ppf(.95) * .015).
    let found = equivalent_ratio(1.01_f64.ln(), 0.015, 0.05, 0.05).unwrap();
    assert_relative_eq!(found.p_value, 0.004_808_253_173_3, max_relative = 1e-8);
    assert_relative_eq!(found.interval_90.lower, 0.985_385_372_162, max_relative = 1e-10);
    assert_relative_eq!(found.interval_90.upper, 1.035_229_493_778, max_relative = 1e-10);
    let shares = equivalent_difference(0.01, 0.01, 0.03, 0.05).unwrap();
    assert_relative_eq!(shares.p_value, 0.022_750_131_948_2, max_relative = 1e-8);
    // t.sf(2, 11).
    let estimated = StandardError { value: 0.01, degrees_of_freedom: Some(11) };
    let shares = equivalent_difference(0.01, estimated, 0.03, 0.05).unwrap();
    assert_relative_eq!(shares.p_value, 0.035_401_977_534, max_relative = 1e-8);
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let check = |estimate, error: f64, margin, level| {
        equivalent_ratio(estimate, error, margin, level).unwrap_err()
    };
    assert_eq!(check(0.0, 0.1, 5.0, 0.05).to_string(), "margin 5 is not above 0 and below 1");
    let zero = EquivalenceError::StandardError { standard_error: 0.0 };
    assert_eq!(check(0.0, 0.0, 0.05, 0.05), zero);
    assert_eq!(check(0.0, 0.1, 0.05, 5.0), EquivalenceError::Level { level: 5.0 });
    assert!(matches!(check(f64::NAN, 0.1, 0.05, 0.05), EquivalenceError::Estimate { .. }));
    let difference = equivalent_difference(0.0, 0.1, -1.0, 0.05).unwrap_err();
    assert_eq!(difference.to_string(), "margin -1 is not above 0");
}

#[test]
fn luton_may_not_be_called_stable() {
    let lines = [("crime", CRIME), ("ASB", ANTI_SOCIAL_BEHAVIOUR)].map(|(name, series)| {
        let change = compare_periods(year_2022(&series), year_2023(&series)).unwrap();
        let found = equivalent_ratio(change.ratio.ln(), change.standard_error, 0.05, 0.05).unwrap();
        let limits = found.interval_90;
        format!(
            "{name}: {:.4} to {:.4}, p {:.4}, within 5%: {}",
            limits.lower, limits.upper, found.p_value, found.equivalent
        )
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    crime: 0.8955 to 1.0581, p 0.3236, within 5%: false
    ASB: 0.9039 to 1.0259, p 0.3799, within 5%: false
    ");
}

proptest! {
    #[test]
    fn equivalent_means_that_the_90_percent_interval_is_inside(
        estimate in -0.2f64..0.2,
        error in 0.001f64..0.2,
        margin in 0.01f64..0.5,
        degrees_of_freedom in prop::option::of(1usize..40),
    ) {
        let error = StandardError { value: error, degrees_of_freedom };
        let found = equivalent_difference(estimate, error, margin, 0.05).unwrap();
        // On the very edge rounding may decide either way.
        prop_assume!((found.p_value - 0.05).abs() > 1e-6);
        let limits = found.interval_90;
        prop_assert_eq!(found.equivalent, -margin <= limits.lower && limits.upper <= margin);
    }

    #[test]
    fn a_ratio_and_its_inverse_are_equally_equivalent(log in -0.1f64..0.1, error in 0.001f64..0.1) {
        let p = |log| equivalent_ratio(log, error, 0.05, 0.05).unwrap().p_value;
        prop_assert!((p(log) - p(-log)).abs() < 1e-12);
    }
}
