//! Random draws that follow from a seed alone, on every machine and on any number of threads.

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// SplitMix64 (Steele, Lea and Flood 2014, *OOPSLA*), one stream for each piece of work.
///
/// Written out here because the numbers are part of what is published: a new version of a library
/// may draw others from the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Draws {
    state: u64,
}

impl Draws {
    /// The draws of piece `stream` of the work that `seed` stands for.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self { state: mix(seed.wrapping_add(STEP)) ^ mix(stream.wrapping_mul(STEP) ^ !seed) }
    }

    #[inline]
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(STEP);
        mix(self.state)
    }

    /// A whole number from 0 to `n` - 1. Favours none by more than n in 2^64.
    #[inline]
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// Several whole numbers from 0 to `n` - 1, two from each draw. Favours none by more than n in
    /// 2^32.
    #[inline]
    pub(crate) fn several_below<const K: usize>(&mut self, n: usize) -> [u32; K] {
        let mut numbers = [0; K];
        for pair in numbers.chunks_mut(2) {
            let mut bits = self.next();
            for number in pair {
                *number = (((bits & 0xffff_ffff) * n as u64) >> 32) as u32;
                bits >>= 32;
            }
        }
        numbers
    }

    /// A number from 0 up to, but not including, 1.
    #[inline]
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * (0.5_f64).powi(53)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        self.shuffle_last(items, items.len());
    }

    /// Puts a random choice of `n` of the items, in random order, at the end of the slice.
    pub(crate) fn shuffle_last<T>(&mut self, items: &mut [T], n: usize) {
        for end in (items.len() - n..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

#[inline]
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // The first numbers of SplitMix64 from state 1234567, as the Rosetta Code task lists them.
        let mut draws = Draws { state: 1_234_567 };
        let found: Vec<u64> = (0..3).map(|_| draws.next()).collect();
        assert_eq!(
            found,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn orders_of_three_come_up_equally_often() {
        let mut tally = std::collections::BTreeMap::new();
        for stream in 0..60_000 {
            let mut items = [0, 1, 2];
            Draws::new(7, stream).shuffle(&mut items);
            *tally.entry(items).or_insert(0_u32) += 1;
        }
        // 10,000 of each are expected, with a standard deviation of 91.
        assert_eq!(tally.len(), 6);
        assert!(tally.values().all(|n| n.abs_diff(10_000) < 400), "{tally:?}");
    }

    #[test]
    fn units_lie_evenly_between_0_and_1() {
        let mut draws = Draws::new(1, 0);
        let values: Vec<f64> = (0..100_000).map(|_| draws.unit()).collect();
        assert!(values.iter().all(|u| (0.0..1.0).contains(u)));
        let mean = values.iter().sum::<f64>() / 100_000.0;
        assert!((mean - 0.5).abs() < 0.005, "{mean}");
    }
}
