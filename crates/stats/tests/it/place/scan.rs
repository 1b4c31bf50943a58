use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::Warning;
use wardmote_stats::spatial::scan::{Direction, Scan, ScanError, ScanSettings, scan};

use super::{Chance, Page, Peer, Tally, same_p, settings};

fn with(direction: Direction, longest_periods: usize, replicates: u32, seed: u64) -> ScanSettings {
    ScanSettings {
        direction,
        largest_share: 0.5,
        largest_radius_metres: None,
        longest_periods,
        replicates: settings(replicates, seed),
    }
}

fn of_peer(peer: &Peer, counts: &[Vec<u64>], direction: Direction, replicates: u32) -> Scan {
    let settings = with(direction, 4, replicates, 1);
    scan(&peer.points("centroids"), counts, &peer.rows("baseline"), settings).unwrap()
}

#[test]
fn the_best_cylinder_agrees_with_brute_force() {
    // numpy 2.4.6, every cylinder by its definition.
    let peer = Peer::read("scan");
    for (name, direction) in
        [("prospective", Direction::Prospective), ("retrospective", Direction::Retrospective)]
    {
        let found = of_peer(&peer, &peer.count_rows("counts"), direction, 99);
        let (best, expected) = (&found.clusters[0], peer.part(name));
        let mut areas = best.areas.clone();
        areas.sort_unstable();
        assert_eq!(areas.iter().map(|&a| a as u64).collect::<Vec<_>>(), expected.counts("areas"));
        let window = [best.first_period as u64, best.last_period as u64, best.observed];
        assert_eq!(window, ["first", "last", "observed"].map(|key| expected.number(key) as u64));
        assert_relative_eq!(
            best.log_likelihood_ratio,
            expected.number("ratio"),
            max_relative = 1e-9
        );
    }
}

