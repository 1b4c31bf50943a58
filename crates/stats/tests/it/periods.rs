use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;
use wardmote_stats::dispersion::{DispersionError, dispersion_over_areas, dispersion_over_years};
use wardmote_stats::periods::{PeriodComparison, PeriodError, compare_periods};

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME, SHOPLIFTING, year_2022, year_2023};

fn luton(series: &[u64; 36]) -> PeriodComparison {
    compare_periods(year_2022(series), year_2023(series)).unwrap()
}

/// What an independent program finds for a comparison.
struct Expected {
    z_plain: f64,
    pearson_phi: f64,
    lag1: f64,
    z: f64,
    p_value: f64,
    log_ratio: f64,
}

fn check(found: PeriodComparison, expected: &Expected) {
    let dispersion = found.dispersion.unwrap();
    assert_eq!(dispersion.degrees_of_freedom, 11);
    let pairs = [
        (found.z_plain, expected.z_plain),
        (dispersion.pearson_phi, expected.pearson_phi),
        (dispersion.lag1, expected.lag1),
        (found.z, expected.z),
        (found.p_value, expected.p_value),
        (found.ratio.ln(), expected.log_ratio),
    ];
    for (found, expected) in pairs {
        assert_relative_eq!(found, expected, max_relative = 1e-8);
    }
}

#[test]
fn luton_agrees_with_statsmodels() {
    // GLM(Poisson) with year and month terms, fit(scale="X2"): scale, and params for the year;
    // acf(Pearson residuals, nlags=1); p by scipy's t.sf with the model's 11 degrees of freedom.
    check(
        luton(&CRIME),
        &Expected {
            z_plain: -2.584_455_302_261,
            pearson_phi: 6.002_047_998_522,
            lag1: 0.535_949_418_332,
            z: -0.579_847_110_360,
            p_value: 0.573_702_360_047,
            log_ratio: -0.026_934_729_916,
        },
    );
    check(
        luton(&SHOPLIFTING),
        &Expected {
            z_plain: 5.282_214_092_053,
            pearson_phi: 3.078_203_904_261,
            lag1: 0.213_364_195_848,
            z: 2.424_144_892_062,
            p_value: 0.033_758_106_195,
            log_ratio: 0.224_148_071_740,
        },
    );
    check(
        luton(&ANTI_SOCIAL_BEHAVIOUR),
        &Expected {
            z_plain: -1.607_764_180_587,
            pearson_phi: 1.213_801_229_516,
            lag1: 0.300_421_542_708,
            z: -1.070_347_251_664,
            p_value: 0.307_386_758_838,
            log_ratio: -0.037_740_327_983,
        },
    );
}

#[test]
fn a_two_way_table_by_hand() {
    // Rows 10, 20 and 20, 10: each fitted value is 15, so chi-square is 4 * 25 / 15 on one degree.
    let found = dispersion_over_years(&[vec![10, 20], vec![20, 10]]).unwrap();
    assert_abs_diff_eq!(found.pearson_phi, 100.0 / 15.0, epsilon = 1e-12);
    assert_eq!(found.degrees_of_freedom, 1);
}

#[test]
fn areas_and_part_years_are_no_neighbours_in_time() {
    // numpy on the residuals of statsmodels, without the pair of March 2023 and April 2023.
    let rows = [year_2022(&CRIME).to_vec(), year_2023(&CRIME).to_vec()];
    let lag1 = dispersion_over_areas(&rows).unwrap().lag1;
    assert_relative_eq!(lag1, 0.504_772_370_090, max_relative = 1e-8);
    let part = rows.map(|row| row[..8].to_vec());
    assert_eq!(dispersion_over_years(&part), dispersion_over_areas(&part));
}

#[test]
fn one_month_has_no_dispersion_and_says_so() {
    let found = compare_periods(&[100], &[130]).unwrap();
    assert_eq!(found.dispersion, None);
    assert_abs_diff_eq!(found.p_value, found.p_plain, epsilon = 0.0);
}

