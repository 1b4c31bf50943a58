//! Reads the rows of a table of events and counts them: the lake's own engine.
//!
//! Every question to the lake is a count over a few columns of text that recurs. So a scan reads
//! those columns alone, gives each text a small number once for each dictionary of a file, and
//! counts rows by their numbers. A file holds its months in order, sorted by small area and
//! category, so most rows repeat the group of the row before.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, DictionaryArray};
use arrow::datatypes::{DataType, Date32Type, Int32Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::statistics::Statistics;
use wardmote_domain::category::{Categories, Category};
use wardmote_domain::period::Month;

use crate::read::Form;
use crate::store::Lake;
use crate::table::TableError;

/// Rows read at a time.
const BATCH_ROWS: usize = 32_768;

/// The number of the absent text.
pub(crate) const ABSENT: u32 = 0;

/// The rows that a question is about; rows of replaced loads never are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selection<'a> {
    /// Of this source only.
    pub source: Option<&'a str>,
    /// Of which categories; of all if not given.
    pub categories: Option<&'a Categories>,
    /// From the first to the last month.
    pub months: Option<(Month, Month)>,
}

/// A group of rows by the numbers of its columns, and how many rows it has.
pub(crate) type Group<const N: usize> = ([u32; N], u64);

/// The rows of a selection, ready to be counted.
pub(crate) struct Scan<'a> {
    lake: &'a Lake,
    selection: Selection<'a>,
    units: Vec<Unit>,
    names: Mutex<Names>,
}

/// Files whose months overlap: no other file holds rows of their months.
struct Unit {
    days: Range<i32>,
    files: Vec<(PathBuf, ArrowReaderMetadata)>,
}

/// The texts that the scan has met, by number.
struct Names {
    texts: Vec<Option<Arc<str>>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(
        lake: &'a Lake,
        form: Form,
        selection: Selection<'a>,
    ) -> Result<Self, TableError> {
        let table = lake.events(form);
        let mut files = Vec::new();
        for name in lake.visible_files(table)? {
            if selection.source.is_some_and(|source| !is_of(&name, source)) {
                continue;
            }
            let path = table.folder.join(name);
            let metadata = lake.once.file(&path, || {
                let file = File::open(&path)
                    .map_err(|why| TableError::File { path: path.clone(), why })?;
                ArrowReaderMetadata::load(&file, ArrowReaderOptions::default())
                    .map_err(|why| content(&path, &why))
            })?;
            let days = days_held(&metadata);
            if days.start < days.end && overlaps(&days, selection.months) {
                files.push((days, path, metadata));
            }
        }
        files.sort_by_key(|(days, ..)| days.start);
        let mut units: Vec<Unit> = Vec::new();
        for (days, path, metadata) in files {
            match units.last_mut() {
                Some(unit) if days.start < unit.days.end => {
                    unit.days.end = unit.days.end.max(days.end);
                    unit.files.push((path, metadata));
                }
                _ => units.push(Unit { days, files: vec![(path, metadata)] }),
            }
        }
        let names = Names { texts: vec![None], numbers: HashMap::new() };
        Ok(Self { lake, selection, units, names: Mutex::new(names) })
    }

