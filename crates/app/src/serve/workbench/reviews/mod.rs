//! Reviews with their clocks, for those who may see them; what happened is written down by a form.

mod note;

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_domain::clock::{Clock, run};
use wardmote_domain::review::{Checklist, not_ready};
use wardmote_records::RecordId;
use wardmote_records::registers::{Item, ItemQuery};
use wardmote_records::words::Operation;
use wardmote_reports::site::work::{Block, Cell, Listing, Paging, WorkPage};

use self::note::Note;
use super::account::{Done, links};
use super::registers::{Here, PER_PAGE, Wanted};
use super::routes::Needs;
use super::visit::{Ask, SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};
use crate::business::Entry;
use crate::commands::clock::explain::{due_in_words, timing_in_words};
use crate::law::Law;
use crate::reviews::{CASES, clock_of, confirmed, facts_of, next_step, threshold};

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("reviews", Needs::SignedIn, list)
        .get("reviews/{id}", Needs::SignedIn, one)
        .get("reviews/{id}/note/{what}", Needs::SignedIn, note::ask)
        .post("reviews/{id}/note/{what}", Needs::SignedIn, note::write);
}

fn law(bench: &Workbench) -> Result<Law, PageError> {
    Law::read(bench.served.folder()).map_err(PageError::Failed)
}

async fn list(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Ask(wanted): Ask<Wanted>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let law = law(&bench)?;
    let mut page = WorkPage::new("Reviews").paragraph(
        "OFFICIAL-SENSITIVE. Each reading is logged. The dates are counted from what is written as \
         having happened, by the law in force then.",
    );
    for (register, _) in CASES {
        let about = here.business.registers.get(register);
        let title = about.map_or(register, |register| register.title.as_str());
        let mut listing = Listing::new(
            title,
            ["Review", "Next step", "By when", "State"],
            "There is none that you may see.",
        );
        let query = ItemQuery {
            register: register.to_owned(),
            skip: wanted.skip(),
            most: PER_PAGE,
            ..ItemQuery::default()
        };
        let found = here.business.records.item_page(here.asking, &query).await?;
        // Both lists go on together, as far as each has pages.
        if wanted.number() > 1 && found.items.is_empty() {
            continue;
        }
        for case in found.items.into_iter().map(Entry::of) {
            listing = listing.row(row(&bench, &law, &case, who.today())?);
        }
        let at = bench.at("reviews");
        page = page.block(listing.paging(Paging::new(&at, wanted.number(), PER_PAGE, found.total)));
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

/// A case that somebody may see, and the law that it runs under.
struct Opened<'a> {
    here: Here<'a>,
    law: Law,
    item: Item,
    case: Entry,
}

impl<'a> Opened<'a> {
    async fn of(bench: &'a Workbench, who: &'a SignedIn, id: &str) -> Result<Self, PageError> {
        let here = Here::of(bench, who)?;
        let id = RecordId::parse(id).ok_or(PageError::NotFound)?;
        let item = here.business.records.item(here.asking, &id).await?;
        if CASES.iter().all(|(register, _)| *register != item.listed.kind) {
            return Err(PageError::NotFound);
        }
        let law = law(bench)?;
        Ok(Self { here, law, case: Entry::of(item.clone()), item })
    }

    fn clock(&self) -> Result<&Clock, PageError> {
        clock_of(&self.law, &self.case).map_err(PageError::Failed)
    }

    /// The checklist before publication, where the case has one.
    fn checklist(&self) -> Option<&Checklist> {
        self.law.publication.as_ref().filter(|_| self.case.register == "death-reviews")
    }

    fn address(&self, bench: &Workbench) -> String {
        bench.at(&format!("reviews/{}", self.case.id))
    }
}

async fn one(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
    Ask(done): Ask<Done>,
) -> Shown {
    let opened = Opened::of(&bench, &who, &id).await?;
    let (case, law, clock) = (&opened.case, &opened.law, opened.clock()?);
    let mut page = WorkPage::new(case.title())
        .caption(format!("{}, {}", clock.title, case.get("marking")))
        .back(bench.at("reviews"), "Reviews");
    page = done.put(page, &[("noted", "It is written down, and the dates are counted anew.")]);
    let facts = match facts_of(clock, case) {
        Ok(facts) => facts,
        Err(error) => {
            page = page.block(Block::Warning(crate::console::chain(&error)));
            return bench.show(&visit, &page.block(about(&bench, &opened, &[])));
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
    let mut notes = Vec::new();
    if opened.here.may_on(&opened.item, Operation::Alteration).await? {
        notes = note::possible(&opened, &facts);
    }
    page = page.block(about(&bench, &opened, &notes)).block(listing);
    if case.register == "asb-reviews" {
        if let Ok(answer) = threshold(law, case) {
            let met = if answer.met { "The threshold is met" } else { "The threshold is not met" };
            page = page.block(Block::Heading(met.to_owned())).block(Block::List(answer.reasons));
        }
    } else if let Some(checklist) = opened.checklist() {
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

/// What can be written down now, and the ways to all that the case says.
fn about(bench: &Workbench, opened: &Opened<'_>, notes: &[Note]) -> Block {
    let at = opened.address(bench);
    let note = |one: &Note| (format!("{at}/note/{}", one.path()), one.title());
    let item = bench.at(&format!("registers/{}/{}", opened.case.register, opened.case.id));
    let ways = [
        (item.clone(), "All that is written of it"),
        (format!("{item}/history"), "What it said before"),
    ];
    links(notes.iter().map(note).chain(ways))
}
