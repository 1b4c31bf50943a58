//! One partnership as it is served: its vintage of the evidence, swapped whole when another comes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use wardmote_reports::site::{Page, SitePages};

use super::vintage::Vintage;

/// How often the lake and the publication are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

pub(crate) struct Served {
    folder: PathBuf,
    base: String,
    templates: Arc<SitePages>,
    now: RwLock<Arc<Vintage>>,
}

impl Served {
    pub(super) async fn load(
        folder: &Path,
        base: String,
        templates: Arc<SitePages>,
    ) -> anyhow::Result<Self> {
        let now = RwLock::new(Arc::new(Vintage::load(folder, &base).await?));
        Ok(Self { folder: folder.to_owned(), base, templates, now })
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// What a request is answered from, from its start to its end.
    pub(super) fn now(&self) -> Arc<Vintage> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn render(&self, vintage: &Vintage, page: &Page) -> anyhow::Result<Vec<u8>> {
        Ok(self.templates.render(&vintage.site, page)?.into_bytes())
    }

    /// Swaps the vintage for a new one whenever the lake or the publication has changed.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut seen = stamps(&self.folder);
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let found = stamps(&self.folder);
            // A publication that is being written is not there for a moment.
            if found == seen || self.folder.join("published.writing").exists() {
                continue;
            }
            match Vintage::load(&self.folder, &self.base).await {
                Ok(vintage) => {
                    tracing::info!(vintage = vintage.id(), base = self.base, "new vintage");
                    *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(vintage);
                    seen = found;
                }
                Err(error) => {
                    let chain = crate::console::chain(&error);
                    tracing::warn!(base = self.base, "the earlier vintage is still shown: {chain}");
                }
            }
        }
    }
}

/// When the lake's table of loads, which a run commits last, and the publication were last written.
fn stamps(folder: &Path) -> [Option<SystemTime>; 2] {
    ["lake/loads/_delta_log", "published/evidence.json"]
        .map(|path| folder.join(path).metadata().and_then(|about| about.modified()).ok())
}
