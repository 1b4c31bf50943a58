//! Negative-binomial regression whose dispersion is found by maximum likelihood.

use super::FitError;
use super::irls::{Task, Workspace};

const MOST_ROUNDS: usize = 200;
/// Beyond this no mean is told from any other.
const LARGEST_ALPHA: f64 = 1e6;

/// What the likelihood needs of the counts: at each value, the weight of the rows that lie above it.
pub(crate) struct Tails {
    above: Vec<f64>,
}

impl Tails {
    /// Counts are whole.
    pub(crate) fn new(counts: &[f64], weights: Option<&[f64]>) -> Self {
        let largest = counts.iter().copied().fold(0.0, f64::max) as usize;
        let mut above = vec![0.0; largest];
        for (row, &count) in counts.iter().enumerate() {
            if count >= 1.0 {
                above[count as usize - 1] += weights.map_or(1.0, |weights| weights[row]);
            }
        }
        for value in (1..largest).rev() {
            above[value - 1] += above[value];
        }
        Self { above }
    }

    /// Σ over rows and values below each count of ln(1 + α value), which is
    /// ln Γ(y + 1/α) - ln Γ(1/α) + y ln α without its cancellation.
    pub(crate) fn log_rising(&self, alpha: f64) -> f64 {
        let term = |(value, weight): (usize, &f64)| weight * (alpha * value as f64).ln_1p();
        self.above.iter().enumerate().map(term).sum()
    }

    fn slope_of_log_rising(&self, alpha: f64) -> f64 {
        let term = |(value, weight): (usize, &f64)| {
            let value = value as f64;
            weight * value / (1.0 + alpha * value)
        };
        self.above.iter().enumerate().map(term).sum()
    }
}

/// Slope of the log likelihood in α, the means held fast.
fn slope(task: &Task, means: &[f64], tails: &Tails, alpha: f64) -> f64 {
    let of = |row: usize| {
        let (y, mu) = (task.counts[row], means[row]);
        let weight = task.weights.map_or(1.0, |weights| weights[row]);
        let product = alpha * mu;
        // ln(1 + αμ)/α² - (y + 1/α) μ/(1 + αμ), whose two parts of size μ/α cancel for small α.
        let near_zero = if product < 1e-4 {
            mu * mu * (0.5 - 2.0 / 3.0 * product + 0.75 * product * product)
        } else {
            (product.ln_1p() - product / (1.0 + product)) / (alpha * alpha)
        };
        weight * (near_zero - y * mu / (1.0 + product))
    };
    tails.slope_of_log_rising(alpha) + (0..means.len()).map(of).sum::<f64>()
}

/// Leaves the workspace at the joint maximum and returns α, which is 0 where the counts vary no more
/// than chance.
pub(crate) fn maximise(mut task: Task, workspace: &mut Workspace) -> Result<f64, FitError> {
    let tails = Tails::new(task.counts, task.weights);
    task.alpha = 0.0;
    workspace.fit(&task)?;
    if slope(&task, &workspace.means, &tails, 0.0) <= 0.0 {
        return Ok(0.0);
    }
    // The coefficients and α hardly know of one another, so that taking turns settles in a few rounds.
    for _ in 0..MOST_ROUNDS {
        let alpha = best_alpha(|alpha| slope(&task, &workspace.means, &tails, alpha));
        let settled = (alpha - task.alpha).abs() <= 1e-11 * alpha;
        task.alpha = alpha;
        workspace.go_on(&task)?;
        if settled {
            return Ok(alpha);
        }
    }
    Err(FitError::NotSettled { steps: MOST_ROUNDS })
}

/// Where a slope that is above zero at zero first falls to zero, by the Illinois rule on a bracket.
fn best_alpha(slope: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e-6);
    while slope(high) > 0.0 && high < LARGEST_ALPHA {
        low = high;
        high *= 4.0;
    }
    let (mut at_low, mut at_high) = (slope(low), slope(high));
    if at_low <= 0.0 || at_high >= 0.0 {
        return low.max(f64::MIN_POSITIVE).min(high);
    }
    let mut side = 0;
    for _ in 0..MOST_ROUNDS {
        let middle = (low * at_high - high * at_low) / (at_high - at_low);
        let at_middle = slope(middle);
        if (high - low) <= 1e-14 * high || at_middle == 0.0 {
            return middle;
        }
        if at_middle > 0.0 {
            (low, at_low) = (middle, at_middle);
            if side == 1 {
                at_high /= 2.0;
            }
            side = 1;
        } else {
            (high, at_high) = (middle, at_middle);
            if side == -1 {
                at_low /= 2.0;
            }
            side = -1;
        }
    }
    f64::midpoint(low, high)
}
