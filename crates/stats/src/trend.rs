//! Drift of a monthly series, season apart.

use crate::glm::{self, FitError};
use crate::interval::{Interval, student};
use crate::periods::combine;

/// Why no trend could be fitted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum TrendError {
    /// Times, counts and months of the year go together.
    #[error("{times} times, {counts} counts and {months} months of the year do not go together")]
    LengthMismatch {
        /// Times.
        times: usize,
        /// Counts.
        counts: usize,
        /// Months of the year.
        months: usize,
    },
    /// A month of the year is 1 to 12.
    #[error("month {month} at position {index} is not 1 to 12")]
    Month {
        /// Position.
        index: usize,
        /// What stands there.
        month: u8,
    },
    /// With fewer than two years, season and drift cannot be told apart.
    #[error(
        "{months} months are too few: with fewer than {needed} season and trend cannot be told apart"
    )]
    TooShort {
        /// Months given.
        months: usize,
        /// Months needed.
        needed: usize,
    },
    /// Nothing happened.
    #[error("no events in the series")]
    NoEvents,
    /// The model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
}

/// A fitted trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// Change a year in per cent.
    pub percent_per_year: f64,
    /// Its 95% limits.
    pub interval: Interval,
    /// Slope of the log count a month.
    pub log_slope_per_month: f64,
    /// Its standard error, with the dispersion.
    pub standard_error: f64,
    /// Slope over standard error: Student's t with `degrees_of_freedom`.
    pub z: f64,
    /// Two-sided p value.
    pub p_value: f64,
    /// Pearson's chi-square over its degrees of freedom.
    pub pearson_phi: f64,
    /// Lag-1 autocorrelation of the residuals.
    pub lag1: f64,
    /// Factor for it.
    pub autocorrelation_factor: f64,
    /// What variances were multiplied by.
    pub dispersion_used: f64,
    /// Months fitted.
    pub n_months: usize,
    /// Residual degrees of freedom.
    pub degrees_of_freedom: usize,
}

/// Two years: below that each month of the year is seen once at most.
pub const FEWEST_MONTHS: usize = 24;

/// Quasi-Poisson trend of a series without gaps. See [`quasi_poisson_trend_at`].
pub fn quasi_poisson_trend(counts: &[u64], months_of_year: &[u8]) -> Result<Trend, TrendError> {
    let times: Vec<f64> = (0..counts.len()).map(|t| t as f64).collect();
    quasi_poisson_trend_at(&times, counts, months_of_year)
}

/// Quasi-Poisson trend with month terms: log μ = a + b t + month of the year.
///
/// # Shape
///
/// One element per month in each slice, in order of time: `times` in months from any start (gaps may
/// be left out of all three), `counts`, and `months_of_year` 1 to 12.
///
/// # Errors
///
/// [`TrendError`] for fewer than 24 months, because then season passes for trend.
///
/// # Source
///
/// McCullagh and Nelder (1989); variances inflated by Pearson dispersion, floor 1, and for positive
/// lag-1 autocorrelation of the residuals.
pub fn quasi_poisson_trend_at(
    times: &[f64],
    counts: &[u64],
    months_of_year: &[u8],
) -> Result<Trend, TrendError> {
    check(times.len(), counts, months_of_year)?;
    let start = times.iter().sum::<f64>() / times.len() as f64;
    let centred: Vec<f64> = times.iter().map(|t| t - start).collect();
    let fit = glm::poisson(&design(&centred, months_of_year), &as_numbers(counts))?;
    let dispersion =
        combine(fit.pearson_phi(), &fit.residuals, fit.degrees_of_freedom, counts.len());
    let slope = fit.coefficients[1];
    let standard_error = (dispersion.used * fit.covariance[1][1]).sqrt();
    let z = slope / standard_error;
    let (p_value, quantile) = student(z, fit.degrees_of_freedom as f64);
    let percent = |slope: f64| 100.0 * (12.0 * slope).exp_m1();
    Ok(Trend {
        percent_per_year: percent(slope),
        interval: Interval {
            lower: slope - quantile * standard_error,
            upper: slope + quantile * standard_error,
        }
        .map(percent),
        log_slope_per_month: slope,
        standard_error,
        z,
        p_value,
        pearson_phi: dispersion.pearson_phi,
        lag1: dispersion.lag1,
        autocorrelation_factor: dispersion.autocorrelation_factor,
        dispersion_used: dispersion.used,
        n_months: counts.len(),
        degrees_of_freedom: fit.degrees_of_freedom,
    })
}

pub(crate) fn check(
    n_times: usize,
    counts: &[u64],
    months_of_year: &[u8],
) -> Result<(), TrendError> {
    if n_times != counts.len() || counts.len() != months_of_year.len() {
        return Err(TrendError::LengthMismatch {
            times: n_times,
            counts: counts.len(),
            months: months_of_year.len(),
        });
    }
    if let Some(index) = months_of_year.iter().position(|m| !(1..=12).contains(m)) {
        return Err(TrendError::Month { index, month: months_of_year[index] });
    }
    if counts.len() < FEWEST_MONTHS {
        return Err(TrendError::TooShort { months: counts.len(), needed: FEWEST_MONTHS });
    }
    if counts.iter().all(|&n| n == 0) {
        return Err(TrendError::NoEvents);
    }
    Ok(())
}

/// Intercept, slope, and one column for each month of the year that occurs but the first.
pub(crate) fn design(times: &[f64], months_of_year: &[u8]) -> Vec<Vec<f64>> {
    let mut present = months_of_year.to_vec();
    present.sort_unstable();
    present.dedup();
    let dummies = |month: u8| present[1..].iter().map(move |&m| if m == month { 1.0 } else { 0.0 });
    times
        .iter()
        .zip(months_of_year)
        .map(|(&t, &month)| [1.0, t].into_iter().chain(dummies(month)).collect())
        .collect()
}

pub(crate) fn as_numbers(counts: &[u64]) -> Vec<f64> {
    counts.iter().map(|&n| n as f64).collect()
}
