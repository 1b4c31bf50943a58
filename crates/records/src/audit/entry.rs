//! One entry of the log, and its hash.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::store::{Row, StoreError, Value, hex};
use crate::words::{Operation, Outcome};

/// What the first entry follows.
pub(crate) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Counted from 1 without a gap.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// What was asked for.
    pub operation: Operation,
    /// How it ended.
    pub outcome: Outcome,
    /// Who: the id of a person, or `operator` for a command at the machine itself.
    pub actor: String,
    /// To which organisation, if it went outside.
    pub recipient: Option<String>,
    /// With what: the id of a record, or the kind and id of what was administered.
    pub subject: String,
    /// The record's version after it.
    pub version: Option<i64>,
    /// For what purpose, in the agreements' words.
    pub purpose: String,
    /// Which policy permitted it.
    pub policy: Option<String>,
    /// The hash of the entry before.
    pub previous: String,
    /// The hash of all of this.
    pub hash: String,
}

/// What is to be appended.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry {
    pub(crate) at: Timestamp,
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
    pub(crate) actor: String,
    pub(crate) recipient: Option<String>,
    pub(crate) subject: String,
    pub(crate) version: Option<i64>,
    pub(crate) purpose: String,
    pub(crate) policy: Option<String>,
}

impl NewEntry {
    /// What an operator's command does to the store itself.
    pub(crate) fn administration(at: Timestamp, subject: String) -> Self {
        Self {
            at,
            operation: Operation::Administration,
            outcome: Outcome::Done,
            actor: "operator".to_owned(),
            recipient: None,
            subject,
            version: None,
            purpose: "administration".to_owned(),
            policy: None,
        }
    }

    /// What somebody does to people, roles or accounts.
    pub(crate) fn by(actor: &str, at: Timestamp, subject: String) -> Self {
        Self { actor: actor.to_owned(), ..Self::administration(at, subject) }
    }

    /// The same, refused.
    pub(crate) fn refused(self) -> Self {
        Self { outcome: Outcome::Refused, ..self }
    }

    pub(crate) fn after(self, sequence: i64, previous: &str) -> Entry {
        let mut entry = Entry {
            sequence: sequence + 1,
            at: self.at,
            operation: self.operation,
            outcome: self.outcome,
            actor: self.actor,
            recipient: self.recipient,
            subject: self.subject,
            version: self.version,
            purpose: self.purpose,
            policy: self.policy,
            previous: previous.to_owned(),
            hash: String::new(),
        };
        entry.hash = entry.computed_hash(entry.sequence);
        entry
    }
}

/// The columns in the order in which they are read and written.
pub(crate) const COLUMNS: &str = "sequence, at_time, operation, outcome, actor, recipient, \
                                  subject, version, purpose, policy, previous, hash";

impl Entry {
    /// SHA-256 over all fields, each with its length, so that no two entries give the same bytes.
    pub(crate) fn computed_hash(&self, sequence: i64) -> String {
        let mut hasher = Sha256::new();
        let mut add = |field: Option<&str>| match field {
            Some(text) => {
                hasher.update([1]);
                hasher.update((text.len() as u64).to_le_bytes());
                hasher.update(text.as_bytes());
            }
            None => hasher.update([0]),
        };
        add(Some("wardmote audit entry, form 1"));
        add(Some(&sequence.to_string()));
        add(Some(&self.at.as_microsecond().to_string()));
        add(Some(self.operation.word()));
        add(Some(self.outcome.word()));
        add(Some(&self.actor));
        add(self.recipient.as_deref());
        add(Some(&self.subject));
        add(self.version.map(|version| version.to_string()).as_deref());
        add(Some(&self.purpose));
        add(self.policy.as_deref());
        add(Some(&self.previous));
        hex(&hasher.finalize())
    }

    pub(crate) fn values(&self) -> Vec<Value> {
        vec![
            self.sequence.into(),
            self.at.as_microsecond().into(),
            self.operation.word().into(),
            self.outcome.word().into(),
            self.actor.as_str().into(),
            self.recipient.clone().into(),
            self.subject.as_str().into(),
            self.version.into(),
            self.purpose.as_str().into(),
            self.policy.clone().into(),
            self.previous.as_str().into(),
            self.hash.as_str().into(),
        ]
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            sequence: row.integer(0)?,
            at: timestamp(row.integer(1)?)?,
            operation: Operation::parse(&row.text(2)?)?,
            outcome: Outcome::parse(&row.text(3)?)?,
            actor: row.text(4)?,
            recipient: row.text_if_any(5)?,
            subject: row.text(6)?,
            version: row.integer_if_any(7)?,
            purpose: row.text(8)?,
            policy: row.text_if_any(9)?,
            previous: row.text(10)?,
            hash: row.text(11)?,
        })
    }
}

pub(crate) fn timestamp(microseconds: i64) -> Result<Timestamp, StoreError> {
    let unreadable = |_| StoreError::Unreadable { what: "a time", found: microseconds.to_string() };
    Timestamp::from_microsecond(microseconds).map_err(unreadable)
}
