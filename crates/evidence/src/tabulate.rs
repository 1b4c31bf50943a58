//! A measure by area and period, as a table: what `wardmote measure` prints.

use std::str::FromStr;

use serde::Serialize;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::{Month, Period};

use crate::declarations::Form;
use crate::figure::small_number_caution;
use crate::figures::settling;
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{take, why_missing};

/// How a run of months is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Each month.
    Month,
    /// Each quarter of the calendar.
    Quarter,
    /// Each calendar year.
    CalendarYear,
    /// Each April to March.
    FinancialYear,
    /// Each run of twelve months, month by month.
    RollingYear,
    /// The whole run.
    Whole,
}

const STEPS: [(Step, &str); 6] = [
    (Step::Month, "month"),
    (Step::Quarter, "quarter"),
    (Step::CalendarYear, "calendar-year"),
    (Step::FinancialYear, "financial-year"),
    (Step::RollingYear, "rolling-year"),
    (Step::Whole, "whole"),
];

/// The text names no step.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a step; write month, quarter, calendar-year, financial-year, rolling-year or whole"
)]
pub struct UnknownStep {
    /// What was written.
    pub text: String,
}

impl FromStr for Step {
    type Err = UnknownStep;

    fn from_str(text: &str) -> Result<Self, UnknownStep> {
        let found = STEPS.iter().find(|(_, name)| *name == text);
        found.map(|(step, _)| *step).ok_or_else(|| UnknownStep { text: text.to_owned() })
    }
}

/// The periods that a run holds whole; a part at either end is left out, because a part year beside a
/// full one reads as a fall.
pub fn periods(first: Month, last: Month, step: Step) -> Vec<Period> {
    let months = (0..).map(|n| first.plus(n)).take_while(|month| *month <= last);
    let starts =
        |every: fn(u8) -> bool| months.clone().filter(move |month| every(month.month_of_year()));
    let written = |month: Month, n: i32, text: String| {
        (month.plus(n - 1) <= last).then(|| text.parse().ok()).flatten()
    };
    let run = |month: Month, n: i32| {
        (month.plus(n - 1) <= last).then(|| Period::run(month, month.plus(n - 1)).ok()).flatten()
    };
    match step {
        Step::Month => months.clone().filter_map(|month| run(month, 1)).collect(),
        Step::Quarter => starts(|m| m % 3 == 1)
            .filter_map(|month| {
                written(
                    month,
                    3,
                    format!("{}-Q{}", month.year(), month.month_of_year().div_ceil(3)),
                )
            })
            .collect(),
        Step::CalendarYear => starts(|m| m == 1)
            .filter_map(|month| written(month, 12, month.year().to_string()))
            .collect(),
        Step::FinancialYear => starts(|m| m == 4)
            .filter(|month| month.plus(11) <= last)
            .filter_map(|month| Period::financial_year(month.year()))
            .collect(),
        Step::RollingYear => months
            .clone()
            .filter_map(|month| written(month, 12, format!("year to {}", month.plus(11))))
            .collect(),
        Step::Whole => Period::run(first, last).into_iter().collect(),
    }
}

/// One cell of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// The area's code.
    pub area: String,
    /// Its name.
    pub name: String,
    /// The period.
    pub period: String,
    /// Events; `None` where a month has not come.
    pub n: Option<u64>,
    /// Residents, or the rows that a share is taken of.
    pub base: Option<u64>,
    /// The count, rate or share in per cent.
    pub value: Option<f64>,
    /// Lower 95% limit.
    pub lower: Option<f64>,
    /// Upper 95% limit.
    pub upper: Option<f64>,
    /// What to mind.
    pub note: Option<String>,
}

/// Tabulates a measure by the areas of a level and by period.
pub fn tabulate(
    observed: &Observed,
    measure: &Measure,
    level: AreaLevel,
    districts: &[AreaCode],
    periods: &[Period],
    form: Form,
) -> Result<Vec<Cell>, ObservedError> {
    let mut cells = Vec::new();
    for place in observed.places_within(level, districts)? {
        for period in periods {
            cells.push(cell(observed, measure, place, period, form)?);
        }
    }
    Ok(cells)
}

fn cell(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
    form: Form,
) -> Result<Cell, ObservedError> {
    if !place.parts.is_empty() {
        return estimated(observed, measure, place, period, form);
    }
    let taken = take(observed, measure, place, period, form)?;
    let known = taken.as_ref().ok();
    Ok(Cell {
        area: place.code.to_string(),
        name: place.name.clone(),
        period: period.to_string(),
        n: known.map(|taken| taken.n),
        base: known.and_then(|taken| taken.base),
        value: known.map(|taken| taken.value),
        lower: known.map(|taken| taken.interval.lower),
        upper: known.map(|taken| taken.interval.upper),
        note: match &taken {
            Ok(taken) => {
                let unsettled = observed.unsettled(measure, period)?;
                small_number_caution(taken.n).or_else(|| settling(&unsettled, period.n_months()))
            }
            Err(why) => Some(format!("not known: {}", why.0)),
        },
    })
}

/// A cell of a place that small areas lie in with a part: no limits, because nobody knows them.
fn estimated(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
    form: Form,
) -> Result<Cell, ObservedError> {
    let found = observed.estimate(&measure.numerator, place, period)?;
    let value = match (form, &found) {
        (Form::Count, Ok(n)) => Some(*n),
        _ => None,
    };
    let note = match (form, found) {
        (_, Err(months)) => {
            let source = &measure.numerator.source;
            format!("not known: {}", why_missing(observed, source, &months, period.n_months()))
        }
        (Form::Count, Ok(_)) => format!(
            "an estimate: {} small areas of the other census lie partly here, and are shared out by residents",
            place.parts.len()
        ),
        _ => {
            "not known: small areas lie partly here, so only an estimated count can be given".into()
        }
    };
    Ok(Cell {
        area: place.code.to_string(),
        name: place.name.clone(),
        period: period.to_string(),
        n: None,
        base: None,
        value,
        lower: None,
        upper: None,
        note: Some(note),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(first: &str, last: &str, step: Step) -> Vec<String> {
        periods(first.parse().unwrap(), last.parse().unwrap(), step)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn parts_of_years_are_left_out() {
        assert_eq!(cut("2021-05", "2024-04", Step::FinancialYear), ["2022/23", "2023/24"]);
        assert_eq!(cut("2021-05", "2024-04", Step::CalendarYear), ["2022", "2023"]);
        assert_eq!(cut("2021-05", "2021-12", Step::Quarter), ["2021-Q3", "2021-Q4"]);
        assert_eq!(
            cut("2021-05", "2022-05", Step::RollingYear),
            ["year to 2022-04", "year to 2022-05"]
        );
        assert_eq!(cut("2021-05", "2021-06", Step::Month), ["2021-05", "2021-06"]);
        assert_eq!(cut("2021-05", "2024-04", Step::Whole), ["2021-05..2024-04"]);
    }
}
