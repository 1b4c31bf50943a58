//! Whether a log is the one that was written.

use std::collections::BTreeMap;
use std::fmt;

use super::{Checkpoint, Entry, START};

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// An entry is not what its hash was taken over.
    Edited {
        /// Which.
        sequence: i64,
    },
    /// An entry stands at another's place.
    Moved {
        /// Where it stands.
        sequence: i64,
        /// Where it was written.
        written_as: i64,
    },
    /// Entries are missing from the middle or the beginning.
    Missing {
        /// The first.
        first: i64,
        /// The last.
        last: i64,
    },
    /// A number stands twice.
    Doubled {
        /// Which.
        sequence: i64,
    },
    /// An entry agrees with its own hash, but does not follow the one that stands before it.
    DoesNotFollow {
        /// Which.
        sequence: i64,
    },
    /// The log ends before a checkpoint.
    Truncated {
        /// Its last entry; 0 if there is none.
        last: i64,
        /// The entry that was the last one at the checkpoint.
        expected: i64,
    },
    /// The entry of a checkpoint is another than at the checkpoint: the log up to there was written
    /// anew.
    Rewritten {
        /// The checkpoint's entry.
        sequence: i64,
    },
    /// The log goes on after what the store knows as its last entry.
    PastTheHead {
        /// The first that should not be there.
        sequence: i64,
    },
    /// The row that says which entry is the last is gone.
    NoHead,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edited { sequence } => write!(f, "entry {sequence} was edited"),
            Self::Moved { sequence, written_as } => {
                write!(f, "entry {sequence} was written as entry {written_as} and moved")
            }
            Self::Missing { first, last } if first == last => write!(f, "entry {first} is missing"),
            Self::Missing { first, last } => write!(f, "entries {first} to {last} are missing"),
            Self::Doubled { sequence } => write!(f, "entry {sequence} stands twice"),
            Self::DoesNotFollow { sequence } => {
                write!(f, "entry {sequence} was not written after the entry before it")
            }
            Self::Truncated { last, expected } => {
                write!(f, "the log ends with entry {last}, and went on to entry {expected}")
            }
            Self::Rewritten { sequence } => {
                write!(f, "entry {sequence} is not the one that a checkpoint names")
            }
            Self::PastTheHead { sequence } => {
                write!(f, "entry {sequence} was not written by this program")
            }
            Self::NoHead => f.write_str("the row that names the last entry is gone"),
        }
    }
}

/// What was found of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many entries there are.
    pub entries: usize,
    /// The last entry that a checkpoint with a time vouches for.
    pub checkpointed: Option<i64>,
    /// What is wrong, in the order of the log; nothing where all is well.
    pub faults: Vec<Fault>,
}

/// Holds entries, in the order in which they stand, against one another and against checkpoints.
pub fn verify(entries: &[Entry], checkpoints: &[Checkpoint]) -> Verification {
    let mut faults = Vec::new();
    let (mut before, mut follows) = (0, START);
    for entry in entries {
        let sequence = entry.sequence;
        if sequence > before + 1 {
            faults.push(Fault::Missing { first: before + 1, last: sequence - 1 });
        } else if sequence <= before {
            faults.push(Fault::Doubled { sequence });
        }
        if entry.computed_hash(sequence) != entry.hash {
            faults.push(moved(entry, entries).unwrap_or(Fault::Edited { sequence }));
        } else if sequence == before + 1 && entry.previous != follows {
            faults.push(Fault::DoesNotFollow { sequence });
        }
        (before, follows) = (sequence, &entry.hash);
    }
    faults.extend(against(checkpoints, entries, before));
    faults.sort();
    faults.dedup();
    let checkpointed =
        checkpoints.iter().filter(|one| one.at.is_some()).map(|one| one.sequence).max();
    Verification { entries: entries.len(), checkpointed, faults }
}

/// An entry that was written under the number of another one that stands here.
fn moved(entry: &Entry, entries: &[Entry]) -> Option<Fault> {
    let written_as = |other: &&Entry| entry.computed_hash(other.sequence) == entry.hash;
    let other = entries.iter().find(written_as)?;
    Some(Fault::Moved { sequence: entry.sequence, written_as: other.sequence })
}

fn against(checkpoints: &[Checkpoint], entries: &[Entry], last: i64) -> Vec<Fault> {
    let hashes: BTreeMap<i64, &str> =
        entries.iter().map(|entry| (entry.sequence, entry.hash.as_str())).collect();
    let mut faults = Vec::new();
    for checkpoint in checkpoints {
        let sequence = checkpoint.sequence;
        if sequence > last {
            faults.push(Fault::Truncated { last, expected: sequence });
        } else if hashes.get(&sequence).is_some_and(|hash| *hash != checkpoint.hash) {
            faults.push(Fault::Rewritten { sequence });
        }
        let is_head = checkpoint.at.is_none();
        if is_head && sequence < last {
            faults.push(Fault::PastTheHead { sequence: sequence + 1 });
        }
    }
    faults
}
