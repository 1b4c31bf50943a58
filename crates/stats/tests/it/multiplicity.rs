use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::multiplicity::benjamini_hochberg;
use wardmote_stats::periods::compare_periods;

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME, SHOPLIFTING, year_2022, year_2023};

#[test]
fn adjustment_agrees_with_statsmodels() {
    // statsmodels.stats.multitest.multipletests(method="fdr_bh").
    let cases = [
        (0.001, 0.015),
        (0.008, 0.06),
        (0.039, 0.126),
        (0.041, 0.126),
        (0.042, 0.126),
        (0.06, 0.15),
        (0.074, 0.158_571_428_6),
        (0.205, 0.294_642_857_1),
        (0.212, 0.294_642_857_1),
        (0.216, 0.294_642_857_1),
        (0.222, 0.294_642_857_1),
        (0.251, 0.294_642_857_1),
        (0.269, 0.294_642_857_1),
        (0.275, 0.294_642_857_1),
        (0.34, 0.34),
    ];
    let adjusted = benjamini_hochberg(&cases.map(|(p, _)| p)).unwrap();
    for (found, (_, expected)) in adjusted.into_iter().zip(cases) {
        assert_relative_eq!(found, expected, max_relative = 1e-8);
    }
}

#[test]
fn what_is_no_probability_is_refused() {
    assert_eq!(
        benjamini_hochberg(&[0.5, 1.5]).unwrap_err().to_string(),
        "p value 1.5 at position 1 is not between 0 and 1"
    );
    assert!(benjamini_hochberg(&[f64::NAN]).is_err());
    assert_eq!(benjamini_hochberg(&[]).unwrap(), Vec::<f64>::new());
}

#[test]
fn luton_changes_as_one_family() {
    let p = [SHOPLIFTING, CRIME, ANTI_SOCIAL_BEHAVIOUR]
        .map(|series| compare_periods(year_2022(&series), year_2023(&series)).unwrap().p_value);
    let adjusted = benjamini_hochberg(&p).unwrap();
    let lines: Vec<String> = adjusted.iter().map(|p| format!("{p:.4}")).collect();
    insta::assert_snapshot!(lines.join(" "), @"0.1013 0.5737 0.4611");
}

proptest! {
    #[test]
    fn adjusted_values_keep_the_order_and_never_fall_below_their_own(
        p in prop::collection::vec(0.0f64..=1.0, 1..40),
    ) {
        let adjusted = benjamini_hochberg(&p).unwrap();
        prop_assert!(adjusted.iter().zip(&p).all(|(a, p)| a >= p && *a <= 1.0));
        for (i, j) in (0..p.len()).flat_map(|i| (0..p.len()).map(move |j| (i, j))) {
            prop_assert!(p[i] > p[j] || adjusted[i] <= adjusted[j]);
        }
    }
}
