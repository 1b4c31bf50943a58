//! `synthetic-control`: what would have happened without it?

use wardmote_stats::synthetic_control::{self, SyntheticControlWarning};

use crate::analysis::{Analysis, AnalysisError, Panel, fields, p_in_words};

/// The area against a mixture of others that was like it before.
pub fn synthetic_control(
    panel: &Panel,
    id: &str,
    change: &str,
    level: f64,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "synthetic-control";
    let index = panel.position("--this", id)?;
    let before = panel.split("--change", change)?;
    let values = |row: &Vec<u64>| row.iter().map(|n| *n as f64).collect::<Vec<f64>>();
    let donor_ids: Vec<&String> =
        panel.ids.iter().enumerate().filter(|(i, _)| *i != index).map(|(_, id)| id).collect();
    let donors: Vec<Vec<f64>> = panel
        .counts
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != index)
        .map(|(_, row)| values(row))
        .collect();
    let area = values(&panel.counts[index]);
    let found = synthetic_control::synthetic_control(&area, &donors, before, level)
        .map_err(AnalysisError::of(METHOD))?;
    let weight =
        |(id, weight): (&&String, &f64)| fields! { "donor": id.as_str(), "weight": *weight };
    let mixture: Vec<_> = donor_ids
        .iter()
        .zip(&found.fit.weights)
        .filter(|(_, weight)| **weight > 1e-6)
        .map(weight)
        .collect();
    let results = fields! {
        "mean_effect": found.mean_effect,
        "percent_effect": found.percent_effect,
        "p": found.p_value,
        "rmspe_before": found.fit.rmspe_before,
        "rmspe_after": found.fit.rmspe_after,
        "ratio": found.fit.ratio,
        "mixture": mixture,
        "period": panel.labels.clone(),
        "observed": panel.counts[index].clone(),
        "synthetic": found.synthetic,
        "effect": found.effect,
    };
    let parameters = panel.parameters().and(fields! {
        "this": id,
        "change": change,
        "months_before": found.n_before,
        "donors": found.n_donors,
        "p": "rank of the area's ratio among placebos",
        "alpha": found.level,
        "sides": "two-sided",
        "correction": "none",
    });
    let warnings = found.warnings.iter().map(|warning| match warning {
        SyntheticControlWarning::LevelOutOfReach { smallest_p } => format!(
            "with so few donors no p value falls below {smallest_p:.3}: nothing could be significant at {level}"
        ),
        SyntheticControlWarning::PoorFit { relative } => format!(
            "the mixture was off by {:.0}% before: it stands for the area badly",
            100.0 * relative
        ),
        SyntheticControlWarning::MoreDonorsThanPeriods => {
            "more donors than months before: the mixture can fit by accident".to_owned()
        }
    });
    let in_words = format!(
        "{:+.1} events a month ({:+.1}%) against the mixture, {} by placebos.",
        found.mean_effect,
        found.percent_effect,
        p_in_words(found.p_value)
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: panel.labels.len() as u64,
        results: results.into(),
        warnings: panel.warnings.iter().cloned().chain(warnings).collect(),
        in_words: vec![in_words],
    })
}
