use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::synthetic_control::{
    SyntheticControlError, SyntheticControlWarning, synthetic_control,
};

use crate::peers;
use crate::simulate::{Tally, Truth};

#[derive(Deserialize)]
struct Peers {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    n_before: usize,
    area: Vec<f64>,
    donors: Vec<Vec<f64>>,
    weights: Vec<f64>,
    rmspe: [f64; 2],
    effect: Vec<f64>,
    ratios: Vec<f64>,
    p: f64,
}

#[test]
fn agrees_with_slsqp() {
    // benches/peers/comparison.py, synthetic_control: scipy's SLSQP, which stops at 1e-15 of the sum of
    // squares; its weights are then good to about 1e-6.
    for case in peers::read::<Peers>("synthetic_control").cases {
        let found = synthetic_control(&case.area, &case.donors, case.n_before, 0.05).unwrap();
        for (found, expected) in found.fit.weights.iter().zip(&case.weights) {
            assert_abs_diff_eq!(found, expected, epsilon = 1e-5);
        }
        assert_relative_eq!(found.fit.rmspe_before, case.rmspe[0], max_relative = 1e-7);
        assert!(found.fit.rmspe_before <= case.rmspe[0] * (1.0 + 1e-12), "no worse than SLSQP");
        assert_relative_eq!(found.fit.rmspe_after, case.rmspe[1], max_relative = 1e-5);
        for (found, expected) in found.effect.iter().zip(&case.effect) {
            assert_abs_diff_eq!(found, expected, epsilon = 1e-4);
        }
        for (found, expected) in found.placebo_ratios.iter().zip(&case.ratios) {
            assert_relative_eq!(found, expected, max_relative = 1e-4);
        }
        assert_relative_eq!(found.p_value, case.p);
    }
}

#[test]
fn a_mixture_of_donors_is_found_again() {
    let mut truth = Truth::new(76);
    let donors: Vec<Vec<f64>> =
        (0..5).map(|_| (0..16).map(|_| 50.0 + truth.normal()).collect()).collect();
    let area: Vec<f64> = (0..16).map(|t| 0.3 * donors[1][t] + 0.7 * donors[4][t]).collect();
    let found = synthetic_control(&area, &donors, 12, 0.05).unwrap();
    for (weight, expected) in found.fit.weights.iter().zip([0.0, 0.3, 0.0, 0.0, 0.7]) {
        assert_abs_diff_eq!(*weight, expected, epsilon = 1e-6);
    }
    assert_abs_diff_eq!(found.mean_effect, 0.0, epsilon = 1e-6);
}

#[test]
fn what_cannot_be_mixed_is_refused_and_what_is_doubtful_said() {
    let flat = |n: usize| vec![1.0; n];
    let check = |area: &[f64], donors: &[Vec<f64>], error| {
        assert_eq!(synthetic_control(area, donors, 4, 0.05), Err(error));
    };
    check(&flat(6), &[flat(6)], SyntheticControlError::TooFewDonors { n_donors: 1 });
    let short = SyntheticControlError::TooFewPeriods { before: 4, after: 0 };
    check(&flat(4), &[flat(4), flat(4)], short);
    let uneven = SyntheticControlError::LengthMismatch { donor_index: 1, found: 5, expected: 6 };
    check(&flat(6), &[flat(6), flat(5)], uneven);
    let mut hole = flat(6);
    hole[2] = f64::INFINITY;
    let number = SyntheticControlError::NotANumber { period_index: 2, value: f64::INFINITY };
    check(&flat(6), &[flat(6), hole], number);

    let area = [10.0, 12.0, 9.0, 13.0, 30.0];
    let donors: Vec<Vec<f64>> =
        (0..5).map(|k| (0..5).map(|t| f64::from(t * k)).collect()).collect();
    let warnings = synthetic_control(&area, &donors, 4, 0.05).unwrap().warnings;
    assert!(
        matches!(warnings[0], SyntheticControlWarning::LevelOutOfReach { smallest_p } if smallest_p > 0.16)
    );
    assert!(matches!(warnings[1], SyntheticControlWarning::PoorFit { relative } if relative > 0.5));
    assert_eq!(warnings[2], SyntheticControlWarning::MoreDonorsThanPeriods);
}

