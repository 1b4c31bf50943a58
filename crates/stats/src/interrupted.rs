//! Did the series change when something began: interrupted time series.

use crate::dispersion::Dispersion;
use crate::glm::linear::dot;
use crate::glm::{self, Design, Fit};
use crate::interval::{Confidence, Interval, Reference, Sides};
use crate::trend::{Series, TrendError, without_gaps};

/// Why no effect could be estimated.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum InterruptionError {
    /// Before and after must each hold something to fit.
    #[error(
        "{before} months before and {after} after the change are too few: {needed_before} and {needed_after} are needed"
    )]
    TooShort {
        /// Months before.
        before: usize,
        /// Months from the change on.
        after: usize,
        /// Needed before.
        needed_before: usize,
        /// Needed after.
        needed_after: usize,
    },
    /// Fewer lags than months.
    #[error("{lags} lags are too many for {months} months")]
    Lags {
        /// Lags asked for.
        lags: usize,
        /// Months given.
        months: usize,
    },
    /// The series cannot be used.
    #[error(transparent)]
    Series(#[from] TrendError),
}

/// What may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The level, at once and for good.
    Level,
    /// The level, and the slope from then on.
    LevelAndSlope,
}

/// What is allowed for months that are alike because they follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Autocorrelation {
    /// Variances times (1+r)/(1-r) for a lag-1 autocorrelation r of the residuals above 0.
    Lag1Factor,
    /// The covariance of Newey and West with Bartlett weights over so many lags and the factor n/(n-k)
    /// for k terms. With a few years of months it finds effects too often where there are none; kept
    /// for comparison with other programs.
    NeweyWest {
        /// Lags.
        lags: usize,
    },
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterruptionOutcome {
    /// More events after the change than the series before it leads one to expect.
    More,
    /// Fewer.
    Fewer,
    /// Neither more nor fewer can be told, nor that there was no effect.
    CannotTell,
}

/// An effect as a factor, on the log scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The factor: 0.9 for 10% fewer.
    pub ratio: f64,
    /// Its limits.
    pub interval: Interval,
    /// Standard error of its log.
    pub standard_error: f64,
    /// Two-sided p value by Student's t.
    pub p_value: f64,
}

/// What to know before the result is relied on.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum InterruptionWarning {
    /// Bernal, Cummins and Gasparrini ask for enough on both sides.
    #[error(
        "{before} months before and {after} after: fewer than two years before, or one after, leave season and slope uncertain"
    )]
    FewMonths {
        /// Months before.
        before: usize,
        /// Months from the change on.
        after: usize,
    },
    /// Months that follow one another closely tell less than the test believes.
    #[error(
        "the months follow one another closely (lag-1 autocorrelation {lag1:.2}): treat a finding with reserve"
    )]
    Autocorrelated {
        /// Of the residuals.
        lag1: f64,
    },
}

/// A series before and after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Interruption {
    /// All months from the change on against what the series before leads one to expect of them.
    pub overall: Effect,
    /// The step when it began.
    pub level: Effect,
    /// The slope's change a month; `None` where only the level may change.
    pub slope: Option<Effect>,
    /// Events from the change on.
    pub observed_after: u64,
    /// Events that the series before leads one to expect of these months.
    pub expected_after: f64,
    /// What `overall` amounts to, at one less the confidence, two-sided.
    pub outcome: InterruptionOutcome,
    /// Fitted means, months of the year that never have an event left out at 0.
    pub fitted: Vec<f64>,
    /// The same without the change.
    pub without_change: Vec<f64>,
    /// How much more than chance the months vary about the model.
    pub dispersion: Dispersion,
    /// Residual degrees of freedom.
    pub degrees_of_freedom: usize,
    /// What was allowed to change.
    pub change: Change,
    /// What was allowed for autocorrelation.
    pub autocorrelation: Autocorrelation,
    /// Confidence of the intervals.
    pub confidence: Confidence,
    /// Which way counts.
    pub sides: Sides,
    /// Tests that p value and limits are corrected for: 1, that is, for no other.
    pub corrected_for: usize,
    /// Position of the first month of the change.
    pub change_at: usize,
    /// Months given.
    pub n_months: usize,
    /// What to know before it is relied on.
    pub warnings: Vec<InterruptionWarning>,
}

