//! Intervals, the confidence that they carry, and the distribution that a statistic is read against.

use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal, StudentsT};

/// Lower and upper limit, in the unit of the estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower limit.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

impl Interval {
    /// Whether a value lies inside or on a limit.
    pub fn contains(self, value: f64) -> bool {
        (self.lower..=self.upper).contains(&value)
    }

    /// The interval that reaches `half` to either side of `centre`.
    pub(crate) fn about(centre: f64, half: f64) -> Self {
        Self { lower: centre - half, upper: centre + half }
    }

    /// Both limits through an increasing function.
    #[must_use]
    pub(crate) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { lower: f(self.lower), upper: f(self.upper) }
    }
}

/// Which differences a p value counts, to be printed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sidedness {
    /// Those in one direction.
    One,
    /// Those in either.
    Two,
}

/// Why a confidence level cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ConfidenceError {
    /// A level is a probability, and neither certainty nor none.
    #[error("confidence level {level} is not between 0 and 1")]
    Level {
        /// What was given.
        level: f64,
    },
}

/// A two-sided confidence level.
///
/// # Example
///
/// ```
/// use wardmote_stats::interval::Confidence;
/// assert_eq!(format!("{:.3}", Confidence::P95.z()), "1.960");
/// assert!(Confidence::new(95.0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence(f64);

impl Confidence {
    /// 95%.
    pub const P95: Self = Self(0.95);
    /// 90%: the interval of two one-sided tests at 5%.
    pub const P90: Self = Self(0.90);

    /// A level such as 0.95.
    pub fn new(level: f64) -> Result<Self, ConfidenceError> {
        if level > 0.0 && level < 1.0 {
            Ok(Self(level))
        } else {
            Err(ConfidenceError::Level { level })
        }
    }

    /// The level, 0 to 1.
    pub fn level(self) -> f64 {
        self.0
    }

    /// The two-sided normal quantile: 1.95996 for 95%, which public health practice rounds to 1.96.
    pub fn z(self) -> f64 {
        Normal::standard().inverse_cdf(0.5 + self.0 / 2.0)
    }
}

/// Which way a value must lie off to count against chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Above only.
    Upper,
    /// Above or below.
    Both,
}

/// The standard error of an estimate, and how well it is known.
///
/// Made from a number, it is taken as known; one that holds an estimated dispersion is less sure, and
/// tests then read it against Student's t.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StandardError {
    /// In the unit of the estimate.
    pub value: f64,
    /// Degrees of freedom from which its dispersion was estimated; `None` if that is known.
    pub degrees_of_freedom: Option<usize>,
}

impl StandardError {
    pub(crate) fn reference(self) -> Reference {
        self.degrees_of_freedom.map_or(Reference::NORMAL, Reference::student)
    }

    /// Whether something can be divided by it.
    pub(crate) fn is_usable(self) -> bool {
        self.value > 0.0 && self.value.is_finite() && self.degrees_of_freedom != Some(0)
    }
}

impl From<f64> for StandardError {
    fn from(value: f64) -> Self {
        Self { value, degrees_of_freedom: None }
    }
}

/// What a standardised statistic is read against: Student's t where its scale was estimated from few
/// observations, the standard normal where the scale is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Reference {
    student: Option<StudentsT>,
}

impl Reference {
    pub(crate) const NORMAL: Self = Self { student: None };

    /// Student's t with these degrees of freedom, of which there is at least one.
    pub(crate) fn student(degrees_of_freedom: usize) -> Self {
        Self { student: StudentsT::new(0.0, 1.0, degrees_of_freedom as f64).ok() }
    }

    /// The chance of a value above `statistic`.
    pub(crate) fn upper_p(self, statistic: f64) -> f64 {
        self.student.map_or_else(|| Normal::standard().sf(statistic), |t| t.sf(statistic))
    }

    /// The chance of a value further from zero than `statistic`.
    pub(crate) fn two_sided_p(self, statistic: f64) -> f64 {
        (2.0 * self.upper_p(statistic.abs())).min(1.0)
    }

    /// How many standard errors the limits lie from the estimate.
    pub(crate) fn quantile(self, confidence: Confidence) -> f64 {
        let central = 0.5 + confidence.level() / 2.0;
        self.student.map_or_else(|| confidence.z(), |t| t.inverse_cdf(central))
    }
}

/// The chance of an F statistic at least this large; 1 where the degrees are unfit.
pub(crate) fn f_test_p(f: f64, numerator: f64, denominator: f64) -> f64 {
    FisherSnedecor::new(numerator, denominator)
        .map_or(1.0, |distribution| distribution.sf(f.max(0.0)))
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn references_agree_with_scipy() {
        // scipy 1.17.1: norm.ppf, t.ppf, norm.sf, t.sf, f.sf.
        let eleven = Reference::student(11);
        assert_relative_eq!(Confidence::P95.z(), 1.959_963_984_540_054, max_relative = 1e-12);
        assert_relative_eq!(Confidence::P90.z(), 1.644_853_626_951_472_2, max_relative = 1e-12);
        assert_relative_eq!(
            eleven.quantile(Confidence::P95),
            2.200_985_160_091_639,
            max_relative = 1e-9
        );
        assert_relative_eq!(
            Reference::NORMAL.two_sided_p(2.5),
            0.012_419_330_651_552_265,
            max_relative = 1e-9
        );
        assert_relative_eq!(
            eleven.two_sided_p(-2.5),
            0.029_506_374_087_364_163,
            max_relative = 1e-9
        );
        assert_relative_eq!(
            f_test_p(3.0, 11.0, 23.0),
            0.012_657_502_362_534_979,
            max_relative = 1e-9
        );
    }
}
