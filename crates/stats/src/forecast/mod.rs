//! What the months to come are likely to hold, and how far such a forecast can be trusted.

mod backtest;
mod model;

use self::backtest::backtest;
pub use self::backtest::{Backtest, PastForecast};
use self::model::{Expected, Room};
use crate::glm::FitError;
use crate::interval::{Confidence, Interval, Reference};

/// Why nothing can be forecast.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ForecastError {
    /// Two years to fit and one to try the forecast on.
    #[error("only {months} of the {needed} months that a forecast needs are there")]
    TooShort {
        /// Months given.
        months: usize,
        /// Months needed.
        needed: usize,
    },
    /// Between one month and two years.
    #[error("{horizon} months ahead cannot be forecast: 1 to 24 can")]
    Horizon {
        /// Months asked for.
        horizon: usize,
    },
    /// One month of the year for each count.
    #[error("{counts} counts and {months} months of the year do not go together")]
    LengthMismatch {
        /// Counts.
        counts: usize,
        /// Months of the year.
        months: usize,
    },
    /// Months follow one another.
    #[error("month {month} at position {index} does not follow the one before it")]
    Month {
        /// Position.
        index: usize,
        /// What stands there.
        month: u8,
    },
    /// Discount and damping lie between 0 and 1.
    #[error("{what} {value} cannot be used")]
    Value {
        /// Which option.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// Nothing happened.
    #[error("no events in the series")]
    NoEvents,
    /// The model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
}

/// How months are forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// How much each month counts less than the one after it: 0.97 halves the weight in 23 months.
    pub discount_per_month: f64,
    /// How much of the trend is left with each month ahead: at 0.9 it comes to rest after about a year,
    /// nine months' worth on. 0 for no trend ahead, 1 for one that never tires.
    pub damping_per_month: f64,
    /// Of the intervals.
    pub confidence: Confidence,
}

impl Default for Options {
    fn default() -> Self {
        Self { discount_per_month: 0.97, damping_per_month: 0.9, confidence: Confidence::P95 }
    }
}

/// One month to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonthAhead {
    /// Months ahead, from 1.
    pub ahead: usize,
    /// The month of the year, 1 to 12.
    pub month: u8,
    /// What is expected.
    pub expected: f64,
    /// Where the count is likely to lie.
    pub interval: Interval,
    /// What the same month of the last year would say.
    pub seasonal_naive: u64,
}

/// What to know before a forecast is relied on.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ForecastWarning {
    /// The model earns nothing.
    #[error(
        "no better than the same month of the year before (MASE {mase:.2} against {naive:.2}): use that"
    )]
    NoBetterThanSeasonalNaive {
        /// Of the forecast.
        mase: f64,
        /// Of the seasonal naive.
        naive: f64,
    },
    /// The intervals held fewer months than they should.
    #[error("the intervals held {:.0}% of past months instead of {:.0}%", 100.0 * .coverage, 100.0 * .wanted)]
    Undercovered {
        /// Share of past months inside.
        coverage: f64,
        /// Confidence of the intervals.
        wanted: f64,
    },
    /// The trial had few origins.
    #[error("tried at {origins} origins only")]
    FewOrigins {
        /// Origins.
        origins: usize,
    },
}

/// The months to come, with the trial of the same method on the months past.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// In order of time.
    pub months: Vec<MonthAhead>,
    /// How the same method did before.
    pub backtest: Backtest,
    /// Variance over mean that the intervals rest on: Pearson's, at least 1, times the spread of past
    /// errors where that is above 1.
    pub dispersion_used: f64,
    /// Residual degrees of freedom of the model.
    pub degrees_of_freedom: usize,
    /// How.
    pub options: Options,
    /// Months given.
    pub n_months: usize,
    /// What to know before it is relied on.
    pub warnings: Vec<ForecastWarning>,
}

/// Two years to fit, one to try on.
pub const FEWEST_MONTHS: usize = 36;
const FEWEST_TO_FIT: usize = 24;

