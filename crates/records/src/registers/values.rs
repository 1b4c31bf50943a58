//! What an item says, and whether it may stand so.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::definition::{Field, FieldKind, FieldRole, Register};
use crate::words::Marking;

/// The longest line and the longest text that a field takes, in characters.
const LONGEST_LINE: usize = 300;
const LONGEST_TEXT: usize = 20_000;

/// What an item says, by field, each as the text that is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, String>);

/// Why a value cannot stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field's id.
    pub field: String,
    /// Its label.
    pub label: String,
    /// What is wrong, and the mend.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.label, self.why)
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Values {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(field, value)| (field.into(), value.into())).collect())
    }
}

impl Values {
    /// The value of a field; empty if there is none.
    pub fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// Puts a value into a field.
    pub fn set(&mut self, field: &str, value: impl Into<String>) {
        self.0.insert(field.to_owned(), value.into());
    }

    /// The value of the field of a role.
    pub fn of(&self, register: &Register, role: FieldRole) -> &str {
        register.role(role).map_or("", |field| self.get(&field.id))
    }

    /// Fields that say something, with what they say.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, value)| (field.as_str(), value.as_str()))
    }

    /// The marking of the item.
    pub fn marking(&self, register: &Register) -> Marking {
        Marking::parse(self.of(register, FieldRole::Marking)).unwrap_or(Marking::Official)
    }

    /// Whether the item holds personal data.
    pub fn is_personal(&self, register: &Register) -> bool {
        let until = register.personal_until.as_ref();
        register.personal || until.is_some_and(|field| self.get(field) != "yes")
    }

    /// Whether the item is to be published.
    pub fn is_published(&self, register: &Register) -> bool {
        self.of(register, FieldRole::Published) == "yes"
    }

    /// The values in the form in which they are stored, or everything that is wrong with them. Empty
    /// ones are left out. Items that they name are not looked for here.
    pub fn checked(&self, register: &Register) -> Result<Self, Vec<Fault>> {
        let mut stored = BTreeMap::new();
        let mut faults = Vec::new();
        for (id, value) in &self.0 {
            if register.field(id).is_none() && !value.trim().is_empty() {
                let why = format!("there is no such field in {}", register.title.to_lowercase());
                faults.push(Fault { field: id.clone(), label: id.clone(), why });
            }
        }
        for field in &register.fields {
            match canonical(field, self.get(&field.id)) {
                Ok(value) if value.is_empty() && field.required => faults.push(missing(field)),
                Ok(value) if value.is_empty() => {}
                Ok(value) => {
                    stored.insert(field.id.clone(), value);
                }
                Err(why) => faults.push(fault(field, why)),
            }
        }
        let stored = Self(stored);
        faults.extend(stored.unpublishable(register));
        if faults.is_empty() { Ok(stored) } else { Err(faults) }
    }

    fn unpublishable(&self, register: &Register) -> Vec<Fault> {
        let Some(published) = register.role(FieldRole::Published) else { return Vec::new() };
        if !self.is_published(register) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        if register.personal || self.marking(register) != Marking::Official {
            let why = "only what is OFFICIAL and names nobody can be published";
            faults.push(fault(published, why.to_owned()));
        }
        let until = register.personal_until.iter();
        let until = until.filter(|until| !register.publication_needs.contains(until));
        for needed in register.publication_needs.iter().chain(until) {
            if self.get(needed) != "yes" {
                let label = register.field(needed).map_or(needed.as_str(), |field| &field.label);
                let why = format!("not before {label:?} is yes");
                faults.push(fault(published, why));
            }
        }
        faults
    }
}

fn fault(field: &Field, why: String) -> Fault {
    Fault { field: field.id.clone(), label: field.label.clone(), why }
}

fn missing(field: &Field) -> Fault {
    let why = match field.kind {
        FieldKind::Choice | FieldKind::YesNo | FieldKind::Item => "choose one",
        FieldKind::Date => "enter a date",
        _ => "enter something",
    };
    fault(field, why.to_owned())
}

/// A value as it is stored, or what is wrong with it.
fn canonical(field: &Field, given: &str) -> Result<String, String> {
    let given = given.trim();
    if given.is_empty() {
        return Ok(String::new());
    }
    let longest = if field.kind == FieldKind::Text { LONGEST_TEXT } else { LONGEST_LINE };
    let length = given.chars().count();
    if length > longest {
        return Err(format!("{length} characters are too many; at most {longest}"));
    }
    if given.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err("it holds characters that cannot be printed".to_owned());
    }
    match field.kind {
        FieldKind::Line => line(field, given),
        FieldKind::Text => Ok(given.replace("\r\n", "\n").replace('\r', "\n")),
        FieldKind::Item => Ok(given.to_owned()),
        FieldKind::Date => date(given).map(|date| date.to_string()).ok_or_else(|| {
            format!("{given:?} is no day; write it as 9 June 2025, 09/06/2025 or 2025-06-09")
        }),
        FieldKind::Number => {
            let plain = given.replace(',', "");
            let whole = plain.strip_suffix(".0").unwrap_or(&plain).parse::<i64>();
            whole.map(|n| n.to_string()).map_err(|_| format!("{given:?} is no whole number"))
        }
        FieldKind::Money => money(given),
        FieldKind::YesNo => match given.to_lowercase().as_str() {
            "yes" | "y" | "true" => Ok("yes".to_owned()),
            "no" | "n" | "false" => Ok("no".to_owned()),
            _ => Err(format!("{given:?} is neither yes nor no")),
        },
        FieldKind::Choice => choice(field, given),
    }
}

