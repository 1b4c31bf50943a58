//! Reads geography and populations: outlines, lookups, changes between vintages, residents.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wardmote_domain::area::{AreaCode, AreaLevel};

use crate::features;
use crate::geometry;
use crate::read::Projection;
use crate::rows::{AreaRow, LinkRow, PopulationRow, Refusal};
use crate::source::{Column, Fit, LookupColumn, ParentColumn, Reader};

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
    /// Outlines that were passed over, because they lie outside the partnership and its peers.
    pub(crate) passed_over: u64,
}

/// What a file of geography is read for.
pub(crate) struct GeographyFile<'a> {
    pub(crate) path: &'a Path,
    pub(crate) file_name: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) load_id: &'a str,
    /// Whether refusals may quote the file.
    pub(crate) keep_text: bool,
    /// Of outlines, the codes that matter to the partnership.
    pub(crate) keep: Option<&'a BTreeSet<AreaCode>>,
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
            read_boundaries(file, *level, code, name, &mut sink)?;
        }
        Reader::AreaLookup { from, to } => read_lookup(file, from, to, &mut sink)?,
        Reader::LsoaChange { lsoa_2011, lsoa_2021 } => {
            read_change(file, lsoa_2011, lsoa_2021, &mut sink)?;
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
            read_population(file, code, value, &of, &mut sink)?;
        }
        Reader::PoliceUkStreet { .. } => {}
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
            text: self.file.keep_text.then(|| text.chars().take(80).collect()),
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

/// One pass finds the features that matter, a second takes their outlines: most of a national file
/// is outlines that nobody asked for.
fn read_boundaries(
    file: &GeographyFile<'_>,
    level: AreaLevel,
    code_property: &str,
    name_property: &str,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let not = |why: String| GeographyError::NotGeoJson { path: file.path.to_owned(), why };
    let read: features::Named =
        serde_json::from_slice(file.bytes).map_err(|why| not(why.to_string()))?;
    if read.features.is_empty() {
        return Err(not("it holds no feature".into()));
    }
    let mut wanted = Vec::with_capacity(read.features.len());
    for (index, feature) in read.features.iter().enumerate() {
        let number = index as u64 + 1;
        let text = |property: &str| feature.text(property).unwrap_or_default();
        if let (Some(keep), Ok(code)) = (file.keep, AreaCode::new(text(code_property)))
            && !keep.contains(&code)
        {
            sink.rows.passed_over += 1;
            wanted.push(None);
            continue;
        }
        sink.rows.rows_read += 1;
        let code = sink.code(number, code_property, text(code_property));
        wanted.push(code.map(|code| (code, text(name_property).to_owned())));
    }
    let projection = Projection::new();
    let outlines =
        features::outlines(file.bytes, &|index| wanted.get(index).is_some_and(Option::is_some))
            .map_err(|why| not(why.to_string()))?;
    for (index, geometry) in outlines {
        let Some((code, name)) = wanted.get_mut(index).and_then(Option::take) else { continue };
        let outline = geometry.as_ref().and_then(|shape| geometry::from_geojson(shape, projection));
        if let Some(outline) = outline {
            sink.rows.rows_kept += 1;
            sink.area(code, level, &name, Some(geometry::to_wkb(&outline)));
        } else {
            let reason = "not a polygon inside Great Britain".into();
            sink.refuse(index as u64 + 1, "geometry", reason, code.as_str());
        }
    }
    Ok(())
}

/// A CSV file with its headings.
struct Sheet<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    headings: Vec<String>,
    records: csv::Reader<&'a [u8]>,
}

impl<'a> Sheet<'a> {
    fn open(path: &'a Path, bytes: &'a [u8]) -> Result<Self, GeographyError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter =
            if first_line.contains(&b';') && !first_line.contains(&b',') { b';' } else { b',' };
        let mut records =
            csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(bytes);
        let read =
            |why: csv::Error| GeographyError::Read { path: path.to_owned(), why: why.into() };
        let headings = records.headers().map_err(read)?;
        let headings = headings.iter().map(|heading| heading.trim().to_owned()).collect();
        Ok(Self { path, bytes, headings, records })
    }

    /// The place of a column, and what to call it.
    fn column(&self, column: &Column) -> Result<(usize, String), GeographyError> {
        let found = match column {
            Column::Heading(name) => self.headings.iter().position(|heading| heading == name),
            Column::Number(number) => {
                number.checked_sub(1).filter(|index| *index < self.headings.len())
            }
        };
        let name = match column {
            Column::Heading(name) => name.clone(),
            Column::Number(number) => format!("column {number}"),
        };
        let Some(index) = found else {
            let has = self.headings.join(", ");
            return Err(GeographyError::NoColumn { path: self.path.to_owned(), column: name, has });
        };
        Ok((index, name))
    }

    /// Calls `each` with every record and its line; a record that is no text is refused.
    fn each(
        mut self,
        sink: &mut Sink<'_>,
        mut each: impl FnMut(&mut Sink<'_>, u64, &csv::StringRecord) -> bool,
    ) {
        let mut record = csv::StringRecord::new();
        loop {
            let found = self.records.read_record(&mut record);
            let position = match &found {
                Ok(false) => break,
                Ok(true) => record.position(),
                Err(why) => why.position(),
            };
            let line = position.map_or(0, |position| line_at(self.bytes, position));
            sink.rows.rows_read += 1;
            match found {
                Ok(_) => sink.rows.rows_kept += u64::from(each(sink, line, &record)),
                Err(_) => sink.refuse(line, "row", "not UTF-8 text".into(), ""),
            }
        }
    }
}

