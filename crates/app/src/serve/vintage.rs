//! What is held of one partnership in one vintage of its evidence.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use wardmote_domain::area::{AreaLevel, Tier};
use wardmote_domain::claim::Rule;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::headlines;
use wardmote_evidence::local::Family;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::topic::{KnownEvent, TopicDeclaration};
use wardmote_lake::Lake;
use wardmote_lake::read::Postcodes;
use wardmote_lake::source::Reader;
use wardmote_reports::file_stem;
use wardmote_reports::site::{DataPage, Home, Scripts, Sentence, Site, published_within};

use super::answer::{Held, content_type};
use super::kept::Kept;
use super::map::Ground;
use super::streets::Streets;
use super::{STYLE_SHEET, data_page};
use crate::place::Partnership;

/// How many changes the first page tells.
const CHANGES: usize = 4;
/// How many bytes of rendered pages are kept, packed: some ten thousand pages of areas.
const MOST_KEPT_BYTES: usize = 96 << 20;

/// Tells the log how long each step of loading took (`WARDMOTE_LOG=debug`).
struct Steps(Instant);

impl Steps {
    fn begin() -> Self {
        Self(Instant::now())
    }

    fn took(&mut self, step: &str) {
        let now = Instant::now();
        tracing::debug!(step, milliseconds = now.duration_since(self.0).as_millis());
        self.0 = now;
    }
}

pub(crate) struct Vintage {
    pub(super) site: Site,
    pub(super) observed: Observed,
    /// The published assessment's evidence, which holds only what was protected.
    pub(super) evidence: Option<EvidenceFile>,
    pub(super) home: Home,
    pub(super) data: DataPage,
    /// Source, body, month and state of each month of open sources.
    pub(super) months: Vec<[String; 4]>,
    /// Which words a test allows.
    pub(super) rule: Rule,
    /// Levels of areas that have a page, largest areas first.
    pub(super) levels: Vec<AreaLevel>,
    /// What maps are drawn from.
    pub(super) ground: Ground,
    /// The tests that the pages of each level make together.
    families: BTreeMap<AreaLevel, Family>,
    /// In which small area each postcode lies, where a lookup is loaded.
    pub(super) postcodes: Option<Postcodes>,
    /// The streets that can be looked up.
    pub(super) streets: Streets,
    /// Measures that a page is about together.
    pub(super) topics: Vec<TopicDeclaration>,
    /// What happened, and is marked where a series is shown.
    pub(super) events: Vec<KnownEvent>,
    published: BTreeMap<String, Held>,
    pages: Kept,
}

impl Vintage {
    pub(super) async fn load(folder: &Path, base: &str, scripts: &Scripts) -> anyhow::Result<Self> {
        let mut steps = Steps::begin();
        let partnership = Partnership::open(folder, None)?;
        steps.took("declarations read");
        let lake = partnership.lake().await?;
        // Where a list of streets would lie; without the folder there is none.
        let data = partnership.data_folder().unwrap_or_else(|_| folder.to_owned());
        steps.took("lake opened");
        let (folder, declared) = (folder.to_owned(), partnership.folder);
        let (base, scripts) = (base.to_owned(), scripts.clone());
        // Counting a whole lake keeps a thread busy for seconds.
        tokio::task::spawn_blocking(move || {
            Self::gather((&folder, &data), &declared, &lake, base, &scripts, steps)
        })
        .await?
    }

    fn gather(
        (folder, data_folder): (&Path, &Path),
        declared: &PartnershipFolder,
        lake: &Lake,
        base: String,
        scripts: &Scripts,
        mut steps: Steps,
    ) -> anyhow::Result<Self> {
        let site = site_of(declared, lake, base, scripts);
        let levels = levels(lake, declared)?;
        steps.took("levels found");
        // Packing the publication and reading postcodes take as long as a good part of the counting.
        let (counted, beside) = std::thread::scope(|scope| {
            let beside = scope.spawn(|| -> anyhow::Result<_> {
                let published = published(&folder.join("published"), &site)?;
                Ok((published, lake.postcode_areas()?))
            });
            let mut counted = || -> anyhow::Result<_> {
                let mut observed = Observed::gather(lake, declared, &levels)?;
                steps.took("rows counted");
                let ground = Ground::gather(folder, lake, declared, &mut observed, &levels)?;
                steps.took("outlines put together");
                Ok((observed, ground))
            };
            let counted = counted();
            (counted, beside.join())
        });
        let (observed, ground) = counted?;
        let (published, postcodes) =
            beside.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        steps.took("publication and postcodes read");
        let postcodes = Some(postcodes).filter(|held| !held.is_empty());
        let evidence_file = folder.join("published").join("evidence.json");
        let evidence =
            evidence_file.exists().then(|| EvidenceFile::read(&evidence_file)).transpose()?;
        steps.took("evidence read");
        let assessment = declared.assessment.as_ref();
        let rule = assessment.map(|assessment| assessment.family.rule).unwrap_or_default();
        let data_page::Came { page: mut data, mut missing, months } =
            data_page::make(lake, declared)?;
        let small = declared.partnership.area_vintage;
        let own = observed.places_within(small, &declared.partnership.areas)?;
        let own = own.into_iter().map(|place| place.code.clone()).collect();
        let outlines = observed.boundaries.get(&small).map_or(&[][..], Vec::as_slice);
        let streets = Streets::read(folder, data_folder, &own, outlines)?;
        data.tables.extend(streets.table.clone());
        missing.extend(streets.missing.iter().cloned());
        steps.took("streets read");
        steps.took("coverage found");
        let title = assessment.map(|assessment| assessment.title.clone());
        let families = levels
            .iter()
            .map(|level| Ok((*level, Family::of_level(&observed, *level, rule)?)))
            .collect::<anyhow::Result<_>>()?;
        steps.took("families counted");
        let home = Home {
            postcodes: postcodes.is_some(),
            has_streets: !streets.is_empty(),
            ..home(evidence.as_ref(), title, missing)
        };
        Ok(Self {
            site,
            observed,
            evidence,
            home,
            data,
            months,
            rule,
            levels,
            ground,
            families,
            postcodes,
            streets,
            topics: declared.topics.clone(),
            events: declared.events.clone(),
            published,
            pages: Kept::new(MOST_KEPT_BYTES),
        })
    }

