//! Each step of a clock in one case, with its date and why.

use jiff::civil::Date;
use wardmote_domain::clock::{Clock, Due, Facts, StepState, Timing, date_in_words, run};

use crate::Outcome;
use crate::console::{self, Format};
use crate::law::Law;

/// Prints every step; something is wrong where one is late.
pub(crate) fn print(
    law: &Law,
    clock: &Clock,
    facts: &Facts,
    on: Date,
    format: Format,
) -> anyhow::Result<Outcome> {
    let states = run(clock, facts, &law.calendar, on);
    let late = states.iter().any(|state| matches!(state.timing, Timing::Late { .. }));
    if format == Format::Table {
        println!("{}\nOn {}", clock.title, date_in_words(on));
        // What is to check of a whole version is said once.
        let mut said = Vec::new();
        for state in &states {
            print_step(law, state, &mut said)?;
        }
        if states.is_empty() {
            println!("\nNo version of this clock is in force.");
        }
    } else {
        let rows: Vec<Vec<String>> = states
            .iter()
            .map(|state| {
                let (due, done) = (due_date(&state.due), done_on(state.timing));
                vec![
                    state.step.id.clone(),
                    state.step.title.clone(),
                    state.step.who.clone().unwrap_or_default(),
                    due.map(|due| due.to_string()).unwrap_or_default(),
                    due_in_words(&state.due),
                    done.map(|done| done.to_string()).unwrap_or_default(),
                    timing_in_words(state.timing),
                    state.version.name.clone(),
                    state.reasons.join(" "),
                    state.warnings.join(" "),
                ]
            })
            .collect();
        let headings = [
            "step",
            "title",
            "who",
            "due",
            "due_in_words",
            "done",
            "state",
            "version",
            "why",
            "warning",
        ];
        console::print(format, &headings, &rows)?;
    }
    Ok(if late { Outcome::Wrong } else { Outcome::Done })
}

fn print_step(law: &Law, state: &StepState<'_>, said: &mut Vec<String>) -> anyhow::Result<()> {
    println!("\n{}", state.step.title);
    let due = due_in_words(&state.due);
    console::indented(&format!("{due}: {}", timing_in_words(state.timing)));
    if let Some(who) = &state.step.who {
        console::indented(&format!("By {who}."));
    }
    for reason in &state.reasons {
        console::indented(reason);
    }
    if let Due::On(day) = state.due {
        let end = law.calendar.end_of_day(day)?;
        console::indented(&format!("The last day ends at {end} in universal time."));
    }
    for warning in &state.warnings {
        if !said.contains(warning) {
            console::indented(warning);
            said.push(warning.clone());
        }
    }
    Ok(())
}

/// The last day, where one can be told.
pub(crate) fn due_date(due: &Due) -> Option<Date> {
    match due {
        Due::On(day) | Due::Expected(day) => Some(*day),
        Due::StandsStill { .. } | Due::Waits { .. } | Due::NoTime => None,
    }
}

/// By when, in words.
pub(crate) fn due_in_words(due: &Due) -> String {
    match due {
        Due::On(day) => format!("By {}", date_in_words(*day)),
        Due::Expected(day) => format!("Expected by {}", date_in_words(*day)),
        Due::StandsStill { since, days_left } => {
            format!("Stands still since {}, with {days_left} days left", date_in_words(*since))
        }
        Due::Waits { event } => format!("Not yet counted; it waits for this: {event}"),
        Due::NoTime => "No time is set".to_owned(),
    }
}

fn done_on(timing: Timing) -> Option<Date> {
    match timing {
        Timing::Done { on } | Timing::DoneLate { on, .. } => Some(on),
        Timing::Late { .. } | Timing::Open { .. } => None,
    }
}

/// How a step stands, in words.
pub(crate) fn timing_in_words(timing: Timing) -> String {
    let days = |n: i64| format!("{n} {}", if n == 1 { "day" } else { "days" });
    match timing {
        Timing::Done { on } => format!("done on {}", date_in_words(on)),
        Timing::DoneLate { on, days: late } => {
            format!("done on {}, {} late", date_in_words(on), days(late))
        }
        Timing::Late { days: late } => format!("late by {}", days(late)),
        Timing::Open { days_left: Some(0) } => "today is the last day".to_owned(),
        Timing::Open { days_left: Some(left) } => format!("{} left", days(left)),
        Timing::Open { days_left: None } => "still to do".to_owned(),
    }
}
