//! What two events' days count, for every two days there can be.

/// Time bands that share one sum: sixteen bits of it each.
const TOGETHER: usize = 4;

/// For days up to a span apart, which time band they belong to, as an addend: 1 in the sixteen bits of
/// the band, so that one addition counts in all bands at once and none waits for the one before it.
pub(super) struct TimeTable {
    span: usize,
    pub(super) n_bands: usize,
    /// For each four bands, the addend of each difference from -span to span.
    addends: Vec<Vec<u64>>,
}

impl TimeTable {
    /// `limits` are the bands' last days; no two events are further apart than `span`.
    pub(super) fn new(limits: &[u32], span: u32) -> Self {
        let addend = |apart: u32, first: usize| {
            let band = limits.partition_point(|limit| *limit < apart);
            let here = (first..first + TOGETHER).contains(&band) && band < limits.len();
            if here { 1_u64 << (16 * (band - first)) } else { 0 }
        };
        let differences = || (0..=span).rev().chain(1..=span);
        let addends = (0..limits.len())
            .step_by(TOGETHER)
            .map(|first| differences().map(|apart| addend(apart, first)).collect())
            .collect();
        Self { span: span as usize, n_bands: limits.len(), addends }
    }

    /// Adds to the counts of each band how many of the pairs of events have days so far apart.
    pub(super) fn add(&self, pairs: &[(u32, u32)], days: &[u32], counts: &mut [u64]) {
        for (addends, counts) in self.addends.iter().zip(counts.chunks_mut(TOGETHER)) {
            let addend = |&(a, b): &(u32, u32)| {
                addends[days[b as usize] as usize + self.span - days[a as usize] as usize]
            };
            // Sixteen bits hold this many.
            for few in pairs.chunks(usize::from(u16::MAX)) {
                let sum: u64 = few.iter().map(addend).sum();
                for (band, count) in counts.iter_mut().enumerate() {
                    *count += (sum >> (16 * band)) & 0xffff;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_partners_and_bands_than_one_sum_holds() {
        let limits = [0, 1, 2, 3, 4, 5];
        let days: Vec<u32> = (0..200_000).map(|i| i % 8).collect();
        let about = |day: u32| -> Vec<(u32, u32)> { (0..200_000).map(|i| (day, i)).collect() };
        let mut counts = vec![0; 6];
        TimeTable::new(&limits, 7).add(&about(0), &days, &mut counts);
        assert_eq!(counts, [25_000; 6]);
        TimeTable::new(&limits, 7).add(&about(3), &days, &mut counts);
        assert_eq!(counts, [50_000, 75_000, 75_000, 75_000, 50_000, 25_000]);
    }
}
