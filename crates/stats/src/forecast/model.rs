//! The forecast's model: level, damped trend and month of the year, older months counting less.

use crate::glm::irls::{Settled, Task, Workspace};
use crate::glm::{Design, FitError};

use super::Options;

/// Room that is used again at every origin.
#[derive(Debug, Default)]
pub(super) struct Room {
    design: Design,
    counts: Vec<f64>,
    weights: Vec<f64>,
    workspace: Workspace,
    terms: Vec<f64>,
}

/// What the model says of one month to come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expected {
    pub(super) mean: f64,
    /// Variance of the mean itself, over the dispersion.
    pub(super) mean_variance: f64,
}

/// What the model says of the months it was fitted to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fitted {
    /// Pearson's chi-square, weighted, over its degrees of freedom.
    pub(super) pearson_phi: f64,
    pub(super) degrees_of_freedom: usize,
}

impl Room {
    /// Fits the months given and forecasts those that follow.
    pub(super) fn forecast(
        &mut self,
        counts: &[u64],
        month_of_year: &[u8],
        horizon: usize,
        options: &Options,
        into: &mut Vec<Expected>,
    ) -> Result<Fitted, FitError> {
        let n = counts.len();
        // A month of the year without any event is forecast as zero and fitted without.
        let happens = |month: u8| {
            counts.iter().zip(month_of_year).any(|(count, other)| *other == month && *count > 0)
        };
        let present: Vec<u8> = (1..=12).filter(|month| happens(*month)).collect();
        let terms = present.len() + 1;
        self.design.clear(terms);
        self.counts.clear();
        self.weights.clear();
        for (index, (&count, &month)) in counts.iter().zip(month_of_year).enumerate() {
            let Some(column) = present.iter().position(|other| *other == month) else { continue };
            let row = self.design.add_row();
            row[column] = 1.0;
            row[terms - 1] = (index as f64 - (n - 1) as f64) / 12.0;
            self.counts.push(count as f64);
            self.weights.push(options.discount_per_month.powf((n - 1 - index) as f64));
        }
        let task = Task {
            design: &self.design,
            counts: &self.counts,
            offset: None,
            weights: Some(&self.weights),
            alpha: 0.0,
            settled: Settled::Deviance,
        };
        self.workspace.fit(&task)?;
        let degrees_of_freedom = self.counts.len() - terms;
        into.clear();
        let last = usize::from(month_of_year[n - 1]);
        let (mut drawn_out, mut left) = (0.0, 1.0);
        for ahead in 1..=horizon {
            left *= options.damping_per_month;
            drawn_out += left;
            let month = ((last + ahead - 1) % 12) as u8 + 1;
            let Some(column) = present.iter().position(|other| *other == month) else {
                into.push(Expected { mean: 0.0, mean_variance: 0.0 });
                continue;
            };
            self.terms.clear();
            self.terms.resize(terms, 0.0);
            self.terms[column] = 1.0;
            self.terms[terms - 1] = drawn_out / 12.0;
            let mean = (self.workspace.coefficients[column]
                + self.terms[terms - 1] * self.workspace.coefficients[terms - 1])
                .exp();
            // Discounted months are taken to tell as much less, so that this errs to the wide side.
            let mean_variance = mean * mean * self.workspace.variance(&self.terms);
            into.push(Expected { mean, mean_variance });
        }
        let pearson_phi = task.pearson(&self.workspace.means) / self.weights.iter().sum::<f64>()
            * (self.counts.len() as f64 / degrees_of_freedom as f64);
        Ok(Fitted { pearson_phi, degrees_of_freedom })
    }
}
