//! How often a true change between two periods is found, and how small a change can be found.
//!
//! The power is that of [`compare_periods`](crate::periods::compare_periods), not of a textbook's
//! test with a known variance: the dispersion is estimated from few months and not taken below 1, and
//! the statistic is read against Student's t. One part is left out unless asked for: the factor for
//! autocorrelation, see [`TwoPeriods::with_autocorrelation_factor`]. The correction for a family of
//! tests is left out too; ask with a smaller level to see what it costs.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};
use statrs::function::gamma::ln_gamma;

use crate::interval::{Confidence, ConfidenceError, Reference};

/// Why no power could be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PowerError {
    /// An expected count is a number of events.
    #[error("{expected} expected events in the earlier period is not a number above 0")]
    Expected {
        /// What was given.
        expected: f64,
    },
    /// An expected count of a month is a number of events, or none.
    #[error("{expected} expected events in month {month_index} is not a number of at least 0")]
    ExpectedMonth {
        /// Position of the month.
        month_index: usize,
        /// What was given.
        expected: f64,
    },
    /// Counts vary at least as much as chance.
    #[error("dispersion {dispersion} is not a number of at least 1")]
    Dispersion {
        /// What was given.
        dispersion: f64,
    },
    /// With one month there is nothing to estimate the dispersion from.
    #[error("no degrees of freedom to estimate the dispersion from: compare at least two months")]
    NoDegreesOfFreedom,
    /// A level is a small probability.
    #[error("significance level {level} is not between 0 and 1")]
    Level {
        /// What was given.
        level: f64,
    },
    /// A factor for autocorrelation only ever adds caution.
    #[error("autocorrelation factor {factor} is not a number of at least 1")]
    AutocorrelationFactor {
        /// What was given.
        factor: f64,
    },
    /// A ratio of two counts.
    #[error("ratio {ratio} is not a number above 0")]
    Ratio {
        /// What was given.
        ratio: f64,
    },
    /// A change is found with no change at the chance of the level already, and never for certain.
    #[error("a chance of {chance} is not between the level {level} and 1")]
    Chance {
        /// What was given.
        chance: f64,
        /// The level of the test.
        level: f64,
    },
}

/// Which way a count changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The later period has fewer events.
    Fall,
    /// The later period has more events.
    Rise,
}

/// A comparison of two periods that is yet to be made.
///
/// # Example
///
/// ```
/// use wardmote_stats::power::{Direction, TwoPeriods};
///
/// // A district of 3,000 crimes a year with dispersion 1.8, twelve months a side, level 5%.
/// let planned = TwoPeriods::new(3_000.0, 1.8, 11, 0.05)?;
/// assert_eq!(format!("{:.2}", planned.power(0.92)?), "0.57");
/// let fall = planned.smallest_percent_change(0.8, Direction::Fall)?;
/// assert_eq!(fall.map(|percent| format!("{percent:.1}%")), Some("-10.4%".to_owned()));
/// # Ok::<(), wardmote_stats::power::PowerError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoPeriods {
    earlier_expected: f64,
    dispersion: f64,
    degrees_of_freedom: usize,
    level: f64,
    /// Student's t beyond which the test shows a change.
    critical: f64,
    autocorrelation_factor: f64,
}

impl TwoPeriods {
    /// A comparison with a known total.
    ///
    /// # Shape
    ///
    /// `earlier_expected` counts the events expected in the earlier period; `dispersion` is variance
    /// over mean of a month's count; `degrees_of_freedom` is one less than the months a side, so 11
    /// for two years; `level` is two-sided, such as 0.05.
    pub fn new(
        earlier_expected: f64,
        dispersion: f64,
        degrees_of_freedom: usize,
        level: f64,
    ) -> Result<Self, PowerError> {
        if degrees_of_freedom == 0 {
            return Err(PowerError::NoDegreesOfFreedom);
        }
        if !(earlier_expected > 0.0 && earlier_expected.is_finite()) {
            return Err(PowerError::Expected { expected: earlier_expected });
        }
        if !(dispersion >= 1.0 && dispersion.is_finite()) {
            return Err(PowerError::Dispersion { dispersion });
        }
        // A level so small that one less it is 1 leaves no confidence level either.
        let confidence = Confidence::new(1.0 - level)
            .map_err(|ConfidenceError::Level { .. }| PowerError::Level { level })?;
        Ok(Self {
            earlier_expected,
            dispersion,
            degrees_of_freedom,
            level,
            critical: Reference::student(degrees_of_freedom).quantile(confidence),
            autocorrelation_factor: 1.0,
        })
    }

