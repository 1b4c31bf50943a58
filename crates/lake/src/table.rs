//! Delta tables: created when first needed, added to in one atomic version, listed by file.
//!
//! Wardmote writes its own Parquet and uses `deltalake` for the log alone. Every data file's name
//! says which ingest run wrote it (`part-<ingest>-<what>.parquet`), and a reader takes only files of
//! runs whose loads are committed.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, Add, StructType};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTable, DeltaTableError, ensure_table_uri};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value, json};

use crate::read::ColumnRange;

/// Why a table could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The log could not be read or committed.
    #[error("the lake's table {table:?} in {}: {why}", folder.display())]
    Log {
        /// The table.
        table: &'static str,
        /// Its folder.
        folder: PathBuf,
        /// What `deltalake` says.
        #[source]
        why: Box<DeltaTableError>,
    },
    /// A file could not be read or written.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: io::Error,
    },
    /// A file holds what it should not.
    #[error("{}: {why}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What the reader of Parquet says.
        why: String,
    },
}

/// One Delta table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) folder: PathBuf,
    pub(crate) schema: SchemaRef,
    delta: DeltaTable,
}

/// A data file on its way into a table.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) file_name: String,
    pub(crate) size_bytes: u64,
    pub(crate) n_rows: u64,
    /// What other engines may know of the columns without opening the file.
    pub(crate) ranges: Vec<ColumnRange>,
}

impl Table {
    /// Creates the table in `lake/<name>` when it is not there.
    pub(crate) async fn create(
        lake: &Path,
        name: &'static str,
        schema: &SchemaRef,
    ) -> Result<(), TableError> {
        let folder = lake.join(name);
        if is_table(&folder) {
            return Ok(());
        }
        std::fs::create_dir_all(&folder)
            .map_err(|why| TableError::File { path: folder.clone(), why })?;
        let log = |why| TableError::Log { table: name, folder: folder.clone(), why: Box::new(why) };
        let columns: StructType =
            schema.as_ref().try_into_kernel().map_err(|why: arrow::error::ArrowError| {
                log(DeltaTableError::Generic(why.to_string()))
            })?;
        CreateBuilder::new()
            .with_location(ensure_table_uri(folder.to_string_lossy()).map_err(log)?.as_str())
            .with_table_name(name)
            .with_save_mode(SaveMode::Ignore)
            .with_columns(columns.fields().cloned())
            .await
            .map_err(log)?;
        Ok(())
    }

    /// Opens the table in `lake/<name>`, at its latest version if none is given.
    pub(crate) async fn open(
        lake: &Path,
        name: &'static str,
        schema: SchemaRef,
        version: Option<u64>,
    ) -> Result<Self, TableError> {
        let folder = lake.join(name);
        let log = |why| TableError::Log { table: name, folder: folder.clone(), why: Box::new(why) };
        let url = ensure_table_uri(folder.to_string_lossy()).map_err(log)?;
        let delta = match version {
            None => deltalake_core::open_table(url).await,
            Some(version) => deltalake_core::open_table_with_version(url, version).await,
        };
        Ok(Self { name, schema, delta: delta.map_err(log)?, folder })
    }

    /// The version of the log that was read.
    pub(crate) fn version(&self) -> u64 {
        self.delta.version().unwrap_or_default()
    }

    /// The names of the data files of the current version, in order.
    pub(crate) fn files(&self) -> Result<Vec<String>, TableError> {
        let state = self.delta.snapshot().map_err(|why| self.log(why))?;
        let mut files: Vec<String> =
            state.log_data().iter().map(|file| file.path().into_owned()).collect();
        files.sort();
        Ok(files)
    }

    /// Commits parts as one version; nothing is visible before, all is after.
    /// Without parts there is no new version.
    pub(crate) async fn add(&mut self, parts: &[Part]) -> Result<(), TableError> {
        if parts.is_empty() {
            return Ok(());
        }
        let add = |part: &Part| {
            Action::Add(Add {
                path: part.file_name.clone(),
                size: part.size_bytes.cast_signed(),
                // No clock is read: what the log says of a run follows from the run's files.
                modification_time: 0,
                data_change: true,
                stats: Some(statistics(part).to_string()),
                ..Add::default()
            })
        };
        self.commit(parts.iter().map(add).collect(), SaveMode::Append).await
    }

    /// Takes files out of the table and off the disk: what a run left that did not finish.
    pub(crate) async fn clear(
        &mut self,
        is_stray: impl Fn(&str) -> bool,
    ) -> Result<usize, TableError> {
        let state = self.delta.snapshot().map_err(|why| self.log(why))?;
        let removed: Vec<Action> = state
            .log_data()
            .iter()
            .filter(|file| is_stray(&file.path()))
            .map(|file| Action::Remove(file.remove_action(true)))
            .collect();
        if !removed.is_empty() {
            self.commit(removed, SaveMode::Overwrite).await?;
        }
        // A commit that was cut off leaves its unfinished text beside the log.
        let unfinished = delete(&self.folder.join("_delta_log"), |name| name.contains(".json#"))?;
        Ok(unfinished + self.delete_uncommitted(is_stray)?)
    }

    /// Deletes data files that the log does not name.
    pub(crate) fn delete_uncommitted(
        &self,
        is_stray: impl Fn(&str) -> bool,
    ) -> Result<usize, TableError> {
        let committed = self.files()?;
        let is_stray = |name: &str| {
            name.starts_with("part-")
                && is_stray(name)
                && committed.binary_search_by(|file| file.as_str().cmp(name)).is_err()
        };
        delete(&self.folder, is_stray)
    }

