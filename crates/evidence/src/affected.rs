//! Whom a measure's events concern: the groups that it declares, by their residents. No word of
//! difference is said of them here; `analysis` tests two of them against each other.

use std::collections::BTreeSet;

use wardmote_domain::period::Period;
use wardmote_stats::rates;

use crate::measure::{Measure, Selection};
use crate::numbers::thousands;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{NotKnown, Taken, why_missing};

/// A measure's events by group.
#[derive(Debug, Clone, PartialEq)]
pub struct Affected {
    /// What tells the groups apart: "Officer-defined ethnicity".
    pub mark: String,
    /// The months.
    pub period: Period,
    /// The groups in order of name.
    pub groups: Vec<OfGroup>,
    /// All events of these months.
    pub all: u64,
    /// What a reader must know where events and residents do not match.
    pub note: Option<String>,
}

/// One group.
#[derive(Debug, Clone, PartialEq)]
pub struct OfGroup {
    /// Its name.
    pub name: String,
    /// Its events and their rate by its residents.
    pub rate: Taken,
}

impl Affected {
    /// Events whose mark is of no declared group, or that bear none.
    pub fn of_none(&self) -> u64 {
        self.all.saturating_sub(self.groups.iter().map(|group| group.rate.n).sum())
    }
}

/// The events of a place by the groups that a measure declares, or why they cannot be told apart.
pub fn by_group(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
) -> Result<Result<Affected, NotKnown>, ObservedError> {
    let Some(declared) = &measure.groups else { return Ok(Err(undeclared(observed, measure)?)) };
    let rows = &measure.numerator;
    let total = |selection: &Selection| -> Result<Result<u64, NotKnown>, ObservedError> {
        let found = observed.total(selection, place, period)?;
        Ok(found.map_err(|missing| {
            NotKnown(why_missing(observed, &rows.source, &missing, period.n_months()))
        }))
    };
    let all = match total(rows)? {
        Ok(all) => all,
        Err(why) => return Ok(Err(why)),
    };
    let mut groups = Vec::new();
    for (name, group) in &declared.by_name {
        let events = declared.events(rows, group);
        let n = match total(&events)? {
            Ok(n) => n,
            Err(why) => return Ok(Err(why)),
        };
        let mut residents = 0.0;
        for words in declared.residents(group) {
            if !observed.has_published(&words.source) {
                let why = format!(
                    "the residents of each group are counted in {}, which is not loaded",
                    words.source
                );
                return Ok(Err(NotKnown(why)));
            }
            match observed.published(&words, &place.code)? {
                Ok(found) => residents += found.value,
                Err(why) => return Ok(Err(NotKnown(format!("residents of {name}: {}", why.0)))),
            }
        }
        let residents = residents.round() as u64;
        let rate = match rates::crude_rates(&[n], &[residents], measure.per) {
            Ok(found) => found[0],
            Err(why) => return Ok(Err(NotKnown(format!("{name}: {why}")))),
        };
        let (value, interval) = (rate.value, rate.interval);
        let rate = Taken { n, base: Some(residents), value, interval };
        groups.push(OfGroup { name: name.clone(), rate });
    }
    let (mark, note) = (declared.mark.clone(), declared.note.clone());
    Ok(Ok(Affected { mark, period: period.clone(), groups, all, note }))
}

/// Why a measure without groups tells nothing of whom it concerns, and what would.
fn undeclared(observed: &Observed, measure: &Measure) -> Result<NotKnown, ObservedError> {
    let marks = observed.marks(&measure.numerator.source)?;
    let headings: BTreeSet<&str> =
        marks.iter().filter_map(|mark| mark.split_once(": ")).map(|(heading, _)| heading).collect();
    Ok(NotKnown(if headings.is_empty() {
        "these rows describe events, and no person. A feed of the force's own records under an agreement, with the \
         age group, sex and ethnic group of each victim, would allow it"
            .into()
    } else {
        let n = thousands(headings.len() as u64);
        let headings: Vec<&str> = headings.into_iter().collect();
        format!(
            "its rows bear {n} marks ({}), and the measure declares no groups of residents to hold them against",
            headings.join(", ")
        )
    }))
}
