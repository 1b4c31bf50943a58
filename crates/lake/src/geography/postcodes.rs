//! Postcode lookups: the ONS's directories, which name each postcode's small area, and Code-Point Open,
//! which gives its place.
//!
//! A directory of the whole country is a gigabyte of text, so it is read as a stream and not kept in
//! memory; what is kept are sixteen bytes a postcode.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use arrow::record_batch::RecordBatch;
use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::coordinates::BritishNationalGrid;

use super::GeographyError;
use crate::people::{Postcode, shown_headings};
use crate::postcodes;
use crate::read::{Locate, ReadError, SmallArea};
use crate::rows::Refusal;
use crate::source::{Column, PostcodeColumns, PostcodePlace};

/// What a lookup is read for.
pub(crate) struct PostcodeFile<'a> {
    pub(crate) path: &'a Path,
    pub(crate) file_name: &'a str,
    pub(crate) source: &'a str,
    pub(crate) load_id: &'a str,
    pub(crate) columns: &'a PostcodeColumns,
    /// The codes that matter to the partnership, of a lookup that names areas; all if not given.
    pub(crate) keep: Option<&'a BTreeSet<AreaCode>>,
    /// Finds the areas of a lookup that gives places.
    pub(crate) locate: &'a dyn Locate,
}

/// What one held. Its rows reconcile: read are kept and refused; those outside are counted apart.
pub(crate) struct PostcodeRows {
    pub(crate) batch: Option<RecordBatch>,
    pub(crate) rows_read: u64,
    pub(crate) rows_kept: u64,
    pub(crate) passed_over: u64,
    pub(crate) refusals: Vec<Refusal>,
}

/// The hash and the size of a file too large to hold.
pub(crate) fn hash(path: &Path) -> Result<(String, u64), GeographyError> {
    let failed = |why| GeographyError::Read { path: path.to_owned(), why };
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut size) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                hash.update(&buffer[..n]);
                size += n as u64;
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(failed(why)),
        }
    }
    let sha256 = hash.finalize();
    let sha256 =
        sha256.iter().fold(String::with_capacity(64), |hex, byte| format!("{hex}{byte:02x}"));
    Ok((sha256, size))
}

/// Reads a lookup.
pub(crate) fn read(file: &PostcodeFile<'_>) -> Result<PostcodeRows, GeographyError> {
    let opened =
        open(file.path).map_err(|why| GeographyError::Read { path: file.path.to_owned(), why })?;
    let mut records = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(file.columns.has_headings)
        .from_reader(BufReader::with_capacity(1 << 20, opened));
    let places = Places::of(file, &mut records)?;
    let mut found = Found::new(file);
    let mut record = csv::ByteRecord::new();
    loop {
        let is_there = records
            .read_byte_record(&mut record)
            .map_err(|why| GeographyError::Read { path: file.path.to_owned(), why: why.into() })?;
        if !is_there {
            break;
        }
        let line = record.position().map_or(0, csv::Position::line);
        found.add(line, &record, &places);
    }
    found.into_rows()
}

/// The largest that a packed lookup may unpack to: twice the country's directory.
const MOST_UNPACKED: u64 = 4 << 30;

/// A file as it is, or unpacked on the way if its name ends with `.gz`.
fn open(path: &Path) -> io::Result<Box<dyn io::Read>> {
    let file = File::open(path)?;
    let packed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    Ok(if packed {
        Box::new(MultiGzDecoder::new(BufReader::new(file)).take(MOST_UNPACKED))
    } else {
        Box::new(file)
    })
}

/// Where the columns stand, with what to call them.
struct Places {
    postcode: (usize, String),
    area: AreaPlaces,
}

enum AreaPlaces {
    Named(usize),
    Metres(usize, usize),
}

impl Places {
    fn of(
        file: &PostcodeFile<'_>,
        records: &mut csv::Reader<BufReader<Box<dyn io::Read>>>,
    ) -> Result<Self, GeographyError> {
        let bad =
            |why: csv::Error| GeographyError::Read { path: file.path.to_owned(), why: why.into() };
        let first = records.byte_headers().map_err(bad)?;
        let headings: Vec<String> = first
            .iter()
            .map(|heading| String::from_utf8_lossy(heading))
            .map(|heading| heading.trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        let place = |column: &Column| -> Result<(usize, String), GeographyError> {
            let (found, name) = match column {
                Column::Heading(name) => (
                    headings
                        .iter()
                        .position(|h| file.columns.has_headings && h.eq_ignore_ascii_case(name)),
                    name.clone(),
                ),
                Column::Number(number) => {
                    let index = number.checked_sub(1);
                    (index.filter(|index| *index < headings.len()), format!("column {number}"))
                }
            };
            found.map(|index| (index, name.clone())).ok_or_else(|| GeographyError::NoColumn {
                path: file.path.to_owned(),
                column: name,
                has: shown_headings(&headings),
            })
        };
        let area = match &file.columns.place {
            PostcodePlace::SmallArea { lsoa, .. } => AreaPlaces::Named(place(lsoa)?.0),
            PostcodePlace::Metres { easting, northing } => {
                AreaPlaces::Metres(place(easting)?.0, place(northing)?.0)
            }
        };
        Ok(Self { postcode: place(&file.columns.postcode)?, area })
    }
}

struct Found<'a> {
    file: &'a PostcodeFile<'a>,
    rows: Vec<(Postcode, u32, u64)>,
    areas: Vec<SmallArea>,
    /// The areas of codes, or none of codes that do not matter.
    by_code: HashMap<String, Option<u32>>,
    by_area: BTreeMap<SmallArea, u32>,
    rows_read: u64,
    passed_over: u64,
    refusals: Vec<Refusal>,
}

