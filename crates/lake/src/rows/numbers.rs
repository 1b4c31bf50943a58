//! Rows of totals, of what their words mean, and of survey answers.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

use super::{Columns, Row, TEXT, WHOLE, schema, text, text_or_null, whole};

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
