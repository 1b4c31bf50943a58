//! The e-mail address of a person's account: the first one, another one, or anew for who came back.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::accounts::{Account, AccountError};
use wardmote_records::people::PersonShown;
use wardmote_reports::site::work::{Block, Field, Form, Problem, Typed, WorkPage};

use super::adding::invited;
use super::{Entered, Origin, Posted, Shown, SignedIn, Visit, Workbench, find};

pub(super) async fn ask(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let account = bench.accounts.account(&id).await?;
    let email = account.as_ref().map(|account| account.email.as_str()).unwrap_or_default();
    let typed = Typed::new([("email", email)]);
    bench.show(&visit, &page(&bench, &person, account.as_ref(), &typed, &[]))
}

fn page(
    bench: &Workbench,
    person: &PersonShown,
    account: Option<&Account>,
    typed: &Typed,
    problems: &[Problem],
) -> WorkPage {
    let (title, submit, about) = match account {
        None => (
            "Let somebody sign in",
            "Save and invite",
            "They are sent, or you are shown, a link that sets their password.",
        ),
        Some(Account { ended: Some(_), .. }) => (
            "Let somebody sign in again",
            "Save and invite",
            "They begin anew: the password and codes of before are gone. Their roles have ended; \
             give them those that they need.",
        ),
        Some(_) => (
            "Change the e-mail address",
            "Save the address",
            "They sign in with the new address and their password. Links that went to the old one \
             no longer work.",
        ),
    };
    let at = |what: &str| bench.at(&format!("people/of/{}{what}", person.id));
    let form = Form::new(at("/account"), submit)
        .field(Field::email("email", "E-mail address").hint("They sign in with it").width(30))
        .filled(typed)
        .with_problems(problems);
    WorkPage::new(title)
        .caption(&person.name)
        .back(at(""), "Back")
        .block(Block::Paragraph(about.into()))
        .block(form)
}

pub(super) async fn save(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    origin: Origin,
    Path(id): Path<String>,
    posted: Posted,
) -> Shown {
    let person = find(&bench, &id).await?;
    let account = bench.accounts.account(&id).await?;
    let typed = posted.typed();
    let mut entered = Entered::new(typed);
    let email = entered.text("email", 254, "Enter the e-mail address");
    let mut problems = entered.problems();
    if problems.is_empty() {
        let wrong = match bench.accounts.create(who.person(), &id, &email, who.now()).await {
            Ok(()) if account.as_ref().is_some_and(|account| account.ended.is_none()) => {
                return Ok(bench.go(&format!("people/of/{id}?done=address")));
            }
            Ok(()) => return invited(&bench, &visit, &who, &origin, &id).await,
            Err(AccountError::AddressTaken) => "Somebody else has this e-mail address",
            Err(AccountError::NoAddress { .. }) => {
                "Enter an e-mail address such as name@example.org"
            }
            Err(error) => return Err(error.into()),
        };
        problems.push(Problem::new("email", wrong));
    }
    bench.show(&visit, &page(&bench, &person, account.as_ref(), typed, &problems))
}
