//! Single events: when and where each was, for methods that counts by month and area cannot carry.

use std::collections::BTreeSet;
use std::fs::File;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::{DataType, Date32Type, Float64Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderBuilder, ParquetRecordBatchReaderBuilder};
use parquet::file::statistics::Statistics;
use wardmote_domain::coordinates::BritishNationalGrid;

use super::finder::{AreaFinder, PLACE};
use super::{CountQuery, QueryError, SingleEvent};
use crate::read::london;
use crate::scan::month;
use crate::store::Lake;
use crate::table::TableError;

const COLUMNS: [&str; 8] =
    ["source", "source_id", "month", "occurred_at", "category", "easting", "northing", "load_id"];

impl Lake {
    /// The events that a count would count, one by one, in the order of month, time, place and
    /// identifier, so that the same events give the same answer however they were loaded.
    pub fn single_events(&self, query: &CountQuery) -> Result<Vec<SingleEvent>, QueryError> {
        let areas = match &query.areas {
            Some(areas) => {
                Some((AreaFinder::new(self, query.level)?, areas.iter().collect::<BTreeSet<_>>()))
            }
            None => None,
        };
        let table = self.events(self.form_of(&query.source));
        let london = london();
        let mut found = Vec::new();
        for name in self.visible_files(table)? {
            let path = table.folder.join(name);
            let content = |why: &dyn std::fmt::Display| TableError::Content {
                path: path.clone(),
                why: why.to_string(),
            };
            let file =
                File::open(&path).map_err(|why| TableError::File { path: path.clone(), why })?;
            let reader =
                ParquetRecordBatchReaderBuilder::try_new(file).map_err(|why| content(&why))?;
            if !may_hold(&reader, &query.source) {
                continue;
            }
            let wanted = COLUMNS.into_iter().chain(PLACE);
            let mask = ProjectionMask::columns(reader.parquet_schema(), wanted);
            for batch in reader.with_projection(mask).build().map_err(|why| content(&why))? {
                let batch = batch.map_err(|why| content(&why))?;
                let columns =
                    Columns::of(&batch).ok_or_else(|| content(&"not a table of events"))?;
                for row in 0..batch.num_rows() {
                    let is_of_load = !self.superseded.contains(columns.loads.value(row));
                    let is_here = || match &areas {
                        Some((finder, wanted)) => finder
                            .find(columns.place_words(row))
                            .is_some_and(|area| wanted.contains(&area)),
                        None => true,
                    };
                    if let Some(event) = columns.event(row, query, &london)
                        && is_of_load
                        && is_here()
                    {
                        found.push(event);
                    }
                }
            }
        }
        found.sort_by(SingleEvent::in_order);
        Ok(found)
    }
}

/// Each file holds rows of one source, and its statistics say which.
fn may_hold<T>(reader: &ArrowReaderBuilder<T>, source: &str) -> bool {
    let columns = reader.parquet_schema().columns();
    let Some(index) = columns.iter().position(|column| column.name() == "source") else {
        return true;
    };
    reader.metadata().row_groups().iter().any(|group| match group.column(index).statistics() {
        Some(Statistics::ByteArray(held)) => {
            let from = held.min_opt().is_none_or(|min| min.data() <= source.as_bytes());
            // A long text may be cut off in the statistics, and its end is then not known.
            let to = !held.max_is_exact()
                || held.max_opt().is_none_or(|max| max.data() >= source.as_bytes());
            from && to
        }
        _ => true,
    })
}

/// The columns of a batch of events.
struct Columns {
    sources: StringArray,
    ids: StringArray,
    loads: StringArray,
    categories: StringArray,
    place: [StringArray; 3],
    months: ArrayRef,
    times: ArrayRef,
    eastings: ArrayRef,
    northings: ArrayRef,
}

impl Columns {
    /// Nothing if a column is not as it should be.
    fn of(batch: &RecordBatch) -> Option<Self> {
        let text = |name: &str| -> Option<StringArray> {
            let cells = arrow::compute::cast(batch.column_by_name(name)?, &DataType::Utf8).ok()?;
            cells.as_string_opt::<i32>().cloned()
        };
        let [a, b, c] = PLACE;
        let cells = |name: &str| batch.column_by_name(name).cloned();
        let columns = Self {
            sources: text("source")?,
            ids: text("source_id")?,
            loads: text("load_id")?,
            categories: text("category")?,
            place: [text(a)?, text(b)?, text(c)?],
            months: cells("month")?,
            times: cells("occurred_at")?,
            eastings: cells("easting")?,
            northings: cells("northing")?,
        };
        columns.months.as_primitive_opt::<Date32Type>()?;
        columns.times.as_primitive_opt::<TimestampMicrosecondType>()?;
        columns.eastings.as_primitive_opt::<Float64Type>()?;
        columns.northings.as_primitive_opt::<Float64Type>()?;
        Some(columns)
    }

    fn place_words(&self, row: usize) -> [Option<&str>; 3] {
        std::array::from_fn(|at| {
            let column = &self.place[at];
            (!column.is_null(row)).then(|| column.value(row))
        })
    }

    /// The event of a row, if the query is about it.
    fn event(&self, row: usize, query: &CountQuery, london: &TimeZone) -> Option<SingleEvent> {
        let month = month(self.months.as_primitive::<Date32Type>().value(row).cast_unsigned())?;
        let is_asked = self.sources.value(row) == query.source
            && query.first <= month
            && month <= query.last
            && query.categories.admit(self.categories.value(row));
        if !is_asked {
            return None;
        }
        let time = (!self.times.is_null(row))
            .then(|| self.times.as_primitive::<TimestampMicrosecondType>().value(row));
        let time = time.and_then(|time| jiff::Timestamp::from_microsecond(time).ok());
        let at = |cells: &ArrayRef| {
            (!cells.is_null(row)).then(|| cells.as_primitive::<Float64Type>().value(row))
        };
        let place = at(&self.eastings).zip(at(&self.northings));
        Some(SingleEvent {
            month,
            at: time.map(|time| london.to_datetime(time)),
            place: place.and_then(|(x, y)| BritishNationalGrid::new(x, y).ok()),
            source_id: (!self.ids.is_null(row)).then(|| self.ids.value(row).to_owned()),
        })
    }
}

impl SingleEvent {
    fn in_order(&self, other: &Self) -> std::cmp::Ordering {
        let key = |event: &Self| {
            // Metres on the grid are positive, so their bits are in their order.
            let place = event.place.map(|at| (at.easting().to_bits(), at.northing().to_bits()));
            (event.month, event.at, place)
        };
        key(self).cmp(&key(other)).then_with(|| self.source_id.cmp(&other.source_id))
    }
}
