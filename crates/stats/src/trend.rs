//! Drift of a monthly series, season apart.

use crate::dispersion::{Dispersion, from_residuals};
pub use crate::glm::FitError;
use crate::glm::{self, Design, Fit};
use crate::interval::{Confidence, Interval, Reference};

/// Why no trend could be fitted.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
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
    /// Times are numbers, and each is later than the one before.
    #[error("time {time} at position {index} is not a number later than the one before")]
    Time {
        /// Position.
        index: usize,
        /// What stands there.
        time: f64,
    },
    /// With fewer than two years, season and drift cannot be told apart.
    #[error(
        "only {months} of the {needed} months that are needed are there: with fewer, a season can look like a trend"
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
    /// Slope over standard error.
    pub z: f64,
    /// Its two-sided p value, by Student's t with `degrees_of_freedom`.
    pub p_value: f64,
    /// Pearson's chi-square over its degrees of freedom.
    pub pearson_phi: f64,
    /// Lag-1 autocorrelation of the residuals, over neighbouring months.
    pub lag1: f64,
    /// `(1+r)/(1-r)` for an autocorrelation r above 0, otherwise 1.
    pub autocorrelation_factor: f64,
    /// What variances were multiplied by: Pearson's ratio, at least 1, times the factor.
    pub dispersion_used: f64,
    /// Months given.
    pub n_months: usize,
    /// Residual degrees of freedom.
    pub degrees_of_freedom: usize,
}

/// Two years: below that each month of the year is seen once at most.
pub const FEWEST_MONTHS: usize = 24;

/// Quasi-Poisson trend of a series without gaps. See [`quasi_poisson_trend_at`].
///
/// # Example
///
/// ```
/// use wardmote_stats::trend::quasi_poisson_trend;
/// // 10% more in the second year than in the first, month by month.
/// let counts: Vec<u64> = (0..24).map(|t| if t < 12 { 1_000 } else { 1_100 }).collect();
/// let month_of_year: Vec<u8> = (0..24).map(|t| t % 12 + 1).collect();
/// let trend = quasi_poisson_trend(&counts, &month_of_year)?;
/// assert_eq!(format!("{:.1}", trend.percent_per_year), "10.0");
/// # Ok::<(), wardmote_stats::trend::TrendError>(())
/// ```
pub fn quasi_poisson_trend(counts: &[u64], month_of_year: &[u8]) -> Result<Trend, TrendError> {
    quasi_poisson_trend_at(&without_gaps(counts), counts, month_of_year)
}

/// Quasi-Poisson trend with month terms: log μ = a + b t + month of the year.
///
/// A month of the year in which nothing ever happened is fitted exactly, says nothing of the trend,
/// and takes no degree of freedom. With fewer than three years the trend rests on little: each month
/// of the year is compared with itself once.
///
/// # Shape
///
/// One element per month in each slice, in order of time: `times` in months from any start (months
/// that are not known are left out of all three slices, never given as zero), `counts`, and
/// `month_of_year` 1 to 12.
///
/// # Errors
///
/// [`TrendError`] for fewer than 24 months, because then a season can look like a trend; for times out of
/// order; and where the counts are too few to fit.
///
/// # Source
///
/// McCullagh and Nelder (1989), *Generalized Linear Models*; variances inflated by Pearson
/// dispersion, at least 1, and for positive lag-1 autocorrelation of the residuals.
pub fn quasi_poisson_trend_at(
    times: &[f64],
    counts: &[u64],
    month_of_year: &[u8],
) -> Result<Trend, TrendError> {
    let series = Series::new(times, counts, month_of_year)?;
    let fit = series.fit_with_months()?;
    let dispersion = series.dispersion(&fit);
    let reference = Reference::student(fit.degrees_of_freedom);
    let slope = fit.coefficients[1];
    let standard_error = (dispersion.used * fit.covariance[1][1]).sqrt();
    let z = slope / standard_error;
    let half = reference.quantile(Confidence::P95) * standard_error;
    let percent = |slope: f64| 100.0 * (12.0 * slope).exp_m1();
    Ok(Trend {
        percent_per_year: percent(slope),
        interval: Interval::about(slope, half).map(percent),
        log_slope_per_month: slope,
        standard_error,
        z,
        p_value: reference.two_sided_p(z),
        pearson_phi: dispersion.pearson_phi,
        lag1: dispersion.lag1,
        autocorrelation_factor: dispersion.autocorrelation_factor,
        dispersion_used: dispersion.used,
        n_months: counts.len(),
        degrees_of_freedom: fit.degrees_of_freedom,
    })
}

