//! Columns as numbers, counts, words and dates.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime};
use wardmote_domain::period::Month;

use super::{At, OwnFile, OwnFileError};

/// When a row happened, as exactly as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In a month.
    Month(Month),
    /// On a day.
    Day(Date),
    /// At a minute.
    Minute(DateTime),
}

impl When {
    /// The month.
    pub fn month(self) -> Option<Month> {
        match self {
            Self::Month(month) => Some(month),
            Self::Day(date) => Month::of(date),
            Self::Minute(at) => Month::of(at.date()),
        }
    }

    /// The day, where it is known.
    pub fn day(self) -> Option<Date> {
        match self {
            Self::Month(_) => None,
            Self::Day(date) => Some(date),
            Self::Minute(at) => Some(at.date()),
        }
    }
}

impl OwnFile {
    /// The cells of a column, with where they stand.
    pub(crate) fn cells(
        &self,
        column: &str,
    ) -> Result<impl Iterator<Item = (At, &str)>, OwnFileError> {
        let mut found = self.headings.iter().enumerate().filter(|(_, name)| *name == column);
        let Some((index, _)) = found.next() else {
            let has = self.headings.join(", ");
            return Err(OwnFileError::NoColumn {
                file: self.name.clone(),
                column: column.into(),
                has,
            });
        };
        if found.next().is_some() {
            return Err(OwnFileError::TwoColumns {
                file: self.name.clone(),
                column: column.into(),
            });
        }
        Ok(self
            .rows
            .iter()
            .map(move |row| (row.at, row.cells.get(index).map_or("", String::as_str))))
    }

    fn parsed<T>(
        &self,
        column: &str,
        wanted: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, OwnFileError> {
        self.cells(column)?
            .map(|(at, text)| {
                parse(text).ok_or_else(|| OwnFileError::Cell {
                    file: self.name.clone(),
                    at,
                    column: column.to_owned(),
                    text: text.to_owned(),
                    wanted,
                })
            })
            .collect()
    }

    /// A column of finite numbers.
    pub fn numbers(&self, column: &str) -> Result<Vec<f64>, OwnFileError> {
        let wanted = "a number such as 12 or 3.5; leave out the row if it is not known";
        self.parsed(column, wanted, |text| text.parse().ok().filter(|x: &f64| x.is_finite()))
    }

    /// A column of counts.
    pub fn counts(&self, column: &str) -> Result<Vec<u64>, OwnFileError> {
        let wanted = "a count such as 0 or 12; leave out the row if it is not known";
        self.parsed(column, wanted, |text| text.parse().ok())
    }

    /// A column of words, none empty.
    pub fn words(&self, column: &str) -> Result<Vec<String>, OwnFileError> {
        let wanted = "a name; none may be empty";
        self.parsed(column, wanted, |text| (!text.is_empty()).then(|| text.to_owned()))
    }

    /// Names for the rows, each once: of a column, or the position of the row.
    pub fn ids(&self, column: Option<&str>) -> Result<Vec<String>, OwnFileError> {
        let Some(column) = column else {
            return Ok((1..=self.rows.len()).map(|position| position.to_string()).collect());
        };
        let ids = self.words(column)?;
        let mut seen = BTreeSet::new();
        for (id, row) in ids.iter().zip(&self.rows) {
            if !seen.insert(id) {
                let (file, at) = (self.name.clone(), row.at);
                return Err(OwnFileError::Twice {
                    file,
                    at,
                    column: column.into(),
                    text: id.clone(),
                });
            }
        }
        Ok(ids)
    }

    /// A column of months, days or minutes.
    pub fn dates(&self, column: &str) -> Result<Vec<When>, OwnFileError> {
        self.parsed(column, DATE_WANTED, parse_when)
    }

    /// A column of minutes.
    pub fn minutes(&self, column: &str) -> Result<Vec<DateTime>, OwnFileError> {
        let wanted = "a day with a time such as 2024-03-15 22:10";
        self.parsed(column, wanted, |text| match parse_when(text)? {
            When::Minute(at) => Some(at),
            When::Month(_) | When::Day(_) => None,
        })
    }

    /// Where a row stands, for an error about it.
    pub(crate) fn at(&self, row_index: usize) -> At {
        self.rows.get(row_index).map_or(At::Line(0), |row| row.at)
    }
}

const DATE_WANTED: &str =
    "a month 2024-03, a day 2024-03-15 or 15/03/2024, or a time 2024-03-15 22:10";

fn parse_when(text: &str) -> Option<When> {
    const TIMES: [&str; 6] = [
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%d/%m/%Y %H:%M",
        "%d/%m/%Y %H:%M:%S",
    ];
    let day = |form| Date::strptime(form, text).ok().map(When::Day);
    let time = |form: &&str| DateTime::strptime(form, text).ok().map(When::Minute);
    let month = text.parse().ok().map(When::Month);
    month
        .or_else(|| day("%Y-%m-%d"))
        .or_else(|| day("%d/%m/%Y"))
        .or_else(|| TIMES.iter().find_map(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_exactly_as_they_are_written() {
        let day = jiff::civil::date(2024, 3, 15);
        assert_eq!(parse_when("2024-03"), Month::new(2024, 3).map(When::Month));
        assert_eq!(parse_when("2024-03-15"), Some(When::Day(day)));
        assert_eq!(parse_when("15/03/2024"), Some(When::Day(day)));
        assert_eq!(parse_when("15/03/2024 22:10"), Some(When::Minute(day.at(22, 10, 0, 0))));
        assert_eq!(parse_when("2024-03-15T22:10:30"), Some(When::Minute(day.at(22, 10, 30, 0))));
        for wrong in ["", "03/2024", "2024-13", "15/13/2024", "2024-02-30", "yesterday"] {
            assert_eq!(parse_when(wrong), None, "{wrong}");
        }
    }
}
