#![doc = include_str!("../../../../docs/methods/harm.md")]

mod change;
mod concentration;

use crate::interval::Confidence;
use crate::rates::{RateError, WeightedSum, weighted_sum};

pub use change::{HarmChange, HarmWarning, compare_harm};
pub use concentration::{HarmConcentration, harm_concentration};

/// A sum that rests on fewer events than this, by weight, changes with every single one of them.
pub const FEWEST_EFFECTIVE_EVENTS: f64 = 10.0;

/// Why harm could not be compared or located.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum HarmError {
    /// Counts and weights do not go together, or a weight is unfit.
    #[error(transparent)]
    Sum(#[from] RateError),
    /// A few heavy events decide the sum, and nothing can be said of its change.
    #[error(
        "the harm rests on {effective_events:.1} events by weight; below {FEWEST_EFFECTIVE_EVENTS} it cannot be compared"
    )]
    TooFewEvents {
        /// The smaller of the two periods' effective numbers of events.
        effective_events: f64,
    },
    /// Counts vary at least as much as chance.
    #[error("dispersion {dispersion} is below 1, not a number, or rests on nothing")]
    Dispersion {
        /// What was given.
        dispersion: f64,
    },
    /// Every area has one count for each kind.
    #[error("area {area_index} has {found} kinds and there are {expected} weights")]
    Ragged {
        /// Position of the area.
        area_index: usize,
        /// Its kinds.
        found: usize,
        /// The weights.
        expected: usize,
    },
    /// A share of the areas, such as 0.05.
    #[error("a top share of {top_share} is not between 0 and 1")]
    TopShare {
        /// What was given.
        top_share: f64,
    },
    /// A few areas have no top twentieth.
    #[error("{n_areas} areas have no top {top_share} of them; {needed} are needed")]
    TooFewAreas {
        /// How many there are.
        n_areas: usize,
        /// The share asked.
        top_share: f64,
        /// How many are needed.
        needed: usize,
    },
    /// Nothing happened.
    #[error("no harm in any area")]
    NoHarm,
}

#[derive(Clone, Copy)]
struct Sum {
    limits: WeightedSum,
    variance: f64,
    /// Σw⁴n, the variance of the variance.
    fourth: f64,
}

impl Sum {
    fn of(counts: &[u64], weights: &[f64]) -> Result<Self, HarmError> {
        let limits = weighted_sum(counts, weights, Confidence::P95)?;
        let sum =
            |power: i32| counts.iter().zip(weights).map(|(n, w)| w.powi(power) * *n as f64).sum();
        Ok(Self { limits, variance: sum(2), fourth: sum(4) })
    }

    /// The number of events of one weight whose sum has the same relative variance.
    fn effective_events(self) -> f64 {
        if self.variance > 0.0 { self.limits.value.powi(2) / self.variance } else { 0.0 }
    }
}
