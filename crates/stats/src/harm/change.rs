//! The change of harm between two periods.

use super::{FEWEST_EFFECTIVE_EVENTS, HarmError, Sum};
use crate::dispersion::Scale;
use crate::interval::{Confidence, Interval, Sidedness, StandardError};
use crate::multiplicity::Correction;
use crate::rates::WeightedSum;

/// A kind of crime with more than this share of the variance decides the change.
const DECISIVE: f64 = 0.5;

/// What to say beside a change of harm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HarmWarning {
    /// Counts were taken to vary by chance alone, which crime seldom does.
    ChanceAlone,
    /// One kind of crime makes most of the variance.
    OneKindDecides {
        /// Position of the kind.
        kind_index: usize,
        /// Its share of the variance, 0 to 1.
        share: f64,
    },
}

/// The change of harm between two periods.
#[derive(Debug, Clone, PartialEq)]
pub struct HarmChange {
    /// What one event of each kind weighs.
    pub weights: Vec<f64>,
    /// Events of the earlier period, of all kinds.
    pub earlier_events: u64,
    /// Events of the later period.
    pub later_events: u64,
    /// Harm of the earlier period, with Fay and Feuer's 95% limits for chance alone.
    pub earlier: WeightedSum,
    /// Harm of the later period.
    pub later: WeightedSum,
    /// How many equally heavy events would vary as much, by chance, as the earlier sum.
    pub earlier_effective_events: f64,
    /// The same for the later sum.
    pub later_effective_events: f64,
    /// Change in per cent.
    pub percent_change: f64,
    /// Its 95% limits by Fieller's theorem, with the dispersion: the changes that the test does not
    /// reject. The upper one is infinite where the earlier sum is too uncertain to divide by.
    pub percent_interval: Interval,
    /// Standard error of the log ratio by the delta method, with the dispersion.
    pub standard_error: StandardError,
    /// Later less earlier over its standard error, with the dispersion.
    pub z: f64,
    /// Its p value, by Student's t with the degrees of freedom of the standard error: few heavy events
    /// tell their own variance badly.
    pub p_value: f64,
    /// Which differences the p value counts.
    pub sidedness: Sidedness,
    /// How it was corrected for other tests.
    pub correction: Correction,
    /// What variances were multiplied by, and how well it is known.
    pub scale: Scale,
    /// What to say beside it.
    pub warnings: Vec<HarmWarning>,
}

/// Compares the harm of two periods: counts, each times what an event of its kind weighs.
///
/// # Shape
///
/// `earlier`, `later` and `weights` hold one element per kind in the same order.
///
/// # Source
///
/// Sums of weighted Poisson counts: variance Σw²n, limits of each by Fay and Feuer (1997), *Statistics
/// in Medicine* 16, limits of the ratio by Fieller (1954), *Journal of the Royal Statistical Society B*
/// 16; degrees of freedom by Satterthwaite (1946), *Biometrics* 2, from the variance Σw⁴n of Σw²n, and
/// from those of the dispersion where it is an estimate; the dispersion as in McCullagh and Nelder (1989), *Generalized Linear Models*.
pub fn compare_harm(
    earlier: &[u64],
    later: &[u64],
    weights: &[f64],
    dispersion: impl Into<Scale>,
) -> Result<HarmChange, HarmError> {
    let scale = dispersion.into();
    if !scale.is_usable() {
        return Err(HarmError::Dispersion { dispersion: scale.dispersion });
    }
    let [before, after] = [Sum::of(earlier, weights)?, Sum::of(later, weights)?];
    let effective_events = before.effective_events().min(after.effective_events());
    if effective_events < FEWEST_EFFECTIVE_EVENTS {
        return Err(HarmError::TooFewEvents { effective_events });
    }
    let degrees_of_freedom = Some(degrees_of_freedom(before, after, scale));
    let relative = 1.0 / before.effective_events() + 1.0 / after.effective_events();
    let standard_error =
        StandardError { value: (scale.dispersion * relative).sqrt(), degrees_of_freedom };
    let reference = standard_error.reference();
    let ratio = after.limits.value / before.limits.value;
    let beyond = reference.quantile(Confidence::P95).powi(2) * scale.dispersion;
    // As for counts, the test is of the difference, whose variance no change leaves alone.
    let z = (after.limits.value - before.limits.value)
        / (scale.dispersion * (before.variance + after.variance)).sqrt();
    Ok(HarmChange {
        weights: weights.to_vec(),
        earlier_events: earlier.iter().sum(),
        later_events: later.iter().sum(),
        earlier: before.limits,
        later: after.limits,
        earlier_effective_events: before.effective_events(),
        later_effective_events: after.effective_events(),
        percent_change: 100.0 * (ratio - 1.0),
        percent_interval: fieller(before, after, beyond).map(|ratio| 100.0 * (ratio - 1.0)),
        standard_error,
        z,
        p_value: reference.two_sided_p(z),
        sidedness: Sidedness::Two,
        correction: Correction::None,
        scale,
        warnings: warnings(earlier, later, weights, scale),
    })
}

fn warnings(earlier: &[u64], later: &[u64], weights: &[f64], scale: Scale) -> Vec<HarmWarning> {
    let mut warnings = Vec::new();
    if scale.is_chance_alone() {
        warnings.push(HarmWarning::ChanceAlone);
    }
    let counts = earlier.iter().zip(later).map(|(before, after)| (before + after) as f64);
    let parts: Vec<f64> = counts.zip(weights).map(|(n, w)| w * w * n).collect();
    let total: f64 = parts.iter().sum();
    let decisive = parts.iter().position(|part| weights.len() > 1 && *part > DECISIVE * total);
    if let Some(kind_index) = decisive {
        let share = parts[kind_index] / total;
        warnings.push(HarmWarning::OneKindDecides { kind_index, share });
    }
    warnings
}

/// How well the variance of the difference is known, as the degrees of freedom of a chi-square.
fn degrees_of_freedom(before: Sum, after: Sum, scale: Scale) -> usize {
    let variance = before.variance + after.variance;
    let own = 2.0 * variance * variance / (before.fourth + after.fourth);
    let measured = scale.degrees_of_freedom.map_or(0.0, |degrees| 1.0 / degrees as f64);
    ((1.0 / (1.0 / own + measured)) as usize).max(1)
}

/// The ratios ρ for which `(s₂ - ρs₁)² ≤ beyond × (v₂ + ρ²v₁)`, none below 0.
fn fieller(before: Sum, after: Sum, beyond: f64) -> Interval {
    let (s1, s2) = (before.limits.value, after.limits.value);
    let (a, c) = (s1 * s1 - beyond * before.variance, s2 * s2 - beyond * after.variance);
    if a <= 0.0 {
        return Interval { lower: 0.0, upper: f64::INFINITY };
    }
    // At ρ = s₂/s₁ the left side is 0, so there is a real root on either side.
    let root = (s1 * s1 * s2 * s2 - a * c).max(0.0).sqrt();
    Interval { lower: ((s1 * s2 - root) / a).max(0.0), upper: (s1 * s2 + root) / a }
}
