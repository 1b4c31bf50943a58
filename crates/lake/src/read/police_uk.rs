//! The monthly files of data.police.uk: which rows are kept, and what each kept row says.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use simd_csv::ZeroCopyByteRecord;
use wardmote_domain::coordinates::{BritishNationalGrid, Wgs84};
use wardmote_domain::period::Month;

use super::cells::{cell, decimal, month, ons_code_key};
use super::encoding::decode;
use super::error::ReadError;
use super::form::{Form, N_EXTRAS};
use super::header::{Columns, find_columns};
use super::incidents::{FoundBy, IncidentRow, Incidents};
use super::known_areas::{KnownAreas, NONE};
use super::parallel::ReadRequest;
use super::projection::Projection;
use super::refusal::{FIRST_MONTH, FIRST_YEAR, Fault, Reason, RefusalLog};
use super::rows::{Line, Records};
use super::words::Words;

/// What became of one file's rows.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) rows_read: u64,
    pub(super) rows_kept: u64,
    pub(super) refusals: RefusalLog,
    pub(super) without_place: u64,
    pub(super) unrecognised_areas: u64,
    pub(super) unrecognised_codes: BTreeSet<String>,
    /// Rows with a part of a postcode.
    pub(super) half_postcodes: u64,
    /// Rows with a postcode that no lookup knows.
    pub(super) unknown_postcodes: u64,
    pub(super) months: Option<(Month, Month)>,
    pub(super) bodies: BTreeSet<String>,
    pub(super) notes: Vec<String>,
    pub(super) looks_cut_short: bool,
}

impl Tally {
    pub(super) fn new(refusals: RefusalLog) -> Self {
        Self {
            rows_read: 0,
            rows_kept: 0,
            refusals,
            without_place: 0,
            unrecognised_areas: 0,
            unrecognised_codes: BTreeSet::new(),
            half_postcodes: 0,
            unknown_postcodes: 0,
            months: None,
            bodies: BTreeSet::new(),
            notes: Vec::new(),
            looks_cut_short: false,
        }
    }

    /// Counts a row that is kept.
    pub(super) fn keep(&mut self, month: Month, without_place: bool, found_by: FoundBy) {
        self.rows_kept += 1;
        self.without_place += u64::from(without_place);
        self.unrecognised_areas += u64::from(found_by == FoundBy::NotRecognised);
        let (first, last) = self.months.unwrap_or((month, month));
        self.months = Some((first.min(month), last.max(month)));
    }
}

/// What a file's name says.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named<'a> {
    pub(super) month: Option<Month>,
    /// The force, where no column says who reported a row.
    pub(super) force: Option<&'a str>,
}

/// Adds a file's rows to `incidents`.
///
/// On an error nothing of the file may be kept; the caller takes back what was added.
pub(super) fn read_file(
    bytes: &[u8],
    named: Named<'_>,
    request: &ReadRequest<'_>,
    known_areas: &mut KnownAreas<'_>,
    incidents: &mut Incidents,
) -> Result<Tally, ReadError> {
    let decoded = decode(bytes)?;
    if !decoded.text.contains('\n') && decoded.text.trim_end().contains('\r') {
        return Err(ReadError::LineEnds);
    }
    let records = Records::open(&decoded.text)?;
    let (columns, unknown) = find_columns(request.form, records.header())?;
    let mut reader = Reader::new(columns, named, request, known_areas, incidents);
    reader
        .tally
        .notes
        .extend(unknown.iter().map(|name| format!("the column {name:?} is not stored")));
    let blank_lines = records.visit(|line, found| reader.read(line, &found))?;
    let mut tally = reader.finish()?;
    tally.notes.extend(decoded.note.map(str::to_owned));
    if blank_lines > 0 {
        tally.notes.push(format!("{blank_lines} blank lines"));
    }
    if tally.rows_read == 0 {
        tally.notes.push("a header without rows".to_owned());
    }
    Ok(tally)
}

/// Reads rows of one file into the incidents of many.
struct Reader<'r, 'p> {
    columns: Columns,
    named: Named<'r>,
    london: TimeZone,
    latest: Month,
    known_areas: &'r mut KnownAreas<'p>,
    incidents: &'r mut Incidents,
    tally: Tally,
    first_row: usize,
    other_month: Option<Month>,
    last_month: ([u8; 7], Option<Month>),
}

