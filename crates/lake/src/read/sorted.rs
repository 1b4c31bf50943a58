//! A batch in the order of the queries we make, as Arrow columns.

use std::array;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Builder, Int32Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::{Int32Type, SchemaRef};
use arrow::error::ArrowError;
use wardmote_domain::area::AreaCode;
use wardmote_domain::coordinates::BritishNationalGrid;
use wardmote_domain::period::Month;

use super::areas::SmallArea;
use super::incidents::{FoundBy, IncidentRow, Incidents};
use super::known_areas::KnownAreas;
use super::parallel::ReadRequest;
use super::schema::events_schema;

/// The batch sorted by month, area, category and body, one piece for each month.
///
/// The order is total: rows alike in all four keep the order of their loads and lines.
pub(super) fn sorted_months(
    incidents: &Incidents,
    known_areas: &KnownAreas<'_>,
    request: &ReadRequest<'_>,
) -> Result<Vec<(Month, RecordBatch)>, ArrowError> {
    let words = ranked_words(incidents, known_areas);
    let order = order(incidents.rows(), &words);
    let batch = batch(incidents, &order, &words, request)?;
    let month = |index: &u32| incidents.rows()[*index as usize].month;
    let mut months = Vec::new();
    let mut start = 0;
    for run in order.chunk_by(|a, b| month(a) == month(b)) {
        months.push((month(&run[0]), batch.slice(start, run.len())));
        start += run.len();
    }
    Ok(months)
}

/// The columns of recurring words, in the order of [`word_ids`]; the last is the load.
const SLUG: usize = 0;
const NAME: usize = 1;
const LSOA_2021: usize = 2;
const LSOA_2011: usize = 3;
const FOUND_BY: usize = 4;
const OUTCOME: usize = 5;
const BODY: usize = 6;
const FALLS_WITHIN: usize = 7;
const FLAGS: usize = 8;
const N_WORDS: usize = 10;

/// The numbers of a row's words, so that one pass over the rows serves all their columns.
fn word_ids(row: &IncidentRow) -> [usize; N_WORDS] {
    let (kind, area) = (row.kind as usize, row.area as usize);
    [
        kind,
        kind,
        area,
        area,
        row.found_by as usize,
        row.outcome as usize,
        row.body as usize,
        row.falls_within as usize,
        row.flags as usize,
        row.load as usize,
    ]
}

/// How an area was found, in the order of [`FoundBy`]; an area that was not found has no word.
const FOUND_BY_WORDS: [Option<&str>; 4] = {
    assert!(FoundBy::File as u32 == 1 && FoundBy::PointInPolygon as u32 == 2);
    assert!(FoundBy::NotKnown as u32 == 0 && FoundBy::NotRecognised as u32 == 3);
    assert!(FoundBy::Postcode as u32 == 4);
    [Some("file"), Some("point-in-polygon"), None, Some("postcode")]
};

/// Distinct words in order, and the place in that order of each number; blank ones are at -1.
struct Ranked {
    by_id: Vec<i32>,
    values: ArrayRef,
}

impl Ranked {
    /// Ranks the words that rows use. Numbers count from 1; 0 has no word.
    fn new<'a>(is_used: &[bool], word: impl Fn(usize) -> Option<&'a str>) -> Self {
        let used = (1..is_used.len()).filter(|id| is_used[*id]);
        let mut words: Vec<(&str, usize)> =
            used.filter_map(|id| Some((word(id - 1)?, id))).collect();
        words.sort_unstable();
        let mut by_id = vec![-1; is_used.len()];
        let mut values: Vec<&str> = Vec::new();
        for (word, id) in words {
            if values.last() != Some(&word) {
                values.push(word);
            }
            by_id[id] = (values.len() as u32 - 1).cast_signed();
        }
        Self { by_id, values: Arc::new(StringArray::from(values)) }
    }
}

fn ranked_words(incidents: &Incidents, known_areas: &KnownAreas<'_>) -> [Ranked; N_WORDS] {
    let areas = known_areas.areas();
    let (slugs, names) = (incidents.kinds.slugs(), incidents.kinds.words());
    let (bodies, forces) = (incidents.bodies.words(), incidents.forces.words());
    let (outcomes, flags) = (incidents.outcomes.words(), incidents.flags.words());
    let loads = &incidents.loads;
    let area_code = |index: usize, code: fn(&SmallArea) -> Option<&AreaCode>| {
        code(&areas[index]).map(AreaCode::as_str)
    };
    let n_words = [
        slugs.len(),
        names.len(),
        areas.len(),
        areas.len(),
        FOUND_BY_WORDS.len(),
        outcomes.len(),
        bodies.len(),
        forces.len(),
        flags.len(),
        loads.len(),
    ];
    let mut is_used = n_words.map(|n| vec![false; n + 1]);
    for row in incidents.rows() {
        for (is_used, id) in is_used.iter_mut().zip(word_ids(row)) {
            is_used[id] = true;
        }
    }
    array::from_fn(|column| {
        Ranked::new(&is_used[column], |index| match column {
            SLUG => Some(&slugs[index]),
            NAME => Some(&names[index]),
            LSOA_2021 => area_code(index, |area| area.lsoa_2021.as_ref()),
            LSOA_2011 => area_code(index, |area| area.lsoa_2011.as_ref()),
            FOUND_BY => FOUND_BY_WORDS[index],
            OUTCOME => Some(&outcomes[index]),
            BODY => Some(&bodies[index]),
            FALLS_WITHIN => Some(&forces[index]),
            FLAGS => Some(&flags[index]),
            _ => Some(&loads[index]),
        })
    })
}

