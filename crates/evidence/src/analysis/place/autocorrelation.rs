//! `moran`, `local-moran` and `gi-star`: do like areas lie together, and where?

use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::gi_star::{self, GiStarClass};
use wardmote_stats::spatial::local_moran::{self, LocalClass};
use wardmote_stats::spatial::moran::morans_i;
use wardmote_stats::spatial::weights::Standardisation;

use super::areas::weights_fields;
use super::{Areas, WeightsRule, permuted};
use crate::analysis::{Analysis, AnalysisError, Fields, fields, gathered, p_in_words};

/// Global Moran's I.
pub fn moran(
    areas: &Areas,
    rule: Option<WeightsRule>,
    standardisation: Standardisation,
    settings: PermutationSettings,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "moran";
    let (weights, notes) = areas.weights(METHOD, rule)?;
    let weights = weights.with(standardisation);
    let found = morans_i(&areas.values, &weights, settings).map_err(AnalysisError::of(METHOD))?;
    let against = |chance: wardmote_stats::spatial::moran::AgainstChance| {
        fields! { "variance": chance.variance, "z": chance.z, "p": chance.p_value }
    };
    let results = fields! {
        "i": found.observed,
        "expected": found.expected,
        "variance": found.randomisation.variance,
        "z": found.randomisation.z,
        "p": found.randomisation.p_value,
        "p_permutation": found.p_permutation,
        "p_permutation_greater": found.p_permutation_greater,
        "p_permutation_less": found.p_permutation_less,
        "under_normality": against(found.normality),
        "islands": found.n_islands,
        "mean_neighbours": weights.mean_neighbours(),
    };
    let parameters = areas
        .from
        .clone()
        .and(weights_fields(found.rule, Some(found.standardisation)))
        .and(permuted(found.settings, found.sidedness, found.correction))
        .with("variance", "under randomisation");
    let verdict = match (found.p_permutation <= settings.level, found.observed > found.expected) {
        (false, _) => "No pattern can be told from chance",
        (true, true) => "Like values lie together",
        (true, false) => "Unlike values lie together",
    };
    let in_words = format!(
        "{verdict}: Moran's I {:.3} where {:.3} is expected, {} by {} permutations.",
        found.observed,
        found.expected,
        p_in_words(found.p_permutation),
        settings.permutations
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: found.n_areas as u64,
        results: results.into(),
        warnings: gathered(&areas.warnings, notes, &found.warnings),
        in_words: vec![in_words],
    })
}

/// Local Moran's I of each area.
pub fn local_moran(
    areas: &Areas,
    rule: Option<WeightsRule>,
    standardisation: Standardisation,
    settings: PermutationSettings,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "local-moran";
    let (weights, notes) = areas.weights(METHOD, rule)?;
    let weights = weights.with(standardisation);
    let found = local_moran::local_moran(&areas.values, &weights, settings)
        .map_err(AnalysisError::of(METHOD))?;
    let row = |(i, area): (usize, &local_moran::LocalMoranArea)| {
        fields! {
            "id": areas.ids[i].as_str(),
            "value": areas.values[i],
            "statistic": area.statistic,
            "z": area.z,
            "p": area.p_value,
            "p_adjusted": area.adjusted_p,
            "class": match area.class {
                LocalClass::HighHigh => "high-high",
                LocalClass::LowLow => "low-low",
                LocalClass::HighLow => "high-low",
                LocalClass::LowHigh => "low-high",
                LocalClass::NotSignificant => "not-significant",
                LocalClass::Island => "island",
            },
            "deviation": area.deviation,
            "lag": area.lag,
        }
    };
    let rows: Vec<Fields> = found.areas.iter().enumerate().map(row).collect();
    let parameters = areas
        .from
        .clone()
        .and(weights_fields(found.rule, Some(found.standardisation)))
        .and(permuted(found.settings, found.sidedness, found.correction))
        .and(fields! { "areas_tested": found.n_tested, "z": "by exact conditional moments" });
    let count = |class| found.areas.iter().filter(|area| area.class == class).count();
    let in_words = format!(
        "Of {} areas tested, {} are high among high, {} low among low, {} high among low and {} low among high.",
        found.n_tested,
        count(LocalClass::HighHigh),
        count(LocalClass::LowLow),
        count(LocalClass::HighLow),
        count(LocalClass::LowHigh)
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: areas.values.len() as u64,
        results: rows.into(),
        warnings: gathered(&areas.warnings, notes, &found.warnings),
        in_words: vec![in_words],
    })
}

/// Gi* of each area.
pub fn gi_star(
    areas: &Areas,
    rule: Option<WeightsRule>,
    settings: PermutationSettings,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "gi-star";
    let (weights, notes) = areas.weights(METHOD, rule)?;
    let found =
        gi_star::gi_star(&areas.values, &weights, settings).map_err(AnalysisError::of(METHOD))?;
    let row = |(i, area): (usize, &gi_star::GiStarArea)| {
        fields! {
            "id": areas.ids[i].as_str(),
            "value": areas.values[i],
            "statistic": area.statistic,
            "z": area.z,
            "p": area.p_permutation.unwrap_or(area.p_normal),
            "p_adjusted": area.adjusted_p,
            "class": match area.class {
                GiStarClass::Hot => "hot",
                GiStarClass::Cold => "cold",
                GiStarClass::NotSignificant => "not-significant",
                GiStarClass::Island => "island",
            },
            "p_normal": area.p_normal,
            "p_permutation": area.p_permutation,
        }
    };
    let rows: Vec<Fields> = found.areas.iter().enumerate().map(row).collect();
    let parameters = areas
        .from
        .clone()
        .and(weights_fields(found.rule, None))
        .and(permuted(found.settings, found.sidedness, found.correction))
        .and(
            fields! { "areas_tested": found.n_tested, "own_area": "counted among its neighbours" },
        );
    let count = |class| found.areas.iter().filter(|area| area.class == class).count();
    let in_words = format!(
        "Of {} areas tested, {} are hot and {} cold at {} after correction.",
        found.n_tested,
        count(GiStarClass::Hot),
        count(GiStarClass::Cold),
        settings.level
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: areas.values.len() as u64,
        results: rows.into(),
        warnings: gathered(&areas.warnings, notes, &found.warnings),
        in_words: vec![in_words],
    })
}
