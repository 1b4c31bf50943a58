//! Rows of events counted by place, month and category, and where a measure looks closer, by what
//! became of them and by their marks.

use std::sync::Arc;

use super::finder::PLACE;
use crate::read::Form;
use crate::scan::Scan;
use crate::table::TableError;

/// Rows that share place, month, category, outcome and marks; the first two by their numbers.
pub(super) struct Counted {
    /// Small area of 2021, of 2011, force, month and category.
    pub(super) group: [u32; 5],
    pub(super) outcome: Option<Arc<str>>,
    pub(super) flags: Option<Arc<str>>,
    pub(super) n: u64,
}

/// Who was stopped, in the words of the file: each is a mark of the search, as "Gender: Female" is.
const WHO_WAS_STOPPED: [(&str, &str); 4] = [
    ("gender", "Gender"),
    ("age_range", "Age range"),
    ("self_defined_ethnicity", "Self-defined ethnicity"),
    ("officer_defined_ethnicity", "Officer-defined ethnicity"),
];

/// What parts one mark from the next.
const BETWEEN: &str = "; ";

pub(super) fn groups(
    scan: &Scan<'_>,
    form: Form,
    in_detail: bool,
) -> Result<Vec<Counted>, TableError> {
    let [a, b, c] = PLACE;
    let (month, category) = ("month", "category");
    Ok(if !in_detail {
        let plain = |(group, n)| Counted { group, outcome: None, flags: None, n };
        scan.count([a, b, c, month, category])?.into_iter().map(plain).collect()
    } else if form == Form::StopAndSearch {
        let [gender, age, own, officers] = WHO_WAS_STOPPED.map(|(column, _)| column);
        let columns = [a, b, c, month, category, "outcome", gender, age, own, officers];
        let marked = |([a, b, c, month, category, outcome, who @ ..], n): ([u32; 10], u64)| {
            let group = [a, b, c, month, category];
            Counted { group, outcome: scan.text(outcome), flags: who_was_stopped(scan, who), n }
        };
        scan.count(columns)?.into_iter().map(marked).collect()
    } else {
        let columns = [a, b, c, month, category, "outcome", "flags"];
        let marked = |([a, b, c, month, category, outcome, flags], n): ([u32; 7], u64)| {
            let group = [a, b, c, month, category];
            Counted { group, outcome: scan.text(outcome), flags: scan.text(flags), n }
        };
        scan.count(columns)?.into_iter().map(marked).collect()
    })
}

fn who_was_stopped(scan: &Scan<'_>, who: [u32; 4]) -> Option<Arc<str>> {
    let words = who.into_iter().zip(WHO_WAS_STOPPED);
    let known = words.filter_map(|(number, (_, heading))| {
        scan.text(number).map(|value| format!("{heading}: {value}"))
    });
    let marks: Vec<String> = known.collect();
    (!marks.is_empty()).then(|| marks.join(BETWEEN).into())
}
