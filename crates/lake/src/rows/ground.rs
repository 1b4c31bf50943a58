//! Rows of areas, of what lies in what, and of residents.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Float64Array};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use jiff::civil::Date;
use wardmote_domain::area::{AreaCode, AreaLevel};

use super::{Columns, Row, TEXT, WHOLE, schema, text, whole};

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

impl AreaRow {
    /// Columns that are read where no outline is asked for.
    pub(crate) const WITHOUT_OUTLINE: [&str; 4] = ["code", "level", "name", "load_id"];
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
