//! What was done with records, in a log that cannot be changed unseen.
//!
//! Each entry holds the hash of the one before it, and its own hash over all its fields. An entry is
//! written in the transaction of what it tells of. It says who, what, when, to whom, for what purpose
//! and by which policy, as the Data Protection Act 2018, section 62, asks; never a record's content.
//!
//! The chain shows any change in its middle. A *checkpoint* (the last entry's number and hash, signed
//! and kept elsewhere) shows that its end was cut off, or that all of it was written anew.

mod checkpoint;
mod entry;
mod log;
mod verify;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::Entry;
pub(crate) use entry::{NewEntry, START, timestamp};
pub use log::{AuditPage, Search};
pub(crate) use log::{append, hold_head};
pub use verify::{Fault, Verification, verify};
