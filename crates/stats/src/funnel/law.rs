//! What chance alone makes of the counts of one area.

use statrs::function::beta::beta_reg;
use statrs::function::gamma::gamma_ur;

use crate::interval::Interval;

/// The distribution of counts about the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Law {
    Poisson,
    Binomial,
}

impl Law {
    /// Variance of a value about the target.
    pub(super) fn variance(self, target: f64, size: f64) -> f64 {
        match self {
            Self::Poisson => target / size,
            Self::Binomial => target * (1.0 - target) / size,
        }
    }

    /// The scale on which distances are measured where areas vary more than chance: there chance has
    /// the variance 1/(4n) wherever the target lies, and the long upper tail of counts is drawn in.
    pub(super) fn root(self, value: f64) -> f64 {
        match self {
            Self::Poisson => value.sqrt(),
            Self::Binomial => value.sqrt().min(1.0).asin(),
        }
    }

    /// Back from that scale, no further than values go.
    pub(super) fn value_of_root(self, root: f64) -> f64 {
        match self {
            Self::Poisson => root.max(0.0).powi(2),
            Self::Binomial => root.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2),
        }
    }

    /// The chance of at most `count`.
    pub(super) fn at_most(self, count: f64, target: f64, size: f64) -> f64 {
        match self {
            _ if count < 0.0 => 0.0,
            Self::Poisson => gamma_ur(count + 1.0, target * size),
            Self::Binomial if count >= size => 1.0,
            Self::Binomial => beta_reg(size - count, count + 1.0, 1.0 - target),
        }
    }

    /// The limits beyond which a count has less than the chance `tail` on each side, interpolated.
    pub(super) fn limits(self, target: f64, size: f64, tail: f64) -> Interval {
        let at_most = |count: f64| self.at_most(count, target, size);
        let at_least = |count: f64| 1.0 - at_most(count - 1.0);
        let mean = target * size;
        let spread = (self.variance(target, size) * size * size).sqrt();
        // The smallest count with at least `tail` at or below it, searched from the normal one.
        let mut low = (mean - 3.0 * spread).floor().max(0.0);
        while low > 0.0 && at_most(low - 1.0) >= tail {
            low -= 1.0;
        }
        while at_most(low) < tail {
            low += 1.0;
        }
        let mut high = (mean + 3.0 * spread).ceil();
        while at_least(high + 1.0) >= tail {
            high += 1.0;
        }
        while high > 0.0 && at_least(high) < tail {
            high -= 1.0;
        }
        let lower = low - (at_most(low) - tail) / (at_most(low) - at_most(low - 1.0));
        let upper = high + (at_least(high) - tail) / (at_least(high) - at_least(high + 1.0));
        let highest = if self == Self::Binomial { size } else { f64::INFINITY };
        Interval { lower: lower.max(0.0), upper: upper.min(highest) }.map(|count| count / size)
    }
}
