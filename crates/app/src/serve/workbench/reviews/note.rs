//! What happened in a review, what paused it, what more time was agreed and what was looked at before
//! publication: one form each, which writes the line that people would otherwise type.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use jiff::civil::Date;
use wardmote_domain::clock::{Clock, Facts, Pause, run};
use wardmote_domain::review::not_ready;
use wardmote_records::registers::RegisterError;
use wardmote_records::words::Operation;
use wardmote_reports::site::work::{Field, Form, Problem, Typed, WorkPage};

use super::super::entered::Entered;
use super::super::posted::Posted;
use super::super::registers::conflict;
use super::super::visit::{SignedIn, Visit};
use super::super::{PageError, Shown, Workbench};
use super::Opened;
use crate::reviews::{confirmed, facts_of};

/// The longest name of who confirmed something.
const LONGEST: usize = 120;
const LATER: &str = "This day is still to come; write it down once it has happened";

/// What can be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Note {
    /// A step was done, or something else happened.
    Happened,
    /// A pause begins, or is written down whole.
    Pause,
    /// The pause that goes on is over.
    PauseOver(Pause),
    /// More time was agreed for a step.
    MoreTime,
    /// An item of the checklist was looked at.
    Confirmed,
}

impl Note {
    /// Its part of the address.
    pub(super) fn path(&self) -> &'static str {
        match self {
            Self::Happened => "happened",
            Self::Pause => "pause",
            Self::PauseOver(_) => "pause-over",
            Self::MoreTime => "more-time",
            Self::Confirmed => "confirmed",
        }
    }

    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Happened => "Write down what happened",
            Self::Pause => "Write down a pause",
            Self::PauseOver(_) => "The pause is over",
            Self::MoreTime => "Write down more time that was agreed",
            Self::Confirmed => "Confirm an item before publication",
        }
    }

    /// The field of the register that holds its lines.
    fn field(&self) -> &'static str {
        match self {
            Self::Happened => "events",
            Self::Pause | Self::PauseOver(_) => "pauses",
            Self::MoreTime => "extensions",
            Self::Confirmed => "confirmed",
        }
    }
}

/// What can be written down of a case as it stands.
pub(super) fn possible(opened: &Opened<'_>, facts: &Facts) -> Vec<Note> {
    let Ok(clock) = opened.clock() else { return Vec::new() };
    let mut notes = vec![Note::Happened];
    if let Some(open) = facts.pauses.iter().find(|pause| pause.to.is_none()) {
        notes.push(Note::PauseOver(open.clone()));
    } else if !clock.pauses.is_empty() {
        notes.push(Note::Pause);
    }
    if !extensible(clock).is_empty() {
        notes.push(Note::MoreTime);
    }
    if !to_confirm(opened).is_empty() {
        notes.push(Note::Confirmed);
    }
    notes
}

/// Steps for which more time can be agreed.
fn extensible(clock: &Clock) -> BTreeMap<String, String> {
    let steps = clock.versions.iter().flat_map(|version| &version.steps);
    let steps = steps.filter_map(|step| {
        let with = step.extended_with.as_ref()?;
        Some((step.id.clone(), format!("{} (agreed with {with})", step.title)))
    });
    steps.collect()
}

fn to_confirm(opened: &Opened<'_>) -> Vec<(String, String)> {
    let Some(checklist) = opened.checklist() else { return Vec::new() };
    let open = not_ready(checklist, &confirmed(&opened.case));
    open.iter().map(|item| (item.id.clone(), item.must.clone())).collect()
}

/// Events: first those of the steps that apply, in their order, and last what is written down already.
fn events(opened: &Opened<'_>, clock: &Clock, facts: &Facts, today: Date) -> Vec<(String, String)> {
    let steps = run(clock, facts, &opened.law.calendar, today);
    let first = steps.iter().map(|state| &state.step.done).chain(clock.events.keys());
    let mut events: Vec<(String, String)> = Vec::new();
    for id in first {
        let Some(words) = clock.events.get(id) else { continue };
        if events.iter().all(|(known, _)| known != id) {
            let days = facts.events.get(id).into_iter().flatten().copied();
            let days: Vec<String> = days.map(crate::place::date_in_words).collect();
            let words = match days.as_slice() {
                [] => words.clone(),
                days => format!("{words} (written down for {})", days.join(", ")),
            };
            events.push((id.clone(), words));
        }
    }
    events.sort_by_key(|(id, _)| facts.events.contains_key(id));
    events
}

