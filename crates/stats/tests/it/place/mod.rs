//! The place methods against programs of others, against drawn maps whose truth is known, and against
//! their own pages in `docs/methods`.
//!
//! `place_*.json` is written by `benches/peers/place.py`, from data that it generates, with the pinned
//! versions named in `place-requirements.txt` beside it.

use std::path::Path;

use serde_json::Value;
use statrs::distribution::{Beta, ContinuousCDF};
use wardmote_stats::spatial::PermutationSettings;

mod concentration;
mod gi_star;
mod hotspots;
mod kernel_density;
mod moran;
mod near_repeat;
mod scan;
mod spatial_change;
mod weights;

/// What an independent program made of generated data.
struct Peer(Value);

impl Peer {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/peers");
        let text = std::fs::read_to_string(folder.join(format!("place_{name}.json"))).unwrap();
        Self(serde_json::from_str(&text).unwrap())
    }

    fn part(&self, key: &str) -> Self {
        Self(self.0[key].clone())
    }

    fn number(&self, key: &str) -> f64 {
        self.0[key].as_f64().unwrap()
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        row(&self.0[key])
    }

    fn rows(&self, key: &str) -> Vec<Vec<f64>> {
        self.0[key].as_array().unwrap().iter().map(row).collect()
    }

    fn counts(&self, key: &str) -> Vec<u64> {
        self.numbers(key).into_iter().map(|n| n as u64).collect()
    }

    fn count_rows(&self, key: &str) -> Vec<Vec<u64>> {
        let whole = |row: Vec<f64>| row.into_iter().map(|n| n as u64).collect();
        self.rows(key).into_iter().map(whole).collect()
    }

    fn lists(&self, key: &str) -> Vec<Vec<usize>> {
        let whole = |row: Vec<f64>| row.into_iter().map(|n| n as usize).collect();
        self.rows(key).into_iter().map(whole).collect()
    }

    fn points(&self, key: &str) -> Vec<(f64, f64)> {
        self.rows(key).into_iter().map(|row| (row[0], row[1])).collect()
    }
}

fn row(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect()
}

fn settings(permutations: u32, seed: u64) -> PermutationSettings {
    PermutationSettings { permutations, seed, level: 0.05 }
}

/// Whether two Monte Carlo p values can come from the same truth: within four standard errors of their
/// difference, and what one permutation counts.
fn same_p(a: f64, n_a: f64, b: f64, n_b: f64) -> bool {
    let p = f64::midpoint(a, b);
    let error = (p * (1.0 - p) * (1.0 / n_a + 1.0 / n_b)).sqrt();
    (a - b).abs() <= 4.0 * error + 1.0 / n_a + 1.0 / n_b
}

/// Draws of the tests: another generator than the library's, so that they share no fault. Xorshift64*
/// (Vigna 2016, *ACM Transactions on Mathematical Software* 42).
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..20 {
            chance.unit();
        }
        chance
    }

    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as f64 * 0.5_f64.powi(53)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    fn poisson(&mut self, mean: f64) -> u64 {
        let floor = (-mean).exp();
        let (mut product, mut n) = (self.unit(), 0);
        while product > floor {
            product *= self.unit();
            n += 1;
        }
        n
    }

    fn point(&mut self, side: f64) -> (f64, f64) {
        (400_000.0 + side * self.unit(), 300_000.0 + side * self.unit())
    }

    /// The sum of twelve units, less six: near enough to a standard normal.
    fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// How often something was found in drawn patterns.
#[derive(Clone, Copy)]
struct Tally {
    found: u64,
    of: u64,
}

impl Tally {
    fn count(of: u64, found: impl FnMut(u64) -> bool) -> Self {
        let found = (0..of).map(found).filter(|found| *found).count() as u64;
        Self { found, of }
    }

    /// Exact one-sided 95% limit (Clopper and Pearson).
    fn lower_limit(self) -> f64 {
        if self.found == 0 {
            return 0.0;
        }
        let (found, of) = (self.found as f64, self.of as f64);
        Beta::new(found, of - found + 1.0).unwrap().inverse_cdf(0.05)
    }

    fn text(self) -> String {
        let group = |n: u64| {
            if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) }
        };
        let percent = 100.0 * self.found as f64 / self.of as f64;
        format!("{} of {} ({percent:.1}%)", group(self.found), group(self.of))
    }

    /// Fails if the exact limit excludes the nominal rate; gives the text for the page.
    fn false_alarms(self, nominal: f64) -> String {
        let limit = self.lower_limit();
        assert!(limit <= nominal, "{}, at least {limit:.4}, nominal {nominal}", self.text());
        self.text()
    }
}

/// A page of `docs/methods`, whose figures the tests compute again.
struct Page(String);

impl Page {
    fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/methods");
        Self(std::fs::read_to_string(folder.join(format!("{name}.md"))).unwrap())
    }

    fn says(&self, text: &str) {
        assert!(self.0.contains(text), "the page does not say, but should:\n{text}");
    }
}

/// Lists of neighbours of a grid of cells, corners counted.
fn grid_lists(columns: usize, rows: usize) -> Vec<Vec<usize>> {
    let about = |at: usize, n: usize| at.saturating_sub(1)..(at + 2).min(n);
    (0..columns * rows)
        .map(|cell| {
            let (x, y) = (cell % columns, cell / columns);
            about(y, rows)
                .flat_map(|row| about(x, columns).map(move |column| row * columns + column))
                .filter(|&other| other != cell)
                .collect()
        })
        .collect()
}
