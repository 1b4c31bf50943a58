//! The board's meetings and decisions for those who may see them, and the pack of a meeting: made by a
//! job, read by whoever may consult all that it shows.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use wardmote_domain::board::Meeting as Met;
use wardmote_domain::clock::date_in_words;
use wardmote_records::RecordId;
use wardmote_records::registers::{FieldRole, Item, ItemOrder, ItemQuery};
use wardmote_records::words::{Duty, Operation};
use wardmote_reports::site::work::{Block, Cell, Form, Listing, Paging, SummaryRow, WorkPage};

use super::super::answer::content_type;
use super::account::links;
use super::gate::meets;
use super::registers::{Here, PER_PAGE, Wanted};
use super::routes::Needs;
use super::visit::{Ask, SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};
use crate::board::{day, is_ours, lines, met, state};
use crate::business::{Book, Entry};
use crate::jobs::Jobs;
use crate::place::is_plain_name;

const TO_MAKE: Needs = Needs::Duty(Duty::RunJobs);
/// The most decisions of a meeting, or wanted of all meetings, that are looked at.
const MOST_DECISIONS: u32 = 200;
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
    let records = &here.business.records;
    let meeting = called(&here, &reference).await?;
    let group = RecordId::parse(meeting.values.get("group"));
    let group = records.items_by_id(here.asking, group.as_slice()).await?;
    let asked = ItemQuery {
        register: "decisions".to_owned(),
        parent: Some(meeting.listed.id.clone()),
        most: MOST_DECISIONS,
        ..ItemQuery::default()
    };
    let decisions = records.item_page(here.asking, &asked).await?;
    let meeting = &Entry::of(meeting);
    let when = day(meeting, "due").map(date_in_words).unwrap_or_default();
    let rows = [
        ("Who meets", group.first().map(title).unwrap_or_default()),
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
    for decision in decisions.items.into_iter().map(Entry::of) {
        let cells =
            [decision.reference(), decision.title(), state(&decision), decision.get("owner")];
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
    called(&here, &reference).await?;
    if !may_read(&here).await? {
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

async fn meetings(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Ask(wanted): Ask<Wanted>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let records = &here.business.records;
    // Of groups there are few, so that all are read.
    let (groups, _) = records.whole(here.asking, &["groups"]).await?;
    let groups = Book::of_items(groups, Vec::new());
    let query = ItemQuery {
        register: "meetings".to_owned(),
        order: ItemOrder::LastDue,
        skip: wanted.skip(),
        most: PER_PAGE,
        ..ItemQuery::default()
    };
    let found = records.items(here.asking, &here.business.registers, &query).await?;
    let asked = ItemQuery {
        register: "decisions".to_owned(),
        state: Some("wanted".to_owned()),
        most: MOST_DECISIONS,
        ..ItemQuery::default()
    };
    let asked = records.items(here.asking, &here.business.registers, &asked).await?;
    let register = here.register("meetings")?;
    let mut listing = Listing::new(
        "Meetings, the latest first",
        ["Date", "Group", "Meeting", "State", "Decisions wanted"],
        "There is no meeting that you may see.",
    );
    for meeting in found.rows {
        let id = meeting.id.to_string();
        let n_wanted = asked.rows.iter().filter(|one| one.parent.as_ref() == Some(&id)).count();
        let due = meeting.due.as_deref().and_then(|due| due.parse().ok());
        let group = meeting.parent.as_deref().and_then(|group| groups.by_id(group));
        let state = meeting.state.unwrap_or_default();
        let shown = register.role(FieldRole::State).map_or(state.as_str(), |one| one.shown(&state));
        listing = listing.row([
            due.map(date_in_words).unwrap_or_default().into(),
            group.map_or("", Entry::title).into(),
            Cell::link(bench.at(&format!("meetings/{}", meeting.reference)), meeting.title),
            shown.into(),
            Cell::from(n_wanted.to_string()),
        ]);
    }
    let paging = Paging::new(&bench.at("meetings"), wanted.number(), PER_PAGE, found.total);
    let last = records.last_due_by_parent(here.asking, "meetings", "held", who.today()).await?;
    let lapsed: Vec<String> = groups
        .iter()
        .filter(|group| is_ours(group))
        .map(|group| (group, met(group, last.get(&group.id).copied(), who.today())))
        .filter(|(_, meeting)| matches!(meeting, Met::Lapsed { .. }))
        .map(|(group, meeting)| format!("{}: {}", group.title(), meeting.in_words()))
        .collect();
    let mut page = WorkPage::new("Meetings");
    if !lapsed.is_empty() {
        page = page
            .block(Block::Heading("Groups that have not met as often as they said".to_owned()))
            .block(Block::List(lapsed));
    }
    bench.show(&visit, &page.block(listing.paging(paging)))
}

async fn decisions(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Ask(wanted): Ask<Wanted>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let records = &here.business.records;
    let query = ItemQuery {
        register: "decisions".to_owned(),
        order: ItemOrder::LastReference,
        skip: wanted.skip(),
        most: PER_PAGE,
        ..ItemQuery::default()
    };
    let found = records.item_page(here.asking, &query).await?;
    let of = |item: &Item| RecordId::parse(item.values.get("meeting"));
    let meetings: BTreeSet<RecordId> = found.items.iter().filter_map(of).collect();
    let meetings: Vec<RecordId> = meetings.into_iter().collect();
    let meetings = records.items_by_id(here.asking, &meetings).await?;
    let meetings = Book::of_items(meetings, Vec::new());
    let register = here.register("decisions")?;
    let mut listing = Listing::new(
        "Decisions, the latest first",
        ["Decision", "Meeting", "State", "What was decided", "Who carries it out", "By when"],
        "There is no decision that you may see.",
    );
    for decision in found.items.into_iter().map(Entry::of) {
        let meeting = meetings.by_id(decision.get("meeting"));
        let when = meeting.and_then(|meeting| day(meeting, "due")).map(date_in_words);
        let address = bench.at(&format!("registers/decisions/{}", decision.id));
        let words = format!("{}: {}", decision.reference(), decision.title());
        let state = register.role(FieldRole::State).map_or("", |one| one.shown(state(&decision)));
        listing = listing.row([
            Cell::link(address, words),
            when.unwrap_or_default().into(),
            state.into(),
            lines(&decision, "decided").join(" ").into(),
            decision.get("owner").into(),
            day(&decision, "due").map(date_in_words).unwrap_or_default().into(),
        ]);
    }
    let paging = Paging::new(&bench.at("decisions"), wanted.number(), PER_PAGE, found.total);
    bench.show(&visit, &WorkPage::new("Decisions").block(listing.paging(paging)))
}

/// A meeting by its reference.
async fn called(here: &Here<'_>, reference: &str) -> Result<Item, PageError> {
    Ok(here.business.records.item_called(here.asking, "meetings", reference).await?)
}

fn title(item: &Item) -> String {
    item.values.get("title").to_owned()
}
