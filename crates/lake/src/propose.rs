//! Proposes how a partner's table is to be read, from what stands in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use jiff::fmt::strtime;
use wardmote_domain::category::Category;

use crate::people::{
    PersonalColumn, Turned, Written, looks_like_headings, may_be_shown, personal_column,
};
use crate::read::ReadError;
use crate::sheet::Sheet;

/// What a table looks like, and a declaration to begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// A declaration for `sources/*.toml`; what could not be told stands in it as a comment.
    pub declaration: String,
    /// Columns that would not be stored.
    pub not_stored: Vec<String>,
    /// The heading of a column of postcodes, which would become small areas and be dropped.
    pub postcode: Option<String>,
    /// What has to be settled by hand before the table can be loaded.
    pub open_questions: Vec<String>,
    /// The heading that names people, if one does: such a table is not loaded at all.
    pub names_people: Option<String>,
}

/// Rows that are looked at.
const LOOKED_AT: usize = 500;
/// A column with more words than this is no list of kinds.
const MOST_KINDS: usize = 60;

const DATE_FORMATS: [&str; 9] = [
    "%d/%m/%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%d-%m-%Y",
    "%d %b %Y",
    "%d-%b-%y",
    "%d/%m/%y",
    "%b %Y",
    "%b-%y",
];

impl Proposal {
    /// Looks at a table's content.
    pub fn of(bytes: &[u8]) -> Result<Self, ReadError> {
        let (heading_row, sheet) = headings(bytes)?;
        let columns: Vec<(String, Vec<&str>)> = sheet
            .headings
            .iter()
            .enumerate()
            .map(|(index, heading)| (heading.clone(), cells(&sheet, index)))
            .collect();
        let found = Found::new(&columns);
        let postcode = found.postcode.map(|index| columns[index].0.as_str());
        let turned = Turned { postcode, repeat_of: None };
        let names_people =
            personal_column(&sheet, turned).map(|PersonalColumn { heading, .. }| heading);
        Ok(found.proposal(heading_row, &columns, names_people))
    }
}

/// Of the first rows, the first that has a heading in most of its columns.
fn headings(bytes: &[u8]) -> Result<(usize, Sheet), ReadError> {
    let mut first_error = None;
    for row in 1..=10 {
        match Sheet::read(bytes, None, row) {
            Ok(sheet) => {
                let width = sheet.rows.iter().map(|row| filled(&row.cells)).max().unwrap_or(0);
                if filled(&sheet.headings) * 2 > width
                    && width > 1
                    && looks_like_headings(&sheet.headings)
                {
                    return Ok((row, sheet));
                }
            }
            Err(error) => {
                first_error.get_or_insert(error);
            }
        }
    }
    Err(first_error.unwrap_or(ReadError::NoHeadings { row: 1 }))
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !cell.is_empty()).count()
}

fn cells(sheet: &Sheet, index: usize) -> Vec<&str> {
    let cells = sheet.rows.iter().take(LOOKED_AT).filter_map(|row| row.cells.get(index));
    cells.map(String::as_str).filter(|cell| !cell.is_empty()).collect()
}

/// How dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateForm {
    Iso,
    As(&'static str),
}

/// The columns that were recognised.
#[derive(Default)]
struct Found {
    date: Option<(usize, DateForm)>,
    lsoa: Option<usize>,
    easting: Option<usize>,
    northing: Option<usize>,
    longitude: Option<usize>,
    latitude: Option<usize>,
    postcode: Option<usize>,
    category: Option<usize>,
    outcome: Option<usize>,
}

impl Found {
    fn new(columns: &[(String, Vec<&str>)]) -> Self {
        let mut found = Self::default();
        for (index, (heading, cells)) in columns.iter().enumerate() {
            let heading = heading.to_lowercase();
            let is_named = |words: &[&str]| words.iter().any(|word| heading.contains(word));
            let within = |least: f64, most: f64| {
                let number =
                    |cell: &&str| cell.parse().is_ok_and(|n: f64| (least..=most).contains(&n));
                !cells.is_empty() && cells.iter().all(number)
            };
            if let (None, Some(format)) = (found.date, date_format(cells)) {
                found.date = Some((index, format));
            } else if found.lsoa.is_none() && mostly(cells, is_lsoa) {
                found.lsoa = Some(index);
            } else if found.postcode.is_none() && mostly(cells, is_postcode) {
                found.postcode = Some(index);
            } else if is_named(&["easting"]) && within(1_000.0, 700_000.0) {
                found.easting = Some(index);
            } else if is_named(&["northing"]) && within(1_000.0, 1_300_000.0) {
                found.northing = Some(index);
            } else if is_named(&["lon", "lng"]) && within(-9.0, 3.0) {
                found.longitude = Some(index);
            } else if is_named(&["lat"]) && within(49.0, 61.0) {
                found.latitude = Some(index);
            } else if found.outcome.is_none() && is_named(&["outcome", "result", "disposal"]) {
                found.outcome = Some(index);
            }
        }
        found.category = kinds(columns, &found);
        found
    }

