use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;
use wardmote_stats::dispersion::{Scale, dispersion_over_years};
use wardmote_stats::interval::{Confidence, ConfidenceError};
use wardmote_stats::rates::{
    Exposure, PoissonMethod, RateError, byar_limits, crude_rates, exact_limits, poisson_limits,
    rate_ratio, weighted_sum,
};

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME, SHOPLIFTING, year_2022, year_2023};

/// Census 2021 (ONS, Open Government Licence v3.0), rounded to hundreds as first published.
const LUTON_RESIDENTS: u64 = 225_300;

fn area(events: u64, population: f64) -> Exposure {
    Exposure { events, population }
}

#[test]
fn exact_limits_agree_with_scipy() {
    // chi2.ppf(.025, 2n) / 2 and chi2.ppf(.975, 2n + 2) / 2. Garwood (1936) has 4.795 and 18.390.
    let check = |count, lower: f64, upper: f64| {
        let found = exact_limits(count, Confidence::P95);
        assert_relative_eq!(found.lower, lower, max_relative = 1e-8);
        assert_relative_eq!(found.upper, upper, max_relative = 1e-8);
    };
    check(0, 0.0, 3.688_879_454_114);
    check(1, 0.025_317_807_984_29, 5.571_643_390_939);
    check(9, 4.115_373_097_378, 17.084_803_451_419);
    check(10, 4.795_388_696_132, 18.390_356_042_018);
    check(1_000, 938.973_018_407_270, 1_063.952_136_016_302);
}

#[test]
fn byar_limits_are_those_of_public_health() {
    // Worked by the Office for Health Improvement and Disparities' formula with z = 1.96, which is
    // 1.95996 here: hence a third figure that may differ by one.
    let check = |count, lower: f64, upper: f64| {
        let found = byar_limits(count, Confidence::P95);
        assert_abs_diff_eq!(found.lower, lower, epsilon = 0.001);
        assert_abs_diff_eq!(found.upper, upper, epsilon = 0.001);
    };
    check(65, 50.163, 82.849);
    check(10, 4.787, 18.391);
}

#[test]
fn the_method_changes_at_ten() {
    assert_eq!(poisson_limits(9, Confidence::P95).method, PoissonMethod::Exact);
    assert_eq!(poisson_limits(10, Confidence::P95).method, PoissonMethod::Byar);
}

#[test]
fn ratio_agrees_with_statsmodels() {
    // GLM(Poisson, offset = log population).fit(scale=2.5).
    let found = rate_ratio(area(120, 1_000.0), area(80, 900.0), 2.5).unwrap();
    assert_relative_eq!(found.ratio, 1.35, max_relative = 1e-12);
    assert_relative_eq!(found.interval.lower, 0.863_126_563_4, max_relative = 1e-8);
    assert_relative_eq!(found.interval.upper, 2.111_509_571_4, max_relative = 1e-8);
    assert_relative_eq!(found.z, 1.314_992_439_272, max_relative = 1e-8);
    assert_relative_eq!(found.p_value, 0.188_512_443_504, max_relative = 1e-8);
    assert_relative_eq!(found.standard_error.value, 0.228_217_732_276, max_relative = 1e-8);
    // Where 2.5 is an estimate: scipy's 2 * t.sf(1.314992439272, 11).
    let estimated = Scale { dispersion: 2.5, degrees_of_freedom: Some(11) };
    let found = rate_ratio(area(120, 1_000.0), area(80, 900.0), estimated).unwrap();
    assert_relative_eq!(found.p_value, 0.215_266_136_215, max_relative = 1e-8);
}

#[test]
fn what_has_no_rate_is_refused() {
    let rates = |events: &[u64], residents: &[u64], per| crude_rates(events, residents, per);
    let uneven = RateError::LengthMismatch { events: 2, residents: 1 };
    assert_eq!(rates(&[1, 2], &[9], 1_000.0), Err(uneven));
    assert_eq!(rates(&[1, 2], &[9, 0], 1_000.0), Err(RateError::NoResidents { area_index: 1 }));
    assert_eq!(rates(&[1], &[9], 0.0), Err(RateError::Per { per: 0.0 }));

    let ratio = |a, b, scale: Scale| rate_ratio(a, b, scale).unwrap_err();
    let (some, one) = (area(1, 9.0), Scale::from(1.0));
    assert_eq!(ratio(area(0, 9.0), some, one), RateError::NoEvents);
    assert_eq!(ratio(some, area(1, 0.0), one), RateError::Population { population: 0.0 });
    assert_eq!(ratio(some, some, 0.9.into()), RateError::Dispersion { dispersion: 0.9 });
    let on_nothing = Scale { dispersion: 1.0, degrees_of_freedom: Some(0) };
    assert_eq!(ratio(some, some, on_nothing), RateError::Dispersion { dispersion: 1.0 });
    assert_eq!(Confidence::new(95.0), Err(ConfidenceError::Level { level: 95.0 }));
}

