//! Charts and tables of one measure in one area, from what was computed of it.

use std::collections::BTreeMap;

use wardmote_domain::period::{MONTH_NAMES, Month};
use wardmote_evidence::local::{ExpectedMonth, Local, Profile};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::numbers::{one_decimal, ordinal, thousands, two_decimals};
use wardmote_evidence::take::Taken;
use wardmote_evidence::topic::{KnownEvent, Somewhere, Where};
use wardmote_reports::site::LinkedTable;
use wardmote_reports::{
    Band, Bar, BarChart, Chart, ChartKind, Column, Line, Marker, ProfileChart, ProfileMonth,
    SeriesChart, Table,
};

use super::vintage::Vintage;
use wardmote_stats::interval::Interval;

/// How many areas are drawn; the table holds them all.
const MOST_BARS: usize = 20;

/// Columns of which the first names the rows and the others are numbers.
pub(super) fn columns(headings: &[&str]) -> Vec<Column> {
    let column = |(index, heading): (usize, &&str)| Column {
        heading: (*heading).to_owned(),
        numeric: index > 0,
    };
    headings.iter().enumerate().map(column).collect()
}

pub(super) fn publisher(vintage: &Vintage, measure: &Measure) -> String {
    let source = vintage.observed.sources.get(&measure.numerator.source);
    source.map(|source| source.publisher.clone()).unwrap_or_default()
}

/// The counts by month with what their past lets expect, known events, and months above it.
pub(super) fn series(
    vintage: &Vintage,
    measure: &Measure,
    place: &str,
    found: &Local,
    events: &[&KnownEvent],
) -> Chart {
    let by_month: BTreeMap<Month, &ExpectedMonth> = found
        .expected
        .iter()
        .flat_map(|expected| &expected.months)
        .map(|month| (month.month, month))
        .collect();
    let expected = (!by_month.is_empty()).then(|| {
        let ends = |of: fn(&ExpectedMonth) -> f64| {
            let value = |(month, _): &(Month, _)| by_month.get(month).map(|month| of(month));
            found.months.iter().map(value).collect()
        };
        Band {
            label: "Expected from its own past: 98 of 100 months would lie here".into(),
            lower: ends(|month| month.lower),
            upper: ends(|month| month.upper),
        }
    });
    let named = events.iter().map(|event| (event.month, event.name.clone()));
    let above = found.spikes.iter().map(|month| (month.month, "above expected".to_owned()));
    let mut markers: Vec<(Month, String)> = named.chain(above).collect();
    markers.sort();
    let title = format!("{} by month, {place}", measure.title);
    Chart {
        finding: series_finding(found),
        source: publisher(vintage, measure),
        kind: ChartKind::Series(SeriesChart {
            y_label: format!("{} a month", measure.unit),
            months: found.months.iter().map(|(month, _)| month.to_string()).collect(),
            lines: vec![Line {
                name: measure.title.clone(),
                values: found.months.iter().map(|(_, n)| n.map(|n| n as f64)).collect(),
            }],
            withheld: Vec::new(),
            expected,
            markers: markers
                .into_iter()
                .map(|(month, label)| Marker { month: month.to_string(), label })
                .collect(),
        }),
        table: series_table(&title, found, &by_month),
        title,
    }
}

fn series_finding(found: &Local) -> String {
    let known = found.months.iter().filter_map(|(month, n)| n.map(|n| (*month, n)));
    let words = |most: Option<(Month, u64)>| {
        most.map_or_else(String::new, |(month, n)| {
            format!("{} in {}", thousands(n), month.in_words())
        })
    };
    let least = words(known.clone().min_by_key(|(_, n)| *n));
    let most = words(known.max_by_key(|(_, n)| *n));
    let months = if found.n_missing == 1 { "month is" } else { "months are" };
    format!("Between {least} and {most}; {} {months} not known.", found.n_missing)
}

fn series_table(title: &str, found: &Local, by_month: &BTreeMap<Month, &ExpectedMonth>) -> Table {
    let row = |(month, n): &(Month, Option<u64>)| {
        let mut cells = vec![month.in_words(), n.map_or_else(|| "not known".into(), thousands)];
        if !by_month.is_empty() {
            let expected = by_month.get(month);
            cells.push(expected.map_or_else(String::new, |one| one_decimal(one.expected)));
            cells.push(expected.map_or_else(String::new, |one| {
                format!("{} to {}", thousands(one.lower as u64), thousands(one.upper as u64))
            }));
        }
        cells
    };
    let headings: &[&str] = if by_month.is_empty() {
        &["Month", "Recorded"]
    } else {
        &["Month", "Recorded", "Expected", "98 of 100 would lie"]
    };
    Table {
        caption: title.to_owned(),
        columns: columns(headings),
        rows: found.months.iter().map(row).collect(),
        note: None,
    }
}

