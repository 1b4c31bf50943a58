//! Rows of loads, of what they refused, and of vintages.

use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::Disclosure;

use super::{Columns, Row, TEXT, WHOLE, schema, text, text_or_null, whole};

/// A file that was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// Follows from the source and the file's hash.
    pub load_id: String,
    /// The run that brought it.
    pub ingest_id: String,
    /// How many runs of this lake came before.
    pub run: u64,
    /// The source.
    pub source: String,
    /// The reader that read it.
    pub reader: String,
    /// Who published it.
    pub publisher: String,
    /// Under which licence.
    pub licence: String,
    /// Whether its rows are public.
    pub disclosure: Disclosure,
    /// Its path in the data folder; in an archive, `archive.zip!entry`.
    pub file_name: String,
    /// The archive that it came in.
    pub archive: Option<String>,
    /// Of its bytes.
    pub sha256: String,
    /// Its size.
    pub size_bytes: u64,
    /// Rows read: kept and refused.
    pub rows_read: u64,
    /// Rows kept.
    pub rows_kept: u64,
    /// Rows refused.
    pub rows_refused: u64,
    /// Kept rows that name no place.
    pub without_place: u64,
    /// Kept rows whose small area no lookup knows.
    pub unrecognised_areas: u64,
    /// The first month of its rows.
    pub first_month: Option<Month>,
    /// The last month of its rows.
    pub last_month: Option<Month>,
    /// The bodies that reported its rows, in order.
    pub reporting_bodies: Vec<String>,
    /// Whether its end is missing: its months are not whole.
    pub cut_short: bool,
    /// The load that this one replaces.
    pub supersedes: Option<String>,
    /// Why the load that this one replaces was withdrawn; such a load brings no rows itself.
    pub withdrawn: Option<String>,
}

/// Rows that could not be kept, alike and in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The load.
    pub load_id: String,
    /// The file.
    pub file: String,
    /// The first line, from 1.
    pub first_line: u64,
    /// The last line.
    pub last_line: u64,
    /// How many rows.
    pub count: u64,
    /// The field.
    pub field: String,
    /// Why, in the analyst's words.
    pub reason: String,
    /// The text that was refused; controlled sources keep none.
    pub text: Option<String>,
}

/// A vintage of the evidence: which version of each table it reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SnapshotRow {
    pub(crate) id: String,
    pub(crate) table: String,
    pub(crate) version: u64,
    /// The run after which it was taken.
    pub(crate) ingest_id: String,
}

const BETWEEN_BODIES: &str = "; ";

