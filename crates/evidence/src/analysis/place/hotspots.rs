//! `hotspots`, `scan` and `spatial-change`: places over time.

use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::hotspots::{
    Emergence, EmergenceClass, EmergenceSettings, PredictiveAccuracy, emergence,
    predictive_accuracy, rank_by_count,
};
use wardmote_stats::spatial::scan::{self as scanning, Cluster, Direction, ScanSettings};
use wardmote_stats::spatial::spatial_change::{
    self as changing, AreaChange, ChangeSettings, ShareChange,
};

use super::permuted;
use crate::analysis::{Analysis, AnalysisError, Fields, Panel, fields, gathered, p_in_words, said};

/// How hot spots are judged.
#[derive(Debug, Clone, PartialEq)]
pub struct HotspotsAsked {
    /// The first month of the later period that the earlier one is to foretell.
    pub split: Option<String>,
    /// The share of the surface that may be chosen.
    pub share_of_area: f64,
    /// Corrected p values up to this are significant.
    pub level: f64,
}

/// Ranked places; whether they emerge, persist or diminish; and how well they foretold a later period.
pub fn hotspots(panel: &Panel, asked: &HotspotsAsked) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "hotspots";
    let surfaces = panel.surfaces(METHOD)?;
    let mut warnings = panel.warnings.clone();
    let over_time = if panel.labels.len() >= 4 {
        let settings = EmergenceSettings { level: asked.level };
        let found =
            emergence(&panel.counts, surfaces, settings).map_err(AnalysisError::of(METHOD))?;
        warnings.extend(said(&found.warnings));
        Some(found)
    } else {
        warnings.push("fewer than four months: nothing is said of emerging or persistent".into());
        None
    };
    let accuracy = match &asked.split {
        Some(month) => {
            let found = foretold(METHOD, panel, surfaces, month, asked.share_of_area)?;
            warnings.extend(said(&found.warnings));
            Some(found)
        }
        None => None,
    };
    let totals = panel.totals();
    let places: Vec<Fields> = rank_by_count(&totals)
        .into_iter()
        .take_while(|place| totals[*place] > 0)
        .enumerate()
        .map(|(rank, place)| {
            place_fields(panel, over_time.as_ref(), rank + 1, place, totals[place])
        })
        .collect();
    let count = |class| {
        over_time
            .iter()
            .flat_map(|found| &found.places)
            .filter(|place| place.class == class)
            .count()
    };
    let mut in_words = vec![format!(
        "Emerging: {}; persistent: {}; diminishing: {}; of {} places.",
        count(EmergenceClass::Emerging),
        count(EmergenceClass::Persistent),
        count(EmergenceClass::Diminishing),
        panel.ids.len()
    )];
    in_words.extend(accuracy.as_ref().map(|found| {
        format!(
            "The {} hottest places of the earlier period, {:.1}% of the surface, held {:.1}% of the later events: PAI {:.2}, PEI {:.2}.",
            found.chosen.len(),
            100.0 * found.share_of_area,
            100.0 * found.hit_rate,
            found.pai,
            found.pei
        )
    }));
    let parameters = panel.parameters().and(fields! {
        "split": asked.split.clone(),
        "share_of_area": asked.share_of_area,
        "exposure": "surface",
        "dispersion": over_time.as_ref().map(|found| found.dispersion.floored_phi),
        "alpha": asked.level,
        "sides": "trend two-sided, hot greater",
        "correction": "benjamini-hochberg",
    });
    let results = fields! { "accuracy": accuracy.as_ref().map(accuracy_fields), "places": places };
    let n = totals.iter().sum();
    Ok(Analysis { method: METHOD, parameters, n, results: results.into(), warnings, in_words })
}

fn foretold(
    method: &'static str,
    panel: &Panel,
    surfaces: &[f64],
    month: &str,
    share: f64,
) -> Result<PredictiveAccuracy, AnalysisError> {
    let (before, after) = halves(panel, "--split", month)?;
    predictive_accuracy(&before, &after, surfaces, share).map_err(AnalysisError::of(method))
}

/// The events of each area before a month and from it.
fn halves(
    panel: &Panel,
    option: &'static str,
    month: &str,
) -> Result<(Vec<u64>, Vec<u64>), AnalysisError> {
    let at = panel.split(option, month)?;
    let halves = panel
        .counts
        .iter()
        .map(|row| (row[..at].iter().sum::<u64>(), row[at..].iter().sum::<u64>()));
    Ok(halves.unzip())
}

fn place_fields(
    panel: &Panel,
    over_time: Option<&Emergence>,
    rank: usize,
    place: usize,
    events: u64,
) -> Fields {
    let judged = over_time.map(|found| &found.places[place]);
    fields! {
        "rank": rank,
        "id": panel.ids[place].as_str(),
        "events": events,
        "class": judged.map(|place| match place.class {
            EmergenceClass::Emerging => "emerging",
            EmergenceClass::Persistent => "persistent",
            EmergenceClass::Diminishing => "diminishing",
            EmergenceClass::NotShown => "not-shown",
        }),
        "trend_z": judged.map(|place| place.trend_z),
        "trend_p_adjusted": judged.map(|place| place.trend_adjusted_p),
        "hot_p_adjusted": judged.map(|place| place.hot_adjusted_p),
    }
}

