//! One run of loading: geography first, then events, all of it visible at once or not at all.
//!
//! Delta commits one table at a time, so the rows of `loads` are committed last, and readers see only
//! files of runs that stand there. A run that dies leaves files that nobody reads; the next run
//! clears them. The same file twice changes nothing; a changed file of the same name replaces the
//! earlier one, which stays in the lake as an earlier vintage.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::record_batch::RecordBatch;
use sha2::{Digest, Sha256};
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::coordinates::BritishNationalGrid;
use wardmote_domain::partnership::Partnership;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::Disclosure;

use crate::geography::{self, GeographyError};
use crate::geometry::{self, Polygons};
use crate::read::{self, FileReport, Locate, Progress, ReadRequest, SinkError, SmallArea, SmallAreaCodes, load_id};
use crate::rows::{AreaRow, LinkRow, Load, PopulationRow, Refusal, Row, SnapshotRow};
use crate::source::{Reader, SourceDeclaration};
use crate::store::{Lake, LakeError};
use crate::table::{Part, Table, TableError, ingest_of, part_name};

/// Why a run could not be finished; what was loaded before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The lake could not be opened or written.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A table could not be written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file of geography or population could not be read.
    #[error("source {source_id:?}: {why}")]
    Geography {
        /// The source.
        source_id: String,
        /// Why.
        #[source]
        why: GeographyError,
    },
    /// Files could not be found or opened.
    #[error("source {source_id:?}: {why}")]
    Read {
        /// The source.
        source_id: String,
        /// Why.
        #[source]
        why: read::ReadError,
    },
    /// Rows could not be stored.
    #[error("source {source_id:?}: {why}")]
    Store {
        /// The source.
        source_id: String,
        /// Why.
        #[source]
        why: SinkError,
    },
    /// A declared file is not there.
    #[error("source {source_id:?}: nothing at {}; check `files` in its declaration, or the data folder", path.display())]
    NothingThere {
        /// The source.
        source_id: String,
        /// The path or pattern.
        path: PathBuf,
    },
    /// The rows do not reconcile, which would be our own fault.
    #[error("{file}: {read} rows read, but {kept} kept and {refused} refused")]
    Unreconciled {
        /// The file.
        file: String,
        /// Rows read.
        read: u64,
        /// Rows kept.
        kept: u64,
        /// Rows refused.
        refused: u64,
    },
    /// An Arrow table could not be made.
    #[error("a table could not be made: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
}

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
pub async fn ingest(lake_folder: &Path, request: &IngestRequest<'_>, progress: &(dyn Progress + Sync)) -> Result<IngestReport, IngestError> {
    std::fs::create_dir_all(lake_folder).map_err(|why| TableError::File { path: lake_folder.to_owned(), why })?;
    let _lock = Lock::take(lake_folder)?;
    let mut lake = Lake::create(lake_folder).await?;
    let strays_cleared = clear_strays(&mut lake).await?;
    let mut run = Run {
        report: IngestReport { strays_cleared, ..IngestReport::default() },
        known: lake.visible.iter().map(|load| load.load_id.clone()).collect(),
        staged: Staged::default(),
    };
    let written = run.stage(&lake, request, progress);
    if written.is_err() {
        run.staged.discard(&lake);
    }
    written?;
    run.commit(&mut lake).await?;
    Ok(run.report)
}

struct Run {
    report: IngestReport,
    known: BTreeSet<String>,
    staged: Staged,
}

/// Rows and files that wait for the run's commit.
#[derive(Default)]
struct Staged {
    areas: Vec<AreaRow>,
    links: Vec<LinkRow>,
    populations: Vec<PopulationRow>,
    refusals: Vec<Refusal>,
    loads: Vec<Load>,
    /// Parts of incidents, under the name of a run that has no id yet.
    incidents: Vec<Part>,
}

/// The run's name until its loads are known and name it.
const UNNAMED: &str = "staging";

impl Run {
    fn stage(&mut self, lake: &Lake, request: &IngestRequest<'_>, progress: &(dyn Progress + Sync)) -> Result<(), IngestError> {
        let (events, ground): (Vec<_>, Vec<_>) = request.sources.iter().partition(|source| source.reader.brings_events());
        // Lookups before outlines, because a lookup says which outlines matter.
        let (outlines, lookups): (Vec<_>, Vec<_>) =
            ground.into_iter().partition(|source| matches!(source.reader, Reader::Boundaries { .. }));
        for source in lookups.into_iter().chain(outlines) {
            self.stage_ground(lake, request, source, progress)?;
        }
        let ground = Ground::gather(lake, &self.staged)?;
        for source in events {
            self.stage_events(lake, request, source, &ground, progress)?;
        }
        Ok(())
    }

