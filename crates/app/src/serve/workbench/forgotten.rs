//! A new link for who forgot their password, by e-mail: the page says the same whether or not there is
//! such an account.

use std::sync::Arc;

use axum::extract::State;
use wardmote_reports::site::work::{Field, Form, Problem, Typed, WorkPage};

use super::entered::Entered;
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{Origin, Visit};
use super::{PageError, Routes, Shown, Workbench};
use crate::place::now;

pub(super) fn add(routes: &mut Routes) {
    routes.get("forgotten", Needs::Nobody, ask).post("forgotten", Needs::Nobody, send);
}

async fn ask(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    if bench.mail.is_none() {
        return Err(PageError::NotFound);
    }
    bench.show(&visit, &page(&bench, &Typed::default(), &[]))
}

fn page(bench: &Workbench, typed: &Typed, problems: &[Problem]) -> WorkPage {
    let form = Form::new(bench.at("forgotten"), "Send me a link")
        .field(Field::email("email", "E-mail address").autocomplete("username").width(30))
        .filled(typed)
        .with_problems(problems);
    WorkPage::new("Forgotten password").back(bench.at("sign-in"), "Sign in").block(form)
}

async fn send(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    origin: Origin,
    posted: Posted,
) -> Shown {
    let mail = bench.mail.clone().ok_or(PageError::NotFound)?;
    let mut entered = Entered::new(posted.typed());
    let email = entered.text("email", 254, "Enter your e-mail address");
    let problems = entered.problems();
    if !problems.is_empty() {
        return bench.show(&visit, &page(&bench, posted.typed(), &problems));
    }
    if let Some((email, secret)) = bench.accounts.forgotten(&email, now()).await? {
        let bench = Arc::clone(&bench);
        // Sent while the page is answered already: how long it takes tells nothing.
        tokio::spawn(async move {
            let link = bench.invitation_link(&origin, &secret);
            let name = bench.served.now().site.partnership.clone();
            let hours = bench.accounts.rules().invitation_hours;
            if let Err(error) = mail.send_link(&email, &name, &link, hours).await {
                tracing::error!("{}", crate::console::chain(&error));
            }
        });
    }
    let page = WorkPage::new("Look at your e-mail").paragraph(
        "If there is an account with this address, a link is on its way to it. It can take some \
         minutes. After several requests in a row, wait a quarter of an hour for the next.",
    );
    bench.show(&visit, &page)
}
