//! Values from papers and worked by hand, and properties that hold for any counts.

use approx::assert_abs_diff_eq;
use proptest::prelude::*;
use wardmote_stats::interval::Confidence;
use wardmote_stats::multiplicity::benjamini_hochberg;
use wardmote_stats::periods::{compare_periods, dispersion_over_years};
use wardmote_stats::proportion::{SurveyShare, compare_with_rest, kish_design_effect};
use wardmote_stats::rates::{byar_limits, exact_limits};
use wardmote_stats::season::seasonal_profile;
use wardmote_stats::trend::quasi_poisson_trend;

#[test]
fn exact_limits_of_ten_events() {
    // Garwood (1936): 4.795 and 18.390.
    let limits = exact_limits(10, Confidence::P95);
    assert_abs_diff_eq!(limits.lower, 4.795, epsilon = 0.001);
    assert_abs_diff_eq!(limits.upper, 18.390, epsilon = 0.001);
    assert_eq!(exact_limits(0, Confidence::P95).lower, 0.0);
}

#[test]
fn shares_of_the_board_papers() {
    let z = |area: f64, whole: f64| {
        let share = |share, respondents| SurveyShare { share, respondents };
        compare_with_rest(share(area, 1_290.0), share(whole, 12_875.0), 1.3).unwrap().z
    };
    // Worked at about 1,287 respondents, where it is 5.10; at 1,290 it is 5.11.
    assert_abs_diff_eq!(z(0.93, 0.88), 5.10, epsilon = 0.015);
    assert_abs_diff_eq!(z(0.77, 0.75), 1.53, epsilon = 0.005);
    assert_eq!(kish_design_effect(&[2.0, 2.0, 2.0]).unwrap(), 1.0);
}

#[test]
fn a_two_way_table_by_hand() {
    // Rows 10, 20 and 20, 10: each fitted value is 15, so chi-square is 4 * 25 / 15 on one degree.
    let found = dispersion_over_years(&[vec![10, 20], vec![20, 10]]).unwrap();
    assert_abs_diff_eq!(found.pearson_phi, 100.0 / 15.0, epsilon = 1e-12);
    assert_eq!(found.degrees_of_freedom, 1);
}

#[test]
fn a_planted_trend_and_season_are_found() {
    // Exactly 1,000 * 0.99^t, twice as much each July.
    let months: Vec<u8> = (0..48).map(|t| (t % 12) as u8 + 1).collect();
    let counts: Vec<u64> = (0..48)
        .map(|t| {
            let july = if t % 12 == 6 { 2.0 } else { 1.0 };
            (100_000.0 * 0.99_f64.powi(t) * july).round() as u64
        })
        .collect();
    let trend = quasi_poisson_trend(&counts, &months).unwrap();
    assert_abs_diff_eq!(trend.percent_per_year, 100.0 * (0.99_f64.powi(12) - 1.0), epsilon = 0.01);
    let profile = seasonal_profile(&counts, &months).unwrap();
    assert_eq!(profile.peak, 7);
    assert_abs_diff_eq!(profile.amplitude, 2.0, epsilon = 0.001);
    assert!(profile.p_value < 1e-6);
}

proptest! {
    #[test]
    fn byar_is_near_exact_from_ten(count in 10u64..5_000) {
        let (byar, exact) = (byar_limits(count, Confidence::P95), exact_limits(count, Confidence::P95));
        prop_assert!((byar.lower / exact.lower - 1.0).abs() < 0.002);
        prop_assert!((byar.upper / exact.upper - 1.0).abs() < 0.002);
    }

    #[test]
    fn exchanging_periods_turns_the_sign(a in proptest::collection::vec(1u64..500, 12), b in proptest::collection::vec(1u64..500, 12)) {
        let (there, back) = (compare_periods(&a, &b).unwrap(), compare_periods(&b, &a).unwrap());
        prop_assert!((there.z_plain + back.z_plain).abs() < 1e-9);
        prop_assert!(there.p_value >= there.p_plain - 1e-12);
    }

    #[test]
    fn adjusted_values_never_fall_below_their_own(p in proptest::collection::vec(0.0f64..=1.0, 1..40)) {
        let adjusted = benjamini_hochberg(&p).unwrap();
        prop_assert!(adjusted.iter().zip(&p).all(|(a, p)| *a >= p - 1e-12 && *a <= 1.0));
    }
}
