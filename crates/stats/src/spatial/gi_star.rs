//! Which areas, taken with their surroundings, are hot or cold? Getis-Ord Gi*.

use super::moran::{AutocorrelationError, centred};
use super::permutation::{Tails, adjust, check_level, conditional_tails, design_warnings};
use super::weights::{Rule, SpatialWeights};
use super::{Correction, PermutationSettings, Sidedness, Warning};
use crate::interval::Reference;

/// What an area and its surroundings are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GiStarClass {
    /// More than chance gives.
    Hot,
    /// Less than chance gives.
    Cold,
    /// Neither is shown.
    NotSignificant,
    /// It has no neighbours.
    Island,
}

/// One area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GiStarArea {
    /// G*: the share of all values that lies in the area and its neighbours.
    pub statistic: f64,
    /// The statistic in standard errors, the area itself among its neighbours.
    pub z: f64,
    /// Two-sided, from the normal curve.
    pub p_normal: f64,
    /// Two-sided, by permutation; `None` for an island or where none were asked for.
    pub p_permutation: Option<f64>,
    /// The share of permutations with at least this Gi*.
    pub p_permutation_greater: Option<f64>,
    /// The share with at most this Gi*.
    pub p_permutation_less: Option<f64>,
    /// The permutation's p, or the normal one where there is none, corrected over all areas tested.
    pub adjusted_p: Option<f64>,
    /// By the adjusted p.
    pub class: GiStarClass,
}

/// Gi* of every area, with all it was tested by.
#[derive(Debug, Clone, PartialEq)]
pub struct GiStar {
    /// In the order of the values.
    pub areas: Vec<GiStarArea>,
    /// Of the p values.
    pub sidedness: Sidedness,
    /// Of the adjusted p values.
    pub correction: Correction,
    /// Permutations (0 for none), seed and level.
    pub settings: PermutationSettings,
    /// Areas that were tested: all but islands.
    pub n_tested: usize,
    /// How neighbours were found; each area counts as a neighbour of its own besides.
    pub rule: Rule,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Gi* with neighbours that include the area itself, all of which count the same.
///
/// With 0 permutations the classes rest on the normal curve, which finds too much in counts: those are
/// skewed. A permutation keeps the area's own value in place and draws its neighbours' from all others,
/// so that one extreme area alone is no hot spot; z and p then part. An area is hot only if both say
/// so.
///
/// # Shape
///
/// One value per area of the weights, such as a rate, or a count per cell of a grid.
///
/// # Source
///
/// Ord and Getis (1995), *Geographical Analysis* 27.
pub fn gi_star(
    values: &[f64],
    weights: &SpatialWeights,
    settings: PermutationSettings,
) -> Result<GiStar, AutocorrelationError> {
    let centred = centred(values, weights)?;
    if settings.permutations > 0 {
        settings.check(2.0)?;
    } else {
        check_level(settings.level)?;
    }
    let n = values.len() as f64;
    let sum_of_values: f64 = values.iter().sum();
    let standard_deviation = (centred.iter().map(|z| z * z).sum::<f64>() / n).sqrt();
    let z = |i: usize| {
        let row = weights.neighbours(i);
        let k = row.len() as f64 + 1.0;
        let sum = centred[i] + row.iter().map(|&j| centred[j as usize]).sum::<f64>();
        // All weights are equal, so whether they are standardised cancels. With every area a neighbour
        // there is nothing to compare with.
        let spread = standard_deviation * ((n * k - k * k) / (n - 1.0)).sqrt();
        if spread > 0.0 { sum / spread } else { 0.0 }
    };
    let tails = if settings.permutations > 0 {
        conditional_tails(values, weights, settings)
    } else {
        vec![None; values.len()]
    };
    let z: Vec<f64> = (0..values.len()).map(z).collect();
    let p_values: Vec<Option<f64>> = (0..values.len())
        .map(|i| match tails[i] {
            _ if weights.neighbours(i).is_empty() => None,
            Some(tails) => Some(tails.p_two_sided()),
            None => Some(Reference::NORMAL.two_sided_p(z[i])),
        })
        .collect();
    let adjusted = adjust(&p_values);
    let areas = (0..values.len())
        .map(|i| {
            let rises = tails[i].is_none_or(|tails| tails.at_least < tails.at_most);
            let falls = tails[i].is_none_or(|tails| tails.at_most < tails.at_least);
            let class = match adjusted[i] {
                None => GiStarClass::Island,
                Some(p) if p <= settings.level && z[i] > 0.0 && rises => GiStarClass::Hot,
                Some(p) if p <= settings.level && z[i] < 0.0 && falls => GiStarClass::Cold,
                Some(_) => GiStarClass::NotSignificant,
            };
            let around = weights.neighbours(i).iter().map(|&j| values[j as usize]).sum::<f64>();
            GiStarArea {
                statistic: (values[i] + around) / sum_of_values,
                z: z[i],
                p_normal: Reference::NORMAL.two_sided_p(z[i]),
                p_permutation: tails[i].map(Tails::p_two_sided),
                p_permutation_greater: tails[i].map(Tails::p_greater),
                p_permutation_less: tails[i].map(Tails::p_less),
                adjusted_p: adjusted[i],
                class,
            }
        })
        .collect();
    let mut warnings = design_warnings(weights, settings);
    if settings.permutations == 0 {
        warnings.push(Warning::NormalOnly);
    }
    Ok(GiStar {
        areas,
        sidedness: Sidedness::TwoSided,
        correction: Correction::BenjaminiHochberg,
        settings,
        n_tested: p_values.iter().flatten().count(),
        rule: weights.rule(),
        warnings,
    })
}
