//! People stay out: what must not come in with a partner's table.
//!
//! Headings are judged by their words, cells by their form, and whole columns by what they hold
//! together. What has no form, a bare name in a free text, is not seen; it is never stored either,
//! because only declared columns are, and those must say one of the declared words.

mod forms;
mod postcode;

use std::collections::BTreeSet;

pub(crate) use self::forms::personal_form;
pub use self::postcode::Postcode;
pub(crate) use self::postcode::{Written, holds_postcode, masked};
use crate::sheet::Sheet;

/// Words of headings that name a person, whatever stands in the column.
const PERSONAL: [&str; 41] = [
    "name",
    "names",
    "forename",
    "forenames",
    "firstname",
    "surname",
    "lastname",
    "fullname",
    "initials",
    "alias",
    "aka",
    "dob",
    "born",
    "birth",
    "birthdate",
    "birthday",
    "email",
    "emails",
    "mail",
    "phone",
    "telephone",
    "tel",
    "telno",
    "mobile",
    "mob",
    "landline",
    "nhs",
    "nino",
    "insurance",
    "passport",
    "address",
    "addresses",
    "vrm",
    "vrn",
    "uprn",
    "victim",
    "perpetrator",
    "suspect",
    "offender",
    "complainant",
    "witness",
];

/// Words that only say whose a column is: what is turned into a small area or a pseudonym may have them.
const WHOSE: [&str; 8] =
    ["victim", "perpetrator", "suspect", "offender", "complainant", "witness", "address", "uprn"];

/// Words that give a person away together.
const PAIRS: [([&str; 2], &str); 10] = [
    (["house", "number"], "house number"),
    (["house", "no"], "house number"),
    (["flat", "number"], "flat number"),
    (["flat", "no"], "flat number"),
    (["ni", "number"], "National Insurance number"),
    (["ni", "no"], "National Insurance number"),
    (["vehicle", "registration"], "vehicle registration"),
    (["vehicle", "reg"], "vehicle registration"),
    (["registration", "number"], "vehicle registration"),
    (["number", "plate"], "vehicle registration"),
];

/// Words that make a heading with "name" harmless: the name of an area is nobody's.
const OF_PLACES: [&str; 15] = [
    "area",
    "ward",
    "lsoa",
    "msoa",
    "ltla",
    "lad",
    "csp",
    "pfa",
    "district",
    "borough",
    "council",
    "authority",
    "force",
    "station",
    "street",
];

/// Words beside which "name" is a person's all the same.
const OF_PERSONS: [&str; 18] = [
    "tenant",
    "resident",
    "occupier",
    "owner",
    "officer",
    "customer",
    "client",
    "caller",
    "informant",
    "child",
    "parent",
    "person",
    "patient",
    "contact",
    "first",
    "last",
    "middle",
    "full",
];

/// A column that names people, with what gave it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonalColumn {
    /// Its heading, or its number where the heading itself must not be shown.
    pub(crate) heading: String,
    pub(crate) looks_like: &'static str,
}

/// Columns whose cells are turned into something else before anything is stored.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Turned<'a> {
    /// Into small areas.
    pub(crate) postcode: Option<&'a str>,
    /// Into pseudonyms.
    pub(crate) repeat_of: Option<&'a str>,
}

impl Turned<'_> {
    fn has(&self, heading: &str) -> bool {
        let named = [self.postcode, self.repeat_of].into_iter().flatten();
        named.into_iter().any(|one| one.trim().eq_ignore_ascii_case(heading))
    }
}