    /// A comparison with known months, from which the degrees of freedom follow. How the events are
    /// spread over the year matters in no other way.
    ///
    /// # Shape
    ///
    /// `earlier_months` holds the events expected in each month of the earlier period. A month of
    /// which none are expected takes no degree of freedom.
    pub fn over_months(
        earlier_months: &[f64],
        dispersion: f64,
        level: f64,
    ) -> Result<Self, PowerError> {
        let usable = |expected: f64| expected >= 0.0 && expected.is_finite();
        if let Some(month_index) = earlier_months.iter().position(|&expected| !usable(expected)) {
            let expected = earlier_months[month_index];
            return Err(PowerError::ExpectedMonth { month_index, expected });
        }
        let with_events = earlier_months.iter().filter(|expected| **expected > 0.0).count();
        let total = earlier_months.iter().sum();
        Self::new(total, dispersion, with_events.saturating_sub(1), level)
    }

    /// The same comparison when the test finds this factor for autocorrelation, such as
    /// [`Dispersion::autocorrelation_factor`](crate::dispersion::Dispersion::autocorrelation_factor).
    ///
    /// Without it the factor is 1, which flatters the test a little: it estimates the factor and
    /// never takes it below 1. Between two years of independent months it is 1.20 on average, by which
    /// a power of 0.57 becomes one of 0.51 and one of 0.998 becomes 0.991. The estimate does not
    /// depend on the change or the dispersion, so that the power of the whole test is the average of
    /// the powers at the factors that can be found.
    pub fn with_autocorrelation_factor(self, factor: f64) -> Result<Self, PowerError> {
        if !(factor >= 1.0 && factor.is_finite()) {
            return Err(PowerError::AutocorrelationFactor { factor });
        }
        Ok(Self { autocorrelation_factor: factor, ..self })
    }

    /// The chance that the test shows a change, whichever way, when the later period's expected count
    /// is `ratio` times the earlier one's: 0.92 for a fall of 8%.
    ///
    /// For a ratio of 1 this is the chance of a false finding: the level where the dispersion is
    /// large, and less where it is near 1, because an estimate below 1 is not used (2.1% of the nominal
    /// 5% at dispersion 1 and eleven degrees of freedom).
    ///
    /// The statistic's numerator is taken to be normal, and the scale to be that of normal months.
    /// Simulated with gamma-Poisson months this is right to a percentage point where a month expects
    /// fourteen times the dispersion or more. With 25 events a month the test finds up to 2 points more
    /// than this at dispersion 3, and 4 at dispersion 6; with 3 events a month it finds up to 4 fewer.
    ///
    /// # Source
    ///
    /// Non-central t (Johnson, Kotz and Balakrishnan 1995, *Continuous Univariate Distributions*,
    /// volume 2, chapter 31), integrated over the distribution of the estimated scale, so that the
    /// floor of the dispersion can be kept. Noncentrality μ(ρ-1)/√(φμ(1+ρ)), the plain statistic of
    /// Cox and Lewis (1966), *The Statistical Analysis of Series of Events*, section 9.2, with the
    /// dispersion φ.
    pub fn power(self, ratio: f64) -> Result<f64, PowerError> {
        if !(ratio > 0.0 && ratio.is_finite()) {
            return Err(PowerError::Ratio { ratio });
        }
        Ok(self.power_at(ratio))
    }

    /// The smallest change in per cent that is shown with a given chance: below 0 for a fall.
    ///
    /// `None` if no fall, however deep, is shown that often. A rise large enough always is.
    ///
    /// # Shape
    ///
    /// `chance` is a probability above the level, such as 0.8.
    ///
    /// # Source
    ///
    /// The inverse of [`TwoPeriods::power`], by halving the bracket.
    pub fn smallest_percent_change(
        self,
        chance: f64,
        direction: Direction,
    ) -> Result<Option<f64>, PowerError> {
        if !(chance > self.level && chance < 1.0) {
            return Err(PowerError::Chance { chance, level: self.level });
        }
        // INVARIANT: the power is below `chance` at `near` and not below it at `far`.
        let mut near = 0.0_f64;
        let step = match direction {
            Direction::Fall => -0.5_f64,
            Direction::Rise => 0.5,
        };
        let mut far = step;
        while self.power_at(far.exp()) < chance {
            // Beyond e^50 in either direction nothing more is gained.
            if far.abs() > 50.0 {
                return Ok(None);
            }
            near = far;
            far *= 2.0;
        }
        while (far - near).abs() > 1e-10 * far.abs() {
            let middle = f64::midpoint(near, far);
            if middle <= near.min(far) || middle >= near.max(far) {
                break;
            }
            if self.power_at(middle.exp()) < chance {
                near = middle;
            } else {
                far = middle;
            }
        }
        Ok(Some(100.0 * far.exp_m1()))
    }