fn line(field: &Field, given: &str) -> Result<String, String> {
    if given.contains(['\n', '\r', '\t']) {
        return Err("it must be one line".to_owned());
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let is_plain = given.len() <= 40
        && given.chars().all(plain)
        && given.starts_with(|c: char| c.is_ascii_alphanumeric());
    if field.role == Some(FieldRole::Reference) && !is_plain {
        let why = "write up to 40 letters, digits, dots and hyphens, as in P1.2";
        return Err(why.to_owned());
    }
    Ok(given.to_owned())
}

fn choice(field: &Field, given: &str) -> Result<String, String> {
    let same = |one: &&super::Choice| {
        one.id.eq_ignore_ascii_case(given) || one.label.to_lowercase() == given.to_lowercase()
    };
    field.choices.iter().find(same).map(|choice| choice.id.clone()).ok_or_else(|| {
        let labels: Vec<&str> = field.choices.iter().map(|one| one.label.as_str()).collect();
        format!("{given:?} cannot be chosen; one of: {}", labels.join(", "))
    })
}

/// Pounds, kept with two decimals where there are pence.
fn money(given: &str) -> Result<String, String> {
    let plain: String = given.chars().filter(|c| !matches!(c, '£' | ',' | ' ')).collect();
    let wrong = || format!("{given:?} is no sum of money; write it as 12,500 or 12,500.50");
    let (pounds, pence) = plain.split_once('.').unwrap_or((&plain, ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if pounds.is_empty()
        || pounds.len() > 13
        || !digits(pounds)
        || !digits(pence)
        || pence.len() > 2
    {
        return Err(wrong());
    }
    let pounds: u64 = pounds.parse().map_err(|_| wrong())?;
    Ok(match format!("{pence:0<2}").as_str() {
        "00" => pounds.to_string(),
        pence => format!("{pounds}.{pence}"),
    })
}

/// A day as people in this country write it.
fn date(given: &str) -> Option<Date> {
    if let Ok(date) = given.parse::<Date>() {
        return Some(date);
    }
    let parts: Vec<&str> = given.split(['/', '.', ' ']).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let month = month.parse().ok().or_else(|| month_named(month))?;
    let year: i16 = year.parse().ok()?;
    if !(1900..=2200).contains(&year) {
        return None;
    }
    Date::new(year, month, day.parse().ok()?).ok()
}

fn month_named(name: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let name = name.to_lowercase();
    let is = |month: &str| month == name || (name.len() == 3 && month.starts_with(&name));
    let found = MONTHS.iter().position(|month| is(month))?;
    i8::try_from(found + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str, more: &str) -> Field {
        toml::from_str(&format!("id = \"x\"\nlabel = \"X\"\nkind = \"{kind}\"\n{more}")).unwrap()
    }

    #[track_caller]
    fn check(kind: &str, given: &str, stored: &str) {
        assert_eq!(canonical(&field(kind, ""), given).as_deref(), Ok(stored), "{given}");
    }

    #[track_caller]
    fn refuse(kind: &str, given: &str) {
        assert!(canonical(&field(kind, ""), given).is_err(), "{given}");
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for given in ["2025-06-09", "09/06/2025", "9.6.2025", "9 June 2025", "9 jun 2025"] {
            check("date", given, "2025-06-09");
        }
        check("date", "29/02/2024", "2024-02-29");
        for given in ["29/02/2025", "06/13/2025", "June 2025", "9/6/25", "tomorrow"] {
            refuse("date", given);
        }
    }

    #[test]
    fn sums_keep_their_pence() {
        check("money", "£12,500", "12500");
        check("money", "12500.5", "12500.50");
        check("money", "0.00", "0");
        for given in ["12.505", "-3", "a lot", "", "1e6"].iter().filter(|given| !given.is_empty()) {
            refuse("money", given);
        }
    }

    #[test]
    fn choices_are_found_by_id_or_label() {
        let field = field("choice", "choices = [{ id = \"under-way\", label = \"Under way\" }]");
        for given in ["under-way", "Under way", " UNDER WAY "] {
            assert_eq!(canonical(&field, given).as_deref(), Ok("under-way"));
        }
        let why = canonical(&field, "started").unwrap_err();
        assert_eq!(why, "\"started\" cannot be chosen; one of: Under way");
    }

    #[test]
    fn a_reference_can_stand_in_an_address() {
        let field = field("line", "role = \"reference\"");
        assert!(canonical(&field, "P1.2-b").is_ok());
        for given in ["P 1", "../x", ".x", "P/1", "Ü1"] {
            assert!(canonical(&field, given).is_err(), "{given}");
        }
    }
}
