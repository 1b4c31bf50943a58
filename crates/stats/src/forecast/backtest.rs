//! How the forecast would have done: made again at each past origin, with what was known then.

use statrs::distribution::{Beta, ContinuousCDF};

use super::model::{Expected, Room};
use super::{Options, limits, variance};
use crate::glm::FitError;
use crate::interval::Interval;

/// What was forecast for one month from one origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PastForecast {
    /// Months that were known.
    pub origin: usize,
    /// Months ahead.
    pub ahead: usize,
    /// What came.
    pub observed: u64,
    /// What was forecast.
    pub expected: f64,
    /// What the same month a year before would have forecast.
    pub seasonal_naive: u64,
    /// Where the month was to lie.
    pub interval: Interval,
}

/// How the forecast did against the same month of the year before.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// Every month forecast from every origin.
    pub forecasts: Vec<PastForecast>,
    /// Origins.
    pub n_origins: usize,
    /// Mean absolute error over that of the seasonal naive within the months known at each origin (MASE):
    /// below 1 is better than a naive forecast was in the past.
    pub mase: f64,
    /// The same of the seasonal naive forecast of the same months.
    pub mase_of_seasonal_naive: f64,
    /// Share of months in their intervals.
    pub coverage: f64,
    /// Its exact 95% limits, as if the months were independent, which they are not: wider in truth.
    pub coverage_interval: Interval,
    /// Mean squared standardised error, which widens the intervals where it is above 1.
    pub spread: f64,
    /// Whether the forecast did better than the seasonal naive.
    pub beats_seasonal_naive: bool,
}

/// Forecasts each horizon again from each origin from `first_origin` on.
pub(super) fn backtest(
    room: &mut Room,
    counts: &[u64],
    month_of_year: &[u8],
    first_origin: usize,
    horizon: usize,
    options: &Options,
) -> Result<Backtest, FitError> {
    let n = counts.len();
    let mut forecasts = Vec::new();
    let mut expected = Vec::new();
    let mut standardised = Vec::new();
    let (mut scaled, mut scaled_naive) = (0.0, 0.0);
    for origin in first_origin..n {
        let known = &counts[..origin];
        let horizon = horizon.min(n - origin);
        let months = &month_of_year[..origin];
        let fitted = room.forecast(known, months, horizon, options, &mut expected)?;
        // Only what was known at the origin widens the intervals made there.
        let spread = mean(standardised.iter().filter(|(end, _)| *end <= origin).map(|(_, e)| *e));
        let phi = fitted.pearson_phi.max(1.0);
        let scale = naive_error(known);
        let mut of_origin = Vec::new();
        for (index, month) in expected.iter().enumerate() {
            let observed = counts[origin + index];
            let seasonal_naive = counts[origin + index - 12 * (index / 12 + 1)];
            let deviation = observed as f64 - month.mean;
            let plain = variance(*month, phi);
            let widened = plain * spread.unwrap_or(1.0).max(1.0);
            let interval =
                limits(month.mean, widened, fitted.degrees_of_freedom, options.confidence);
            of_origin.push((origin + index + 1, standard(*month, deviation, plain)));
            scaled += deviation.abs() / scale;
            scaled_naive += (observed as f64 - seasonal_naive as f64).abs() / scale;
            let ahead = index + 1;
            let expected = month.mean;
            forecasts.push(PastForecast {
                origin,
                ahead,
                observed,
                expected,
                seasonal_naive,
                interval,
            });
        }
        standardised.extend(of_origin);
    }
    let total = forecasts.len() as f64;
    let inside = forecasts
        .iter()
        .filter(|forecast| forecast.interval.contains(forecast.observed as f64))
        .count() as f64;
    let (mase, mase_of_seasonal_naive) = (scaled / total, scaled_naive / total);
    Ok(Backtest {
        n_origins: n - first_origin,
        mase,
        mase_of_seasonal_naive,
        coverage: inside / total,
        coverage_interval: exact_share(inside, total),
        spread: mean(standardised.iter().map(|(_, error)| *error)).unwrap_or(1.0),
        beats_seasonal_naive: mase < mase_of_seasonal_naive,
        forecasts,
    })
}

/// A squared standardised error; none where neither a mean nor a deviation is.
fn standard(month: Expected, deviation: f64, variance: f64) -> f64 {
    if month.mean > 0.0 { deviation * deviation / variance } else { 0.0 }
}

/// Mean absolute difference from the same month of the year before; 1 where nothing ever differs.
fn naive_error(counts: &[u64]) -> f64 {
    let differences = counts.iter().zip(&counts[12..]);
    let error = mean(differences.map(|(a, b)| (*b as f64 - *a as f64).abs())).unwrap_or(0.0);
    if error > 0.0 { error } else { 1.0 }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
    (n > 0.0).then(|| sum / n)
}

/// Clopper and Pearson's limits.
fn exact_share(inside: f64, total: f64) -> Interval {
    let quantile = |a: f64, b: f64, p: f64| Beta::new(a, b).ok().map(|beta| beta.inverse_cdf(p));
    Interval {
        lower: quantile(inside, total - inside + 1.0, 0.025).unwrap_or(0.0),
        upper: quantile(inside + 1.0, total - inside, 0.975).unwrap_or(1.0),
    }
}
