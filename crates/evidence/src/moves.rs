//! What a change of the evidence moves: the published figures and sentences that come out otherwise
//! now, each with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::evidence_file::{EvidenceFile, LoadRecord};
use crate::figure::Figure;

/// What became of a file since the publication.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum FileChange {
    /// It came.
    New {
        /// The file.
        file: String,
        /// Its rows.
        rows: u64,
    },
    /// Another version of it came.
    Revised {
        /// The file.
        file: String,
        /// Rows of the published version.
        rows_then: u64,
        /// Rows now.
        rows_now: u64,
    },
    /// It was withdrawn, or is not there.
    Gone {
        /// The file.
        file: String,
        /// The rows that it held.
        rows: u64,
    },
}

impl fmt::Display for FileChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New { file, rows } => write!(f, "{file} is new, with {rows} rows"),
            Self::Revised { file, rows_then, rows_now } => {
                write!(f, "{file} was revised: {rows_then} rows then, {rows_now} now")
            }
            Self::Gone { file, rows } => write!(f, "{file} is gone, with its {rows} rows"),
        }
    }
}

/// Why a figure or sentence moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Files whose rows it counts have changed.
    Files(Vec<FileChange>),
    /// Files of areas or residents that it rests on have changed.
    Ground(Vec<FileChange>),
    /// Its measure or claim is declared otherwise.
    Declaration,
    /// Its own test is the same, and other tests of the family are not, so its corrected p is another.
    Family,
    /// It was not asked for at publication, or is not any more.
    Asked,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = |changes: &[FileChange]| {
            changes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        match self {
            Self::Files(changes) => f.write_str(&files(changes)),
            Self::Ground(changes) => write!(f, "areas or residents: {}", files(changes)),
            Self::Declaration => f.write_str("it is declared otherwise than at publication"),
            Self::Family => f.write_str(
                "its own test is the same, but other tests of the family moved, and they are corrected together",
            ),
            Self::Asked => f.write_str("it is only in one of the two"),
        }
    }
}

/// A figure or sentence that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The figure's key, or the claim's name.
    pub what: String,
    /// As published; blank for one that is new.
    pub published: String,
    /// As it is now; blank for one that is gone.
    pub now: String,
    /// Why.
    pub why: Why,
}

/// Everything that moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Moves {
    /// Files that came, changed or went.
    pub files: Vec<FileChange>,
    /// Figures, in order of key.
    pub figures: Vec<Moved>,
    /// Sentences, in order of claim.
    pub sentences: Vec<Moved>,
    /// Figures that are the same to the last digit.
    pub figures_same: usize,
}

/// Compares a publication with the evidence as it is now.
pub fn moves(published: &EvidenceFile, now: &EvidenceFile) -> Moves {
    let changes = FileChanges::of(published, now);
    let mut found = Moves { files: changes.all.values().cloned().collect(), ..Moves::default() };
    found.files.sort();
    found.files.dedup();
    let by_key = |file: &'_ EvidenceFile| -> BTreeMap<String, Figure> {
        file.figures.values().map(|figure| (figure.key.clone(), figure.clone())).collect()
    };
    let (then, today) = (by_key(published), by_key(now));
    for key in then.keys().chain(today.keys()).collect::<BTreeSet<_>>() {
        match (then.get(key), today.get(key)) {
            (Some(before), Some(after)) if is_same(before, after) => found.figures_same += 1,
            (before, after) => found.figures.push(Moved {
                what: key.clone(),
                published: before.map(|figure| figure.text.clone()).unwrap_or_default(),
                now: after.map(|figure| figure.text.clone()).unwrap_or_default(),
                why: changes.why(published, now, before, after),
            }),
        }
    }
    let moved: BTreeSet<&str> = found.figures.iter().map(|moved| moved.what.as_str()).collect();
    for (claim, answer) in &published.answers {
        let after = now.answers.get(claim);
        if after.is_some_and(|after| after.statement == answer.statement) {
            continue;
        }
        let figure = published.figures.get(&answer.figure);
        let figure_now = after.and_then(|after| now.figures.get(&after.figure));
        let own = figure.is_some_and(|figure| moved.contains(figure.key.as_str()));
        let why = if after.is_none() {
            Why::Asked
        } else if own {
            changes.why(published, now, figure, figure_now)
        } else if published.claims.get(claim) == now.claims.get(claim) {
            Why::Family
        } else {
            Why::Declaration
        };
        found.sentences.push(Moved {
            what: claim.clone(),
            published: answer.statement.clone(),
            now: after.map(|after| after.statement.clone()).unwrap_or_default(),
            why,
        });
    }
    found
}

