use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;
use wardmote_stats::dispersion::dispersion_over_years;
use wardmote_stats::power::{Direction, PowerError, TwoPeriods};

use crate::luton::{ANTI_SOCIAL_BEHAVIOUR, CRIME, SHOPLIFTING, year_2022, year_2023};

fn planned(expected: f64, dispersion: f64, degrees_of_freedom: usize) -> TwoPeriods {
    TwoPeriods::new(expected, dispersion, degrees_of_freedom, 0.05).unwrap()
}

#[test]
fn power_agrees_with_scipy() {
    // scipy 1.17.1: integrate.quad of chi.pdf(s √df, df) √df times norm.cdf(d - t s) + norm.cdf(-d - t s)
    // from the floor 1/√φ upwards, plus chi2.cdf(df/φ, df) times the same at the floor; t is
    // t.ppf(0.975, df), times √1.2 in the third. The quantiles of statrs are good to seven digits.
    let check = |test: TwoPeriods, ratio, expected: f64| {
        assert_abs_diff_eq!(test.power(ratio).unwrap(), expected, epsilon = 1e-7);
    };
    check(planned(3_000.0, 1.8, 11), 0.92, 0.567_659_971_164);
    check(planned(25_000.0, 3.0, 11), 0.92, 0.997_525_896_695);
    let inflated = planned(3_000.0, 1.8, 11).with_autocorrelation_factor(1.2).unwrap();
    check(inflated, 0.92, 0.492_447_801_105);
    check(planned(18_664.0, 6.0, 11), 0.92, 0.833_853_250_658);
    check(planned(300.0, 1.0, 7), 1.2, 0.414_599_183_922);
    // No change, dispersion 1: the floor keeps the test below its level.
    check(planned(3_000.0, 1.0, 11), 1.0, 0.021_193_203_836);
    // So large a dispersion is never estimated below 1.
    check(planned(1e6, 1e4, 11), 1.0, 0.05);
}

#[test]
fn the_smallest_change_agrees_with_scipy() {
    // scipy 1.17.1: optimize.brentq on the integral above, chance 0.8.
    let test = planned(18_664.0, 6.0, 11);
    let change = |direction| test.smallest_percent_change(0.8, direction).unwrap().unwrap();
    assert_relative_eq!(change(Direction::Fall), -7.654_886_967_401, max_relative = 1e-6);
    assert_relative_eq!(change(Direction::Rise), 7.959_533_618_203, max_relative = 1e-6);
}

#[test]
fn months_say_how_many_degrees_of_freedom_there_are() {
    let year: Vec<f64> = (1..=12).map(|month| f64::from(month) * 10.0).collect();
    assert_eq!(TwoPeriods::over_months(&year, 2.0, 0.05), TwoPeriods::new(780.0, 2.0, 11, 0.05));
    let gap = [100.0, 0.0, 50.0, 70.0];
    assert_eq!(TwoPeriods::over_months(&gap, 2.0, 0.05), TwoPeriods::new(220.0, 2.0, 2, 0.05));
}

#[test]
fn few_events_cannot_show_any_fall() {
    let test = planned(3.0, 1.0, 11);
    assert_eq!(test.smallest_percent_change(0.8, Direction::Fall), Ok(None));
    assert!(test.smallest_percent_change(0.8, Direction::Rise).unwrap().unwrap() > 100.0);
}

#[test]
fn what_cannot_be_planned_is_refused() {
    let check = |found: Result<TwoPeriods, PowerError>, message: &str| {
        assert_eq!(found.unwrap_err().to_string(), message);
    };
    check(
        TwoPeriods::new(0.0, 1.0, 11, 0.05),
        "0 expected events in the earlier period is not a number above 0",
    );
    check(TwoPeriods::new(10.0, 0.5, 11, 0.05), "dispersion 0.5 is not a number of at least 1");
    check(
        TwoPeriods::new(10.0, 1.0, 0, 0.05),
        "no degrees of freedom to estimate the dispersion from: compare at least two months",
    );
    check(TwoPeriods::new(10.0, 1.0, 11, 5.0), "significance level 5 is not between 0 and 1");
    check(
        TwoPeriods::over_months(&[10.0, f64::NAN], 1.0, 0.05),
        "NaN expected events in month 1 is not a number of at least 0",
    );
    check(
        TwoPeriods::over_months(&[0.0, 70.0], 1.0, 0.05),
        "no degrees of freedom to estimate the dispersion from: compare at least two months",
    );
    check(
        planned(10.0, 1.0, 11).with_autocorrelation_factor(0.9),
        "autocorrelation factor 0.9 is not a number of at least 1",
    );
    let test = planned(100.0, 1.0, 11);
    assert!(matches!(test.power(f64::INFINITY), Err(PowerError::Ratio { .. })));
    assert!(matches!(test.power(0.0), Err(PowerError::Ratio { .. })));
    let chance = test.smallest_percent_change(0.05, Direction::Fall).unwrap_err();
    assert_eq!(chance.to_string(), "a chance of 0.05 is not between the level 0.05 and 1");
}

