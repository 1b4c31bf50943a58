use proptest::prelude::*;
use wardmote_stats::forecast::{ForecastWarning, Options, forecast};
use wardmote_stats::interval::Confidence;

use crate::draw::{Draw, Null};
use crate::luton::{CRIME, month_of_year};
use crate::peers::{agree, all_agree, cases, counts, months, number, whole};

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/time.py: statsmodels 0.15.0 GLM with variance weights at every origin.
    for case in cases(include_str!("peers/forecast.json")) {
        let options = Options {
            discount_per_month: number(&case["discount"]),
            damping_per_month: number(&case["damping"]),
            confidence: Confidence::new(number(&case["level"])).unwrap(),
        };
        let horizon = whole(&case["horizon"]);
        let found = forecast(&counts(&case["counts"]), &months(&case["months"]), horizon, &options)
            .unwrap();
        let column = |of: fn(&wardmote_stats::forecast::MonthAhead) -> f64| {
            found.months.iter().map(of).collect::<Vec<f64>>()
        };
        all_agree(&column(|month| month.expected), &case["expected"], 6, "expected");
        all_agree(&column(|month| month.interval.lower), &case["lower"], 6, "lower");
        all_agree(&column(|month| month.interval.upper), &case["upper"], 6, "upper");
        agree(found.dispersion_used, number(&case["dispersion_used"]), 6, "dispersion");
        agree(found.backtest.spread, number(&case["spread"]), 6, "spread");
        agree(found.backtest.mase, number(&case["mase"]), 6, "MASE");
        let naive = found.backtest.mase_of_seasonal_naive;
        agree(naive, number(&case["naive"]), 6, "MASE of the naive");
        agree(found.backtest.coverage, number(&case["coverage"]), 6, "coverage");
    }
}

#[test]
fn where_the_naive_is_better_it_says_so() {
    // The season turns round after two years and then stays: last year's month is right, which no
    // average over the years can be.
    let months: Vec<u8> = (0..60).map(|t| t % 12 + 1).collect();
    let season = |t: u64| if t < 24 { t % 12 } else { 11 - t % 12 };
    let counts: Vec<u64> = (0..60).map(|t| 50 + 9 * season(t)).collect();
    let found = forecast(&counts, &months, 6, &Options::default()).unwrap();
    assert!(!found.backtest.beats_seasonal_naive);
    assert!(
        matches!(found.warnings[0], ForecastWarning::NoBetterThanSeasonalNaive { mase, naive } if mase > naive)
    );
}

#[test]
fn intervals_hold_what_comes() {
    // 300 series of five years in which only chance is at work, one year ahead: 95% of months are to lie
    // inside. Not fewer than 93%, since the months of a series share their model.
    let months: Vec<u8> = (0..72).map(|t| t % 12 + 1).collect();
    for (seed, (mean, dispersion)) in
        [(3.0, 1.0), (30.0, 2.0), (400.0, 6.0)].into_iter().enumerate()
    {
        let (null, mut draw) = (Null::months(mean, dispersion), Draw::new(seed as u64));
        let (mut inside, mut better) = (0, 0);
        for _ in 0..100 {
            let counts = null.draw(72, &mut draw);
            let found = forecast(&counts[..60], &months[..60], 12, &Options::default()).unwrap();
            let held = found.months.iter().zip(&counts[60..]);
            inside += held.filter(|(month, count)| month.interval.contains(**count as f64)).count();
            better += usize::from(found.backtest.beats_seasonal_naive);
        }
        let coverage = f64::from(u32::try_from(inside).unwrap()) / 1200.0;
        println!(
            "mean {mean}, dispersion {dispersion}: {:.1}% inside, better than the naive in {better}%",
            100.0 * coverage
        );
        assert!((0.93..=0.995).contains(&coverage), "{coverage}");
        assert!(better >= 80, "{better}");
    }
}

#[test]
fn what_cannot_be_forecast_is_refused() {
    let months = month_of_year();
    let check = |counts: &[u64], months: &[u8], horizon: usize, options: Options, message: &str| {
        assert_eq!(forecast(counts, months, horizon, &options).unwrap_err().to_string(), message);
    };
    let usual = Options::default();
    check(
        &CRIME[..35],
        &months[..35],
        3,
        usual,
        "only 35 of the 36 months that a forecast needs are there",
    );
    check(&CRIME, &months, 25, usual, "25 months ahead cannot be forecast: 1 to 24 can");
    check(
        &CRIME,
        &months[..35],
        3,
        usual,
        "36 counts and 35 months of the year do not go together",
    );
    let mut jumping = months.clone();
    jumping[5] = 1;
    check(&CRIME, &jumping, 3, usual, "month 1 at position 5 does not follow the one before it");
    let none = Options { discount_per_month: 0.0, ..usual };
    check(&CRIME, &months, 3, none, "discount 0 cannot be used");
    let growing = Options { damping_per_month: 1.1, ..usual };
    check(&CRIME, &months, 3, growing, "damping 1.1 cannot be used");
    check(&[0; 36], &months, 3, usual, "no events in the series");
}

#[test]
fn luton_crime() {
    let found = forecast(&CRIME, &month_of_year(), 3, &Options::default()).unwrap();
    let mut lines: Vec<String> = found
        .months
        .iter()
        .map(|month| {
            let (lower, upper) = (month.interval.lower, month.interval.upper);
            format!(
                "month {}: {:.0} ({lower:.0} to {upper:.0}), last year {}",
                month.month, month.expected, month.seasonal_naive
            )
        })
        .collect();
    let trial = &found.backtest;
    lines.push(format!(
        "MASE {:.3} against {:.3}, coverage {:.3}, {} origins",
        trial.mase, trial.mase_of_seasonal_naive, trial.coverage, trial.n_origins
    ));
    lines.extend(found.warnings.iter().map(ToString::to_string));
    insta::assert_snapshot!(lines.join("\n"), @r"
    month 5: 1621 (1290 to 1975), last year 1463
    month 6: 1674 (1340 to 2033), last year 1572
    month 7: 1666 (1335 to 2021), last year 1571
    MASE 0.555 against 0.579, coverage 1.000, 12 origins
    tried at 12 origins only
    ");
}

proptest! {
    #[test]
    fn tenfold_counts_make_tenfold_forecasts(counts in prop::collection::vec(1u64..80, 36..60)) {
        let months: Vec<u8> = (0..counts.len()).map(|t| t as u8 % 12 + 1).collect();
        let tenfold: Vec<u64> = counts.iter().map(|count| 10 * count).collect();
        let once = forecast(&counts, &months, 6, &Options::default()).unwrap();
        let ten = forecast(&tenfold, &months, 6, &Options::default()).unwrap();
        for (one, ten) in once.months.iter().zip(&ten.months) {
            prop_assert!((10.0 * one.expected - ten.expected).abs() < 1e-5 * ten.expected);
            prop_assert!(one.interval.contains(one.expected) && one.interval.lower >= 0.0);
        }
        prop_assert!((once.backtest.mase - ten.backtest.mase).abs() < 1e-5 * once.backtest.mase);
    }

    #[test]
    fn few_events_give_an_error_or_numbers(counts in prop::collection::vec(0u64..2, 36..50)) {
        let months: Vec<u8> = (0..counts.len()).map(|t| t as u8 % 12 + 1).collect();
        if let Ok(found) = forecast(&counts, &months, 12, &Options::default()) {
            for month in found.months {
                prop_assert!(month.expected >= 0.0 && month.interval.upper.is_finite());
            }
            prop_assert!(found.backtest.mase.is_finite());
        }
    }
}
