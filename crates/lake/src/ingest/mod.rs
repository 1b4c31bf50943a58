//! One run of loading: geography first, then events, all of it visible at once or not at all.
//!
//! Delta commits one table at a time, so the rows of `loads` are committed last, and readers see only
//! files of runs that stand there. A run that dies leaves files that nobody reads; the next run
//! clears them. The same file twice changes nothing; a changed file of the same name replaces the
//! earlier one, which stays in the lake as an earlier vintage.

mod error;
mod events;
mod ground;
mod postcodes;
mod withdraw;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use wardmote_domain::partnership::Partnership;
use wardmote_domain::period::Month;

pub use self::error::IngestError;
use self::postcodes::PostcodesHeld;
pub use self::withdraw::withdraw;
use crate::commit::{self, Staged};
use crate::files;
use crate::ground::Ground;
use crate::links::Links;
use crate::people::shown_name;
use crate::read::Progress;
use crate::rows::{AreaRow, LinkRow, Load};
use crate::source::{Reader, SourceDeclaration};
use crate::store::{Lake, SnapshotId};
use crate::table::TableError;
use crate::versions::is_version_of;

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct IngestReport {
    /// The files that were loaded, in order of source and name.
    pub loaded: Vec<Load>,
    /// Files that were there already.
    pub already: usize,
    /// Files that could not be read, with the reason; the others were loaded.
    pub failures: Vec<(String, String)>,
    /// Files that were passed over, with the reason.
    pub skipped: Vec<(String, String)>,
    /// Notes on files: an encoding that was converted, a file that looks cut short.
    pub notes: Vec<(String, String)>,
    /// Stray files of an earlier run that did not finish.
    pub strays_cleared: usize,
    /// The vintage of the evidence after the run; `None` while nothing was ever loaded.
    pub snapshot: Option<SnapshotId>,
}

/// What a run is told.
#[derive(Debug, Clone, Copy)]
pub struct IngestRequest<'a> {
    /// The partnership.
    pub partnership: &'a Partnership,
    /// The sources, in order of name.
    pub sources: &'a [SourceDeclaration],
    /// Where their files lie.
    pub data_folder: &'a Path,
    /// Load these files and folders for the event source instead of the declared ones.
    pub only: &'a [PathBuf],
    /// The latest month that can have been published.
    pub latest: Month,
    /// Threads for reading.
    pub threads: usize,
}

/// Loads what the sources declare into the lake in a folder.
pub async fn ingest(
    lake_folder: &Path,
    request: &IngestRequest<'_>,
    progress: &(dyn Progress + Sync),
) -> Result<IngestReport, IngestError> {
    let _lock = commit::Lock::take(lake_folder)?;
    let mut lake = Lake::create(lake_folder).await?;
    let strays_cleared = commit::recover(&mut lake).await?;
    let mut run = Run {
        report: IngestReport { strays_cleared, ..IngestReport::default() },
        visible: lake.visible.iter().map(|load| (load.load_id.clone(), load.clone())).collect(),
        held_links: lake.rows_ever(&lake.links)?,
        staged: Staged::default(),
        by_hand: !request.only.is_empty(),
    };
    let done = match run.stage(&lake, request, progress) {
        Ok(()) => commit::commit(&mut lake, &mut run.staged).await.map_err(IngestError::from),
        Err(why) => Err(why),
    };
    if let Err(why) = done {
        // What cannot be deleted now is a stray that the next run clears.
        drop(commit::discard(&lake));
        return Err(why);
    }
    let mut report = run.report;
    report.loaded = run.staged.loads;
    report.snapshot = (!lake.visible.is_empty()).then(|| lake.snapshot_id());
    Ok(report)
}

struct Run {
    report: IngestReport,
    /// What will be visible after the run, by load.
    visible: BTreeMap<String, Load>,
    /// The links that the lake held before, those of replaced loads too: one may come back.
    held_links: Vec<LinkRow>,
    staged: Staged,
    /// Whether files were named one by one, and not taken from the declarations.
    by_hand: bool,
}

impl Run {
    fn stage(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        progress: &(dyn Progress + Sync),
    ) -> Result<(), IngestError> {
        let (events, ground): (Vec<_>, Vec<_>) =
            request.sources.iter().partition(|source| source.reader.brings_events());
        let (postcodes, ground): (Vec<_>, Vec<_>) = ground
            .into_iter()
            .partition(|source| matches!(source.reader, Reader::PostcodeLookup(_)));
        // Lookups before outlines, because a lookup says which outlines matter; and before totals,
        // because a lookup says what their words mean.
        // Residents first of all, because areas that were split are shared out by them.
        let turn = |source: &&SourceDeclaration| match source.reader {
            Reader::Population { .. } => 0,
            Reader::Boundaries { .. } => 2,
            Reader::Totals(_) => 3,
            _ => 1,
        };
        let mut ground = ground;
        ground.sort_by_key(turn);
        for source in ground {
            self.stage_ground(lake, request, source, progress)?;
        }
        let (areas, links) = self.areas_and_links(lake)?;
        if !self.staged.links.is_empty() {
            let contradictions = Links::new(&links).contradictions.into_iter();
            self.report
                .notes
                .extend(contradictions.map(|found| ("lookups".to_owned(), found.to_string())));
        }
        let ground = Ground::new(areas, &links);
        // After the outlines, in which postcodes with places are found.
        for source in postcodes {
            self.stage_postcodes(lake, request, source, &ground, progress)?;
        }
        let with_postcodes = events.iter().any(|source| source.reader.turns_postcodes());
        let postcodes = if with_postcodes {
            PostcodesHeld::gather(self, lake, &ground)?
        } else {
            PostcodesHeld::default()
        };
        for source in events {
            self.stage_events(lake, request, source, (&ground, &postcodes), progress)?;
        }
        // One folder serves several sources: what another of them reads was not passed over.
        let held: BTreeSet<&str> =
            self.visible.values().map(|load| load.file_name.as_str()).collect();
        let mut seen = BTreeSet::new();
        self.report.skipped.retain(|(name, _)| {
            !held.contains(&*relative(Path::new(name), request.data_folder))
                && seen.insert(name.clone())
        });
        Ok(())
    }

