//! A smooth map of where events are dense: quartic kernel density on a grid in metres.

mod binned;
mod dual;
mod grid;
mod surface;

pub use dual::{Dual, DualDensity, dual_density};
pub use grid::Grid;

use std::f64::consts::PI;

use super::coordinates::require_points_in_metres;
use super::{CoordinateError, Warning};

/// Why no surface could be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DensityError {
    /// The coordinates cannot be used.
    #[error(transparent)]
    Coordinates(#[from] CoordinateError),
    /// There is nothing to show.
    #[error("no points")]
    NoPoints,
    /// A bandwidth or a side of a cell is a length.
    #[error("{metres} m is not a length")]
    Length {
        /// What was given.
        metres: f64,
    },
    /// The rule for the bandwidth needs points that are spread out.
    #[error("{n_points} points at hardly more than one place give no bandwidth; state one")]
    NoSpread {
        /// How many there are.
        n_points: usize,
    },
    /// A grid needs a cell, and not more than fit in memory.
    #[error("a grid of {columns} by {rows} cells cannot be used; it may have 1 to {most} cells")]
    Cells {
        /// From west to east.
        columns: usize,
        /// From south to north.
        rows: usize,
        /// The most that are allowed.
        most: usize,
    },
    /// The study area says of each cell whether it belongs.
    #[error("the study area describes {found} cells and the grid has {expected}")]
    StudyArea {
        /// Cells described.
        found: usize,
        /// Cells of the grid.
        expected: usize,
    },
    /// Two surfaces must be on the same cells with the same bandwidth.
    #[error("the two surfaces differ in grid or bandwidth")]
    DifferentSurfaces,
    /// A ratio needs something to divide by.
    #[error("a smallest density of {per_square_km} per square kilometre is not above 0")]
    Smallest {
        /// What was given.
        per_square_km: f64,
    },
}

/// How far the events of a place reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bandwidth {
    /// This far.
    Metres(f64),
    /// 2.78 s n^(-1/6), with s the geometric mean over both axes of the smaller of standard deviation
    /// and interquartile range over 1.349.
    ///
    /// Best for points from one normal distribution; with several clusters too wide. The factor turns
    /// the Gaussian kernel's bandwidth into the quartic kernel's (Marron and Nolan 1988, *Statistics
    /// and Probability Letters* 7, in two dimensions; Silverman 1986, *Density Estimation*, section
    /// 4.3.2, for the rule).
    NormalReference,
}

/// What becomes of the mass that a kernel spreads beyond the study area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Edge<'a> {
    /// It is lost, and density near the edge looks lower than it is.
    Lost,
    /// Each point gives its whole mass to the cells of the study area: one flag per cell.
    GivenBack(&'a [bool]),
}

/// From where a point counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// From where it is: exact, and slower the further a kernel reaches.
    WhereItIs,
    /// From the middles of the four cells about it, shared out by nearness (linear binning). What this
    /// costs shrinks with the square of the cell over the bandwidth.
    Binned,
}

