//! Months, days and working days: month ends, leap years, bank holidays, changes of the clocks.

use jiff::civil::Weekday;
use proptest::prelude::*;
use wardmote_domain::clock::{CalendarError, Length, after, before};

use crate::support::{calendar, day};

#[test]
fn months_end_on_the_same_number_or_the_last_day() {
    let calendar = calendar();
    for (start, months, end, says) in [
        ("2025-01-15", 1, "2025-02-15", ""),
        ("2025-01-31", 1, "2025-02-28", "February 2025 has no day 31"),
        ("2024-01-31", 1, "2024-02-29", "February 2024 has no day 31"),
        ("2024-01-29", 1, "2024-02-29", ""),
        ("2025-01-29", 1, "2025-02-28", "February 2025 has no day 29"),
        // 2100 is no leap year; 2000 was one.
        ("2100-01-29", 1, "2100-02-28", "February 2100 has no day 29"),
        ("2000-01-30", 1, "2000-02-29", "February 2000 has no day 30"),
        // An end is not carried on: from the last day of February it is the 28th, not the 31st.
        ("2025-02-28", 1, "2025-03-28", ""),
        ("2024-02-29", 12, "2025-02-28", "February 2025 has no day 29"),
        ("2024-08-31", 6, "2025-02-28", "February 2025 has no day 31"),
        ("2023-08-31", 6, "2024-02-29", "February 2024 has no day 31"),
        ("2025-10-31", 1, "2025-11-30", "November 2025 has no day 31"),
        ("2025-12-31", 2, "2026-02-28", "February 2026 has no day 31"),
        ("2025-03-31", 0, "2025-03-31", ""),
    ] {
        let counted = after(day(start), Length::Months(months), &calendar);
        assert_eq!(counted.date, day(end), "{start} and {months} months");
        let reason = counted.reasons.join(" ");
        assert_eq!(reason.contains("has no day"), !says.is_empty(), "{start}: {reason}");
        assert!(reason.contains(says), "{start}: {reason}");
        assert_eq!(counted.warnings, Vec::<String>::new());
    }
}

#[test]
fn days_are_days_over_month_ends_leap_days_and_changes_of_the_clocks() {
    let calendar = calendar();
    for (start, n, end) in [
        ("2025-02-27", 2, "2025-03-01"),
        ("2024-02-27", 2, "2024-02-29"),
        ("2024-02-28", 28, "2024-03-27"),
        // Clocks go forward on 30 March 2025 and back on 26 October 2025.
        ("2025-03-29", 28, "2025-04-26"),
        ("2025-10-25", 28, "2025-11-22"),
        ("2025-12-30", 3, "2026-01-02"),
    ] {
        assert_eq!(after(day(start), Length::Days(n), &calendar).date, day(end), "{start}");
        assert_eq!(before(day(end), Length::Days(n), &calendar).date, day(start), "{end}");
    }
}

#[test]
fn working_days_leave_out_weekends_and_bank_holidays() {
    let calendar = calendar();
    for (start, n, end, holiday) in [
        ("2025-03-03", 5, "2025-03-10", None),
        ("2025-03-07", 1, "2025-03-10", None),
        ("2025-03-08", 1, "2025-03-10", None),
        // Over Easter 2025: Good Friday 18 April and Easter Monday 21 April.
        (
            "2025-04-17",
            1,
            "2025-04-22",
            Some("Good Friday, 18 April 2025; Easter Monday, 21 April 2025 do"),
        ),
        ("2025-05-02", 1, "2025-05-06", Some("Early May bank holiday, 5 May 2025 does")),
        ("2025-12-24", 1, "2025-12-29", Some("Boxing Day, 26 December 2025")),
        // Boxing Day of 2026 is a Saturday, so its substitute is Monday the 28th.
        ("2026-12-24", 1, "2026-12-29", Some("Boxing Day (substitute day), 28 December 2026")),
        ("2027-12-24", 1, "2027-12-29", Some("Christmas Day (substitute day), 27 December 2027")),
        ("2022-06-01", 1, "2022-06-06", Some("Platinum Jubilee bank holiday, 3 June 2022")),
    ] {
        let counted = after(day(start), Length::WorkingDays(n), &calendar);
        assert_eq!(counted.date, day(end), "{start} and {n} working days");
        let reasons = counted.reasons.join(" ");
        match holiday {
            Some(holiday) => assert!(reasons.contains(holiday), "{start}: {reasons}"),
            None => assert!(!reasons.contains("either"), "{start}: {reasons}"),
        }
    }
}

#[test]
fn clear_working_days_lie_wholly_between() {
    let calendar = calendar();
    for (meeting, n, papers) in [
        // A Tuesday: 11 to 17 March lie between but for the weekend.
        ("2025-03-18", 5, "2025-03-10"),
        ("2025-06-09", 5, "2025-05-30"),
        ("2025-06-24", 5, "2025-06-16"),
        // Over the Spring bank holiday of 26 May.
        ("2025-06-02", 5, "2025-05-22"),
    ] {
        let counted = before(day(meeting), Length::ClearWorkingDays(n), &calendar);
        assert_eq!(counted.date, day(papers), "{meeting}");
        assert_eq!(after(day(papers), Length::ClearWorkingDays(n), &calendar).date, day(meeting));
    }
}

