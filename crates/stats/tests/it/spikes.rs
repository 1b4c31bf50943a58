use proptest::prelude::*;
use serde_json::Value;
use wardmote_stats::spikes::{
    Conventions, Ears, EarsMethod, Farrington, Limit, Sidedness, SpikeError, SpikeWarning, Verdict,
    ears, farrington, returned,
};

use crate::draw::Draw;
use crate::luton::SHOPLIFTING;
use crate::peers::{agree, all_agree, cases, counts, number, whole};

/// The series that `benches/peers/time.py` generated, with the periods in a year.
fn series() -> Vec<(usize, Vec<u64>)> {
    let recorded = cases(include_str!("peers/spikes_series.json"));
    recorded.iter().map(|case| (whole(&case["period"]), counts(&case["counts"]))).collect()
}

fn flexible_options(periods_per_year: usize, given: &Value) -> Farrington {
    let is = |name: &str| given[name].as_bool().unwrap();
    Farrington {
        periods_per_year,
        years_back: whole(&given["b"]),
        half_window: whole(&given["w"]),
        seasonal_levels: whole(&given["noPeriods"]),
        recent_left_out: whole(&given["pastWeeksNotIncluded"]),
        weigh_down_above: is("reweight").then(|| number(&given["weightsThreshold"])),
        trend: is("trend").then(|| number(&given["pThresholdTrend"])),
        limit: match given["thresholdMethod"].as_str().unwrap() {
            "delta" => Limit::TwoThirds,
            "nbPlugin" => Limit::NegativeBinomial,
            _ => Limit::NegativeBinomialOfUpperMean,
        },
        alpha: number(&given["alpha"]),
        sidedness: Sidedness::Upper,
        fewest_events: Some((5, 4)),
        conventions: Conventions::SurveillanceFlexible,
    }
}

#[test]
fn farrington_flexible_agrees_with_surveillance() {
    // benches/peers/farrington.R: farringtonFlexible of R surveillance 1.20.3, three limits with and
    // without trend, weights and parts of the year, on monthly and weekly series.
    let series = series();
    let (mut compared, mut alarms) = (0, 0);
    for (index, case) in cases(include_str!("peers/farrington_flexible.json")).iter().enumerate() {
        let (period, counts) = &series[whole(&case["series"])];
        let range: Vec<usize> = case["range"].as_array().unwrap().iter().map(whole).collect();
        let options = flexible_options(*period, &case["options"]);
        let found = farrington(counts, range[0], &options).unwrap();
        assert_eq!(found.periods.len(), range.len());
        for (at, watched) in found.periods.iter().enumerate() {
            let named = |what: &str| format!("case {index}, period {}, {what}", watched.index);
            let alarm = watched.verdict == Verdict::Alarm;
            assert_eq!(alarm, case["alarm"][at].as_bool().unwrap(), "{}", named("alarm"));
            let dispersion = number(&case["dispersion"][at]);
            agree(watched.dispersion.unwrap(), dispersion, 6, &named("dispersion"));
            agree(watched.p_value.unwrap(), number(&case["p_value"][at]), 6, &named("p value"));
            let slope = case["slope"][at].as_f64();
            assert_eq!(watched.log_slope.is_some(), slope.is_some(), "{}", named("trend"));
            if let (Some(found), Some(slope)) = (watched.log_slope, slope) {
                agree(found, slope, 7, &named("slope"));
            }
            // Where events are few the package leaves out what it found.
            if watched.verdict == Verdict::TooFewEvents {
                assert!(case["upper"][at].is_null(), "{}", named("too few events"));
            } else {
                let upper = number(&case["upper"][at]);
                agree(watched.threshold.unwrap(), upper, 6, &named("threshold"));
                let expected = number(&case["expected"][at]);
                agree(watched.expected.unwrap(), expected, 6, &named("expected"));
            }
            compared += 1;
            alarms += usize::from(alarm);
        }
    }
    assert!(compared == 672 && alarms > 60, "{compared} compared, {alarms} alarms");
}

#[test]
fn farrington_original_agrees_with_surveillance() {
    // benches/peers/farrington.R: farrington of R surveillance 1.20.3.
    let series = series();
    let mut compared = 0;
    for (index, case) in cases(include_str!("peers/farrington_original.json")).iter().enumerate() {
        let (period, counts) = &series[whole(&case["series"])];
        let given = &case["options"];
        let is = |name: &str| given[name].as_bool().unwrap();
        let options = Farrington {
            years_back: whole(&given["b"]),
            half_window: whole(&given["w"]),
            recent_left_out: whole(&given["w"]),
            weigh_down_above: is("reweight").then_some(1.0),
            trend: is("trend").then_some(0.05),
            alpha: number(&given["alpha"]),
            ..Farrington::original(*period)
        };
        let range: Vec<usize> = case["range"].as_array().unwrap().iter().map(whole).collect();
        for (at, watched) in
            farrington(counts, range[0], &options).unwrap().periods.iter().enumerate()
        {
            let named = |what: &str| format!("case {index}, period {}, {what}", watched.index);
            let alarm = whole(&case["alarm"][at]) == 1;
            assert_eq!(watched.verdict == Verdict::Alarm, alarm, "{}", named("alarm"));
            // The package writes 0 where events are few.
            let upper = match watched.verdict {
                Verdict::TooFewEvents => 0.0,
                _ => watched.threshold.unwrap(),
            };
            agree(upper, number(&case["upper"][at]), 6, &named("threshold"));
            compared += 1;
        }
    }
    assert_eq!(compared, 168);
}

