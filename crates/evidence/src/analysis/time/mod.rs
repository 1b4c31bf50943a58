//! Methods over time.

mod hours;
mod months;
mod season;
mod spikes;
mod trend;

pub use self::hours::{EventTimes, hours};
pub use self::months::{
    ChangeAsked, CutAsked, WindowAsked, changepoints, events, forecast, interrupted,
};
pub use self::season::{SeasonOptions, Transform, season};
pub use self::spikes::{SpikesBy, SpikesOptions, spikes};
pub use self::trend::trend;