pub(crate) fn without_gaps(counts: &[u64]) -> Vec<f64> {
    (0..counts.len()).map(|t| t as f64).collect()
}

/// The months of a checked series that say something: those whose month of the year has events.
pub(crate) struct Series {
    /// Months from the middle of the series, so that slope and level hardly correlate.
    times: Vec<f64>,
    counts: Vec<f64>,
    months: Vec<u8>,
    /// Positions of these months in what was given.
    kept: Vec<usize>,
    /// What times are counted from.
    middle: f64,
    /// The months of the year among them, in order.
    present: Vec<u8>,
}

impl Series {
    pub(crate) fn new(times: &[f64], counts: &[u64], months: &[u8]) -> Result<Self, TrendError> {
        check(times, counts, months)?;
        let middle = times.iter().sum::<f64>() / times.len() as f64;
        let happens =
            |month: u8| months.iter().zip(counts).any(|(m, count)| *m == month && *count > 0);
        let kept: Vec<usize> = (0..counts.len()).filter(|&i| happens(months[i])).collect();
        Ok(Self {
            times: kept.iter().map(|&i| times[i] - middle).collect(),
            counts: kept.iter().map(|&i| counts[i] as f64).collect(),
            months: kept.iter().map(|&i| months[i]).collect(),
            present: (1..=12).filter(|&month| happens(month)).collect(),
            kept,
            middle,
        })
    }

    /// The months of the year that have events.
    pub(crate) fn present(&self) -> &[u8] {
        &self.present
    }

    /// Level, slope, and each month of the year that is present but the first.
    pub(crate) fn fit_with_months(&self) -> Result<Fit, FitError> {
        glm::poisson(&self.design(0, |_, _| {}), &self.counts)
    }

    /// The design with month terms and further columns, which are filled from the position of a month
    /// in what was given.
    pub(crate) fn design(&self, further: usize, fill: impl Fn(usize, &mut [f64])) -> Design {
        let terms = self.present.len() + 1;
        let mut design = Design::with_columns(terms + further);
        for ((&t, &month), &index) in self.times.iter().zip(&self.months).zip(&self.kept) {
            let row = design.add_row();
            self.fill_terms(t, month, row);
            fill(index, &mut row[terms..]);
        }
        design
    }

    fn fill_terms(&self, centred_time: f64, month: u8, row: &mut [f64]) {
        (row[0], row[1]) = (1.0, centred_time);
        if let Some(other) = self.present[1..].iter().position(|present| *present == month) {
            row[2 + other] = 1.0;
        }
    }

    /// Level, slope and month terms for a month that need not be in the series; `None` if its month of
    /// the year never had an event.
    pub(crate) fn terms_at(&self, time: f64, month: u8) -> Option<Vec<f64>> {
        self.present.contains(&month).then(|| {
            let mut row = vec![0.0; self.present.len() + 1];
            self.fill_terms(time - self.middle, month, &mut row);
            row
        })
    }

    pub(crate) fn counts(&self) -> &[f64] {
        &self.counts
    }

    pub(crate) fn times(&self) -> &[f64] {
        &self.times
    }

    /// Positions, in what was given, of the months that say something.
    pub(crate) fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// Level and slope alone.
    pub(crate) fn fit_without_months(&self) -> Result<Fit, FitError> {
        let mut design = Design::with_columns(2);
        for &t in &self.times {
            design.add_row().copy_from_slice(&[1.0, t]);
        }
        glm::poisson(&design, &self.counts)
    }

    pub(crate) fn dispersion(&self, fit: &Fit) -> Dispersion {
        from_residuals(&fit.residuals, &self.times, fit.degrees_of_freedom, self.counts.len())
    }
}

fn check(times: &[f64], counts: &[u64], months: &[u8]) -> Result<(), TrendError> {
    if times.len() != counts.len() || counts.len() != months.len() {
        let (times, counts, months) = (times.len(), counts.len(), months.len());
        return Err(TrendError::LengthMismatch { times, counts, months });
    }
    if let Some(index) = months.iter().position(|month| !(1..=12).contains(month)) {
        return Err(TrendError::Month { index, month: months[index] });
    }
    let in_order = |i: usize| times[i].is_finite() && (i == 0 || times[i] > times[i - 1]);
    if let Some(index) = (0..times.len()).find(|&i| !in_order(i)) {
        return Err(TrendError::Time { index, time: times[index] });
    }
    if counts.len() < FEWEST_MONTHS {
        return Err(TrendError::TooShort { months: counts.len(), needed: FEWEST_MONTHS });
    }
    if counts.iter().all(|&n| n == 0) {
        return Err(TrendError::NoEvents);
    }
    Ok(())
}
