//! What the feeds promise, recounted from the files as an analyst would.

mod forms;
mod planted;
mod police;
mod survey;
mod troubles;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wardmote_twin::feeds::{FeedsRequest, FeedsTruth, generate};

use crate::boundaries::{Labels, write};

/// A row by its headings.
type Row = BTreeMap<String, String>;

/// Feeds beside street files of a tenth of the size, on invented squares.
fn request(folder: &Path, seed: u64) -> anyhow::Result<FeedsRequest> {
    let boundaries = write(folder, 40, Labels::Lsoa2011)?;
    let mut request = FeedsRequest::new(boundaries, seed, folder.join("feeds"));
    (request.crimes_in_first_year, request.asb_in_first_year) = (2_500, 1_000);
    Ok(request)
}

/// Feeds that were written to a folder which lasts as long as this does.
struct Written {
    folder: tempfile::TempDir,
    request: FeedsRequest,
    truth: FeedsTruth,
}

fn written(seed: u64, change: impl Fn(&mut FeedsRequest)) -> anyhow::Result<Written> {
    let folder = tempfile::tempdir()?;
    let mut request = request(folder.path(), seed)?;
    change(&mut request);
    let truth = generate(&request)?;
    Ok(Written { folder, request, truth })
}

impl Written {
    /// Every row of the CSV files below a folder, in order of path.
    fn rows(&self, feed: &str) -> anyhow::Result<Vec<Row>> {
        let mut rows = Vec::new();
        for (path, _) in crate::files(&self.request.out.join(feed))? {
            if path.extension().is_some_and(|extension| extension == "csv") {
                rows.extend(table(&path)?);
            }
        }
        Ok(rows)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.request.out.join(file)
    }
}

fn table(path: &Path) -> anyhow::Result<Vec<Row>> {
    Ok(csv::Reader::from_path(path)?.into_deserialize().collect::<Result<_, _>>()?)
}

/// How many rows say each thing in a column.
fn count_by<'a>(rows: impl IntoIterator<Item = &'a Row>, heading: &str) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(row[heading].clone()).or_insert(0) += 1;
    }
    counts
}

/// That counts meet shares to the rounding of one.
fn check_shares(counts: &BTreeMap<String, u32>, shares: &BTreeMap<String, f64>) {
    assert!(counts.keys().eq(shares.keys()), "{counts:?} {shares:?}");
    let total: u32 = counts.values().sum();
    for (kind, share) in shares {
        let miss = f64::from(counts[kind]) - f64::from(total) * share;
        assert!(miss.abs() < 1.0, "{kind}: {} of {total}", counts[kind]);
    }
}

/// The month of a date such as 05/06/2024, as in 2024-06.
fn british_month(date: &str) -> String {
    format!("{}-{}", &date[6..10], &date[3..5])
}

/// Days since Monday of a date such as 2024-06-05 (Zeller's congruence).
fn weekday(date: &str) -> anyhow::Result<i32> {
    let (year, month, day): (i32, i32, i32) =
        (date[..4].parse()?, date[5..7].parse()?, date[8..10].parse()?);
    let (year, month) = if month < 3 { (year - 1, month + 12) } else { (year, month) };
    let from_saturday =
        day + 13 * (month + 1) / 5 + year % 100 + year % 100 / 4 + year / 400 + 5 * (year / 100);
    Ok((from_saturday + 5) % 7)
}
