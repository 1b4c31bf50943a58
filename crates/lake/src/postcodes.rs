//! The table of postcodes: which small area each lies in, from the lookups that were loaded.
//!
//! Postcodes alone are no people, and a directory of them is public. They are kept, so that a month
//! that comes later needs the lookup's file no more; only those in the areas that the partnership and
//! its peers need, where a lookup of areas says which these are.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch, StringArray, StringBuilder, StringDictionaryBuilder};
use arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use wardmote_domain::area::AreaCode;

use crate::people::Postcode;
use crate::read::SmallArea;

pub(crate) fn schema() -> SchemaRef {
    let word = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    Arc::new(Schema::new(vec![
        Field::new("source", word.clone(), false),
        Field::new("postcode", DataType::Utf8, false),
        Field::new("lsoa_2021", word.clone(), true),
        Field::new("lsoa_2011", word.clone(), true),
        Field::new("load_id", word, false),
    ]))
}

type Words = StringDictionaryBuilder<Int32Type>;

/// One file's postcodes as they are stored; `rows` name their areas by number.
pub(crate) fn batch(
    source: &str,
    load_id: &str,
    rows: &[(Postcode, u32)],
    areas: &[SmallArea],
) -> Result<RecordBatch, ArrowError> {
    let (mut sources, mut loads) = (Words::new(), Words::new());
    sources.append_n(source, rows.len())?;
    loads.append_n(load_id, rows.len())?;
    let mut postcodes = StringBuilder::new();
    let (mut new, mut old) = (Words::new(), Words::new());
    for (postcode, area) in rows {
        postcodes.append_value(postcode.text());
        let area = &areas[*area as usize];
        new.append_option(area.lsoa_2021.as_ref().map(AreaCode::as_str));
        old.append_option(area.lsoa_2011.as_ref().map(AreaCode::as_str));
    }
    RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(sources.finish()),
            Arc::new(postcodes.finish()),
            Arc::new(new.finish()),
            Arc::new(old.finish()),
            Arc::new(loads.finish()),
        ],
    )
}

/// The postcodes of a batch whose load is wanted.
pub(crate) fn rows<'a>(
    batch: &'a RecordBatch,
    wanted: impl Fn(&str) -> bool + 'a,
) -> impl Iterator<Item = (Postcode, SmallArea)> + 'a {
    let word = |name: &str, row: usize| {
        let column = batch.column_by_name(name)?.as_dictionary_opt::<Int32Type>()?;
        let values: &StringArray = column.values().as_string_opt::<i32>()?;
        Some(values.value(column.key(row)?))
    };
    let code = move |name: &str, row: usize| AreaCode::new(word(name, row)?).ok();
    (0..batch.num_rows()).filter_map(move |row| {
        let postcode = batch.column_by_name("postcode")?.as_string_opt::<i32>()?.value(row);
        wanted(word("load_id", row)?).then_some(())?;
        let area =
            SmallArea { lsoa_2021: code("lsoa_2021", row), lsoa_2011: code("lsoa_2011", row) };
        Some((Postcode::new(postcode)?, area))
    })
}
