//! Somebody leaves.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::accounts::AccountError;
use wardmote_records::people::PersonShown;
use wardmote_reports::site::work::{Block, Cell, Form, Listing, Problem, WorkPage};

use super::{Shown, SignedIn, Visit, Workbench, day_text, find};

/// Why the last administrator stays.
pub(super) const LAST: &str = "Nobody else who can sign in may administer people. Give somebody else \
                               that role first, and wait until they have set a password";

pub(super) async fn ask_leave(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Shown {
    let person = find(&bench, &id).await?;
    bench.show(&visit, &ask_page(&bench, &person, &[]))
}

fn ask_page(bench: &Workbench, person: &PersonShown, problems: &[Problem]) -> WorkPage {
    let id = &person.id;
    let form = Form::new(bench.at(&format!("people/of/{id}/leave")), "End it all now").warning();
    WorkPage::new("Somebody leaves")
        .caption(&person.name)
        .back(bench.at(&format!("people/of/{id}")), "Back")
        .paragraph("This is done at once:")
        .block(Block::List(vec![
            "their roles end with today;".into(),
            "they are signed out everywhere, and cannot sign in again;".into(),
            "invitations, password and codes are erased;".into(),
            "the records that they made are listed, so that somebody takes them over.".into(),
        ]))
        .paragraph("What they did stays in the log.")
        .block(form.with_problems(problems))
}

pub(super) async fn leave(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let (by, today) = (who.person(), who.today());
    let left = match bench.accounts.leave(by, &id, today, &bench.duties, who.now()).await {
        Err(AccountError::LastAdministrator { .. }) => {
            let problems = [Problem::new("", LAST)];
            return bench.show(&visit, &ask_page(&bench, &person, &problems));
        }
        left => left?,
    };
    let mut roles = Listing::new("Roles that ended", ["Role", "Was to end"], "They had none.");
    for (role, to) in left.roles {
        let to = to.map_or_else(|| "no end agreed".to_owned(), day_text);
        roles = roles.row([role.into(), Cell::from(to)]);
    }
    let mut records =
        Listing::new("Records that they made", ["Record"], "None that is still there.");
    for record in left.records {
        records = records.row([Cell::from(record.to_string())]);
    }
    let page = WorkPage::new("Their access has ended")
        .caption(&person.name)
        .back(bench.at("people"), "People")
        .paragraph(format!("{} sessions were ended.", left.sessions))
        .block(roles)
        .block(records);
    bench.show(&visit, &page)
}