    fn declared(&self) -> BTreeSet<usize> {
        let date = self.date.map(|(index, _)| index);
        let others = [
            date,
            self.lsoa,
            self.easting,
            self.northing,
            self.longitude,
            self.latitude,
            self.postcode,
            self.category,
            self.outcome,
        ];
        others.into_iter().flatten().collect()
    }

    fn proposal(
        &self,
        heading_row: usize,
        columns: &[(String, Vec<&str>)],
        names_people: Option<String>,
    ) -> Proposal {
        let heading = |index: usize| toml_text(&columns[index].0);
        let mut questions = Vec::new();
        let mut text = String::from(
            "reader = \"mapped\"\npublisher = \"\"            # who sends it\nlicence = \"\"              # under which terms\ndisclosure = \"controlled\" # or \"open\"\nagreement = \"\"            # the sharing agreement of a controlled source\nmarking = \"\"              # its protective marking, such as OFFICIAL-SENSITIVE\nfiles = [\"\"]              # where its files will lie, such as \"landlord/*.xlsx\"\n",
        );
        let has_point = self.easting.zip(self.northing).or(self.longitude.zip(self.latitude));
        let place = if has_point.is_some() { "exact" } else { "area" };
        let time = match self.date {
            Some((_, DateForm::As(format))) if format.contains("%H") => "minute",
            Some((_, DateForm::As("%b %Y" | "%b-%y"))) => "month",
            _ => "day",
        };
        let _ = writeln!(text, "time_precision = \"{time}\"\nplace_precision = \"{place}\"");
        if let Some(index) = self.lsoa {
            let _ = writeln!(
                text,
                "vintage = \"lsoa-2021\"     # or lsoa-2011: ask, e.g. {}",
                columns[index].1[0]
            );
        }
        if heading_row != 1 {
            let _ = writeln!(text, "heading_row = {heading_row}");
        }
        text.push_str("\n[columns]\n");
        match self.date {
            Some((index, DateForm::Iso)) => {
                let _ = writeln!(text, "date = {{ heading = {} }}", heading(index));
            }
            Some((index, DateForm::As(format))) => {
                let _ = writeln!(
                    text,
                    "date = {{ heading = {}, formats = [\"{format}\"] }}",
                    heading(index)
                );
            }
            None => {
                text.push_str("# date = { heading = \"\", formats = [\"%d/%m/%Y\"] }\n");
                questions.push("no column holds dates: which says when?".to_owned());
            }
        }
        let others = [
            ("category", self.category),
            ("lsoa", self.lsoa),
            ("easting", self.easting),
            ("northing", self.northing),
            ("longitude", self.longitude),
            ("latitude", self.latitude),
            ("postcode", self.postcode),
            ("outcome", self.outcome),
        ];
        for (name, index) in others {
            if let Some(index) = index {
                let why = if name == "postcode" { DROPPED } else { "" };
                let _ = writeln!(text, "{name} = {}{why}", heading(index));
            }
        }
        if self.category.is_none() {
            questions.push("no column holds a short list of kinds: which says what?".to_owned());
        }
        if self.lsoa.is_none() && has_point.is_none() && self.postcode.is_none() {
            questions
                .push("no column says where: rows would be counted without a place".to_owned());
        }
        // The words of a table that names people may be their names.
        let may_quote = names_people.is_none();
        if let Some(index) = self.category.filter(|_| may_quote) {
            text.push_str("\n[categories]\n");
            for words in words(&columns[index].1).keys().filter(|words| may_be_shown(words)) {
                let slug =
                    Category::of_words(words).map_or_else(|| "not-stated".to_owned(), String::from);
                let _ = writeln!(text, "{} = \"{slug}\"", toml_text(words));
            }
        }
        if let Some(index) = self.outcome.filter(|_| may_quote) {
            text.push_str("\n[outcomes]\n");
            let outcomes = words(&columns[index].1);
            if outcomes.len() > MOST_KINDS {
                questions
                    .push(format!("{} looks like free text, which is not stored", heading(index)));
            } else {
                for words in outcomes.keys().filter(|words| may_be_shown(words)) {
                    let _ = writeln!(text, "{0} = {0}", toml_text(words));
                }
            }
        }
        let declared = self.declared();
        let left = columns.iter().enumerate().filter(|(index, _)| !declared.contains(index));
        let not_stored =
            left.map(|(_, (heading, _))| heading.clone()).filter(|heading| !heading.is_empty());
        Proposal {
            declaration: text,
            not_stored: not_stored.collect(),
            postcode: self.postcode.map(|index| columns[index].0.clone()),
            open_questions: questions,
            names_people,
        }
    }
}

/// The column with a short list of words that repeat; one whose heading says so is preferred.
fn kinds(columns: &[(String, Vec<&str>)], found: &Found) -> Option<usize> {
    let taken = found.declared();
    let candidates = columns.iter().enumerate().filter(|(index, (_, cells))| {
        let distinct = words(cells).len();
        let is_number = mostly(cells, |cell| cell.parse::<f64>().is_ok());
        !taken.contains(index) && distinct > 0 && distinct <= MOST_KINDS && !is_number
    });
    candidates
        .max_by_key(|(index, (heading, cells))| {
            let heading = heading.to_lowercase();
            let says_so = ["type", "category", "kind", "crime", "incident", "offence"];
            let named = says_so.iter().any(|word| heading.contains(word));
            (named, cells.len() > 2 * words(cells).len(), std::cmp::Reverse(*index))
        })
        .map(|(index, _)| index)
}