    fn stage_ground(&mut self, lake: &Lake, request: &IngestRequest<'_>, source: &SourceDeclaration, progress: &(dyn Progress + Sync)) -> Result<(), IngestError> {
        let failed = |why| IngestError::Geography { source_id: source.id.clone(), why };
        for path in declared_files(source, request.data_folder)? {
            let file_name = relative(&path, request.data_folder);
            let file = geography::read_bytes(&path).map_err(failed)?;
            let load_id = load_id(&source.id, &file.sha256);
            if self.known.contains(&load_id) {
                self.report.already += 1;
                continue;
            }
            let keep = match &source.reader {
                Reader::Boundaries { level, .. } => self.codes_that_matter(lake, request.partnership, *level)?,
                _ => None,
            };
            let rows = geography::read(&path, &file_name, &file.bytes, &source.reader, &load_id, keep.as_ref()).map_err(failed)?;
            progress.file_done(&file_name, rows.rows_read);
            let supersedes = earlier_load(lake, &source.id, &file_name);
            let n_refused = rows.refusals.len() as u64;
            self.staged.loads.push(Load {
                size_bytes: file.bytes.len() as u64,
                rows_read: rows.rows_read,
                rows_kept: rows.rows_kept,
                rows_refused: n_refused,
                ..blank_load(source, load_id, file_name, file.sha256, supersedes)
            });
            self.staged.areas.extend(rows.areas);
            self.staged.links.extend(rows.links);
            self.staged.populations.extend(rows.populations);
            self.staged.refusals.extend(rows.refusals);
        }
        Ok(())
    }

    /// The codes of a level that lie in the partnership's districts and its peers'; `None` where no
    /// lookup says, and then every outline is kept.
    fn codes_that_matter(&self, lake: &Lake, partnership: &Partnership, level: AreaLevel) -> Result<Option<BTreeSet<AreaCode>>, IngestError> {
        let mut links = lake.rows::<LinkRow>(&lake.links, |row| &row.load_id)?;
        links.extend(self.staged.links.iter().cloned());
        let districts: BTreeSet<&AreaCode> = partnership.areas.iter().chain(&partnership.peers).collect();
        let small: BTreeSet<&AreaCode> = links
            .iter()
            .filter(|link| link.to_level == partnership.district_level && districts.contains(&link.to_code))
            .map(|link| &link.from_code)
            .collect();
        let mut codes: BTreeSet<AreaCode> = if small.is_empty() { BTreeSet::new() } else { districts.into_iter().cloned().collect() };
        let touching = links.iter().filter(|link| small.contains(&link.from_code));
        let mut at_level = false;
        for link in touching {
            if link.from_level == level {
                at_level = true;
                codes.insert(link.from_code.clone());
            } else if link.to_level == level {
                at_level = true;
                codes.insert(link.to_code.clone());
            }
        }
        Ok(at_level.then_some(codes))
    }

