//! A clock on the facts of one case: each step with its day, and why.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::count::{Counted, after_with_pauses, date_in_words, to_working_day};
use super::pause::{Pause, PausedDays};
use super::{Clock, ClockVersion, Ends, Step};

/// What happened in one case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The days on which each event happened.
    #[serde(default)]
    pub events: BTreeMap<String, BTreeSet<Date>>,
    /// Pauses.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// More time that was agreed.
    #[serde(default)]
    pub extensions: Vec<Extension>,
}

/// More time that was agreed for a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The step.
    pub step: String,
    /// The new last day.
    pub to: Date,
    /// When it was agreed.
    pub agreed: Date,
}

/// By when a step must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// On this day at the latest.
    On(Date),
    /// On this day, if what it waits for is done on its own last day.
    Expected(Date),
    /// A pause goes on: so many days were left when it began.
    StandsStill {
        /// The first day of standing still.
        since: Date,
        /// Days that were left, the first paused one included.
        days_left: i64,
    },
    /// No day can be told before this happens.
    Waits {
        /// The event, in words.
        event: String,
    },
    /// Law and guidance set no time.
    NoTime,
}

/// How a step stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Done, in time or where no time was set.
    Done {
        /// When.
        on: Date,
    },
    /// Done after its last day.
    DoneLate {
        /// When.
        on: Date,
        /// By how many days.
        days: i64,
    },
    /// Its last day is past.
    Late {
        /// By how many days.
        days: i64,
    },
    /// Still to do.
    Open {
        /// Days to its last day; none where no day can be told.
        days_left: Option<i64>,
    },
}

/// A step of a clock in one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepState<'a> {
    /// The step.
    pub step: &'a Step,
    /// The version that it follows.
    pub version: &'a ClockVersion,
    /// By when.
    pub due: Due,
    /// How it stands.
    pub timing: Timing,
    /// Why that day, in sentences.
    pub reasons: Vec<String>,
    /// What is not sure, in sentences.
    pub warnings: Vec<String>,
}

/// Every step that applies, in the order of the versions.
///
/// A step whose starting event has not happened is shown by the version in force today.
pub fn run<'a>(
    clock: &'a Clock,
    facts: &Facts,
    calendar: &Calendar,
    today: Date,
) -> Vec<StepState<'a>> {
    let running = Running { clock, facts, calendar, today };
    let steps = clock.versions.iter().flat_map(|version| {
        let of_version = version.steps.iter().map(move |step| (version, step));
        of_version.filter(|(version, step)| running.applies(version, step))
    });
    steps.map(|(version, step)| running.state(version, step)).collect()
}

struct Running<'a, 'b> {
    clock: &'a Clock,
    facts: &'b Facts,
    calendar: &'b Calendar,
    today: Date,
}

