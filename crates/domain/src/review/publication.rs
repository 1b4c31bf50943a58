//! What keeps the report of a review from being published, and its actions from being closed.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What must be looked at before a report is published, as `reviews/publication.toml` declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// Where it is written.
    pub source: String,
    /// When somebody last compared this with the source.
    pub checked: Date,
    /// The items in order.
    pub items: Vec<ChecklistItem>,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Id.
    pub id: String,
    /// What must be so.
    pub must: String,
}

/// An action of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewAction {
    /// What is to be done.
    pub title: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
    /// When it was said to be done.
    pub done: Option<Date>,
    /// What shows that something changed.
    #[serde(default)]
    pub evidence: Option<String>,
}

/// The items that nobody has confirmed, in order; `confirmed` holds who did so, by item.
pub fn not_ready<'a>(
    checklist: &'a Checklist,
    confirmed: &BTreeMap<String, String>,
) -> Vec<&'a ChecklistItem> {
    let open =
        |item: &&ChecklistItem| confirmed.get(&item.id).is_none_or(|by| by.trim().is_empty());
    checklist.items.iter().filter(open).collect()
}

/// The actions that lack evidence of what changed, those said to be done included: doing is not yet
/// changing.
pub fn without_evidence(actions: &[ReviewAction]) -> Vec<&ReviewAction> {
    let lacks = |action: &&ReviewAction| {
        action.evidence.as_deref().is_none_or(|evidence| evidence.trim().is_empty())
    };
    actions.iter().filter(lacks).collect()
}
