//! Points, cells and places over time.

use std::fmt::Write as _;

use wardmote_stats::spatial::hotspots::{
    EmergenceSettings, emergence, predictive_accuracy, rank_by_count,
};
use wardmote_stats::spatial::kernel_density::{
    Bandwidth, Dual, Edge, Grid, dual_density, kernel_density,
};
use wardmote_stats::spatial::scan::{Direction, ScanSettings, scan};
use wardmote_stats::spatial::spatial_change::{ChangeSettings, spatial_change};

use super::comparison::{PANEL, SETTINGS, areas, table};
use super::{Files, column};

/// Points about two centres, with a day in each month of a year.
fn points(shift: f64) -> Vec<(f64, f64)> {
    let point = |i: i32| {
        let (a, b) = (f64::from(i * 37 % 101), f64::from(i * 53 % 97));
        let centre = if i % 3 == 0 { (511_000.0, 222_000.0) } else { (509_000.0, 221_000.0) };
        (centre.0 + 6.0 * a + shift, centre.1 + 6.0 * b)
    };
    (0..120).map(point).collect()
}

fn of_points(points: &[(f64, f64)]) -> String {
    let mut text = "day,x,y\n".to_owned();
    for (i, (x, y)) in points.iter().enumerate() {
        let _ = writeln!(text, "2023-{:02}-10,{x},{y}", i % 12 + 1);
    }
    text
}

fn files() -> Files {
    Files::new()
        .with("events.csv", &of_points(&points(0.0)))
        .with("others.csv", &of_points(&points(300.0)))
}

#[test]
fn density() {
    let found = files().json("kde --input events.csv --x x --y y --cell 100 --bandwidth 400");
    let grid = Grid::covering(&points(0.0), 100.0, 400.0).unwrap();
    let expected =
        kernel_density(&points(0.0), grid, Bandwidth::Metres(400.0), Edge::Lost).unwrap();
    let dense: Vec<(usize, f64)> =
        expected.per_square_km.iter().copied().enumerate().filter(|(_, v)| *v > 0.0).collect();
    assert_eq!(column(&found["results"], "per_square_km").len(), dense.len());
    for (row, (cell, value)) in found["results"].as_array().unwrap().iter().zip(dense) {
        assert_eq!(
            (&row["x"], &row["y"]),
            (&grid.centre(cell).0.into(), &grid.centre(cell).1.into())
        );
        assert_eq!(row["per_square_km"], value);
    }
    assert_eq!(found["parameters"]["edge"], "lost");
    let by_rule = files().json("kde --input events.csv --x x --y y");
    assert_eq!(by_rule["parameters"]["bandwidth_from"], "normal reference rule");
    assert!(by_rule["warnings"].to_string().contains("rule for one cluster"));
}

#[test]
fn density_within_a_study_area() {
    let square = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [[[508900, 220900], [511700, 220900],
        [511700, 222700], [508900, 222700], [508900, 220900]]]}}]}"#;
    let files = files().with("town.geojson", square);
    let words = "kde --input events.csv --x x --y y --bandwidth 400 --study-area town.geojson";
    let found = files.json(words);
    // The whole mass of 120 events lies in cells of a hundredth of a square kilometre.
    let sum: f64 =
        column(&found["results"], "per_square_km").iter().map(|v| v.as_f64().unwrap()).sum();
    // The kernel's own sum over cells is right to a few millionths.
    assert!((sum * 0.01 - 120.0).abs() < 0.01, "{sum}");
}

#[test]
fn two_densities() {
    let words =
        "dual-kde --input events.csv --against others.csv --x x --y y --bandwidth 400 --smallest 5";
    let found = files().json(words);
    let both: Vec<(f64, f64)> = points(0.0).into_iter().chain(points(300.0)).collect();
    let grid = Grid::covering(&both, 100.0, 400.0).unwrap();
    let of = |points: &[(f64, f64)]| {
        kernel_density(points, grid, Bandwidth::Metres(400.0), Edge::Lost).unwrap()
    };
    let dual = Dual::Ratio { smallest_per_square_km: 5.0 };
    let expected = dual_density(&of(&points(0.0)), &of(&points(300.0)), dual).unwrap();
    let ours: Vec<f64> =
        column(&found["results"], "value").iter().filter_map(serde_json::Value::as_f64).collect();
    let theirs: Vec<f64> = expected.values.into_iter().flatten().collect();
    assert_eq!(ours, theirs);
    assert!(!ours.is_empty());
}