    pub(super) fn id(&self) -> &str {
        &self.observed.snapshot
    }

    /// The tests that the pages of a level make together; those of the districts' level hold the topics'.
    pub(super) fn family(&self, level: AreaLevel) -> Family {
        // INVARIANT: every level that has pages has a family; of another one nothing is allowed.
        let none = Family { n_tests: usize::MAX, rule: self.rule };
        self.families.get(&level).copied().unwrap_or(none)
    }

    /// The family of the district's page and those of topics.
    pub(super) fn home_family(&self) -> Family {
        self.family(self.observed.partnership.district_level)
    }

    /// A file of the published assessment, by its path below the publication's folder.
    pub(super) fn published(&self, path: &str) -> Option<&Held> {
        self.published.get(path)
    }

    /// Bytes of a page under this vintage's tag.
    pub(super) fn hold(&self, page: Vec<u8>) -> Held {
        Held::new(self.id(), content_type("page.html"), page)
    }

    /// A page that was made before.
    pub(super) fn made(&self, key: &str) -> Option<Arc<Held>> {
        self.pages.get(key)
    }

    /// A page that was made before, or made now.
    pub(super) fn page(
        &self,
        key: &str,
        make: impl FnOnce() -> anyhow::Result<Vec<u8>>,
    ) -> anyhow::Result<Arc<Held>> {
        if let Some(held) = self.pages.get(key) {
            return Ok(held);
        }
        let held = Arc::new(Held::kept(self.id(), content_type("page.html"), make()?));
        self.pages.put(key, &held);
        Ok(held)
    }
}

/// Whose pages these are, as every page says it.
pub(super) fn site_of(
    declared: &PartnershipFolder,
    lake: &Lake,
    base: String,
    scripts: &Scripts,
) -> Site {
    let notes = declared.assessment.as_ref().map(|assessment| assessment.licence_notes.clone());
    Site {
        partnership: declared.partnership.name.clone(),
        synthetic: declared.partnership.synthetic,
        base,
        style_sheet: STYLE_SHEET.into(),
        scripts: scripts.clone(),
        vintage: Some(lake.snapshot_id().to_string()),
        licence_notes: notes.unwrap_or_default(),
    }
}

fn home(
    evidence: Option<&EvidenceFile>,
    title: Option<String>,
    mut not_known: Vec<String>,
) -> Home {
    let Some(evidence) = evidence else { return Home { not_known, ..Home::default() } };
    not_known.extend(headlines::untested(evidence));
    let changes = headlines::changes(evidence, CHANGES).into_iter();
    let address = |figure: String| format!("assessment/figures.html#figure-{}", file_stem(&figure));
    Home {
        priorities: Vec::new(),
        changes: changes
            .map(|change| Sentence {
                text: change.sentence,
                address: address(change.figure.to_string()),
            })
            .collect(),
        n_tests: evidence.tests.len(),
        assessment: Some(title.unwrap_or_else(|| "the needs assessment".into())),
        not_known,
        ..Home::default()
    }
}

/// The levels whose areas the lake knows.
fn levels(lake: &Lake, declared: &PartnershipFolder) -> anyhow::Result<Vec<AreaLevel>> {
    let partnership = &declared.partnership;
    let small = partnership.area_vintage;
    let msoa = AreaLevel { tier: Tier::Msoa, vintage: small.vintage };
    let mut levels = vec![partnership.district_level];
    if !partnership.neighbourhoods.is_empty() {
        levels.push(AreaLevel::NEIGHBOURHOOD);
    }
    for source in declared.sources.values() {
        let Reader::AreaLookup { to, .. } = &source.reader else { continue };
        for level in to.iter().map(|column| column.level) {
            let is_ward = level.tier == Tier::Ward && !levels.contains(&level);
            if is_ward && !lake.areas(level)?.is_empty() {
                levels.push(level);
            }
        }
    }
    if !lake.areas(msoa)?.is_empty() {
        levels.push(msoa);
    }
    levels.push(small);
    Ok(levels)
}

/// The files of a publication by their path; none where nothing is published.
fn published(folder: &Path, site: &Site) -> anyhow::Result<BTreeMap<String, Held>> {
    let mut published = BTreeMap::new();
    if folder.join("evidence.json").exists() {
        read_published(folder, "", site, &mut published)?;
    }
    Ok(published)
}

fn read_published(
    folder: &Path,
    below: &str,
    site: &Site,
    into: &mut BTreeMap<String, Held>,
) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            read_published(&entry.path(), &format!("{name}/"), site, into)?;
        } else if kind.is_file() {
            let kind = content_type(&name);
            let mut bytes = std::fs::read(entry.path())?;
            if kind.starts_with("text/html") {
                bytes = published_within(site, &String::from_utf8(bytes)?).into_bytes();
            }
            into.insert(name, Held::kept(&site.vintage.clone().unwrap_or_default(), kind, bytes));
        }
    }
    Ok(())
}
