//! Sources, as the partnership's folder declares them: `sources/*.toml`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::{Disclosure, PlacePrecision, TimePrecision};

/// Why a source's declaration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file is missing or closed to us.
    #[error("{}: {why}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: std::io::Error,
    },
    /// The file is not a declaration; the message names line and field.
    #[error("{}: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, field and mend.
        message: String,
    },
    /// A reader needs a setting that is not there.
    #[error("{}: reader {reader:?} needs {needs}", path.display())]
    Lacks {
        /// The file.
        path: PathBuf,
        /// The reader.
        reader: &'static str,
        /// What it needs.
        needs: &'static str,
    },
}

/// One source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceDeclaration {
    /// The name of its file, without `.toml`.
    pub id: String,
    /// Who publishes it.
    pub publisher: String,
    /// Under which licence.
    pub licence: String,
    /// Whether its rows are public.
    pub disclosure: Disclosure,
    /// The sharing agreement of a controlled source.
    pub agreement: Option<String>,
    /// Its files: paths in the data folder, in which `*` stands for any part of a name. A folder
    /// stands for all that lies in it.
    pub files: Vec<String>,
    /// What should come.
    pub expected: Option<Expected>,
    /// How it is read.
    pub reader: Reader,
}

/// The readers, with what each is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Reader {
    /// Street-level crime as data.police.uk publishes it.
    PoliceUkStreet {
        /// How exactly it knows when.
        time_precision: TimePrecision,
        /// How exactly it knows where.
        place_precision: PlacePrecision,
        /// The vintage of its small-area codes, where no change lookup can tell.
        vintage: Option<AreaLevel>,
    },
    /// Outlines of areas.
    Boundaries {
        /// Their level.
        level: AreaLevel,
        /// The property that holds the code.
        code: String,
        /// The property that holds the name.
        name: String,
    },
    /// Which area lies in which.
    AreaLookup {
        /// The level of the smaller areas.
        from: LookupColumn,
        /// The levels of the larger areas.
        to: Vec<LookupColumn>,
    },
    /// How LSOAs changed between 2011 and 2021.
    LsoaChange {
        /// Column of 2011 codes.
        lsoa_2011: String,
        /// Column of 2021 codes.
        lsoa_2021: String,
    },
    /// Residents.
    Population {
        /// What measures call it, such as `census-2021-residents`.
        name: String,
        /// The level that it is counted by.
        level: AreaLevel,
        /// Column of codes.
        code: String,
        /// Column of counts: its heading, or its number from 1 where headings repeat.
        value: Column,
    },
}

/// A column of a lookup.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupColumn {
    /// The level of its areas.
    pub level: AreaLevel,
    /// Column of codes.
    pub code: String,
    /// Column of names.
    pub name: String,
}

/// A column by heading, or by number from 1.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// By its heading.
    Heading(String),
    /// By its number from 1.
    Number(usize),
}

/// What a source should deliver.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The first month.
    pub from: Month,
    /// The last month; open if not given.
    #[serde(default)]
    pub to: Option<Month>,
    /// The bodies that should report, as the source names them.
    pub bodies: Vec<String>,
    /// Months that were never published, with the reason, such as
    /// `{ from = "2019-07", reason = "..." }`.
    #[serde(default)]
    pub known_gaps: Vec<KnownGap>,
}

/// A run of months that the publisher never delivered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownGap {
    /// The first month of the gap.
    pub from: Month,
    /// Its last month; open if not given.
    #[serde(default)]
    pub to: Option<Month>,
    /// Why, with a source.
    pub reason: String,
}

impl Reader {
    /// Its name in declarations.
    pub fn name(&self) -> &'static str {
        match self {
            Self::PoliceUkStreet { .. } => "police-uk-street",
            Self::Boundaries { .. } => "boundaries",
            Self::AreaLookup { .. } => "area-lookup",
            Self::LsoaChange { .. } => "lsoa-change",
            Self::Population { .. } => "population",
        }
    }

    /// Whether it brings events rather than geography or populations.
    pub fn brings_events(&self) -> bool {
        matches!(self, Self::PoliceUkStreet { .. })
    }
}

/// A declaration as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    reader: String,
    publisher: String,
    licence: String,
    disclosure: Disclosure,
    agreement: Option<String>,
    files: Vec<String>,
    expected: Option<Expected>,
    time_precision: Option<TimePrecision>,
    place_precision: Option<PlacePrecision>,
    vintage: Option<AreaLevel>,
    level: Option<AreaLevel>,
    name: Option<String>,
    code: Option<String>,
    value: Option<Column>,
    from: Option<LookupColumn>,
    to: Option<Vec<LookupColumn>>,
    columns: Option<BTreeMap<String, String>>,
}

