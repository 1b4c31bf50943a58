//! One item: all that it says, its links, and what belongs to it.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::RecordId;
use wardmote_records::registers::{End, Field, Item, ItemQuery, Register};
use wardmote_records::words::{Marking, Operation};
use wardmote_reports::site::work::{Block, Cell, Form, Link, Listing, SummaryRow, WorkPage};

use super::super::account::Done;
use super::super::visit::{Ask, SignedIn, Visit};
use super::super::{PageError, Shown, Workbench};
use super::{Here, id_of};

/// How many items that belong to another are listed on its page.
const MOST_BELOW: u32 = 50;

pub(super) async fn show(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path((register, id)): Path<(String, String)>,
    Ask(done): Ask<Done>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (register, item) = find(&here, &register, &id).await?;
    let base = bench.at(&format!("registers/{}/{id}", register.id));
    let mut rows = Vec::new();
    for field in &register.fields {
        let value = item.values.get(&field.id);
        if !value.is_empty() {
            rows.push(SummaryRow::new(&field.label, shown(&here, field, value).await?));
        }
    }
    rows.push(SummaryRow::new("Version", item.listed.version.to_string()));
    let may_change = here.may_on(&item, Operation::Alteration).await?;
    let title = item.values.of(register, wardmote_records::registers::FieldRole::Title);
    let mut page = WorkPage::new(title)
        .back(bench.at(&format!("registers/{}", register.id)), &register.title)
        .caption(item.values.of(register, wardmote_records::registers::FieldRole::Reference));
    if item.listed.marking != Marking::Official {
        let warning = format!("This item is {}. That you read it is logged.", item.listed.marking);
        page = page.block(Block::Warning(warning));
    }
    page = page.block(Block::Summary(rows));
    let mut about = vec![Link::new(format!("{base}/history"), "What it said before")];
    if may_change {
        about.insert(0, Link::new(format!("{base}/change"), "Change it"));
        about.insert(1, Link::new(format!("{base}/link"), "Link it to something"));
    }
    page = page.block(Block::Links(about));
    let ends = here.business.records.ends(here.asking, &item.listed.id).await?;
    if !ends.is_empty() {
        page = page.block(links(&bench, &here, register, &ends));
        if may_change {
            for end in ends.iter().filter(|end| !end.is_back) {
                page = page.block(unlink_form(&base, register, end));
            }
        }
    }
    for (register, listing) in below(&bench, &here, &item).await? {
        page = page.block(Block::Heading(register)).block(listing);
    }
    let sentences = [
        ("made", "It is added."),
        ("changed", "The change is saved."),
        ("linked", "The link is saved."),
        ("unlinked", "The link is taken away."),
        ("put-back", "The earlier version stands again, as a new one."),
    ];
    bench.show(&visit, &done.put(page, &sentences))
}

/// An item of the register that the address names.
pub(super) async fn find<'a>(
    here: &Here<'a>,
    register: &str,
    id: &str,
) -> Result<(&'a Register, Item), PageError> {
    let register = here.register(register)?;
    let item = here.business.records.item(here.asking, &id_of(id)?).await?;
    if item.listed.kind == register.id { Ok((register, item)) } else { Err(PageError::NotFound) }
}

/// A value as readers see it; an item that may not be read is named by nothing.
pub(super) async fn shown(
    here: &Here<'_>,
    field: &Field,
    value: &str,
) -> Result<String, PageError> {
    let Some(id) = field.to.as_ref().and_then(|_| RecordId::parse(value)) else {
        let date = value.parse().map(crate::place::date_in_words);
        return Ok(date.unwrap_or_else(|_| field.shown(value).to_owned()));
    };
    Ok(match here.business.records.item(here.asking, &id).await {
        Ok(other) => format!("{} {}", other.values.get("reference"), other.values.get("title")),
        Err(_) => "an item that you may not see".to_owned(),
    })
}

fn links(bench: &Workbench, here: &Here<'_>, register: &Register, ends: &[End]) -> Listing {
    let mut listing = Listing::new("Links", ["How", "What"], "");
    for end in ends {
        let what = match &end.item {
            Some((kind, reference)) => {
                let other =
                    if end.is_back { end.link.from.to_string() } else { end.link.to.id.clone() };
                let text = format!("{reference} {}", end.title.as_deref().unwrap_or_default());
                Cell::link(bench.at(&format!("registers/{kind}/{other}")), text)
            }
            None => evidence(bench, &end.link.to.id),
        };
        listing = listing.row([label(here, register, end).into(), what]);
    }
    listing
}

/// What the published assessment says of a claim or figure, with the way to it.
fn evidence(bench: &Workbench, key: &str) -> Cell {
    match bench.reading(key) {
        Some((sentence, address)) => Cell::link(address, sentence),
        None => format!("{key}, which the published evidence does not hold").into(),
    }
}

fn label(here: &Here<'_>, register: &Register, end: &End) -> String {
    let from = match (&end.item, end.is_back) {
        (Some((kind, _)), true) => here.business.registers.get(kind),
        _ => Some(register),
    };
    let relation = from.and_then(|from| from.relation(&end.link.relation));
    relation.map_or_else(
        || end.link.relation.clone(),
        |relation| if end.is_back { relation.back.clone() } else { relation.label.clone() },
    )
}

fn unlink_form(base: &str, register: &Register, end: &End) -> Form {
    let relation = register.relation(&end.link.relation);
    let label = relation.map_or("the link", |relation| &relation.label);
    let other = match &end.item {
        Some((_, reference)) => reference.as_str(),
        None => end.link.to.id.as_str(),
    };
    Form::new(format!("{base}/unlink"), format!("Take away: {label} {other}"))
        .hidden("relation", &end.link.relation)
        .hidden("to", &end.link.to.id)
        .secondary()
}

/// Items that name this one as what they belong to, by register.
async fn below(
    bench: &Workbench,
    here: &Here<'_>,
    item: &Item,
) -> Result<Vec<(String, Listing)>, PageError> {
    let parent = wardmote_records::registers::FieldRole::Parent;
    let mut found = Vec::new();
    for register in here.business.registers.iter() {
        let to = register.role(parent).and_then(|field| field.to.as_deref());
        if to != Some(item.listed.kind.as_str()) {
            continue;
        }
        let query = ItemQuery {
            register: register.id.clone(),
            parent: Some(item.listed.id.clone()),
            most: MOST_BELOW,
            ..ItemQuery::default()
        };
        let page =
            here.business.records.items(here.asking, &here.business.registers, &query).await?;
        if page.rows.is_empty() {
            continue;
        }
        let caption = if page.more { format!("The first {MOST_BELOW}") } else { "All".to_owned() };
        let mut listing = Listing::new(caption, ["Item", "Due", "Owner"], "");
        for row in page.rows {
            let address = bench.at(&format!("registers/{}/{}", register.id, row.id));
            listing = listing.row([
                Cell::link(address, format!("{} {}", row.reference, row.title)),
                row.due.unwrap_or_default().into(),
                row.owner.unwrap_or_default().into(),
            ]);
        }
        found.push((register.title.clone(), listing));
    }
    Ok(found)
}
