//! iCalendar feeds, read back by a parser that is not ours.

use icalendar::parser::{read_calendar, unfold};
use icalendar::{Calendar, CalendarComponent, CalendarDateTime, Component, DatePerhapsTime};
use jiff::civil::date;
use wardmote_reports::{Entry, Feed, When, icalendar};

fn feed() -> Feed {
    let entry = |id: &str, when: When, title: &str| Entry {
        id: id.to_owned(),
        changed: "2025-03-01T12:00:00Z".parse().unwrap(),
        sequence: 2,
        when,
        title: title.to_owned(),
        description: "First line, with; marks\\\nand a second".to_owned(),
        place: "Invented Hall, Exampleton".to_owned(),
        address: Some("https://example.org/meetings/board-2025-03-18".to_owned()),
        cancelled: false,
    };
    let start = "2025-03-18T10:00:00Z".parse().unwrap();
    let end = "2025-03-18T12:00:00Z".parse().unwrap();
    let long = "Ünïversal größe of a title that goes on and on past seventy-five octets – 中文字 and further still";
    let mut cancelled = entry("m2", When::Day(date(2024, 12, 31)), "Year's end");
    cancelled.cancelled = true;
    Feed {
        name: "Exampleton meetings, all of them".to_owned(),
        domain: "exampleton.example".to_owned(),
        synthetic: true,
        entries: vec![entry("m1", When::From(start, end), long), cancelled],
    }
}

#[test]
fn another_parser_reads_what_was_written() {
    let text = icalendar(&feed());
    let read: Calendar = text.parse().unwrap();
    assert_eq!(read.get_name(), Some("Exampleton meetings, all of them"));
    let events: Vec<_> = read
        .components
        .iter()
        .map(|component| match component {
            CalendarComponent::Event(event) => event,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0].get_uid(), Some("m1@exampleton.example"));
    let title = events[0].get_summary().unwrap();
    assert!(
        title.starts_with("SYNTHETIC: Ünïversal") && title.ends_with("中文字 and further still"),
        "{title}"
    );
    let start = events[0].get_start().unwrap();
    let DatePerhapsTime::DateTime(CalendarDateTime::Utc(start)) = start else {
        panic!("{start:?}")
    };
    assert_eq!(start.to_string(), "2025-03-18 10:00:00 UTC");
    // A whole day ends with the day after, here in another year.
    let (Some(DatePerhapsTime::Date(from)), Some(DatePerhapsTime::Date(to))) =
        (events[1].get_start(), events[1].get_end())
    else {
        panic!("{:?}", events[1])
    };
    assert_eq!((from.to_string(), to.to_string()), ("2024-12-31".into(), "2025-01-01".into()));
    assert_eq!(events[1].property_value("STATUS"), Some("CANCELLED"));
    assert_eq!(events[0].get_sequence(), Some(2));
    assert_eq!(events[0].get_description(), Some("First line, with; marks\\\nand a second"));
}

#[test]
fn lines_are_folded_and_ended_as_the_standard_says() {
    let text = icalendar(&feed());
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.contains(['\r', '\n']), "{line:?}");
    }
    assert!(text.contains("\r\n "), "nothing was folded");
    assert!(read_calendar(&unfold(&text)).is_ok());
}

#[test]
fn identifiers_stay_and_nobody_can_add_a_line() {
    assert_eq!(icalendar(&feed()), icalendar(&feed()));
    let mut changed = feed();
    changed.entries[0].title = "Moved".to_owned();
    changed.entries[0].description = "x\r\nBEGIN:VALARM\r\nEND:VALARM".to_owned();
    changed.entries[0].address = Some("https://example.org/\r\nX-EVIL:1".to_owned());
    let text = icalendar(&changed);
    let uids = |text: &str| {
        text.lines().filter(|l| l.starts_with("UID:")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(uids(&text), uids(&icalendar(&feed())));
    assert!(!text.contains("\r\nBEGIN:VALARM") && !text.contains("\r\nX-EVIL"), "{text}");
}
