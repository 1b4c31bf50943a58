//! The baseline's model: quasi-Poisson with trend and parts of the year, past outbreaks weighed down.

use super::baseline::{Reference, references, whole_years};
use super::limits::Prediction;
use super::{Baseline, Conventions, Farrington, Verdict, Watched};
use crate::glm::irls::{Settled, Task, Workspace};
use crate::glm::{Design, FitError};
use crate::interval;

/// Fewer years say too little about a trend.
pub(super) const FEWEST_YEARS_FOR_TREND: usize = 3;

/// Room that is used again for every period.
#[derive(Debug, Default)]
pub(super) struct Room {
    references: Vec<Reference>,
    counts: Vec<f64>,
    weights: Vec<f64>,
    leverages: Vec<f64>,
    design: Design,
    contrast: Vec<f64>,
    workspace: Workspace,
}

/// A fitted baseline at the period that is watched.
struct Fitted {
    prediction: Prediction,
    degrees_of_freedom: usize,
    slope: Option<f64>,
    slope_p: f64,
    n_weighed_down: usize,
}

impl Room {
    /// Holds one period against its baseline.
    pub(super) fn watch(&mut self, counts: &[u64], index: usize, options: &Farrington) -> Watched {
        let years = whole_years(index, options).min(options.years_back);
        let observed = counts[index];
        if years > 0 {
            references(index, years, options, &mut self.references);
        } else {
            self.references.clear();
        }
        self.counts.clear();
        self.counts.extend(self.references.iter().map(|reference| counts[reference.index] as f64));
        let mut watched = Watched {
            index,
            observed,
            expected: None,
            threshold: None,
            lower: None,
            p_value: None,
            dispersion: None,
            log_slope: None,
            verdict: Verdict::NoBaseline,
            baseline: Baseline {
                years,
                n: self.references.len(),
                first: self.references.first().map(|reference| reference.index),
                last: self.references.iter().map(|reference| reference.index).max(),
                n_weighed_down: 0,
                degrees_of_freedom: None,
            },
        };
        if years == 0 {
            return watched;
        }
        if self.counts.iter().all(|count| *count == 0.0) {
            watched.verdict = Verdict::NothingBefore;
            return watched;
        }
        let Some(fitted) = self.fit(index, years, options) else {
            watched.verdict = Verdict::NoModel;
            return watched;
        };
        let prediction = fitted.prediction;
        watched.expected = Some(prediction.log_mean.exp());
        watched.dispersion = Some(prediction.dispersion);
        watched.log_slope = fitted.slope;
        watched.baseline.n_weighed_down = fitted.n_weighed_down;
        watched.baseline.degrees_of_freedom = Some(fitted.degrees_of_freedom);
        let threshold = options.limit.threshold(prediction, options.tail(), observed);
        watched.threshold = threshold.map(|threshold| threshold.upper);
        watched.lower = threshold.map(|threshold| threshold.lower);
        watched.p_value = threshold.map(|threshold| threshold.p_value);
        watched.verdict = match threshold {
            None => Verdict::NoModel,
            Some(_) if options.too_few(counts, index) => Verdict::TooFewEvents,
            Some(threshold) if observed as f64 > threshold.upper => Verdict::Alarm,
            Some(_) => Verdict::Within,
        };
        watched
    }

    /// With the trend if it is wanted, well supported and does not run away, else without.
    fn fit(&mut self, index: usize, years: usize, options: &Farrington) -> Option<Fitted> {
        if let Some(significance) = options.trend
            && let Ok(with) = self.fit_model(index, true, options)
        {
            let largest = self.counts.iter().copied().fold(0.0, f64::max);
            let supported = years >= FEWEST_YEARS_FOR_TREND && with.slope_p < significance;
            if supported && with.prediction.log_mean.exp() <= largest {
                return Some(with);
            }
        }
        self.fit_model(index, false, options).ok()
    }

