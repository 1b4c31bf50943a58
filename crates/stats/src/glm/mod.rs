//! Regression of counts with log link: Poisson, quasi-Poisson and negative binomial.
//!
//! One iteration serves everything here that fits counts: [`trend`](crate::trend),
//! [`season`](crate::season), [`spikes`](crate::spikes), [`forecast`](crate::forecast),
//! [`interrupted`](crate::interrupted) and [`events`](crate::events). Left out: other links, other
//! families, penalties.

mod design;
pub(crate) mod irls;
pub(crate) mod linear;
mod negative_binomial;

use statrs::function::gamma::ln_gamma;

pub use self::design::{Design, DesignError};
use self::irls::{Settled, Task, Workspace};
use self::negative_binomial::Tails;

/// Why a model could not be fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// The terms cannot be told apart from one another.
    #[error("the counts do not hold enough to tell the model's {terms} terms apart")]
    Singular {
        /// Columns of the design.
        terms: usize,
    },
    /// The iteration did not settle.
    #[error(
        "the model did not settle after {steps} steps: the events lie in too few of the months"
    )]
    NotSettled {
        /// Steps taken.
        steps: usize,
    },
}

/// Why counts could not be regressed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum GlmError {
    /// There is one of each for every row.
    #[error("{found} {what} for {rows} rows of terms")]
    LengthMismatch {
        /// Counts, offsets or weights.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// Rows of the design.
        rows: usize,
    },
    /// A count is a number from zero up, an offset a number, a weight above zero.
    #[error("{value} at position {index} of the {what} cannot be used")]
    Value {
        /// Counts, offsets or weights.
        what: &'static str,
        /// Position.
        index: usize,
        /// What stands there.
        value: f64,
    },
    /// A negative-binomial count is whole.
    #[error("count {value} at position {index} is not whole, as a negative-binomial count is")]
    NotWhole {
        /// Position.
        index: usize,
        /// What stands there.
        value: f64,
    },
    /// Nothing happened.
    #[error("no events in the counts")]
    NoEvents,
    /// The model could not be fitted.
    #[error(transparent)]
    Fit(#[from] FitError),
}

/// How counts vary about their means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Family {
    /// Variance μ.
    Poisson,
    /// Variance φ μ, with φ Pearson's chi-square over its degrees of freedom, as estimated.
    QuasiPoisson,
    /// Variance μ + α μ² ("NB2").
    NegativeBinomial {
        /// The α of maximum likelihood; 0 where the counts vary no more than chance.
        alpha: f64,
    },
}

/// A fitted model.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// How counts were taken to vary.
    pub family: Family,
    /// One for each column of the design, on the log scale.
    pub coefficients: Vec<f64>,
    /// Covariance of the coefficients before any dispersion: the inverse of the expected information.
    pub covariance: Vec<Vec<f64>>,
    /// What `covariance` is to be multiplied by: φ for quasi-Poisson, else 1.
    pub dispersion: f64,
    /// Fitted means in the order of the rows.
    pub means: Vec<f64>,
    /// Pearson residuals in the order of the rows, prior weights included.
    pub residuals: Vec<f64>,
    /// Residual deviance.
    pub deviance: f64,
    /// Pearson's chi-square.
    pub pearson_chi_square: f64,
    /// Log likelihood, constants included; that of Poisson for quasi-Poisson, which has none.
    pub log_likelihood: f64,
    /// Rows less columns.
    pub degrees_of_freedom: usize,
    /// Steps of the last iteration.
    pub steps: usize,
}

impl Fit {
    /// Variance of a contrast of the coefficients, before any dispersion.
    pub fn contrast_variance(&self, contrast: &[f64]) -> f64 {
        let row = |row: &Vec<f64>| linear::dot(row, contrast);
        self.covariance.iter().zip(contrast).map(|(line, c)| c * row(line)).sum()
    }

    /// Standard error of a coefficient, with the dispersion.
    pub fn standard_error(&self, column_index: usize) -> f64 {
        (self.dispersion * self.covariance[column_index][column_index]).sqrt()
    }
}

/// What is to be fitted. The rows of the design, `counts`, `offset` and `weights` describe the same
/// observations in the same order.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    /// The terms, the constant included.
    pub design: &'a Design,
    /// Counts; whole numbers unless the model is Poisson or quasi-Poisson.
    pub counts: &'a [f64],
    /// Logs of exposures such as residents or days; `None` for equal exposure.
    pub offset: Option<&'a [f64]>,
    /// Prior weights above 0; `None` for equal weight.
    pub weights: Option<&'a [f64]>,
}

