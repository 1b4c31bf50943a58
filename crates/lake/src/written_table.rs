//! A small table of results as a Parquet file, for whoever asks for one.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

/// Why the file could not be made.
#[derive(Debug, thiserror::Error)]
pub enum WrittenTableError {
    /// The columns are not of one length.
    #[error("the columns of the table do not go together")]
    Columns(#[source] arrow::error::ArrowError),
    /// The file could not be written.
    #[error("the table could not be written as Parquet")]
    Parquet(#[from] ParquetError),
}

/// One column's values; `None` is not known.
#[derive(Debug, Clone, PartialEq)]
pub enum ColumnValues {
    /// Words.
    Text(Vec<Option<String>>),
    /// Counts.
    Whole(Vec<Option<i64>>),
    /// Rates and limits.
    Number(Vec<Option<f64>>),
}

/// A table of named columns as a Parquet file, with `notes` in its metadata.
pub fn parquet_table(
    columns: Vec<(String, ColumnValues)>,
    notes: &[(&str, &str)],
) -> Result<Vec<u8>, WrittenTableError> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::<ArrayRef>::new());
    for (name, values) in columns {
        let (kind, array): (DataType, ArrayRef) = match values {
            ColumnValues::Text(values) => (DataType::Utf8, Arc::new(StringArray::from(values))),
            ColumnValues::Whole(values) => (DataType::Int64, Arc::new(Int64Array::from(values))),
            ColumnValues::Number(values) => {
                (DataType::Float64, Arc::new(Float64Array::from(values)))
            }
        };
        fields.push(Field::new(name, kind, true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(WrittenTableError::Columns)?;
    let notes =
        notes.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), (*value).to_owned()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("wardmote".to_owned())
        .set_key_value_metadata(Some(notes.collect()))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), schema, Some(properties))?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use arrow::array::AsArray as _;
    use arrow::datatypes::Float64Type;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    #[test]
    fn what_is_written_is_read_back_with_its_notes() {
        let columns = vec![
            ("area".to_owned(), ColumnValues::Text(vec![Some("E01".into()), None])),
            ("count".to_owned(), ColumnValues::Whole(vec![Some(3), None])),
            ("rate".to_owned(), ColumnValues::Number(vec![Some(1.5), None])),
        ];
        let bytes = parquet_table(columns, &[("vintage", "s-1")]).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
        let notes = reader.metadata().file_metadata().key_value_metadata().unwrap().clone();
        assert!(notes.contains(&KeyValue::new("vintage".to_owned(), "s-1".to_owned())));
        let batch = reader.build().unwrap().next().unwrap().unwrap();
        assert_eq!((batch.num_rows(), batch.column(1).null_count()), (2, 1));
        assert!((batch.column(2).as_primitive::<Float64Type>().value(0) - 1.5).abs() < 1e-12);
    }

    #[test]
    fn columns_of_different_lengths_are_refused() {
        let columns = vec![
            ("a".to_owned(), ColumnValues::Whole(vec![Some(1)])),
            ("b".to_owned(), ColumnValues::Whole(Vec::new())),
        ];
        assert!(matches!(parquet_table(columns, &[]), Err(WrittenTableError::Columns(_))));
    }
}
