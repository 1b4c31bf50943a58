//! Seeded draws for series in which nothing happens.

use statrs::distribution::{DiscreteCDF, NegativeBinomial, Poisson};

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

    /// Months with a season of ±30% and no trend, independent of one another.
    pub(crate) fn months(&mut self, n: usize, mean: f64, dispersion: f64) -> Vec<u64> {
        let season = |t: usize| (0.3 * (std::f64::consts::TAU * t as f64 / 12.0).cos()).exp();
        (0..n).map(|t| self.negative_binomial(mean * season(t), dispersion)).collect()
    }
}
