//! The registers, their items, and what is due.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Deserialize;
use wardmote_records::registers::{FieldRole, ItemQuery};
use wardmote_records::words::Operation;
use wardmote_reports::site::work::{Block, Cell, Field, Form, Link, Listing, Paging, WorkPage};

use super::super::account::links;
use super::super::visit::{Ask, SignedIn, Visit};
use super::super::{PageError, Shown, Workbench};
use super::Here;

/// How many items a page of a list has.
pub(in crate::serve::workbench) const PER_PAGE: u32 = 50;
/// How many days ahead the page of what is due looks.
const DUE_WITHIN_DAYS: i64 = 92;

pub(super) async fn registers(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let mut found = Vec::new();
    let mut about = Listing::new(
        "Registers",
        ["Register", "What it is for"],
        "There is none that you may see.",
    );
    for register in here.business.registers.iter() {
        if here.may(register, Operation::Consultation).await? {
            let address = bench.at(&format!("registers/{}", register.id));
            about =
                about.row([Cell::link(address, &register.title), register.about.clone().into()]);
            found.push(register);
        }
    }
    let mut page = WorkPage::new("Registers");
    if !found.is_empty() {
        let mut more = vec![(bench.at("registers/due"), "What is due next")];
        if super::workbook::may_send(&here).await? {
            more.push((bench.at("registers/workbook"), "Send a workbook"));
        }
        page = page.block(links(more));
    }
    bench.show(&visit, &page.block(about))
}

pub(super) async fn due(State(bench): State<Arc<Workbench>>, visit: Visit, who: SignedIn) -> Shown {
    let here = Here::of(&bench, &who)?;
    let ahead = jiff::Span::new().try_days(DUE_WITHIN_DAYS).map_err(failed)?;
    let until = who.today().checked_add(ahead).map_err(failed)?;
    let mut listing = Listing::new(
        format!("Due until {}", crate::place::date_in_words(until)),
        ["Day", "What", "Register", "Owner"],
        "Nothing is due.",
    );
    for due in here.business.records.due(here.asking, until, 200).await? {
        let register = here.register(&due.register)?;
        let day = due.on.parse().map_or_else(|_| due.on.clone(), crate::place::date_in_words);
        let day = if due.on < who.today().to_string() { format!("{day} (overdue)") } else { day };
        let address = bench.at(&format!("registers/{}/{}", due.register, due.id));
        listing = listing.row([
            day.into(),
            Cell::link(address, format!("{} {}", due.reference, due.title)),
            register.title.clone().into(),
            due.owner.unwrap_or_default().into(),
        ]);
    }
    let page = WorkPage::new("What is due next").back(bench.at("registers"), "Registers");
    bench.show(&visit, &page.block(listing))
}

fn failed(why: jiff::Error) -> PageError {
    PageError::Failed(why.into())
}

/// Which part of a list is wanted.
#[derive(Debug, Default, Deserialize)]
pub(in crate::serve::workbench) struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    page: Option<u32>,
}

impl Wanted {
    /// The number of the page, from 1.
    pub(in crate::serve::workbench) fn number(&self) -> u32 {
        self.page.unwrap_or(1).clamp(1, 10_000)
    }

    /// How many items stand on the pages before it.
    pub(in crate::serve::workbench) fn skip(&self) -> u32 {
        (self.number() - 1) * PER_PAGE
    }
}

pub(super) async fn items(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(register): Path<String>,
    Ask(wanted): Ask<Wanted>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let register = here.register(&register)?;
    if !here.may(register, Operation::Consultation).await? {
        return Err(PageError::NotFound);
    }
    let q: String = wanted.q.chars().take(80).collect();
    let state_field = register.role(FieldRole::State);
    let is_state = |field: &&wardmote_records::registers::Field| {
        field.choices.iter().any(|choice| choice.id == wanted.state)
    };
    let state = state_field.filter(is_state).map(|_| wanted.state.clone());
    let query = ItemQuery {
        register: register.id.clone(),
        state: state.clone(),
        words: q.clone(),
        skip: wanted.skip(),
        most: PER_PAGE,
        ..ItemQuery::default()
    };
    let found = here.business.records.items(here.asking, &here.business.registers, &query).await?;
    let base = bench.at(&format!("registers/{}", register.id));
    let mut search = Form::search(&base, "Find")
        .field(Field::text("q", "Words of the title or reference").value(&q).width(20))
        .secondary();
    if let Some(field) = state_field {
        let any = (String::new(), "Any".to_owned());
        let choices = field.choices.iter().map(|one| (one.id.clone(), one.label.clone()));
        let choices = std::iter::once(any).chain(choices);
        let chosen = state.clone().unwrap_or_default();
        search = search.field(Field::select("state", &field.label, choices).value(chosen));
    }
    let mut listing = Listing::new(
        &register.title,
        ["Item", "State", "Due", "Owner"],
        "There is none here that you may see.",
    );
    for row in found.rows {
        let address = format!("{base}/{}", row.id);
        let state = row.state.unwrap_or_default();
        let state = state_field.map_or(state.as_str(), |field| field.shown(&state)).to_owned();
        listing = listing.row([
            Cell::link(address, format!("{} {}", row.reference, row.title)),
            state.into(),
            row.due.unwrap_or_default().into(),
            row.owner.unwrap_or_default().into(),
        ]);
    }
    let state = state.unwrap_or_default();
    let asked = serde_urlencoded::to_string([("q", &q), ("state", &state)]).unwrap_or_default();
    let paging = Paging::new(&format!("{base}?{asked}"), wanted.number(), PER_PAGE, found.total);
    let mut page = WorkPage::new(&register.title)
        .back(bench.at("registers"), "Registers")
        .paragraph(&register.about);
    if here.may(register, Operation::Collection).await? {
        let words = format!("Add: {}", register.one);
        page = page.block(Block::Links(vec![Link::new(format!("{base}/new"), words)]));
    }
    bench.show(&visit, &page.block(search).block(listing.paging(paging)))
}