#[test]
fn luton_rates_in_2023() {
    let total = |series: &[u64; 36]| year_2023(series).iter().sum::<u64>();
    let events = [&CRIME, &SHOPLIFTING, &ANTI_SOCIAL_BEHAVIOUR].map(total);
    let rates = crude_rates(&events, &[LUTON_RESIDENTS; 3], 1_000.0).unwrap();
    let line = |rate: &wardmote_stats::rates::Rate| {
        format!("{:.3} ({:.3} to {:.3})", rate.value, rate.interval.lower, rate.interval.upper)
    };
    insta::assert_snapshot!(rates.iter().map(line).collect::<Vec<_>>().join("\n"), @r"
    80.639 (79.471 to 81.820)
    5.526 (5.223 to 5.842)
    15.810 (15.295 to 16.338)
    ");
}

#[test]
fn luton_rate_ratio_of_two_years() {
    let years = [year_2022(&CRIME).to_vec(), year_2023(&CRIME).to_vec()];
    let [before, after] = years.each_ref().map(|year| area(year.iter().sum(), 225_300.0));
    let found = rate_ratio(after, before, dispersion_over_years(&years).unwrap()).unwrap();
    let limits = found.interval;
    let line = format!(
        "{:.4} ({:.4} to {:.4}), p {:.4}",
        found.ratio, limits.lower, limits.upper, found.p_value
    );
    insta::assert_snapshot!(line, @"0.9734 (0.8788 to 1.0782), p 0.5737");
}

#[test]
fn weighted_sums_agree_with_scipy() {
    // scipy 1.17, gamma.ppf with the parameters of Fay and Feuer (1997).
    let found = weighted_sum(&[40, 12, 3, 200], &[10.0, 365.0, 1825.0, 2.0], Confidence::P95);
    let found = found.unwrap();
    assert_abs_diff_eq!(found.interval.lower, 5_062.359_676_975_53, epsilon = 1e-4);
    assert_abs_diff_eq!(found.interval.upper, 21_114.478_061_028_2, epsilon = 1e-4);
    let nothing = weighted_sum(&[0, 0], &[5.0, 2.0], Confidence::P95).unwrap();
    assert_eq!((nothing.value, nothing.interval.lower), (0.0, 0.0));
    assert!(nothing.interval.upper > 5.0);
    assert!(weighted_sum(&[1], &[-1.0], Confidence::P95).is_err());
}

proptest! {
    #[test]
    fn equal_weights_are_the_exact_limits_of_the_count(n in 0u64..2_000, weight in 0.1f64..500.0) {
        let found = weighted_sum(&[n], &[weight], Confidence::P95).unwrap();
        let exact = exact_limits(n, Confidence::P95);
        prop_assert!((found.interval.lower / weight - exact.lower).abs() < 1e-3 * (1.0 + exact.lower));
        prop_assert!((found.interval.upper / weight - exact.upper).abs() < 1e-3 * (1.0 + exact.upper));
    }

    #[test]
    fn byar_is_near_exact_from_ten(count in 10u64..5_000) {
        let [byar, exact] = [byar_limits, exact_limits].map(|limits| limits(count, Confidence::P95));
        prop_assert!((byar.lower / exact.lower - 1.0).abs() < 0.002);
        prop_assert!((byar.upper / exact.upper - 1.0).abs() < 0.002);
    }

    #[test]
    fn limits_hold_the_count_and_widen_with_confidence(count in 0u64..3_000) {
        let [narrow, wide] = [Confidence::P90, Confidence::P95]
            .map(|confidence| poisson_limits(count, confidence).interval);
        prop_assert!(wide.contains(count as f64) && narrow.contains(count as f64));
        prop_assert!(wide.lower <= narrow.lower && narrow.upper < wide.upper);
    }

    #[test]
    fn doubling_events_and_residents_leaves_the_rate(
        events in 0u64..10_000,
        residents in 1u64..1_000_000,
    ) {
        let rates = crude_rates(&[events, 2 * events], &[residents, 2 * residents], 1_000.0).unwrap();
        prop_assert!((rates[0].value - rates[1].value).abs() <= 1e-12 * rates[0].value.max(1.0));
        prop_assert!(rates[0].interval.contains(rates[0].value));
    }

    #[test]
    fn exchanging_areas_inverts_the_ratio(
        a in 1u64..10_000,
        b in 1u64..10_000,
        people in 1.0f64..1e6,
        dispersion in 1.0f64..20.0,
    ) {
        let there = rate_ratio(area(a, people), area(b, 5_000.0), dispersion).unwrap();
        let back = rate_ratio(area(b, 5_000.0), area(a, people), dispersion).unwrap();
        prop_assert!((there.ratio * back.ratio - 1.0).abs() < 1e-9);
        prop_assert!((there.z + back.z).abs() < 1e-9);
    }
}
