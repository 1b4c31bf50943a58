//! The site's pages by address.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get, post};
use wardmote_reports::site::{Guide, Home, Page, PartnershipLink, Problem, Site, SitePages};

use super::answer::{Held, content_type, held};
use super::partnership::Served;
use super::vintage::Vintage;
use super::{api, areas, compare, data_page, explore, search, topics};

/// What is served beside the partnerships' own pages.
pub(crate) struct Root {
    pub(super) partnerships: Vec<Arc<Served>>,
    pub(super) templates: Arc<SitePages>,
    pub(super) site: Site,
}

/// The routes of one partnership below its base.
pub(super) fn routes(base: &str) -> Router<Arc<Served>> {
    let at = |path: &str| format!("{base}{path}");
    let mut router = Router::new()
        .route(base, get(home))
        .route(&at("areas"), get(search::search))
        .route(
            &at("areas/postcode"),
            post(search::postcode).layer(DefaultBodyLimit::max(search::LONGEST_BODY)),
        )
        .route(&at("compare"), get(compare::page))
        .route(&at("explore"), get(explore::page))
        .route(&at("explore/{file}"), get(explore::download))
        .route(&at("areas/{code}"), get(areas::area))
        .route(&at("topics"), get(topics::list))
        .route(&at("topics/{id}"), get(topics::one))
        .route(&at("data/{source}"), get(data_page::source))
        .route(&at("data"), fixed(|vintage| Page::Data(vintage.data.clone())))
        .route(&at("methods"), fixed(|_| Page::Methods))
        .route(&at("methods/{name}"), get(method))
        .route(&at("assessment"), get(assessment))
        .route(&at("assessment/{*path}"), get(published));
    if base.len() > 1 {
        let whole = base.to_owned();
        router = router.route(
            base.trim_end_matches('/'),
            get(move || async move { Redirect::permanent(&whole) }),
        );
    }
    for name in ["glossary", "accessibility", "privacy", "about"] {
        if let Some(guide) = Guide::statement(name) {
            router = router.route(
                &at(name),
                get(move |State(served), headers| async move {
                    show(&served, &headers, name, move |_| Ok(Page::Guide(guide))).await
                }),
            );
        }
    }
    router
}

async fn home(State(served): State<Arc<Served>>, headers: HeaderMap) -> Response {
    let (plan, state) = served.plan();
    let key = format!("home {} {}", state.items, state.changed);
    show(&served, &headers, &key, move |vintage| {
        let topics = topics::lines(vintage)?;
        let priorities = plan.priorities();
        Ok(Page::Home(Home { priorities, topics, ..vintage.home.clone() }))
    })
    .await
}

