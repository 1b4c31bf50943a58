//! What a reader must know before resting weight on a result.

/// A reason to read a result with reserve. Its display is a sentence for the reader.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Warning {
    /// Areas without neighbours have no local statistic.
    #[error("areas without neighbours, which were not tested: {n_islands}")]
    Islands {
        /// How many.
        n_islands: usize,
    },
    /// Permutations set a floor under p, which correction for many tests multiplies.
    #[error(
        "with {permutations} permutations no p value falls below {smallest_p}, so at least \
         {areas_needed} areas must stand out together before any is called significant"
    )]
    FewPermutations {
        /// How many were drawn.
        permutations: u32,
        /// The smallest p value that they allow.
        smallest_p: f64,
        /// Areas at that p value before the adjusted p of each reaches the level.
        areas_needed: usize,
    },
    /// The normal approximation needs more areas than this.
    #[error("{n_areas} areas are few; rely on the permutation p value, not on z")]
    FewAreas {
        /// How many there are.
        n_areas: usize,
    },
    /// Normal p values of counts, which are skewed, find too much; permute instead.
    #[error("p values are those of the normal curve, which skewed counts do not follow")]
    NormalOnly,
    /// Nearly every other area is a neighbour, which leaves nothing to compare with.
    #[error("some areas have more than half of all areas as neighbours")]
    ManyNeighbours,
    /// Equal counts straddle the edge of what was chosen.
    #[error(
        "{n_tied} places share the count at the edge of the choice and {n_chosen} of them were chosen"
    )]
    TiedAtTheEdge {
        /// Places with that count.
        n_tied: usize,
        /// Those of them that were chosen.
        n_chosen: usize,
    },
    /// Too few events for the statement.
    #[error("{n_events} events are few; chance alone can make this pattern")]
    FewEvents {
        /// How many there are.
        n_events: u64,
    },
    /// A kernel that is hardly wider than a cell shows cells, not density.
    #[error("a bandwidth of {bandwidth_metres} m is less than two cells of {cell_size_metres} m")]
    CoarseGrid {
        /// The bandwidth.
        bandwidth_metres: f64,
        /// The side of a cell.
        cell_size_metres: f64,
    },
    /// Points that no cell of the study area holds.
    #[error("{n_points} points lie outside the study area and were left out")]
    PointsOutside {
        /// How many.
        n_points: usize,
    },
    /// The normal reference rule takes the points for one cluster.
    #[error("the bandwidth follows a rule for one cluster, and is too wide for several")]
    BandwidthByRule,
    /// Counts vary more than chance.
    #[error(
        "counts vary {dispersion:.2} times as much as chance, which this test does not allow for"
    )]
    Overdispersed {
        /// Pearson's chi-square over its degrees of freedom.
        dispersion: f64,
    },
    /// The published limits take the base pattern as known and leave out its own chance.
    #[error(
        "the S-index finds change where there is none; call an area changed by its adjusted p only"
    )]
    SIndexIsNoTest,
}