/// Fits log μ = a + b t + c X + d (t - t₀) X + month of the year, with X = 1 from month `change_at` on,
/// by quasi-Poisson regression.
///
/// It tells a change that coincides with the date, not its cause: a comparison area is the better
/// witness. The date must come from the intervention, not from the counts.
///
/// # Shape
///
/// `counts` and `month_of_year` (1 to 12) hold one element for each month in order of time, without
/// gaps. At least 12 months before and 3 after for a level, 6 after for a slope, 24 in all.
///
/// # Source
///
/// Bernal, Cummins and Gasparrini (2017), *International Journal of Epidemiology* 46; Newey and West
/// (1987), *Econometrica* 55.
///
/// # Example
///
/// ```
/// use wardmote_stats::interrupted::{Autocorrelation, Change, InterruptionOutcome, interrupted};
/// use wardmote_stats::interval::Confidence;
/// let level = |t: u64| if t < 36 { 100 } else { 70 };
/// let counts: Vec<u64> = (0..60).map(|t| level(t) + t * 7 % 5 + t % 12).collect();
/// let month_of_year: Vec<u8> = (0..60).map(|t| t % 12 + 1).collect();
/// let allowed = Autocorrelation::Lag1Factor;
/// let found =
///     interrupted(&counts, &month_of_year, 36, Change::Level, allowed, Confidence::P95)?;
/// assert_eq!(found.outcome, InterruptionOutcome::Fewer);
/// assert_eq!(format!("{:.2}", found.level.ratio), "0.72");
/// # Ok::<(), wardmote_stats::interrupted::InterruptionError>(())
/// ```
pub fn interrupted(
    counts: &[u64],
    month_of_year: &[u8],
    change_at: usize,
    change: Change,
    autocorrelation: Autocorrelation,
    confidence: Confidence,
) -> Result<Interruption, InterruptionError> {
    let n_months = counts.len();
    let (before, after) = (change_at.min(n_months), n_months.saturating_sub(change_at));
    let needed_after = if change == Change::Level { 3 } else { 6 };
    if before < 12 || after < needed_after {
        return Err(InterruptionError::TooShort { before, after, needed_before: 12, needed_after });
    }
    let series = Series::new(&without_gaps(counts), counts, month_of_year)?;
    let further = if change == Change::Level { 1 } else { 2 };
    let design = series.design(further, |index, terms| {
        if index >= change_at {
            terms[0] = 1.0;
            if let Some(slope) = terms.get_mut(1) {
                *slope = (index - change_at) as f64;
            }
        }
    });
    let fit = glm::poisson(&design, series.counts()).map_err(TrendError::from)?;
    let dispersion = series.dispersion(&fit);
    let covariance = match autocorrelation {
        Autocorrelation::Lag1Factor => scaled(&fit.covariance, dispersion.used),
        Autocorrelation::NeweyWest { lags } if lags >= fit.means.len() => {
            return Err(InterruptionError::Lags { lags, months: fit.means.len() });
        }
        Autocorrelation::NeweyWest { lags } => newey_west(&design, &fit, &series, lags),
    };
    let effect = |log: f64, contrast: &[f64]| {
        let variance = contrast.iter().zip(&covariance).map(|(c, line)| c * dot(line, contrast));
        let standard_error = variance.sum::<f64>().max(0.0).sqrt();
        let reference = Reference::student(fit.degrees_of_freedom);
        let half = reference.quantile(confidence) * standard_error;
        Effect {
            ratio: log.exp(),
            interval: Interval::about(log, half).map(f64::exp),
            standard_error,
            p_value: reference.two_sided_p(log / standard_error),
        }
    };
    let terms = fit.coefficients.len();
    let single = |index: usize| {
        let mut contrast = vec![0.0; terms];
        contrast[index] = 1.0;
        effect(fit.coefficients[index], &contrast)
    };
    let first = terms - further;
    let (mut fitted, mut without_change) = (vec![0.0; n_months], vec![0.0; n_months]);
    let (mut with_total, mut without_total) = (0.0, 0.0);
    let mut gradients = (vec![0.0; terms], vec![0.0; terms]);
    for ((row, &mean), &index) in design.rows().zip(&fit.means).zip(series.kept()) {
        let without = dot(&row[..first], &fit.coefficients[..first]).exp();
        (fitted[index], without_change[index]) = (mean, without);
        if index >= change_at {
            with_total += mean;
            without_total += without;
            for (column, term) in row.iter().enumerate() {
                gradients.0[column] += mean * term;
                gradients.1[column] += if column < first { without * term } else { 0.0 };
            }
        }
    }
    let pairs = gradients.0.iter().zip(&gradients.1);
    let contrast: Vec<f64> =
        pairs.map(|(with, without)| with / with_total - without / without_total).collect();
    let overall = effect((with_total / without_total).ln(), &contrast);
    let outcome = match overall.interval {
        Interval { lower, .. } if lower > 1.0 => InterruptionOutcome::More,
        Interval { upper, .. } if upper < 1.0 => InterruptionOutcome::Fewer,
        _ => InterruptionOutcome::CannotTell,
    };
    Ok(Interruption {
        overall,
        level: single(first),
        slope: (change == Change::LevelAndSlope).then(|| single(first + 1)),
        observed_after: counts[change_at..].iter().sum(),
        expected_after: without_total,
        outcome,
        fitted,
        without_change,
        warnings: warnings(before, after, dispersion),
        dispersion,
        degrees_of_freedom: fit.degrees_of_freedom,
        change,
        autocorrelation,
        confidence,
        sides: Sides::Both,
        corrected_for: 1,
        change_at,
        n_months,
    })
}

