//! How a partner's own table is read, as `sources/*.toml` declares it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::civil::DateTime;
use jiff::fmt::strtime;
use serde::Deserialize;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

use crate::people::Turned;

/// What the columns of a partner's table mean. Columns that are not named here are never stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The sheet of a workbook; the first if not given.
    pub sheet: Option<String>,
    /// The row that holds the headings, from 1.
    pub heading_row: usize,
    /// Which column holds what.
    pub columns: MappedColumns,
    /// The partner's words for kinds of event, with the short name that each counts under.
    pub categories: BTreeMap<String, Category>,
    /// The partner's words for outcomes that may be stored, as they are to read.
    pub outcomes: BTreeMap<String, String>,
    /// Who reports the rows.
    pub body: String,
    /// The area in which all its rows lie, for a table that does not say where.
    pub area: Option<AreaCode>,
    /// Marks that may overlap, by short name.
    pub flags: BTreeMap<String, FlagColumn>,
    /// The file of the key by which `repeat_of` becomes a pseudonym.
    pub key_file: Option<PathBuf>,
}

/// A column that says whether a row carries a mark.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagColumn {
    /// Its heading.
    pub column: String,
    /// The words that say yes.
    pub yes: Vec<String>,
    /// The words that say no; blank says no too.
    pub no: Vec<String>,
}

/// Headings of a partner's table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumns {
    /// The partner's own reference, which must not be a person's; open sources only.
    pub id: Option<String>,
    /// When.
    pub date: DateColumn,
    /// What.
    pub category: String,
    /// The code of the small area.
    pub lsoa: Option<String>,
    /// Metres east, EPSG:27700.
    pub easting: Option<String>,
    /// Metres north, EPSG:27700.
    pub northing: Option<String>,
    /// Degrees east, WGS84.
    pub longitude: Option<String>,
    /// Degrees north, WGS84.
    pub latitude: Option<String>,
    /// The postcode, which becomes a small area and is not stored.
    pub postcode: Option<String>,
    /// A reference that may be a person's or a household's, by which events repeat; it becomes a keyed
    /// pseudonym and is not stored.
    pub repeat_of: Option<String>,
    /// What became of it.
    pub outcome: Option<String>,
}

/// A column of dates and the forms in which they are written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateColumn {
    /// Its heading.
    pub heading: String,
    /// Forms such as `%d/%m/%Y`, tried in this order; a workbook's own dates, and ISO dates, need none.
    #[serde(default)]
    pub formats: Vec<String>,
}

/// What the columns of a table of totals mean.
#[derive(Debug, Clone, PartialEq)]
pub struct TotalsMapping {
    /// The source.
    pub source: String,
    /// The sheet of a workbook; the first if not given.
    pub sheet: Option<String>,
    /// The row that holds the headings, from 1.
    pub heading_row: usize,
    /// The level of its areas.
    pub level: AreaLevel,
    /// The area of a table that has no column for it.
    pub area: Option<String>,
    /// The kind of event of a table that has no column for it.
    pub category: Option<Category>,
    /// Which column holds what.
    pub columns: TotalsColumns,
    /// The source's words for kinds of event; if there are none, each word is a kind of its own.
    pub categories: BTreeMap<String, Category>,
    /// The source that brings those words instead; a word that it does not name is a kind of its own.
    pub category_lookup: Option<String>,
}

/// Headings of a table of totals. Without `month` or `financial_year` its numbers have no date, and
/// then they are in no measure.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TotalsColumns {
    /// The area, by name or code.
    pub area: Option<String>,
    /// What.
    pub category: Option<String>,
    /// How many.
    pub number: String,
    /// A year such as 2017/18.
    pub financial_year: Option<String>,
    /// Its quarter, from 1 (April to June) to 4.
    pub quarter: Option<String>,
    /// A month.
    pub month: Option<DateColumn>,
}

/// What the columns of a table of statistics mean.
#[derive(Debug, Clone, PartialEq)]
pub struct StatisticsMapping {
    /// The source.
    pub source: String,
    /// The sheet of a workbook; the first if not given.
    pub sheet: Option<String>,
    /// The row that holds the headings, from 1.
    pub heading_row: usize,
    /// The level of its areas; a table that gives regions and England beside districts says the
    /// districts' level.
    pub level: AreaLevel,
    /// When, for a table that has no column for it.
    pub period: String,
    /// What is counted, for a table that has no column for it.
    pub unit: String,
    /// Which column holds what.
    pub columns: StatisticsColumns,
}

