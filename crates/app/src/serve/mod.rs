//! The partnership's site: everything here is public and read-only, except [`workbench`].
//!
//! What a page needs is held in memory for one vintage of the evidence and swapped whole
//! ([`vintage`]); the lake is never read for a request. Nothing of a controlled source is computed
//! here: its numbers are in the published assessment, or nowhere.

mod affected;
mod answer;
mod api;
mod areas;
mod asked;
mod board;
mod charts;
mod compare;
mod data_page;
mod explore;
mod first;
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
mod streets;
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

pub(crate) use self::first::First;
use self::first::Key;
pub(crate) use self::listen::serve;
pub(crate) use self::loading::loading;
use self::pages::Root;
use self::partnership::Served;
use self::workbench::Workbench;
use crate::commands::records::Where;
use crate::place::Partnership;

/// Where the style sheet of every partnership lies.
const STYLE_SHEET: &str = "/wardmote.css";

/// Loads every folder and makes the routes of the site.
///
/// `records` says where the operational records of a single folder lie, if not in it.
pub(crate) async fn site(
    folders: &[PathBuf],
    records: Option<&str>,
    assets: Assets,
    files: &SiteFiles,
    first: First,
) -> anyhow::Result<Router> {
    let templates = Arc::new(SitePages::new(&assets)?);
    let assets = Arc::new(assets);
    let single = folders.len() == 1;
    let scripts = files.addresses(scripts::ROOT);
    first.expects(folders.len(), &templates);
    let mut begun = Vec::new();
    for (index, folder) in folders.iter().enumerate() {
        let base = if single { "/".to_owned() } else { format!("/{}/", name_of(folder)?) };
        let at = Where { folder: folder.clone(), named: records.map(str::to_owned) };
        let beginning =
            Beginning { at, base, scripts: scripts.clone(), assets: Arc::clone(&assets) };
        begun.push(tokio::spawn(beginning.load(index, first.clone(), Arc::clone(&templates))));
    }
    let (mut partnerships, mut begun_all) = (Vec::new(), Vec::new());
    for (folder, begun) in folders.iter().zip(begun) {
        let (served, begun) = begun.await?.with_context(|| folder.display().to_string())?;
        partnerships.push(Arc::new(served));
        begun_all.push(begun);
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
        let named = records.map(str::to_owned);
        tokio::spawn(crate::jobs::keep(served.folder().to_owned(), named));
        let at = Where { folder: folders[index].clone(), named: records.map(str::to_owned) };
        let bench = Workbench::open(&at, Arc::clone(served), Arc::clone(&templates)).await;
        if let Some(bench) = bench.with_context(|| at.folder.display().to_string())? {
            workbenches = workbenches.merge(workbench::routes().into_router(&bench));
        }
        router = router.merge(routes(base).with_state(Arc::clone(served)));
    }
    let kept_for_next = partnerships.clone();
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
    let site = router
        .merge(own)
        .merge(workbenches)
        .merge(scripts::routes(files))
        .route(STYLE_SHEET, get(move |headers| async move { answer::held(&css, &headers) }))
        .method_not_allowed_fallback(pages::not_allowed)
        .fallback(pages::nothing_here)
        .with_state(root)
        .layer(CompressionLayer::new().compress_when(worth_packing))
        .layer(from_fn(answer::refuse_long_addresses))
        .layer(map_response(answer::with_security_headers));
    for (served, begun) in kept_for_next.into_iter().zip(begun_all) {
        if !begun.is_kept {
            tokio::spawn(begun.keep(site.clone(), served));
        }
    }
    Ok(site)
}

/// What a partnership's pages are made from, besides its files.
struct Beginning {
    at: Where,
    base: String,
    scripts: Scripts,
    assets: Arc<Assets>,
}

/// How the files stood before they were read.
struct Begun {
    beginning: Beginning,
    key: Key,
    /// Whether an earlier start kept the first pages of these very files.
    is_kept: bool,
}

impl Beginning {
    /// Lets what can be answered be answered, then reads the rest.
    async fn load(
        self,
        index: usize,
        first: First,
        templates: Arc<SitePages>,
    ) -> anyhow::Result<(Served, Begun)> {
        first.knows(index, self.site().await?);
        let reader = plan::Reader::open(&self.at).await;
        let key = self.key(&reader).await?;
        let is_kept = first.take_kept(&self.at.folder, &key);
        let (base, scripts) = (self.base.clone(), self.scripts.clone());
        let served = Served::load(&self.at, base, scripts, templates, reader).await?;
        Ok((served, Begun { beginning: self, key, is_kept }))
    }

    async fn site(&self) -> anyhow::Result<Site> {
        let partnership = Partnership::open(&self.at.folder, None)?;
        let lake = partnership.lake().await?;
        Ok(vintage::site_of(&partnership.folder, &lake, self.base.clone(), &self.scripts))
    }

    async fn key(&self, reader: &plan::Reader) -> anyhow::Result<Key> {
        let (site, plan) = (self.site().await?, reader.state().await);
        let partnership = Partnership::open(&self.at.folder, None)?;
        let named = match partnership.data_folder() {
            Ok(data) => streets::files(&self.at.folder, &data)?,
            Err(_) => Vec::new(),
        };
        first::of_files(&self.at.folder, &site, &self.assets, plan, &named)
    }
}

impl Begun {
    /// Keeps the first pages for the next start.
    async fn keep(self, site: Router, served: Arc<Served>) {
        let Self { beginning, key, .. } = self;
        let (folder, base) = (&beginning.at.folder, &beginning.base);
        let vintage = served.now().id().to_owned();
        let now = async || beginning.key(served.reader()).await;
        if let Err(error) = first::keep(site, folder, base, &vintage, &key, now).await {
            let chain = crate::console::chain(&error);
            tracing::warn!("the first pages are not kept for the next start: {chain}");
        }
    }
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