impl Model<'_> {
    /// Fits by iteratively reweighted least squares, counts varying no more than chance.
    ///
    /// # Source
    ///
    /// McCullagh and Nelder (1989), *Generalized Linear Models*, sections 2.5 and 6.2.
    ///
    /// # Example
    ///
    /// ```
    /// use wardmote_stats::glm::{Design, Model};
    /// // 30 and 34 events in two months before a change, 60 and 68 after.
    /// let design = Design::from_rows(&[[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])?;
    /// let counts = [30.0, 34.0, 60.0, 68.0];
    /// let model = Model { design: &design, counts: &counts, offset: None, weights: None };
    /// let fit = model.poisson()?;
    /// assert_eq!(format!("{:.3}", fit.coefficients[1].exp()), "2.000");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn poisson(&self) -> Result<Fit, GlmError> {
        self.check()?;
        let task = self.task(0.0);
        let mut workspace = Workspace::default();
        workspace.fit(&task)?;
        Ok(finish(&task, Family::Poisson, &workspace))
    }

    /// The same, with the variance a multiple of the mean that the counts themselves tell.
    ///
    /// # Source
    ///
    /// McCullagh and Nelder (1989), *Generalized Linear Models*, chapter 9. The dispersion is given as
    /// estimated, below 1 as well; a test that takes chance for the least there can be floors it.
    pub fn quasi_poisson(&self) -> Result<Fit, GlmError> {
        let mut fit = self.poisson()?;
        fit.family = Family::QuasiPoisson;
        fit.dispersion = fit.pearson_chi_square / fit.degrees_of_freedom as f64;
        Ok(fit)
    }

    /// Negative-binomial regression with variance μ + α μ², α by maximum likelihood.
    ///
    /// The covariance is that of the coefficients with α taken as known: in expectation the two are
    /// not correlated (Lawless 1987).
    ///
    /// # Source
    ///
    /// Lawless (1987), *Canadian Journal of Statistics* 15; Hilbe (2011), *Negative Binomial
    /// Regression*.
    pub fn negative_binomial(&self) -> Result<Fit, GlmError> {
        self.check()?;
        if let Some(index) = self.counts.iter().position(|count| count.fract() != 0.0) {
            return Err(GlmError::NotWhole { index, value: self.counts[index] });
        }
        let mut task = self.task(0.0);
        let mut workspace = Workspace::default();
        let alpha = negative_binomial::maximise(task, &mut workspace)?;
        task.alpha = alpha;
        Ok(finish(&task, Family::NegativeBinomial { alpha }, &workspace))
    }

    fn task(&self, alpha: f64) -> Task<'_> {
        Task {
            design: self.design,
            counts: self.counts,
            offset: self.offset,
            weights: self.weights,
            alpha,
            settled: Settled::Coefficients,
        }
    }

    fn check(&self) -> Result<(), GlmError> {
        let rows = self.design.n_rows();
        let slices =
            [("counts", Some(self.counts)), ("offsets", self.offset), ("weights", self.weights)];
        let is_usable = |what: &str, value: f64| match what {
            "counts" => value >= 0.0,
            "weights" => value > 0.0,
            _ => true,
        };
        for (what, slice) in slices {
            let Some(values) = slice else { continue };
            if values.len() != rows {
                return Err(GlmError::LengthMismatch { what, found: values.len(), rows });
            }
            let usable = |value: &f64| value.is_finite() && is_usable(what, *value);
            if let Some(index) = values.iter().position(|value| !usable(value)) {
                return Err(GlmError::Value { what, index, value: values[index] });
            }
        }
        if self.counts.iter().all(|count| *count == 0.0) {
            return Err(GlmError::NoEvents);
        }
        Ok(())
    }
}

/// A Poisson fit of counts that are known to be in order.
pub(crate) fn poisson(design: &Design, counts: &[f64]) -> Result<Fit, FitError> {
    let model = Model { design, counts, offset: None, weights: None };
    let task = model.task(0.0);
    let mut workspace = Workspace::default();
    workspace.fit(&task)?;
    Ok(finish(&task, Family::Poisson, &workspace))
}

fn finish(task: &Task, family: Family, workspace: &Workspace) -> Fit {
    let terms = task.design.n_columns();
    let means = &workspace.means;
    let residual = |row: usize| {
        let mu = means[row];
        let weight = task.weights.map_or(1.0, |weights| weights[row]);
        (task.counts[row] - mu) * (weight / (mu * (1.0 + task.alpha * mu))).sqrt()
    };
    Fit {
        family,
        coefficients: workspace.coefficients.clone(),
        covariance: linear::inverse(&workspace.factor, terms),
        dispersion: 1.0,
        residuals: (0..means.len()).map(residual).collect(),
        deviance: workspace.deviance,
        pearson_chi_square: task.pearson(means),
        log_likelihood: log_likelihood(task, means),
        degrees_of_freedom: means.len() - terms,
        steps: workspace.steps,
        means: means.clone(),
    }
}

fn log_likelihood(task: &Task, means: &[f64]) -> f64 {
    let alpha = task.alpha;
    let of = |row: usize| {
        let (y, mu) = (task.counts[row], means[row]);
        let weight = task.weights.map_or(1.0, |weights| weights[row]);
        let rest = if alpha > 0.0 { (y + 1.0 / alpha) * (alpha * mu).ln_1p() } else { mu };
        let of_mean = if y > 0.0 { y * mu.ln() } else { 0.0 };
        weight * (of_mean - rest - ln_gamma(y + 1.0))
    };
    let rising =
        if alpha > 0.0 { Tails::new(task.counts, task.weights).log_rising(alpha) } else { 0.0 };
    rising + (0..means.len()).map(of).sum::<f64>()
}
