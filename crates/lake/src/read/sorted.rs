//! A batch in the order of the queries we make, as Arrow columns.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
    new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

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
    let rows = incidents.rows();
    let ranks = Ranks::of(incidents, places);
    let order = order(rows, &ranks);
    let batch = batch(incidents, places, request, &ranks, &order)?;
    let mut months = Vec::new();
    let mut start = 0;
    for run in order.chunk_by(|a, b| rows[*a as usize].month == rows[*b as usize].month) {
        months.push((rows[run[0] as usize].month, batch.slice(start, run.len())));
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
    fn new<'a>(
        n_ids: usize,
        used: impl Iterator<Item = u32>,
        text: impl Fn(usize) -> Option<&'a str>,
    ) -> Self {
        let mut is_used = vec![false; n_ids + 1];
        used.for_each(|id| is_used[id as usize] = true);
        let mut texts: Vec<(&str, usize)> = (1..=n_ids)
            .filter(|id| is_used[*id])
            .filter_map(|id| Some((text(id - 1)?, id)))
            .collect();
        texts.sort_unstable();
        let mut by_id = vec![-1; n_ids + 1];
        let mut values: Vec<&str> = Vec::new();
        for (text, id) in texts {
            if values.last() != Some(&text) {
                values.push(text);
            }
            by_id[id] = values.len() as i32 - 1;
        }
        Self { by_id, values: Arc::new(StringArray::from(values)) }
    }

    fn column(&self, ids: impl Iterator<Item = u32>) -> Result<ArrayRef, ArrowError> {
        dictionary(ids.map(|id| self.by_id[id as usize]).collect(), &self.values)
    }
}

struct Ranks {
    bodies: Ranked,
    forces: Ranked,
    outcomes: Ranked,
    loads: Ranked,
    lsoa_2021: Ranked,
    lsoa_2011: Ranked,
}

impl Ranks {
    fn of(incidents: &Incidents, places: &Places<'_>) -> Self {
        let rows = incidents.rows();
        let words = |words: &'_ [String], id: fn(&IncidentRow) -> u32| {
            Ranked::new(words.len(), rows.iter().map(id), |index| Some(words[index].as_str()))
        };
        let areas = places.areas();
        let area_ids = || rows.iter().map(|row| row.area);
        let loads = &incidents.loads;
        Self {
            bodies: words(incidents.bodies.words(), |row| row.body),
            forces: words(incidents.forces.words(), |row| row.falls_within),
            outcomes: words(incidents.outcomes.words(), |row| row.outcome),
            loads: Ranked::new(loads.len(), incidents.row_loads().iter().copied(), |index| {
                Some(&loads[index])
            }),
            lsoa_2021: Ranked::new(areas.len(), area_ids(), |i| {
                areas[i].lsoa_2021.as_ref().map(|code| code.as_str())
            }),
            lsoa_2011: Ranked::new(areas.len(), area_ids(), |i| {
                areas[i].lsoa_2011.as_ref().map(|code| code.as_str())
            }),
        }
    }
}

fn batch(
    incidents: &Incidents,
    places: &Places<'_>,
    request: &ReadRequest<'_>,
    ranks: &Ranks,
    order: &[u32],
) -> Result<RecordBatch, ArrowError> {
    let rows = || order.iter().map(|index| &incidents.rows()[*index as usize]);
    let points = || rows().map(|row| places.grid(row.point));
    let constant = |text: &str| {
        dictionary(vec![0; order.len()], &(Arc::new(StringArray::from(vec![text])) as ArrayRef))
    };
    let schema = incidents_schema();
    let epoch = jiff::civil::date(1970, 1, 1);
    let days = |month: Month| (month.first_day() - epoch).get_days();
    let mut last = None;
    let months = rows().map(|row| match last {
        Some((month, day)) if month == row.month => day,
        _ => last.insert((row.month, days(row.month))).1,
    });
    let months = Date32Array::from_iter_values(months);
    let n_categories = Category::all().count();
    let categories: Vec<Category> = Category::all().collect();
    let used = || rows().map(|row| row.category as u32 + 1);
    let slugs = Ranked::new(n_categories, used(), |index| Some(categories[index].slug()));
    let names = Ranked::new(n_categories, used(), |index| Some(categories[index].name()));
    let found_by =
        Ranked::new(2, rows().map(|row| row.found_by as u32), |index| Some(FOUND_BY[index]));
    let loads = order.iter().map(|index| incidents.row_loads()[*index as usize]);
    let columns: Vec<ArrayRef> = vec![
        constant(request.source_id)?,
        Arc::new(source_ids(incidents, order)?),
        Arc::new(months),
        new_null_array(schema.field(3).data_type(), order.len()),
        constant(request.time_precision.slug())?,
        constant(request.place_precision.slug())?,
        slugs.column(used())?,
        names.column(used())?,
        Arc::new(points().map(|place| Some(place?.easting())).collect::<Float64Array>()),
        Arc::new(points().map(|place| Some(place?.northing())).collect::<Float64Array>()),
        ranks.lsoa_2021.column(rows().map(|row| row.area))?,
        ranks.lsoa_2011.column(rows().map(|row| row.area))?,
        found_by.column(rows().map(|row| row.found_by as u32))?,
        ranks.outcomes.column(rows().map(|row| row.outcome))?,
        ranks.bodies.column(rows().map(|row| row.body))?,
        ranks.forces.column(rows().map(|row| row.falls_within))?,
        ranks.loads.column(loads)?,
        Arc::new(Int32Array::from_iter_values(rows().map(|row| row.line as i32))),
    ];
    RecordBatch::try_new(schema, columns)
}

const FOUND_BY: [&str; 2] = {
    assert!(FoundBy::File as usize == 1 && FoundBy::PointInPolygon as usize == 2);
    ["file", "point-in-polygon"]
};

fn dictionary(mut keys: Vec<i32>, values: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let nulls = keys.contains(&-1).then(|| {
        let present: NullBuffer = keys.iter().map(|key| *key >= 0).collect::<Vec<bool>>().into();
        keys.iter_mut().for_each(|key| *key = (*key).max(0));
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
        offsets.push(bytes.len() as i32);
        present.push(!id.is_empty());
    }
    StringArray::try_new(OffsetBuffer::new(offsets.into()), bytes.into(), Some(present.into()))
}
