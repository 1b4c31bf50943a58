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
    let parts = by_row(points, factors, grid);
    let step = grid.cell_size_metres / bandwidth;
    let (per_step, per_metre) = (1.0 / step, 1.0 / bandwidth);
    let reach = per_step.ceil() as usize + 1;
    // Columns are taken four at a time, so rows have room for a last few that are not there.
    let stride = grid.columns + LANES;
    // As many points in one band as in the next.
    let before = |row: usize| parts.iter().map(|part| part.starts[row]).sum::<usize>();
    let rows: Vec<usize> = (0..=grid.rows).collect();
    let mut bounds: Vec<usize> = (0..BANDS)
        .map(|band| rows.partition_point(|&row| before(row) < band * points.len() / BANDS))
        .chain([grid.rows])
        .map(|row| row.min(grid.rows))
        .collect();
    bounds[0] = 0;
    let band = |squares: &mut Vec<f64>, band: usize| {
        let (first, end) = (bounds[band], bounds[band + 1]);
        let mut cells = vec![0.0; (end - first) * stride];
        let near = |part: &'_ ByRow| {
            part.starts[first.saturating_sub(reach)]..part.starts[(end + reach).min(grid.rows)]
        };
        for part in &parts {
            for &(east, north, root) in &part.points[near(part)] {
                // In bandwidths, from the first cell's middle.
                let x = (east - grid.west) * per_metre - 0.5 * step;
                let y = (north - grid.south) * per_metre - 0.5 * step;
                let (left, right) = within(x, per_step, grid.columns);
                let (low, high) = within(y, per_step, grid.rows);
                let (low, high) = (low.max(first), high.min(end));
                if left >= right || low >= high {
                    continue;
                }
                // What is taken beyond the grid goes to the room at the end of the row, and columns that
                // rounding up took in are too far to count.
                let width = (right - left).next_multiple_of(LANES);
                squares.clear();
                squares.extend((0..width as u32).map(|column| {
                    root * (f64::from(column) * step + (left as f64 * step - x)).powi(2)
                }));
                let corner = (low - first) * stride + left;
                for row in 0..high - low {
                    let rest = root * (1.0 - ((low + row) as f64 * step - y).powi(2));
                    let cells = &mut cells[corner + row * stride..][..width];
                    for (cell, square) in cells.iter_mut().zip(&squares[..width]) {
                        let u = (rest - square).max(0.0);
                        *cell += u * u;
                    }
                }
            }
        }
        let rows = cells.chunks_exact(stride);
        rows.flat_map(|row| &row[..grid.columns]).copied().collect::<Vec<f64>>()
    };
    parallel::map(BANDS, Vec::new, band).concat()
}

/// Runs of columns are a multiple of this, which the processor adds to without a remainder.
const LANES: usize = 4;

/// The first index, and the one after the last, whose position `index * step` may be less than 1 from
/// `at`. One to either side may be further, and then counts nothing.
fn within(at: f64, per_step: f64, n: usize) -> (usize, usize) {
    // A conversion rounds down, and what is below 0 up to it.
    let first = (((at - 1.0) * per_step) as usize).min(n);
    let end = if at > -1.0 { (((at + 1.0) * per_step) as usize + 1).min(n) } else { 0 };
    (first, end.max(first))
}

/// Some of the points with the roots of their factors, sorted by row of the grid: row r's are
/// `points[starts[r]..starts[r + 1]]`. What lies south of the grid is in the first row, what lies north in
/// the last.
struct ByRow {
    starts: Vec<usize>,
    points: Vec<(f64, f64, f64)>,
}

/// All points in parts, each sorted by row.
fn by_row(points: &[(f64, f64)], factors: Option<&[f64]>, grid: Grid) -> Vec<ByRow> {
    const PARTS: usize = 8;
    let per_metre = 1.0 / grid.cell_size_metres;
    let last = (grid.rows - 1) as f64;
    let row = |north: f64| ((north - grid.south) * per_metre).clamp(0.0, last) as usize;
    parallel::map(
        PARTS,
        || (),
        |(), part| {
            let range = part * points.len() / PARTS..(part + 1) * points.len() / PARTS;
            let mut starts = vec![0; grid.rows + 1];
            for point in &points[range.clone()] {
                starts[row(point.1) + 1] += 1;
            }
            for i in 0..grid.rows {
                starts[i + 1] += starts[i];
            }
            let mut next = starts.clone();
            let mut sorted = vec![(0.0, 0.0, 0.0); range.len()];
            for i in range {
                let (east, north) = points[i];
                let place = &mut next[row(north)];
                sorted[*place] = (east, north, factors.map_or(1.0, |factors| factors[i].sqrt()));
                *place += 1;
            }
            ByRow { starts, points: sorted }
        },
    )
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
                    let on_grid =
                        |index: i64, n: usize| usize::try_from(index).ok().filter(|i| *i < n);
                    let cell = on_grid(column, grid.columns).zip(on_grid(row, grid.rows));
                    if cell.is_some_and(|(column, row)| study[row * grid.columns + column]) {
                        inside += u * u;
                    }
                }
            }
            // A kernel that misses the middle of every cell of the study area has nothing to give back.
            if inside > 0.0 { all / inside } else { 0.0 }
        },
    )
}
