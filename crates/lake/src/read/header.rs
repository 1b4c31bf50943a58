//! The header of a police.uk file: where each column stands.

use super::error::ReadError;
use super::form::{Form, N_EXTRAS};

/// Where the columns that are stored stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) id: Option<usize>,
    /// The month, or in forms that know the time the date.
    pub(super) when: usize,
    pub(super) reported_by: Option<usize>,
    pub(super) falls_within: Option<usize>,
    pub(super) longitude: usize,
    pub(super) latitude: usize,
    pub(super) lsoa_code: Option<usize>,
    pub(super) kind: usize,
    pub(super) outcome: Option<usize>,
    /// The columns that only this form has, in its order.
    pub(super) extras: [usize; N_EXTRAS],
    pub(super) width: usize,
}

/// Finds the columns, in whatever order they stand, and lists those that will not be stored.
pub(super) fn find_columns(
    form: Form,
    names: &[String],
) -> Result<(Columns, Vec<String>), ReadError> {
    let heads = form.heads();
    let names: Vec<&str> = names.iter().map(|name| name.trim()).collect();
    if let [only] = names[..]
        && let Some(found) = other_separator(only)
    {
        return Err(ReadError::Separator { found });
    }
    let other = Form::OF_POLICE_UK.into_iter().filter(|other| *other != form).map(Form::heads);
    if position(&names, heads.mark).is_none()
        && let Some(other) = other.into_iter().find(|other| position(&names, other.mark).is_some())
    {
        let (kind, wanted, suffix) = (other.words, heads.words, heads.suffix);
        return Err(ReadError::OtherKind { kind, wanted, suffix });
    }
    let missing = heads.needed.iter().filter(|needed| position(&names, needed).is_none());
    let missing: Vec<String> = missing.map(|name| (*name).to_owned()).collect();
    let known =
        |name: &str| position(heads.needed, name).or(position(heads.not_stored, name)).is_some();
    let unknown = names.iter().filter(|name| !known(name)).map(|name| shortened(name));
    let unknown: Vec<String> = unknown.take(MOST_LISTED).collect();
    if !missing.is_empty() {
        return Err(ReadError::Header { wanted: heads.words, missing, unknown });
    }
    let twice = heads
        .needed
        .iter()
        .find(|needed| names.iter().filter(|name| same(name, needed)).count() > 1);
    if let Some(column) = twice {
        return Err(ReadError::DuplicateColumn { column: (*column).to_owned() });
    }
    let at = |name: &str| position(&names, name);
    let needed = |name: &str| at(name).unwrap_or_default();
    let mut extras = [0; N_EXTRAS];
    for (place, (name, _)) in extras.iter_mut().zip(heads.extras) {
        *place = needed(name);
    }
    let columns = Columns {
        id: at("Crime ID"),
        when: at("Month").or(at("Date")).unwrap_or_default(),
        reported_by: at("Reported by"),
        falls_within: at("Falls within"),
        longitude: needed("Longitude"),
        latitude: needed("Latitude"),
        lsoa_code: at("LSOA code"),
        kind: needed(heads.kind),
        outcome: at("Last outcome category").or(at("Outcome")),
        extras,
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
