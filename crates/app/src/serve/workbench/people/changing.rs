//! A person's name, organisation and roles.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use jiff::civil::Date;
use serde::Deserialize;
use wardmote_records::accounts::AccountError;
use wardmote_records::people::{PersonShown, Role, Written};
use wardmote_reports::site::work::{Field, Form, Problem, TwoVersions, Typed, WorkPage};

use super::leaving::LAST;
use super::{
    Ask, Entered, LONGEST_NAME, PageError, Posted, Shown, SignedIn, Visit, Workbench, find,
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
    Ask(wanted): Ask<WantedRole>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let ending = person
        .roles
        .iter()
        .find(|role| Some(&role.role) == wanted.role.as_ref() && Some(role.from) == wanted.from);
    // A role that is to end is ended today, unless another day is entered.
    let (from, to) = match ending {
        Some(role) => (role.from, Some(who.today().max(role.from))),
        None => (who.today(), None),
    };
    let mut typed = vec![("role".to_owned(), wanted.role.unwrap_or_default())];
    for (field, day) in [("from", Some(from)), ("to", to)] {
        let Some(day) = day else { continue };
        typed.push((format!("{field}-day"), day.day().to_string()));
        typed.push((format!("{field}-month"), day.month().to_string()));
        typed.push((format!("{field}-year"), day.year().to_string()));
    }
    bench.show(&visit, &role_page(&bench, &person, &Typed::new(typed), &[]))
}

/// The role that a link names, and its first day.
#[derive(Debug, Default, Deserialize)]
pub(super) struct WantedRole {
    #[serde(default)]
    role: Option<String>,
    #[serde(default)]
    from: Option<Date>,
}

/// The roles that an agreement or a duty names, and those that the person was given before.
fn roles(bench: &Workbench, person: &PersonShown) -> BTreeSet<String> {
    let own = person.roles.iter().map(|role| role.role.clone());
    bench.named_roles().into_iter().chain(own).collect()
}

fn role_page(
    bench: &Workbench,
    person: &PersonShown,
    typed: &Typed,
    problems: &[Problem],
) -> WorkPage {
    let choices = roles(bench, person).into_iter().map(|role| (role.clone(), role));
    let choices = [(String::new(), "Choose one".to_owned())].into_iter().chain(choices);
    let form = Form::new(bench.at(&format!("people/of/{}/role", person.id)), "Save the role")
        .field(
            Field::select("role", "Role", choices)
                .hint("Those that agreements and duties name: no other would permit anything"),
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
    let role = entered.text("role", 80, "Choose a role");
    let from = entered.day("from", "Enter the first day");
    let to = entered.optional_day("to");
    if !role.is_empty() && !roles(&bench, &person).contains(&role) {
        let named = bench.named_roles().into_iter().collect::<Vec<_>>().join(", ");
        let wrong = format!("No agreement and no duty names the role {role}. They name {named}");
        entered.wrong("role", &wrong);
    }
    if from.zip(to).is_some_and(|(from, to)| to < from) {
        entered.wrong("to", "The last day must not be before the first");
    }
    let problems = entered.problems();
    let (Some(from), true) = (from, problems.is_empty()) else {
        return bench.show(&visit, &role_page(&bench, &person, typed, &problems));
    };
    let role = Role { role, from, to };
    match bench.accounts.give_role(who.person(), &id, &role, &bench.duties, who.now()).await {
        Err(AccountError::LastAdministrator { .. }) => {
            let wrong = [Problem::new("to", LAST)];
            bench.show(&visit, &role_page(&bench, &person, typed, &wrong))
        }
        given => {
            given?;
            Ok(bench.go(&format!("people/of/{id}?done=role")))
        }
    }
}
