//! A person's name, organisation and roles.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::StoreError;
use wardmote_records::people::{PersonShown, Role, Written};
use wardmote_records::words::is_id;
use wardmote_reports::site::work::{Field, Form, Problem, TwoVersions, Typed, WorkPage};

use super::{
    Entered, LONGEST_NAME, PageError, Posted, Shown, SignedIn, Visit, Workbench, find,
    organisation_field,
};

pub(super) async fn ask_change(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let typed =
        Typed::new([("name", person.name.as_str()), ("organisation", &person.organisation.id)]);
    bench.show(&visit, &change_page(&bench, &id, &person.state, &typed, &[]).await?)
}

async fn change_page(
    bench: &Workbench,
    id: &str,
    seen: &str,
    typed: &Typed,
    problems: &[Problem],
) -> Result<WorkPage, PageError> {
    let (organisation, _) = organisation_field(bench).await?;
    let form = Form::new(bench.at(&format!("people/of/{id}/change")), "Save")
        .hidden("seen", seen)
        .field(Field::text("name", "Name"))
        .field(organisation)
        .filled(typed)
        .with_problems(problems);
    let back = bench.at(&format!("people/of/{id}"));
    Ok(WorkPage::new("Change name or organisation").back(back, "Back").caption(id).block(form))
}

pub(super) async fn change(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
    posted: Posted,
) -> Shown {
    find(&bench, &id).await?;
    let typed = posted.typed();
    let (_, all) = organisation_field(&bench).await?;
    let mut entered = Entered::new(typed);
    let name = entered.text("name", LONGEST_NAME, "Enter the name");
    let ids = all.iter().map(|one| one.id.as_str());
    let organisation = entered.choice("organisation", ids, "Choose an organisation");
    let problems = entered.problems();
    let seen = typed.get("seen");
    if !problems.is_empty() {
        return bench.show(&visit, &change_page(&bench, &id, seen, typed, &problems).await?);
    }
    let store = bench.accounts.store();
    let by = who.person();
    match store.change_person(by, &id, seen, &name, &organisation, who.now()).await? {
        Written::Done => Ok(bench.go(&format!("people/of/{id}?done=changed"))),
        Written::Conflict(theirs) => {
            let yours = all.iter().find(|one| one.id == organisation);
            Err(PageError::Conflict(vec![
                TwoVersions { what: "Name".into(), yours: name, theirs: theirs.name.clone() },
                TwoVersions {
                    what: "Organisation".into(),
                    yours: yours.map(|one| one.name.clone()).unwrap_or_default(),
                    theirs: theirs.organisation.name.clone(),
                },
            ]))
        }
    }
}

pub(super) async fn ask_role(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let today = who.today();
    let typed = Typed::new([
        ("from-day", today.day().to_string()),
        ("from-month", today.month().to_string()),
        ("from-year", today.year().to_string()),
    ]);
    bench.show(&visit, &role_page(&bench, &person, &typed, &[]))
}

fn role_page(
    bench: &Workbench,
    person: &PersonShown,
    typed: &Typed,
    problems: &[Problem],
) -> WorkPage {
    let form = Form::new(bench.at(&format!("people/of/{}/role", person.id)), "Save the role")
        .field(
            Field::text("role", "Role")
                .hint("As agreements and duties name it, such as analyst or administrator")
                .width(20),
        )
        .field(Field::date("from", "First day").hint("For a role that they have: its first day"))
        .field(Field::date("to", "Last day").hint("Leave empty where none is agreed"))
        .filled(typed)
        .with_problems(problems);
    WorkPage::new("Give a role, or its last day")
        .caption(&person.name)
        .back(bench.at(&format!("people/of/{}", person.id)), "Back")
        .block(form)
}

pub(super) async fn give_role(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
    posted: Posted,
) -> Shown {
    let person = find(&bench, &id).await?;
    let typed = posted.typed();
    let mut entered = Entered::new(typed);
    let role = entered.text("role", 80, "Enter the role");
    let from = entered.day("from", "Enter the first day");
    let to = entered.optional_day("to");
    if !role.is_empty() && !is_id(&role) {
        entered.wrong("role", "Use small letters, digits and hyphens only");
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        entered.wrong("to", "The last day must not be before the first");
    }
    let problems = entered.problems();
    let (Some(from), true) = (from, problems.is_empty()) else {
        return bench.show(&visit, &role_page(&bench, &person, typed, &problems));
    };
    let role = Role { role, from, to };
    let given = bench.accounts.store().give_role(who.person(), &id, &role, who.now()).await;
    if let Err(StoreError::NoId { .. }) = given {
        let wrong = [Problem::new("role", "Use small letters, digits and hyphens only")];
        return bench.show(&visit, &role_page(&bench, &person, typed, &wrong));
    }
    given?;
    Ok(bench.go(&format!("people/of/{id}?done=role")))
}
