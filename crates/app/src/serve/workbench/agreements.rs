//! The sharing agreements in plain English, and how a request would be decided under them.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::RecordId;
use wardmote_records::policy::{Decision, Request, Resource, in_english};
use wardmote_records::words::{Duty, Marking, Operation};
use wardmote_reports::site::work::{
    Block, Cell, Field, Form, Listing, Problem, SummaryRow, Typed, WorkPage,
};

use super::account::{day_text, links};
use super::entered::Entered;
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};

const EXPLAIN: Needs = Needs::Duty(Duty::ExplainDecisions);

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("agreements", Needs::SignedIn, list)
        .get("agreements/in-force/{id}", Needs::SignedIn, agreement)
        .get("agreements/decision", EXPLAIN, ask)
        .post("agreements/decision", EXPLAIN, decide);
}

async fn list(State(bench): State<Arc<Workbench>>, visit: Visit, who: SignedIn) -> Shown {
    let mut listing = Listing::new(
        "Agreements",
        ["Agreement", "From", "To", "Review by", "State today"],
        "There is no agreement, and so nothing is shared.",
    );
    for one in &bench.records.policies().agreements().agreements {
        let (terms, today) = (&one.terms, who.today());
        let state = match () {
            () if today < terms.start => "not begun",
            () if today > terms.end => "ended",
            () if today > terms.review => "review is due",
            () => "in force",
        };
        listing = listing.row([
            Cell::link(bench.at(&format!("agreements/in-force/{}", one.id)), &terms.title),
            day_text(terms.start).into(),
            day_text(terms.end).into(),
            day_text(terms.review).into(),
            Cell::from(state),
        ]);
    }
    let mut page = WorkPage::new("Agreements")
        .paragraph("What no agreement permits is refused.")
        .block(listing);
    if super::gate::meets(&bench, &who, EXPLAIN) {
        let ask = "Ask how a request would be decided";
        page = page.block(links([(bench.at("agreements/decision"), ask)]));
    }
    bench.show(&visit, &page)
}

async fn agreement(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Shown {
    let agreement = bench.records.policies().agreements().find(&id).ok_or(PageError::NotFound)?;
    let text = in_english(agreement);
    let text = text.split_once('\n').map_or(text.as_str(), |(_, text)| text).trim().to_owned();
    let page = WorkPage::new(&agreement.terms.title)
        .back(bench.at("agreements"), "Agreements")
        .block(Block::Text(text));
    bench.show(&visit, &page)
}

async fn ask(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    bench.show(&visit, &page(&bench, &Typed::default(), &[]))
}

fn page(bench: &Workbench, typed: &Typed, problems: &[Problem]) -> WorkPage {
    let operations = Operation::ALL.iter().map(|one| (one.word(), one.word()));
    let markings = Marking::ALL.iter().map(|one| (one.word(), one.word()));
    let form = Form::new(bench.at("agreements/decision"), "Decide")
        .field(Field::text("person", "Who asks").hint("The id of a person").width(20))
        .field(Field::select("operation", "To do what", operations))
        .field(Field::text("purpose", "For what purpose").hint("As agreements name it").width(30))
        .field(
            Field::text("record", "With which record")
                .hint("The id of one; or leave it empty and describe one below")
                .width(30),
        )
        .field(Field::text("owner", "Whose record").hint("The id of an organisation").width(20))
        .field(Field::text("category", "Of which category of data").width(20))
        .field(Field::radios("marking", "Marked", markings))
        .field(Field::radios("personal", "With personal data", [("yes", "Yes"), ("no", "No")]))
        .filled(typed)
        .with_problems(problems);
    WorkPage::new("How would this be decided?")
        .back(bench.at("agreements"), "Agreements")
        .paragraph("Nothing is read or changed by asking.")
        .block(form)
}

async fn decide(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    posted: Posted,
) -> Shown {
    let typed = posted.typed();
    let store = bench.accounts.store();
    let mut entered = Entered::new(typed);
    let person = entered.text("person", 80, "Enter who asks");
    let operations = Operation::ALL.iter().map(|one| one.word());
    let operation = entered.choice("operation", operations, "Choose what is done");
    let purpose = entered.text("purpose", 80, "Enter the purpose");
    let record = entered.optional_text("record", 32);
    let actor = store.actor(&person, who.today()).await?;
    if actor.is_none() && !person.is_empty() {
        entered.wrong("person", "There is nobody of this id");
    }
    let resource = if record.is_empty() {
        let owner = entered.text("owner", 80, "Enter whose record it is");
        let category = entered.text("category", 80, "Enter the category of data");
        let markings = Marking::ALL.iter().map(|one| one.word());
        let marking = entered.choice("marking", markings, "Choose a marking");
        let personal = entered.choice("personal", ["yes", "no"], "Say whether it names people");
        let marking = Marking::parse(&marking).ok();
        let personal = personal == "yes";
        marking.map(|marking| (Resource { owner, category, marking, personal }, None))
    } else {
        let id = RecordId::parse(&record);
        let found = match &id {
            Some(id) => store.listed(id).await?,
            None => None,
        };
        if found.is_none() {
            entered.wrong("record", "There is no record of this id");
        }
        found.map(|found| (found.resource(), Some(found.regime)))
    };
    let problems = entered.problems();
    let (Some(actor), Some((resource, regime)), Ok(operation), true) =
        (actor, resource, Operation::parse(&operation), problems.is_empty())
    else {
        return bench.show(&visit, &page(&bench, typed, &problems));
    };
    let request = Request { actor: &actor, operation, purpose: &purpose, on: who.today() };
    let (protection, policies) = (bench.records.protection(), bench.records.policies());
    let decision = protection.decide(policies, &request, &resource, regime)?;
    let (answer, why) = match decision {
        Decision::Permitted { by } => ("Permitted", format!("by {by}")),
        Decision::Refused(refusal) => ("Refused", refusal.to_string()),
    };
    let rows = vec![SummaryRow::new("Answer", answer), SummaryRow::new("Why", why)];
    bench.show(&visit, &page(&bench, typed, &[]).block(Block::Summary(rows)))
}
