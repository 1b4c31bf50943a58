use approx::assert_relative_eq;
use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::disproportionality::{
    DisproportionalityError, Group, Limit, compare_find_rates, compare_search_rates,
};
use wardmote_stats::share_periods::Part;

use crate::peers;
use crate::simulate::{Tally, Truth};

#[derive(Deserialize)]
struct Peers {
    residents: [f64; 2],
    group: Vec<(u64, u64)>,
    reference: Vec<(u64, u64)>,
    used: f64,
    df: usize,
    ratio: f64,
    lower: f64,
    upper: f64,
    p: f64,
    finds_phi: f64,
    finds_factor: f64,
    finds_z: f64,
    finds_p: f64,
    finds_difference: f64,
}

fn parts(months: &[(u64, u64)]) -> Vec<Part> {
    months.iter().map(|&(with, of)| Part { with, of }).collect()
}

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/comparison.py, disproportionality: GLM(Poisson) with group and month effects for the
    // dispersion, with an offset for the ratio; GLM(Binomial) and proportions_ztest for the finds.
    let peers: Peers = peers::read("disproportionality");
    let (months, others) = (parts(&peers.group), parts(&peers.reference));
    let group = Group { residents: peers.residents[0], months: &months };
    let reference = Group { residents: peers.residents[1], months: &others };
    let found = compare_search_rates(group, reference, 40).unwrap();
    assert_relative_eq!(found.dispersion.used, peers.used, max_relative = 1e-8);
    assert_eq!(found.dispersion.degrees_of_freedom, peers.df);
    assert_relative_eq!(found.ratio.ratio, peers.ratio, max_relative = 1e-10);
    assert_relative_eq!(found.ratio.interval.lower, peers.lower, max_relative = 1e-7);
    assert_relative_eq!(found.ratio.interval.upper, peers.upper, max_relative = 1e-7);
    assert_relative_eq!(found.ratio.p_value, peers.p, max_relative = 1e-6);
    assert!(found.bounds.lower < peers.ratio && peers.ratio < found.bounds.upper);
    let finds = compare_find_rates(group, reference).unwrap();
    assert_relative_eq!(finds.shares.difference, peers.finds_difference, max_relative = 1e-10);
    let dispersion = finds.shares.dispersion;
    assert_relative_eq!(dispersion.pearson_phi, peers.finds_phi, max_relative = 1e-8);
    assert_relative_eq!(dispersion.autocorrelation_factor, peers.finds_factor, max_relative = 1e-8);
    assert_relative_eq!(finds.shares.z, peers.finds_z, max_relative = 1e-8);
    assert_relative_eq!(finds.shares.p_value, peers.finds_p, max_relative = 1e-7);
}

#[test]
fn limits_go_with_the_result() {
    let months = parts(&[(30, 100), (25, 90)]);
    let group = Group { residents: 1_000.0, months: &months };
    let rates = compare_search_rates(group, group, 0).unwrap();
    assert!(rates.limits.contains(&Limit::ResidentsAreNotTheStreet));
    let finds =
        compare_find_rates(group, Group { residents: 9.0, months: &parts(&[(30, 100), (26, 90)]) });
    let limits = finds.unwrap().limits;
    assert!(limits.contains(&Limit::InfraMarginality));
    assert!(limits.iter().all(|limit| limit.sentence().ends_with('.')));
}

#[test]
fn small_numbers_are_refused() {
    let (few, many) = (parts(&[(3, 20), (2, 29)]), parts(&[(30, 200), (20, 290)]));
    let group = Group { residents: 100.0, months: &few };
    let reference = Group { residents: 1_000.0, months: &many };
    let too_few = DisproportionalityError::TooFewSearches { searches: 49 };
    assert_eq!(compare_search_rates(group, reference, 0), Err(too_few));
    assert_eq!(compare_find_rates(reference, group), Err(too_few));
    let one_more = parts(&[(3, 20), (6, 30)]);
    let group = Group { residents: 100.0, months: &one_more };
    let error = compare_find_rates(group, reference).unwrap_err();
    assert_eq!(error, DisproportionalityError::TooFewFinds { cases: 9 });
    assert!(compare_search_rates(group, reference, 0).is_ok());
    assert_eq!(
        error.to_string(),
        "9 searches of a group with a find, or without one; below 10 nothing is said of it"
    );
}

