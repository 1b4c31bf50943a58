//! The columns of the tables of events.

use std::sync::{Arc, LazyLock};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::form::Form;

/// The columns of the `incidents` table, in order.
///
/// Text that recurs is dictionary-encoded. `source_id` is the source's own identifier, or the keyed
/// pseudonym of one that may be a person's, and no key: one can stand on several rows. A row's identity is `load_id` with `line`.
pub fn incidents_schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| Arc::new(Schema::new(columns())));
    Arc::clone(&SCHEMA)
}

/// The columns of the table that keeps the rows of a form: those of `incidents`, and the form's own.
pub fn events_schema(form: Form) -> SchemaRef {
    let extras = form.heads().extras;
    if extras.is_empty() {
        return incidents_schema();
    }
    let mut columns = columns();
    columns.extend(extras.iter().map(|(_, name)| Field::new(*name, word(), true)));
    Arc::new(Schema::new(columns))
}

/// The type of a column whose texts recur.
fn word() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn columns() -> Vec<Field> {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    vec![
        Field::new("source", word(), false),
        Field::new("source_id", DataType::Utf8, true),
        Field::new("month", DataType::Date32, false),
        Field::new("occurred_at", time, true),
        Field::new("time_precision", word(), false),
        Field::new("place_precision", word(), false),
        Field::new("category", word(), false),
        Field::new("source_category", word(), false),
        Field::new("easting", DataType::Float64, true),
        Field::new("northing", DataType::Float64, true),
        Field::new("lsoa_2021", word(), true),
        Field::new("lsoa_2011", word(), true),
        Field::new("area_found_by", word(), true),
        Field::new("outcome", word(), true),
        Field::new("reporting_body", word(), true),
        Field::new("falls_within", word(), true),
        // Marks that may overlap, such as the strands of a hate crime, parted by semicolons.
        Field::new("flags", word(), true),
        Field::new("load_id", word(), false),
        Field::new("line", DataType::Int32, false),
    ]
}