fn order(rows: &[IncidentRow], words: &[Ranked; N_WORDS]) -> Vec<u32> {
    // One number holds the whole key, and the row's own place in its lowest bits makes an unstable
    // sort stable. A blank's rank of -1 sorts last.
    let key = |(index, row): (u32, &IncidentRow)| {
        let ids = word_ids(row);
        let rank = |column: usize| {
            u128::from(words[column].by_id[ids[column]].cast_unsigned() & 0x00FF_FFFF)
        };
        let month = u128::from(row.month.index().cast_unsigned() & 0xFFFF);
        let areas = rank(LSOA_2021) << 24 | rank(LSOA_2011);
        // A month's own kinds are few: sixteen bits hold their ranks.
        let kind = (rank(SLUG) & 0xFFFF) << 16 | rank(BODY) & 0xFFFF;
        month << 112 | areas << 64 | kind << 32 | u128::from(index)
    };
    let mut keys: Vec<u128> = (0..).zip(rows).map(key).collect();
    keys.sort_unstable();
    keys.into_iter().map(|key| key as u32).collect()
}

fn batch(
    incidents: &Incidents,
    order: &[u32],
    words: &[Ranked; N_WORDS],
    request: &ReadRequest<'_>,
) -> Result<RecordBatch, ArrowError> {
    let n_rows = order.len();
    let mut keys: [Vec<i32>; N_WORDS] = array::from_fn(|_| Vec::with_capacity(n_rows));
    let (mut months, mut lines) = (Vec::with_capacity(n_rows), Vec::with_capacity(n_rows));
    let mut eastings = Float64Builder::with_capacity(n_rows);
    let mut northings = Float64Builder::with_capacity(n_rows);
    let mut days = Days::default();
    for index in order {
        let row = &incidents.rows()[*index as usize];
        for ((keys, words), id) in keys.iter_mut().zip(words).zip(word_ids(row)) {
            keys.push(words.by_id[id]);
        }
        months.push(days.of(row.month));
        eastings.append_option(row.place.map(BritishNationalGrid::easting));
        northings.append_option(row.place.map(BritishNationalGrid::northing));
        lines.push(row.line.cast_signed());
    }
    let mut columns =
        keys.into_iter().zip(words).map(|(keys, words)| dictionary(keys, &words.values));
    let mut next = || columns.next().unwrap_or_else(|| unreachable!("ten columns of words"));
    let schema = events_schema(incidents.form);
    let constant = |text: &str| {
        let values: ArrayRef = Arc::new(StringArray::from(vec![text]));
        dictionary(vec![0; n_rows], &values)
    };
    let mut columns: Vec<ArrayRef> = vec![
        constant(request.source_id)?,
        Arc::new(source_ids(incidents, order)?),
        Arc::new(Date32Array::from(months)),
        times(incidents, order, &schema),
        constant(request.time_precision.slug())?,
        constant(request.place_precision.slug())?,
        next()?,
        next()?,
        Arc::new(eastings.finish()),
        Arc::new(northings.finish()),
        next()?,
        next()?,
        next()?,
        next()?,
        next()?,
        next()?,
        next()?,
        next()?,
        Arc::new(Int32Array::from(lines)),
    ];
    for extra in 0..incidents.form.heads().extras.len() {
        columns.push(extra_column(incidents, order, extra)?);
    }
    RecordBatch::try_new(schema, columns)
}

/// The exact times, where the form knows them.
fn times(incidents: &Incidents, order: &[u32], schema: &SchemaRef) -> ArrayRef {
    if incidents.times.is_empty() {
        return new_null_array(schema.field(3).data_type(), order.len());
    }
    let times = order.iter().map(|index| incidents.times[*index as usize]);
    Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
}

/// A column that only this form has.
fn extra_column(
    incidents: &Incidents,
    order: &[u32],
    extra: usize,
) -> Result<ArrayRef, ArrowError> {
    let words = incidents.extra_words[extra].words();
    let ranked = Ranked::new(&vec![true; words.len() + 1], |index| Some(&words[index]));
    let number = |index: &u32| incidents.extras[*index as usize][extra] as usize;
    dictionary(order.iter().map(|index| ranked.by_id[number(index)]).collect(), &ranked.values)
}

/// Days since 1970 of a month's first day; the last month is usually the next.
#[derive(Default)]
struct Days(Option<(Month, i32)>);

impl Days {
    fn of(&mut self, month: Month) -> i32 {
        if let Some((last, days)) = self.0
            && last == month
        {
            return days;
        }
        let days = (month.first_day() - jiff::civil::date(1970, 1, 1)).get_days();
        self.0 = Some((month, days));
        days
    }
}

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
