use approx::assert_abs_diff_eq;
use proptest::prelude::*;
use wardmote_stats::interval::Confidence;
use wardmote_stats::proportion::{
    ProportionError, ShareTest, SurveyShare, WeightedShare, compare_weighted, compare_with_rest,
    kish_design_effect, wilson,
};

use crate::luton::{CRIME, SHOPLIFTING, year_2023};

#[test]
fn wilson_agrees_with_statsmodels() {
    // statsmodels.stats.proportion.proportion_confint(method="wilson").
    let check = |successes, trials, confidence, lower: f64, upper: f64| {
        let found = wilson(successes, trials, confidence).unwrap().interval;
        assert_abs_diff_eq!(found.lower, lower, epsilon = 1e-9);
        assert_abs_diff_eq!(found.upper, upper, epsilon = 1e-9);
    };
    check(1_197, 1_287, Confidence::P95, 0.914_818_944_850_763, 0.942_761_195_944_645);
    check(3, 20, Confidence::P90, 0.061_582_410_477_368, 0.321_828_075_675_307);
    check(0, 15, Confidence::P95, 0.0, 0.203_883_301_035_849);
}

fn share(share: f64, respondents: f64) -> SurveyShare {
    SurveyShare { share, respondents }
}

#[test]
fn shares_of_the_board_papers_agree_with_statsmodels() {
    // proportions_ztest and confint_proportions_2indep(method="wald") on counts divided by the design
    // effect. At one tenth of the respondents, 1287.5, the first z is 5.10; at 1,290 it is 5.11.
    let board =
        |area, whole| compare_with_rest(share(area, 1_290.0), share(whole, 12_875.0), 1.3).unwrap();
    let check = |found: ShareTest, z: f64, p: f64, lower: f64, upper: f64| {
        assert_abs_diff_eq!(found.z, z, epsilon = 1e-9);
        assert_abs_diff_eq!(found.p_value, p, epsilon = 1e-9);
        assert_abs_diff_eq!(found.interval.lower, lower, epsilon = 1e-9);
        assert_abs_diff_eq!(found.interval.upper, upper, epsilon = 1e-9);
    };
    let (safe, confident) = (board(0.93, 0.88), board(0.77, 0.75));
    check(safe, 5.109_599_069_095, 3.228_431e-7, 0.038_265_846_987, 0.072_869_241_489);
    check(confident, 1.533_833_216_004, 0.125_070_689_126, -0.005_465_921_036, 0.049_919_956_427);
}

#[test]
fn weights_by_hand() {
    // Kish: 4 * (1 + 1 + 4 + 4) / 36; equal weights cost nothing.
    let effect = kish_design_effect(&[1.0, 1.0, 2.0, 2.0]).unwrap();
    assert_abs_diff_eq!(effect, 10.0 / 9.0, epsilon = 1e-15);
    assert_abs_diff_eq!(kish_design_effect(&[2.0; 3]).unwrap(), 1.0, epsilon = 1e-15);
}

#[test]
fn what_is_no_share_is_refused() {
    let check = |area, whole, effect, message: &str| {
        assert_eq!(compare_with_rest(area, whole, effect).unwrap_err().to_string(), message);
    };
    let whole = share(0.75, 1_000.0);
    check(share(77.0, 100.0), whole, 1.0, "share 77 is not between 0 and 1");
    check(
        share(0.7, 1_000.0),
        whole,
        1.0,
        "1000 respondents in the area are not part of 1000 in the whole",
    );
    check(share(0.0, 900.0), whole, 1.0, "shares 0 and 0.75 leave the rest a share of 7.5");
    check(share(0.7, 100.0), whole, 0.5, "design effect 0.5 is below 1 or not a number");
    check(
        share(1.0, 100.0),
        share(1.0, 1_000.0),
        1.0,
        "a share of 0 or 1 everywhere leaves nothing to test",
    );
    assert_eq!(wilson(0, 0, Confidence::P95), Err(ProportionError::NoTrials));
    let more = ProportionError::MoreThanAll { successes: 3, trials: 2 };
    assert_eq!(wilson(3, 2, Confidence::P95), Err(more));
    assert_eq!(kish_design_effect(&[0.0]), Err(ProportionError::NoWeights));
    let negative = ProportionError::Weight { index: 1, weight: -1.0 };
    assert_eq!(kish_design_effect(&[1.0, -1.0]), Err(negative));
}

#[test]
fn luton_shoplifting_as_a_share_of_crime() {
    let [shoplifting, crime] = [SHOPLIFTING, CRIME].map(|series| year_2023(&series).iter().sum());
    let found = wilson(shoplifting, crime, Confidence::P95).unwrap();
    let limits = found.interval;
    let line = format!("{:.5} ({:.5} to {:.5})", found.share, limits.lower, limits.upper);
    insta::assert_snapshot!(line, @"0.06853 (0.06494 to 0.07229)");
}