#[test]
fn what_luton_could_have_found() {
    let named = [("crime", CRIME), ("shoplifting", SHOPLIFTING), ("ASB", ANTI_SOCIAL_BEHAVIOUR)];
    let lines = named.map(|(name, series)| {
        let (earlier, later) = (year_2022(&series).to_vec(), year_2023(&series).to_vec());
        let months: Vec<f64> = earlier.iter().map(|&count| count as f64).collect();
        let dispersion = dispersion_over_years(&[earlier, later]).unwrap();
        let line = |what: &str, test: TwoPeriods| {
            let change = |direction| {
                let percent = test.smallest_percent_change(0.8, direction).unwrap();
                percent.map_or("none".to_owned(), |percent| format!("{percent:+.1}%"))
            };
            format!(
                "{name}, {what}: 8% fall found {:.3}; four in five times {} or {}",
                test.power(0.92).unwrap(),
                change(Direction::Fall),
                change(Direction::Rise),
            )
        };
        let plain = TwoPeriods::over_months(&months, dispersion.floored_phi, 0.05).unwrap();
        let factor = dispersion.autocorrelation_factor;
        let inflated = plain.with_autocorrelation_factor(factor).unwrap();
        [line("months independent", plain), line("as autocorrelated as found", inflated)].join("\n")
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    crime, months independent: 8% fall found 0.834; four in five times -7.7% or +8.0%
    crime, as autocorrelated as found: 8% fall found 0.300; four in five times -12.3% or +13.1%
    shoplifting, months independent: 8% fall found 0.157; four in five times -22.8% or +25.7%
    shoplifting, as autocorrelated as found: 8% fall found 0.077; four in five times -26.7% or +30.8%
    ASB, months independent: 8% fall found 0.809; four in five times -7.9% or +8.2%
    ASB, as autocorrelated as found: 8% fall found 0.541; four in five times -10.0% or +10.5%
    ");
}

proptest! {
    #[test]
    fn power_is_a_chance_that_rises_with_counts_and_effect_and_falls_with_dispersion(
        expected in 20.0f64..50_000.0,
        ratio in 0.5f64..2.0,
        dispersion in 1.0f64..20.0,
        degrees_of_freedom in 1usize..60,
        level in 0.0005f64..0.3,
    ) {
        let test = |expected, dispersion| {
            TwoPeriods::new(expected, dispersion, degrees_of_freedom, level).unwrap()
        };
        let power = test(expected, dispersion).power(ratio).unwrap();
        prop_assert!((0.0..=1.0).contains(&power));
        // Integral and quantile are good to seven digits.
        let slack = 1e-7;
        prop_assert!(test(2.0 * expected, dispersion).power(ratio).unwrap() >= power - slack);
        let larger = if ratio < 1.0 { 0.9 * ratio } else { 1.1 * ratio };
        prop_assert!(test(expected, dispersion).power(larger).unwrap() >= power - slack);
        // At no effect more dispersion raises the chance, since the floor then matters less.
        let null = test(expected, dispersion).power(1.0).unwrap();
        prop_assert!(null <= level + slack);
        prop_assert!(power >= null - slack);
        let careful = test(expected, dispersion).with_autocorrelation_factor(1.5).unwrap();
        prop_assert!(careful.power(ratio).unwrap() <= power + slack);
    }

    #[test]
    fn more_dispersion_hides_what_can_be_found(
        expected in 100.0f64..50_000.0,
        ratio in 0.5f64..0.98,
        dispersion in 1.0f64..20.0,
    ) {
        let power = |dispersion| planned(expected, dispersion, 11).power(ratio).unwrap();
        let (less, more) = (power(dispersion), power(1.5 * dispersion));
        // Where next to nothing can be found, the floor of the dispersion counts for more.
        prop_assume!(less > 0.2);
        prop_assert!(more <= less + 1e-7, "{less} {more}");
    }

}

proptest! {
    // Each case integrates some eighty times, which takes a while without optimisation.
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_smallest_change_is_found_as_often_as_asked(
        expected in 50.0f64..50_000.0,
        dispersion in 1.0f64..10.0,
        chance in 0.1f64..0.99,
    ) {
        let test = planned(expected, dispersion, 11);
        for direction in [Direction::Fall, Direction::Rise] {
            if let Some(percent) = test.smallest_percent_change(chance, direction).unwrap() {
                prop_assert_eq!(percent < 0.0, direction == Direction::Fall);
                let power = test.power(1.0 + percent / 100.0).unwrap();
                prop_assert!((power - chance).abs() < 1e-6, "{power} {chance}");
            }
        }
    }
}
