//! How a series is watched by Farrington's method.

use super::{Limit, SpikeError};

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
pub(super) const MOST_LEVELS: usize = 54;

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

    pub(super) fn tail(&self) -> f64 {
        match self.sidedness {
            Sidedness::Upper => self.alpha,
            Sidedness::HalfAbove => self.alpha / 2.0,
        }
    }

    pub(super) fn too_few(&self, counts: &[u64], index: usize) -> bool {
        self.fewest_events.is_some_and(|(events, periods)| {
            let latest = &counts[(index + 1).saturating_sub(periods)..=index];
            latest.iter().sum::<u64>() < events
        })
    }

    pub(super) fn check(&self) -> Result<(), SpikeError> {
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