/// Reads every declaration of a folder, in order of name.
pub fn read_all(folder: &Path) -> Result<Vec<SourceDeclaration>, SourceError> {
    let read = |why| SourceError::Read { path: folder.to_owned(), why };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| read_one(path)).collect()
}

/// Reads one declaration.
pub fn read_one(path: &Path) -> Result<SourceDeclaration, SourceError> {
    let text = std::fs::read_to_string(path).map_err(|why| SourceError::Read { path: path.to_owned(), why })?;
    let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    parse(&id, &text, path)
}

fn parse(id: &str, text: &str, path: &Path) -> Result<SourceDeclaration, SourceError> {
    let bad = |message: String| SourceError::Parse { path: path.to_owned(), message };
    let written: Written = toml::from_str(text).map_err(|error| bad(error.to_string()))?;
    if written.disclosure == Disclosure::Controlled && written.agreement.is_none() {
        return Err(bad("a controlled source names its sharing agreement: agreement = \"...\"".into()));
    }
    let lacks = |reader, needs| SourceError::Lacks { path: path.to_owned(), reader, needs };
    let reader = match written.reader.as_str() {
        "police-uk-street" => Reader::PoliceUkStreet {
            time_precision: written.time_precision.ok_or_else(|| lacks("police-uk-street", "time_precision = \"month\""))?,
            place_precision: written.place_precision.ok_or_else(|| lacks("police-uk-street", "place_precision = \"snapped\""))?,
            vintage: written.vintage,
        },
        "boundaries" => Reader::Boundaries {
            level: written.level.ok_or_else(|| lacks("boundaries", "level = \"lsoa-2021\""))?,
            code: written.code.ok_or_else(|| lacks("boundaries", "code = the property that holds the code"))?,
            name: written.name.ok_or_else(|| lacks("boundaries", "name = the property that holds the name"))?,
        },
        "area-lookup" => Reader::AreaLookup {
            from: written.from.ok_or_else(|| lacks("area-lookup", "from = { level, code, name }"))?,
            to: written.to.ok_or_else(|| lacks("area-lookup", "to = [{ level, code, name }]"))?,
        },
        "lsoa-change" => {
            let mut columns = written.columns.unwrap_or_default();
            let needs = "columns = { lsoa_2011 = \"...\", lsoa_2021 = \"...\" }";
            Reader::LsoaChange {
                lsoa_2011: columns.remove("lsoa_2011").ok_or_else(|| lacks("lsoa-change", needs))?,
                lsoa_2021: columns.remove("lsoa_2021").ok_or_else(|| lacks("lsoa-change", needs))?,
            }
        }
        "population" => Reader::Population {
            name: written.name.ok_or_else(|| lacks("population", "name = what measures call it"))?,
            level: written.level.ok_or_else(|| lacks("population", "level = \"lsoa-2021\""))?,
            code: written.code.ok_or_else(|| lacks("population", "code = the column of codes"))?,
            value: written.value.ok_or_else(|| lacks("population", "value = the column of counts"))?,
        },
        other => {
            return Err(bad(format!(
                "reader {other:?} is not known; write police-uk-street, boundaries, area-lookup, lsoa-change or population"
            )));
        }
    };
    Ok(SourceDeclaration {
        id: id.to_owned(),
        publisher: written.publisher,
        licence: written.licence,
        disclosure: written.disclosure,
        agreement: written.agreement,
        files: written.files,
        expected: written.expected,
        reader,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREET: &str = r#"
        reader = "police-uk-street"
        publisher = "data.police.uk"
        licence = "OGL-3.0"
        disclosure = "open"
        time_precision = "month"
        place_precision = "snapped"
        files = ["police/*"]
        expected = { from = "2021-05", bodies = ["Bedfordshire Police"] }
    "#;

    fn error(text: &str) -> String {
        parse("s", text, Path::new("sources/s.toml")).unwrap_err().to_string()
    }

    #[test]
    fn a_street_source_is_read() {
        let source = parse("police-street", STREET, Path::new("x")).unwrap();
        assert_eq!(source.reader.name(), "police-uk-street");
        assert_eq!(source.expected.unwrap().from.to_string(), "2021-05");
    }

    #[test]
    fn errors_name_file_line_and_mend() {
        assert!(error(&STREET.replace("time_precision = \"month\"", "")).contains("needs time_precision"));
        assert!(error(&STREET.replace("\"open\"", "\"controlled\"")).contains("agreement"));
        let unknown = error(&format!("{STREET}\ncolour = 1"));
        assert!(unknown.contains("sources/s.toml") && unknown.contains("colour") && unknown.contains("line"), "{unknown}");
        assert!(error(&STREET.replace("police-uk-street", "excel")).contains("reader \"excel\" is not known"));
    }
}
