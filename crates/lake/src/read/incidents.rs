//! The rows of one batch as they are read, by column.

use std::collections::BTreeSet;

use wardmote_domain::category::{Category, CrimeType};
use wardmote_domain::coordinates::BritishNationalGrid;
use wardmote_domain::period::Month;

use super::form::{Form, N_EXTRAS};
use super::words::Words;

/// How a row's small area was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum FoundBy {
    /// It was not.
    NotKnown,
    /// The file says it.
    File,
    /// The row's coordinates lie in it.
    PointInPolygon,
    /// The file gives a code or a postcode that no lookup knows.
    NotRecognised,
    /// The row's postcode lies in it.
    Postcode,
}

/// The cells of one kept row that are numbers or numbered words.
#[derive(Debug, Clone, Copy)]
pub(super) struct IncidentRow {
    pub(super) month: Month,
    /// The number of the row's kind.
    pub(super) kind: u32,
    pub(super) body: u32,
    pub(super) falls_within: u32,
    pub(super) outcome: u32,
    pub(super) place: Option<BritishNationalGrid>,
    pub(super) area: u32,
    pub(super) found_by: FoundBy,
    /// The marks that the row carries.
    pub(super) flags: u32,
    pub(super) line: u32,
    /// The number of the row's load, from 1.
    pub(super) load: u32,
}

/// Rows kept so far. Words and areas are numbers into their tables; 0 is none.
#[derive(Debug)]
pub(super) struct Incidents {
    pub(super) form: Form,
    pub(super) kinds: Kinds,
    pub(super) bodies: Words,
    pub(super) forces: Words,
    pub(super) outcomes: Words,
    pub(super) flags: Words,
    pub(super) loads: Vec<String>,
    rows: Vec<IncidentRow>,
    source_ids: Vec<u8>,
    source_id_ends: Vec<u32>,
    /// Exact times in microseconds since 1970 UTC, of forms that know them.
    pub(super) times: Vec<Option<i64>>,
    /// The words of the columns that only this form has.
    pub(super) extra_words: [Words; N_EXTRAS],
    pub(super) extras: Vec<[u32; N_EXTRAS]>,
}

/// A batch is handed over once it holds this many rows, though its month may go on. The busiest
/// month of all forces together holds some 600,000.
const MOST_ROWS: usize = 2_000_000;
/// Or once its identifiers fill this much: an Arrow column of text holds at most 2 GiB.
const MOST_SOURCE_ID_BYTES: usize = 512 << 20;

/// The kinds of event: the source's words with the short names that they have in the lake.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    words: Words,
    slugs: Vec<String>,
}

/// What a blank kind is called.
const NOT_STATED: &str = "not-stated";

impl Kinds {
    /// The fourteen crime types.
    fn of_street() -> Self {
        let mut kinds = Self::default();
        for crime_type in CrimeType::all() {
            kinds.words.id(crime_type.name().as_bytes());
            kinds.slugs.push(crime_type.slug().to_owned());
        }
        kinds
    }

    /// The number of a kind that is known by these words.
    pub(super) fn known(&mut self, words: &[u8]) -> Option<u32> {
        self.words.known(words)
    }

    /// The number of a kind, new or known.
    pub(super) fn number(&mut self, words: &[u8]) -> u32 {
        let words = if words.is_empty() { NOT_STATED.as_bytes() } else { words };
        let number = self.words.id(words);
        if number as usize > self.slugs.len() {
            let category = Category::of_words(&String::from_utf8_lossy(words));
            self.slugs.push(category.map_or(NOT_STATED.to_owned(), String::from));
        }
        number
    }

    /// The number of a kind whose short name is declared.
    pub(super) fn mapped(&mut self, words: &[u8], slug: &str) -> u32 {
        let words = if words.is_empty() { NOT_STATED.as_bytes() } else { words };
        let number = self.words.id(words);
        if number as usize > self.slugs.len() {
            self.slugs.push(slug.to_owned());
        }
        number
    }

    /// The source's words, in the order of their numbers from 1.
    pub(super) fn words(&self) -> &[String] {
        self.words.words()
    }

    /// The short names, in the order of their numbers from 1.
    pub(super) fn slugs(&self) -> &[String] {
        &self.slugs
    }
}

impl Incidents {
    pub(super) fn new(form: Form) -> Self {
        Self {
            form,
            kinds: if form == Form::Street { Kinds::of_street() } else { Kinds::default() },
            bodies: Words::default(),
            forces: Words::default(),
            outcomes: Words::default(),
            flags: Words::default(),
            loads: Vec::new(),
            rows: Vec::new(),
            source_ids: Vec::new(),
            source_id_ends: Vec::new(),
            times: Vec::new(),
            extra_words: Default::default(),
            extras: Vec::new(),
        }
    }

    /// Starts the rows of another load.
    pub(super) fn begin_load(&mut self, load_id: String) {
        self.loads.push(load_id);
    }

    /// The number of the load last begun.
    pub(super) fn load(&self) -> u32 {
        self.loads.len() as u32
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: IncidentRow, source_id: &[u8]) {
        self.rows.push(row);
        self.source_ids.extend_from_slice(source_id);
        self.source_id_ends.push(self.source_ids.len() as u32);
    }

    /// Takes back every row from `length` on.
    pub(super) fn truncate(&mut self, length: usize) {
        self.rows.truncate(length);
        self.source_id_ends.truncate(length);
        self.times.truncate(length);
        self.extras.truncate(length);
        self.source_ids.truncate(self.source_id_ends.last().map_or(0, |end| *end as usize));
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() > MOST_ROWS || self.source_ids.len() > MOST_SOURCE_ID_BYTES
    }

    pub(super) fn rows(&self) -> &[IncidentRow] {
        &self.rows
    }

    /// The source's own identifier of a row; blank if it has none.
    pub(super) fn source_id(&self, row: usize) -> &[u8] {
        let start = if row == 0 { 0 } else { self.source_id_ends[row - 1] as usize };
        &self.source_ids[start..self.source_id_ends[row] as usize]
    }

    pub(super) fn source_id_bytes(&self) -> usize {
        self.source_ids.len()
    }

    /// The bodies that reported the rows from `first` on.
    pub(super) fn bodies_since(&self, first: usize) -> BTreeSet<String> {
        let ids: BTreeSet<u32> =
            self.rows[first..].iter().map(|row| row.body).filter(|id| *id > 0).collect();
        ids.into_iter().map(|id| self.bodies.words()[id as usize - 1].clone()).collect()
    }
}
