//! Setting up one-time codes: a picture to photograph, the same as text, and a code to show that the
//! device has it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use qrcode::QrCode;
use qrcode::render::svg;
use wardmote_records::accounts::{Account, AccountError, OneTimeSecret, RecoveryCodes, Stage};
use wardmote_reports::site::work::{Block, Field, Form, Problem, WorkPage};

use super::account::own_password;
use super::entered::Entered;
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};
use crate::place::today;

const SECRET: &str = "sealed-secret";

pub(super) fn add(routes: &mut Routes) {
    routes.get("account/codes", Needs::SetUp, ask).post("account/codes", Needs::SetUp, set_up);
}

async fn ask(State(bench): State<Arc<Workbench>>, visit: Visit, who: SignedIn) -> Shown {
    let secret = OneTimeSecret::new()?;
    bench.show(&visit, &page(&bench, &who, &secret, &[]).await?)
}

/// The secret waits in the page, sealed for this person, until a code of it was shown.
async fn page(
    bench: &Workbench,
    who: &SignedIn,
    secret: &OneTimeSecret,
    problems: &[Problem],
) -> Result<WorkPage, PageError> {
    let account = bench.accounts.account(who.person()).await?.ok_or(PageError::NotFound)?;
    let issuer = bench.served.now().site.partnership.clone();
    let address = secret.address(&issuer, &account.email);
    let code = QrCode::new(&address).map_err(|error| PageError::Failed(error.into()))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(240, 240).build();
    // The page's own declaration, and no colour that a style sheet would have to allow.
    let svg = svg.split_once("?>").map_or(svg.as_str(), |(_, svg)| svg).to_owned();
    let sealed = bench.accounts.seal_text(&context(who), &secret.text())?;
    let code = Field::digits("code", "Code that the app shows now")
        .hint("Six digits")
        .autocomplete("one-time-code")
        .width(10);
    let mut form =
        Form::new(bench.at("account/codes"), "Set up codes").hidden(SECRET, sealed).field(code);
    if asks_password(who, &account) {
        form = form.field(
            Field::password("old", "Your password")
                .hint("So that nobody sets them up at a screen that you left")
                .autocomplete("current-password"),
        );
    }
    let form = form.with_problems(problems);
    let mut page = WorkPage::new("Set up one-time codes");
    if who.session().stage == Stage::Open {
        page = page.back(bench.at("account"), "My account");
    }
    if account.has_codes {
        page = page.block(Block::Inset(
            "You have codes already. If you go on, those of your earlier device and your earlier \
             recovery codes no longer work."
                .into(),
        ));
    }
    Ok(page
        .paragraph(
            "You need an app that makes one-time codes, on a phone or in a password manager. \
             Photograph the picture with it, or type the key in.",
        )
        .block(Block::Picture { svg, alternative: "QR code that holds the key below".into() })
        .block(Block::Heading("Key".into()))
        .block(Block::Code(in_fours(&secret.text())))
        .block(form))
}

async fn set_up(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    posted: Posted,
) -> Shown {
    let typed = posted.typed();
    let sealed = bench.accounts.open_text(&context(&who), typed.get(SECRET));
    let secret = sealed.ok().and_then(|text| OneTimeSecret::parse(&text));
    let secret = secret.ok_or(PageError::Unreadable)?;
    let mut entered = Entered::new(typed);
    let code = entered.text("code", 10, "Enter the code that the app shows");
    let account = bench.accounts.account(who.person()).await?.ok_or(PageError::NotFound)?;
    let asks = asks_password(&who, &account);
    let password =
        if asks { entered.password("old", "Enter your password") } else { String::new() };
    let mut problems = entered.problems();
    if asks && problems.is_empty() {
        problems.extend(own_password(&bench, &who, &account, &password).await?);
    }
    if problems.is_empty() {
        match bench.accounts.set_up_codes(who.person(), &secret, &code, who.now()).await {
            Ok(codes) => return shown(&bench, visit, &who, &codes).await,
            Err(AccountError::NotProved) => problems.push(Problem::new(
                "code",
                "That is not the code of this key. Check that your device's clock is right",
            )),
            Err(error) => return Err(error.into()),
        }
    }
    bench.show(&visit, &page(&bench, &who, &secret, &problems).await?)
}

/// Who has just shown the password, to get this far, is not asked for it again.
fn asks_password(who: &SignedIn, account: &Account) -> bool {
    who.session().stage == Stage::Open && account.has_password
}

/// Recovery codes are shown once. Who had to set codes up is signed in from here on, under a new id.
async fn shown(
    bench: &Workbench,
    mut visit: Visit,
    who: &SignedIn,
    codes: &RecoveryCodes,
) -> Shown {
    let mut cookie = None;
    if who.session().stage == Stage::SetUp {
        let (now, today) = (who.now(), today());
        let stage = Stage::Open;
        let id = bench.accounts.begin_session(who.person(), stage, &visit.device, now).await?;
        bench.accounts.end_session(&visit.id, now).await?;
        let session = bench.accounts.session(&id, now, today).await?.ok_or(PageError::NotFound)?;
        cookie = Some(bench.cookies.give(&id));
        visit = Visit { id, signed_in: Some(SignedIn::new(session, now, today)), ..visit };
    }
    let list: Vec<String> = codes.0.iter().map(|code| in_fours(code)).collect();
    let page = WorkPage::new("Keep these recovery codes")
        .paragraph(
            "Each works once in place of a code, for when you do not have your device. They are \
             not shown again. Keep them on paper, or in a password manager.",
        )
        .block(Block::Code(list.join("\n")))
        .block(super::account::links([(bench.at("account?done=codes"), "I have kept them")]));
    let mut answer = bench.show(&visit, &page)?;
    if let Some(cookie) = cookie {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}

fn context(who: &SignedIn) -> String {
    format!("codes to be set up by {}", who.person())
}

/// In groups of four, which are easier to copy.
fn in_fours(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