impl<'r, 'p> Reader<'r, 'p> {
    fn new(
        columns: Columns,
        named: Named<'r>,
        request: &ReadRequest<'_>,
        known_areas: &'r mut KnownAreas<'p>,
        incidents: &'r mut Incidents,
    ) -> Self {
        let tally = Tally::new(RefusalLog::new(request.keep_text));
        let first_row = incidents.len();
        let latest = request.latest;
        let last_month = ([0; 7], None);
        Self {
            columns,
            named,
            london: london(),
            latest,
            known_areas,
            incidents,
            tally,
            first_row,
            other_month: None,
            last_month,
        }
    }

    fn read(&mut self, line: u32, found: &Line<'_>) {
        self.tally.rows_read += 1;
        let result = match found {
            Line::Record(record) => self.row(line, record),
            Line::UnclosedQuote(text) => {
                Err(Fault { field: None, reason: Reason::UnclosedQuote, text })
            }
        };
        // Only the last row's state counts: a file that goes on was not cut there.
        self.tally.looks_cut_short = false;
        if let Err(fault) = result {
            self.tally.looks_cut_short = matches!(
                fault.reason,
                Reason::UnclosedQuote | Reason::FieldCount { .. } | Reason::EmptyRow
            );
            self.tally.refusals.add(line, fault);
        }
    }

    fn row<'a>(&mut self, line: u32, record: &'a ZeroCopyByteRecord<'a>) -> Result<(), Fault<'a>> {
        let columns = self.columns;
        if record.len() != columns.width || record.get(columns.when).is_none_or(<[u8]>::is_empty) {
            self.check_shape(record)?;
        }
        let form = self.incidents.form;
        let (month, time) = match form {
            Form::StopAndSearch => self.time(record)?,
            Form::Street | Form::Outcomes | Form::Mapped => (self.month(record)?, None),
        };
        let kind_cell = cell(record, columns.kind);
        let kind = match form {
            Form::Street => self.incidents.kinds.known(&kind_cell),
            _ => Some(self.incidents.kinds.number(&kind_cell)),
        };
        let Some(kind) = kind else {
            return Err(fault(record, columns.kind, form.heads().kind, Reason::UnknownCategory));
        };
        let place = self.place(record)?;
        let (area, found_by) = self.area(record, place)?;
        let force = self.named.force.unwrap_or_default().as_bytes();
        let word = |words: &mut Words, index: Option<usize>, otherwise| match index {
            Some(index) => words.id(&cell(record, index)),
            None => words.id(otherwise),
        };
        let body = word(&mut self.incidents.bodies, columns.reported_by, force);
        let falls_within = word(&mut self.incidents.forces, columns.falls_within, force);
        let outcome = word(&mut self.incidents.outcomes, columns.outcome, b"");
        let source_id = columns.id.map(|index| cell(record, index)).unwrap_or_default();
        let row = IncidentRow {
            month,
            kind,
            body,
            falls_within,
            outcome,
            place,
            area,
            found_by,
            flags: 0,
            line,
            load: self.incidents.load(),
        };
        self.incidents.push(row, &source_id);
        if form == Form::StopAndSearch {
            self.incidents.times.push(time);
            let words = self.incidents.extra_words.iter_mut().zip(columns.extras);
            let mut extras = [0; N_EXTRAS];
            for (extra, (words, index)) in extras.iter_mut().zip(words) {
                *extra = words.id(&cell(record, index));
            }
            self.incidents.extras.push(extras);
        }
        self.tally.keep(month, place.is_none(), found_by);
        Ok(())
    }

    /// Refuses a row that is empty or has another number of fields than the header.
    fn check_shape<'a>(&self, record: &'a ZeroCopyByteRecord<'a>) -> Result<(), Fault<'a>> {
        let blank =
            record.as_slice().iter().all(|byte| matches!(byte, b',' | b' ' | b'\t' | b'"' | b'\r'));
        let (expected, found) = (self.columns.width, record.len());
        if blank {
            Err(Fault { field: None, reason: Reason::EmptyRow, text: b"" })
        } else if expected == found {
            Ok(())
        } else {
            Err(Fault {
                field: None,
                reason: Reason::FieldCount { expected, found },
                text: record.as_slice(),
            })
        }
    }

    fn month<'a>(&mut self, record: &'a ZeroCopyByteRecord<'a>) -> Result<Month, Fault<'a>> {
        let index = self.columns.when;
        let text = cell(record, index);
        let read = if *text == self.last_month.0 { self.last_month.1 } else { month(&text) };
        if let Ok(text) = (*text).try_into() {
            self.last_month = (text, read);
        }
        let Some(read) = read else {
            return Err(fault(record, index, "Month", Reason::NotAMonth));
        };
        self.within(read).map_err(|reason| fault(record, index, "Month", reason)).map(|()| read)
    }

