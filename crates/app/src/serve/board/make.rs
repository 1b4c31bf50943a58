//! What each page of the board says, from the published registers.

use jiff::civil::Date;
use serde_json::{Value, json};
use wardmote_domain::board::{Cadence, not_represented};
use wardmote_domain::clock::date_in_words;
use wardmote_reports::site::{BoardPage, MeetingLine, MeetingPage, MeetingsPage, StructurePage};
use wardmote_reports::{Column, Table, file_stem};

use crate::board::structure::structure as diagram;
use crate::board::{Board, day, lines, state};
use crate::business::Entry;
use crate::serve::plan::{PublicPlan, Rows};

pub(super) fn meetings(board: Board<'_>, today: Date) -> BoardPage {
    let all = board.all("meetings");
    let is_past = |meeting: &&&Entry| state(meeting) != "planned" || has_passed(meeting, today);
    let line = |meeting: &&Entry| MeetingLine {
        address: format!("meetings/{}", meeting.reference()),
        title: meeting.title().to_owned(),
        group: board.title_of(meeting, "group"),
        date: said_day(meeting, "due"),
        state: match state(meeting) {
            "cancelled" => "cancelled".to_owned(),
            "planned" if is_past(&meeting) => "minutes to come".to_owned(),
            _ => String::new(),
        },
    };
    let mut past: Vec<MeetingLine> = all.iter().filter(is_past).map(line).collect();
    past.reverse();
    let feeds =
        board.all("groups").into_iter().filter(|group| !board.meetings_of(group).is_empty());
    let rows: Vec<Vec<String>> = board
        .all("forward-plan")
        .iter()
        .filter(|one| day(one, "due").is_some_and(|on| on >= today) && state(one) == "to-come")
        .map(|one| {
            vec![
                said_day(one, "due"),
                board.title_of(one, "group"),
                one.title().to_owned(),
                one.get("kind").to_owned(),
            ]
        })
        .collect();
    BoardPage::Meetings(MeetingsPage {
        coming: all.iter().filter(|one| !is_past(one)).map(line).collect(),
        past,
        feeds: feeds
            .map(|group| {
                let file = file_stem(group.reference());
                (group.title().to_owned(), format!("meetings/groups/{file}.ics"))
            })
            .collect(),
        forward_plan: (!rows.is_empty())
            .then(|| table("Forward plan", &["When", "Group", "What", "For"], rows)),
    })
}

fn has_passed(meeting: &Entry, today: Date) -> bool {
    day(meeting, "due").is_some_and(|on| on < today)
}

