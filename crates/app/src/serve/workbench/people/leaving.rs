//! Somebody leaves.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_reports::site::work::{Block, Cell, Form, Listing, WorkPage};

use super::{Shown, SignedIn, Visit, Workbench, day_text, find};

pub(super) async fn ask_leave(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let form = Form::new(bench.at(&format!("people/of/{id}/leave")), "End it all now").warning();
    let page = WorkPage::new("Somebody leaves")
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
        .block(form);
    bench.show(&visit, &page)
}

pub(super) async fn leave(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let left = bench.accounts.leave(who.person(), &id, who.today(), who.now()).await?;
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
