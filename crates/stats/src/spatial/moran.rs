//! Do like values lie together over the whole map? Moran's I and Geary's C.

use super::permutation::Tails;
use super::weights::{Rule, SpatialWeights, Standardisation};
use super::{Correction, PermutationSettings, SettingsError, Sidedness, Warning};
use crate::interval::Reference;
use crate::parallel;
use crate::seeded::Draws;

/// Why a map could not be tested.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum AutocorrelationError {
    /// One value belongs to each area of the weights.
    #[error("{values} values for {areas} areas in the weights")]
    LengthMismatch {
        /// How many values.
        values: usize,
        /// How many areas.
        areas: usize,
    },
    /// The variance under randomisation needs four.
    #[error("{n_areas} areas are too few; at least four are needed")]
    TooFew {
        /// How many there are.
        n_areas: usize,
    },
    /// A value is missing or broken.
    #[error("the value of area {area_index} is not a number")]
    NotANumber {
        /// Position of the area.
        area_index: usize,
    },
    /// Every area has the same value.
    #[error("all areas have the same value, so no pattern can be seen")]
    NoVariation,
    /// No area has a neighbour.
    #[error("no area has a neighbour")]
    NoNeighbours,
    /// The test cannot be run as asked.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// A statistic held against what it would be without spatial pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgainstChance {
    /// Its variance.
    pub variance: f64,
    /// Deviation from the expected value in standard errors.
    pub z: f64,
    /// Two-sided, from the normal curve.
    pub p_value: f64,
}

/// A global statistic with all it was tested by.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalAutocorrelation {
    /// The statistic.
    pub observed: f64,
    /// What it is on average without pattern.
    pub expected: f64,
    /// If the values were drawn from a normal distribution.
    pub normality: AgainstChance,
    /// If the values at hand were dealt to the areas at random.
    pub randomisation: AgainstChance,
    /// The share of random maps with at least this statistic, as (r+1)/(R+1).
    pub p_permutation_greater: f64,
    /// The share with at most this statistic.
    pub p_permutation_less: f64,
    /// Twice the smaller of the two: the p value to quote.
    pub p_permutation: f64,
    /// Of the p values that are quoted.
    pub sidedness: Sidedness,
    /// None: one test of the whole map.
    pub correction: Correction,
    /// Permutations, seed and level.
    pub settings: PermutationSettings,
    /// How many areas, islands among them.
    pub n_areas: usize,
    /// Areas without neighbours; they count in the mean and the variance only.
    pub n_islands: usize,
    /// How neighbours were found.
    pub rule: Rule,
    /// What each counted.
    pub standardisation: Standardisation,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Moran's I: above its expected value where like lies by like, below where high lies by low.
///
/// # Shape
///
/// One value per area of the weights, such as a rate. Counts follow the populations, so prefer rates
/// where areas differ in size.
///
/// # Source
///
/// Moran (1950), *Biometrika* 37; moments from Cliff and Ord (1981), *Spatial Processes*, chapter 2;
/// p values of permutations as Phipson and Smyth (2010), *Statistical Applications in Genetics and
/// Molecular Biology* 9.
///
/// # Example
///
/// ```
/// use wardmote_stats::spatial::{PermutationSettings, moran::morans_i, weights::SpatialWeights};
///
/// let street = SpatialWeights::from_lists(&[vec![1], vec![0, 2], vec![1, 3], vec![2, 4], vec![3]])?;
/// let settings = PermutationSettings { permutations: 999, seed: 1, level: 0.05 };
/// let found = morans_i(&[9.0, 8.0, 5.0, 2.0, 1.0], &street, settings)?;
/// assert_eq!(format!("{:.3} against {:.3}", found.observed, found.expected), "0.600 against -0.250");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn morans_i(
    values: &[f64],
    weights: &SpatialWeights,
    settings: PermutationSettings,
) -> Result<GlobalAutocorrelation, AutocorrelationError> {
    let centred = centred(values, weights)?;
    let settings = settings.check(2.0)?;
    let (n, sums) = (values.len() as f64, weights.sums());
    let expected = -1.0 / (n - 1.0);
    let squared = expected * expected;
    let kurtosis = kurtosis(&centred);
    let s0_squared = sums.s0 * sums.s0;
    let normality =
        (n * n * sums.s1 - n * sums.s2 + 3.0 * s0_squared) / (s0_squared * (n * n - 1.0)) - squared;
    let randomisation = (n * ((n * n - 3.0 * n + 3.0) * sums.s1 - n * sums.s2 + 3.0 * s0_squared)
        - kurtosis * (n * (n - 1.0) * sums.s1 - 2.0 * n * sums.s2 + 6.0 * s0_squared))
        / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s0_squared)
        - squared;
    let scale = n / sums.s0 / centred.iter().map(|z| z * z).sum::<f64>();
    let statistic = |z: &[f64]| {
        scale * z.iter().enumerate().map(|(i, own)| own * weights.lag(i, z)).sum::<f64>()
    };
    Ok(tested(&centred, weights, settings, statistic, expected, [normality, randomisation]))
}

