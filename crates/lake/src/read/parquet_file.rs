//! One sorted batch as one Parquet file.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnPath;

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
    let file = File::create_new(path).map_err(|error| failed(error.into()))?;
    let synced = file.try_clone().map_err(|error| failed(error.into()))?;
    let mut writer = ArrowWriter::try_new(BufWriter::new(file), batch.schema(), Some(properties()))
        .map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    let metadata = writer.close().map_err(failed)?;
    synced.sync_all().map_err(|error| failed(error.into()))?;
    let size = synced.metadata().map_err(|error| failed(error.into()))?.len();
    let ranges = RANGED.iter().map(|column| range(&metadata, column)).collect();
    Ok(WrittenFile { path: path.to_owned(), size, rows: batch.num_rows() as u64, ranges })
}

fn properties() -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(ROWS_PER_GROUP))
        .set_statistics_enabled(EnabledStatistics::Chunk);
    // Identifiers are random, lines and places mostly distinct: a dictionary would only be built to be
    // dropped.
    for column in ["source_id", "line", "easting", "northing"] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    properties =
        properties.set_column_statistics_enabled("source_id".into(), EnabledStatistics::None);
    // Rows are sorted by area and category, so a query for some of them needs few pages.
    for column in RANGED {
        properties = properties
            .set_column_statistics_enabled(ColumnPath::from(column), EnabledStatistics::Page);
    }
    properties.build()
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