    /// Counts the rows by some columns. Without `month` among them a group can come in several
    /// parts, one for each unit of months; their counts add up.
    pub(crate) fn count<const N: usize>(
        &self,
        columns: [&'static str; N],
    ) -> Result<Vec<Group<N>>, TableError> {
        let of_unit = self.fold(columns, |groups: &mut HashMap<[u32; N], u64>, group, n| {
            *groups.entry(group).or_default() += n;
        })?;
        Ok(of_unit.into_iter().flatten().collect())
    }

    /// Folds the rows of each unit of months; `each` is given a group and how many rows in a row
    /// have it. The results come in the order of the months.
    pub(crate) fn fold<const N: usize, S: Default + Send>(
        &self,
        columns: [&'static str; N],
        each: impl Fn(&mut S, [u32; N], u64) + Sync,
    ) -> Result<Vec<S>, TableError> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some(unit) = self.units.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut state = S::default();
                for (path, metadata) in &unit.files {
                    self.read(path, metadata, columns, &mut |group, n| each(&mut state, group, n))?;
                }
                done.push((unit.days.start, state));
            }
            Ok(done)
        };
        let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut done: Vec<(i32, S)> = std::thread::scope(|scope| {
            let started: Vec<_> =
                (0..n_threads.min(self.units.len())).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::new();
            for thread in started {
                match thread.join() {
                    Ok(of_thread) => all.extend(of_thread?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok::<_, TableError>(all)
        })?;
        done.sort_by_key(|(start, _)| *start);
        Ok(done.into_iter().map(|(_, state)| state).collect())
    }

    /// The text that a number stands for.
    pub(crate) fn text(&self, number: u32) -> Option<Arc<str>> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        names.texts.get(number as usize)?.clone()
    }

    /// The category that a number stands for.
    pub(crate) fn category(&self, number: u32) -> Option<Category> {
        self.text(number)?.parse().ok()
    }

    fn read<const N: usize>(
        &self,
        path: &Path,
        metadata: &ArrowReaderMetadata,
        columns: [&'static str; N],
        each: &mut impl FnMut([u32; N], u64),
    ) -> Result<(), TableError> {
        let file =
            File::open(path).map_err(|why| TableError::File { path: path.to_owned(), why })?;
        let mut conditions = self.conditions();
        let asked = conditions.iter().map(|condition| condition.column);
        let wanted: BTreeSet<&str> = columns.into_iter().chain(asked).collect();
        let batches = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
            .with_projection(ProjectionMask::columns(metadata.parquet_schema(), wanted))
            .with_batch_size(BATCH_ROWS)
            .build()
            .map_err(|why| content(path, &why))?;
        let mut numbered: [Numbered; N] = columns.map(Numbered::new);
        let mut run: Option<Group<N>> = None;
        for batch in batches {
            let batch = batch.map_err(|why| content(path, &why))?;
            let conditioned = conditions.iter_mut().map(|condition| &mut condition.numbered);
            for column in numbered.iter_mut().chain(conditioned) {
                column.take(&batch, &self.names).map_err(|why| content(path, &why))?;
            }
            for row in 0..batch.num_rows() {
                if !conditions.iter_mut().all(|condition| condition.holds(row, self)) {
                    continue;
                }
                let group = std::array::from_fn(|at| numbered[at].numbers[row]);
                match &mut run {
                    Some((of_run, n)) if *of_run == group => *n += 1,
                    _ => {
                        if let Some((of_run, n)) = run.replace((group, 1)) {
                            each(of_run, n);
                        }
                    }
                }
            }
        }
        if let Some((of_run, n)) = run {
            each(of_run, n);
        }
        Ok(())
    }

    fn conditions(&self) -> Vec<Condition> {
        let asked = [
            ("source", self.selection.source.is_some()),
            ("category", self.selection.categories.is_some_and(|asked| !asked.are_all())),
            ("month", self.selection.months.is_some()),
            ("load_id", !self.lake.superseded.is_empty()),
        ];
        asked
            .into_iter()
            .filter(|(_, asked)| *asked)
            .map(|(name, _)| Condition::new(name))
            .collect()
    }

    fn keeps(&self, column: &str, number: u32) -> bool {
        let text = || self.text(number).unwrap_or_default();
        let of_selection = &self.selection;
        match column {
            "source" => of_selection.source == Some(&*text()),
            "category" => of_selection.categories.is_none_or(|asked| asked.admit(&text())),
            "load_id" => !self.lake.superseded.contains(&*text()),
            "month" => of_selection
                .months
                .zip(month(number))
                .is_some_and(|((first, last), month)| first <= month && month <= last),
            _ => false,
        }
    }
}

/// A column of the batch at hand as numbers: its texts' numbers, or its own whole numbers.
struct Numbered {
    column: &'static str,
    numbers: Vec<u32>,
    /// The dictionary that was numbered last: most batches of a file share one.
    dictionary: Option<(ArrayRef, Vec<u32>)>,
}

impl Numbered {
    fn new(column: &'static str) -> Self {
        Self { column, numbers: Vec::new(), dictionary: None }
    }

    fn take(&mut self, batch: &RecordBatch, names: &Mutex<Names>) -> Result<(), ArrowError> {
        let cells = batch.column_by_name(self.column).ok_or_else(|| {
            ArrowError::SchemaError(format!("there is no column {:?}", self.column))
        })?;
        self.numbers.clear();
        match cells.data_type() {
            DataType::Date32 => {
                let days = cells.as_primitive::<Date32Type>().values();
                self.numbers.extend(days.iter().map(|day| day.cast_unsigned()));
            }
            DataType::Int32 => {
                let whole = cells.as_primitive::<Int32Type>().values();
                self.numbers.extend(whole.iter().map(|whole| whole.cast_unsigned()));
            }
            _ => self.take_words(cells, names)?,
        }
        Ok(())
    }

    fn take_words(&mut self, cells: &ArrayRef, names: &Mutex<Names>) -> Result<(), ArrowError> {
        let word = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let cells = arrow::compute::cast(cells, &word)?;
        let cells: &DictionaryArray<Int32Type> = cells.as_dictionary();
        let is_held = |held: &ArrayRef| held.to_data().ptr_eq(&cells.values().to_data());
        if !self.dictionary.as_ref().is_some_and(|(held, _)| is_held(held)) {
            let mut names = names.lock().unwrap_or_else(PoisonError::into_inner);
            let words = cells.values().as_string::<i32>();
            let numbers = words.iter().map(|word| names.number(word)).collect();
            self.dictionary = Some((Arc::clone(cells.values()), numbers));
        }
        let numbers = self.dictionary.as_ref().map_or(&[][..], |(_, numbers)| numbers);
        let number = |key: Option<usize>| key.and_then(|key| numbers.get(key).copied());
        self.numbers.extend(cells.keys_iter().map(|key| number(key).unwrap_or(ABSENT)));
        Ok(())
    }
}

/// A condition on one column, with its answers so far.
struct Condition {
    column: &'static str,
    numbered: Numbered,
    answers: HashMap<u32, bool>,
    last: Option<(u32, bool)>,
}

impl Condition {
    fn new(column: &'static str) -> Self {
        Self { column, numbered: Numbered::new(column), answers: HashMap::new(), last: None }
    }

    /// Rows are sorted, so the answer is mostly that of the row before.
    fn holds(&mut self, row: usize, scan: &Scan<'_>) -> bool {
        let number = self.numbered.numbers[row];
        match self.last {
            Some((last, answer)) if last == number => answer,
            _ => {
                let column = self.column;
                let ask = || scan.keeps(column, number);
                let answer = *self.answers.entry(number).or_insert_with(ask);
                self.last = Some((number, answer));
                answer
            }
        }
    }
}

impl Names {
    fn number(&mut self, text: Option<&str>) -> u32 {
        let Some(text) = text else { return ABSENT };
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let (text, number) = (Arc::<str>::from(text), self.texts.len() as u32);
        self.texts.push(Some(Arc::clone(&text)));
        self.numbers.insert(text, number);
        number
    }
}

/// The month that begins on a day, which the `month` column gives by its number.
pub(crate) fn month(number: u32) -> Option<Month> {
    let days = jiff::Span::new().try_days(i64::from(number.cast_signed())).ok()?;
    Month::of(jiff::civil::date(1970, 1, 1).checked_add(days).ok()?)
}

/// Whether a file can hold rows of a source, by its name: `part-<ingest>-<source>-<month>-<n>.parquet`.
/// One source's name may begin another's, so the rows are asked all the same.
pub(crate) fn is_of(name: &str, source: &str) -> bool {
    let what = name.splitn(3, '-').nth(2).unwrap_or(name);
    what.strip_prefix(source).is_some_and(|rest| rest.starts_with('-'))
}

/// The days that the months of a file span, by its statistics; every day if it has none.
fn days_held(metadata: &ArrowReaderMetadata) -> Range<i32> {
    let columns = metadata.parquet_schema().columns();
    let month = columns.iter().position(|column| column.name() == "month");
    let groups = metadata.metadata().row_groups().iter().filter(|group| group.num_rows() > 0);
    let of_groups = groups.map(|group| match group.column(month?).statistics() {
        Some(Statistics::Int32(held)) => Some((*held.min_opt()?, *held.max_opt()?)),
        _ => None,
    });
    let (mut first, mut last) = (i32::MAX, i32::MIN);
    for held in of_groups {
        let Some((min, max)) = held else { return i32::MIN..i32::MAX };
        (first, last) = (first.min(min), last.max(max));
    }
    first..last.saturating_add(1)
}

fn overlaps(days: &Range<i32>, months: Option<(Month, Month)>) -> bool {
    let day = |month: Month| {
        month.first_day().since(jiff::civil::date(1970, 1, 1)).map_or(0, |span| span.get_days())
    };
    months.is_none_or(|(first, last)| days.start <= day(last) && day(first) < days.end)
}

fn content(path: &Path, why: &dyn std::fmt::Display) -> TableError {
    TableError::Content { path: path.to_owned(), why: why.to_string() }
}
