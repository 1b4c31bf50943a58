//! The public pages of the plan: what is published of the registers, held in memory and read anew when
//! something published has changed.

mod doing;
mod make;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path as Named, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::routing::get;
use wardmote_records::registers::{PublishedState, Registers};
use wardmote_reports::site::{ItemLink, Page, Site, figures_with_plan};

use super::answer::{Held, content_type};
use super::pages::{NoPage, show, show_now};
use super::partnership::Served;
use crate::business::{Book, Business, Reading, Readings, published_readings};
use crate::commands::records::Where;
use crate::place::today;

/// What is published of a partnership's registers.
#[derive(Debug, Default)]
pub(crate) struct PublicPlan {
    book: Book,
    readings: Readings,
    registers: Option<Registers>,
    /// The reference of the plan that is shown first.
    plan: String,
    stale_after_days: u32,
    /// The page of figures with links into the plan, by the vintage that it was made for.
    figures: Mutex<Option<(String, Arc<Held>)>>,
}

/// How the server reads the registers, where there are any.
#[derive(Debug)]
pub(crate) struct Reader {
    business: Option<Business>,
}

impl Reader {
    /// Opens the registers of a folder. Where they cannot be opened the site goes on without them, and
    /// the log says why.
    pub(super) async fn open(at: &Where) -> Self {
        if !Business::is_there(at) {
            return Self { business: None };
        }
        match Business::open(at).await {
            Ok(business) => Self { business: Some(business) },
            Err(error) => {
                let chain = crate::console::chain(&error);
                tracing::warn!("the plan is not shown: {chain}");
                Self { business: None }
            }
        }
    }

    /// By what one sees that something published has changed.
    pub(super) async fn state(&self) -> PublishedState {
        let Some(business) = &self.business else { return PublishedState::default() };
        business.records.published_state().await.unwrap_or_default()
    }

    /// What is published now.
    pub(super) async fn read(&self, folder: &Path) -> anyhow::Result<PublicPlan> {
        let Some(business) = &self.business else { return Ok(PublicPlan::default()) };
        Ok(PublicPlan {
            book: business.public_book().await?,
            readings: published_readings(folder)?,
            registers: Some(business.registers.clone()),
            plan: business.settings.plan.clone(),
            stale_after_days: business.settings.stale_after_days,
            figures: Mutex::default(),
        })
    }
}

impl PublicPlan {
    /// The published items.
    pub(super) fn book(&self) -> &Book {
        &self.book
    }

    /// What the published assessment says of a claim or figure.
    pub(super) fn reading(&self, key: &str) -> Option<&Reading> {
        self.readings.get(key)
    }

    /// The priorities of the plan that is shown first.
    pub(super) fn priorities(&self) -> Vec<ItemLink> {
        make::priorities(self)
    }

    /// The page of figures of a published assessment, with what the plan makes of each.
    pub(super) fn figures(
        &self,
        vintage: &str,
        site: &Site,
        page: &Held,
    ) -> anyhow::Result<Arc<Held>> {
        let lock = || self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, held)) = lock().as_ref().filter(|(of, _)| of == vintage) {
            return Ok(Arc::clone(held));
        }
        let html = String::from_utf8(page.bytes()?)?;
        let html = figures_with_plan(site, &html, &make::cited_by(self));
        let held = Arc::new(Held::kept(vintage, content_type("page.html"), html.into_bytes()));
        *lock() = Some((vintage.to_owned(), Arc::clone(&held)));
        Ok(held)
    }
}

/// The routes of the plan's pages.
pub(super) fn routes(base: &str) -> Router<Arc<Served>> {
    let at = |path: &str| format!("{base}plan{path}");
    Router::new()
        .route(&at(""), get(first))
        .route(&at("/duties"), get(duties))
        .route(&at("/told"), get(told))
        .route(&at("/alignment"), get(alignment))
        .route(&at("/plans/{reference}"), get(one))
        .route(&at("/priorities/{reference}"), get(priority))
}

/// A page under an address, made once for each state of what is published.
async fn page(
    served: &Arc<Served>,
    uri: &Uri,
    headers: &HeaderMap,
    make: impl FnOnce(&PublicPlan) -> Option<Page> + Send + 'static,
) -> Response {
    let (plan, state) = served.plan();
    // Staleness moves with the day.
    let key = format!("{} {} {} {}", uri.path(), state.items, state.changed, today());
    show(served, headers, &key, move |_| {
        make(&plan).ok_or(NoPage::NotFound("Nothing of this name is published."))
    })
    .await
}

async fn first(State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap) -> Response {
    if !served.plan().0.is_published() {
        const NONE: &str = "No plan of this partnership is published here, so these pages cannot say what is being done.";
        return show_now(&served, &headers, |_| Err(NoPage::NotFound(NONE))).await;
    }
    page(&served, &uri, &headers, |plan| {
        make::plan(plan, None).map(|page| Page::Plan(Box::new(page)))
    })
    .await
}

async fn one(
    State(served): State<Arc<Served>>,
    Named(reference): Named<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    page(&served, &uri, &headers, move |plan| {
        make::plan(plan, Some(&reference)).map(|page| Page::Plan(Box::new(page)))
    })
    .await
}

async fn priority(
    State(served): State<Arc<Served>>,
    Named(reference): Named<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    page(&served, &uri, &headers, move |plan| {
        make::priority(plan, &reference).map(|page| Page::Priority(Box::new(page)))
    })
    .await
}

async fn duties(State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap) -> Response {
    page(&served, &uri, &headers, |plan| Some(Page::Duties(make::duties(plan)))).await
}

async fn told(State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap) -> Response {
    page(&served, &uri, &headers, |plan| Some(Page::Told(make::told(plan)))).await
}

async fn alignment(State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap) -> Response {
    page(&served, &uri, &headers, |plan| Some(Page::Alignment(make::alignment(plan)))).await
}

/// A listing of the interface for programs: its columns and rows.
pub(super) type Rows = (&'static [&'static str], Vec<Vec<serde_json::Value>>);

pub(super) use make::{api_actions, api_duties, api_measures, api_priorities};