#[test]
fn a_month_without_events_takes_no_degree_of_freedom() {
    let found = dispersion_over_years(&[vec![10, 0, 20, 5], vec![20, 0, 10, 7]]).unwrap();
    let without = dispersion_over_years(&[vec![10, 20, 5], vec![20, 10, 7]]).unwrap();
    assert_eq!(found.degrees_of_freedom, 2);
    assert_relative_eq!(found.pearson_phi, without.pearson_phi, max_relative = 1e-12);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let uneven = PeriodError::LengthMismatch { earlier: 2, later: 1 };
    assert_eq!(compare_periods(&[1, 2], &[1]), Err(uneven));
    assert_eq!(compare_periods(&[], &[]), Err(PeriodError::Empty));
    assert_eq!(
        compare_periods(&[0, 0], &[1, 2]).unwrap_err().to_string(),
        "0 events against 3: a change in per cent needs events in both periods"
    );
    assert_eq!(
        compare_periods(&[5, 0], &[7, 0]).unwrap_err().to_string(),
        "2 rows and 1 months with events leave nothing to estimate the variation from"
    );
    let ragged = DispersionError::Ragged { row_index: 1, found: 1, expected: 2 };
    assert_eq!(dispersion_over_years(&[vec![1, 2], vec![1]]), Err(ragged));
}

#[test]
fn luton_between_two_years() {
    let named = [("crime", CRIME), ("shoplifting", SHOPLIFTING), ("ASB", ANTI_SOCIAL_BEHAVIOUR)];
    let lines = named.map(|(name, series)| {
        let found = luton(&series);
        format!(
            "{name}: {} to {}, {:+.2}% ({:+.2} to {:+.2}), dispersion {:.2}, p {:.4}, plain p {:.1e}",
            found.earlier_total,
            found.later_total,
            found.percent_change,
            found.percent_interval.lower,
            found.percent_interval.upper,
            found.dispersion.unwrap().used,
            found.p_value,
            found.p_plain,
        )
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    crime: 18664 to 18168, -2.66% (-12.12 to +7.82), dispersion 19.87, p 0.5737, plain p 9.8e-3
    shoplifting: 995 to 1245, +25.13% (+2.04 to +53.43), dispersion 4.75, p 0.0338, plain p 1.3e-7
    ASB: 3699 to 3562, -3.70% (-10.89 to +4.07), dispersion 2.26, p 0.3074, plain p 1.1e-1
    ");
}

proptest! {
    #[test]
    fn exchanging_periods_turns_the_sign(
        a in prop::collection::vec(1u64..500, 12),
        b in prop::collection::vec(1u64..500, 12),
    ) {
        let (there, back) = (compare_periods(&a, &b).unwrap(), compare_periods(&b, &a).unwrap());
        prop_assert!((there.z_plain + back.z_plain).abs() < 1e-9);
        prop_assert!((there.ratio * back.ratio - 1.0).abs() < 1e-9);
        // Caution is only ever added: dispersion at least 1, and Student's t.
        prop_assert!(there.p_value >= there.p_plain - 1e-12);
    }

    #[test]
    fn few_events_give_an_error_or_numbers(
        pairs in prop::collection::vec((0u64..4, 0u64..4), 1..15),
    ) {
        let (a, b): (Vec<u64>, Vec<u64>) = pairs.into_iter().unzip();
        if let Ok(found) = compare_periods(&a, &b) {
            let limits = found.percent_interval;
            prop_assert!(!found.z.is_nan() && (0.0..=1.0).contains(&found.p_value));
            prop_assert!(limits.lower <= found.percent_change + 1e-9);
            prop_assert!(found.percent_change <= limits.upper + 1e-9);
            prop_assert!(found.dispersion.is_none_or(|d| d.used >= 1.0 && d.used.is_finite()));
        }
    }

    #[test]
    fn ten_times_the_events_make_ten_times_the_dispersion(
        table in prop::collection::vec(prop::collection::vec(1u64..100, 12), 2..4),
    ) {
        let tenfold: Vec<Vec<u64>> =
            table.iter().map(|row| row.iter().map(|n| 10 * n).collect()).collect();
        let once = dispersion_over_years(&table).unwrap();
        let ten = dispersion_over_years(&tenfold).unwrap();
        let difference = ten.pearson_phi - 10.0 * once.pearson_phi;
        prop_assert!(difference.abs() < 1e-8 * ten.pearson_phi.max(1.0));
        prop_assert!((ten.lag1 - once.lag1).abs() < 1e-6);
    }
}
