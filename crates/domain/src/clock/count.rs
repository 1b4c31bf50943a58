//! Counting months, days and working days, forwards and back.

use std::fmt::{self, Write as _};

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::pause::PausedDays;
use crate::period::MONTH_NAMES;

/// A length of time, as law and guidance give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Calendar months.
    Months(u16),
    /// Days of any kind.
    Days(u16),
    /// Days that are neither Saturday, Sunday nor a bank holiday.
    WorkingDays(u16),
    /// Working days that lie wholly between, neither end counted.
    ClearWorkingDays(u16),
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, unit) = match self {
            Self::Months(n) => (n, "month"),
            Self::Days(n) => (n, "day"),
            Self::WorkingDays(n) => (n, "working day"),
            Self::ClearWorkingDays(n) => (n, "clear working day"),
        };
        write!(f, "{n} {unit}{}", if *n == 1 { "" } else { "s" })
    }
}

/// A day that was counted to, with why it is that day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The day.
    pub date: Date,
    /// What was counted, in sentences.
    pub reasons: Vec<String>,
    /// What is not sure, in sentences.
    pub warnings: Vec<String>,
}

/// The last day of a length of time after a day, which itself is not counted.
pub fn after(start: Date, length: Length, calendar: &Calendar) -> Counted {
    after_with_pauses(start, length, calendar, &PausedDays::default())
}

/// The same where working days that are paused are not counted. Months and days are moved afterwards.
pub(super) fn after_with_pauses(
    start: Date,
    length: Length,
    calendar: &Calendar,
    paused: &PausedDays,
) -> Counted {
    match length {
        Length::Months(n) => months(start, n),
        Length::Days(n) => {
            let date = start.saturating_add(Span::new().days(i64::from(n)));
            let reason = format!("{length} after {} end on {}.", words(start), words(date));
            Counted { date, reasons: vec![reason], warnings: Vec::new() }
        }
        Length::WorkingDays(n) | Length::ClearWorkingDays(n) => {
            // With clear days the end is the first working day after them.
            let beyond = u16::from(matches!(length, Length::ClearWorkingDays(_)));
            working_days(start, length, n + beyond, 1, calendar, paused)
        }
    }
}

/// The last day on which something may be done so that a length of time is left before a day.
pub fn before(end: Date, length: Length, calendar: &Calendar) -> Counted {
    match length {
        Length::Months(n) => {
            let date = end.saturating_sub(Span::new().months(i32::from(n)));
            let mut reason = format!("{length} before {} is {}", words(end), words(date));
            if date.day() != end.day() {
                let _ = write!(reason, ", the last day of {}", month(date));
            }
            Counted { date, reasons: vec![reason + "."], warnings: Vec::new() }
        }
        Length::Days(n) => {
            let date = end.saturating_sub(Span::new().days(i64::from(n)));
            let reason = format!("{length} before {} is {}.", words(end), words(date));
            Counted { date, reasons: vec![reason], warnings: Vec::new() }
        }
        Length::WorkingDays(n) | Length::ClearWorkingDays(n) => {
            let beyond = u16::from(matches!(length, Length::ClearWorkingDays(_)));
            working_days(end, length, n + beyond, -1, calendar, &PausedDays::default())
        }
    }
}

fn months(start: Date, n: u16) -> Counted {
    let date = start.saturating_add(Span::new().months(i32::from(n)));
    let unit = Length::Months(n);
    let verb = if n == 1 { "ends" } else { "end" };
    let mut reason = format!("{unit} after {} {verb} on {}", words(start), words(date));
    if date.day() != start.day() {
        let _ = write!(reason, ", because {} has no day {}", month(date), start.day());
    }
    Counted { date, reasons: vec![reason + "."], warnings: Vec::new() }
}

fn working_days(
    start: Date,
    length: Length,
    n: u16,
    direction: i64,
    calendar: &Calendar,
    paused: &PausedDays,
) -> Counted {
    let (mut date, mut left) = (start, n);
    let mut holidays = Vec::new();
    let mut unknown = None;
    while left > 0 {
        let next = date.saturating_add(Span::new().days(direction));
        // At either end of all dates there is nothing left to count.
        if next == date {
            break;
        }
        date = next;
        if !calendar.knows(date) {
            unknown.get_or_insert(date.year());
        }
        if let Some(name) = calendar.holiday(date) {
            holidays.push(format!("{name}, {}", words(date)));
        }
        if calendar.is_working_day(date) && !paused.contains(date) {
            left -= 1;
        }
    }
    let side = if direction > 0 { "after" } else { "before" };
    let clear = if matches!(length, Length::ClearWorkingDays(_)) {
        let (earlier, later) = (start.min(date), start.max(date));
        format!("{length} lie between {} and {}", words(earlier), words(later))
    } else {
        format!("{length} {side} {} is {}", words(start), words(date))
    };
    let mut reasons = vec![format!("{clear}; Saturdays and Sundays do not count.")];
    if !holidays.is_empty() {
        let verb = if holidays.len() == 1 { "does" } else { "do" };
        reasons.push(format!("{} {verb} not count either.", holidays.join("; ")));
    }
    let mut warnings = Vec::new();
    if let Some(year) = unknown {
        warnings.push(not_known(calendar, year));
    }
    Counted { date, reasons, warnings }
}

/// The next working day, if the day is none.
pub(super) fn to_working_day(date: Date, calendar: &Calendar) -> Counted {
    let mut moved = date;
    while !calendar.is_working_day(moved) {
        let next = moved.saturating_add(Span::new().days(1));
        if next == moved {
            break;
        }
        moved = next;
    }
    let mut reasons = Vec::new();
    if moved != date {
        let why = calendar.holiday(date).map_or("a weekend".to_owned(), str::to_owned);
        reasons.push(format!(
            "{} is no working day ({why}), so it ends on {}.",
            words(date),
            words(moved)
        ));
    }
    let warnings =
        (!calendar.knows(moved)).then(|| not_known(calendar, moved.year())).into_iter().collect();
    Counted { date: moved, reasons, warnings }
}

fn not_known(calendar: &Calendar, year: i16) -> String {
    format!(
        "The bank holidays of {year} are not in the calendar, which knows {} to {}: only weekends were left out. Add them and count again.",
        calendar.known.from, calendar.known.to
    )
}

/// A date as GOV.UK writes it: 3 April 2025.
pub fn date_in_words(date: Date) -> String {
    format!("{} {}", date.day(), month(date))
}

fn words(date: Date) -> String {
    date_in_words(date)
}

fn month(date: Date) -> String {
    let index = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    format!("{} {}", MONTH_NAMES.get(index).copied().unwrap_or_default(), date.year())
}
