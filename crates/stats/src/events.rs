//! Was a campaign or an incident followed by more, or fewer, events than the season leads one to expect?

use crate::dispersion::Dispersion;
use crate::glm::linear::dot;
use crate::interval::{Confidence, Interval, Reference, Sides};
use crate::trend::{Series, TrendError};

/// Why a window could not be tested.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum EventError {
    /// The window lies in the series and holds at least one month.
    #[error("a window of {length} months from month {start} does not lie in a series of {months}")]
    Window {
        /// Position of its first month.
        start: usize,
        /// Its months.
        length: usize,
        /// Months of the series.
        months: usize,
    },
    /// The months outside the window cannot be modelled.
    #[error("the months outside the window: {0}")]
    Baseline(#[from] TrendError),
    /// A month of the window has no like outside it that ever had an event.
    #[error("no event in month {month} of the year outside the window: nothing to expect from")]
    MonthWithoutEvents {
        /// The month, 1 to 12.
        month: u8,
    },
}

/// What more reports would mean, which no count can tell: the caller says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoreReports {
    /// More events happened.
    MoreHarm,
    /// A campaign asked for reports, or confidence grew: more may be its success.
    MayBeSuccess,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventOutcome {
    /// More than to be expected, and more is worse.
    MoreThanExpected,
    /// More than to be expected, which may be what was wanted.
    MoreWhichMayBeSuccess,
    /// Fewer than to be expected; where reports were asked for, not what was wanted.
    FewerThanExpected,
    /// Within what is to be expected: neither an effect nor that there was none.
    CannotTell,
}

/// What to know before the result is relied on.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum EventWarning {
    /// The model was fitted to few months.
    #[error("only {months} months outside the window")]
    ShortBaseline {
        /// Months outside the window.
        months: usize,
    },
    /// All months outside lie before the window, so that the trend is drawn out.
    #[error("nothing after the window: the trend before it is drawn out over {length} months")]
    TrendDrawnOut {
        /// Months of the window.
        length: usize,
    },
    /// So few are expected that the approximation is poor.
    #[error("only {expected:.1} events expected: the limits are rough")]
    FewExpected {
        /// Events expected.
        expected: f64,
    },
}

/// A window against what the months outside it lead one to expect.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTest {
    /// Events in the window.
    pub observed: u64,
    /// Events expected there.
    pub expected: f64,
    /// Where a new count would lie, with the confidence asked for.
    pub prediction_interval: Interval,
    /// Observed over expected.
    pub ratio: f64,
    /// Its limits: observed over those of the prediction.
    pub ratio_interval: Interval,
    /// Observed, half an event nearer, against expected, standardised on the scale of the power two thirds.
    pub t: f64,
    /// Its two-sided p value, by Student's t with `degrees_of_freedom`; not corrected for other tests.
    pub p_value: f64,
    /// What that amounts to.
    pub outcome: EventOutcome,
    /// What the caller said that more would mean.
    pub more_reports: MoreReports,
    /// How much more than chance the months outside vary.
    pub dispersion: Dispersion,
    /// Residual degrees of freedom of their model.
    pub degrees_of_freedom: usize,
    /// Confidence of the intervals; the outcome is at one less this, two-sided.
    pub confidence: Confidence,
    /// Which way counts.
    pub sides: Sides,
    /// Tests that p value and limits are corrected for: 1, that is, for no other.
    pub corrected_for: usize,
    /// Position of the window's first month.
    pub window_start: usize,
    /// Months of the window.
    pub window_length: usize,
    /// Months outside.
    pub n_baseline: usize,
    /// What to know before it is relied on.
    pub warnings: Vec<EventWarning>,
}