/// A case that somebody may change, and the note that the address names.
async fn find<'a>(
    bench: &'a Workbench,
    who: &'a SignedIn,
    (id, what): &(String, String),
) -> Result<(Opened<'a>, Facts, Note), PageError> {
    let opened = Opened::of(bench, who, id).await?;
    if !opened.here.may_on(&opened.item, Operation::Alteration).await? {
        return Err(PageError::NotFound);
    }
    let facts = facts_of(opened.clock()?, &opened.case).map_err(|_| PageError::NotFound)?;
    let note = possible(&opened, &facts).into_iter().find(|one| one.path() == what);
    let note = note.ok_or(PageError::NotFound)?;
    Ok((opened, facts, note))
}

pub(super) async fn ask(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(address): Path<(String, String)>,
) -> Shown {
    let (opened, facts, note) = find(&bench, &who, &address).await?;
    let version = opened.item.listed.version.to_string();
    let asked = Asked { opened: &opened, facts: &facts, note: &note, today: who.today() };
    bench.show(&visit, &asked.page(&bench, &version, &Typed::default(), &[])?)
}

pub(super) async fn write(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(address): Path<(String, String)>,
    posted: Posted,
) -> Shown {
    let (opened, facts, note) = find(&bench, &who, &address).await?;
    let typed = posted.typed();
    let version = typed.get("version");
    let read: i64 = version.parse().map_err(|_| PageError::Unreadable)?;
    let asked = Asked { opened: &opened, facts: &facts, note: &note, today: who.today() };
    let text = match asked.read(typed)? {
        Ok(text) => text,
        Err(problems) => {
            return bench.show(&visit, &asked.page(&bench, version, typed, &problems)?);
        }
    };
    let here = &opened.here;
    let register = here.register(&opened.case.register)?;
    let mut values = opened.item.values.clone();
    values.set(note.field(), text);
    let (records, registers) = (&here.business.records, &here.business.registers);
    let id = &opened.item.listed.id;
    match records.change_item(here.asking, registers, id, read, &values).await {
        Ok(_) => Ok(bench.go(&format!("reviews/{id}?done=noted"))),
        Err(RegisterError::Conflict { yours, theirs }) => {
            Err(conflict(here, register, &yours, &theirs).await?)
        }
        // Such as a field that holds as much as it can.
        Err(RegisterError::Invalid(faults)) => {
            let problems = faults.iter().map(|fault| Problem::new("", fault.why.clone()));
            let problems: Vec<Problem> = problems.collect();
            bench.show(&visit, &asked.page(&bench, version, typed, &problems)?)
        }
        Err(error) => Err(error.into()),
    }
}

struct Asked<'a> {
    opened: &'a Opened<'a>,
    facts: &'a Facts,
    note: &'a Note,
    today: Date,
}