impl<'a> Running<'a, '_> {
    fn applies(&self, version: &ClockVersion, step: &Step) -> bool {
        let happened = |event: &String| {
            let days = self.facts.events.get(event);
            days.is_some_and(|days| days.iter().any(|day| *day <= self.today))
        };
        version.is_in_force(self.chosen_by(step)) && !step.unless.iter().any(happened)
    }

    /// The day whose version a step follows.
    fn chosen_by(&self, step: &Step) -> Date {
        match step.by {
            // A day that the source names is of the version in force on that day.
            Some(by) => by,
            None => self.start(step).map_or(self.today, |(_, date)| date),
        }
    }

    /// The latest of the events that a step is counted from, up to today.
    fn start<'s>(&self, step: &'s Step) -> Option<(&'s str, Date)> {
        let latest = |event: &'s String| {
            let days = self.facts.events.get(event)?;
            days.iter().rev().find(|day| **day <= self.today).map(|day| (event.as_str(), *day))
        };
        step.after.iter().filter_map(latest).max_by_key(|(_, day)| *day)
    }

    fn state(&self, version: &'a ClockVersion, step: &'a Step) -> StepState<'a> {
        let mut told = Told::default();
        let start = self.start(step);
        let due = self.due(version, step, start, &mut told, 0);
        let comes_round = step.after.contains(&step.done);
        let done = (!comes_round).then(|| self.done(step, start.map(|(_, day)| day))).flatten();
        told.warnings
            .extend(step.tc.iter().chain(&version.tc).map(|tc| format!("To check: {tc}.")));
        let timing = self.timing(&due, done);
        StepState { step, version, due, timing, reasons: told.reasons, warnings: told.warnings }
    }

    /// When a step was done: on or after its start.
    fn done(&self, step: &Step, start: Option<Date>) -> Option<Date> {
        let days = self.facts.events.get(&step.done)?;
        days.iter()
            .copied()
            .find(|day| *day <= self.today && start.is_none_or(|start| *day >= start))
    }

    fn due(
        &self,
        version: &ClockVersion,
        step: &Step,
        start: Option<(&str, Date)>,
        told: &mut Told,
        depth: usize,
    ) -> Due {
        if let Some(by) = step.by {
            told.reasons.push(format!("{} names {}.", version.source, date_in_words(by)));
            return Due::On(by);
        }
        let Some(within) = step.within else {
            told.reasons.push(format!("{} sets no time for this.", version.source));
            return Due::NoTime;
        };
        let Some((event, day)) = start else {
            return self.expected(version, step, told, depth);
        };
        told.reasons.push(format!(
            "{}: {}; that day is not counted.",
            self.clock.event_in_words(event),
            date_in_words(day)
        ));
        told.reasons.push(format!(
            "{} (in force from {}) allows {within}.",
            version.source,
            date_in_words(version.from)
        ));
        if let Some(agreed) = self.extension(step) {
            let with = step.extended_with.as_deref().unwrap_or_default();
            told.reasons.push(format!(
                "More time was agreed with {with} on {}: to {}.",
                date_in_words(agreed.agreed),
                date_in_words(agreed.to)
            ));
            return Due::On(agreed.to);
        }
        self.counted(step, within, day, told)
    }

    fn counted(&self, step: &Step, within: super::Length, day: Date, told: &mut Told) -> Due {
        let paused = PausedDays::of(&self.facts.pauses, &step.paused_by);
        let ended = paused.ended();
        let Counted { date, reasons, warnings } =
            after_with_pauses(day, within, self.calendar, &ended);
        told.reasons.extend(reasons);
        told.warnings.extend(warnings);
        let by_working_days =
            matches!(within, super::Length::WorkingDays(_) | super::Length::ClearWorkingDays(_));
        // Working days that were paused are left out already.
        let (date, days) = if by_working_days { (date, 0) } else { ended.moved(day, date) };
        if days > 0 {
            told.reasons.push(format!(
                "The clock was paused for {days} days in between, so it ends on {}.",
                date_in_words(date)
            ));
        }
        if let Some((since, days_left)) = paused.stands_still(day, date) {
            told.reasons.push(format!(
                "The clock has stood still since {}, with {days_left} {} left.",
                date_in_words(since),
                if days_left == 1 { "day" } else { "days" }
            ));
            return Due::StandsStill { since, days_left };
        }
        if step.ends == Ends::AsCounted {
            return Due::On(date);
        }
        let Counted { date, reasons, warnings } = to_working_day(date, self.calendar);
        told.reasons.extend(reasons);
        told.warnings.extend(warnings);
        Due::On(date)
    }

    /// What can be told before the starting event: the day it would be, if the step that brings the
    /// event is done on its last day.
    fn expected(&self, version: &ClockVersion, step: &Step, told: &mut Told, depth: usize) -> Due {
        let event = step.after.first().map(String::as_str).unwrap_or_default();
        let waits = Due::Waits { event: self.clock.event_in_words(event).to_owned() };
        let (Some(within), true) = (step.within, depth < version.steps.len()) else { return waits };
        let bringer = version.steps.iter().find(|other| other.done == event && other.id != step.id);
        let Some(bringer) = bringer else { return waits };
        let mut before = Told::default();
        let (Due::On(day) | Due::Expected(day)) =
            self.due(version, bringer, self.start(bringer), &mut before, depth + 1)
        else {
            return waits;
        };
        let counted = after_with_pauses(day, within, self.calendar, &PausedDays::default());
        told.reasons.push(format!(
            "Not yet: {}. If that is on its last day, {}, then {within} later.",
            self.clock.event_in_words(event),
            date_in_words(day)
        ));
        told.reasons.extend(counted.reasons);
        told.warnings.extend(counted.warnings);
        Due::Expected(counted.date)
    }

    /// The last extension that was agreed, where the step allows any.
    fn extension(&self, step: &Step) -> Option<&Extension> {
        step.extended_with.as_ref()?;
        let of_step = self.facts.extensions.iter().filter(|one| one.step == step.id);
        of_step.filter(|one| one.agreed <= self.today).max_by_key(|one| one.agreed)
    }

    fn timing(&self, due: &Due, done: Option<Date>) -> Timing {
        let last = match due {
            Due::On(day) => Some(*day),
            _ => None,
        };
        match (done, last) {
            (Some(on), Some(last)) if on > last => {
                Timing::DoneLate { on, days: days_between(last, on) }
            }
            (Some(on), _) => Timing::Done { on },
            (None, Some(last)) if self.today > last => {
                Timing::Late { days: days_between(last, self.today) }
            }
            (None, last) => {
                Timing::Open { days_left: last.map(|last| days_between(self.today, last)) }
            }
        }
    }
}

#[derive(Default)]
struct Told {
    reasons: Vec<String>,
    warnings: Vec<String>,
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
