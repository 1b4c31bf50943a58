//! The ground of records: everything that a partnership does with names in it stands on this.
//!
//! [`Store`] is the database, on `SQLite` or PostgreSQL. [`policy`] decides by sharing agreements
//! who may do what; [`audit`] keeps what was done; [`Records`] does nothing without both, in one
//! transaction; [`protection`] says how long records are kept and what each regime allows; [`registers`]
//! are the partnership's own lists upon them. Bodies are sealed under keys outside the database
//! ([`Keyring`]).
//!
//! This package never reads a clock, a file of a partnership or an environment variable: it is told
//! the time, the texts and the keys. It knows neither the evidence lake nor HTTP.

pub mod accounts;
pub mod audit;
pub mod backup;
pub mod people;
pub mod policy;
pub mod protection;
mod records;
pub mod registers;
mod store;
pub mod words;

pub use records::{
    Access, Asking, Change, Due, Earlier, Held, Hold, Link, Listed, NewRecord, Page, Records,
    RecordsError, Retention, SubjectDeclaration, Work,
};
pub use store::{Keyring, Location, RecordId, SealError, Store, StoreError};
