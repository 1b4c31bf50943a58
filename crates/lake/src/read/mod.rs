//! From files on disk to typed, checked and sorted rows of `incidents`.
//!
//! [`find_inputs`] lists the files of a form in what the user named, [`read_months`] reads them and hands
//! over one sorted batch after another, [`write_parquet`] stores a batch. Every row of every file is
//! either in a batch or in a [`Refusal`]; every file is in a [`FileReport`], a [`FileFailure`] or the
//! list of those already loaded. Nothing here commits: what the lake keeps is for the caller to say.

mod areas;
mod cells;
mod container;
mod encoding;
mod error;
mod form;
mod hashing;
mod header;
mod incidents;
mod known_areas;
mod mapped;
mod parallel;
mod parquet_file;
mod police_uk;
mod postcodes;
mod projection;
mod refusal;
mod report;
mod rows;
mod schema;
mod sorted;
mod words;

pub use crate::people::Postcode;
pub use areas::{Locate, SmallArea, SmallAreaCodes};
pub use container::{FoundInputs, InputFile, Skipped, find_inputs};
pub(crate) use encoding::decode;
pub use error::{FileFailure, ReadError};
pub use form::Form;
pub use parallel::{
    AlreadyLoaded, Progress, ReadOutcome, ReadRequest, SinkError, load_id, read_months,
};
pub use parquet_file::{ColumnRange, WriteError, WrittenFile, write_parquet};
pub(crate) use police_uk::london;
pub use postcodes::Postcodes;
pub use projection::Projection;
pub use refusal::{Reason, Refusal};
pub use report::FileReport;
pub use schema::{events_schema, incidents_schema};
