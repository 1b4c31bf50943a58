//! The partnership's site: everything here is public and read-only, except [`workbench`].
//!
//! What a page needs is held in memory for one vintage of the evidence and swapped whole
//! ([`vintage`]); the lake is never read for a request. Nothing of a controlled source is computed
//! here: its numbers are in the published assessment, or nowhere.

mod answer;
mod api;
mod areas;
mod asked;
mod board;
mod charts;
mod compare;
mod data_page;
mod explore;
mod kept;
mod listen;
mod loading;
mod map;
mod measures;
mod openapi;
mod pages;
mod partnership;
mod plan;
mod publications;
mod scripts;
mod search;
mod topics;
mod vintage;
pub(crate) mod workbench;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::middleware::{from_fn, map_response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use wardmote_reports::Assets;
use wardmote_reports::site::{Scripts, Site, SiteFiles, SitePages};

pub(crate) use self::listen::serve;
pub(crate) use self::loading::loading;
use self::pages::Root;
use self::partnership::Served;
use self::workbench::Workbench;
use crate::commands::records::Where;

/// Where the style sheet of every partnership lies.
const STYLE_SHEET: &str = "/wardmote.css";

/// Loads every folder and makes the routes of the site.
///
/// `records` says where the operational records of a single folder lie, if not in it.
pub(crate) async fn site(
    folders: &[PathBuf],
    records: Option<&str>,
    assets: &Assets,
    files: &SiteFiles,
) -> anyhow::Result<Router> {
    let templates = Arc::new(SitePages::new(assets)?);
    let single = folders.len() == 1;
    let scripts = files.addresses(scripts::ROOT);
    let mut partnerships = Vec::new();
    for folder in folders {
        let base = if single { "/".to_owned() } else { format!("/{}/", name_of(folder)?) };
        let at = Where { folder: folder.clone(), named: records.map(str::to_owned) };
        let served = Served::load(&at, base, scripts.clone(), Arc::clone(&templates)).await;
        partnerships.push(Arc::new(served.with_context(|| folder.display().to_string())?));
    }
    let several_in_one = records.is_some() && !single;
    anyhow::ensure!(!several_in_one, "--records is for one partnership; serve them one by one");
    let mut router = Router::new();
    let mut workbenches = Router::new();
    for (index, served) in partnerships.iter().enumerate() {
        let base = served.base();
        anyhow::ensure!(
            partnerships[..index].iter().all(|earlier| earlier.base() != base),
            "two of the folders are called {base}"
        );
        tokio::spawn(Arc::clone(served).follow());
        tokio::spawn(crate::jobs::keep(served.folder().to_owned()));
        let at = Where { folder: folders[index].clone(), named: records.map(str::to_owned) };
        let bench = Workbench::open(&at, Arc::clone(served), Arc::clone(&templates)).await;
        if let Some(bench) = bench.with_context(|| at.folder.display().to_string())? {
            workbenches = workbenches.merge(workbench::routes().into_router(&bench));
        }
        router = router.merge(routes(base).with_state(Arc::clone(served)));
    }
    let root = Arc::new(Root { partnerships, templates, site: root_site() });
    let own = if single {
        Router::new()
    } else {
        Router::new().route("/", get(pages::partnerships)).with_state(Arc::clone(&root))
    };
    let css = answer::Held::kept("css", "text/css; charset=utf-8", assets.css.clone().into_bytes());
    let css = Arc::new(css);
    // These are packed already, or cannot be.
    let worth_packing = DefaultPredicate::new()
        .and(NotForContentType::const_new("application/pdf"))
        .and(NotForContentType::const_new("application/vnd.openxmlformats"))
        .and(NotForContentType::const_new("application/octet-stream"));
    Ok(router
        .merge(own)
        .merge(workbenches)
        .merge(scripts::routes(files))
        .route(STYLE_SHEET, get(move |headers| async move { answer::held(&css, &headers) }))
        .method_not_allowed_fallback(pages::not_allowed)
        .fallback(pages::nothing_here)
        .with_state(root)
        .layer(CompressionLayer::new().compress_when(worth_packing))
        .layer(from_fn(answer::refuse_long_addresses))
        .layer(map_response(answer::with_security_headers)))
}

/// The public routes of one partnership.
fn routes(base: &str) -> Router<Arc<Served>> {
    pages::routes(base)
        .merge(api::routes(base))
        .merge(map::routes(base))
        .merge(plan::routes(base))
        .merge(board::routes(base))
        .merge(publications::routes(base))
}

fn name_of(folder: &std::path::Path) -> anyhow::Result<String> {
    let folder = folder.canonicalize().with_context(|| folder.display().to_string())?;
    let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    anyhow::ensure!(
        !name.is_empty() && name.chars().all(plain),
        "{}: the folder's name becomes an address, and may hold only letters, digits, - and _",
        folder.display()
    );
    Ok(name.to_owned())
}

fn root_site() -> Site {
    Site {
        partnership: "Community safety partnerships".into(),
        synthetic: false,
        base: "/".into(),
        style_sheet: STYLE_SHEET.into(),
        scripts: Scripts::default(),
        vintage: None,
        licence_notes: Vec::new(),
    }
}
