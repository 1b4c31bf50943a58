//! One's own account: sessions, password, codes.

use std::sync::Arc;

use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use wardmote_records::accounts::{Account, AccountError, Proof};
use wardmote_reports::site::work::{
    Block, Cell, Field, Form, Link, Listing, Problem, SummaryRow, WorkPage,
};

use super::entered::Entered;
use super::gate::wait;
use super::invitation::{new_password, weak};
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{Ask, SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("account", Needs::SignedIn, account)
        .post("account/sign-out-everywhere", Needs::SignedIn, sign_out_everywhere)
        .get("account/password", Needs::SignedIn, ask_password)
        .post("account/password", Needs::SignedIn, change_password);
}

/// What was done just before, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    pub(super) done: String,
}

impl Done {
    /// The sentence for it, of those that a page has.
    pub(super) fn put(&self, page: WorkPage, sentences: &[(&str, &str)]) -> WorkPage {
        match sentences.iter().find(|(name, _)| *name == self.done) {
            Some((_, sentence)) => page.done(*sentence),
            None => page,
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day as readers write it.
pub(super) fn day_text(day: Date) -> String {
    let month = usize::try_from(day.month() - 1).ok().and_then(|index| MONTHS.get(index));
    format!("{} {} {}", day.day(), month.unwrap_or(&""), day.year())
}

/// A time as readers write it.
pub(super) fn time_text(at: Timestamp) -> String {
    let at = jiff::tz::Offset::UTC.to_datetime(at);
    format!("{}, {:02}:{:02} UTC", day_text(at.date()), at.hour(), at.minute())
}

async fn account(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Ask(done): Ask<Done>,
) -> Shown {
    let account = bench.accounts.account(who.person()).await?.ok_or(PageError::NotFound)?;
    let sessions = bench.accounts.sessions(who.person(), Some(&visit.id), who.now()).await?;
    let mut listing =
        Listing::new("Where you are signed in", ["Browser", "Since", "Last used"], "Nowhere.");
    for session in sessions {
        let device =
            if session.is_this { format!("This one: {}", session.device) } else { session.device };
        listing = listing.row([
            device.into(),
            time_text(session.started).into(),
            Cell::from(time_text(session.seen)),
        ]);
    }
    let codes = if account.has_codes {
        format!("Set up; {} recovery codes left", account.recovery_codes)
    } else {
        "Not set up".to_owned()
    };
    let session = who.session();
    let roles: Vec<String> = session.actor.roles.iter().cloned().collect();
    let mut rows = vec![
        SummaryRow::new("Name", &session.name),
        SummaryRow::new("Organisation", &session.organisation),
        SummaryRow::new("E-mail address", &account.email),
        SummaryRow::several(
            "Roles today",
            if roles.is_empty() { vec!["None".into()] } else { roles },
        ),
    ];
    if account.has_password {
        rows.push(SummaryRow::new("Password", "Set").change(bench.at("account/password")));
    }
    rows.push(SummaryRow::new("One-time codes", codes).change(bench.at("account/codes")));
    let everywhere = Form::new(bench.at("account/sign-out-everywhere"), "Sign out everywhere");
    let page = WorkPage::new("My account")
        .block(Block::Summary(rows))
        .block(listing)
        .paragraph("If you do not know one of these, sign out everywhere and change your password.")
        .block(everywhere.secondary());
    let page = done.put(page, &[("codes", "One-time codes are set up.")]);
    bench.show(&visit, &page)
}

async fn sign_out_everywhere(State(bench): State<Arc<Workbench>>, who: SignedIn) -> Shown {
    bench.accounts.end_sessions(who.person(), who.person(), who.now()).await?;
    Ok(bench.go("signed-out"))
}

async fn ask_password(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    bench.show(&visit, &password_page(&bench, &[]))
}

fn password_page(bench: &Workbench, problems: &[Problem]) -> WorkPage {
    let least = bench.accounts.rules().shortest_password;
    let new = Field::password("password", "New password")
        .hint(format!("At least {least} characters"))
        .autocomplete("new-password");
    let form = Form::new(bench.at("account/password"), "Change the password")
        .field(Field::password("old", "Your password now").autocomplete("current-password"))
        .field(new)
        .field(Field::password("again", "New password again").autocomplete("new-password"));
    WorkPage::new("Change your password")
        .back(bench.at("account"), "My account")
        .paragraph("You are then signed out everywhere, and sign in with the new one.")
        .block(form.with_problems(problems))
}

async fn change_password(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    posted: Posted,
) -> Shown {
    let mut entered = Entered::new(posted.typed());
    let old = entered.password("old", "Enter your password");
    let mut problems = entered.problems();
    let (password, more) = new_password(&posted);
    problems.extend(more);
    let account = bench.accounts.account(who.person()).await?.ok_or(PageError::NotFound)?;
    if !old.is_empty() {
        problems.extend(own_password(&bench, &who, &account, &old).await?);
    }
    if problems.is_empty() {
        match bench.accounts.change_password(who.person(), &old, &password, who.now()).await {
            Ok(()) => return Ok(bench.go("password-set")),
            Err(AccountError::Weak(why)) => problems.push(weak(&why)),
            Err(error) => return Err(error.into()),
        }
    }
    bench.show(&visit, &password_page(&bench, &problems))
}

/// What is wrong with a password that somebody signed in shows again. Wrong ones count as they do at
/// the sign-in, so that a screen that was left cannot be used to guess it.
pub(super) async fn own_password(
    bench: &Workbench,
    who: &SignedIn,
    account: &Account,
    password: &str,
) -> Result<Option<Problem>, PageError> {
    match bench.accounts.try_password(&account.email, password, who.now()).await? {
        Proof::Right { .. } => Ok(None),
        Proof::Wrong => Ok(Some(Problem::new("old", "That is not your password"))),
        Proof::Wait { until } => Err(wait(until, who.now())),
    }
}

/// Links below a page, where it has several.
pub(super) fn links(links: impl IntoIterator<Item = (String, &'static str)>) -> Block {
    Block::Links(links.into_iter().map(|(href, text)| Link::new(href, text)).collect())
}