#[test]
fn p_agrees_with_brute_force() {
    // On a map without a cluster, where p is not at its smallest; 499 replicates by numpy.
    let peer = Peer::read("scan");
    let quiet = peer.part("quiet");
    let found = of_peer(&peer, &quiet.count_rows("counts"), Direction::Prospective, 4_999);
    let best = &found.clusters[0];
    assert_relative_eq!(best.log_likelihood_ratio, quiet.number("ratio"), max_relative = 1e-9);
    assert!(same_p(best.p_value, 4_999.0, quiet.number("p_499"), 499.0), "{}", best.p_value);
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let peer = Peer::read("scan");
    let found = of_peer(&peer, &peer.count_rows("counts"), Direction::Prospective, 999);
    let page = Page::read("scan");
    for cluster in &found.clusters[..2] {
        page.says(&format!(
            "| {:?} | {} to {} | {} | {:.1} | {:.2} | {:.2} | {:.3} |",
            cluster.areas,
            cluster.first_period + 1,
            cluster.last_period + 1,
            cluster.observed,
            cluster.expected,
            cluster.relative_risk,
            cluster.log_likelihood_ratio,
            cluster.p_value
        ));
    }
    // No area is in two clusters.
    let mut areas: Vec<_> = found.clusters.iter().flat_map(|cluster| &cluster.areas).collect();
    areas.sort_unstable();
    let n = areas.len();
    areas.dedup();
    assert_eq!(areas.len(), n);
    insta::assert_debug_snapshot!((found.n_events, found.clusters.len(), found.warnings), @r"
(
    337,
    6,
    [],
)
");
}

type Map = (Vec<(f64, f64)>, Vec<Vec<u64>>, Vec<Vec<f64>>);

/// Sixteen areas over six periods: centroids, counts and expected counts.
fn drawn(seed: u64, risk: f64) -> Map {
    let mut chance = Chance::new(seed);
    let centroids: Vec<_> = (0..16)
        .map(|i| (400_000.0 + 1_000.0 * f64::from(i % 4), 300_000.0 + 1_000.0 * f64::from(i / 4)))
        .map(|(x, y)| (x + 200.0 * chance.unit(), y + 200.0 * chance.unit()))
        .collect();
    let expected: Vec<Vec<f64>> =
        (0..16).map(|_| (0..6).map(|_| 0.5 + 2.0 * chance.unit()).collect()).collect();
    let counts = expected
        .iter()
        .enumerate()
        .map(|(area, row)| {
            let mean = |(period, e): (usize, &f64)| {
                let hot = [5, 6, 9].contains(&area) && period >= 4;
                chance.poisson(if hot { risk * e } else { *e })
            };
            row.iter().enumerate().map(mean).collect()
        })
        .collect();
    (centroids, counts, expected)
}

#[test]
fn without_a_cluster_it_seldom_finds_one() {
    let page = Page::read("scan");
    for direction in [Direction::Prospective, Direction::Retrospective] {
        let tally = Tally::count(2_000, |i| {
            let (centroids, counts, expected) = drawn(i, 1.0);
            let found = scan(&centroids, &counts, &expected, with(direction, 3, 19, i)).unwrap();
            found.clusters.first().is_some_and(|best| best.p_value <= 0.05)
        });
        page.says(&format!("| {direction:?} | {} |", tally.false_alarms(0.05)));
    }
}

#[test]
fn a_planted_cluster_is_found() {
    let tally = Tally::count(200, |i| {
        let (centroids, counts, expected) = drawn(i + 90_000, 3.0);
        let settings = with(Direction::Prospective, 3, 99, i);
        let found = scan(&centroids, &counts, &expected, settings).unwrap();
        let best = &found.clusters[0];
        best.p_value <= 0.05 && [5, 6, 9].iter().any(|area| best.areas.contains(area))
    });
    Page::read("scan").says(&format!(
        "| three areas at three times the rate for two periods | {} |",
        tally.text()
    ));
    assert!(tally.found > 140, "{}", tally.text());
}

#[test]
fn areas_at_one_distance_enter_together() {
    // Four areas about one in the middle, all as far: circles of 1 or 5 areas, not of 2 to 4.
    let centroids = [(0.0, 0.0), (100.0, 0.0), (-100.0, 0.0), (0.0, 100.0), (0.0, -100.0)]
        .map(|(x, y)| (400_000.0 + x, 300_000.0 + y));
    let mut far: Vec<_> = centroids.to_vec();
    far.extend((0..10).map(|i| (410_000.0 + 500.0 * f64::from(i), 300_000.0)));
    let mut counts = vec![vec![1, 1]; 15];
    counts[0] = vec![1, 9];
    counts[1] = vec![1, 9];
    let settings = with(Direction::Prospective, 1, 99, 1);
    let found = scan(&far, &counts, &vec![vec![1.0, 1.0]; 15], settings).unwrap();
    for cluster in &found.clusters {
        assert!(cluster.areas[0] != 0 || [1, 5].contains(&cluster.areas.len()), "{cluster:?}");
    }
}

#[test]
fn counts_that_vary_more_than_chance_are_warned_of() {
    let (centroids, mut counts, expected) = drawn(4, 1.0);
    let plain = with(Direction::Prospective, 3, 19, 1);
    assert_eq!(scan(&centroids, &counts, &expected, plain).unwrap().warnings, []);
    // Each event three times over: three times the variance for its mean.
    counts.iter_mut().flatten().for_each(|count| *count *= 3);
    let found = scan(&centroids, &counts, &expected, plain).unwrap();
    assert!(
        matches!(found.warnings[..], [Warning::Overdispersed { dispersion }] if dispersion > 2.0),
        "{:?}",
        found.warnings
    );
}

#[test]
fn what_cannot_be_scanned_is_refused() {
    let (centroids, counts, expected) = drawn(1, 1.0);
    let check = |settings| scan(&centroids, &counts, &expected, settings).unwrap_err();
    let plain = with(Direction::Prospective, 3, 99, 1);
    assert_eq!(
        check(ScanSettings { longest_periods: 6, ..plain }),
        ScanError::Periods { periods: 6, n_periods: 6 }
    );
    assert_eq!(
        check(ScanSettings { largest_share: 0.6, ..plain }),
        ScanError::Share { share: 0.6 }
    );
    let mut none = expected.clone();
    none[3][2] = 0.0;
    assert_eq!(
        scan(&centroids, &counts, &none, plain).unwrap_err().to_string(),
        "0 expected events in period 2 of area 3 is not above 0"
    );
    assert!(matches!(
        scan(&centroids[1..], &counts, &expected, plain),
        Err(ScanError::LengthMismatch { centroids: 15, .. })
    ));
    let degrees = vec![(-2.0, 53.0); 16];
    assert!(matches!(scan(&degrees, &counts, &expected, plain), Err(ScanError::Coordinates(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_unit_of_expected_counts_does_not_matter(seed in 0u64..10_000, unit in 0.01f64..100.0) {
        let (centroids, counts, expected) = drawn(seed, 2.0);
        let scaled: Vec<Vec<f64>> =
            expected.iter().map(|row| row.iter().map(|e| e * unit).collect()).collect();
        let settings = with(Direction::Retrospective, 3, 19, 1);
        let [a, b] = [&expected, &scaled].map(|e| scan(&centroids, &counts, e, settings).unwrap());
        prop_assert!((a.clusters[0].log_likelihood_ratio - b.clusters[0].log_likelihood_ratio).abs() < 1e-6);
        // Everything retrospective covers what is prospective.
        let now = ScanSettings { direction: Direction::Prospective, ..settings };
        let now = scan(&centroids, &counts, &expected, now).unwrap();
        let ratio = |found: &Scan| found.clusters.first().map_or(0.0, |best| best.log_likelihood_ratio);
        prop_assert!(ratio(&a) >= ratio(&now) - 1e-9);
    }
}
