use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::concentration::{ConcentrationError, concentration};
use wardmote_stats::spatial::repeats::{RepeatError, repeats};

use super::{Chance, Page, Peer, Tally, settings};

#[test]
fn shares_and_gini_agree_with_numpy() {
    // numpy 2.4.6: the Gini coefficient as the mean difference of all pairs, 20,000 random
    // arrangements for what chance gives.
    let peer = Peer::read("concentration");
    let found = concentration(&peer.counts("counts"), &[0.25, 0.5], settings(4_999, 1)).unwrap();
    assert_relative_eq!(found.gini, peer.number("gini"), max_relative = 1e-10);
    let generalised = peer.number("generalised_gini");
    assert_relative_eq!(found.generalised_gini, generalised, max_relative = 1e-10);
    let places: Vec<u64> = found.shares.iter().map(|share| share.n_places as u64).collect();
    assert_eq!(places, peer.counts("places"));
    // A mean of 4,999 shares whose standard deviation is about 0.01.
    assert_relative_eq!(found.shares[1].by_chance, peer.number("half_by_chance"), epsilon = 1e-3);
    let by_chance = found.generalised_gini_by_chance;
    assert_relative_eq!(by_chance, peer.number("gini_by_chance"), epsilon = 3e-3);
}

#[test]
fn repeats_agree_with_numpy_and_scipy() {
    // scipy 1.17.1, binom.pmf.
    let peer = Peer::read("concentration");
    let found = repeats(&peer.counts("keys"), 300, settings(999, 1)).unwrap();
    let expected = peer.numbers("expected_places");
    let places: Vec<u64> = found.table.iter().skip(1).map(|row| row.n_places).collect();
    assert_eq!(places, peer.counts("repeat_places"));
    for (row, expected) in found.table.iter().zip(expected) {
        assert_relative_eq!(row.expected_places, expected, max_relative = 1e-9);
    }
    assert_eq!(found.table[0].n_places + found.n_hit, 300);
}

#[test]
fn as_even_as_can_be_has_no_generalised_gini() {
    // Three events at three of ten places: the coefficient is 0.7, the generalised one 0 (Bernasco and
    // Steenbeek's point).
    let counts = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0];
    let found = concentration(&counts, &[0.5], settings(99, 1)).unwrap();
    assert_relative_eq!(found.gini, 0.7, max_relative = 1e-12);
    assert_relative_eq!(found.generalised_gini, 0.0, epsilon = 1e-12);
    assert_relative_eq!(found.p_value, 1.0);
    let all_at_one = concentration(&[9, 0, 0, 0], &[1.0], settings(99, 1)).unwrap();
    assert_relative_eq!(all_at_one.gini, 0.75);
    assert_eq!(all_at_one.shares[0].n_places, 1);
}

#[test]
fn the_pages_show_what_the_code_finds() {
    let peer = Peer::read("concentration");
    let found = concentration(&peer.counts("counts"), &[0.25, 0.5], settings(999, 1)).unwrap();
    let page = Page::read("concentration");
    for share in &found.shares {
        page.says(&format!(
            "| {:.0}% | {} | {:.1}% | {:.1}% ({:.1}% to {:.1}%) |",
            100.0 * share.share_of_events,
            share.n_places,
            100.0 * share.share_of_places,
            100.0 * share.by_chance,
            100.0 * share.chance_interval.lower,
            100.0 * share.chance_interval.upper
        ));
    }
    page.says(&format!(
        "{} events in {} places: Gini {:.3}, generalised Gini {:.3} (by chance {:.3}, p {:.3}).",
        found.n_events,
        found.n_places,
        found.gini,
        found.generalised_gini,
        found.generalised_gini_by_chance,
        found.p_value
    ));
    let found = repeats(&peer.counts("keys"), 300, settings(999, 1)).unwrap();
    let page = Page::read("repeats");
    for row in &found.table {
        page.says(&format!("| {} | {} | {:.1} |", row.n_events, row.n_places, row.expected_places));
    }
    page.says(&format!(
        "{} of {} events came after the first at their place; by chance it would be {:.1} (p {:.3}).",
        found.n_repeat_events, found.n_events, found.expected_repeat_events, found.p_value
    ));
    insta::assert_debug_snapshot!((found.n_hit, found.n_repeatedly_hit, found.warnings), @r"
(
    38,
    15,
    [],
)
");
}

#[test]
fn random_places_seldom_look_concentrated() {
    let tally = Tally::count(2_000, |i| {
        let mut chance = Chance::new(i + 1_000);
        let mut counts = vec![0; 50];
        for _ in 0..60 {
            counts[chance.below(50)] += 1;
        }
        concentration(&counts, &[0.5], settings(99, i)).unwrap().p_value <= 0.05
    });
    Page::read("concentration").says(&format!("| random places | {} |", tally.false_alarms(0.05)));
    let tally = Tally::count(2_000, |i| {
        let mut chance = Chance::new(i + 2_000);
        let keys: Vec<usize> = (0..40).map(|_| chance.below(300)).collect();
        repeats(&keys, 300, settings(99, i)).unwrap().p_value <= 0.05
    });
    Page::read("repeats").says(&format!("| random places | {} |", tally.false_alarms(0.05)));
}

#[test]
fn what_cannot_concentrate_is_refused() {
    let nothing = ConcentrationError::Nothing { n_events: 0, n_places: 2 };
    assert_eq!(concentration(&[0, 0], &[0.5], settings(99, 1)), Err(nothing));
    assert_eq!(
        concentration(&[1, 0], &[50.0], settings(99, 1)).unwrap_err().to_string(),
        "a share of 50 of the events is not above 0 and up to 1"
    );
    assert_eq!(repeats::<u8>(&[], 5, settings(99, 1)), Err(RepeatError::NoEvents));
    let few = RepeatError::PlacesAtRisk { n_at_risk: 1, n_hit: 2 };
    assert_eq!(repeats(&["a", "b"], 1, settings(99, 1)), Err(few));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn an_empty_place_more_means_more_concentration(counts in prop::collection::vec(0u64..9, 2..30)) {
        prop_assume!(counts.iter().sum::<u64>() > 0);
        let mut more = counts.clone();
        more.push(0);
        let [a, b] = [&counts, &more].map(|c| concentration(c, &[0.5], settings(19, 1)).unwrap());
        prop_assert!(b.gini >= a.gini - 1e-12);
        prop_assert_eq!(a.shares[0].n_places, b.shares[0].n_places);
        prop_assert!((-1e-12..=1.0).contains(&a.generalised_gini));
    }

    #[test]
    fn tables_of_repeats_add_up(keys in prop::collection::vec(0u32..20, 1..60)) {
        let found = repeats(&keys, 50, settings(19, 1)).unwrap();
        let sum = |of: fn(u64, u64) -> u64| -> u64 {
            found.table.iter().map(|row| of(row.n_events, row.n_places)).sum()
        };
        prop_assert_eq!(sum(|_, places| places), 50);
        prop_assert_eq!(sum(|events, places| events * places), keys.len() as u64);
        prop_assert_eq!(found.n_events - found.n_hit, found.n_repeat_events);
    }
}