/// The line on which a record starts. Where lines end in CR LF, the CSV reader takes the line feed
/// for the start of the next record.
fn line_at(bytes: &[u8], position: &csv::Position) -> u64 {
    let at_line_feed = bytes.get(position.byte() as usize) == Some(&b'\n');
    position.line() + u64::from(at_line_feed)
}

/// Where a level's areas stand in a lookup.
struct Located {
    level: AreaLevel,
    code: usize,
    heading: String,
    name: Option<usize>,
    fit: Fit,
}

fn read_lookup(
    file: &GeographyFile<'_>,
    from: &LookupColumn,
    to: &[ParentColumn],
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(file.path, file.bytes)?;
    let locate = |level, code: &Column, name: &Option<Column>, fit| {
        let (code, heading) = sheet.column(code)?;
        let name =
            name.as_ref().map(|name| sheet.column(name)).transpose()?.map(|(index, _)| index);
        Ok(Located { level, code, heading, name, fit })
    };
    let from = locate(from.level, &from.code, &from.name, Fit::Exact)?;
    let to = to.iter().map(|to| locate(to.level, &to.code, &to.name, to.fit));
    let to = to.collect::<Result<Vec<_>, GeographyError>>()?;
    let mut seen: HashSet<(AreaLevel, AreaCode)> = HashSet::new();
    let mut linked: HashSet<(AreaCode, AreaLevel, AreaCode)> = HashSet::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let name = |of: &Located| of.name.map(cell).unwrap_or_default();
        let Some(child) = sink.code(line, &from.heading, cell(from.code)) else { return false };
        let mut parents = Vec::with_capacity(to.len());
        for parent in &to {
            let Some(code) = sink.code(line, &parent.heading, cell(parent.code)) else {
                return false;
            };
            parents.push((parent, code));
        }
        if seen.insert((from.level, child.clone())) {
            sink.area(child.clone(), from.level, name(&from), None);
        }
        for (parent, code) in parents {
            if seen.insert((parent.level, code.clone())) {
                sink.area(code.clone(), parent.level, name(parent), None);
            }
            // A lookup from output areas names each pair of larger areas many times.
            if linked.insert((child.clone(), parent.level, code.clone())) {
                let load_id = sink.load_id();
                sink.rows.links.push(LinkRow {
                    from_code: child.clone(),
                    from_level: from.level,
                    to_code: code,
                    to_level: parent.level,
                    weight: 1.0,
                    fit: parent.fit.slug().to_owned(),
                    load_id,
                });
            }
        }
        true
    });
    Ok(())
}

fn read_change(
    file: &GeographyFile<'_>,
    lsoa_2011: &Column,
    lsoa_2021: &Column,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(file.path, file.bytes)?;
    let (old, old_heading) = sheet.column(lsoa_2011)?;
    let (new, new_heading) = sheet.column(lsoa_2021)?;
    let mut pairs: Vec<(AreaCode, AreaCode)> = Vec::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let Some(old) = sink.code(line, &old_heading, cell(old)) else { return false };
        let Some(new) = sink.code(line, &new_heading, cell(new)) else { return false };
        pairs.push((old, new));
        true
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
                fit: Fit::Exact.slug().to_owned(),
                load_id: sink.load_id(),
            });
        };
        // Only a step to a single area is exact: the child of a split has one parent, an area that
        // was merged one successor; an area that was split has none.
        if of_new.get(new) == Some(&1) {
            link((new, AreaLevel::LSOA_2021), (old, AreaLevel::LSOA_2011));
        }
        if of_old.get(old) == Some(&1) {
            link((old, AreaLevel::LSOA_2011), (new, AreaLevel::LSOA_2021));
        }
    }
    sink.rows.links = links;
    for code in of_old.keys() {
        sink.area((*code).clone(), AreaLevel::LSOA_2011, "", None);
    }
    for code in of_new.keys() {
        sink.area((*code).clone(), AreaLevel::LSOA_2021, "", None);
    }
    Ok(())
}

