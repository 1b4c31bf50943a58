//! Which areas are neighbours, in compressed rows.
//!
//! A neighbour within a row counts as much as any other of that row: 1 in binary weights, one over
//! their number in row standardised ones.

mod contiguity;
mod distance;

pub use contiguity::{DEFAULT_TOLERANCE_METRES, queen_contiguity, rook_contiguity};
pub use distance::{distance_band, nearest_neighbours};

use super::CoordinateError;

/// Why no weights could be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum WeightsError {
    /// The coordinates cannot be used.
    #[error(transparent)]
    Coordinates(#[from] CoordinateError),
    /// A ring encloses something.
    #[error("ring {ring_index} of area {area_index} has {n_points} points; a ring needs three")]
    Ring {
        /// Position of the area.
        area_index: usize,
        /// Position of the ring in it.
        ring_index: usize,
        /// Its different points.
        n_points: usize,
    },
    /// A distance is a length.
    #[error("{metres} m is not a distance")]
    Distance {
        /// What was given.
        metres: f64,
    },
    /// An area has fewer others than neighbours were asked for.
    #[error("{k} nearest neighbours cannot be found among {n_areas} areas")]
    NeighboursAsked {
        /// How many were asked for.
        k: usize,
        /// How many areas there are.
        n_areas: usize,
    },
    /// A list of neighbours names an area that is not there, the area itself, or one twice.
    #[error("area {neighbour} in the list of area {area_index} is unknown, itself, or there twice")]
    NeighbourListed {
        /// Position of the area.
        area_index: usize,
        /// The neighbour that cannot be.
        neighbour: usize,
    },
}

/// The rule by which neighbours were found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// A shared corner is enough.
    Queen {
        /// Boundaries this close touch.
        tolerance_metres: f64,
    },
    /// A shared stretch of boundary is needed.
    Rook {
        /// Boundaries this close touch.
        tolerance_metres: f64,
    },
    /// This many nearest, whatever the distance.
    Nearest {
        /// How many.
        k: usize,
    },
    /// All up to this distance.
    Within {
        /// The distance.
        metres: f64,
    },
    /// Lists that the caller made.
    Given,
}

/// What a neighbour counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standardisation {
    /// 1.
    Binary,
    /// One over the number of neighbours, so that each row with neighbours sums to 1.
    Row,
}

/// The neighbours of each area.
///
/// # Example
///
/// ```
/// use wardmote_stats::spatial::weights::{Standardisation, nearest_neighbours};
///
/// let centres = [(400_000.0, 300_000.0), (400_500.0, 300_000.0), (402_000.0, 300_000.0)];
/// let weights = nearest_neighbours(&centres, 1)?.with(Standardisation::Row);
/// assert_eq!(weights.neighbours(2), [1]);
/// assert!(weights.islands().is_empty());
/// # Ok::<(), wardmote_stats::spatial::weights::WeightsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialWeights {
    rule: Rule,
    standardisation: Standardisation,
    /// Row i is `neighbours[starts[i]..starts[i + 1]]`, in ascending order.
    starts: Vec<usize>,
    neighbours: Vec<u32>,
}

impl SpatialWeights {
    /// Weights from lists of neighbours, one list per area, in any order. They need not be mutual.
    pub fn from_lists<L: AsRef<[usize]>>(lists: &[L]) -> Result<Self, WeightsError> {
        let mut rows = Vec::with_capacity(lists.len());
        for (area_index, list) in lists.iter().enumerate() {
            let mut row = list.as_ref().to_vec();
            row.sort_unstable();
            let twice = row.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
            let unfit = row.iter().copied().find(|&j| j >= lists.len() || j == area_index);
            if let Some(neighbour) = twice.or(unfit) {
                return Err(WeightsError::NeighbourListed { area_index, neighbour });
            }
            rows.push(row.into_iter().map(|j| j as u32).collect());
        }
        Ok(Self::from_rows(Rule::Given, rows))
    }

    /// Binary weights from rows in ascending order.
    fn from_rows(rule: Rule, rows: Vec<Vec<u32>>) -> Self {
        let mut starts = vec![0];
        let mut neighbours = Vec::new();
        for row in rows {
            neighbours.extend(row);
            starts.push(neighbours.len());
        }
        Self { rule, standardisation: Standardisation::Binary, starts, neighbours }
    }

    /// Binary weights from mutual pairs in any order.
    fn from_pairs(rule: Rule, n_areas: usize, pairs: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut rows = vec![Vec::new(); n_areas];
        for (a, b) in pairs {
            rows[a as usize].push(b);
            rows[b as usize].push(a);
        }
        for row in &mut rows {
            row.sort_unstable();
            row.dedup();
        }
        Self::from_rows(rule, rows)
    }

    /// The same neighbours, counted otherwise.
    #[must_use]
    pub fn with(mut self, standardisation: Standardisation) -> Self {
        self.standardisation = standardisation;
        self
    }

    /// The rule by which neighbours were found.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What a neighbour counts.
    pub fn standardisation(&self) -> Standardisation {
        self.standardisation
    }

    /// How many areas there are.
    pub fn n_areas(&self) -> usize {
        self.starts.len() - 1
    }

    /// Positions of the neighbours of an area, in ascending order.
    ///
    /// # Panics
    ///
    /// If there is no such area.
    pub fn neighbours(&self, area_index: usize) -> &[u32] {
        &self.neighbours[self.starts[area_index]..self.starts[area_index + 1]]
    }

    /// What each neighbour of an area counts; 0 for an island, which has none.
    pub fn weight(&self, area_index: usize) -> f64 {
        match (self.standardisation, self.neighbours(area_index).len()) {
            (_, 0) => 0.0,
            (Standardisation::Binary, _) => 1.0,
            (Standardisation::Row, n) => 1.0 / n as f64,
        }
    }

    /// Positions of the areas without neighbours.
    pub fn islands(&self) -> Vec<usize> {
        (0..self.n_areas()).filter(|&i| self.neighbours(i).is_empty()).collect()
    }

    /// Neighbours per area, on average.
    pub fn mean_neighbours(&self) -> f64 {
        self.neighbours.len() as f64 / self.n_areas().max(1) as f64
    }

    /// The sum of the neighbours' values, each times its weight.
    pub(crate) fn lag(&self, area_index: usize, values: &[f64]) -> f64 {
        let row = self.neighbours(area_index);
        self.weight(area_index) * row.iter().map(|&j| values[j as usize]).sum::<f64>()
    }

    /// The sums over weights that variances of global statistics need (Cliff and Ord 1981, *Spatial
    /// Processes*, section 1.5).
    pub(crate) fn sums(&self) -> Sums {
        let n = self.n_areas();
        let mut columns = vec![0.0; n];
        let (mut s0, mut s1) = (0.0, 0.0);
        for i in 0..n {
            let weight = self.weight(i);
            for &j in self.neighbours(i) {
                columns[j as usize] += weight;
                s0 += weight;
                s1 += weight * weight;
                if self.neighbours(j as usize).binary_search(&(i as u32)).is_ok() {
                    s1 += weight * self.weight(j as usize);
                }
            }
        }
        let row = |i: usize| self.weight(i) * self.neighbours(i).len() as f64;
        let s2 = columns.iter().enumerate().map(|(i, column)| (row(i) + column).powi(2)).sum();
        Sums { s0, s1, s2 }
    }
}

/// S0: all weights. S1: half the squares of `w_ij + w_ji`. S2: squares of row plus column totals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sums {
    pub(crate) s0: f64,
    pub(crate) s1: f64,
    pub(crate) s2: f64,
}