impl Row for Load {
    fn schema() -> SchemaRef {
        let text = [
            "load_id",
            "ingest_id",
            "source",
            "reader",
            "publisher",
            "licence",
            "disclosure",
            "file_name",
            "sha256",
        ];
        let whole = [
            "run",
            "size_bytes",
            "rows_read",
            "rows_kept",
            "rows_refused",
            "without_place",
            "unrecognised_areas",
        ];
        let optional = [
            "archive",
            "first_month",
            "last_month",
            "reporting_bodies",
            "cut_short",
            "supersedes",
            "withdrawn",
        ];
        let fields: Vec<(&str, DataType, bool)> = text
            .iter()
            .map(|name| (*name, TEXT, false))
            .chain(whole.iter().map(|name| (*name, WHOLE, false)))
            .chain(optional.iter().map(|name| (*name, TEXT, true)))
            .collect();
        schema(&fields)
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows, |r| r.load_id.clone()),
            text(rows, |r| r.ingest_id.clone()),
            text(rows, |r| r.source.clone()),
            text(rows, |r| r.reader.clone()),
            text(rows, |r| r.publisher.clone()),
            text(rows, |r| r.licence.clone()),
            text(rows, |r| r.disclosure.slug().to_owned()),
            text(rows, |r| r.file_name.clone()),
            text(rows, |r| r.sha256.clone()),
            whole(rows, |r| r.run),
            whole(rows, |r| r.size_bytes),
            whole(rows, |r| r.rows_read),
            whole(rows, |r| r.rows_kept),
            whole(rows, |r| r.rows_refused),
            whole(rows, |r| r.without_place),
            whole(rows, |r| r.unrecognised_areas),
            text_or_null(rows, |r| r.archive.clone()),
            text_or_null(rows, |r| r.first_month.map(|m| m.to_string())),
            text_or_null(rows, |r| r.last_month.map(|m| m.to_string())),
            text_or_null(rows, |r| {
                (!r.reporting_bodies.is_empty()).then(|| r.reporting_bodies.join(BETWEEN_BODIES))
            }),
            text_or_null(rows, |r| r.cut_short.then(|| "yes".to_owned())),
            text_or_null(rows, |r| r.supersedes.clone()),
            text_or_null(rows, |r| r.withdrawn.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        let month = |name: &str, row| columns.text(name, row).and_then(|text| text.parse().ok());
        columns.rows(|row| {
            Some(Self {
                load_id: columns.text("load_id", row)?,
                ingest_id: columns.text("ingest_id", row)?,
                run: columns.whole("run", row)?,
                source: columns.text("source", row)?,
                reader: columns.text("reader", row)?,
                publisher: columns.text("publisher", row)?,
                licence: columns.text("licence", row)?,
                // What is not plainly open is treated as controlled.
                disclosure: if columns.text("disclosure", row)? == "open" {
                    Disclosure::Open
                } else {
                    Disclosure::Controlled
                },
                file_name: columns.text("file_name", row)?,
                archive: columns.text("archive", row),
                sha256: columns.text("sha256", row)?,
                size_bytes: columns.whole("size_bytes", row)?,
                rows_read: columns.whole("rows_read", row)?,
                rows_kept: columns.whole("rows_kept", row)?,
                rows_refused: columns.whole("rows_refused", row)?,
                without_place: columns.whole("without_place", row)?,
                unrecognised_areas: columns.whole("unrecognised_areas", row)?,
                first_month: month("first_month", row),
                last_month: month("last_month", row),
                reporting_bodies: columns
                    .text("reporting_bodies", row)
                    .map(|bodies| bodies.split(BETWEEN_BODIES).map(str::to_owned).collect())
                    .unwrap_or_default(),
                cut_short: columns.text("cut_short", row).is_some(),
                supersedes: columns.text("supersedes", row),
                withdrawn: columns.text("withdrawn", row),
            })
        })
    }
}

impl Row for Refusal {
    fn schema() -> SchemaRef {
        schema(&[
            ("load_id", TEXT, false),
            ("file", TEXT, false),
            ("first_line", WHOLE, false),
            ("last_line", WHOLE, false),
            ("count", WHOLE, false),
            ("field", TEXT, false),
            ("reason", TEXT, false),
            ("text", TEXT, true),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows, |r| r.load_id.clone()),
            text(rows, |r| r.file.clone()),
            whole(rows, |r| r.first_line),
            whole(rows, |r| r.last_line),
            whole(rows, |r| r.count),
            text(rows, |r| r.field.clone()),
            text(rows, |r| r.reason.clone()),
            text_or_null(rows, |r| r.text.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        columns.rows(|row| {
            Some(Self {
                load_id: columns.text("load_id", row)?,
                file: columns.text("file", row)?,
                first_line: columns.whole("first_line", row)?,
                last_line: columns.whole("last_line", row)?,
                count: columns.whole("count", row)?,
                field: columns.text("field", row)?,
                reason: columns.text("reason", row)?,
                text: columns.text("text", row),
            })
        })
    }
}

impl Row for SnapshotRow {
    fn schema() -> SchemaRef {
        schema(&[
            ("id", TEXT, false),
            ("table", TEXT, false),
            ("version", WHOLE, false),
            ("ingest_id", TEXT, false),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows, |r| r.id.clone()),
            text(rows, |r| r.table.clone()),
            whole(rows, |r| r.version),
            text(rows, |r| r.ingest_id.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        columns.rows(|row| {
            Some(Self {
                id: columns.text("id", row)?,
                table: columns.text("table", row)?,
                version: columns.whole("version", row)?,
                ingest_id: columns.text("ingest_id", row)?,
            })
        })
    }
}
