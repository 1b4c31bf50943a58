//! Pairs of events that are close in space, found once and counted by time again and again.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::NearRepeatError;
use super::times::TimeTable;

/// Each pair once, by space band.
pub(super) struct ClosePairs {
    /// The caller's positions of the events, in the order used here: near events near one another.
    order: Vec<u32>,
    bands: Vec<Vec<(u32, u32)>>,
}

/// 3.2 GB.
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
        let mut bands = vec![Vec::new(); limits.len()];
        let mut pairs = 0;
        for i in 0..order.len() {
            let [east, north] = at(i);
            for other in tree.locate_within_distance([east, north], widest * widest) {
                if other.data as usize > i {
                    let [x, y] = *other.geom();
                    let square = (x - east).powi(2) + (y - north).powi(2);
                    let band = squares.partition_point(|limit| *limit < square);
                    bands[band.min(limits.len() - 1)].push((i as u32, other.data));
                    pairs += 1;
                }
            }
            if pairs > MOST_PAIRS {
                return Err(NearRepeatError::TooManyPairs { pairs, most: MOST_PAIRS });
            }
        }
        Ok(Self { order, bands })
    }

    pub(super) fn n_pairs(&self) -> usize {
        self.bands.iter().map(Vec::len).sum()
    }

    /// What the caller has of each event, in the order used here.
    pub(super) fn in_order(&self, days: &[u32]) -> Vec<u32> {
        self.order.iter().map(|&i| days[i as usize]).collect()
    }

    /// Pairs by space band, and within it by time band.
    pub(super) fn count(&self, days: &[u32], table: &TimeTable) -> Vec<u64> {
        let mut counts = vec![0; self.bands.len() * table.n_bands];
        for (pairs, counts) in self.bands.iter().zip(counts.chunks_mut(table.n_bands)) {
            table.add(pairs, days, counts);
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
