//! What is answered while the evidence is still being read, which of a whole country takes seconds.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, StatusCode, Uri, header};
use axum::middleware::{from_fn, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wardmote_reports::Assets;
use wardmote_reports::site::{Page, Problem, SitePages};

use super::answer::{self, Held, content_type};
use super::{STYLE_SHEET, api, root_site};

/// How soon a browser asks again by itself, in seconds.
const AGAIN_IN: &str = "2";

/// A site of one page, which says that the others are coming.
pub(crate) fn loading(assets: &Assets) -> anyhow::Result<Router> {
    let problem = Problem {
        title: "This site is being loaded".into(),
        advice:
            "The evidence is being read, which takes some seconds. This page asks again by itself."
                .into(),
    };
    let page = SitePages::new(assets)?.render(&root_site(), &Page::Problem(problem))?;
    let css = Held::kept("css", content_type("site.css"), assets.css.clone().into_bytes());
    let (page, css) = (Arc::<str>::from(page), Arc::new(css));
    Ok(Router::new()
        .route(STYLE_SHEET, get(move |headers| async move { answer::held(&css, &headers) }))
        .fallback(move |uri: Uri| async move { still_loading(&uri, &page) })
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
    let kind = [
        (header::CONTENT_TYPE, content_type("page.html")),
        (HeaderName::from_static("refresh"), AGAIN_IN),
    ];
    (status, again, kind, page.to_owned()).into_response()
}
