//! Do two monthly series rise and fall with one another?

use crate::interval::{Confidence, Interval, Reference};

/// Why two series could not be held against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TogetherError {
    /// One series is longer than the other.
    #[error("{first} counts in one series and {second} in the other")]
    LengthMismatch {
        /// Counts of the first.
        first: usize,
        /// Counts of the second.
        second: usize,
    },
    /// A season shows only over two years.
    #[error("{n} months are too few to see whether two series go together; 24 are needed")]
    TooFew {
        /// Months in both.
        n: usize,
    },
    /// One of them never moves.
    #[error("a series that does not vary goes together with nothing")]
    NoVariation,
}

/// How two series go together, their trends taken out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Together {
    /// Correlation, -1 to 1.
    pub correlation: f64,
    /// Its limits.
    pub interval: Interval,
    /// Standard normal statistic.
    pub z: f64,
    /// Two-sided p value of no tie.
    pub p_value: f64,
    /// How many independent months would tell as much.
    pub effective_months: f64,
}

/// Fewer would show at most one turn of the seasons.
const FEWEST_MONTHS: usize = 24;

/// The correlation of two monthly series on the scale of logarithms, each without its straight trend.
///
/// Neighbouring months are alike, above all in series with a season, so that two years hold far fewer
/// independent months than 24; the limits allow for it. That two series go together says neither that
/// they count the same events nor that one causes the other.
///
/// # Shape
///
/// `first` and `second` hold counts of the same months in the same order, 24 or more.
///
/// # Source
///
/// Fisher's z with the effective number of months of Bartlett (1935), *Journal of the Royal Statistical
/// Society* 98, by the lag-1 autocorrelations, as Pyper and Peterman (1998) recommend.
///
/// # Example
///
/// ```
/// use wardmote_stats::together::together;
/// let one = [61, 66, 70, 73, 69, 64, 65, 61, 57, 56, 57, 64, 60, 65, 69, 74, 70, 63, 64, 60, 59, 55, 56, 63];
/// let other = one.map(|n| 2 * n + 3);
/// assert!(together(&one, &other)?.correlation > 0.99);
/// # Ok::<(), wardmote_stats::together::TogetherError>(())
/// ```
pub fn together(first: &[u64], second: &[u64]) -> Result<Together, TogetherError> {
    if first.len() != second.len() {
        let (first, second) = (first.len(), second.len());
        return Err(TogetherError::LengthMismatch { first, second });
    }
    let n = first.len();
    if n < FEWEST_MONTHS {
        return Err(TogetherError::TooFew { n });
    }
    let (x, y) = (without_trend(first), without_trend(second));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (xx, yy) = (product(&x, &x), product(&y, &y));
    if xx <= 1e-18 || yy <= 1e-18 {
        return Err(TogetherError::NoVariation);
    }
    // One that follows the other to the last digit has no finite z.
    let correlation = (product(&x, &y) / (xx * yy).sqrt()).clamp(-1.0, 1.0);
    let bounded = correlation.clamp(-0.999_999, 0.999_999);
    let lag1 = |of: &[f64], sum: f64| product(&of[1..], &of[..n - 1]) / sum;
    let shared = lag1(&x, xx) * lag1(&y, yy);
    let effective_months = (n as f64 * (1.0 - shared) / (1.0 + shared)).clamp(4.0, n as f64);
    let standard_error = 1.0 / (effective_months - 3.0).sqrt();
    let z = bounded.atanh() / standard_error;
    let half = Confidence::P95.z() * standard_error;
    Ok(Together {
        correlation,
        interval: Interval {
            lower: (bounded.atanh() - half).tanh(),
            upper: (bounded.atanh() + half).tanh(),
        },
        z,
        p_value: Reference::NORMAL.two_sided_p(z),
        effective_months,
    })
}

/// The logarithms of a series less their least-squares line; half an event keeps zero counts finite.
fn without_trend(counts: &[u64]) -> Vec<f64> {
    let logs: Vec<f64> = counts.iter().map(|n| (*n as f64 + 0.5).ln()).collect();
    let n = logs.len() as f64;
    let (mean_t, mean) = ((n - 1.0) / 2.0, logs.iter().sum::<f64>() / n);
    let (mut both, mut squares) = (0.0, 0.0);
    for (t, log) in logs.iter().enumerate() {
        let from_mean = t as f64 - mean_t;
        both += from_mean * (log - mean);
        squares += from_mean * from_mean;
    }
    let slope = both / squares;
    logs.iter().enumerate().map(|(t, log)| log - mean - slope * (t as f64 - mean_t)).collect()
}
