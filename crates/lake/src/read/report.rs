//! What became of one file.

use std::collections::BTreeSet;

use wardmote_domain::period::Month;

use super::refusal::Refusal;

/// What became of one file: who it is, and how its rows reconcile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The path as the user knows it; `archive.zip!entry` inside an archive.
    pub display_name: String,
    /// The file's own name.
    pub file_name: String,
    /// The file name of the archive that it came in.
    pub archive: Option<String>,
    /// SHA-256 of the decompressed file, in hexadecimal.
    pub sha256: String,
    /// Size of the decompressed file.
    pub size_bytes: u64,
    /// Identity of the load: the source and the file's content, never its name.
    pub load_id: String,
    /// Data rows in the file; always `rows_kept + rows_refused`.
    pub rows_read: u64,
    /// Rows handed to the sink.
    pub rows_kept: u64,
    /// Rows refused.
    pub rows_refused: u64,
    /// Why, and where.
    pub refusals: Vec<Refusal>,
    /// Kept rows without coordinates.
    pub without_place: u64,
    /// Kept rows whose area code is in no lookup; neither small area of theirs is filled.
    pub unrecognised_areas: u64,
    /// The first few of those codes.
    pub unrecognised_codes: BTreeSet<String>,
    /// First and last month of the kept rows.
    pub months: Option<(Month, Month)>,
    /// The bodies that reported the kept rows.
    pub reporting_bodies: BTreeSet<String>,
    /// What was tolerated: converted encodings, blank lines, columns that are not stored.
    pub notes: Vec<String>,
    /// Whether the end of the file is missing or blanked.
    pub looks_cut_short: bool,
}
