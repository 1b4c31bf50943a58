//! People, organisations and roles, for those who administer them.

mod adding;
mod address;
mod changing;
mod leaving;
mod organisations;

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Deserialize;
use wardmote_records::accounts::Account;
use wardmote_records::people::{Organisation, PersonShown};
use wardmote_records::words::Duty;
use wardmote_reports::site::work::{
    Block, Cell, Field, Form, Listing, Paging, SummaryRow, WorkPage,
};

use super::account::{Done, day_text, links, time_text};
use super::entered::Entered;
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{Ask, Origin, SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};

const PER_PAGE: u32 = 50;
const LONGEST_NAME: usize = 100;
const NEEDS: Needs = Needs::Duty(Duty::AdministerPeople);

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("people", NEEDS, list)
        .get("people/add", NEEDS, adding::ask_person)
        .post("people/add", NEEDS, adding::add_person)
        .get("people/organisations", NEEDS, organisations::organisations)
        .post("people/organisations", NEEDS, organisations::add_organisation)
        .get("people/of/{id}", NEEDS, person)
        .get("people/of/{id}/change", NEEDS, changing::ask_change)
        .post("people/of/{id}/change", NEEDS, changing::change)
        .get("people/of/{id}/account", NEEDS, address::ask)
        .post("people/of/{id}/account", NEEDS, address::save)
        .get("people/of/{id}/role", NEEDS, changing::ask_role)
        .post("people/of/{id}/role", NEEDS, changing::give_role)
        .post("people/of/{id}/invite", NEEDS, adding::invite)
        .post("people/of/{id}/codes", NEEDS, adding::remove_codes)
        .get("people/of/{id}/leave", NEEDS, leaving::ask_leave)
        .post("people/of/{id}/leave", NEEDS, leaving::leave);
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

async fn find(bench: &Workbench, id: &str) -> Result<PersonShown, PageError> {
    bench.accounts.store().person(id).await?.ok_or(PageError::NotFound)
}

async fn person(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
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
        SummaryRow::several("Account", state_of(account.as_ref())).change(at("account")),
    ];
    let mut roles = Listing::new("Roles", ["Role", "From", "To", "Change"], "No role.");
    for role in &person.roles {
        let to = role.to.map_or_else(|| "no end agreed".to_owned(), day_text);
        let end = if role.to.is_none_or(|to| to >= who.today()) {
            let query = [("role", role.role.clone()), ("from", role.from.to_string())];
            let query = serde_urlencoded::to_string(query).unwrap_or_default();
            Cell::link(at(&format!("role?{query}")), format!("End {}", role.role))
        } else {
            Cell::from("")
        };
        let from = Cell::from(day_text(role.from));
        roles = roles.row([role.role.clone().into(), from, to.into(), end]);
    }
    let mut page = WorkPage::new(&person.name)
        .back(bench.at("people"), "People")
        .block(Block::Summary(rows))
        .block(roles)
        .block(links([(at("role"), "Give a role, or its last day")]))
        .block(Block::Heading("Account".into()));
    let open = account.as_ref().filter(|account| account.ended.is_none());
    if let Some(account) = open {
        page = page.block(Form::new(at("invite"), "Make a new link to set a password").secondary());
        if account.has_codes {
            let lost = "Take the one-time codes away, because device and recovery codes are lost";
            page = page.block(Form::new(at("codes"), lost).secondary());
        }
    } else {
        let words = match account {
            Some(_) => "Let them sign in again, because they came back",
            None => "Let them sign in: enter their e-mail address, and invite them",
        };
        page = page.block(links([(at("account"), words)]));
    }
    if open.is_some() || person.roles.iter().any(|role| role.to.is_none()) {
        page = page.block(links([(at("leave"), "End this person's access, because they leave")]));
    }
    let sentences = [
        ("changed", "The change is saved."),
        ("role", "The role is saved."),
        ("address", "The e-mail address is saved. They sign in with it from now on."),
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
