#![doc = include_str!("../../../../docs/methods/synthetic-control.md")]

mod simplex;

use crate::interval::Sidedness;
use crate::multiplicity::Correction;

/// Why no synthetic control could be made.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SyntheticControlError {
    /// One donor is a control, not a mixture.
    #[error("{n_donors} donors cannot be mixed; at least two are needed")]
    TooFewDonors {
        /// How many there are.
        n_donors: usize,
    },
    /// Every area has every period.
    #[error("donor {donor_index} has {found} periods and the area {expected}")]
    LengthMismatch {
        /// Position of the donor.
        donor_index: usize,
        /// Its periods.
        found: usize,
        /// Periods of the area.
        expected: usize,
    },
    /// The weights are found before, the effect is measured after.
    #[error(
        "{before} periods before and {after} after: at least {FEWEST_PERIODS_BEFORE} and 1 are needed"
    )]
    TooFewPeriods {
        /// Periods before.
        before: usize,
        /// Periods after.
        after: usize,
    },
    /// A value is no number.
    #[error("period {period_index} holds {value}")]
    NotANumber {
        /// Position of the period.
        period_index: usize,
        /// What stands there.
        value: f64,
    },
    /// The weights did not settle.
    #[error("the weights did not settle after {steps} steps")]
    NotSettled {
        /// Steps taken.
        steps: usize,
    },
}

/// With fewer periods before, some mixture of donors fits anything.
pub const FEWEST_PERIODS_BEFORE: usize = 4;

/// Below this share of the variation before left unexplained, the fit is called good.
const GOOD_FIT: f64 = 0.5;

/// What to say beside the effect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SyntheticControlWarning {
    /// So few donors that the p value cannot fall to the level, whatever the effect.
    LevelOutOfReach {
        /// The smallest p value possible.
        smallest_p: f64,
    },
    /// The mixture does not follow the area before; the effect is then not to be read.
    PoorFit {
        /// Root mean square error before over the area's own standard deviation before.
        relative: f64,
    },
    /// More donors than periods before: a mixture may follow the area by chance.
    MoreDonorsThanPeriods,
}

/// The fit of one area by a mixture of others.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// Weights of the others, at least 0 and 1 in sum.
    pub weights: Vec<f64>,
    /// Root mean square distance from the mixture before.
    pub rmspe_before: f64,
    /// The same after.
    pub rmspe_after: f64,
    /// After over before; infinite for a perfect fit before.
    pub ratio: f64,
}

/// An area against its synthetic control.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticControl {
    /// The fit; weights in the order of the donors.
    pub fit: Mixture,
    /// The synthetic control in every period.
    pub synthetic: Vec<f64>,
    /// The area less its synthetic control in every period.
    pub effect: Vec<f64>,
    /// The mean effect after.
    pub mean_effect: f64,
    /// The same as a percentage of the synthetic control's mean after.
    pub percent_effect: f64,
    /// Every donor's ratio when it is treated as the area, with the area among its donors.
    pub placebo_ratios: Vec<f64>,
    /// One more than the donors with a ratio at least the area's, over one more than the donors. A ratio
    /// grows with an effect of either sign.
    pub p_value: f64,
    /// Which differences the p value counts.
    pub sidedness: Sidedness,
    /// How it was corrected for other tests.
    pub correction: Correction,
    /// The level it is held against.
    pub level: f64,
    /// Periods before.
    pub n_before: usize,
    /// Donors.
    pub n_donors: usize,
    /// What to say beside it.
    pub warnings: Vec<SyntheticControlWarning>,
}

/// What an area would have been without something, by the mixture of other areas that followed it best
/// before.
///
/// # Shape
///
/// `area` and every donor hold one value per period in order of time, in one unit, such as a rate;
/// the first `n_before` are those before. Nothing was done in the donors.
///
/// # Source
///
/// Abadie and Gardeazabal (2003), *American Economic Review* 93; Abadie, Diamond and Hainmueller
/// (2010), *Journal of the American Statistical Association* 105. Weights on outcomes alone, by Wolfe's
/// algorithm for the point of a polytope nearest a given one (1976, *Mathematical Programming* 11).
pub fn synthetic_control(
    area: &[f64],
    donors: &[Vec<f64>],
    n_before: usize,
    level: f64,
) -> Result<SyntheticControl, SyntheticControlError> {
    check(area, donors, n_before)?;
    let others: Vec<&[f64]> = donors.iter().map(Vec::as_slice).collect();
    let fit = mix(area, &others, n_before)?;
    let synthetic = mixed(&others, &fit.weights);
    let effect: Vec<f64> = area.iter().zip(&synthetic).map(|(own, other)| own - other).collect();
    let placebo_ratios = (0..donors.len())
        .map(|placebo| {
            let others: Vec<&[f64]> = std::iter::once(area)
                .chain(
                    donors.iter().enumerate().filter(|(j, _)| *j != placebo).map(|(_, d)| &d[..]),
                )
                .collect();
            mix(&donors[placebo], &others, n_before).map(|found| found.ratio)
        })
        .collect::<Result<Vec<f64>, _>>()?;
    let as_large = placebo_ratios.iter().filter(|ratio| **ratio >= fit.ratio).count();
    let n_after = (area.len() - n_before) as f64;
    let mean_effect = effect[n_before..].iter().sum::<f64>() / n_after;
    let mean_synthetic = synthetic[n_before..].iter().sum::<f64>() / n_after;
    let warnings = warnings(&area[..n_before], donors.len(), fit.rmspe_before, level);
    Ok(SyntheticControl {
        fit,
        synthetic,
        effect,
        mean_effect,
        percent_effect: 100.0 * mean_effect / mean_synthetic,
        p_value: (1 + as_large) as f64 / (1 + donors.len()) as f64,
        sidedness: Sidedness::Two,
        correction: Correction::None,
        placebo_ratios,
        level,
        n_before,
        n_donors: donors.len(),
        warnings,
    })
}

