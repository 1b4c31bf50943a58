//! Intervals and the confidence that they carry.

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

    /// Both limits through an increasing function.
    #[must_use]
    pub(crate) fn map(self, f: impl Fn(f64) -> f64) -> Self {
        Self { lower: f(self.lower), upper: f(self.upper) }
    }
}

/// The level is no probability strictly between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("confidence level {level} is not between 0 and 1")]
pub struct ConfidenceError {
    /// What was given.
    pub level: f64,
}

/// A two-sided confidence level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence(f64);

impl Confidence {
    /// 95%.
    pub const P95: Self = Self(0.95);
    /// 90%: the interval of two one-sided tests at 5%.
    pub const P90: Self = Self(0.90);

    /// A level such as 0.95.
    pub fn new(level: f64) -> Result<Self, ConfidenceError> {
        if level > 0.0 && level < 1.0 { Ok(Self(level)) } else { Err(ConfidenceError { level }) }
    }

    /// The level, 0 to 1.
    pub fn level(self) -> f64 {
        self.0
    }

    /// The two-sided normal quantile: 1.96 for 95%.
    pub fn z(self) -> f64 {
        Normal::standard().inverse_cdf(0.5 + self.0 / 2.0)
    }
}

/// Two-sided p value of a standard normal statistic.
pub(crate) fn two_sided_p(z: f64) -> f64 {
    (2.0 * Normal::standard().sf(z.abs())).min(1.0)
}

/// One-sided p value: the chance of a standard normal above `z`.
pub(crate) fn upper_p(z: f64) -> f64 {
    Normal::standard().sf(z)
}

/// Two-sided p value and 95% quantile of Student's t; the normal's where the degrees are unfit.
pub(crate) fn student(t: f64, degrees_of_freedom: f64) -> (f64, f64) {
    match StudentsT::new(0.0, 1.0, degrees_of_freedom) {
        Ok(student) => ((2.0 * student.sf(t.abs())).min(1.0), student.inverse_cdf(0.975)),
        Err(_) => (two_sided_p(t), Confidence::P95.z()),
    }
}

/// The chance of an F statistic at least this large; 1 where the degrees are unfit.
pub(crate) fn f_test_p(f: f64, numerator: f64, denominator: f64) -> f64 {
    FisherSnedecor::new(numerator, denominator)
        .map_or(1.0, |distribution| distribution.sf(f.max(0.0)))
}
