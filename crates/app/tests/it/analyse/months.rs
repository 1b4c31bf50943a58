//! Questions to a series of months, and the hours of the week.

use wardmote_stats::changepoints::{Search, Spread, changepoints};
use wardmote_stats::events::{MoreReports, test_window};
use wardmote_stats::forecast::{Options, forecast};
use wardmote_stats::interrupted::{Autocorrelation, Change, interrupted};
use wardmote_stats::interval::Confidence;

use super::{Files, by_month, column, counts, months_of_year, numbers};

const SERIES: &str = "--input months.csv --date month --value n";

fn months() -> Files {
    Files::new().with("months.csv", &by_month(&counts()))
}

#[test]
fn forecasts() {
    let found = months().json(&format!("forecast {SERIES} --horizon 6"));
    let expected = forecast(&counts(), &months_of_year(60), 6, &Options::default()).unwrap();
    let rows = &found["results"]["forecast"];
    assert_eq!(rows[0]["period"], "2025-01");
    for (row, month) in rows.as_array().unwrap().iter().zip(&expected.months) {
        assert_eq!(row["expected"], month.expected);
        assert_eq!(row["upper"], month.interval.upper);
        assert_eq!(row["seasonal_naive"], month.seasonal_naive);
    }
    assert_eq!(found["results"]["backtest"]["mase"], expected.backtest.mase);
}

#[test]
fn interrupted_series() {
    for (option, change) in [("", Change::Level), (" --slope", Change::LevelAndSlope)] {
        let words = format!("interrupted {SERIES} --change 2023-01{option}");
        let found = months().json(&words);
        let lag1 = Autocorrelation::Lag1Factor;
        let expected =
            interrupted(&counts(), &months_of_year(60), 36, change, lag1, Confidence::P95).unwrap();
        assert_eq!(found["results"]["overall"]["ratio"], expected.overall.ratio);
        assert_eq!(found["results"]["overall"]["p"], expected.overall.p_value);
        assert_eq!(numbers(&found["results"]["without_change"]), expected.without_change);
    }
}

#[test]
fn events_in_a_window() {
    let words = format!("events {SERIES} --start 2024-08 --more-may-be-success");
    let found = months().json(&words);
    let success = MoreReports::MayBeSuccess;
    let expected =
        test_window(&counts(), &months_of_year(60), 55, 1, success, Confidence::P95).unwrap();
    assert_eq!(found["results"]["p"], expected.p_value);
    assert_eq!(found["results"]["expected"], expected.expected);
    assert_eq!(found["results"]["outcome"], "more-which-may-be-success");
    let harm = months().json(&format!("events {SERIES} --start 2024-08"));
    assert_eq!(harm["results"]["outcome"], "more-than-expected");
}

#[test]
fn points_of_change() {
    let levels: Vec<u64> = (0..48).map(|i| if i < 20 { 30 + i % 4 } else { 60 + i % 5 }).collect();
    let files = Files::new().with("levels.csv", &by_month(&levels));
    let words = "changepoints --input levels.csv --date month --value n --dispersion 1";
    let found = files.json(words);
    let search = Search::schwarz(Spread::Poisson { dispersion: 1.0 }, 48);
    let expected = changepoints(&levels, None, &search).unwrap();
    assert_eq!(expected.positions(), [20]);
    assert_eq!(column(&found["results"], "from"), ["2020-01", "2021-09"]);
    assert_eq!(found["results"][1]["level"], expected.segments[1].level);
    files.refused("changepoints --input levels.csv --value n --dispersion 0", &["dispersion 0"]);
}

#[test]
fn hours_of_the_week() {
    let text = "left,found\n2024-03-15 22:30,2024-03-16 00:30\n15/03/2024 23:00,15/03/2024 23:00\n";
    let files = Files::new().with("events.csv", text).with("days.csv", "left\n2024-03-15\n");
    let found = files.json("hours --input events.csv --start left --end found");
    let results = &found["results"];
    // The fifteenth was a Friday: half an hour of two, an hour, and half an hour of the Saturday.
    assert_eq!(results["peak_day"], "Friday");
    assert_eq!(results["peak_hour"], 23);
    assert_eq!(results["peak_weight"], 1.5);
    assert_eq!(results["table"][22]["friday"], 0.25);
    assert_eq!(results["table"][0]["saturday"], 0.25);
    assert_eq!(found["n"], 2);
    files.refused("hours --input days.csv --start left", &["not a day with a time such as"]);
}
