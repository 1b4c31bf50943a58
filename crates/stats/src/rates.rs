//! Counts and rates: their limits, and the ratio of two rates.

use statrs::distribution::{ChiSquared, ContinuousCDF, Gamma};

use crate::dispersion::Scale;
use crate::interval::{Confidence, Interval, StandardError};

/// Why rates could not be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RateError {
    /// The slices describe different numbers of areas.
    #[error("{events} event counts for {residents} populations")]
    LengthMismatch {
        /// Areas with an event count.
        events: usize,
        /// Areas with a population.
        residents: usize,
    },
    /// Choose another denominator, such as workplace population.
    #[error("area {area_index} has no residents")]
    NoResidents {
        /// Position of the first such area in the input.
        area_index: usize,
    },
    /// A rate is per 1,000, or another positive number.
    #[error("a rate per {per} residents cannot be taken")]
    Per {
        /// What was given.
        per: f64,
    },
    /// A ratio needs events on both sides.
    #[error("no events on one side: a ratio cannot be taken")]
    NoEvents,
    /// The population must be a positive number.
    #[error("population {population} is not above 0")]
    Population {
        /// What was given.
        population: f64,
    },
    /// A weight is negative or not a number.
    #[error("weight {weight} at position {index} cannot be used")]
    Weight {
        /// Position of the weight.
        index: usize,
        /// The weight.
        weight: f64,
    },
    /// Counts vary at least as much as chance.
    #[error("dispersion {dispersion} is below 1, not a number, or rests on nothing")]
    Dispersion {
        /// What was given.
        dispersion: f64,
    },
}

/// How limits of a count were computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoissonMethod {
    /// Exact, by the chi-square distribution (Garwood 1936).
    Exact,
    /// Byar's approximation (Breslow and Day 1987).
    Byar,
}

/// Limits of a count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CountInterval {
    /// The limits.
    pub interval: Interval,
    /// How they were computed.
    pub method: PoissonMethod,
}

/// From this count upwards Byar's limits are within 0.2% of exact ones.
const BYAR_FROM: u64 = 10;

/// Limits of a count: exact below ten events, Byar's from ten, as English public health does.
///
/// # Example
///
/// ```
/// use wardmote_stats::{interval::Confidence, rates::poisson_limits};
/// let limits = poisson_limits(65, Confidence::P95).interval;
/// assert_eq!(format!("{:.3} to {:.3}", limits.lower, limits.upper), "50.163 to 82.849");
/// ```
pub fn poisson_limits(count: u64, confidence: Confidence) -> CountInterval {
    if count < BYAR_FROM {
        CountInterval { interval: exact_limits(count, confidence), method: PoissonMethod::Exact }
    } else {
        CountInterval { interval: byar_limits(count, confidence), method: PoissonMethod::Byar }
    }
}

/// Byar's approximate limits of a count. Below ten events prefer [`exact_limits`].
///
/// # Source
///
/// Breslow and Day (1987), *Statistical Methods in Cancer Research*, volume II.
pub fn byar_limits(count: u64, confidence: Confidence) -> Interval {
    let z = confidence.z();
    let limit = |o: f64, z: f64| o * (1.0 - 1.0 / (9.0 * o) + z / (3.0 * o.sqrt())).powi(3);
    let observed = count as f64;
    // The formula divides by the count; the exact lower limit of zero events is zero.
    let lower = if count == 0 { 0.0 } else { limit(observed, -z).max(0.0) };
    Interval { lower, upper: limit(observed + 1.0, z) }
}

/// Exact limits of a count.
///
/// # Source
///
/// Garwood (1936), *Biometrika* 28, by quantiles of chi-square.
pub fn exact_limits(count: u64, confidence: Confidence) -> Interval {
    let tail = (1.0 - confidence.level()) / 2.0;
    let quantile = |degrees: f64, p: f64| {
        ChiSquared::new(degrees).map_or(f64::INFINITY, |chi| chi.inverse_cdf(p))
    };
    let observed = count as f64;
    let lower = if count == 0 { 0.0 } else { quantile(2.0 * observed, tail) / 2.0 };
    Interval { lower, upper: quantile(2.0 * observed + 2.0, 1.0 - tail) / 2.0 }
}

