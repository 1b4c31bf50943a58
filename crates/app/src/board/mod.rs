//! The board, its groups and its papers, made from the registers: who reports to whom, who has lapsed,
//! what is to come.

pub(crate) mod calendar;
pub(crate) mod duties;
pub(crate) mod pack;
pub(crate) mod structure;

use jiff::civil::Date;
use wardmote_domain::board::{Cadence, Meeting, Term, cadence, holders};

use crate::business::{Book, Entry};

/// A day in a field of an item.
pub(crate) fn day(entry: &Entry, field: &str) -> Option<Date> {
    entry.get(field).parse().ok()
}

/// The lines of a field that say something.
pub(crate) fn lines(entry: &Entry, field: &str) -> Vec<String> {
    let lines = entry.get(field).lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// How an item stands, by the id of its state.
pub(crate) fn state(entry: &Entry) -> &str {
    entry.get("state")
}

/// Whether a group is one of the partnership's own, and still there.
pub(crate) fn is_ours(group: &Entry) -> bool {
    group.get("kind") == "ours" && state(group) != "ended"
}

fn cadence_of(group: &Entry) -> Option<Cadence> {
    group.get("cadence").parse().ok().map(|months| Cadence { months })
}

/// Whether a group that last met on a day meets as it said.
pub(crate) fn met(group: &Entry, last: Option<Date>, on: Date) -> Meeting {
    cadence(cadence_of(group), day(group, "set-up"), last, on)
}

/// The registers as the board looks at them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Board<'a> {
    pub(crate) book: &'a Book,
}

/// How a group stands on a day.
#[derive(Debug)]
pub(crate) struct GroupState<'a> {
    pub(crate) group: &'a Entry,
    /// Those who chair it, by post.
    pub(crate) chairs: Vec<String>,
    pub(crate) cadence: Option<Cadence>,
    pub(crate) meeting: Meeting,
}

impl<'a> Board<'a> {
    pub(crate) fn new(book: &'a Book) -> Self {
        Self { book }
    }

    /// The items of a register, in the order of their references; of those that have a day before
    /// all, of their days.
    pub(crate) fn all(self, register: &'a str) -> Vec<&'a Entry> {
        let mut all: Vec<&Entry> = self.book.all(register).collect();
        if matches!(register, "meetings" | "forward-plan") {
            all.sort_by_key(|entry| (day(entry, "due"), entry.reference().to_owned()));
        }
        all
    }

    pub(crate) fn called(self, register: &str, reference: &str) -> Option<&'a Entry> {
        self.book.called(register, reference)
    }

    /// The item that a field of another names.
    pub(crate) fn named(self, entry: &Entry, field: &str) -> Option<&'a Entry> {
        self.book.by_id(entry.get(field))
    }

    pub(crate) fn title_of(self, entry: &Entry, field: &str) -> String {
        self.named(entry, field).map_or_else(String::new, |one| one.title().to_owned())
    }

    /// The partnership's own groups, as they stand on a day.
    pub(crate) fn groups(self, on: Date) -> Vec<GroupState<'a>> {
        let ours = self.all("groups").into_iter().filter(|group| is_ours(group));
        ours.map(|group| self.group_state(group, on)).collect()
    }

    pub(crate) fn group_state(self, group: &'a Entry, on: Date) -> GroupState<'a> {
        let every = cadence_of(group);
        let held = self.meetings_of(group).into_iter().filter(|meeting| state(meeting) == "held");
        let terms: Vec<Term> = self
            .all("terms-of-office")
            .into_iter()
            .filter(|term| term.get("group") == group.id)
            .filter_map(|term| {
                Some(Term {
                    who: term.title().to_owned(),
                    role: term.get("role").to_owned(),
                    from: day(term, "from")?,
                    to: day(term, "due"),
                })
            })
            .collect();
        let chairs = ["chair", "co-chair"].into_iter().flat_map(|role| holders(&terms, role, on));
        let chairs = chairs.map(|term| term.who.clone()).collect();
        let meeting = cadence(
            every,
            day(group, "set-up"),
            held.filter_map(|meeting| day(meeting, "due")),
            on,
        );
        GroupState { group, chairs, cadence: every, meeting }
    }

    pub(crate) fn meetings_of(self, group: &Entry) -> Vec<&'a Entry> {
        let all = self.all("meetings").into_iter();
        all.filter(|meeting| meeting.get("group") == group.id).collect()
    }

    pub(crate) fn decisions_of(self, meeting: &Entry) -> Vec<&'a Entry> {
        let all = self.all("decisions").into_iter();
        all.filter(|decision| decision.get("meeting") == meeting.id).collect()
    }

    /// What happened in a clock that is of no case, as a clock reads it.
    pub(crate) fn happened(self, clock: &str) -> String {
        let of_clock = self.all("clock-events").into_iter().filter(|one| one.get("clock") == clock);
        let lines = of_clock.map(|one| format!("{} {}", one.get("event"), one.get("on")));
        lines.collect::<Vec<_>>().join("\n")
    }
}
