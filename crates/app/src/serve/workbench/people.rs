//! People, organisations and roles, for those who administer them.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Deserialize;
use wardmote_records::StoreError;
use wardmote_records::accounts::{Account, AccountError};
use wardmote_records::people::{Organisation, PersonShown, Role, Written};
use wardmote_records::words::{Duty, is_id};
use wardmote_reports::site::work::{
    Block, Cell, Field, Form, Listing, Paging, Problem, SummaryRow, TwoVersions, Typed, WorkPage,
};

use super::account::{Done, day_text, links, time_text};
use super::entered::Entered;
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{Ask, SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};

const PER_PAGE: u32 = 50;
const LONGEST_NAME: usize = 100;
const NEEDS: Needs = Needs::Duty(Duty::AdministerPeople);

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("people", NEEDS, list)
        .get("people/add", NEEDS, ask_person)
        .post("people/add", NEEDS, add_person)
        .get("people/organisations", NEEDS, organisations)
        .post("people/organisations", NEEDS, add_organisation)
        .get("people/of/{id}", NEEDS, person)
        .get("people/of/{id}/change", NEEDS, ask_change)
        .post("people/of/{id}/change", NEEDS, change)
        .get("people/of/{id}/role", NEEDS, ask_role)
        .post("people/of/{id}/role", NEEDS, give_role)
        .post("people/of/{id}/invite", NEEDS, invite)
        .post("people/of/{id}/codes", NEEDS, remove_codes)
        .get("people/of/{id}/leave", NEEDS, ask_leave)
        .post("people/of/{id}/leave", NEEDS, leave);
}

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: Option<u32>,
}

async fn list(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Ask(Wanted { q, page }): Ask<Wanted>,
) -> Shown {
    let (q, page): (String, u32) = (q.chars().take(80).collect(), page.unwrap_or(1).max(1));
    let store = bench.accounts.store();
    let found = store.people(&q, page, PER_PAGE, who.today()).await?;
    let search = Form::search(bench.at("people"), "Find")
        .field(Field::text("q", "Name or id").value(&q).width(20))
        .secondary();
    let caption =
        if q.is_empty() { "Everybody".to_owned() } else { format!("People like “{q}”") };
    let mut listing =
        Listing::new(caption, ["Name", "Organisation", "Roles today"], "There is nobody.");
    for person in found.people {
        let address = bench.at(&format!("people/of/{}", person.id));
        listing = listing.row([
            Cell::link(address, person.name),
            person.organisation.into(),
            Cell::from(person.roles.join(", ")),
        ]);
    }
    let query = serde_urlencoded::to_string([("q", &q)]).unwrap_or_default();
    let address = bench.at(&format!("people?{query}"));
    let page = WorkPage::new("People")
        .block(links([
            (bench.at("people/add"), "Add a person"),
            (bench.at("people/organisations"), "Organisations"),
        ]))
        .block(search)
        .block(listing.paging(Paging::new(&address, page, PER_PAGE, found.total)));
    bench.show(&visit, &page)
}

async fn organisation_field(bench: &Workbench) -> Result<(Field, Vec<Organisation>), PageError> {
    let all = bench.accounts.store().organisations().await?;
    let choices = all.iter().map(|one| (one.id.clone(), one.name.clone()));
    let choices = [(String::new(), "Choose one".to_owned())].into_iter().chain(choices);
    Ok((Field::select("organisation", "Organisation", choices), all))
}

async fn ask_person(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
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

async fn add_person(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
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
            Ok(()) => return invited(&bench, &visit, &who, &id).await,
            Err(AccountError::AddressTaken) => {
                problems.push(Problem::new("email", "Somebody else has this e-mail address"));
            }
            Err(error) => return Err(error.into()),
        }
    }
    bench.show(&visit, &person_page(&bench, typed, &problems).await?)
}

/// Makes an invitation, and shows it: without e-mail it is handed on in another way.
async fn invited(bench: &Workbench, visit: &Visit, who: &SignedIn, id: &str) -> Shown {
    let secret = bench.accounts.invite(who.person(), id, who.now()).await?;
    let link = bench.invitation_link(&secret);
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

async fn organisations(
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

async fn add_organisation(
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

async fn find(bench: &Workbench, id: &str) -> Result<PersonShown, PageError> {
    bench.accounts.store().person(id).await?.ok_or(PageError::NotFound)
}

async fn person(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(id): Path<String>,
    Ask(done): Ask<Done>,
) -> Shown {
    let person = find(&bench, &id).await?;
    let account = bench.accounts.account(&id).await?;
    let at = |what: &str| bench.at(&format!("people/of/{id}/{what}"));
    let rows = vec![
        SummaryRow::new("Name", &person.name).change(at("change")),
        SummaryRow::new("Organisation", &person.organisation.name).change(at("change")),
        SummaryRow::new("Id", &person.id),
        SummaryRow::several("Account", state_of(account.as_ref())),
    ];
    let mut roles = Listing::new("Roles", ["Role", "From", "To"], "No role.");
    for role in &person.roles {
        let to = role.to.map_or_else(|| "no end agreed".to_owned(), day_text);
        let from = Cell::from(day_text(role.from));
        roles = roles.row([role.role.clone().into(), from, to.into()]);
    }
    let mut page = WorkPage::new(&person.name)
        .back(bench.at("people"), "People")
        .block(Block::Summary(rows))
        .block(roles)
        .block(links([(at("role"), "Give a role, or its last day")]));
    if let Some(account) = account.filter(|account| account.ended.is_none()) {
        page = page
            .block(Block::Heading("Account".into()))
            .block(Form::new(at("invite"), "Make a new link to set a password").secondary());
        if account.has_codes {
            let lost = "Take the one-time codes away, because device and recovery codes are lost";
            page = page.block(Form::new(at("codes"), lost).secondary());
        }
        page = page.block(links([(at("leave"), "End this person's access, because they leave")]));
    }
    let sentences = [
        ("changed", "The change is saved."),
        ("role", "The role is saved."),
        (
            "codes",
            "The one-time codes are taken away. A password is now enough to set up new ones.",
        ),
    ];
    bench.show(&visit, &done.put(page, &sentences))
}

fn state_of(account: Option<&Account>) -> Vec<String> {
    let Some(account) = account else { return vec!["None".to_owned()] };
    if let Some(ended) = account.ended {
        return vec![format!("Ended on {}", time_text(ended))];
    }
    let mut state = vec![account.email.clone()];
    let yes = |is: bool, what: &str| is.then(|| what.to_owned());
    state.extend(yes(account.has_password, "Password set"));
    state.extend(yes(account.has_codes, "One-time codes set up"));
    state.extend(yes(account.has_identity, "Signs in with another's account"));
    state.extend(yes(account.is_invited, "An invitation waits"));
    state
}

async fn ask_change(
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

async fn change(
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

async fn ask_role(
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

async fn give_role(
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

async fn invite(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    find(&bench, &id).await?;
    invited(&bench, &visit, &who, &id).await
}

async fn remove_codes(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    find(&bench, &id).await?;
    bench.accounts.remove_codes(who.person(), &id, who.now()).await?;
    Ok(bench.go(&format!("people/of/{id}?done=codes")))
}

async fn ask_leave(
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

async fn leave(
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
