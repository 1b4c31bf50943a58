//! Repeats: events whose pseudonym had an earlier event.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, TimestampMicrosecondType};
use arrow::record_batch::RecordBatch;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::statistics::Statistics;
use wardmote_domain::period::Month;

use super::{QueryError, RepeatRow};
use crate::read::london;
use crate::scan::month;
use crate::store::Lake;
use crate::table::TableError;

/// An event of a pseudonym: its month, and its day where that is known.
type Moment = (Month, Option<Date>);

impl Lake {
    /// The events of a source by month, and how many of them repeat: their pseudonym had an earlier
    /// event no more than so many months before. Months without events are left out.
    ///
    /// Where both events have a day, an earlier event lies on an earlier day, at most `within_months`
    /// calendar months back, that day included; two of one day repeat nothing, for they may be one event
    /// recorded twice. Where a day is missing, months are compared in the same way.
    ///
    /// What lies before the source's first month is not known: rows of months that cannot look back
    /// the whole way say so, and count too few.
    pub fn repeats(
        &self,
        source: &str,
        within_months: u32,
        first: Month,
        last: Month,
    ) -> Result<Vec<RepeatRow>, QueryError> {
        let back = i32::try_from(within_months).unwrap_or(i32::MAX).min(12 * 100);
        let moments = self.moments(source, (first.plus(-back), last))?;
        let known_from = self
            .visible
            .iter()
            .filter(|load| load.source == source)
            .filter_map(|l| l.first_month)
            .min();
        let mut rows: BTreeMap<Month, RepeatRow> = BTreeMap::new();
        let mut count = |month: Month, with_pseudonym: bool, repeats: bool| {
            if month < first || last < month {
                return;
            }
            let row = rows.entry(month).or_insert(RepeatRow {
                month,
                events: 0,
                with_pseudonym: 0,
                repeats: 0,
                looks_back_whole: known_from.is_some_and(|from| from <= month.plus(-back)),
            });
            row.events += 1;
            row.with_pseudonym += u64::from(with_pseudonym);
            row.repeats += u64::from(repeats);
        };
        for (month, _) in moments.without {
            count(month, false, false);
        }
        for of_one in moments.by_pseudonym.values() {
            for moment in of_one {
                let repeats = of_one.iter().any(|earlier| is_earlier(*earlier, *moment, back));
                count(moment.0, true, repeats);
            }
        }
        Ok(rows.into_values().collect())
    }

    fn moments(&self, source: &str, months: (Month, Month)) -> Result<Moments, TableError> {
        let table = self.events(self.form_of(source));
        let mut found = Moments::default();
        let london = london();
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
            if !may_hold(&reader, source) {
                continue;
            }
            let wanted = ["source", "source_id", "month", "occurred_at", "load_id"];
            let mask = ProjectionMask::columns(reader.parquet_schema(), wanted);
            let batches = reader.with_projection(mask).build().map_err(|why| content(&why))?;
            for batch in batches {
                let batch = batch.map_err(|why| content(&why))?;
                let wanted = |of: &str, load: &str, month: Month| {
                    of == source
                        && !self.superseded.contains(load)
                        && months.0 <= month
                        && month <= months.1
                };
                found
                    .add(&batch, &london, &wanted)
                    .ok_or_else(|| content(&"not a table of events"))?;
            }
        }
        Ok(found)
    }
}

/// Each file holds rows of one source, and its statistics say which.
fn may_hold<T>(reader: &parquet::arrow::arrow_reader::ArrowReaderBuilder<T>, source: &str) -> bool {
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

#[derive(Default)]
struct Moments {
    by_pseudonym: HashMap<String, Vec<Moment>>,
    without: Vec<Moment>,
}

impl Moments {
    /// Adds a batch's wanted rows; nothing if a column is not as it should be.
    fn add(
        &mut self,
        batch: &RecordBatch,
        london: &TimeZone,
        wanted: &dyn Fn(&str, &str, Month) -> bool,
    ) -> Option<()> {
        let text = |name: &str| -> Option<ArrayRef> {
            arrow::compute::cast(batch.column_by_name(name)?, &DataType::Utf8).ok()
        };
        let (sources, ids, loads) = (text("source")?, text("source_id")?, text("load_id")?);
        let sources = sources.as_string_opt::<i32>()?;
        let (ids, loads) = (ids.as_string_opt::<i32>()?, loads.as_string_opt::<i32>()?);
        let days = batch.column_by_name("month")?.as_primitive_opt::<Date32Type>()?;
        let times = batch.column_by_name("occurred_at")?;
        let times = times.as_primitive_opt::<TimestampMicrosecondType>()?;
        for row in 0..batch.num_rows() {
            let month = month(days.value(row).cast_unsigned())?;
            if !wanted(sources.value(row), loads.value(row), month) {
                continue;
            }
            let day = (!times.is_null(row))
                .then(|| jiff::Timestamp::from_microsecond(times.value(row)).ok())
                .flatten()
                .map(|time| london.to_datetime(time).date());
            if ids.is_null(row) {
                self.without.push((month, day));
            } else {
                self.by_pseudonym.entry(ids.value(row).to_owned()).or_default().push((month, day));
            }
        }
        Some(())
    }
}

fn is_earlier(earlier: Moment, moment: Moment, back: i32) -> bool {
    if let (Some(before), Some(day)) = (earlier.1, moment.1) {
        let from = day.checked_sub(jiff::Span::new().months(back));
        return before < day && from.is_ok_and(|from| from <= before);
    }
    earlier.0 < moment.0 && moment.0.plus(-back) <= earlier.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_repeats_what_lies_so_many_months_back() {
        let day = |text: &str| {
            let date: Date = text.parse().unwrap();
            (Month::of(date).unwrap(), Some(date))
        };
        let month = |text: &str| (text.parse().unwrap(), None);
        let check = |earlier, moment, expected| {
            assert_eq!(is_earlier(earlier, moment, 12), expected, "{earlier:?} {moment:?}");
        };
        check(day("2023-05-10"), day("2024-05-10"), true);
        check(day("2023-05-09"), day("2024-05-10"), false);
        check(day("2024-05-10"), day("2024-05-10"), false);
        check(day("2024-05-11"), day("2024-05-10"), false);
        // The last day of a longer month is that of the shorter one.
        check(day("2023-02-28"), day("2024-02-29"), true);
        check(month("2023-05"), day("2024-05-31"), true);
        check(month("2023-04"), month("2024-05"), false);
        check(month("2024-05"), day("2024-05-31"), false);
    }
}
