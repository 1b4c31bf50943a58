//! Streets by name, where the partnership's folder names a list of them: each leads to the small areas
//! in which it lies. The list is no evidence, so it is read from its files and not from the lake.

mod declared;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use wardmote_domain::area::AreaCode;
use wardmote_domain::coordinates::BritishNationalGrid;
use wardmote_evidence::numbers::thousands;
use wardmote_lake::Boundary;
use wardmote_lake::source::Column;
use wardmote_reports::Table;

use self::declared::{Columns, Declared};
use super::charts::columns;

/// Streets in order of name.
#[derive(Debug, Default)]
pub(super) struct Streets {
    by_name: Vec<Street>,
    /// What became of the rows, as the page of data says it.
    pub(super) table: Option<Table>,
    /// What is missing, in sentences.
    pub(super) missing: Vec<String>,
}

/// A street, by its name.
#[derive(Debug, PartialEq)]
pub(super) struct Street {
    pub(super) name: String,
    lower: String,
    /// The small areas in which it lies.
    pub(super) areas: Vec<AreaCode>,
}

/// What became of a file's rows.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Rows {
    read: u64,
    kept: u64,
    /// Of other kinds than are asked for.
    others: u64,
    elsewhere: u64,
    refused: u64,
}

/// The files of a folder's list of streets that are there.
pub(super) fn files(folder: &Path, data: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let declared = declared::read(folder)?;
    Ok(declared.map(|declared| declared.files(data)).transpose()?.unwrap_or_default().0)
}

impl Streets {
    /// Reads the list, if the folder names one. Streets of other areas than `own` are passed over.
    pub(super) fn read(
        folder: &Path,
        data: &Path,
        own: &BTreeSet<AreaCode>,
        outlines: &[Boundary],
    ) -> anyhow::Result<Self> {
        let Some(declared) = declared::read(folder)? else { return Ok(Self::default()) };
        let (files, missing) = declared.files(data)?;
        let ground = Ground { own, outlines: boxed(outlines) };
        let mut found: BTreeMap<String, BTreeSet<AreaCode>> = BTreeMap::new();
        let mut rows = Vec::new();
        for path in &files {
            let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
            let counted = read_file(&declared, &bytes, &ground, &mut found);
            let counted = counted.with_context(|| path.display().to_string())?;
            rows.push(row(path, &bytes, counted));
        }
        let street = |(name, areas): (String, BTreeSet<AreaCode>)| Street {
            lower: name.to_lowercase(),
            name,
            areas: areas.into_iter().collect(),
        };
        let missing = missing.iter().map(|file| {
            format!("Streets: {file}, which streets.toml names, is not in the data folder.")
        });
        let headings = [
            "File",
            "Rows read",
            "Kept",
            "Of other kinds",
            "In other areas",
            "Refused",
            "SHA-256 begins",
        ];
        Ok(Self {
            by_name: found.into_iter().map(street).collect(),
            table: Some(Table {
                caption: format!(
                    "Streets that can be looked up: published by {}, licence {}",
                    declared.publisher, declared.licence
                ),
                columns: columns(&headings),
                rows,
                note: Some(
                    "A row is refused where it has no name, or no place that can be read.".into(),
                ),
            }),
            missing: missing.collect(),
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Streets whose name holds some words, in order.
    pub(super) fn like<'a>(&'a self, lower: &'a str) -> impl Iterator<Item = &'a Street> {
        self.by_name.iter().filter(move |street| street.lower.contains(lower))
    }
}

fn row(path: &Path, bytes: &[u8], rows: Rows) -> Vec<String> {
    let hash = Sha256::digest(bytes);
    let hash = hash.iter().take(6).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let Rows { read, kept, others, elsewhere, refused } = rows;
    let counts = [read, kept, others, elsewhere, refused].map(thousands);
    std::iter::once(name).chain(counts).chain([hash]).collect()
}

/// Where streets of the partnership lie.
struct Ground<'a> {
    own: &'a BTreeSet<AreaCode>,
    outlines: Vec<([f64; 4], &'a Boundary)>,
}

/// Outlines with the boxes around them.
fn boxed(outlines: &[Boundary]) -> Vec<([f64; 4], &Boundary)> {
    let around = |outline: &Boundary| {
        let none = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        outline
            .polygons
            .iter()
            .flatten()
            .flatten()
            .fold(none, |[w, s, e, n], (x, y)| [w.min(*x), s.min(*y), e.max(*x), n.max(*y)])
    };
    outlines.iter().map(|outline| (around(outline), outline)).collect()
}

impl Ground<'_> {
    fn holding(&self, place: BritishNationalGrid) -> Option<&AreaCode> {
        let (x, y) = (place.easting(), place.northing());
        let near = |[west, south, east, north]: &[f64; 4]| {
            (*west..=*east).contains(&x) && (*south..=*north).contains(&y)
        };
        let mut outlines = self.outlines.iter().filter(|(around, _)| near(around));
        outlines.find(|(_, outline)| outline.holds(place)).map(|(_, outline)| &outline.code)
    }
}

fn read_file(
    declared: &Declared,
    bytes: &[u8],
    ground: &Ground<'_>,
    found: &mut BTreeMap<String, BTreeSet<AreaCode>>,
) -> anyhow::Result<Rows> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut records = reader.byte_records();
    let mut headings: Vec<String> = Vec::new();
    for _ in 0..declared.heading_row {
        let record = records.next().transpose()?.unwrap_or_default();
        headings = record
            .iter()
            .map(|cell| text(cell).trim().trim_start_matches('\u{feff}').to_owned())
            .collect();
    }
    let at = |field: &str, column: &Column| -> anyhow::Result<usize> {
        match column {
            Column::Number(number) => number
                .checked_sub(1)
                .with_context(|| format!("streets.toml, {field}: columns count from 1")),
            Column::Heading(name) => {
                headings.iter().position(|one| one == name).with_context(|| {
                    format!(
                        "streets.toml, {field}: no column {name:?}; there are {}",
                        headings.join(", ")
                    )
                })
            }
        }
    };
    let Columns { name, lsoa, easting, northing } = &declared.columns;
    let name = at("columns.name", name)?;
    let optional = |field: &str, column: &Option<Column>| {
        column.as_ref().map(|column| at(field, column)).transpose()
    };
    let lsoa = optional("columns.lsoa", lsoa)?;
    let grid = optional("columns.easting", easting)?.zip(optional("columns.northing", northing)?);
    let keep = declared.keep.as_ref().map(|keep| at("keep.column", &keep.column)).transpose()?;
    let mut rows = Rows::default();
    for record in records {
        rows.read += 1;
        let Ok(record) = record else {
            rows.refused += 1;
            continue;
        };
        let cell = |at: usize| record.get(at).map(text).unwrap_or_default().trim().to_owned();
        if let (Some(at), Some(keep)) = (keep, &declared.keep)
            && !keep.values.contains(&cell(at))
        {
            rows.others += 1;
            continue;
        }
        let place = || {
            let (easting, northing) = grid?;
            BritishNationalGrid::new(cell(easting).parse().ok()?, cell(northing).parse().ok()?).ok()
        };
        let area: Option<Option<AreaCode>> = match lsoa {
            Some(at) => AreaCode::new(&cell(at))
                .ok()
                .map(|code| Some(code).filter(|code| ground.own.contains(code))),
            None => place().map(|place| ground.holding(place).cloned()),
        };
        match (cell(name), area) {
            (name, Some(Some(area))) if !name.is_empty() => {
                rows.kept += 1;
                found.entry(name).or_default().insert(area);
            }
            (name, Some(None)) if !name.is_empty() => rows.elsewhere += 1,
            _ => rows.refused += 1,
        }
    }
    Ok(rows)
}

fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> AreaCode {
        AreaCode::new(text).unwrap()
    }

