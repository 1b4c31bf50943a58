//! The organisations that people belong to.

use std::sync::Arc;

use axum::extract::State;
use wardmote_records::people::Organisation;
use wardmote_records::words::is_id;
use wardmote_reports::site::work::{Block, Cell, Field, Form, Listing, Problem, Typed, WorkPage};

use super::{
    Ask, Done, Entered, LONGEST_NAME, PageError, Posted, Shown, SignedIn, Visit, Workbench,
};

pub(super) async fn organisations(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Ask(done): Ask<Done>,
) -> Shown {
    let page = organisations_page(&bench, &Typed::default(), &[]).await?;
    bench.show(&visit, &done.put(page, &[("added", "The organisation is saved.")]))
}

async fn organisations_page(
    bench: &Workbench,
    typed: &Typed,
    problems: &[Problem],
) -> Result<WorkPage, PageError> {
    let mut listing = Listing::new("Organisations", ["Name", "Id"], "There is none yet.");
    for one in bench.accounts.store().organisations().await? {
        listing = listing.row([one.name.into(), Cell::from(one.id)]);
    }
    let form = Form::new(bench.at("people/organisations"), "Save")
        .field(Field::text("name", "Name"))
        .field(
            Field::text("id", "Id")
                .hint("As agreements name it, such as invented-council. The id of one that is there gives that one this name")
                .width(20),
        )
        .filled(typed)
        .with_problems(problems);
    Ok(WorkPage::new("Organisations")
        .back(bench.at("people"), "People")
        .block(listing)
        .block(Block::Heading("Add one, or rename one".into()))
        .block(form))
}

pub(super) async fn add_organisation(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    posted: Posted,
) -> Shown {
    let mut entered = Entered::new(posted.typed());
    let name = entered.text("name", LONGEST_NAME, "Enter the name");
    let id = entered.text("id", 80, "Enter an id");
    if !id.is_empty() && !is_id(&id) {
        entered.wrong("id", "Use small letters, digits and hyphens only");
    }
    let problems = entered.problems();
    if !problems.is_empty() {
        let page = organisations_page(&bench, posted.typed(), &problems).await?;
        return bench.show(&visit, &page);
    }
    let organisation = Organisation { id, name };
    bench.accounts.store().put_organisation(who.person(), &organisation, who.now()).await?;
    Ok(bench.go("people/organisations?done=added"))
}
