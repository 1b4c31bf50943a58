//! The count that a period must exceed, from the mean and how well it is known.

use statrs::distribution::{ContinuousCDF, DiscreteCDF, NegativeBinomial, Normal, Poisson};

/// How the threshold is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// The negative-binomial quantile about the upper limit of the mean (`muan`): the only one here whose
    /// false alarms stay within the nominal rate.
    NegativeBinomialOfUpperMean,
    /// The negative-binomial quantile with mean and dispersion as if they were known (`nbPlugin`). It
    /// alarms two to three times as often as it says.
    NegativeBinomial,
    /// Farrington's formula of 1996, normal after the power two thirds (`delta`). It too
    /// alarms more often than it says.
    TwoThirds,
}

/// What a fitted baseline says of a new count.
#[derive(Debug, Clone, Copy)]
pub(super) struct Prediction {
    pub(super) log_mean: f64,
    /// Standard error of `log_mean`, dispersion included.
    pub(super) log_error: f64,
    /// At least 1.
    pub(super) dispersion: f64,
}

/// A threshold, its like below, and the chance of a count at least as large as the one observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Threshold {
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) p_value: f64,
}

impl Limit {
    /// `tail` is the chance that is allowed above the threshold. `None` for means that no count has.
    pub(super) fn threshold(
        self,
        prediction: Prediction,
        tail: f64,
        observed: u64,
    ) -> Option<Threshold> {
        let Prediction { log_mean, log_error, dispersion } = prediction;
        let mean = log_mean.exp();
        let normal = Normal::standard();
        let z = normal.inverse_cdf(1.0 - tail);
        match self {
            Self::TwoThirds => {
                let error = mean * log_error;
                let tau = dispersion + error * error / mean;
                let scale = (4.0 / 9.0 * mean.cbrt() * tau).sqrt();
                let centre = mean.powf(2.0 / 3.0);
                let y = (observed as f64).powf(2.0 / 3.0);
                Some(Threshold {
                    lower: (centre - z * scale).max(0.0).powf(1.5),
                    upper: (centre + z * scale).powf(1.5),
                    p_value: normal.sf((y - centre) / scale),
                })
            }
            Self::NegativeBinomial => {
                let counts = Counts::new(mean, dispersion)?;
                counts.threshold(counts.lower_quantile(tail)?, tail, observed)
            }
            Self::NegativeBinomialOfUpperMean => {
                // A mean of which nothing is known from below has no count that is too small.
                let low = Counts::new((log_mean - z * log_error).exp(), dispersion);
                let lower = low.and_then(|counts| counts.lower_quantile(tail)).unwrap_or(0);
                let high = Counts::new((log_mean + z * log_error).exp(), dispersion)?;
                high.threshold(lower, tail, observed)
            }
        }
    }
}

/// Up to here whole numbers are exact.
const LARGEST_MEAN: f64 = 4_503_599_627_370_496.0;

/// Counts with a mean and a variance of so many times the mean.
enum Counts {
    Poisson(Poisson),
    NegativeBinomial(NegativeBinomial),
}

impl Counts {
    /// `None` for a mean that no count has: past months without events leave its upper limit boundless.
    fn new(mean: f64, dispersion: f64) -> Option<Self> {
        if !(mean > 0.0 && mean < LARGEST_MEAN) {
            None
        } else if dispersion > 1.0 {
            let size = mean / (dispersion - 1.0);
            NegativeBinomial::new(size, 1.0 / dispersion).ok().map(Self::NegativeBinomial)
        } else {
            Poisson::new(mean).ok().map(Self::Poisson)
        }
    }

    /// The chance of a count above this one.
    fn above(&self, count: u64) -> f64 {
        match self {
            Self::Poisson(counts) => counts.sf(count),
            Self::NegativeBinomial(counts) => counts.sf(count),
        }
    }

    fn threshold(&self, lower: u64, tail: f64, observed: u64) -> Option<Threshold> {
        let at_least = if observed == 0 { 1.0 } else { self.above(observed - 1) };
        let upper = self.quantile(tail)? as f64;
        Some(Threshold { lower: lower as f64, upper, p_value: at_least })
    }

    /// The largest count below which lies no more than the tail.
    fn lower_quantile(&self, tail: f64) -> Option<u64> {
        // So much lies above the count that no more than the tail can lie at it and below.
        let beyond = self.quantile(1.0 - tail)?;
        Some(if 1.0 - self.above(beyond) > tail { beyond } else { beyond + 1 })
    }

    /// The smallest count above which lies no more than the tail.
    fn quantile(&self, tail: f64) -> Option<u64> {
        let (mut below, mut enough) = (None, 1u64);
        while self.above(enough) > tail {
            below = Some(enough);
            enough = enough.checked_mul(2).filter(|count| *count < 1 << 52)?;
        }
        let mut low = below.map_or(0, |count| count + 1);
        let mut high = enough;
        while low < high {
            let middle = u64::midpoint(low, high);
            if self.above(middle) > tail {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Some(low)
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn quantiles_and_tails_agree_with_scipy() {
        // scipy 1.17.1: nbinom.isf(tail, mean / (phi - 1), 1 / phi), nbinom.sf(39, ...); poisson.isf,
        // poisson.sf(39, 30).
        let check = |dispersion: f64, tail: f64, upper: f64, p_value: f64| {
            let counts = Counts::new(30.0, dispersion).unwrap();
            let found = counts.threshold(0, tail, 40).unwrap();
            assert_relative_eq!(found.upper, upper);
            assert_relative_eq!(found.p_value, p_value, max_relative = 1e-9);
        };
        check(1.0, 0.01, 43.0, 0.046_253_037_645_842_04);
        check(2.5, 0.01, 53.0, 0.137_496_545_535_501_34);
        check(2.5, 0.05, 45.0, 0.137_496_545_535_501_34);
    }

    #[test]
    fn no_more_than_the_tail_lies_below_the_lower_end() {
        for (mean, dispersion) in [(0.3, 1.0), (4.0, 1.0), (30.0, 1.0), (30.0, 2.5), (800.0, 12.0)]
        {
            let counts = Counts::new(mean, dispersion).unwrap();
            for tail in [0.005, 0.025, 0.05] {
                let lower = counts.lower_quantile(tail).unwrap();
                let below =
                    |count: u64| 1.0 - if count == 0 { 1.0 } else { counts.above(count - 1) };
                assert!(below(lower) <= tail + 1e-12, "{mean} {dispersion} {tail}: {lower}");
                assert!(below(lower + 1) > tail - 1e-12, "{mean} {dispersion} {tail}: {lower}");
            }
        }
        // scipy 1.17.1: poisson.ppf(0.025, 30) is 20.
        assert_eq!(Counts::new(30.0, 1.0).unwrap().lower_quantile(0.025), Some(20));
    }
}