fn check(area: &[f64], donors: &[Vec<f64>], n_before: usize) -> Result<(), SyntheticControlError> {
    if donors.len() < 2 {
        return Err(SyntheticControlError::TooFewDonors { n_donors: donors.len() });
    }
    if n_before < FEWEST_PERIODS_BEFORE || area.len() <= n_before {
        let after = area.len().saturating_sub(n_before);
        return Err(SyntheticControlError::TooFewPeriods { before: n_before, after });
    }
    for (donor_index, donor) in donors.iter().enumerate() {
        if donor.len() != area.len() {
            let (found, expected) = (donor.len(), area.len());
            return Err(SyntheticControlError::LengthMismatch { donor_index, found, expected });
        }
    }
    for series in donors.iter().map(Vec::as_slice).chain([area]) {
        if let Some(period_index) = series.iter().position(|value| !value.is_finite()) {
            let value = series[period_index];
            return Err(SyntheticControlError::NotANumber { period_index, value });
        }
    }
    Ok(())
}

fn mix(area: &[f64], others: &[&[f64]], n_before: usize) -> Result<Mixture, SyntheticControlError> {
    let away: Vec<Vec<f64>> = others
        .iter()
        .map(|other| other.iter().zip(area).take(n_before).map(|(x, y)| x - y).collect())
        .collect();
    let weights = simplex::nearest_to_origin(&away)
        .map_err(|steps| SyntheticControlError::NotSettled { steps })?;
    let gaps: Vec<f64> =
        area.iter().zip(mixed(others, &weights)).map(|(own, other)| own - other).collect();
    let [rmspe_before, rmspe_after] = [&gaps[..n_before], &gaps[n_before..]].map(root_mean_square);
    // Below this a distance is rounding. All perfect fits are alike: infinitely better than after.
    let rounding = 1e-9 * area.iter().map(|value| value.abs()).fold(0.0, f64::max);
    let ratio = match (rmspe_before > rounding, rmspe_after > rounding) {
        (true, _) => rmspe_after / rmspe_before,
        (false, true) => f64::INFINITY,
        (false, false) => 0.0,
    };
    Ok(Mixture { weights, rmspe_before, rmspe_after, ratio })
}

fn mixed(others: &[&[f64]], weights: &[f64]) -> Vec<f64> {
    let periods = others.first().map_or(0, |other| other.len());
    let at = |period: usize| others.iter().zip(weights).map(|(other, w)| w * other[period]).sum();
    (0..periods).map(at).collect()
}

fn root_mean_square(values: &[f64]) -> f64 {
    (values.iter().map(|v| v * v).sum::<f64>() / values.len() as f64).sqrt()
}

fn warnings(
    before: &[f64],
    n_donors: usize,
    rmspe_before: f64,
    level: f64,
) -> Vec<SyntheticControlWarning> {
    let mut warnings = Vec::new();
    let smallest_p = 1.0 / (1 + n_donors) as f64;
    if smallest_p > level {
        warnings.push(SyntheticControlWarning::LevelOutOfReach { smallest_p });
    }
    let mean = before.iter().sum::<f64>() / before.len() as f64;
    let centred: Vec<f64> = before.iter().map(|value| value - mean).collect();
    let relative = rmspe_before / root_mean_square(&centred);
    if !(relative <= GOOD_FIT || rmspe_before == 0.0) {
        warnings.push(SyntheticControlWarning::PoorFit { relative });
    }
    if n_donors > before.len() {
        warnings.push(SyntheticControlWarning::MoreDonorsThanPeriods);
    }
    warnings
}
