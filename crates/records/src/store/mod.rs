//! The store: where records, people and the audit log lie.

mod database;
mod seal;

use std::fmt;

pub use database::Location;
#[cfg(test)]
pub(crate) use database::MIGRATIONS;
pub(crate) use database::{Database, Row, Transaction, Value};
pub(crate) use seal::{DataKey, from_hex, hex, random};
pub use seal::{Keyring, SealError};

use crate::words::UnknownWord;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database says so.
    #[error("the store of records does not answer")]
    Database(#[from] sqlx::Error),
    /// Its tables are not those of this version of the program.
    #[error("the tables of the store are not what this version expects")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A word in it is not known.
    #[error("the store holds a word that is not known")]
    Word(#[from] UnknownWord),
    /// A value in it cannot be what stands there.
    #[error("the store holds {what} that cannot be read: {found:?}")]
    Unreadable {
        /// What it should be.
        what: &'static str,
        /// What it is.
        found: String,
    },
    /// The head of the audit log is missing.
    #[error("the audit log has lost its head; run `wardmote audit verify`")]
    NoHead,
    /// A name was to be used as an id.
    #[error("{id:?} is no id: up to 80 small letters, digits and hyphens")]
    NoId {
        /// What was given.
        id: String,
    },
    /// Nobody of that id.
    #[error("there is no {what} {id:?}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Its id.
        id: String,
    },
}

/// The id of a record: 32 hexadecimal digits, drawn at random so that none can be guessed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(String);

impl RecordId {
    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |letter: char| letter.is_ascii_digit() || ('a'..='f').contains(&letter);
        (text.len() == 32 && text.chars().all(is_digit)).then(|| Self(text.to_owned()))
    }

    pub(crate) fn new() -> Result<Self, SealError> {
        Ok(Self(hex(&random::<16>()?)))
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An open store.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) database: Database,
}

impl Store {
    /// Opens the store, makes it where there is none, and brings its tables up to date.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(location).await? })
    }

    /// Closes it; what was committed is on the disk.
    pub async fn close(&self) {
        self.database.close().await;
    }
}
