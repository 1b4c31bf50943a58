//! A monthly series taken apart into trend, season and remainder by loess.
//!
//! It describes and tests nothing: for a tested season see
//! [`seasonal_profile`](crate::season::seasonal_profile).

/// Why a series could not be taken apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecompositionError {
    /// Loess needs three whole years.
    #[error("{months} months are too few to decompose: {needed} are needed")]
    TooShort {
        /// Months given.
        months: usize,
        /// Months needed.
        needed: usize,
    },
    /// The library refused.
    #[error("the series could not be decomposed: {why}")]
    Refused {
        /// What the library says.
        why: String,
    },
}

/// A series taken apart on the log scale: `log(count + 0.5) = trend + seasonal + remainder`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Slow movement, as a count a month.
    pub trend: Vec<f64>,
    /// What the season multiplies the trend by.
    pub seasonal: Vec<f64>,
    /// What is left, on the log scale.
    pub remainder: Vec<f64>,
    /// How much of the variation about the trend is season, 0 to 1.
    pub seasonal_strength: f64,
}

/// The fewest months: three values of each month of the year.
const FEWEST_MONTHS: usize = 36;

/// Takes a series apart by seasonal decomposition by loess, robust to single outlying months.
///
/// The season is declared periodic, that is, the same in every year: with three to five years a season
/// that may change would take up the noise.
///
/// # Shape
///
/// One count per month, in order of time, without gaps and with any first month; at least 36. The
/// results have as many elements.
///
/// # Source
///
/// Cleveland, Cleveland, McRae and Terpenning (1990), *Journal of Official Statistics* 6, by the crate
/// `stlrs`; strength of season by Wang, Smith and Hyndman (2006), *Data Mining and Knowledge
/// Discovery* 13.
///
/// # Example
///
/// ```
/// use wardmote_stats::season::stl;
/// let counts: Vec<u64> = (0..36).map(|t| 200 + t + if t % 12 == 6 { 90 } else { 0 }).collect();
/// let parts = stl(&counts)?;
/// assert!(parts.seasonal_strength > 0.9 && parts.seasonal[6] > 1.3);
/// # Ok::<(), wardmote_stats::season::DecompositionError>(())
/// ```
pub fn stl(counts: &[u64]) -> Result<Decomposition, DecompositionError> {
    if counts.len() < FEWEST_MONTHS {
        let months = counts.len();
        return Err(DecompositionError::TooShort { months, needed: FEWEST_MONTHS });
    }
    let logs: Vec<f64> = counts.iter().map(|&n| (n as f64 + 0.5).ln()).collect();
    // "Periodic" as R has it: constants over a window that outlasts the series.
    let fitted = stlrs::params()
        .robust(true)
        .seasonal_degree(0)
        .seasonal_length(10 * counts.len() + 1)
        // Every point by loess: a series of months is too short to gain from interpolation.
        .seasonal_jump(1)
        .trend_jump(1)
        .low_pass_jump(1)
        .fit(&logs, 12)
        .map_err(|why| DecompositionError::Refused { why: why.to_string() })?;
    Ok(Decomposition {
        trend: fitted.trend().iter().map(|log| log.exp() - 0.5).collect(),
        seasonal: fitted.seasonal().iter().map(|log| log.exp()).collect(),
        remainder: fitted.remainder().to_vec(),
        seasonal_strength: fitted.seasonal_strength(),
    })
}
