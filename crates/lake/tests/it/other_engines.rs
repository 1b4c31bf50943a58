//! The tables as Polars and Python's `deltalake` read them, with no help from us.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use wardmote_domain::category::Categories;
use wardmote_lake::{CountQuery, Lake};

use crate::support::{STREET, load, month, real_data, sources};

/// A folder with the packages of `tests/python/requirements.txt`; `cargo xtask test` makes one.
fn packages() -> Option<PathBuf> {
    let packages = std::env::var_os("WARDMOTE_PYTHON_PACKAGES").map(PathBuf::from);
    let on_server = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(packages.is_some() || !on_server, "WARDMOTE_PYTHON_PACKAGES is not set");
    if packages.is_none() {
        eprintln!(
            "skipped: set WARDMOTE_PYTHON_PACKAGES to a folder with the packages of \
             crates/lake/tests/python/requirements.txt"
        );
    }
    packages
}

#[derive(Debug, PartialEq, Deserialize)]
struct Found {
    /// Rows by table.
    rows: BTreeMap<String, u64>,
    /// Rows of `incidents` by month and category.
    incidents: BTreeMap<String, u64>,
}

const OUTCOMES: &str = r#"
    reader = "police-uk-outcomes"
    publisher = "data.police.uk"
    time_precision = "month"
    place_precision = "snapped"
    vintage = "lsoa-2021"
    files = ["police/bedfordshire/2024-04"]
"#;

const DEPRIVATION: &str = r#"
    reader = "statistics"
    publisher = "MHCLG"
    level = "lsoa-2021"
    period = "2025"
    files = ["deprivation/imd2025_england_lsoa21.csv"]
    columns = { area = "lsoa21_code" }
"#;

#[tokio::test]
async fn polars_and_deltalake_read_the_tables_as_they_are() {
    let (Some(data), Some(packages)) = (real_data(), packages()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let street = STREET.replace("**/*-street.csv", "police/bedfordshire/2024-0*");
    let declared =
        sources(&[("street", &street), ("outcomes", OUTCOMES), ("deprivation", DEPRIVATION)]);
    load(folder.path(), &data, &declared).await.unwrap();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/read_tables.py");
    let mut python = Command::new("python3");
    let run = python.env("PYTHONPATH", packages).arg(script).arg(folder.path()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let found: BTreeMap<String, Found> = serde_json::from_slice(&run.stdout).unwrap();

    let lake = Lake::open(folder.path()).await.unwrap();
    let rows = |source: &str| -> u64 {
        lake.loads().iter().filter(|load| load.source == source).map(|load| load.rows_kept).sum()
    };
    let query = CountQuery {
        source: "street".into(),
        categories: Categories::default(),
        level: "lsoa-2021".parse().unwrap(),
        areas: None,
        first: month("2024-01"),
        last: month("2024-04"),
    };
    let mut incidents: BTreeMap<String, u64> = BTreeMap::new();
    for row in lake.counts(&query).unwrap() {
        *incidents.entry(format!("{}-01 {}", row.month, row.category)).or_default() += row.n;
    }
    let is_table = |path: std::path::PathBuf| path.join("_delta_log").is_dir();
    let folders = std::fs::read_dir(folder.path()).unwrap();
    let n_tables = folders.filter(|entry| is_table(entry.as_ref().unwrap().path())).count();
    assert_eq!((found.len(), n_tables > 10), (2, true));
    for (engine, found) in &found {
        assert_eq!(found.incidents, incidents, "{engine}");
        assert_eq!(found.rows["incidents"], rows("street"), "{engine}");
        assert_eq!(found.rows["outcomes"], rows("outcomes"), "{engine}");
        assert_eq!(found.rows["statistics"], 33_755 * 24, "{engine}");
        assert_eq!(found.rows["loads"], lake.loads().len() as u64, "{engine}");
        assert_eq!(found.rows.len(), n_tables, "{engine} reads every table: {:?}", found.rows);
    }
}