    /// What the lake holds and this run adds, without what this run replaces.
    fn areas_and_links(&self, lake: &Lake) -> Result<(Vec<AreaRow>, Vec<LinkRow>), TableError> {
        let mut areas: Vec<AreaRow> = lake.rows_ever(&lake.areas)?;
        areas.extend(self.staged.areas.iter().cloned());
        areas.retain(|row| self.visible.contains_key(&row.load_id));
        Ok((areas, self.links()))
    }

    fn links(&self) -> Vec<LinkRow> {
        let links = self.held_links.iter().chain(&self.staged.links);
        links.filter(|row| self.visible.contains_key(&row.load_id)).cloned().collect()
    }

    /// Whether a file was loaded before. One that was replaced since, and is back, counts again.
    fn is_known(&mut self, lake: &Lake, load_id: &str, file_name: &str) -> bool {
        let staged = self.staged.loads.iter().any(|load| load.load_id == load_id);
        if staged || self.visible.contains_key(load_id) {
            self.report.already += 1;
            return true;
        }
        let Some(earlier) = lake.known.get(load_id) else { return false };
        if let Some(why) = lake.withdrawn.get(load_id).filter(|_| !self.by_hand) {
            self.report.already += 1;
            let note = format!("was withdrawn ({why}); name the file to load it again");
            self.report.notes.push((file_name.to_owned(), note));
            return true;
        }
        let again = Load { file_name: file_name.to_owned(), supersedes: None, ..earlier.clone() };
        self.replace_and_push(again);
        true
    }

    fn stage_load(&mut self, load: Load) -> Result<(), IngestError> {
        if load.rows_read != load.rows_kept + load.rows_refused {
            let (read, kept, refused) = (load.rows_read, load.rows_kept, load.rows_refused);
            return Err(IngestError::Unreconciled { file: load.file_name, read, kept, refused });
        }
        self.replace_and_push(load);
        Ok(())
    }

    fn replace_and_push(&mut self, mut load: Load) {
        let earlier = self.visible.values().find(|earlier| is_version_of(&load, earlier)).cloned();
        if let Some(earlier) = earlier {
            let rows = |load: &Load| load.rows_kept;
            let note = format!(
                "replaces {}: {} rows then, {} now",
                earlier.file_name,
                rows(&earlier),
                rows(&load)
            );
            self.report.notes.push((load.file_name.clone(), note));
            self.visible.remove(&earlier.load_id);
            load.supersedes = Some(earlier.load_id);
        }
        self.visible.insert(load.load_id.clone(), load.clone());
        self.staged.loads.push(load);
    }
}

/// Why a file that is named after somebody is not loaded.
const NAMED_AFTER: &str = "the file's own name looks as if it named a person, and names of files are kept: \
                           rename the file";

/// A file's name as it may be shown: one that names a person keeps its folder alone.
fn hidden_name(name: &str) -> String {
    if let Some(shown) = shown_name(name) {
        return shown.to_owned();
    }
    let folder = name.rfind(['/', '\\', '!']).map_or("", |at| &name[..=at]);
    format!("{folder}(a name that is not shown)")
}

pub(crate) fn blank_load(
    source: &SourceDeclaration,
    load_id: String,
    file_name: String,
    sha256: String,
) -> Load {
    Load {
        load_id,
        ingest_id: String::new(),
        run: 0,
        source: source.id.clone(),
        reader: source.reader.name().to_owned(),
        publisher: source.publisher.clone(),
        licence: source.licence.clone(),
        disclosure: source.disclosure,
        file_name,
        archive: None,
        sha256,
        size_bytes: 0,
        rows_read: 0,
        rows_kept: 0,
        rows_refused: 0,
        without_place: 0,
        unrecognised_areas: 0,
        first_month: None,
        last_month: None,
        reporting_bodies: Vec::new(),
        cut_short: false,
        supersedes: None,
        withdrawn: None,
    }
}

fn relative(path: &Path, data_folder: &Path) -> String {
    path.strip_prefix(data_folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The files and folders that a source's patterns name, in order.
fn declared_files(
    source: &SourceDeclaration,
    data_folder: &Path,
) -> Result<Vec<PathBuf>, IngestError> {
    let mut found = Vec::new();
    for pattern in &source.files {
        let matches = files::matching(data_folder, pattern);
        if matches.is_empty() {
            let path = data_folder.join(pattern);
            return Err(IngestError::NothingThere { source_id: source.id.clone(), path });
        }
        found.extend(matches);
    }
    Ok(found)
}
