//! The calendar and clocks that ship, and how dates are written in the tables.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::de::DeserializeOwned;
use wardmote_domain::clock::{Calendar, Clock};

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A file of the twin's folder.
pub(crate) fn shipped<T: DeserializeOwned>(path: &str) -> T {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../partnerships/stockport-twin");
    let path = folder.join(path);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn calendar() -> Calendar {
    let calendar: Calendar = shipped("calendars/england-and-wales.toml");
    calendar.check().unwrap();
    calendar
}

pub(crate) fn clock(name: &str) -> Clock {
    let clock: Clock = shipped(&format!("clocks/{name}.toml"));
    clock.check().unwrap();
    clock
}
