//! Days, as partners write them.

use wardmote_domain::period::{Month, Period};

/// A day of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day {
    pub(super) month: Month,
    pub(super) day: u8,
}

impl Day {
    pub(super) fn all_of(month: Month) -> impl Iterator<Item = Self> {
        (1..=month.first_day().days_in_month().unsigned_abs()).map(move |day| Self { month, day })
    }

    /// From Monday, 0.
    pub(super) fn weekday(self) -> usize {
        let first = self.month.first_day().weekday().to_monday_zero_offset().unsigned_abs();
        usize::from(first + self.day - 1) % 7
    }

    pub(super) fn is_weekend(self) -> bool {
        self.weekday() >= 5
    }

    pub(super) fn before(self) -> Self {
        match self.day {
            1 => Self::all_of(self.month.plus(-1)).last().unwrap_or(self),
            day => Self { day: day - 1, ..self },
        }
    }

    /// Whether British Summer Time holds at an hour of this day.
    pub(super) fn is_summer_time(self, hour: u8) -> bool {
        let year = self.month.year();
        let last_sunday =
            |month| Self::all_of(month_of(year, month)).filter(|day| day.weekday() == 6).last();
        let turn = |month, hour| last_sunday(month).map(|day| (day, hour));
        turn(3, 1) <= Some((self, hour)) && Some((self, hour)) < turn(10, 2)
    }

    /// As in 2024-06-15.
    pub(super) fn iso(self) -> String {
        format!("{}-{:02}", self.month, self.day)
    }

    /// As in 15/06/2024.
    pub(super) fn british(self) -> String {
        format!("{:02}/{:02}/{}", self.day, self.month.month_of_year(), self.month.year())
    }
}

pub(super) fn month_of(year: i16, month: i8) -> Month {
    Month::new(year, month).unwrap_or_else(|| unreachable!("the feeds lie within 1900 to 2200"))
}

/// A run of months that is known to have both its ends in order.
pub(super) fn months(first: (i16, i8), last: (i16, i8)) -> Period {
    Period::run(month_of(first.0, first.1), month_of(last.0, last.1))
        .unwrap_or_else(|_| unreachable!("every run of months here ends after it starts"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i16, month: i8, day: u8) -> Day {
        Day { month: month_of(year, month), day }
    }

    #[test]
    fn days_of_the_week_agree_with_a_calendar() {
        // 15 June 2024 was a Saturday, 29 February 2024 a Thursday.
        assert_eq!(day(2024, 6, 15).weekday(), 5);
        assert_eq!(day(2024, 2, 29).weekday(), 3);
        assert_eq!(day(2024, 3, 1).before(), day(2024, 2, 29));
        assert_eq!(day(2024, 6, 5).british(), "05/06/2024");
        assert_eq!(day(2024, 6, 5).iso(), "2024-06-05");
    }

    #[test]
    fn summer_time_starts_and_ends_on_the_last_sunday() {
        // In 2024 on 31 March and 27 October.
        let at = |month, date, hour| day(2024, month, date).is_summer_time(hour);
        assert_eq!([at(3, 30, 23), at(3, 31, 0), at(3, 31, 2)], [false, false, true]);
        assert_eq!([at(10, 26, 23), at(10, 27, 0), at(10, 27, 2)], [true, true, false]);
    }
}
