//! Comparison of areas, groups and shares.

mod areas;
mod disproportionality;
mod harm;
mod searches;
mod survey;

pub use self::areas::{compare, funnel};
pub use self::disproportionality::disproportionality;
pub use self::harm::harm;
pub use self::searches::{SearchColumns, Searches, TwoGroups};
pub use self::survey::{Answers, SurveyColumns, survey};