    fn stage_events(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        ground: &Ground,
        progress: &(dyn Progress + Sync),
    ) -> Result<(), IngestError> {
        let Reader::PoliceUkStreet { time_precision, place_precision, vintage } = &source.reader else { return Ok(()) };
        let paths = if request.only.is_empty() { declared_files(source, request.data_folder)? } else { request.only.to_vec() };
        let found = read::find_inputs(&paths).map_err(|why| IngestError::Read { source_id: source.id.clone(), why })?;
        self.report.skipped.extend(found.skipped.into_iter().map(|skipped| (skipped.name, skipped.reason.to_owned())));
        let failed = |failure: read::FileFailure| (failure.display_name, failure.error.to_string());
        self.report.failures.extend(found.failures.into_iter().map(failed));
        let read_request = ReadRequest {
            source_id: &source.id,
            time_precision: *time_precision,
            place_precision: *place_precision,
            latest: request.latest,
            keep_text: source.disclosure == Disclosure::Open,
            declared_vintage: *vintage,
            small_areas: &ground.codes,
            locate: Some(ground),
            threads: request.threads,
        };
        let known = &self.known;
        let already = |load_id: &str| known.contains(load_id);
        let parts = Mutex::new(Vec::new());
        let written_so_far = AtomicUsize::new(0);
        let sink = |month: Month, batch: RecordBatch| -> Result<(), SinkError> {
            let n_rows = batch.num_rows() as u64;
            // A month may come in more than one batch; the count keeps their files apart.
            let n = written_so_far.fetch_add(1, Ordering::Relaxed);
            let file_name = part_name(UNNAMED, &format!("{}-{month}-{n}", source.id));
            let path = lake.incidents.folder.join(&file_name);
            let written = read::write_parquet(&batch, &path).map_err(|why| SinkError(Box::new(why)))?;
            let part = Part { file_name, size_bytes: written.size, n_rows };
            parts.lock().unwrap_or_else(PoisonError::into_inner).push(part);
            Ok(())
        };
        let outcome = read::read_months(found.files, &read_request, &already, &sink, progress);
        self.staged.incidents.extend(parts.into_inner().unwrap_or_else(PoisonError::into_inner));
        if let Some(why) = outcome.stopped_by {
            return Err(IngestError::Store { source_id: source.id.clone(), why });
        }
        self.report.already += outcome.already.len();
        self.report.failures.extend(outcome.failures.into_iter().map(failed));
        for report in outcome.reports {
            self.stage_report(lake, request, source, &report)?;
        }
        Ok(())
    }

    fn stage_report(&mut self, lake: &Lake, request: &IngestRequest<'_>, source: &SourceDeclaration, report: &FileReport) -> Result<(), IngestError> {
        if report.rows_read != report.rows_kept + report.rows_refused {
            return Err(IngestError::Unreconciled {
                file: report.display_name.clone(),
                read: report.rows_read,
                kept: report.rows_kept,
                refused: report.rows_refused,
            });
        }
        let file_name = relative(Path::new(&report.display_name), request.data_folder);
        for note in &report.notes {
            self.report.notes.push((file_name.clone(), note.clone()));
        }
        if report.looks_cut_short {
            self.report.notes.push((file_name.clone(), "the file looks cut short: its last lines hold no rows".into()));
        }
        self.staged.refusals.extend(report.refusals.iter().map(|refusal| Refusal {
            load_id: report.load_id.clone(),
            file: file_name.clone(),
            first_line: u64::from(refusal.first_line),
            last_line: u64::from(refusal.last_line),
            count: refusal.count,
            field: refusal.field.unwrap_or("row").to_owned(),
            reason: refusal.reason.to_string(),
            text: refusal.text.clone(),
        }));
        let supersedes = earlier_load(lake, &source.id, &file_name);
        self.staged.loads.push(Load {
            size_bytes: report.size_bytes,
            rows_read: report.rows_read,
            rows_kept: report.rows_kept,
            rows_refused: report.rows_refused,
            without_place: report.without_place,
            unrecognised_areas: report.unrecognised_areas,
            first_month: report.months.map(|(first, _)| first),
            last_month: report.months.map(|(_, last)| last),
            ..blank_load(source, report.load_id.clone(), file_name, report.sha256.clone(), supersedes)
        });
        Ok(())
    }

