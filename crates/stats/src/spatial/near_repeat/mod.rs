//! Does one event raise the risk nearby for a while? Knox's test with permuted times.

mod pairs;
mod times;

use super::coordinates::require_points_in_metres;
use super::permutation::adjust;
use super::{CoordinateError, Correction, PermutationSettings, SettingsError, Sidedness, Warning};
use crate::parallel;
use crate::seeded::Draws;
use pairs::ClosePairs;
use times::TimeTable;

/// Why near repeats could not be looked for.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NearRepeatError {
    /// A month holds every time band that matters.
    #[error(
        "near repeat needs the day of each event, and this source knows the month only; \
         a force's own crime feed with date and time, under a sharing agreement, would allow it"
    )]
    MonthOnly,
    /// Snapping puts neighbours on one point and parts those across the street.
    #[error(
        "near repeat needs where each event happened, and this source moves events to set points; \
         a force's own crime feed with addresses or coordinates, under a sharing agreement, would \
         allow it"
    )]
    Snapped,
    /// An area is wider than the distances that matter.
    #[error(
        "near repeat needs where each event happened, and this source knows the area only; \
         a force's own crime feed with addresses or coordinates, under a sharing agreement, would \
         allow it"
    )]
    AreaOnly,
    /// The coordinates cannot be used.
    #[error(transparent)]
    Coordinates(#[from] CoordinateError),
    /// One day belongs to each place.
    #[error("{places} places and {days} days of events")]
    LengthMismatch {
        /// Coordinates.
        places: usize,
        /// Days.
        days: usize,
    },
    /// Pairs need two.
    #[error("{n_events} events are too few for pairs")]
    TooFew {
        /// How many there are.
        n_events: usize,
    },
    /// Bands follow one another outwards.
    #[error("limits of bands must be given, rise, and start at 0 or above")]
    Bands,
    /// Time bands that cover more than this are not near repeats.
    #[error("a time band of {days} days is longer than {most}")]
    LongTimeBand {
        /// What was given.
        days: u32,
        /// The longest.
        most: u32,
    },
    /// Near repeats within a lifetime.
    #[error("the events span {days} days; a span of at most {most} can be tested")]
    LongSpan {
        /// From the first to the last.
        days: u32,
        /// The longest.
        most: u32,
    },
    /// Too much for memory.
    #[error("{pairs} pairs of events lie within the outermost band; at most {most} can be held")]
    TooManyPairs {
        /// How many.
        pairs: usize,
        /// The most that can be.
        most: usize,
    },
    /// The test cannot be run as asked.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// How exactly the caller knows when events happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimePrecision {
    /// The month only: refused.
    Month,
    /// The day.
    Day,
    /// The minute; the day is used.
    Minute,
}

/// How exactly the caller knows where events happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacePrecision {
    /// Moved to one of a fixed set of points: refused.
    Snapped,
    /// An area only: refused.
    Area,
    /// The address or point itself.
    Exact,
}

/// What is known of the events.
#[derive(Debug, Clone, Copy)]
pub struct DatedPlaces<'a> {
    /// Easting and northing of each event in metres.
    pub places: &'a [(f64, f64)],
    /// The day of each event, counted from any one day.
    pub days: &'a [i32],
    /// How exactly the source knows when.
    pub time_precision: TimePrecision,
    /// How exactly the source knows where.
    pub place_precision: PlacePrecision,
}

/// The bands that pairs are counted in, by their upper limits. The first band starts at 0, each next
/// one above the last.
#[derive(Debug, Clone, Copy)]
pub struct Bands<'a> {
    /// Metres. A first limit of 0 makes a band of the same place.
    pub metres: &'a [f64],
    /// Days.
    pub days: &'a [u32],
}

/// One cell of Knox's table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KnoxCell {
    /// Beyond this many metres, or from 0 on in the first band.
    pub metres_above: f64,
    /// Up to this many metres.
    pub metres_up_to: f64,
    /// From this many days apart.
    pub days_from: u32,
    /// To this many days apart.
    pub days_to: u32,
    /// Pairs so close in both.
    pub observed: u64,
    /// The mean over permuted times.
    pub expected: f64,
    /// Observed over expected; `None` where no permutation had a pair.
    pub ratio: Option<f64>,
    /// The share of permutations with at least as many pairs, as (1 + #)/(1 + R).
    pub p_value: f64,
    /// The same, corrected over the table.
    pub adjusted_p: f64,
}

