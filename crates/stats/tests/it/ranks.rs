use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::ranks::{RankError, RankTest, highest, lowest};
use wardmote_stats::rates::Exposure;

use crate::luton::CRIME;

fn areas(events: &[u64]) -> Vec<Exposure> {
    events.iter().map(|&events| Exposure { events, population: 1_000.0 }).collect()
}

#[test]
fn the_leader_against_each_agrees_with_scipy() {
    // norm.sf(log(120 / 90) / sqrt(1.2 * (1/120 + 1/90))): the runner-up has the largest p.
    let found = highest(&areas(&[80, 120, 90]), 1.2).unwrap();
    assert_eq!((found.area_index, found.runner_up_index), (1, 2));
    assert_relative_eq!(found.named_beforehand_p, 0.029_828_422_844, max_relative = 1e-8);
    assert_relative_eq!(found.p_value, 2.0 * found.named_beforehand_p, max_relative = 1e-12);
    assert_relative_eq!(found.ratio_to_runner_up, 4.0 / 3.0, max_relative = 1e-12);
}

#[test]
fn an_area_of_few_people_may_hold_the_largest_p() {
    // The runner-up by rate is populous; the third has a lower rate, but hardly anything is known of it.
    let mut three = areas(&[200, 140, 1]);
    three[2].population = 10.0;
    let found = highest(&three, 1.0).unwrap();
    let without = highest(&three[..2], 1.0).unwrap();
    assert_eq!(found.runner_up_index, 1);
    assert!(found.p_value > 10.0 * without.p_value);
}

#[test]
fn of_two_equal_areas_the_leader_seldom_counts_as_highest() {
    // Summed over the outcomes of two Poisson counts of mean 100, no simulation: at 5% the leader is
    // called highest in about 5% of cases by the doubled p, and in about 10% by the one-sided.
    let log_chance = |n: u32| {
        let log_factorial: f64 = (1..=n).map(|k| f64::from(k).ln()).sum();
        f64::from(n) * 100.0_f64.ln() - 100.0 - log_factorial
    };
    let outcomes: Vec<(u64, f64)> =
        (40..170).map(|n| (u64::from(n), log_chance(n).exp())).collect();
    let (mut doubled, mut one_sided) = (0.0, 0.0);
    for (first, chance_of_first) in &outcomes {
        for (second, chance_of_second) in &outcomes {
            let found = highest(&areas(&[*first, *second]), 1.0).unwrap();
            let chance = chance_of_first * chance_of_second;
            doubled += if found.p_value <= 0.05 { chance } else { 0.0 };
            one_sided += if found.named_beforehand_p <= 0.05 { chance } else { 0.0 };
        }
    }
    assert!((0.045..0.055).contains(&doubled), "{doubled}");
    assert!((0.09..0.11).contains(&one_sided), "{one_sided}");
}

#[test]
fn what_cannot_be_ranked_is_refused() {
    assert_eq!(highest(&areas(&[5]), 1.0), Err(RankError::TooFew { n_areas: 1 }));
    assert_eq!(
        lowest(&areas(&[5, 6]), 0.5).unwrap_err().to_string(),
        "dispersion 0.5 is below 1, not a number, or rests on nothing"
    );
    let mut empty = areas(&[5, 6]);
    empty[1].population = 0.0;
    assert_eq!(highest(&empty, 1.0), Err(RankError::NoPopulation { area_index: 1 }));
}

#[test]
fn luton_months_of_2022() {
    // Months instead of areas: real counts with a narrow lead at one end and a clearer one at none.
    let year = areas(&CRIME[11..23]);
    let line = |found: RankTest| {
        format!(
            "{} before {}, ratio {:.4}, p {:.4}",
            found.area_index, found.runner_up_index, found.ratio_to_runner_up, found.p_value
        )
    };
    let lines = [highest(&year, 6.0), lowest(&year, 6.0)].map(|found| line(found.unwrap()));
    insta::assert_snapshot!(lines.join("\n"), @r"
    1 before 4, ratio 1.0052, p 0.9503
    10 before 8, ratio 0.9866, p 0.8870
    ");
}

proptest! {
    #[test]
    fn order_of_areas_does_not_matter(
        events in prop::collection::vec(0u64..300, 2..12),
        by in 0usize..12,
    ) {
        let mut turned = events.clone();
        turned.rotate_left(by % events.len());
        let [one, other] = [&events, &turned].map(|events| highest(&areas(events), 2.0).unwrap());
        // Areas without events count as half an event and tie with one another, nothing else.
        prop_assert_eq!(events[one.area_index], turned[other.area_index]);
        prop_assert!((one.p_value - other.p_value).abs() < 1e-12);
    }

    #[test]
    fn highest_of_two_is_as_sure_as_lowest_of_the_other(a in 0u64..300, b in 0u64..300) {
        let [top, bottom] = [highest(&areas(&[a, b]), 1.0), lowest(&areas(&[a, b]), 1.0)]
            .map(|found| found.unwrap());
        prop_assert!((top.p_value - bottom.p_value).abs() < 1e-12);
        prop_assert_eq!(a == b, top.area_index == bottom.area_index);
        prop_assert!(top.ratio_to_runner_up >= 1.0 && bottom.ratio_to_runner_up <= 1.0);
    }
}
