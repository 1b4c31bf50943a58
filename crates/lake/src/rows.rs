//! The small tables' rows as plain structs, and their form in Arrow.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use jiff::civil::Date;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::Disclosure;

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

/// An area with its outline, as the lake keeps it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AreaRow {
    pub(crate) code: AreaCode,
    pub(crate) level: AreaLevel,
    pub(crate) name: String,
    pub(crate) outline_wkb: Option<Vec<u8>>,
    pub(crate) load_id: String,
}

/// An area that lies in another.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LinkRow {
    pub(crate) from_code: AreaCode,
    pub(crate) from_level: AreaLevel,
    pub(crate) to_code: AreaCode,
    pub(crate) to_level: AreaLevel,
    pub(crate) weight: f64,
    /// `exact` or `best-fit`.
    pub(crate) fit: String,
    pub(crate) load_id: String,
}

/// Residents of an area.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PopulationRow {
    pub(crate) name: String,
    pub(crate) code: AreaCode,
    pub(crate) level: AreaLevel,
    pub(crate) reference_date: Date,
    pub(crate) residents: u64,
    pub(crate) load_id: String,
}

/// What a publisher's words for a kind of event count under.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CategoryRow {
    pub(crate) source: String,
    pub(crate) words: String,
    pub(crate) category: Category,
    pub(crate) load_id: String,
}

/// What respondents of one area and group answered, added up.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyAnswer {
    /// The source.
    pub source: String,
    /// The wave.
    pub wave: String,
    /// The area.
    pub area: AreaCode,
    /// Its level.
    pub level: AreaLevel,
    /// The question's short name.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// The group, such as "Ethnic group: White"; blank for all respondents.
    pub group: String,
    /// How many gave it.
    pub respondents: u64,
    /// The sum of their weights.
    pub weight: f64,
    /// The sum of the squares of their weights.
    pub weight_squares: f64,
    /// The load.
    pub load_id: String,
}

/// A number that arrived as a total: events of one kind in an area over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotalRow {
    /// The source.
    pub source: String,
    /// The area's name or code, as the table gives it.
    pub area: String,
    /// The level of its areas.
    pub level: AreaLevel,
    /// The first and last month; `None` of a table that does not say when.
    pub months: Option<(Month, Month)>,
    /// The kind of event.
    pub category: Category,
    /// The source's own words for it.
    pub source_category: String,
    /// How many; below zero where a publisher takes earlier ones back.
    pub n: i64,
    /// The load.
    pub load_id: String,
    /// The line in its file, from 1.
    pub line: u64,
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

/// A row that a table can hold.
pub(crate) trait Row: Sized {
    fn schema() -> SchemaRef;
    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError>;
    /// Reads a batch; a row that the domain's types refuse is left out, for it cannot have been ours.
    fn from_batch(batch: &RecordBatch) -> Vec<Self>;
}

const TEXT: DataType = DataType::Utf8;
const WHOLE: DataType = DataType::Int64;

fn schema(fields: &[(&str, DataType, bool)]) -> SchemaRef {
    let fields: Vec<Field> = fields
        .iter()
        .map(|(name, kind, nullable)| Field::new(*name, kind.clone(), *nullable))
        .collect();
    Arc::new(Schema::new(fields))
}

fn text<T>(rows: &[T], of: impl Fn(&T) -> String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
}

fn text_or_null<T>(rows: &[T], of: impl Fn(&T) -> Option<String>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<StringArray>())
}

fn whole<T>(rows: &[T], of: impl Fn(&T) -> u64) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| of(row).cast_signed())))
}

/// One batch's columns by name.
struct Columns<'a>(&'a RecordBatch);

