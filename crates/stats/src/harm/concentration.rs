//! How the harm is spread over areas.

use super::{HarmError, Sum};
use crate::draws::Draws;
use crate::interval::{Interval, Sidedness};
use crate::multiplicity::Correction;

/// How the harm is spread over areas.
#[derive(Debug, Clone, PartialEq)]
pub struct HarmConcentration {
    /// What one event of each kind weighs.
    pub weights: Vec<f64>,
    /// Areas given, those without harm among them.
    pub n_areas: usize,
    /// The share of areas asked.
    pub top_share: f64,
    /// The areas that makes, rounded up.
    pub n_top: usize,
    /// Positions of these areas, the most harmed first. Of equal ones the first leads.
    pub top_area_indices: Vec<usize>,
    /// Their share of all harm, 0 to 1.
    pub share_of_harm: f64,
    /// The share that the most harmed areas would hold if every event had struck an area at random:
    /// the mean of the draws, and what 95% of them lie between.
    pub by_chance: f64,
    /// The middle 95% of the draws.
    pub by_chance_interval: Interval,
    /// One more than the draws with a share as large, over one more than the draws.
    pub p_value: f64,
    /// Which differences the p value counts.
    pub sidedness: Sidedness,
    /// How it was corrected for other tests.
    pub correction: Correction,
    /// How often events were thrown at areas.
    pub n_draws: usize,
    /// The seed of the draws.
    pub seed: u64,
}

/// How much of the harm lies in the most harmed areas, and how much would by chance alone.
///
/// Where events are few, some areas lead by chance, so a share says something only beside what chance
/// makes of the same events.
///
/// # Shape
///
/// `counts` holds one row per area, each with one count per kind, in the order of `weights`;
/// `top_share` is a share of the areas, such as 0.05.
///
/// # Source
///
/// Sherman, Gartin and Buerger (1989), *Criminology* 27, compare with events placed at random; here by simulation with
/// `seed`.
pub fn harm_concentration(
    counts: &[Vec<u64>],
    weights: &[f64],
    top_share: f64,
    n_draws: usize,
    seed: u64,
) -> Result<HarmConcentration, HarmError> {
    if !(top_share > 0.0 && top_share < 1.0) {
        return Err(HarmError::TopShare { top_share });
    }
    let n_areas = counts.len();
    let needed = (1.0 / top_share).ceil() as usize;
    if n_areas < needed {
        return Err(HarmError::TooFewAreas { n_areas, top_share, needed });
    }
    let mut harm = Vec::with_capacity(n_areas);
    let mut kinds = vec![0_u64; weights.len()];
    for (area_index, area) in counts.iter().enumerate() {
        if area.len() != weights.len() {
            let (found, expected) = (area.len(), weights.len());
            return Err(HarmError::Ragged { area_index, found, expected });
        }
        harm.push(Sum::of(area, weights)?.limits.value);
        kinds.iter_mut().zip(area).for_each(|(sum, n)| *sum += n);
    }
    let total: f64 = harm.iter().sum();
    if total <= 0.0 {
        return Err(HarmError::NoHarm);
    }
    let n_top = (top_share * n_areas as f64 - 1e-9).ceil() as usize;
    let mut order: Vec<usize> = (0..n_areas).collect();
    order.sort_by(|&a, &b| harm[b].total_cmp(&harm[a]));
    order.truncate(n_top);
    let share_of_harm = order.iter().map(|&index| harm[index]).sum::<f64>() / total;
    let mut draws = Draws::new(seed);
    let mut shares: Vec<f64> =
        (0..n_draws).map(|_| thrown(&kinds, weights, n_areas, n_top, &mut draws) / total).collect();
    shares.sort_by(f64::total_cmp);
    // Sums in another order differ in their last digits.
    let as_large = shares.iter().filter(|share| **share >= share_of_harm - 1e-12).count();
    let at = |p: f64| shares.get((p * n_draws as f64) as usize).copied().unwrap_or(f64::NAN);
    Ok(HarmConcentration {
        weights: weights.to_vec(),
        n_areas,
        top_share,
        n_top,
        top_area_indices: order,
        share_of_harm,
        by_chance: shares.iter().sum::<f64>() / n_draws as f64,
        by_chance_interval: Interval { lower: at(0.025), upper: at(0.975) },
        p_value: (1 + as_large) as f64 / (1 + n_draws) as f64,
        sidedness: Sidedness::One,
        correction: Correction::None,
        n_draws,
        seed,
    })
}

/// The harm in the most harmed areas after every event struck one at random.
fn thrown(kinds: &[u64], weights: &[f64], n_areas: usize, n_top: usize, draws: &mut Draws) -> f64 {
    let mut harm = vec![0.0; n_areas];
    for (&count, &weight) in kinds.iter().zip(weights) {
        for _ in 0..count {
            harm[draws.below(n_areas)] += weight;
        }
    }
    harm.sort_by(|a, b| b.total_cmp(a));
    harm[..n_top].iter().sum()
}
