//! The board's meetings and decisions for those who may see them, and the pack of a meeting: made by a
//! job, read by whoever may consult all that it shows.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use wardmote_domain::clock::date_in_words;
use wardmote_records::words::{Duty, Operation};
use wardmote_reports::site::work::{Block, Cell, Form, Listing, SummaryRow, WorkPage};

use super::super::answer::content_type;
use super::account::links;
use super::gate::meets;
use super::registers::Here;
use super::reviews::business;
use super::routes::Needs;
use super::visit::{SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};
use crate::board::{Board, day, lines, state};
use crate::jobs::Jobs;
use crate::place::is_plain_name;

const TO_MAKE: Needs = Needs::Duty(Duty::RunJobs);
/// What a pack shows.
const SHOWN: [&str; 11] = [
    "plans",
    "themes",
    "priorities",
    "actions",
    "measures",
    "duties",
    "risks",
    "groups",
    "meetings",
    "decisions",
    "forward-plan",
];

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("meetings", Needs::SignedIn, meetings)
        .get("meetings/{reference}", Needs::SignedIn, one)
        .post("meetings/{reference}/pack", TO_MAKE, make_pack)
        .get("meetings/{reference}/pack/{*path}", Needs::SignedIn, pack_file)
        .get("decisions", Needs::SignedIn, decisions);
}

async fn one(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(reference): Path<String>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let book = here.business.book(here.asking).await.map_err(PageError::Failed)?;
    let board = Board::new(&book);
    let meeting = board.called("meetings", &reference).ok_or(PageError::NotFound)?;
    let when = day(meeting, "due").map(date_in_words).unwrap_or_default();
    let rows = [
        ("Who meets", board.title_of(meeting, "group")),
        ("When", when),
        ("Where", meeting.get("place").to_owned()),
        ("State", state(meeting).to_owned()),
    ];
    let rows = rows.into_iter().filter(|(_, words)| !words.is_empty());
    let mut page = WorkPage::new(meeting.title())
        .back(bench.at("meetings"), "Meetings")
        .caption(&reference)
        .block(Block::Summary(rows.map(|(key, words)| SummaryRow::new(key, words)).collect()));
    let agenda = lines(meeting, "agenda");
    if !agenda.is_empty() {
        page = page.block(Block::Heading("Agenda".to_owned())).block(Block::List(agenda));
    }
    let mut wanted = Listing::new(
        "Decisions",
        ["Reference", "What is asked", "State", "Who carries it out"],
        "Nothing is asked of this meeting.",
    );
    for decision in board.decisions_of(meeting) {
        let cells =
            [decision.reference(), decision.title(), state(decision), decision.get("owner")];
        wanted = wanted.row(cells.map(Cell::from));
    }
    page = page.block(wanted).block(Block::Heading("Pack".to_owned()));
    let at = bench.at(&format!("meetings/{reference}/pack"));
    let is_there = folder(&bench, &reference)?.join("index.html").is_file();
    page = if is_there && may_read(&here).await? {
        let files =
            [("index.html", "The papers"), ("pack.pdf", "As PDF"), ("slides.pdf", "Slides")];
        page.block(links(files.map(|(file, words)| (format!("{at}/{file}"), words))))
    } else {
        page.paragraph("There is none that you may read.")
    };
    if meets(&bench, &who, TO_MAKE) {
        page = page
            .paragraph(
                "It is made from the registers as you may see them and from the evidence, and is \
                 written only if the gate finds nothing. The job says what keeps it from going.",
            )
            .block(Form::new(at, "Make the pack").secondary());
    }
    bench.show(&visit, &page)
}

/// Where the pack of a meeting lies.
fn folder(bench: &Workbench, reference: &str) -> Result<PathBuf, PageError> {
    if !is_plain_name(reference) {
        return Err(PageError::NotFound);
    }
    Ok(bench.served.folder().join("packs").join(reference))
}

