//! The small tables' rows as plain structs, and their form in Arrow.

mod ground;
mod loads;
mod numbers;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;

pub(crate) use self::ground::{AreaRow, LinkRow, PopulationRow};
pub(crate) use self::loads::SnapshotRow;
pub use self::loads::{Load, Refusal};
pub(crate) use self::numbers::CategoryRow;
pub use self::numbers::{SurveyAnswer, TotalRow};

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
