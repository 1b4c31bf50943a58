//! The lake of one partnership: its tables, what of them is visible, and its vintages.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};

use crate::once::Once;
use crate::postcodes;
use crate::read::{self, Form};
use crate::rows::{
    AreaRow, CategoryRow, LinkRow, Load, PopulationRow, Refusal, Row, SnapshotRow, SurveyAnswer,
    TotalRow,
};
use crate::statistics;
use crate::table::{Table, TableError, ingest_of, is_table};

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
    #[error("{} is held by another `wardmote ingest`; wait until it has ended", lock.display())]
    Locked {
        /// The lock file.
        lock: PathBuf,
    },
    /// No vintage has this id.
    #[error("no vintage {id} of the evidence; the lake holds {}", list(held))]
    NoSnapshot {
        /// The id asked.
        id: SnapshotId,
        /// The ids that there are.
        held: Vec<SnapshotId>,
    },
}

fn list(ids: &[SnapshotId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}

/// A vintage of the evidence, named after the loads that are visible in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SnapshotId(String);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SnapshotId {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// The lake, open for reading.
pub struct Lake {
    folder: PathBuf,
    /// The tables of events, in the order of [`Form::OF_POLICE_UK`].
    pub(crate) events: Vec<Table>,
    pub(crate) refusals: Table,
    pub(crate) areas: Table,
    pub(crate) links: Table,
    pub(crate) populations: Table,
    pub(crate) categories: Table,
    pub(crate) postcodes: Table,
    pub(crate) surveys: Table,
    pub(crate) totals: Table,
    pub(crate) statistics: Table,
    pub(crate) loads: Table,
    pub(crate) snapshots: Table,
    /// Every load that was ever committed, by id, as it stands now.
    pub(crate) known: BTreeMap<String, Load>,
    /// Loads that are visible: committed and not superseded, in order of source and file.
    pub(crate) visible: Vec<Load>,
    /// Loads that a later one replaced.
    pub(crate) superseded: BTreeSet<String>,
    /// Of them, those that were withdrawn, with the reason.
    pub(crate) withdrawn: BTreeMap<String, String>,
    /// Runs whose loads are committed.
    pub(crate) committed: BTreeSet<String>,
    pub(crate) n_runs: u64,
    pub(crate) once: Once,
}

impl fmt::Debug for Lake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lake").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The tables in the order in which they are created: where the last is, all are.
fn tables() -> Vec<(&'static str, SchemaRef)> {
    let events = Form::OF_POLICE_UK.map(|form| (form.table(), read::events_schema(form)));
    let others = [
        ("refusals", Refusal::schema()),
        ("areas", AreaRow::schema()),
        ("area_links", LinkRow::schema()),
        ("populations", PopulationRow::schema()),
        ("categories", CategoryRow::schema()),
        ("postcodes", postcodes::schema()),
        ("surveys", SurveyAnswer::schema()),
        ("counts", TotalRow::schema()),
        ("statistics", statistics::schema()),
        ("snapshots", SnapshotRow::schema()),
        ("loads", Load::schema()),
    ];
    events.into_iter().chain(others).collect()
}

impl Lake {
    /// Opens the lake in a folder, and creates it if there is none.
    pub async fn create(folder: &Path) -> Result<Self, LakeError> {
        for (name, schema) in tables() {
            Table::create(folder, name, &schema).await?;
        }
        Self::open(folder).await
    }

    /// Opens a lake that is there.
    pub async fn open(folder: &Path) -> Result<Self, LakeError> {
        Self::open_pinned(folder, None).await
    }

    /// Opens a lake as it was in an earlier vintage.
    pub async fn open_at(folder: &Path, id: &SnapshotId) -> Result<Self, LakeError> {
        let latest = Self::open(folder).await?;
        let rows = latest.snapshot_rows()?;
        let pins: BTreeMap<String, u64> = rows
            .iter()
            .filter(|row| row.id == id.0)
            .map(|row| (row.table.clone(), row.version))
            .collect();
        if pins.is_empty() {
            return Err(LakeError::NoSnapshot { id: id.clone(), held: latest.snapshots()? });
        }
        Self::open_pinned(folder, Some(&pins)).await
    }

    async fn open_pinned(
        folder: &Path,
        pins: Option<&BTreeMap<String, u64>>,
    ) -> Result<Self, LakeError> {
        if !tables().iter().all(|(name, _)| is_table(&folder.join(name))) {
            return Err(LakeError::Absent { folder: folder.to_owned() });
        }
        let open = async |name: &'static str, schema| {
            let version = pins.and_then(|pins| pins.get(name).copied());
            Table::open(folder, name, schema, version).await
        };
        // Loads first: should a run commit meanwhile, the newer tables hold files of a run that these
        // loads do not name, and those are passed over.
        let loads = open("loads", Load::schema()).await?;
        let mut events = Vec::with_capacity(Form::OF_POLICE_UK.len());
        for form in Form::OF_POLICE_UK {
            events.push(open(form.table(), read::events_schema(form)).await?);
        }
        let mut lake = Self {
            folder: folder.to_owned(),
            events,
            refusals: open("refusals", Refusal::schema()).await?,
            areas: open("areas", AreaRow::schema()).await?,
            links: open("area_links", LinkRow::schema()).await?,
            populations: open("populations", PopulationRow::schema()).await?,
            categories: open("categories", CategoryRow::schema()).await?,
            postcodes: open("postcodes", postcodes::schema()).await?,
            surveys: open("surveys", SurveyAnswer::schema()).await?,
            totals: open("counts", TotalRow::schema()).await?,
            statistics: open("statistics", statistics::schema()).await?,
            snapshots: open("snapshots", SnapshotRow::schema()).await?,
            loads,
            known: BTreeMap::new(),
            visible: Vec::new(),
            superseded: BTreeSet::new(),
            withdrawn: BTreeMap::new(),
            committed: BTreeSet::new(),
            n_runs: 0,
            once: Once::default(),
        };
        lake.refresh()?;
        Ok(lake)
    }

    /// Where it lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Every visible load, in order of source and file.
    pub fn loads(&self) -> &[Load] {
        &self.visible
    }

    /// The vintage that is visible now: the same loads give the same id on every machine.
    pub fn snapshot_id(&self) -> SnapshotId {
        self.snapshot_id_with(&[])
    }

    /// The vintage that will be visible once some loads are added.
    pub(crate) fn snapshot_id_with(&self, loads: &[Load]) -> SnapshotId {
        let mut ids: BTreeSet<&str> =
            self.visible.iter().map(|load| load.load_id.as_str()).collect();
        for load in loads {
            if load.withdrawn.is_none() {
                ids.insert(&load.load_id);
            }
            if let Some(earlier) = &load.supersedes {
                ids.remove(earlier.as_str());
            }
        }
        let ids: Vec<&str> = ids.into_iter().collect();
        SnapshotId(format!("s-{}", short_hash(&ids.join("\n"))))
    }

    /// The vintages that the lake holds, earliest first.
    pub fn snapshots(&self) -> Result<Vec<SnapshotId>, TableError> {
        let mut rows = self.snapshot_rows()?;
        rows.retain(|row| row.table == self.loads.name);
        rows.sort_by_key(|row| row.version);
        let mut ids: Vec<SnapshotId> = Vec::new();
        for row in rows {
            let id = SnapshotId(row.id);
            // A lake that went back to an earlier version of a file is in an earlier vintage again.
            ids.retain(|earlier| *earlier != id);
            ids.push(id);
        }
        Ok(ids)
    }

    /// The tables whose versions a vintage pins.
    pub(crate) fn pinned(&self) -> Vec<&Table> {
        let others = [
            &self.refusals,
            &self.areas,
            &self.links,
            &self.populations,
            &self.categories,
            &self.postcodes,
            &self.surveys,
            &self.totals,
            &self.statistics,
            &self.loads,
        ];
        self.events.iter().chain(others).collect()
    }

    /// The table that keeps the rows of a form.
    pub(crate) fn events(&self, form: Form) -> &Table {
        let of_form = self.events.iter().find(|table| table.name == form.table());
        of_form.unwrap_or_else(|| unreachable!("every form has a table"))
    }

    /// The form of a source's files; a source of which nothing was loaded has no rows of any.
    pub(crate) fn form_of(&self, source: &str) -> Form {
        let load = self.visible.iter().find(|load| load.source == source);
        let form = load.and_then(|load| {
            Form::OF_POLICE_UK.into_iter().find(|form| form.reader() == load.reader)
        });
        form.unwrap_or(Form::Street)
    }

    /// The rows of `snapshots`, the latest pins of each vintage only.
    pub(crate) fn snapshot_rows(&self) -> Result<Vec<SnapshotRow>, TableError> {
        let mut rows: BTreeMap<(String, String), SnapshotRow> = BTreeMap::new();
        for batch in self.snapshots.read(&self.visible_files(&self.snapshots)?)? {
            for row in SnapshotRow::from_batch(&batch) {
                let key = (row.id.clone(), row.table.clone());
                if rows.get(&key).is_none_or(|held| held.version < row.version) {
                    rows.insert(key, row);
                }
            }
        }
        Ok(rows.into_values().collect())
    }

    pub(crate) fn refresh(&mut self) -> Result<(), TableError> {
        let mut loads = Vec::new();
        for batch in self.loads.read(&self.loads.files()?)? {
            loads.extend(Load::from_batch(&batch));
        }
        loads.sort_by_key(|load| load.run);
        self.committed = loads.iter().map(|load| load.ingest_id.clone()).collect();
        self.n_runs = loads.last().map_or(0, |load| load.run + 1);
        self.known = loads.iter().map(|load| (load.load_id.clone(), load.clone())).collect();
        self.superseded.clear();
        // In order: a load that was replaced may have come back.
        for load in &loads {
            self.superseded.remove(&load.load_id);
            self.superseded.extend(load.supersedes.clone());
        }
        self.visible = self
            .known
            .values()
            .filter(|load| load.withdrawn.is_none() && !self.superseded.contains(&load.load_id))
            .cloned()
            .collect();
        self.withdrawn = loads
            .iter()
            .filter_map(|load| Some((load.supersedes.clone()?, load.withdrawn.clone()?)))
            .filter(|(of, _)| self.superseded.contains(of))
            .collect();
        self.visible.sort_by(|a, b| (&a.source, &a.file_name).cmp(&(&b.source, &b.file_name)));
        self.once = Once::default();
        Ok(())
    }

    /// The files of a table that committed runs wrote.
    pub(crate) fn visible_files(&self, table: &Table) -> Result<Vec<String>, TableError> {
        let mut files = table.files()?;
        files.retain(|name| ingest_of(name).is_some_and(|ingest| self.committed.contains(ingest)));
        Ok(files)
    }

    /// The visible rows of a small table.
    pub(crate) fn rows<R: Row>(
        &self,
        table: &Table,
        load_of: impl Fn(&R) -> &str,
    ) -> Result<Vec<R>, TableError> {
        let mut rows = self.rows_ever(table)?;
        rows.retain(|row| !self.superseded.contains(load_of(row)));
        Ok(rows)
    }

    /// The rows of a small table that committed runs wrote, those of replaced loads too.
    pub(crate) fn rows_ever<R: Row>(&self, table: &Table) -> Result<Vec<R>, TableError> {
        let mut rows = Vec::new();
        for batch in table.read(&self.visible_files(table)?)? {
            rows.extend(R::from_batch(&batch));
        }
        Ok(rows)
    }
}

/// The first twelve hexadecimal digits of a text's SHA-256.
pub(crate) fn short_hash(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    hash.iter().take(6).fold(String::new(), |id, byte| format!("{id}{byte:02x}"))
}