/// Invented respondents by a fixed rule: weights in thirteen steps, answers in a cycle of a hundred.
fn respondents(n: u64, with: u64, scale: f64) -> WeightedShare {
    let mut share = WeightedShare { respondents: n, ..WeightedShare::default() };
    for i in 0..n {
        let weight = scale * (1.0 + ((i * 7_919) % 13) as f64 / 10.0);
        share.weight += weight;
        share.weight_squares += weight * weight;
        if (i * 104_729) % 100 < with {
            share.weight_with += weight;
        }
    }
    share
}

#[test]
fn weighted_shares_agree_with_statsmodels() {
    // statsmodels 0.15, proportions_ztest of the effective counts of these respondents.
    let test = compare_weighted(&respondents(400, 77, 1.0), &respondents(3_000, 71, 0.8)).unwrap();
    assert!((test.z - 2.438_144_544_622_04).abs() < 1e-9, "{}", test.z);
    assert!((test.p_value - 0.014_762_869_602).abs() < 1e-9, "{}", test.p_value);
    let area = respondents(400, 77, 1.0);
    assert!((area.effective_respondents() - 379.179_912_550).abs() < 1e-6);
}

#[test]
fn weighted_shares_of_nobody_are_refused() {
    let some = respondents(100, 50, 1.0);
    let nobody = WeightedShare::default();
    assert_eq!(compare_weighted(&nobody, &some), Err(ProportionError::NoWeights));
    let all = respondents(100, 100, 1.0);
    assert_eq!(compare_weighted(&all, &all), Err(ProportionError::NoVariation));
    let more = WeightedShare { weight_with: 2.0 * some.weight, ..some };
    assert!(matches!(compare_weighted(&more, &some), Err(ProportionError::NotAShare { .. })));
}

proptest! {
    #[test]
    fn without_weights_it_is_the_test_against_the_rest(
        n in 50u64..2_000, n_rest in 50u64..20_000, here in 0.05f64..0.95, there in 0.05f64..0.95,
    ) {
        let plain = |n: u64, share: f64| WeightedShare {
            respondents: n,
            weight: n as f64,
            weight_squares: n as f64,
            weight_with: share * n as f64,
        };
        let test = compare_weighted(&plain(n, here), &plain(n_rest, there)).unwrap();
        let (n, n_rest) = (n as f64, n_rest as f64);
        let whole = (n * here + n_rest * there) / (n + n_rest);
        let old = compare_with_rest(share(here, n), share(whole, n + n_rest), 1.0).unwrap();
        prop_assert!((test.z - old.z).abs() < 1e-6);
        prop_assert!((test.interval.lower - old.interval.lower).abs() < 1e-9);
        prop_assert!((test.design_effect - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_scale_of_weights_does_not_matter(scale in 0.01f64..100.0, with in 5u64..95) {
        let rest = respondents(500, 50, 1.0);
        let test = |scale| compare_weighted(&respondents(300, with, scale), &rest).unwrap();
        prop_assert!((test(scale).z - test(1.0).z).abs() < 1e-9);
    }

    #[test]
    fn limits_hold_the_share_and_mirror(trials in 1u64..100_000, part in 0.0f64..=1.0) {
        let successes = (part * trials as f64) as u64;
        let found = wilson(successes, trials, Confidence::P95).unwrap();
        let mirror = wilson(trials - successes, trials, Confidence::P95).unwrap();
        let limits = found.interval;
        prop_assert!(0.0 <= limits.lower && limits.upper <= 1.0);
        prop_assert!(limits.lower <= found.share + 1e-12 && found.share <= limits.upper + 1e-12);
        prop_assert!((limits.lower - (1.0 - mirror.interval.upper)).abs() < 1e-9);
    }

    #[test]
    fn a_design_effect_only_weakens(area in 0.6f64..0.9, effect in 1.0f64..4.0) {
        let test = |effect| {
            compare_with_rest(share(area, 500.0), share(0.75, 5_000.0), effect).unwrap()
        };
        prop_assert!((test(effect).z * effect.sqrt() - test(1.0).z).abs() < 1e-9);
        prop_assert!(test(effect).p_value >= test(1.0).p_value - 1e-12);
    }

    #[test]
    fn only_the_proportions_of_weights_matter(
        weights in prop::collection::vec(0.1f64..10.0, 1..50),
        factor in 0.1f64..10.0,
    ) {
        let scaled: Vec<f64> = weights.iter().map(|w| w * factor).collect();
        let effect = kish_design_effect(&weights).unwrap();
        prop_assert!((kish_design_effect(&scaled).unwrap() - effect).abs() < 1e-9);
        prop_assert!(effect >= 1.0 - 1e-12);
    }
}
