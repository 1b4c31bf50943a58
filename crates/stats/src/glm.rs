//! Poisson regression with log link, by iteratively reweighted least squares.
//!
//! Kept private: callers see trends and seasons. The design matrices here have at most 14 columns, so
//! normal equations by Cholesky are both exact enough and fast.

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

/// A fitted model.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    pub(crate) coefficients: Vec<f64>,
    /// Inverse of the information, before any dispersion.
    pub(crate) covariance: Vec<Vec<f64>>,
    /// Pearson residuals in the order of the rows.
    pub(crate) residuals: Vec<f64>,
    pub(crate) deviance: f64,
    pub(crate) degrees_of_freedom: usize,
}

impl Fit {
    /// Variance of a contrast of the coefficients, before any dispersion.
    pub(crate) fn contrast_variance(&self, contrast: &[f64]) -> f64 {
        let row = |row: &Vec<f64>| row.iter().zip(contrast).map(|(v, c)| v * c).sum::<f64>();
        self.covariance.iter().zip(contrast).map(|(line, c)| c * row(line)).sum()
    }
}

const MOST_STEPS: usize = 100;
const SETTLED: f64 = 1e-10;
/// Just inside what `exp` can hold.
const LARGEST_LOG: f64 = 700.0;

/// Fits counts on a design whose rows are observations.
pub(crate) fn poisson(design: &[Vec<f64>], counts: &[f64]) -> Result<Fit, FitError> {
    let terms = design.first().map_or(0, Vec::len);
    if terms == 0 || counts.len() <= terms {
        return Err(FitError::Singular { terms });
    }
    let mut means: Vec<f64> = counts.iter().map(|y| y + 0.5).collect();
    let mut coefficients = vec![0.0; terms];
    for step in 0..MOST_STEPS {
        let working: Vec<f64> =
            means.iter().zip(counts).map(|(mu, y)| mu.ln() + (y - mu) / mu).collect();
        let (information, right) = normal_equations(design, &means, &working);
        let factor = cholesky(&information).ok_or(FitError::Singular { terms })?;
        let updated = solve(&factor, &right);
        // Counts that are zero for whole stretches send a coefficient towards infinity.
        if updated.iter().any(|coefficient| !coefficient.is_finite()) {
            return Err(FitError::NotSettled { steps: step + 1 });
        }
        let change =
            updated.iter().zip(&coefficients).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        coefficients = updated;
        let log_mean = |row: &Vec<f64>| dot(row, &coefficients).clamp(-LARGEST_LOG, LARGEST_LOG);
        means = design.iter().map(|row| log_mean(row).exp()).collect();
        if step > 0 && change < SETTLED {
            return finish(design, counts, coefficients, &means);
        }
    }
    Err(FitError::NotSettled { steps: MOST_STEPS })
}

fn finish(
    design: &[Vec<f64>],
    counts: &[f64],
    coefficients: Vec<f64>,
    means: &[f64],
) -> Result<Fit, FitError> {
    let terms = coefficients.len();
    let (information, _) = normal_equations(design, means, counts);
    let factor = cholesky(&information).ok_or(FitError::Singular { terms })?;
    let unit = |k: usize| (0..terms).map(|j| if j == k { 1.0 } else { 0.0 }).collect::<Vec<f64>>();
    let covariance = (0..terms).map(|k| solve(&factor, &unit(k))).collect();
    let residuals = counts.iter().zip(means).map(|(y, mu)| (y - mu) / mu.sqrt()).collect();
    let deviance = counts
        .iter()
        .zip(means)
        .map(|(y, mu)| 2.0 * (if *y > 0.0 { y * (y / mu).ln() } else { 0.0 } - (y - mu)))
        .sum();
    Ok(Fit {
        coefficients,
        covariance,
        residuals,
        deviance,
        degrees_of_freedom: counts.len() - terms,
    })
}

fn normal_equations(
    design: &[Vec<f64>],
    weights: &[f64],
    working: &[f64],
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let terms = design[0].len();
    let mut information = vec![vec![0.0; terms]; terms];
    let mut right = vec![0.0; terms];
    for ((row, w), z) in design.iter().zip(weights).zip(working) {
        for j in 0..terms {
            right[j] += w * row[j] * z;
            for k in 0..=j {
                information[j][k] += w * row[j] * row[k];
            }
        }
    }
    (information, right)
}

/// The lower triangle L of a matrix L Lᵀ, given by its lower triangle; `None` if it is not definite.
fn cholesky(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    let n = matrix.len();
    let mut lower = vec![vec![0.0; n]; n];
    for j in 0..n {
        for k in 0..=j {
            let sum: f64 = (0..k).map(|m| lower[j][m] * lower[k][m]).sum();
            let rest = matrix[j][k] - sum;
            if j == k {
                // Relative to the diagonal, what is left is nothing: the columns repeat one another.
                if !(rest > 1e-10 * matrix[j][j].abs() && rest.is_finite()) {
                    return None;
                }
                lower[j][j] = rest.sqrt();
            } else {
                lower[j][k] = rest / lower[k][k];
            }
        }
    }
    Some(lower)
}

fn solve(lower: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let n = right.len();
    let mut x = vec![0.0; n];
    for j in 0..n {
        let sum: f64 = (0..j).map(|k| lower[j][k] * x[k]).sum();
        x[j] = (right[j] - sum) / lower[j][j];
    }
    for j in (0..n).rev() {
        let sum: f64 = (j + 1..n).map(|k| lower[k][j] * x[k]).sum();
        x[j] = (x[j] - sum) / lower[j][j];
    }
    x
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