    async fn commit(&mut self, actions: Vec<Action>, mode: SaveMode) -> Result<(), TableError> {
        let state = self.delta.snapshot().map_err(|why| self.log(why))?;
        let operation = DeltaOperation::Write { mode, partition_by: None, predicate: None };
        // Old versions are the vintages of the evidence: they are never cleaned away.
        let properties = CommitProperties::default().with_cleanup_expired_logs(Some(false));
        let committed = CommitBuilder::from(properties)
            .with_actions(actions)
            .build(Some(state), self.delta.log_store(), operation)
            .await
            .map_err(|why| self.log(why))?;
        self.sync(committed.version())
            .map_err(|why| TableError::File { path: self.folder.clone(), why })?;
        self.delta.update_state().await.map_err(|why| self.log(why))
    }

    /// Makes sure that a commit, and the names of the files that it speaks of, reached the disk.
    fn sync(&self, version: u64) -> io::Result<()> {
        let log = self.folder.join("_delta_log");
        File::open(log.join(format!("{version:020}.json")))?.sync_all()?;
        File::open(log)?.sync_all()?;
        File::open(&self.folder)?.sync_all()
    }

    /// Writes one batch as a part of the table's folder, not yet committed.
    pub(crate) fn write(
        &self,
        ingest: &str,
        what: &str,
        batch: &RecordBatch,
    ) -> Result<Part, TableError> {
        let file_name = part_name(ingest, what);
        let path = self.folder.join(&file_name);
        let failed = |why: io::Error| TableError::File { path: path.clone(), why };
        let file = File::create(&path).map_err(failed)?;
        let content = |why: ParquetError| match why {
            ParquetError::External(why) => match why.downcast::<io::Error>() {
                Ok(why) => TableError::File { path: path.clone(), why: *why },
                Err(why) => TableError::Content { path: path.clone(), why: why.to_string() },
            },
            why => TableError::Content { path: path.clone(), why: why.to_string() },
        };
        let zstd = ZstdLevel::try_new(1).map_err(content)?;
        let properties =
            WriterProperties::builder().set_compression(Compression::ZSTD(zstd)).build();
        let mut writer = ArrowWriter::try_new(&file, Arc::clone(&self.schema), Some(properties))
            .map_err(content)?;
        writer.write(batch).map_err(content)?;
        writer.close().map_err(content)?;
        file.sync_all().map_err(failed)?;
        let size_bytes = file.metadata().map_err(failed)?.len();
        Ok(Part { file_name, size_bytes, n_rows: batch.num_rows() as u64, ranges: Vec::new() })
    }

    /// Reads the rows of some of the table's files.
    pub(crate) fn read(&self, files: &[String]) -> Result<Vec<RecordBatch>, TableError> {
        self.read_columns(files, None)
    }

    /// Reads some columns of the rows, or all of them.
    pub(crate) fn read_columns(
        &self,
        files: &[String],
        columns: Option<&[&str]>,
    ) -> Result<Vec<RecordBatch>, TableError> {
        let mut batches = Vec::new();
        for name in files {
            let path = self.folder.join(name);
            let file = std::fs::File::open(&path)
                .map_err(|why| TableError::File { path: path.clone(), why })?;
            let content = |why: String| TableError::Content { path: path.clone(), why };
            let build = |builder: ParquetRecordBatchReaderBuilder<File>| {
                let mask = columns.map_or_else(ProjectionMask::all, |columns| {
                    ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied())
                });
                builder.with_projection(mask).build()
            };
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)
                .and_then(build)
                .map_err(|why| content(why.to_string()))?;
            for batch in reader {
                batches.push(batch.map_err(|why| content(why.to_string()))?);
            }
        }
        Ok(batches)
    }

    fn log(&self, why: DeltaTableError) -> TableError {
        TableError::Log { table: self.name, folder: self.folder.clone(), why: Box::new(why) }
    }
}

fn delete(folder: &Path, is_stray: impl Fn(&str) -> bool) -> Result<usize, TableError> {
    let failed = |why| TableError::File { path: folder.to_owned(), why };
    let mut deleted = 0;
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if is_stray(&entry.file_name().to_string_lossy()) {
            let path = entry.path();
            std::fs::remove_file(&path).map_err(|why| TableError::File { path, why })?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Whether a folder holds a Delta table.
pub(crate) fn is_table(folder: &Path) -> bool {
    folder.join("_delta_log").join("00000000000000000000.json").exists()
}

fn statistics(part: &Part) -> Value {
    let side = |of: fn(&ColumnRange) -> &Option<String>| -> Map<String, Value> {
        let values =
            part.ranges.iter().filter_map(|range| Some((range.column, of(range).as_ref()?)));
        values.map(|(column, value)| (column.to_owned(), json!(value))).collect()
    };
    let nulls: Map<String, Value> =
        part.ranges.iter().map(|range| (range.column.to_owned(), json!(range.nulls))).collect();
    json!({
        "numRecords": part.n_rows,
        "minValues": side(|range| &range.min),
        "maxValues": side(|range| &range.max),
        "nullCount": nulls,
    })
}

/// The name of a data file: which run wrote it, and what it holds.
pub(crate) fn part_name(ingest: &str, what: &str) -> String {
    format!("part-{ingest}-{what}.parquet")
}

/// The run that wrote a data file.
pub(crate) fn ingest_of(file_name: &str) -> Option<&str> {
    file_name.strip_prefix("part-")?.split('-').next()
}
