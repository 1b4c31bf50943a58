//! A plain count of police.uk street files, to compare the project's own counts with.
//!
//! Independent on purpose: no code of the lake, no typed columns, one pass with the `csv` crate. Files
//! are read from the folder named by the environment variable `WARDMOTE_DATA`. On a build server
//! (`CI=true`) the folder must be there; elsewhere a test without it says that it was skipped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// The folder of real data, or `None` after saying that the test is skipped.
///
/// # Panics
///
/// Where `CI` is `true` and the folder is missing.
pub fn data_folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WARDMOTE_DATA").map(PathBuf::from);
    if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
        return Some(folder);
    }
    let on_server = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(!on_server, "WARDMOTE_DATA must name the folder of real data on a build server");
    eprintln!(
        "skipped: needs real files. Download street crime from https://data.police.uk/data/ into \
         FOLDER/police/FORCE/YYYY-MM/ and set WARDMOTE_DATA=FOLDER"
    );
    None
}

/// Street rows of one force by month (`2023-04`), among those that the caller keeps by crime type and
/// LSOA name (empty where the place is not known).
///
/// # Panics
///
/// Where a file cannot be read: in a test that is the failure to report.
pub fn street_counts(
    data: &Path,
    force: &str,
    keep: impl Fn(&str, &str) -> bool,
) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for path in street_files(&data.join("police").join(force)) {
        let mut rows = csv::ReaderBuilder::new().from_reader(open(&path));
        let header = rows.headers().expect("a header").clone();
        let column = |name| header.iter().position(|h| h == name).expect("a street file's column");
        let (month, crime_type, lsoa) =
            (column("Month"), column("Crime type"), column("LSOA name"));
        for row in rows.records() {
            let row = row.expect("a row of UTF-8");
            let field = |index| row.get(index).unwrap_or_default();
            if keep(field(crime_type), field(lsoa)) {
                *counts.entry(field(month).to_owned()).or_insert(0) += 1;
            }
        }
    }
    counts
}

fn street_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).expect("the force's folder");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        let name = path.to_string_lossy();
        if path.is_dir() {
            files.extend(street_files(&path));
        } else if name.ends_with("-street.csv") || name.ends_with("-street.csv.gz") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn open(path: &Path) -> Box<dyn Read> {
    let file = File::open(path).expect("a readable file");
    if path.extension().is_some_and(|extension| extension == "gz") {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    }
}
