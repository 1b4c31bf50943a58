//! Scripts and the map's library, under a name that changes with them, so that a browser keeps them.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wardmote_reports::site::SiteFiles;

use super::answer::{Held, content_type, held};

/// Below which the files of every partnership lie.
pub(super) const ROOT: &str = "/assets/";

/// The worker of the map reads tiles and nothing else. A worker's policy is its own, not the page's.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'";

pub(super) fn routes<S: Clone + Send + Sync + 'static>(files: &SiteFiles) -> Router<S> {
    let by_name: BTreeMap<&'static str, Held> = files
        .files
        .iter()
        .map(|file| {
            let bytes = file.text.clone().into_bytes();
            (file.name, Held::kept("file", content_type(file.name), bytes))
        })
        .collect();
    let by_name = Arc::new(by_name);
    let answer = move |Path(name): Path<String>, asked: HeaderMap| {
        let by_name = Arc::clone(&by_name);
        async move { file(&by_name, &name, &asked) }
    };
    Router::new().route(&format!("{ROOT}{}/{{name}}", files.folder), get(answer))
}

fn file(by_name: &BTreeMap<&'static str, Held>, name: &str, asked: &HeaderMap) -> Response {
    let Some(file) = by_name.get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = held(file, asked);
    let headers = response.headers_mut();
    let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, for_good);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    response
}
