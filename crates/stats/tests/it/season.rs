use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::interval::Interval;
use wardmote_stats::season::{DecompositionError, seasonal_profile, seasonal_profile_at, stl};

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME, SHOPLIFTING, month_of_year};

#[test]
fn luton_anti_social_behaviour_agrees_with_statsmodels() {
    // GLM(Poisson) with time and month terms: params less their mean; cov_params with scale="X2";
    // deviance of the model with and without month terms.
    let expected = [
        0.871_991_139_2,
        0.791_387_574_0,
        0.884_516_042_8,
        0.916_290_105_4,
        1.127_129_448_6,
        1.228_482_733_5,
        1.385_482_303_2,
        1.298_420_691_3,
        1.080_213_977_2,
        0.995_572_003_7,
        0.858_567_926_6,
        0.777_398_318_3,
    ];
    let found = seasonal_profile(&ANTI_SOCIAL_BEHAVIOUR, &month_of_year()).unwrap();
    for (month, multiplier) in found.months.iter().zip(expected) {
        assert_relative_eq!(month.multiplier, multiplier, max_relative = 1e-6);
    }
    assert_eq!((found.peak, found.trough), (7, 12));
    assert_relative_eq!(found.amplitude, 1.782_203_886_6, max_relative = 1e-6);
    let factor = (1.0 + 0.455_063_580_354) / (1.0 - 0.455_063_580_354_f64);
    assert_relative_eq!(found.f, 15.758_568_376_9 / factor, max_relative = 1e-6);
    // Standard errors on the log scale, from the interval by scipy's t.ppf(.975, 23) = 2.06865761.
    let error = |limits: Interval| (limits.upper / limits.lower).ln() / 2.0 / 2.068_657_61;
    let plain = |limits| error(limits) / factor.sqrt();
    assert_relative_eq!(plain(found.amplitude_interval), 0.069_389_323_6, max_relative = 1e-6);
    assert_relative_eq!(plain(found.months[6].interval), 0.040_136_509_0, max_relative = 1e-6);
}

#[test]
fn stl_agrees_with_statsmodels() {
    // STL(log(n + .5), period=12, seasonal=361, seasonal_deg=0, robust=True).fit(inner_iter=1,
    // outer_iter=15), the loops that stlrs makes.
    let found = stl(&ANTI_SOCIAL_BEHAVIOUR).unwrap();
    assert_relative_eq!(found.seasonal_strength, 0.901_357_786_7, max_relative = 1e-6);
    // May, July and February of the first year.
    for (index, seasonal) in [(0, 1.102_440_705), (2, 1.365_744_867), (9, 0.749_880_539)] {
        assert_relative_eq!(found.seasonal[index], seasonal, max_relative = 1e-6);
    }
    for (index, trend) in [(0, 410.049_151), (17, 307.316_054), (35, 280.428_099)] {
        assert_relative_eq!(found.trend[index], trend, max_relative = 1e-6);
    }
}

#[test]
fn what_has_no_profile_is_refused() {
    let months = month_of_year();
    let check = |counts: &[u64], months: &[u8], message: &str| {
        assert_eq!(seasonal_profile(counts, months).unwrap_err().to_string(), message);
    };
    let to_november: Vec<u8> = months.iter().map(|month| (*month).min(11)).collect();
    check(
        &CRIME,
        &to_november,
        "month 12 of the year is missing from the series: a profile needs all twelve",
    );
    let no_may: Vec<u64> =
        CRIME.iter().enumerate().map(|(t, n)| if t % 12 == 0 { 0 } else { *n }).collect();
    check(&no_may, &months, "no event ever in month 5 of the year: its multiplier has no limits");
    check(
        &CRIME[..12],
        &months[..12],
        "only 12 of the 24 months that are needed are there: with fewer, a season can look like a trend",
    );
    let short = DecompositionError::TooShort { values: 35, needed: 36 };
    assert_eq!(stl(&CRIME[..35]), Err(short));
}

#[test]
fn luton_profiles() {
    let named = [("crime", CRIME), ("shoplifting", SHOPLIFTING), ("ASB", ANTI_SOCIAL_BEHAVIOUR)];
    let lines = named.map(|(name, series)| {
        let found = seasonal_profile(&series, &month_of_year()).unwrap();
        format!(
            "{name}: peak {}, trough {}, {:.3} ({:.3} to {:.3}), F {:.3}, p {:.1e}, strength {:.3}",
            found.peak,
            found.trough,
            found.amplitude,
            found.amplitude_interval.lower,
            found.amplitude_interval.upper,
            found.f,
            found.p_value,
            stl(&series).unwrap().seasonal_strength,
        )
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    crime: peak 6, trough 12, 1.207 (0.964 to 1.510), F 0.638, p 7.8e-1, strength 0.287
    shoplifting: peak 6, trough 11, 1.460 (0.770 to 2.767), F 0.303, p 9.8e-1, strength 0.099
    ASB: peak 7, trough 12, 1.782 (1.410 to 2.253), F 5.902, p 1.7e-4, strength 0.901
    ");
}

proptest! {
    #[test]
    fn multipliers_average_to_one(counts in prop::collection::vec(1u64..300, 36..60)) {
        let months: Vec<u8> = (0..counts.len()).map(|t| t as u8 % 12 + 1).collect();
        let found = seasonal_profile(&counts, &months).unwrap();
        let log_sum = found.months.iter().map(|month| month.multiplier.ln()).sum::<f64>();
        prop_assert!(log_sum.abs() < 1e-8);
        prop_assert!(found.amplitude >= 1.0 && (0.0..=1.0).contains(&found.p_value));
        prop_assert!(found.months.iter().all(|month| month.interval.contains(month.multiplier)));
    }

    #[test]
    fn a_year_that_is_not_known_does_no_harm(july in 0.5f64..2.0, percent in -20.0f64..20.0) {
        let slope = (percent / 100.0).ln_1p() / 12.0;
        let times: Vec<f64> = (0..60).filter(|t| !(24..36).contains(t)).map(f64::from).collect();
        let months: Vec<u8> = times.iter().map(|t| *t as u8 % 12 + 1).collect();
        let season = |month: u8| if month == 7 { july } else { 1.0 };
        let means = times.iter().zip(&months).map(|(t, m)| 1e6 * (slope * t).exp() * season(*m));
        let counts: Vec<u64> = means.map(|mean| mean.round() as u64).collect();
        let found = seasonal_profile_at(&times, &counts, &months).unwrap();
        prop_assert!((found.amplitude - july.max(1.0 / july)).abs() < 1e-3);
    }

    #[test]
    fn parts_make_the_whole(counts in prop::collection::vec(0u64..500, 36..60)) {
        let found = stl(&counts).unwrap();
        for (index, count) in counts.iter().enumerate() {
            let trend = (found.trend[index] + 0.5).ln();
            let log = trend + found.seasonal[index].ln() + found.remainder[index];
            prop_assert!((log - (*count as f64 + 0.5).ln()).abs() < 1e-8);
        }
        prop_assert!((0.0..=1.0).contains(&found.seasonal_strength));
    }
}
