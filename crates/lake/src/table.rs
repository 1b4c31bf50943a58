//! Delta tables: created when first needed, added to in one atomic version, listed by file.
//!
//! Wardmote writes its own Parquet and uses `deltalake` for the log alone. Every data file's name
//! says which ingest run wrote it (`part-<ingest>-<what>.parquet`), and a reader takes only files of
//! runs whose loads are committed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use deltalake_core::kernel::engine::arrow_conversion::TryIntoKernel;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, Add, StructType};
use deltalake_core::operations::create::CreateBuilder;
use deltalake_core::protocol::{DeltaOperation, SaveMode};
use deltalake_core::{DeltaTable, DeltaTableError};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

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
        why: std::io::Error,
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
}

impl Table {
    /// Opens the table in `lake/<name>`, creating it when it is not there.
    pub(crate) async fn open(lake: &Path, name: &'static str, schema: SchemaRef) -> Result<Self, TableError> {
        let folder = lake.join(name);
        std::fs::create_dir_all(&folder).map_err(|why| TableError::File { path: folder.clone(), why })?;
        let log = |why: DeltaTableError| TableError::Log { table: name, folder: folder.clone(), why: Box::new(why) };
        let url = deltalake_core::ensure_table_uri(folder.to_string_lossy()).map_err(log)?;
        let delta = if folder.join("_delta_log").join("00000000000000000000.json").exists() {
            deltalake_core::open_table(url).await.map_err(log)?
        } else {
            let columns: StructType = schema
                .as_ref()
                .try_into_kernel()
                .map_err(|why: arrow::error::ArrowError| log(DeltaTableError::Generic(why.to_string())))?;
            CreateBuilder::new()
                .with_location(url.as_str())
                .with_table_name(name)
                .with_save_mode(SaveMode::Ignore)
                .with_columns(columns.fields().cloned())
                .await
                .map_err(log)?
        };
        Ok(Self { name, folder, schema, delta })
    }

    /// The version of the log that was read.
    pub(crate) fn version(&self) -> u64 {
        self.delta.version().unwrap_or_default() as u64
    }

    /// The names of the data files of the current version, in order.
    pub(crate) fn files(&self) -> Result<Vec<String>, TableError> {
        let state = self.delta.snapshot().map_err(|why| self.log(why))?;
        let mut files: Vec<String> = state.log_data().iter().map(|file| file.path().into_owned()).collect();
        files.sort();
        Ok(files)
    }

    /// Commits parts as one version; nothing is visible before, all is after.
    pub(crate) async fn add(&mut self, parts: &[Part]) -> Result<(), TableError> {
        let add = |part: &Part| {
            let path = self.folder.join(&part.file_name);
            let modified = std::fs::metadata(&path).and_then(|meta| meta.modified()).ok();
            let since_epoch = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            Action::Add(Add {
                path: part.file_name.clone(),
                size: part.size_bytes as i64,
                modification_time: since_epoch.map_or(0, |time| time.as_millis() as i64),
                data_change: true,
                stats: Some(format!("{{\"numRecords\":{}}}", part.n_rows)),
                ..Add::default()
            })
        };
        self.commit(parts.iter().map(add).collect(), SaveMode::Append).await
    }

    /// Takes files out of the table and off the disk: what a run left that did not finish.
    pub(crate) async fn clear(&mut self, is_stray: impl Fn(&str) -> bool) -> Result<usize, TableError> {
        let state = self.delta.snapshot().map_err(|why| self.log(why))?;
        let removed: Vec<Action> = state
            .log_data()
            .iter()
            .filter(|file| is_stray(&file.path()))
            .map(|file| Action::Remove(file.remove_action(true)))
            .collect();
        let n_removed = removed.len();
        if n_removed > 0 {
            self.commit(removed, SaveMode::Overwrite).await?;
        }
        let kept = self.files()?;
        let failed = |why| TableError::File { path: self.folder.clone(), why };
        for entry in std::fs::read_dir(&self.folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("part-") && is_stray(&name) && !kept.contains(&name) {
                std::fs::remove_file(&path).map_err(|why| TableError::File { path, why })?;
            }
        }
        Ok(n_removed)
    }

    async fn commit(&mut self, actions: Vec<Action>, mode: SaveMode) -> Result<(), TableError> {
        let state = self.delta.snapshot().map_err(|why| self.log(why))?;
        let operation = DeltaOperation::Write { mode, partition_by: None, predicate: None };
        CommitBuilder::from(CommitProperties::default())
            .with_actions(actions)
            .build(Some(state), self.delta.log_store(), operation)
            .await
            .map_err(|why| self.log(why))?;
        self.delta.update_state().await.map_err(|why| self.log(why))
    }

    /// Writes one batch as a part of the table's folder, not yet committed.
    pub(crate) fn write(&self, ingest: &str, what: &str, batch: &RecordBatch) -> Result<Part, TableError> {
        let file_name = part_name(ingest, what);
        let path = self.folder.join(&file_name);
        let file = std::fs::File::create(&path).map_err(|why| TableError::File { path: path.clone(), why })?;
        let content = |why: parquet::errors::ParquetError| TableError::Content { path: path.clone(), why: why.to_string() };
        let zstd = ZstdLevel::try_new(1).map_err(content)?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(zstd)).build();
        let mut writer = ArrowWriter::try_new(&file, Arc::clone(&self.schema), Some(properties)).map_err(content)?;
        writer.write(batch).map_err(content)?;
        writer.close().map_err(content)?;
        file.sync_all().map_err(|why| TableError::File { path: path.clone(), why })?;
        let size_bytes = file.metadata().map(|meta| meta.len()).unwrap_or_default();
        Ok(Part { file_name, size_bytes, n_rows: batch.num_rows() as u64 })
    }

    /// Reads the rows of some of the table's files.
    pub(crate) fn read(&self, files: &[String]) -> Result<Vec<RecordBatch>, TableError> {
        let mut batches = Vec::new();
        for name in files {
            let path = self.folder.join(name);
            let file = std::fs::File::open(&path).map_err(|why| TableError::File { path: path.clone(), why })?;
            let content = |why: String| TableError::Content { path: path.clone(), why };
            let reader = ParquetRecordBatchReaderBuilder::try_new(file)
                .and_then(ParquetRecordBatchReaderBuilder::build)
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

/// The name of a data file: which run wrote it, and what it holds.
pub(crate) fn part_name(ingest: &str, what: &str) -> String {
    format!("part-{ingest}-{what}.parquet")
}

/// The run that wrote a data file.
pub(crate) fn ingest_of(file_name: &str) -> Option<&str> {
    file_name.strip_prefix("part-")?.split('-').next()
}
