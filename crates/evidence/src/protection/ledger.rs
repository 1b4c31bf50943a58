//! What was said of controlled sources before: numbers that cannot be taken back.
//!
//! The ledger holds only what stood in a publication, so it is as public as that was.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Cell;

/// Why the ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// It is closed to us.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: std::io::Error,
    },
    /// It is no ledger. Without it the next publication could give away what the last one withheld, so
    /// take it from a backup.
    #[error("{}: not a ledger of publications: {why}; take it from a backup", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line and field.
        #[source]
        why: serde_json::Error,
    },
}

/// `disclosure/ledger.json`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ledger {
    /// By date of publication.
    pub publications: Vec<Said>,
}

/// One publication.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// Its date.
    pub published: Date,
    /// The vintage of its evidence.
    pub vintage: String,
    /// Whether its numbers were rounded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rounded: bool,
    /// Its cells.
    pub cells: Vec<LedgerCell>,
}

/// A cell with what was said of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerCell {
    /// The cell.
    pub cell: Cell,
    /// Its value; `None` where it was withheld.
    pub value: Option<u64>,
}

impl Ledger {
    /// Where a partnership keeps it.
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("disclosure").join("ledger.json")
    }

    /// Reads a partnership's ledger; a partnership that has published nothing has none.
    pub fn read(folder: &Path) -> Result<Self, LedgerError> {
        let path = Self::path(folder);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(why) => return Err(LedgerError::File { path, why }),
        };
        serde_json::from_str(&text).map_err(|why| LedgerError::Parse { path, why })
    }

    /// What was said before a date, the earliest first.
    pub(crate) fn before(&self, date: Date) -> Vec<&Said> {
        self.publications.iter().filter(|said| said.published < date).collect()
    }

    /// Puts a publication in its place; another of the same date gives way to it.
    pub fn record(&mut self, said: Said) {
        self.publications.retain(|one| one.published != said.published);
        self.publications.push(said);
        self.publications.sort_by_key(|one| one.published);
    }

    /// Writes the ledger beside its place and moves it there, so that a run that dies leaves the old.
    pub fn write(&self, folder: &Path) -> Result<(), LedgerError> {
        let path = Self::path(folder);
        let file = |why| LedgerError::File { path: path.clone(), why };
        let text = serde_json::to_string_pretty(self)
            .map_err(|why| LedgerError::Parse { path: path.clone(), why })?;
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(file)?;
        }
        let writing = path.with_extension("writing");
        std::fs::write(&writing, text + "\n").map_err(file)?;
        std::fs::rename(&writing, &path).map_err(file)
    }
}
