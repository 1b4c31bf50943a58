//! Computes a bundle's publication again from official files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use wardmote_bundle::{Bundle, DECLARATIONS, PUBLISHED};
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::charts;
use wardmote_evidence::claims::Answers;
use wardmote_evidence::evidence_file::{EvidenceFile, LoadRecord};
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::protection::Protected;
use wardmote_evidence::verify::{
    Absent, Lacking, Verification, compare_as_stranger, nothing_checked,
};
use wardmote_lake::source::Reader;
use wardmote_lake::{Lake, Load};
use wardmote_reports::{Chart, ChartKind, SeriesChart, SourceNote, Table};

use super::files::{self, Wanted};
use super::pages::{self, PageFinding};
use crate::commands::{assess, ingest};
use crate::place::Partnership;
use crate::publish::{self, Assessed};

/// What was found by computing.
pub(super) struct Computed {
    pub(super) verification: Verification,
    pub(super) files: Vec<Wanted>,
    /// What the gate says of the prose: file, line and message.
    pub(super) gate: Vec<(String, usize, String)>,
    pub(super) pages: Vec<PageFinding>,
    /// Parts of pages that could not be compared.
    pub(super) pages_not_compared: Vec<String>,
}

pub(super) async fn recompute(bundle: &Bundle, sources: Option<&Path>) -> anyhow::Result<Computed> {
    let scratch = tempfile::tempdir().context("a scratch folder could not be made")?;
    let declarations = scratch.path().join("declarations");
    unpack(bundle, &declarations)?;
    let evidence = scratch.path().join("evidence.json");
    let published_bytes = member(bundle, "evidence.json").context("there is no evidence.json")?;
    std::fs::write(&evidence, published_bytes)?;
    let published =
        EvidenceFile::read(&evidence).context("published/evidence.json cannot be read")?;
    let folder = PartnershipFolder::read(&declarations)
        .map_err(|why| without_scratch(&why.into(), scratch.path()))?;
    check_declarations(bundle, &folder)?;

    let mut wanted = files::find(&bundle.manifest, sources);
    let lake = load(&declarations, &mut wanted, sources, &scratch.path().join("lake")).await?;
    let mut absent = absences(bundle, &published, &wanted);
    absent.sort();
    absent.dedup();
    let mut lacking = Lacking::new(&published, &folder, absent.clone());
    let unchecked = |absent: &[Absent]| nothing_checked(&published, absent);
    let Some(lake) = lake else {
        return Ok(Computed::nothing(unchecked(&absent), wanted));
    };
    let (mut here, lost_charts) = lacking.without(&folder);
    let observed = match Observed::gather(&lake, &here, &[]) {
        Ok(observed) => observed,
        // Without areas or residents nothing can be gathered at all.
        Err(_) if !lacking.is_empty() => {
            return Ok(Computed::nothing(unchecked(&absent), wanted));
        }
        Err(why) => return Err(why.into()),
    };
    let mut again = Again { folder: &folder, observed, published: &published, wanted: &wanted };
    let answers = again.answers(&mut here, &mut lacking)?;
    let mut charts = BTreeMap::new();
    for (id, chart) in &here.charts {
        charts.insert(id.clone(), charts::draw(&again.observed, chart)?);
    }
    // What disclosure control withheld is the publisher's to decide: only they have those sources.
    let protected = Protected { answers, charts, protection: None };
    let mut assessed =
        publish::assess_protected(&folder, &again.observed, protected, published.published)?;
    let verification = compare_as_stranger(&published, &assessed.evidence, &lacking);
    let whole = lacking.is_empty() && !wanted.iter().any(Wanted::is_changed);
    if !whole {
        cite_as_published(&mut assessed, &published);
    }
    for id in &lost_charts {
        let title = folder.charts.get(id).map(|chart| chart.title.clone()).unwrap_or_default();
        assessed.publication.charts.insert(id.clone(), placeholder(title));
    }
    if !whole && member(bundle, "tables/protection.csv").is_some() {
        assessed.publication.tables.insert("protection".to_owned(), empty_table());
    }
    let computed: BTreeMap<String, Vec<u8>> = assess::files(&assessed)?.into_iter().collect();
    let not_compared = pages::NotCompared {
        charts: lost_charts,
        whole,
        evidence: !whole || !verification.differences.is_empty(),
    };
    let of_bundle: BTreeMap<&str, &[u8]> = bundle.members_below(PUBLISHED).collect();
    let gate = assessed.findings.iter().map(|(file, finding)| {
        let file = Path::new(file).strip_prefix(&declarations).unwrap_or(Path::new(file));
        (file.display().to_string(), finding.line, finding.message.clone())
    });
    let sections = pages::section_files(&folder);
    Ok(Computed {
        verification,
        gate: gate.collect(),
        pages: pages::compare(&of_bundle, &computed, &not_compared, &sections),
        pages_not_compared: not_compared.in_words(),
        files: wanted,
    })
}