/// A surface with all it was made by.
#[derive(Debug, Clone, PartialEq)]
pub struct Density {
    /// The cells.
    pub grid: Grid,
    /// Events per square kilometre at the middle of each cell; 0 outside the study area.
    pub per_square_km: Vec<f64>,
    /// How far the events of a place reach.
    pub bandwidth_metres: f64,
    /// How that was chosen.
    pub bandwidth: Bandwidth,
    /// From where points counted.
    pub counted: Counted,
    /// Points that were used.
    pub n_points: usize,
    /// Whether mass was given back at the edge of the study area.
    pub edge_corrected: bool,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Density of events by the quartic (biweight) kernel, exact at the middle of each cell.
///
/// Nothing is binned: each point counts from where it is.
///
/// # Shape
///
/// One (easting, northing) in metres per event; the grid's cells in its own order.
///
/// # Source
///
/// Silverman (1986), *Density Estimation for Statistics and Data Analysis*, section 4.2; Diggle (1985),
/// *Applied Statistics* 34, for the edge.
///
/// # Example
///
/// ```
/// use wardmote_stats::spatial::kernel_density::{Bandwidth, Edge, Grid, kernel_density};
///
/// let burglaries = [(400_050.0, 300_050.0), (400_250.0, 300_050.0)];
/// let grid = Grid::covering(&burglaries, 100.0, 400.0)?;
/// let map = kernel_density(&burglaries, grid, Bandwidth::Metres(400.0), Edge::Lost)?;
/// let between = map.grid.cell_of((400_150.0, 300_050.0)).unwrap();
/// assert_eq!(format!("{:.1} per square kilometre", map.per_square_km[between]), "10.5 per square kilometre");
/// # Ok::<(), wardmote_stats::spatial::kernel_density::DensityError>(())
/// ```
pub fn kernel_density(
    points: &[(f64, f64)],
    grid: Grid,
    bandwidth: Bandwidth,
    edge: Edge<'_>,
) -> Result<Density, DensityError> {
    density(points, grid, bandwidth, edge, Counted::WhereItIs)
}

/// The same of binned points, for maps of many events: the work hardly grows with their number.
///
/// # Source
///
/// Wand (1994), *Journal of Computational and Graphical Statistics* 3, on linear binning; Diggle (1985),
/// as there.
pub fn kernel_density_binned(
    points: &[(f64, f64)],
    grid: Grid,
    bandwidth: Bandwidth,
    edge: Edge<'_>,
) -> Result<Density, DensityError> {
    density(points, grid, bandwidth, edge, Counted::Binned)
}

fn density(
    points: &[(f64, f64)],
    grid: Grid,
    bandwidth: Bandwidth,
    edge: Edge<'_>,
    counted: Counted,
) -> Result<Density, DensityError> {
    let grid = grid.checked()?;
    require_points_in_metres(points)?;
    if points.is_empty() {
        return Err(DensityError::NoPoints);
    }
    let mut warnings = Vec::new();
    let bandwidth_metres = match bandwidth {
        Bandwidth::Metres(metres) => metres,
        Bandwidth::NormalReference => {
            warnings.push(Warning::BandwidthByRule);
            normal_reference(points)?
        }
    };
    if !(bandwidth_metres > 0.0 && bandwidth_metres.is_finite()) {
        return Err(DensityError::Length { metres: bandwidth_metres });
    }
    let cell_size_metres = grid.cell_size_metres;
    if bandwidth_metres < 2.0 * cell_size_metres {
        warnings.push(Warning::CoarseGrid { bandwidth_metres, cell_size_metres });
    }
    let sums = |points: &[(f64, f64)], factors: Option<&[f64]>| match counted {
        Counted::WhereItIs => surface::sums(points, factors, grid, bandwidth_metres),
        Counted::Binned => binned::sums(points, factors, grid, bandwidth_metres),
    };
    let (sums, n_points) = match edge {
        Edge::Lost => (sums(points, None), points.len()),
        Edge::GivenBack(study) => {
            if study.len() != grid.n_cells() {
                let (found, expected) = (study.len(), grid.n_cells());
                return Err(DensityError::StudyArea { found, expected });
            }
            let inside: Vec<(f64, f64)> = points
                .iter()
                .copied()
                .filter(|&point| grid.cell_of(point).is_some_and(|cell| study[cell]))
                .collect();
            if inside.is_empty() {
                return Err(DensityError::NoPoints);
            }
            if inside.len() < points.len() {
                warnings.push(Warning::PointsOutside { n_points: points.len() - inside.len() });
            }
            let factors = surface::given_back(&inside, study, grid, bandwidth_metres);
            let mut sums = sums(&inside, Some(&factors));
            for (sum, _) in sums.iter_mut().zip(study).filter(|(_, inside)| !**inside) {
                *sum = 0.0;
            }
            (sums, inside.len())
        }
    };
    // The kernel's volume is 1 over square metres; a square kilometre has a million of them.
    let scale = 3.0 / (PI * bandwidth_metres * bandwidth_metres) * 1e6;
    Ok(Density {
        grid,
        per_square_km: sums.into_iter().map(|sum| sum * scale).collect(),
        bandwidth_metres,
        bandwidth,
        counted,
        n_points,
        edge_corrected: matches!(edge, Edge::GivenBack(_)),
        warnings,
    })
}

fn normal_reference(points: &[(f64, f64)]) -> Result<f64, DensityError> {
    let n = points.len() as f64;
    let spread = |of: fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = points.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        // Linear between order statistics, as numpy's and R's default.
        let quantile = |share: f64| {
            let position = share * (n - 1.0);
            let (below, above) = (position.floor() as usize, position.ceil() as usize);
            values[below] + (position - position.floor()) * (values[above] - values[below])
        };
        let by_quartiles = (quantile(0.75) - quantile(0.25)) / 1.349;
        let deviation = (squares / (n - 1.0)).sqrt();
        if by_quartiles > 0.0 { deviation.min(by_quartiles) } else { deviation }
    };
    let spread = (spread(|point| point.0) * spread(|point| point.1)).sqrt();
    if spread > 0.0 && spread.is_finite() {
        Ok(QUARTIC_FACTOR * spread * n.powf(-1.0 / 6.0))
    } else {
        Err(DensityError::NoSpread { n_points: points.len() })
    }
}

/// `(R(K)/mu²)^(1/6)` of the quartic kernel of radius 1, 9/(5 pi) and 1/8, over the Gaussian's, 1/(4 pi)
/// and 1. The Gaussian rule in two dimensions has the factor 1 (Silverman 1986, table 4.1).
const QUARTIC_FACTOR: f64 = 2.779_193;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_factor_is_that_of_the_canonical_kernels() {
        let quartic = 9.0 / (5.0 * PI) * 64.0;
        let gaussian = 1.0 / (4.0 * PI);
        assert!(((quartic / gaussian).powf(1.0 / 6.0) - QUARTIC_FACTOR).abs() < 1e-6);
    }
}
