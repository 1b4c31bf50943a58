//! Repeats: events whose pseudonym had an earlier event.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Categories;
use wardmote_domain::period::Month;

use super::{CountQuery, QueryError, RepeatRow};
use crate::store::Lake;

/// An event of a pseudonym: its month, and its day where that is known.
type Moment = (Month, Option<Date>);

impl Lake {
    /// The events of a source by month, and how many of them repeat: their pseudonym had an earlier
    /// event no more than so many months before. Months without events are left out.
    ///
    /// Where both events have a day, an earlier event lies on an earlier day, at most `within_months`
    /// calendar months back, that day included; two of one day repeat nothing, for they may be one event
    /// recorded twice. Where a day is missing, months are compared in the same way.
    ///
    /// What lies before the source's first month is not known: rows of months that cannot look back
    /// the whole way say so, and count too few.
    pub fn repeats(
        &self,
        source: &str,
        within_months: u32,
        first: Month,
        last: Month,
    ) -> Result<Vec<RepeatRow>, QueryError> {
        let back = i32::try_from(within_months).unwrap_or(i32::MAX).min(12 * 100);
        let moments = self.moments(source, (first.plus(-back), last))?;
        let known_from = self
            .visible
            .iter()
            .filter(|load| load.source == source)
            .filter_map(|l| l.first_month)
            .min();
        let mut rows: BTreeMap<Month, RepeatRow> = BTreeMap::new();
        let mut count = |month: Month, with_pseudonym: bool, repeats: bool| {
            if month < first || last < month {
                return;
            }
            let row = rows.entry(month).or_insert(RepeatRow {
                month,
                events: 0,
                with_pseudonym: 0,
                repeats: 0,
                looks_back_whole: known_from.is_some_and(|from| from <= month.plus(-back)),
            });
            row.events += 1;
            row.with_pseudonym += u64::from(with_pseudonym);
            row.repeats += u64::from(repeats);
        };
        for (month, _) in moments.without {
            count(month, false, false);
        }
        for of_one in moments.by_pseudonym.values() {
            for moment in of_one {
                let repeats = of_one.iter().any(|earlier| is_earlier(*earlier, *moment, back));
                count(moment.0, true, repeats);
            }
        }
        Ok(rows.into_values().collect())
    }

    fn moments(&self, source: &str, (first, last): (Month, Month)) -> Result<Moments, QueryError> {
        let query = CountQuery {
            source: source.to_owned(),
            categories: Categories::default(),
            level: AreaLevel::LSOA_2021,
            areas: None,
            first,
            last,
        };
        let mut found = Moments::default();
        for event in self.single_events(&query)? {
            let moment = (event.month, event.at.map(jiff::civil::DateTime::date));
            match event.source_id {
                Some(id) => found.by_pseudonym.entry(id).or_default().push(moment),
                None => found.without.push(moment),
            }
        }
        Ok(found)
    }
}

#[derive(Default)]
struct Moments {
    by_pseudonym: HashMap<String, Vec<Moment>>,
    without: Vec<Moment>,
}

fn is_earlier(earlier: Moment, moment: Moment, back: i32) -> bool {
    if let (Some(before), Some(day)) = (earlier.1, moment.1) {
        let from = day.checked_sub(jiff::Span::new().months(back));
        return before < day && from.is_ok_and(|from| from <= before);
    }
    earlier.0 < moment.0 && moment.0.plus(-back) <= earlier.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_repeats_what_lies_so_many_months_back() {
        let day = |text: &str| {
            let date: Date = text.parse().unwrap();
            (Month::of(date).unwrap(), Some(date))
        };
        let month = |text: &str| (text.parse().unwrap(), None);
        let check = |earlier, moment, expected| {
            assert_eq!(is_earlier(earlier, moment, 12), expected, "{earlier:?} {moment:?}");
        };
        check(day("2023-05-10"), day("2024-05-10"), true);
        check(day("2023-05-09"), day("2024-05-10"), false);
        check(day("2024-05-10"), day("2024-05-10"), false);
        check(day("2024-05-11"), day("2024-05-10"), false);
        // The last day of a longer month is that of the shorter one.
        check(day("2023-02-28"), day("2024-02-29"), true);
        check(month("2023-05"), day("2024-05-31"), true);
        check(month("2023-04"), month("2024-05"), false);
        check(month("2024-05"), day("2024-05-31"), false);
    }
}
