use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::hotspots::{
    Emergence, EmergenceClass, EmergenceSettings, HotspotError, emergence, predictive_accuracy,
    rank_by_count,
};
use wardmote_stats::spatial::{SettingsError, Warning};

use super::{Chance, Page, Peer, Tally};

const LEVEL: EmergenceSettings = EmergenceSettings { level: 0.05 };

fn of_peer(peer: &Peer) -> Emergence {
    emergence(&peer.count_rows("counts"), &[1.0; 40], LEVEL).unwrap()
}

#[test]
fn drift_and_heat_agree_with_scipy() {
    // scipy 1.17.1: Student's t, the gamma distribution and false_discovery_control, over statistics
    // that numpy computes from the formulas of the page.
    let peer = Peer::read("hotspots");
    let found = of_peer(&peer);
    assert_relative_eq!(found.dispersion.floored_phi, peer.number("phi"), max_relative = 1e-10);
    let columns = ["z", "p", "p_adjusted", "hot_p", "hot_adjusted"].map(|key| peer.numbers(key));
    for (i, place) in found.places.iter().enumerate() {
        let values = [
            place.trend_z,
            place.trend_p,
            place.trend_adjusted_p,
            place.hot_p,
            place.hot_adjusted_p,
        ];
        for (found, column) in values.into_iter().zip(&columns) {
            assert_relative_eq!(found, column[i], max_relative = 1e-6, epsilon = 1e-12);
        }
    }
}

#[test]
fn accuracy_agrees_with_trying_every_choice() {
    let peer = Peer::read("hotspots");
    let (training, test) = (peer.counts("training"), peer.counts("test"));
    let found = predictive_accuracy(&training, &test, &[0.04; 11], 3.0 / 11.0).unwrap();
    assert_eq!(found.chosen.iter().map(|&c| c as u64).collect::<Vec<_>>(), peer.counts("chosen"));
    assert_relative_eq!(found.pai, peer.number("pai"), max_relative = 1e-10);
    assert_relative_eq!(found.pei, peer.number("pei"), max_relative = 1e-10);
}

