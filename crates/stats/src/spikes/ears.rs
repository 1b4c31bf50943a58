//! Early aberration reporting (EARS): a count against the few periods before it.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::interval::Sides;

/// Why a series could not be watched.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum EarsError {
    /// A spread needs three values.
    #[error("a baseline of {periods} periods is too short: 3 are needed")]
    Baseline {
        /// Periods asked for.
        periods: usize,
    },
    /// Before the first period that is watched lies the baseline.
    #[error("{n} periods are too few: the first that can be watched is number {needed}")]
    TooShort {
        /// Periods given.
        n: usize,
        /// Periods needed.
        needed: usize,
    },
    /// A chance lies between 0 and one half, a standard deviation is not below zero.
    #[error("{what} {value} cannot be used")]
    Value {
        /// Which option.
        what: &'static str,
        /// What was given.
        value: f64,
    },
}

/// Which periods make the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarsMethod {
    /// Those just before.
    C1,
    /// Two periods are left out before the one watched, lest a rise hide itself.
    C2,
    /// As C2, and what exceeds one standard deviation adds up over three periods.
    C3,
}

/// How a series is watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ears {
    /// Which baseline.
    pub method: EarsMethod,
    /// Periods in it.
    pub baseline: usize,
    /// The chance of a false alarm as the normal distribution has it. The truth is another: see
    /// [`ears`].
    pub alpha: f64,
    /// A baseline is taken to vary by at least this much.
    pub least_standard_deviation: f64,
    /// C3 as R's `surveillance` 1.20 computes it, against its own documentation: from the two periods
    /// before alone, whatever the count of the period watched. For comparison with it only.
    pub c3_as_surveillance: bool,
}

impl Ears {
    /// The usual settings: seven periods; 0.001, and 0.025 for C3.
    pub fn new(method: EarsMethod) -> Self {
        let alpha = if method == EarsMethod::C3 { 0.025 } else { 0.001 };
        let least_standard_deviation = 0.0;
        Self { method, baseline: 7, alpha, least_standard_deviation, c3_as_surveillance: false }
    }

    /// Periods before the first that can be watched.
    pub fn lag(&self) -> usize {
        match self.method {
            EarsMethod::C1 => self.baseline,
            EarsMethod::C2 => self.baseline + 2,
            EarsMethod::C3 => self.baseline + 4,
        }
    }
}

/// One period, held against the few before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EarsWatched {
    /// Position in the series.
    pub index: usize,
    /// Its count.
    pub observed: u64,
    /// Mean of the baseline.
    pub expected: f64,
    /// Standard deviation of the baseline, as used.
    pub standard_deviation: f64,
    /// C1, C2 or C3, which must exceed the normal quantile.
    pub statistic: f64,
    /// The count above which it does; 0 where the two periods before do by themselves (C3).
    pub threshold: f64,
    /// Whether it does.
    pub alarm: bool,
    /// Positions of the first and last period of the baseline.
    pub baseline: (usize, usize),
}

/// A series held against the few periods before each.
#[derive(Debug, Clone, PartialEq)]
pub struct EarsWatch {
    /// The periods watched, in order of time.
    pub periods: Vec<EarsWatched>,
    /// How.
    pub options: Ears,
    /// Periods in the series.
    pub n: usize,
    /// Which way counts.
    pub sides: Sides,
    /// Tests that p value and limits are corrected for: 1, that is, for no other.
    pub corrected_for: usize,
}

/// Holds each period against the mean and standard deviation of the few before it: one-sided, upwards,
/// without correction for the number of periods.
///
/// For series without history. It knows neither season nor trend. With seven periods the standard
/// deviation is itself uncertain and small counts are skewed, so that false alarms are far more
/// frequent than `alpha` says (docs/methods/spikes.md has what was measured). It is a prompt to look,
/// not a finding.
///
/// # Source
///
/// Hutwagner, Thompson, Seeman and Treadwell (2003), *Journal of Urban Health* 80, supplement 1; with
/// the quantiles of Salmon, Schumacher and Höhle (2016), *Journal of Statistical Software* 70(10).
///
/// # Example
///
/// ```
/// use wardmote_stats::spikes::{Ears, EarsMethod, ears};
/// let watch = ears(&[10, 12, 9, 11, 10, 8, 12, 25], &Ears::new(EarsMethod::C1))?;
/// assert!(watch.periods[0].alarm);
/// assert_eq!(format!("{:.2}", watch.periods[0].threshold), "14.91");
/// # Ok::<(), wardmote_stats::spikes::EarsError>(())
/// ```
pub fn ears(counts: &[u64], options: &Ears) -> Result<EarsWatch, EarsError> {
    let Ears { method, baseline, alpha, least_standard_deviation, .. } = *options;
    if baseline < 3 {
        return Err(EarsError::Baseline { periods: baseline });
    }
    if !(alpha > 0.0 && alpha < 0.5) {
        return Err(EarsError::Value { what: "chance of a false alarm", value: alpha });
    }
    if least_standard_deviation.is_nan() || least_standard_deviation < 0.0 {
        let (what, value) = ("standard deviation", least_standard_deviation);
        return Err(EarsError::Value { what, value });
    }
    let n = counts.len();
    if n <= options.lag() {
        return Err(EarsError::TooShort { n, needed: options.lag() + 1 });
    }
    let z = Normal::standard().inverse_cdf(1.0 - alpha);
    let left_out = if method == EarsMethod::C1 { 0 } else { 2 };
    let against = |index: usize| {
        let end = index - left_out;
        let (mean, deviation) = moments(&counts[end - baseline..end]);
        (mean, deviation.max(least_standard_deviation))
    };
    let standardised = |index: usize| {
        let (mean, deviation) = against(index);
        let above = counts[index] as f64 - mean;
        // After a stretch that never varied, any more than its mean is more by any measure.
        if above == 0.0 { 0.0 } else { above / deviation }
    };
    let excess = |index: usize| (standardised(index) - 1.0).max(0.0);
    let watch = |index: usize| {
        let (expected, standard_deviation) = against(index);
        let observed = counts[index] as f64;
        let (statistic, needed) = match method {
            EarsMethod::C1 | EarsMethod::C2 => (standardised(index), z),
            EarsMethod::C3 => {
                let before = excess(index - 2) + excess(index - 1);
                (
                    before + excess(index),
                    if before > z { f64::NEG_INFINITY } else { 1.0 + z - before },
                )
            }
        };
        let of_spread =
            |times: f64| if times.is_finite() { times * standard_deviation } else { times };
        let mut watched = EarsWatched {
            index,
            observed: counts[index],
            expected,
            standard_deviation,
            statistic,
            threshold: (expected + of_spread(needed)).max(0.0),
            alarm: statistic > z,
            baseline: (index - left_out - baseline, index - left_out - 1),
        };
        if options.c3_as_surveillance && method == EarsMethod::C3 {
            let before = excess(index - 2) + excess(index - 1);
            watched.threshold = (observed + standard_deviation * (z - before)).max(0.0);
            watched.alarm = observed > watched.threshold;
        }
        watched
    };
    Ok(EarsWatch {
        periods: (options.lag()..n).map(watch).collect(),
        options: *options,
        n,
        sides: Sides::Upper,
        corrected_for: 1,
    })
}

fn moments(counts: &[u64]) -> (f64, f64) {
    let n = counts.len() as f64;
    let mean = counts.iter().sum::<u64>() as f64 / n;
    let squares: f64 = counts.iter().map(|&count| (count as f64 - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0)).sqrt())
}
