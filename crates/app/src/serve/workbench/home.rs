//! The first page after signing in.

use std::sync::Arc;

use axum::extract::State;
use wardmote_reports::site::work::{Block, Link, WorkPage};

use super::routes::Needs;
use super::visit::Visit;
use super::{Routes, Shown, Workbench};

pub(super) fn add(routes: &mut Routes) {
    routes.get("", Needs::SignedIn, start);
}

async fn start(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    let links = super::NAVIGATION
        .iter()
        .filter(|(_, path)| !path.is_empty() && bench.may_open(&visit, path))
        .map(|(text, path)| Link::new(bench.at(path), *text));
    let page = WorkPage::new("Your work here")
        .paragraph("What you may open depends on your roles of today.")
        .block(Block::Links(links.collect()));
    bench.show(&visit, &page)
}
