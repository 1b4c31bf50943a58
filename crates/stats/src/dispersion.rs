//! How much more than chance counts vary about a table's row and month effects.
//!
//! Every test of counts here needs it: a Poisson test of crime, which takes counts to vary no more
//! than chance, finds changes that are not there.

use crate::interval::StandardError;

/// Why the variation of a table could not be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DispersionError {
    /// Rows and months that hold no event tell nothing; two of each must remain.
    #[error(
        "{rows} rows and {months} months with events leave nothing to estimate the variation from"
    )]
    TooSmall {
        /// Rows with an event.
        rows: usize,
        /// Months with an event.
        months: usize,
    },
    /// Every row holds the same months.
    #[error("row {row_index} has {found} months and the first has {expected}")]
    Ragged {
        /// Position of the row.
        row_index: usize,
        /// Its months.
        found: usize,
        /// Months of the first row.
        expected: usize,
    },
}

/// How much more than chance a table of counts varies about its row and month effects.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dispersion {
    /// Pearson's chi-square over its degrees of freedom: 1 where only chance is at work.
    pub pearson_phi: f64,
    /// The same, but at least 1.
    pub floored_phi: f64,
    /// Lag-1 autocorrelation r of the Pearson residuals, in order of time.
    pub lag1: f64,
    /// `(1+r)/(1-r)` for an r above 0, otherwise 1.
    pub autocorrelation_factor: f64,
    /// The product of the two: what variances are multiplied by.
    pub used: f64,
    /// Degrees of freedom of Pearson's chi-square.
    pub degrees_of_freedom: usize,
    /// Months in each row.
    pub months: usize,
}

/// What to multiply Poisson variances by, and how well that is known.
///
/// Made from a number that is taken as known, or from a [`Dispersion`], whose degrees of freedom then
/// widen intervals and p values by Student's t.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// Factor for variances, at least 1.
    pub dispersion: f64,
    /// Degrees of freedom from which the factor was estimated; `None` if it is known.
    pub degrees_of_freedom: Option<usize>,
}

impl Scale {
    /// Counts vary at least as much as chance, and an estimate has something to rest on.
    pub(crate) fn is_usable(self) -> bool {
        self.dispersion >= 1.0 && self.dispersion.is_finite() && self.degrees_of_freedom != Some(0)
    }

    /// Whether counts are taken to vary by chance alone, without having been asked.
    pub(crate) fn is_chance_alone(self) -> bool {
        self.dispersion <= 1.0 && self.degrees_of_freedom.is_none()
    }

    /// The standard error of the log of a ratio of two counts, neither of them zero.
    pub(crate) fn of_log_ratio(self, a: f64, b: f64) -> StandardError {
        StandardError {
            value: (self.dispersion * (1.0 / a + 1.0 / b)).sqrt(),
            degrees_of_freedom: self.degrees_of_freedom,
        }
    }
}

impl From<f64> for Scale {
    fn from(dispersion: f64) -> Self {
        Self { dispersion, degrees_of_freedom: None }
    }
}

impl From<Dispersion> for Scale {
    fn from(found: Dispersion) -> Self {
        Self { dispersion: found.used, degrees_of_freedom: Some(found.degrees_of_freedom) }
    }
}

/// The dispersion of a table of counts about a log-linear model with year and month effects.
///
/// The fitted value of a cell is year total times month total over the grand total. A month without
/// any event is fitted exactly, says nothing, and takes no degree of freedom.
///
/// # Shape
///
/// `table` holds one row per year, in order of time, each with one count per month. Rows of twelve
/// months are taken to follow one another, so that March and the next April are neighbours when
/// autocorrelation is measured; shorter rows have a gap between them.
///
/// # Source
///
/// Pearson's statistic over its degrees of freedom (McCullagh and Nelder 1989, *Generalized Linear
/// Models*, section 6.2.3); the factor for autocorrelation is that of the variance of a mean of a
/// first-order autoregression (Bayley and Hammersley 1946, *Supplement to the Journal of the Royal
/// Statistical Society* 8).
///
/// # Example
///
/// ```
/// use wardmote_stats::dispersion::dispersion_over_years;
/// let found = dispersion_over_years(&[vec![30, 50, 40], vec![45, 40, 35]])?;
/// assert_eq!(format!("{:.2} on {}", found.pearson_phi, found.degrees_of_freedom), "2.22 on 2");
/// # Ok::<(), wardmote_stats::dispersion::DispersionError>(())
/// ```
pub fn dispersion_over_years(table: &[Vec<u64>]) -> Result<Dispersion, DispersionError> {
    two_way(table, table.first().is_some_and(|year| year.len() == 12))
}

