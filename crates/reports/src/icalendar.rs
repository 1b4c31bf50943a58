//! Dates as an iCalendar feed (RFC 5545), for calendars that subscribe to it.
//!
//! Written here because the crates that do so read the clock and draw identifiers at random: a feed of
//! ours is the same until what it says changes. A second parser reads it in the tests.

use jiff::Timestamp;
use jiff::civil::Date;

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its name.
    pub name: String,
    /// Where it comes from, in a host's form: part of every identifier.
    pub domain: String,
    /// Whether its dates are invented; if so every entry says so.
    pub synthetic: bool,
    /// What is in it.
    pub entries: Vec<Entry>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What makes it the same entry the next time: its identifier stays while this does.
    pub id: String,
    /// When it was last changed.
    pub changed: Timestamp,
    /// How often it was changed before.
    pub sequence: u32,
    /// When it is.
    pub when: When,
    /// What it is.
    pub title: String,
    /// More of it.
    pub description: String,
    /// Where it is.
    pub place: String,
    /// The address of its page.
    pub address: Option<String>,
    /// Whether it will not be.
    pub cancelled: bool,
}

/// When an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The whole of a day.
    Day(Date),
    /// From a moment to another.
    From(Timestamp, Timestamp),
}

/// The feed as text.
pub fn icalendar(feed: &Feed) -> String {
    let mut out = Lines(String::new());
    out.put("BEGIN", "VCALENDAR");
    out.put("VERSION", "2.0");
    out.put("PRODID", "-//Wardmote//Wardmote//EN");
    out.put("CALSCALE", "GREGORIAN");
    out.put("METHOD", "PUBLISH");
    out.put("X-WR-CALNAME", &text(&feed.name));
    for entry in &feed.entries {
        put_entry(feed, entry, &mut out);
    }
    out.put("END", "VCALENDAR");
    out.0
}

fn put_entry(feed: &Feed, entry: &Entry, out: &mut Lines) {
    out.put("BEGIN", "VEVENT");
    out.put("UID", &text(&format!("{}@{}", entry.id, feed.domain)));
    out.put("DTSTAMP", &moment(entry.changed));
    out.put("LAST-MODIFIED", &moment(entry.changed));
    out.put("SEQUENCE", &entry.sequence.to_string());
    match entry.when {
        When::Day(day) => {
            let next = day.saturating_add(jiff::Span::new().days(1));
            out.put("DTSTART;VALUE=DATE", &date(day));
            // The end is the first day that is no longer part of it.
            out.put("DTEND;VALUE=DATE", &date(next));
            out.put("TRANSP", "TRANSPARENT");
        }
        When::From(start, end) => {
            out.put("DTSTART", &moment(start));
            out.put("DTEND", &moment(end));
        }
    }
    let mark = if feed.synthetic { "SYNTHETIC: " } else { "" };
    out.put("SUMMARY", &text(&format!("{mark}{}", entry.title)));
    for (name, said) in [("DESCRIPTION", &entry.description), ("LOCATION", &entry.place)] {
        if !said.trim().is_empty() {
            out.put(name, &text(said));
        }
    }
    if let Some(address) = &entry.address {
        // An address is no text: it is not escaped, and holds no line breaks.
        let plain: String = address.chars().filter(|c| !c.is_control()).collect();
        out.put("URL", &plain);
    }
    out.put("STATUS", if entry.cancelled { "CANCELLED" } else { "CONFIRMED" });
    out.put("END", "VEVENT");
}

struct Lines(String);

impl Lines {
    /// A line, folded so that none is longer than 75 octets and no letter is broken.
    fn put(&mut self, name: &str, value: &str) {
        const LONGEST: usize = 75;
        let mut octets = 0;
        for letter in format!("{name}:{value}").chars() {
            if octets + letter.len_utf8() > LONGEST {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(letter);
            octets += letter.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}

/// Text as a value: RFC 5545, section 3.3.11.
fn text(said: &str) -> String {
    let mut escaped = String::with_capacity(said.len());
    for letter in said.chars() {
        match letter {
            '\\' | ';' | ',' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push(' '),
            _ if letter.is_control() => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}

fn date(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())
}

fn moment(at: Timestamp) -> String {
    let at = jiff::tz::TimeZone::UTC.to_datetime(at);
    format!("{}T{:02}{:02}{:02}Z", date(at.date()), at.hour(), at.minute(), at.second())
}
