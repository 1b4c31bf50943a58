//! Counts of the registers' items, each with the query that gives it, so that it can be followed as any
//! other figure.

use std::collections::BTreeMap;

use jiff::civil::Date;
use sha2::{Digest as _, Sha256};
use wardmote_domain::clock::date_in_words;
use wardmote_reports::FigureNote;

use crate::business::Entry;

/// The name under which prose binds a count: `{{pack.actions-done}}`.
pub(super) const CLAIM: &str = "pack";

/// Counts by their field's name.
pub(super) struct Counts {
    on: Date,
    fields: BTreeMap<&'static str, Count>,
}

struct Count {
    id: String,
    n: usize,
    label: String,
    query: String,
    references: Vec<String>,
}

impl Counts {
    pub(super) fn new(on: Date) -> Self {
        Self { on, fields: BTreeMap::new() }
    }

    /// Counts items; `query` says which, after "Count the".
    pub(super) fn count<'a>(
        &mut self,
        field: &'static str,
        label: &str,
        query: &str,
        items: impl IntoIterator<Item = &'a Entry>,
    ) -> usize {
        let references: Vec<String> =
            items.into_iter().map(|item| item.reference().to_owned()).collect();
        let n = references.len();
        // Named after its content, as figures are.
        let content = format!("{field} | {query} | {} | {}", self.on, references.join(" "));
        let hash = Sha256::digest(content);
        let hash =
            hash.iter().take(6).fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
        let (label, query) = (label.to_owned(), query.to_owned());
        self.fields.insert(field, Count { id: format!("r-{hash}"), n, label, query, references });
        n
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// The number in print, and the id of its figure.
    pub(super) fn printed(&self, field: &str) -> Option<(String, String)> {
        let count = self.fields.get(field)?;
        Some((count.n.to_string(), count.id.clone()))
    }

    /// Where each count comes from.
    pub(super) fn notes(&self, area: &str) -> BTreeMap<String, FigureNote> {
        let note = |count: &Count| FigureNote {
            id: count.id.clone(),
            label: count.label.clone(),
            value_text: count.n.to_string(),
            definition: "Items of the partnership's own registers, as they stand.".to_owned(),
            measure_version: String::new(),
            period: format!("as of {}", date_in_words(self.on)),
            area: area.to_owned(),
            method: "count; there is nothing to estimate, and so no interval".to_owned(),
            interval_text: None,
            n_text: Some(if count.references.is_empty() {
                "no item".to_owned()
            } else {
                count.references.join(", ")
            }),
            sources: Vec::new(),
            query_in_words: format!("Count the {}.", count.query),
            caution: None,
        };
        self.fields.values().map(|count| (count.id.clone(), note(count))).collect()
    }
}