impl Columns<'_> {
    fn text(&self, name: &str, row: usize) -> Option<String> {
        let column = self.0.column_by_name(name)?.as_string_opt::<i32>()?;
        (!column.is_null(row)).then(|| column.value(row).to_owned())
    }

    fn signed(&self, name: &str, row: usize) -> Option<i64> {
        let column = self.0.column_by_name(name)?.as_primitive_opt::<Int64Type>()?;
        (!column.is_null(row)).then(|| column.value(row))
    }

    fn whole(&self, name: &str, row: usize) -> Option<u64> {
        self.signed(name, row).map(i64::unsigned_abs)
    }

    fn number(&self, name: &str, row: usize) -> Option<f64> {
        let column = self.0.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
        (!column.is_null(row)).then(|| column.value(row))
    }

    fn bytes(&self, name: &str, row: usize) -> Option<Vec<u8>> {
        let column = self.0.column_by_name(name)?.as_binary_opt::<i32>()?;
        (!column.is_null(row)).then(|| column.value(row).to_vec())
    }

    fn rows<T>(&self, of: impl Fn(usize) -> Option<T>) -> Vec<T> {
        (0..self.0.num_rows()).filter_map(of).collect()
    }
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

impl Row for AreaRow {
    fn schema() -> SchemaRef {
        schema(&[
            ("code", TEXT, false),
            ("level", TEXT, false),
            ("name", TEXT, false),
            ("outline_wkb", DataType::Binary, true),
            ("load_id", TEXT, false),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let outlines: BinaryArray = rows.iter().map(|r| r.outline_wkb.as_deref()).collect();
        let columns = vec![
            text(rows, |r| r.code.to_string()),
            text(rows, |r| r.level.to_string()),
            text(rows, |r| r.name.clone()),
            Arc::new(outlines) as ArrayRef,
            text(rows, |r| r.load_id.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        columns.rows(|row| {
            Some(Self {
                code: columns.text("code", row)?.parse().ok()?,
                level: columns.text("level", row)?.parse().ok()?,
                name: columns.text("name", row)?,
                outline_wkb: columns.bytes("outline_wkb", row),
                load_id: columns.text("load_id", row)?,
            })
        })
    }
}

impl Row for LinkRow {
    fn schema() -> SchemaRef {
        schema(&[
            ("from_code", TEXT, false),
            ("from_level", TEXT, false),
            ("to_code", TEXT, false),
            ("to_level", TEXT, false),
            ("weight", DataType::Float64, false),
            ("fit", TEXT, false),
            ("load_id", TEXT, false),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows, |r| r.from_code.to_string()),
            text(rows, |r| r.from_level.to_string()),
            text(rows, |r| r.to_code.to_string()),
            text(rows, |r| r.to_level.to_string()),
            Arc::new(Float64Array::from_iter_values(rows.iter().map(|r| r.weight))) as ArrayRef,
            text(rows, |r| r.fit.clone()),
            text(rows, |r| r.load_id.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        columns.rows(|row| {
            Some(Self {
                from_code: columns.text("from_code", row)?.parse().ok()?,
                from_level: columns.text("from_level", row)?.parse().ok()?,
                to_code: columns.text("to_code", row)?.parse().ok()?,
                to_level: columns.text("to_level", row)?.parse().ok()?,
                weight: columns.number("weight", row)?,
                fit: columns.text("fit", row)?,
                load_id: columns.text("load_id", row)?,
            })
        })
    }
}

impl Row for PopulationRow {
    fn schema() -> SchemaRef {
        schema(&[
            ("name", TEXT, false),
            ("code", TEXT, false),
            ("level", TEXT, false),
            ("reference_date", TEXT, false),
            ("residents", WHOLE, false),
            ("load_id", TEXT, false),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows, |r| r.name.clone()),
            text(rows, |r| r.code.to_string()),
            text(rows, |r| r.level.to_string()),
            text(rows, |r| r.reference_date.to_string()),
            whole(rows, |r| r.residents),
            text(rows, |r| r.load_id.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        columns.rows(|row| {
            Some(Self {
                name: columns.text("name", row)?,
                code: columns.text("code", row)?.parse().ok()?,
                level: columns.text("level", row)?.parse().ok()?,
                reference_date: columns.text("reference_date", row)?.parse().ok()?,
                residents: columns.whole("residents", row)?,
                load_id: columns.text("load_id", row)?,
            })
        })
    }
}

impl Row for CategoryRow {
    fn schema() -> SchemaRef {
        schema(&[
            ("source", TEXT, false),
            ("words", TEXT, false),
            ("category", TEXT, false),
            ("load_id", TEXT, false),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows, |r| r.source.clone()),
            text(rows, |r| r.words.clone()),
            text(rows, |r| r.category.to_string()),
            text(rows, |r| r.load_id.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        columns.rows(|row| {
            Some(Self {
                source: columns.text("source", row)?,
                words: columns.text("words", row)?,
                category: columns.text("category", row)?.parse().ok()?,
                load_id: columns.text("load_id", row)?,
            })
        })
    }
}

impl Row for SurveyAnswer {
    fn schema() -> SchemaRef {
        schema(&[
            ("source", TEXT, false),
            ("wave", TEXT, false),
            ("area", TEXT, false),
            ("level", TEXT, false),
            ("question", TEXT, false),
            ("answer", TEXT, false),
            ("group", TEXT, false),
            ("respondents", WHOLE, false),
            ("weight", DataType::Float64, false),
            ("weight_squares", DataType::Float64, false),
            ("load_id", TEXT, false),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let number = |of: fn(&Self) -> f64| {
            Arc::new(Float64Array::from_iter_values(rows.iter().map(of))) as ArrayRef
        };
        let columns = vec![
            text(rows, |r| r.source.clone()),
            text(rows, |r| r.wave.clone()),
            text(rows, |r| r.area.to_string()),
            text(rows, |r| r.level.to_string()),
            text(rows, |r| r.question.clone()),
            text(rows, |r| r.answer.clone()),
            text(rows, |r| r.group.clone()),
            whole(rows, |r| r.respondents),
            number(|r| r.weight),
            number(|r| r.weight_squares),
            text(rows, |r| r.load_id.clone()),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        columns.rows(|row| {
            Some(Self {
                source: columns.text("source", row)?,
                wave: columns.text("wave", row)?,
                area: columns.text("area", row)?.parse().ok()?,
                level: columns.text("level", row)?.parse().ok()?,
                question: columns.text("question", row)?,
                answer: columns.text("answer", row)?,
                group: columns.text("group", row)?,
                respondents: columns.whole("respondents", row)?,
                weight: columns.number("weight", row)?,
                weight_squares: columns.number("weight_squares", row)?,
                load_id: columns.text("load_id", row)?,
            })
        })
    }
}

impl Row for TotalRow {
    fn schema() -> SchemaRef {
        schema(&[
            ("source", TEXT, false),
            ("area", TEXT, false),
            ("level", TEXT, false),
            ("first_month", TEXT, true),
            ("last_month", TEXT, true),
            ("category", TEXT, false),
            ("source_category", TEXT, false),
            ("n", WHOLE, false),
            ("load_id", TEXT, false),
            ("line", WHOLE, false),
        ])
    }

    fn batch(rows: &[Self]) -> Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows, |r| r.source.clone()),
            text(rows, |r| r.area.clone()),
            text(rows, |r| r.level.to_string()),
            text_or_null(rows, |r| r.months.map(|(first, _)| first.to_string())),
            text_or_null(rows, |r| r.months.map(|(_, last)| last.to_string())),
            text(rows, |r| r.category.to_string()),
            text(rows, |r| r.source_category.clone()),
            Arc::new(Int64Array::from_iter_values(rows.iter().map(|r| r.n))) as ArrayRef,
            text(rows, |r| r.load_id.clone()),
            whole(rows, |r| r.line),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn from_batch(batch: &RecordBatch) -> Vec<Self> {
        let columns = Columns(batch);
        let month = |name: &str, row| columns.text(name, row).and_then(|text| text.parse().ok());
        columns.rows(|row| {
            Some(Self {
                source: columns.text("source", row)?,
                area: columns.text("area", row)?,
                level: columns.text("level", row)?.parse().ok()?,
                months: month("first_month", row).zip(month("last_month", row)),
                category: columns.text("category", row)?.parse().ok()?,
                source_category: columns.text("source_category", row)?,
                n: columns.signed("n", row)?,
                load_id: columns.text("load_id", row)?,
                line: columns.whole("line", row)?,
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
