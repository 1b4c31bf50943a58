//! People stay out: what must not come in with a partner's table.

use crate::sheet::Sheet;

/// Words of headings that name a person, whatever stands in the column.
const PERSONAL: [&str; 26] = [
    "name",
    "forename",
    "forenames",
    "firstname",
    "surname",
    "lastname",
    "fullname",
    "dob",
    "birth",
    "birthdate",
    "email",
    "mail",
    "phone",
    "telephone",
    "mobile",
    "nhs",
    "nino",
    "insurance",
    "passport",
    "address",
    "victim",
    "perpetrator",
    "suspect",
    "offender",
    "complainant",
    "witness",
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

/// A column that names people, with what gave it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PersonalColumn {
    pub(crate) heading: String,
    pub(crate) looks_like: &'static str,
}

/// The first column of a table that looks as if it named people.
///
/// Headings are judged by their words and cells by their form; every column is looked at, declared or
/// not, because a table that holds names was not meant to be shared.
pub(crate) fn personal_column(sheet: &Sheet) -> Option<PersonalColumn> {
    let found =
        |heading: &str, looks_like| PersonalColumn { heading: heading.to_owned(), looks_like };
    for heading in &sheet.headings {
        if let Some(word) = personal_word(heading) {
            return Some(found(heading, word));
        }
    }
    for row in &sheet.rows {
        for (heading, cell) in sheet.headings.iter().zip(&row.cells) {
            if let Some(form) = personal_form(cell) {
                return Some(found(heading, form));
            }
        }
    }
    None
}

fn personal_word(heading: &str) -> Option<&'static str> {
    let mut words: Vec<String> = Vec::new();
    let mut was_small = false;
    for c in heading.chars() {
        // "DateOfBirth" is three words.
        if !c.is_alphanumeric() || (c.is_uppercase() && was_small) {
            words.push(String::new());
        }
        if c.is_alphanumeric() {
            if words.is_empty() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        was_small = c.is_lowercase();
    }
    let of_place = words.iter().any(|word| {
        // "lsoa21" is of its year's areas.
        OF_PLACES.contains(&word.trim_end_matches(|c: char| c.is_ascii_digit()))
    });
    let personal = PERSONAL.into_iter().find(|personal| words.iter().any(|word| word == personal));
    personal.filter(|word| !(of_place && *word == "name"))
}

fn personal_form(cell: &str) -> Option<&'static str> {
    if is_email(cell) {
        return Some("an e-mail address");
    }
    is_nhs_number(cell).then_some("an NHS number")
}

fn is_email(cell: &str) -> bool {
    cell.split(|c: char| c.is_whitespace() || ",;<>()".contains(c)).any(|word| {
        let mut parts = word.split('@');
        let (before, after) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        !before.is_empty()
            && parts.next().is_none()
            && after.split_once('.').is_some_and(|(host, end)| !host.is_empty() && end.len() > 1)
    })
}

/// Ten digits in the form 123 456 7890 whose last is the check digit by modulus 11. Ten digits without
/// blanks could be any reference, so they are none.
fn is_nhs_number(cell: &str) -> bool {
    let parts: Vec<&str> = cell.split([' ', '-']).collect();
    if parts.iter().map(|part| part.len()).ne([3, 3, 4]) {
        return false;
    }
    let digits: Option<Vec<u32>> = parts.concat().chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits else { return false };
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.last() == Some(&((11 - sum % 11) % 11))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_that_name_people_are_seen() {
        for heading in ["Victim name", "SURNAME", "DateOfBirth", "E-mail", "d.o.b / DOB", "NHS no"]
        {
            assert!(personal_word(heading).is_some(), "{heading}");
        }
        for heading in
            ["Ward name", "LSOA Name", "lsoa11_name", "Date", "Category", "Filename", "Number", ""]
        {
            assert_eq!(personal_word(heading), None, "{heading}");
        }
    }

    #[test]
    fn cells_that_name_people_are_seen() {
        // The number is the one that NHS documentation uses as its example; nobody bears it.
        assert_eq!(personal_form("943 476 5919"), Some("an NHS number"));
        assert_eq!(personal_form("943 476 5918"), None);
        assert_eq!(personal_form("write to a.person@example.org"), Some("an e-mail address"));
        for harmless in ["@home", "9434765919", "5 @ 3.50", "12 345 6789"] {
            assert_eq!(personal_form(harmless), None, "{harmless}");
        }
    }
}
