//! A batch in the order of the queries we make, as Arrow columns.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
    new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;
use wardmote_domain::area::AreaCode;
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

use super::areas::SmallArea;
use super::incidents::{FoundBy, IncidentRow, Incidents};
use super::parallel::ReadRequest;
use super::places::Places;
use super::schema::incidents_schema;

/// The batch sorted by month, area, category and body, one piece for each month.
///
/// The order is total: rows alike in all four keep the order of their loads and lines.
pub(super) fn sorted_months(
    incidents: &Incidents,
    places: &Places<'_>,
    request: &ReadRequest<'_>,
) -> Result<Vec<(Month, RecordBatch)>, ArrowError> {
    let ranks = Ranks::of(incidents, places);
    let order = order(incidents.rows(), &ranks);
    // One pass in random order, and every column is then read straight through.
    let rows: Vec<IncidentRow> =
        order.iter().map(|index| incidents.rows()[*index as usize]).collect();
    let batch = batch(source_ids(incidents, &order)?, &rows, request, &ranks)?;
    let mut months = Vec::new();
    let mut start = 0;
    for run in rows.chunk_by(|a, b| a.month == b.month) {
        months.push((run[0].month, batch.slice(start, run.len())));
        start += run.len();
    }
    Ok(months)
}

fn order(rows: &[IncidentRow], ranks: &Ranks) -> Vec<u32> {
    // Ranks of -1 are blank and sort last. One number holds the whole key, and the row's own place in
    // its lowest bits makes an unstable sort stable.
    let key = |(index, row): (usize, &IncidentRow)| {
        let rank = |rank: i32| u128::from(rank as u32 & 0x00FF_FFFF);
        let month = u128::from(row.month.index() as u32 & 0xFFFF);
        let areas = rank(ranks.lsoa_2021.by_id[row.area as usize]) << 24
            | rank(ranks.lsoa_2011.by_id[row.area as usize]);
        let kind = (row.category as u128) << 24 | rank(ranks.bodies.by_id[row.body as usize]);
        month << 112 | areas << 64 | kind << 32 | index as u128
    };
    let mut keys: Vec<u128> = rows.iter().enumerate().map(key).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

/// Distinct texts in order, and the place in that order of each number.
struct Ranked {
    by_id: Vec<i32>,
    values: ArrayRef,
}

impl Ranked {
    /// Ranks the texts that rows use. Numbers count from 1; 0 has no text.
    fn new<'a>(
        rows: &[IncidentRow],
        id: impl Fn(&IncidentRow) -> u32,
        n_ids: usize,
        text: impl Fn(usize) -> Option<&'a str>,
    ) -> Self {
        let mut is_used = vec![false; n_ids + 1];
        for row in rows {
            is_used[id(row) as usize] = true;
        }
        let used = (0..n_ids).filter(|index| is_used[index + 1]);
        let mut texts: Vec<(&str, usize)> =
            used.filter_map(|index| Some((text(index)?, index + 1))).collect();
        texts.sort_unstable();
        let mut by_id = vec![-1; n_ids + 1];
        let mut values: Vec<&str> = Vec::new();
        for (text, id) in texts {
            if values.last() != Some(&text) {
                values.push(text);
            }
            by_id[id] = (values.len() as u32 - 1).cast_signed();
        }
        Self { by_id, values: Arc::new(StringArray::from(values)) }
    }

    fn column(
        &self,
        rows: &[IncidentRow],
        id: impl Fn(&IncidentRow) -> u32,
    ) -> Result<ArrayRef, ArrowError> {
        let keys = rows.iter().map(|row| self.by_id[id(row) as usize]).collect();
        dictionary(keys, &self.values)
    }
}

struct Ranks {
    slugs: Ranked,
    names: Ranked,
    bodies: Ranked,
    forces: Ranked,
    outcomes: Ranked,
    loads: Ranked,
    lsoa_2021: Ranked,
    lsoa_2011: Ranked,
    found_by: Ranked,
}

