//! A form that came when its session had ended: it waits, sealed in the sign-in page, until the same
//! person has signed in again.
//!
//! It is never in an address. Only what came from a form of this browser's is kept (origin and token
//! were checked), and only its writer gets it back. Files do not wait. While its writer is at a
//! provider's sign-in, where no browser could carry it, it waits in memory, sealed as it is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wardmote_records::accounts::SessionId;
use wardmote_reports::site::work::{Block, Form, SummaryRow, Typed, WorkPage};

use super::gate::local;
use super::posted::TOKEN;
use super::visit::Visit;
use super::{PageError, Workbench, sign_in};
use crate::place::now;

/// The field of the sign-in page that it lies in.
pub(super) const FIELD: &str = "kept";
const CONTEXT: &str = "a form that waits for its writer";
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(12);

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    person: String,
    path: String,
    pairs: Vec<(String, String)>,
    at: Timestamp,
}

/// How many wait at a time for who is at a provider; the oldest makes room.
const MOST_WAITING: usize = 50;

/// Forms of those who are at a provider's sign-in.
#[derive(Default)]
pub(super) struct Waiting(Mutex<VecDeque<(String, String)>>);

impl Waiting {
    /// Puts one down, if we sealed it, and answers by what it is asked for again.
    pub(super) fn put(&self, bench: &Workbench, sealed: &str) -> Result<String, PageError> {
        bench.accounts.open_text(CONTEXT, sealed).map_err(|_| PageError::Unreadable)?;
        let id = SessionId::new()?.carried().to_owned();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= MOST_WAITING {
            waiting.pop_front();
        }
        waiting.push_back((id.clone(), sealed.to_owned()));
        Ok(id)
    }

    /// Takes it up again.
    pub(super) fn take(&self, id: &str) -> Option<String> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = waiting.iter().position(|(one, _)| one == id)?;
        waiting.remove(at).map(|(_, sealed)| sealed)
    }
}

/// The sign-in page, with what was typed sealed in it.
pub(super) async fn ask_to_sign_in(
    bench: &Arc<Workbench>,
    visit: &Visit,
    typed: &Typed,
    now: Timestamp,
) -> Result<Response, PageError> {
    let mut onward = Vec::new();
    let path = local(bench, &visit.path);
    if let (Some(person), Some(path)) = (bench.accounts.whose_session_was(&visit.id).await?, path) {
        let kept = Kept { person, path: path.to_owned(), pairs: content(typed), at: now };
        let text = serde_json::to_string(&kept).map_err(|error| PageError::Failed(error.into()))?;
        onward.push((FIELD, bench.accounts.seal_text(CONTEXT, &text)?));
    }
    let page = sign_in::page(bench, &Typed::new(onward), &[]);
    bench.show_as(visit, StatusCode::UNAUTHORIZED, &page)
}

/// The page on which its writer sends it after all.
pub(super) fn page(bench: &Workbench, person: &str, sealed: &str) -> Option<WorkPage> {
    let text = bench.accounts.open_text(CONTEXT, sealed).ok()?;
    let kept: Kept = serde_json::from_str(&text).ok()?;
    let is_theirs = kept.person == person && now().duration_since(kept.at) < KEPT_FOR;
    if is_theirs { offered(bench, &kept.path, &kept.pairs) } else { None }
}

/// The same for a form that was begun before its writer signed out and in again in another window.
pub(super) fn again(bench: &Workbench, path: &str, typed: &Typed) -> Option<WorkPage> {
    offered(bench, path, &content(typed))
}

/// What was typed, without passwords and the form's token.
fn content(typed: &Typed) -> Vec<(String, String)> {
    let is_content = |name: &str| name != TOKEN && !name.contains("password");
    typed.pairs().iter().filter(|(name, _)| is_content(name)).cloned().collect()
}

fn offered(bench: &Workbench, path: &str, pairs: &[(String, String)]) -> Option<WorkPage> {
    let path = local(bench, path)?;
    let mut form = Form::new(path, "Send it now");
    let mut rows = Vec::new();
    for (name, value) in pairs {
        form = form.hidden(name, value);
        if !value.is_empty() {
            rows.push(SummaryRow::new(in_words(name), value));
        }
    }
    let page = WorkPage::new("What you had written is still here")
        .paragraph(
            "You are signed in again. Nothing has been sent yet. Files that you had chosen have to \
             be chosen again.",
        )
        .block(Block::Summary(rows))
        .block(form);
    Some(page)
}

/// The name of a field as readers write it: `from-day` is "From day".
fn in_words(name: &str) -> String {
    let text = name.replace(['-', '_'], " ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
