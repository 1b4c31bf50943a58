//! The files behind a count: how many, and what became of their rows.

use wardmote_domain::period::Period;

use crate::observed::{Observed, ObservedError};

/// What became of the rows of a source's files whose months touch a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FilesBehind {
    /// Files.
    pub n_files: usize,
    /// Rows read, in all areas: kept and refused.
    pub rows_read: u64,
    /// Rows refused.
    pub rows_refused: u64,
    /// Rows of the period that name no place and so are in no area's count.
    pub unplaced: u64,
}

/// Sums over the files of an open source.
pub fn files_behind(
    observed: &Observed,
    source: &str,
    period: &Period,
) -> Result<FilesBehind, ObservedError> {
    let loads = observed.loads_of(source, period);
    let mut behind =
        FilesBehind { unplaced: observed.without_place(source, period)?, ..FilesBehind::default() };
    for load in observed.loads.iter().filter(|load| loads.contains(&load.load_id)) {
        behind.n_files += 1;
        behind.rows_read += load.rows_read;
        behind.rows_refused += load.rows_refused;
    }
    Ok(behind)
}
