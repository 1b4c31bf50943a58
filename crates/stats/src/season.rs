//! The season of a monthly series: a tested profile of the twelve months.
//!
//! For the course of season and trend through the series see [`stl`].

use crate::interval::{Confidence, Interval, Reference, f_test_p};
pub use crate::seasonal_decomposition::{Decomposition, DecompositionError, stl};
use crate::trend::{Series, TrendError, without_gaps};

/// Why no season could be found.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SeasonError {
    /// The series cannot be used.
    #[error(transparent)]
    Series(#[from] TrendError),
    /// Every month of the year must occur.
    #[error("month {month} of the year is missing from the series: a profile needs all twelve")]
    MonthMissing {
        /// The month, 1 to 12.
        month: u8,
    },
    /// A month in which nothing ever happened has no multiplier.
    #[error("no event ever in month {month} of the year: its multiplier has no limits")]
    MonthWithoutEvents {
        /// The month, 1 to 12.
        month: u8,
    },
}

/// One month of the profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthEffect {
    /// The month of the year, 1 to 12.
    pub month: u8,
    /// Times the geometric mean of the twelve months, trend apart.
    pub multiplier: f64,
    /// 95% limits.
    pub interval: Interval,
}

/// The twelve months' profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeasonalProfile {
    /// January to December.
    pub months: [MonthEffect; 12],
    /// The month with the largest multiplier.
    pub peak: u8,
    /// The month with the smallest.
    pub trough: u8,
    /// Peak over trough.
    pub amplitude: f64,
    /// Its 95% limits, as if peak and trough had been named beforehand. They are chosen from the same
    /// counts, so the amplitude is somewhat too large and the limits need not hold 1 without a season:
    /// read them only where `p_value` shows that there is one.
    pub amplitude_interval: Interval,
    /// F statistic that there is any season.
    pub f: f64,
    /// Its p value.
    pub p_value: f64,
    /// What variances were multiplied by.
    pub dispersion: f64,
    /// Residual degrees of freedom.
    pub degrees_of_freedom: usize,
    /// Months given.
    pub n_months: usize,
}

/// The profile of the twelve months of a series without gaps. See [`seasonal_profile_at`].
///
/// # Example
///
/// ```
/// use wardmote_stats::season::seasonal_profile;
/// let counts: Vec<u64> = (0..36).map(|t| if t % 12 == 6 { 300 } else { 200 }).collect();
/// let month_of_year: Vec<u8> = (0..36).map(|t| t % 12 + 1).collect();
/// let profile = seasonal_profile(&counts, &month_of_year)?;
/// assert_eq!((profile.peak, format!("{:.2}", profile.amplitude)), (7, "1.50".to_owned()));
/// # Ok::<(), wardmote_stats::season::SeasonError>(())
/// ```
pub fn seasonal_profile(
    counts: &[u64],
    month_of_year: &[u8],
) -> Result<SeasonalProfile, SeasonError> {
    seasonal_profile_at(&without_gaps(counts), counts, month_of_year)
}

/// The profile of the twelve months from a quasi-Poisson model with trend and month terms, and the F
/// test that there is any season.
///
/// The dispersion holds the factor for autocorrelation. That factor is meant for slow contrasts such
/// as a trend; for months, which alternate quickly, it errs on the side of caution.
///
/// # Shape
///
/// As for a trend: one element per month in each slice, in order of time, unknown months left out.
///
/// # Errors
///
/// [`SeasonError`] for fewer than 24 months, and where a month of the year is missing or never has an
/// event, since a multiplier of zero has no limits.
///
/// # Source
///
/// McCullagh and Nelder (1989), *Generalized Linear Models*, with the F test of nested
/// quasi-likelihood models.
pub fn seasonal_profile_at(
    times: &[f64],
    counts: &[u64],
    month_of_year: &[u8],
) -> Result<SeasonalProfile, SeasonError> {
    let series = Series::new(times, counts, month_of_year)?;
    if let Some(month) = (1..=12).find(|month| !month_of_year.contains(month)) {
        return Err(SeasonError::MonthMissing { month });
    }
    if let Some(month) = (1..=12).find(|month| !series.present().contains(month)) {
        return Err(SeasonError::MonthWithoutEvents { month });
    }
    let full = series.fit_with_months().map_err(TrendError::from)?;
    let without = series.fit_without_months().map_err(TrendError::from)?;
    let degrees_of_freedom = full.degrees_of_freedom;
    let dispersion = series.dispersion(&full).used;
    let f = (without.deviance - full.deviance) / 11.0 / dispersion;
    let quantile = Reference::student(degrees_of_freedom).quantile(Confidence::P95);

    // Coefficients: level, slope, February to December; January is the zero that they stand above.
    let effect = |index: usize| if index == 0 { 0.0 } else { full.coefficients[index + 1] };
    let mean = (0..12).map(effect).sum::<f64>() / 12.0;
    let multiplied = |log: f64, contrast: [f64; 12]| {
        let on_coefficients: Vec<f64> =
            [0.0, 0.0].into_iter().chain(contrast.into_iter().skip(1)).collect();
        let half = quantile * (dispersion * full.contrast_variance(&on_coefficients)).sqrt();
        Interval::about(log, half).map(f64::exp)
    };
    let one_at = |index: usize, here: usize| f64::from(u8::from(index == here));
    let months: [MonthEffect; 12] = std::array::from_fn(|index| {
        let contrast = std::array::from_fn(|other| one_at(index, other) - 1.0 / 12.0);
        let log = effect(index) - mean;
        let month = index as u8 + 1;
        MonthEffect { month, multiplier: log.exp(), interval: multiplied(log, contrast) }
    });
    let by_effect = |a: &usize, b: &usize| effect(*a).total_cmp(&effect(*b));
    let peak = (0..12).max_by(by_effect).unwrap_or(0);
    let trough = (0..12).min_by(by_effect).unwrap_or(0);
    let contrast = std::array::from_fn(|index| one_at(peak, index) - one_at(trough, index));
    let log_amplitude = effect(peak) - effect(trough);
    Ok(SeasonalProfile {
        months,
        peak: peak as u8 + 1,
        trough: trough as u8 + 1,
        amplitude: log_amplitude.exp(),
        amplitude_interval: multiplied(log_amplitude, contrast),
        f,
        p_value: f_test_p(f, 11.0, degrees_of_freedom as f64),
        dispersion,
        degrees_of_freedom,
        n_months: counts.len(),
    })
}
