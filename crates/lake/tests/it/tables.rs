//! The tables as other engines see them: Delta's own log, and Parquet files.

use std::path::Path;

use deltalake_core::{ensure_table_uri, open_table, open_table_with_version};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::support::{STREET, load, sources, write_street_file};

const TABLES: [&str; 14] = [
    "incidents",
    "outcomes",
    "stops",
    "refusals",
    "areas",
    "area_links",
    "populations",
    "categories",
    "surveys",
    "counts",
    "postcodes",
    "statistics",
    "loads",
    "snapshots",
];

/// The rows of a version, counted from the Parquet files that its log names.
async fn rows_at(table: &Path, version: u64) -> usize {
    let url = ensure_table_uri(table.to_string_lossy()).unwrap();
    let delta = open_table_with_version(url, version).await.unwrap();
    let files: Vec<String> =
        delta.snapshot().unwrap().log_data().iter().map(|file| file.path().into_owned()).collect();
    let rows = |name: &String| {
        let file = std::fs::File::open(table.join(name)).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>()
    };
    files.iter().map(rows).sum()
}

#[tokio::test]
async fn every_version_of_every_table_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    let street = sources(&[("street", STREET)]);
    // More than ten versions, so that the log has a checkpoint too.
    let months: Vec<String> = (1..=9)
        .map(|n| format!("2024-{n:02}"))
        .chain(["2023-11", "2023-12"].map(String::from))
        .collect();
    for (index, month) in months.iter().enumerate() {
        write_street_file(
            &data,
            month,
            &[("E01015700", "Burglary", index + 1), ("E01015701", "Nonsense", 1)],
        );
        load(&lake, &data, &street).await.unwrap();
    }
    for table in TABLES {
        let table = lake.join(table);
        let url = ensure_table_uri(table.to_string_lossy()).unwrap();
        let latest = open_table(url).await.unwrap().version().unwrap();
        for version in 0..=latest {
            let expected = match table.file_name().unwrap().to_str().unwrap() {
                "incidents" => version * (version + 1) / 2,
                "refusals" | "loads" => version,
                // A vintage pins every table but this one.
                "snapshots" => (TABLES.len() as u64 - 1) * version,
                _ => 0,
            };
            assert_eq!(
                rows_at(&table, version).await as u64,
                expected,
                "{} {version}",
                table.display()
            );
        }
    }
}