    /// Names the run, commits its tables, and last of all the loads that make it visible.
    async fn commit(&mut self, lake: &mut Lake) -> Result<(), IngestError> {
        if self.staged.loads.is_empty() {
            self.staged.discard(lake);
            return Ok(());
        }
        self.staged.loads.sort_by(|a, b| (&a.source, &a.file_name).cmp(&(&b.source, &b.file_name)));
        let ids: Vec<&str> = self.staged.loads.iter().map(|load| load.load_id.as_str()).collect();
        let hash = Sha256::digest(ids.join("\n").as_bytes());
        let ingest = hash.iter().take(6).fold(String::new(), |id, byte| format!("{id}{byte:02x}"));
        for load in &mut self.staged.loads {
            load.ingest_id.clone_from(&ingest);
        }
        for part in &mut self.staged.incidents {
            let from = lake.incidents.folder.join(&part.file_name);
            part.file_name = part.file_name.replacen(UNNAMED, &ingest, 1);
            let to = lake.incidents.folder.join(&part.file_name);
            std::fs::rename(&from, &to).map_err(|why| TableError::File { path: from, why })?;
        }
        if !self.staged.incidents.is_empty() {
            lake.incidents.add(&self.staged.incidents).await?;
        }
        write_rows(&mut lake.refusals, &ingest, &self.staged.refusals).await?;
        write_rows(&mut lake.areas, &ingest, &self.staged.areas).await?;
        write_rows(&mut lake.links, &ingest, &self.staged.links).await?;
        write_rows(&mut lake.populations, &ingest, &self.staged.populations).await?;
        // INVARIANT: loads come last; until this commit nothing of the run can be seen.
        write_rows(&mut lake.loads, &ingest, &self.staged.loads).await?;
        lake.refresh()?;
        let id = lake.snapshot_id().to_string();
        let tables = [&lake.incidents, &lake.refusals, &lake.areas, &lake.links, &lake.populations, &lake.loads];
        let pins: Vec<SnapshotRow> = tables
            .iter()
            .map(|table| SnapshotRow { id: id.clone(), table: table.name.to_owned(), version: table.version() })
            .collect();
        write_rows(&mut lake.snapshots, &ingest, &pins).await?;
        self.report.loaded = std::mem::take(&mut self.staged.loads);
        Ok(())
    }
}

impl Staged {
    /// Deletes the files of a run that will not be committed.
    fn discard(&mut self, lake: &Lake) {
        for entry in std::fs::read_dir(&lake.incidents.folder).into_iter().flatten().flatten() {
            if ingest_of(&entry.file_name().to_string_lossy()) == Some(UNNAMED) {
                // What cannot be deleted now is a stray that the next run clears.
                drop(std::fs::remove_file(entry.path()));
            }
        }
        self.incidents.clear();
    }
}

async fn write_rows<R: Row>(table: &mut Table, ingest: &str, rows: &[R]) -> Result<(), IngestError> {
    if rows.is_empty() {
        return Ok(());
    }
    let part = table.write(ingest, "rows", &R::batch(rows)?)?;
    table.add(&[part]).await?;
    Ok(())
}

async fn clear_strays(lake: &mut Lake) -> Result<usize, IngestError> {
    let committed = lake.committed.clone();
    let stray = |name: &str| ingest_of(name).is_some_and(|ingest| !committed.contains(ingest));
    let mut cleared = 0;
    for table in [&mut lake.incidents, &mut lake.refusals, &mut lake.areas, &mut lake.links, &mut lake.populations, &mut lake.snapshots] {
        cleared += table.clear(stray).await?;
    }
    // The loads' own parts are what commits a run, so only files outside the log can be strays.
    cleared += lake.loads.clear(stray).await?;
    Ok(cleared)
}

fn blank_load(source: &SourceDeclaration, load_id: String, file_name: String, sha256: String, supersedes: Option<String>) -> Load {
    Load {
        load_id,
        ingest_id: String::new(),
        source: source.id.clone(),
        reader: source.reader.name().to_owned(),
        publisher: source.publisher.clone(),
        licence: source.licence.clone(),
        disclosure: source.disclosure,
        file_name,
        sha256,
        size_bytes: 0,
        rows_read: 0,
        rows_kept: 0,
        rows_refused: 0,
        without_place: 0,
        unrecognised_areas: 0,
        first_month: None,
        last_month: None,
        supersedes,
    }
}

fn earlier_load(lake: &Lake, source: &str, file_name: &str) -> Option<String> {
    let same = |load: &&Load| load.source == source && load.file_name == file_name;
    lake.visible.iter().find(same).map(|load| load.load_id.clone())
}

