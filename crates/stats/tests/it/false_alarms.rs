//! How often something is found where nothing happened, on drawn series: a test fails if the exact
//! lower limit of the rate (Clopper and Pearson, 95%, one-sided) lies above the nominal one. The rates
//! stand in docs/methods/; `cargo test -p wardmote-stats --test it false_alarms -- --nocapture` prints
//! them.

use statrs::distribution::{Beta, ContinuousCDF};
use wardmote_stats::spikes::{Farrington, Limit, Verdict, farrington};

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
        line += &format!(" {:.1}", 100.0 * rate.share());
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
