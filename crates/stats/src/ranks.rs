//! Whether the area with the highest rate really stands above the others.

use crate::interval::upper_p;
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
    #[error("dispersion {dispersion} is below 1 or not a number")]
    Dispersion {
        /// What was given.
        dispersion: f64,
    },
}

/// The area with the highest rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankTest {
    /// Its position.
    pub area_index: usize,
    /// Position of the next.
    pub runner_up_index: usize,
    /// The largest one-sided p value of it against each other area.
    pub p_value: f64,
}

/// Tests whether the area with the highest rate stands above every other.
///
/// "Highest" claims to be above each of the others, so every one of those differences must be shown:
/// the p value is the largest of them (an intersection-union test), and needs no further correction
/// for the number of areas compared. It is conservative for the choice of the highest itself, because
/// the runner-up was chosen too. An area without events counts as half an event.
///
/// # Source
///
/// Berger (1982), *Technometrics* 24, on intersection-union tests; Goldstein and Spiegelhalter
/// (1996), *Journal of the Royal Statistical Society A* 159, on why ranks need them.
pub fn highest(areas: &[Exposure], dispersion: f64) -> Result<RankTest, RankError> {
    if areas.len() < 2 {
        return Err(RankError::TooFew { n_areas: areas.len() });
    }
    if let Some(area_index) =
        areas.iter().position(|a| !(a.population > 0.0 && a.population.is_finite()))
    {
        return Err(RankError::NoPopulation { area_index });
    }
    if !(dispersion >= 1.0 && dispersion.is_finite()) {
        return Err(RankError::Dispersion { dispersion });
    }
    let rate = |area: &Exposure| area.events as f64 / area.population;
    let mut order: Vec<usize> = (0..areas.len()).collect();
    order.sort_by(|&a, &b| rate(&areas[b]).total_cmp(&rate(&areas[a])).then(a.cmp(&b)));
    let first = areas[order[0]];
    let events = |area: Exposure| if area.events == 0 { 0.5 } else { area.events as f64 };
    let against = |other: Exposure| {
        let log_ratio =
            (events(first) / first.population).ln() - (events(other) / other.population).ln();
        upper_p(log_ratio / (dispersion * (1.0 / events(first) + 1.0 / events(other))).sqrt())
    };
    let p_value = order[1..].iter().map(|&index| against(areas[index])).fold(0.0, f64::max);
    Ok(RankTest { area_index: order[0], runner_up_index: order[1], p_value })
}