#[test]
fn ears_agrees_with_surveillance() {
    // benches/peers/farrington.R: earsC of R surveillance 1.20.3.
    let series = series();
    for (index, case) in cases(include_str!("peers/ears.json")).iter().enumerate() {
        let given = &case["options"];
        let method = match given["method"].as_str().unwrap() {
            "C1" => EarsMethod::C1,
            "C2" => EarsMethod::C2,
            _ => EarsMethod::C3,
        };
        let usual = Ears { c3_as_surveillance: true, ..Ears::new(method) };
        let options = Ears {
            baseline: given["baseline"].as_u64().map_or(usual.baseline, |periods| periods as usize),
            alpha: given["alpha"].as_f64().unwrap_or(usual.alpha),
            least_standard_deviation: given["minSigma"].as_f64().unwrap_or(0.0),
            ..usual
        };
        let found = ears(&series[whole(&case["series"])].1, &options).unwrap();
        let upper = case["upper"].as_array().unwrap();
        assert_eq!(found.periods.len(), upper.len());
        for (watched, (upper, alarm)) in
            found.periods.iter().zip(upper.iter().zip(case["alarm"].as_array().unwrap()))
        {
            // A stretch that never varied makes 0/0 of the package's C3.
            if upper.is_null() {
                assert!(method == EarsMethod::C3);
                continue;
            }
            let named = format!("case {index}, period {}", watched.index);
            agree(watched.threshold, number(upper), 8, &named);
            assert_eq!(watched.alarm, alarm.as_bool().unwrap(), "{named}");
        }
    }
}

#[test]
fn c3_as_published() {
    // benches/peers/time.py: the sum of Hutwagner et al. (2003), by numpy.
    let series = series();
    for case in cases(include_str!("peers/ears_c3.json")) {
        let counts = &series[whole(&case["series"])].1;
        let found = ears(counts, &Ears::new(EarsMethod::C3)).unwrap();
        let statistics: Vec<f64> = found.periods.iter().map(|watched| watched.statistic).collect();
        all_agree(&statistics, &case["statistic"], 8, "C3");
        for watched in &found.periods {
            // The threshold says the same as the statistic, but where the periods before alarm alone.
            assert!(
                watched.alarm == (watched.observed as f64 > watched.threshold)
                    || watched.threshold == 0.0
            );
        }
    }
}

#[test]
fn short_histories_say_so() {
    let mut draw = Draw::new(5);
    let counts: Vec<u64> = (0..40).map(|_| draw.negative_binomial(30.0, 1.5)).collect();
    let found = farrington(&counts, 0, &Farrington::flexible(12)).unwrap();
    let years: Vec<usize> = found.periods.iter().map(|watched| watched.baseline.years).collect();
    assert_eq!((years[12], years[13], years[25], years[37]), (0, 1, 2, 3));
    assert_eq!(found.periods[12].verdict, Verdict::NoBaseline);
    assert!(found.periods[..37].iter().all(|watched| watched.log_slope.is_none()));
    assert_eq!(
        found.warnings[..2],
        [
            SpikeWarning::FewerYears { periods: 40, wanted: 5, fewest: 0 },
            SpikeWarning::UnderThreeYears { periods: 37 },
        ]
    );
    let full: Vec<u64> = counts.iter().cycle().take(80).copied().collect();
    assert_eq!(farrington(&full, 61, &Farrington::flexible(12)).unwrap().warnings, []);
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let check = |options: Farrington, message: &str| {
        assert_eq!(farrington(&[1; 70], 65, &options).unwrap_err().to_string(), message);
    };
    let usual = Farrington::flexible(12);
    check(
        Farrington { half_window: 2, ..usual },
        "10 parts of the year with windows of 5 do not fit into 12 periods",
    );
    check(Farrington { years_back: 0, ..usual }, "no years to look back over");
    check(Farrington { alpha: 0.5, ..usual }, "chance of a false alarm 0.5 cannot be used");
    check(
        Farrington { weigh_down_above: Some(0.0), ..usual },
        "threshold of residuals 0 cannot be used",
    );
    check(Farrington { trend: Some(2.0), ..usual }, "significance of a trend 2 cannot be used");
    assert_eq!(farrington(&[1; 70], 70, &usual), Err(SpikeError::From { from: 70, n: 70 }));
    let nothing = farrington(&[0; 70], 65, &usual).unwrap();
    assert!(nothing.periods.iter().all(|watched| watched.verdict == Verdict::NothingBefore));
    let short = ears(&[1; 7], &Ears::new(EarsMethod::C1)).unwrap_err();
    assert_eq!(
        short.to_string(),
        "7 periods are too few: the first that can be watched is number 8"
    );
    let flat = ears(&[4, 4, 4, 4, 4, 4, 4, 5], &Ears::new(EarsMethod::C1)).unwrap();
    assert!(flat.periods[0].alarm && (flat.periods[0].threshold - 4.0).abs() < 1e-12);
}

