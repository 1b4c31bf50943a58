//! Sources, as the partnership's folder declares them: `sources/*.toml`.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::{Category, CrimeType};
use wardmote_domain::period::Month;
use wardmote_domain::provenance::{Disclosure, PlacePrecision, TimePrecision};

use crate::mapping::{Mapping, StatisticsMapping, SurveyMapping, TotalsMapping};
use crate::read::Form;

mod written;

pub use self::written::parse;

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
    #[error("{}: line {line}: reader {reader:?} needs {needs}", path.display())]
    Lacks {
        /// The file.
        path: PathBuf,
        /// The line that names the reader.
        line: usize,
        /// The reader.
        reader: String,
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
    /// Its protective marking, such as `OFFICIAL-SENSITIVE`.
    pub marking: Option<String>,
    /// Its files: paths in the data folder, in which `*` stands for any part of a name and `**` for
    /// any folders. A folder of street files stands for all that lies in it.
    pub files: Vec<String>,
    /// What should come.
    pub expected: Option<Expected>,
    /// How it is read.
    pub reader: Reader,
}

/// The readers, with what each is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Reader {
    /// Events: as data.police.uk publishes them, or from a partner's own table.
    Events {
        /// The form of the files.
        form: Form,
        /// What the columns of a partner's table mean.
        mapping: Option<Box<Mapping>>,
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
        to: Vec<ParentColumn>,
    },
    /// How LSOAs changed between 2011 and 2021.
    LsoaChange {
        /// Column of 2011 codes.
        lsoa_2011: Column,
        /// Column of 2021 codes.
        lsoa_2021: Column,
        /// The populations by which areas that were split or drawn anew are shared out; without
        /// them, such areas have no counts in the other vintage.
        shares: Option<SharedBy>,
    },
    /// In which small area each postcode lies.
    PostcodeLookup(PostcodeColumns),
    /// What a publisher's words for kinds of event count under.
    CategoryLookup {
        /// Column of the words.
        words: Column,
        /// Column of the kinds.
        category: Column,
    },
    /// Numbers that arrive as totals.
    Totals(Box<TotalsMapping>),
    /// What respondents answered.
    Survey(Box<SurveyMapping>),
    /// Published numbers of any kind.
    Statistics(Box<StatisticsMapping>),
    /// Residents.
    Population {
        /// What measures call it, such as `census-2021-residents`.
        name: String,
        /// The level that it is counted by.
        level: AreaLevel,
        /// The day that it describes.
        reference_date: Date,
        /// Column of codes.
        code: Column,
        /// Column of counts, or a run of columns to add, such as ages from 10 to 17.
        value: Counts,
    },
}

/// The columns of a lookup of postcodes.
#[derive(Debug, Clone, PartialEq)]
pub struct PostcodeColumns {
    /// Column of postcodes.
    pub postcode: Column,
    /// What says where each lies.
    pub place: PostcodePlace,
    /// Whether the first line names the columns; those of Code-Point Open go by number.
    pub has_headings: bool,
}

/// What says where a postcode lies.
#[derive(Debug, Clone, PartialEq)]
pub enum PostcodePlace {
    /// Its small area.
    SmallArea {
        /// Column of codes.
        lsoa: Column,
        /// Of which census.
        level: AreaLevel,
    },
    /// Its place, EPSG:27700; its small area is found in the outlines that are loaded.
    Metres {
        /// Column of metres east.
        easting: Column,
        /// Column of metres north.
        northing: Column,
    },
}

/// The column of a lookup's smaller areas.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupColumn {
    /// The level of its areas.
    pub level: AreaLevel,
    /// Column of codes.
    pub code: Column,
    /// Column of names, if there is one.
    pub name: Option<Column>,
}

/// A column of larger areas in a lookup.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParentColumn {
    /// The level of its areas.
    pub level: AreaLevel,
    /// Column of codes.
    pub code: Column,
    /// Column of names, if there is one.
    pub name: Option<Column>,
    /// Whether the smaller areas lie wholly in the larger ones.
    pub fit: Fit,
}

/// How smaller areas lie in larger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fit {
    /// Wholly.
    Exact,
    /// By their populations' centres: a part of some lies outside.
    BestFit,
}

impl Fit {
    /// The name used in declarations and the lake.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::BestFit => "best-fit",
        }
    }
}

/// A column by its heading, or by its number from 1 where headings are blank or repeat.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// By its heading.
    Heading(String),
    /// By its number from 1.
    Number(usize),
}

/// The names of populations of both censuses' small areas.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedBy {
    /// Counted by 2011 areas.
    pub lsoa_2011: String,
    /// Counted by 2021 areas.
    pub lsoa_2021: String,
}

/// The columns of a population's counts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Counts {
    /// One column.
    One(Column),
    /// A run of columns that are added, both ends included.
    Run {
        /// The first.
        from: Column,
        /// The last.
        to: Column,
    },
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
    /// How often it comes.
    #[serde(default)]
    pub every: Every,
    /// By whom it comes.
    #[serde(default)]
    pub by: By,
    /// The bodies that should report, as the source names them.
    pub bodies: Vec<String>,
    /// Months that were never published, with the reason, such as
    /// `{ from = "2019-07", reason = "..." }`.
    #[serde(default)]
    pub known_gaps: Vec<KnownGap>,
}

/// How often a source comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Every {
    /// Once for each calendar month.
    #[default]
    Month,
}

