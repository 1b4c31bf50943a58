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