fn warnings(before: usize, after: usize, dispersion: Dispersion) -> Vec<InterruptionWarning> {
    let few = before < 24 || after < 12;
    let close = dispersion.lag1 > 0.3;
    let few = few.then_some(InterruptionWarning::FewMonths { before, after });
    let close = close.then_some(InterruptionWarning::Autocorrelated { lag1: dispersion.lag1 });
    few.into_iter().chain(close).collect()
}

fn scaled(matrix: &[Vec<f64>], factor: f64) -> Vec<Vec<f64>> {
    matrix.iter().map(|line| line.iter().map(|value| factor * value).collect()).collect()
}

/// A⁻¹ S A⁻¹ with A the information and S the weighted sum of products of scores at each lag.
fn newey_west(design: &Design, fit: &Fit, series: &Series, lags: usize) -> Vec<Vec<f64>> {
    let terms = fit.coefficients.len();
    let scores: Vec<Vec<f64>> = design
        .rows()
        .zip(series.counts().iter().zip(&fit.means))
        .map(|(row, (y, mu))| row.iter().map(|term| term * (y - mu)).collect())
        .collect();
    let mut middle = vec![vec![0.0; terms]; terms];
    for (i, (a, time_a)) in scores.iter().zip(series.times()).enumerate() {
        for (b, time_b) in scores[..=i].iter().zip(series.times()).rev() {
            let lag = time_a - time_b;
            if lag > lags as f64 + 0.5 {
                break;
            }
            let weight = 1.0 - lag / (lags as f64 + 1.0);
            let both_ways = if lag < 0.5 { 0.5 } else { 1.0 };
            for j in 0..terms {
                for k in 0..terms {
                    middle[j][k] += both_ways * weight * (a[j] * b[k] + b[j] * a[k]);
                }
            }
        }
    }
    let n = scores.len() as f64;
    let correction = n / (n - terms as f64);
    let by_middle = multiplied(&fit.covariance, &middle);
    scaled(&multiplied(&by_middle, &fit.covariance), correction)
}

fn multiplied(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let column = |k: usize, line: &Vec<f64>| line.iter().zip(b).map(|(x, row)| x * row[k]).sum();
    a.iter().map(|line| (0..b.len()).map(|k| column(k, line)).collect()).collect()
}
