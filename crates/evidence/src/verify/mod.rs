//! Compares a publication's evidence with what the sources give today.
//!
//! The comparison is of two whole evidence files: the published one, and one computed afresh from the
//! source files. Figures are matched by what they mean, not by their ids, because an id holds the
//! vintage and a changed source is a new vintage.

mod difference;
mod lacking;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use wardmote_domain::provenance::Disclosure;

pub use self::difference::{Difference, FigureOutcome};
pub use self::lacking::{Absent, Lacking};
use crate::claims::TestRecord;
use crate::evidence_file::{EvidenceFile, LoadRecord};
use crate::figure::{Figure, figure_id};
use crate::measure::Measure;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Verification {
    /// Figures that came out the same to the last digit.
    pub same: usize,
    /// Files whose hash is the same.
    pub files_same: usize,
    /// Everything else.
    pub differences: Vec<Difference>,
    /// How each published figure came out, by its key.
    pub outcomes: BTreeMap<String, FigureOutcome>,
}

impl Verification {
    /// Whether everything that can be checked is as published.
    pub fn holds(&self) -> bool {
        self.differences
            .iter()
            .all(|difference| matches!(difference, Difference::NotCheckable { .. }))
    }

    /// How many figures came out so.
    pub fn count(&self, wanted: FigureOutcome) -> usize {
        self.outcomes.values().filter(|outcome| **outcome == wanted).count()
    }

    fn figure(&mut self, figure: &Figure, outcome: FigureOutcome, found: Vec<Difference>) {
        self.same += usize::from(outcome == FigureOutcome::Same);
        self.outcomes.insert(figure.key.clone(), outcome);
        self.differences.extend(found);
    }
}

/// The verification of somebody who could compute nothing, and why.
pub fn nothing_checked(published: &EvidenceFile, because: &[Absent]) -> Verification {
    let mut found = Verification::default();
    for figure in published.figures.values() {
        let because = because.to_vec();
        let difference = Difference::NotCheckable { figure: figure.key.clone(), because };
        found.figure(figure, FigureOutcome::NotCheckable, vec![difference]);
    }
    found
}

/// Compares the published file with the computed one.
pub fn compare(published: &EvidenceFile, computed: &EvidenceFile) -> Verification {
    let lacking = Lacking::default();
    let mut found = Verification::default();
    compare_files(published, computed, &lacking, &mut found);
    compare_measures(&published.measures, &computed.measures, &mut found);
    compare_figures(published, computed, &lacking, &mut found);
    compare_sentences(published, computed, &lacking, &mut found);
    found
}

/// Compares them as a stranger does: what is lacking is no difference, and nothing that the
/// publication says of itself is believed, neither its claims nor its tests nor that it is whole.
pub fn compare_as_stranger(
    published: &EvidenceFile,
    computed: &EvidenceFile,
    lacking: &Lacking,
) -> Verification {
    let mut found = Verification::default();
    compare_heads(published, computed, &mut found);
    compare_files(published, computed, lacking, &mut found);
    compare_rows(published, computed, &mut found);
    compare_measures(&published.measures, &computed.measures, &mut found);
    compare_claims(published, computed, &mut found);
    compare_figures(published, computed, lacking, &mut found);
    let keys: BTreeSet<&str> = published.figures.values().map(|one| one.key.as_str()).collect();
    let left_out = computed.figures.values().filter(|one| !keys.contains(one.key.as_str()));
    let left_out = left_out.map(|one| Difference::FigureLeftOut { figure: one.key.clone() });
    found.differences.extend(left_out);
    compare_sentences(published, computed, lacking, &mut found);
    compare_tests(published, computed, lacking, &mut found);
    found
}

fn compare_heads(published: &EvidenceFile, computed: &EvidenceFile, found: &mut Verification) {
    let parts = |file: &EvidenceFile| {
        [
            ("partnership", file.partnership.clone()),
            ("synthetic", file.synthetic.to_string()),
            ("rule for words", format!("{:?}", file.rule)),
            ("family of tests", file.family.clone()),
        ]
    };
    for ((part, before), (_, now)) in parts(published).into_iter().zip(parts(computed)) {
        if before != now {
            let part = part.to_owned();
            found.differences.push(Difference::HeadDiffers {
                part,
                published: before,
                computed: now,
            });
        }
    }
}

