//! Whether two values may be called the same: no difference found is not sameness shown.

use crate::interval::{Confidence, Interval, StandardError};

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
    /// The estimate must be a number.
    #[error("estimate {estimate} is not a number")]
    Estimate {
        /// What was given.
        estimate: f64,
    },
    /// The standard error must be positive.
    #[error("standard error {standard_error} is not above 0 or rests on nothing")]
    StandardError {
        /// What was given.
        standard_error: f64,
    },
    /// A level is a small probability.
    #[error("significance level {level} is not between 0 and 0.5")]
    Level {
        /// What was given.
        level: f64,
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
///
/// # Example
///
/// ```
/// use wardmote_stats::equivalence::equivalent_ratio;
/// // Up 1%, but is it the same within 5%? With a standard error of 1.5% yes, with one of 4% not.
/// assert!(equivalent_ratio(0.01, 0.015, 0.05, 0.05)?.equivalent);
/// assert!(!equivalent_ratio(0.01, 0.04, 0.05, 0.05)?.equivalent);
/// # Ok::<(), wardmote_stats::equivalence::EquivalenceError>(())
/// ```
pub fn equivalent_ratio(
    log_ratio: f64,
    standard_error: impl Into<StandardError>,
    margin: f64,
    level: f64,
) -> Result<Equivalence, EquivalenceError> {
    if !(margin > 0.0 && margin < 1.0) {
        return Err(EquivalenceError::Margin { margin, below_one: true });
    }
    let found = two_one_sided(log_ratio, standard_error.into(), margin.ln_1p(), level)?;
    Ok(Equivalence { interval_90: found.interval_90.map(f64::exp), ..found })
}

/// Two one-sided tests that a difference, such as one of shares, lies within `margin` of zero.
///
/// # Source
///
/// As [`equivalent_ratio`].
pub fn equivalent_difference(
    difference: f64,
    standard_error: impl Into<StandardError>,
    margin: f64,
    level: f64,
) -> Result<Equivalence, EquivalenceError> {
    if !(margin > 0.0 && margin.is_finite()) {
        return Err(EquivalenceError::Margin { margin, below_one: false });
    }
    two_one_sided(difference, standard_error.into(), margin, level)
}

fn two_one_sided(
    estimate: f64,
    standard_error: StandardError,
    margin: f64,
    level: f64,
) -> Result<Equivalence, EquivalenceError> {
    if !estimate.is_finite() {
        return Err(EquivalenceError::Estimate { estimate });
    }
    if !standard_error.is_usable() {
        return Err(EquivalenceError::StandardError { standard_error: standard_error.value });
    }
    if !(level > 0.0 && level < 0.5) {
        return Err(EquivalenceError::Level { level });
    }
    let reference = standard_error.reference();
    let above_lower = reference.upper_p((estimate + margin) / standard_error.value);
    let below_upper = reference.upper_p((margin - estimate) / standard_error.value);
    let p_value = above_lower.max(below_upper);
    let half = reference.quantile(Confidence::P90) * standard_error.value;
    let interval_90 = Interval::about(estimate, half);
    Ok(Equivalence { p_value, interval_90, equivalent: p_value <= level })
}
