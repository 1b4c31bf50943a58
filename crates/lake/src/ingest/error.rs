//! Why a run of loading could not be finished.

use std::path::PathBuf;

use crate::geography::GeographyError;
use crate::read::{self, SinkError};
use crate::store::LakeError;
use crate::table::TableError;

/// Why a run could not be finished; what was loaded before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The lake could not be opened or written.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A table could not be written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file of geography or population could not be read.
    #[error("source {source_id:?}: {why}")]
    Geography {
        /// The source.
        source_id: String,
        /// Why.
        #[source]
        why: GeographyError,
    },
    /// Files could not be found or opened.
    #[error("source {source_id:?}: {why}")]
    Read {
        /// The source.
        source_id: String,
        /// Why.
        #[source]
        why: read::ReadError,
    },
    /// Rows could not be stored.
    #[error("source {source_id:?}: {why}")]
    Store {
        /// The source.
        source_id: String,
        /// Why.
        #[source]
        why: SinkError,
    },
    /// A declared file is not there.
    #[error("source {source_id:?}: nothing at {}; check `files` in its declaration, or the data folder", path.display())]
    NothingThere {
        /// The source.
        source_id: String,
        /// The path or pattern.
        path: PathBuf,
    },
    /// The lookup of a source's words is not there.
    #[error(
        "source {source_id:?}: category_lookup = {lookup:?} names no loaded source of reader \"category-lookup\""
    )]
    NoCategories {
        /// The source.
        source_id: String,
        /// As it names the lookup.
        lookup: String,
    },
    /// The population by which areas are to be shared out is not there.
    #[error(
        "source {source_id:?}: shares names population {population:?}, which no loaded source brings by small areas of that census"
    )]
    NoResidents {
        /// The source.
        source_id: String,
        /// As it names the population.
        population: String,
    },
    /// A lookup of postcodes gives places, and nothing says which areas they lie in.
    #[error(
        "source {source_id:?}: its postcodes have places and no small areas, which are found in outlines: \
         declare a source of reader \"boundaries\" and level \"lsoa-2021\" or \"lsoa-2011\""
    )]
    NoOutlines {
        /// The source.
        source_id: String,
    },
    /// The rows do not reconcile, which would be our own fault.
    #[error("{file}: {read} rows read, but {kept} kept and {refused} refused")]
    Unreconciled {
        /// The file.
        file: String,
        /// Rows read.
        read: u64,
        /// Rows kept.
        kept: u64,
        /// Rows refused.
        refused: u64,
    },
}
