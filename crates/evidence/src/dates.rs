//! Dates in prose, each with the days that it may mean.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use regex::{Captures, Regex};

use crate::pattern;

/// How much of a date is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Day,
    Month,
    Season,
    Year,
}

/// A date in a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DateInText {
    /// Where it stands, in bytes.
    pub(crate) range: Range<usize>,
    /// The first day that it may mean.
    pub(crate) first: Date,
    /// The last.
    pub(crate) last: Date,
    pub(crate) precision: Precision,
}

const MONTH: &str = r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?";
const YEAR: &str = r"(?P<year>(?:19|20)\d{2})\b";

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH},?\s+{YEAR}"))
});
static NUMERIC: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>(?:19|20)?\d{2})\b")
});
static ISO: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(?P<year>(?:19|20)\d{2})-(?P<month>\d{2})-(?P<day>\d{2})\b"));
static OF_MONTH: LazyLock<Regex> =
    LazyLock::new(|| pattern(&format!(r"(?i)\b{MONTH},?\s+(?:of\s+)?{YEAR}")));
static SEASON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)\b(?P<season>spring|summer|autumn|winter)\s+(?:of\s+)?{YEAR}"))
});
static OF_YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(YEAR));

/// The dates of a text, in order; the fuller reading of a place wins, and a year that is part of a
/// range (2024-2029, 2024/25) is none.
pub(crate) fn find(text: &str) -> Vec<DateInText> {
    let readings: [(&LazyLock<Regex>, Reading); 6] = [
        (&DAY, of_day),
        (&NUMERIC, of_day),
        (&ISO, of_day),
        (&OF_MONTH, of_month),
        (&SEASON, of_season),
        (&OF_YEAR, of_year),
    ];
    let mut found: Vec<DateInText> = Vec::new();
    for (regex, read) in readings {
        for captures in regex.captures_iter(text) {
            let Some(whole) = captures.get(0) else { continue };
            let range = whole.range();
            let taken =
                |other: &DateInText| other.range.start < range.end && range.start < other.range.end;
            if found.iter().any(taken) {
                continue;
            }
            if let Some((first, last, precision)) = read(&captures) {
                if precision == Precision::Year && in_a_range(text, &range) {
                    continue;
                }
                found.push(DateInText { range, first, last, precision });
            }
        }
    }
    found.sort_by_key(|date| date.range.start);
    found
}

type Reading = fn(&Captures<'_>) -> Option<Days>;
type Days = (Date, Date, Precision);

fn of_day(captures: &Captures<'_>) -> Option<Days> {
    let month = captures["month"].parse().ok().or_else(|| month_number(&captures["month"]))?;
    let year: i16 = captures["year"].parse().ok()?;
    let year = if year < 100 { 2000 + year } else { year };
    let day = Date::new(year, month, captures["day"].parse().ok()?).ok()?;
    Some((day, day, Precision::Day))
}

fn of_month(captures: &Captures<'_>) -> Option<Days> {
    let first =
        Date::new(captures["year"].parse().ok()?, month_number(&captures["month"])?, 1).ok()?;
    Some((first, first.last_of_month(), Precision::Month))
}

/// Spring is March to May; winter goes on into the next year.
fn of_season(captures: &Captures<'_>) -> Option<Days> {
    let year: i16 = captures["year"].parse().ok()?;
    let first_month = match captures["season"].to_lowercase().as_str() {
        "spring" => 3,
        "summer" => 6,
        "autumn" => 9,
        _ => 12,
    };
    let first = Date::new(year, first_month, 1).ok()?;
    let last = first.checked_add(2.months()).ok()?.last_of_month();
    Some((first, last, Precision::Season))
}

fn of_year(captures: &Captures<'_>) -> Option<Days> {
    let year: i16 = captures["year"].parse().ok()?;
    Some((date(year, 1, 1), date(year, 12, 31), Precision::Year))
}

pub(crate) fn month_number(name: &str) -> Option<i8> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let short = name.get(..3)?.to_lowercase();
    NAMES.iter().position(|name| *name == short).map(|index| index as i8 + 1)
}

fn in_a_range(text: &str, year: &Range<usize>) -> bool {
    let joins = |c: char| matches!(c, '-' | '–' | '/');
    text[year.end..].starts_with(joins) || text[..year.start].ends_with(joins)
}

/// A day as officers write it: 18 March 2025.
pub(crate) fn in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Date)]) {
        let found = find(text);
        let found: Vec<(&str, Date)> =
            found.iter().map(|d| (&text[d.range.clone()], d.last)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn dates_are_found_in_the_forms_of_board_papers() {
        check("on Thursday, 14 November 2024,", &[("14 November 2024", date(2024, 11, 14))]);
        check(
            "18th March 2025 or 08.02.25",
            &[("18th March 2025", date(2025, 3, 18)), ("08.02.25", date(2025, 2, 8))],
        );
        check(
            "between October 2024 and February 2025",
            &[("October 2024", date(2024, 10, 31)), ("February 2025", date(2025, 2, 28))],
        );
        check(
            "by winter 2024 or in 2026",
            &[("winter 2024", date(2025, 2, 28)), ("2026", date(2026, 12, 31))],
        );
        check(
            "the Plan 2024-2029, 2023/24, 31 February 2024",
            &[("February 2024", date(2024, 2, 29))],
        );
    }
}
