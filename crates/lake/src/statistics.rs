//! The table of published statistics: any number of any area, in the publisher's own words.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, Float64Builder, Int64Builder, RecordBatch, StringDictionaryBuilder,
};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Int64Type, Schema, SchemaRef};
use arrow::error::ArrowError;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::{Month, Period};

use crate::query::QueryError;
use crate::scan::is_of;
use crate::store::Lake;

/// One published number.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistic {
    /// The area.
    pub area: AreaCode,
    /// When, in the publisher's words; blank where the table does not say.
    pub period: String,
    /// Its first and last month, where those words say so.
    pub months: Option<(Month, Month)>,
    /// What is counted or measured.
    pub indicator: String,
    /// Of whom: such as "Females; Aged 10 to 14 years".
    pub breakdown: String,
    /// As what: "Count", "Percentage".
    pub measure: String,
    /// Of what: "Persons".
    pub unit: String,
    /// The number; `None` where the publisher gives none.
    pub value: Option<f64>,
    /// The load.
    pub load_id: String,
    /// The line in its file, from 1.
    pub line: u64,
}

const WORDS: [&str; 10] = [
    "source",
    "area",
    "level",
    "period",
    "indicator",
    "breakdown",
    "measure",
    "unit",
    "first_month",
    "last_month",
];

pub(crate) fn schema() -> SchemaRef {
    let word = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let mut fields: Vec<Field> = WORDS
        .iter()
        .map(|name| Field::new(*name, word.clone(), name.ends_with("_month")))
        .collect();
    fields.push(Field::new("value", DataType::Float64, true));
    fields.push(Field::new("load_id", word, false));
    fields.push(Field::new("line", DataType::Int64, false));
    Arc::new(Schema::new(fields))
}

type Words = StringDictionaryBuilder<Int32Type>;

/// One file's numbers, column by column: a single census table has hundreds of thousands.
pub(crate) struct StatisticsBuilder {
    fixed: [String; 3],
    area: Words,
    /// Period, indicator, breakdown, measure, unit.
    words: [Words; 5],
    months: [Words; 2],
    values: Float64Builder,
    lines: Int64Builder,
}

impl StatisticsBuilder {
    pub(crate) fn new(source: &str, level: AreaLevel, load_id: &str) -> Self {
        Self {
            fixed: [source.to_owned(), level.to_string(), load_id.to_owned()],
            area: Words::new(),
            words: Default::default(),
            months: Default::default(),
            values: Float64Builder::new(),
            lines: Int64Builder::new(),
        }
    }

    pub(crate) fn add(
        &mut self,
        area: &AreaCode,
        months: Option<&Period>,
        words: [&str; 5],
        value: Option<f64>,
        line: u64,
    ) {
        self.area.append_value(area.as_str());
        for (column, word) in self.words.iter_mut().zip(words) {
            column.append_value(word);
        }
        let [first, last] = &mut self.months;
        first.append_option(months.map(|period| period.first().to_string()));
        last.append_option(months.map(|period| period.last().to_string()));
        self.values.append_option(value);
        self.lines.append_value(line.cast_signed());
    }

    pub(crate) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let lines = self.lines.finish();
        let constant = |word: &str| -> Result<ArrayRef, ArrowError> {
            let mut words = Words::new();
            words.append_n(word, lines.len())?;
            Ok(Arc::new(words.finish()))
        };
        let [source, level, load_id] = &self.fixed;
        let [period, indicator, breakdown, measure, unit] =
            self.words.map(|mut words| Arc::new(words.finish()) as ArrayRef);
        let [first, last] = self.months.map(|mut words| Arc::new(words.finish()) as ArrayRef);
        let columns = vec![
            constant(source)?,
            Arc::new(self.area.finish()),
            constant(level)?,
            period,
            indicator,
            breakdown,
            measure,
            unit,
            first,
            last,
            Arc::new(self.values.finish()),
            constant(load_id)?,
            Arc::new(lines),
        ];
        RecordBatch::try_new(schema(), columns)
    }
}

impl Lake {
    /// The numbers of a source, of some areas or of all, in order of load and line.
    pub fn statistics(
        &self,
        source: &str,
        areas: Option<&BTreeSet<AreaCode>>,
    ) -> Result<Vec<Statistic>, QueryError> {
        let mut files = self.visible_files(&self.statistics)?;
        files.retain(|name| is_of(name, source));
        let areas: Option<BTreeSet<&str>> =
            areas.map(|areas| areas.iter().map(AreaCode::as_str).collect());
        let wanted = |of: &str, area: &str, load: &str| {
            of == source
                && areas.as_ref().is_none_or(|areas| areas.contains(area))
                && !self.superseded.contains(load)
        };
        let mut found = Vec::new();
        for batch in self.statistics.read(&files)? {
            found.extend(rows(&batch, &wanted));
        }
        found.sort_by(|a, b| (&a.load_id, a.line).cmp(&(&b.load_id, b.line)));
        Ok(found)
    }
}

/// The rows of a batch whose source, area and load are wanted.
fn rows(batch: &RecordBatch, wanted: &dyn Fn(&str, &str, &str) -> bool) -> Vec<Statistic> {
    let text = |name: &str, row: usize| {
        let column = batch.column_by_name(name)?.as_dictionary_opt::<Int32Type>()?;
        let values = column.values().as_string_opt::<i32>()?;
        Some(values.value(column.key(row)?))
    };
    let number = |row: usize| {
        let column = batch.column_by_name("value")?.as_primitive_opt::<Float64Type>()?;
        (!column.is_null(row)).then(|| column.value(row))
    };
    let line = |row: usize| {
        let column = batch.column_by_name("line")?.as_primitive_opt::<Int64Type>()?;
        Some(column.value(row).unsigned_abs())
    };
    let month = |name, row| text(name, row)?.parse::<Month>().ok();
    let row = |row: usize| {
        let (area, load_id) = (text("area", row)?, text("load_id", row)?);
        if !wanted(text("source", row)?, area, load_id) {
            return None;
        }
        let word = |name| Some(text(name, row)?.to_owned());
        Some(Statistic {
            area: area.parse().ok()?,
            period: word("period")?,
            months: month("first_month", row).zip(month("last_month", row)),
            indicator: word("indicator")?,
            breakdown: word("breakdown")?,
            measure: word("measure")?,
            unit: word("unit")?,
            value: number(row),
            load_id: load_id.to_owned(),
            line: line(row)?,
        })
    };
    (0..batch.num_rows()).filter_map(row).collect()
}
