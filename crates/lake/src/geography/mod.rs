//! Reads what is no event: outlines, lookups, changes between vintages, residents, totals.

mod categories;
mod features;
mod lookups;
mod outlines;
pub(crate) mod postcodes;
mod residents;
mod sheet;
mod statistics;
mod survey;
#[cfg(test)]
mod tests;
mod totals;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use arrow::record_batch::RecordBatch;
use sha2::{Digest, Sha256};
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;

use crate::people::may_be_shown;
use crate::read::ReadError;
use crate::rows::{AreaRow, CategoryRow, LinkRow, PopulationRow, Refusal, SurveyAnswer, TotalRow};
use crate::source::Reader;

/// Why a file of geography or population could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum GeographyError {
    /// The file is missing or closed to us.
    #[error("{}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: std::io::Error,
    },
    /// A declared column is not in the file.
    #[error("{}: no column {column:?}; the file has {has}", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// As declared.
        column: String,
        /// The headings that are there.
        has: String,
    },
    /// A run of columns ends before it begins.
    #[error("{}: the columns {run} stand in the other order in the file", path.display())]
    Backwards {
        /// The file.
        path: PathBuf,
        /// As declared.
        run: String,
    },
    /// The file is no GeoJSON feature collection.
    #[error("{}: not a GeoJSON feature collection: {why}", path.display())]
    NotGeoJson {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        why: String,
    },
    /// A table of totals could not be read.
    #[error("{}: {why}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        why: ReadError,
    },
    /// The file holds nothing that can be kept.
    #[error("{}: none of its {rows} rows could be read; first refusal: {first}", path.display())]
    NothingKept {
        /// The file.
        path: PathBuf,
        /// Rows read.
        rows: u64,
        /// The first refusal.
        first: String,
    },
}

/// What a file of geography held.
#[derive(Debug, Default)]
pub(crate) struct GeographyRows {
    pub(crate) areas: Vec<AreaRow>,
    pub(crate) links: Vec<LinkRow>,
    pub(crate) populations: Vec<PopulationRow>,
    pub(crate) categories: Vec<CategoryRow>,
    pub(crate) answers: Vec<SurveyAnswer>,
    pub(crate) totals: Vec<TotalRow>,
    pub(crate) statistics: Option<RecordBatch>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) rows_read: u64,
    pub(crate) rows_kept: u64,
    /// Outlines that were passed over, because they lie outside the partnership and its peers.
    pub(crate) passed_over: u64,
}

/// What a file of geography is read for.
pub(crate) struct GeographyFile<'a> {
    pub(crate) path: &'a Path,
    pub(crate) file_name: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) source: &'a str,
    pub(crate) load_id: &'a str,
    /// Whether refusals may quote the file.
    pub(crate) keep_text: bool,
    /// Of outlines, the codes that matter to the partnership.
    pub(crate) keep: Option<&'a BTreeSet<AreaCode>>,
    /// Of changed small areas, the residents by which they are shared out.
    pub(crate) sharing: Option<&'a Sharing>,
    /// Of totals, what the publisher's words count under, where another source says so.
    pub(crate) categories: Option<&'a BTreeMap<String, Category>>,
}

/// Residents of the small areas of both censuses.
#[derive(Debug, Default)]
pub(crate) struct Sharing {
    pub(crate) lsoa_2011: BTreeMap<AreaCode, u64>,
    pub(crate) lsoa_2021: BTreeMap<AreaCode, u64>,
}

/// The bytes of a file with their hash.
pub(crate) struct FileBytes {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
}

pub(crate) fn read_bytes(path: &Path) -> Result<FileBytes, GeographyError> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|why| GeographyError::Read { path: path.to_owned(), why })?;
    let hash = Sha256::digest(&bytes);
    let sha256 =
        hash.iter().fold(String::with_capacity(64), |hex, byte| format!("{hex}{byte:02x}"));
    Ok(FileBytes { bytes, sha256 })
}

/// Reads one file.
pub(crate) fn read(
    file: &GeographyFile<'_>,
    reader: &Reader,
) -> Result<GeographyRows, GeographyError> {
    let mut sink = Sink { rows: GeographyRows::default(), file };
    match reader {
        Reader::Boundaries { level, code, name } => {
            outlines::read(file, *level, code, name, &mut sink)?;
        }
        Reader::AreaLookup { from, to } => lookups::read(file, from, to, &mut sink)?,
        Reader::LsoaChange { lsoa_2011, lsoa_2021, .. } => {
            lookups::read_change(file, lsoa_2011, lsoa_2021, &mut sink)?;
        }
        Reader::Population { name, level, reference_date, code, value } => {
            let of = |code, residents, load_id: &str| PopulationRow {
                name: name.clone(),
                code,
                level: *level,
                reference_date: *reference_date,
                residents,
                load_id: load_id.to_owned(),
            };
            residents::read(file, code, value, &of, &mut sink)?;
        }
        Reader::CategoryLookup { words, category } => {
            categories::read(file, words, category, &mut sink)?;
        }
        Reader::Totals(mapping) => totals::read(file, mapping, &mut sink)?,
        Reader::Survey(mapping) => survey::read(file, mapping, &mut sink)?,
        Reader::Statistics(mapping) => statistics::read(file, mapping, &mut sink)?,
        Reader::Events { .. } | Reader::PostcodeLookup(_) => {}
    }
    let rows = sink.rows;
    if rows.rows_kept == 0 && rows.passed_over == 0 {
        let of = |r: &Refusal| format!("line {}, {}: {}", r.first_line, r.field, r.reason);
        let first = rows.refusals.first().map_or_else(|| "it has none".to_owned(), of);
        return Err(GeographyError::NothingKept {
            path: file.path.to_owned(),
            rows: rows.rows_read,
            first,
        });
    }
    Ok(rows)
}

struct Sink<'a> {
    rows: GeographyRows,
    file: &'a GeographyFile<'a>,
}

impl Sink<'_> {
    fn load_id(&self) -> String {
        self.file.load_id.to_owned()
    }

    fn refuse(&mut self, line: u64, field: &str, reason: String, text: &str) {
        self.rows.refusals.push(Refusal {
            load_id: self.load_id(),
            file: self.file.file_name.to_owned(),
            first_line: line,
            last_line: line,
            count: 1,
            field: field.to_owned(),
            reason,
            text: (self.file.keep_text && may_be_shown(text))
                .then(|| text.chars().take(80).collect()),
        });
    }

    fn code(&mut self, line: u64, field: &str, text: &str) -> Option<AreaCode> {
        let code = AreaCode::new(text).ok();
        if code.is_none() {
            // The reason never quotes the row: it is kept for controlled sources too.
            self.refuse(line, field, "not an area code such as E08000007".into(), text);
        }
        code
    }

    fn area(&mut self, code: AreaCode, level: AreaLevel, name: &str, outline_wkb: Option<Vec<u8>>) {
        let load_id = self.load_id();
        self.rows.areas.push(AreaRow {
            code,
            level,
            name: name.trim().to_owned(),
            outline_wkb,
            load_id,
        });
    }
}