/// By whom a source comes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// By each police force.
    #[default]
    Force,
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
            Self::Events { form, .. } => form.reader(),
            Self::Boundaries { .. } => "boundaries",
            Self::AreaLookup { .. } => "area-lookup",
            Self::LsoaChange { .. } => "lsoa-change",
            Self::CategoryLookup { .. } => "category-lookup",
            Self::PostcodeLookup(_) => "postcode-lookup",
            Self::Totals(_) => "totals",
            Self::Survey(_) => "survey",
            Self::Statistics(_) => "statistics",
            Self::Population { .. } => "population",
        }
    }

    /// The categories that its rows can have, where the declaration fixes them.
    pub fn categories(&self) -> Option<Vec<Category>> {
        match self {
            Self::Events { form: Form::Street, .. } => {
                Some(CrimeType::all().map(Category::from).collect())
            }
            Self::Events { mapping: Some(mapping), .. } => {
                Some(mapping.categories.values().cloned().collect())
            }
            _ => None,
        }
    }

    /// Whether it turns postcodes into small areas.
    pub(crate) fn turns_postcodes(&self) -> bool {
        matches!(
            self,
            Self::Events { mapping: Some(mapping), .. } if mapping.columns.postcode.is_some()
        )
    }

    /// Whether it brings events rather than geography or populations.
    pub fn brings_events(&self) -> bool {
        matches!(self, Self::Events { .. })
    }
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
    let text = std::fs::read_to_string(path)
        .map_err(|why| SourceError::Read { path: path.to_owned(), why })?;
    let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    parse(&id, &text, path)
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
        expected = { from = "2021-05", every = "month", by = "force", bodies = ["Bedfordshire Police"] }
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
        let lacking = error(&STREET.replace("time_precision = \"month\"", ""));
        assert_eq!(
            lacking,
            "sources/s.toml: line 2: reader \"police-uk-street\" needs time_precision = \"month\""
        );
        assert!(error(&STREET.replace("\"open\"", "\"controlled\"")).contains("agreement"));
        let unknown = error(&format!("{STREET}\ncolour = 1"));
        assert!(unknown.starts_with("sources/s.toml: "), "{unknown}");
        assert!(unknown.contains("line 11") && unknown.contains("colour"), "{unknown}");
        let reader = error(&STREET.replace("police-uk-street", "excel"));
        assert!(reader.contains("line 2: reader \"excel\" is not known"), "{reader}");
    }

    #[test]
    fn what_people_need_is_asked_for() {
        let mapped = |columns: &str, more: &str| {
            format!(
                "reader = \"mapped\"\npublisher = \"p\"\nlicence = \"l\"\ndisclosure = \"open\"\n\
                 time_precision = \"day\"\nplace_precision = \"area\"\nfiles = []\n\
                 [columns]\ndate = {{ heading = \"d\" }}\ncategory = \"c\"\n{columns}\n\
                 [categories]\nx = \"x\"\n{more}"
            )
        };
        let key = "[pseudonyms]\nkey_file = \"keys/s.key\"";
        let text = mapped("repeat_of = \"r\"", key);
        let source = parse("s", &text, Path::new("anytown/sources/s.toml")).unwrap();
        let Reader::Events { mapping: Some(mapping), .. } = source.reader else {
            panic!("not a mapped source")
        };
        assert_eq!(mapping.key_file.as_deref(), Some(Path::new("anytown/keys/s.key")));
        assert!(error(&mapped("repeat_of = \"r\"", "")).contains("[pseudonyms]"));
        assert!(error(&mapped("", key)).contains("columns.repeat_of"));
        let both = error(&mapped("repeat_of = \"r\"\nid = \"i\"", key));
        assert!(both.contains("leave out columns.id"), "{both}");

        let lookup = |settings: &str| {
            format!(
                "reader = \"postcode-lookup\"\npublisher = \"p\"\nlicence = \"l\"\ndisclosure = \"open\"\n\
                 files = []\n{settings}"
            )
        };
        assert!(error(&lookup("columns = { postcode = \"p\", lsoa = \"l\" }")).contains("level"));
        let of_wards = "level = \"ward-2024\"\ncolumns = { postcode = \"p\", lsoa = \"l\" }";
        assert!(error(&lookup(of_wards)).contains("lsoa-2021"));
        assert!(error(&lookup("columns = { postcode = 1, easting = 3 }")).contains("northing"));
        let code_point = "heading_row = 0\ncolumns = { postcode = 1, easting = 3, northing = 4 }";
        let source = parse("s", &lookup(code_point), Path::new("s.toml")).unwrap();
        assert_eq!(source.reader.name(), "postcode-lookup");
    }

    #[test]
    fn columns_go_by_heading_or_number() {
        let text = r#"
            reader = "population"
            publisher = "ONS"
            licence = "OGL-3.0"
            disclosure = "open"
            files = ["census.csv"]
            name = "census-2011-residents"
            level = "lsoa-2011"
            reference_date = "2011-03-27"
            code = "LSOA Code"
            value = 11
        "#;
        let source = parse("population", text, Path::new("x")).unwrap();
        let Reader::Population { code, value, .. } = source.reader else {
            panic!("not a population")
        };
        assert_eq!(code, Column::Heading("LSOA Code".into()));
        assert_eq!(value, Counts::One(Column::Number(11)));
    }
}