/// The months of an average year.
pub(super) fn season(
    vintage: &Vintage,
    measure: &Measure,
    place: &str,
    profile: &Profile,
) -> Chart {
    let title = format!("{}: the average year, {place}", measure.title);
    let named = || profile.months.iter().zip(MONTH_NAMES);
    Chart {
        finding: format!("{}.", profile.in_words()),
        source: publisher(vintage, measure),
        kind: ChartKind::Profile(ProfileChart {
            y_label: "times the average month".into(),
            months: named()
                .map(|((times, interval), name)| ProfileMonth {
                    label: name.chars().take(3).collect(),
                    multiplier: *times,
                    interval: Some((interval.lower, interval.upper)),
                })
                .collect(),
        }),
        table: Table {
            caption: title.clone(),
            columns: columns(&["Month", "Times the average month", "95% interval"]),
            rows: named()
                .map(|((times, interval), name)| {
                    let ends = format!(
                        "{} to {}",
                        two_decimals(interval.lower),
                        two_decimals(interval.upper)
                    );
                    vec![name.to_owned(), two_decimals(*times), ends]
                })
                .collect(),
            note: None,
        },
        title,
    }
}

/// Rates where they are known of every area, else counts; with the unit.
fn shown_as(measure: &Measure, found: &Where<'_>) -> (bool, String) {
    let rates = found.areas.iter().all(|area| area.rate.is_some());
    (rates, if rates { measure.rate_unit() } else { measure.unit.clone() })
}

fn value(area: &Somewhere<'_>, rates: bool) -> Taken {
    area.rate.filter(|_| rates).unwrap_or(area.count)
}

fn between(interval: Interval, print: impl Fn(f64) -> String) -> String {
    format!("{} to {}", print(interval.lower), print(interval.upper))
}

/// The areas with the highest rates as bars.
pub(super) fn areas(vintage: &Vintage, measure: &Measure, found: &Where<'_>) -> Chart {
    let (rates, unit) = shown_as(measure, found);
    let kind = found.level.tier.in_words_plural();
    let title = format!("{} by area, {}", measure.title, found.period.in_words());
    let drawn = || found.areas.iter().take(MOST_BARS).map(|area| (area, value(area, rates)));
    let bar = |(area, shown): (&Somewhere<'_>, Taken)| Bar {
        label: area.place.name.clone(),
        value: shown.value,
        interval: Some((shown.interval.lower, shown.interval.upper)),
        highlighted: false,
    };
    let row = |(area, shown): (&Somewhere<'_>, Taken)| {
        let interval = between(shown.interval, one_decimal);
        vec![area.place.name.clone(), one_decimal(shown.value), interval]
    };
    Chart {
        finding: format!(
            "{} of {} {kind} are drawn, from {} downwards, with 95% intervals.",
            drawn().count(),
            found.areas.len(),
            found.areas.first().map_or("none", |area| &area.place.name)
        ),
        source: publisher(vintage, measure),
        table: Table {
            caption: title.clone(),
            columns: columns(&["Area", &unit, "95% interval"]),
            rows: drawn().map(row).collect(),
            note: None,
        },
        kind: ChartKind::Bars(BarChart { x_label: unit, bars: drawn().map(bar).collect() }),
        title,
    }
}

/// All areas in order, each leading to its page.
pub(super) fn areas_table(measure: &Measure, found: &Where<'_>) -> LinkedTable {
    let (rates, unit) = shown_as(measure, found);
    let mut headings = vec!["Area", "Recorded"];
    headings.extend(rates.then_some(unit.as_str()));
    headings.extend(["95% interval", "Rank", "Ranks it could have"]);
    let print = |x: f64| if rates { one_decimal(x) } else { thousands(x.round() as u64) };
    let row = |area: &Somewhere<'_>| {
        let shown = value(area, rates);
        let mut cells = vec![area.place.name.clone(), thousands(area.count.n)];
        cells.extend(rates.then(|| print(shown.value)));
        cells.push(between(shown.interval, print));
        let nth = |n: usize| ordinal(n as u64);
        cells.push(area.ranked.map_or_else(|| "not known".into(), |ranked| nth(ranked.rank)));
        cells.push(area.ranked.map_or_else(String::new, |ranked| {
            let (best, last) = ranked.interval;
            format!("{} to {}", nth(best), nth(last))
        }));
        cells
    };
    let note = found.no_ranks.clone().unwrap_or_else(|| {
        "The ranks hold together for all areas with 95% confidence: where those of two areas overlap, nobody can say which is higher.".into()
    });
    let kind = found.level.tier.in_words_plural();
    LinkedTable {
        table: Table {
            caption: format!("{}: {kind} in order, {}", measure.title, found.period.in_words()),
            columns: columns(&headings),
            rows: found.areas.iter().map(row).collect(),
            note: Some(note),
        },
        links: found.areas.iter().map(|area| Some(format!("areas/{}", area.place.code))).collect(),
    }
}
