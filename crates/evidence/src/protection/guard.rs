//! Stands between the counts of controlled sources and the page.

use std::collections::BTreeMap;

use super::Cell;

/// What is printed instead of a cell.
pub(crate) const WITHHELD: &str = "withheld, so that nobody can be worked out from it";

/// What may be shown of controlled sources.
#[derive(Debug, Default)]
pub(crate) enum Guard {
    /// Nothing: nobody has protected anything yet.
    #[default]
    Closed,
    /// Everything, to one who works under the source's agreement and publishes nothing.
    UnderAgreement,
    /// Everything, while the cells are noted; what is computed meanwhile goes nowhere.
    Noting(BTreeMap<String, (Cell, u64)>),
    /// These cells.
    Protected {
        /// By key, the numbers to print.
        shown: BTreeMap<String, u64>,
        /// Whether they are rounded.
        rounded: bool,
    },
}

impl Guard {
    /// The number to print for a cell, if it may be shown; notes it where cells are noted.
    pub(crate) fn shows(&mut self, cell: Cell, value: u64) -> Option<u64> {
        match self {
            Self::Closed => None,
            Self::UnderAgreement => Some(value),
            Self::Noting(noted) => {
                noted.insert(cell.key(), (cell, value));
                Some(value)
            }
            Self::Protected { shown, .. } => shown.get(&cell.key()).copied(),
        }
    }
}
