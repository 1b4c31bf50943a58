//! Crime and place: where events gather, whether that is more than chance, and what follows.
//!
//! | Question | Module |
//! | --- | --- |
//! | Which areas are neighbours? | [`weights`] |
//! | Do like areas lie together, over the whole map and around each area? | [`moran`], [`local_moran`] |
//! | Which areas and their surroundings are hot or cold? | [`gi_star`] |
//! | Where on a smooth map are events dense? | [`kernel_density`] |
//! | Which places were hot, would they have been right, and which are emerging? | [`hotspots`] |
//! | How few places hold how much of it? | [`concentration`] |
//! | Does one event raise the risk nearby for a while? | [`near_repeat`] |
//! | Are the same places hit again? | [`repeats`] |
//! | Is there a cluster in space and time, now or earlier? | [`scan`] |
//! | Has the pattern moved? | [`spatial_change`] |
//!
//! Coordinates are eastings and northings in metres, such as those of the British National Grid
//! (EPSG:27700). Degrees are refused wherever a distance matters.

pub mod concentration;
mod coordinates;
pub mod gi_star;
pub mod hotspots;
pub mod kernel_density;
pub mod local_moran;
pub mod moran;
pub mod near_repeat;
mod permutation;
pub mod repeats;
pub mod scan;
pub mod spatial_change;
mod warning;
pub mod weights;

pub use coordinates::CoordinateError;
pub use permutation::{PermutationSettings, SettingsError};
pub use warning::Warning;

/// Which deviations from chance a p value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sidedness {
    /// Both, at twice the smaller tail.
    TwoSided,
    /// Only values above what chance gives.
    Greater,
}

/// How p values were corrected for their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// A single test.
    None,
    /// [`benjamini_hochberg`](crate::multiplicity::benjamini_hochberg) over all that were tested.
    BenjaminiHochberg,
    /// Against the largest statistic of each replicate, which covers all windows at once.
    MaximumStatistic,
}
