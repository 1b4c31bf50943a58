//! What methods for single events say of a measure of the lake, which keeps months and areas only.

use wardmote_domain::provenance::{PlacePrecision, TimePrecision};
use wardmote_lake::source::Reader;

use super::AnalysisError;
use crate::observed::{Observed, ObservedError};

/// Why a method that needs single events cannot be done on a measure, and with what it could.
pub fn refuse_events(
    method: &'static str,
    observed: &Observed,
    measure: &str,
) -> Result<AnalysisError, ObservedError> {
    let source = &observed.measure(measure)?.numerator.source;
    let reader = observed.sources.get(source).map(|source| &source.reader);
    let mut lacks = Vec::new();
    if let Some(Reader::Events { time_precision, place_precision, .. }) = reader {
        if *time_precision == TimePrecision::Month {
            lacks.push("its rows know the month and not the day");
        }
        if *place_precision == PlacePrecision::Snapped {
            lacks.push("its places were moved to a fixed set of points");
        }
    } else {
        lacks.push("it holds totals and not events");
    }
    if lacks.is_empty() {
        let why = format!(
            "the lake keeps the months and small areas of source {source:?}, not its events"
        );
        let mend = "give the file itself with --input, where an agreement lets you work on it so";
        return Ok(AnalysisError::unfit(method, why, mend));
    }
    let why = format!("of source {source:?}, {}", lacks.join(", and "));
    let mend = "a force's own crime feed with date, time and address or coordinates, under a sharing agreement, \
                would allow it, as a file with --input; by small area there are gi-star, local-moran and concentration";
    Ok(AnalysisError::unfit(method, why, mend))
}
