//! Draws from a seed, the same on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A source of uniform draws.
pub(crate) struct Draws(ChaCha8Rng);

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        // Not `seed_from_u64`, whose expansion belongs to the crate and not to ChaCha.
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Uniform in 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Uniform in `0..n`, by multiplication; its bias is below n in 2^64.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
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
            Draws::new(0).0.next_u64().to_le_bytes(),
            [0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6]
        );
    }

    #[test]
    fn draws_are_spread_evenly() {
        let mut draws = Draws::new(1);
        let mean = (0..10_000).map(|_| draws.unit()).sum::<f64>() / 10_000.0;
        // Five standard errors of the mean of 10,000 uniform draws are 0.0144.
        assert!((mean - 0.5).abs() < 0.0144, "{mean}");
        let mut faces = [0_u32; 6];
        (0..6_000).for_each(|_| faces[draws.below(6)] += 1);
        // Five binomial standard deviations are 144.
        assert!(faces.iter().all(|n| n.abs_diff(1_000) < 144), "{faces:?}");
    }
}
