//! Methods over time.

use std::fmt::Write as _;

use wardmote_stats::season::seasonal_profile;
use wardmote_stats::seasonal_decomposition::{Settings, decompose};
use wardmote_stats::spikes::{Farrington, farrington};
use wardmote_stats::trend::quasi_poisson_trend;

use super::{Files, by_month, column, counts, months_of_year, numbers};

fn months() -> Files {
    Files::new().with("months.csv", &by_month(&counts()))
}

#[test]
fn trend() {
    let found = months().json("trend --input months.csv --date month --value n");
    let expected = quasi_poisson_trend(&counts(), &months_of_year(60)).unwrap();
    assert_eq!(found["results"]["percent_per_year"], expected.percent_per_year);
    assert_eq!(found["results"]["p"], expected.p_value);
    assert_eq!(found["n"], 60);
    assert_eq!(found["parameters"]["sides"], "two-sided");
    assert_eq!(found["parameters"]["from"], "2020-01");
}

#[test]
fn events_are_counted_by_month() {
    let mut text = "day\n".to_owned();
    for (i, n) in counts().iter().enumerate() {
        for _ in 0..*n {
            let _ = writeln!(text, "15/{:02}/{}", i % 12 + 1, 2020 + i / 12);
        }
    }
    let files = months().with("events.csv", &text);
    let counted = files.json("trend --input events.csv --date day");
    let given = files.json("trend --input months.csv --date month --value n");
    assert_eq!(counted["results"], given["results"]);
    assert!(counted["warnings"][0].as_str().unwrap().contains("taken to be whole"));
}

#[test]
fn season() {
    let files = months();
    let words = "season --input months.csv --date month --value n --period 12 --seasonal 7";
    let values: Vec<f64> = counts().iter().map(|&n| n as f64).collect();
    for (option, settings) in [
        ("", Settings::with_seasonal_window(12, 7)),
        (" --robust", Settings::with_seasonal_window(12, 7).robust()),
    ] {
        let found = files.json(&format!("{words}{option}"));
        let expected = decompose(&values, &settings).unwrap();
        assert_eq!(numbers(&found["results"]["trend"]), expected.trend);
        assert_eq!(numbers(&found["results"]["seasonal"]), expected.seasonal);
        assert_eq!(numbers(&found["results"]["remainder"]), expected.remainder);
        assert_eq!(found["parameters"]["outer_loops"], settings.outer_loops);
        let profile = seasonal_profile(&counts(), &months_of_year(60)).unwrap();
        assert_eq!(found["results"]["peak"], profile.peak);
        assert_eq!(found["results"]["amplitude"], profile.amplitude);
    }
}

#[test]
fn spikes() {
    let found = months().json("spikes --input months.csv --date month --value n");
    let expected = farrington(&counts(), 37, &Farrington::flexible(12)).unwrap();
    let rows = &found["results"];
    assert_eq!(rows.as_array().unwrap().len(), expected.periods.len());
    for (row, period) in rows.as_array().unwrap().iter().zip(&expected.periods) {
        assert_eq!(row["observed"], period.observed);
        assert_eq!(row["expected"].as_f64(), period.expected);
        assert_eq!(row["threshold"].as_f64(), period.threshold);
    }
    let alarms: Vec<String> = rows
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["alarm"] == true)
        .map(|row| format!("{} back in {}", row["period"], row["back_in"]))
        .collect();
    assert_eq!(alarms, ["\"2024-08\" back in \"2024-09\""]);
    assert!(found["warnings"].to_string().contains("fewer than the 5 years"));
}

#[test]
fn a_short_history_is_watched_by_ears() {
    let files = Files::new().with("short.csv", &by_month(&counts()[48..60]));
    let found = files.json("spikes --input short.csv --date month --value n");
    assert_eq!(found["parameters"]["detector"], "ears-c1");
    assert_eq!(column(&found["results"], "alarm"), [true, false, false, false, false]);
}