/// The first column of a table that looks as if it named people.
///
/// Every column is looked at, declared or not, because a table that holds names was not meant to be
/// shared. Of a column that becomes a pseudonym or a small area the heading may say whose it is.
pub(crate) fn personal_column(sheet: &Sheet, turned: Turned<'_>) -> Option<PersonalColumn> {
    let found = |index: usize, looks_like| PersonalColumn {
        heading: shown_heading(index, &sheet.headings),
        looks_like,
    };
    for (index, heading) in sheet.headings.iter().enumerate() {
        let word = personal_word(heading);
        if let Some(word) = word.filter(|word| !(turned.has(heading) && WHOSE.contains(word))) {
            return Some(found(index, word));
        }
        if let Some(form) = personal_form(heading) {
            return Some(found(index, form));
        }
    }
    for row in &sheet.rows {
        for (index, cell) in row.cells.iter().enumerate() {
            if let Some(form) = personal_form(cell) {
                return Some(found(index, form));
            }
        }
    }
    let n_columns = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
    for index in 0..n_columns {
        if holds_nhs_numbers(sheet, index) {
            return Some(found(index, "NHS numbers"));
        }
    }
    birth_dates(sheet).map(|index| found(index, "birth dates"))
}

/// The first cell of some columns that names a person or holds a postcode, for tables that store those
/// columns as they are; `columns` are places with what to call them.
pub(crate) fn personal_cell<'a>(
    sheet: &Sheet,
    columns: impl IntoIterator<Item = usize> + 'a,
) -> Option<PersonalColumn> {
    for index in columns {
        let mut seen = BTreeSet::new();
        for cell in sheet.rows.iter().filter_map(|row| row.cells.get(index)) {
            // Words recur; each is judged once.
            if !seen.insert(cell.as_str()) {
                continue;
            }
            let form = personal_form(cell).or_else(|| holds_postcode(cell).then_some("a postcode"));
            if let Some(looks_like) = form {
                let heading = shown_heading(index, &sheet.headings);
                return Some(PersonalColumn { heading, looks_like });
            }
        }
    }
    None
}

/// Whether a text may be kept or shown as it stands.
pub(crate) fn may_be_shown(text: &str) -> bool {
    personal_form(text).is_none() && !holds_postcode(text)
}

/// A heading, or its column's number where it must not be shown: a table without headings has a
/// person's row in their place.
pub(crate) fn shown_heading(index: usize, headings: &[String]) -> String {
    match headings.get(index) {
        Some(heading) if !heading.is_empty() && looks_like_headings(headings) => heading.clone(),
        _ => format!("column {}", index + 1),
    }
}

/// The headings of a file, for a message; not if they look like a row of data.
pub(crate) fn shown_headings(headings: &[String]) -> String {
    if looks_like_headings(headings) {
        headings.join(", ")
    } else {
        "a row that looks like data and is not shown".to_owned()
    }
}

/// Whether a row can be one of headings: no day, no person and no postcode stands in it.
pub(crate) fn looks_like_headings(headings: &[String]) -> bool {
    headings.iter().all(|heading| may_be_shown(heading) && year_of(heading).is_none())
}

/// A file's name for a message and for the lake; `None` if the name itself names a person.
pub(crate) fn shown_name(name: &str) -> Option<&str> {
    let base = name.rsplit(['/', '\\', '!']).next().unwrap_or(name);
    // Names of files put lines and dots where a text has blanks.
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem).replace('_', " ");
    (may_be_shown(&stem) && personal_form(base).is_none()).then_some(name)
}

fn personal_word(heading: &str) -> Option<&'static str> {
    let words = words_of(heading);
    let of_place = words.iter().any(|word| OF_PLACES.contains(&word.as_str()));
    let of_person = words.iter().any(|word| OF_PERSONS.contains(&word.as_str()));
    let of_country = words.iter().any(|word| ["country", "uk"].contains(&word.as_str()));
    let is_harmless = |word: &str| match word {
        "name" | "names" => of_place && !of_person,
        "birth" | "born" => of_country,
        _ => false,
    };
    let personal = PERSONAL
        .into_iter()
        .find(|personal| words.iter().any(|word| word == personal) && !is_harmless(personal));
    let paired = || {
        let has = |pair: &[&str; 2]| words.windows(2).any(|two| two == pair);
        PAIRS.into_iter().find(|(pair, _)| has(pair)).map(|(_, looks_like)| looks_like)
    };
    personal.or_else(paired)
}

