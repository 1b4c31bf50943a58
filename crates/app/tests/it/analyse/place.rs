//! Methods over space.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::gi_star::gi_star;
use wardmote_stats::spatial::local_moran::local_moran;
use wardmote_stats::spatial::moran::morans_i;
use wardmote_stats::spatial::near_repeat::{
    Bands, DatedPlaces, PlacePrecision, TimePrecision, near_repeat,
};
use wardmote_stats::spatial::weights::{SpatialWeights, Standardisation, nearest_neighbours};

use super::{Files, column};

const SIDE: usize = 6;
const SETTINGS: PermutationSettings =
    PermutationSettings { permutations: 999, seed: 7, level: 0.05 };

/// A lattice of cells of 500 m with a hot corner.
fn values() -> Vec<f64> {
    let value = |i: usize| if i / SIDE < 3 && i % SIDE < 3 { 20 + i % 4 } else { 2 + (i * 7) % 5 };
    (0..SIDE * SIDE).map(|i| value(i) as f64).collect()
}

fn centre(i: usize) -> (f64, f64) {
    (509_250.0 + 500.0 * (i % SIDE) as f64, 221_250.0 + 500.0 * (i / SIDE) as f64)
}

fn map() -> String {
    let feature = |(i, value): (usize, &f64)| {
        let (x, y) = centre(i);
        let (west, east, south, north) = (x - 250.0, x + 250.0, y - 250.0, y + 250.0);
        json!({
            "type": "Feature",
            "properties": {"code": format!("cell-{i}"), "n": value},
            "geometry": {"type": "Polygon", "coordinates": [[
                [west, south], [east, south], [east, north], [west, north], [west, south]
            ]]},
        })
    };
    let features: Vec<Value> = values().iter().enumerate().map(feature).collect();
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

/// Neighbours by their places in the lattice, and not by their outlines.
fn queen() -> SpatialWeights {
    let near = |a: usize, b: usize| {
        a != b && (a / SIDE).abs_diff(b / SIDE) <= 1 && (a % SIDE).abs_diff(b % SIDE) <= 1
    };
    let lists: Vec<Vec<usize>> =
        (0..SIDE * SIDE).map(|a| (0..SIDE * SIDE).filter(|&b| near(a, b)).collect()).collect();
    SpatialWeights::from_lists(&lists).unwrap().with(Standardisation::Row)
}

fn files() -> Files {
    let mut table = "code,n,x,y\n".to_owned();
    for (i, value) in values().iter().enumerate() {
        let (x, y) = centre(i);
        let _ = writeln!(table, "cell-{i},{value},{x},{y}");
    }
    Files::new().with("map.geojson", &map()).with("cells.csv", &table)
}

#[test]
fn moran() {
    let words = "moran --input map.geojson --value n --weights queen --permutations 999 --seed 7";
    let found = files().json(words);
    let expected = morans_i(&values(), &queen(), SETTINGS).unwrap();
    let results = &found["results"];
    assert_eq!(results["i"], expected.observed);
    assert_eq!(results["expected"], expected.expected);
    assert_eq!(results["variance"], expected.randomisation.variance);
    assert_eq!(results["z"], expected.randomisation.z);
    assert_eq!(results["p"], expected.randomisation.p_value);
    assert_eq!(results["p_permutation"], expected.p_permutation);
    assert_eq!(found["parameters"]["seed"], 7);
    assert_eq!(found["parameters"]["weights"], "queen");
    assert_eq!(found["n"], 36);
}

#[test]
fn moran_of_points_by_nearest_neighbours() {
    let words = "moran --input cells.csv --value n --x x --y y --weights knn:4 --seed 7";
    let found = files().json(words);
    let centres: Vec<(f64, f64)> = (0..SIDE * SIDE).map(centre).collect();
    let weights = nearest_neighbours(&centres, 4).unwrap().with(Standardisation::Row);
    let expected = morans_i(&values(), &weights, SETTINGS).unwrap();
    assert_eq!(found["results"]["i"], expected.observed);
    // The centres of the outlines are the same points.
    let of_map = files().json("moran --input map.geojson --value n --weights knn:4 --seed 7");
    assert_eq!(of_map["results"]["i"], expected.observed);
}

#[test]
fn local_moran_and_gi_star() {
    let local = files().json("local-moran --input map.geojson --value n --id code --seed 7");
    let expected = local_moran(&values(), &queen(), SETTINGS).unwrap();
    let rows = local["results"].as_array().unwrap();
    assert_eq!(rows.len(), 36);
    for (i, (row, area)) in rows.iter().zip(&expected.areas).enumerate() {
        assert_eq!(row["id"], format!("cell-{i}"));
        assert_eq!(row["statistic"], area.statistic);
        assert_eq!(row["z"].as_f64(), area.z);
        assert_eq!(row["p"].as_f64(), area.p_value);
        assert_eq!(row["p_adjusted"].as_f64(), area.adjusted_p);
    }
    assert_eq!(rows[0]["class"], "high-high");
    let hot =
        files().json("gi-star --input map.geojson --value n --id code --weights queen --seed 7");
    let expected = gi_star(&values(), &queen(), SETTINGS).unwrap();
    for (row, area) in hot["results"].as_array().unwrap().iter().zip(&expected.areas) {
        assert_eq!(row["statistic"], area.statistic);
        assert_eq!(row["z"], area.z);
        assert_eq!(row["p"].as_f64(), area.p_permutation);
        assert_eq!(row["p_adjusted"].as_f64(), area.adjusted_p);
    }
    assert_eq!(hot["results"][7]["class"], "hot");
    assert_eq!(hot["parameters"]["correction"], "benjamini-hochberg");
}

#[test]
fn degrees_are_projected_or_refused() {
    let mut table = "n,lon,lat\n".to_owned();
    for (i, value) in values().iter().enumerate() {
        let (east, north) = ((i % SIDE) as f64, (i / SIDE) as f64);
        let _ = writeln!(table, "{value},{},{}", -0.45 + 0.01 * east, 51.86 + 0.01 * north);
    }
    let files = Files::new().with("degrees.csv", &table);
    let words = "moran --input degrees.csv --value n --x lon --y lat --weights distance:900";
    files.refused(words, &["seem to be degrees", "EPSG:27700"]);
    let found = files.json(&format!("{words} --lonlat"));
    assert_eq!(found["parameters"]["coordinates"], "EPSG:4326, projected to EPSG:27700");
    // Steps of 0.01 degrees are 690 m east and 1,110 m north there: neighbours to east and west only.
    assert_eq!(found["results"]["mean_neighbours"], 60.0 / 36.0);
}

#[test]
fn near_repeats() {
    // Bursts of two within the week and a hundred metres, far from one another.
    let (mut table, mut places, mut days) = ("day,x,y\n".to_owned(), Vec::new(), Vec::new());
    for i in 0..60_i32 {
        let burst = i / 2;
        let x = 500_000.0 + 900.0 * f64::from(burst) + 50.0 * f64::from(i % 2);
        let day = (burst * 37) % 300 + 3 * (i % 2);
        let date = jiff::civil::date(2023, 1, 1) + jiff::Span::new().days(day);
        let _ = writeln!(table, "{date},{x},221000");
        places.push((x, 221_000.0));
        days.push(day);
    }
    let files = Files::new().with("events.csv", &table);
    let words = "near-repeat --input events.csv --date day --x x --y y --metres 100,1000 --days 7,14 --seed 7";
    let found = files.json(words);
    let events = DatedPlaces {
        places: &places,
        days: &days,
        time_precision: TimePrecision::Day,
        place_precision: PlacePrecision::Exact,
    };
    let bands = Bands { metres: &[100.0, 1000.0], days: &[7, 14] };
    let expected = near_repeat(events, bands, SETTINGS).unwrap();
    for (row, cell) in found["results"].as_array().unwrap().iter().zip(&expected.cells) {
        assert_eq!(row["observed"], cell.observed);
        assert_eq!(row["expected"], cell.expected);
        assert_eq!(row["ratio"].as_f64(), cell.ratio);
        assert_eq!(row["p"], cell.p_value);
    }
    assert_eq!(column(&found["results"], "observed")[0], 30);
    assert_eq!(column(&found["results"], "p")[0], 0.001);
}