    fn read(toml: &str, csv: &str) -> anyhow::Result<Streets> {
        let here = tempfile::tempdir().unwrap();
        std::fs::write(here.path().join("streets.toml"), toml).unwrap();
        std::fs::write(here.path().join("streets.csv"), csv).unwrap();
        let square = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0), (0.0, 0.0)];
        let outline = Boundary {
            code: code("E01000001"),
            name: "Invented 1".into(),
            polygons: vec![vec![
                square.iter().map(|(x, y)| (400_000.0 + x, 300_000.0 + y)).collect(),
            ]],
        };
        let own = BTreeSet::from([code("E01000001"), code("E01000002")]);
        Streets::read(here.path(), here.path(), &own, &[outline])
    }

    const HEAD: &str = "files = [\"streets.csv\"]\npublisher = \"Nobody\"\nlicence = \"none\"\n";

    #[test]
    fn streets_lie_in_areas_by_code_and_every_row_is_accounted_for() {
        let toml = format!("{HEAD}columns = {{ name = \"street\", lsoa = \"lsoa\" }}");
        let csv = "street,lsoa\nAlder Road,E01000001\nAlder Road,E01000002\nElm Close,E01000009\n,E01000001\nOak Lane,nowhere\n";
        let found = read(&toml, csv).unwrap();
        let street = found.like("alder").next().unwrap();
        assert_eq!((street.name.as_str(), street.areas.len()), ("Alder Road", 2));
        assert_eq!(found.by_name.len(), 1);
        assert_eq!(found.table.unwrap().rows[0][1..6], ["5", "2", "0", "1", "2"]);
    }

    #[test]
    fn streets_lie_in_areas_by_place_where_other_kinds_are_passed_over() {
        let toml = format!(
            "{HEAD}heading_row = 0\ncolumns = {{ name = 1, easting = 3, northing = 4 }}\nkeep = {{ column = 2, values = [\"Named Road\"] }}"
        );
        let csv = "Alder Road,Named Road,400050,300050\nA hill,Hill,400050,300050\nFar Road,Named Road,400500,300050\nBad Road,Named Road,x,300050\n";
        let found = read(&toml, csv).unwrap();
        assert_eq!(
            found.like("").map(|one| one.areas.clone()).collect::<Vec<_>>(),
            [[code("E01000001")]]
        );
        assert_eq!(found.table.unwrap().rows[0][1..6], ["4", "1", "1", "1", "1"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let toml = format!("{HEAD}columns = {{ name = \"road\", lsoa = \"lsoa\" }}");
        let error = format!("{:#}", read(&toml, "street,lsoa\n").unwrap_err());
        assert!(error.contains("columns.name") && error.contains("street, lsoa"), "{error}");
        let toml = HEAD.replace("streets.csv", "other.csv")
            + "columns = { name = \"street\", lsoa = \"lsoa\" }";
        let found = read(&toml, "street,lsoa\n").unwrap();
        assert!(found.is_empty() && found.missing[0].contains("other.csv"));
    }
}
