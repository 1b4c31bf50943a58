//! What was fetched, from where and when: `fetched.json` in the target folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::part::Validators;
use crate::plan::is_inside;
use crate::store::{self, StoreError, at};

/// The ledger's name in the target folder.
pub const LEDGER: &str = "fetched.json";

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else's file, or one cut short.
    #[error(
        "{} is not a ledger of fetched files; move it away, and they will be fetched again",
        path.display()
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A name in the ledger that leads out of its folder.
    #[error("{} names a file {name:?} outside its folder", path.display())]
    Outside {
        /// The ledger.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

/// All files of a folder that were fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// The files, by their path below the folder.
    #[serde(default)]
    pub files: BTreeMap<String, FetchedFile>,
    /// The archives that some were taken from, by address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub archives: BTreeMap<String, FetchedArchive>,
}

/// One fetched file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedFile {
    /// The name of its entry.
    pub source: String,
    /// Who publishes it.
    pub publisher: String,
    /// The short name of its licence.
    pub licence: String,
    /// What must be said wherever it is used.
    pub attribution: String,
    /// Its address, or that of the archive it was taken from.
    pub url: String,
    /// The condition by which it was taken from a layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The SHA-256 of the archive it was taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive_sha256: Option<String>,
    /// When these bytes were first fetched.
    pub fetched_at: Timestamp,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
    /// The server's name for this version.
    #[serde(flatten)]
    pub validators: Validators,
}

/// One archive that files were taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchedArchive {
    /// When these bytes were first fetched.
    pub fetched_at: Timestamp,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
    /// The server's name for this version.
    #[serde(flatten)]
    pub validators: Validators,
    /// Files that were looked for in it and are not there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub absent: BTreeSet<String>,
}

/// A file that is no longer what the ledger says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its path below the folder.
    pub name: String,
    /// What the ledger says.
    pub recorded: String,
    /// The hash of what is there; `None` where nothing is.
    pub found: Option<String>,
}

impl Ledger {
    /// Reads the ledger of a folder; an empty one where there is none.
    pub fn read(folder: &Path) -> Result<Self, LedgerError> {
        let path = folder.join(LEDGER);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(at(&path, "read")(error).into()),
        };
        let ledger: Self = serde_json::from_slice(&bytes)
            .map_err(|source| LedgerError::Malformed { path: path.clone(), source })?;
        match ledger.files.keys().find(|name| !is_inside(name)) {
            Some(name) => Err(LedgerError::Outside { path, name: name.clone() }),
            None => Ok(ledger),
        }
    }

    /// Writes the ledger into its folder, in one step, if it says something new.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), LedgerError> {
        let path = folder.join(LEDGER);
        let malformed = |source| LedgerError::Malformed { path: path.clone(), source };
        let mut text = serde_json::to_vec_pretty(self).map_err(malformed)?;
        text.push(b'\n');
        if fs::read(&path).is_ok_and(|there| there == text) {
            return Ok(());
        }
        Ok(store::write(&path, &text)?)
    }

    /// How large an address was the last time.
    pub fn bytes_of(&self, url: &str) -> Option<u64> {
        let archive = self.archives.get(url).map(|archive| archive.bytes);
        archive.or_else(|| Some(self.files.values().find(|file| file.url == url)?.bytes))
    }

    /// The entry of a file that is there as it was fetched.
    pub(crate) fn unchanged(
        &self,
        folder: &Path,
        name: &str,
    ) -> Result<Option<&FetchedFile>, StoreError> {
        let Some(file) = self.files.get(name) else { return Ok(None) };
        let there = store::hash_of(&folder.join(name))?;
        Ok(there.is_some_and(|(_, sha256)| sha256 == file.sha256).then_some(file))
    }
}

/// Hashes every fetched file of a folder again; returns those that differ.
pub fn verify_ledger(folder: &Path) -> Result<Vec<Difference>, LedgerError> {
    let ledger = Ledger::read(folder)?;
    let mut differences = Vec::new();
    for (name, file) in ledger.files {
        let found = store::hash_of(&folder.join(&name))?.map(|(_, sha256)| sha256);
        if found.as_ref() != Some(&file.sha256) {
            differences.push(Difference { name, recorded: file.sha256, found });
        }
    }
    Ok(differences)
}