fn compare_measures(
    published: &BTreeMap<String, Measure>,
    computed: &BTreeMap<String, Measure>,
    found: &mut Verification,
) {
    for (id, measure) in published {
        let now = computed.get(id);
        if now != Some(measure) {
            found.differences.push(Difference::DefinitionDiffers {
                measure: id.clone(),
                published: Some(measure.version),
                computed: now.map(|now| now.version),
                parts: now.map(|now| differing_parts(measure, now)).unwrap_or_default(),
            });
        }
    }
}

/// The parts of two declarations that differ, as they are called in its file.
fn differing_parts(published: &Measure, computed: &Measure) -> Vec<String> {
    let parts = |measure: &Measure| match serde_json::to_value(measure) {
        Ok(serde_json::Value::Object(parts)) => parts,
        _ => serde_json::Map::new(),
    };
    let (before, now) = (parts(published), parts(computed));
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != now.get(*name)).cloned().collect()
}

fn compare_claims(published: &EvidenceFile, computed: &EvidenceFile, found: &mut Verification) {
    let names: BTreeSet<&String> = published.claims.keys().chain(computed.claims.keys()).collect();
    let differ = |name: &&String| published.claims.get(*name) != computed.claims.get(*name);
    let differing = names.into_iter().filter(differ);
    found
        .differences
        .extend(differing.map(|name| Difference::ClaimDiffers { claim: name.clone() }));
    for id in computed.measures.keys().filter(|id| !published.measures.contains_key(*id)) {
        found.differences.push(Difference::DefinitionDiffers {
            measure: id.clone(),
            published: None,
            computed: computed.measures.get(id).map(|measure| measure.version),
            parts: Vec::new(),
        });
    }
}

fn compare_files(
    published: &EvidenceFile,
    computed: &EvidenceFile,
    lacking: &Lacking,
    found: &mut Verification,
) {
    let key = |load: &LoadRecord| (load.source.clone(), load.file.clone());
    let today: BTreeMap<_, _> =
        computed.loads.values().map(|load| (key(load), &load.sha256)).collect();
    let mut seen = BTreeSet::new();
    for load in published.loads.values() {
        if !seen.insert(key(load)) || lacking.lacks_file(&load.source, &load.file) {
            continue;
        }
        match today.get(&key(load)) {
            Some(hash) if **hash == load.sha256 => found.files_same += 1,
            Some(hash) => found.differences.push(Difference::FileChanged {
                file: load.file.clone(),
                published: load.sha256.clone(),
                found: (*hash).clone(),
            }),
            None => found.differences.push(Difference::FileMissing { file: load.file.clone() }),
        }
    }
}

fn compare_rows(published: &EvidenceFile, computed: &EvidenceFile, found: &mut Verification) {
    let rows =
        |load: &LoadRecord| [load.rows_read, load.rows_kept, load.rows_refused, load.without_place];
    for (id, load) in &published.loads {
        let Some(now) = computed.loads.get(id).filter(|now| now.sha256 == load.sha256) else {
            continue;
        };
        if rows(load) != rows(now) {
            let file = load.file.clone();
            let (published, computed) = (rows(load), rows(now));
            found.differences.push(Difference::RowsDiffer { file, published, computed });
        }
    }
}

fn compare_figures(
    published: &EvidenceFile,
    computed: &EvidenceFile,
    lacking: &Lacking,
    found: &mut Verification,
) {
    let today: BTreeMap<&str, &Figure> =
        computed.figures.values().map(|figure| (figure.key.as_str(), figure)).collect();
    for (id, figure) in &published.figures {
        let expected = figure_id(&figure.key, &figure.snapshot);
        if *id != expected || figure.id != expected {
            let difference = Difference::IdDiffers {
                figure: figure.key.clone(),
                published: id.to_string(),
                computed: expected.to_string(),
            };
            found.figure(figure, FigureOutcome::Different, vec![difference]);
            continue;
        }
        let not_checkable =
            |because| Difference::NotCheckable { figure: figure.key.clone(), because };
        let because = lacking.of_carried(published, figure);
        if !because.is_empty() {
            found.figure(figure, FigureOutcome::NotCheckable, vec![not_checkable(because)]);
            continue;
        }
        let behind = lacking.behind(published, figure);
        let differing = match today.get(figure.key.as_str()) {
            Some(now) => differing_fields(figure, now),
            None if figure.disclosure == Disclosure::Controlled => {
                found.figure(figure, FigureOutcome::NotCheckable, vec![not_checkable(behind)]);
                continue;
            }
            None => vec![Difference::FigureUnknown { figure: figure.key.clone() }],
        };
        if differing.is_empty() {
            found.figure(figure, FigureOutcome::Same, differing);
        } else if behind.is_empty() {
            found.figure(figure, FigureOutcome::Different, differing);
        } else {
            found.figure(figure, FigureOutcome::NotCheckable, vec![not_checkable(behind)]);
        }
    }
}

