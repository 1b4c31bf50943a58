//! Months and the periods made of them.
//!
//! Police years run from April to March. Every period is a run of whole months, so that two periods
//! can be asked whether they hold the same months of the year before they are compared.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Why a piece of text is not a month or period, or two periods do not compare.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// Not `YYYY-MM`.
    #[error("{text:?} is not a month such as 2024-04")]
    Month {
        /// What was read.
        text: String,
    },
    /// None of the ways to write a period.
    #[error(
        "{text:?} is not a period; write a month 2024-04, quarter 2024-Q2, calendar year 2024, \
         financial year 2023/24, the year to a month \"year to 2024-11\", or a run 2024-04..2024-11"
    )]
    Period {
        /// What was read.
        text: String,
    },
    /// A part year may be compared only with the same months of another year.
    #[error(
        "{later} covers {later_months} and {earlier} covers {earlier_months}: compare the same months of both years"
    )]
    DifferentMonths {
        /// The later period.
        later: String,
        /// Its months.
        later_months: String,
        /// The earlier period.
        earlier: String,
        /// Its months.
        earlier_months: String,
    },
}

/// One calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month `month` (1 to 12) of `year` (1900 to 2200).
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((1900..=2200).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month in which a date lies; `None` outside 1900 to 2200.
    pub fn of(date: Date) -> Option<Self> {
        Self::new(date.year(), date.month())
    }

    /// The calendar year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month of the year, 1 to 12.
    pub fn month_of_year(self) -> u8 {
        self.month.unsigned_abs()
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        jiff::civil::date(self.year, self.month, 1)
    }

    /// The month `n` months later, or earlier for a negative `n`.
    #[must_use]
    pub fn plus(self, n: i32) -> Self {
        Self::from_index(self.index() + n)
    }

    /// Months since January of year 0; for arithmetic and ordering.
    pub fn index(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }

    fn from_index(index: i32) -> Self {
        Self { year: index.div_euclid(12) as i16, month: index.rem_euclid(12) as i8 + 1 }
    }

    /// The month in words, such as `April 2024`.
    pub fn in_words(self) -> String {
        format!("{} {}", MONTH_NAMES[usize::from(self.month_of_year() - 1)], self.year)
    }
}

/// The months' names, January first.
pub const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl FromStr for Month {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let parse = || {
            let (year, month) = text.split_once('-')?;
            let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
            if !digits(year, 4) || !digits(month, 2) {
                return None;
            }
            Self::new(year.parse().ok()?, month.parse().ok()?)
        };
        parse().ok_or_else(|| PeriodError::Month { text: text.to_owned() })
    }
}

impl TryFrom<String> for Month {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A run of whole months, both ends included, remembered as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    first: Month,
    last: Month,
    written: String,
}

impl Period {
    /// The run from `first` to `last`; an empty run is an error.
    pub fn run(first: Month, last: Month) -> Result<Self, PeriodError> {
        let written = if first == last { first.to_string() } else { format!("{first}..{last}") };
        if first > last {
            return Err(PeriodError::Period { text: written });
        }
        Ok(Self { first, last, written })
    }

    /// The financial year that starts in April of `year`.
    pub fn financial_year(year: i16) -> Option<Self> {
        let first = Month::new(year, 4)?;
        let written = format!("{year}/{:02}", (year + 1).rem_euclid(100));
        Some(Self { first, last: first.plus(11), written })
    }

    /// The first month.
    pub fn first(&self) -> Month {
        self.first
    }

    /// The last month.
    pub fn last(&self) -> Month {
        self.last
    }

    /// How many months it covers.
    pub fn n_months(&self) -> usize {
        (self.last.index() - self.first.index() + 1).unsigned_abs() as usize
    }

    /// Its months, in order.
    pub fn months(&self) -> impl Iterator<Item = Month> + use<> {
        (self.first.index()..=self.last.index()).map(Month::from_index)
    }

    /// Whether a month lies in it.
    pub fn contains(&self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }

    /// The period in words for a sentence, such as `2023/24` or `April to November 2024`.
    pub fn in_words(&self) -> String {
        let (first, last) = (self.first, self.last);
        if !self.written.contains("..")
            && !self.written.starts_with("year to")
            && self.n_months() > 1
        {
            return self.written.clone();
        }
        if first == last {
            return first.in_words();
        }
        if self.written.starts_with("year to") {
            return format!("the year to {}", last.in_words());
        }
        if first.year() == last.year() {
            return format!(
                "{} to {}",
                MONTH_NAMES[usize::from(first.month_of_year() - 1)],
                last.in_words()
            );
        }
        format!("{} to {}", first.in_words(), last.in_words())
    }

