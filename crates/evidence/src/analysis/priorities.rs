//! `prioritise`: which problems come first, and how firm is that?

use wardmote_stats::prioritise::{
    HARMS, Matrix, Priority, Scores, Sensitivity, prioritise as put_in_order,
};

use super::own_file::OwnFile;
use super::{Analysis, AnalysisError, Fields, fields};

const METHOD: &str = "prioritise";

/// Problems with their scores, one row each: columns `physical`, `psychological`, `financial`,
/// `community`, `environmental`, `likelihood`, `organisational_position` and `confidence`.
pub fn prioritise(
    file: &OwnFile,
    id: &str,
    matrix: Matrix,
    sensitivity: Sensitivity,
) -> Result<Analysis, AnalysisError> {
    let ids = file.ids(Some(id))?;
    let scores = |column: &str| -> Result<Vec<u8>, AnalysisError> {
        let counts = file.counts(column)?;
        // What does not fit into the type is beyond any scale, and is refused as that.
        Ok(counts.into_iter().map(|score| u8::try_from(score).unwrap_or(u8::MAX)).collect())
    };
    let harms: Vec<Vec<u8>> = HARMS.iter().map(|kind| scores(kind)).collect::<Result<_, _>>()?;
    let likelihood = scores("likelihood")?;
    let position = scores("organisational_position")?;
    let confidence = scores("confidence")?;
    let items: Vec<Scores> = (0..ids.len())
        .map(|row| Scores {
            harm: std::array::from_fn(|kind| harms[kind][row]),
            likelihood: likelihood[row],
            organisational_position: position[row],
            confidence: confidence[row],
        })
        .collect();
    let found = put_in_order(&items, matrix, sensitivity).map_err(AnalysisError::of(METHOD))?;
    let mut order: Vec<(&String, &Priority)> = ids.iter().zip(&found.items).collect();
    order.sort_by_key(|(_, priority)| priority.rank);
    let row = |(id, priority): &(&String, &Priority)| {
        fields! {
            "rank": priority.rank,
            "id": id.as_str(),
            "total": priority.total,
            "harm": priority.harm,
            "likelihood": priority.scores.likelihood,
            "rank_from": priority.rank_interval.0,
            "rank_to": priority.rank_interval.1,
            "share_in_top": priority.share_in_top,
            "confidence": priority.scores.confidence,
        }
    };
    let rows: Vec<Fields> = order.iter().map(row).collect();
    let mut harm_weights = Fields::default();
    for (kind, weight) in HARMS.iter().zip(matrix.harm_weights) {
        harm_weights.add(kind, weight);
    }
    let parameters = fields! {
        "input": file.name(),
        "id": id,
        "highest_score": matrix.highest_score,
        "harm_weights": harm_weights,
        "organisational_share": matrix.organisational_share,
        "weight_range": sensitivity.weight_range,
        "step_probability": sensitivity.step_probability,
        "top": sensitivity.top,
        "draws": sensitivity.n_draws,
        "seed": sensitivity.seed,
        "rank_interval": "95% of the draws",
        "sides": "none",
        "correction": "none",
    };
    let in_words = order.first().map(|(id, first)| {
        format!(
            "{id} comes first; over the draws it is among the top {} in {:.0}%, with ranks {} to {}.",
            sensitivity.top,
            100.0 * first.share_in_top,
            first.rank_interval.0,
            first.rank_interval.1
        )
    });
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: ids.len() as u64,
        results: rows.into(),
        warnings: vec!["scores are judgements; confidence says how well they are founded and is kept apart from the order".into()],
        in_words: in_words.into_iter().collect(),
    })
}