fn words<'a>(cells: &[&'a str]) -> BTreeMap<&'a str, usize> {
    let mut words = BTreeMap::new();
    for cell in cells {
        *words.entry(*cell).or_default() += 1;
    }
    words
}

/// The form of a column's dates, if it holds dates.
fn date_format(cells: &[&str]) -> Option<DateForm> {
    let is_iso = |cell: &str| {
        strtime::parse("%Y-%m-%d", cell.get(..10).unwrap_or(cell)).is_ok()
            || strtime::parse("%Y-%m", cell).is_ok()
    };
    if mostly(cells, is_iso) {
        return Some(DateForm::Iso);
    }
    let formats = DATE_FORMATS.into_iter();
    let fit = |format: &&str| mostly(cells, |cell| strtime::parse(format, cell).is_ok());
    formats.into_iter().find(fit).map(DateForm::As)
}

/// What is said beside a column of postcodes.
const DROPPED: &str =
    " # becomes a small area by a source of reader \"postcode-lookup\", and is dropped";

/// Whole, or a part of one.
fn is_postcode(cell: &str) -> bool {
    matches!(Written::of(cell), Written::Whole(_) | Written::Half)
}

fn is_lsoa(cell: &str) -> bool {
    cell.len() == 9
        && (cell.starts_with("E01") || cell.starts_with("W01"))
        && cell.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}

/// Whether a condition holds for nine cells of ten.
fn mostly(cells: &[&str], holds: impl Fn(&str) -> bool) -> bool {
    !cells.is_empty() && cells.iter().filter(|cell| holds(cell)).count() * 10 >= cells.len() * 9
}

fn toml_text(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hurried_export_is_understood() {
        let mut text =
            String::from("Return for May (invented)\n\nRef,Reported,Type,LSOA,Officer notes\n");
        for n in 0..20 {
            let kind = ["Noise nuisance", "Youths"][n % 2];
            let _ = writeln!(text, "{n},{:02}/05/2024,{kind},E01015700,note number {n}", n + 1);
        }
        let proposal = Proposal::of(text.as_bytes()).unwrap();
        let declared = &proposal.declaration;
        for line in [
            "heading_row = 3",
            "date = { heading = \"Reported\", formats = [\"%d/%m/%Y\"] }",
            "category = \"Type\"",
            "lsoa = \"LSOA\"",
            "\"Noise nuisance\" = \"noise-nuisance\"",
            "time_precision = \"day\"",
        ] {
            assert!(
                declared.lines().any(|held| held.starts_with(line)),
                "{line} not in {declared}"
            );
        }
        assert_eq!(proposal.not_stored, ["Ref", "Officer notes"]);
        assert_eq!(proposal.open_questions, Vec::<String>::new());
        assert_eq!(proposal.names_people, None);
    }

    #[test]
    fn postcodes_are_proposed_and_said_to_be_dropped() {
        let mut text = String::from("Reported,Type,Victim postcode\n");
        for n in 0..20 {
            let _ = writeln!(text, "{:02}/05/2024,Noise,SK{} 3XE", n + 1, n + 1);
        }
        let proposal = Proposal::of(text.as_bytes()).unwrap();
        assert_eq!(proposal.postcode.as_deref(), Some("Victim postcode"));
        assert_eq!(proposal.names_people, None);
        assert_eq!(proposal.open_questions, Vec::<String>::new());
        let declared = &proposal.declaration;
        assert!(
            declared.contains("postcode = \"Victim postcode\" # becomes a small area"),
            "{declared}"
        );
        assert!(!declared.contains("3XE"), "{declared}");
    }

    #[test]
    fn a_table_that_names_people_is_not_quoted() {
        let mut text = String::from("Reported,Tenant name\n");
        for n in 1..20 {
            let _ = writeln!(text, "{n:02}/05/2024,Aloysius Nobody");
        }
        let proposal = Proposal::of(text.as_bytes()).unwrap();
        assert_eq!(proposal.names_people.as_deref(), Some("Tenant name"));
        assert!(!format!("{proposal:?}").contains("Aloysius"));
        let headless = text.lines().skip(1).collect::<Vec<_>>().join("\n");
        let why = Proposal::of(headless.as_bytes()).unwrap_err().to_string();
        assert!(why.contains("holds no headings"), "{why}");
    }

    #[test]
    fn what_cannot_be_told_is_asked() {
        let proposal = Proposal::of(b"Case,Victim name\n1,x\n2,y\n").unwrap();
        assert_eq!(proposal.names_people.as_deref(), Some("Victim name"));
        assert_eq!(proposal.open_questions.len(), 2, "{:?}", proposal.open_questions);
    }
}