/// A rate with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The rate is per this many residents.
    pub per: f64,
    /// The rate.
    pub value: f64,
    /// 95% limits, in the rate's unit.
    pub interval: Interval,
    /// How the limits were computed.
    pub method: PoissonMethod,
}

/// A weighted sum of counts with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedSum {
    /// Σ weight × count, in the weights' unit.
    pub value: f64,
    /// The limits.
    pub interval: Interval,
}

/// A sum of counts, each times what one event of its kind weighs, such as harm in days of sentence.
///
/// # Shape
///
/// `counts` and `weights` hold one element per kind in the same order.
///
/// # Errors
///
/// [`RateError::LengthMismatch`], or [`RateError::Weight`] for a weight below 0 or no number.
///
/// # Source
///
/// Fay and Feuer (1997), *Statistics in Medicine* 16: gamma limits, which hold their level however
/// few events carry most of the weight, and are wide then.
///
/// # Example
///
/// ```
/// use wardmote_stats::{interval::Confidence, rates::weighted_sum};
/// let harm = weighted_sum(&[40, 12, 3, 200], &[10.0, 365.0, 1825.0, 2.0], Confidence::P95)?;
/// assert_eq!(format!("{:.0} ({:.0} to {:.0})", harm.value, harm.interval.lower, harm.interval.upper),
///     "10655 (5062 to 21114)");
/// # Ok::<(), wardmote_stats::rates::RateError>(())
/// ```
pub fn weighted_sum(
    counts: &[u64],
    weights: &[f64],
    confidence: Confidence,
) -> Result<WeightedSum, RateError> {
    if counts.len() != weights.len() {
        return Err(RateError::LengthMismatch { events: counts.len(), residents: weights.len() });
    }
    if let Some(index) = weights.iter().position(|weight| !(*weight >= 0.0 && weight.is_finite())) {
        return Err(RateError::Weight { index, weight: weights[index] });
    }
    let (mut value, mut variance) = (0.0, 0.0);
    for (count, weight) in counts.iter().zip(weights) {
        value += weight * *count as f64;
        variance += weight * weight * *count as f64;
    }
    let heaviest = weights.iter().copied().fold(0.0, f64::max);
    let tail = (1.0 - confidence.level()) / 2.0;
    let quantile = |mean: f64, variance: f64, p: f64| {
        let gamma = Gamma::new(mean * mean / variance, mean / variance);
        gamma.map_or(f64::NAN, |gamma| gamma.inverse_cdf(p))
    };
    let lower = if value > 0.0 { quantile(value, variance, tail) } else { 0.0 };
    // One more event, of the heaviest kind, is what might have been missed.
    let (mean, spread) = (value + heaviest, variance + heaviest * heaviest);
    let upper = if mean > 0.0 { quantile(mean, spread, 1.0 - tail) } else { 0.0 };
    Ok(WeightedSum { value, interval: Interval { lower, upper } })
}

