//! Whether the area with the highest or lowest rate really stands apart from the others.

use crate::dispersion::Scale;
use crate::rates::Exposure;

/// Why areas could not be ranked.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RankError {
    /// One area is highest and lowest at once.
    #[error("{n_areas} areas cannot be ranked; at least two are needed")]
    TooFew {
        /// How many there are.
        n_areas: usize,
    },
    /// A rate needs a population.
    #[error("area {area_index} has no population")]
    NoPopulation {
        /// Position of the area.
        area_index: usize,
    },
    /// Counts vary at least as much as chance.
    #[error("dispersion {dispersion} is below 1, not a number, or rests on nothing")]
    Dispersion {
        /// What was given.
        dispersion: f64,
    },
}

/// The area at one end of the ranking, against all others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankTest {
    /// Position of the area.
    pub area_index: usize,
    /// Position of the next in the ranking.
    pub runner_up_index: usize,
    /// Its rate over that of the next: at least 1 for the highest, at most 1 for the lowest.
    pub ratio_to_runner_up: f64,
    /// The largest one-sided p value of it against each other area, as if it had been named
    /// beforehand.
    pub named_beforehand_p: f64,
    /// Twice that, at most 1, because the area was found by looking.
    pub p_value: f64,
}

/// Tests whether the area with the highest rate stands above every other.
///
/// "Highest" claims to be above each of the others, so every one of those differences must be shown:
/// the largest of their p values counts (an intersection-union test), and the number of areas needs no
/// further correction. But the same counts chose the area. Of two areas with equal rates the one that
/// happens to lead would pass a one-sided test at 5% in a tenth of cases; hence the doubling, which
/// that worst case needs and which suffices for more areas.
///
/// An area without events counts as half an event.
///
/// # Shape
///
/// One element per area; positions in the result are those of `areas`. Of equal rates the first leads.
///
/// # Source
///
/// Berger (1982), *Technometrics* 24, on intersection-union tests; Gutmann and Maymin (1987), *Annals
/// of Statistics* 15, "Is the selected population the best?", on the doubling.
///
/// # Example
///
/// ```
/// use wardmote_stats::{ranks::highest, rates::Exposure};
/// let area = |events| Exposure { events, population: 1_000.0 };
/// let found = highest(&[area(80), area(120), area(90)], 1.0)?;
/// assert_eq!((found.area_index, found.runner_up_index), (1, 2));
/// assert_eq!(format!("{:.3}", found.p_value), "0.039");
/// # Ok::<(), wardmote_stats::ranks::RankError>(())
/// ```
pub fn highest(areas: &[Exposure], dispersion: impl Into<Scale>) -> Result<RankTest, RankError> {
    rank(areas, dispersion.into(), 1.0)
}

/// Tests whether the area with the lowest rate stands below every other. See [`highest`].
pub fn lowest(areas: &[Exposure], dispersion: impl Into<Scale>) -> Result<RankTest, RankError> {
    rank(areas, dispersion.into(), -1.0)
}

/// `sign` is 1 where the largest rate leads, -1 where the smallest does.
fn rank(areas: &[Exposure], scale: Scale, sign: f64) -> Result<RankTest, RankError> {
    if areas.len() < 2 {
        return Err(RankError::TooFew { n_areas: areas.len() });
    }
    if let Some(area_index) = areas.iter().position(|area| !area.has_population()) {
        return Err(RankError::NoPopulation { area_index });
    }
    if !scale.is_usable() {
        return Err(RankError::Dispersion { dispersion: scale.dispersion });
    }
    let events = |area: Exposure| (area.events as f64).max(0.5);
    let log_rate = |index: usize| (events(areas[index]) / areas[index].population).ln();
    let mut order: Vec<usize> = (0..areas.len()).collect();
    // A stable sort, so that equal rates keep the order in which they came.
    order.sort_by(|&a, &b| (sign * log_rate(b)).total_cmp(&(sign * log_rate(a))));
    let (leader, runner_up) = (order[0], order[1]);
    let against = |other: usize| {
        let error = scale.of_log_ratio(events(areas[leader]), events(areas[other]));
        error.reference().upper_p(sign * (log_rate(leader) - log_rate(other)) / error.value)
    };
    let named_beforehand_p = order[1..].iter().map(|&other| against(other)).fold(0.0, f64::max);
    Ok(RankTest {
        area_index: leader,
        runner_up_index: runner_up,
        ratio_to_runner_up: (log_rate(leader) - log_rate(runner_up)).exp(),
        named_beforehand_p,
        p_value: (2.0 * named_beforehand_p).min(1.0),
    })
}
