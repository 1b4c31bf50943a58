//! Two periods of one series, and how much more than chance its months vary.

use crate::interval::{Confidence, Interval, two_sided_p};

/// Why two periods could not be compared.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PeriodError {
    /// Both periods hold the same months, one count each.
    #[error("{earlier} months against {later}: compare the same months of both periods")]
    LengthMismatch {
        /// Months of the earlier period.
        earlier: usize,
        /// Months of the later period.
        later: usize,
    },
    /// There is nothing to compare.
    #[error("no months to compare")]
    Empty,
    /// A change is a ratio, which needs events on both sides.
    #[error("no events in one of the periods: a change in per cent cannot be taken")]
    NoEvents,
    /// Dispersion needs at least two rows of at least two months.
    #[error("{rows} rows of {months} months leave nothing to estimate the variation from")]
    TooSmall {
        /// Rows of the table.
        rows: usize,
        /// Months in each.
        months: usize,
    },
    /// The rows are of different length.
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
    /// Pearson's chi-square over its degrees of freedom.
    pub pearson_phi: f64,
    /// The same, but at least 1.
    pub floored_phi: f64,
    /// Lag-1 autocorrelation of the Pearson residuals, in order of time.
    pub lag1: f64,
    /// `(1+r)/(1-r)` for an autocorrelation r above 0, otherwise 1.
    pub autocorrelation_factor: f64,
    /// The product of the two: what variances are multiplied by.
    pub used: f64,
    /// Degrees of freedom.
    pub degrees_of_freedom: usize,
    /// Months in each row.
    pub months: usize,
}

/// The change between two periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodComparison {
    /// Events in the earlier period.
    pub earlier_total: u64,
    /// Events in the later period.
    pub later_total: u64,
    /// Later over earlier.
    pub ratio: f64,
    /// Change in per cent.
    pub percent_change: f64,
    /// Its 95% limits, with the dispersion.
    pub percent_interval: Interval,
    /// The statistic of a plain Poisson test, which takes crime to vary no more than chance.
    pub z_plain: f64,
    /// Its two-sided p value.
    pub p_plain: f64,
    /// The dispersion; `None` for periods of one month, which leave none to estimate.
    pub dispersion: Option<Dispersion>,
    /// The statistic with the dispersion; the plain one where there is none.
    pub z: f64,
    /// Its two-sided p value.
    pub p_value: f64,
}

/// Compares two periods of one series, month by month.
///
/// # Shape
///
/// `earlier` and `later` hold one count per month, the same months of the year in the same order.
///
/// # Source
///
/// Plain statistic (x₂-x₁)/√(x₁+x₂); variance inflated by the dispersion of
/// [`dispersion_over_years`] over the two periods (McCullagh and Nelder 1989).
pub fn compare_periods(earlier: &[u64], later: &[u64]) -> Result<PeriodComparison, PeriodError> {
    if earlier.len() != later.len() {
        return Err(PeriodError::LengthMismatch { earlier: earlier.len(), later: later.len() });
    }
    if earlier.is_empty() {
        return Err(PeriodError::Empty);
    }
    let (earlier_total, later_total) = (earlier.iter().sum::<u64>(), later.iter().sum::<u64>());
    if earlier_total == 0 || later_total == 0 {
        return Err(PeriodError::NoEvents);
    }
    let dispersion = if earlier.len() > 1 {
        Some(dispersion_over_years(&[earlier.to_vec(), later.to_vec()])?)
    } else {
        None
    };
    let (x1, x2) = (earlier_total as f64, later_total as f64);
    let used = dispersion.map_or(1.0, |dispersion| dispersion.used);
    let z_plain = (x2 - x1) / (x1 + x2).sqrt();
    let z = z_plain / used.sqrt();
    let ratio = x2 / x1;
    let half = Confidence::P95.z() * (used * (1.0 / x1 + 1.0 / x2)).sqrt();
    let percent = |log_ratio: f64| 100.0 * log_ratio.exp_m1();
    Ok(PeriodComparison {
        earlier_total,
        later_total,
        ratio,
        percent_change: 100.0 * (ratio - 1.0),
        percent_interval: Interval {
            lower: percent(ratio.ln() - half),
            upper: percent(ratio.ln() + half),
        },
        z_plain,
        p_plain: two_sided_p(z_plain),
        dispersion,
        z,
        p_value: two_sided_p(z),
    })
}

/// The dispersion of a table of counts about a log-linear model with row and month effects.
///
/// The fitted value of a cell is row total times month total over the grand total. A month without
/// any event is fitted exactly, says nothing, and takes no degree of freedom.
///
/// # Shape
///
/// `table` holds one row per year (or area), each with one count per month.
///
/// # Source
///
/// Pearson's statistic over its degrees of freedom (McCullagh and Nelder 1989, section 6.2.3); the
/// factor for autocorrelation is that of the variance of a mean of a first-order autoregression.
pub fn dispersion_over_years(table: &[Vec<u64>]) -> Result<Dispersion, PeriodError> {
    let months = table.first().map_or(0, Vec::len);
    if let Some(row_index) = table.iter().position(|row| row.len() != months) {
        return Err(PeriodError::Ragged {
            row_index,
            found: table[row_index].len(),
            expected: months,
        });
    }
    let row_totals: Vec<f64> = table.iter().map(|row| row.iter().sum::<u64>() as f64).collect();
    let month_totals: Vec<f64> =
        (0..months).map(|m| table.iter().map(|row| row[m]).sum::<u64>() as f64).collect();
    let rows = row_totals.iter().filter(|total| **total > 0.0).count();
    let columns = month_totals.iter().filter(|total| **total > 0.0).count();
    if rows < 2 || columns < 2 {
        return Err(PeriodError::TooSmall { rows, months: columns });
    }
    let grand: f64 = row_totals.iter().sum();
    let mut residuals = Vec::with_capacity(table.len() * months);
    for (row, row_total) in table.iter().zip(&row_totals) {
        for (&observed, month_total) in row.iter().zip(&month_totals) {
            let fitted = row_total * month_total / grand;
            if fitted > 0.0 {
                residuals.push((observed as f64 - fitted) / fitted.sqrt());
            }
        }
    }
    let degrees_of_freedom = (rows - 1) * (columns - 1);
    let chi_square: f64 = residuals.iter().map(|r| r * r).sum();
    Ok(combine(chi_square / degrees_of_freedom as f64, &residuals, degrees_of_freedom, months))
}

/// Floor and autocorrelation factor, from a Pearson ratio and residuals in order of time.
pub(crate) fn combine(
    pearson_phi: f64,
    residuals: &[f64],
    degrees_of_freedom: usize,
    months: usize,
) -> Dispersion {
    /// Beyond this the factor says only that the series is too short to tell.
    const LARGEST_AUTOCORRELATION: f64 = 0.9;
    let floored_phi = pearson_phi.max(1.0);
    let lag1 = lag1_autocorrelation(residuals);
    let r = lag1.clamp(0.0, LARGEST_AUTOCORRELATION);
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

fn lag1_autocorrelation(residuals: &[f64]) -> f64 {
    let mean = residuals.iter().sum::<f64>() / residuals.len().max(1) as f64;
    let variance: f64 = residuals.iter().map(|r| (r - mean).powi(2)).sum();
    let covariance: f64 =
        residuals.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    // A model that fits exactly leaves no residual to correlate.
    if variance > f64::EPSILON { covariance / variance } else { 0.0 }
}