impl Computed {
    fn nothing(verification: Verification, files: Vec<Wanted>) -> Self {
        let (gate, pages) = (Vec::new(), Vec::new());
        let pages_not_compared = vec!["every page, because no figure could be computed".to_owned()];
        Self { verification, files, gate, pages, pages_not_compared }
    }
}

fn member<'a>(bundle: &'a Bundle, name: &str) -> Option<&'a [u8]> {
    bundle.members_below(PUBLISHED).find(|(known, _)| *known == name).map(|(_, bytes)| bytes)
}

/// Writes the declarations into a folder of their own. Their names were checked when they were read.
fn unpack(bundle: &Bundle, folder: &Path) -> anyhow::Result<()> {
    for (name, bytes) in bundle.members_below(DECLARATIONS) {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, bytes)?;
    }
    // A folder that no open source declares is empty, not missing.
    std::fs::create_dir_all(folder.join("sources"))?;
    Ok(())
}

/// Refuses declarations by which the verifier's own files would be read under another name.
fn check_declarations(bundle: &Bundle, folder: &PartnershipFolder) -> anyhow::Result<()> {
    for source in folder.sources.values() {
        let keyed = matches!(
            &source.reader,
            Reader::Events { mapping: Some(mapping), .. } if mapping.key_file.is_some()
        );
        ensure!(
            source.disclosure == Disclosure::Open && !keyed,
            "the bundle declares the source {:?}, which it should withhold",
            source.id
        );
    }
    let prose: BTreeSet<&str> = bundle.members_below(DECLARATIONS).map(|(name, _)| name).collect();
    let sections = folder.assessment.iter().flat_map(|a| a.sections.iter().chain(&a.summary));
    for section in sections {
        let name = format!("assessment/{}.md", section.file);
        ensure!(prose.contains(name.as_str()), "the prose {name:?} is not in the bundle");
    }
    Ok(())
}

/// An error that names a file of the bundle, not of the scratch folder.
fn without_scratch(why: &anyhow::Error, scratch: &Path) -> anyhow::Error {
    let text = crate::console::chain(why);
    anyhow::anyhow!(text.replace(&format!("{}/", scratch.display()), ""))
}

