//! Is the latest count out of the ordinary, and when was it back?
//!
//! [`farrington`] holds each period against the same time of earlier years; [`ears`] against the few
//! periods before it, for series without history. [`returned`] says when a series was back in its
//! expected band. Left out: clusters in space, and the correction over many series, which belongs to
//! the caller that has them ([`multiplicity`](crate::multiplicity)).

mod baseline;
mod ears;
mod farrington;
mod limits;
mod options;
mod returned;
mod watched;

pub use self::ears::{Ears, EarsError, EarsMethod, EarsWatch, EarsWatched, ears};
use self::farrington::{FEWEST_YEARS_FOR_TREND, Room};
pub use self::limits::Limit;
use self::options::MOST_LEVELS;
pub use self::options::{Conventions, Farrington, Sidedness};
pub use self::returned::{Return, returned};
pub use self::watched::{Baseline, SpikeWarning, Verdict, Watch, Watched};
use crate::interval::Sides;

/// Why a series could not be watched.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SpikeError {
    /// The first period to watch lies in the series.
    #[error("period {from} of a series of {n} cannot be watched")]
    From {
        /// Position of the first to watch.
        from: usize,
        /// Periods in the series.
        n: usize,
    },
    /// Parts of the year must fit into it.
    #[error(
        "{levels} parts of the year with windows of {window} do not fit into {periods_per_year} periods"
    )]
    Levels {
        /// Parts of the year.
        levels: usize,
        /// Periods in a window.
        window: usize,
        /// Periods in a year.
        periods_per_year: usize,
    },
    /// At least one year back.
    #[error("no years to look back over")]
    NoYears,
    /// A chance lies between 0 and one half, a threshold of residuals above zero.
    #[error("{what} {value} cannot be used")]
    Value {
        /// Which option.
        what: &'static str,
        /// What was given.
        value: f64,
    },
}

/// Holds each period from `from` on against the same time of the years before it.
///
/// Periods without a whole year before them get no threshold and say so; from one year on the years
/// that there are serve, with a warning below three.
///
/// # Shape
///
/// `counts` holds one count for each month or week in order of time, without gaps. A year has 12 or 52
/// periods: of a calendar with 53 weeks, give the 53rd to its neighbour.
///
/// # Source
///
/// Farrington, Andrews, Beale and Catchpole (1996), *Journal of the Royal Statistical Society A* 159;
/// Noufaily et al. (2013), *Statistics in Medicine* 32; the limit about the
/// upper mean as in Salmon, Schumacher and Höhle (2016), *Journal of Statistical Software* 70(10).
///
/// # Example
///
/// ```
/// use wardmote_stats::spikes::{Farrington, Verdict, farrington};
/// let mut counts: Vec<u64> = (0..61).map(|t| 40 + t % 12 * 2 + t * 7 % 5).collect();
/// counts[60] = 75;
/// let watch = farrington(&counts, 60, &Farrington::flexible(12))?;
/// assert_eq!(watch.periods[0].verdict, Verdict::Alarm);
/// # Ok::<(), wardmote_stats::spikes::SpikeError>(())
/// ```
pub fn farrington(counts: &[u64], from: usize, options: &Farrington) -> Result<Watch, SpikeError> {
    options.check()?;
    let n = counts.len();
    if from >= n {
        return Err(SpikeError::From { from, n });
    }
    let mut room = Room::default();
    let periods: Vec<Watched> = (from..n).map(|index| room.watch(counts, index, options)).collect();
    let judged = |watched: &&Watched| matches!(watched.verdict, Verdict::Alarm | Verdict::Within);
    let n_judged = periods.iter().filter(judged).count();
    Ok(Watch {
        warnings: warnings(&periods, options),
        expected_false_alarms: options.tail() * n_judged as f64,
        periods,
        options: *options,
        sides: Sides::Upper,
        corrected_for: 1,
        n,
    })
}

fn warnings(periods: &[Watched], options: &Farrington) -> Vec<SpikeWarning> {
    let mut warnings = Vec::new();
    let having = |fewer_than: usize| {
        periods.iter().filter(|watched| watched.baseline.years < fewer_than).count()
    };
    let wanted = options.years_back;
    let fewest = periods.iter().map(|watched| watched.baseline.years).min().unwrap_or(0);
    if fewest < wanted {
        warnings.push(SpikeWarning::FewerYears { periods: having(wanted), wanted, fewest });
    }
    if fewest < FEWEST_YEARS_FOR_TREND {
        warnings.push(SpikeWarning::UnderThreeYears { periods: having(FEWEST_YEARS_FOR_TREND) });
    }
    let not_judged = periods.iter().filter(|watched| watched.threshold.is_none()).count();
    if not_judged > 0 {
        warnings.push(SpikeWarning::NotJudged { periods: not_judged });
    }
    warnings
}
