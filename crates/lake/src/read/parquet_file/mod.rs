//! One sorted batch as one Parquet file.

mod runs;
mod words;

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int32Type;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::compute_leaves;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::statistics::Statistics;

/// Why a batch could not be written. The unfinished file may remain.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be written: {source}", path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What went wrong.
    pub source: ParquetError,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenFile {
    /// Where.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Rows.
    pub rows: u64,
    /// Ranges of the columns that queries select by: `month`, `lsoa_2021` and `category`.
    pub ranges: Vec<ColumnRange>,
}

/// The smallest and largest value of one column, and how many cells are blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRange {
    /// The column.
    pub column: &'static str,
    /// Its smallest value, as text; months as their first day. `None` when every cell is blank.
    pub min: Option<String>,
    /// Its largest value.
    pub max: Option<String>,
    /// Blank cells.
    pub nulls: u64,
}

const RANGED: [&str; 3] = ["month", "lsoa_2021", "category"];
const ROWS_PER_GROUP: usize = 1_000_000;

/// Writes a batch to a new file and makes sure that it reached the disk.
pub fn write_parquet(batch: &RecordBatch, path: &Path) -> Result<WrittenFile, WriteError> {
    let failed = |source: ParquetError| WriteError { path: path.to_owned(), source };
    let io_failed = |error: io::Error| failed(error.into());
    let file = File::create_new(path).map_err(io_failed)?;
    let written = file.try_clone().map_err(io_failed)?;
    let metadata = write_groups(batch, file).map_err(failed)?;
    written.sync_all().map_err(io_failed)?;
    let size = written.metadata().map_err(io_failed)?.len();
    let ranges = RANGED.iter().map(|column| range(&metadata, column)).collect();
    Ok(WrittenFile { path: path.to_owned(), size, rows: batch.num_rows() as u64, ranges })
}

fn write_groups(batch: &RecordBatch, file: File) -> Result<ParquetMetaData, ParquetError> {
    let schema = batch.schema();
    let writer =
        ArrowWriter::try_new(BufWriter::new(file), Arc::clone(&schema), Some(properties()))?;
    let (mut writer, factory) = writer.into_serialized_writer()?;
    let descriptors = writer.schema_descr().columns().to_vec();
    for (index, start) in (0..batch.num_rows()).step_by(ROWS_PER_GROUP).enumerate() {
        let part = batch.slice(start, ROWS_PER_GROUP.min(batch.num_rows() - start));
        let columns = part.columns().iter().zip(schema.fields()).zip(&descriptors);
        let plain_writers = factory.create_column_writers(index)?;
        let mut group = writer.next_row_group()?;
        for (((column, field), descriptor), mut plain_writer) in columns.zip(plain_writers) {
            if let Some(column) = column.as_dictionary_opt::<Int32Type>() {
                words::append(column, descriptor, &mut group)?;
            } else {
                for leaf in compute_leaves(field, column)? {
                    plain_writer.write(&leaf)?;
                }
                plain_writer.close()?.append_to_row_group(&mut group)?;
            }
        }
        group.close()?;
    }
    writer.close()
}

/// For the columns that are not words. Identifiers are random, lines and places mostly distinct: a
/// dictionary would only be built to be dropped, and only months are selected by range.
fn properties() -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled("month".into(), true)
        .set_column_statistics_enabled("month".into(), EnabledStatistics::Page)
        .set_column_statistics_enabled("source_id".into(), EnabledStatistics::None)
        .build()
}

fn range(metadata: &ParquetMetaData, column: &'static str) -> ColumnRange {
    let mut range = ColumnRange { column, min: None, max: None, nulls: 0 };
    let columns = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    for chunk in columns.filter(|chunk| chunk.column_path().string() == column) {
        let Some(statistics) = chunk.statistics() else { continue };
        range.nulls += statistics.null_count_opt().unwrap_or(0);
        let (min, max) = bounds(statistics);
        range.min = [range.min.take(), min].into_iter().flatten().min();
        range.max = range.max.take().max(max);
    }
    range
}

fn bounds(statistics: &Statistics) -> (Option<String>, Option<String>) {
    match statistics {
        Statistics::Int32(days) => {
            let date = |days: &i32| {
                (jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(*days)).to_string()
            };
            (days.min_opt().map(date), days.max_opt().map(date))
        }
        other => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (other.min_bytes_opt().map(text), other.max_bytes_opt().map(text))
        }
    }
}
