//! What is shown without a test: measures that are no plain counts (harm by declared weights, shares,
//! outcomes), and the outcomes of a source with the months for which they may still come.

use wardmote_domain::period::{Month, Period};

use super::{YEAR, shown};
use crate::declarations::Form;
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{NotKnown, Taken, take};

/// A measure over two years, without a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Valued<'a> {
    /// The measure.
    pub measure: &'a Measure,
    /// As what it is taken.
    pub form: Form,
    /// The earlier and the later year, each with its value or the reason why there is none.
    pub years: Vec<(Period, Result<Taken, NotKnown>)>,
    /// Months after these years for which outcomes may still come.
    pub unsettled: Vec<Month>,
}

/// The measures of open sources that are no plain counts, in an area. Repeats are counted over a
/// whole source, and so are in no area.
pub fn others<'a>(observed: &'a Observed, place: &Place) -> Result<Vec<Valued<'a>>, ObservedError> {
    let plain: Vec<&str> = shown(observed).iter().map(|measure| measure.id.as_str()).collect();
    let mut found = Vec::new();
    for measure in observed.measures.values() {
        let open = measure.sources().iter().all(|source| {
            let declared = observed.sources.get(source);
            !observed.is_controlled(source)
                && declared.is_some_and(|source| source.reader.brings_events())
        });
        let repeats = measure.numerator.repeats_within_months.is_some();
        if !open || repeats || plain.contains(&measure.id.as_str()) {
            continue;
        }
        let form = match (&measure.weights, &measure.share_of) {
            (Some(_), _) => Form::Harm,
            (None, Some(_)) => Form::Share,
            (None, None) => Form::Count,
        };
        let Some((_, last)) = observed.known_run(&measure.numerator.source)? else { continue };
        let settles = measure.settles_after_months.unwrap_or_default();
        let settled = last.plus(-i32::try_from(settles).unwrap_or(i32::MAX));
        let mut years = Vec::new();
        for back in [-YEAR, 0] {
            let end = settled.plus(back);
            if let Ok(period) = Period::run(end.plus(1 - YEAR), end) {
                let taken = take(observed, measure, place, &period, form)?;
                years.push((period, taken));
            }
        }
        let unsettled =
            (1..=settles).filter_map(|step| Some(settled.plus(i32::try_from(step).ok()?)));
        found.push(Valued { measure, form, years, unsettled: unsettled.collect() });
    }
    Ok(found)
}

/// The outcomes of a source's events in an area.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcomes {
    /// The months of the events.
    pub period: Period,
    /// Events by what came of them, most first.
    pub counts: Vec<(String, u64)>,
    /// All events, those without any outcome too.
    pub n_events: u64,
    /// How many months outcomes may still come for, where a measure of the source says so.
    pub settles_after_months: Option<u32>,
}

/// What came of the events of a measure's source; `None` where no measure or chart asks for the
/// source's outcomes, so that they were not gathered.
pub fn outcomes(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
) -> Result<Option<Outcomes>, ObservedError> {
    let source = &measure.numerator.source;
    let known = observed.outcomes(source)?;
    let (false, Some((first, last))) = (known.is_empty(), observed.known_run(source)?) else {
        return Ok(None);
    };
    let declared = observed.measures.values().filter(|one| one.sources().contains(source));
    let settles_after_months = declared.filter_map(|one| one.settles_after_months).max();
    let settles = i32::try_from(settles_after_months.unwrap_or_default()).unwrap_or(i32::MAX);
    let end = last.plus(-settles);
    let Ok(period) = Period::run(first.max(end.plus(1 - YEAR)), end) else { return Ok(None) };
    let events = observed.monthly(&measure.numerator, place, &period)?;
    let n_events = events.iter().filter_map(|(_, n)| *n).sum();
    let mut counts = Vec::new();
    for outcome in known {
        let rows = crate::measure::Selection {
            outcomes: vec![outcome.clone()],
            ..measure.numerator.clone()
        };
        let months = observed.monthly(&rows, place, &period)?;
        counts.push((outcome, months.iter().filter_map(|(_, n)| *n).sum::<u64>()));
    }
    counts.retain(|(_, n)| *n > 0);
    counts.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    Ok(Some(Outcomes { period, counts, n_events, settles_after_months }))
}
