//! Reads geography and populations: outlines, lookups, changes between vintages, residents.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wardmote_domain::area::{AreaCode, AreaLevel};

use crate::geometry;
use crate::read::Projection;
use crate::rows::{AreaRow, LinkRow, PopulationRow, Refusal};
use crate::source::{Column, LookupColumn, Reader};

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
    /// The file is no GeoJSON feature collection.
    #[error("{}: not a GeoJSON feature collection: {why}", path.display())]
    NotGeoJson {
        /// The file.
        path: PathBuf,
        /// What the reader says.
        why: String,
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
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) rows_read: u64,
    pub(crate) rows_kept: u64,
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
    let sha256 = hash.iter().fold(String::with_capacity(64), |hex, byte| format!("{hex}{byte:02x}"));
    Ok(FileBytes { bytes, sha256 })
}

/// Reads one file. `keep` holds, for outlines, the codes that matter to the partnership.
pub(crate) fn read(
    path: &Path,
    file_name: &str,
    bytes: &[u8],
    reader: &Reader,
    load_id: &str,
    keep: Option<&BTreeSet<AreaCode>>,
) -> Result<GeographyRows, GeographyError> {
    let mut rows = GeographyRows::default();
    let mut sink = Sink { rows: &mut rows, load_id, file_name };
    match reader {
        Reader::Boundaries { level, code, name } => read_boundaries(path, bytes, *level, code, name, keep, &mut sink)?,
        Reader::AreaLookup { from, to } => read_lookup(path, bytes, from, to, &mut sink)?,
        Reader::LsoaChange { lsoa_2011, lsoa_2021 } => read_change(path, bytes, lsoa_2011, lsoa_2021, &mut sink)?,
        Reader::Population { name, level, code, value } => read_population(path, bytes, name, *level, code, value, &mut sink)?,
        Reader::PoliceUkStreet { .. } => {}
    }
    if rows.rows_kept == 0 && rows.rows_read > 0 && keep.is_none() {
        let first = rows.refusals.first().map_or_else(String::new, |r| format!("line {}, {}: {}", r.first_line, r.field, r.reason));
        return Err(GeographyError::NothingKept { path: path.to_owned(), rows: rows.rows_read, first });
    }
    Ok(rows)
}

struct Sink<'a> {
    rows: &'a mut GeographyRows,
    load_id: &'a str,
    file_name: &'a str,
}

impl Sink<'_> {
    fn refuse(&mut self, line: u64, field: &str, reason: String, text: &str) {
        self.rows.refusals.push(Refusal {
            load_id: self.load_id.to_owned(),
            file: self.file_name.to_owned(),
            first_line: line,
            last_line: line,
            count: 1,
            field: field.to_owned(),
            reason,
            text: Some(text.chars().take(80).collect()),
        });
    }

    fn code(&mut self, line: u64, field: &str, text: &str) -> Option<AreaCode> {
        match AreaCode::new(text) {
            Ok(code) => Some(code),
            Err(why) => {
                self.refuse(line, field, why.to_string(), text);
                None
            }
        }
    }

    fn area(&mut self, code: AreaCode, level: AreaLevel, name: &str, outline_wkb: Option<Vec<u8>>) {
        let load_id = self.load_id.to_owned();
        self.rows.areas.push(AreaRow { code, level, name: name.trim().to_owned(), outline_wkb, load_id });
    }
}

fn read_boundaries(
    path: &Path,
    bytes: &[u8],
    level: AreaLevel,
    code_property: &str,
    name_property: &str,
    keep: Option<&BTreeSet<AreaCode>>,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let projection = Projection::new();
    let not = |why: String| GeographyError::NotGeoJson { path: path.to_owned(), why };
    for (index, feature) in geojson::FeatureReader::from_reader(bytes).features().enumerate() {
        let feature = feature.map_err(|why| not(why.to_string()))?;
        let line = index as u64 + 1;
        sink.rows.rows_read += 1;
        let text = |property: &str| feature.property(property).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let Some(code) = sink.code(line, code_property, &text(code_property)) else { continue };
        sink.rows.rows_kept += 1;
        if keep.is_some_and(|keep| !keep.contains(&code)) {
            continue;
        }
        let outline = feature.geometry.as_ref().and_then(|shape| geometry::from_geojson(shape, &projection));
        if outline.is_none() {
            sink.rows.rows_kept -= 1;
            sink.refuse(line, "geometry", "not a polygon inside Great Britain".into(), code.as_str());
            continue;
        }
        sink.area(code, level, &text(name_property), outline.map(|outline| geometry::to_wkb(&outline)));
    }
    if sink.rows.rows_read == 0 { Err(not("it holds no feature".into())) } else { Ok(()) }
}

/// A CSV file with its headings.
struct Sheet<'a> {
    path: &'a Path,
    headings: Vec<String>,
    records: csv::Reader<&'a [u8]>,
}

impl<'a> Sheet<'a> {
    fn open(path: &'a Path, bytes: &'a [u8]) -> Result<Self, GeographyError> {
        let mut records = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let headings = records.headers().map_err(|why| GeographyError::Read { path: path.to_owned(), why: why.into() })?;
        let headings = headings.iter().map(|heading| heading.trim().to_owned()).collect();
        Ok(Self { path, headings, records })
    }

    fn column(&self, name: &str) -> Result<usize, GeographyError> {
        let found = self.headings.iter().position(|heading| heading == name);
        found.ok_or_else(|| GeographyError::NoColumn {
            path: self.path.to_owned(),
            column: name.to_owned(),
            has: self.headings.join(", "),
        })
    }

