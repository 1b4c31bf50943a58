use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::trend::{Trend, TrendError, quasi_poisson_trend, quasi_poisson_trend_at};

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME, SHOPLIFTING, month_of_year};

/// What an independent program finds for a trend; its standard error knows of no autocorrelation.
struct Expected {
    slope: f64,
    plain_error: f64,
    pearson_phi: f64,
    lag1: f64,
    degrees_of_freedom: usize,
}

fn check(found: Trend, expected: &Expected) {
    let plain_error = found.standard_error / found.autocorrelation_factor.sqrt();
    let factor = (1.0 + expected.lag1) / (1.0 - expected.lag1);
    let pairs = [
        (found.log_slope_per_month, expected.slope),
        (plain_error, expected.plain_error),
        (found.pearson_phi, expected.pearson_phi),
        (found.lag1, expected.lag1),
        (found.autocorrelation_factor, factor),
    ];
    for (found, expected) in pairs {
        assert_relative_eq!(found, expected, max_relative = 1e-6);
    }
    assert_eq!(found.degrees_of_freedom, expected.degrees_of_freedom);
}

#[test]
fn luton_agrees_with_statsmodels() {
    // GLM(Poisson) with time and month terms, fit(scale="X2"): params, bse, scale; acf of the Pearson
    // residuals.
    let trend = |series: &[u64]| quasi_poisson_trend(series, &month_of_year()).unwrap();
    check(
        trend(&CRIME),
        &Expected {
            slope: 0.002_851_835_997_8,
            plain_error: 0.001_416_045_414_7,
            pearson_phi: 10.382_443_951_26,
            lag1: 0.417_630_823_336,
            degrees_of_freedom: 23,
        },
    );
    check(
        trend(&SHOPLIFTING),
        &Expected {
            slope: 0.009_579_202_958_3,
            plain_error: 0.004_345_256_392_6,
            pearson_phi: 6.052_091_240_679,
            lag1: 0.362_337_831_476,
            degrees_of_freedom: 23,
        },
    );
    let asb = trend(&ANTI_SOCIAL_BEHAVIOUR);
    assert_relative_eq!(asb.percent_per_year, -10.884_298_848_878, max_relative = 1e-6);
    check(
        asb,
        &Expected {
            slope: -0.009_602_887_300_6,
            plain_error: 0.001_424_954_068_4,
            pearson_phi: 2.265_968_147,
            lag1: 0.455_063_580_354,
            degrees_of_freedom: 23,
        },
    );
}

/// The series at the months that `keep` names by position.
fn at(series: &[u64; 36], keep: impl Fn(usize) -> bool) -> (Vec<f64>, Vec<u64>, Vec<u8>) {
    let kept: Vec<usize> = (0..36).filter(|&t| keep(t)).collect();
    let months = month_of_year();
    (
        kept.iter().map(|&t| t as f64).collect(),
        kept.iter().map(|&t| series[t]).collect(),
        kept.iter().map(|&t| months[t]).collect(),
    )
}

#[test]
fn a_series_with_gaps_agrees_with_statsmodels() {
    // The same without three months; numpy for the autocorrelation of neighbouring months only.
    let (times, counts, months) = at(&ANTI_SOCIAL_BEHAVIOUR, |t| ![10, 11, 20].contains(&t));
    check(
        quasi_poisson_trend_at(&times, &counts, &months).unwrap(),
        &Expected {
            slope: -0.009_816_449_363_4,
            plain_error: 0.001_552_594_567,
            pearson_phi: 2.405_997_301_83,
            lag1: 0.486_233_223_721,
            degrees_of_freedom: 20,
        },
    );
}

#[test]
fn a_month_that_never_has_events_says_nothing() {
    let august = |t: usize| month_of_year()[t] == 8;
    let without_august_events: [u64; 36] =
        std::array::from_fn(|t| if august(t) { 0 } else { SHOPLIFTING[t] });
    let with = quasi_poisson_trend(&without_august_events, &month_of_year()).unwrap();
    let (times, counts, months) = at(&SHOPLIFTING, |t| !august(t));
    let without = quasi_poisson_trend_at(&times, &counts, &months).unwrap();
    assert_relative_eq!(with.log_slope_per_month, without.log_slope_per_month, max_relative = 1e-9);
    assert_relative_eq!(with.standard_error, without.standard_error, max_relative = 1e-9);
    assert_eq!((with.degrees_of_freedom, with.n_months), (without.degrees_of_freedom, 36));
}

