//! The season of a monthly series: a tested profile of the twelve months, and decomposition by loess.

use crate::glm;
use crate::interval::{Interval, f_test_p, student};
use crate::periods::combine;
use crate::trend::{TrendError, as_numbers, check, design};

/// Why no season could be found.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SeasonError {
    /// The series cannot be used.
    #[error(transparent)]
    Series(#[from] TrendError),
    /// Every month of the year must occur.
    #[error("no {month}th month of the year in the series: a profile needs all twelve")]
    MonthMissing {
        /// The month, 1 to 12.
        month: u8,
    },
    /// The model could not be fitted.
    #[error(transparent)]
    Fit(#[from] glm::FitError),
    /// Loess needs three whole years.
    #[error("{months} months are too few to decompose: {needed} are needed")]
    TooShortToDecompose {
        /// Months given.
        months: usize,
        /// Months needed.
        needed: usize,
    },
    /// The decomposition failed.
    #[error("the series could not be decomposed: {why}")]
    Decomposition {
        /// What the library says.
        why: String,
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
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonalProfile {
    /// January to December.
    pub months: [MonthEffect; 12],
    /// The month with the largest multiplier.
    pub peak: u8,
    /// The month with the smallest.
    pub trough: u8,
    /// Peak over trough.
    pub amplitude: f64,
    /// Its 95% limits, as if peak and trough had been named beforehand; as they are chosen from the
    /// same counts, the amplitude itself is somewhat too large.
    pub amplitude_interval: Interval,
    /// F statistic that there is any season.
    pub f: f64,
    /// Its p value.
    pub p_value: f64,
    /// What variances were multiplied by.
    pub dispersion: f64,
    /// Residual degrees of freedom.
    pub degrees_of_freedom: usize,
}

/// The profile of the twelve months from a quasi-Poisson model with trend and month terms.
///
/// # Shape
///
/// One element per month in both slices, in order of time and without gaps.
///
/// # Source
///
/// McCullagh and Nelder (1989), with the F test of nested quasi-likelihood models.
pub fn seasonal_profile(
    counts: &[u64],
    months_of_year: &[u8],
) -> Result<SeasonalProfile, SeasonError> {
    check(counts.len(), counts, months_of_year)?;
    if let Some(month) = (1..=12).find(|month| !months_of_year.contains(month)) {
        return Err(SeasonError::MonthMissing { month });
    }
    let middle = (counts.len() - 1) as f64 / 2.0;
    let times: Vec<f64> = (0..counts.len()).map(|t| t as f64 - middle).collect();
    let numbers = as_numbers(counts);
    let full = glm::poisson(&design(&times, months_of_year), &numbers)?;
    let trend_only: Vec<Vec<f64>> = times.iter().map(|&t| vec![1.0, t]).collect();
    let without = glm::poisson(&trend_only, &numbers)?;
    let degrees_of_freedom = full.degrees_of_freedom;
    let dispersion =
        combine(full.pearson_phi(), &full.residuals, degrees_of_freedom, counts.len()).used;
    let f = (without.deviance - full.deviance) / 11.0 / dispersion;
    let (_, quantile) = student(0.0, degrees_of_freedom as f64);

    // Coefficients: intercept, slope, February to December; January is the zero that they stand above.
    let effect = |month: usize| if month == 0 { 0.0 } else { full.coefficients[month + 1] };
    let mean = (0..12).map(effect).sum::<f64>() / 12.0;
    let spread = |contrast: &[f64; 12]| {
        let on_coefficients: Vec<f64> =
            [0.0, 0.0].into_iter().chain(contrast[1..].iter().copied()).collect();
        quantile * (dispersion * full.contrast_variance(&on_coefficients)).sqrt()
    };
    let about =
        |log: f64, half: f64| Interval { lower: log - half, upper: log + half }.map(f64::exp);
    let months: [MonthEffect; 12] = std::array::from_fn(|index| {
        let contrast = std::array::from_fn(|m| if m == index { 11.0 / 12.0 } else { -1.0 / 12.0 });
        let log = effect(index) - mean;
        MonthEffect {
            month: index as u8 + 1,
            multiplier: log.exp(),
            interval: about(log, spread(&contrast)),
        }
    });
    let by_effect = |a: &usize, b: &usize| effect(*a).total_cmp(&effect(*b));
    let peak = (0..12).max_by(by_effect).unwrap_or(0);
    let trough = (0..12).min_by(by_effect).unwrap_or(0);
    let contrast =
        std::array::from_fn(|m| f64::from(i8::from(m == peak)) - f64::from(i8::from(m == trough)));
    let log_amplitude = effect(peak) - effect(trough);
    Ok(SeasonalProfile {
        months,
        peak: peak as u8 + 1,
        trough: trough as u8 + 1,
        amplitude: log_amplitude.exp(),
        amplitude_interval: about(log_amplitude, spread(&contrast)),
        f,
        p_value: f_test_p(f, 11.0, degrees_of_freedom as f64),
        dispersion,
        degrees_of_freedom,
    })
}

/// A series taken apart on the log scale: `log(count + 0.5) = trend + seasonal + remainder`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Slow movement, as a count.
    pub trend: Vec<f64>,
    /// Times the trend.
    pub seasonal: Vec<f64>,
    /// What is left, on the log scale.
    pub remainder: Vec<f64>,
    /// How much of the variation is season, 0 to 1 (Wang, Smith and Hyndman 2006).
    pub seasonal_strength: f64,
}

/// Seasonal decomposition by loess, robust, over at least three years of months.
///
/// # Source
///
/// Cleveland, Cleveland, McRae and Terpenning (1990), *Journal of Official Statistics* 6, by the
/// crate `stlrs`, which computes in single precision.
pub fn stl(counts: &[u64]) -> Result<Decomposition, SeasonError> {
    const NEEDED: usize = 36;
    if counts.len() < NEEDED {
        return Err(SeasonError::TooShortToDecompose { months: counts.len(), needed: NEEDED });
    }
    let logs: Vec<f32> = counts.iter().map(|&n| (n as f64 + 0.5).ln() as f32).collect();
    let fitted = stlrs::params()
        .robust(true)
        .fit(&logs, 12)
        .map_err(|why| SeasonError::Decomposition { why: why.to_string() })?;
    let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<f64>>();
    Ok(Decomposition {
        trend: wide(fitted.trend()).into_iter().map(|log| log.exp() - 0.5).collect(),
        seasonal: wide(fitted.seasonal()).into_iter().map(f64::exp).collect(),
        remainder: wide(fitted.remainder()),
        seasonal_strength: f64::from(fitted.seasonal_strength()),
    })
}