fn accuracy_fields(found: &PredictiveAccuracy) -> Fields {
    fields! {
        "pai": found.pai,
        "pei": found.pei,
        "places_chosen": found.chosen.len(),
        "share_of_area": found.share_of_area,
        "events_before": found.n_training,
        "events_after": found.n_test,
        "events_hit": found.n_hit,
        "hit_rate": found.hit_rate,
        "hit_rate_lower": found.hit_rate_interval.lower,
        "hit_rate_upper": found.hit_rate_interval.upper,
        "most_that_could_be_hit": found.n_hit_at_most,
    }
}

/// Clusters in space and time, by Kulldorff's scan.
pub fn scan(panel: &Panel, settings: ScanSettings) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "scan";
    let points = panel.points(METHOD)?;
    let by_period: Vec<f64> = (0..panel.labels.len())
        .map(|period| panel.counts.iter().map(|row| row[period] as f64).sum())
        .collect();
    let events: f64 = by_period.iter().sum();
    // Each period's events dealt by population, or by what each area had over the whole time.
    let weights: Vec<f64> = match &panel.populations {
        Some(populations) => populations.clone(),
        None => panel.totals().iter().map(|n| *n as f64).collect(),
    };
    let whole: f64 = weights.iter().sum();
    let expected: Vec<Vec<f64>> = weights
        .iter()
        .map(|weight| by_period.iter().map(|period| period * weight / whole).collect())
        .collect();
    let found = scanning::scan(points, &panel.counts, &expected, settings)
        .map_err(AnalysisError::of(METHOD))?;
    let row = |cluster: &Cluster| {
        let ids: Vec<&str> = cluster.areas.iter().map(|area| panel.ids[*area].as_str()).collect();
        fields! {
            "from": panel.labels[cluster.first_period].as_str(),
            "to": panel.labels[cluster.last_period].as_str(),
            "observed": cluster.observed,
            "expected": cluster.expected,
            "ratio": cluster.relative_risk,
            "p": cluster.p_value,
            "log_likelihood_ratio": cluster.log_likelihood_ratio,
            "radius_metres": cluster.radius_metres,
            "areas": ids.join(" "),
        }
    };
    let parameters = panel.parameters().and(fields! {
        "direction": match settings.direction {
            Direction::Prospective => "prospective",
            Direction::Retrospective => "retrospective",
        },
        "expected": if panel.populations.is_some() { "each month's events by population" } else { "each month's events by the areas' own totals" },
        "largest_share": settings.largest_share,
        "largest_radius_metres": settings.largest_radius_metres,
        "longest_periods": settings.longest_periods,
    }).and(permuted(found.settings.replicates, found.sidedness, found.correction));
    let in_words = found.clusters.first().map(|cluster| {
        format!(
            "The likeliest cluster: {} areas, {} to {}, {} events where {:.1} are expected, {}.",
            cluster.areas.len(),
            panel.labels[cluster.first_period],
            panel.labels[cluster.last_period],
            cluster.observed,
            cluster.expected,
            p_in_words(cluster.p_value)
        )
    });
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: events as u64,
        results: found.clusters.iter().map(row).collect::<Vec<_>>().into(),
        warnings: gathered(&panel.warnings, None, &found.warnings),
        in_words: in_words.into_iter().collect(),
    })
}

/// Whether the pattern of a later period is that of an earlier one.
pub fn spatial_change(
    panel: &Panel,
    split: &str,
    settings: PermutationSettings,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "spatial-change";
    let (base, test) = halves(panel, "--split", split)?;
    let asked = ChangeSettings {
        relabellings: settings.permutations,
        level: settings.level,
        ..ChangeSettings::published(settings.seed)
    };
    let found = changing::spatial_change(&base, &test, asked).map_err(AnalysisError::of(METHOD))?;
    let row = |(i, area): (usize, &AreaChange)| {
        fields! {
            "id": panel.ids[i].as_str(),
            "base_share": area.base_share,
            "test_share": area.test_share,
            "p": area.p_value,
            "p_adjusted": area.adjusted_p,
            "change": match area.change {
                ShareChange::Larger => "larger",
                ShareChange::Smaller => "smaller",
                ShareChange::NotShown => "not-shown",
            },
            "similar": area.similar,
            "sampled_lower": area.sampled.lower,
            "sampled_upper": area.sampled.upper,
        }
    };
    let results = fields! {
        "s_index": found.s_index,
        "robust_s_index": found.robust_s_index,
        "chi_square": found.chi_square,
        "p": found.p_same_pattern,
        "areas_with_events": found.n_areas_with_events,
        "areas": found.areas.iter().enumerate().map(row).collect::<Vec<_>>(),
    };
    let parameters = panel
        .parameters()
        .and(fields! {
            "split": split,
            "samples": asked.samples,
            "share_sampled": asked.share_sampled,
            "confidence": asked.confidence,
        })
        .and(permuted(settings, found.sidedness, found.correction));
    let count = |change| found.areas.iter().filter(|area| area.change == change).count();
    let in_words = format!(
        "Areas with a larger share of the later events: {}; with a smaller: {}. That the pattern is the same: {}.",
        count(ShareChange::Larger),
        count(ShareChange::Smaller),
        p_in_words(found.p_same_pattern)
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: found.n_base + found.n_test,
        results: results.into(),
        warnings: gathered(&panel.warnings, None, &found.warnings),
        in_words: vec![in_words],
    })
}