#[test]
fn a_perfect_map_has_a_pei_of_one_and_a_useless_one_a_pai_of_one() {
    let counts = [9, 1, 4, 7];
    let found = predictive_accuracy(&counts, &counts, &[1.0, 2.0, 3.0, 4.0], 0.1).unwrap();
    assert_relative_eq!(found.pei, 1.0);
    let everything = predictive_accuracy(&counts, &[1, 2, 3, 4], &[1.0; 4], 1.0).unwrap();
    assert_relative_eq!(everything.pai, 1.0);
    assert_relative_eq!(everything.pei, 1.0);
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let peer = Peer::read("hotspots");
    let page = Page::read("hotspots");
    let (training, test) = (peer.counts("training"), peer.counts("test"));
    let found = predictive_accuracy(&training, &test, &[0.04; 11], 3.0 / 11.0).unwrap();
    page.says(&format!(
        "{} of {} events ({:.0}%, 95% interval {:.0}% to {:.0}%) in {:.0}% of the area: PAI {:.2}, PEI {:.2}.",
        found.n_hit,
        found.n_test,
        100.0 * found.hit_rate,
        100.0 * found.hit_rate_interval.lower,
        100.0 * found.hit_rate_interval.upper,
        100.0 * found.share_of_area,
        found.pai,
        found.pei
    ));
    let found = of_peer(&peer);
    for i in 0..4 {
        let place = &found.places[i];
        page.says(&format!(
            "| {} | {} | {:.2} | {:.4} | {:.4} | {:?} |",
            i + 1,
            place.n_events,
            place.trend_z,
            place.trend_adjusted_p,
            place.hot_adjusted_p,
            place.class
        ));
    }
    let classes: Vec<_> = found
        .places
        .iter()
        .enumerate()
        .filter(|(_, place)| place.class != EmergenceClass::NotShown)
        .map(|(i, place)| (i, place.class))
        .collect();
    insta::assert_debug_snapshot!((rank_by_count(&training), classes), @r"
(
    [
        4,
        8,
        10,
        1,
        9,
        3,
        2,
        6,
        7,
        0,
        5,
    ],
    [
        (
            0,
            Emerging,
        ),
        (
            1,
            Diminishing,
        ),
        (
            2,
            Persistent,
        ),
        (
            5,
            Persistent,
        ),
        (
            21,
            Persistent,
        ),
        (
            25,
            Persistent,
        ),
        (
            27,
            Persistent,
        ),
        (
            37,
            Persistent,
        ),
    ],
)
");
}

/// Twenty places over twelve months: places differ, months differ, shares do not change but for
/// `drift` of the first. Months are gamma-Poisson with a dispersion of about `1 + spread`.
fn drawn(seed: u64, mean: f64, spread: f64, drift: f64) -> Vec<Vec<u64>> {
    let mut chance = Chance::new(seed);
    (0..20)
        .map(|place| {
            let size = mean * (0.3 + 1.4 * f64::from(place) / 19.0);
            (0..12)
                .map(|month| {
                    let season = 1.0 + 0.3 * (f64::from(month) * 0.6).sin();
                    let growth =
                        if place == 14 { 1.0 + drift * f64::from(month) / 11.0 } else { 1.0 };
                    // Clusters of one or two events: variance over mean (1 + 3s)/(1 + s).
                    let base = size * season * growth / (1.0 + spread);
                    chance.poisson(base) + 2 * chance.poisson(base * spread / 2.0)
                })
                .collect()
        })
        .collect()
}

#[test]
fn where_shares_do_not_change_nothing_emerges() {
    let page = Page::read("hotspots");
    for (name, mean, spread) in [
        ("8 events a month", 8.0, 0.0),
        ("8 events a month, clustered", 8.0, 2.0),
        ("1 event a month", 1.0, 0.0),
    ] {
        let (mut emerging, mut falling) =
            (Tally { found: 0, of: 2_000 }, Tally { found: 0, of: 2_000 });
        for i in 0..2_000 {
            let found = emergence(&drawn(i, mean, spread, 0.0), &[1.0; 20], LEVEL).unwrap();
            let any = |class| found.places.iter().any(|place| place.class == class);
            emerging.found += u64::from(any(EmergenceClass::Emerging));
            falling.found += u64::from(any(EmergenceClass::Diminishing));
        }
        page.says(&format!(
            "| {name} | {} | {} |",
            emerging.false_alarms(0.05),
            falling.false_alarms(0.05)
        ));
    }
}

#[test]
fn where_places_are_alike_none_is_persistent() {
    let tally = Tally::count(2_000, |i| {
        let mut chance = Chance::new(i + 50_000);
        let counts: Vec<Vec<u64>> =
            (0..20).map(|_| (0..12).map(|_| chance.poisson(3.0)).collect()).collect();
        let found = emergence(&counts, &[1.0; 20], LEVEL).unwrap();
        found.places.iter().any(|place| place.class == EmergenceClass::Persistent)
    });
    Page::read("hotspots")
        .says(&format!("| persistent, places alike | {} |", tally.false_alarms(0.05)));
}

#[test]
fn a_place_that_trebles_its_share_is_found() {
    let tally = Tally::count(200, |i| {
        let found = emergence(&drawn(i + 60_000, 8.0, 0.0, 2.0), &[1.0; 20], LEVEL).unwrap();
        found.places[14].class == EmergenceClass::Emerging
    });
    Page::read("hotspots")
        .says(&format!("| a place that trebles over the year | {} |", tally.text()));
    assert!(tally.found > 180, "{}", tally.text());
}

#[test]
fn a_tie_at_the_edge_of_the_choice_is_warned_of() {
    let found = predictive_accuracy(&[5, 3, 3, 3], &[9, 9, 9, 9], &[1.0; 4], 0.5).unwrap();
    assert_eq!(found.chosen, [0, 1]);
    assert_eq!(found.warnings, [Warning::TiedAtTheEdge { n_tied: 3, n_chosen: 1 }]);
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let check = |training: &[u64], test: &[u64], areas: &[f64], share| {
        predictive_accuracy(training, test, areas, share).unwrap_err()
    };
    let short = HotspotError::LengthMismatch { expected: 2, found: 1 };
    assert_eq!(check(&[1, 2], &[1], &[1.0; 2], 0.5), short);
    assert_eq!(check(&[1, 2], &[0, 0], &[1.0; 2], 0.5), HotspotError::NoEvents { period: "test" });
    assert_eq!(check(&[1, 2], &[1, 1], &[1.0; 2], 0.2), HotspotError::NothingFits { share: 0.2 });
    assert!(matches!(check(&[1, 2], &[1, 1], &[1.0, 0.0], 0.5), HotspotError::Area { .. }));
    assert_eq!(
        emergence(&[vec![1, 2, 3], vec![1, 1, 1]], &[1.0; 2], LEVEL).unwrap_err().to_string(),
        "3 periods are too few to tell emerging from persistent; at least four"
    );
    assert_eq!(
        emergence(&[], &[], EmergenceSettings { level: 5.0 }),
        Err(HotspotError::Settings(SettingsError::Level { level: 5.0 }))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_choice_beats_the_best_one(
        places in prop::collection::vec((0u64..20, 0u64..20, 1u32..5), 3..15),
        share in 0.4f64..1.0,
    ) {
        let training: Vec<u64> = places.iter().map(|p| p.0).collect();
        let test: Vec<u64> = places.iter().map(|p| p.1).collect();
        let areas: Vec<f64> = places.iter().map(|p| f64::from(p.2)).collect();
        if let Ok(found) = predictive_accuracy(&training, &test, &areas, share) {
            prop_assert!(found.pei <= 1.0 + 1e-9);
            prop_assert!(found.share_of_area <= share + 1e-6);
        }
    }

    #[test]
    fn backwards_in_time_what_emerged_diminishes(seed in 0u64..10_000) {
        let counts = drawn(seed, 8.0, 0.0, 2.0);
        let turned: Vec<Vec<u64>> =
            counts.iter().map(|row| row.iter().rev().copied().collect()).collect();
        let [a, b] = [&counts, &turned].map(|c| emergence(c, &[1.0; 20], LEVEL).unwrap());
        for (a, b) in a.places.iter().zip(&b.places) {
            prop_assert!((a.trend_z + b.trend_z).abs() < 1e-9);
            prop_assert_eq!(
                a.class == EmergenceClass::Emerging,
                b.class == EmergenceClass::Diminishing
            );
        }
    }
}