/// Geary's C: below 1 where neighbours are alike, above 1 where they differ. More than Moran's I it
/// looks at differences between neighbours, less at the level of a region.
///
/// # Shape
///
/// As [`morans_i`].
///
/// # Source
///
/// Geary (1954), *The Incorporated Statistician* 5; moments as [`morans_i`].
pub fn gearys_c(
    values: &[f64],
    weights: &SpatialWeights,
    settings: PermutationSettings,
) -> Result<GlobalAutocorrelation, AutocorrelationError> {
    let centred = centred(values, weights)?;
    let settings = settings.check(2.0)?;
    let (n, sums) = (values.len() as f64, weights.sums());
    let k = kurtosis(&centred);
    let s0_squared = sums.s0 * sums.s0;
    let normality =
        ((2.0 * sums.s1 + sums.s2) * (n - 1.0) - 4.0 * s0_squared) / (2.0 * (n + 1.0) * s0_squared);
    let randomisation = ((n - 1.0) * sums.s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * k)
        - 0.25 * (n - 1.0) * sums.s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * k)
        + s0_squared * (n * n - 3.0 - (n - 1.0).powi(2) * k))
        / (n * (n - 2.0) * (n - 3.0) * s0_squared);
    let scale = (n - 1.0) / (2.0 * sums.s0) / centred.iter().map(|z| z * z).sum::<f64>();
    let statistic = |z: &[f64]| {
        let about = |i: usize| {
            let differences = weights.neighbours(i).iter().map(|&j| (z[i] - z[j as usize]).powi(2));
            weights.weight(i) * differences.sum::<f64>()
        };
        scale * (0..z.len()).map(about).sum::<f64>()
    };
    Ok(tested(&centred, weights, settings, statistic, 1.0, [normality, randomisation]))
}

fn tested(
    centred: &[f64],
    weights: &SpatialWeights,
    settings: PermutationSettings,
    statistic: impl Fn(&[f64]) -> f64 + Sync,
    expected: f64,
    variances: [f64; 2],
) -> GlobalAutocorrelation {
    let observed = statistic(centred);
    let permuted = parallel::map(
        settings.permutations as usize,
        || centred.to_vec(),
        |shuffled, permutation| {
            // From the same start, so that no thread depends on what it did before.
            shuffled.copy_from_slice(centred);
            Draws::new(settings.seed, permutation as u64).shuffle(shuffled);
            statistic(shuffled)
        },
    );
    let tails = Tails::of(observed, 1e-12 * observed.abs().max(1.0), &permuted);
    let [normality, randomisation] = variances.map(|variance| {
        let z = (observed - expected) / variance.sqrt();
        AgainstChance { variance, z, p_value: Reference::NORMAL.two_sided_p(z) }
    });
    let (n_areas, n_islands) = (centred.len(), weights.islands().len());
    let mut warnings = Vec::new();
    if n_islands > 0 {
        warnings.push(Warning::Islands { n_islands });
    }
    if n_areas < 30 {
        warnings.push(Warning::FewAreas { n_areas });
    }
    GlobalAutocorrelation {
        observed,
        expected,
        normality,
        randomisation,
        p_permutation_greater: tails.p_greater(),
        p_permutation_less: tails.p_less(),
        p_permutation: tails.p_two_sided(),
        sidedness: Sidedness::TwoSided,
        correction: Correction::None,
        settings,
        n_areas,
        n_islands,
        rule: weights.rule(),
        standardisation: weights.standardisation(),
        warnings,
    }
}

/// The values less their mean, if they can be tested.
pub(crate) fn centred(
    values: &[f64],
    weights: &SpatialWeights,
) -> Result<Vec<f64>, AutocorrelationError> {
    let n = values.len();
    if n != weights.n_areas() {
        let areas = weights.n_areas();
        return Err(AutocorrelationError::LengthMismatch { values: n, areas });
    }
    if n < 4 {
        return Err(AutocorrelationError::TooFew { n_areas: n });
    }
    if let Some(area_index) = values.iter().position(|value| !value.is_finite()) {
        return Err(AutocorrelationError::NotANumber { area_index });
    }
    if values.iter().all(|value| value.to_bits() == values[0].to_bits()) {
        return Err(AutocorrelationError::NoVariation);
    }
    if weights.islands().len() == n {
        return Err(AutocorrelationError::NoNeighbours);
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    Ok(values.iter().map(|value| value - mean).collect())
}

fn kurtosis(centred: &[f64]) -> f64 {
    let n = centred.len() as f64;
    let moment = |power: i32| centred.iter().map(|z| z.powi(power)).sum::<f64>() / n;
    moment(4) / moment(2).powi(2)
}
