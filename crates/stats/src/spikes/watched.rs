//! What a watch by Farrington's method finds.

use super::Farrington;
use crate::interval::Sides;

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
    /// The count below which it would be as unusual; nothing alarms there.
    pub lower: Option<f64>,
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
    /// Alarms to be expected at most of the periods judged if nothing happened.
    pub expected_false_alarms: f64,
    /// Which way counts; how the chance is shared out stands in the options.
    pub sides: Sides,
    /// Tests that p values and thresholds are corrected for: 1, that is, for no other.
    pub corrected_for: usize,
    /// What to know before it is relied on.
    pub warnings: Vec<SpikeWarning>,
}
