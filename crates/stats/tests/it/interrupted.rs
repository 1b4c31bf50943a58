use proptest::prelude::*;
use serde_json::Value;
use wardmote_stats::interrupted::{
    Autocorrelation, Change, Interruption, InterruptionOutcome, interrupted,
};
use wardmote_stats::interval::Confidence;

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, month_of_year};
use crate::peers::{agree, cases, counts, months, number, whole};

fn check(found: &Interruption, expected: &Value, named: &str) {
    let agrees =
        |found: f64, key: &str| agree(found, number(&expected[key]), 6, &format!("{named}, {key}"));
    agrees(found.overall.ratio, "ratio");
    agrees(found.overall.standard_error, "standard_error");
    agrees(found.overall.interval.lower, "lower");
    agrees(found.overall.interval.upper, "upper");
    agrees(found.overall.p_value, "p_value");
    agrees(found.level.ratio, "level");
    agrees(found.level.standard_error, "level_error");
    assert_eq!(found.slope.is_some(), expected["slope"].is_number());
    if let Some(slope) = found.slope {
        agrees(slope.ratio, "slope");
        agrees(slope.standard_error, "slope_error");
    }
}

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/time.py: statsmodels 0.15.0 GLM, its HAC covariance, and the delta method in numpy.
    for (index, case) in cases(include_str!("peers/interrupted.json")).iter().enumerate() {
        let change = match case["change"].as_str().unwrap() {
            "level" => Change::Level,
            _ => Change::LevelAndSlope,
        };
        let fit = |autocorrelation| {
            interrupted(
                &counts(&case["counts"]),
                &months(&case["months"]),
                whole(&case["change_at"]),
                change,
                autocorrelation,
                Confidence::P95,
            )
            .unwrap()
        };
        let found = fit(Autocorrelation::Lag1Factor);
        check(&found, &case["lag1_factor"], &format!("case {index}"));
        agree(found.dispersion.lag1, number(&case["lag1"]), 6, "lag 1");
        agree(found.expected_after, number(&case["expected_after"]), 6, "expected");
        let lags = whole(&case["lags"]);
        let named = format!("case {index}, Newey-West");
        check(&fit(Autocorrelation::NeweyWest { lags }), &case["newey_west"], &named);
    }
}

#[test]
fn what_is_too_short_is_refused() {
    let check = |at: usize, change, allowed, message: &str| {
        let months = month_of_year();
        let found =
            interrupted(&ANTI_SOCIAL_BEHAVIOUR, &months, at, change, allowed, Confidence::P95);
        assert_eq!(found.unwrap_err().to_string(), message);
    };
    let allowed = Autocorrelation::Lag1Factor;
    let few = "31 months before and 5 after the change are too few: 12 and 6 are needed";
    check(31, Change::LevelAndSlope, allowed, few);
    let none = "36 months before and 0 after the change are too few: 12 and 3 are needed";
    check(99, Change::Level, allowed, none);
    let lags = Autocorrelation::NeweyWest { lags: 36 };
    check(20, Change::Level, lags, "36 lags are too many for 36 months");
}

#[test]
fn luton_anti_social_behaviour_at_half_time() {
    let lines = [Change::Level, Change::LevelAndSlope].map(|change| {
        let found = interrupted(
            &ANTI_SOCIAL_BEHAVIOUR,
            &month_of_year(),
            18,
            change,
            Autocorrelation::Lag1Factor,
            Confidence::P95,
        )
        .unwrap();
        format!(
            "{change:?}: {:.3} ({:.3} to {:.3}), p {:.3}, {:?}; {}",
            found.overall.ratio,
            found.overall.interval.lower,
            found.overall.interval.upper,
            found.overall.p_value,
            found.outcome,
            found.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        )
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    Level: 1.106 (0.926 to 1.320), p 0.251, CannotTell; 18 months before and 18 after: fewer than two years before, or one after, leave season and slope uncertain; the months follow one another closely (lag-1 autocorrelation 0.39): treat a finding with reserve
    LevelAndSlope: 1.226 (1.079 to 1.393), p 0.003, More; 18 months before and 18 after: fewer than two years before, or one after, leave season and slope uncertain
    ");
}

proptest! {
    #[test]
    fn a_planted_step_is_found(percent in -40.0f64..40.0, slope in -0.01f64..0.01, at in 24usize..40) {
        let step = percent / 100.0;
        let months: Vec<u8> = (0..60).map(|t| t % 12 + 1).collect();
        let season = |t: usize| (0.2 * (t as f64 * std::f64::consts::TAU / 12.0).cos()).exp();
        let after = |t: usize| if t >= at { 1.0 + step } else { 1.0 };
        let mean = |t: usize| 1e6 * (slope * t as f64).exp() * season(t) * after(t);
        let counts: Vec<u64> = (0..60).map(|t| mean(t).round() as u64).collect();
        for change in [Change::Level, Change::LevelAndSlope] {
            let allowed = Autocorrelation::Lag1Factor;
            let found = interrupted(&counts, &months, at, change, allowed, Confidence::P95).unwrap();
            prop_assert!((found.overall.ratio - 1.0 - step).abs() < 1e-4);
            prop_assert!(found.overall.interval.contains(found.overall.ratio));
            if percent.abs() > 1.0 {
                let more = InterruptionOutcome::More;
                prop_assert_eq!(found.outcome == more, percent > 0.0);
            }
        }
    }
}
