//! The header of a street file: where each column stands.

use super::error::ReadError;

/// Where the columns that are stored stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) crime_id: usize,
    pub(super) month: usize,
    pub(super) reported_by: usize,
    pub(super) falls_within: usize,
    pub(super) longitude: usize,
    pub(super) latitude: usize,
    pub(super) lsoa_code: usize,
    pub(super) crime_type: usize,
    pub(super) outcome: usize,
    pub(super) width: usize,
}

/// The columns of a street file that are stored.
pub(super) const NEEDED: [&str; 9] = [
    "Crime ID",
    "Month",
    "Reported by",
    "Falls within",
    "Longitude",
    "Latitude",
    "LSOA code",
    "Crime type",
    "Last outcome category",
];

/// Columns of a street file that are known and not stored: the LSOA's code says more than its name,
/// the street's name is that of the snap point, and the context is always blank.
const NOT_STORED: [&str; 3] = ["Location", "LSOA name", "Context"];

const OTHER_KINDS: [(&str, &str); 4] = [
    ("Outcome type", "an outcomes file"),
    ("Legislation", "a stop-and-search file"),
    ("Object of search", "a stop-and-search file"),
    ("Self-defined ethnicity", "a stop-and-search file"),
];

/// Finds the columns, in whatever order they stand, and lists those that will not be stored.
pub(super) fn find_columns(names: &[String]) -> Result<(Columns, Vec<String>), ReadError> {
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    if let [only] = names[..]
        && let Some(found) = other_separator(only)
    {
        return Err(ReadError::Separator { found });
    }
    if let Some((_, kind)) = OTHER_KINDS.iter().find(|(mark, _)| position(&names, mark).is_some()) {
        return Err(ReadError::OtherKind { kind });
    }
    let missing = NEEDED.iter().filter(|needed| position(&names, needed).is_none());
    let missing: Vec<String> = missing.map(|name| (*name).to_owned()).collect();
    let known = |name: &str| position(&NEEDED, name).or(position(&NOT_STORED, name)).is_some();
    let unknown = names.iter().filter(|name| !known(name)).map(|name| shortened(name));
    let unknown: Vec<String> = unknown.take(MOST_LISTED).collect();
    if !missing.is_empty() {
        return Err(ReadError::Header { missing, unknown });
    }
    let twice =
        NEEDED.iter().find(|needed| names.iter().filter(|name| same(name, needed)).count() > 1);
    if let Some(column) = twice {
        return Err(ReadError::DuplicateColumn { column: (*column).to_owned() });
    }
    let at = |needed: usize| position(&names, NEEDED[needed]).unwrap_or_default();
    let columns = Columns {
        crime_id: at(0),
        month: at(1),
        reported_by: at(2),
        falls_within: at(3),
        longitude: at(4),
        latitude: at(5),
        lsoa_code: at(6),
        crime_type: at(7),
        outcome: at(8),
        width: names.len(),
    };
    Ok((columns, unknown))
}

const MOST_LISTED: usize = 20;

fn position(names: &[&str], wanted: &str) -> Option<usize> {
    names.iter().position(|name| same(name, wanted))
}

fn same(name: &str, wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted)
}

fn other_separator(header: &str) -> Option<&'static str> {
    [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")]
        .into_iter()
        .find(|(mark, _)| header.contains(*mark))
        .map(|(_, words)| words)
}

fn shortened(name: &str) -> String {
    if name.is_empty() { "(blank)".to_owned() } else { name.chars().take(40).collect() }
}
