//! Reviews with their clocks, for those who may see them.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_domain::clock::run;
use wardmote_domain::review::not_ready;
use wardmote_records::RecordId;
use wardmote_reports::site::work::{Block, Cell, Listing, WorkPage};

use super::routes::Needs;
use super::visit::{SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};
use crate::business::{Book, Business, Entry};
use crate::commands::clock::explain::{due_in_words, timing_in_words};
use crate::law::Law;
use crate::reviews::{CASES, cases, clock_of, confirmed, facts_of, next_step, threshold};

pub(super) fn add(routes: &mut Routes) {
    routes.get("reviews", Needs::SignedIn, list).get("reviews/{id}", Needs::SignedIn, one);
}

/// The registers of the folder; a folder without them has no such page.
pub(super) fn business(bench: &Workbench) -> Result<&Business, PageError> {
    bench.business.as_ref().ok_or(PageError::NotFound)
}

fn law(bench: &Workbench) -> Result<Law, PageError> {
    Law::read(bench.served.folder()).map_err(PageError::Failed)
}

async fn list(State(bench): State<Arc<Workbench>>, visit: Visit, who: SignedIn) -> Shown {
    let business = business(&bench)?;
    let law = law(&bench)?;
    let asking = who.asking(&business.settings.purpose);
    let registers = CASES.map(|(register, _)| register);
    let book = cases(business, asking, &registers).await.map_err(PageError::Failed)?;
    let mut page = WorkPage::new("Reviews").paragraph(
        "OFFICIAL-SENSITIVE. Each reading is logged. The dates are counted from what is written as \
         having happened, by the law in force then.",
    );
    for register in registers {
        let about = business.registers.get(register);
        let title = about.map_or(register, |register| register.title.as_str());
        let mut listing = Listing::new(
            title,
            ["Review", "Next step", "By when", "State"],
            "There is none that you may see.",
        );
        for case in book.all(register) {
            listing = listing.row(row(&bench, &law, case, who.today())?);
        }
        page = page.block(listing);
    }
    bench.show(&visit, &page)
}

fn row(
    bench: &Workbench,
    law: &Law,
    case: &Entry,
    today: jiff::civil::Date,
) -> Result<[Cell; 4], PageError> {
    let clock = clock_of(law, case).map_err(PageError::Failed)?;
    let link = Cell::link(bench.at(&format!("reviews/{}", case.id)), case.reference());
    // What cannot be read is said where it stands, so that one slip hides no other case.
    let facts = match facts_of(clock, case) {
        Ok(facts) => facts,
        Err(error) => {
            let why = crate::console::chain(&error);
            return Ok([link, "Cannot be counted".into(), "".into(), why.into()]);
        }
    };
    Ok(match next_step(law, clock, &facts, today) {
        Some(next) => [
            link,
            next.step.title.as_str().into(),
            due_in_words(&next.due).into(),
            timing_in_words(next.timing).into(),
        ],
        None => [link, "Every step is done".into(), "".into(), "".into()],
    })
}

async fn one(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let business = business(&bench)?;
    let law = law(&bench)?;
    let id = RecordId::parse(&id).ok_or(PageError::NotFound)?;
    let asking = who.asking(&business.settings.purpose);
    let item = business.records.item(asking, &id).await?;
    if CASES.iter().all(|(register, _)| *register != item.listed.kind) {
        return Err(PageError::NotFound);
    }
    let book = Book::of_items(vec![item], Vec::new());
    let case = book.iter().next().ok_or(PageError::NotFound)?;
    let clock = clock_of(&law, case).map_err(PageError::Failed)?;
    let mut page = WorkPage::new(case.title())
        .caption(format!("{}, {}", clock.title, case.get("marking")))
        .back(bench.at("reviews"), "Reviews");
    let facts = match facts_of(clock, case) {
        Ok(facts) => facts,
        Err(error) => {
            page = page.block(Block::Warning(crate::console::chain(&error)));
            return bench.show(&visit, &page);
        }
    };
    let mut listing =
        Listing::new("Steps", ["Step", "Who", "By when", "State", "Why"], "No step applies.");
    for step in run(clock, &facts, &law.calendar, who.today()) {
        let who = step.step.who.clone().unwrap_or_default();
        let why = step.reasons.iter().chain(&step.warnings).cloned().collect::<Vec<_>>().join(" ");
        listing = listing.row([
            step.step.title.as_str().into(),
            who.into(),
            due_in_words(&step.due).into(),
            timing_in_words(step.timing).into(),
            Cell::from(why),
        ]);
    }
    page = page.block(listing);
    if case.register == "asb-reviews" {
        if let Ok(answer) = threshold(&law, case) {
            let met = if answer.met { "The threshold is met" } else { "The threshold is not met" };
            page = page.block(Block::Heading(met.to_owned())).block(Block::List(answer.reasons));
        }
    } else if let Some(checklist) = &law.publication {
        let open = not_ready(checklist, &confirmed(case));
        let open: Vec<String> = open.iter().map(|item| format!("{}.", item.must)).collect();
        page = page.block(Block::Heading("Before the report is published".to_owned()));
        page = if open.is_empty() {
            page.paragraph("Everything on the list was confirmed.")
        } else {
            page.paragraph("Nobody has confirmed these yet:").block(Block::List(open))
        };
    }
    bench.show(&visit, &page)
}
