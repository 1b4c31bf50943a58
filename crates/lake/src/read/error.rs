//! Why a whole file could not be read. A row that could not be read is a [`super::Refusal`].

use std::fmt;
use std::io;
use std::path::PathBuf;

use wardmote_domain::period::Month;

use crate::people::PersonalColumn;

/// Why a file could not be read. Messages complete the sentence that begins with the file's name.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing has this path.
    #[error("{}: no such file or folder", path.display())]
    NotFound {
        /// The path as given.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("cannot be read: {source}")]
    Unreadable {
        /// What it said.
        source: io::Error,
    },
    /// Not a ZIP archive, or a damaged one.
    #[error("not a readable ZIP archive ({detail}); download it again")]
    Archive {
        /// What the ZIP reader found.
        detail: String,
    },
    /// Entries of the archive share their bytes, which only archives made to harm do.
    #[error("entries of the ZIP archive overlap, as those of a decompression bomb do; refused")]
    OverlappingEntries,
    /// A `..` or absolute path inside an archive.
    #[error("the name leads outside its ZIP archive; refused")]
    UnsafePath,
    /// The entry needs a password.
    #[error("encrypted; extract the ZIP archive with its password and load the folder instead")]
    Encrypted,
    /// The compressed data end early or do not match their checksum.
    #[error("the compressed data are damaged or incomplete ({source}); download the file again")]
    Damaged {
        /// What the decompressor said.
        source: io::Error,
    },
    /// Larger than any street file.
    #[error("larger than {limit_mib} MiB, which no monthly street file is; refused")]
    TooLarge {
        /// The limit in mebibytes.
        limit_mib: u64,
    },
    /// Expands far more than text does.
    #[error(
        "expands to more than {limit} times its compressed size, as a decompression bomb does; refused"
    )]
    Bomb {
        /// The largest ratio allowed.
        limit: u64,
    },
    /// No bytes, or only blank ones.
    #[error("the file is empty; download it again")]
    Empty,
    /// Bytes that are not UTF-8.
    #[error(
        "line {line}, byte {byte_offset} of the file: not UTF-8 text; save the file as \"CSV UTF-8\""
    )]
    NotUtf8 {
        /// The first line that holds such a byte.
        line: u64,
        /// Its place in the file, counted from 0.
        byte_offset: u64,
    },
    /// Marked as UTF-16 but broken, or UTF-16 without its mark.
    #[error("line 1: UTF-16 text that {fault}; save the file as \"CSV UTF-8\"")]
    Utf16 {
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Carriage returns only.
    #[error("line 1: lines end with bare carriage returns; save the file as \"CSV UTF-8\"")]
    LineEnds,
    /// Another separator than the comma.
    #[error(
        "line 1: the fields are separated by {found}, not by commas; save the file as comma-separated CSV"
    )]
    Separator {
        /// The separator in words.
        found: &'static str,
    },
    /// The file is of another kind that police.uk publishes.
    #[error(
        "line 1: the header is that of {kind}, not of {wanted}; choose the file that ends in {suffix}.csv"
    )]
    OtherKind {
        /// The kind in words.
        kind: &'static str,
        /// The kind that was wanted.
        wanted: &'static str,
        /// What the names of its files end in.
        suffix: &'static str,
    },
    /// Columns are missing.
    #[error(
        "line 1: not the header of {wanted}; missing: {}; unknown: {}; download the file again or restore the header",
        list(missing),
        list(unknown)
    )]
    Header {
        /// The kind that was wanted.
        wanted: &'static str,
        /// Needed columns that are not there.
        missing: Vec<String>,
        /// Columns that such a file does not have.
        unknown: Vec<String>,
    },
    /// One column stands twice.
    #[error("line 1: the column {column:?} stands twice; delete one of the two")]
    DuplicateColumn {
        /// Its name.
        column: String,
    },
    /// A workbook that cannot be opened.
    #[error("not a readable workbook ({why}); save it again as XLSX, ODS or CSV")]
    Workbook {
        /// What the reader says.
        why: String,
    },
    /// The workbook has no such sheet.
    #[error("there is no sheet {sheet:?}; the workbook has {has}")]
    NoSheet {
        /// As declared.
        sheet: String,
        /// What there is.
        has: String,
    },
    /// The row of headings is blank or beyond the end.
    #[error("row {row} holds no headings; name their row with heading_row")]
    NoHeadings {
        /// As declared.
        row: usize,
    },
    /// A declared column is not there.
    #[error("there is no column {column:?}; it has {has}")]
    NoColumn {
        /// As declared.
        column: String,
        /// What there is.
        has: String,
    },
    /// The table names people.
    #[error(
        "the column {heading:?} looks as if it named people ({looks_like}), who stay out: nothing was loaded; ask \
         the partner for the table without that column"
    )]
    PersonalColumn {
        /// Its heading.
        heading: String,
        /// What gave it away.
        looks_like: &'static str,
    },
    /// No row is of the month in the file's name.
    #[error("the file's name says {named}, but its rows are of {found}; rename the file")]
    AnotherMonth {
        /// What the name says.
        named: Month,
        /// The month of the first row.
        found: Month,
    },
    /// The file was read, but its rows could not be stored.
    #[error("its rows could not be stored: {reason}")]
    NotStored {
        /// The sink's error.
        reason: String,
    },
    /// Storing had failed before this file's turn.
    #[error("not read, because an earlier month could not be stored")]
    NotReached,
}

impl ReadError {
    pub(crate) fn personal(found: PersonalColumn) -> Self {
        Self::PersonalColumn { heading: found.heading, looks_like: found.looks_like }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// A file that could not be read or stored. The others of the run go on.
#[derive(Debug)]
pub struct FileFailure {
    /// The path as the user knows it; `archive.zip!entry` inside an archive.
    pub display_name: String,
    /// Why.
    pub error: ReadError,
}

impl fmt::Display for FileFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.display_name, self.error)
    }
}
