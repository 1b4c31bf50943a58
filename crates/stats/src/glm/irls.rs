//! Iteratively reweighted least squares with log link, in a workspace that is used again and again.

use super::linear::{dot, factorise, half_solve, solve};
use super::{Design, FitError};

const MOST_STEPS: usize = 100;
/// Just inside what `exp` can hold.
const LARGEST_LOG: f64 = 700.0;

/// When an iteration has arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// No coefficient moves. A coefficient on its way to infinity is an error.
    Coefficients,
    /// The deviance does not move: a group without any event may then have a mean of next to nothing,
    /// as it has in R's `glm`.
    Deviance,
}

/// What is to be fitted; every slice has one element for each row of the design.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Task<'a> {
    pub(crate) design: &'a Design,
    pub(crate) counts: &'a [f64],
    /// Logs of exposures.
    pub(crate) offset: Option<&'a [f64]>,
    /// Prior weights.
    pub(crate) weights: Option<&'a [f64]>,
    /// The variance is μ + α μ²; 0 for Poisson.
    pub(crate) alpha: f64,
    pub(crate) settled: Settled,
}

impl Task<'_> {
    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    fn offset(&self, row: usize) -> f64 {
        self.offset.map_or(0.0, |offset| offset[row])
    }

    fn information_weight(&self, row: usize, mean: f64) -> f64 {
        self.weight(row) * mean / (1.0 + self.alpha * mean)
    }

    /// Twice the log likelihood that a perfect fit would have more.
    fn deviance(&self, means: &[f64]) -> f64 {
        let of = |row: usize| {
            let (y, mu) = (self.counts[row], means[row]);
            let of_ratio = if y > 0.0 { y * (y / mu).ln() } else { 0.0 };
            let rest = if self.alpha > 0.0 {
                let (above, below) = (1.0 + self.alpha * y, 1.0 + self.alpha * mu);
                (y + 1.0 / self.alpha) * (above / below).ln()
            } else {
                y - mu
            };
            2.0 * self.weight(row) * (of_ratio - rest)
        };
        (0..means.len()).map(of).sum()
    }

    /// Pearson's chi-square.
    pub(crate) fn pearson(&self, means: &[f64]) -> f64 {
        let of = |row: usize| {
            let mu = means[row];
            self.weight(row) * (self.counts[row] - mu).powi(2) / (mu * (1.0 + self.alpha * mu))
        };
        (0..means.len()).map(of).sum()
    }
}

/// Room for a fit, and after it what was fitted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workspace {
    pub(crate) coefficients: Vec<f64>,
    pub(crate) means: Vec<f64>,
    /// Lower triangle of the factor of the information at these means.
    pub(crate) factor: Vec<f64>,
    pub(crate) deviance: f64,
    pub(crate) steps: usize,
    updated: Vec<f64>,
    scratch: Vec<f64>,
}

impl Workspace {
    /// Fits from the counts themselves.
    pub(crate) fn fit(&mut self, task: &Task) -> Result<(), FitError> {
        self.means.clear();
        self.means.extend(task.counts.iter().map(|y| y + 0.5));
        self.coefficients.clear();
        self.coefficients.resize(task.design.n_columns(), 0.0);
        self.go_on(task)
    }

    /// Fits from where the workspace stands.
    pub(crate) fn go_on(&mut self, task: &Task) -> Result<(), FitError> {
        let terms = task.design.n_columns();
        if terms == 0 || task.counts.len() <= terms {
            return Err(FitError::Singular { terms });
        }
        self.deviance = f64::INFINITY;
        for step in 1..=MOST_STEPS {
            self.steps = step;
            self.set_up(task, true)?;
            solve(&self.factor, terms, &mut self.updated);
            // Counts that are zero for whole stretches send a coefficient towards infinity.
            if self.updated.iter().any(|coefficient| !coefficient.is_finite()) {
                return Err(FitError::NotSettled { steps: step });
            }
            let moved = self.updated.iter().zip(&self.coefficients);
            let change = moved.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            std::mem::swap(&mut self.coefficients, &mut self.updated);
            for (row, (terms_of_row, mean)) in task.design.rows().zip(&mut self.means).enumerate() {
                let log_mean = dot(terms_of_row, &self.coefficients) + task.offset(row);
                *mean = log_mean.clamp(-LARGEST_LOG, LARGEST_LOG).exp();
            }
            let before = std::mem::replace(&mut self.deviance, task.deviance(&self.means));
            let settled = match task.settled {
                Settled::Coefficients => step > 1 && change < 1e-10,
                Settled::Deviance => {
                    (self.deviance - before).abs() < 1e-10 * (self.deviance.abs() + 0.1)
                }
            };
            if settled {
                return self.set_up(task, false);
            }
        }
        Err(FitError::NotSettled { steps: MOST_STEPS })
    }

    /// The information at the present means, factorised, and the right-hand side of the next step.
    fn set_up(&mut self, task: &Task, with_right: bool) -> Result<(), FitError> {
        let terms = task.design.n_columns();
        self.factor.clear();
        self.factor.resize(terms * terms, 0.0);
        self.updated.clear();
        self.updated.resize(terms, 0.0);
        for (row, terms_of_row) in task.design.rows().enumerate() {
            let mean = self.means[row];
            let weight = task.information_weight(row, mean);
            let working = mean.ln() - task.offset(row) + (task.counts[row] - mean) / mean;
            for (j, &value) in terms_of_row.iter().enumerate() {
                // Most terms say which month it is, and are zero.
                if value == 0.0 {
                    continue;
                }
                let weighted = weight * value;
                if with_right {
                    self.updated[j] += weighted * working;
                }
                let line = &mut self.factor[j * terms..=j * terms + j];
                for (sum, other) in line.iter_mut().zip(terms_of_row) {
                    *sum += weighted * other;
                }
            }
        }
        if factorise(&mut self.factor, terms) { Ok(()) } else { Err(FitError::Singular { terms }) }
    }

    /// Variance of a contrast of the coefficients, before any dispersion.
    pub(crate) fn variance(&mut self, contrast: &[f64]) -> f64 {
        self.scratch.clear();
        self.scratch.extend_from_slice(contrast);
        half_solve(&self.factor, contrast.len(), &mut self.scratch);
        dot(&self.scratch, &self.scratch)
    }

    /// Each row's share in its own fitted value.
    pub(crate) fn leverages(&mut self, task: &Task, into: &mut Vec<f64>) {
        into.clear();
        for (row, terms_of_row) in task.design.rows().enumerate() {
            let variance = self.variance(terms_of_row);
            into.push(task.information_weight(row, self.means[row]) * variance);
        }
    }
}
