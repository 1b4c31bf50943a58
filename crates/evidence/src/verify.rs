//! Compares a publication's evidence with what the sources give today.
//!
//! The comparison is of two whole evidence files: the published one, and one computed afresh from the
//! source files. Figures are matched by what they mean, not by their ids, because an id holds the
//! vintage and a changed source is a new vintage.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use wardmote_domain::provenance::Disclosure;

use crate::evidence_file::{EvidenceFile, LoadRecord};
use crate::figure::{Figure, figure_id};

/// One thing that differs, or cannot be checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// A source file's bytes differ from those that were loaded.
    FileChanged {
        /// Its path.
        file: String,
        /// Its hash at publication.
        published: String,
        /// Its hash today.
        found: String,
    },
    /// A source file is not there.
    FileMissing {
        /// Its path.
        file: String,
    },
    /// A figure's value differs.
    FigureDiffers {
        /// What the figure is.
        figure: String,
        /// What differs: value, interval, n, text or parameters.
        field: String,
        /// As published.
        published: String,
        /// As computed.
        computed: String,
    },
    /// A published figure is not among those that the declarations give.
    FigureUnknown {
        /// What the figure is.
        figure: String,
    },
    /// A figure's id does not follow from its key and snapshot.
    IdDiffers {
        /// What the figure is.
        figure: String,
        /// The id in the file.
        published: String,
        /// The id that follows.
        computed: String,
    },
    /// A sentence differs.
    SentenceDiffers {
        /// The claim.
        claim: String,
        /// As published.
        published: String,
        /// As computed.
        computed: String,
    },
    /// A measure is defined otherwise than at publication.
    DefinitionDiffers {
        /// The measure.
        measure: String,
    },
    /// A figure's source is controlled and not here.
    NotCheckable {
        /// What the figure is.
        figure: String,
    },
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// Figures that came out the same to the last digit.
    pub same: usize,
    /// Files whose hash is the same.
    pub files_same: usize,
    /// Everything else.
    pub differences: Vec<Difference>,
}

impl Verification {
    /// Whether everything that can be checked is as published.
    pub fn holds(&self) -> bool {
        self.differences
            .iter()
            .all(|difference| matches!(difference, Difference::NotCheckable { .. }))
    }
}

/// Compares the published file with the computed one.
pub fn compare(published: &EvidenceFile, computed: &EvidenceFile) -> Verification {
    let mut found = Verification { same: 0, files_same: 0, differences: Vec::new() };
    compare_files(published, computed, &mut found);
    for (id, measure) in &published.measures {
        if computed.measures.get(id) != Some(measure) {
            found.differences.push(Difference::DefinitionDiffers { measure: id.clone() });
        }
    }
    compare_figures(published, computed, &mut found);
    for (claim, answer) in &published.answers {
        let now = computed.answers.get(claim).map_or("", |answer| answer.statement.as_str());
        if answer.statement != now {
            found.differences.push(Difference::SentenceDiffers {
                claim: claim.clone(),
                published: answer.statement.clone(),
                computed: now.to_owned(),
            });
        }
    }
    found
}

fn compare_files(published: &EvidenceFile, computed: &EvidenceFile, found: &mut Verification) {
    let key = |load: &LoadRecord| (load.source.clone(), load.file.clone());
    let today: BTreeMap<_, _> =
        computed.loads.values().map(|load| (key(load), &load.sha256)).collect();
    let mut seen = BTreeSet::new();
    for load in published.loads.values() {
        if !seen.insert(key(load)) {
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

fn compare_figures(published: &EvidenceFile, computed: &EvidenceFile, found: &mut Verification) {
    let today: BTreeMap<&str, &Figure> =
        computed.figures.values().map(|figure| (figure.key.as_str(), figure)).collect();
    for (id, figure) in &published.figures {
        let expected = figure_id(&figure.key, &figure.snapshot);
        if *id != expected || figure.id != expected {
            found.differences.push(Difference::IdDiffers {
                figure: figure.key.clone(),
                published: id.to_string(),
                computed: expected.to_string(),
            });
            continue;
        }
        let Some(now) = today.get(figure.key.as_str()) else {
            let figure_key = figure.key.clone();
            found.differences.push(match figure.disclosure {
                Disclosure::Controlled => Difference::NotCheckable { figure: figure_key },
                Disclosure::Open => Difference::FigureUnknown { figure: figure_key },
            });
            continue;
        };
        let differing = differing_fields(figure, now);
        if differing.is_empty() {
            found.same += 1;
        }
        found.differences.extend(differing);
    }
}

fn differing_fields(published: &Figure, computed: &Figure) -> Vec<Difference> {
    let number = |x: Option<f64>| x.map_or_else(|| "not known".to_owned(), |x| x.to_string());
    let interval =
        |x: Option<(f64, f64)>| x.map_or_else(|| "none".to_owned(), |(a, b)| format!("{a} to {b}"));
    let rows = [
        ("value", number(published.value), number(computed.value)),
        ("interval", interval(published.interval), interval(computed.interval)),
        ("n", published.n.to_string(), computed.n.to_string()),
        ("text", published.text.clone(), computed.text.clone()),
        ("method", published.method.clone(), computed.method.clone()),
        ("parameters", format!("{:?}", published.parameters), format!("{:?}", computed.parameters)),
        ("population", format!("{:?}", published.population), format!("{:?}", computed.population)),
    ];
    rows.into_iter()
        .filter(|(_, published, computed)| published != computed)
        .map(|(field, before, now)| Difference::FigureDiffers {
            figure: published.key.clone(),
            field: field.to_owned(),
            published: before,
            computed: now,
        })
        .collect()
}