    /// The month of a date with its time, by the clock of the place: an hour before midnight in UTC
    /// is the next day in summer.
    fn time<'a>(
        &mut self,
        record: &'a ZeroCopyByteRecord<'a>,
    ) -> Result<(Month, Option<i64>), Fault<'a>> {
        let index = self.columns.when;
        let refuse = |reason| fault(record, index, "Date", reason);
        let text = cell(record, index);
        let time = std::str::from_utf8(&text).ok().and_then(|text| text.parse::<Timestamp>().ok());
        let time = time.ok_or_else(|| refuse(Reason::NotATime))?;
        let date = self.london.to_datetime(time).date();
        let month = Month::of(date).ok_or_else(|| refuse(Reason::NotATime))?;
        self.within(month).map_err(refuse)?;
        Ok((month, Some(time.as_microsecond())))
    }

    /// Refuses a month that the file cannot hold.
    fn within(&mut self, read: Month) -> Result<(), Reason> {
        if (read.year(), read.month_of_year()) < (FIRST_YEAR, FIRST_MONTH) {
            return Err(Reason::BeforeFirstMonth);
        }
        if read > self.latest {
            return Err(Reason::AfterLatest { latest: self.latest });
        }
        match self.named.month {
            Some(named) if named != read => {
                self.other_month = self.other_month.or(Some(read));
                Err(Reason::OtherMonth { named })
            }
            _ => Ok(()),
        }
    }

    fn place<'a>(
        &mut self,
        record: &'a ZeroCopyByteRecord<'a>,
    ) -> Result<Option<BritishNationalGrid>, Fault<'a>> {
        let at = [(self.columns.longitude, "Longitude"), (self.columns.latitude, "Latitude")];
        let refuse = |(index, field), reason| Err(fault(record, index, field, reason));
        let [longitude, latitude] = at.map(|(index, _)| cell(record, index));
        match (longitude.is_empty(), latitude.is_empty()) {
            (true, true) => return Ok(None),
            (true, false) => return refuse(at[0], Reason::OnlyOneCoordinate),
            (false, true) => return refuse(at[1], Reason::OnlyOneCoordinate),
            (false, false) => {}
        }
        let Some(longitude) = decimal(&longitude) else { return refuse(at[0], Reason::NotANumber) };
        let Some(latitude) = decimal(&latitude) else { return refuse(at[1], Reason::NotANumber) };
        let placed =
            Wgs84::new(longitude, latitude).and_then(|place| Projection::new().to_grid(place));
        placed.map(Some).or_else(|error| {
            let longitude_fits = (WEST..=EAST).contains(&longitude);
            refuse(if longitude_fits { at[1] } else { at[0] }, error.into())
        })
    }

    /// The row's area, and how it was found.
    fn area<'a>(
        &mut self,
        record: &'a ZeroCopyByteRecord<'a>,
        place: Option<BritishNationalGrid>,
    ) -> Result<(u32, FoundBy), Fault<'a>> {
        let code = self.columns.lsoa_code.map(|index| cell(record, index)).unwrap_or_default();
        if code.is_empty() {
            let area = place.map_or(NONE, |place| self.known_areas.by_place(place));
            let found = if area == NONE { FoundBy::NotKnown } else { FoundBy::PointInPolygon };
            return Ok((area, found));
        }
        let Some(key) = ons_code_key(&code) else {
            let index = self.columns.lsoa_code.unwrap_or_default();
            return Err(fault(record, index, "LSOA code", Reason::NotAnAreaCode));
        };
        let area = self.known_areas.by_code(key, &code, &mut self.tally.unrecognised_codes);
        Ok((area, if area == NONE { FoundBy::NotRecognised } else { FoundBy::File }))
    }

    fn finish(mut self) -> Result<Tally, ReadError> {
        if let (Some(named), Some(found), 0) =
            (self.named.month, self.other_month, self.tally.rows_kept)
        {
            return Err(ReadError::AnotherMonth { named, found });
        }
        self.tally.bodies = self.incidents.bodies_since(self.first_row);
        Ok(self.tally)
    }
}

/// The clock of England and Wales since 1996, as POSIX writes it.
pub(crate) fn london() -> TimeZone {
    TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC)
}

const WEST: f64 = -9.0;
const EAST: f64 = 2.1;

fn fault<'a>(
    record: &'a ZeroCopyByteRecord<'a>,
    index: usize,
    field: &'static str,
    reason: Reason,
) -> Fault<'a> {
    Fault { field: Some(field), reason, text: record.get(index).unwrap_or_default() }
}
