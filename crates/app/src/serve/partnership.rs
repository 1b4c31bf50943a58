//! One partnership as it is served: its vintage of the evidence, swapped whole when another comes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wardmote_domain::clock::Calendar;
use wardmote_reports::site::{Page, Scripts, SitePages};

use wardmote_records::registers::PublishedState;

use super::plan::{PublicPlan, Reader};
use super::vintage::Vintage;
use crate::commands::records::Where;
use crate::law::Law;

/// How often the lake and the publication are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long the writing of a publication's files takes at most.
const WRITTEN_WITHIN: Duration = Duration::from_mins(5);
/// How often the first vintage is read while it is being replaced.
const TRIES: usize = 3;
/// How long a request waits for its turn to have a page made.
const TURN_WITHIN: Duration = Duration::from_secs(20);

pub(crate) struct Served {
    folder: PathBuf,
    base: String,
    scripts: Scripts,
    templates: Arc<SitePages>,
    now: RwLock<Arc<Vintage>>,
    /// As many pages are made at a time as there are processors; more would only take memory.
    making: Arc<Semaphore>,
    reader: Reader,
    plan: RwLock<(Arc<PublicPlan>, PublishedState)>,
    /// The partnership's calendar, where its folder has one.
    calendar: Option<Calendar>,
}

impl Served {
    pub(super) async fn load(
        at: &Where,
        base: String,
        scripts: Scripts,
        templates: Arc<SitePages>,
        reader: Reader,
    ) -> anyhow::Result<Self> {
        let folder = &at.folder;
        let now = RwLock::new(Arc::new(Self::whole(folder, &base, &scripts).await?));
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let making = Arc::new(Semaphore::new(processors));
        let state = reader.state().await;
        let plan = RwLock::new((Arc::new(reader.read(folder).await?), state));
        let calendar = folder.join("calendars").is_dir().then(|| Law::read(folder)).transpose()?;
        let calendar = calendar.map(|law| law.calendar);
        Ok(Self {
            folder: folder.clone(),
            base,
            scripts,
            templates,
            now,
            making,
            reader,
            plan,
            calendar,
        })
    }

    /// The first vintage: read again while a publication is being replaced, but not for ever, as one
    /// that was left behind half-written is no reason not to start.
    async fn whole(folder: &Path, base: &str, scripts: &Scripts) -> anyhow::Result<Vintage> {
        for _ in 0..TRIES {
            let before = stamps(folder);
            let vintage = Vintage::load(folder, base, scripts).await?;
            if stamps(folder) == before && !is_writing(folder) {
                return Ok(vintage);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Vintage::load(folder, base, scripts).await
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn calendar(&self) -> Option<&Calendar> {
        self.calendar.as_ref()
    }

    pub(super) fn reader(&self) -> &Reader {
        &self.reader
    }

    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// What a request is answered from, from its start to its end.
    pub(super) fn now(&self) -> Arc<Vintage> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A place among those for whom a page is made now; `None` if it does not come soon.
    pub(super) async fn place_to_make(&self) -> Option<OwnedSemaphorePermit> {
        let turn = Arc::clone(&self.making).acquire_owned();
        tokio::time::timeout(TURN_WITHIN, turn).await.ok()?.ok()
    }

    /// What is published of the plan, and by what one sees whether it is still the same.
    pub(super) fn plan(&self) -> (Arc<PublicPlan>, PublishedState) {
        let plan = self.plan.read().unwrap_or_else(PoisonError::into_inner);
        (Arc::clone(&plan.0), plan.1)
    }

    /// Reads the plan anew where something published has changed, or the evidence that measures it.
    async fn follow_plan(&self, evidence_changed: bool) {
        let state = self.reader.state().await;
        if state == self.plan().1 && !evidence_changed {
            return;
        }
        match self.reader.read(&self.folder).await {
            Ok(plan) => {
                let mut held = self.plan.write().unwrap_or_else(PoisonError::into_inner);
                *held = (Arc::new(plan), state);
            }
            Err(error) => {
                let chain = crate::console::chain(&error);
                tracing::warn!(base = self.base, "the earlier plan is still shown: {chain}");
            }
        }
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
            self.follow_plan(found != seen).await;
            if found == seen || is_writing(&self.folder) {
                continue;
            }
            match Vintage::load(&self.folder, &self.base, &self.scripts).await {
                // What was being replaced while it was read may be half of each.
                Ok(_) if stamps(&self.folder) != found || is_writing(&self.folder) => {}
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

/// Whether a publication is being written, or has just been put in the place of another. One that was
/// left behind half-written stops nobody for long.
fn is_writing(folder: &Path) -> bool {
    let is_fresh = |name: &str| {
        let changed = folder.join(name).metadata().and_then(|about| about.modified());
        changed.is_ok_and(|at| at.elapsed().map_or(true, |since| since < WRITTEN_WITHIN))
    };
    ["published.writing", "published.before"].iter().any(|name| is_fresh(name))
}

/// When the lake's table of loads, which a run commits last, and the publication were last written.
fn stamps(folder: &Path) -> [Option<SystemTime>; 2] {
    ["lake/loads/_delta_log", "published/evidence.json"]
        .map(|path| folder.join(path).metadata().and_then(|about| about.modified()).ok())
}
