//! Meetings and what is due as entries of a calendar.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use wardmote_domain::clock::Calendar;
use wardmote_reports::{Entry as CalendarEntry, Feed, When};

use super::{Board, day, lines, state};
use crate::business::Entry;

/// Whose calendar it is, and where its pages lie.
pub(crate) struct Whose<'a> {
    pub(crate) name: &'a str,
    /// In a host's form, part of every identifier.
    pub(crate) domain: &'a str,
    pub(crate) synthetic: bool,
    /// When anything published of the registers was last changed.
    pub(crate) changed: Timestamp,
}

/// Every meeting, or those of one group.
pub(crate) fn meetings(
    board: Board<'_>,
    calendar: &Calendar,
    whose: &Whose<'_>,
    group: Option<&Entry>,
) -> Feed {
    let of_group = |meeting: &&Entry| group.is_none_or(|group| meeting.get("group") == group.id);
    let mut all = board.all("meetings");
    all.retain(of_group);
    let entries = all.into_iter().filter_map(|one| entry(board, calendar, whose, one)).collect();
    Feed {
        name: match group {
            Some(group) => format!("{}: {}", whose.name, group.title()),
            None => format!("{}: meetings", whose.name),
        },
        domain: whose.domain.to_owned(),
        synthetic: whose.synthetic,
        entries,
    }
}

fn entry(
    board: Board<'_>,
    calendar: &Calendar,
    whose: &Whose<'_>,
    meeting: &Entry,
) -> Option<CalendarEntry> {
    let on = day(meeting, "due")?;
    let at = |field: &str| moment(calendar, on, meeting.get(field));
    let when = match (at("starts"), at("ends")) {
        (Some(start), Some(end)) if end > start => When::From(start, end),
        // Without an end it is taken to last an hour; calendars show nothing of no length.
        (Some(start), _) => When::From(start, start + jiff::SignedDuration::from_hours(1)),
        (None, _) => When::Day(on),
    };
    let group = board.title_of(meeting, "group");
    let agenda = lines(meeting, "agenda");
    Some(CalendarEntry {
        id: format!("meeting-{}", meeting.reference()),
        changed: whose.changed,
        sequence: 0,
        when,
        title: format!("{group}: {}", meeting.title()),
        description: agenda.join("\n"),
        place: meeting.get("place").to_owned(),
        address: None,
        cancelled: state(meeting) == "cancelled",
    })
}

/// A time such as 10:00 on a day, in the calendar's time zone.
fn moment(calendar: &Calendar, day: Date, time: &str) -> Option<Timestamp> {
    let (hour, minute) = time.split_once(':')?;
    let time = Time::new(hour.trim().parse().ok()?, minute.trim().parse().ok()?, 0, 0).ok()?;
    calendar.moment(day, time).ok()
}
