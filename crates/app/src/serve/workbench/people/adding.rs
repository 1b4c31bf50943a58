//! Somebody is added and invited.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::accounts::AccountError;
use wardmote_records::words::is_id;
use wardmote_reports::site::work::{Block, Field, Form, Problem, Typed, WorkPage};

use super::{
    Entered, LONGEST_NAME, Origin, PageError, Posted, Shown, SignedIn, Visit, Workbench, find,
    organisation_field,
};

pub(super) async fn ask_person(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    bench.show(&visit, &person_page(&bench, &Typed::default(), &[]).await?)
}

async fn person_page(
    bench: &Workbench,
    typed: &Typed,
    problems: &[Problem],
) -> Result<WorkPage, PageError> {
    let (organisation, _) = organisation_field(bench).await?;
    let form = Form::new(bench.at("people/add"), "Add and invite")
        .field(Field::text("name", "Name"))
        .field(
            Field::text("id", "Id")
                .hint("Small letters, digits and hyphens, such as jo-smith. It never changes")
                .width(20),
        )
        .field(Field::email("email", "E-mail address").hint("They sign in with it").width(30))
        .field(organisation)
        .filled(typed)
        .with_problems(problems);
    Ok(WorkPage::new("Add a person").back(bench.at("people"), "People").block(form))
}

pub(super) async fn add_person(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    origin: Origin,
    posted: Posted,
) -> Shown {
    let typed = posted.typed();
    let (_, all) = organisation_field(&bench).await?;
    let mut entered = Entered::new(typed);
    let name = entered.text("name", LONGEST_NAME, "Enter the name");
    let id = entered.text("id", 80, "Enter an id");
    let email = entered.text("email", 254, "Enter the e-mail address");
    let ids = all.iter().map(|one| one.id.as_str());
    let organisation = entered.choice("organisation", ids, "Choose an organisation");
    if !id.is_empty() && !is_id(&id) {
        entered.wrong("id", "Use small letters, digits and hyphens only");
    }
    let mut problems = entered.problems();
    let store = bench.accounts.store();
    // The address is looked at first, so that nobody is added without an account.
    if problems.is_empty() && bench.accounts.person_of(&email).await?.is_some() {
        problems.push(Problem::new("email", "Somebody else has this e-mail address"));
    }
    if problems.is_empty() && !wardmote_records::accounts::is_address(&email) {
        problems.push(Problem::new("email", "Enter an e-mail address such as name@example.org"));
    }
    if problems.is_empty()
        && !store.add_person(who.person(), &id, &name, &organisation, who.now()).await?
    {
        problems.push(Problem::new("id", "Somebody has this id already"));
    }
    if problems.is_empty() {
        match bench.accounts.create(who.person(), &id, &email, who.now()).await {
            Ok(()) => return invited(&bench, &visit, &who, &origin, &id).await,
            Err(AccountError::AddressTaken) => {
                problems.push(Problem::new("email", "Somebody else has this e-mail address"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    bench.show(&visit, &person_page(&bench, typed, &problems).await?)
}

/// Makes an invitation, and shows it: without e-mail it is handed on in another way.
pub(super) async fn invited(
    bench: &Workbench,
    visit: &Visit,
    who: &SignedIn,
    origin: &Origin,
    id: &str,
) -> Shown {
    let secret = bench.accounts.invite(who.person(), id, who.now()).await?;
    let link = bench.invitation_link(origin, &secret);
    let hours = bench.accounts.rules().invitation_hours;
    let account = bench.accounts.account(id).await?.ok_or(PageError::NotFound)?;
    let back = bench.at(&format!("people/of/{id}"));
    let mut page = WorkPage::new("Send them this link").back(&back, "Back to the person");
    if let Some(mail) = &bench.mail {
        let name = bench.served.now().site.partnership.clone();
        match mail.send_link(&account.email, &name, &link, hours).await {
            Ok(()) => {
                let page = WorkPage::new("An invitation was sent").back(back, "Back to the person");
                let words =
                    format!("A link that sets their password was sent to {}.", account.email);
                return bench.show(visit, &page.paragraph(words));
            }
            Err(error) => {
                tracing::error!("{}", crate::console::chain(&error));
                page = page.block(Block::Warning("The e-mail could not be sent.".into()));
            }
        }
    }
    let page = page
        .paragraph(format!(
            "It sets their password, works once, and for {hours} hours. It is shown to you only \
             now. Send it to them alone, and not by a way that others read."
        ))
        .block(Block::Code(link));
    bench.show(visit, &page)
}

pub(super) async fn invite(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    origin: Origin,
    Path(id): Path<String>,
) -> Shown {
    find(&bench, &id).await?;
    invited(&bench, &visit, &who, &origin, &id).await
}

pub(super) async fn remove_codes(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    find(&bench, &id).await?;
    bench.accounts.remove_codes(who.person(), &id, who.now()).await?;
    Ok(bench.go(&format!("people/of/{id}?done=codes")))
}
