//! Folders, sources and files for the tests.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wardmote_domain::area::AreaCode;
use wardmote_domain::partnership::Partnership;
use wardmote_domain::period::Month;
use wardmote_lake::read::Progress;
use wardmote_lake::source::{self, SourceDeclaration};
use wardmote_lake::{IngestError, IngestReport, IngestRequest};

/// The folder of real data; `None`, with a word on how to get it, where it is not at hand.
pub(crate) fn real_data() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("WARDMOTE_DATA") {
        return Some(PathBuf::from(folder));
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "on CI the real data must be there: set WARDMOTE_DATA"
    );
    eprintln!("skipped: set WARDMOTE_DATA to a folder with the files that the README lists");
    None
}

pub(crate) fn code(text: &str) -> AreaCode {
    AreaCode::new(text).unwrap()
}

pub(crate) fn month(text: &str) -> Month {
    text.parse().unwrap()
}

pub(crate) fn partnership() -> Partnership {
    let text = r#"
        name = "Luton Community Safety Partnership"
        areas = ["E06000032"]
        area_vintage = "lsoa-2021"
        district_level = "district-2024"
        peers = ["E06000055"]
        police_force = "bedfordshire"
    "#;
    toml::from_str(text).unwrap()
}

/// Declarations as a partnership's folder holds them.
pub(crate) fn sources(declarations: &[(&str, &str)]) -> Vec<SourceDeclaration> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in declarations {
        let licence = "licence = \"OGL-3.0\"\n";
        let is_open = !text.contains("disclosure =");
        let open = format!("{licence}{}", if is_open { "disclosure = \"open\"\n" } else { "" });
        std::fs::write(folder.path().join(format!("{name}.toml")), format!("{open}{text}"))
            .unwrap();
    }
    source::read_all(folder.path()).unwrap()
}

pub(crate) const STREET: &str = r#"
    reader = "police-uk-street"
    publisher = "data.police.uk"
    time_precision = "month"
    place_precision = "snapped"
    vintage = "lsoa-2021"
    files = ["**/*-street.csv"]
"#;

pub(crate) async fn load(
    lake: &Path,
    data: &Path,
    sources: &[SourceDeclaration],
) -> Result<IngestReport, IngestError> {
    load_with(lake, data, sources, &Silent).await
}

pub(crate) async fn load_with(
    lake: &Path,
    data: &Path,
    sources: &[SourceDeclaration],
    progress: &(dyn Progress + Sync),
) -> Result<IngestReport, IngestError> {
    let request = IngestRequest {
        partnership: &partnership(),
        sources,
        data_folder: data,
        only: &[],
        latest: month("2024-10"),
        threads: 2,
    };
    wardmote_lake::ingest(lake, &request, progress).await
}

pub(crate) struct Silent;

impl Progress for Silent {
    fn total_files(&self, _: usize) {}
    fn file_done(&self, _: &str, _: u64) {}
}

/// Writes a street file of invented rows: as many in each small area as it says.
pub(crate) fn write_street_file(data: &Path, month: &str, rows: &[(&str, &str, usize)]) -> PathBuf {
    let mut text = String::from(
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,\
         Crime type,Last outcome category,Context\n",
    );
    let mut id: u64 = month.bytes().map(u64::from).sum();
    for (lsoa, category, n) in rows {
        for _ in 0..*n {
            // A linear congruential generator: identifiers must not compress away.
            let mut digits = || {
                id = id
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                format!("{id:016x}")
            };
            let id = [digits(), digits(), digits(), digits()].concat();
            writeln!(
                text,
                "{id},{month},Bedfordshire Police,Bedfordshire Police,-0.42,51.88,On or near Nowhere,\
                 {lsoa},Luton 001A,{category},,"
            )
            .unwrap();
        }
    }
    let path = data.join(month).join(format!("{month}-bedfordshire-street.csv"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

/// A plain count of real street files: rows by small area, month and crime type.
pub(crate) type PlainCount = BTreeMap<(String, String, String), u64>;

pub(crate) fn plain_count(folder: &Path) -> PlainCount {
    let mut counts = PlainCount::new();
    for months in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(months.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if !path.to_string_lossy().ends_with("-street.csv") {
                continue;
            }
            let mut rows = csv::Reader::from_path(path).unwrap();
            let header = rows.headers().unwrap().clone();
            let column = |name: &str| header.iter().position(|heading| heading == name).unwrap();
            let (area, month, kind) = (column("LSOA code"), column("Month"), column("Crime type"));
            for row in rows.records() {
                let row = row.unwrap();
                let key = (row[area].to_owned(), row[month].to_owned(), row[kind].to_owned());
                *counts.entry(key).or_default() += 1;
            }
        }
    }
    counts
}
