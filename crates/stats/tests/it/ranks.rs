use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::ranks::{RankError, RankTest, highest};
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
    assert_relative_eq!(found.p_value, 0.029_828_422_844, max_relative = 1e-8);
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
fn what_cannot_be_ranked_is_refused() {
    assert_eq!(highest(&areas(&[5]), 1.0), Err(RankError::TooFew { n_areas: 1 }));
    assert_eq!(
        highest(&areas(&[5, 6]), 0.5).unwrap_err().to_string(),
        "dispersion 0.5 is below 1 or not a number"
    );
    let mut empty = areas(&[5, 6]);
    empty[1].population = 0.0;
    assert_eq!(highest(&empty, 1.0), Err(RankError::NoPopulation { area_index: 1 }));
}

#[test]
fn luton_months_of_2022() {
    // Months instead of areas: real counts with a narrow lead.
    let RankTest { area_index, runner_up_index, p_value } =
        highest(&areas(&CRIME[11..23]), 6.0).unwrap();
    let line = format!("{area_index} before {runner_up_index}, p {p_value:.4}");
    insta::assert_snapshot!(line, @"1 before 4, p 0.4752");
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
}
