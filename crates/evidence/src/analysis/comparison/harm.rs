//! `harm`: did the harm change, each kind weighing what it weighs?

use wardmote_stats::dispersion::dispersion_over_years;
use wardmote_stats::harm::{HarmWarning, compare_harm};

use crate::analysis::{Analysis, AnalysisError, Panel, fields, p_in_words};

/// Harm before and from a month: as many months each side, the kinds' weights as the populations.
pub fn harm(panel: &Panel, change: &str) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "harm";
    let weights = panel.populations.as_deref().ok_or_else(|| {
        AnalysisError::unfit(
            METHOD,
            "no kind has a weight",
            "name their column with --weight, or declare weights in the measure",
        )
    })?;
    let at = panel.split("--change", change)?;
    let length = at.min(panel.labels.len() - at);
    let (first, last) = (at - length, at + length);
    let sum = |months: std::ops::Range<usize>| -> Vec<u64> {
        panel.counts.iter().map(|row| row[months.clone()].iter().sum()).collect()
    };
    let by_month = |months: std::ops::Range<usize>| -> Vec<u64> {
        months.map(|month| panel.counts.iter().map(|row| row[month]).sum()).collect()
    };
    let (earlier, later) = (sum(first..at), sum(at..last));
    let dispersion = dispersion_over_years(&[by_month(first..at), by_month(at..last)])
        .map_err(AnalysisError::of(METHOD))?;
    let found =
        compare_harm(&earlier, &later, weights, dispersion).map_err(AnalysisError::of(METHOD))?;
    let kind = |(i, id): (usize, &String)| {
        fields! {
            "kind": id.as_str(),
            "weight": weights[i],
            "events_before": earlier[i],
            "events_after": later[i],
            "harm_before": weights[i] * earlier[i] as f64,
            "harm_after": weights[i] * later[i] as f64,
        }
    };
    let results = fields! {
        "percent_change": found.percent_change,
        "lower": found.percent_interval.lower,
        "upper": found.percent_interval.upper,
        "z": found.z,
        "p": found.p_value,
        "harm_before": found.earlier.value,
        "harm_after": found.later.value,
        "events_before": found.earlier_events,
        "events_after": found.later_events,
        "effective_events_before": found.earlier_effective_events,
        "effective_events_after": found.later_effective_events,
        "kinds": panel.ids.iter().enumerate().map(kind).collect::<Vec<_>>(),
    };
    let parameters = panel.parameters().and(fields! {
        "change": change,
        "months_each_side": length,
        "dispersion": found.scale.dispersion,
        "dispersion_from": "both periods month by month, all kinds together",
        "degrees_of_freedom": found.scale.degrees_of_freedom,
        "confidence": 0.95,
        "sides": "two-sided",
        "correction": "none",
    });
    let said = found.warnings.iter().map(|warning| match warning {
        HarmWarning::ChanceAlone => {
            "counts were taken to vary by chance alone, which crime seldom does".to_owned()
        }
        HarmWarning::OneKindDecides { kind_index, share } => format!(
            "{} makes {:.0}% of the variance: the answer is about that kind",
            panel.ids[*kind_index],
            100.0 * share
        ),
    });
    let mut warnings: Vec<String> = panel.warnings.iter().cloned().chain(said).collect();
    if length % 12 != 0 {
        warnings.push(format!(
            "{length} months each side are no whole years: season may stand in the change"
        ));
    }
    let in_words = format!(
        "Harm changed by {:+.1}% (95% limits {:+.1}% to {:+.1}%), {}.",
        found.percent_change,
        found.percent_interval.lower,
        found.percent_interval.upper,
        p_in_words(found.p_value)
    );
    let n = found.earlier_events + found.later_events;
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: results.into(),
        warnings,
        in_words: vec![in_words],
    })
}
