use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::spatial_change::{
    ChangeError, ChangeSettings, ShareChange, spatial_change,
};

use super::{Chance, Page, Peer, Tally};

#[test]
fn tests_agree_with_scipy() {
    // scipy 1.17.1: fisher_exact (twice the smaller one-sided p), false_discovery_control and
    // chi2_contingency. Limits: quantiles of the hypergeometric distribution, to which those of
    // samples tend; the S-index with numpy's own samples.
    let peer = Peer::read("spatial_change");
    let settings = ChangeSettings { samples: 4_000, ..ChangeSettings::published(1) };
    let (base, test) = (peer.counts("base"), peer.counts("test"));
    let found = spatial_change(&base, &test, settings).unwrap();
    for ((area, p), limits) in
        found.areas.iter().zip(peer.numbers("fisher")).zip(peer.rows("limits"))
    {
        assert_relative_eq!(area.p_value, p, max_relative = 1e-8);
        // A quantile of samples may fall on the next whole event.
        let event = 1.001 / (0.85 * test.iter().sum::<u64>() as f64);
        assert_relative_eq!(area.sampled.lower, limits[0], epsilon = event);
        assert_relative_eq!(area.sampled.upper, limits[1], epsilon = event);
    }
    let tested = found.areas.iter().zip(base.iter().zip(&test)).filter(|(_, (b, t))| **b + **t > 0);
    for ((area, _), adjusted) in tested.zip(peer.numbers("fdr")) {
        assert_relative_eq!(area.adjusted_p, adjusted, max_relative = 1e-8);
    }
    assert_relative_eq!(found.chi_square, peer.number("chi_square"), max_relative = 1e-9);
    let published = spatial_change(&base, &test, ChangeSettings::published(1)).unwrap();
    // Areas at their limit fall to either side with other samples.
    assert_relative_eq!(published.s_index, peer.number("s_index"), epsilon = 2.5 / 30.0);
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let peer = Peer::read("spatial_change");
    let found =
        spatial_change(&peer.counts("base"), &peer.counts("test"), ChangeSettings::published(1))
            .unwrap();
    let page = Page::read("spatial_change");
    page.says(&format!(
        "S-index {:.3}; chi-square {:.1}, p {:.3}.",
        found.s_index, found.chi_square, found.p_same_pattern
    ));
    for i in [3, 4, 0] {
        let area = &found.areas[i];
        page.says(&format!(
            "| {} | {:.1}% | {:.1}% | {:.4} | {:.4} | {:?} |",
            i + 1,
            100.0 * area.base_share,
            100.0 * area.test_share,
            area.p_value,
            area.adjusted_p,
            area.change
        ));
    }
    let changed: Vec<usize> =
        (0..30).filter(|&i| found.areas[i].change != ShareChange::NotShown).collect();
    insta::assert_debug_snapshot!((changed, found.robust_s_index, found.warnings), @r"
(
    [
        3,
        4,
    ],
    0.3,
    [
        SIndexIsNoTest,
    ],
)
");
}

fn draw(chance: &mut Chance, n: usize, shares: &[f64]) -> Vec<u64> {
    let whole: f64 = shares.iter().sum();
    let mut counts = vec![0; shares.len()];
    for _ in 0..n {
        let mut at = chance.unit() * whole;
        let area = shares.iter().position(|share| {
            at -= share;
            at < 0.0
        });
        counts[area.unwrap_or(0)] += 1;
    }
    counts
}

fn shares() -> Vec<f64> {
    (1..=12).map(f64::from).collect()
}

#[test]
fn where_nothing_changed_little_is_found() {
    let page = Page::read("spatial_change");
    let mut areas = Tally { found: 0, of: 2_000 };
    let (mut whole, mut s_index) = (areas, areas);
    for i in 0..2_000 {
        let mut chance = Chance::new(i);
        let (base, test) = (draw(&mut chance, 150, &shares()), draw(&mut chance, 120, &shares()));
        let settings =
            ChangeSettings { samples: 80, relabellings: 79, ..ChangeSettings::published(i) };
        let found = spatial_change(&base, &test, settings).unwrap();
        let changed = |area: &wardmote_stats::spatial::spatial_change::AreaChange| {
            area.change != ShareChange::NotShown
        };
        areas.found += u64::from(found.areas.iter().any(changed));
        whole.found += u64::from(found.p_same_pattern <= 0.05);
        // One area a pattern, so that the 2,000 are independent.
        s_index.found += u64::from(!found.areas[(i % 12) as usize].similar);
    }
    page.says(&format!("| any area, by its adjusted p | {} |", areas.false_alarms(0.05)));
    page.says(&format!("| the whole, by relabelling | {} |", whole.false_alarms(0.05)));
    page.says(&format!("| an area, by the limits of the S-index | {} |", s_index.text()));
    assert!(s_index.lower_limit() > 0.05, "the S-index holds its level: {}", s_index.text());
}

#[test]
fn a_planted_move_is_found() {
    let mut later = shares();
    later[11] = 2.0;
    later[0] = 11.0;
    let mut both = Tally { found: 0, of: 200 };
    for i in 0..200 {
        let mut chance = Chance::new(i + 30_000);
        let (base, test) = (draw(&mut chance, 300, &shares()), draw(&mut chance, 300, &later));
        let settings =
            ChangeSettings { samples: 80, relabellings: 99, ..ChangeSettings::published(i) };
        let found = spatial_change(&base, &test, settings).unwrap();
        let moved = found.areas[0].change == ShareChange::Larger
            && found.areas[11].change == ShareChange::Smaller;
        both.found += u64::from(moved && found.p_same_pattern <= 0.05);
    }
    Page::read("spatial_change").says(&format!("| both areas of a move | {} |", both.text()));
    assert!(both.found > 180, "{}", both.text());
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let settings = ChangeSettings::published(1);
    let check = |base: &[u64], test: &[u64]| spatial_change(base, test, settings).unwrap_err();
    assert_eq!(check(&[1, 2], &[1]), ChangeError::LengthMismatch { base: 2, test: 1 });
    assert_eq!(check(&[1, 2], &[0, 0]).to_string(), "no events in the test pattern");
    let few = ChangeSettings { samples: 20, ..settings };
    assert_eq!(
        spatial_change(&[1, 2], &[2, 1], few),
        Err(ChangeError::Samples { samples: 20, confidence: 0.95 })
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn a_pattern_has_not_moved_from_itself(counts in prop::collection::vec(0u64..20, 2..15)) {
        prop_assume!(counts.iter().sum::<u64>() > 0);
        let found = spatial_change(&counts, &counts, ChangeSettings::published(1)).unwrap();
        prop_assert!(found.p_same_pattern > 0.99);
        prop_assert!(found.areas.iter().all(|area| area.change == ShareChange::NotShown));
        prop_assert!(found.chi_square.abs() < 1e-9);
    }
}