/// Knox's table with all it was made by.
#[derive(Debug, Clone, PartialEq)]
pub struct NearRepeat {
    /// Space bands outwards, and in each the time bands.
    pub cells: Vec<KnoxCell>,
    /// Of the p values: more pairs than chance.
    pub sidedness: Sidedness,
    /// Over all cells of the table.
    pub correction: Correction,
    /// Permutations, seed and level.
    pub settings: PermutationSettings,
    /// How exactly the caller knows when.
    pub time_precision: TimePrecision,
    /// How exactly the caller knows where.
    pub place_precision: PlacePrecision,
    /// How many events.
    pub n_events: usize,
    /// Pairs within the outermost space band, at any time.
    pub n_close_pairs: usize,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Knox's test: are events that are close in space close in time more often than if their times were
/// dealt to the places at random?
///
/// Season and the risk of places themselves stay as they are in every permutation; a place whose risk
/// changed within the period looks like near repeat and is none, so keep periods to a year or so.
///
/// # Shape
///
/// One place and one day per event.
///
/// # Source
///
/// Knox (1964), *Applied Statistics* 13; permutation after Besag and Diggle (1977), *Applied Statistics*
/// 26; for burglary Johnson and Bowers (2004), *European Journal of Criminology* 1.
pub fn near_repeat(
    events: DatedPlaces<'_>,
    bands: Bands<'_>,
    settings: PermutationSettings,
) -> Result<NearRepeat, NearRepeatError> {
    let pairs = checked(&events, &bands)?;
    let settings = settings.check(1.0)?;
    let days = pairs.in_order(&since_first(events.days)?);
    let table = TimeTable::new(bands.days, days.iter().copied().max().unwrap_or(0));
    let observed = pairs.count(&days, &table);
    let permuted = parallel::map(
        settings.permutations as usize,
        || days.clone(),
        |shuffled, permutation| {
            shuffled.copy_from_slice(&days);
            Draws::new(settings.seed, permutation as u64).shuffle(shuffled);
            pairs.count(shuffled, &table)
        },
    );
    let total = f64::from(settings.permutations);
    let mut cells = Vec::with_capacity(observed.len());
    for (i, &observed) in observed.iter().enumerate() {
        let (space, time) = (i / bands.days.len(), i % bands.days.len());
        let reached = permuted.iter().filter(|counts| counts[i] >= observed).count();
        let expected = permuted.iter().map(|counts| counts[i] as f64).sum::<f64>() / total;
        cells.push(KnoxCell {
            metres_above: if space == 0 { 0.0 } else { bands.metres[space - 1] },
            metres_up_to: bands.metres[space],
            days_from: if time == 0 { 0 } else { bands.days[time - 1] + 1 },
            days_to: bands.days[time],
            observed,
            expected,
            ratio: (expected > 0.0).then(|| observed as f64 / expected),
            p_value: (1.0 + reached as f64) / (1.0 + total),
            adjusted_p: 1.0,
        });
    }
    let p_values: Vec<Option<f64>> = cells.iter().map(|cell| Some(cell.p_value)).collect();
    for (cell, adjusted) in cells.iter_mut().zip(adjust(&p_values).into_iter().flatten()) {
        cell.adjusted_p = adjusted;
    }
    let n_events = events.days.len() as u64;
    Ok(NearRepeat {
        cells,
        sidedness: Sidedness::Greater,
        correction: Correction::BenjaminiHochberg,
        settings,
        time_precision: events.time_precision,
        place_precision: events.place_precision,
        n_events: events.days.len(),
        n_close_pairs: pairs.n_pairs(),
        warnings: if n_events < 50 { vec![Warning::FewEvents { n_events }] } else { Vec::new() },
    })
}

/// Days since the first.
fn since_first(days: &[i32]) -> Result<Vec<u32>, NearRepeatError> {
    let first = days.iter().copied().min().unwrap_or(0);
    let since: Vec<u32> = days.iter().map(|day| day.abs_diff(first)).collect();
    match since.iter().copied().max() {
        Some(days) if days > LONGEST_SPAN => {
            Err(NearRepeatError::LongSpan { days, most: LONGEST_SPAN })
        }
        _ => Ok(since),
    }
}

fn checked(events: &DatedPlaces<'_>, bands: &Bands<'_>) -> Result<ClosePairs, NearRepeatError> {
    match (events.time_precision, events.place_precision) {
        (TimePrecision::Month, _) => return Err(NearRepeatError::MonthOnly),
        (_, PlacePrecision::Snapped) => return Err(NearRepeatError::Snapped),
        (_, PlacePrecision::Area) => return Err(NearRepeatError::AreaOnly),
        (TimePrecision::Day | TimePrecision::Minute, PlacePrecision::Exact) => {}
    }
    require_points_in_metres(events.places)?;
    let (places, days) = (events.places.len(), events.days.len());
    if places != days {
        return Err(NearRepeatError::LengthMismatch { places, days });
    }
    if places < 2 {
        return Err(NearRepeatError::TooFew { n_events: places });
    }
    let metres_rise = bands.metres.windows(2).all(|pair| pair[0] < pair[1])
        && bands.metres.iter().all(|limit| *limit >= 0.0 && limit.is_finite());
    let days_rise = bands.days.windows(2).all(|pair| pair[0] < pair[1]);
    let (Some(_), Some(&longest)) = (bands.metres.last(), bands.days.last()) else {
        return Err(NearRepeatError::Bands);
    };
    if !metres_rise || !days_rise || bands.metres.len().max(bands.days.len()) > 250 {
        return Err(NearRepeatError::Bands);
    }
    if longest > LONGEST_DAYS {
        return Err(NearRepeatError::LongTimeBand { days: longest, most: LONGEST_DAYS });
    }
    ClosePairs::new(events.places, bands.metres)
}

/// Ten years.
const LONGEST_DAYS: u32 = 3_653;

/// A hundred years.
const LONGEST_SPAN: u32 = 36_525;
