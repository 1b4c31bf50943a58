//! Whether two values may be called the same: no difference found is not sameness shown.

use crate::interval::{Confidence, Interval, upper_p};

/// Why equivalence could not be tested.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum EquivalenceError {
    /// A margin says how large a difference still counts as the same.
    #[error("margin {margin} is not above 0{}", if *.below_one { " and below 1" } else { "" })]
    Margin {
        /// What was given.
        margin: f64,
        /// Whether it must be below 1 too.
        below_one: bool,
    },
    /// The standard error must be positive.
    #[error("standard error {standard_error} is not above 0")]
    StandardError {
        /// What was given.
        standard_error: f64,
    },
}

/// The outcome of two one-sided tests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equivalence {
    /// The larger of the two one-sided p values.
    pub p_value: f64,
    /// 90% interval of the estimate: inside the margin exactly when `p_value` is at most 5%.
    pub interval_90: Interval,
    /// Whether `p_value` is at most the level asked.
    pub equivalent: bool,
}

/// Two one-sided tests that a ratio lies within `1/(1+margin)` to `1+margin`, given the log ratio and
/// its standard error. The interval is on the scale of the ratio.
///
/// # Source
///
/// Schuirmann (1987), *Journal of Pharmacokinetics and Biopharmaceutics* 15.
pub fn equivalent_ratio(
    log_ratio: f64,
    standard_error: f64,
    margin: f64,
    level: f64,
) -> Result<Equivalence, EquivalenceError> {
    if !(margin > 0.0 && margin < 1.0) {
        return Err(EquivalenceError::Margin { margin, below_one: true });
    }
    let found = two_one_sided(log_ratio, standard_error, margin.ln_1p(), level)?;
    Ok(Equivalence { interval_90: found.interval_90.map(f64::exp), ..found })
}

/// Two one-sided tests that a difference lies within `margin` of zero.
///
/// # Source
///
/// As [`equivalent_ratio`].
pub fn equivalent_difference(
    difference: f64,
    standard_error: f64,
    margin: f64,
    level: f64,
) -> Result<Equivalence, EquivalenceError> {
    if margin.is_nan() || margin <= 0.0 {
        return Err(EquivalenceError::Margin { margin, below_one: false });
    }
    two_one_sided(difference, standard_error, margin, level)
}

fn two_one_sided(
    estimate: f64,
    standard_error: f64,
    margin: f64,
    level: f64,
) -> Result<Equivalence, EquivalenceError> {
    if !(standard_error > 0.0 && standard_error.is_finite()) {
        return Err(EquivalenceError::StandardError { standard_error });
    }
    let above_lower = upper_p((estimate + margin) / standard_error);
    let below_upper = upper_p((margin - estimate) / standard_error);
    let p_value = above_lower.max(below_upper);
    let half = Confidence::P90.z() * standard_error;
    let interval_90 = Interval { lower: estimate - half, upper: estimate + half };
    Ok(Equivalence { p_value, interval_90, equivalent: p_value <= level })
}
