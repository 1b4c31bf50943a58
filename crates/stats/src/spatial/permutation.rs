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
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let scratch = || (values.to_vec(), Marks { taken: vec![0; n], round: 0 });
    parallel::map(n, scratch, |(values, marks), area| {
        let neighbours = weights.neighbours(area);
        if neighbours.is_empty() {
            return None;
        }
        let k = neighbours.len();
        let observed: f64 = neighbours.iter().map(|&j| values[j as usize]).sum();
        // Sums of whole numbers are exact; sums of rates in another order may differ by this much.
        let tolerance = 1e-12 * largest * k as f64;
        let mut draws = Draws::new(settings.seed, area as u64);
        // The area's own value goes to the end while its neighbours are drawn from what is before.
        values.swap(area, n - 1);
        let tails = Tally { observed, tolerance, permutations: settings.permutations };
        let others = &values[..n - 1];
        let found = match k {
            1 => tails.few::<1>(others, &mut draws),
            2 => tails.few::<2>(others, &mut draws),
            3 => tails.few::<3>(others, &mut draws),
            4 => tails.few::<4>(others, &mut draws),
            5 => tails.few::<5>(others, &mut draws),
            6 => tails.few::<6>(others, &mut draws),
            7 => tails.few::<7>(others, &mut draws),
            8 => tails.few::<8>(others, &mut draws),
            9 => tails.few::<9>(others, &mut draws),
            10 => tails.few::<10>(others, &mut draws),
            _ => tails.many(others, k, marks, &mut draws),
        };
        values.swap(area, n - 1);
        Some(found)
    })
}

/// What sums of drawn values are held against.
#[derive(Clone, Copy)]
struct Tally {
    observed: f64,
    tolerance: f64,
    permutations: u32,
}

impl Tally {
    fn of(self, mut sum: impl FnMut() -> f64) -> Tails {
        let Self { observed, tolerance, permutations } = self;
        let (low, high) = (observed - tolerance, observed + tolerance);
        let mut tails = Tails { at_least: 0, at_most: 0, permutations };
        for _ in 0..permutations {
            let sum = sum();
            tails.at_least += u32::from(sum >= low);
            tails.at_most += u32::from(sum <= high);
        }
        tails
    }

    /// Sums of K values at different positions, all K drawn at once and again if two agree, which
    /// leaves every choice as likely as any other.
    fn few<const K: usize>(self, values: &[f64], draws: &mut Draws) -> Tails {
        if values.len() < 4 * K {
            // Among so few, two would agree too often.
            let mut marks = Marks { taken: vec![0; values.len()], round: 0 };
            return self.many(values, K, &mut marks, draws);
        }
        self.of(|| {
            loop {
                let picks = draws.several_below::<K>(values.len());
                let mut twice = false;
                for i in 1..K {
                    for j in 0..i {
                        twice |= picks[i] == picks[j];
                    }
                }
                if !twice {
                    return picks.iter().map(|&pick| values[pick as usize]).sum();
                }
            }
        })
    }

    /// Sums of any number of values, drawn one by one.
    fn many(self, values: &[f64], k: usize, marks: &mut Marks, draws: &mut Draws) -> Tails {
        let total: f64 = values.iter().sum();
        let most = 2 * k > values.len();
        // Of more than half, those left out are drawn; the sum of all then rounds too.
        let k = if most { values.len() - k } else { k };
        self.of(|| {
            marks.next_round();
            let mut sum = 0.0;
            let mut n = 0;
            while n < k {
                let pick = draws.below(values.len());
                if marks.taken[pick] != marks.round {
                    marks.taken[pick] = marks.round;
                    n += 1;
                    sum += values[pick];
                }
            }
            if most { total - sum } else { sum }
        })
    }
}

/// Which positions have been drawn in this round.
struct Marks {
    taken: Vec<u32>,
    round: u32,
}

impl Marks {
    fn next_round(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.taken.fill(0);
            self.round = 1;
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