#[test]
fn luton_shoplifting() {
    let found = farrington(&SHOPLIFTING, 30, &Farrington::flexible(12)).unwrap();
    let lines: Vec<String> = found
        .periods
        .iter()
        .map(|watched| {
            format!(
                "{}: {} against {:.1}, threshold {:.0}, p {:.3}, {:?}, {} years, {} degrees",
                watched.index,
                watched.observed,
                watched.expected.unwrap(),
                watched.threshold.unwrap(),
                watched.p_value.unwrap(),
                watched.verdict,
                watched.baseline.years,
                watched.baseline.degrees_of_freedom.unwrap(),
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    30: 75 against 83.8, threshold 169, p 0.922, Within, 2 years, 12 degrees
    31: 118 against 74.0, threshold 149, p 0.132, Within, 2 years, 12 degrees
    32: 103 against 74.5, threshold 124, p 0.160, Within, 2 years, 12 degrees
    33: 141 against 79.5, threshold 133, p 0.003, Alarm, 2 years, 12 degrees
    34: 137 against 85.5, threshold 139, p 0.015, Within, 2 years, 12 degrees
    35: 154 against 85.0, threshold 151, p 0.007, Alarm, 2 years, 12 degrees
    ");
}

proptest! {
    #[test]
    fn series_of_few_events_are_watched_or_said_not_to_be(
        counts in prop::collection::vec(prop_oneof![9 => Just(0u64), 1 => 1u64..4], 36..63),
        years_back in 1usize..4,
        limit in prop_oneof![
            Just(Limit::NegativeBinomialOfUpperMean),
            Just(Limit::NegativeBinomial),
            Just(Limit::TwoThirds),
        ],
    ) {
        let options = Farrington { years_back, limit, ..Farrington::flexible(12) };
        if let Ok(watch) = farrington(&counts, 24, &options) {
            for period in watch.periods {
                prop_assert!(period.threshold.is_none_or(f64::is_finite), "{:?}", period);
                prop_assert!(period.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)), "{:?}", period);
                prop_assert!(period.verdict != Verdict::Alarm || period.observed > 0);
            }
        }
    }

    #[test]
    fn a_higher_count_never_silences(seed in any::<u64>(), more in 1u64..200) {
        let mut draw = Draw::new(seed);
        let mut counts: Vec<u64> = (0..62).map(|_| draw.negative_binomial(12.0, 1.8)).collect();
        let options = Farrington::flexible(12);
        let before = farrington(&counts, 61, &options).unwrap().periods[0];
        counts[61] += more;
        let after = farrington(&counts, 61, &options).unwrap().periods[0];
        prop_assert_eq!(before.threshold, after.threshold);
        prop_assert!(before.verdict != Verdict::Alarm || after.verdict == Verdict::Alarm);
        prop_assert!(after.p_value.unwrap() <= before.p_value.unwrap());
        // The p value and the threshold say the same.
        let below = after.p_value.unwrap() < options.alpha;
        prop_assert_eq!(below, counts[61] as f64 > after.threshold.unwrap());
    }

    #[test]
    fn an_episode_ends_where_calm_begins(
        pattern in prop::collection::vec(any::<bool>(), 1..30), calm in 1usize..4,
    ) {
        let usual: Vec<u64> = (0..61).map(|t| 40 + t % 12 * 2 + t * 7 % 5).collect();
        let last = farrington(&usual, 60, &Farrington::flexible(12)).unwrap().periods[0];
        let verdict = |high: &bool| if *high { Verdict::Alarm } else { Verdict::Within };
        let periods: Vec<_> = pattern
            .iter()
            .enumerate()
            .map(|(index, high)| {
                let mut watched = last;
                (watched.index, watched.verdict) = (index, verdict(high));
                watched
            })
            .collect();
        let episodes = returned(&periods, calm);
        for episode in &episodes {
            prop_assert!(pattern[episode.alarm]);
            if let Some(back) = episode.back {
                prop_assert!(pattern[back..back + calm].iter().all(|high| !high));
                prop_assert!(pattern[back - 1]);
                prop_assert_eq!(episode.periods_above, back - episode.alarm);
            }
        }
        prop_assert_eq!(episodes.is_empty(), !pattern.contains(&true));
    }
}