/// Whether a figure says the same; its id and its loads may be others.
fn is_same(before: &Figure, after: &Figure) -> bool {
    let says = |figure: &Figure| Figure {
        id: before.id.clone(),
        snapshot: String::new(),
        loads: Vec::new(),
        ..figure.clone()
    };
    says(before) == says(after)
}

/// What became of the files, by load.
struct FileChanges {
    all: BTreeMap<String, FileChange>,
    /// Sources whose rows no figure counts: areas and residents.
    ground: BTreeMap<String, FileChange>,
}

impl FileChanges {
    fn of(published: &EvidenceFile, now: &EvidenceFile) -> Self {
        let gone: BTreeMap<&String, &LoadRecord> =
            published.loads.iter().filter(|(id, _)| !now.loads.contains_key(*id)).collect();
        let mut all = BTreeMap::new();
        for (id, load) in now.loads.iter().filter(|(id, _)| !published.loads.contains_key(*id)) {
            let earlier = gone.iter().find(|(_, gone)| is_version_of(load, gone));
            let change = match earlier {
                Some((earlier_id, earlier)) => {
                    let (rows_then, rows_now) = (earlier.rows_kept, load.rows_kept);
                    let file = load.file.clone();
                    let change = FileChange::Revised { file, rows_then, rows_now };
                    all.insert((*earlier_id).clone(), change.clone());
                    change
                }
                None => FileChange::New { file: load.file.clone(), rows: load.rows_kept },
            };
            all.insert(id.clone(), change);
        }
        for (id, load) in gone {
            let change = || FileChange::Gone { file: load.file.clone(), rows: load.rows_kept };
            all.entry(id.clone()).or_insert_with(change);
        }
        let figures = published.figures.values().chain(now.figures.values());
        let counted: BTreeSet<&String> = figures.flat_map(|figure| &figure.loads).collect();
        let sources: BTreeSet<&String> = [published, now]
            .iter()
            .flat_map(|file| &file.loads)
            .filter(|(id, _)| counted.contains(id))
            .map(|(_, load)| &load.source)
            .collect();
        let source = |id: &String| {
            published.loads.get(id).or_else(|| now.loads.get(id)).map(|load| &load.source)
        };
        let is_ground = |id: &String| source(id).is_some_and(|source| !sources.contains(source));
        let ground = all.iter().filter(|(id, _)| is_ground(id));
        let ground = ground.map(|(id, change)| (id.clone(), change.clone())).collect();
        Self { all, ground }
    }

    fn why(
        &self,
        published: &EvidenceFile,
        now: &EvidenceFile,
        before: Option<&Figure>,
        after: Option<&Figure>,
    ) -> Why {
        let (Some(before), Some(after)) = (before, after) else { return Why::Asked };
        let own: BTreeSet<&FileChange> =
            before.loads.iter().chain(&after.loads).filter_map(|id| self.all.get(id)).collect();
        if !own.is_empty() {
            return Why::Files(own.into_iter().cloned().collect());
        }
        let measure = |file: &EvidenceFile, figure: &Figure| {
            let id = figure.measure.as_ref().and_then(|name| name.split(' ').next());
            id.and_then(|id| file.measures.get(id).cloned())
        };
        if measure(published, before) != measure(now, after) || self.ground.is_empty() {
            return Why::Declaration;
        }
        let ground: BTreeSet<&FileChange> = self.ground.values().collect();
        Why::Ground(ground.into_iter().cloned().collect())
    }
}

/// Whether two loads are versions of one file: a month downloaded again lies elsewhere.
fn is_version_of(load: &LoadRecord, earlier: &LoadRecord) -> bool {
    let name = |file: &str| {
        let name = file.rsplit(['/', '!']).next().unwrap_or(file).to_owned();
        name.strip_suffix(".gz").map_or(name.clone(), str::to_owned)
    };
    load.source == earlier.source && name(&load.file) == name(&earlier.file)
}
