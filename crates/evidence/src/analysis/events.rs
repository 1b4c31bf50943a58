//! Single events of a measure of the lake, where its source knows them exactly enough.
//!
//! A published file moves places and leaves out days, and a method that needs them is refused with the
//! feed that would allow it. Rows of a source that knows them, and which lack them all the same, are
//! left out and said.

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::Period;
use wardmote_domain::provenance::{PlacePrecision, TimePrecision};
use wardmote_lake::source::Reader;
use wardmote_lake::{CountQuery, Lake, QueryError, SingleEvent};

use super::series::{known_run, months_asked, of_lake};
use super::{AnalysisError, Fields, MonthsAsked, fields};
use crate::measure::Selection;
use crate::observed::{Observed, ObservedError};

/// What a method must know of each event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Where it was.
    Place,
    /// Where it was, and on which day.
    PlaceAndDay,
    /// At what time it was.
    Time,
    /// A key by which the events of one place or person are known to be of one.
    Key,
}

/// Events of a measure, each with what the method needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Events {
    pub(super) each: Vec<SingleEvent>,
    pub(super) from: Fields,
    pub(super) warnings: Vec<String>,
}

/// Which events of the lake.
#[derive(Debug, Clone, Copy)]
pub struct EventsAsked<'a> {
    /// The measure whose rows they are.
    pub measure: &'a str,
    /// The area; the partnership's own if not given.
    pub area: Option<&'a AreaCode>,
    /// Which months.
    pub months: MonthsAsked,
}

impl Events {
    /// The events of a measure in a place, for a method that needs so much of each.
    pub fn of_measure(
        method: &'static str,
        lake: &Lake,
        observed: &Observed,
        asked: EventsAsked<'_>,
        needs: Needs,
    ) -> Result<Self, AnalysisError> {
        let measure = observed.measure(asked.measure)?;
        let rows = &measure.numerator;
        let reader = observed.sources.get(&rows.source).map(|source| &source.reader);
        let lacks = lacking(rows, reader, needs);
        if !lacks.is_empty() {
            let why = format!("of source {:?}, {}", rows.source, lacks.join(", and "));
            return Err(AnalysisError::unfit(method, why, mend(needs)));
        }
        let place = match asked.area {
            Some(code) => observed.place(code)?,
            None => observed.home()?,
        };
        let period = months_asked(method, observed, &rows.source, asked.months)?;
        let counted = observed.monthly(rows, place, &period)?;
        let (run, mut warnings) = known_run(method, &rows.source, &counted, asked.months)?;
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else {
            return Err(AnalysisError::unfit(method, "no month is known", "load the source"));
        };
        // Rows that do not say where all lie in the area that their source declares.
        let lie_here = matches!(
            reader,
            Some(Reader::Events { mapping: Some(mapping), .. }) if mapping.area.as_ref() == Some(&place.code)
        );
        let query = CountQuery {
            source: rows.source.clone(),
            categories: rows.categories(),
            level: observed.partnership.area_vintage,
            areas: (!lie_here).then(|| place.small_areas.clone()),
            first: *first,
            last: *last,
        };
        let mut each = lake.single_events(&query).map_err(of_lake_error)?;
        let n = each.len();
        each.retain(|event| has(event, needs));
        if each.len() < n {
            warnings.push(format!(
                "{} of {n} events are left out: their rows do not say {}",
                n - each.len(),
                said(needs)
            ));
        }
        let period = Period::run(*first, *last)
            .map_err(|error| AnalysisError::option("--from", error.to_string()))?;
        let from = of_lake(observed, &measure.id, place)
            .and(fields! { "period": period.to_string(), "counted": "single events" });
        Ok(Self { each, from, warnings })
    }
}

fn of_lake_error(error: QueryError) -> AnalysisError {
    ObservedError::from(error).into()
}

fn has(event: &SingleEvent, needs: Needs) -> bool {
    match needs {
        Needs::Place => event.place.is_some(),
        Needs::PlaceAndDay => event.place.is_some() && event.at.is_some(),
        Needs::Time => event.at.is_some(),
        Needs::Key => event.source_id.is_some(),
    }
}

fn said(needs: Needs) -> &'static str {
    match needs {
        Needs::Place => "where they were",
        Needs::PlaceAndDay => "where or on which day they were",
        Needs::Time => "at what time they were",
        Needs::Key => "which place or person they were of",
    }
}

/// What the source's rows do not know.
fn lacking(rows: &Selection, reader: Option<&Reader>, needs: Needs) -> Vec<&'static str> {
    let Some(Reader::Events { mapping, time_precision, place_precision, .. }) = reader else {
        return vec!["it holds totals and not events"];
    };
    let mut lacks = Vec::new();
    if rows.admitted().in_detail() {
        lacks.push("the measure takes rows by outcome, mark or repetition, which are not followed to single events");
    }
    let needs_place = matches!(needs, Needs::Place | Needs::PlaceAndDay);
    match (needs, time_precision) {
        (Needs::PlaceAndDay, TimePrecision::Month) => {
            lacks.push("its rows know the month and not the day");
        }
        (Needs::Time, TimePrecision::Month | TimePrecision::Day) => {
            lacks.push("its rows do not know the time of day");
        }
        _ => {}
    }
    match place_precision {
        PlacePrecision::Snapped if needs_place => {
            lacks.push("its places were moved to a fixed set of points");
        }
        PlacePrecision::Area if needs_place => lacks.push("its rows know an area and no point"),
        _ => {}
    }
    let has_key = mapping.as_ref().is_some_and(|mapping| mapping.columns.repeat_of.is_some());
    if needs == Needs::Key && !has_key {
        lacks.push("its rows have no key of the place or person (columns.repeat_of)");
    }
    lacks
}

fn mend(needs: Needs) -> &'static str {
    match needs {
        Needs::Key => {
            "a partner's own feed with a reference of the place, which becomes a keyed pseudonym, would allow it, \
             or such a file with --input"
        }
        Needs::Time => {
            "a force's own crime feed with date and time, under a sharing agreement, would allow it, as a source of \
             the partnership or as a file with --input"
        }
        Needs::Place | Needs::PlaceAndDay => {
            "a force's own crime feed with date, time and address or coordinates, under a sharing agreement, would \
             allow it, as a source of the partnership or as a file with --input; by small area there are gi-star, \
             local-moran and concentration"
        }
    }
}
