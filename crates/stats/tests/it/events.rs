use proptest::prelude::*;
use wardmote_stats::events::{EventOutcome, EventWarning, MoreReports, test_window};
use wardmote_stats::interval::Confidence;

use crate::draw::{Draw, Null};
use crate::luton::{SHOPLIFTING, month_of_year};
use crate::peers::{agree, all_agree, cases, counts, months, number, whole};

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/time.py: statsmodels 0.15.0 GLM of the months outside, limits by numpy and scipy.
    for case in cases(include_str!("peers/events.json")) {
        let found = test_window(
            &counts(&case["counts"]),
            &months(&case["months"]),
            whole(&case["start"]),
            whole(&case["length"]),
            MoreReports::MoreHarm,
            Confidence::P95,
        )
        .unwrap();
        assert_eq!(found.observed as usize, whole(&case["observed"]));
        agree(found.expected, number(&case["expected"]), 6, "expected");
        let limits = [found.prediction_interval.lower, found.prediction_interval.upper];
        all_agree(&limits, &case["limits"], 6, "limit");
        agree(found.t, number(&case["t"]), 6, "t");
        agree(found.p_value, number(&case["p_value"]), 6, "p value");
        agree(found.dispersion.lag1, number(&case["lag1"]), 6, "lag 1");
        agree(found.dispersion.used, number(&case["dispersion"]), 6, "dispersion");
    }
}

#[test]
fn what_cannot_be_tested_is_refused() {
    let months = month_of_year();
    let check = |start: usize, length: usize, message: &str| {
        let asked = MoreReports::MoreHarm;
        let found = test_window(&SHOPLIFTING, &months, start, length, asked, Confidence::P95);
        assert_eq!(found.unwrap_err().to_string(), message);
    };
    check(34, 3, "a window of 3 months from month 34 does not lie in a series of 36");
    check(34, 0, "a window of 0 months from month 34 does not lie in a series of 36");
    check(
        usize::MAX,
        2,
        &format!("a window of 2 months from month {} does not lie in a series of 36", usize::MAX),
    );
    check(
        20,
        13,
        "the months outside the window: only 23 of the 24 months that are needed are there: with fewer, a season can look like a trend",
    );
    let mut once_a_year = [0; 36];
    (once_a_year[3], once_a_year[15], once_a_year[16], once_a_year[27]) = (9, 8, 3, 9);
    let asked = MoreReports::MoreHarm;
    let found = test_window(&once_a_year, &months, 16, 1, asked, Confidence::P95).unwrap_err();
    assert_eq!(
        found.to_string(),
        "no event in month 9 of the year outside the window: nothing to expect from"
    );
}

#[test]
fn luton_shoplifting_in_summer() {
    let lines = [(14, 3), (33, 3)].map(|(start, length)| {
        let asked = MoreReports::MayBeSuccess;
        let found =
            test_window(&SHOPLIFTING, &month_of_year(), start, length, asked, Confidence::P95)
                .unwrap();
        format!(
            "{} against {:.0} ({:.0} to {:.0}), p {:.3}, {:?}; {}",
            found.observed,
            found.expected,
            found.prediction_interval.lower,
            found.prediction_interval.upper,
            found.p_value,
            found.outcome,
            found.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
        )
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    262 against 268 (118 to 455), p 0.944, CannotTell; only 33 months outside the window
    432 against 275 (160 to 408), p 0.025, MoreWhichMayBeSuccess; only 33 months outside the window; nothing after the window: the trend before it is drawn out over 3 months
    ");
}

proptest! {
    #[test]
    fn outcome_interval_and_p_value_say_the_same(
        seed in any::<u64>(), start in 0usize..57, length in 1usize..4, factor in 0.3f64..3.0,
    ) {
        let mut counts = Null::months(30.0, 2.0).draw(60, &mut Draw::new(seed));
        for count in &mut counts[start..start + length] {
            *count = (*count as f64 * factor) as u64;
        }
        let months: Vec<u8> = (0..60).map(|t| t % 12 + 1).collect();
        for asked in [MoreReports::MoreHarm, MoreReports::MayBeSuccess] {
            let found = test_window(&counts, &months, start, length, asked, Confidence::P95).unwrap();
            let told = found.outcome != EventOutcome::CannotTell;
            prop_assert_eq!(told, found.p_value < 0.05);
            prop_assert_eq!(told, !found.prediction_interval.contains(found.observed as f64));
            prop_assert_eq!(told, !found.ratio_interval.contains(1.0));
            let more = match asked {
                MoreReports::MoreHarm => EventOutcome::MoreThanExpected,
                MoreReports::MayBeSuccess => EventOutcome::MoreWhichMayBeSuccess,
            };
            prop_assert_eq!(found.outcome == more, told && found.ratio > 1.0);
            let drawn_out = found.warnings.contains(&EventWarning::TrendDrawnOut { length });
            prop_assert_eq!(drawn_out, start + length == 60);
        }
    }
}
