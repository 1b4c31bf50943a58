//! The partnership's groups as a diagram, with its text equivalent.

use jiff::civil::Date;
use wardmote_domain::board::{Cadence, Meeting};
use wardmote_reports::{Chart, ChartKind, Column, StructureChart, StructureGroup, Table};

use super::{Board, state as stands_as};

/// The diagram of the groups on a day, with a table that says the same.
pub(crate) fn structure(board: Board<'_>, on: Date) -> Chart {
    let states = board.groups(on);
    let mut groups = Vec::new();
    let mut rows = Vec::new();
    for state in &states {
        let to_be_set_up = stands_as(state.group) == "to-be-set-up";
        let lapsed = matches!(state.meeting, Meeting::Lapsed { .. });
        let stands =
            if to_be_set_up { "to be set up".to_owned() } else { state.meeting.in_words() };
        groups.push(StructureGroup {
            id: state.group.id.clone(),
            name: state.group.title().to_owned(),
            reports_to: board.named(state.group, "reports-to").map(|to| to.id.clone()),
            flag: (to_be_set_up || lapsed).then(|| stands.clone()),
        });
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        rows.push(vec![
            state.group.title().to_owned(),
            or(board.title_of(state.group, "reports-to"), "nobody"),
            or(state.chairs.join("; "), "no chair in office"),
            state.cadence.map_or_else(|| "not said".to_owned(), Cadence::in_words),
            stands,
        ]);
    }
    let headings = ["Group", "Reports to", "Chaired by", "Meets", "State"];
    let column = |heading: &str| Column { heading: heading.to_owned(), numeric: false };
    Chart {
        title: "Groups of the partnership, and whom each reports to".to_owned(),
        finding: finding(board, on),
        source: "the partnership's registers of groups, terms of office and meetings".to_owned(),
        kind: ChartKind::Structure(StructureChart { groups }),
        table: Table {
            caption: "Groups of the partnership".to_owned(),
            columns: headings.map(column).into(),
            rows,
            note: None,
        },
    }
}

/// What the diagram shows, in words: every reporting line, and what is flagged.
fn finding(board: Board<'_>, on: Date) -> String {
    let states = board.groups(on);
    let mut said = Vec::new();
    for state in &states {
        let below: Vec<&str> = states
            .iter()
            .filter(|other| other.group.get("reports-to") == state.group.id)
            .map(|other| other.group.title())
            .collect();
        if !below.is_empty() {
            said.push(format!("To {} report: {}.", state.group.title(), below.join("; ")));
        }
    }
    let lapsed = states.iter().filter(|state| matches!(state.meeting, Meeting::Lapsed { .. }));
    let lapsed: Vec<String> = lapsed
        .map(|state| format!("{} ({})", state.group.title(), state.meeting.in_words()))
        .collect();
    if !lapsed.is_empty() {
        said.push(format!("Not met as often as it said: {}.", lapsed.join("; ")));
    }
    if said.is_empty() { "No group is in the register.".to_owned() } else { said.join(" ") }
}