async fn may_read(here: &Here<'_>) -> Result<bool, PageError> {
    for register in SHOWN {
        if !here.may(here.register(register)?, Operation::Consultation).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn make_pack(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path(reference): Path<String>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let book = here.business.book(here.asking).await.map_err(PageError::Failed)?;
    if !may_read(&here).await? || book.called("meetings", &reference).is_none() {
        return Err(PageError::NotFound);
    }
    let words = ["pack".to_owned(), "build".to_owned(), format!("--as={}", who.person())];
    let words: Vec<String> = words.into_iter().chain(["--".to_owned(), reference]).collect();
    let job = Jobs::of(bench.served.folder()).ask(&words, who.person());
    let job = job.map_err(PageError::Failed)?;
    Ok(bench.go(&format!("jobs/of/{}", job.id)))
}

async fn pack_file(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path((reference, path)): Path<(String, String)>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    // No part may lead out of the folder.
    if !path.split('/').all(is_plain_name) || !may_read(&here).await? {
        return Err(PageError::NotFound);
    }
    let whole = folder(&bench, &reference)?.join(&path);
    let bytes = tokio::fs::read(&whole).await.map_err(|_| PageError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, content_type(&path))], bytes).into_response())
}

async fn meetings(State(bench): State<Arc<Workbench>>, visit: Visit, who: SignedIn) -> Shown {
    let business = business(&bench)?;
    let book = business.book(who.asking(&business.settings.purpose)).await;
    let book = book.map_err(PageError::Failed)?;
    let board = Board::new(&book);
    let mut listing = Listing::new(
        "Meetings, the latest first",
        ["Date", "Group", "Meeting", "State", "Decisions wanted"],
        "There is no meeting that you may see.",
    );
    for meeting in board.all("meetings").into_iter().rev() {
        let wanted = board.decisions_of(meeting).into_iter().filter(|one| state(one) == "wanted");
        listing = listing.row([
            day(meeting, "due").map(date_in_words).unwrap_or_default().into(),
            board.title_of(meeting, "group").into(),
            Cell::link(bench.at(&format!("meetings/{}", meeting.reference())), meeting.title()),
            state(meeting).into(),
            Cell::from(wanted.count().to_string()),
        ]);
    }
    let lapsed: Vec<String> = board
        .groups(who.today())
        .iter()
        .filter(|group| matches!(group.meeting, wardmote_domain::board::Meeting::Lapsed { .. }))
        .map(|group| format!("{}: {}", group.group.title(), group.meeting.in_words()))
        .collect();
    let mut page = WorkPage::new("Meetings");
    if !lapsed.is_empty() {
        page = page
            .block(Block::Heading("Groups that have not met as often as they said".to_owned()))
            .block(Block::List(lapsed));
    }
    bench.show(&visit, &page.block(listing))
}

async fn decisions(State(bench): State<Arc<Workbench>>, visit: Visit, who: SignedIn) -> Shown {
    let business = business(&bench)?;
    let book = business.book(who.asking(&business.settings.purpose)).await;
    let book = book.map_err(PageError::Failed)?;
    let board = Board::new(&book);
    let mut page = WorkPage::new("Decisions");
    for decision in board.all("decisions").into_iter().rev() {
        let meeting = board.named(decision, "meeting");
        let when = meeting.and_then(|meeting| day(meeting, "due")).map(date_in_words);
        page = page
            .block(Block::Heading(format!("{}: {}", decision.reference(), decision.title())))
            .block(Block::Summary(vec![
                SummaryRow::new("Meeting", when.unwrap_or_default()),
                SummaryRow::new("State", state(decision)),
                SummaryRow::several("What was decided", lines(decision, "decided")),
                SummaryRow::new("Who carries it out", decision.get("owner")),
                SummaryRow::new(
                    "To be carried out by",
                    day(decision, "due").map(date_in_words).unwrap_or_default(),
                ),
            ]));
    }
    bench.show(&visit, &page)
}