/// Tests the months from `window_start` on against a quasi-Poisson model, with trend and month terms, of
/// the months outside the window.
///
/// It says whether the window is out of the ordinary, not what made it so: whatever else happened in
/// those months is in the count as well. Choose the window before looking at the counts.
///
/// # Shape
///
/// `counts` and `month_of_year` (1 to 12) hold one element for each month in order of time, without
/// gaps; 24 months must lie outside the window.
///
/// # Source
///
/// The prediction interval on the scale of the power two thirds is that of Farrington et al. (1996),
/// *Journal of the Royal Statistical Society A* 159, with a correction for continuity, Student's t and the
/// factor for autocorrelation of [`dispersion`](crate::dispersion).
///
/// # Example
///
/// ```
/// use wardmote_stats::events::{EventOutcome, MoreReports, test_window};
/// use wardmote_stats::interval::Confidence;
/// let mut counts: Vec<u64> = (0..48).map(|t| 60 + t * 7 % 5 + t % 12).collect();
/// (counts[40], counts[41]) = (110, 105);
/// let month_of_year: Vec<u8> = (0..48).map(|t| t % 12 + 1).collect();
/// let asked = MoreReports::MayBeSuccess;
/// let found = test_window(&counts, &month_of_year, 40, 2, asked, Confidence::P95)?;
/// assert_eq!(found.outcome, EventOutcome::MoreWhichMayBeSuccess);
/// # Ok::<(), wardmote_stats::events::EventError>(())
/// ```
pub fn test_window(
    counts: &[u64],
    month_of_year: &[u8],
    window_start: usize,
    window_length: usize,
    more_reports: MoreReports,
    confidence: Confidence,
) -> Result<EventTest, EventError> {
    let months = counts.len();
    let window = window_start..window_start.saturating_add(window_length);
    if window.is_empty() || window.end > months {
        return Err(EventError::Window { start: window_start, length: window_length, months });
    }
    if month_of_year.len() != months {
        let (times, counts, months) = (months, months, month_of_year.len());
        return Err(TrendError::LengthMismatch { times, counts, months }.into());
    }
    let outside: Vec<usize> = (0..months).filter(|index| !window.contains(index)).collect();
    let times: Vec<f64> = outside.iter().map(|&index| index as f64).collect();
    let outside_counts: Vec<u64> = outside.iter().map(|&index| counts[index]).collect();
    let outside_months: Vec<u8> = outside.iter().map(|&index| month_of_year[index]).collect();
    let series = Series::new(&times, &outside_counts, &outside_months)?;
    let fit = series.fit_with_months().map_err(TrendError::from)?;
    let dispersion = series.dispersion(&fit);

    let mut expected = 0.0;
    let mut gradient = vec![0.0; fit.coefficients.len()];
    for index in window.clone() {
        let month = month_of_year[index];
        let terms =
            series.terms_at(index as f64, month).ok_or(EventError::MonthWithoutEvents { month })?;
        let mean = dot(&terms, &fit.coefficients).exp();
        expected += mean;
        gradient.iter_mut().zip(&terms).for_each(|(sum, term)| *sum += mean * term);
    }
    // Months that follow one another make a total vary more; one month by itself does not.
    let of_total = match window_length {
        1 => dispersion.floored_phi,
        _ => dispersion.used,
    };
    let variance = of_total * expected + dispersion.used * fit.contrast_variance(&gradient);
    let power = 2.0 / 3.0;
    let centre = expected.powf(power);
    let scale = power * expected.powf(power - 1.0) * variance.sqrt();
    let observed = counts[window].iter().sum::<u64>();
    let reference = Reference::student(fit.degrees_of_freedom);
    let half = reference.quantile(confidence) * scale;
    // A count stands for all between half below and half above it.
    let plain = Interval::about(centre, half).map(|limit| limit.max(0.0).powf(1.0 / power));
    let prediction_interval =
        Interval { lower: (plain.lower - 0.5).max(0.0), upper: plain.upper + 0.5 };
    let beyond = ((observed as f64 - expected).abs() - 0.5).max(0.0);
    let nearer = expected + beyond.copysign(observed as f64 - expected);
    let t = (nearer.max(0.0).powf(power) - centre) / scale;
    let outcome = match (prediction_interval.contains(observed as f64), more_reports) {
        (true, _) => EventOutcome::CannotTell,
        _ if t < 0.0 => EventOutcome::FewerThanExpected,
        (_, MoreReports::MoreHarm) => EventOutcome::MoreThanExpected,
        (_, MoreReports::MayBeSuccess) => EventOutcome::MoreWhichMayBeSuccess,
    };
    let to_expected = |count: f64| observed as f64 / count;
    Ok(EventTest {
        observed,
        expected,
        prediction_interval,
        ratio: to_expected(expected),
        ratio_interval: Interval {
            lower: to_expected(prediction_interval.upper),
            upper: to_expected(prediction_interval.lower),
        },
        t,
        p_value: reference.two_sided_p(t),
        outcome,
        more_reports,
        dispersion,
        degrees_of_freedom: fit.degrees_of_freedom,
        confidence,
        sides: Sides::Both,
        corrected_for: 1,
        window_start,
        window_length,
        n_baseline: outside.len(),
        warnings: warnings(&outside, window_start, window_length, expected),
    })
}

fn warnings(outside: &[usize], start: usize, length: usize, expected: f64) -> Vec<EventWarning> {
    let mut warnings = Vec::new();
    if outside.len() < 36 {
        warnings.push(EventWarning::ShortBaseline { months: outside.len() });
    }
    if outside.last().is_none_or(|last| *last < start) {
        warnings.push(EventWarning::TrendDrawnOut { length });
    }
    if expected < 5.0 {
        warnings.push(EventWarning::FewExpected { expected });
    }
    warnings
}
