//! What a publication shows of its cells.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::moves::Prior;
use crate::publication::{Publication, Visibility};
use crate::rules::{Rules, Zeros};

/// What is withheld and what is rounded; all other cells are shown as they are, but hidden ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Keys of the withheld cells.
    pub withheld: BTreeSet<String>,
    /// Rounded cells by key.
    pub rounded: BTreeMap<String, Rounded>,
}

/// A rounded value, and what the manner of rounding says about the true one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rounded {
    /// What is shown.
    pub value: u64,
    /// The least true value that is shown as this.
    pub lower: u64,
    /// The greatest.
    pub upper: u64,
}

impl Pattern {
    /// What an attacker knows about each cell before any sum is used.
    pub(crate) fn priors(&self, publication: &Publication, rules: &Rules) -> Vec<Prior> {
        let cells = publication.cells().iter();
        cells
            .map(|cell| {
                let unknown = Prior { lower: floor(cell.visibility, rules), upper: None };
                match cell.visibility {
                    Visibility::Known => Prior::exactly(cell.value),
                    Visibility::Hidden => unknown,
                    Visibility::Controlled if self.withheld.contains(&cell.key) => unknown,
                    Visibility::Controlled => match self.rounded.get(&cell.key) {
                        Some(&Rounded { lower, upper, .. }) => Prior { lower, upper: Some(upper) },
                        None => Prior::exactly(cell.value),
                    },
                }
            })
            .collect()
    }
}

/// The least value that a cell can have which is not shown.
pub(crate) fn floor(visibility: Visibility, rules: &Rules) -> u64 {
    u64::from(visibility == Visibility::Controlled && rules.zeros == Zeros::AlwaysShown)
}
