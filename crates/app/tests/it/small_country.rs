//! A small partnership for tests of the server: invented areas, SYNTHETIC incidents, loaded in a moment.

use std::path::{Path, PathBuf};

use crate::running::wardmote;

/// The small areas, which lie in two districts.
pub(crate) const N_AREAS: usize = 150;
/// The first district and one of its small areas.
pub(crate) const DISTRICT: &str = "E07000001";
pub(crate) const SMALL_AREA: &str = "E01000001";

/// A folder with so many months loaded of the 36 that its data have; `None`, after saying so, where the
/// page templates are not there.
pub(crate) fn small_country(here: &Path, n_months: usize) -> Option<PathBuf> {
    if std::env::var_os("WARDMOTE_ASSETS").is_none() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no page templates");
        eprintln!("skipped: needs the page templates; run `cargo xtask assets`");
        return None;
    }
    let rows = (1..=N_AREAS).map(|n| format!("Invented {n:03}A,E01{n:06}\n"));
    let lookup = here.join("lookup.csv");
    std::fs::write(&lookup, format!("lsoa21_name,lsoa21_code\n{}", rows.collect::<String>()))
        .unwrap();
    let lookup = lookup.to_str().unwrap();
    wardmote(here, &["twin", "country", "--out", "country", "--rows", "20000", "--lookup", lookup])
        .ended(0);
    let folder = here.join("country");
    let mut later = months_of(&folder.join("data/police"));
    later.sort();
    let aside = here.join("later");
    std::fs::create_dir(&aside).unwrap();
    for month in &later[n_months..] {
        std::fs::rename(folder.join("data/police").join(month), aside.join(month)).unwrap();
    }
    wardmote(&folder, &["ingest"]).ended(0);
    Some(folder)
}

/// Puts the next months that were set aside among the data, without loading them.
pub(crate) fn next_months_come(here: &Path, n_months: usize) {
    let mut waiting = months_of(&here.join("later"));
    waiting.sort();
    for month in waiting.iter().take(n_months) {
        let to = here.join("country/data/police").join(month);
        std::fs::rename(here.join("later").join(month), to).unwrap();
    }
}

fn months_of(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let months = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    months.map(|entry| entry.file_name().into_string().unwrap()).collect()
}
