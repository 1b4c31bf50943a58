//! `concentration` and `repeat`: how few places bear how much?

use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::concentration;
use wardmote_stats::spatial::repeats::{self, PlacesWith};

use super::permuted;
use crate::analysis::own_file::OwnFile;
use crate::analysis::{
    Analysis, AnalysisError, Events, Fields, Panel, fields, gathered, p_in_words,
};

/// The share of places that has a share of the events, against chance.
pub fn concentration(
    panel: &Panel,
    shares: &[f64],
    settings: PermutationSettings,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "concentration";
    let found = concentration::concentration(&panel.totals(), shares, settings)
        .map_err(AnalysisError::of(METHOD))?;
    let row = |share: &concentration::PlacesForShare| {
        fields! {
            "share_of_events": share.share_of_events,
            "places": share.n_places,
            "share_of_places": share.share_of_places,
            "by_chance": share.by_chance,
            "chance_lower": share.chance_interval.lower,
            "chance_upper": share.chance_interval.upper,
        }
    };
    let results = fields! {
        "gini": found.gini,
        "generalised_gini": found.generalised_gini,
        "generalised_gini_by_chance": found.generalised_gini_by_chance,
        "p": found.p_value,
        "places": found.n_places,
        "places_with_events": found.n_places_with_events,
        "events": found.n_events,
        "shares": found.shares.iter().map(row).collect::<Vec<_>>(),
    };
    let in_words = found.shares.iter().map(|share| {
        format!(
            "{:.0}% of the events are in {} of {} places ({:.1}%), where chance alone gives {:.1}%.",
            100.0 * share.share_of_events,
            share.n_places,
            found.n_places,
            100.0 * share.share_of_places,
            100.0 * share.by_chance
        )
    });
    Ok(Analysis {
        method: METHOD,
        parameters: panel.parameters().and(permuted(
            found.settings,
            found.sidedness,
            found.correction,
        )),
        n: found.n_events,
        results: results.into(),
        warnings: gathered(&panel.warnings, None, &found.warnings),
        in_words: in_words.collect(),
    })
}

/// The place of each event, by a key that names nobody.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceKeys {
    keys: Vec<String>,
    from: Fields,
    warnings: Vec<String>,
}

impl PlaceKeys {
    /// The keys of a file, one row for each event.
    pub fn of_file(file: &OwnFile, id: &str) -> Result<Self, AnalysisError> {
        let keys = file.words(id)?;
        let from = fields! { "input": file.name(), "id": id };
        Ok(Self { keys, from, warnings: Vec::new() })
    }

    /// The keyed pseudonyms of the lake's events.
    pub fn of_lake(events: Events) -> Self {
        let keys = events.each.into_iter().filter_map(|event| event.source_id).collect();
        Self { keys, from: events.from.with("id", "keyed pseudonym"), warnings: events.warnings }
    }
}

/// Whether the same places are hit again more often than chance gives.
pub fn repeat(
    events: &PlaceKeys,
    at_risk: u64,
    settings: PermutationSettings,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "repeat";
    let found =
        repeats::repeats(&events.keys, at_risk, settings).map_err(AnalysisError::of(METHOD))?;
    let row = |places: &PlacesWith| {
        fields! { "events": places.n_events, "places": places.n_places, "expected": places.expected_places }
    };
    let results = fields! {
        "repeat_events": found.n_repeat_events,
        "expected_repeat_events": found.expected_repeat_events,
        "p": found.p_value,
        "places_hit": found.n_hit,
        "places_hit_repeatedly": found.n_repeatedly_hit,
        "places": found.table.iter().map(row).collect::<Vec<_>>(),
    };
    let in_words = format!(
        "{} of {} events were at a place that had been hit before; chance alone gives {:.1}, {}.",
        found.n_repeat_events,
        found.n_events,
        found.expected_repeat_events,
        p_in_words(found.p_value)
    );
    let parameters = events.from.clone().with("places_at_risk", at_risk).and(permuted(
        found.settings,
        found.sidedness,
        found.correction,
    ));
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: found.n_events,
        results: results.into(),
        warnings: gathered(&events.warnings, None, &found.warnings),
        in_words: vec![in_words],
    })
}
