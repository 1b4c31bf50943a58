//! Methods over time.

mod season;
mod spikes;
mod trend;

pub use self::season::{SeasonOptions, Transform, season};
pub use self::spikes::{SpikesBy, SpikesOptions, spikes};
pub use self::trend::trend;
