//! Rows that could not be kept: file, line, field and reason, stored compactly.

use std::fmt;

use wardmote_domain::coordinates::CoordinateError;
use wardmote_domain::period::Month;

use crate::people::may_be_shown;

/// Why a row was refused. The reason never quotes the row, so that it may be shown for any source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Nothing but separators.
    EmptyRow,
    /// Too few or too many fields.
    FieldCount {
        /// Fields in the header.
        expected: usize,
        /// Fields in the row.
        found: usize,
    },
    /// A quotation mark without its partner.
    UnclosedQuote,
    /// Not `YYYY-MM`.
    NotAMonth,
    /// Not a date with its time and zone.
    NotATime,
    /// In none of the declared forms of dates.
    NotADate,
    /// Not one of the declared words.
    NotMapped,
    /// Not metres on the national grid.
    NotMetres,
    /// Before street-level data were first published.
    BeforeFirstMonth,
    /// After the last month that the file can hold.
    AfterLatest {
        /// That month.
        latest: Month,
    },
    /// Another month than the file's name says.
    OtherMonth {
        /// What the name says.
        named: Month,
    },
    /// Not one of the fourteen crime types.
    UnknownCategory,
    /// Not a number in degrees.
    NotANumber,
    /// One of the two coordinates is blank.
    OnlyOneCoordinate,
    /// Longitude and latitude stand in each other's column.
    ExchangedCoordinates,
    /// A place elsewhere.
    OutsideGreatBritain,
    /// Not of the form of an ONS code.
    NotAnAreaCode,
    /// Not of the form of a postcode.
    NotAPostcode,
    /// A reference with a postcode in it.
    HoldsPostcode,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyRow => f.write_str("the row is empty"),
            Self::FieldCount { expected, found } => {
                write!(f, "the row has {found} fields where the header has {expected}")
            }
            Self::UnclosedQuote => {
                f.write_str("a quotation mark is opened and not closed on its line")
            }
            Self::NotAMonth => f.write_str("not a month such as 2024-04"),
            Self::NotADate => f.write_str("a date in none of the declared formats"),
            Self::NotMapped => {
                f.write_str("not one of the words that the source's declaration lists")
            }
            Self::NotMetres => f.write_str("not metres on the British National Grid"),
            Self::NotATime => f.write_str("not a time such as 2024-04-01T13:50:00+00:00"),
            Self::BeforeFirstMonth => {
                write!(f, "before {FIRST_YEAR}-{FIRST_MONTH}, when street-level data begin")
            }
            Self::AfterLatest { latest } => {
                write!(f, "after {latest}, the latest month that the file can hold")
            }
            Self::OtherMonth { named } => {
                write!(f, "another month than the file's name, which says {named}")
            }
            Self::UnknownCategory => f.write_str("not a police.uk crime type"),
            Self::NotANumber => f.write_str("not a number of degrees"),
            Self::OnlyOneCoordinate => f.write_str("blank, although the other coordinate is given"),
            Self::ExchangedCoordinates => f.write_str(
                "longitude and latitude look exchanged: each stands in the other's column",
            ),
            Self::OutsideGreatBritain => f.write_str("the place is outside Great Britain"),
            Self::NotAnAreaCode => f.write_str("not an area code such as E01005758"),
            Self::NotAPostcode => f.write_str("not a postcode"),
            Self::HoldsPostcode => f.write_str("holds a postcode, and none is ever stored"),
        }
    }
}

impl From<CoordinateError> for Reason {
    fn from(error: CoordinateError) -> Self {
        match error {
            CoordinateError::Exchanged { .. } => Self::ExchangedCoordinates,
            CoordinateError::OutsideGreatBritain { .. } | CoordinateError::NotMetres { .. } => {
                Self::OutsideGreatBritain
            }
        }
    }
}

/// The year in which data.police.uk begins.
pub(super) const FIRST_YEAR: i16 = 2010;
/// The month of that year.
pub(super) const FIRST_MONTH: u8 = 12;

/// One refused row, or a run of rows on consecutive lines refused alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line of the first row, counted from 1, the header's line included.
    pub first_line: u32,
    /// Line of the last row.
    pub last_line: u32,
    /// Rows.
    pub count: u64,
    /// The column, where one is to blame.
    pub field: Option<String>,
    /// Why.
    pub reason: Reason,
    /// The offending text of the first row, at most 80 characters; always `None` for a source whose
    /// text may not be kept, and for a text that holds a postcode or names a person.
    pub text: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first_line == self.last_line {
            write!(f, "line {}: ", self.first_line)?;
        } else {
            write!(f, "lines {} to {}: ", self.first_line, self.last_line)?;
        }
        if let Some(field) = &self.field {
            write!(f, "{field}: ")?;
        }
        if let Some(text) = &self.text {
            write!(f, "{text:?}: ")?;
        }
        write!(f, "{}", self.reason)
    }
}

/// What one row did wrong, before it has a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fault<'a> {
    pub(super) field: Option<&'a str>,
    pub(super) reason: Reason,
    pub(super) text: &'a [u8],
}

/// The refusals of one file.
#[derive(Debug)]
pub(super) struct RefusalLog {
    keep_text: bool,
    refusals: Vec<Refusal>,
    n_rows: u64,
}

/// From this many refusals on, runs are joined even where the offending texts differ, so that a file
/// in which every row is wrong cannot fill the memory.
const JOIN_FROM: usize = 10_000;
const TEXT_CHARS: usize = 80;

impl RefusalLog {
    pub(super) fn new(keep_text: bool) -> Self {
        Self { keep_text, refusals: Vec::new(), n_rows: 0 }
    }

    pub(super) fn add(&mut self, line: u32, fault: Fault<'_>) {
        self.n_rows += 1;
        let text = (self.keep_text && !fault.text.is_empty())
            .then(|| String::from_utf8_lossy(fault.text))
            .filter(|text| may_be_shown(text))
            .map(|text| text.chars().take(TEXT_CHARS).collect::<String>());
        let join_any_text = self.refusals.len() >= JOIN_FROM;
        if let Some(last) = self.refusals.last_mut() {
            let alike = last.reason == fault.reason && last.field.as_deref() == fault.field;
            if alike && last.last_line + 1 == line && (join_any_text || last.text == text) {
                last.last_line = line;
                last.count += 1;
                return;
            }
        }
        let (field, reason) = (fault.field.map(str::to_owned), fault.reason);
        self.refusals.push(Refusal {
            first_line: line,
            last_line: line,
            count: 1,
            field,
            reason,
            text,
        });
    }

    pub(super) fn n_rows(&self) -> u64 {
        self.n_rows
    }

    pub(super) fn into_refusals(self) -> Vec<Refusal> {
        self.refusals
    }
}
