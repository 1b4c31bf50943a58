//! What is answered before the evidence of a partnership is read again: pages that need nothing of it,
//! and the first pages as the server made them when it last ran over the very same files.

mod key;
mod store;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use wardmote_reports::site::{Guide, Page, PartnershipLink, Site, SitePages};

pub(super) use self::key::{Key, of_files};
use super::answer::{Held, content_type, held};
use super::root_site;

/// Pages of a partnership that are kept for the next start, below its base.
const KEPT: [&str; 5] = ["", "topics", "areas", "plan", "data"];
/// No page is longer.
const LONGEST_PAGE: usize = 8 << 20;

/// What can be answered already; shared by who fills it and who answers from it.
#[derive(Debug, Clone, Default)]
pub(crate) struct First {
    inner: Arc<RwLock<Ready>>,
}

#[derive(Debug, Default)]
struct Ready {
    pages: HashMap<String, Arc<Held>>,
    /// The sites, in the order of their folders; `None` where one is not known yet.
    sites: Vec<Option<Site>>,
    templates: Option<Arc<SitePages>>,
}

impl First {
    fn change(&self, change: impl FnOnce(&mut Ready)) {
        change(&mut self.inner.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// How many sites there will be, and what their pages are made with.
    pub(super) fn expects(&self, n_sites: usize, templates: &Arc<SitePages>) {
        self.change(|ready| {
            ready.sites = vec![None; n_sites];
            ready.templates = Some(Arc::clone(templates));
        });
    }

    /// Lets the pages of a site that say nothing of its evidence be answered.
    pub(super) fn knows(&self, index: usize, site: Site) {
        self.change(|ready| ready.sites[index] = Some(site));
    }

    /// Takes the pages that were kept, if they were made under the same key, and says whether.
    pub(super) fn take_kept(&self, folder: &Path, key: &Key) -> bool {
        match store::read(folder, key) {
            Ok(pages) => self.change(|ready| ready.pages.extend(pages)),
            Err(why) => {
                tracing::info!("{}: no pages of an earlier start: {why}", folder.display());
                return false;
            }
        }
        true
    }

    /// The answer to a request, if it can be given.
    pub(super) fn answer(&self, path: &str, asked: &HeaderMap) -> Option<Response> {
        let (site, page, templates) = {
            let ready = self.inner.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(page) = ready.pages.get(path) {
                return Some(held(page, asked));
            }
            let templates = Arc::clone(ready.templates.as_ref()?);
            let known = || ready.sites.iter().flatten();
            if let Some(site) = known().find(|site| path.starts_with(&site.base)) {
                (site.clone(), text(path.strip_prefix(&site.base)?)?, templates)
            } else if path == "/" && known().count() == ready.sites.len() {
                let link = |site: &Site| PartnershipLink {
                    name: site.partnership.clone(),
                    base: site.base.clone(),
                };
                (root_site(), Page::Partnerships(known().map(link).collect()), templates)
            } else {
                return None;
            }
        };
        let html = templates.render(&site, &page).ok()?;
        let kind = [(header::CONTENT_TYPE, content_type("page.html"))];
        Some((kind, html).into_response())
    }
}

/// The texts: methods, and what is said of the site.
fn text(path: &str) -> Option<Page> {
    match path.split_once('/') {
        None if path == "methods" => Some(Page::Methods),
        None if ["glossary", "accessibility", "privacy", "about"].contains(&path) => {
            Guide::statement(path).map(Page::Guide)
        }
        Some(("methods", name)) => Guide::method(name).map(Page::Guide),
        _ => None,
    }
}

/// Makes the first pages as a reader would get them, and keeps them for the next start.
///
/// What they were made of must still stand as it did when `key` was taken, before it was read.
pub(super) async fn keep(
    router: Router,
    folder: &Path,
    base: &str,
    vintage: &str,
    key: &Key,
    now: impl AsyncFnOnce() -> anyhow::Result<Key>,
) -> anyhow::Result<()> {
    let mut pages = Vec::new();
    for path in KEPT.map(|path| format!("{base}{path}")) {
        let request = Request::get(&path).body(Body::empty())?;
        let response = TowerToHyperService::new(router.clone()).call(request).await?;
        if response.status() != StatusCode::OK {
            continue;
        }
        let html = to_bytes(response.into_body(), LONGEST_PAGE).await?.to_vec();
        pages.push((path, Held::kept(vintage, content_type("page.html"), html)));
    }
    if now().await? == *key {
        store::write(folder, key, &pages)?;
    }
    Ok(())
}