fn read_population(
    file: &GeographyFile<'_>,
    code: &Column,
    value: &Column,
    row: &dyn Fn(AreaCode, u64, &str) -> PopulationRow,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(file.path, file.bytes)?;
    let (code, code_heading) = sheet.column(code)?;
    let (value, value_heading) = sheet.column(value)?;
    let mut seen: HashSet<AreaCode> = HashSet::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let Some(area) = sink.code(line, &code_heading, cell(code)) else { return false };
        let Ok(residents) = cell(value).replace(',', "").parse::<u64>() else {
            let reason = "not a whole number of residents".into();
            sink.refuse(line, &value_heading, reason, cell(value));
            return false;
        };
        if !seen.insert(area.clone()) {
            let reason = "an area that stands in the file twice".into();
            sink.refuse(line, &code_heading, reason, area.as_str());
            return false;
        }
        sink.rows.populations.push(row(area, residents, file.load_id));
        true
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(
        text: &str,
        reader: &Reader,
        keep: Option<&BTreeSet<AreaCode>>,
    ) -> Result<GeographyRows, GeographyError> {
        let file = GeographyFile {
            path: Path::new("data/file"),
            file_name: "file",
            bytes: text.as_bytes(),
            load_id: "load",
            keep_text: true,
            keep,
        };
        read(&file, reader)
    }

    fn code(text: &str) -> AreaCode {
        AreaCode::new(text).unwrap()
    }

    fn heading(text: &str) -> Column {
        Column::Heading(text.to_owned())
    }

    #[test]
    fn a_split_area_has_no_single_successor() {
        let change = Reader::LsoaChange { lsoa_2011: heading("old"), lsoa_2021: heading("new") };
        let rows = read_text(
            "old,new\nE01000001,E01000001\nE01000002,E01030002\nE01000002,E01030003\n",
            &change,
            None,
        )
        .unwrap();
        let to_2021: Vec<&str> = rows
            .links
            .iter()
            .filter(|link| link.to_level == AreaLevel::LSOA_2021)
            .map(|link| link.from_code.as_str())
            .collect();
        assert_eq!(to_2021, ["E01000001"]);
        assert_eq!(
            rows.links.iter().filter(|link| link.to_level == AreaLevel::LSOA_2011).count(),
            3
        );
    }

    #[test]
    fn lookups_with_semicolons_and_a_mark_are_read() {
        let lookup = Reader::AreaLookup {
            from: LookupColumn {
                level: "district-2019".parse().unwrap(),
                code: heading("lad"),
                name: None,
            },
            to: vec![ParentColumn {
                level: "csp-2019".parse().unwrap(),
                code: Column::Number(2),
                name: None,
                fit: Fit::Exact,
            }],
        };
        let rows = read_text(
            "\u{feff}lad;csp\r\nE08000007;E22000105\r\nStockport;E22000105\r\n",
            &lookup,
            None,
        )
        .unwrap();
        assert_eq!((rows.rows_read, rows.rows_kept), (2, 1));
        assert_eq!(rows.refusals[0].first_line, 3);
        assert_eq!(rows.links[0].to_code, code("E22000105"));
    }

    #[test]
    fn residents_may_have_thousands_commas_and_no_heading_of_their_own() {
        let population = Reader::Population {
            name: "census".into(),
            level: AreaLevel::LSOA_2011,
            reference_date: jiff::civil::date(2011, 3, 27),
            code: heading("code"),
            value: Column::Number(2),
        };
        let rows = read_text(
            "code,Persons,Persons\nE01000001,\"1,563\",1\nE01000002,n/a,1\n",
            &population,
            None,
        )
        .unwrap();
        assert_eq!(rows.populations[0].residents, 1563);
        assert_eq!((rows.rows_read, rows.rows_kept, rows.refusals.len()), (2, 1, 1));
    }

    #[test]
    fn outlines_outside_the_partnership_are_passed_over() {
        let feature = |code: &str| {
            format!(
                r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[[[-0.4,51.9],[-0.3,51.9],[-0.3,52.0],[-0.4,51.9]]]}},"properties":{{"c":"{code}","n":"A"}}}}"#
            )
        };
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
            feature("E01000001"),
            feature("E01000002"),
            feature("x")
        );
        let reader =
            Reader::Boundaries { level: AreaLevel::LSOA_2021, code: "c".into(), name: "n".into() };
        let keep = BTreeSet::from([code("E01000002")]);
        let rows = read_text(&text, &reader, Some(&keep)).unwrap();
        assert_eq!((rows.rows_read, rows.rows_kept, rows.passed_over), (2, 1, 1));
        assert_eq!(rows.areas[0].code, code("E01000002"));
        assert_eq!(rows.refusals[0].first_line, 3);
    }

    #[test]
    fn a_missing_column_is_named_with_those_that_are_there() {
        let change = Reader::LsoaChange { lsoa_2011: heading("old"), lsoa_2021: heading("neu") };
        let error = read_text("old,new\n", &change, None).unwrap_err().to_string();
        assert_eq!(error, "data/file: no column \"neu\"; the file has old, new");
    }
}
