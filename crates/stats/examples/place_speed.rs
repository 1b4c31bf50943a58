//! Our side of `benches/peers/place_speed.py`: the same generated data, timed within one process.
//!
//! `place_speed TASK FOLDER ROUNDS` reads the folder's numbers (little-endian f64, written by the
//! script) and prints the seconds of each round, the first of which is cold, and a checksum of the
//! answer.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for developers")]

use std::path::Path;
use std::time::Instant;

use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::gi_star::gi_star;
use wardmote_stats::spatial::kernel_density::{
    Bandwidth, Edge, Grid, kernel_density, kernel_density_binned,
};
use wardmote_stats::spatial::local_moran::local_moran;
use wardmote_stats::spatial::near_repeat::{
    Bands, DatedPlaces, PlacePrecision, TimePrecision, near_repeat,
};
use wardmote_stats::spatial::scan::{Direction, ScanSettings, scan};
use wardmote_stats::spatial::weights::{SpatialWeights, Standardisation, nearest_neighbours};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, task, folder, rounds] = &arguments[..] else {
        panic!("usage: place_speed TASK FOLDER ROUNDS");
    };
    let folder = Path::new(folder);
    let read = |name: &str| -> Vec<f64> {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        bytes.chunks_exact(8).map(|number| f64::from_le_bytes(number.try_into().unwrap())).collect()
    };
    let points = |name: &str| -> Vec<(f64, f64)> {
        read(name).chunks_exact(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let settings = PermutationSettings { permutations: 999, seed: 1, level: 0.05 };
    let mut work: Box<dyn FnMut() -> f64> = match task.as_str() {
        "local-moran" | "gi-star" => {
            let values = read("values.f64");
            let weights = areas(&points("centroids.f64"));
            if task == "gi-star" {
                Box::new(move || {
                    let found = gi_star(&values, &weights, settings).unwrap();
                    found.areas.iter().map(|area| area.z).sum()
                })
            } else {
                Box::new(move || {
                    let found = local_moran(&values, &weights, settings).unwrap();
                    found.areas.iter().map(|area| area.statistic).sum()
                })
            }
        }
        "nearest" => {
            let centroids = points("centroids.f64");
            Box::new(move || areas(&centroids).mean_neighbours())
        }
        "density" | "density-300" | "density-exact" => {
            let points = points("events.f64");
            let grid = Grid {
                west: 400_000.0,
                south: 300_000.0,
                cell_size_metres: 100.0,
                columns: 500,
                rows: 500,
            };
            let metres = if task == "density-300" { 300.0 } else { 500.0 };
            let density =
                if task == "density-exact" { kernel_density } else { kernel_density_binned };
            Box::new(move || {
                let bandwidth = Bandwidth::Metres(metres);
                let found = density(&points, grid, bandwidth, Edge::Lost).unwrap();
                found.per_square_km.iter().sum()
            })
        }
        "near-repeat" => {
            let places = points("burglaries.f64");
            let days: Vec<i32> = read("days.f64").into_iter().map(|day| day as i32).collect();
            Box::new(move || {
                let events = DatedPlaces {
                    places: &places,
                    days: &days,
                    time_precision: TimePrecision::Day,
                    place_precision: PlacePrecision::Exact,
                };
                let bands = Bands { metres: &[100.0, 200.0, 300.0, 400.0], days: &[7, 14, 21, 28] };
                let found = near_repeat(events, bands, settings).unwrap();
                found.cells.iter().map(|cell| cell.observed as f64).sum()
            })
        }
        "scan" => {
            let centroids = points("scan_centroids.f64");
            let rows = |name| -> Vec<Vec<f64>> {
                read(name).chunks_exact(12).map(<[f64]>::to_vec).collect()
            };
            let expected = rows("scan_expected.f64");
            let counts: Vec<Vec<u64>> = rows("scan_counts.f64")
                .into_iter()
                .map(|row| row.into_iter().map(|count| count as u64).collect())
                .collect();
            Box::new(move || {
                let settings = ScanSettings {
                    direction: Direction::Prospective,
                    largest_share: 0.5,
                    largest_radius_metres: None,
                    longest_periods: 6,
                    replicates: PermutationSettings { permutations: 99, ..settings },
                };
                let found = scan(&centroids, &counts, &expected, settings).unwrap();
                found.clusters[0].log_likelihood_ratio
            })
        }
        other => panic!("no task {other}"),
    };
    let mut seconds = Vec::new();
    let mut answer = 0.0;
    for _ in 0..rounds.parse::<usize>().unwrap() {
        let start = Instant::now();
        answer = work();
        seconds.push(start.elapsed().as_secs_f64());
    }
    println!("{{\"seconds\": {seconds:?}, \"answer\": {answer:?}}}");
}

/// Six nearest neighbours, as many as areas have on average by contiguity.
fn areas(centroids: &[(f64, f64)]) -> SpatialWeights {
    nearest_neighbours(centroids, 6).unwrap().with(Standardisation::Row)
}
