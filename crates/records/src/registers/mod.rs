//! The partnership's own lists: duties, plans, actions, risks, grants and the like.
//!
//! A register is declared as data ([`Register`]); its items are records as all others, under the same
//! agreements, versions and log. Every version of an item is kept. Items are linked to one another, and
//! to claims and figures of the evidence by their names: a figure's value is never stored here.
//!
//! Of items that are OFFICIAL and without personal data, what lists need lies in a plain index; the
//! rest stays sealed and is opened, and logged, for each reader.

mod accept;
mod definition;
mod import;
mod imports;
mod index;
mod items;
mod links;
mod list;
mod opened;
mod published;
mod search;
mod undo;
mod values;

pub use definition::{
    Choice, DefinitionError, Field, FieldKind, FieldRole, Register, Registers, Relation,
};
pub use import::{Cell, Doing, Incoming, Proposal, Proposed, RowFault, exported};
pub use imports::Import;
pub use items::{Filing, Item, Version};
pub use links::{End, Link, LinkKind, LinkTarget};
pub use list::{Due, ItemOrder, ItemPage, ItemQuery, ItemRow, Items, Position};
pub use published::{PublishedItem, PublishedState};
pub use undo::{Accepted, Kept};
pub use values::{Fault, Values};

pub(crate) use index::erase;
pub(crate) use items::marked;

use crate::records::RecordsError;
use crate::store::{SealError, StoreError};

/// Why nothing was done with a register.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// No such item, or not for this actor; somebody else's change; or the store.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// No such register.
    #[error("there is no register {id:?}; `wardmote register list` names them")]
    NoRegister {
        /// Its id.
        id: String,
    },
    /// What was given cannot stand in an item.
    #[error("{}", said(.0))]
    Invalid(Vec<Fault>),
    /// Somebody else changed the item after it was read.
    #[error("the item was changed meanwhile: it is at version {}", theirs.listed.version)]
    Conflict {
        /// What was to be written.
        yours: Box<Values>,
        /// What stands there now.
        theirs: Box<Item>,
    },
    /// An item cannot be linked so.
    #[error("{why}")]
    NoLink {
        /// Why.
        why: String,
    },
}

impl From<StoreError> for RegisterError {
    fn from(why: StoreError) -> Self {
        Self::Records(why.into())
    }
}

impl From<SealError> for RegisterError {
    fn from(why: SealError) -> Self {
        Self::Records(why.into())
    }
}

fn said(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
