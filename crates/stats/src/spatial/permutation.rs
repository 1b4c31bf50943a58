//! Permutation tests of areas: what is common to the local statistics.

use super::Warning;
use super::weights::SpatialWeights;
use crate::multiplicity::benjamini_hochberg;
use crate::parallel;
use crate::seeded::Draws;

/// How a permutation test is run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PermutationSettings {
    /// Random rearrangements, such as 999.
    pub permutations: u32,
    /// What they are drawn from: the same seed gives the same p values on any machine.
    pub seed: u64,
    /// Adjusted p values up to this are significant.
    pub level: f64,
}

/// Why a test cannot be run as asked.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// The smallest p value is one over one more than the permutations.
    #[error("{permutations} permutations cannot give a p value of {level}; use at least {needed}")]
    TooFewPermutations {
        /// What was asked.
        permutations: u32,
        /// The level.
        level: f64,
        /// The fewest that can.
        needed: u32,
    },
    /// A level is a small probability.
    #[error("significance level {level} is not between 0 and 1")]
    Level {
        /// What was given.
        level: f64,
    },
}

impl PermutationSettings {
    /// Settings that some result could be significant under.
    pub(crate) fn check(self, sides: f64) -> Result<Self, SettingsError> {
        let Self { permutations, level, .. } = self;
        check_level(level)?;
        if sides / (f64::from(permutations) + 1.0) > level {
            let needed = (sides / level - 1.0).ceil() as u32;
            return Err(SettingsError::TooFewPermutations { permutations, level, needed });
        }
        Ok(self)
    }
}

pub(crate) fn check_level(level: f64) -> Result<(), SettingsError> {
    if level > 0.0 && level < 1.0 { Ok(()) } else { Err(SettingsError::Level { level }) }
}

/// How many permutations reached the observed value from either side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tails {
    pub(crate) at_least: u32,
    pub(crate) at_most: u32,
    pub(crate) permutations: u32,
}

impl Tails {
    pub(crate) fn of(observed: f64, tolerance: f64, permuted: &[f64]) -> Self {
        let count = |reached: &dyn Fn(f64) -> bool| {
            permuted.iter().filter(|value| reached(**value)).count() as u32
        };
        Self {
            at_least: count(&|value| value >= observed - tolerance),
            at_most: count(&|value| value <= observed + tolerance),
            permutations: permuted.len() as u32,
        }
    }

    /// The observed arrangement is one of those that chance could have drawn, hence the ones.
    pub(crate) fn p_greater(self) -> f64 {
        f64::from(self.at_least + 1) / (f64::from(self.permutations) + 1.0)
    }

    pub(crate) fn p_less(self) -> f64 {
        f64::from(self.at_most + 1) / (f64::from(self.permutations) + 1.0)
    }

    pub(crate) fn p_two_sided(self) -> f64 {
        (2.0 * self.p_greater().min(self.p_less())).min(1.0)
    }
}

/// For each area, how the sum over its neighbours compares with sums of as many values drawn from all
/// other areas without replacement; its own value stays where it is. `None` for an island.
///
/// Every area has draws of its own, so that chance in one does not carry over to the next.
pub(crate) fn conditional_tails(
    values: &[f64],
    weights: &SpatialWeights,
    settings: PermutationSettings,
) -> Vec<Option<Tails>> {
    let n = values.len();
    let total: f64 = values.iter().sum();
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let scratch = || Scratch { taken: vec![u32::MAX; n], round: 0 };
    parallel::map(n, scratch, |scratch, area| {
        let neighbours = weights.neighbours(area);
        if neighbours.is_empty() {
            return None;
        }
        let observed: f64 = neighbours.iter().map(|&j| values[j as usize]).sum();
        // Sums of whole numbers are exact; sums of rates in another order may differ by this much.
        let tolerance = 1e-12 * largest * neighbours.len() as f64;
        let (low, high) = (observed - tolerance, observed + tolerance);
        let mut draws = Draws::new(settings.seed, area as u64);
        let others = total - values[area];
        let mut tails = Tails { at_least: 0, at_most: 0, permutations: settings.permutations };
        let k = neighbours.len();
        // More than half: draw those that are left out. The sum of all others then rounds too.
        let (k, complement) = if 2 * k > n - 1 { (n - 1 - k, true) } else { (k, false) };
        for _ in 0..settings.permutations {
            let part = if k <= FEW {
                sum_of_few(values, area, k, &mut draws)
            } else {
                scratch.sum_of_many(values, area, k, &mut draws)
            };
            let sum = if complement { others - part } else { part };
            tails.at_least += u32::from(sum >= low);
            tails.at_most += u32::from(sum <= high);
        }
        Some(tails)
    })
}

/// Up to this many, looking through those already drawn is the quickest way to find a repetition.
const FEW: usize = 16;

/// The sum of `k` values at different positions, none of them `area`.
#[inline]
fn sum_of_few(values: &[f64], area: usize, k: usize, draws: &mut Draws) -> f64 {
    let mut chosen = [usize::MAX; FEW];
    let last = values.len() - 1;
    let mut sum = 0.0;
    let mut n = 0;
    while n < k {
        let pick = draws.below(last);
        // INVARIANT: `chosen` holds usize::MAX beyond n, which is never drawn.
        if chosen[..n].contains(&pick) {
            continue;
        }
        chosen[n] = pick;
        n += 1;
        // The last position stands in for the area's own.
        sum += values[if pick == area { last } else { pick }];
    }
    sum
}

struct Scratch {
    taken: Vec<u32>,
    round: u32,
}

impl Scratch {
    fn sum_of_many(&mut self, values: &[f64], area: usize, k: usize, draws: &mut Draws) -> f64 {
        self.next_round();
        let last = values.len() - 1;
        let mut sum = 0.0;
        let mut n = 0;
        while n < k {
            let pick = draws.below(last);
            if self.taken[pick] != self.round {
                self.taken[pick] = self.round;
                n += 1;
                sum += values[if pick == area { last } else { pick }];
            }
        }
        sum
    }

    fn next_round(&mut self) {
        self.round += 1;
        if self.round == u32::MAX {
            self.taken.fill(u32::MAX);
            self.round = 0;
        }
    }
}

/// Adjusted p values over the areas that were tested; the others stay `None`.
pub(crate) fn adjust(p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let tested: Vec<f64> = p_values.iter().copied().flatten().collect();
    // A p value made here is a probability, so nothing is refused.
    let mut adjusted = benjamini_hochberg(&tested).unwrap_or(tested).into_iter();
    p_values.iter().map(|p| p.and_then(|_| adjusted.next())).collect()
}

/// What the design of a local test says about its reach.
pub(crate) fn design_warnings(
    weights: &SpatialWeights,
    settings: PermutationSettings,
) -> Vec<Warning> {
    let n_islands = weights.islands().len();
    let n_tested = weights.n_areas() - n_islands;
    let mut warnings = Vec::new();
    if n_islands > 0 {
        warnings.push(Warning::Islands { n_islands });
    }
    let many = (0..weights.n_areas()).any(|i| 2 * weights.neighbours(i).len() > weights.n_areas());
    if many {
        warnings.push(Warning::ManyNeighbours);
    }
    if settings.permutations > 0 {
        let smallest_p = 2.0 / (f64::from(settings.permutations) + 1.0);
        let areas_needed = (smallest_p * n_tested as f64 / settings.level).ceil() as usize;
        if areas_needed > 1 {
            let permutations = settings.permutations;
            warnings.push(Warning::FewPermutations { permutations, smallest_p, areas_needed });
        }
    }
    warnings
}
