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
mod returned;

pub use self::ears::{Ears, EarsError, EarsMethod, EarsWatch, EarsWatched, ears};
use self::farrington::{FEWEST_YEARS_FOR_TREND, Room};
pub use self::limits::Limit;
pub use self::returned::{Return, returned};

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

/// Whose variances are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conventions {
    /// The dispersion, at least 1, for the trend's test and for the expected count.
    Sound,
    /// As `farringtonFlexible` of R's `surveillance` 1.20, which computes the dispersion of standard
    /// errors with the outbreak weights in place of those of the iteration and so finds errors that
    /// are too small, by about the root of the mean. For comparison with it only.
    SurveillanceFlexible,
    /// As `farrington` of the same package: the trend is tested with a dispersion that may lie below 1.
    SurveillanceOriginal,
}

/// Which side of the expected count alarms, and with that how the chance is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sidedness {
    /// All of the chance lies above the threshold.
    Upper,
    /// Half of it, the other half below a lower limit at which nothing alarms (Farrington 1996).
    HalfAbove,
}

/// How a series is watched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Farrington {
    /// 12 for months, 52 for weeks.
    pub periods_per_year: usize,
    /// Years to look back over, at most (`b`).
    pub years_back: usize,
    /// Periods to either side of the same time of the year (`w`).
    pub half_window: usize,
    /// Parts of the year: the window and blocks of the rest; 1 for the window alone (`noPeriods`).
    pub seasonal_levels: usize,
    /// The latest periods before the one watched that are left out, lest an outbreak that is under way
    /// be taken for the ordinary (`pastWeeksNotIncluded`).
    pub recent_left_out: usize,
    /// Standardised Anscombe residual above which a past period weighs less (`weightsThreshold`).
    pub weigh_down_above: Option<f64>,
    /// Significance that a trend must have to be used; 1 for always, `None` for never.
    pub trend: Option<f64>,
    /// How the threshold is reached.
    pub limit: Limit,
    /// The chance of a false alarm that is accepted for each period.
    pub alpha: f64,
    /// On which side.
    pub sidedness: Sidedness,
    /// Fewer events than `.0` in the latest `.1` periods raise no alarm (`limit54`).
    pub fewest_events: Option<(u64, usize)>,
    /// Whose variances.
    pub conventions: Conventions,
}

/// More parts of a year than weeks make no sense.
const MOST_LEVELS: usize = 54;

impl Farrington {
    /// Noufaily's method with windows for months or weeks, at most one false alarm in a hundred periods,
    /// and a threshold that allows for how little the baseline knows.
    pub fn flexible(periods_per_year: usize) -> Self {
        let weekly = periods_per_year > 26;
        Self {
            periods_per_year,
            years_back: 5,
            half_window: if weekly { 3 } else { 1 },
            seasonal_levels: 10,
            recent_left_out: if weekly { 26 } else { 3 },
            weigh_down_above: Some(2.58),
            trend: Some(0.05),
            limit: Limit::NegativeBinomialOfUpperMean,
            alpha: 0.01,
            sidedness: Sidedness::Upper,
            fewest_events: Some((5, 4)),
            conventions: Conventions::Sound,
        }
    }

    /// The method of 1996, as the R package has it.
    pub fn original(periods_per_year: usize) -> Self {
        Self {
            half_window: 3,
            seasonal_levels: 1,
            recent_left_out: 3,
            weigh_down_above: Some(1.0),
            limit: Limit::TwoThirds,
            alpha: 0.05,
            sidedness: Sidedness::HalfAbove,
            conventions: Conventions::SurveillanceOriginal,
            ..Self::flexible(periods_per_year)
        }
    }

    fn tail(&self) -> f64 {
        match self.sidedness {
            Sidedness::Upper => self.alpha,
            Sidedness::HalfAbove => self.alpha / 2.0,
        }
    }

