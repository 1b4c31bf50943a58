//! How often something is found where nothing happened, on drawn series: a test fails if the exact
//! lower limit of the rate (Clopper and Pearson, 95%, one-sided) lies above the nominal one. The rates
//! stand in docs/methods/; `cargo test -p wardmote-stats --test it false_alarms -- --nocapture` prints
//! them.

use std::fmt::Write;

use statrs::distribution::{Beta, ContinuousCDF};
use wardmote_stats::events::{EventOutcome, MoreReports, test_window};
use wardmote_stats::interrupted::{Autocorrelation, Change, InterruptionOutcome, interrupted};
use wardmote_stats::interval::Confidence;
use wardmote_stats::spikes::{Ears, EarsMethod, Farrington, Limit, Verdict, ears, farrington};

use crate::draw::{Draw, Null};

/// Alarms among trials.
#[derive(Debug, Clone, Copy)]
struct Rate {
    alarms: usize,
    trials: usize,
}

impl Rate {
    fn share(self) -> f64 {
        self.alarms as f64 / self.trials as f64
    }

    fn lower_limit(self) -> f64 {
        if self.alarms == 0 {
            return 0.0;
        }
        let (alarms, others) = (self.alarms as f64, (self.trials - self.alarms) as f64);
        Beta::new(alarms, others + 1.0).unwrap().inverse_cdf(0.05)
    }

    #[track_caller]
    fn print_and_check(self, what: &str, nominal: f64) {
        let lower = self.lower_limit();
        println!("{what}: {:.2}% (exact lower limit {:.2}%)", 100.0 * self.share(), 100.0 * lower);
        assert!(lower <= nominal, "{what}: {self:?} exceeds {nominal}");
    }
}

/// Means and dispersions, from a street's few to a force's many.
const SETTINGS: [(f64, f64); 8] = [
    (2.0, 1.0),
    (2.0, 1.8),
    (10.0, 1.0),
    (10.0, 1.8),
    (40.0, 3.0),
    (200.0, 1.8),
    (200.0, 6.0),
    (2000.0, 20.0),
];

fn farrington_rate(
    options: &Farrington,
    years: usize,
    mean: f64,
    dispersion: f64,
    trials: usize,
) -> Rate {
    let mut draw = Draw::new(1_000 * years as u64 + mean as u64 + (10.0 * dispersion) as u64);
    let null = Null::new(options.periods_per_year, mean, dispersion);
    let n = options.periods_per_year * years + 2;
    let alarms = (0..trials)
        .filter(|_| {
            let counts = null.draw(n, &mut draw);
            let found = farrington(&counts, n - 1, options).unwrap();
            found.periods[0].verdict == Verdict::Alarm
        })
        .count();
    Rate { alarms, trials }
}

/// Over all settings, in per cent, and the largest.
fn farrington_rates(options: &Farrington, years: usize, trials: usize) -> (String, Rate) {
    let mut all = Rate { alarms: 0, trials: 0 };
    let mut line = String::new();
    for (mean, dispersion) in SETTINGS {
        let rate = farrington_rate(options, years, mean, dispersion, trials);
        all = Rate { alarms: all.alarms + rate.alarms, trials: all.trials + rate.trials };
        write!(line, " {:.1}", 100.0 * rate.share()).unwrap();
    }
    (line, all)
}

#[test]
fn farrington_keeps_to_its_rate() {
    for (alpha, years) in [(0.01, 3), (0.05, 5)] {
        let options = Farrington { alpha, ..Farrington::flexible(12) };
        for (mean, dispersion) in SETTINGS {
            let rate = farrington_rate(&options, years, mean, dispersion, 2_000);
            let what =
                format!("alpha {alpha}, {years} years, mean {mean}, dispersion {dispersion}");
            rate.print_and_check(&what, alpha);
        }
    }
}

#[test]
fn farrington_by_weeks_keeps_to_its_rate() {
    let options = Farrington { alpha: 0.05, ..Farrington::flexible(52) };
    for (mean, dispersion) in [(2.0, 1.0), (10.0, 1.8)] {
        let rate = farrington_rate(&options, 3, mean, dispersion, 2_000);
        rate.print_and_check(&format!("weeks, mean {mean}, dispersion {dispersion}"), 0.05);
    }
}

#[test]
fn the_published_limits_do_not() {
    // What docs/methods/spikes.md says of them; should it come to be untrue, the page must change.
    for limit in [Limit::NegativeBinomial, Limit::TwoThirds] {
        let options = Farrington { limit, ..Farrington::flexible(12) };
        let (line, all) = farrington_rates(&options, 5, 500);
        println!("{limit:?}, alpha 0.01, 5 years:{line}");
        assert!(all.lower_limit() > options.alpha, "{limit:?}: {all:?}");
    }
}

/// Trials on drawn months in which nothing happens; a trial that cannot be made is none.
fn rate(
    n: usize,
    mean: f64,
    dispersion: f64,
    found: impl Fn(&[u64], &[u8]) -> Option<bool>,
) -> Rate {
    let null = Null::months(mean, dispersion);
    let mut draw = Draw::new(n as u64 + mean as u64 + (10.0 * dispersion) as u64);
    let months: Vec<u8> = (0..n).map(|t| (t % 12) as u8 + 1).collect();
    let answers: Vec<bool> =
        (0..2_000).filter_map(|_| found(&null.draw(n, &mut draw), &months)).collect();
    Rate { alarms: answers.iter().filter(|found| **found).count(), trials: answers.len() }
}

