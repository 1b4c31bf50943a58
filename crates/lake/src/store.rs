//! The lake of one partnership: its tables, what of them is visible, and its vintages.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::read;
use crate::rows::{AreaRow, LinkRow, Load, PopulationRow, Refusal, Row, SnapshotRow};
use crate::table::{Table, TableError, ingest_of};

/// Why the lake could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// A table could not be read or written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Nothing has been loaded.
    #[error("no lake at {}; run `wardmote ingest` first", folder.display())]
    Absent {
        /// Where it should be.
        folder: PathBuf,
    },
    /// Another process is loading.
    #[error("{} is locked by another `wardmote ingest`; wait for it, or delete the file if none is running", lock.display())]
    Locked {
        /// The lock file.
        lock: PathBuf,
    },
}

/// A vintage of the evidence, named after the loads that are visible in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotId(String);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The lake, open for reading.
#[derive(Debug)]
pub struct Lake {
    pub(crate) folder: PathBuf,
    pub(crate) incidents: Table,
    pub(crate) refusals: Table,
    pub(crate) areas: Table,
    pub(crate) links: Table,
    pub(crate) populations: Table,
    pub(crate) loads: Table,
    pub(crate) snapshots: Table,
    /// Loads that are visible: committed and not superseded, in order of source and file.
    pub(crate) visible: Vec<Load>,
    /// Loads that a later one replaced.
    pub(crate) superseded: BTreeSet<String>,
    /// Runs whose loads are committed.
    pub(crate) committed: BTreeSet<String>,
}

impl Lake {
    /// Opens the lake in a folder, and creates it if there is none.
    pub async fn create(folder: &Path) -> Result<Self, LakeError> {
        let loads = Table::open(folder, "loads", Load::schema()).await?;
        let mut lake = Self {
            folder: folder.to_owned(),
            incidents: Table::open(folder, "incidents", read::incidents_schema()).await?,
            refusals: Table::open(folder, "refusals", Refusal::schema()).await?,
            areas: Table::open(folder, "areas", AreaRow::schema()).await?,
            links: Table::open(folder, "area_links", LinkRow::schema()).await?,
            populations: Table::open(folder, "populations", PopulationRow::schema()).await?,
            snapshots: Table::open(folder, "snapshots", SnapshotRow::schema()).await?,
            loads,
            visible: Vec::new(),
            superseded: BTreeSet::new(),
            committed: BTreeSet::new(),
        };
        lake.refresh()?;
        Ok(lake)
    }

    /// Opens a lake that is there.
    pub async fn open(folder: &Path) -> Result<Self, LakeError> {
        if !folder.join("loads").join("_delta_log").exists() {
            return Err(LakeError::Absent { folder: folder.to_owned() });
        }
        Self::create(folder).await
    }

    /// Every visible load, in order of source and file.
    pub fn loads(&self) -> &[Load] {
        &self.visible
    }

    /// The vintage that is visible now: the same loads give the same id on every machine.
    pub fn snapshot_id(&self) -> SnapshotId {
        let mut ids: Vec<&str> = self.visible.iter().map(|load| load.load_id.as_str()).collect();
        ids.sort_unstable();
        let hash = Sha256::digest(ids.join("\n").as_bytes());
        SnapshotId(hash.iter().take(6).fold("s-".to_owned(), |id, byte| format!("{id}{byte:02x}")))
    }

    pub(crate) fn refresh(&mut self) -> Result<(), TableError> {
        let mut loads = Vec::new();
        for batch in self.loads.read(&self.loads.files()?)? {
            loads.extend(Load::from_batch(&batch));
        }
        self.committed = loads.iter().map(|load| load.ingest_id.clone()).collect();
        self.superseded = loads.iter().filter_map(|load| load.supersedes.clone()).collect();
        loads.retain(|load| !self.superseded.contains(&load.load_id));
        loads.sort_by(|a, b| (&a.source, &a.file_name).cmp(&(&b.source, &b.file_name)));
        self.visible = loads;
        Ok(())
    }

    /// The files of a table that committed runs wrote.
    pub(crate) fn visible_files(&self, table: &Table) -> Result<Vec<String>, TableError> {
        let mut files = table.files()?;
        files.retain(|name| ingest_of(name).is_some_and(|ingest| self.committed.contains(ingest)));
        Ok(files)
    }

    /// The visible rows of a small table.
    pub(crate) fn rows<R: Row>(&self, table: &Table, load_of: impl Fn(&R) -> &str) -> Result<Vec<R>, TableError> {
        let mut rows = Vec::new();
        for batch in table.read(&self.visible_files(table)?)? {
            rows.extend(R::from_batch(&batch));
        }
        rows.retain(|row| !self.superseded.contains(load_of(row)));
        Ok(rows)
    }
}
