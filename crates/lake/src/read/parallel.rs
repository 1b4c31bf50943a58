//! Many files at once: grouped by month, read side by side, handed over sorted.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use arrow::array::RecordBatch;
use sha2::{Digest, Sha256};
use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::{PlacePrecision, TimePrecision};

use super::areas::{Locate, SmallAreaCodes};
use super::container::InputFile;
use super::error::{FileFailure, ReadError};
use super::form::Form;
use super::incidents::Incidents;
use super::known_areas::KnownAreas;
use super::mapped::read_mapped;
use super::police_uk::{Named, Tally, read_file};
use super::postcodes::Postcodes;
use super::report::FileReport;
use super::sorted::sorted_months;
use crate::mapping::Mapping;
use crate::pseudonym::PseudonymKey;

/// What the source declares, and what the reader may use.
#[derive(Clone, Copy)]
pub struct ReadRequest<'a> {
    /// The form of the source's files.
    pub form: Form,
    /// What the columns mean, of a partner's own tables.
    pub mapping: Option<&'a Mapping>,
    /// The source's id, stored with every row.
    pub source_id: &'a str,
    /// How exactly the source knows when.
    pub time_precision: TimePrecision,
    /// How exactly the source knows where.
    pub place_precision: PlacePrecision,
    /// No file can hold a later month.
    pub latest: Month,
    /// Whether refusals may quote the offending text: for open sources only.
    pub keep_text: bool,
    /// The vintage of the source's small areas, believed where `small_areas` is empty.
    pub declared_vintage: Option<AreaLevel>,
    /// What each small-area code means.
    pub small_areas: &'a SmallAreaCodes,
    /// Finds the area of rows that have coordinates and no area code.
    pub locate: Option<&'a (dyn Locate + Sync)>,
    /// The small areas of postcodes, of partners' tables that have them.
    pub postcodes: Option<&'a Postcodes>,
    /// What makes pseudonyms of references; without it none is stored.
    pub pseudonyms: Option<&'a PseudonymKey>,
    /// What the rows follow from beside the source and the file, such as the lookups of postcodes: the
    /// same file read with others is another load.
    pub read_with: Option<&'a str>,
    /// Months read side by side.
    pub threads: usize,
}

/// What became of a run.
#[derive(Debug, Default)]
pub struct ReadOutcome {
    /// Files read and handed over, in the order given.
    pub reports: Vec<FileReport>,
    /// Files whose content was loaded before, or stands twice in this run.
    pub already: Vec<AlreadyLoaded>,
    /// Files that could not be read or stored.
    pub failures: Vec<FileFailure>,
    /// The error that stopped the run, if the sink failed.
    pub stopped_by: Option<SinkError>,
}

/// A file that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlreadyLoaded {
    /// The path as the user knows it.
    pub display_name: String,
    /// The load that holds its content.
    pub load_id: String,
}

/// Why a batch could not be stored.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct SinkError(pub Box<dyn Error + Send + Sync>);

/// Told how a run goes on.
pub trait Progress {
    /// So many files will be read.
    fn total_files(&self, n: usize);
    /// One more file is done, with its rows.
    fn file_done(&self, name: &str, rows: u64);
}

/// The identity of a load: the first 16 hexadecimal digits of a hash over the source's id and the
/// SHA-256 of the file, so that a renamed file is still the same load.
pub fn load_id(source_id: &str, file_sha256: &str) -> String {
    let mut id = hex(&Sha256::digest(format!("{source_id}\n{file_sha256}")));
    id.truncate(16);
    id
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 0xF)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// Reads the files and hands their rows to `sink`, month by month.
///
/// Files whose names begin with the same month become one sorted batch, so that a month is one batch
/// unless it is uncommonly large or some of its rows come in a file that names no month. `sink` may
/// be called from several threads. Once it fails, no further month is begun.
///
/// The files' rows reconcile: `rows_read` is `rows_kept` and `rows_refused` together in every report,
/// and the rows of the batches are the sum of `rows_kept`.
pub fn read_months(
    inputs: Vec<InputFile>,
    request: &ReadRequest<'_>,
    already_loaded: &(dyn Fn(&str) -> bool + Sync),
    sink: &(dyn Fn(Month, RecordBatch) -> Result<(), SinkError> + Sync),
    progress: &(dyn Progress + Sync),
) -> ReadOutcome {
    progress.total_files(inputs.len());
    let run = Run {
        groups: group(inputs),
        request,
        already_loaded,
        sink,
        progress,
        next: AtomicUsize::new(0),
        stopped: AtomicBool::new(false),
        claimed: Mutex::default(),
        big_file: Mutex::default(),
        done: Mutex::default(),
    };
    let n_threads = request.threads.clamp(1, run.groups.len().max(1));
    thread::scope(|scope| {
        for _ in 1..n_threads {
            scope.spawn(|| run.work());
        }
        run.work();
    });
    run.into_outcome()
}

