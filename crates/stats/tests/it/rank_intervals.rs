use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::dispersion::{Scale, dispersion_over_areas};
use wardmote_stats::interval::Confidence;
use wardmote_stats::rank_intervals::{RankError, RankWarning, rank_intervals};
use wardmote_stats::rates::Exposure;

use crate::peers;
use crate::simulate::{Tally, Truth};

#[derive(Deserialize)]
struct Peers {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    events: Vec<u64>,
    population: Vec<f64>,
    dispersion: f64,
    df: Option<usize>,
    n_shown: usize,
    lower: Vec<usize>,
    upper: Vec<usize>,
}

fn areas(events: &[u64], population: &[f64]) -> Vec<Exposure> {
    let each = events.iter().zip(population);
    each.map(|(&events, &population)| Exposure { events, population }).collect()
}

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/comparison.py, rank_intervals: multipletests(method="holm") over all ordered pairs.
    for case in peers::read::<Peers>("rank_intervals").cases {
        let scale = Scale { dispersion: case.dispersion, degrees_of_freedom: case.df };
        let areas = areas(&case.events, &case.population);
        let found = rank_intervals(&areas, scale, Confidence::P95).unwrap();
        assert_eq!(found.n_shown, case.n_shown);
        assert_eq!(found.areas.iter().map(|area| area.lower).collect::<Vec<_>>(), case.lower);
        assert_eq!(found.areas.iter().map(|area| area.upper).collect::<Vec<_>>(), case.upper);
    }
}

#[test]
fn words_follow_the_interval() {
    let found =
        rank_intervals(&areas(&[900, 100, 110, 0], &[1_000.0; 4]), 1.0, Confidence::P95).unwrap();
    assert_eq!(found.among_highest(0, 1), Some(true));
    assert_eq!(found.among_highest(2, 2), Some(false));
    assert_eq!(found.among_highest(2, 3), Some(true));
    assert_eq!(found.among_lowest(2, 3), Some(true));
    assert_eq!(found.among_lowest(0, 3), Some(false));
    assert_eq!(found.among_lowest(4, 3), None);
    assert_eq!(
        found.warnings,
        [
            RankWarning::ChanceAlone,
            RankWarning::NoEvents { n_areas: 1 },
            RankWarning::FewEvents { n_areas: 1 }
        ]
    );
}

#[test]
fn what_cannot_be_ranked_is_refused() {
    let rank = |events: &[u64], population: &[f64], dispersion: f64| {
        rank_intervals(&areas(events, population), dispersion, Confidence::P95).unwrap_err()
    };
    assert_eq!(rank(&[5], &[9.0], 1.0), RankError::TooFew { n_areas: 1 });
    assert_eq!(rank(&[5, 6], &[9.0, 0.0], 1.0), RankError::NoPopulation { area_index: 1 });
    assert_eq!(rank(&[5, 6], &[9.0, 9.0], 0.9), RankError::Dispersion { dispersion: 0.9 });
}

/// Whether one of the areas has a true rank outside its interval; equal areas have all their ranks.
fn missed(found: &wardmote_stats::rank_intervals::RankIntervals, rates: &[f64]) -> bool {
    found.areas.iter().zip(rates).any(|(area, own)| {
        let best = 1 + rates.iter().filter(|rate| *rate > own).count();
        let worst = rates.len() - rates.iter().filter(|rate| *rate < own).count();
        area.lower > best || area.upper < worst
    })
}

#[test]
fn all_ranks_together_are_covered() {
    let population = [2_000.0, 2_500.0, 3_000.0, 1_500.0, 4_000.0, 1_800.0, 2_200.0, 3_500.0];
    let equal = vec![0.05; 8];
    let pairs = vec![0.03, 0.03, 0.05, 0.05, 0.08, 0.08, 0.13, 0.13];
    let ladder: Vec<f64> = (0..8).map(|k| 0.03 * 1.12_f64.powi(k)).collect();
    let rare = vec![0.003; 8];
    for (name, rates) in
        [("equal", &equal), ("pairs", &pairs), ("ladder", &ladder), ("rare", &rare)]
    {
        let mut truth = Truth::new(2_020);
        let mut known = Tally::default();
        for _ in 0..3_000 {
            let events: Vec<u64> =
                rates.iter().zip(population).map(|(r, n)| truth.count(r * n, 1.0)).collect();
            let found = rank_intervals(&areas(&events, &population), 1.0, Confidence::P95).unwrap();
            known.note(missed(&found, rates));
        }
        known.at_most(&format!("ranks, {name}, chance alone, families with a miss"), 0.05);
    }
}

#[test]
fn all_ranks_together_are_covered_where_months_vary_more_than_chance() {
    let population = [2_000.0, 2_500.0, 3_000.0, 1_500.0, 4_000.0, 1_800.0, 2_200.0, 3_500.0];
    for (name, step) in [("equal", 1.0_f64), ("ladder", 1.12)] {
        let rates: Vec<f64> = (0..8).map(|k| 0.05 * step.powi(k)).collect();
        let mut truth = Truth::new(2_024);
        let [mut with, mut without] = [Tally::default(), Tally::default()];
        for _ in 0..2_000 {
            let months: Vec<Vec<u64>> = rates
                .iter()
                .zip(population)
                .map(|(rate, n)| (0..12).map(|_| truth.count(rate * n / 12.0, 3.0)).collect())
                .collect();
            let events: Vec<u64> = months.iter().map(|area| area.iter().sum()).collect();
            let areas = areas(&events, &population);
            let scale = Scale::from(dispersion_over_areas(&months).unwrap());
            with.note(missed(&rank_intervals(&areas, scale, Confidence::P95).unwrap(), &rates));
            without.note(missed(&rank_intervals(&areas, 1.0, Confidence::P95).unwrap(), &rates));
        }
        with.at_most(&format!("ranks, {name}, φ of 3 measured, families with a miss"), 0.05);
        without.above(&format!("ranks, {name}, φ of 3 ignored, families with a miss"), 0.05);
    }
}

#[test]
fn generated_areas() {
    let case = &peers::read::<Peers>("rank_intervals").cases[1];
    let scale = Scale { dispersion: case.dispersion, degrees_of_freedom: case.df };
    let areas = areas(&case.events, &case.population);
    let found = rank_intervals(&areas, scale, Confidence::P95).unwrap();
    let lines: Vec<String> =
        found.areas.iter().map(|a| format!("{} ({} to {})", a.rank, a.lower, a.upper)).collect();
    insta::assert_snapshot!(lines.join(", "), @"9 (2 to 12), 10 (5 to 12), 3 (1 to 7), 1 (1 to 6), 5 (1 to 10), 8 (4 to 11), 12 (9 to 12), 6 (1 to 11), 2 (1 to 7), 7 (4 to 11), 4 (1 to 9), 11 (6 to 12)");
}

proptest! {
    #[test]
    fn intervals_hold_the_rank_and_order_does_not_matter(
        events in prop::collection::vec(0u64..300, 2..12),
        by in 0usize..12,
    ) {
        let population = vec![1_000.0; events.len()];
        let mut turned = events.clone();
        turned.rotate_left(by % events.len());
        let [one, other] = [&events, &turned]
            .map(|events| rank_intervals(&areas(events, &population), 2.0, Confidence::P95).unwrap());
        for (index, area) in one.areas.iter().enumerate() {
            prop_assert!(area.lower <= area.rank && area.rank <= area.upper);
            let there = (index + events.len() - by % events.len()) % events.len();
            prop_assert_eq!(area, &other.areas[there]);
        }
    }
}