impl Asked<'_> {
    fn page(
        &self,
        bench: &Workbench,
        version: &str,
        typed: &Typed,
        problems: &[Problem],
    ) -> Result<WorkPage, PageError> {
        let clock = self.opened.clock()?;
        let back = self.opened.address(bench);
        let mut form = Form::new(format!("{back}/note/{}", self.note.path()), "Write it down");
        let day = |name: &str, label: &str| Field::date(name, label).hint("For example, 27 3 2026");
        form = match self.note {
            Note::Happened => form
                .field(Field::radios(
                    "what",
                    "What happened",
                    events(self.opened, clock, self.facts, self.today),
                ))
                .field(day("on", "On which day")),
            Note::Pause => form
                .field(Field::radios("what", "What pauses it", clock.pauses.clone()))
                .field(day("from", "Its first day"))
                .field(
                    day("to", "Its last day (optional)").hint("Leave it empty while it goes on"),
                ),
            Note::PauseOver(_) => form.field(day("to", "Its last day")),
            Note::MoreTime => form
                .field(Field::radios("what", "For which step", extensible(clock)))
                .field(day("to", "The new last day"))
                .field(day("agreed", "When it was agreed")),
            Note::Confirmed => form
                .field(Field::radios("what", "What was looked at", to_confirm(self.opened)))
                .field(
                    Field::text("by", "Who confirms it")
                        .hint("A post or a body, such as the independent chair")
                        .width(30),
                ),
        };
        let form = form.filled(typed).hidden("version", version).with_problems(problems);
        let mut page = WorkPage::new(self.note.title())
            .caption(self.opened.case.title())
            .back(back, "Back to the review");
        if let Note::PauseOver(pause) = self.note {
            let what = clock.pauses.get(&pause.kind).map_or(pause.kind.as_str(), String::as_str);
            let since = crate::place::date_in_words(pause.from);
            page = page.paragraph(format!("{what}, since {since}."));
        }
        Ok(page.block(form))
    }

    /// The whole text of the note's field with what was typed in it, or what is wrong.
    fn read(&self, typed: &Typed) -> Result<Result<String, Vec<Problem>>, PageError> {
        let clock = self.opened.clock()?;
        let mut entered = Entered::new(typed);
        let known = |all: Vec<(String, String)>| -> Vec<String> {
            all.into_iter().map(|(id, _)| id).collect()
        };
        let not_later = |entered: &mut Entered<'_>, field: &str, missing: &str| {
            let day = entered.day(field, missing);
            if day.is_some_and(|day| day > self.today) {
                entered.wrong(field, LATER);
            }
            day.unwrap_or(self.today)
        };
        let line = match self.note {
            Note::Happened => {
                let ids = known(events(self.opened, clock, self.facts, self.today));
                let ids = ids.iter().map(String::as_str);
                let what = entered.choice("what", ids, "Choose what happened");
                let on = not_later(&mut entered, "on", "Enter the day on which it happened");
                if self.facts.events.get(&what).is_some_and(|days| days.contains(&on)) {
                    entered.wrong("on", "This is written down for this day already");
                }
                format!("{what} {on}")
            }
            Note::Pause => {
                let ids = clock.pauses.keys().map(String::as_str);
                let what = entered.choice("what", ids, "Choose what pauses it");
                let from = not_later(&mut entered, "from", "Enter its first day");
                let to = entered.optional_day("to");
                if to.is_some_and(|to| to < from) {
                    entered.wrong("to", "The last day must not be before the first");
                }
                to.map_or_else(|| format!("{what} {from}"), |to| format!("{what} {from} {to}"))
            }
            Note::PauseOver(pause) => {
                let to = not_later(&mut entered, "to", "Enter its last day");
                if to < pause.from {
                    entered.wrong("to", "The last day must not be before the first");
                }
                format!("{} {} {to}", pause.kind, pause.from)
            }
            Note::MoreTime => {
                let ids = extensible(clock);
                let ids = ids.keys().map(String::as_str);
                let what = entered.choice("what", ids, "Choose for which step");
                let to = entered.day("to", "Enter the new last day");
                let agreed = not_later(&mut entered, "agreed", "Enter when it was agreed");
                format!("{what} {} agreed {agreed}", to.unwrap_or(self.today))
            }
            Note::Confirmed => {
                let ids = known(to_confirm(self.opened));
                let ids = ids.iter().map(String::as_str);
                let what = entered.choice("what", ids, "Choose what was looked at");
                let by = entered.text("by", LONGEST, "Enter who confirms it");
                format!("{what} {by}")
            }
        };
        let problems = entered.problems();
        if !problems.is_empty() {
            return Ok(Err(problems));
        }
        let lines = self.opened.case.get(self.note.field()).lines();
        // The line of a pause that goes on is finished; all else is one line more.
        let open = match self.note {
            Note::PauseOver(pause) => format!("{} {}", pause.kind, pause.from),
            _ => String::new(),
        };
        let is_open = |text: &&str| {
            text.split_whitespace().eq(open.split_whitespace()) && !text.trim().is_empty()
        };
        let mut lines: Vec<&str> = lines.filter(|line| !is_open(line)).collect();
        lines.push(&line);
        Ok(Ok(lines.join("\n")))
    }
}
