//! Which areas lie among their like, and which stand out from what surrounds them? Local Moran's I.

use super::moran::{AutocorrelationError, centred};
use super::permutation::{adjust, conditional_tails, design_warnings};
use super::weights::{Rule, SpatialWeights, Standardisation};
use super::{Correction, PermutationSettings, Sidedness, Warning};

/// What an area and its surroundings are, high meaning above the mean of all areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LocalClass {
    /// High among high: part of a hot cluster.
    HighHigh,
    /// Low among low: part of a cold cluster.
    LowLow,
    /// High among low: stands out.
    HighLow,
    /// Low among high: stands out.
    LowHigh,
    /// Its neighbours are no more alike, or different, than chance would have them.
    NotSignificant,
    /// It has no neighbours.
    Island,
}

/// One area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalMoranArea {
    /// Local Moran's I; 0 for an island.
    pub statistic: f64,
    /// The area's own deviation from the mean, in standard deviations.
    pub deviation: f64,
    /// The weighted sum of its neighbours' deviations; their mean if rows are standardised.
    pub lag: f64,
    /// I less what permutations give on average, in their standard deviations, both exactly (Sokal,
    /// Oden and Thomson 1998); `None` for an island and for an area at the mean. Local I is far from
    /// normal: read p.
    pub z: Option<f64>,
    /// The share of permutations with at least this I; `None` for an island.
    pub p_greater: Option<f64>,
    /// The share with at most this I.
    pub p_less: Option<f64>,
    /// Two-sided: twice the smaller.
    pub p_value: Option<f64>,
    /// The same, corrected over all areas that were tested.
    pub adjusted_p: Option<f64>,
    /// By the adjusted p.
    pub class: LocalClass,
}

/// Local Moran's I of every area, with all it was tested by.
#[derive(Debug, Clone, PartialEq)]
pub struct LocalMoran {
    /// In the order of the values.
    pub areas: Vec<LocalMoranArea>,
    /// Of the p values.
    pub sidedness: Sidedness,
    /// Of the adjusted p values.
    pub correction: Correction,
    /// Permutations, seed and level.
    pub settings: PermutationSettings,
    /// Areas that were tested: all but islands.
    pub n_tested: usize,
    /// How neighbours were found.
    pub rule: Rule,
    /// What each counted.
    pub standardisation: Standardisation,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Local Moran's I with conditional permutation: each area keeps its value and draws its neighbours'
/// from all others.
///
/// # Shape
///
/// One value per area of the weights, such as a rate.
///
/// # Source
///
/// Anselin (1995), *Geographical Analysis* 27; correction after Caldas de Castro and Singer (2006),
/// *Geographical Analysis* 38; z after Sokal, Oden and Thomson (1998), *Geographical Analysis* 30,
/// their conditional randomisation.
pub fn local_moran(
    values: &[f64],
    weights: &SpatialWeights,
    settings: PermutationSettings,
) -> Result<LocalMoran, AutocorrelationError> {
    let centred = centred(values, weights)?;
    let settings = settings.check(2.0)?;
    let n = values.len() as f64;
    let sum_of_squares: f64 = centred.iter().map(|z| z * z).sum();
    let standard_deviation = (sum_of_squares / n).sqrt();
    let tails = conditional_tails(values, weights, settings);
    // A value above the mean turns a high sum of neighbours into a high I, one below into a low I.
    let p_values: Vec<Option<[f64; 3]>> = centred
        .iter()
        .zip(&tails)
        .map(|(z, tails)| {
            tails.map(|tails| {
                let (high, low) = (tails.p_greater(), tails.p_less());
                // At the mean I is 0 whatever the neighbours are.
                let (greater, less) = match z.total_cmp(&0.0) {
                    _ if z.abs() <= 1e-12 * standard_deviation => (1.0, 1.0),
                    std::cmp::Ordering::Less => (low, high),
                    _ => (high, low),
                };
                [greater, less, (2.0 * greater.min(less)).min(1.0)]
            })
        })
        .collect();
    let two_sided: Vec<Option<f64>> = p_values.iter().map(|p| p.map(|p| p[2])).collect();
    let adjusted = adjust(&two_sided);
    let areas = (0..values.len())
        .map(|i| {
            let lag = weights.lag(i, &centred) / standard_deviation;
            let deviation = centred[i] / standard_deviation;
            let class = match (p_values[i], adjusted[i]) {
                (Some([greater, less, _]), Some(p)) if p <= settings.level => {
                    // The tail says how the neighbours are: with a mean far from the median a lag may
                    // lie on the other side of it.
                    match (deviation > 0.0, greater < less) {
                        (true, true) => LocalClass::HighHigh,
                        (false, true) => LocalClass::LowLow,
                        (true, false) => LocalClass::HighLow,
                        (false, false) => LocalClass::LowHigh,
                    }
                }
                (Some(_), _) => LocalClass::NotSignificant,
                (None, _) => LocalClass::Island,
            };
            LocalMoranArea {
                statistic: (n - 1.0) / n * deviation * lag,
                deviation,
                lag,
                z: conditional_z(
                    deviation,
                    weights.neighbours(i),
                    |j| centred[j] / standard_deviation,
                    n,
                ),
                p_greater: p_values[i].map(|p| p[0]),
                p_less: p_values[i].map(|p| p[1]),
                p_value: two_sided[i],
                adjusted_p: adjusted[i],
                class,
            }
        })
        .collect();
    Ok(LocalMoran {
        areas,
        sidedness: Sidedness::TwoSided,
        correction: Correction::BenjaminiHochberg,
        settings,
        n_tested: tails.iter().flatten().count(),
        rule: weights.rule(),
        standardisation: weights.standardisation(),
        warnings: design_warnings(weights, settings),
    })
}

/// How far the sum of the neighbours' deviations lies from that of as many drawn from all other areas,
/// towards the area's own side. Equal weights cancel.
fn conditional_z(
    own: f64,
    neighbours: &[u32],
    deviation: impl Fn(usize) -> f64 + Copy,
    n: f64,
) -> Option<f64> {
    let k = neighbours.len() as f64;
    let sum: f64 = neighbours.iter().map(|&j| deviation(j as usize)).sum();
    // The deviations add up to 0 and their squares to n.
    let variance_of_others = n / (n - 1.0) * (1.0 - own * own / (n - 1.0));
    let variance = k * (n - 1.0 - k) / (n - 2.0) * variance_of_others;
    let tested = k > 0.0 && own.abs() > 1e-12 && variance > 0.0;
    tested.then(|| (sum + k * own / (n - 1.0)) / variance.sqrt() * own.signum())
}
