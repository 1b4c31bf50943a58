//! Seeded draws for series in which nothing happens.

use statrs::distribution::{ContinuousCDF, DiscreteCDF, NegativeBinomial, Normal, Poisson};

/// Steele, Lea and Flood's split-mix generator.
pub(crate) struct Draw {
    state: u64,
}

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Between 0 and 1, neither of them.
    pub(crate) fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        ((bits >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Standard normal.
    pub(crate) fn normal(&mut self) -> f64 {
        Normal::standard().inverse_cdf(self.uniform())
    }

    /// A count with this mean and a variance of so many times the mean.
    pub(crate) fn negative_binomial(&mut self, mean: f64, dispersion: f64) -> u64 {
        let target = self.uniform();
        if dispersion > 1.0 {
            let size = mean / (dispersion - 1.0);
            NegativeBinomial::new(size, 1.0 / dispersion).unwrap().inverse_cdf(target)
        } else {
            Poisson::new(mean).unwrap().inverse_cdf(target)
        }
    }
}

/// Months or weeks with a season of ±30% and no trend, independent of one another.
pub(crate) struct Null {
    /// For each part of the year, the chance of each count or fewer.
    tables: Vec<Vec<f64>>,
}

impl Null {
    pub(crate) fn months(mean: f64, dispersion: f64) -> Self {
        Self::new(12, mean, dispersion)
    }

    pub(crate) fn new(periods_per_year: usize, mean: f64, dispersion: f64) -> Self {
        let angle = |t: usize| std::f64::consts::TAU * t as f64 / periods_per_year as f64;
        let season = |t: usize| (0.3 * angle(t).cos()).exp();
        let tables = (0..periods_per_year).map(|t| table(mean * season(t), dispersion));
        Self { tables: tables.collect() }
    }

    /// So many from the start of a year on.
    pub(crate) fn draw(&self, n: usize, draw: &mut Draw) -> Vec<u64> {
        let part = |t: usize| {
            let target = draw.uniform();
            self.tables[t % self.tables.len()].partition_point(|chance| *chance < target) as u64
        };
        (0..n).map(part).collect()
    }
}

/// Up to where less than 1e-12 is left.
fn table(mean: f64, dispersion: f64) -> Vec<f64> {
    let cdf: Box<dyn Fn(u64) -> f64> = if dispersion > 1.0 {
        let counts = NegativeBinomial::new(mean / (dispersion - 1.0), 1.0 / dispersion).unwrap();
        Box::new(move |count| counts.cdf(count))
    } else {
        let counts = Poisson::new(mean).unwrap();
        Box::new(move |count| counts.cdf(count))
    };
    (0..u64::MAX).map(cdf).take_while(|chance| *chance < 1.0 - 1e-12).collect()
}
