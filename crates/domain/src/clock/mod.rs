//! Clocks of law and guidance: by when a step must be done, counted from what happened.
//!
//! A clock is dated configuration of the partnership ([`Clock`], a file of `clocks/`): its steps, from
//! which event each is counted and how long it may take, with the source. [`run`] tells each step's
//! date and why; nothing here reads the file, or a clock of this machine.
//!
//! # How time is counted
//!
//! - The day of the event is not counted. A month ends on the day with the same number; where the
//!   month has no such day, on its last day (31 January and one month: 28 February, or 29 in a leap
//!   year). Months are counted from the event, never from a day that was moved already.
//! - Working days leave out Saturdays, Sundays and the calendar's bank holidays. Clear working days
//!   leave out both ends: five of them lie wholly between.
//! - A date that falls on no working day stays, unless the step says `ends = "next-working-day"`.
//! - A pause is whole days, its first and last included. Each paused day after the event and before
//!   the step's end moves that end by a day; a day of two pauses counts once; days before the event
//!   count for nothing. While a pause has no end, no date can be told.
//! - A step follows the version in force on the day of its starting event, whatever came later.
//! - The last day lasts to its end in the calendar's time zone, also where clocks change.

mod calendar;
mod count;
mod pause;
mod route;
mod run;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use calendar::{Calendar, CalendarError, Holiday, KnownYears};
pub use count::{Counted, Length, after, before, date_in_words};
pub use pause::{Pause, PausedDays};
pub use route::{ApprovalRoute, RouteDate, RouteError, RoutePaper, RouteStep, route_dates};
pub use run::{Due, Extension, Facts, StepState, Timing, run};
pub use written::FactError;

/// A clock, as a file of `clocks/` declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// What it is the clock of.
    pub title: String,
    /// What can happen, by id, in words.
    pub events: BTreeMap<String, String>,
    /// What can pause it, by id, in words.
    #[serde(default)]
    pub pauses: BTreeMap<String, String>,
    /// Its versions, each with the days it is in force.
    pub versions: Vec<ClockVersion>,
}

/// What law or guidance said between two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockVersion {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub source: String,
    /// The first day it is in force.
    pub from: Date,
    /// The last day, if it has one.
    pub to: Option<Date>,
    /// When somebody last compared this with the source.
    pub checked: Date,
    /// What is still to check.
    pub tc: Option<String>,
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// A step that must be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Id, unique in its version.
    pub id: String,
    /// What must be done.
    pub title: String,
    /// Who must do it.
    pub who: Option<String>,
    /// The events it is counted from; of several that happened, the latest.
    #[serde(default)]
    pub after: Vec<String>,
    /// How long it may take; without it no time is set.
    pub within: Option<Length>,
    /// A day that the source itself names.
    pub by: Option<Date>,
    /// The event that shows it done. If it is one of `after` too, the step comes round again.
    pub done: String,
    /// Events after which it no longer applies.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Which pauses move it.
    #[serde(default)]
    pub paused_by: Vec<String>,
    /// With whom more time can be agreed.
    pub extended_with: Option<String>,
    /// What becomes of an end on a day that is no working day.
    #[serde(default)]
    pub ends: Ends,
    /// What is still to check.
    pub tc: Option<String>,
}

/// What becomes of an end on a day that is no working day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ends {
    /// It stays.
    #[default]
    AsCounted,
    /// It moves to the next working day.
    NextWorkingDay,
}

/// Why a clock contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// Nothing is in force at any time.
    #[error("the clock has no version; give it [[versions]] with `from` and steps")]
    NoVersion,
    /// Two versions are in force on one day.
    #[error(
        "versions {earlier:?} and {later:?} are both in force on {day}; end the first with `to`"
    )]
    Overlap {
        /// The earlier version.
        earlier: String,
        /// The later.
        later: String,
        /// The first day of both.
        day: Date,
    },
    /// A version ends before it begins.
    #[error("version {version:?} ends on {to}, before it begins on {from}")]
    Backwards {
        /// The version.
        version: String,
        /// Its first day.
        from: Date,
        /// Its last.
        to: Date,
    },
    /// Two steps of a version share an id.
    #[error("version {version:?} has two steps {step:?}")]
    SameStep {
        /// The version.
        version: String,
        /// The id.
        step: String,
    },
    /// A step names an event that is not declared.
    #[error("step {step:?} of {version:?} names the event {event:?}; declare it in [events]")]
    UnknownEvent {
        /// The version.
        version: String,
        /// The step.
        step: String,
        /// The event.
        event: String,
    },
    /// A step names a pause that is not declared.
    #[error("step {step:?} of {version:?} is paused by {pause:?}; declare it in [pauses]")]
    UnknownPause {
        /// The version.
        version: String,
        /// The step.
        step: String,
        /// The pause.
        pause: String,
    },
    /// A time without an event to count from, or a day beside a count.
    #[error(
        "step {step:?} of {version:?} needs one of: `after` with `within`, `after` alone where no time is set, `by` alone"
    )]
    Time {
        /// The version.
        version: String,
        /// The step.
        step: String,
    },
}

impl Clock {
    /// Whether the clock goes together; called once after reading.
    pub fn check(&self) -> Result<(), ClockError> {
        if self.versions.is_empty() {
            return Err(ClockError::NoVersion);
        }
        let mut ordered: Vec<&ClockVersion> = self.versions.iter().collect();
        ordered.sort_by_key(|version| version.from);
        for pair in ordered.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            if earlier.to.is_none_or(|to| to >= later.from) {
                return Err(ClockError::Overlap {
                    earlier: earlier.name.clone(),
                    later: later.name.clone(),
                    day: later.from,
                });
            }
        }
        self.versions.iter().try_for_each(|version| self.check_version(version))
    }

    fn check_version(&self, version: &ClockVersion) -> Result<(), ClockError> {
        if let Some(to) = version.to.filter(|to| *to < version.from) {
            let version_name = version.name.clone();
            return Err(ClockError::Backwards { version: version_name, from: version.from, to });
        }
        let mut ids = BTreeSet::new();
        for step in &version.steps {
            let (version, name) = (version.name.clone(), step.id.clone());
            if !ids.insert(&step.id) {
                return Err(ClockError::SameStep { version, step: name });
            }
            let mut events =
                step.after.iter().chain(&step.unless).chain(std::iter::once(&step.done));
            if let Some(event) = events.find(|event| !self.events.contains_key(*event)) {
                return Err(ClockError::UnknownEvent { version, step: name, event: event.clone() });
            }
            if let Some(pause) = step.paused_by.iter().find(|one| !self.pauses.contains_key(*one)) {
                return Err(ClockError::UnknownPause { version, step: name, pause: pause.clone() });
            }
            let told = match (step.after.is_empty(), step.within, step.by) {
                (true, None, Some(_)) | (false, _, None) => true,
                (true | false, ..) => false,
            };
            if !told {
                return Err(ClockError::Time { version, step: name });
            }
        }
        Ok(())
    }

    /// The version in force on a day.
    pub fn in_force(&self, day: Date) -> Option<&ClockVersion> {
        self.versions.iter().find(|version| version.is_in_force(day))
    }

    /// An event in words; its id where it is not declared.
    pub fn event_in_words<'a>(&'a self, event: &'a str) -> &'a str {
        self.events.get(event).map_or(event, String::as_str)
    }
}

impl ClockVersion {
    /// Whether it is in force on a day.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }
}