    /// Calls `each` with every record and its line; a record that is no text is refused.
    fn each(mut self, sink: &mut Sink<'_>, mut each: impl FnMut(&mut Sink<'_>, u64, &csv::StringRecord) -> bool) {
        let mut record = csv::StringRecord::new();
        loop {
            match self.records.read_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    sink.rows.rows_read += 1;
                    if each(sink, line, &record) {
                        sink.rows.rows_kept += 1;
                    }
                }
                Err(why) => {
                    let line = why.position().map_or(0, csv::Position::line);
                    sink.rows.rows_read += 1;
                    sink.refuse(line, "row", why.to_string(), "");
                }
            }
        }
    }
}

fn read_lookup(path: &Path, bytes: &[u8], from: &LookupColumn, to: &[LookupColumn], sink: &mut Sink<'_>) -> Result<(), GeographyError> {
    let sheet = Sheet::open(path, bytes)?;
    let locate = |column: &LookupColumn| Ok((column.level, sheet.column(&column.code)?, sheet.column(&column.name)?, column.code.clone()));
    let from = locate(from)?;
    let to = to.iter().map(locate).collect::<Result<Vec<_>, GeographyError>>()?;
    let mut seen: BTreeSet<(AreaLevel, AreaCode)> = BTreeSet::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let Some(child) = sink.code(line, &from.3, cell(from.1)) else { return false };
        let mut parents = Vec::with_capacity(to.len());
        for (level, code, name, heading) in &to {
            let Some(parent) = sink.code(line, heading, cell(*code)) else { return false };
            parents.push((*level, parent, cell(*name)));
        }
        if seen.insert((from.0, child.clone())) {
            sink.area(child.clone(), from.0, cell(from.2), None);
        }
        for (level, parent, name) in parents {
            if seen.insert((level, parent.clone())) {
                sink.area(parent.clone(), level, name, None);
            }
            sink.rows.links.push(LinkRow {
                from_code: child.clone(),
                from_level: from.0,
                to_code: parent,
                to_level: level,
                weight: 1.0,
                load_id: sink.load_id.to_owned(),
            });
        }
        true
    });
    Ok(())
}

fn read_change(path: &Path, bytes: &[u8], lsoa_2011: &str, lsoa_2021: &str, sink: &mut Sink<'_>) -> Result<(), GeographyError> {
    let sheet = Sheet::open(path, bytes)?;
    let (old, new) = (sheet.column(lsoa_2011)?, sheet.column(lsoa_2021)?);
    let mut pairs: Vec<(AreaCode, AreaCode)> = Vec::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let old = sink.code(line, lsoa_2011, cell(old));
        let new = sink.code(line, lsoa_2021, cell(new));
        let both = old.zip(new);
        let kept = both.is_some();
        pairs.extend(both);
        kept
    });
    let count = |of: fn(&(AreaCode, AreaCode)) -> &AreaCode| {
        let mut counts: BTreeMap<&AreaCode, usize> = BTreeMap::new();
        for pair in &pairs {
            *counts.entry(of(pair)).or_default() += 1;
        }
        counts
    };
    let (of_old, of_new) = (count(|pair| &pair.0), count(|pair| &pair.1));
    let mut links = Vec::new();
    for (old, new) in &pairs {
        let mut link = |from: (&AreaCode, AreaLevel), to: (&AreaCode, AreaLevel)| {
            links.push(LinkRow {
                from_code: from.0.clone(),
                from_level: from.1,
                to_code: to.0.clone(),
                to_level: to.1,
                weight: 1.0,
                load_id: sink.load_id.to_owned(),
            });
        };
        // Only a one-to-one step is exact: the child of a split has one parent, and so on back.
        if of_new.get(new) == Some(&1) {
            link((new, AreaLevel::LSOA_2021), (old, AreaLevel::LSOA_2011));
        }
        if of_old.get(old) == Some(&1) {
            link((old, AreaLevel::LSOA_2011), (new, AreaLevel::LSOA_2021));
        }
    }
    sink.rows.links = links;
    for code in of_old.keys() {
        sink.rows.areas.push(AreaRow { code: (*code).clone(), level: AreaLevel::LSOA_2011, name: String::new(), outline_wkb: None, load_id: sink.load_id.to_owned() });
    }
    for code in of_new.keys() {
        sink.rows.areas.push(AreaRow { code: (*code).clone(), level: AreaLevel::LSOA_2021, name: String::new(), outline_wkb: None, load_id: sink.load_id.to_owned() });
    }
    Ok(())
}

fn read_population(
    path: &Path,
    bytes: &[u8],
    name: &str,
    level: AreaLevel,
    code_column: &str,
    value: &Column,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(path, bytes)?;
    let code = sheet.column(code_column)?;
    let (value, heading) = match value {
        Column::Heading(heading) => (sheet.column(heading)?, heading.clone()),
        Column::Number(number) => (number.saturating_sub(1), format!("column {number}")),
    };
    sheet.each(sink, |sink, line, record| {
        let text = record.get(value).unwrap_or_default().trim();
        let Some(area) = sink.code(line, code_column, record.get(code).unwrap_or_default()) else { return false };
        let Ok(residents) = text.replace(',', "").parse::<u64>() else {
            sink.refuse(line, &heading, format!("{text:?} is not a whole number of residents"), text);
            return false;
        };
        let load_id = sink.load_id.to_owned();
        sink.rows.populations.push(PopulationRow { name: name.to_owned(), code: area, level, residents, load_id });
        true
    });
    Ok(())
}
