use approx::assert_relative_eq;
use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::dispersion::Scale;
use wardmote_stats::harm::{HarmError, HarmWarning, compare_harm, harm_concentration};
use wardmote_stats::rates::RateError;

use crate::peers;
use crate::simulate::{Tally, Truth};

#[derive(Deserialize)]
struct Peers {
    weights: Vec<f64>,
    earlier: Vec<u64>,
    later: Vec<u64>,
    limits: [[f64; 2]; 2],
    tests: Vec<Test>,
    two_events_in_ten_areas: f64,
}

#[derive(Deserialize)]
struct Test {
    dispersion: f64,
    df: Option<usize>,
    joint: usize,
    error: f64,
    z: f64,
    p: f64,
    percent: [f64; 3],
}

#[test]
fn agrees_with_scipy() {
    // benches/peers/comparison.py, harm: gamma limits, t, and numpy's roots.
    let peers: Peers = peers::read("harm");
    for test in peers.tests {
        let scale = Scale { dispersion: test.dispersion, degrees_of_freedom: test.df };
        let found = compare_harm(&peers.earlier, &peers.later, &peers.weights, scale).unwrap();
        for (sum, [lower, upper]) in [found.earlier, found.later].iter().zip(peers.limits) {
            assert_relative_eq!(sum.interval.lower, lower, max_relative = 1e-6);
            assert_relative_eq!(sum.interval.upper, upper, max_relative = 1e-6);
        }
        assert_relative_eq!(found.standard_error.value, test.error, max_relative = 1e-10);
        assert_eq!(found.standard_error.degrees_of_freedom, Some(test.joint));
        assert_relative_eq!(found.z, test.z, max_relative = 1e-10);
        assert_relative_eq!(found.p_value, test.p, max_relative = 1e-7);
        let limits = [found.percent_interval.lower, found.percent_interval.upper];
        assert_relative_eq!(found.percent_change, test.percent[0], max_relative = 1e-9);
        assert_relative_eq!(limits[0], test.percent[1], max_relative = 1e-7);
        assert_relative_eq!(limits[1], test.percent[2], max_relative = 1e-7);
    }
}

#[test]
fn concentration_by_chance_is_the_exact_expectation() {
    // Two events in ten areas, the top tenth: both in one area with a chance of a tenth, otherwise half.
    let peers: Peers = peers::read("harm");
    let mut counts = vec![vec![0]; 10];
    counts[3] = vec![2];
    let found = harm_concentration(&counts, &[5.0], 0.1, 20_000, 11).unwrap();
    assert_eq!((found.n_top, found.top_area_indices.as_slice()), (1, &[3][..]));
    assert_relative_eq!(found.share_of_harm, 1.0);
    // Five standard errors of the mean of 20,000 draws that are 1/2 or 1: 0.0053.
    assert!(
        (found.by_chance - peers.two_events_in_ten_areas).abs() < 0.0053,
        "{}",
        found.by_chance
    );
    assert!((found.p_value - 0.1).abs() < 5.0 * (0.09_f64 / 20_000.0).sqrt());
    assert_eq!(harm_concentration(&counts, &[5.0], 0.1, 20_000, 11).unwrap(), found);
}

#[test]
fn what_decides_is_said() {
    let found = compare_harm(&[900, 30], &[900, 40], &[1.0, 50.0], 1.0).unwrap();
    // 70 * 2500 of 70 * 2500 + 1800.
    let share = 175_000.0 / 176_800.0;
    let decides = HarmWarning::OneKindDecides { kind_index: 1, share };
    assert_eq!(found.warnings, [HarmWarning::ChanceAlone, decides]);
    assert_eq!((found.earlier_events, found.later_events), (930, 940));
    let even = compare_harm(&[900, 900], &[900, 900], &[1.0, 1.0], 2.0).unwrap();
    assert_eq!(even.warnings, []);
}

#[test]
fn what_cannot_be_weighed_is_refused() {
    let compare = |earlier: &[u64], weights: &[f64], dispersion: f64| {
        compare_harm(earlier, &[90, 9], weights, dispersion).unwrap_err()
    };
    let uneven = RateError::LengthMismatch { events: 2, residents: 1 };
    assert_eq!(compare(&[90, 9], &[1.0], 1.0), HarmError::Sum(uneven));
    assert_eq!(compare(&[90, 9], &[1.0, 2.0], 0.5), HarmError::Dispersion { dispersion: 0.5 });
    let heavy = compare(&[90, 9], &[1.0, 3_000.0], 1.0);
    assert!(matches!(heavy, HarmError::TooFewEvents { .. }));
    assert_eq!(
        heavy.to_string(),
        "the harm rests on 9.1 events by weight; below 10 it cannot be compared"
    );
    let concentrate = |areas: usize, top_share| {
        harm_concentration(&vec![vec![0, 0]; areas], &[1.0, 2.0], top_share, 99, 1).unwrap_err()
    };
    assert_eq!(concentrate(30, 0.05), HarmError::NoHarm);
    assert_eq!(concentrate(30, 1.5), HarmError::TopShare { top_share: 1.5 });
    let too_few = HarmError::TooFewAreas { n_areas: 19, top_share: 0.05, needed: 20 };
    assert_eq!(concentrate(19, 0.05), too_few);
}