/// From here on, refusals of one reason are joined wherever they stand.
const MOST_REFUSALS: usize = 10_000;

impl<'a> Found<'a> {
    fn new(file: &'a PostcodeFile<'a>) -> Self {
        Self {
            file,
            rows: Vec::new(),
            areas: Vec::new(),
            by_code: HashMap::new(),
            by_area: BTreeMap::new(),
            rows_read: 0,
            passed_over: 0,
            refusals: Vec::new(),
        }
    }

    fn add(&mut self, line: u64, record: &csv::ByteRecord, places: &Places) {
        let cell = |index: usize| {
            let bytes = record.get(index).unwrap_or_default();
            std::str::from_utf8(bytes).unwrap_or_default().trim()
        };
        let Some(area) = (match places.area {
            AreaPlaces::Named(index) => self.named(cell(index)),
            AreaPlaces::Metres(easting, northing) => self.located(cell(easting), cell(northing)),
        }) else {
            self.passed_over += 1;
            return;
        };
        self.rows_read += 1;
        match Postcode::new(cell(places.postcode.0)) {
            Some(postcode) => self.rows.push((postcode, area, line)),
            None => self.refuse(line, &places.postcode.1, "not a postcode"),
        }
    }

    /// The area of a code that matters. A code of Scotland, or that a directory gives where there is
    /// no small area, matters to nobody here.
    fn named(&mut self, code: &str) -> Option<u32> {
        if let Some(known) = self.by_code.get(code) {
            return *known;
        }
        let matters = |code: &AreaCode| match self.file.keep {
            Some(keep) => keep.contains(code),
            None => code.as_str().starts_with("E01") || code.as_str().starts_with("W01"),
        };
        let area = AreaCode::new(code).ok().filter(matters).map(|code| {
            let of_2011 = matches!(
                self.file.columns.place,
                PostcodePlace::SmallArea { level: AreaLevel::LSOA_2011, .. }
            );
            if of_2011 {
                SmallArea { lsoa_2021: None, lsoa_2011: Some(code) }
            } else {
                SmallArea { lsoa_2021: Some(code), lsoa_2011: None }
            }
        });
        let number = area.map(|area| self.number(area));
        self.by_code.insert(code.to_owned(), number);
        number
    }

    fn located(&mut self, easting: &str, northing: &str) -> Option<u32> {
        let place = BritishNationalGrid::new(easting.parse().ok()?, northing.parse().ok()?).ok()?;
        let area = self.file.locate.locate(place)?;
        Some(self.number(area))
    }

    fn number(&mut self, area: SmallArea) -> u32 {
        let (areas, next) = (&mut self.areas, self.by_area.len() as u32);
        *self.by_area.entry(area).or_insert_with_key(|area| {
            areas.push(area.clone());
            next
        })
    }

    /// The text is never kept, so refusals of one reason on following lines are one.
    fn refuse(&mut self, line: u64, field: &str, reason: &str) {
        let joins_any = self.refusals.len() >= MOST_REFUSALS;
        let alike = |held: &&mut Refusal| {
            held.reason == reason && (joins_any || held.last_line + 1 == line)
        };
        let held = if joins_any {
            self.refusals.iter_mut().find(alike)
        } else {
            self.refusals.last_mut().filter(alike)
        };
        if let Some(held) = held {
            held.count += 1;
            held.last_line = held.last_line.max(line);
            return;
        }
        self.refusals.push(Refusal {
            load_id: self.file.load_id.to_owned(),
            file: self.file.file_name.to_owned(),
            first_line: line,
            last_line: line,
            count: 1,
            field: field.to_owned(),
            reason: reason.to_owned(),
            text: None,
        });
    }

    fn into_rows(mut self) -> Result<PostcodeRows, GeographyError> {
        let path = self.file.path.to_owned();
        self.rows.sort_unstable_by_key(|(postcode, _, line)| (*postcode, *line));
        let mut kept: Vec<(Postcode, u32)> = Vec::with_capacity(self.rows.len());
        for (postcode, area, line) in std::mem::take(&mut self.rows) {
            if kept.last().is_some_and(|(held, _)| *held == postcode) {
                self.refuse(line, "row", "a postcode that stands in the file twice");
            } else {
                kept.push((postcode, area));
            }
        }
        if kept.is_empty() && self.passed_over == 0 {
            let first = self.refusals.first().map_or_else(
                || "it has none".to_owned(),
                |first| format!("line {}, {}: {}", first.first_line, first.field, first.reason),
            );
            return Err(GeographyError::NothingKept { path, rows: self.rows_read, first });
        }
        let batch = (!kept.is_empty())
            .then(|| postcodes::batch(self.file.source, self.file.load_id, &kept, &self.areas))
            .transpose();
        let batch = batch.map_err(|why| GeographyError::Table {
            path,
            why: ReadError::Unreadable { source: io::Error::other(why) },
        })?;
        Ok(PostcodeRows {
            batch,
            rows_read: self.rows_read,
            rows_kept: kept.len() as u64,
            passed_over: self.passed_over,
            refusals: self.refusals,
        })
    }
}
