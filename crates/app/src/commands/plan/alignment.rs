//! `wardmote plan alignment`: what serves the objectives of other plans.

use super::Looked;
use crate::business::{Book, Entry};
use crate::console::{Format, fitted, print};

/// An objective of another plan, and what serves it here.
pub(crate) struct Aligned<'a> {
    pub(crate) strategy: &'a Entry,
    pub(crate) objective: &'a Entry,
    pub(crate) served_by: Vec<&'a Entry>,
}

impl Aligned<'_> {
    /// How it stands: served, not local, or nothing serves it.
    pub(crate) fn words(&self) -> &'static str {
        if self.objective.get("local") == "not-local" {
            "Not local"
        } else if self.served_by.is_empty() {
            "Nothing serves it yet"
        } else {
            "Served"
        }
    }
}

/// Every objective with what serves it.
pub(crate) fn aligned(book: &Book) -> Vec<Aligned<'_>> {
    let mut found = Vec::new();
    for strategy in book.all("strategies") {
        for objective in book.below("objectives", "strategy", strategy) {
            let served_by = book.linking("serves", &objective.id);
            found.push(Aligned { strategy, objective, served_by });
        }
    }
    found
}

/// Other plans that say they have another number of objectives than are listed.
pub(crate) fn miscounted(book: &Book) -> Vec<String> {
    let mut found = Vec::new();
    for strategy in book.all("strategies") {
        let listed = book.below("objectives", "strategy", strategy).count();
        let Ok(says) = strategy.get("counts").parse::<usize>() else { continue };
        if says != listed {
            let title = strategy.title();
            found.push(format!("{title} has {says} objectives; {listed} are listed here."));
        }
    }
    found
}

pub(super) fn run(looked: &Looked, format: Format) -> anyhow::Result<()> {
    let row = |one: &Aligned<'_>| {
        let served: Vec<&str> = one.served_by.iter().map(|entry| entry.reference()).collect();
        let why = one.objective.get("why-not");
        let served = if served.is_empty() { why.to_owned() } else { served.join(", ") };
        vec![
            one.objective.reference().to_owned(),
            fitted(format, one.objective.title(), 34),
            fitted(format, one.words(), 12),
            fitted(format, &served, 20),
        ]
    };
    let rows: Vec<Vec<String>> = aligned(&looked.book).iter().map(row).collect();
    print(format, &["ref", "objective", "here", "served_by"], &rows)?;
    for line in miscounted(&looked.book) {
        eprintln!("{line}");
    }
    Ok(())
}