/// Loads exactly the files that were found into a lake; `None` where there are none.
///
/// The patterns of the declarations are not used: they are the bundle's, and could name anything.
async fn load(
    declarations: &Path,
    wanted: &mut [Wanted],
    sources: Option<&Path>,
    lake: &Path,
) -> anyhow::Result<Option<Lake>> {
    let mut partnership = Partnership::open(declarations, sources)?;
    let mut by_source: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in wanted.iter() {
        if let Some(path) = &file.found {
            by_source.entry(&file.source).or_default().insert(path.clone());
        }
    }
    partnership.folder.sources.retain(|id, _| by_source.contains_key(id.as_str()));
    for (id, source) in &mut partnership.folder.sources {
        source.files = by_source.remove(id.as_str()).into_iter().flatten().collect();
    }
    if partnership.folder.sources.is_empty() {
        return Ok(None);
    }
    let report = ingest::load_into(&partnership, lake).await?;
    for (file, why) in &report.failures {
        eprintln!("not loaded: {file}: {why}");
    }
    if report.snapshot.is_none() {
        return Ok(None);
    }
    let lake = Lake::open(lake).await?;
    for file in wanted {
        let of_source = || lake.loads().iter().filter(|load| load.source == file.source);
        if of_source().any(|load| load.sha256 == file.sha256) {
            file.found_sha256 = Some(file.sha256.clone());
            continue;
        }
        if file.is_changed() {
            // Compressed events are known by the hash of what they unpack to.
            let loaded = of_source().find(|load| Some(&load.file_name) == file.found.as_ref());
            if let Some(load) = loaded {
                file.found_sha256 = Some(load.sha256.clone());
            }
            continue;
        }
        let name = name_of(&file.file);
        if let (Some(path), true) = (&file.found, file.file.contains('!')) {
            // An entry of an archive that is here under its name, with other bytes or none.
            let inside = format!("{path}!");
            let other = of_source().find(|load| {
                load.file_name.starts_with(&inside) && name_of(&load.file_name) == name
            });
            file.found_sha256 = other.map(|load| load.sha256.clone());
            if other.is_none() {
                file.found = None;
            }
        }
    }
    Ok(Some(lake))
}

fn name_of(file: &str) -> &str {
    file.rsplit(['/', '!']).next().unwrap_or(file)
}

/// What is not here, and where it can be had.
fn absences(bundle: &Bundle, published: &EvidenceFile, wanted: &[Wanted]) -> Vec<Absent> {
    let manifest = &bundle.manifest;
    let mut absent = Vec::new();
    for (source, withheld) in &manifest.withheld {
        let why = withheld.because.in_words().to_owned();
        absent.push(Absent { source: source.clone(), file: None, why });
    }
    for file in wanted.iter().filter(|file| file.found.is_none()) {
        let why = format!("is not here ({})", file.from);
        absent.push(Absent { source: file.source.clone(), file: Some(file.file.clone()), why });
    }
    // What evidence.json cites and the manifest does not name cannot be looked for.
    for load in published.loads.values() {
        let named = wanted.iter().any(|file| file.source == load.source && file.file == load.file);
        if !named && !manifest.withheld.contains_key(&load.source) {
            let why = "is cited, and the manifest does not say where to get it".to_owned();
            let (source, file) = (load.source.clone(), Some(load.file.clone()));
            absent.push(Absent { source, file, why });
        }
    }
    absent
}

/// The evidence computed again, in the words and under the names of the publication.
struct Again<'a> {
    folder: &'a PartnershipFolder,
    observed: Observed,
    published: &'a EvidenceFile,
    wanted: &'a [Wanted],
}

impl Again<'_> {
    fn answers(
        &mut self,
        here: &mut PartnershipFolder,
        lacking: &mut Lacking,
    ) -> anyhow::Result<Answers> {
        let Some(assessment) = &self.folder.assessment else {
            bail!("the bundle declares no assessment");
        };
        // Figures are named after the vintage; another one here would hide which are the same.
        self.observed.snapshot.clone_from(&self.published.snapshot);
        let rule = assessment.family.rule;
        let mut answers = loop {
            let found = lacking.answer(&self.observed, &here.claims, self.published, rule);
            match found {
                Ok(answers) => break answers,
                // What is lacking may be residents, of which only some claims have need.
                Err(failure) if !lacking.is_empty() => {
                    lacking.cannot_ask(&failure.claim);
                    // INVARIANT: one claim fewer each time, so this ends.
                    if here.claims.remove(&failure.claim).is_none() {
                        return Err(failure.into());
                    }
                }
                Err(failure) => return Err(failure.into()),
            }
        };
        self.observed.measures.clone_from(&self.folder.measures);
        self.name_loads_as_published(&mut answers);
        Ok(answers)
    }

    /// Gives each load the name and id under which it was published. A file that lies elsewhere here,
    /// or has other bytes, is a load of another id.
    fn name_loads_as_published(&mut self, answers: &mut Answers) {
        let mut renamed = BTreeMap::new();
        let mut missing = Vec::new();
        for (id, record) in &self.published.loads {
            match self.observed.loads.iter_mut().find(|load| self_is(load, record, self.wanted)) {
                Some(load) => {
                    renamed.insert(load.load_id.clone(), id.clone());
                    load.load_id.clone_from(id);
                    load.file_name.clone_from(&record.file);
                }
                None => missing.push(as_load(id, record, self.wanted)),
            }
        }
        self.observed.loads.extend(missing);
        self.observed
            .loads
            .sort_by(|a, b| (&a.source, &a.file_name).cmp(&(&b.source, &b.file_name)));
        for figure in answers.figures.values_mut() {
            for id in &mut figure.loads {
                if let Some(published) = renamed.get(id) {
                    id.clone_from(published);
                }
            }
            figure.loads.sort();
            figure.loads.dedup();
        }
    }
}

