//! Places ranked by what happened there, how well that would have predicted what came next, and
//! which are emerging, persistent or diminishing.

mod accuracy;
mod emergence;

pub use accuracy::{PredictiveAccuracy, predictive_accuracy};
pub use emergence::{Emergence, EmergenceClass, EmergenceSettings, PlaceOverTime, emergence};

use super::SettingsError;
use crate::dispersion::DispersionError;
use crate::proportion::ProportionError;

/// Why hot spots could not be found or judged.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum HotspotError {
    /// The slices describe different numbers of places.
    #[error("{expected} places in one list and {found} in another")]
    LengthMismatch {
        /// Places of the first.
        expected: usize,
        /// Places of the other.
        found: usize,
    },
    /// A place has a size.
    #[error("place {place_index} has an area of {area}, which is none")]
    Area {
        /// Position of the place.
        place_index: usize,
        /// What was given.
        area: f64,
    },
    /// A share of the whole area, above none of it and up to all.
    #[error("a share of {share} of the area is not above 0 and up to 1")]
    Share {
        /// What was given.
        share: f64,
    },
    /// No place is small enough.
    #[error("not even the first place fits into {share} of the area")]
    NothingFits {
        /// The share that was asked for.
        share: f64,
    },
    /// Nothing happened in one of the periods.
    #[error("no events in the {period} period")]
    NoEvents {
        /// "training" or "test".
        period: &'static str,
    },
    /// A trend needs a few periods.
    #[error("{n_periods} periods are too few to tell emerging from persistent; at least four")]
    TooFewPeriods {
        /// How many there are.
        n_periods: usize,
    },
    /// The variation could not be measured.
    #[error(transparent)]
    Dispersion(#[from] DispersionError),
    /// The hit rate has no interval.
    #[error(transparent)]
    HitRate(#[from] ProportionError),
    /// The level is none.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// Positions of the places, the one with the most events first; of equal counts the earlier position
/// leads.
pub fn rank_by_count(counts: &[u64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&i| std::cmp::Reverse(counts[i]));
    order
}
