//! `disproportionality`: is one group searched more, and are its searches as fruitful?

use wardmote_stats::disproportionality::{Group, Limit, compare_find_rates, compare_search_rates};

use super::Searches;
use crate::analysis::{Analysis, AnalysisError, fields, p_in_words};

pub(super) const METHOD: &str = "disproportionality";

/// Search rates and find rates of two groups, with the limits of both.
pub fn disproportionality(searches: &Searches) -> Result<Analysis, AnalysisError> {
    let Searches { asked, this, reference, not_recorded, from, warnings } = searches;
    let (months, reference_months) = (this.parts(), reference.parts());
    let group = Group { residents: this.residents, months: &months };
    let against = Group { residents: reference.residents, months: &reference_months };
    let rates =
        compare_search_rates(group, against, *not_recorded).map_err(AnalysisError::of(METHOD))?;
    let mut warnings = warnings.clone();
    warnings.extend(rates.limits.iter().map(|limit: &Limit| limit.sentence().to_owned()));
    let finds = match compare_find_rates(group, against) {
        Ok(finds) => {
            let more = finds.limits.iter().map(|limit| limit.sentence().to_owned());
            warnings.extend(
                more.filter(|limit| !rates.limits.iter().any(|had| had.sentence() == limit))
                    .collect::<Vec<_>>(),
            );
            Some(finds)
        }
        Err(error) => {
            warnings.push(format!("find rates are not compared: {error}"));
            None
        }
    };
    let results = fields! {
        "ratio": rates.ratio.ratio,
        "lower": rates.ratio.interval.lower,
        "upper": rates.ratio.interval.upper,
        "p": rates.ratio.p_value,
        "ratio_if_unrecorded_lower": rates.bounds.lower,
        "ratio_if_unrecorded_upper": rates.bounds.upper,
        "searches": rates.group.events,
        "residents": rates.group.population,
        "reference_searches": rates.reference.events,
        "reference_residents": rates.reference.population,
        "finds": finds.as_ref().map(|finds| fields! {
            "share": finds.shares.later.share(),
            "reference_share": finds.shares.earlier.share(),
            "ratio": finds.ratio,
            "difference": finds.shares.difference,
            "lower": finds.shares.interval.lower,
            "upper": finds.shares.interval.upper,
            "p": finds.shares.p_value,
        }),
    };
    let parameters = from.clone().and(fields! {
        "this": asked.this.as_str(),
        "reference": asked.reference.as_str(),
        "not_recorded": rates.group_not_recorded,
        "months": rates.n_months,
        "dispersion": rates.dispersion.used,
        "confidence": 0.95,
        "sides": "two-sided",
        "correction": "none",
    });
    let in_words = format!(
        "{} is searched {:.2} times as often as {} by residents (95% limits {:.2} to {:.2}), {}.",
        asked.this,
        rates.ratio.ratio,
        asked.reference,
        rates.ratio.interval.lower,
        rates.ratio.interval.upper,
        p_in_words(rates.ratio.p_value)
    );
    let n = rates.group.events + rates.reference.events;
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: results.into(),
        warnings,
        in_words: vec![in_words],
    })
}