#[test]
fn harm_that_did_not_change_seldom_seems_to() {
    let weights = [1.0, 8.0, 20.0, 365.0, 1_095.0];
    for (name, means) in [
        ("about 11 effective events", [200.0, 75.0, 30.0, 7.0, 1.5]),
        ("about 23 effective events", [400.0, 150.0, 60.0, 14.0, 2.5]),
        ("about 47 effective events", [900.0, 300.0, 100.0, 30.0, 12.0]),
        ("about 226 effective events", [4_000.0, 1_500.0, 600.0, 140.0, 45.0]),
    ] {
        let mut truth = Truth::new(1_997);
        let [mut alarms, mut refused, mut missed] =
            [Tally::default(), Tally::default(), Tally::default()];
        for _ in 0..4_000 {
            let [earlier, later] = [0, 1].map(|_| means.map(|mean| truth.count(mean, 1.0)));
            match compare_harm(&earlier, &later, &weights, 1.0) {
                Ok(found) => {
                    refused.note(false);
                    alarms.note(found.p_value <= 0.05);
                    missed.note(!found.percent_interval.contains(0.0));
                }
                Err(error) => {
                    assert!(matches!(error, HarmError::TooFewEvents { .. }));
                    refused.note(true);
                }
            }
        }
        println!("harm, {name}: refused {:.1}%", 100.0 * refused.share());
        alarms.at_most(&format!("harm, {name}, nothing changed"), 0.05);
        missed.at_most(&format!("harm, {name}, interval without the truth"), 0.05);
    }
}

#[test]
fn a_rise_by_a_quarter_is_found_this_often() {
    let mut truth = Truth::new(1_998);
    let mut found = Tally::default();
    let means = [4_000.0, 1_500.0, 600.0, 140.0, 45.0];
    for _ in 0..1_000 {
        let [earlier, later] = [1.0, 1.25].map(|by| means.map(|mean| truth.count(mean * by, 1.0)));
        let weights = [1.0, 8.0, 20.0, 365.0, 1_095.0];
        found.note(compare_harm(&earlier, &later, &weights, 1.0).unwrap().p_value <= 0.05);
    }
    found.above("harm, power, many, rise of a quarter", 0.3);
}

#[test]
fn harm_spread_at_random_seldom_seems_concentrated() {
    let mut truth = Truth::new(1_989);
    let mut alarms = Tally::default();
    for draw in 0..2_000 {
        let counts: Vec<Vec<u64>> =
            (0..40).map(|_| vec![truth.count(2.0, 1.0), truth.count(0.3, 1.0)]).collect();
        let found = harm_concentration(&counts, &[1.0, 30.0], 0.05, 99, draw).unwrap();
        alarms.note(found.p_value <= 0.05);
    }
    alarms.at_most("harm, spread at random, concentration found", 0.05);
}

#[test]
fn generated_harm() {
    let peers: Peers = peers::read("harm");
    let found = compare_harm(&peers.earlier, &peers.later, &peers.weights, 1.0).unwrap();
    let limits = found.percent_interval;
    let line = format!(
        "{:.0} then {:.0}, {:+.1}% ({:+.1}% to {:+.1}%), p {:.4}, {:.1} and {:.1} effective events",
        found.earlier.value,
        found.later.value,
        found.percent_change,
        limits.lower,
        limits.upper,
        found.p_value,
        found.earlier_effective_events,
        found.later_effective_events
    );
    insta::assert_snapshot!(line, @"8953 then 7692, -14.1% (-50.7% to +56.4%), p 0.5728, 25.9 and 33.5 effective events");
}

proptest! {
    #[test]
    fn the_unit_of_the_weights_does_not_matter(
        earlier in prop::collection::vec(40u64..400, 4),
        later in prop::collection::vec(40u64..400, 4),
        unit in 0.01f64..100.0,
    ) {
        let weights = [1.0, 2.0, 5.0, 9.0];
        let one = compare_harm(&earlier, &later, &weights, 1.5).unwrap();
        let other = compare_harm(&earlier, &later, &weights.map(|w| w * unit), 1.5).unwrap();
        prop_assert!((one.percent_change - other.percent_change).abs() < 1e-8);
        prop_assert!((one.p_value - other.p_value).abs() < 1e-10);
    }

    #[test]
    fn the_top_holds_at_least_its_share(counts in prop::collection::vec(0u64..50, 20..60)) {
        prop_assume!(counts.iter().any(|n| *n > 0));
        let rows: Vec<Vec<u64>> = counts.iter().map(|n| vec![*n]).collect();
        let found = harm_concentration(&rows, &[3.0], 0.05, 20, 5).unwrap();
        let even = found.n_top as f64 / found.n_areas as f64;
        prop_assert!(found.share_of_harm >= even - 1e-12 && found.share_of_harm <= 1.0 + 1e-12);
        prop_assert!(found.by_chance >= even - 1e-12);
    }
}