/// Files in the order given, those that name the same month together.
fn group(inputs: Vec<InputFile>) -> Vec<Vec<(usize, InputFile)>> {
    let mut named: BTreeMap<Month, Vec<(usize, InputFile)>> = BTreeMap::new();
    let mut unnamed = Vec::new();
    for (index, input) in inputs.into_iter().enumerate() {
        match input.named_month() {
            Some(month) => named.entry(month).or_default().push((index, input)),
            None => unnamed.push(vec![(index, input)]),
        }
    }
    unnamed.into_iter().chain(named.into_values()).collect()
}

struct Run<'a> {
    groups: Vec<Vec<(usize, InputFile)>>,
    request: &'a ReadRequest<'a>,
    already_loaded: &'a (dyn Fn(&str) -> bool + Sync),
    sink: &'a (dyn Fn(Month, RecordBatch) -> Result<(), SinkError> + Sync),
    progress: &'a (dyn Progress + Sync),
    next: AtomicUsize,
    stopped: AtomicBool,
    claimed: Mutex<HashSet<String>>,
    big_file: Mutex<()>,
    done: Mutex<Done>,
}

#[derive(Default)]
struct Done {
    reports: Vec<(usize, FileReport)>,
    already: Vec<(usize, AlreadyLoaded)>,
    failures: Vec<(usize, FileFailure)>,
    stopped_by: Option<SinkError>,
}

/// Files above this size are read one at a time, whatever the number of threads.
const BIG_FILE_BYTES: u64 = 64 << 20;