/// The words of a heading in small letters, without the numbers after them: `DateOfBirth` is three
/// words, "lsoa21" is of its year's areas, "D.O.B." is one.
fn words_of(heading: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_small = false;
    for c in heading.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && was_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        was_small = c.is_lowercase();
    }
    let mut spelt = String::new();
    let mut found = Vec::new();
    for word in words {
        let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
        if word.is_empty() {
            continue;
        }
        if word.chars().count() == 1 {
            spelt.push_str(word);
        } else {
            found.extend((!spelt.is_empty()).then(|| std::mem::take(&mut spelt)));
            found.push(word.to_owned());
        }
    }
    found.extend((!spelt.is_empty()).then_some(spelt));
    found
}

/// Whether a column holds numbers of ten digits that all pass the NHS's check: of five that mean
/// something else, all pass in one column of 160,000.
fn holds_nhs_numbers(sheet: &Sheet, index: usize) -> bool {
    const FEWEST: usize = 5;
    let mut distinct = BTreeSet::new();
    for cell in sheet.rows.iter().filter_map(|row| row.cells.get(index)) {
        if !cell.is_empty() && !forms::is_nhs_number(cell) {
            return false;
        }
        if !cell.is_empty() && distinct.len() < FEWEST {
            distinct.insert(cell);
        }
    }
    distinct.len() >= FEWEST
}

/// A column of days of which half lie more than sixteen years before the last day of the table's
/// latest column: nobody reports events that late, and people are born that early.
fn birth_dates(sheet: &Sheet) -> Option<usize> {
    const FEWEST: usize = 3;
    const YEARS: i16 = 16;
    let years = |index: usize| -> Option<Vec<i16>> {
        let cells = sheet.rows.iter().filter_map(|row| row.cells.get(index));
        let cells: Vec<&String> = cells.filter(|cell| !cell.is_empty()).collect();
        let mut years: Vec<i16> = cells.iter().filter_map(|cell| year_of(cell)).collect();
        years.sort_unstable();
        (years.len() >= FEWEST && years.len() * 10 >= cells.len() * 9).then_some(years)
    };
    let columns: Vec<(usize, Vec<i16>)> =
        (0..sheet.headings.len()).filter_map(|index| Some((index, years(index)?))).collect();
    let latest = columns.iter().filter_map(|(_, years)| years.last()).max()?;
    let is_of_births =
        |years: &[i16]| years.last() < Some(latest) && years[years.len() / 2] < latest - YEARS;
    columns.iter().find(|(_, years)| is_of_births(years)).map(|(index, _)| *index)
}

