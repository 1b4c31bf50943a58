//! The drawing of an answer: lines for months, bars for all else.

use wardmote_evidence::explore::{Asked, By, Row};
use wardmote_evidence::numbers::{one_decimal, thousands};
use wardmote_reports::{Bar, BarChart, Chart, ChartKind, Column, Line, SeriesChart, Table};

use super::unit;
use crate::serve::charts::publisher;
use crate::serve::vintage::Vintage;

/// More bars than this are a table's business.
const MOST_BARS: usize = 40;

/// The chart of the rows; `None` where none of them is known.
pub(super) fn chart(
    vintage: &Vintage,
    asked: &Asked<'_>,
    rows: &[Row<'_>],
    title: &str,
) -> Option<Chart> {
    let known = rows.iter().filter(|row| row.taken.is_ok()).count();
    if known == 0 {
        return None;
    }
    let kind = match asked.by {
        By::Month => ChartKind::Series(series(asked, rows)),
        _ => ChartKind::Bars(bars(asked, rows)),
    };
    let drawn = match &kind {
        ChartKind::Bars(bars) => bars.bars.len(),
        _ => known,
    };
    let title = format!("{title}: chart");
    Some(Chart {
        finding: format!(
            "{} of {} values are drawn; {} are not known.",
            thousands(drawn as u64),
            thousands(rows.len() as u64),
            thousands((rows.len() - known) as u64)
        ),
        source: publisher(vintage, asked.measure),
        table: table(asked, rows, &title),
        kind,
        title,
    })
}

fn series(asked: &Asked<'_>, rows: &[Row<'_>]) -> SeriesChart {
    let lines = asked.places.iter().map(|place| Line {
        name: place.name.clone(),
        values: rows
            .iter()
            .filter(|row| row.place.code == place.code)
            .map(|row| row.taken.as_ref().ok().map(|taken| taken.value))
            .collect(),
    });
    SeriesChart {
        y_label: unit(asked.measure, asked.form),
        months: asked.period.months().map(|month| month.to_string()).collect(),
        lines: lines.collect(),
        withheld: Vec::new(),
        expected: None,
        markers: Vec::new(),
    }
}

fn label(asked: &Asked<'_>, row: &Row<'_>) -> String {
    let mut parts = Vec::new();
    if asked.places.len() > 1 || matches!(asked.by, By::Area(_) | By::Whole) {
        parts.push(row.place.name.clone());
    }
    if asked.by == By::FinancialYear {
        parts.push(row.period.in_words());
    }
    parts.extend(row.category.as_ref().map(wardmote_domain::category::Category::name));
    parts.join(", ")
}

fn bars(asked: &Asked<'_>, rows: &[Row<'_>]) -> BarChart {
    let mut bars: Vec<Bar> = rows
        .iter()
        .filter_map(|row| {
            let taken = row.taken.as_ref().ok()?;
            Some(Bar {
                label: label(asked, row),
                value: taken.value,
                interval: Some((taken.interval.lower, taken.interval.upper)),
                highlighted: false,
            })
        })
        .collect();
    if asked.by != By::FinancialYear {
        bars.sort_by(|a, b| b.value.total_cmp(&a.value));
    }
    bars.truncate(MOST_BARS);
    BarChart { x_label: unit(asked.measure, asked.form), bars }
}

fn table(asked: &Asked<'_>, rows: &[Row<'_>], title: &str) -> Table {
    let column = |heading: &str, numeric| Column { heading: heading.to_owned(), numeric };
    let of_month = |row: &Row<'_>| {
        let value = row.taken.as_ref().map(|taken| one_decimal(taken.value));
        vec![
            format!("{}, {}", row.place.name, row.period.in_words()),
            value.unwrap_or_else(|_| "not known".into()),
        ]
    };
    let drawn: Vec<Vec<String>> = if asked.by == By::Month {
        rows.iter().map(of_month).collect()
    } else {
        let bars = bars(asked, rows).bars;
        bars.into_iter().map(|bar| vec![bar.label, one_decimal(bar.value)]).collect()
    };
    Table {
        caption: title.to_owned(),
        columns: vec![column("Of", false), column(&unit(asked.measure, asked.form), true)],
        rows: drawn,
        note: None,
    }
}
