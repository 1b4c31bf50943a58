//! Comparison of areas, groups and shares.

mod areas;
mod disproportionality;
mod harm;
mod survey;

pub use self::areas::{compare, funnel};
pub use self::disproportionality::{SearchesAsked, disproportionality};
pub use self::harm::harm;
pub use self::survey::{SurveyAsked, survey};