/// Areas that follow two common courses, each in its own measure.
fn areas(truth: &mut Truth, n_areas: usize, periods: usize) -> Vec<Vec<f64>> {
    let courses: Vec<Vec<f64>> = (0..2)
        .map(|_| {
            let mut at = 0.0;
            (0..periods)
                .map(|_| {
                    at += truth.normal();
                    at
                })
                .collect()
        })
        .collect();
    (0..n_areas)
        .map(|_| {
            let [first, second] = [truth.unit(), truth.unit()];
            (0..periods)
                .map(|t| 40.0 + first * courses[0][t] + second * courses[1][t] + truth.normal())
                .collect()
        })
        .collect()
}

#[test]
fn where_nothing_was_done_nothing_is_found_too_often() {
    let mut truth = Truth::new(2_010);
    let mut alarms = Tally::default();
    for _ in 0..2_000 {
        let areas = areas(&mut truth, 20, 14);
        let found = synthetic_control(&areas[0], &areas[1..], 10, 0.05).unwrap();
        alarms.note(found.p_value <= 0.05);
    }
    alarms.at_most("synthetic control, 19 donors, nothing done", 0.05);
}

#[test]
fn a_fall_of_three_deviations_is_found_this_often() {
    let mut truth = Truth::new(2_011);
    let mut found = Tally::default();
    for _ in 0..300 {
        let mut areas = areas(&mut truth, 20, 22);
        areas[0][16..].iter_mut().for_each(|value| *value -= 4.0);
        found.note(synthetic_control(&areas[0], &areas[1..], 16, 0.05).unwrap().p_value <= 0.05);
    }
    found.above("synthetic control, power, fall of four noise deviations", 0.3);
}

#[test]
fn generated_series() {
    let case = &peers::read::<Peers>("synthetic_control").cases[1];
    let found = synthetic_control(&case.area, &case.donors, case.n_before, 0.05).unwrap();
    let line = format!(
        "effect {:.3}, {:.2}%, error {:.4} before and {:.4} after, p {:.4}, {:?}",
        found.mean_effect,
        found.percent_effect,
        found.fit.rmspe_before,
        found.fit.rmspe_after,
        found.p_value,
        found.warnings
    );
    insta::assert_snapshot!(line, @"effect -2.043, -13.43%, error 0.2442 before and 2.0605 after, p 0.0667, [LevelOutOfReach { smallest_p: 0.06666666666666667 }]");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn weights_are_a_mixture_no_corner_or_step_improves(
        values in prop::collection::vec(0.0f64..100.0, 7 * 9),
    ) {
        let series: Vec<Vec<f64>> = values.chunks(9).map(<[f64]>::to_vec).collect();
        let found = synthetic_control(&series[0], &series[1..], 6, 0.05).unwrap();
        let weights = &found.fit.weights;
        prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        prop_assert!(weights.iter().all(|w| *w >= 0.0));
        // The condition of Karush, Kuhn and Tucker: no donor points more towards the area than the
        // mixture itself.
        let gap = &found.effect[..6];
        for donor in &series[1..] {
            let gain: f64 = (0..6).map(|t| gap[t] * (donor[t] - found.synthetic[t])).sum();
            prop_assert!(gain <= 1e-6, "{gain}");
        }
    }

    #[test]
    fn few_whole_numbers_and_more_donors_than_periods_are_solved(
        values in prop::collection::vec(0u8..4, 13 * 6),
        size in 1.0f64..1e6,
    ) {
        // Equal donors and donors in one plane abound.
        let series: Vec<Vec<f64>> = values
            .chunks(6)
            .map(|one| one.iter().map(|v| size * f64::from(*v)).collect())
            .collect();
        let found = synthetic_control(&series[0], &series[1..], 5, 0.05).unwrap();
        let gap = &found.effect[..5];
        for donor in &series[1..] {
            let gain: f64 = (0..5).map(|t| gap[t] * (donor[t] - found.synthetic[t])).sum();
            prop_assert!(gain <= 1e-9 * size * size, "{}", gain / size / size);
        }
        prop_assert!((1.0 / 13.0..=1.0).contains(&found.p_value));
    }

    #[test]
    fn the_unit_does_not_matter(
        values in prop::collection::vec(1.0f64..100.0, 6 * 10),
        unit in 0.01f64..1_000.0,
    ) {
        let series: Vec<Vec<f64>> = values.chunks(10).map(<[f64]>::to_vec).collect();
        let other: Vec<Vec<f64>> =
            series.iter().map(|one| one.iter().map(|v| v * unit).collect()).collect();
        let one = synthetic_control(&series[0], &series[1..], 7, 0.05).unwrap();
        let scaled = synthetic_control(&other[0], &other[1..], 7, 0.05).unwrap();
        prop_assert!((one.mean_effect * unit - scaled.mean_effect).abs() < 1e-5 * unit);
    }
}
