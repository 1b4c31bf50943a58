//! What stands before every signed-in page: host, origin, token, size, session, policy.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use jiff::Timestamp;
use wardmote_records::accounts::{SessionId, Stage};

use super::posted::{Posted, TOKEN};
use super::routes::{Entry, Needs};
use super::visit::{SignedIn, Visit};
use super::{PageError, Workbench, kept};
use crate::place::{now, today};

/// Lets a request through to its page, or says why not.
pub(super) async fn gate(
    State((bench, entry)): State<(Arc<Workbench>, Entry)>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let carried = bench.cookies.carried(headers);
    let is_new = carried.is_none();
    let mut visit = match carried.map_or_else(SessionId::new, Ok) {
        Ok(id) => Visit {
            id,
            path: request.uri().path().to_owned(),
            device: device(headers),
            signed_in: None,
        },
        Err(error) => return PageError::from(error).into_response(),
    };
    let answer = match enter(&bench, &entry, &mut visit, request).await {
        Ok(Entered::Through(request)) => next.run(*request).await,
        Ok(Entered::Elsewhere(response)) => response,
        Err(error) => error.into_response(),
    };
    let mut answer = explained(&bench, &visit, answer);
    // A browser that has no id is given one with the first page, because forms need a token.
    if is_new && !answer.headers().contains_key(header::SET_COOKIE) {
        answer.headers_mut().append(header::SET_COOKIE, bench.cookies.give(&visit.id));
    }
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Without a referrer browsers would hide the origin of our own forms from us.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    answer
}

enum Entered {
    Through(Box<Request>),
    Elsewhere(Response),
}

async fn enter(
    bench: &Arc<Workbench>,
    entry: &Entry,
    visit: &mut Visit,
    mut request: Request,
) -> Result<Entered, PageError> {
    let host = text(request.headers(), header::HOST).unwrap_or_default().to_owned();
    let origin = bench.settings.origin(&host).ok_or(PageError::OtherHost)?;
    let (now, today) = (now(), today());
    let mut posted = None;
    // The token of a form that was begun under another session.
    let mut begun_under = None;
    if request.method() == Method::POST {
        if text(request.headers(), header::ORIGIN) != Some(origin.as_str()) {
            return Err(PageError::Forged);
        }
        let (parts, body) = request.into_parts();
        let body = Request::from_parts(parts.clone(), body);
        let sent = Posted::read(body, entry.most_bytes).await?;
        let token = sent.typed().get(TOKEN);
        if !same(token, &visit.id.form_token()) {
            begun_under = Some(token.to_owned());
        }
        posted = Some(sent.clone());
        request = Request::from_parts(parts, axum::body::Body::empty());
        request.extensions_mut().insert(sent);
    }
    let session = bench.accounts.session(&visit.id, now, today).await?;
    visit.signed_in = session.map(|session| SignedIn::new(session, now, today));
    let stage = visit.signed_in.as_ref().map(|who| who.session().stage);
    if let Some(token) = begun_under {
        let writer = visit.signed_in.as_ref().filter(|_| stage == Some(Stage::Open));
        let (Some(writer), Some(posted)) = (writer, posted) else { return Err(PageError::Forged) };
        if !bench.accounts.began_before(writer.person(), &token, now).await? {
            return Err(PageError::Forged);
        }
        // Nothing is done with it until they say so again, by a form of this session.
        let page = kept::again(bench, &visit.path, posted.typed()).ok_or(PageError::Forged)?;
        return Ok(Entered::Elsewhere(bench.show(visit, &page)?));
    }
    let elsewhere = match (entry.needs, stage) {
        (Needs::Nobody, _)
        | (Needs::Code, Some(Stage::Code))
        | (Needs::SetUp, Some(Stage::SetUp | Stage::Open)) => None,
        (Needs::Code, Some(_)) => Some(bench.go("")),
        (Needs::SetUp | Needs::SignedIn | Needs::Duty(_), Some(Stage::Code)) => {
            Some(bench.go("sign-in/code"))
        }
        (Needs::SignedIn | Needs::Duty(_), Some(Stage::SetUp)) => Some(bench.go("account/codes")),
        (needs, Some(Stage::Open)) => {
            let may = visit.signed_in.as_ref().is_some_and(|who| meets(bench, who, needs));
            match &visit.signed_in {
                Some(who) if !may => {
                    let store = bench.accounts.store();
                    store.note_refused_page(who.person(), entry.path, now).await?;
                    return Err(PageError::NotFound);
                }
                _ => None,
            }
        }
        (_, None) => Some(match posted {
            // What was typed waits until they have signed in again.
            Some(posted) => kept::ask_to_sign_in(bench, visit, posted.typed(), now).await?,
            None => to_sign_in(bench, &request),
        }),
    };
    if entry.needs == Needs::Nobody && stage != Some(Stage::Open) {
        visit.signed_in = None;
    }
    if let Some(elsewhere) = elsewhere {
        return Ok(Entered::Elsewhere(elsewhere));
    }
    request.extensions_mut().insert(visit.clone());
    Ok(Entered::Through(Box::new(request)))
}

/// Whether the policies let somebody do what a page needs.
pub(super) fn meets(bench: &Workbench, who: &SignedIn, needs: Needs) -> bool {
    let session = who.session();
    match needs {
        Needs::Nobody => true,
        Needs::Code => session.stage == Stage::Code,
        Needs::SetUp => session.stage != Stage::Code,
        Needs::SignedIn => session.stage == Stage::Open,
        Needs::Duty(duty) => {
            let may = bench.duties.permit(&session.actor, duty);
            let may = may.inspect_err(|error| tracing::error!("{error}"));
            session.stage == Stage::Open && may.unwrap_or(false)
        }
    }
}

/// To the sign-in page, and afterwards back to where they wanted to go.
fn to_sign_in(bench: &Workbench, request: &Request) -> Response {
    let asked = request
        .uri()
        .path_and_query()
        .map(axum::http::uri::PathAndQuery::as_str)
        .unwrap_or_default();
    let query = serde_urlencoded::to_string([("to", asked)]).unwrap_or_default();
    Redirect::to(&bench.at(&format!("sign-in?{query}"))).into_response()
}

/// Puts the page of an error into the answer.
fn explained(bench: &Workbench, visit: &Visit, answer: Response) -> Response {
    let Some(error) = answer.extensions().get::<Arc<PageError>>().cloned() else { return answer };
    if let PageError::Failed(error) = &*error {
        tracing::error!("{}", crate::console::chain(error));
    }
    let (status, page) = error.page();
    bench.show_as(visit, status, &page).unwrap_or(answer)
}

fn device(headers: &HeaderMap) -> String {
    text(headers, header::USER_AGENT).unwrap_or("unknown").to_owned()
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Compares in a time that does not tell how much of it is right.
pub(super) fn same(one: &str, other: &str) -> bool {
    let differ = one.bytes().zip(other.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b));
    one.len() == other.len() && differ == 0
}

/// A page of the workbench that may be gone to after signing in: never another site.
pub(super) fn local<'a>(bench: &Workbench, to: &'a str) -> Option<&'a str> {
    let plain = |letter: char| letter.is_ascii_graphic() && letter != '\\';
    let within = to.strip_prefix(&bench.base)?;
    let is_local = to.chars().all(plain) && !to.contains("//") && !to.contains("..");
    (is_local && !within.starts_with("sign-")).then_some(to)
}

/// How long somebody waits, as the page says it.
pub(super) fn wait(until: Timestamp, now: Timestamp) -> PageError {
    PageError::Wait(until.duration_since(now).as_secs())
}