/// Headings of a table of statistics.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatisticsColumns {
    /// The area's code.
    pub area: String,
    /// When.
    pub period: Option<String>,
    /// What is counted or measured; without it, the heading of each number says so.
    pub indicator: Option<String>,
    /// Of whom: sex, age, tenure.
    #[serde(default)]
    pub breakdown: Vec<String>,
    /// As what: count, percentage, rate.
    pub measure: Option<String>,
    /// Of what.
    pub unit: Option<String>,
    /// The columns that hold numbers; if not given, all that are not named here.
    pub values: Option<Vec<String>>,
    /// Columns that are not stored, such as names of areas.
    #[serde(default)]
    pub not_stored: Vec<String>,
}

/// How a survey is read.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyMapping {
    /// The source.
    pub source: String,
    /// The sheet of a workbook; the first if not given.
    pub sheet: Option<String>,
    /// The row that holds the headings, from 1.
    pub heading_row: usize,
    /// The level of its areas.
    pub level: AreaLevel,
    /// The wave of a file that has no column for it, such as `2023/24`.
    pub wave: String,
    /// One line for each respondent, or for each answer.
    pub shape: SurveyShape,
    /// The questions by short name; a table of answers may leave them out.
    pub questions: BTreeMap<String, SurveyQuestion>,
}

/// What one line of a survey's file is.
#[derive(Debug, Clone, PartialEq)]
pub enum SurveyShape {
    /// A respondent.
    Respondents(RespondentColumns),
    /// An answer with its number of respondents.
    Answers {
        /// Which column holds what.
        columns: AnswerColumns,
        /// Kish's design effect, as the publisher states it; 1 for an unweighted survey.
        design_effect: f64,
    },
}

/// Headings of a file of respondents.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RespondentColumns {
    /// The area's code.
    pub area: String,
    /// The respondent's weight.
    pub weight: Option<String>,
    /// The wave.
    pub wave: Option<String>,
    /// What respondents are told apart by, such as ethnic group.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// Headings of a table of answers.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerColumns {
    /// The area's code.
    pub area: String,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// How many respondents gave it, unweighted.
    pub respondents: String,
    /// Their weighted number.
    pub weighted: Option<String>,
    /// The group; blank for all.
    pub group: Option<String>,
    /// The wave.
    pub wave: Option<String>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyQuestion {
    /// The heading of its column, if that is not its short name.
    pub column: Option<String>,
    /// As it was asked.
    pub text: String,
    /// The answers that can stand there.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Words that are no answer and in no base, such as "Don't know".
    #[serde(default)]
    pub not_answered: Vec<String>,
}

/// The month of a cell and the moment, where it says one; in the declared formats or in ISO form.
pub(crate) fn month_of(text: &str, formats: &[String]) -> Option<(Month, Option<DateTime>)> {
    let iso = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%Y-%m"];
    let read = |format: &str| {
        let parts = strtime::parse(format, text).ok()?;
        if let Ok(moment) = parts.to_datetime() {
            return Some((Month::of(moment.date())?, Some(moment)));
        }
        if let Ok(date) = parts.to_date() {
            return Some((Month::of(date)?, Some(DateTime::from(date))));
        }
        // A form with a day says a date, and 31 February is none.
        if parts.day().is_some() {
            return None;
        }
        Some((Month::new(parts.year()?, parts.month()?)?, None))
    };
    formats.iter().map(String::as_str).chain(iso).find_map(read)
}

impl MappedColumns {
    /// The columns that are turned into something else before anything is stored.
    pub(crate) fn turned(&self) -> Turned<'_> {
        Turned { postcode: self.postcode.as_deref(), repeat_of: self.repeat_of.as_deref() }
    }

    /// The headings that are declared.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        let optional = [
            &self.id,
            &self.lsoa,
            &self.easting,
            &self.northing,
            &self.longitude,
            &self.latitude,
            &self.postcode,
            &self.repeat_of,
            &self.outcome,
        ];
        let optional = optional.into_iter().filter_map(Option::as_deref);
        [self.date.heading.as_str(), self.category.as_str()].into_iter().chain(optional)
    }
}
