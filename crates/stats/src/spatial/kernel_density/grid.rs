//! The cells that a surface is computed on.

use super::DensityError;
use crate::spatial::coordinates::require_points_in_metres;

/// Square cells in metres. Cell 0 is the south-western one; columns run east, then rows north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    /// Easting of the western edge.
    pub west: f64,
    /// Northing of the southern edge.
    pub south: f64,
    /// The side of a cell.
    pub cell_size_metres: f64,
    /// Cells from west to east.
    pub columns: usize,
    /// Cells from south to north.
    pub rows: usize,
}

impl Grid {
    /// The smallest grid over some points with a margin around them, its edges at multiples of the
    /// cell size so that grids of different months fit one another.
    pub fn covering(
        points: &[(f64, f64)],
        cell_size_metres: f64,
        margin_metres: f64,
    ) -> Result<Self, DensityError> {
        require_points_in_metres(points)?;
        if points.is_empty() {
            return Err(DensityError::NoPoints);
        }
        if !(margin_metres >= 0.0 && margin_metres.is_finite()) {
            return Err(DensityError::Length { metres: margin_metres });
        }
        if !(cell_size_metres > 0.0 && cell_size_metres.is_finite()) {
            return Err(DensityError::Length { metres: cell_size_metres });
        }
        let edge = |metres: f64| (metres / cell_size_metres).floor() * cell_size_metres;
        let span = |of: fn(&(f64, f64)) -> f64| {
            let low = points.iter().map(of).fold(f64::INFINITY, f64::min) - margin_metres;
            let high = points.iter().map(of).fold(f64::NEG_INFINITY, f64::max) + margin_metres;
            (edge(low), ((high - edge(low)) / cell_size_metres).floor() as usize + 1)
        };
        let (west, columns) = span(|point| point.0);
        let (south, rows) = span(|point| point.1);
        Self { west, south, cell_size_metres, columns, rows }.checked()
    }

    /// A grid that can be computed on.
    pub(crate) fn checked(self) -> Result<Self, DensityError> {
        let Self { west, south, cell_size_metres: metres, columns, rows } = self;
        if !(metres > 0.0 && metres.is_finite() && west.is_finite() && south.is_finite()) {
            return Err(DensityError::Length { metres });
        }
        match columns.checked_mul(rows) {
            Some(1..=MOST_CELLS) => Ok(self),
            _ => Err(DensityError::Cells { columns, rows, most: MOST_CELLS }),
        }
    }

    /// How many cells there are.
    pub fn n_cells(&self) -> usize {
        self.columns * self.rows
    }

    /// Easting and northing of the middle of a cell.
    pub fn centre(&self, cell: usize) -> (f64, f64) {
        let middle = |index: usize| (index as f64 + 0.5) * self.cell_size_metres;
        (self.west + middle(cell % self.columns), self.south + middle(cell / self.columns))
    }

    /// The cell that holds a point. A point on an edge belongs to the cell east or north of it.
    pub fn cell_of(&self, point: (f64, f64)) -> Option<usize> {
        let along = |metres: f64| (metres / self.cell_size_metres).floor();
        let (column, row) = (along(point.0 - self.west), along(point.1 - self.south));
        let inside =
            (0.0..self.columns as f64).contains(&column) && (0.0..self.rows as f64).contains(&row);
        inside.then(|| row as usize * self.columns + column as usize)
    }

    /// How many of the points each cell holds.
    pub fn counts(&self, points: &[(f64, f64)]) -> Vec<u64> {
        let mut counts = vec![0; self.n_cells()];
        for cell in points.iter().filter_map(|&point| self.cell_of(point)) {
            counts[cell] += 1;
        }
        counts
    }

    /// Which cells have their middle within an area, given by its rings (holes among them).
    pub fn cells_within<R: AsRef<[(f64, f64)]>>(&self, rings: &[R]) -> Vec<bool> {
        (0..self.n_cells())
            .map(|cell| {
                let (east, north) = self.centre(cell);
                let crossings = |ring: &R| {
                    let ring = ring.as_ref();
                    let crosses = |i: usize| {
                        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
                        (a.1 > north) != (b.1 > north)
                            && east < a.0 + (north - a.1) / (b.1 - a.1) * (b.0 - a.0)
                    };
                    (0..ring.len()).filter(|&i| crosses(i)).count()
                };
                rings.iter().map(crossings).sum::<usize>() % 2 == 1
            })
            .collect()
    }
}

/// 100 million cells take 800 MB.
const MOST_CELLS: usize = 100_000_000;