#[test]
fn equal_groups_seldom_differ() {
    for dispersion in [1.0, 2.5] {
        let mut truth = Truth::new(44);
        let [mut rates, mut finds] = [Tally::default(), Tally::default()];
        for _ in 0..3_000 {
            let [small, large] = [8.0, 60.0].map(|mean| {
                let month = |truth: &mut Truth| {
                    let of = truth.count(mean, dispersion);
                    // Some months find more than others, in both groups alike.
                    let share = 0.25 + if dispersion > 1.0 { 0.06 * truth.normal() } else { 0.0 };
                    Part { with: truth.binomial(of, share.clamp(0.0, 1.0)), of }
                };
                (0..24).map(|_| month(&mut truth)).collect::<Vec<Part>>()
            });
            let group = Group { residents: 8_000.0, months: &small };
            let reference = Group { residents: 60_000.0, months: &large };
            rates.note(compare_search_rates(group, reference, 0).unwrap().ratio.p_value <= 0.05);
            finds.note(compare_find_rates(group, reference).unwrap().shares.p_value <= 0.05);
        }
        rates.at_most(&format!("searches, φ of {dispersion}, equal rates"), 0.05);
        finds.at_most(&format!("finds, φ of {dispersion}, equal shares"), 0.05);
    }
}

#[test]
fn searching_half_as_often_again_is_found() {
    let mut truth = Truth::new(45);
    let mut found = Tally::default();
    for _ in 0..1_000 {
        let [small, large] = [12.0, 60.0].map(|mean| {
            (0..24).map(|_| Part { with: 0, of: truth.count(mean, 2.5) }).collect::<Vec<Part>>()
        });
        let group = Group { residents: 8_000.0, months: &small };
        let reference = Group { residents: 60_000.0, months: &large };
        found.note(compare_search_rates(group, reference, 0).unwrap().ratio.p_value <= 0.05);
    }
    found.above("searches, power, 12 a month for 8, φ of 2.5", 0.5);
}

#[test]
fn generated_searches() {
    let peers: Peers = peers::read("disproportionality");
    let (months, others) = (parts(&peers.group), parts(&peers.reference));
    let group = Group { residents: peers.residents[0], months: &months };
    let reference = Group { residents: peers.residents[1], months: &others };
    let searches = compare_search_rates(group, reference, 40).unwrap();
    let finds = compare_find_rates(group, reference).unwrap();
    let (ratio, bounds) = (searches.ratio, searches.bounds);
    let line = format!(
        "searches {:.3} ({:.3} to {:.3}), bounds {:.3} to {:.3}; finds {:.3}, p {:.4}",
        ratio.ratio,
        ratio.interval.lower,
        ratio.interval.upper,
        bounds.lower,
        bounds.upper,
        finds.ratio,
        finds.shares.p_value
    );
    insta::assert_snapshot!(line, @"searches 1.967 (1.622 to 2.384), bounds 1.899 to 2.232; finds 0.876, p 0.6895");
}

proptest! {
    #[test]
    fn exchanging_the_groups_inverts_the_ratio(
        a in prop::collection::vec(10u64..90, 12),
        b in prop::collection::vec(10u64..90, 12),
    ) {
        let months = |of: &[u64]| of.iter().map(|&of| Part { with: of / 4, of }).collect::<Vec<_>>();
        let (a, b) = (months(&a), months(&b));
        let one = Group { residents: 500.0, months: &a };
        let other = Group { residents: 900.0, months: &b };
        let there = compare_search_rates(one, other, 7).unwrap();
        let back = compare_search_rates(other, one, 7).unwrap();
        prop_assert!((there.ratio.ratio * back.ratio.ratio - 1.0).abs() < 1e-9);
        prop_assert!((there.bounds.lower * back.bounds.upper - 1.0).abs() < 1e-9);
    }
}