#[test]
fn what_has_no_trend_is_refused() {
    let (times, _, months) = at(&CRIME, |_| true);
    let check = |times: &[f64], counts: &[u64], months: &[u8], message: &str| {
        let refusal = quasi_poisson_trend_at(times, counts, months).unwrap_err();
        assert_eq!(refusal.to_string(), message);
    };
    check(
        &times[..35],
        &CRIME,
        &months,
        "35 times, 36 counts and 36 months of the year do not go together",
    );
    check(
        &times[..23],
        &CRIME[..23],
        &months[..23],
        "only 23 of the 24 months that are needed are there: with fewer, a season can look like a trend",
    );
    check(&times, &[0; 36], &months, "no events in the series");
    let mut twice = times.clone();
    twice[5] = 4.0;
    check(
        &twice,
        &CRIME,
        &months,
        "time 4 at position 5 is not a number later than the one before",
    );
    let mut thirteenth = months.clone();
    thirteenth[7] = 13;
    check(&times, &CRIME, &thirteenth, "month 13 at position 7 is not 1 to 12");
    // All events in one month of one year: no slope is large enough.
    let once = std::array::from_fn::<u64, 36, _>(|t| if t == 35 { 4 } else { 0 });
    assert!(matches!(quasi_poisson_trend(&once, &months), Err(TrendError::Fit(_))));
}

#[test]
fn luton_trends() {
    let named = [("crime", CRIME), ("shoplifting", SHOPLIFTING), ("ASB", ANTI_SOCIAL_BEHAVIOUR)];
    let lines = named.map(|(name, series)| {
        let found = quasi_poisson_trend(&series, &month_of_year()).unwrap();
        format!(
            "{name}: {:+.2}% a year ({:+.2} to {:+.2}), dispersion {:.2}, z {:.3}, p {:.4}",
            found.percent_per_year,
            found.interval.lower,
            found.interval.upper,
            found.dispersion_used,
            found.z,
            found.p_value,
        )
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    crime: +3.48% a year (-2.04 to +9.32), dispersion 25.27, z 1.291, p 0.2096
    shoplifting: +12.18% a year (-4.18 to +31.34), dispersion 12.93, z 1.508, p 0.1451
    ASB: -10.88% a year (-15.89 to -5.58), dispersion 6.05, z -4.124, p 0.0004
    ");
}

proptest! {
    #[test]
    fn scale_leaves_the_slope(counts in prop::collection::vec(1u64..200, 24..60), start in 0u8..12) {
        let months: Vec<u8> = (0..counts.len()).map(|t| (t as u8 + start) % 12 + 1).collect();
        let tenfold: Vec<u64> = counts.iter().map(|n| 10 * n).collect();
        let once = quasi_poisson_trend(&counts, &months).unwrap();
        let ten = quasi_poisson_trend(&tenfold, &months).unwrap();
        prop_assert!((once.log_slope_per_month - ten.log_slope_per_month).abs() < 1e-8);
    }

    #[test]
    fn few_events_give_an_error_or_numbers(counts in prop::collection::vec(0u64..3, 24..60)) {
        let months: Vec<u8> = (0..counts.len()).map(|t| t as u8 % 12 + 1).collect();
        if let Ok(found) = quasi_poisson_trend(&counts, &months) {
            prop_assert!(found.p_value.is_finite() && found.standard_error > 0.0);
            prop_assert!(found.interval.contains(found.percent_per_year));
        }
    }

    #[test]
    fn a_planted_slope_is_found(percent in -30.0f64..30.0, july in 0.5f64..2.0) {
        let slope = (percent / 100.0).ln_1p() / 12.0;
        let months: Vec<u8> = (0..48).map(|t| t % 12 + 1).collect();
        let season = |t: u8| if t % 12 == 6 { july } else { 1.0 };
        let mean = |t: u8| 1e6 * (slope * f64::from(t)).exp() * season(t);
        let counts: Vec<u64> = (0..48).map(|t| mean(t).round() as u64).collect();
        let found = quasi_poisson_trend(&counts, &months).unwrap();
        prop_assert!((found.percent_per_year - percent).abs() < 0.01);
    }
}
