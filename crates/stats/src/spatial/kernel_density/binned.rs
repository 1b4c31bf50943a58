//! Surfaces of binned points: the kernel runs over cells instead of points.

use super::Grid;
use crate::parallel;

/// As the exact sums, but of points that are shared among the four cells about them.
pub(super) fn sums(
    points: &[(f64, f64)],
    factors: Option<&[f64]>,
    grid: Grid,
    bandwidth: f64,
) -> Vec<f64> {
    let step = grid.cell_size_metres / bandwidth;
    // Points beyond the grid reach into it, and each is shared with the cells next to its own.
    let margin = (1.0 / step).ceil() as usize + 1;
    let mass = Mass::of(points, factors, grid, margin);
    // What the kernel reaches, by rows up from the south and columns from the west of its box.
    let square = |cells: usize| (cells.abs_diff(margin) as f64 * step).powi(2);
    let mut offsets = Vec::new();
    for up in 0..=2 * margin {
        for right in 0..=2 * margin {
            let u = 1.0 - square(up) - square(right);
            if u > 0.0 {
                offsets.push((up, right, u * u));
            }
        }
    }
    let row = |(): &mut (), row: usize| {
        let mut sums = vec![0.0; grid.columns];
        for &(up, right, weight) in &offsets {
            let from = &mass.cells[(row + up) * mass.columns + right..][..grid.columns];
            for (sum, mass) in sums.iter_mut().zip(from) {
                *sum += weight * mass;
            }
        }
        sums
    };
    parallel::map(grid.rows, || (), row).concat()
}

/// Points shared among cells, on the grid with a margin around it.
struct Mass {
    cells: Vec<f64>,
    columns: usize,
}

impl Mass {
    fn of(points: &[(f64, f64)], factors: Option<&[f64]>, grid: Grid, margin: usize) -> Self {
        // The parts are the same on every machine, so that sums are too.
        const PARTS: usize = 4;
        let (columns, rows) = (grid.columns + 2 * margin, grid.rows + 2 * margin);
        let per_metre = 1.0 / grid.cell_size_metres;
        // In cells, from the middle of the first.
        let shift = margin as f64 - 0.5;
        let (last_column, last_row) = ((columns - 1) as f64, (rows - 1) as f64);
        let part = |(): &mut (), part: usize| {
            let mut cells = vec![0.0; columns * rows];
            for i in part * points.len() / PARTS..(part + 1) * points.len() / PARTS {
                let x = (points[i].0 - grid.west) * per_metre + shift;
                let y = (points[i].1 - grid.south) * per_metre + shift;
                // Nearer to the rim than a cell, it is too far to reach the grid.
                if !(x >= 0.0 && x < last_column && y >= 0.0 && y < last_row) {
                    continue;
                }
                let (column, row) = (x as usize, y as usize);
                let (right, up) = (x - column as f64, y - row as f64);
                let factor = factors.map_or(1.0, |factors| factors[i]);
                let corner = row * columns + column;
                cells[corner] += factor * (1.0 - right) * (1.0 - up);
                cells[corner + 1] += factor * right * (1.0 - up);
                cells[corner + columns] += factor * (1.0 - right) * up;
                cells[corner + columns + 1] += factor * right * up;
            }
            cells
        };
        let mut parts = parallel::map(PARTS, || (), part).into_iter();
        let mut cells = parts.next().unwrap_or_default();
        for part in parts {
            cells.iter_mut().zip(part).for_each(|(sum, mass)| *sum += mass);
        }
        Self { cells, columns }
    }
}