    fn fit_model(
        &mut self,
        index: usize,
        trend: bool,
        options: &Farrington,
    ) -> Result<Fitted, FitError> {
        let terms = self.lay_out(index, trend, options.seasonal_levels);
        let Self { counts, weights, leverages, design, contrast, workspace, .. } = self;
        let degrees_of_freedom = counts.len().saturating_sub(terms);
        if degrees_of_freedom == 0 {
            return Err(FitError::Singular { terms });
        }
        let plain = Task {
            design,
            counts,
            offset: None,
            weights: None,
            alpha: 0.0,
            settled: Settled::Deviance,
        };
        workspace.fit(&plain)?;
        let pearson = |task: &Task, means: &[f64]| task.pearson(means) / degrees_of_freedom as f64;
        let mut dispersion = pearson(&plain, &workspace.means);
        let mut n_weighed_down = 0;
        if let Some(threshold) = options.weigh_down_above {
            workspace.leverages(&plain, leverages);
            n_weighed_down = weigh_down(
                counts,
                &workspace.means,
                leverages,
                dispersion.max(1.0),
                threshold,
                weights,
            );
            let task = Task { weights: Some(weights), ..plain };
            workspace.fit(&task)?;
            dispersion = pearson(&task, &workspace.means);
        }
        let floored = dispersion.max(1.0);
        let (for_slope, for_mean) = match options.conventions {
            Conventions::Sound => (floored, floored),
            Conventions::SurveillanceFlexible if options.weigh_down_above.is_some() => {
                // The package puts the outbreak weights where R keeps those of the iteration.
                let relative = |row: usize| (counts[row] / workspace.means[row] - 1.0).powi(2);
                let sum: f64 = (0..counts.len()).map(|row| weights[row] * relative(row)).sum();
                (sum / degrees_of_freedom as f64, sum / degrees_of_freedom as f64)
            }
            Conventions::SurveillanceFlexible => (dispersion, dispersion),
            Conventions::SurveillanceOriginal => (dispersion, floored),
        };
        // Time is counted from the period watched, so its trend term is zero there.
        contrast.clear();
        contrast.resize(terms, 0.0);
        contrast[0] = 1.0;
        let log_error = (for_mean * workspace.variance(contrast)).sqrt();
        let slope = trend.then(|| workspace.coefficients[terms - 1]);
        let slope_p = slope.map_or(1.0, |slope| {
            contrast[0] = 0.0;
            contrast[terms - 1] = 1.0;
            let error = (for_slope * workspace.variance(contrast)).sqrt();
            interval::Reference::student(degrees_of_freedom).two_sided_p(slope / error)
        });
        let log_mean = workspace.coefficients[0];
        Ok(Fitted {
            prediction: Prediction { log_mean, log_error, dispersion: floored },
            degrees_of_freedom,
            slope,
            slope_p,
            n_weighed_down,
        })
    }

    /// A level for each part of the year that occurs, and time; returns the number of terms.
    fn lay_out(&mut self, index: usize, trend: bool, levels: usize) -> usize {
        // A part of the year that lies wholly in the periods left out has no level.
        let mut column = [usize::MAX; super::MOST_LEVELS];
        let mut present = 0;
        for (level, column) in column.iter_mut().enumerate().take(levels) {
            if self.references.iter().any(|reference| reference.level == level) {
                *column = present;
                present += 1;
            }
        }
        let terms = present + usize::from(trend);
        self.design.clear(terms);
        for reference in &self.references {
            let row = self.design.add_row();
            row[column[reference.level]] = 1.0;
            if trend {
                row[terms - 1] = reference.index as f64 - index as f64;
            }
        }
        terms
    }
}

/// Weights that fall with the square of an Anscombe residual above the threshold and sum to the number
/// of periods; returns how many fell.
fn weigh_down(
    counts: &[f64],
    means: &[f64],
    leverages: &[f64],
    dispersion: f64,
    threshold: f64,
    weights: &mut Vec<f64>,
) -> usize {
    weights.clear();
    let mut fallen = 0;
    for ((y, mu), leverage) in counts.iter().zip(means).zip(leverages) {
        let anscombe = 1.5 * (y.powf(2.0 / 3.0) * mu.powf(-1.0 / 6.0) - mu.sqrt());
        let free = 1.0 - leverage;
        // A period that is a part of the year by itself is fitted exactly.
        let residual = if free > 1e-9 { anscombe / (dispersion * free).sqrt() } else { 0.0 };
        fallen += usize::from(residual > threshold);
        weights.push(if residual > threshold { residual.powi(-2) } else { 1.0 });
    }
    let scale = weights.len() as f64 / weights.iter().sum::<f64>();
    for weight in weights.iter_mut() {
        *weight *= scale;
    }
    fallen
}
