//! Assessments of their own, such as that of serious violence: the files that `wardmote assess
//! --assessment NAME` wrote, as they lie in the folder `publications`.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as Named, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_reports::site::{BoardPage, OtherAssessment, Page, published_within};

use super::answer::{Held, content_type, held};
use super::pages::{NoPage, show_now};
use super::partnership::Served;
use crate::place::{is_plain_name, other_assessments, publication_of};

pub(super) fn routes(base: &str) -> Router<Arc<Served>> {
    let at = |path: &str| format!("{base}{path}");
    Router::new()
        .route(&at("assessments"), get(list))
        .route(&at("assessments/{name}"), get(one))
        .route(&at("assessments/{name}/{*path}"), get(file))
}

async fn list(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    let folder = served.folder().to_owned();
    show_now(&served, &headers, move |_| {
        let mut found = Vec::new();
        for name in other_assessments(&folder) {
            let evidence = publication_of(&folder, &name).join("evidence.json");
            let declared = folder.join("assessments").join(&name).join("assessment.toml");
            if !evidence.is_file() {
                continue;
            }
            let read = wardmote_evidence::folder::parse::<
                wardmote_evidence::declarations::Assessment,
            >(&declared);
            let title = read.map_err(|error| NoPage::Failed(error.into()))?.title;
            let published = EvidenceFile::read(&evidence);
            let published = published.map_err(|error| NoPage::Failed(error.into()))?.published;
            found.push(OtherAssessment {
                address: format!("assessments/{name}/index.html"),
                title,
                published: wardmote_domain::clock::date_in_words(published),
            });
        }
        Ok(Page::Board(Box::new(BoardPage::Assessments(found))))
    })
    .await
}

async fn one(State(served): State<Arc<Served>>, Named(name): Named<String>) -> Response {
    if !is_plain_name(&name) || !publication_of(served.folder(), &name).is_dir() {
        return not_found(&served, &HeaderMap::new()).await;
    }
    Redirect::temporary(&format!("{}assessments/{name}/index.html", served.base())).into_response()
}

async fn file(
    State(served): State<Arc<Served>>,
    Named((name, path)): Named<(String, String)>,
    headers: HeaderMap,
) -> Response {
    // No part may lead out of the folder.
    if !is_plain_name(&name) || !path.split('/').all(is_plain_name) {
        return not_found(&served, &headers).await;
    }
    let whole: PathBuf = publication_of(served.folder(), &name).join(&path);
    let Ok(mut bytes) = tokio::fs::read(&whole).await else {
        return not_found(&served, &headers).await;
    };
    let vintage = served.now();
    let kind = content_type(&path);
    if kind.starts_with("text/html") {
        let Ok(html) = String::from_utf8(bytes) else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        bytes = published_within(&vintage.site, &html).into_bytes();
    }
    held(&Held::new(vintage.id(), kind, bytes), &headers)
}

async fn not_found(served: &Arc<Served>, headers: &HeaderMap) -> Response {
    show_now(served, headers, |_| {
        Err(NoPage::NotFound("No assessment of this name is published, or it has no such file."))
    })
    .await
}