impl Run<'_> {
    fn work(&self) {
        let request = self.request;
        let mut known_areas = KnownAreas::new(
            request.small_areas,
            request.declared_vintage,
            request.locate,
            request.postcodes,
        );
        let mut buffer = Vec::new();
        while let Some(group) = self.groups.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let mut incidents = Incidents::new(request.form);
            let mut reports = Vec::new();
            for (index, input) in group {
                if self.stopped.load(Ordering::Relaxed) {
                    self.fail(*index, input, ReadError::NotReached);
                    continue;
                }
                match self.read(input, &mut buffer, &mut known_areas, &mut incidents) {
                    Ok(Read::New(report)) => reports.push((*index, *report)),
                    Ok(Read::Already(load_id)) => {
                        self.progress.file_done(&input.display_name, 0);
                        let display_name = input.display_name.clone();
                        lock(&self.done)
                            .already
                            .push((*index, AlreadyLoaded { display_name, load_id }));
                    }
                    Err(error) => self.fail(*index, input, error),
                }
                if incidents.is_full() {
                    let full = std::mem::replace(&mut incidents, Incidents::new(request.form));
                    self.hand_over(full, &known_areas, &mut reports);
                }
            }
            self.hand_over(incidents, &known_areas, &mut reports);
        }
    }

    fn read(
        &self,
        input: &InputFile,
        buffer: &mut Vec<u8>,
        known_areas: &mut KnownAreas<'_>,
        incidents: &mut Incidents,
    ) -> Result<Read, ReadError> {
        let _alone = (input.stored_bytes() > BIG_FILE_BYTES).then(|| lock(&self.big_file));
        input.read_into(buffer)?;
        let sha256 = hex(&Sha256::digest(&*buffer));
        let of = self.request.source_id;
        let load_id = match self.request.read_with {
            Some(with) => load_id(&format!("{of} with {with}"), &sha256),
            None => load_id(of, &sha256),
        };
        if (self.already_loaded)(&load_id) {
            return Ok(Read::Already(load_id));
        }
        let first_row = incidents.len();
        incidents.begin_load(load_id.clone());
        let named =
            Named { month: input.named_month(), force: input.named_force(self.request.form) };
        let tally = match self.request.mapping {
            Some(mapping) => read_mapped(buffer, mapping, self.request, known_areas, incidents),
            None => read_file(buffer, named, self.request, known_areas, incidents),
        };
        // Claimed only once it has been read: a copy under a wrong name fails and claims nothing.
        let is_new = tally.is_ok() && lock(&self.claimed).insert(load_id.clone());
        if !is_new {
            incidents.truncate(first_row);
        }
        let tally = tally?;
        let size_bytes = buffer.len() as u64;
        if buffer.capacity() as u64 > BIG_FILE_BYTES {
            *buffer = Vec::new();
        }
        if !is_new {
            return Ok(Read::Already(load_id));
        }
        self.progress.file_done(&input.display_name, tally.rows_read);
        Ok(Read::New(Box::new(report(input, sha256, size_bytes, load_id, tally))))
    }

    fn hand_over(
        &self,
        incidents: Incidents,
        known_areas: &KnownAreas<'_>,
        reports: &mut Vec<(usize, FileReport)>,
    ) {
        match self.store(incidents, known_areas) {
            Ok(()) => lock(&self.done).reports.append(reports),
            Err(error) => {
                self.stopped.store(true, Ordering::Relaxed);
                let mut done = lock(&self.done);
                let failures = reports.drain(..).map(|(index, report)| {
                    let error = ReadError::NotStored { reason: error.to_string() };
                    (index, FileFailure { display_name: report.display_name, error })
                });
                done.failures.extend(failures);
                done.stopped_by.get_or_insert(error);
            }
        }
    }

    fn store(&self, incidents: Incidents, known_areas: &KnownAreas<'_>) -> Result<(), SinkError> {
        if incidents.len() == 0 {
            return Ok(());
        }
        let months = sorted_months(&incidents, known_areas, self.request)
            .map_err(|error| SinkError(error.into()))?;
        drop(incidents);
        months.into_iter().try_for_each(|(month, batch)| (self.sink)(month, batch))
    }

    fn fail(&self, index: usize, input: &InputFile, error: ReadError) {
        self.progress.file_done(&input.display_name, 0);
        let display_name = input.display_name.clone();
        lock(&self.done).failures.push((index, FileFailure { display_name, error }));
    }

    fn into_outcome(self) -> ReadOutcome {
        let done = self.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        ReadOutcome {
            reports: in_order(done.reports),
            already: in_order(done.already),
            failures: in_order(done.failures),
            stopped_by: done.stopped_by,
        }
    }
}

enum Read {
    New(Box<FileReport>),
    Already(String),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn in_order<T>(mut items: Vec<(usize, T)>) -> Vec<T> {
    items.sort_by_key(|(index, _)| *index);
    items.into_iter().map(|(_, item)| item).collect()
}

fn report(
    input: &InputFile,
    sha256: String,
    size_bytes: u64,
    load_id: String,
    tally: Tally,
) -> FileReport {
    FileReport {
        display_name: input.display_name.clone(),
        file_name: input.file_name.clone(),
        archive: input.archive.clone(),
        sha256,
        size_bytes,
        load_id,
        rows_read: tally.rows_read,
        rows_kept: tally.rows_kept,
        rows_refused: tally.refusals.n_rows(),
        refusals: tally.refusals.into_refusals(),
        without_place: tally.without_place,
        unrecognised_areas: tally.unrecognised_areas,
        unrecognised_codes: tally.unrecognised_codes,
        months: tally.months,
        reporting_bodies: tally.bodies,
        notes: tally.notes,
        looks_cut_short: tally.looks_cut_short,
    }
}
