//! The page that an invitation leads to: a password is set, once.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::accounts::AccountError;
use wardmote_reports::site::work::{Block, Field, Form, Link, Problem, WorkPage};

use super::entered::Entered;
use super::posted::Posted;
use super::routes::Needs;
use super::visit::Visit;
use super::{PageError, Routes, Shown, Workbench};
use crate::place::now;

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("invitation/{secret}", Needs::Nobody, ask)
        .post("invitation/{secret}", Needs::Nobody, accept)
        .get("password-set", Needs::Nobody, done);
}

async fn ask(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(secret): Path<String>,
) -> Shown {
    let name = bench.accounts.invited(&secret, now()).await?.ok_or(PageError::NotFound)?;
    bench.show(&visit, &page(&bench, &name, &visit.path, &[]))
}

fn page(bench: &Workbench, name: &str, path: &str, problems: &[Problem]) -> WorkPage {
    let least = bench.accounts.rules().shortest_password;
    let hint = format!(
        "At least {least} characters. Three words that do not belong together are good, and easy \
         to remember"
    );
    let form = Form::new(path, "Set the password")
        .field(Field::password("password", "Password").hint(hint).autocomplete("new-password"))
        .field(Field::password("again", "The same password again").autocomplete("new-password"));
    let page = WorkPage::new("Choose a password")
        .caption(name)
        .paragraph("This link works once. Afterwards you sign in with your e-mail address and it.")
        .block(form.with_problems(problems));
    match &bench.provider {
        Some(provider) => {
            let words = format!("Use {} instead", provider.name());
            page.block(Form::new(format!("{path}/openid"), words).secondary())
        }
        None => page,
    }
}

async fn accept(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    Path(secret): Path<String>,
    posted: Posted,
) -> Shown {
    let now = now();
    let name = bench.accounts.invited(&secret, now).await?.ok_or(PageError::NotFound)?;
    let (password, mut problems) = new_password(&posted);
    if problems.is_empty() {
        match bench.accounts.accept(&secret, &password, now).await {
            Ok(_) => return Ok(bench.go("password-set")),
            Err(AccountError::Weak(why)) => problems.push(weak(&why)),
            Err(error) => return Err(error.into()),
        }
    }
    bench.show(&visit, &page(&bench, &name, &visit.path, &problems))
}

/// A password that was typed twice.
pub(super) fn new_password(posted: &Posted) -> (String, Vec<Problem>) {
    let mut entered = Entered::new(posted.typed());
    let password = entered.password("password", "Enter a password");
    let again = entered.password("again", "Enter the same password again");
    if !password.is_empty() && !again.is_empty() && password != again {
        entered.wrong("again", "Enter the same password in both boxes");
    }
    (password, entered.problems())
}

/// Why a password is not taken, as a message.
pub(super) fn weak(why: &impl ToString) -> Problem {
    let text = why.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    Problem::new("password", format!("{first}{}", letters.as_str()))
}

async fn done(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    let page = WorkPage::new("The password is set")
        .paragraph("Sign in with your e-mail address and the new password.")
        .block(Block::Links(vec![Link::new(bench.at("sign-in"), "Sign in")]));
    bench.show(&visit, &page)
}