pub(super) fn meeting(board: Board<'_>, reference: &str, today: Date) -> Option<BoardPage> {
    let meeting = board.called("meetings", reference)?;
    let mut facts = vec![
        ("Who meets".to_owned(), board.title_of(meeting, "group")),
        ("When".to_owned(), when(meeting)),
    ];
    let open = meeting.get("open-to-public") == "yes";
    let stands = match state(meeting) {
        "planned" if has_passed(meeting, today) => "Its day has passed; minutes to come".to_owned(),
        other => capital(other),
    };
    for (term, words) in [
        ("Where", meeting.get("place").to_owned()),
        ("Open to the public", if open { "Yes".to_owned() } else { "No".to_owned() }),
        ("State", stands),
    ] {
        if !words.is_empty() {
            facts.push((term.to_owned(), words));
        }
    }
    let attended = lines(meeting, "attended");
    let senior = lines(meeting, "senior-from");
    let absent = if open && state(meeting) == "held" {
        not_represented(&attended, &senior).into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    let rows: Vec<Vec<String>> =
        board.decisions_of(meeting).into_iter().map(|one| decision_row(board, one)).collect();
    Some(BoardPage::Meeting(MeetingPage {
        title: format!("{}, {}", meeting.title(), said_day(meeting, "due")),
        facts,
        agenda: lines(meeting, "agenda"),
        papers: lines(meeting, "papers"),
        attended,
        not_represented: absent,
        minutes: lines(meeting, "minutes"),
        decisions: (!rows.is_empty()).then(|| decisions_table(rows)),
    }))
}

fn when(meeting: &Entry) -> String {
    let (starts, ends) = (meeting.get("starts"), meeting.get("ends"));
    let time = match (starts.is_empty(), ends.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!(", {starts}"),
        (false, false) => format!(", {starts} to {ends}"),
    };
    format!("{}{time}", said_day(meeting, "due"))
}

pub(super) fn decisions(board: Board<'_>) -> BoardPage {
    let mut all = board.all("decisions");
    let on =
        |decision: &Entry| board.named(decision, "meeting").and_then(|meeting| day(meeting, "due"));
    all.sort_by_key(|decision| (std::cmp::Reverse(on(decision)), decision.reference().to_owned()));
    let rows = all.into_iter().map(|one| decision_row(board, one)).collect();
    BoardPage::Decisions(decisions_table(rows))
}

fn decision_row(board: Board<'_>, decision: &Entry) -> Vec<String> {
    let meeting = board.named(decision, "meeting");
    vec![
        decision.reference().to_owned(),
        meeting.map(|meeting| said_day(meeting, "due")).unwrap_or_default(),
        decision.title().to_owned(),
        capital(state(decision)),
        decision.get("decided").to_owned(),
        decision.get("owner").to_owned(),
    ]
}

fn decisions_table(rows: Vec<Vec<String>>) -> Table {
    let headings = [
        "Reference",
        "Meeting",
        "What was asked",
        "State",
        "What was decided",
        "Who carries it out",
    ];
    table("Decisions", &headings, rows)
}

pub(super) fn structure(board: Board<'_>, today: Date) -> BoardPage {
    let purposes = board.groups(today).into_iter().filter_map(|state| {
        let purpose = state.group.get("purpose").to_owned();
        (!purpose.is_empty()).then(|| (state.group.title().to_owned(), purpose))
    });
    BoardPage::Structure(StructurePage {
        chart: diagram(board, today),
        purposes: purposes.collect(),
    })
}

/// Published meetings, for programs.
pub(in crate::serve) fn api_meetings(plan: &PublicPlan) -> Rows {
    const COLUMNS: &[&str] =
        &["reference", "title", "group", "date", "starts", "ends", "place", "state"];
    let board = Board::new(plan.book());
    let rows = board.all("meetings").into_iter().map(|one| {
        vec![
            json!(one.reference()),
            json!(one.title()),
            maybe(&board.title_of(one, "group")),
            maybe(one.get("due")),
            maybe(one.get("starts")),
            maybe(one.get("ends")),
            maybe(one.get("place")),
            maybe(state(one)),
        ]
    });
    (COLUMNS, rows.collect())
}

/// Published decisions, for programs.
pub(in crate::serve) fn api_decisions(plan: &PublicPlan) -> Rows {
    const COLUMNS: &[&str] = &["reference", "meeting", "asked", "state", "decided", "owner", "due"];
    let board = Board::new(plan.book());
    let rows = board.all("decisions").into_iter().map(|one| {
        let meeting = board.named(one, "meeting").map_or("", Entry::reference);
        vec![
            json!(one.reference()),
            maybe(meeting),
            json!(one.title()),
            maybe(state(one)),
            maybe(one.get("decided")),
            maybe(one.get("owner")),
            maybe(one.get("due")),
        ]
    });
    (COLUMNS, rows.collect())
}

/// Published groups as they stand today, for programs.
pub(in crate::serve) fn api_groups(plan: &PublicPlan) -> Rows {
    const COLUMNS: &[&str] = &["reference", "title", "reports_to", "chairs", "meets", "state"];
    let board = Board::new(plan.book());
    let rows = board.groups(crate::place::today()).into_iter().map(|one| {
        let to = board.named(one.group, "reports-to").map_or("", Entry::reference);
        vec![
            json!(one.group.reference()),
            json!(one.group.title()),
            maybe(to),
            maybe(&one.chairs.join("; ")),
            maybe(&one.cadence.map(Cadence::in_words).unwrap_or_default()),
            json!(one.meeting.in_words()),
        ]
    });
    (COLUMNS, rows.collect())
}

fn maybe(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { json!(text) }
}

fn table(caption: &str, headings: &[&str], rows: Vec<Vec<String>>) -> Table {
    let column = |heading: &&str| Column { heading: (*heading).to_owned(), numeric: false };
    let columns = headings.iter().map(column).collect();
    Table { caption: caption.to_owned(), columns, rows, note: None }
}

fn said_day(entry: &Entry, field: &str) -> String {
    day(entry, field).map(date_in_words).unwrap_or_default()
}

fn capital(text: &str) -> String {
    let text = text.replace('-', " ");
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