impl Ranks {
    fn of(incidents: &Incidents, places: &Places<'_>) -> Self {
        let rows = incidents.rows();
        let words = |words: &[String], id: fn(&IncidentRow) -> u32| {
            Ranked::new(rows, id, words.len(), |index| Some(words[index].as_str()))
        };
        let areas = places.areas();
        let area_codes = |code: fn(&SmallArea) -> Option<&AreaCode>| {
            let text = |index: usize| code(&areas[index]).map(AreaCode::as_str);
            Ranked::new(rows, |row| row.area, areas.len(), text)
        };
        let categories: Vec<Category> = Category::all().collect();
        let category_words = |word: fn(Category) -> &'static str| {
            Ranked::new(rows, category_id, categories.len(), |index| Some(word(categories[index])))
        };
        Self {
            slugs: category_words(Category::slug),
            names: category_words(Category::name),
            bodies: words(incidents.bodies.words(), |row| row.body),
            forces: words(incidents.forces.words(), |row| row.falls_within),
            outcomes: words(incidents.outcomes.words(), |row| row.outcome),
            loads: words(&incidents.loads, |row| row.load),
            lsoa_2021: area_codes(|area| area.lsoa_2021.as_ref()),
            lsoa_2011: area_codes(|area| area.lsoa_2011.as_ref()),
            found_by: Ranked::new(rows, |row| row.found_by as u32, 3, |index| FOUND_BY[index]),
        }
    }
}

fn batch(
    source_ids: StringArray,
    rows: &[IncidentRow],
    request: &ReadRequest<'_>,
    ranks: &Ranks,
) -> Result<RecordBatch, ArrowError> {
    let schema = incidents_schema();
    let columns: Vec<ArrayRef> = vec![
        constant(request.source_id, rows.len())?,
        Arc::new(source_ids),
        Arc::new(months(rows)),
        new_null_array(schema.field(3).data_type(), rows.len()),
        constant(request.time_precision.slug(), rows.len())?,
        constant(request.place_precision.slug(), rows.len())?,
        ranks.slugs.column(rows, category_id)?,
        ranks.names.column(rows, category_id)?,
        Arc::new(rows.iter().map(|row| Some(row.place?.easting())).collect::<Float64Array>()),
        Arc::new(rows.iter().map(|row| Some(row.place?.northing())).collect::<Float64Array>()),
        ranks.lsoa_2021.column(rows, |row| row.area)?,
        ranks.lsoa_2011.column(rows, |row| row.area)?,
        ranks.found_by.column(rows, |row| row.found_by as u32)?,
        ranks.outcomes.column(rows, |row| row.outcome)?,
        ranks.bodies.column(rows, |row| row.body)?,
        ranks.forces.column(rows, |row| row.falls_within)?,
        ranks.loads.column(rows, |row| row.load)?,
        Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.line.cast_signed()))),
    ];
    RecordBatch::try_new(schema, columns)
}

fn constant(text: &str, length: usize) -> Result<ArrayRef, ArrowError> {
    let values: ArrayRef = Arc::new(StringArray::from(vec![text]));
    dictionary(vec![0; length], &values)
}

fn months(rows: &[IncidentRow]) -> Date32Array {
    let epoch = jiff::civil::date(1970, 1, 1);
    let runs = rows.chunk_by(|a, b| a.month == b.month);
    let days = runs.flat_map(|run| {
        let day = (run[0].month.first_day() - epoch).get_days();
        std::iter::repeat_n(day, run.len())
    });
    Date32Array::from_iter_values(days)
}

fn category_id(row: &IncidentRow) -> u32 {
    row.category as u32 + 1
}

/// How an area was found, in the order of [`FoundBy`]; an area that was not found has no word.
const FOUND_BY: [Option<&str>; 3] = {
    assert!(FoundBy::File as u32 == 1 && FoundBy::PointInPolygon as u32 == 2);
    assert!(FoundBy::NotKnown as u32 == 0 && FoundBy::NotRecognised as u32 == 3);
    [Some("file"), Some("point-in-polygon"), None]
};

fn dictionary(mut keys: Vec<i32>, values: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let nulls = keys.contains(&-1).then(|| {
        let present: NullBuffer = keys.iter().map(|key| *key >= 0).collect::<Vec<bool>>().into();
        for key in &mut keys {
            *key = (*key).max(0);
        }
        present
    });
    let keys = Int32Array::try_new(ScalarBuffer::from(keys), nulls)?;
    Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::clone(values))?))
}

fn source_ids(incidents: &Incidents, order: &[u32]) -> Result<StringArray, ArrowError> {
    let mut bytes = Vec::with_capacity(incidents.source_id_bytes());
    let mut offsets = Vec::with_capacity(order.len() + 1);
    let mut present = Vec::with_capacity(order.len());
    offsets.push(0);
    for index in order {
        let id = incidents.source_id(*index as usize);
        bytes.extend_from_slice(id);
        let end = i32::try_from(bytes.len());
        offsets.push(end.map_err(|_| ArrowError::OffsetOverflowError(bytes.len()))?);
        present.push(!id.is_empty());
    }
    StringArray::try_new(OffsetBuffer::new(offsets.into()), bytes.into(), Some(present.into()))
}
