//! Questions to the lake, answered in plain structs and a stated order.

mod events;
mod finder;
mod ground;
mod groups;
mod repeats;
mod single;

use std::sync::Arc;

use jiff::civil::DateTime;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::{Categories, Category};
use wardmote_domain::coordinates::BritishNationalGrid;
use wardmote_domain::period::Month;

use crate::geometry::{self, Polygons};
use crate::table::TableError;

/// Why the lake could not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// A table could not be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Rows are known by small area; this level cannot be reached from them.
    #[error("incidents cannot be counted by {level}: load a lookup from the small areas to it")]
    NoLink {
        /// The level asked.
        level: AreaLevel,
    },
    /// The population is counted by areas of another vintage.
    #[error(
        "population {name:?} is counted by {counted}, and no lookup leads from there to {level}"
    )]
    PopulationLevel {
        /// The population.
        name: String,
        /// The level that it is counted by.
        counted: AreaLevel,
        /// The level asked.
        level: AreaLevel,
    },
    /// A sum over fewer areas than there are would be too low.
    #[error("population {name:?} has no figure for {member}, which lies in {area}")]
    PopulationGap {
        /// The population.
        name: String,
        /// The area asked.
        area: AreaCode,
        /// Its member without a figure.
        member: AreaCode,
    },
}

/// What to count.
#[derive(Debug, Clone, PartialEq)]
pub struct CountQuery {
    /// The source.
    pub source: String,
    /// Of which categories.
    pub categories: Categories,
    /// By areas of this level: the small areas themselves, or one that a lookup leads to.
    pub level: AreaLevel,
    /// These areas only.
    pub areas: Option<Vec<AreaCode>>,
    /// From this month.
    pub first: Month,
    /// To this month.
    pub last: Month,
}

/// One count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow {
    /// The area; `None` where the place is not known.
    pub area: Option<AreaCode>,
    /// The month.
    pub month: Month,
    /// The category.
    pub category: Category,
    /// How many rows.
    pub n: u64,
}

/// One count, by what became of the events and by their marks too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailRow {
    /// The area; `None` where the place is not known.
    pub area: Option<AreaCode>,
    /// The month.
    pub month: Month,
    /// The category.
    pub category: Category,
    /// What became of them; `None` where nothing is known.
    pub outcome: Option<Arc<str>>,
    /// Their marks, parted by semicolons; `None` where they have none. Those of a search say who was
    /// stopped, in the words of the file: "Gender: Female".
    pub flags: Option<Arc<str>>,
    /// How many rows.
    pub n: u64,
}

/// What one body delivered for one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The body, as the source names it.
    pub body: String,
    /// The month.
    pub month: Month,
    /// Kept rows.
    pub rows: u64,
    /// Of them, rows that name no place.
    pub without_place: u64,
    /// Whether some of them came in a file whose end is missing.
    pub cut_short: bool,
}

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
}

/// An area's outline in metres (EPSG:27700).
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Its polygons.
    pub polygons: Polygons,
}

impl Boundary {
    /// Whether a place lies within it.
    pub fn holds(&self, place: BritishNationalGrid) -> bool {
        geometry::contains(&self.polygons, place)
    }
}

/// Where one counted row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReference {
    /// The load.
    pub load_id: String,
    /// The line in the load's file, from 1.
    pub line: u64,
    /// The month.
    pub month: Month,
    /// The category.
    pub category: Category,
}

/// One event. What a source does not know of it is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct SingleEvent {
    /// The month.
    pub month: Month,
    /// When, by the clock in London; of a source that knows the day alone, at midnight.
    pub at: Option<DateTime>,
    /// Where.
    pub place: Option<BritishNationalGrid>,
    /// The source's own identifier, or the keyed pseudonym of what may be a person or household.
    pub source_id: Option<String>,
}

/// Events of one month, and how many of them repeat an earlier one of the same pseudonym.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatRow {
    /// The month.
    pub month: Month,
    /// Its events.
    pub events: u64,
    /// Of them, those that have a pseudonym; the others can neither repeat nor be repeated.
    pub with_pseudonym: u64,
    /// Of those, the ones whose pseudonym had an earlier event.
    pub repeats: u64,
    /// Whether the source goes back as far as the question does; otherwise repeats are too few.
    pub looks_back_whole: bool,
}

/// Rows of a source by the district in which they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The district, or `None` where the place or its district is not known.
    pub district: Option<AreaCode>,
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
}