    /// Its months of the year, such as `April to November`.
    pub fn months_of_year_in_words(&self) -> String {
        let name = |month: Month| MONTH_NAMES[usize::from(month.month_of_year() - 1)];
        match self.n_months() {
            1 => name(self.first).to_owned(),
            n if n % 12 == 0 => format!("{n} months from {}", name(self.first)),
            n => format!("{n} months from {} to {}", name(self.first), name(self.last)),
        }
    }

    /// Checks that both periods hold the same months of the year, so that season cannot pass for
    /// change.
    pub fn comparable_with(&self, earlier: &Self) -> Result<(), PeriodError> {
        let same_start = self.first.month_of_year() == earlier.first.month_of_year();
        // Whole years hold every month whatever month they start in.
        let whole_years = self.n_months().is_multiple_of(12);
        if self.n_months() == earlier.n_months() && (same_start || whole_years) {
            return Ok(());
        }
        Err(PeriodError::DifferentMonths {
            later: self.to_string(),
            later_months: self.months_of_year_in_words(),
            earlier: earlier.to_string(),
            earlier_months: earlier.months_of_year_in_words(),
        })
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let written = text.trim();
        let (first, last) =
            parse_ends(written).ok_or_else(|| PeriodError::Period { text: text.to_owned() })?;
        Ok(Self { first, last, written: written.to_owned() })
    }
}

fn parse_ends(text: &str) -> Option<(Month, Month)> {
    let year = |s: &str| (s.len() == 4).then(|| s.parse::<i16>().ok()).flatten();
    if let Some((first, last)) = text.split_once("..") {
        let (first, last): (Month, Month) = (first.parse().ok()?, last.parse().ok()?);
        return (first <= last).then_some((first, last));
    }
    if let Some(last) = text.strip_prefix("year to ") {
        let last: Month = last.parse().ok()?;
        return Some((last.plus(-11), last));
    }
    if let Some((start, end)) = text.split_once('/') {
        let start = year(start)?;
        let follows = end.len() == 2 && end.parse::<i16>().ok()? == (start + 1).rem_euclid(100);
        let first = Month::new(start, 4)?;
        return follows.then_some((first, first.plus(11)));
    }
    if let Some((start, quarter)) = text.split_once("-Q") {
        let quarter: i8 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
        let first = Month::new(year(start)?, quarter * 3 - 2)?;
        return Some((first, first.plus(2)));
    }
    if let Some(start) = year(text) {
        let first = Month::new(start, 1)?;
        return Some((first, first.plus(11)));
    }
    let month: Month = text.parse().ok()?;
    Some((month, month))
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.written
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn every_way_to_write_a_period() {
        let check = |text: &str, first: &str, last: &str, words: &str| {
            let period = period(text);
            assert_eq!(
                (period.first().to_string(), period.last().to_string()),
                (first.into(), last.into()),
                "{text}"
            );
            assert_eq!(period.in_words(), words);
        };
        check("2024-04", "2024-04", "2024-04", "April 2024");
        check("2024-Q2", "2024-04", "2024-06", "2024-Q2");
        check("2023", "2023-01", "2023-12", "2023");
        check("2023/24", "2023-04", "2024-03", "2023/24");
        check("1999/00", "1999-04", "2000-03", "1999/00");
        check("year to 2024-11", "2023-12", "2024-11", "the year to November 2024");
        check("2024-04..2024-11", "2024-04", "2024-11", "April to November 2024");
        check("2023-11..2024-02", "2023-11", "2024-02", "November 2023 to February 2024");
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "2023/25",
            "2024-13",
            "2024-4",
            "24-04",
            "2024-Q5",
            "2024-05..2024-04",
            "year to",
            "last year",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn a_part_year_compares_only_with_the_same_months() {
        let part = period("2024-04..2024-11");
        assert!(part.comparable_with(&period("2023-04..2023-11")).is_ok());
        assert!(part.comparable_with(&period("2023/24")).is_err());
        assert!(part.comparable_with(&period("2023-03..2023-10")).is_err());
        assert!(period("2023/24").comparable_with(&period("2022")).is_ok());
    }

    proptest! {
        #[test]
        fn months_survive_writing_and_reading(year in 1900i16..=2199, month in 1i8..=12, step in -40i32..40) {
            let month = Month::new(year, month).unwrap();
            prop_assert_eq!(month.to_string().parse::<Month>(), Ok(month));
            prop_assert_eq!(month.plus(step).plus(-step), month);
        }

        #[test]
        fn a_period_holds_exactly_its_months(year in 1990i16..2100, length in 0i32..60) {
            let first = Month::new(year, 4).unwrap();
            let period = Period::run(first, first.plus(length)).unwrap();
            prop_assert_eq!(period.months().count(), period.n_months());
            prop_assert!(period.months().all(|month| period.contains(month)));
            prop_assert!(!period.contains(first.plus(length + 1)));
        }
    }
}