fn relative(path: &Path, data_folder: &Path) -> String {
    path.strip_prefix(data_folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The files and folders that a source's patterns name, in order.
fn declared_files(source: &SourceDeclaration, data_folder: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let mut found = Vec::new();
    for pattern in &source.files {
        let mut matches = vec![data_folder.to_owned()];
        for part in pattern.split('/') {
            matches = if part.contains('*') {
                let mut next: Vec<PathBuf> = matches.iter().flat_map(|folder| entries_like(folder, part)).collect();
                next.sort();
                next
            } else {
                matches.into_iter().map(|folder| folder.join(part)).collect()
            };
        }
        matches.retain(|path| path.exists());
        if matches.is_empty() {
            return Err(IngestError::NothingThere { source_id: source.id.clone(), path: data_folder.join(pattern) });
        }
        found.extend(matches);
    }
    Ok(found)
}

fn entries_like(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| is_like(&entry.file_name().to_string_lossy(), pattern)).map(|entry| entry.path()).collect()
}

/// Whether a name fits a pattern in which `*` stands for any part of it.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        if index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

/// What event readers need to know of the ground: vintages of codes, and outlines to find points in.
struct Ground {
    codes: SmallAreaCodes,
    index: rstar::RTree<Outline>,
}

struct Outline {
    code: AreaCode,
    level: AreaLevel,
    polygons: Polygons,
    envelope: rstar::AABB<[f64; 2]>,
}

impl rstar::RTreeObject for Outline {
    type Envelope = rstar::AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

impl Ground {
    fn gather(lake: &Lake, staged: &Staged) -> Result<Self, TableError> {
        let mut links = lake.rows::<LinkRow>(&lake.links, |row| &row.load_id)?;
        links.extend(staged.links.iter().cloned());
        let mut areas = lake.rows::<AreaRow>(&lake.areas, |row| &row.load_id)?;
        areas.extend(staged.areas.iter().cloned());
        let mut codes: BTreeMap<AreaCode, SmallArea> = BTreeMap::new();
        for area in &areas {
            if area.level == AreaLevel::LSOA_2021 {
                codes.entry(area.code.clone()).or_default().lsoa_2021 = Some(area.code.clone());
            } else if area.level == AreaLevel::LSOA_2011 {
                codes.entry(area.code.clone()).or_default().lsoa_2011 = Some(area.code.clone());
            }
        }
        for link in &links {
            if link.from_level == AreaLevel::LSOA_2021 && link.to_level == AreaLevel::LSOA_2011 {
                codes.entry(link.from_code.clone()).or_default().lsoa_2011.get_or_insert_with(|| link.to_code.clone());
            } else if link.from_level == AreaLevel::LSOA_2011 && link.to_level == AreaLevel::LSOA_2021 {
                codes.entry(link.from_code.clone()).or_default().lsoa_2021.get_or_insert_with(|| link.to_code.clone());
            }
        }
        let outlines = areas
            .into_iter()
            .filter(|area| area.level == AreaLevel::LSOA_2021 || area.level == AreaLevel::LSOA_2011)
            .filter_map(|area| {
                let polygons = geometry::from_wkb(area.outline_wkb.as_deref()?)?;
                let points: Vec<[f64; 2]> = polygons.iter().flatten().flatten().map(|(x, y)| [*x, *y]).collect();
                let envelope = rstar::AABB::from_points(&points);
                Some(Outline { code: area.code, level: area.level, polygons, envelope })
            })
            .collect();
        Ok(Self { codes: SmallAreaCodes::from_iter(codes), index: rstar::RTree::bulk_load(outlines) })
    }
}

impl Locate for Ground {
    fn locate(&self, place: BritishNationalGrid) -> Option<SmallArea> {
        let at = rstar::AABB::from_point([place.easting(), place.northing()]);
        let mut found = SmallArea::default();
        for outline in self.index.locate_in_envelope_intersecting(at) {
            if geometry::contains(&outline.polygons, place) {
                let slot = if outline.level == AreaLevel::LSOA_2021 { &mut found.lsoa_2021 } else { &mut found.lsoa_2011 };
                slot.get_or_insert_with(|| outline.code.clone());
            }
        }
        (found != SmallArea::default()).then_some(found)
    }
}

/// Held while a run writes; taken away when it ends, and by the system when it is killed.
struct Lock {
    _file: std::fs::File,
}

impl Lock {
    fn take(folder: &Path) -> Result<Self, LakeError> {
        let path = folder.join("ingest.lock");
        let file = std::fs::File::create(&path).map_err(|why| TableError::File { path: path.clone(), why })?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(_) => Err(LakeError::Locked { lock: path }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(is_like("2024-01", "*"));
        assert!(is_like("E06000032_lsoa.geojson", "*_lsoa.geojson"));
        assert!(!is_like("E06000032_lsoa11.geojson", "*_lsoa.geojson"));
        assert!(is_like("2024-01-bedfordshire-street.csv", "*-bedfordshire-*.csv"));
        assert!(!is_like("a", "ab*"));
    }
}
