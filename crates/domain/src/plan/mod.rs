//! The rules of a partnership plan: what its measures allow to be said of progress, where its chain
//! from findings to measures is broken, what is stale, and how one plan differs from the next.
//!
//! Nothing here knows today's date or where a plan is kept.

mod chain;
mod difference;
mod progress;

pub use chain::{Break, Chain, Staleness, staleness};
pub use difference::{Difference, Outlined, differences};
pub use progress::{Direction, Judgement, Progress, disagreement, overall, progress};
