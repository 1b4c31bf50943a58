//! Signing in and out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;
use wardmote_records::accounts::{Proof, SecondProof, Stage};
use wardmote_reports::site::work::{Block, Field, Form, Link, Problem, Typed, WorkPage};

use super::account::links;
use super::entered::Entered;
use super::gate::{local, wait};
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{Ask, SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench, kept};
use crate::place::{now, today};

/// A form that waits for its writer to sign in again is sent along with the password.
pub(super) const WITH_A_KEPT_FORM: usize = 2 * 1024 * 1024;

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("sign-in", Needs::Nobody, ask)
        .post_up_to("sign-in", Needs::Nobody, WITH_A_KEPT_FORM, try_password)
        .get("sign-in/code", Needs::Code, ask_code)
        .post_up_to("sign-in/code", Needs::Code, WITH_A_KEPT_FORM, try_code)
        .get("signed-out", Needs::Nobody, signed_out)
        .post("sign-out", Needs::Nobody, sign_out);
}

/// Where somebody wanted to go.
#[derive(Debug, Default, Deserialize)]
struct To {
    #[serde(default)]
    to: String,
}

async fn ask(State(bench): State<Arc<Workbench>>, visit: Visit, Ask(To { to }): Ask<To>) -> Shown {
    if visit.signed_in.is_some() {
        return Ok(bench.go(""));
    }
    let typed = Typed::new([("to", local(&bench, &to).unwrap_or_default())]);
    bench.show(&visit, &page(&bench, &typed, &[]))
}

/// The sign-in page; what waits for the reader goes along in it.
pub(super) fn page(bench: &Workbench, typed: &Typed, problems: &[Problem]) -> WorkPage {
    let mut form = Form::new(bench.at("sign-in"), "Sign in")
        .field(Field::email("email", "E-mail address").autocomplete("username").width(30))
        .field(Field::password("password", "Password").autocomplete("current-password"));
    for name in ["to", kept::FIELD] {
        if !typed.get(name).is_empty() {
            form = form.hidden(name, typed.get(name));
        }
    }
    let mut page = WorkPage::new("Sign in");
    if !typed.get(kept::FIELD).is_empty() {
        page = page.paragraph(
            "You were signed out, because nothing was asked for in a while. What you had written \
             is kept: sign in, and you can send it.",
        );
    }
    page = page.block(form.filled(typed).with_problems(problems));
    if let Some(provider) = &bench.provider {
        let kept = typed.get(kept::FIELD);
        page = page.block(Block::Heading("Or".into())).block(if kept.is_empty() {
            let query = serde_urlencoded::to_string([("to", typed.get("to"))]).unwrap_or_default();
            let address = bench.at(&format!("sign-in/openid?{query}"));
            Block::Links(vec![Link::new(address, with(provider.name()))])
        } else {
            let form = Form::new(bench.at("sign-in/openid"), with(provider.name()));
            Block::Form(form.hidden(kept::FIELD, kept).secondary())
        });
    }
    if bench.mail.is_some() {
        page = page.block(links([(bench.at("forgotten"), "I have forgotten my password")]));
    }
    page.paragraph(
        "There is an account for you if somebody who administers this site has invited you. They \
         can also send you a new link if you forgot your password.",
    )
}

fn with(provider: &str) -> String {
    format!("Sign in with {provider}")
}

async fn try_password(State(bench): State<Arc<Workbench>>, visit: Visit, posted: Posted) -> Shown {
    let typed = posted.typed();
    let mut entered = Entered::new(typed);
    let email = entered.text("email", 254, "Enter your e-mail address");
    let password = entered.password("password", "Enter your password");
    let problems = entered.problems();
    if !problems.is_empty() {
        return bench.show(&visit, &page(&bench, typed, &problems));
    }
    let now = now();
    match bench.accounts.try_password(&email, &password, now).await? {
        Proof::Wait { until } => Err(wait(until, now)),
        Proof::Wrong => {
            let wrong = Problem::new("email", "The e-mail address or the password is not right");
            bench.show(&visit, &page(&bench, typed, &[wrong]))
        }
        Proof::Right { person, stage } => begin(&bench, &visit, &person, stage, typed, now).await,
    }
}

/// Gives the browser a session under a new id, and shows what comes next.
pub(super) async fn begin(
    bench: &Workbench,
    visit: &Visit,
    person: &str,
    stage: Stage,
    typed: &Typed,
    now: Timestamp,
) -> Shown {
    let id = bench.accounts.begin_session(person, stage, &visit.device, now).await?;
    // The old one, which somebody may have planted, is worth nothing from here on.
    bench.accounts.end_session(&visit.id, now).await?;
    let session = bench.accounts.session(&id, now, today()).await?.ok_or(PageError::NotFound)?;
    let visit = Visit {
        id,
        signed_in: (stage == Stage::Open).then(|| SignedIn::new(session, now, today())),
        ..visit.clone()
    };
    let mut answer = match stage {
        Stage::Code => bench.show(&visit, &code_page(bench, typed, &[]))?,
        Stage::SetUp => bench.go("account/codes"),
        Stage::Open => onward(bench, &visit, person, typed)?,
    };
    answer.headers_mut().append(header::SET_COOKIE, bench.cookies.give(&visit.id));
    Ok(answer)
}

/// To the form that waits, or to where they wanted to go.
fn onward(bench: &Workbench, visit: &Visit, person: &str, typed: &Typed) -> Shown {
    if let Some(page) = kept::page(bench, person, typed.get(kept::FIELD)) {
        return bench.show(visit, &page);
    }
    let to = local(bench, typed.get("to")).map_or_else(|| bench.at(""), str::to_owned);
    Ok(Redirect::to(&to).into_response())
}

async fn ask_code(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    bench.show(&visit, &code_page(&bench, &Typed::default(), &[]))
}

fn code_page(bench: &Workbench, typed: &Typed, problems: &[Problem]) -> WorkPage {
    let code = Field::digits("code", "Code")
        .hint("Six digits, or one of your recovery codes")
        .autocomplete("one-time-code")
        .width(20);
    let mut form = Form::new(bench.at("sign-in/code"), "Continue").field(code);
    for name in ["to", kept::FIELD] {
        if !typed.get(name).is_empty() {
            form = form.hidden(name, typed.get(name));
        }
    }
    WorkPage::new("Enter the code that your device shows")
        .paragraph("It changes every 30 seconds.")
        .block(form.with_problems(problems))
}

async fn try_code(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    posted: Posted,
) -> Shown {
    let typed = posted.typed();
    let mut entered = Entered::new(typed);
    let code = entered.text("code", 40, "Enter the code");
    let mut problems = entered.problems();
    if problems.is_empty() {
        match bench.accounts.try_code(who.person(), &code, who.now()).await? {
            SecondProof::Wait { until } => return Err(wait(until, who.now())),
            SecondProof::Right => {
                let person = who.person();
                return begin(&bench, &visit, person, Stage::Open, typed, who.now()).await;
            }
            SecondProof::Wrong => {
                let wrong = "That code is not right, was used before, or is too old";
                problems.push(Problem::new("code", wrong));
            }
        }
    }
    bench.show(&visit, &code_page(&bench, typed, &problems))
}

async fn sign_out(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
) -> Result<Response, PageError> {
    // The browser keeps the id, which opens nothing any more: by it a form of another window is known.
    bench.accounts.end_session(&visit.id, now()).await?;
    Ok(bench.go("signed-out"))
}

async fn signed_out(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    let page =
        WorkPage::new("You are signed out").block(links([(bench.at("sign-in"), "Sign in again")]));
    bench.show(&visit, &page)
}