/// The same with one row per area instead of per year: areas are no neighbours in time.
///
/// # Shape
///
/// `table` holds one row per area, each with the same months in order of time, without gaps.
///
/// # Source
///
/// As [`dispersion_over_years`].
pub fn dispersion_over_areas(table: &[Vec<u64>]) -> Result<Dispersion, DispersionError> {
    two_way(table, false)
}

fn two_way(table: &[Vec<u64>], rows_follow: bool) -> Result<Dispersion, DispersionError> {
    let months = table.first().map_or(0, Vec::len);
    if let Some(row_index) = table.iter().position(|row| row.len() != months) {
        let found = table[row_index].len();
        return Err(DispersionError::Ragged { row_index, found, expected: months });
    }
    let total = |counts: &mut dyn Iterator<Item = u64>| counts.map(|n| n as f64).sum::<f64>();
    let row_totals: Vec<f64> = table.iter().map(|row| total(&mut row.iter().copied())).collect();
    let month_totals: Vec<f64> =
        (0..months).map(|month| total(&mut table.iter().map(|row| row[month]))).collect();
    let with_events = |totals: &[f64]| totals.iter().filter(|total| **total > 0.0).count();
    let (rows, columns) = (with_events(&row_totals), with_events(&month_totals));
    if rows < 2 || columns < 2 {
        return Err(DispersionError::TooSmall { rows, months: columns });
    }
    let grand: f64 = row_totals.iter().sum();
    let mut residuals = Vec::with_capacity(table.len() * months);
    let mut times = Vec::with_capacity(table.len() * months);
    for (row_index, (row, row_total)) in table.iter().zip(&row_totals).enumerate() {
        // A row that does not follow the last one starts two months after it, hence no neighbour.
        let start = row_index * (months + usize::from(!rows_follow));
        for (month, (&observed, month_total)) in row.iter().zip(&month_totals).enumerate() {
            let fitted = row_total * month_total / grand;
            if fitted > 0.0 {
                residuals.push((observed as f64 - fitted) / fitted.sqrt());
                times.push((start + month) as f64);
            }
        }
    }
    Ok(from_residuals(&residuals, &times, (rows - 1) * (columns - 1), months))
}

/// Pearson ratio, floor and autocorrelation factor from Pearson residuals and their times in months.
pub(crate) fn from_residuals(
    residuals: &[f64],
    times: &[f64],
    degrees_of_freedom: usize,
    months: usize,
) -> Dispersion {
    let chi_square: f64 = residuals.iter().map(|r| r * r).sum();
    let pearson_phi = chi_square / degrees_of_freedom as f64;
    let floored_phi = pearson_phi.max(1.0);
    let lag1 = lag1_autocorrelation(residuals, times);
    let r = lag1.max(0.0);
    let autocorrelation_factor = (1.0 + r) / (1.0 - r);
    Dispersion {
        pearson_phi,
        floored_phi,
        lag1,
        autocorrelation_factor,
        used: floored_phi * autocorrelation_factor,
        degrees_of_freedom,
        months,
    }
}

/// The usual estimate, whose denominator holds every residual: it stays below 1 however short the
/// series, since the products of n - 1 neighbours cannot reach the sum of n squares.
fn lag1_autocorrelation(residuals: &[f64], times: &[f64]) -> f64 {
    let mean = residuals.iter().sum::<f64>() / residuals.len().max(1) as f64;
    let centred: Vec<f64> = residuals.iter().map(|r| r - mean).collect();
    let variance: f64 = centred.iter().map(|r| r * r).sum();
    let neighbours = times.windows(2).map(|pair| pair[1] - pair[0] < 1.5);
    let covariance: f64 = centred
        .windows(2)
        .zip(neighbours)
        .filter(|(_, adjacent)| *adjacent)
        .map(|(pair, _)| pair[0] * pair[1])
        .sum();
    // A model that fits exactly leaves no residual to correlate.
    if variance > 1e-12 { covariance / variance } else { 0.0 }
}
