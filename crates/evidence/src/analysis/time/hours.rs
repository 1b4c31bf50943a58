//! `hours`: at which hours of the week does it happen?

use jiff::civil::DateTime;
use wardmote_stats::hours_of_week::{Shares, Span, hours_of_week};

use crate::analysis::own_file::OwnFile;
use crate::analysis::{Analysis, AnalysisError, Events, Fields, fields};

const METHOD: &str = "hours";
const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Between which two times each event was.
#[derive(Debug, Clone, PartialEq)]
pub struct EventTimes {
    spans: Vec<Span>,
    from: Fields,
    warnings: Vec<String>,
}

impl EventTimes {
    /// The times of a file, one row for each event; without `end`, each is known to the minute.
    pub fn of_file(file: &OwnFile, start: &str, end: Option<&str>) -> Result<Self, AnalysisError> {
        let starts = file.minutes(start)?;
        let ends = match end {
            Some(end) => file.minutes(end)?,
            None => starts.clone(),
        };
        let spans = starts
            .iter()
            .zip(&ends)
            .map(|(from, to)| Span { from_minutes: minutes(from), to_minutes: minutes(to) });
        let from = fields! {
            "input": file.name(),
            "start": start,
            "end": end,
            "clock": "local, as given",
        };
        Ok(Self { spans: spans.collect(), from, warnings: Vec::new() })
    }

    /// Events of the lake that know their time.
    pub fn of_lake(events: Events) -> Self {
        let span = |at: &DateTime| Span { from_minutes: minutes(at), to_minutes: minutes(at) };
        Self {
            spans: events.each.iter().filter_map(|event| event.at.as_ref().map(span)).collect(),
            from: events.from.with("clock", "local, in London"),
            warnings: events.warnings,
        }
    }
}

/// Minutes since a Monday, by the clock on the wall.
fn minutes(at: &DateTime) -> i64 {
    let days = i64::from((at.date() - jiff::civil::date(1900, 1, 1)).get_days());
    days * 24 * 60 + i64::from(at.hour()) * 60 + i64::from(at.minute())
}

/// Events by weekday and hour; one that lies between two times is shared out over them.
pub fn hours(events: &EventTimes, shares: Shares) -> Result<Analysis, AnalysisError> {
    let found = hours_of_week(&events.spans, shares).map_err(AnalysisError::of(METHOD))?;
    let row = |hour: usize| {
        let mut row = fields! { "hour": hour };
        for (day, name) in DAYS.iter().enumerate() {
            row.add(&name.to_lowercase(), found.table[day][hour]);
        }
        row
    };
    let (day, hour, weight) = found.peak();
    let results = fields! {
        "peak_day": DAYS[day],
        "peak_hour": hour,
        "peak_weight": weight,
        "in_one_hour": found.n_in_one_hour,
        "longer_than_a_day": found.n_longer_than_a_day,
        "median_span_minutes": found.median_span_minutes,
        "by_weekday": found.by_weekday().to_vec(),
        "table": (0..24).map(row).collect::<Vec<Fields>>(),
    };
    let parameters = events.from.clone().and(fields! {
        "shares": match shares {
            Shares::ByMinutes => "aoristic, by the minutes of each hour",
            Shares::ByHoursTouched => "aoristic, the same to every hour touched",
        },
        "units": "weighted events",
    });
    let mut warnings = events.warnings.clone();
    if 2 * found.n_longer_than_a_day > found.n {
        warnings.push("more than half of the events may lie anywhere in more than a day: the hours say little".into());
    }
    let in_words = format!(
        "Most on {} from {hour:02}:00: {weight:.1} of {} events, {} of which are known to the hour.",
        DAYS[day], found.n, found.n_in_one_hour
    );
    let n = found.n as u64;
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: results.into(),
        warnings,
        in_words: vec![in_words],
    })
}
