//! `evidence.json`: every figure of a publication with all it takes to compute it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wardmote_domain::claim::Rule;
use wardmote_domain::figure::FigureId;
use wardmote_domain::provenance::Disclosure;
use wardmote_lake::Load;

use crate::claims::{Answer, Answers, TestRecord};
use crate::declarations::{Claim, Family};
use crate::figure::Figure;
use crate::measure::Measure;
use crate::observed::Observed;

/// The version of the file's shape; a reader refuses one that it does not know.
pub const FORMAT: u32 = 1;

/// Why the file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFileError {
    /// It is missing or closed to us.
    #[error("{}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: std::io::Error,
    },
    /// It is not an evidence file.
    #[error("{}: not an evidence file: {why}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, column and field.
        #[source]
        why: serde_json::Error,
    },
    /// It was written by a later Wardmote.
    #[error("{}: format {found}, but this wardmote reads format {FORMAT}; use a later version", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
}

/// A file that was loaded, as the evidence cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadRecord {
    /// The source it belongs to.
    pub source: String,
    /// Who published it.
    pub publisher: String,
    /// Under which licence.
    pub licence: String,
    /// Its path in the data folder.
    pub file: String,
    /// Of its bytes.
    pub sha256: String,
    /// Rows read, kept and refused.
    pub rows_read: u64,
    /// Rows kept.
    pub rows_kept: u64,
    /// Rows refused.
    pub rows_refused: u64,
    /// Kept rows that name no place.
    pub without_place: u64,
}

impl LoadRecord {
    pub(crate) fn of(load: &Load) -> Self {
        Self {
            source: load.source.clone(),
            publisher: load.publisher.clone(),
            licence: load.licence.clone(),
            file: load.file_name.clone(),
            sha256: load.sha256.clone(),
            rows_read: load.rows_read,
            rows_kept: load.rows_kept,
            rows_refused: load.rows_refused,
            without_place: load.without_place,
        }
    }
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// The shape's version.
    pub format: u32,
    /// The partnership.
    pub partnership: String,
    /// Whether its data are synthetic.
    pub synthetic: bool,
    /// The vintage of the evidence.
    pub snapshot: String,
    /// The declared date of publication.
    pub published: jiff::civil::Date,
    /// The rule for gated words.
    pub rule: Rule,
    /// What the family of tests is.
    pub family: String,
    /// The measures, as they were defined.
    pub measures: BTreeMap<String, Measure>,
    /// The claims, as they were declared.
    pub claims: BTreeMap<String, Claim>,
    /// The files of open sources, by load; those of controlled sources are not listed.
    pub loads: BTreeMap<String, LoadRecord>,
    /// Every test of the family, shown or not.
    pub tests: Vec<TestRecord>,
    /// The claims' answers.
    pub answers: BTreeMap<String, Answer>,
    /// The figures.
    pub figures: BTreeMap<FigureId, Figure>,
}

impl EvidenceFile {
    /// The file for a set of answers.
    pub fn new(
        observed: &Observed,
        claims: &BTreeMap<String, Claim>,
        family: &Family,
        answers: &Answers,
        published: jiff::civil::Date,
    ) -> Self {
        let open = observed.loads.iter().filter(|load| load.disclosure == Disclosure::Open);
        Self {
            format: FORMAT,
            partnership: observed.partnership.name.clone(),
            synthetic: observed.partnership.synthetic,
            snapshot: observed.snapshot.clone(),
            published,
            rule: family.rule,
            family: family.description.clone(),
            measures: observed.measures.clone(),
            claims: claims.clone(),
            loads: open.map(|load| (load.load_id.clone(), LoadRecord::of(load))).collect(),
            tests: answers.tests.clone(),
            answers: answers.claims.clone(),
            figures: answers.figures.clone(),
        }
    }

    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, EvidenceFileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|why| EvidenceFileError::Read { path: path.to_owned(), why })?;
        let parse = |why| EvidenceFileError::Parse { path: path.to_owned(), why };
        let shape: Shape = serde_json::from_str(&text).map_err(parse)?;
        if shape.format != FORMAT {
            return Err(EvidenceFileError::Format { path: path.to_owned(), found: shape.format });
        }
        serde_json::from_str(&text).map_err(parse)
    }

    /// The file's text: keys in order, numbers in their shortest exact form.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

#[derive(Deserialize)]
struct Shape {
    format: u32,
}