/// Whether a load is that of a published record: the same bytes, or others under its path.
fn self_is(load: &Load, record: &LoadRecord, wanted: &[Wanted]) -> bool {
    load.source == record.source
        && (load.sha256 == record.sha256
            || wanted.iter().any(|file| {
                file.is_changed()
                    && file.source == record.source
                    && file.file == record.file
                    && file.found_sha256.as_ref() == Some(&load.sha256)
            }))
}

/// A load that is not here, as it was published; of a file that is here and could not be loaded, with
/// the hash that it has.
fn as_load(id: &str, record: &LoadRecord, wanted: &[Wanted]) -> Load {
    let found = wanted
        .iter()
        .find(|file| file.source == record.source && file.file == record.file)
        .and_then(|file| file.found_sha256.clone());
    Load {
        load_id: id.to_owned(),
        ingest_id: String::new(),
        run: 0,
        source: record.source.clone(),
        reader: String::new(),
        publisher: record.publisher.clone(),
        licence: record.licence.clone(),
        disclosure: Disclosure::Open,
        file_name: record.file.clone(),
        archive: None,
        sha256: found.unwrap_or_else(|| record.sha256.clone()),
        size_bytes: 0,
        rows_read: record.rows_read,
        rows_kept: record.rows_kept,
        rows_refused: record.rows_refused,
        without_place: record.without_place,
        unrecognised_areas: 0,
        first_month: None,
        last_month: None,
        reporting_bodies: Vec::new(),
        cut_short: false,
        supersedes: None,
        withdrawn: None,
    }
}

/// Lets the notes of figures cite the published files, so that a changed file, which has been named,
/// is not found again below each figure.
fn cite_as_published(assessed: &mut Assessed, published: &EvidenceFile) {
    let note = |load: &LoadRecord| SourceNote {
        publisher: load.publisher.clone(),
        file: load.file.clone(),
        sha256: load.sha256.clone(),
        licence: load.licence.clone(),
        rows: Some(load.rows_kept),
    };
    for figure in published.figures.values() {
        if let Some(cited) = assessed.publication.figures.get_mut(figure.id.to_string().as_str()) {
            let loads = figure.loads.iter().filter_map(|id| published.loads.get(id));
            cited.sources = loads.map(note).collect();
        }
    }
}

/// Stands where a chart cannot be drawn; the page is not compared there.
fn placeholder(title: String) -> Chart {
    let series = SeriesChart {
        y_label: String::new(),
        months: Vec::new(),
        lines: Vec::new(),
        withheld: Vec::new(),
        expected: None,
        markers: Vec::new(),
    };
    Chart {
        title,
        finding: String::new(),
        source: String::new(),
        kind: ChartKind::Series(series),
        table: empty_table(),
    }
}

fn empty_table() -> Table {
    Table { caption: String::new(), columns: Vec::new(), rows: Vec::new(), note: None }
}
