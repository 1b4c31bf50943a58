//! The log of what was done, for the data protection officer: searched, and exported as CSV.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use jiff::Timestamp;
use jiff::civil::Date;
use wardmote_records::audit::{Entry, Search};
use wardmote_records::words::{Duty, Operation, Outcome};
use wardmote_reports::site::work::{Cell, Field, Form, Listing, Paging, Problem, Typed, WorkPage};

use super::account::links;
use super::entered::Entered;
use super::routes::Needs;
use super::visit::{SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};
use axum::extract::RawQuery;

const PER_PAGE: u32 = 50;
const NEEDS: Needs = Needs::Duty(Duty::ReadAudit);

pub(super) fn add(routes: &mut Routes) {
    routes.get("audit", NEEDS, list).get("audit/export", NEEDS, export);
}

/// What is looked for, as the address says it.
fn read(query: Option<&str>) -> (Typed, Result<Search, Vec<Problem>>) {
    let pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query.unwrap_or_default()).unwrap_or_default();
    let typed = Typed::new(pairs);
    let mut entered = Entered::new(&typed);
    let mut text =
        |name: &str| Some(entered.optional_text(name, 120)).filter(|one| !one.is_empty());
    let (actor, subject, recipient) = (text("actor"), text("subject"), text("recipient"));
    let (operation, outcome) = (text("operation"), text("outcome"));
    let operation = operation.and_then(|word| {
        let wrong = |_| entered.wrong("operation", "Choose what was done from the list");
        Operation::parse(&word).map_err(wrong).ok()
    });
    let outcome = outcome.and_then(|word| {
        let wrong = |_| entered.wrong("outcome", "Choose how it ended from the list");
        Outcome::parse(&word).map_err(wrong).ok()
    });
    let from = entered.optional_day("from");
    let to = entered.optional_day("to");
    let problems = entered.problems();
    if !problems.is_empty() {
        return (typed, Err(problems));
    }
    let search = Search {
        actor,
        subject,
        operation,
        outcome,
        recipient,
        from: from.and_then(start_of),
        before: to.and_then(|to| to.tomorrow().ok()).and_then(start_of),
    };
    (typed, Ok(search))
}

fn start_of(day: Date) -> Option<Timestamp> {
    format!("{day}T00:00:00Z").parse().ok()
}

/// A time that a narrow column has room for.
fn short_time(at: Timestamp) -> String {
    jiff::tz::Offset::UTC.to_datetime(at).strftime("%-d %b %Y, %H:%M").to_string()
}

async fn list(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Shown {
    let (typed, search) = read(query.as_deref());
    let operations = Operation::ALL.iter().map(|one| (one.word(), one.word()));
    let operations = [("", "Anything")].into_iter().chain(operations);
    let outcomes = Outcome::ALL.iter().map(|one| (one.word(), one.word()));
    let outcomes = [("", "Either way")].into_iter().chain(outcomes);
    let form = Form::search(bench.at("audit"), "Search")
        .field(Field::text("actor", "By whom").hint("The id of a person").width(20))
        .field(
            Field::text("subject", "With what")
                .hint("A record, or the beginning of an entry, such as person/ID or account/ID")
                .width(30),
        )
        .field(
            Field::text("recipient", "Given to whom").hint("The id of an organisation").width(20),
        )
        .field(Field::select("operation", "What was done", operations))
        .field(Field::select("outcome", "How it ended", outcomes))
        .field(Field::date("from", "From this day on"))
        .field(Field::date("to", "To this day, which is included"))
        .filled(&typed);
    let page = WorkPage::new("Log of what was done").paragraph(
        "Every change, every refusal and every reading of a restricted record. What a record says \
         is never in it. Times are UTC.",
    );
    let search = match search {
        Ok(search) => search,
        Err(problems) => return bench.show(&visit, &page.block(form.with_problems(&problems))),
    };
    let number: u32 = typed.get("page").parse().unwrap_or(1).max(1);
    let store = bench.accounts.store();
    let found = store.search_audit_page(&search, number, PER_PAGE).await?;
    store.note_search(who.person(), who.now()).await?;
    let mut listing = Listing::new(
        format!("{} entries, the latest first", found.total),
        ["When", "Who", "What", "How it ended", "With what", "To whom", "Under"],
        "Nothing was found.",
    );
    for entry in found.entries {
        listing = listing.row([
            Cell::from(short_time(entry.at)).whole(),
            Cell::from(entry.actor).whole(),
            entry.operation.word().into(),
            entry.outcome.word().into(),
            Cell::from(entry.subject).id(),
            entry.recipient.unwrap_or_default().into(),
            Cell::from(entry.policy.unwrap_or(entry.purpose)),
        ]);
    }
    let others = typed.pairs().iter().filter(|(name, _)| name != "page");
    let others = serde_urlencoded::to_string(others.collect::<Vec<_>>()).unwrap_or_default();
    let address = bench.at(&format!("audit?{others}"));
    let page = page
        .block(form)
        .block(listing.paging(Paging::new(&address, number, PER_PAGE, found.total)))
        .block(links([(bench.at(&format!("audit/export?{others}")), "All of it as CSV")]));
    bench.show(&visit, &page)
}

async fn export(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Shown {
    let search = read(query.as_deref()).1.map_err(|_| PageError::Unreadable)?;
    let store = bench.accounts.store();
    store.note_export(who.person(), who.now()).await?;
    let mut text = String::from(
        "entry,at,operation,outcome,actor,recipient,subject,version,purpose,policy,hash\r\n",
    );
    for entry in store.search_audit(&search).await? {
        text.push_str(&line(&entry));
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"wardmote-log.csv\""),
    ];
    Ok((headers, text).into_response())
}

fn line(entry: &Entry) -> String {
    let version = entry.version.map(|version| version.to_string()).unwrap_or_default();
    let (sequence, at) = (entry.sequence.to_string(), entry.at.to_string());
    let cells = [
        sequence.as_str(),
        &at,
        entry.operation.word(),
        entry.outcome.word(),
        &entry.actor,
        entry.recipient.as_deref().unwrap_or_default(),
        &entry.subject,
        &version,
        &entry.purpose,
        entry.policy.as_deref().unwrap_or_default(),
        &entry.hash,
    ];
    let quoted = cells.map(|cell| {
        if cell.contains([',', '"', '\r', '\n']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    });
    format!("{}\r\n", quoted.join(","))
}
