//! How much more than chance areas vary.

use statrs::distribution::{ContinuousCDF, Normal};

use super::law::Law;
use super::{FunnelLimits, Overdispersion};
use crate::interval::{Confidence, Reference};

/// The share of areas at each end whose z is pulled in before overdispersion is measured.
pub(super) const WINSORISED_AT_EACH_END: f64 = 0.1;

/// What a z is divided by, squared, and what it is then read against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) phi: f64,
    pub(super) tau_squared: f64,
    pub(super) limits: FunnelLimits,
    pub(super) reference: Reference,
    /// How many standard errors the limits with the tails of two and three lie away.
    pub(super) reach: [f64; 2],
}

/// The tail beyond two, and beyond three, standard deviations of a normal variable.
pub(super) fn tails() -> [f64; 2] {
    [2.0, 3.0].map(|sd| Normal::standard().sf(sd))
}

impl Spread {
    /// The standard error of an area of a size, on the scale of roots.
    pub(super) fn error(&self, size: f64) -> f64 {
        (self.phi * super::variance_of_root(size) + self.tau_squared).sqrt()
    }

    /// The spread of chance alone, or with what was measured.
    pub(super) fn of(law: Law, used: Overdispersion, measured: Option<&Measured>) -> Self {
        let exact = match law {
            Law::Poisson => FunnelLimits::ExactPoisson,
            Law::Binomial => FunnelLimits::ExactBinomial,
        };
        let plain = Spread {
            phi: 1.0,
            tau_squared: 0.0,
            limits: exact,
            reference: Reference::NORMAL,
            reach: [2.0, 3.0],
        };
        let Some(found) = measured else { return plain };
        let limits = FunnelLimits::StudentOfRoots { degrees_of_freedom: found.degrees_of_freedom };
        let reference = Reference::student(found.degrees_of_freedom);
        let reach = tails().map(|tail| {
            let confidence = Confidence::new(1.0 - 2.0 * tail);
            confidence.map_or(f64::NAN, |confidence| reference.quantile(confidence))
        });
        let measured = Spread { limits, reference, reach, ..plain };
        match used {
            Overdispersion::Ignore => plain,
            Overdispersion::Multiply => Spread { phi: found.phi.max(1.0), ..measured },
            Overdispersion::Add => Spread { tau_squared: found.tau_squared, ..measured },
        }
    }
}

/// How much more than chance areas vary about the target.
pub(super) struct Measured {
    pub(super) phi_winsorised: f64,
    pub(super) phi: f64,
    pub(super) tau_squared: f64,
    degrees_of_freedom: usize,
}

impl Measured {
    pub(super) fn of(z: &[f64], variances: &[f64]) -> Self {
        let mut sorted = z.to_vec();
        sorted.sort_by(f64::total_cmp);
        let n = z.len() as f64;
        let pulled_in = (WINSORISED_AT_EACH_END * n).floor() as usize;
        let (low, high) = (sorted[pulled_in], sorted[z.len() - 1 - pulled_in]);
        let phi_winsorised = z.iter().map(|z| z.clamp(low, high).powi(2)).sum::<f64>() / n;
        let phi = phi_winsorised / left_by_winsorising();
        let weight: f64 = variances.iter().map(|v| 1.0 / v).sum();
        let squares: f64 = variances.iter().map(|v| 1.0 / (v * v)).sum();
        let tau_squared = ((n * phi - (n - 1.0)) / (weight - squares / weight)).max(0.0);
        let degrees_of_freedom = z.len() - 2 * pulled_in - 1;
        Self { phi_winsorised, phi, tau_squared, degrees_of_freedom }
    }
}

/// The mean square of a standard normal variable that is pulled in to its quantiles.
fn left_by_winsorising() -> f64 {
    let normal = Normal::standard();
    let at = normal.inverse_cdf(1.0 - WINSORISED_AT_EACH_END);
    let density = (-0.5 * at * at).exp() / std::f64::consts::TAU.sqrt();
    1.0 - 2.0 * WINSORISED_AT_EACH_END - 2.0 * at * density + 2.0 * WINSORISED_AT_EACH_END * at * at
}
