//! What should have come against what came.
//!
//! A month that was expected and did not come is missing: it is never a month without crime.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::period::Month;

use crate::query::Received;
use crate::source::SourceDeclaration;

/// The state of one month of one reporting body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It came, with this many rows.
    Received {
        /// Kept rows.
        rows: u64,
    },
    /// A file came whose end is missing, so the month is not known.
    CutShort {
        /// Kept rows.
        rows: u64,
    },
    /// It was expected and did not come.
    Missing,
    /// It was never published, and the declaration says why.
    NotPublished {
        /// Why.
        reason: String,
    },
}

/// One reporting body of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The source.
    pub source: String,
    /// The body, as the source names it.
    pub body: String,
    /// Whether the source's declaration expects it.
    pub expected: bool,
    /// The state of each month, in order.
    pub months: Vec<(Month, State)>,
}

impl Coverage {
    /// How many months came.
    pub fn n_received(&self) -> usize {
        self.months.iter().filter(|(_, state)| matches!(state, State::Received { .. })).count()
    }
}

/// Compares a source's expectation with what was received, up to `until`.
///
/// Bodies that nobody expected are listed after the expected ones, with the months that they sent:
/// other forces' rows lie in a force's files, and their few rows never stand for an area's crime.
pub fn coverage(source: &SourceDeclaration, received: &[Received], until: Month) -> Vec<Coverage> {
    let mut by_body: BTreeMap<&str, BTreeMap<Month, State>> = BTreeMap::new();
    for delivery in received {
        let rows = delivery.rows;
        let state =
            if delivery.cut_short { State::CutShort { rows } } else { State::Received { rows } };
        by_body.entry(&delivery.body).or_default().insert(delivery.month, state);
    }
    let mut found = Vec::new();
    if let Some(expected) = &source.expected {
        let last = expected.to.unwrap_or(until);
        for body in &expected.bodies {
            let came = by_body.remove(body.as_str()).unwrap_or_default();
            let last = came.keys().next_back().copied().map_or(last, |latest| latest.max(last));
            let state = |month: Month| match came.get(&month) {
                Some(state) => state.clone(),
                None => gap_reason(source, month)
                    .map_or(State::Missing, |reason| State::NotPublished { reason }),
            };
            let months = (0..).map(|n| expected.from.plus(n)).take_while(|month| *month <= last);
            found.push(Coverage {
                source: source.id.clone(),
                body: body.clone(),
                expected: true,
                months: months.map(|month| (month, state(month))).collect(),
            });
        }
    }
    found.extend(by_body.into_iter().map(|(body, came)| Coverage {
        source: source.id.clone(),
        body: body.to_owned(),
        expected: false,
        months: came.into_iter().collect(),
    }));
    found
}

fn gap_reason(source: &SourceDeclaration, month: Month) -> Option<String> {
    let gaps = source.expected.iter().flat_map(|expected| &expected.known_gaps);
    let holds = |from: Month, to: Option<Month>| from <= month && to.is_none_or(|to| month <= to);
    gaps.into_iter().find(|gap| holds(gap.from, gap.to)).map(|gap| gap.reason.clone())
}

/// The months in which every expected body delivered, so that a count can be trusted to be one.
///
/// Without an expectation, every month that any body delivered.
pub fn known_months(source: &SourceDeclaration, received: &[Received]) -> BTreeSet<Month> {
    let whole = || received.iter().filter(|delivery| !delivery.cut_short);
    let all = || whole().map(|delivery| delivery.month).collect::<BTreeSet<_>>();
    let Some(expected) = &source.expected else { return all() };
    let of = |body: &String| {
        whole().filter(|d| d.body == *body).map(|d| d.month).collect::<BTreeSet<_>>()
    };
    let mut sets = expected.bodies.iter().map(of);
    let first = sets.next().unwrap_or_else(all);
    sets.fold(first, |common, months| common.intersection(&months).copied().collect())
}

#[cfg(test)]
mod tests {
    use wardmote_domain::provenance::{Disclosure, PlacePrecision, TimePrecision};

    use super::*;
    use crate::source::{By, Every, Expected, KnownGap, Reader};

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    fn received(body: &str, text: &str, rows: u64) -> Received {
        Received { body: body.into(), month: month(text), rows, without_place: 0, cut_short: false }
    }

    fn source() -> SourceDeclaration {
        SourceDeclaration {
            id: "street".into(),
            publisher: "p".into(),
            licence: "l".into(),
            disclosure: Disclosure::Open,
            agreement: None,
            marking: None,
            files: Vec::new(),
            expected: Some(Expected {
                from: month("2019-05"),
                to: None,
                every: Every::Month,
                by: By::Force,
                bodies: vec!["Greater Manchester Police".into()],
                known_gaps: vec![KnownGap {
                    from: month("2019-07"),
                    to: None,
                    reason: "new IT system".into(),
                }],
            }),
            reader: Reader::Events {
                form: crate::read::Form::Street,
                mapping: None,
                time_precision: TimePrecision::Month,
                place_precision: PlacePrecision::Snapped,
                vintage: None,
            },
        }
    }

    #[test]
    fn stray_rows_of_others_never_make_a_month_known() {
        let came = [
            received("Greater Manchester Police", "2019-06", 30_000),
            received("British Transport Police", "2019-07", 12),
        ];
        assert_eq!(known_months(&source(), &came), BTreeSet::from([month("2019-06")]));
        let found = coverage(&source(), &came, month("2019-08"));
        assert_eq!(found[0].months[0].1, State::Missing);
        assert_eq!(found[0].months[1].1, State::Received { rows: 30_000 });
        assert_eq!(found[0].months[2].1, State::NotPublished { reason: "new IT system".into() });
        assert_eq!(
            (found[1].body.as_str(), found[1].expected),
            ("British Transport Police", false)
        );
    }

    #[test]
    fn a_file_that_was_cut_short_makes_no_month_known() {
        let cut =
            Received { cut_short: true, ..received("Greater Manchester Police", "2019-06", 9) };
        let came = [received("Greater Manchester Police", "2019-05", 10), cut];
        assert_eq!(known_months(&source(), &came), BTreeSet::from([month("2019-05")]));
        let found = coverage(&source(), &came, month("2019-06"));
        assert_eq!(found[0].months[1], (month("2019-06"), State::CutShort { rows: 9 }));
    }
}
