//! A record, with and without what it says.

use jiff::Timestamp;

use super::rows;
use crate::policy::Resource;
use crate::store::{RecordId, Store, StoreError};
use crate::words::{Marking, Regime};

/// A record to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// The category of data, as agreements name it.
    pub kind: String,
    /// Its marking.
    pub marking: Marking,
    /// The organisation that owns it.
    pub owner: String,
    /// The area that it is about.
    pub subject_area: String,
    /// The controller of its data.
    pub controller: String,
    /// The law that its data are processed under.
    pub regime: Regime,
    /// Whether it holds personal data.
    pub personal: bool,
    /// What it says.
    pub body: Vec<u8>,
}

/// A record without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: RecordId,
    /// The category of data.
    pub kind: String,
    /// Its marking.
    pub marking: Marking,
    /// The organisation that owns it.
    pub owner: String,
    /// The area that it is about.
    pub subject_area: String,
    /// The controller of its data.
    pub controller: String,
    /// The law that its data are processed under.
    pub regime: Regime,
    /// Whether it holds personal data.
    pub personal: bool,
    /// Counted from 1 with each change.
    pub version: i64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub changed: Timestamp,
}

impl Listed {
    /// What decisions need to know of it.
    pub fn resource(&self) -> Resource {
        Resource {
            owner: self.owner.clone(),
            category: self.kind.clone(),
            marking: self.marking,
            personal: self.personal,
        }
    }

    /// Whether each reading of it is logged.
    pub fn is_restricted(&self) -> bool {
        self.personal || self.marking != Marking::Official
    }
}

/// A record with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// All but that.
    pub listed: Listed,
    /// What it says.
    pub body: Vec<u8>,
}

/// What a change puts in a record's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The area that it is about.
    pub subject_area: String,
    /// What it says.
    pub body: Vec<u8>,
}

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// After this record of the last page.
    pub after: Option<(Timestamp, RecordId)>,
    /// At most so many.
    pub most: u32,
}

impl Store {
    /// A record without what it says, for one who runs the store and explains a decision.
    pub async fn listed(&self, id: &RecordId) -> Result<Option<Listed>, StoreError> {
        rows::find_listed(&mut self.database.snapshot().await?, id).await
    }
}
