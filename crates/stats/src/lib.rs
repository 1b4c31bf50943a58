//! Statistics for crime counts, on plain slices.
//!
//! Counts of crime are small, seasonal and more variable than chance alone; a share from a survey is
//! weighted; one report holds many tests. The functions here are chosen for that:
//!
//! - [`interval`]: intervals and confidence levels.
//! - [`proportion`]: shares, and a share in an area against the rest (survey design effect).
//! - [`rates`]: Poisson limits, crude rates, the ratio of two rates.
//! - [`periods`]: two periods of one series, and how much more than chance its months vary.
//! - [`trend`]: drift of a series, season apart.
//! - [`season`]: the twelve months' profile, and decomposition by loess.
//! - [`equivalence`]: whether two values may be called the same.
//! - [`ranks`]: whether the highest is really the highest.
//! - [`multiplicity`]: correction for many tests.
//!
//! Every function is pure: it reads no file and no clock, and draws nothing at random. Input that
//! cannot be right is an error that names the element, never a quiet NaN.

pub mod equivalence;
mod glm;
pub mod interval;
pub mod multiplicity;
pub mod periods;
pub mod proportion;
pub mod ranks;
pub mod rates;
pub mod season;
pub mod trend;
