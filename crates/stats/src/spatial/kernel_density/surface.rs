//! The sums over points that every surface is made of.

use super::Grid;
use crate::parallel;

/// For each cell the sum over points of (1 - d²/h²)², times the point's factor, with d the distance to
/// the middle of the cell and h the bandwidth.
///
/// Points are taken row by row of the grid, so that what they add to stays in the processor's cache;
/// bands of rows are independent of one another and of the number of threads.
pub(super) fn sums(
    points: &[(f64, f64)],
    factors: Option<&[f64]>,
    grid: Grid,
    bandwidth: f64,
) -> Vec<f64> {
    const BANDS: usize = 16;
    let by_row = ByRow::new(points, factors, grid);
    let reach = (bandwidth / grid.cell_size_metres).ceil() as usize + 1;
    let step = grid.cell_size_metres / bandwidth;
    // As many points in one band as in the next.
    let mut bounds: Vec<usize> = (0..=BANDS)
        .map(|band| by_row.starts.partition_point(|&start| start < band * points.len() / BANDS))
        .map(|row| row.min(grid.rows))
        .collect();
    bounds[0] = 0;
    bounds[BANDS] = grid.rows;
    let band = |squares: &mut Vec<f64>, band: usize| {
        let (first, end) = (bounds[band], bounds[band + 1].max(bounds[band]));
        let mut cells = vec![0.0; (end - first) * grid.columns];
        for &(east, north, root) in by_row.between(first.saturating_sub(reach), end + reach) {
            // In bandwidths, from the first cell's middle.
            let x = (east - grid.west) / bandwidth - 0.5 * step;
            let y = (north - grid.south) / bandwidth - 0.5 * step;
            let (left, right) = within(x, step, grid.columns);
            let (low, high) = within(y, step, grid.rows);
            squares.clear();
            squares.extend((left..right).map(|column| root * (column as f64 * step - x).powi(2)));
            for row in low.max(first)..high.min(end) {
                let rest = root * (1.0 - (row as f64 * step - y).powi(2));
                let at = (row - first) * grid.columns;
                for (cell, square) in cells[at + left..at + right].iter_mut().zip(&*squares) {
                    let u = (rest - square).max(0.0);
                    *cell += u * u;
                }
            }
        }
        cells
    };
    parallel::map(BANDS, Vec::new, band).concat()
}

/// The first index, and the one after the last, whose position `index * step` is less than 1 from
/// `at`.
fn within(at: f64, step: f64, n: usize) -> (usize, usize) {
    let first = ((at - 1.0) / step).ceil().clamp(0.0, n as f64) as usize;
    let end = (((at + 1.0) / step).floor() + 1.0).clamp(0.0, n as f64) as usize;
    (first, end.max(first))
}

/// Points with the roots of their factors, sorted by row of the grid. What lies south of it is in the
/// first row, what lies north in the last.
struct ByRow {
    starts: Vec<usize>,
    points: Vec<(f64, f64, f64)>,
}

impl ByRow {
    fn new(points: &[(f64, f64)], factors: Option<&[f64]>, grid: Grid) -> Self {
        let row = |north: f64| {
            let row = (north - grid.south) / grid.cell_size_metres;
            row.clamp(0.0, (grid.rows - 1) as f64) as usize
        };
        let mut starts = vec![0; grid.rows + 1];
        for point in points {
            starts[row(point.1) + 1] += 1;
        }
        for i in 0..grid.rows {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut sorted = vec![(0.0, 0.0, 0.0); points.len()];
        for (i, &(east, north)) in points.iter().enumerate() {
            let place = &mut next[row(north)];
            sorted[*place] = (east, north, factors.map_or(1.0, |factors| factors[i].sqrt()));
            *place += 1;
        }
        Self { starts, points: sorted }
    }

    fn between(&self, first: usize, end: usize) -> &[(f64, f64, f64)] {
        let last = self.starts.len() - 1;
        &self.points[self.starts[first.min(last)]..self.starts[end.min(last)]]
    }
}

/// One over the share of each point's kernel that falls on the study area.
pub(super) fn given_back(
    points: &[(f64, f64)],
    study: &[bool],
    grid: Grid,
    bandwidth: f64,
) -> Vec<f64> {
    let step = grid.cell_size_metres / bandwidth;
    parallel::map(
        points.len(),
        || (),
        |(), i| {
            let x = (points[i].0 - grid.west) / bandwidth - 0.5 * step;
            let y = (points[i].1 - grid.south) / bandwidth - 0.5 * step;
            // The whole is summed over cells too, those beyond the grid among them, so that what the cells
            // get wrong about the kernel's volume is the same in both.
            let span = |at: f64| {
                let first = ((at - 1.0) / step).ceil() as i64;
                first..((at + 1.0) / step).floor() as i64 + 1
            };
            let (mut all, mut inside) = (0.0, 0.0);
            for row in span(y) {
                let rest = 1.0 - (row as f64 * step - y).powi(2);
                for column in span(x) {
                    let u = (rest - (column as f64 * step - x).powi(2)).max(0.0);
                    all += u * u;
                    let on_grid = (0..grid.columns as i64).contains(&column)
                        && (0..grid.rows as i64).contains(&row);
                    if on_grid && study[row as usize * grid.columns + column as usize] {
                        inside += u * u;
                    }
                }
            }
            // A kernel that misses the middle of every cell of the study area has nothing to give back.
            if inside > 0.0 { all / inside } else { 0.0 }
        },
    )
}