/// The year of a cell that is a day: 31/12/1990, 31-12-90, 1990-12-31, 31 Dec 1990.
fn year_of(cell: &str) -> Option<i16> {
    let cell =
        cell.split_once(['T']).filter(|(day, _)| day.len() == 10).map_or(cell, |(day, _)| day);
    let parts: Vec<&str> =
        cell.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).take(4).collect();
    let [first, middle, last, ..] = parts[..] else { return None };
    let (day, year) = if first.len() == 4 { (last, first) } else { (first, last) };
    let small = |text: &str, most: i16| {
        text.len() <= 2 && text.parse().is_ok_and(|n: i16| (1..=most).contains(&n))
    };
    let is_month =
        small(middle, 12) || (middle.len() >= 3 && middle.chars().all(|c| c.is_ascii_alphabetic()));
    let year: i16 = match year.len() {
        4 => year.parse().ok()?,
        // Of two digits, the years up to 30 are of this century.
        2 => year.parse().ok().map(|n: i16| if n > 30 { 1900 + n } else { 2000 + n })?,
        _ => return None,
    };
    (small(day, 31) && is_month && (1900..2100).contains(&year)).then_some(year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_that_name_people_are_seen() {
        for heading in [
            "Victim name",
            "SURNAME",
            "DateOfBirth",
            "E-mail",
            "D.O.B.",
            "d o b",
            "Born",
            "NHS no",
            "Address1",
            "Address line 2",
            "House No.",
            "NI number",
            "Victim name (ward)",
            "Tenant name / area",
            "Vehicle reg",
            "Tel.",
            "UPRN",
        ] {
            assert!(personal_word(heading).is_some(), "{heading}");
        }
        for heading in [
            "Ward name",
            "LSOA Name",
            "lsoa11_name",
            "Date",
            "Category",
            "Filename",
            "Number",
            "Country of birth",
            "Reference no",
            "Household reference",
            "",
        ] {
            assert_eq!(personal_word(heading), None, "{heading}");
        }
    }

    fn column(headings: &str, rows: &[&str], turned: Turned<'_>) -> Option<(String, &'static str)> {
        let text = format!("{headings}\n{}\n", rows.join("\n"));
        let sheet = Sheet::read(text.as_bytes(), None, 1).unwrap();
        personal_column(&sheet, turned).map(|found| (found.heading, found.looks_like))
    }

    /// Every number passes the check and is made up.
    #[test]
    fn a_whole_column_gives_itself_away() {
        let nhs = ["9434765919", "9434765870", "9990000018", "9990000026", "9990000034"];
        assert!(nhs.iter().all(|number| forms::is_nhs_number(number)));
        let rows: Vec<String> = nhs.iter().map(|number| format!("{number},x")).collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let none = Turned::default();
        assert_eq!(column("Ref,Kind", &rows, none), Some(("Ref".into(), "NHS numbers")));
        assert_eq!(column("Ref,Kind", &rows[1..], none), None, "four may be chance");

        let births = ["01/05/2024,3/4/1961", "02/05/2024,31/12/1990", "03/05/2024,5 Jun 1985"];
        assert_eq!(column("Reported,When", &births, none), Some(("When".into(), "birth dates")));
        let closed = ["01/05/2024,1/6/2024", "02/05/2024,3/6/2024", "03/05/2010,5/6/2010"];
        assert_eq!(column("Reported,Closed", &closed, none), None);
    }

    #[test]
    fn what_becomes_a_pseudonym_or_an_area_may_say_whose_it_is() {
        let rows = ["A-17,SK1 3XE", "A-18,SK1"];
        let (reference, postcode) = ("Victim reference", "Victim address postcode");
        let headings = format!("{reference},{postcode}");
        assert!(column(&headings, &rows, Turned::default()).is_some());
        let turned = Turned { postcode: Some(postcode), repeat_of: Some(reference) };
        assert_eq!(column(&headings, &rows, turned), None);
        let named = Turned { repeat_of: Some("Victim name"), ..Turned::default() };
        assert!(column("Victim name,Kind", &["A,b"], named).is_some(), "a name is no reference");
    }

    #[test]
    fn a_row_of_data_is_not_shown_as_headings() {
        let data = ["01/05/2024".to_owned(), "A. Nobody".to_owned()];
        assert_eq!(shown_heading(1, &data), "column 2");
        assert!(!shown_headings(&data).contains("Nobody"));
        let headings = ["Reported".to_owned(), "2019".to_owned()];
        assert_eq!(shown_headings(&headings), "Reported, 2019");
    }

    #[test]
    fn names_of_files_are_looked_at() {
        for name in ["x/jane.nobody@example.org.csv", "07700_900123.xlsx", "a!12_Acacia_Avenue.csv"]
        {
            assert_eq!(shown_name(name), None, "{name}");
        }
        for name in [
            "landlord/2024-05.csv",
            "gm_stats19_casualties_2019_jun2024.csv",
            "police/2024-01/2024-01-bedfordshire-street.csv",
        ] {
            assert_eq!(shown_name(name), Some(name));
        }
    }
}
