//! Working days and the time zone, as dated configuration.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A calendar, as a file of `calendars/` declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// Whose calendar it is.
    pub title: String,
    /// Where the holidays are published.
    pub source: String,
    /// When somebody last compared this with the source.
    pub checked: Date,
    /// What is still to check.
    pub tc: Option<String>,
    /// The time zone as POSIX writes its rule: `GMT0BST,M3.5.0/1,M10.5.0` for London.
    pub time_zone: String,
    /// The years whose holidays are all here.
    pub known: KnownYears,
    /// The days, with their names.
    pub holidays: Vec<Holiday>,
}

/// Years whose holidays are all known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownYears {
    /// The first.
    pub from: i16,
    /// The last.
    pub to: i16,
}

/// A bank holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// The day.
    pub date: Date,
    /// Its name.
    pub name: String,
}

/// Why a calendar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The rule of the time zone cannot be read.
    #[error("time_zone {rule:?} is no rule such as GMT0BST,M3.5.0/1,M10.5.0: {why}")]
    TimeZone {
        /// The rule.
        rule: String,
        /// What is wrong with it.
        why: String,
    },
    /// A day is named twice.
    #[error("{date} is a holiday twice: {first:?} and {second:?}")]
    Twice {
        /// The day.
        date: Date,
        /// Its first name.
        first: String,
        /// Its second.
        second: String,
    },
    /// A day of a year that is not among those known.
    #[error(
        "{date} ({name}) lies outside the known years {from} to {to}; widen `known` once all of its year are here"
    )]
    OutsideKnown {
        /// The day.
        date: Date,
        /// Its name.
        name: String,
        /// The first known year.
        from: i16,
        /// The last.
        to: i16,
    },
    /// A year that is said to be known and has no holiday.
    #[error("{year} is among the known years and has no holiday")]
    EmptyYear {
        /// The year.
        year: i16,
    },
}

impl Calendar {
    /// Whether the calendar goes together; called once after reading.
    pub fn check(&self) -> Result<(), CalendarError> {
        self.zone()?;
        let mut names: BTreeMap<Date, &str> = BTreeMap::new();
        for Holiday { date, name } in &self.holidays {
            if !self.knows(*date) {
                let KnownYears { from, to } = self.known;
                return Err(CalendarError::OutsideKnown {
                    date: *date,
                    name: name.clone(),
                    from,
                    to,
                });
            }
            if let Some(first) = names.insert(*date, name) {
                return Err(CalendarError::Twice {
                    date: *date,
                    first: first.to_owned(),
                    second: name.clone(),
                });
            }
        }
        let empty = |year: &i16| names.keys().all(|date| date.year() != *year);
        match (self.known.from..=self.known.to).find(empty) {
            Some(year) => Err(CalendarError::EmptyYear { year }),
            None => Ok(()),
        }
    }

    /// The name of the holiday on a day.
    pub fn holiday(&self, date: Date) -> Option<&str> {
        self.holidays.iter().find(|one| one.date == date).map(|one| one.name.as_str())
    }

    /// Whether a day is a working day, as far as is known.
    pub fn is_working_day(&self, date: Date) -> bool {
        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
            && self.holiday(date).is_none()
    }

    /// Whether all holidays of the day's year are known.
    pub fn knows(&self, date: Date) -> bool {
        (self.known.from..=self.known.to).contains(&date.year())
    }

    /// The first moment after a day in the calendar's time zone: a deadline on the day is kept before it.
    pub fn end_of_day(&self, date: Date) -> Result<Timestamp, CalendarError> {
        let next = date.saturating_add(jiff::Span::new().days(1));
        let midnight = next.to_zoned_datetime(self.zone()?).map_err(|why| self.refused(&why))?;
        Ok(midnight.timestamp())
    }

    /// The moment at which a time comes on a day in the calendar's time zone.
    pub fn moment(&self, date: Date, time: Time) -> Result<Timestamp, CalendarError> {
        let at = date.to_datetime(time).to_zoned_datetime(self.zone()?);
        Ok(at.map_err(|why| self.refused(&why))?.timestamp())
    }

    /// The day that a moment lies in.
    pub fn day_of(&self, moment: Timestamp) -> Result<Date, CalendarError> {
        Ok(moment.to_zoned_datetime(self.zone()?).date())
    }

    fn zone(&self) -> Result<TimeZone, CalendarError> {
        TimeZone::posix(&self.time_zone).map_err(|why| self.refused(&why))
    }

    fn refused(&self, why: &jiff::Error) -> CalendarError {
        CalendarError::TimeZone { rule: self.time_zone.clone(), why: why.to_string() }
    }
}