/// Crude rate for each area, with 95% Poisson limits. Annual counts give annual rates.
///
/// # Shape
///
/// `events` and `residents` hold one element per area in the same order; so does the result.
///
/// # Errors
///
/// [`RateError`] if the lengths differ, an area has no residents, or `per` is not above 0.
///
/// # Example
///
/// ```
/// let rates = wardmote_stats::rates::crude_rates(&[10], &[1_000], 1_000.0)?;
/// assert_eq!(format!("{:.1} to {:.1}", rates[0].interval.lower, rates[0].interval.upper), "4.8 to 18.4");
/// # Ok::<(), wardmote_stats::rates::RateError>(())
/// ```
pub fn crude_rates(events: &[u64], residents: &[u64], per: f64) -> Result<Vec<Rate>, RateError> {
    if events.len() != residents.len() {
        return Err(RateError::LengthMismatch { events: events.len(), residents: residents.len() });
    }
    if let Some(area_index) = residents.iter().position(|&n| n == 0) {
        return Err(RateError::NoResidents { area_index });
    }
    if !(per > 0.0 && per.is_finite()) {
        return Err(RateError::Per { per });
    }
    let rates = events.iter().zip(residents).map(|(&observed, &n)| {
        let limits = poisson_limits(observed, Confidence::P95);
        let scale = per / n as f64;
        Rate {
            per,
            value: observed as f64 * scale,
            interval: limits.interval.map(|limit| limit * scale),
            method: limits.method,
        }
    });
    Ok(rates.collect())
}

/// Events in a population over one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exposure {
    /// Events.
    pub events: u64,
    /// People, or people times years.
    pub population: f64,
}

impl Exposure {
    pub(crate) fn has_population(self) -> bool {
        self.population > 0.0 && self.population.is_finite()
    }
}

/// The ratio of two rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateRatio {
    /// First rate over second.
    pub ratio: f64,
    /// 95% limits.
    pub interval: Interval,
    /// Log ratio over its standard error.
    pub z: f64,
    /// Two-sided p value of no difference: by the normal distribution where the dispersion is taken
    /// as known, by Student's t where it is an estimate.
    pub p_value: f64,
    /// Standard error of the log ratio.
    pub standard_error: StandardError,
    /// The dispersion used.
    pub dispersion: f64,
}

/// The ratio of two rates, on the log scale, with variance `dispersion × (1/a + 1/b)`.
///
/// `dispersion` is a number taken as known (1 for chance alone), or an estimate such as
/// [`dispersion_over_areas`](crate::dispersion::dispersion_over_areas) finds. The approximation wants
/// some ten events a side; with none on either there is no ratio, and [`RateError::NoEvents`] says so.
///
/// # Source
///
/// Rothman, Greenland and Lash (2008), *Modern Epidemiology*, chapter 14; the dispersion as in
/// McCullagh and Nelder (1989), *Generalized Linear Models*.
///
/// # Example
///
/// ```
/// use wardmote_stats::rates::{Exposure, rate_ratio};
/// let here = Exposure { events: 120, population: 1_000.0 };
/// let there = Exposure { events: 80, population: 900.0 };
/// assert_eq!(format!("{:.2}", rate_ratio(here, there, 1.0)?.ratio), "1.35");
/// # Ok::<(), wardmote_stats::rates::RateError>(())
/// ```
pub fn rate_ratio(
    first: Exposure,
    second: Exposure,
    dispersion: impl Into<Scale>,
) -> Result<RateRatio, RateError> {
    let scale = dispersion.into();
    if let Some(without) = [first, second].into_iter().find(|exposure| !exposure.has_population()) {
        return Err(RateError::Population { population: without.population });
    }
    if first.events == 0 || second.events == 0 {
        return Err(RateError::NoEvents);
    }
    if !scale.is_usable() {
        return Err(RateError::Dispersion { dispersion: scale.dispersion });
    }
    let (x, y) = (first.events as f64, second.events as f64);
    let log_ratio = (x / first.population).ln() - (y / second.population).ln();
    let standard_error = scale.of_log_ratio(x, y);
    let reference = standard_error.reference();
    let half = reference.quantile(Confidence::P95) * standard_error.value;
    let z = log_ratio / standard_error.value;
    Ok(RateRatio {
        ratio: log_ratio.exp(),
        interval: Interval::about(log_ratio, half).map(f64::exp),
        z,
        p_value: reference.two_sided_p(z),
        standard_error,
        dispersion: scale.dispersion,
    })
}
