use approx::assert_abs_diff_eq;
use proptest::prelude::*;
use wardmote_stats::together::{TogetherError, together};

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME};

/// Invented months of two series with one season.
const ONE: [u64; 24] = [
    612, 655, 702, 731, 690, 640, 655, 610, 575, 560, 572, 640, 600, 648, 690, 745, 700, 633, 640,
    600, 590, 548, 560, 633,
];
const OTHER: [u64; 24] = [
    101, 120, 131, 150, 149, 118, 104, 90, 81, 77, 80, 92, 99, 117, 133, 148, 141, 112, 108, 92,
    85, 80, 79, 95,
];

#[test]
fn a_tie_agrees_with_scipy() {
    // numpy's polyfit for the trends, scipy 1.17 pearsonr and norm.sf, the effective number by hand.
    let found = together(&ONE, &OTHER).unwrap();
    assert_abs_diff_eq!(found.correlation, 0.944_578_584_320_35, epsilon = 1e-9);
    assert_abs_diff_eq!(found.effective_months, 7.838_151_044_353, epsilon = 1e-6);
    assert_abs_diff_eq!(found.z, 3.912_870_328_007, epsilon = 1e-6);
    assert_abs_diff_eq!(found.p_value, 9.120_551_607e-5, epsilon = 1e-10);
    assert_abs_diff_eq!(found.interval.lower, 0.710_332_313_767, epsilon = 1e-6);
    assert_abs_diff_eq!(found.interval.upper, 0.990_453_663_127, epsilon = 1e-6);
}

#[test]
fn lutons_crime_and_its_anti_social_behaviour() {
    let found = together(&CRIME, &ANTI_SOCIAL_BEHAVIOUR).unwrap();
    let line = format!("{:.3}, p {:.4}", found.correlation, found.p_value);
    insta::assert_snapshot!(line, @"0.359, p 0.1547");
}

#[test]
fn what_cannot_be_held_together_is_refused() {
    assert_eq!(together(&ONE[..23], &OTHER[..23]), Err(TogetherError::TooFew { n: 23 }));
    assert_eq!(together(&ONE, &[5; 24]), Err(TogetherError::NoVariation));
    assert!(matches!(together(&ONE, &[5; 23]), Err(TogetherError::LengthMismatch { .. })));
}

proptest! {
    #[test]
    fn neither_order_nor_trend_nor_chance_ties(
        first in prop::collection::vec(50u64..500, 36),
        second in prop::collection::vec(50u64..500, 36),
    ) {
        let (one, other) = (together(&first, &second).unwrap(), together(&second, &first).unwrap());
        prop_assert!((one.correlation - other.correlation).abs() < 1e-12);
        prop_assert!(one.interval.lower <= one.correlation && one.correlation <= one.interval.upper);
        prop_assert!((0.0..=1.0).contains(&one.p_value));
        let itself = together(&first, &first).unwrap();
        prop_assert!(itself.correlation > 0.999_999 && itself.p_value < 0.05);
    }
}
