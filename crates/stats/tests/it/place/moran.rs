use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::SettingsError;
use wardmote_stats::spatial::gi_star::gi_star;
use wardmote_stats::spatial::local_moran::{LocalClass, local_moran};
use wardmote_stats::spatial::moran::{
    AutocorrelationError, GlobalAutocorrelation, gearys_c, morans_i,
};
use wardmote_stats::spatial::weights::{SpatialWeights, Standardisation};

use super::{Chance, Page, Peer, Tally, grid_lists, same_p, settings};

fn grid(side: usize) -> SpatialWeights {
    SpatialWeights::from_lists(&grid_lists(side, side)).unwrap().with(Standardisation::Row)
}

fn peer() -> (Peer, Vec<f64>, SpatialWeights) {
    let peer = Peer::read("moran");
    let values = peer.numbers("values");
    let weights = SpatialWeights::from_lists(&peer.lists("neighbours")).unwrap();
    (peer, values, weights)
}

#[test]
fn global_statistics_agree_with_esda() {
    // esda 2.9.0, Moran and Geary, both transformations, with an island.
    let (peer, values, weights) = peer();
    for (key, standardisation) in
        [("row", Standardisation::Row), ("binary", Standardisation::Binary)]
    {
        let weights = weights.clone().with(standardisation);
        let expected = peer.part(key);
        let check = |found: GlobalAutocorrelation, expected: Vec<f64>| {
            let (normal, random) = (found.normality, found.randomisation);
            let found = [
                found.observed,
                found.expected,
                normal.variance,
                normal.z,
                random.variance,
                random.z,
                normal.p_value,
                random.p_value,
            ];
            for (found, expected) in found.into_iter().zip(expected) {
                // The fixture holds twelve digits; a far tail of the normal curve keeps nine.
                assert_relative_eq!(found, expected, max_relative = 1e-8);
            }
        };
        check(morans_i(&values, &weights, settings(99, 1)).unwrap(), expected.numbers("moran"));
        check(gearys_c(&values, &weights, settings(99, 1)).unwrap(), expected.numbers("geary"));
    }
}

#[test]
fn local_statistics_agree_with_esda() {
    // esda 2.9.0, Moran_Local. Its p_sim is the smaller tail: half of ours, but for ties.
    let (peer, values, weights) = peer();
    let weights = weights.with(Standardisation::Row);
    let found = local_moran(&values, &weights, settings(9_999, 1)).unwrap();
    let quadrants = peer.numbers("local_quadrant");
    let p_sim = peer.numbers("local_p_sim_9999");
    for (i, (area, expected)) in found.areas.iter().zip(peer.numbers("local")).enumerate() {
        if i == 81 {
            assert_eq!((area.class, area.p_value), (LocalClass::Island, None));
            continue;
        }
        assert_relative_eq!(area.statistic, expected, max_relative = 1e-9, epsilon = 1e-12);
        let quadrant = match (area.deviation > 0.0, area.lag > 0.0) {
            (true, true) => 1.0,
            (false, true) => 2.0,
            (false, false) => 3.0,
            (true, false) => 4.0,
        };
        assert_relative_eq!(quadrant, quadrants[i]);
        let smaller = area.p_greater.unwrap().min(area.p_less.unwrap());
        assert!(same_p(smaller, 9_999.0, p_sim[i], 9_999.0), "{i}: {smaller} and {}", p_sim[i]);
    }
}

#[test]
fn global_permutation_agrees_with_esda() {
    let (peer, values, weights) = peer();
    let weights = weights.with(Standardisation::Row);
    for (found, expected) in [
        (morans_i(&values, &weights, settings(9_999, 1)).unwrap(), peer.number("moran_p_sim_9999")),
        (gearys_c(&values, &weights, settings(9_999, 1)).unwrap(), peer.number("geary_p_sim_9999")),
    ] {
        let smaller = found.p_permutation_greater.min(found.p_permutation_less);
        assert!(same_p(smaller, 9_999.0, expected, 9_999.0), "{smaller} and {expected}");
    }
}

#[test]
fn conditional_draws_of_many_and_of_most_are_right_too() {
    // On a ring of 40 areas: up to 16 neighbours are drawn one way, more another, most as those left
    // out. The share of random sets whose sum reaches the observed one has no closed form, but its
    // normal approximation for such many draws is good to a percentage point or two.
    let values: Vec<f64> = (0..40).map(|i| f64::from((i * 17 + 5) % 40)).collect();
    for reach in [4, 9, 16] {
        let list = |i: usize| -> Vec<usize> {
            (1..=reach).flat_map(|d| [(i + d) % 40, (i + 40 - d) % 40]).collect()
        };
        let weights = SpatialWeights::from_lists(&(0..40).map(list).collect::<Vec<_>>()).unwrap();
        let found = local_moran(&values, &weights, settings(4_999, 1)).unwrap();
        for (i, area) in found.areas.iter().enumerate() {
            let others: Vec<f64> = (0..40).filter(|&j| j != i).map(|j| values[j]).collect();
            let mean = others.iter().sum::<f64>() / 39.0;
            let variance = others.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 38.0;
            let k = 2.0 * reach as f64;
            let sum: f64 = list(i).iter().map(|&j| values[j]).sum();
            let error = (k * variance * (1.0 - k / 39.0)).sqrt();
            // Half a unit, since sums are whole numbers.
            let z = (sum - k * mean - 0.5) / error;
            let normal = 1.0
                - statrs::distribution::ContinuousCDF::cdf(
                    &statrs::distribution::Normal::standard(),
                    z,
                );
            let p = if area.deviation > 0.0 { area.p_greater } else { area.p_less }.unwrap();
            assert!((p - normal).abs() < 0.03, "reach {reach}, area {i}: {p} and {normal}");
        }
    }
}