fn compare_sentences(
    published: &EvidenceFile,
    computed: &EvidenceFile,
    lacking: &Lacking,
    found: &mut Verification,
) {
    for (claim, answer) in &published.answers {
        if is_unchecked(published, claim, lacking, found) {
            continue;
        }
        let now = computed.answers.get(claim);
        let statement = now.map_or("", |answer| answer.statement.as_str());
        if answer.statement != statement {
            found.differences.push(Difference::SentenceDiffers {
                claim: claim.clone(),
                published: answer.statement.clone(),
                computed: statement.to_owned(),
            });
            continue;
        }
        let fields = now.map(|now| &now.fields);
        for (name, field) in &answer.fields {
            let now = fields.and_then(|fields| fields.get(name));
            let now = now.map_or("", |field| field.text.as_str());
            if field.text != now {
                found.differences.push(Difference::SentenceDiffers {
                    claim: format!("{claim}.{name}"),
                    published: field.text.clone(),
                    computed: now.to_owned(),
                });
            }
        }
    }
}

fn compare_tests(
    published: &EvidenceFile,
    computed: &EvidenceFile,
    lacking: &Lacking,
    found: &mut Verification,
) {
    let by_claim = |file: &EvidenceFile| -> BTreeMap<String, TestRecord> {
        file.tests.iter().map(|test| (test.claim.clone(), test.clone())).collect()
    };
    let (before, now) = (by_claim(published), by_claim(computed));
    let words = |test: Option<&TestRecord>| {
        test.map_or_else(
            || "no test".to_owned(),
            |test| {
                let p = |p: Option<f64>| p.map_or_else(|| "none".to_owned(), |p| p.to_string());
                let (raw, corrected) = (p(test.p), p(test.corrected_p));
                format!("p {raw}, corrected {corrected}, {}", test.verdict.words())
            },
        )
    };
    for claim in before.keys().chain(now.keys()).collect::<BTreeSet<_>>() {
        let (test, today) = (before.get(claim), now.get(claim));
        if test != today && !is_unchecked(published, claim, lacking, found) {
            found.differences.push(Difference::TestDiffers {
                claim: claim.clone(),
                published: words(test),
                computed: words(today),
            });
        }
    }
}

/// Whether a claim could not be asked, or rests on a figure that could not be checked.
fn is_unchecked(
    published: &EvidenceFile,
    claim: &str,
    lacking: &Lacking,
    found: &Verification,
) -> bool {
    let figure = published.answers.get(claim).map(|answer| &answer.figure);
    let figure = figure.and_then(|id| published.figures.get(id));
    let outcome = figure.and_then(|figure| found.outcomes.get(&figure.key));
    !lacking.is_empty()
        && (lacking.claims().contains_key(claim) || outcome == Some(&FigureOutcome::NotCheckable))
}

fn differing_fields(published: &Figure, computed: &Figure) -> Vec<Difference> {
    let number = |x: Option<f64>| x.map_or_else(|| "not known".to_owned(), |x| x.to_string());
    let interval =
        |x: Option<(f64, f64)>| x.map_or_else(|| "none".to_owned(), |(a, b)| format!("{a} to {b}"));
    let by = published.value.zip(computed.value).map(|(published, computed)| computed - published);
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let parts = |figure: &Figure| {
        [
            ("value", number(figure.value)),
            ("interval", interval(figure.interval)),
            ("n", figure.n.to_string()),
            ("text", figure.text.clone()),
            ("method", figure.method.clone()),
            ("parameters", format!("{:?}", figure.parameters)),
            ("population", format!("{:?}", figure.population)),
            ("label", figure.label.clone()),
            ("measure", or_none(&figure.measure)),
            ("definition", figure.definition.clone()),
            ("area", figure.area.clone()),
            ("period", figure.period.clone()),
            ("query", figure.query.clone()),
            ("caution", or_none(&figure.caution)),
            ("disclosure", figure.disclosure.slug().to_owned()),
        ]
    };
    let rows = parts(published).into_iter().zip(parts(computed));
    let rows = rows.map(|((field, before), (_, now))| (field, before, now));
    rows.filter(|(_, published, computed)| published != computed)
        .map(|(field, before, now)| Difference::FigureDiffers {
            figure: published.key.clone(),
            field: field.to_owned(),
            published: before,
            computed: now,
            by: by.filter(|_| field == "value"),
        })
        .collect()
}

#[cfg(test)]
mod tests;
