//! A publication's evidence as its owner may see it: with the files of controlled sources, which the
//! owner's lake holds and the published file does not name.

use std::collections::BTreeSet;

use wardmote_domain::period::Period;
use wardmote_domain::provenance::Disclosure;
use wardmote_lake::Load;

use crate::evidence_file::{EvidenceFile, LoadRecord};
use crate::figure::Figure;
use crate::measure::Measure;

/// Adds the controlled loads of the vintage that the evidence was computed from, and which figures
/// rest on them. What comes out is for the owner's eyes, and is never written.
pub fn with_shared_loads(evidence: &EvidenceFile, loads: &[Load]) -> EvidenceFile {
    let mut seen = evidence.clone();
    let shared = loads.iter().filter(|load| load.disclosure == Disclosure::Controlled);
    seen.loads.extend(shared.map(|load| (load.load_id.clone(), LoadRecord::of(load))));
    for figure in seen.figures.values_mut() {
        if figure.disclosure == Disclosure::Controlled {
            figure.loads = loads_behind(evidence, figure, loads);
        }
    }
    seen
}

/// The loads of a figure's sources whose months touch its periods, in order of id.
fn loads_behind(evidence: &EvidenceFile, figure: &Figure, loads: &[Load]) -> Vec<String> {
    let name = figure.measure.as_ref().and_then(|name| name.split(' ').next());
    let sources: BTreeSet<String> =
        name.and_then(|id| evidence.measures.get(id)).map(Measure::sources).unwrap_or_default();
    let periods: Vec<Period> =
        figure.period.split(" with ").filter_map(|period| period.parse().ok()).collect();
    let touches = |load: &&Load| {
        let within = |period: &Period| {
            load.first_month.is_none_or(|first| first <= period.last())
                && load.last_month.is_none_or(|last| last >= period.first())
        };
        sources.contains(&load.source) && periods.iter().any(within)
    };
    let ids: BTreeSet<String> =
        loads.iter().filter(touches).map(|load| load.load_id.clone()).collect();
    ids.into_iter().collect()
}