#[test]
fn events_keep_to_their_rate() {
    for (length, start) in [(1, 47), (3, 45), (6, 30)] {
        for (mean, dispersion) in SETTINGS {
            let found = rate(48, mean, dispersion, |counts, months| {
                let asked = MoreReports::MoreHarm;
                let test =
                    test_window(counts, months, start, length, asked, Confidence::P95).ok()?;
                Some(test.outcome != EventOutcome::CannotTell)
            });
            let what =
                format!("window of {length} at {start}, mean {mean}, dispersion {dispersion}");
            found.print_and_check(&what, 0.05);
        }
    }
}

fn interrupted_rate(
    at: usize,
    change: Change,
    allowed: Autocorrelation,
    mean: f64,
    dispersion: f64,
) -> Rate {
    rate(48, mean, dispersion, |counts, months| {
        let found = interrupted(counts, months, at, change, allowed, Confidence::P95).ok()?;
        Some(found.outcome != InterruptionOutcome::CannotTell)
    })
}

#[test]
fn interruptions_keep_to_their_rate() {
    for (at, change) in [(24, Change::Level), (36, Change::LevelAndSlope)] {
        for (mean, dispersion) in SETTINGS {
            let found = interrupted_rate(at, change, Autocorrelation::Lag1Factor, mean, dispersion);
            let what = format!("{change:?} at {at}, mean {mean}, dispersion {dispersion}");
            found.print_and_check(&what, 0.05);
        }
    }
}

#[test]
fn newey_west_does_not() {
    // What docs/methods/interrupted.md says of it; should it come to be untrue, the page must change.
    let allowed = Autocorrelation::NeweyWest { lags: 3 };
    let found = interrupted_rate(36, Change::LevelAndSlope, allowed, 40.0, 3.0);
    println!("Newey-West: {:.1}%", 100.0 * found.share());
    assert!(found.lower_limit() > 0.05, "{found:?}");
}

#[test]
fn months_that_follow_one_another_are_not_covered() {
    // What docs/methods/interrupted.md and events.md say: a mean of 100 that wanders by a tenth with an
    // autocorrelation of 0.5.
    let mut draw = Draw::new(77);
    let months: Vec<u8> = (0..48).map(|t| t % 12 + 1).collect();
    let (mut changes, mut windows) = (0, 0);
    for _ in 0..2_000 {
        let mut wandering: f64 = draw.normal();
        let counts: Vec<u64> = (0..48)
            .map(|_| {
                wandering = 0.5 * wandering + 0.75_f64.sqrt() * draw.normal();
                draw.negative_binomial(100.0 * (0.1 * wandering).exp(), 1.0)
            })
            .collect();
        let (change, allowed) = (Change::LevelAndSlope, Autocorrelation::Lag1Factor);
        let found = interrupted(&counts, &months, 36, change, allowed, Confidence::P95).unwrap();
        changes += usize::from(found.outcome != InterruptionOutcome::CannotTell);
        let asked = MoreReports::MoreHarm;
        let found = test_window(&counts, &months, 45, 3, asked, Confidence::P95).unwrap();
        windows += usize::from(found.outcome != EventOutcome::CannotTell);
    }
    for (what, alarms) in [("interrupted", changes), ("a window of 3", windows)] {
        let rate = Rate { alarms, trials: 2_000 };
        println!("autocorrelation 0.5, {what}: {:.1}%", 100.0 * rate.share());
        assert!(rate.lower_limit() > 0.05, "{what}: {rate:?}");
    }
}

#[test]
fn ears_does_not() {
    // What docs/methods/spikes.md says of it: weeks without a season, 200 to each of 100 series.
    for method in [EarsMethod::C1, EarsMethod::C2, EarsMethod::C3] {
        let options = Ears::new(method);
        let mut line = format!("EARS {method:?}, alpha {}:", options.alpha);
        for (mean, dispersion) in [(2.0, 1.0), (10.0, 1.0), (40.0, 3.0)] {
            let (null, mut draw) = (Null::new(1, mean, dispersion), Draw::new(8));
            let mut all = Rate { alarms: 0, trials: 0 };
            for _ in 0..100 {
                let found = ears(&null.draw(200 + options.lag(), &mut draw), &options).unwrap();
                all.alarms += found.periods.iter().filter(|watched| watched.alarm).count();
                all.trials += found.periods.len();
            }
            write!(line, " {:.1}%", 100.0 * all.share()).unwrap();
            assert!(all.lower_limit() > options.alpha, "{method:?}: {all:?}");
        }
        println!("{line}");
    }
}

#[test]
fn farrington_keeps_to_its_rate_in_growth() {
    // What docs/methods/spikes.md says of it: 10% more each year, watched after five years.
    let options = Farrington::flexible(12);
    let mut draw = Draw::new(12);
    for (mean, dispersion) in [(10.0, 1.8), (200.0, 6.0)] {
        let alarms = (0..1_000)
            .filter(|_| {
                let mean_of = |t: i32| mean * 1.1_f64.powf(f64::from(t) / 12.0);
                let counts: Vec<u64> =
                    (0..62).map(|t| draw.negative_binomial(mean_of(t), dispersion)).collect();
                let found = farrington(&counts, 61, &options).unwrap().periods[0];
                found.verdict == Verdict::Alarm
            })
            .count();
        let rate = Rate { alarms, trials: 1_000 };
        rate.print_and_check(
            &format!("growth, mean {mean}, dispersion {dispersion}"),
            options.alpha,
        );
    }
}
