//! The word "stable": said where the margin allows it, and seldom of a change as large as the margin.

use wardmote_domain::claim::Verdict;
use wardmote_stats::equivalence::equivalent_ratio;
use wardmote_stats::periods::compare_periods;
use wardmote_twin::series::{Season, TwoYears};

use super::{LEVEL, ask_alone, exact};

const SEED: u64 = 20_240_601;
const COMPARISONS: u64 = 500;

fn large_district() -> TwoYears {
    TwoYears::new(25_000.0, 3.0, Season::Crime).unwrap()
}

#[test]
fn an_unchanged_series_is_called_stable_only_within_its_margin() {
    // The standard error of the log ratio is √(3 · 2/25,000), 1.5%. Shown beside it by two one-sided
    // tests, a margin of 2% needs a lucky draw, 5% an ordinary one, and 10% hardly any.
    let shares = [0.02, 0.05, 0.10].map(|margin| {
        let stable = (0..COMPARISONS)
            .filter(|&number| {
                let series @ [earlier, later] = large_district().draw(SEED, number);
                let stable = ask_alone(series, Some(margin)).verdict == Verdict::Stable;
                let change = compare_periods(&earlier, &later).unwrap();
                let limits =
                    equivalent_ratio(change.ratio.ln(), change.standard_error, margin, LEVEL)
                        .unwrap()
                        .interval_90;
                let inside = limits.lower >= 1.0 / (1.0 + margin) && limits.upper <= 1.0 + margin;
                assert!(!stable || inside, "stable at {margin}, with limits {limits:?}");
                stable
            })
            .count() as f64
            / COMPARISONS as f64;
        println!("no change, margin {margin}: stable {stable:.3}");
        stable
    });
    assert!(shares[0] < 0.05 && (0.4..0.9).contains(&shares[1]) && shares[2] > 0.9, "{shares:?}");
}

#[test]
fn a_change_as_large_as_the_margin_is_seldom_called_stable() {
    for margin in [0.02, 0.05, 0.10] {
        for ratio in [1.0 / (1.0 + margin), 1.0 + margin] {
            let changed = large_district().with_percent_change(100.0 * (ratio - 1.0)).unwrap();
            let stable = (0..COMPARISONS)
                .filter(|&number| {
                    let series = changed.draw(SEED + 1, number);
                    ask_alone(series, Some(margin)).verdict == Verdict::Stable
                })
                .count();
            let n = COMPARISONS as usize;
            let lower = exact::lower_limit(stable, n, 0.05);
            println!(
                "changed by {:+.2}%, margin {margin}: {stable} of {n} called stable, lower limit \
                 {lower:.4}",
                100.0 * (ratio - 1.0)
            );
            assert!(lower <= LEVEL, "{stable} of {n} at margin {margin}, lower limit {lower}");
        }
    }
}
