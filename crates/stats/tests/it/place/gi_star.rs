use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::Warning;
use wardmote_stats::spatial::gi_star::{GiStarClass, gi_star};
use wardmote_stats::spatial::weights::{SpatialWeights, Standardisation};

use super::{Chance, Page, Peer, Tally, grid_lists, same_p, settings};

fn grid(side: usize) -> SpatialWeights {
    SpatialWeights::from_lists(&grid_lists(side, side)).unwrap()
}

#[test]
fn z_and_p_agree_with_esda() {
    // esda 2.9.0, G_Local(star=True, transform="B"), without the island that it cannot hold.
    let peer = Peer::read("moran");
    let mut values = peer.numbers("values");
    values.pop();
    let found = gi_star(&values, &grid(9), settings(9_999, 1)).unwrap();
    let (one_sided, p_sim) =
        (peer.numbers("gi_star_p_one_sided"), peer.numbers("gi_star_p_sim_9999"));
    for (i, (area, z)) in found.areas.iter().zip(peer.numbers("gi_star_z")).enumerate() {
        assert_relative_eq!(area.z, z, max_relative = 1e-9, epsilon = 1e-10);
        assert_relative_eq!(area.p_normal, 2.0 * one_sided[i], max_relative = 1e-8);
        let smaller = area.p_permutation_greater.unwrap().min(area.p_permutation_less.unwrap());
        assert!(same_p(smaller, 9_999.0, p_sim[i], 9_999.0), "{i}: {smaller} and {}", p_sim[i]);
    }
}

#[test]
fn standardising_rows_changes_nothing() {
    let values = Peer::read("moran").numbers("values");
    let binary = grid(9);
    let row = binary.clone().with(Standardisation::Row);
    let [a, b] =
        [binary, row].map(|weights| gi_star(&values[..81], &weights, settings(99, 1)).unwrap());
    assert_eq!(a.areas, b.areas);
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let page = Page::read("gi_star");
    let counts = [
        14, 15, 12, 4, 3, 6, //
        17, 19, 22, 5, 2, 3, //
        12, 24, 18, 4, 6, 4, //
        5, 4, 3, 2, 4, 1, //
        3, 6, 4, 5, 3, 4, //
        2, 3, 5, 3, 4, 40,
    ]
    .map(f64::from);
    let found = gi_star(&counts, &grid(6), settings(9_999, 1)).unwrap();
    for cell in [0, 7, 14, 35, 28] {
        let area = &found.areas[cell];
        page.says(&format!(
            "| {} | {} | {:.2} | {:.4} | {:.4} | {:.4} | {:?} |",
            cell + 1,
            counts[cell],
            area.z,
            area.p_normal,
            area.p_permutation.unwrap(),
            area.adjusted_p.unwrap(),
            area.class
        ));
    }
    // One extreme cell among quiet ones is no hot spot, though its z alone would say so.
    assert_eq!(found.areas[35].class, GiStarClass::NotSignificant);
    let classes: Vec<usize> =
        (0..36).filter(|&i| found.areas[i].class == GiStarClass::Hot).collect();
    insta::assert_debug_snapshot!((classes, &found.warnings), @r"
(
    [
        7,
    ],
    [],
)
");
}

#[test]
fn without_pattern_it_seldom_finds_one() {
    let page = Page::read("gi_star");
    let weights = grid(4);
    let map = |i: u64, mean: f64| -> Vec<f64> {
        let mut chance = Chance::new(i + 60_000);
        (0..16).map(|_| chance.poisson(mean) as f64).collect()
    };
    let any = |found: &[wardmote_stats::spatial::gi_star::GiStarArea]| {
        found.iter().any(|area| area.class != GiStarClass::NotSignificant)
    };
    let of_map = Tally::count(2_000, |i| {
        any(&gi_star(&map(i, 3.0), &weights, settings(999, i)).unwrap().areas)
    });
    page.says(&format!("| any area of a map, by permutation | {} |", of_map.false_alarms(0.05)));
    let of_area = Tally::count(2_000, |i| {
        let found = gi_star(&map(i + 9_000, 3.0), &weights, settings(79, i)).unwrap();
        found.areas[(i % 16) as usize].p_permutation.unwrap() <= 0.05
    });
    page.says(&format!(
        "| an area before correction, by permutation | {} |",
        of_area.false_alarms(0.05)
    ));
    // Rare events on a larger map, where the normal curve fails; it is why classes rest on permutation.
    let larger = grid(12);
    let normal = Tally::count(2_000, |i| {
        let mut chance = Chance::new(i + 80_000);
        let values: Vec<f64> =
            (0..144).map(|_| chance.poisson(0.1) as f64 + f64::EPSILON).collect();
        gi_star(&values, &larger, settings(0, i)).is_ok_and(|found| any(&found.areas))
    });
    page.says(&format!(
        "| any area of a map of rare events, by the normal curve | {} |",
        normal.text()
    ));
    assert!(normal.lower_limit() > 0.05, "{}", normal.text());
}

#[test]
fn islands_and_few_permutations_are_warned_of() {
    let mut lists = grid_lists(6, 6);
    lists.push(Vec::new());
    let weights = SpatialWeights::from_lists(&lists).unwrap();
    let values: Vec<f64> = (0..37).map(|i| f64::from(i * 7 % 11)).collect();
    let found = gi_star(&values, &weights, settings(99, 1)).unwrap();
    assert_eq!(found.areas[36].class, GiStarClass::Island);
    assert_eq!(found.n_tested, 36);
    let said: Vec<String> = found.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "areas without neighbours, which were not tested: 1",
            "with 99 permutations no p value falls below 0.02, so at least 15 areas must stand out \
             together before any is called significant",
        ]
    );
    let normal = gi_star(&values, &weights, settings(0, 1)).unwrap();
    assert_eq!(normal.warnings, [Warning::Islands { n_islands: 1 }, Warning::NormalOnly]);
}

