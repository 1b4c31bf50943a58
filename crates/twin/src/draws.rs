//! Draws that are the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A source of draws for one purpose. Two purposes never share a stream, so that drawing more for
/// one leaves the other as it was.
pub(crate) struct Draws(ChaCha8Rng);

impl Draws {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        // Not `seed_from_u64`, whose expansion belongs to the crate and not to ChaCha.
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(stream);
        Self(rng)
    }

    /// Uniform in 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in `0..n`, by multiplication; its bias is below n in 2^64.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// Standard normal (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * libm::log(1.0 - self.unit())).sqrt();
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// A count of this mean whose variance is `dispersion` times as large: Poisson about a gamma
    /// variable, plain Poisson for a dispersion of 1.
    pub(crate) fn count(&mut self, mean: f64, dispersion: f64) -> u64 {
        let spread = dispersion - 1.0;
        let about = if spread > 0.0 { spread * self.gamma(mean / spread) } else { mean };
        self.poisson(about)
    }

    /// Gamma with this shape and scale 1 (Marsaglia and Tsang 2000, *ACM Transactions on Mathematical
    /// Software* 26).
    fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let root = libm::pow(1.0 - self.unit(), 1.0 / shape);
            return root * self.gamma(shape + 1.0);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let root = 1.0 + c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            if libm::log(1.0 - self.unit()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// Poisson: below a mean of 10 by multiplication (Knuth), above it by transformed rejection
    /// (Hörmann 1993, *Insurance: Mathematics and Economics* 12, algorithm PTRS).
    fn poisson(&mut self, mean: f64) -> u64 {
        if mean < 10.0 {
            let limit = libm::exp(-mean);
            let mut product = self.unit();
            let mut count = 0;
            while product > limit {
                product *= self.unit();
                count += 1;
            }
            return count;
        }
        let log_mean = libm::log(mean);
        let b = 0.931 + 2.53 * mean.sqrt();
        let a = -0.059 + 0.02483 * b;
        let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
        let v_r = 0.9277 - 3.6224 / (b - 2.0);
        loop {
            let u = self.unit() - 0.5;
            let v = 1.0 - self.unit();
            let us = 0.5 - u.abs();
            let count = ((2.0 * a / us + b) * u + mean + 0.43).floor();
            if us >= 0.07 && v <= v_r {
                return count as u64;
            }
            if count < 0.0 || (us < 0.013 && v > us) {
                continue;
            }
            let accepted = libm::log(v * inverse_alpha / (a / (us * us) + b));
            if accepted <= count * log_mean - mean - libm::lgamma(count + 1.0) {
                return count as u64;
            }
        }
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of the two whole numbers around `expected`, which it equals on average.
    pub(crate) fn round(&mut self, expected: f64) -> u32 {
        (expected + self.unit()) as u32
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Puts items into an order of which each is as likely (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }
}

/// Weights from which an index is drawn.
pub(crate) struct Weighted(Vec<f64>);

impl Weighted {
    /// The weights must not be empty or negative, and one must be above zero.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        Self(
            weights
                .into_iter()
                .map(|weight| {
                    sum += weight;
                    sum
                })
                .collect(),
        )
    }

    pub(crate) fn draw(&self, draws: &mut Draws) -> usize {
        let last = self.0.len() - 1;
        let at = draws.unit() * self.0[last];
        self.0.partition_point(|&sum| sum <= at).min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_chacha_with_eight_rounds() {
        // First words of the keystream for an all-zero key and nonce (Strombergson, "Test vectors
        // for the stream cipher ChaCha", 256-bit key, 8 rounds, TC1): 3e00ef2f895f40d6.
        assert_eq!(
            Draws::new(0, 0).0.next_u64().to_le_bytes(),
            [0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6]
        );
    }

    #[test]
    fn a_weighted_draw_follows_the_weights() {
        let weighted = Weighted::new([1.0, 0.0, 3.0]);
        let mut draws = Draws::new(1, 1);
        let mut counts = [0_u32; 3];
        for _ in 0..10_000 {
            counts[weighted.draw(&mut draws)] += 1;
        }
        assert_eq!(counts[1], 0);
        // Five standard deviations of a binomial count of 10,000 at 0.75 are 217.
        assert!(counts[2].abs_diff(7_500) < 217, "{counts:?}");
    }

    /// Mean and variance of 20,000 draws lie within five standard errors of what they should be.
    #[test]
    fn counts_have_the_mean_and_variance_asked_for() {
        let mut draws = Draws::new(3, 1);
        // Kurtosis by scipy 1.17.1, from which the error of a variance follows:
        // 3 + nbinom(mean/(dispersion - 1), 1/dispersion).stats("k"), and 3 + 1/mean for Poisson.
        for (mean, dispersion, kurtosis) in [
            (0.4, 1.0, 5.5_f64),
            (0.4, 3.0, 33.83),
            (9.9, 1.0, 3.10),
            (10.1, 1.0, 3.10),
            (25.0, 3.0, 3.49),
            (2_000.0, 1.8, 3.00),
        ] {
            let n = 20_000;
            let values: Vec<f64> = (0..n).map(|_| draws.count(mean, dispersion) as f64).collect();
            let found = values.iter().sum::<f64>() / f64::from(n);
            let variance = values.iter().map(|v| (v - found).powi(2)).sum::<f64>() / f64::from(n);
            let expected = mean * dispersion;
            let errors = 5.0 / f64::from(n).sqrt();
            assert!((found - mean).abs() < errors * expected.sqrt(), "{mean} {dispersion} {found}");
            let tolerance = errors * (kurtosis - 1.0).sqrt() * expected;
            assert!((variance - expected).abs() < tolerance, "{mean} {dispersion} {variance}");
        }
    }

    #[test]
    fn counts_are_poisson_on_both_sides_of_the_change_of_method() {
        // scipy 1.17.1: poisson.cdf(7, 9.9), poisson.cdf(7, 10.1); five binomial standard deviations.
        for (mean, expected) in [(9.9, 0.229_364), (10.1, 0.211_348)] {
            let mut draws = Draws::new(4, 1);
            let low = (0..20_000).filter(|_| draws.poisson(mean) <= 7).count() as f64 / 20_000.0;
            assert!((low - expected).abs() < 5.0 * (0.25_f64 / 20_000.0).sqrt(), "{mean} {low}");
        }
    }

    #[test]
    fn normal_draws_have_mean_zero_and_variance_one() {
        let mut draws = Draws::new(2, 1);
        let values: Vec<f64> = (0..20_000).map(|_| draws.normal()).collect();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 20_000.0;
        // Five standard errors: 5/sqrt(20,000) and 5 sqrt(2/20,000).
        assert!(mean.abs() < 0.036 && (variance - 1.0).abs() < 0.05, "{mean} {variance}");
    }
}
