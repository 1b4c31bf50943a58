//! Comparison of areas, groups and shares.

mod areas;

pub use self::areas::{compare, funnel};
