//! The user's own file: CSV with a heading line, or GeoJSON with properties.
//!
//! Cells are kept as they are written until a method asks for a column; what does not fit is an error
//! that names file, line and column, and what would fit.

mod cells;
mod read;
mod shapes;

use std::fmt;
use std::path::Path;

pub use self::cells::When;
use self::shapes::Shape;
pub(crate) use self::shapes::surface;
pub use self::shapes::{Coordinates, Outline, Shapes};

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OwnFileError {
    /// It cannot be opened.
    #[error("{file} cannot be read")]
    Open {
        /// Its name.
        file: String,
        /// The system's reason.
        #[source]
        source: std::io::Error,
    },
    /// Its name says of no form that is read.
    #[error(
        "{file} is neither .csv nor .geojson; save the table as CSV (UTF-8), the map as GeoJSON"
    )]
    Form {
        /// Its name.
        file: String,
    },
    /// A line that is no CSV.
    #[error("{file} is no CSV with one heading line and as many cells in each line: {source}")]
    Csv {
        /// Its name.
        file: String,
        /// The reader's reason, with the line.
        #[source]
        source: csv::Error,
    },
    /// No GeoJSON.
    #[error("{file} is no GeoJSON feature collection: {why}")]
    GeoJson {
        /// Its name.
        file: String,
        /// The reader's reason.
        why: String,
    },
    /// Nothing below the headings.
    #[error("{file} has no rows")]
    Empty {
        /// Its name.
        file: String,
    },
    /// No such column.
    #[error("{file} has no column {column:?}; it has {has}")]
    NoColumn {
        /// Its name.
        file: String,
        /// As asked.
        column: String,
        /// What there is.
        has: String,
    },
    /// Two columns with the name.
    #[error("{file} has more than one column {column:?}; rename one")]
    TwoColumns {
        /// Its name.
        file: String,
        /// As asked.
        column: String,
    },
    /// A cell that does not fit.
    #[error("{file}, {at}, column {column:?}: {text:?} is not {wanted}")]
    Cell {
        /// Its name.
        file: String,
        /// Where.
        at: At,
        /// Which column.
        column: String,
        /// What stands there.
        text: String,
        /// What should, with an example.
        wanted: &'static str,
    },
    /// Two rows where one is meant.
    #[error("{file}, {at}, column {column:?}: {text:?} stands there twice; one row for each")]
    Twice {
        /// Its name.
        file: String,
        /// The second place.
        at: At,
        /// Which column.
        column: String,
        /// What stands there.
        text: String,
    },
    /// A shape that the method cannot use.
    #[error("{file}, {at}: {why}")]
    Shape {
        /// Its name.
        file: String,
        /// Where.
        at: At,
        /// What is wrong, and the mend.
        why: String,
    },
    /// A table where a map is needed.
    #[error("{file} has no outlines or points: {mend}")]
    NoShapes {
        /// Its name.
        file: String,
        /// What would do.
        mend: &'static str,
    },
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// A line of a CSV, from 1.
    Line(u64),
    /// A feature of a GeoJSON, from 1.
    Feature(usize),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Feature(feature) => write!(f, "feature {feature}"),
        }
    }
}

/// A file that was read, its cells as they are written.
#[derive(Debug, Clone)]
pub struct OwnFile {
    name: String,
    headings: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug, Clone)]
struct Row {
    at: At,
    cells: Vec<String>,
    shape: Option<Shape>,
}

impl OwnFile {
    /// Reads a CSV or GeoJSON file, by the end of its name.
    pub fn read(path: &Path) -> Result<Self, OwnFileError> {
        read::read(path)
    }

    /// Its name, as given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows it has.
    pub fn n_rows(&self) -> usize {
        self.rows.len()
    }

    /// Whether its rows have shapes.
    pub fn has_shapes(&self) -> bool {
        self.rows.iter().any(|row| row.shape.is_some())
    }

    /// The names of its columns.
    pub fn headings(&self) -> &[String] {
        &self.headings
    }
}