#[test]
fn a_planted_hot_spot_is_found() {
    let weights = grid(10);
    let planted = [33, 34, 35, 43, 44, 45, 53, 54, 55];
    let mut cells = Tally { found: 0, of: 900 };
    let mut middles = Tally { found: 0, of: 100 };
    for i in 0..100 {
        let mut chance = Chance::new(i + 40_000);
        let mean = |cell: usize| if planted.contains(&cell) { 12.0 } else { 4.0 };
        let values: Vec<f64> = (0..100).map(|cell| chance.poisson(mean(cell)) as f64).collect();
        let found = gi_star(&values, &weights, settings(1_999, i)).unwrap();
        let hot = |cell: &&usize| found.areas[**cell].class == GiStarClass::Hot;
        cells.found += planted.iter().filter(hot).count() as u64;
        middles.found += u64::from(hot(&&44));
    }
    let page = Page::read("gi_star");
    page.says(&format!("| a planted cell | {} |", cells.text()));
    page.says(&format!("| the middle of the hot spot | {} |", middles.text()));
    assert!(middles.found > 90, "{}", middles.text());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn high_and_low_are_mirror_images(values in prop::collection::vec(0u32..50, 25)) {
        prop_assume!(values.iter().any(|v| *v != values[0]));
        let high: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
        let low: Vec<f64> = high.iter().map(|v| -v).collect();
        let [a, b] = [&high, &low].map(|v| gi_star(v, &grid(5), settings(99, 1)).unwrap());
        for (a, b) in a.areas.iter().zip(&b.areas) {
            prop_assert!((a.z + b.z).abs() < 1e-9);
            prop_assert_eq!(a.p_permutation_greater, b.p_permutation_less);
            prop_assert_eq!(a.class == GiStarClass::Hot, b.class == GiStarClass::Cold);
        }
    }
}
