//! Times decomposition and spikes over many generated series on one thread, for
//! `benches/peers/time_speed.py`, which times the peers on the same series.
//!
//! Reads a file of counts, one series a line, and prints seconds as JSON: the best of `rounds`.

#![expect(clippy::unwrap_used, reason = "a bench fails as a test does")]

use std::time::Instant;

use wardmote_stats::seasonal_decomposition::{Decomposer, Settings};
use wardmote_stats::spikes::{Farrington, farrington};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, rounds, years @ ..] = &arguments[..] else {
        eprintln!("time_speed SERIES ROUNDS [YEARS]");
        std::process::exit(2);
    };
    let rounds: usize = rounds.parse().unwrap();
    let years_back = years.first().map_or(3, |years| years.parse().unwrap());
    let text = std::fs::read_to_string(path).unwrap();
    let numbers = |line: &str| line.split(' ').map(|count| count.parse().unwrap()).collect();
    let series: Vec<Vec<u64>> = text.lines().map(numbers).collect();
    let logs: Vec<Vec<f64>> = series
        .iter()
        .map(|counts| counts.iter().map(|&count| (count as f64 + 0.5).ln()).collect())
        .collect();
    let plain = Settings::of_period(12);
    let stl = best(rounds, || decompose_all(&logs, &plain));
    let robust = best(rounds, || decompose_all(&logs, &plain.robust()));
    // The last month against the years before it.
    let options = Farrington { years_back, ..Farrington::flexible(12) };
    let spikes = best(rounds, || watch_all(&series, &options));
    println!("{{\"stl\": {stl}, \"stl_robust\": {robust}, \"farrington\": {spikes}}}");
}

fn best(rounds: usize, mut work: impl FnMut() -> f64) -> f64 {
    let mut fastest = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        std::hint::black_box(work());
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    fastest
}

fn decompose_all(series: &[Vec<f64>], settings: &Settings) -> f64 {
    let mut decomposer = Decomposer::new(series[0].len(), settings).unwrap();
    series.iter().map(|values| decomposer.decompose(values).unwrap().seasonal_strength()).sum()
}

fn watch_all(series: &[Vec<u64>], options: &Farrington) -> f64 {
    let last =
        |counts: &Vec<u64>| farrington(counts, counts.len() - 1, options).unwrap().periods[0];
    series.iter().filter_map(|counts| last(counts).threshold).sum()
}
