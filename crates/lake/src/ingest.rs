//! One run of loading: geography first, then events, all of it visible at once or not at all.
//!
//! Delta commits one table at a time, so the rows of `loads` are committed last, and readers see only
//! files of runs that stand there. A run that dies leaves files that nobody reads; the next run
//! clears them. The same file twice changes nothing; a changed file of the same name replaces the
//! earlier one, which stays in the lake as an earlier vintage.

mod postcodes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::record_batch::RecordBatch;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::partnership::Partnership;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::Disclosure;

use self::postcodes::PostcodesHeld;
use crate::commit::{self, Staged, UNNAMED};
use crate::files;
use crate::geography::{self, GeographyError, GeographyFile, Sharing};
use crate::ground::Ground;
use crate::links::Links;
use crate::people::shown_name;
use crate::pseudonym::PseudonymKey;
use crate::read::{self, FileReport, Progress, ReadRequest, SinkError, load_id};
use crate::rows::{AreaRow, CategoryRow, LinkRow, Load, PopulationRow, Refusal};
use crate::source::{Reader, SourceDeclaration};
use crate::store::{Lake, LakeError, SnapshotId, short_hash};
use crate::table::{Part, TableError, part_name};
use crate::versions::is_version_of;

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
    /// The lookup of a source's words is not there.
    #[error(
        "source {source_id:?}: category_lookup = {lookup:?} names no loaded source of reader \"category-lookup\""
    )]
    NoCategories {
        /// The source.
        source_id: String,
        /// As it names the lookup.
        lookup: String,
    },
    /// The population by which areas are to be shared out is not there.
    #[error(
        "source {source_id:?}: shares names population {population:?}, which no loaded source brings by small areas of that census"
    )]
    NoResidents {
        /// The source.
        source_id: String,
        /// As it names the population.
        population: String,
    },
    /// A lookup of postcodes gives places, and nothing says which areas they lie in.
    #[error(
        "source {source_id:?}: its postcodes have places and no small areas, which are found in outlines: \
         declare a source of reader \"boundaries\" and level \"lsoa-2021\" or \"lsoa-2011\""
    )]
    NoOutlines {
        /// The source.
        source_id: String,
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

/// Takes loads out of the evidence, with a reason; earlier vintages keep them.
///
/// What was withdrawn is not loaded again from the declared files, only when it is named.
pub async fn withdraw(lake_folder: &Path, ids: &[String], why: &str) -> Result<Lake, IngestError> {
    let _lock = commit::Lock::take(lake_folder)?;
    let mut lake = Lake::open(lake_folder).await?;
    commit::recover(&mut lake).await?;
    let marker = |load: &Load| Load {
        load_id: format!("withdrawn-{}", short_hash(&format!("{} {}", load.load_id, lake.n_runs))),
        supersedes: Some(load.load_id.clone()),
        withdrawn: Some(why.to_owned()),
        size_bytes: 0,
        rows_read: 0,
        rows_kept: 0,
        rows_refused: 0,
        without_place: 0,
        unrecognised_areas: 0,
        ..load.clone()
    };
    let loads = lake.visible.iter().filter(|load| ids.contains(&load.load_id)).map(marker);
    let mut staged = Staged { loads: loads.collect(), ..Staged::default() };
    commit::commit(&mut lake, &mut staged).await?;
    Ok(lake)
}

/// What keeps people out of a partner's rows while they are read.
#[derive(Default)]
struct Turning {
    key: Option<PseudonymKey>,
    /// What else the rows follow from.
    read_with: Option<String>,
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

    fn stage_ground(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        progress: &(dyn Progress + Sync),
    ) -> Result<(), IngestError> {
        let failed = |why| IngestError::Geography { source_id: source.id.clone(), why };
        let paths = match declared_files(source, request.data_folder) {
            // Files given by hand may be loaded where the others do not lie.
            Err(why) if !request.only.is_empty() => {
                self.report.notes.push((source.id.clone(), format!("not loaded: {why}")));
                return Ok(());
            }
            found => found?,
        };
        let keep = match &source.reader {
            Reader::Boundaries { level, .. } => self.codes_that_matter(request.partnership, *level),
            _ => None,
        };
        let categories = self.categories_of(lake, source)?;
        let sharing = self.sharing_of(lake, source)?;
        // What else the rows follow from: a file of outlines read for other areas is another load.
        let also: Vec<String> = if let Some(codes) = &keep {
            codes.iter().map(AreaCode::to_string).collect()
        } else if let Some(words) = &categories {
            words.iter().map(|(words, kind)| format!("{words} {kind}")).collect()
        } else if let Some(Sharing { lsoa_2011, lsoa_2021 }) = &sharing {
            lsoa_2011.iter().chain(lsoa_2021).map(|(area, n)| format!("{area} {n}")).collect()
        } else {
            Vec::new()
        };
        let read_for = (!also.is_empty())
            .then(|| format!("{} for {}", source.id, short_hash(&also.join(" "))));
        for path in paths {
            let file_name = relative(&path, request.data_folder);
            if matches!(source.reader, Reader::Survey(_)) && shown_name(&file_name).is_none() {
                self.report.failures.push((hidden_name(&file_name), NAMED_AFTER.to_owned()));
                continue;
            }
            let file = geography::read_bytes(&path).map_err(failed)?;
            let load_id = load_id(read_for.as_ref().unwrap_or(&source.id), &file.sha256);
            if self.is_known(lake, &load_id, &file_name) {
                continue;
            }
            let read = GeographyFile {
                path: &path,
                file_name: &file_name,
                bytes: &file.bytes,
                source: &source.id,
                load_id: &load_id,
                keep_text: source.disclosure == Disclosure::Open,
                keep: keep.as_ref(),
                sharing: sharing.as_ref(),
                categories: categories.as_ref(),
            };
            let rows = geography::read(&read, &source.reader).map_err(failed)?;
            progress.file_done(&file_name, rows.rows_read);
            if rows.passed_over > 0 {
                let n = rows.passed_over;
                let note =
                    format!("{n} outlines outside the partnership and its peers were passed over");
                self.report.notes.push((file_name.clone(), note));
            }
            self.stage_load(Load {
                size_bytes: file.bytes.len() as u64,
                rows_read: rows.rows_read,
                rows_kept: rows.rows_kept,
                rows_refused: rows.refusals.len() as u64,
                ..blank_load(source, load_id, file_name, file.sha256)
            })?;
            self.staged.areas.extend(rows.areas);
            self.staged.links.extend(rows.links);
            self.staged.populations.extend(rows.populations);
            self.staged.categories.extend(rows.categories);
            self.staged.answers.extend(rows.answers);
            self.staged.totals.extend(rows.totals);
            self.staged.statistics.extend(rows.statistics.map(|batch| (source.id.clone(), batch)));
            self.staged.refusals.extend(rows.refusals);
        }
        Ok(())
    }

    /// What a source's words for kinds of event count under, where it leaves that to another source.
    fn categories_of(
        &self,
        lake: &Lake,
        source: &SourceDeclaration,
    ) -> Result<Option<BTreeMap<String, Category>>, IngestError> {
        let Reader::Totals(mapping) = &source.reader else { return Ok(None) };
        let Some(lookup) = &mapping.category_lookup else { return Ok(None) };
        let held = lake.rows_ever::<CategoryRow>(&lake.categories)?;
        let rows = held.iter().chain(&self.staged.categories);
        let found: BTreeMap<String, Category> = rows
            .filter(|row| row.source == *lookup && self.visible.contains_key(&row.load_id))
            .map(|row| (row.words.clone(), row.category.clone()))
            .collect();
        if found.is_empty() {
            let (source_id, lookup) = (source.id.clone(), lookup.clone());
            return Err(IngestError::NoCategories { source_id, lookup });
        }
        Ok(Some(found))
    }

    /// The residents by which a source's changed areas are shared out.
    fn sharing_of(
        &self,
        lake: &Lake,
        source: &SourceDeclaration,
    ) -> Result<Option<Sharing>, IngestError> {
        let Reader::LsoaChange { shares: Some(by), .. } = &source.reader else { return Ok(None) };
        let held = lake.rows_ever::<PopulationRow>(&lake.populations)?;
        let mut sharing = Sharing::default();
        for row in held.into_iter().chain(self.staged.populations.iter().cloned()) {
            if !self.visible.contains_key(&row.load_id) {
                continue;
            }
            if row.name == by.lsoa_2011 && row.level == AreaLevel::LSOA_2011 {
                sharing.lsoa_2011.insert(row.code, row.residents);
            } else if row.name == by.lsoa_2021 && row.level == AreaLevel::LSOA_2021 {
                sharing.lsoa_2021.insert(row.code, row.residents);
            }
        }
        for (found, name) in
            [(&sharing.lsoa_2011, &by.lsoa_2011), (&sharing.lsoa_2021, &by.lsoa_2021)]
        {
            if found.is_empty() {
                let (source_id, population) = (source.id.clone(), name.clone());
                return Err(IngestError::NoResidents { source_id, population });
            }
        }
        Ok(Some(sharing))
    }

    /// The codes of a level that lie in the partnership's districts and its peers'; `None` where no
    /// lookup says, and then every outline is kept.
    fn codes_that_matter(
        &self,
        partnership: &Partnership,
        level: AreaLevel,
    ) -> Option<BTreeSet<AreaCode>> {
        let links = self.links();
        let districts: BTreeSet<&AreaCode> =
            partnership.areas.iter().chain(&partnership.peers).collect();
        if level == partnership.district_level {
            return Some(districts.into_iter().cloned().collect());
        }
        let inside: BTreeSet<&AreaCode> = links
            .iter()
            .filter(|link| {
                link.to_level == partnership.district_level && districts.contains(&link.to_code)
            })
            .map(|link| &link.from_code)
            .collect();
        let touching = links
            .iter()
            .filter(|link| inside.contains(&link.from_code) || inside.contains(&link.to_code));
        let at_level = touching.flat_map(|link| {
            let ends = [(link.from_level, &link.from_code), (link.to_level, &link.to_code)];
            ends.into_iter().filter(|(of, _)| *of == level).map(|(_, code)| code.clone())
        });
        let codes: BTreeSet<AreaCode> = at_level.collect();
        (!codes.is_empty()).then_some(codes)
    }

    fn stage_events(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        (ground, postcodes): (&Ground, &PostcodesHeld),
        progress: &(dyn Progress + Sync),
    ) -> Result<(), IngestError> {
        let Reader::Events { form, mapping, time_precision, place_precision, vintage } =
            &source.reader
        else {
            return Ok(());
        };
        let paths = match request.only {
            [] => declared_files(source, request.data_folder)?,
            only => only.to_vec(),
        };
        let mut found = read::find_inputs(*form, &paths)
            .map_err(|why| IngestError::Read { source_id: source.id.clone(), why })?;
        let skipped = found
            .skipped
            .into_iter()
            .map(|skipped| (hidden_name(&skipped.name), skipped.reason.to_owned()));
        self.report.skipped.extend(skipped);
        let failed = |failure: read::FileFailure| {
            (hidden_name(&failure.display_name), failure.error.to_string())
        };
        self.report.failures.extend(found.failures.into_iter().map(failed));
        let Some(Turning { key, read_with }) =
            self.turning(lake, request, source, postcodes, &mut found.files)
        else {
            return Ok(());
        };
        let read_request = ReadRequest {
            form: *form,
            mapping: mapping.as_deref(),
            source_id: &source.id,
            time_precision: *time_precision,
            place_precision: *place_precision,
            latest: request.latest,
            keep_text: source.disclosure == Disclosure::Open,
            declared_vintage: *vintage,
            small_areas: &ground.codes,
            locate: Some(ground),
            postcodes: source.reader.turns_postcodes().then_some(&postcodes.postcodes),
            pseudonyms: key.as_ref(),
            read_with: read_with.as_deref(),
            threads: request.threads,
        };
        let already = |load_id: &str| lake.known.contains_key(load_id);
        let parts = Mutex::new(Vec::new());
        let written_so_far = AtomicUsize::new(0);
        let sink = |month: Month, batch: RecordBatch| -> Result<(), SinkError> {
            // A month may come in more than one batch; the count keeps their files apart.
            let n = written_so_far.fetch_add(1, Ordering::Relaxed);
            let file_name = part_name(UNNAMED, &format!("{}-{month}-{n}", source.id));
            let path = lake.events(*form).folder.join(&file_name);
            let written =
                read::write_parquet(&batch, &path).map_err(|why| SinkError(Box::new(why)))?;
            let part = Part {
                file_name,
                size_bytes: written.size,
                n_rows: written.rows,
                ranges: written.ranges,
            };
            parts.lock().unwrap_or_else(PoisonError::into_inner).push((month, part));
            Ok(())
        };
        let outcome = read::read_months(found.files, &read_request, &already, &sink, progress);
        if let Some(why) = outcome.stopped_by {
            return Err(IngestError::Store { source_id: source.id.clone(), why });
        }
        let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
        // The order in which threads finished must not show.
        parts.sort_by_key(|(month, part)| (*month, part.n_rows, part.size_bytes));
        let named = parts.into_iter().map(|(month, part)| (format!("{}-{month}", source.id), part));
        self.staged.events.entry(form.table()).or_default().extend(named);
        self.report.failures.extend(outcome.failures.into_iter().map(failed));
        for found in outcome.already {
            let file_name = relative(Path::new(&found.display_name), request.data_folder);
            self.is_known(lake, &found.load_id, &file_name);
        }
        for report in outcome.reports {
            self.stage_report(request, source, report)?;
        }
        Ok(())
    }

    /// What a partner's files are read with so that people stay out. Files that are named after somebody
    /// are taken out; `None`, and none is read, where something is missing.
    fn turning(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        postcodes: &PostcodesHeld,
        files: &mut Vec<read::InputFile>,
    ) -> Option<Turning> {
        let Reader::Events { mapping: Some(mapping), .. } = &source.reader else {
            return Some(Turning::default());
        };
        files.retain(|file| {
            let mut names = file.archive.iter().chain([&file.display_name]);
            let is_nameless = names.all(|name| shown_name(name).is_some());
            if !is_nameless {
                let shown = hidden_name(&file.display_name);
                self.report.failures.push((shown, NAMED_AFTER.to_owned()));
            }
            is_nameless
        });
        let turns_postcodes = mapping.columns.postcode.is_some();
        if turns_postcodes && postcodes.postcodes.is_empty() {
            let why = "its postcodes cannot become small areas, and are not stored: declare a source of \
                       reader \"postcode-lookup\"";
            self.refuse_all(files, why);
            return None;
        }
        let key = mapping.key_file.as_deref().map(|path| {
            let folders = [request.data_folder, lake.folder()];
            PseudonymKey::read_outside(path, &source.id, &folders)
        });
        let key = match key.transpose() {
            Ok(key) => key,
            Err(why) => {
                self.refuse_all(files, &why.to_string());
                return None;
            }
        };
        let with = [
            turns_postcodes.then(|| format!("postcodes {}", postcodes.identity)),
            key.as_ref().map(|key| format!("key {}", key.fingerprint())),
        ];
        let with: Vec<String> = with.into_iter().flatten().collect();
        Some(Turning { key, read_with: (!with.is_empty()).then(|| with.join(" ")) })
    }

    fn refuse_all(&mut self, files: &[read::InputFile], why: &str) {
        let refused = files.iter().map(|file| (file.display_name.clone(), why.to_owned()));
        self.report.failures.extend(refused);
    }

    fn stage_report(
        &mut self,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        report: FileReport,
    ) -> Result<(), IngestError> {
        let file_name = relative(Path::new(&report.display_name), request.data_folder);
        self.report.notes.extend(report.notes.into_iter().map(|note| (file_name.clone(), note)));
        if report.looks_cut_short {
            let note =
                "the file looks cut short: its last lines hold no rows, so its month is not known";
            let note = note.to_owned();
            self.report.notes.push((file_name.clone(), note));
        }
        self.staged.refusals.extend(report.refusals.into_iter().map(|refusal| Refusal {
            load_id: report.load_id.clone(),
            file: file_name.clone(),
            first_line: u64::from(refusal.first_line),
            last_line: u64::from(refusal.last_line),
            count: refusal.count,
            field: refusal.field.unwrap_or_else(|| "row".to_owned()),
            reason: refusal.reason.to_string(),
            text: refusal.text,
        }));
        self.stage_load(Load {
            archive: report.archive,
            cut_short: report.looks_cut_short,
            size_bytes: report.size_bytes,
            rows_read: report.rows_read,
            rows_kept: report.rows_kept,
            rows_refused: report.rows_refused,
            without_place: report.without_place,
            unrecognised_areas: report.unrecognised_areas,
            first_month: report.months.map(|(first, _)| first),
            last_month: report.months.map(|(_, last)| last),
            reporting_bodies: report.reporting_bodies.into_iter().collect(),
            ..blank_load(source, report.load_id, file_name, report.sha256)
        })
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