#[test]
fn a_year_whose_holidays_are_not_known_is_warned_of() {
    let calendar = calendar();
    assert!(after(day("2028-12-01"), Length::WorkingDays(10), &calendar).warnings.is_empty());
    let beyond = after(day("2028-12-28"), Length::WorkingDays(10), &calendar);
    assert_eq!(
        beyond.warnings,
        [
            "The bank holidays of 2029 are not in the calendar, which knows 2022 to 2028: only weekends were left out. Add them and count again."
        ]
    );
    let before_all = before(day("2022-01-04"), Length::WorkingDays(5), &calendar);
    assert!(before_all.warnings[0].contains("2021"), "{:?}", before_all.warnings);
    // Days of any kind ask no calendar.
    assert!(after(day("2028-12-28"), Length::Days(100), &calendar).warnings.is_empty());
}

#[test]
fn the_calendar_that_ships_goes_together() {
    let calendar = calendar();
    for holiday in &calendar.holidays {
        let weekday = holiday.date.weekday();
        assert!(!matches!(weekday, Weekday::Saturday | Weekday::Sunday), "{holiday:?}");
        let expected = match holiday.name.as_str() {
            "Good Friday" => Some(Weekday::Friday),
            "Easter Monday" | "Early May bank holiday" | "Summer bank holiday" => {
                Some(Weekday::Monday)
            }
            _ => None,
        };
        assert!(expected.is_none_or(|expected| expected == weekday), "{holiday:?}");
    }
    for year in 2022..=2028 {
        let n = calendar.holidays.iter().filter(|one| one.date.year() == year).count();
        let extra = match year {
            2022 => 2, // the jubilee, the state funeral
            2023 => 1, // the coronation
            _ => 0,
        };
        // Of eight; those of 2022 begin with the substitute for New Year's Day, which lies in it too.
        assert_eq!(n, 8 + extra, "{year}");
    }
}

#[test]
fn a_last_day_lasts_to_its_end_in_london() {
    let calendar = calendar();
    for (last, end) in [
        // In winter the day ends with UTC's; in summer an hour before.
        ("2025-03-18", "2025-03-19T00:00:00Z"),
        ("2025-06-09", "2025-06-09T23:00:00Z"),
        // The day on which clocks go forward begins in winter time and ends in summer time.
        ("2025-03-29", "2025-03-30T00:00:00Z"),
        ("2025-03-30", "2025-03-30T23:00:00Z"),
        // And back.
        ("2025-10-25", "2025-10-25T23:00:00Z"),
        ("2025-10-26", "2025-10-27T00:00:00Z"),
    ] {
        let moment = calendar.end_of_day(day(last)).unwrap();
        assert_eq!(moment.to_string(), end, "{last}");
        let before = moment - jiff::SignedDuration::from_nanos(1);
        assert_eq!(calendar.day_of(before).unwrap(), day(last));
        assert_ne!(calendar.day_of(moment).unwrap(), day(last));
    }
}

#[test]
fn calendars_that_contradict_themselves_are_refused() {
    let broken = |change: fn(&mut wardmote_domain::clock::Calendar)| {
        let mut calendar = calendar();
        change(&mut calendar);
        calendar.check().unwrap_err()
    };
    assert!(matches!(
        broken(|calendar| calendar.time_zone = "Europe/London".into()),
        CalendarError::TimeZone { .. }
    ));
    assert!(matches!(
        broken(|calendar| calendar.holidays.push(calendar.holidays[0].clone())),
        CalendarError::Twice { .. }
    ));
    assert!(matches!(
        broken(|calendar| calendar.known.to = 2027),
        CalendarError::OutsideKnown { .. }
    ));
    assert_eq!(
        broken(|calendar| calendar.known.to = 2029),
        CalendarError::EmptyYear { year: 2029 }
    );
}

proptest! {
    /// Counted one at a time, working days are those counted at once, and never none.
    #[test]
    fn working_days_add_up(start in 0i64..2_000, n in 0u16..60) {
        let calendar = calendar();
        let start = day("2022-06-01").saturating_add(jiff::Span::new().days(start));
        let at_once = after(start, Length::WorkingDays(n), &calendar).date;
        let mut one_by_one = start;
        for _ in 0..n {
            one_by_one = after(one_by_one, Length::WorkingDays(1), &calendar).date;
            prop_assert!(calendar.is_working_day(one_by_one));
        }
        prop_assert_eq!(at_once, one_by_one);
        if calendar.is_working_day(start) {
            prop_assert_eq!(before(at_once, Length::WorkingDays(n), &calendar).date, start);
        }
    }

    /// A month later is never in another month than the next, and never later in it.
    #[test]
    fn months_keep_their_place(start in 0i64..60_000, n in 0u16..60) {
        let calendar = calendar();
        let start = day("1950-01-01").saturating_add(jiff::Span::new().days(start));
        let end = after(start, Length::Months(n), &calendar).date;
        let months = |day: jiff::civil::Date| i32::from(day.year()) * 12 + i32::from(day.month());
        prop_assert_eq!(months(end), months(start) + i32::from(n));
        prop_assert!(end.day() <= start.day());
        prop_assert!(end.day() == start.day() || end.day() == end.days_in_month());
    }
}
