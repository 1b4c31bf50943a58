//! What is answered while the evidence is still being read, which of a whole country takes seconds.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wardmote_reports::Assets;
use wardmote_reports::site::{Page, SitePages};

use super::answer::{self, Held, content_type};
use super::first::First;
use super::{STYLE_SHEET, api, root_site};

/// After how many seconds it is worth asking again. No page asks by itself: one that changes under a reader
/// who listens to it begins anew each time.
const AGAIN_IN: &str = "2";

/// The pages that can be answered already, and for all others one that says that they are coming.
pub(crate) fn loading(assets: &Assets, first: First) -> anyhow::Result<Router> {
    let page = SitePages::new(assets)?.render(&root_site(), &Page::Loading)?;
    let css = Held::kept("css", content_type("site.css"), assets.css.clone().into_bytes());
    let (page, css) = (Arc::<str>::from(page), Arc::new(css));
    Ok(Router::new()
        .route(STYLE_SHEET, get(move |headers| async move { answer::held(&css, &headers) }))
        .fallback(move |method: Method, uri: Uri, asked: HeaderMap| async move {
            let is_read = matches!(method, Method::GET | Method::HEAD);
            let first = is_read.then(|| first.answer(uri.path(), &asked)).flatten();
            first.unwrap_or_else(|| still_loading(&uri, &page))
        })
        .layer(from_fn(answer::refuse_long_addresses))
        .layer(map_response(answer::with_security_headers)))
}

fn still_loading(uri: &Uri, page: &str) -> Response {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let again = [(header::RETRY_AFTER, AGAIN_IN)];
    if uri.path().contains("/api/") {
        let problem = api::problem(status, "the evidence is being read; ask again in some seconds");
        return (again, problem).into_response();
    }
    let kind = [(header::CONTENT_TYPE, content_type("page.html"))];
    (status, again, kind, page.to_owned()).into_response()
}