    fn power_at(self, ratio: f64) -> f64 {
        let noncentrality =
            (ratio - 1.0) * (self.earlier_expected / self.dispersion).sqrt() / (1.0 + ratio).sqrt();
        rejection(
            noncentrality,
            self.degrees_of_freedom as f64,
            self.critical * self.autocorrelation_factor.sqrt(),
            self.dispersion.sqrt().recip(),
        )
    }
}

/// The chance that a normal variable of mean `noncentrality` and variance 1 lies further from zero
/// than `critical` times an independent root of chi-square over its degrees of freedom, the latter not
/// taken below `floor`. With a floor of 0 this is the two-sided tail of the non-central t.
fn rejection(noncentrality: f64, degrees_of_freedom: f64, critical: f64, floor: f64) -> f64 {
    let normal = Normal::standard();
    let beyond = |scale: f64| {
        normal.sf(critical * scale - noncentrality) + normal.sf(critical * scale + noncentrality)
    };
    // About the standard deviation of the scale, and of the half normal that it is for one degree.
    let spread = 1.0 / (2.0 * degrees_of_freedom).sqrt();
    let lowest = floor.max(1.0 - 12.0 * spread).max(0.0);
    let highest = lowest.max(1.0 + 12.0 * spread);
    let half = degrees_of_freedom / 2.0;
    let log_constant = 2.0_f64.ln() + half * half.ln() - ln_gamma(half);
    let density = |scale: f64| {
        let power =
            if degrees_of_freedom > 1.0 { (degrees_of_freedom - 1.0) * scale.ln() } else { 0.0 };
        (log_constant + power - half * scale * scale).exp()
    };
    // The product changes where the density does, over `spread`, and where the tail does, over
    // 1/critical about noncentrality/critical. Between these marks it is smooth.
    let edge = noncentrality.abs() / critical;
    let mut marks = vec![lowest, highest];
    marks.extend([-6.0, -3.0, -1.0, 1.0, 3.0, 6.0].map(|step| 1.0 + step * spread));
    marks.extend([-8.0, -2.0, 0.0, 2.0, 8.0].map(|step| edge + step / critical));
    marks.retain(|mark| (lowest..=highest).contains(mark));
    marks.sort_by(f64::total_cmp);
    let above: f64 = marks
        .windows(2)
        .map(|pair| simpson(pair[0], pair[1], |scale| density(scale) * beyond(scale)))
        .sum();
    let below = if floor > 0.0 {
        let chi_square = degrees_of_freedom * floor * floor;
        ChiSquared::new(degrees_of_freedom).map_or(0.0, |d| d.cdf(chi_square)) * beyond(floor)
    } else {
        0.0
    };
    (above + below).clamp(0.0, 1.0)
}

fn simpson(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
    const PAIRS: usize = 64;
    let step = (to - from) / (2 * PAIRS) as f64;
    let at = |index: usize| f(from + index as f64 * step);
    let odd: f64 = (0..PAIRS).map(|pair| at(2 * pair + 1)).sum();
    let even: f64 = (1..PAIRS).map(|pair| at(2 * pair)).sum();
    step / 3.0 * (f(from) + 4.0 * odd + 2.0 * even + f(to))
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;

    use super::*;

    #[test]
    fn without_a_floor_it_is_the_noncentral_t() {
        // scipy 1.17.1: nct.sf(q, df, nc) + nct.cdf(-q, df, nc) with q = t.ppf(1 - level/2, df).
        let check = |degrees_of_freedom: usize, noncentrality, level: f64, expected: f64| {
            let critical = Reference::student(degrees_of_freedom)
                .quantile(Confidence::new(1.0 - level).unwrap());
            let found = rejection(noncentrality, degrees_of_freedom as f64, critical, 0.0);
            // The quantiles of statrs are good to seven or eight digits, the integral to ten.
            assert_abs_diff_eq!(found, expected, epsilon = 1e-7);
        };
        check(11, -2.357, 0.05, 0.574_991_517_968);
        check(11, 5.27, 0.05, 0.997_522_971_491);
        check(7, 1.5, 0.05, 0.254_957_289_628);
        check(1, 3.0, 0.05, 0.186_132_061_607);
        check(120, 2.8, 0.01, 0.573_562_813_450);
        check(11, 0.0, 0.05, 0.05);
        check(3, 2.0, 0.001, 0.008_499_538_577);
    }
}
