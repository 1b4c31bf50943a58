use approx::assert_relative_eq;
use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::prioritise::{
    Matrix, Priorities, PrioritiseError, Priority, Scores, Sensitivity, prioritise,
};

use crate::peers;

#[derive(Deserialize)]
struct Peers {
    highest: u8,
    step_probability: f64,
    organisational_share: f64,
    weights: [f64; 5],
    items: Vec<[u8; 7]>,
    totals: Vec<f64>,
    in_top_1: Vec<f64>,
}

/// Five harms, likelihood and organisational position.
fn scores(item: [u8; 7]) -> Scores {
    let [harm @ .., likelihood, organisational_position] = item;
    Scores { harm, likelihood, organisational_position, confidence: 3 }
}

const MATRIX: Matrix =
    Matrix { highest_score: 5, harm_weights: [3.0, 2.0, 1.0, 2.0, 1.0], organisational_share: 0.2 };

fn sensitivity() -> Sensitivity {
    Sensitivity { weight_range: 0.25, step_probability: 0.3, top: 1, n_draws: 2_000, seed: 18 }
}

#[test]
fn shares_of_draws_are_those_of_every_outcome_counted() {
    // benches/peers/comparison.py, prioritise: the scores' 3^7 outcomes an item, without varied weights.
    let peers: Peers = peers::read("prioritise");
    let items: Vec<Scores> = peers.items.into_iter().map(scores).collect();
    let matrix = Matrix {
        highest_score: peers.highest,
        harm_weights: peers.weights,
        organisational_share: peers.organisational_share,
    };
    let n_draws = 40_000;
    let tried = Sensitivity {
        weight_range: 0.0,
        step_probability: peers.step_probability,
        n_draws,
        ..sensitivity()
    };
    let found = prioritise(&items, matrix, tried).unwrap();
    for ((item, total), share) in found.items.iter().zip(peers.totals).zip(peers.in_top_1) {
        assert_relative_eq!(item.total, total, max_relative = 1e-12);
        // Five binomial standard errors.
        let tolerance = 5.0 * (share * (1.0 - share) / n_draws as f64).sqrt();
        assert!((item.share_in_top - share).abs() < tolerance, "{} {share}", item.share_in_top);
    }
}

#[test]
fn varied_weights_give_the_share_of_the_integral() {
    // Two problems that only physical and psychological harm tell apart: 5 and 1 against 1 and 4, with
    // weights 3a and 4b, a and b even in 0.5 to 1.5. The first leads where 4 * 3a > 3 * 4b, so a > b:
    // half of the square. With weights 3a and 3b it is 4a > 3b: 1 - 1/(2*3*4)·(2 - 1.5)²·... computed
    // below as an area: b > 4a/3 is a triangle with corners (1/2, 2/3), (1/2, 3/2), (9/8, 3/2).
    let items = [[5, 1, 1, 1, 1, 3, 3], [1, 4, 1, 1, 1, 3, 3]].map(scores);
    let share = |harm_weights| {
        let matrix = Matrix { harm_weights, organisational_share: 0.0, ..MATRIX };
        let tried = Sensitivity {
            weight_range: 0.5,
            step_probability: 0.0,
            n_draws: 40_000,
            ..sensitivity()
        };
        prioritise(&items, matrix, tried).unwrap().items[0].share_in_top
    };
    let triangle = 0.5 * (1.5 - 2.0 / 3.0) * (9.0 / 8.0 - 0.5);
    for (weights, expected) in
        [([3.0, 4.0, 0.0, 0.0, 0.0], 0.5), ([3.0, 3.0, 0.0, 0.0, 0.0], 1.0 - triangle)]
    {
        let tolerance = 5.0 * (0.25_f64 / 40_000.0).sqrt();
        assert!((share(weights) - expected).abs() < tolerance, "{} {expected}", share(weights));
    }
}

#[test]
fn confidence_moves_nothing() {
    let items = [[4, 3, 2, 3, 1, 4, 2], [3, 4, 2, 4, 2, 4, 3]].map(scores);
    let unsure = items.map(|item| Scores { confidence: 1, ..item });
    let outcome = |items: &[Scores]| -> Vec<(f64, usize, f64)> {
        let found: Priorities = prioritise(items, MATRIX, sensitivity()).unwrap();
        found.items.iter().map(|item| (item.total, item.rank, item.share_in_top)).collect()
    };
    assert_eq!(outcome(&items), outcome(&unsure));
}

#[test]
fn what_cannot_be_put_in_order_is_refused() {
    let pair = [[4, 3, 2, 3, 1, 4, 2], [3, 4, 2, 4, 2, 4, 3]].map(scores);
    let check = |items: &[Scores], matrix, sensitivity, message: &str| {
        assert_eq!(prioritise(items, matrix, sensitivity).unwrap_err().to_string(), message);
    };
    let one = PrioritiseError::TooFew { n_items: 1 };
    assert_eq!(prioritise(&pair[..1], MATRIX, sensitivity()), Err(one));
    let high = Scores { likelihood: 6, ..pair[0] };
    check(
        &[pair[0], high],
        MATRIX,
        sensitivity(),
        "problem 1 has a likelihood score of 6, which is not 1 to 5",
    );
    let none = Scores { harm: [1, 1, 0, 1, 1], ..pair[0] };
    check(
        &[none, pair[1]],
        MATRIX,
        sensitivity(),
        "problem 0 has a financial score of 0, which is not 1 to 5",
    );
    let flat = Matrix { highest_score: 1, ..MATRIX };
    check(&pair, flat, sensitivity(), "a scale from 1 to 1 tells nothing apart");
    let weightless = Matrix { harm_weights: [0.0; 5], ..MATRIX };
    check(&pair, weightless, sensitivity(), "weight 0 of a kind of harm cannot be used");
    let wide = Sensitivity { weight_range: 1.5, ..sensitivity() };
    check(&pair, MATRIX, wide, "range of weights 1.5 is not between 0 and 1");
    let top = Sensitivity { top: 3, ..sensitivity() };
    check(&pair, MATRIX, top, "a top 3 of 2 problems cannot be taken");
    let few = Sensitivity { n_draws: 10, ..sensitivity() };
    check(&pair, MATRIX, few, "10 draws are too few; at least 1000 are needed");
}

#[test]
fn generated_problems() {
    let items: Vec<Scores> =
        peers::read::<Peers>("prioritise").items.into_iter().map(scores).collect();
    let found = prioritise(&items, MATRIX, sensitivity()).unwrap();
    let line = |item: &Priority| {
        let (best, worst) = item.rank_interval;
        format!("{} ({best} to {worst}), first in {:.4}", item.rank, item.share_in_top)
    };
    insta::assert_snapshot!(found.items.iter().map(line).collect::<Vec<_>>().join("\n"), @r"
    2 (1 to 3), first in 0.2220
    1 (1 to 3), first in 0.7370
    3 (1 to 3), first in 0.0410
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_worse_score_never_lowers_the_total(
        item in prop::array::uniform7(1u8..5),
        which in 0usize..7,
    ) {
        let mut worse = item;
        worse[which] += 1;
        let tried = Sensitivity { n_draws: 1_000, ..sensitivity() };
        let found = prioritise(&[scores(item), scores(worse)], MATRIX, tried).unwrap();
        prop_assert!(found.items[1].total >= found.items[0].total);
        prop_assert_eq!(found.items[1].rank, 1);
        for item in &found.items {
            prop_assert!((0.0..=1.0).contains(&item.share_in_top));
            prop_assert!(item.rank_interval.0 <= item.rank_interval.1);
        }
    }
}
