//! The public pages of the board, its calendars, and its lists for programs: only what is published.

mod case_reviews;
mod make;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as Named, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use wardmote_reports::icalendar;
use wardmote_reports::site::{BoardPage, Page};

use super::answer::{Held, held};
use super::pages::{NoPage, show, show_now};
use super::partnership::Served;
use crate::board::Board;
use crate::board::calendar::{Whose, meetings as meetings_feed};
use crate::place::today;

pub(super) use make::{api_decisions, api_groups, api_meetings};

/// The routes of the board's pages.
pub(super) fn routes(base: &str) -> Router<Arc<Served>> {
    let at = |path: &str| format!("{base}{path}");
    Router::new()
        .route(&at("meetings"), get(meetings))
        .route(&at("meetings.ics"), get(calendar))
        .route(&at("meetings/{reference}"), get(meeting))
        .route(&at("meetings/groups/{group}"), get(group_calendar))
        .route(&at("decisions"), get(decisions))
        .route(&at("structure"), get(structure))
        .route(&at("case-reviews"), get(case_reviews_page))
}

/// A page under an address, made once for each state of what is published.
async fn page(
    served: &Arc<Served>,
    uri: &Uri,
    headers: &HeaderMap,
    make: impl FnOnce(Board<'_>) -> Option<Page> + Send + 'static,
) -> Response {
    let (plan, state) = served.plan();
    // Whether a group has lapsed, and which meeting is the next, moves with the day.
    let key = format!("{} {} {} {}", uri.path(), state.items, state.changed, today());
    show(served, headers, &key, move |_| {
        make(Board::new(plan.book())).ok_or(NoPage::NotFound("Nothing of this name is published."))
    })
    .await
}

fn boxed(page: BoardPage) -> Page {
    Page::Board(Box::new(page))
}

async fn meetings(State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap) -> Response {
    page(&served, &uri, &headers, |board| Some(boxed(make::meetings(board, today())))).await
}

async fn meeting(
    State(served): State<Arc<Served>>,
    Named(reference): Named<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    page(&served, &uri, &headers, move |board| make::meeting(board, &reference, today()).map(boxed))
        .await
}

async fn decisions(State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap) -> Response {
    page(&served, &uri, &headers, |board| Some(boxed(make::decisions(board)))).await
}

async fn structure(State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap) -> Response {
    page(&served, &uri, &headers, |board| Some(boxed(make::structure(board, today())))).await
}

/// Made for each request: it is rarely asked for, and the folder's files may change at any time.
async fn case_reviews_page(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    let folder = served.folder().to_owned();
    show_now(&served, &headers, move |_| {
        let page = case_reviews::page(&folder, today())?;
        let none = NoPage::NotFound("This partnership has published nothing of case reviews.");
        page.map(boxed).ok_or(none)
    })
    .await
}

async fn calendar(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    feed(&served, &headers, None)
}

async fn group_calendar(
    State(served): State<Arc<Served>>,
    Named(name): Named<String>,
    headers: HeaderMap,
) -> Response {
    match name.strip_suffix(".ics") {
        Some(group) => feed(&served, &headers, Some(group)),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn feed(served: &Arc<Served>, headers: &HeaderMap, group: Option<&str>) -> Response {
    let (plan, state) = served.plan();
    let vintage = served.now();
    let board = Board::new(plan.book());
    let Some(calendar) = served.calendar() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let group = match group.map(|reference| board.called("groups", reference)) {
        None => None,
        Some(Some(group)) => Some(group),
        Some(None) => return StatusCode::NOT_FOUND.into_response(),
    };
    let whose = Whose {
        name: &vintage.site.partnership,
        domain: &domain(&vintage.site.partnership),
        synthetic: vintage.site.synthetic,
        changed: Timestamp::from_microsecond(state.changed).unwrap_or(Timestamp::UNIX_EPOCH),
    };
    let text = icalendar(&meetings_feed(board, calendar, &whose, group));
    let made = Held::new(vintage.id(), "text/calendar; charset=utf-8", text.into_bytes());
    held(&made, headers)
}

/// What makes identifiers this partnership's own. The site does not know under which name it is reached,
/// and a name that changed would make every entry another.
fn domain(partnership: &str) -> String {
    let letters = partnership.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let letters: String = letters.collect::<String>().to_lowercase();
    let words = letters.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>();
    format!("{}.wardmote.invalid", words.join("-"))
}