    fn too_few(&self, counts: &[u64], index: usize) -> bool {
        self.fewest_events.is_some_and(|(events, periods)| {
            let latest = &counts[(index + 1).saturating_sub(periods)..=index];
            latest.iter().sum::<u64>() < events
        })
    }

    fn check(&self) -> Result<(), SpikeError> {
        let Self { periods_per_year, seasonal_levels: levels, alpha, .. } = *self;
        let window = 2 * self.half_window + 1;
        let blocks = levels.saturating_sub(1);
        if levels == 0 || levels > MOST_LEVELS || window + blocks > periods_per_year {
            return Err(SpikeError::Levels { levels, window, periods_per_year });
        }
        if self.years_back == 0 {
            return Err(SpikeError::NoYears);
        }
        if !(alpha > 0.0 && alpha < 0.5) {
            return Err(SpikeError::Value { what: "chance of a false alarm", value: alpha });
        }
        match (self.weigh_down_above, self.trend) {
            (Some(value), _) if value.is_nan() || value <= 0.0 => {
                Err(SpikeError::Value { what: "threshold of residuals", value })
            }
            (_, Some(value)) if !(0.0..=1.0).contains(&value) => {
                Err(SpikeError::Value { what: "significance of a trend", value })
            }
            _ => Ok(()),
        }
    }
}

/// What was found of one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// More than the threshold.
    Alarm,
    /// Not more than the threshold.
    Within,
    /// So few events lately that nothing is said.
    TooFewEvents,
    /// No event in the whole baseline: no threshold, and any event is new.
    NothingBefore,
    /// Not one whole year lies before it.
    NoBaseline,
    /// The baseline does not hold enough for a model.
    NoModel,
}

/// The earlier periods that a period was held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Baseline {
    /// Whole years that there were, at most those asked for.
    pub years: usize,
    /// Periods in it.
    pub n: usize,
    /// Position of the first.
    pub first: Option<usize>,
    /// Position of the last.
    pub last: Option<usize>,
    /// Periods that weighed less because they looked like outbreaks themselves.
    pub n_weighed_down: usize,
    /// Of its model.
    pub degrees_of_freedom: Option<usize>,
}

/// One period, held against its baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watched {
    /// Position in the series.
    pub index: usize,
    /// Its count.
    pub observed: u64,
    /// What was to be expected.
    pub expected: Option<f64>,
    /// The count that it must exceed.
    pub threshold: Option<f64>,
    /// The chance of a count at least as large, one-sided.
    pub p_value: Option<f64>,
    /// Variance over mean in the baseline, at least 1.
    pub dispersion: Option<f64>,
    /// Slope of the log count a period, where a trend was used.
    pub log_slope: Option<f64>,
    /// What was found.
    pub verdict: Verdict,
    /// What it was held against.
    pub baseline: Baseline,
}

/// What to know before a watch is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpikeWarning {
    /// The years asked for do not lie before every period.
    #[error(
        "{periods} of the periods have fewer than the {wanted} years before them, {fewest} at the least"
    )]
    FewerYears {
        /// Periods concerned.
        periods: usize,
        /// Years asked for.
        wanted: usize,
        /// The fewest years had.
        fewest: usize,
    },
    /// Under three years, no trend is used.
    #[error(
        "{periods} of the periods have fewer than three years before them: without a trend, and to be read with reserve"
    )]
    UnderThreeYears {
        /// Periods concerned.
        periods: usize,
    },
    /// Some periods have no threshold.
    #[error("{periods} of the periods could not be judged")]
    NotJudged {
        /// Periods concerned.
        periods: usize,
    },
}

/// A series held against its own past.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    /// The periods watched, in order of time.
    pub periods: Vec<Watched>,
    /// How.
    pub options: Farrington,
    /// Periods in the series.
    pub n: usize,
    /// Alarms to be expected of the periods judged if nothing happened. No other correction for the
    /// number of periods is made.
    pub expected_false_alarms: f64,
    /// What to know before it is relied on.
    pub warnings: Vec<SpikeWarning>,
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