/// Counts of a map with a hot corner of nine cells, and one high count among low ones.
fn worked_example() -> (Vec<f64>, SpatialWeights) {
    let counts = [
        14, 15, 12, 4, 3, 6, //
        17, 19, 22, 5, 2, 3, //
        12, 24, 18, 4, 6, 4, //
        5, 4, 3, 2, 4, 1, //
        3, 6, 4, 5, 3, 4, //
        2, 3, 5, 3, 4, 13,
    ];
    (counts.map(f64::from).to_vec(), grid(6))
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let (values, weights) = worked_example();
    let page = Page::read("moran");
    let i = morans_i(&values, &weights, settings(9_999, 1)).unwrap();
    let c = gearys_c(&values, &weights, settings(9_999, 1)).unwrap();
    for (name, found) in [("Moran's I", i), ("Geary's C", c)] {
        page.says(&format!(
            "| {name} | {:.3} | {:.3} | {:.2} | {:.4} |",
            found.observed, found.expected, found.randomisation.z, found.p_permutation
        ));
    }
    let local = local_moran(&values, &weights, settings(9_999, 1)).unwrap();
    for cell in [0, 7, 14, 35, 28] {
        let area = &local.areas[cell];
        page.says(&format!(
            "| {} | {} | {:.2} | {:.4} | {:.4} | {:?} |",
            cell + 1,
            values[cell],
            area.statistic,
            area.p_value.unwrap(),
            area.adjusted_p.unwrap(),
            area.class
        ));
    }
    insta::assert_debug_snapshot!(local.warnings, @r"
[]
");
}

#[test]
fn without_pattern_it_seldom_finds_one() {
    // Skewed counts on a map of six by six; each map is one chance to be wrong.
    let weights = grid(6);
    let map = |i: u64| -> Vec<f64> {
        let mut chance = Chance::new(i);
        (0..36).map(|_| chance.poisson(1.5) as f64).collect()
    };
    let page = Page::read("moran");
    let global = Tally::count(2_000, |i| {
        morans_i(&map(i), &weights, settings(79, i)).unwrap().p_permutation <= 0.05
    });
    page.says(&format!("| Moran's I, a map | {} |", global.false_alarms(0.05)));
    let geary = Tally::count(2_000, |i| {
        gearys_c(&map(i), &weights, settings(79, i)).unwrap().p_permutation <= 0.05
    });
    page.says(&format!("| Geary's C, a map | {} |", geary.false_alarms(0.05)));
    // One area a map, so that the 2,000 are independent.
    let (mut area, mut directed) = (Tally { found: 0, of: 2_000 }, Tally { found: 0, of: 2_000 });
    for i in 0..2_000 {
        let found = local_moran(&map(i + 5_000), &weights, settings(79, i)).unwrap();
        let one = &found.areas[(i % 36) as usize];
        area.found += u64::from(one.p_value.unwrap() <= 0.05);
        // esda's default: the smaller tail, ties counted above only.
        let above = one.p_greater.unwrap();
        directed.found += u64::from(above.min(81.0 / 80.0 - above) <= 0.05);
    }
    page.says(&format!("| Local Moran, an area before correction | {} |", area.false_alarms(0.05)));
    page.says(&format!(
        "| The same by the smaller tail, as esda's default has it | {} |",
        directed.text()
    ));
    assert!(directed.lower_limit() > 0.05, "the older form holds its level: {}", directed.text());
}

#[test]
fn a_whole_map_without_pattern_seldom_has_any_class() {
    // Sixteen areas, so that 999 permutations suffice for one area alone to be called.
    let weights = grid(4);
    let maps = Tally::count(2_000, |i| {
        let mut chance = Chance::new(i + 20_000);
        let values: Vec<f64> = (0..16).map(|_| chance.poisson(3.0) as f64 + 0.1).collect();
        let found = local_moran(&values, &weights, settings(999, i)).unwrap();
        found.areas.iter().any(|area| area.class != LocalClass::NotSignificant)
    });
    Page::read("moran")
        .says(&format!("| Local Moran, any area of a map | {} |", maps.false_alarms(0.05)));
}

#[test]
fn a_planted_cluster_is_found() {
    // Nine of 100 cells at three times the rate.
    let weights = grid(10);
    let planted = [33, 34, 35, 43, 44, 45, 53, 54, 55];
    let mut maps = Tally { found: 0, of: 100 };
    let mut cells = Tally { found: 0, of: 900 };
    for i in 0..100 {
        let mut chance = Chance::new(i + 40_000);
        let mean = |cell: usize| if planted.contains(&cell) { 12.0 } else { 4.0 };
        let values: Vec<f64> = (0..100).map(|cell| chance.poisson(mean(cell)) as f64).collect();
        let global = morans_i(&values, &weights, settings(199, i)).unwrap();
        maps.found += u64::from(global.p_permutation <= 0.05);
        let local = local_moran(&values, &weights, settings(1_999, i)).unwrap();
        cells.found +=
            planted.iter().filter(|&&c| local.areas[c].class == LocalClass::HighHigh).count()
                as u64;
    }
    let page = Page::read("moran");
    page.says(&format!("| Moran's I finds the map | {} |", maps.text()));
    page.says(&format!("| Local Moran finds a planted cell | {} |", cells.text()));
    assert!(maps.found > 90 && cells.found > 300, "{} {}", maps.text(), cells.text());
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let weights = grid(3);
    let check = |values: &[f64]| morans_i(values, &weights, settings(99, 1)).unwrap_err();
    assert_eq!(check(&[1.0; 9]), AutocorrelationError::NoVariation);
    assert_eq!(check(&[1.0; 8]), AutocorrelationError::LengthMismatch { values: 8, areas: 9 });
    let mut broken = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
    broken[4] = f64::NAN;
    assert_eq!(check(&broken), AutocorrelationError::NotANumber { area_index: 4 });
    broken[4] = 0.0;
    assert_eq!(
        local_moran(&broken, &weights, settings(9, 1)).unwrap_err(),
        AutocorrelationError::Settings(SettingsError::TooFewPermutations {
            permutations: 9,
            level: 0.05,
            needed: 39
        })
    );
    let apart = SpatialWeights::from_lists(&[vec![], vec![], vec![], vec![]]).unwrap();
    assert_eq!(
        gearys_c(&[1.0, 2.0, 3.0, 4.0], &apart, settings(99, 1)).unwrap_err(),
        AutocorrelationError::NoNeighbours
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn unit_and_origin_do_not_matter(
        values in prop::collection::vec(0u32..50, 25),
        scale in 0.1f64..20.0,
        shift in -100.0f64..100.0,
    ) {
        prop_assume!(values.iter().any(|v| *v != values[0]));
        let plain: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
        let moved: Vec<f64> = plain.iter().map(|v| v * scale + shift).collect();
        let weights = grid(5);
        let [a, b] = [&plain, &moved].map(|v| morans_i(v, &weights, settings(99, 1)).unwrap());
        prop_assert!((a.observed - b.observed).abs() < 1e-9);
        prop_assert!((a.p_permutation - b.p_permutation).abs() < 1e-12);
        let [a, b] = [&plain, &moved].map(|v| local_moran(v, &weights, settings(99, 1)).unwrap());
        for (a, b) in a.areas.iter().zip(&b.areas) {
            prop_assert!((a.statistic - b.statistic).abs() < 1e-9);
            prop_assert_eq!(a.p_value, b.p_value);
        }
    }
}

#[test]
fn local_z_by_conditional_moments() {
    // esda 2.9.0: EIc and VIc of Moran_Local over lat2W(5, 4, rook=False), rows standardised. esda's
    // Is divide by n - 1 and its moments by n, so its Is were multiplied by 20 / 19 first.
    let values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4].map(f64::from);
    let near =
        |a: usize, b: usize| a != b && (a / 4).abs_diff(b / 4) <= 1 && (a % 4).abs_diff(b % 4) <= 1;
    let lists: Vec<Vec<usize>> =
        (0..20).map(|a| (0..20).filter(|&b| near(a, b)).collect()).collect();
    let weights = SpatialWeights::from_lists(&lists).unwrap().with(Standardisation::Row);
    let found = local_moran(&values, &weights, settings(99, 1)).unwrap();
    let esda = [
        -0.036_280_89,
        0.451_148_24,
        1.030_708_25,
        0.760_204_55,
        -0.602_940_04,
        -1.626_280_12,
        0.518_706_03,
        -0.745_008_61,
    ];
    for (area, expected) in found.areas.iter().zip(esda) {
        approx::assert_abs_diff_eq!(area.z.unwrap(), expected, epsilon = 5e-9);
    }
    let hot = gi_star(&values, &weights, settings(99, 1)).unwrap();
    // G_Local(star=True, transform="B").Gs of the same.
    for (area, expected) in hot.areas.iter().zip([0.185_567_01, 0.247_422_68, 0.237_113_4]) {
        approx::assert_abs_diff_eq!(area.statistic, expected, epsilon = 5e-9);
    }
}
