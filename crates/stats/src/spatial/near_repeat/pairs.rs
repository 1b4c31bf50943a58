//! Pairs of events that are close in space, found once and counted by time again and again.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::NearRepeatError;
use super::times::TimeTable;

/// Each pair once, by its first event and within that by space band.
pub(super) struct ClosePairs {
    /// The caller's positions of the events, in the order used here: near events near one another.
    order: Vec<u32>,
    n_bands: usize,
    /// The partners of event i in band b are `partners[starts[i * n_bands + b]..][..]`.
    starts: Vec<usize>,
    partners: Vec<u32>,
}

/// 1.6 GB.
const MOST_PAIRS: usize = 400_000_000;

impl ClosePairs {
    pub(super) fn new(places: &[(f64, f64)], limits: &[f64]) -> Result<Self, NearRepeatError> {
        let widest = limits.last().copied().unwrap_or(0.0);
        let order = neighbourly_order(places, widest);
        let at = |i: usize| {
            let (east, north) = places[order[i] as usize];
            [east, north]
        };
        let indexed = (0..order.len()).map(|i| GeomWithData::new(at(i), i as u32)).collect();
        let tree = RTree::bulk_load(indexed);
        let squares: Vec<f64> = limits.iter().map(|limit| limit * limit).collect();
        let (mut starts, mut partners) = (vec![0], Vec::new());
        let mut found: Vec<(u8, u32)> = Vec::new();
        for i in 0..order.len() {
            let [east, north] = at(i);
            found.clear();
            for other in tree.locate_within_distance([east, north], widest * widest) {
                if other.data as usize > i {
                    let [x, y] = *other.geom();
                    let square = (x - east).powi(2) + (y - north).powi(2);
                    let band = squares.partition_point(|limit| *limit < square);
                    found.push((band as u8, other.data));
                }
            }
            found.sort_unstable();
            let pairs = partners.len() + found.len();
            if pairs > MOST_PAIRS {
                return Err(NearRepeatError::TooManyPairs { pairs, most: MOST_PAIRS });
            }
            for band in 0..limits.len() {
                let end = found.partition_point(|(of, _)| usize::from(*of) <= band);
                starts.push(partners.len() + end);
            }
            partners.extend(found.iter().map(|(_, other)| *other));
        }
        Ok(Self { order, n_bands: limits.len(), starts, partners })
    }

    pub(super) fn n_pairs(&self) -> usize {
        self.partners.len()
    }

    /// What the caller has of each event, in the order used here.
    pub(super) fn in_order(&self, days: &[u32]) -> Vec<u32> {
        self.order.iter().map(|&i| days[i as usize]).collect()
    }

    /// Pairs by space band, and within it by time band.
    pub(super) fn count(&self, days: &[u32], table: &TimeTable) -> Vec<u64> {
        let mut counts = vec![0; self.n_bands * table.n_bands];
        for (i, &day) in days.iter().enumerate() {
            for (band, counts) in counts.chunks_mut(table.n_bands).enumerate() {
                let run = i * self.n_bands + band;
                let partners = &self.partners[self.starts[run]..self.starts[run + 1]];
                table.add(day, partners, days, counts);
            }
        }
        counts
    }
}

/// Events square by square, so that partners' days lie close together in memory.
fn neighbourly_order(places: &[(f64, f64)], side: f64) -> Vec<u32> {
    let side = side.max(1.0);
    let square = |i: u32| {
        let (east, north) = places[i as usize];
        ((north / side).floor() as i64, (east / side).floor() as i64)
    };
    let mut order: Vec<u32> = (0..places.len() as u32).collect();
    order.sort_by_cached_key(|&i| square(i));
    order
}