/// Why a page is not shown.
pub(super) enum NoPage {
    NotFound(&'static str),
    Failed(anyhow::Error),
}

impl From<anyhow::Error> for NoPage {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

fn fixed(make: fn(&Vintage) -> Page) -> MethodRouter<Arc<Served>> {
    get(move |State(served): State<Arc<Served>>, uri: Uri, headers: HeaderMap| async move {
        show(&served, &headers, uri.path(), move |vintage| Ok(make(vintage))).await
    })
}

/// Shows a page, made once for each vintage of the evidence.
pub(super) async fn show(
    served: &Arc<Served>,
    asked: &HeaderMap,
    key: &str,
    make: impl FnOnce(&Vintage) -> Result<Page, NoPage> + Send + 'static,
) -> Response {
    if let Some(made) = served.now().made(key) {
        return held(&made, asked);
    }
    let key = key.to_owned();
    answer(served, asked, move |served, vintage| {
        vintage.page(&key, || rendered(served, vintage, make))
    })
    .await
}

/// Shows a page that is made for each request.
pub(super) async fn show_now(
    served: &Arc<Served>,
    asked: &HeaderMap,
    make: impl FnOnce(&Vintage) -> Result<Page, NoPage> + Send + 'static,
) -> Response {
    answer(served, asked, move |served, vintage| {
        Ok(Arc::new(vintage.hold(rendered(served, vintage, make)?)))
    })
    .await
}

/// Shows a page that is made for each request, and is no answer to what was asked.
pub(super) async fn show_with(
    status: StatusCode,
    served: &Arc<Served>,
    asked: &HeaderMap,
    make: impl FnOnce(&Vintage) -> Result<Page, NoPage> + Send + 'static,
) -> Response {
    let mut response = show_now(served, asked, make).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

fn rendered(
    served: &Served,
    vintage: &Vintage,
    make: impl FnOnce(&Vintage) -> Result<Page, NoPage>,
) -> anyhow::Result<Vec<u8>> {
    match make(vintage) {
        Ok(page) => served.render(vintage, &page),
        Err(NoPage::NotFound(advice)) => Err(NotFound(advice).into()),
        Err(NoPage::Failed(error)) => Err(error),
    }
}

async fn answer(
    served: &Arc<Served>,
    asked: &HeaderMap,
    page: impl FnOnce(&Served, &Vintage) -> anyhow::Result<Arc<Held>> + Send + 'static,
) -> Response {
    let Some(place) = served.place_to_make().await else { return too_busy(served) };
    let (making, vintage) = (Arc::clone(served), served.now());
    let made = tokio::task::spawn_blocking(move || {
        let made = page(&making, &vintage);
        drop(place);
        (made, vintage)
    });
    match made.await {
        Ok((Ok(page), _)) => held(&page, asked),
        Ok((Err(error), vintage)) => no_page(served, &vintage, &error),
        Err(error) => no_page(served, &served.now(), &error.into()),
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not found: {0}")]
struct NotFound(&'static str);

fn no_page(served: &Served, vintage: &Vintage, error: &anyhow::Error) -> Response {
    let (status, problem) = if let Some(NotFound(advice)) = error.downcast_ref() {
        (StatusCode::NOT_FOUND, not_found(advice))
    } else {
        tracing::error!("{}", crate::console::chain(error));
        (StatusCode::INTERNAL_SERVER_ERROR, failed())
    };
    match served.render(vintage, &Page::Problem(problem)) {
        Ok(page) => as_html(status, page),
        Err(error) => {
            tracing::error!("{}", crate::console::chain(&error));
            status.into_response()
        }
    }
}

/// Too many pages are being made for this one to be made soon.
fn too_busy(served: &Served) -> Response {
    let problem = Problem {
        title: "This site is busy".into(),
        advice: "Many pages are being asked for at once. Try again in a minute.".into(),
    };
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let again = [(header::RETRY_AFTER, "60")];
    match served.render(&served.now(), &Page::Problem(problem)) {
        Ok(page) => (again, as_html(status, page)).into_response(),
        Err(_) => (again, status).into_response(),
    }
}

fn as_html(status: StatusCode, page: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, content_type("page.html"))], page).into_response()
}

fn not_found(advice: &str) -> Problem {
    Problem { title: "Page not found".into(), advice: advice.into() }
}

fn failed() -> Problem {
    Problem {
        title: "Sorry, there is a problem with this page".into(),
        advice: "It has been noted. Try again later.".into(),
    }
}

async fn method(
    State(served): State<Arc<Served>>,
    Path(name): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    show(&served, &headers, uri.path(), move |_| {
        let guide = Guide::method(&name);
        guide.map(Page::Guide).ok_or(NoPage::NotFound("There is no method of this name."))
    })
    .await
}

async fn assessment(State(served): State<Arc<Served>>) -> Response {
    let vintage = served.now();
    if vintage.published("index.html").is_none() {
        let advice = "No needs assessment is published. Whoever keeps this partnership's folder publishes one with wardmote assess.";
        return no_page(&served, &vintage, &NotFound(advice).into());
    }
    Redirect::temporary(&format!("{}assessment/index.html", served.base())).into_response()
}

async fn published(
    State(served): State<Arc<Served>>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let vintage = served.now();
    let Some(file) = vintage.published(&path) else {
        let error = NotFound("The published assessment has no such file.");
        return no_page(&served, &vintage, &error.into());
    };
    if path == "figures.html" {
        let (plan, _) = served.plan();
        return match plan.figures(vintage.id(), &vintage.site, file) {
            Ok(page) => held(&page, &headers),
            Err(error) => no_page(&served, &vintage, &error),
        };
    }
    held(file, &headers)
}

/// The list of partnerships, where there are several.
pub(super) async fn partnerships(State(root): State<Arc<Root>>) -> Response {
    let link = |served: &Arc<Served>| PartnershipLink {
        name: served.now().site.partnership.clone(),
        base: served.base().to_owned(),
    };
    let page = Page::Partnerships(root.partnerships.iter().map(link).collect());
    of_root(&root, StatusCode::OK, &page)
}

pub(super) async fn nothing_here(State(root): State<Arc<Root>>, uri: Uri) -> Response {
    let problem = not_found("If you typed the address, check that it is right.");
    if uri.path().contains("/api/") {
        return api::problem(StatusCode::NOT_FOUND, "there is nothing at this address")
            .into_response();
    }
    of_nearest(&root, &uri, StatusCode::NOT_FOUND, problem)
}

pub(super) async fn not_allowed(State(root): State<Arc<Root>>, uri: Uri) -> Response {
    let problem = Problem {
        title: "Nothing can be sent to this page".into(),
        advice: "Everything here is for reading.".into(),
    };
    of_nearest(&root, &uri, StatusCode::METHOD_NOT_ALLOWED, problem)
}

fn of_nearest(root: &Root, uri: &Uri, status: StatusCode, problem: Problem) -> Response {
    let near = root.partnerships.iter().find(|served| uri.path().starts_with(served.base()));
    let page = Page::Problem(problem);
    match near.map(|served| served.render(&served.now(), &page)) {
        Some(Ok(page)) => as_html(status, page),
        _ => of_root(root, status, &page),
    }
}

fn of_root(root: &Root, status: StatusCode, page: &Page) -> Response {
    match root.templates.render(&root.site, page) {
        Ok(html) => as_html(status, html.into_bytes()),
        Err(error) => {
            tracing::error!("{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
