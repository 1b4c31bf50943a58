//! Computes a bundle's publication again from official files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, ensure};
use wardmote_bundle::{Bundle, DECLARATIONS, PUBLISHED};
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::charts;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::protection::Protected;
use wardmote_evidence::verify::{
    Absent, Lacking, Verification, compare_as_stranger, nothing_checked,
};
use wardmote_lake::source::Reader;

use super::again::{Again, cite_as_published, empty_table, placeholder};
use super::files::{self, Wanted};
use super::load::load;
use super::pages::{self, PageFinding};
use crate::commands::assess;
use crate::publish;

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