/// Forecasts the months that follow by quasi-Poisson regression with month terms and a damped trend, in
/// which older months count less, and tries it on the past by rolling origin.
///
/// Why this and not exponential smoothing: it forecasts small counts without taking them for normal,
/// keeps its limits above zero, and says how uncertain level and season are. Why damped: a trend drawn
/// out straight is the commonest way for a forecast to be badly wrong. Discount and damping are fixed
/// beforehand, so that the trial is an honest one; nothing is chosen by it but whether to believe the
/// forecast. The intervals are as wide as past errors make them, not only as the model believes.
///
/// It knows nothing of what will be done, and is no target: a month above its interval says that
/// something is different, not what.
///
/// # Shape
///
/// `counts` and `month_of_year` (1 to 12) hold one element for each month in order of time, without
/// gaps; at least 36.
///
/// # Source
///
/// Damped trend: Gardner and McKenzie (1985), *Management Science* 31. Discounting: Brown (1963),
/// *Smoothing, Forecasting and Prediction*. MASE: Hyndman and Koehler (2006), *International Journal of
/// Forecasting* 22.
///
/// # Example
///
/// ```
/// use wardmote_stats::forecast::{Options, forecast};
/// let counts: Vec<u64> = (0..60).map(|t| 100 + 20 * u64::from(t % 12 == 6) + t * 7 % 11).collect();
/// let month_of_year: Vec<u8> = (0..60).map(|t| t % 12 + 1).collect();
/// let found = forecast(&counts, &month_of_year, 12, &Options::default())?;
/// assert_eq!((found.months[6].month, format!("{:.0}", found.months[6].expected)), (7, "125".into()));
/// assert!(found.backtest.beats_seasonal_naive);
/// # Ok::<(), wardmote_stats::forecast::ForecastError>(())
/// ```
pub fn forecast(
    counts: &[u64],
    month_of_year: &[u8],
    horizon: usize,
    options: &Options,
) -> Result<Forecast, ForecastError> {
    check(counts, month_of_year, horizon, options)?;
    let n = counts.len();
    let mut room = Room::default();
    let backtest = backtest(&mut room, counts, month_of_year, FEWEST_TO_FIT, horizon, options)?;
    let mut expected = Vec::new();
    let fitted = room.forecast(counts, month_of_year, horizon, options, &mut expected)?;
    let widening = backtest.spread.max(1.0);
    let phi = fitted.pearson_phi.max(1.0);
    let months = expected.iter().enumerate().map(|(index, month)| MonthAhead {
        ahead: index + 1,
        month: ((usize::from(month_of_year[n - 1]) + index) % 12) as u8 + 1,
        expected: month.mean,
        interval: limits(
            month.mean,
            widening * variance(*month, phi),
            fitted.degrees_of_freedom,
            options.confidence,
        ),
        seasonal_naive: counts[n + index - 12 * (index / 12 + 1)],
    });
    Ok(Forecast {
        months: months.collect(),
        warnings: warnings(&backtest, options),
        backtest,
        dispersion_used: phi * widening,
        degrees_of_freedom: fitted.degrees_of_freedom,
        options: *options,
        n_months: n,
    })
}

/// Of a new count: its own, and that of its mean.
fn variance(month: Expected, dispersion: f64) -> f64 {
    dispersion * (month.mean + month.mean_variance)
}

/// On the scale of the power two thirds, on which counts are nearly symmetric.
fn limits(mean: f64, variance: f64, degrees: usize, confidence: Confidence) -> Interval {
    let power = 2.0 / 3.0;
    if mean == 0.0 {
        return Interval { lower: 0.0, upper: 0.0 };
    }
    let scale = power * mean.powf(power - 1.0) * variance.sqrt();
    let half = Reference::student(degrees).quantile(confidence) * scale;
    Interval::about(mean.powf(power), half).map(|limit| limit.max(0.0).powf(1.0 / power))
}

fn warnings(backtest: &Backtest, options: &Options) -> Vec<ForecastWarning> {
    let mut warnings = Vec::new();
    if !backtest.beats_seasonal_naive {
        let (mase, naive) = (backtest.mase, backtest.mase_of_seasonal_naive);
        warnings.push(ForecastWarning::NoBetterThanSeasonalNaive { mase, naive });
    }
    let wanted = options.confidence.level();
    if backtest.coverage_interval.upper < wanted {
        let coverage = backtest.coverage;
        warnings.push(ForecastWarning::Undercovered { coverage, wanted });
    }
    if backtest.n_origins < 24 {
        warnings.push(ForecastWarning::FewOrigins { origins: backtest.n_origins });
    }
    warnings
}

fn check(
    counts: &[u64],
    month_of_year: &[u8],
    horizon: usize,
    options: &Options,
) -> Result<(), ForecastError> {
    let (n, months) = (counts.len(), month_of_year.len());
    if n != months {
        return Err(ForecastError::LengthMismatch { counts: n, months });
    }
    if n < FEWEST_MONTHS {
        return Err(ForecastError::TooShort { months: n, needed: FEWEST_MONTHS });
    }
    if !(1..=24).contains(&horizon) {
        return Err(ForecastError::Horizon { horizon });
    }
    let follows = |index: usize| match index {
        0 => (1..=12).contains(&month_of_year[0]),
        _ => month_of_year[index] == month_of_year[index - 1] % 12 + 1,
    };
    if let Some(index) = (0..n).find(|index| !follows(*index)) {
        return Err(ForecastError::Month { index, month: month_of_year[index] });
    }
    let Options { discount_per_month: discount, damping_per_month: damping, .. } = *options;
    if !(discount > 0.0 && discount <= 1.0) {
        return Err(ForecastError::Value { what: "discount", value: discount });
    }
    if !(0.0..=1.0).contains(&damping) {
        return Err(ForecastError::Value { what: "damping", value: damping });
    }
    if counts[..FEWEST_TO_FIT].iter().all(|count| *count == 0) {
        return Err(ForecastError::NoEvents);
    }
    Ok(())
}
