//! The terms of a model, as numbers.

/// Why terms cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// Every row holds the same terms.
    #[error("row {row_index} has {found} terms and the first has {expected}")]
    Ragged {
        /// Position of the row.
        row_index: usize,
        /// Its terms.
        found: usize,
        /// Terms of the first row.
        expected: usize,
    },
    /// A term is a number.
    #[error("term {column_index} of row {row_index} is {value}, which is no number to fit with")]
    NotFinite {
        /// Position of the row.
        row_index: usize,
        /// Position of the term.
        column_index: usize,
        /// What stands there.
        value: f64,
    },
}

/// A design matrix: one row for each observation, one column for each term, the constant included.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Design {
    columns: usize,
    values: Vec<f64>,
}

impl Design {
    /// From rows of equal length.
    pub fn from_rows<Row: AsRef<[f64]>>(rows: &[Row]) -> Result<Self, DesignError> {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut design = Self::with_columns(columns);
        for (row_index, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            if row.len() != columns {
                let found = row.len();
                return Err(DesignError::Ragged { row_index, found, expected: columns });
            }
            if let Some(column_index) = row.iter().position(|value| !value.is_finite()) {
                let value = row[column_index];
                return Err(DesignError::NotFinite { row_index, column_index, value });
            }
            design.values.extend_from_slice(row);
        }
        Ok(design)
    }

    /// Without any row yet.
    pub(crate) fn with_columns(columns: usize) -> Self {
        Self { columns, values: Vec::new() }
    }

    /// Forgets the rows and keeps their room.
    pub(crate) fn clear(&mut self, columns: usize) {
        self.columns = columns;
        self.values.clear();
    }

    /// Adds a row of zeros and gives it out to be filled.
    pub(crate) fn add_row(&mut self) -> &mut [f64] {
        let start = self.values.len();
        self.values.resize(start + self.columns, 0.0);
        &mut self.values[start..]
    }

    /// Number of observations.
    pub fn n_rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Number of terms.
    pub fn n_columns(&self) -> usize {
        self.columns
    }

    /// The observations, each with its terms.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        self.values.chunks_exact(self.columns.max(1))
    }
}
