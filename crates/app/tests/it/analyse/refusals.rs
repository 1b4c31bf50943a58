//! What is refused, and what is said.

use super::{Files, by_month, counts};

#[test]
fn files_that_do_not_fit() {
    let files = Files::new()
        .with("months.csv", &by_month(&counts()))
        .with("bad.csv", "month,n\n2024-01,3\n2024-02,many\n")
        .with("ragged.csv", "month,n\n2024-01,3\n2024-02\n")
        .with("gap.csv", "month,n\n2024-01,3\n2024-03,4\n")
        .with("empty.csv", "month,n\n")
        .with("map.geojson", "{\"type\": \"Point\", \"coordinates\": [1, 2]}")
        .with("notes.txt", "n\n1\n");
    for (words, parts) in [
        ("trend --input none.csv --value n", &["none.csv cannot be read"][..]),
        ("trend --input notes.txt --value n", &["neither .csv nor .geojson"]),
        ("trend --input months.csv --value count", &["no column \"count\"", "month, n"]),
        ("trend --input months.csv", &["--value", "month, n"]),
        (
            "trend --input bad.csv --date month --value n",
            &["bad.csv, line 3, column \"n\": \"many\" is not a number such as 12"],
        ),
        ("trend --input bad.csv --date n", &["column \"n\": \"3\" is not a month 2024-03"]),
        ("trend --input ragged.csv --value n", &["ragged.csv", "line: 3"]),
        ("trend --input gap.csv --date month --value n", &["gap.csv, line 3", "not zero"]),
        ("trend --input empty.csv --value n", &["empty.csv has no rows"]),
        ("moran --input map.geojson --value n", &["map.geojson is no GeoJSON feature collection"]),
        ("moran --input months.csv --value n", &["has no outlines or points", "--x and --y"]),
        ("moran --input months.csv --value n --x n --y n", &["points share no edges", "knn:6"]),
        ("season --measure burglary --value n", &["give it with --input"]),
    ] {
        files.refused(words, parts);
    }
    files.refused("trend", &["--measure"]);
    files.refused("trend --input months.csv --measure burglary", &["cannot be used with"]);
}

#[test]
fn data_that_cannot_carry_the_method() {
    let files = Files::new()
        .with("short.csv", &by_month(&counts()[..30]))
        .with("rates.csv", "month,n\n2024-01,3.5\n2024-02,4\n")
        .with("months.csv", "month,x,y\n2024-01,509000,221000\n2024-02,509100,221000\n")
        .with("degrees.csv", "day,x,y\n2024-01-02,-0.41,51.87\n2024-02-03,-0.42,51.88\n");
    for (words, parts) in [
        ("season --input short.csv --date month --value n", &["30 values are too few", "36"][..]),
        ("trend --input rates.csv --date month --value n", &["2024-01 holds 3.5", "whole counts"]),
        (
            "near-repeat --input months.csv --date month --x x --y y",
            &["needs the day of each event", "crime feed with date and time"],
        ),
        ("near-repeat --input degrees.csv --date day --x x --y y", &["seem to be degrees"]),
        (
            "spikes --input short.csv --date month --value n --watch-from 2030-01",
            &["2030-01 is not in the series", "2020-01 to 2022-06"],
        ),
    ] {
        files.refused(words, parts);
    }
}