#[test]
fn hot_spots_of_areas() {
    let words = format!("hotspots {PANEL} --surface residents --split 2023-01 --share-of-area 0.3");
    let found = areas().json(&words);
    let surfaces: Vec<f64> = (0..12).map(super::comparison::residents).collect();
    let expected = emergence(&table(), &surfaces, EmergenceSettings { level: 0.05 }).unwrap();
    let totals: Vec<u64> = table().iter().map(|row| row.iter().sum()).collect();
    let order = rank_by_count(&totals);
    for (row, place) in found["results"]["places"].as_array().unwrap().iter().zip(order) {
        assert_eq!(row["id"], format!("a{place}"));
        assert_eq!(row["trend_p_adjusted"], expected.places[place].trend_adjusted_p);
    }
    let of = |months: std::ops::Range<usize>| -> Vec<u64> {
        table().iter().map(|row| row[months.clone()].iter().sum()).collect()
    };
    let accuracy = predictive_accuracy(&of(0..12), &of(12..24), &surfaces, 0.3).unwrap();
    assert_eq!(found["results"]["accuracy"]["pai"], accuracy.pai);
    assert_eq!(found["results"]["accuracy"]["pei"], accuracy.pei);
}

#[test]
fn hot_spots_of_cells() {
    let words = "hotspots --input events.csv --date day --x x --y y --cell 500 --split 2023-07";
    let found = files().json(words);
    let grid = Grid::covering(&points(0.0), 500.0, 0.0).unwrap();
    let mut halves = [vec![0; grid.n_cells()], vec![0; grid.n_cells()]];
    for (i, point) in points(0.0).into_iter().enumerate() {
        halves[usize::from(i % 12 >= 6)][grid.cell_of(point).unwrap()] += 1;
    }
    let surfaces = vec![250_000.0; grid.n_cells()];
    let expected = predictive_accuracy(&halves[0], &halves[1], &surfaces, 0.05).unwrap();
    assert_eq!(found["results"]["accuracy"]["pai"], expected.pai);
    assert_eq!(found["n"], 120);
    files().refused("hotspots --input events.csv --date day --id day", &["no surface", "--cell"]);
}

#[test]
fn clusters_in_space_and_time() {
    let found =
        areas().json(&format!("scan {PANEL} --x x --y y --population residents --retrospective"));
    let by_month: Vec<f64> =
        (0..24).map(|month| table().iter().map(|row| row[month] as f64).sum()).collect();
    let residents: Vec<f64> = (0..12).map(super::comparison::residents).collect();
    let whole: f64 = residents.iter().sum();
    let expected: Vec<Vec<f64>> =
        residents.iter().map(|r| by_month.iter().map(|n| n * r / whole).collect()).collect();
    let centroids: Vec<(f64, f64)> = (0..12_i32)
        .map(|i| (509_000.0 + 700.0 * f64::from(i % 4), 221_000.0 + 700.0 * f64::from(i / 4)))
        .collect();
    let settings = ScanSettings {
        direction: Direction::Retrospective,
        largest_share: 0.5,
        largest_radius_metres: None,
        longest_periods: 3,
        replicates: SETTINGS,
    };
    let expected = scan(&centroids, &table(), &expected, settings).unwrap();
    for (row, cluster) in found["results"].as_array().unwrap().iter().zip(&expected.clusters) {
        assert_eq!(row["observed"], cluster.observed);
        assert_eq!(row["log_likelihood_ratio"], cluster.log_likelihood_ratio);
        assert_eq!(row["p"], cluster.p_value);
    }
    assert_eq!(found["results"].as_array().unwrap().len(), expected.clusters.len());
    areas().refused(&format!("scan {PANEL}"), &["the areas have no places", "--x and --y"]);
}

#[test]
fn a_pattern_that_moved() {
    let found = areas().json(&format!("spatial-change {PANEL} --split 2023-01"));
    let of = |months: std::ops::Range<usize>| -> Vec<u64> {
        table().iter().map(|row| row[months.clone()].iter().sum()).collect()
    };
    let expected = spatial_change(&of(0..12), &of(12..24), ChangeSettings::published(1)).unwrap();
    assert_eq!(found["results"]["s_index"], expected.s_index);
    assert_eq!(found["results"]["p"], expected.p_same_pattern);
    assert_eq!(found["results"]["areas"][0]["change"], "smaller");
    areas().refused(&format!("spatial-change {PANEL} --split 2022-01"), &["must be a later month"]);
}
