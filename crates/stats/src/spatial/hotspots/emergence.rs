//! Which places are gaining on the rest, which have been hot all along, and which are cooling?

use statrs::function::gamma::gamma_lr;

use super::HotspotError;
use crate::dispersion::{Dispersion, dispersion_over_areas};
use crate::interval::Reference;
use crate::multiplicity::benjamini_hochberg;
use crate::spatial::permutation::check_level;
use crate::spatial::{Correction, Warning};

/// How places over time are judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EmergenceSettings {
    /// Adjusted p values up to this are significant.
    pub level: f64,
}

/// What a place is over the periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EmergenceClass {
    /// Its share of all events grew, and in the later half it had more than an average place.
    Emerging,
    /// It had more than an average place in both halves, and no drift of its share is shown.
    Persistent,
    /// Its share fell, and in the earlier half it had more than an average place.
    Diminishing,
    /// None of these is shown.
    NotShown,
}

/// One place over the periods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaceOverTime {
    /// Events in all periods.
    pub n_events: u64,
    /// Drift of its share of all events in standard errors: above 0 if it grew.
    pub trend_z: f64,
    /// Of the drift, two-sided.
    pub trend_p: f64,
    /// The same, corrected over all places.
    pub trend_adjusted_p: f64,
    /// That it had more than an average place in both halves; one-sided, the larger of the two.
    pub hot_p: f64,
    /// The same, corrected over all places.
    pub hot_adjusted_p: f64,
    /// By the adjusted p values.
    pub class: EmergenceClass,
}

/// All places over the periods, with all they were tested by.
#[derive(Debug, Clone, PartialEq)]
pub struct Emergence {
    /// In the order of the counts.
    pub places: Vec<PlaceOverTime>,
    /// The level.
    pub settings: EmergenceSettings,
    /// Of each of the two families of tests, over all places.
    pub correction: Correction,
    /// How much counts vary about the effects of place and period, by which the tests are scaled.
    pub dispersion: Dispersion,
    /// How many periods.
    pub n_periods: usize,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Sorts places into emerging, persistent and diminishing by their counts over periods.
///
/// A place's drift is measured against all places: where crime rises everywhere no place emerges. Given
/// its total, a place whose share does not change has the periods' shares of all events; the mean
/// period of its events is compared with that. The variance is multiplied by the dispersion of the
/// table, estimated and not taken below 1, and read against Student's t.
///
/// # Shape
///
/// `counts` holds one row per place, each with one count per period, in order of time and of one
/// length; four periods at least. `exposure` holds what an average is taken over, such as households
/// or cells of equal size (all 1), one per place.
///
/// # Source
///
/// The score test for a trend of Poisson counts (Cox and Lewis 1966, *The Statistical Analysis of
/// Series of Events*, section 3.3), quasi-likelihood scale after McCullagh and Nelder (1989). The three
/// words are those of hot spot practice; the rules for them are ours.
pub fn emergence(
    counts: &[Vec<u64>],
    exposure: &[f64],
    settings: EmergenceSettings,
) -> Result<Emergence, HotspotError> {
    check_level(settings.level)?;
    if exposure.len() != counts.len() {
        let (expected, found) = (counts.len(), exposure.len());
        return Err(HotspotError::LengthMismatch { expected, found });
    }
    if let Some(place_index) = exposure.iter().position(|size| !(*size > 0.0 && size.is_finite())) {
        return Err(HotspotError::Area { place_index, area: exposure[place_index] });
    }
    let n_periods = counts.first().map_or(0, Vec::len);
    if n_periods < 4 {
        return Err(HotspotError::TooFewPeriods { n_periods });
    }
    let dispersion = dispersion_over_areas(counts)?;
    let phi = dispersion.floored_phi;
    let reference = Reference::student(dispersion.degrees_of_freedom);
    let totals: Vec<f64> = (0..n_periods)
        .map(|period| counts.iter().map(|place| place[period] as f64).sum())
        .collect();
    let all: f64 = totals.iter().sum();
    let whole: f64 = exposure.iter().sum();
    let shares: Vec<f64> = totals.iter().map(|total| total / all).collect();
    let mean = shares.iter().enumerate().map(|(t, share)| t as f64 * share).sum::<f64>();
    let variance =
        shares.iter().enumerate().map(|(t, share)| (t as f64 - mean).powi(2) * share).sum::<f64>();
    let half = n_periods / 2;
    // The middle period of an odd number belongs to neither half.
    let halves = [0..half, n_periods - half..n_periods];
    let trend = |place: &[u64]| {
        let n: f64 = place.iter().map(|&count| count as f64).sum();
        let score: f64 =
            place.iter().enumerate().map(|(t, &count)| count as f64 * (t as f64 - mean)).sum();
        // The place is part of the whole that it is held against.
        let scale = (phi * n * variance * (1.0 - n / all)).sqrt();
        if scale > 0.0 { score / scale } else { 0.0 }
    };
    let in_half = |place: usize, half: usize| {
        let sum = |of: &[u64]| of.iter().sum::<u64>() as f64;
        let observed = sum(&counts[place][halves[half].clone()]);
        let expected = totals[halves[half].clone()].iter().sum::<f64>() * exposure[place] / whole;
        (observed, expected)
    };
    let is_above = |place: usize, half: usize| {
        let (observed, expected) = in_half(place, half);
        observed > expected
    };
    let trends: Vec<f64> = counts.iter().map(|place| trend(place)).collect();
    let trend_p: Vec<f64> = trends.iter().map(|&z| reference.two_sided_p(z)).collect();
    let hot_p: Vec<f64> = (0..counts.len())
        .map(|place| {
            let p = |half| {
                let (observed, expected) = in_half(place, half);
                // The tail of a Poisson count whose unit is phi events: with its skew, which the
                // normal curve lacks. No event is no evidence.
                if observed > 0.0 { gamma_lr(observed / phi, expected / phi) } else { 1.0 }
            };
            p(0).max(p(1))
        })
        .collect();
    // Probabilities made here, so nothing is refused.
    let adjust = |p: &[f64]| benjamini_hochberg(p).unwrap_or_else(|_| p.to_vec());
    let (trend_adjusted, hot_adjusted) = (adjust(&trend_p), adjust(&hot_p));
    let places = (0..counts.len())
        .map(|i| {
            let drifts = trend_adjusted[i] <= settings.level;
            let class = if drifts && trends[i] > 0.0 && is_above(i, 1) {
                EmergenceClass::Emerging
            } else if drifts && trends[i] < 0.0 && is_above(i, 0) {
                EmergenceClass::Diminishing
            } else if !drifts && hot_adjusted[i] <= settings.level {
                EmergenceClass::Persistent
            } else {
                EmergenceClass::NotShown
            };
            PlaceOverTime {
                n_events: counts[i].iter().sum(),
                trend_z: trends[i],
                trend_p: trend_p[i],
                trend_adjusted_p: trend_adjusted[i],
                hot_p: hot_p[i],
                hot_adjusted_p: hot_adjusted[i],
                class,
            }
        })
        .collect();
    let n_events = all as u64;
    let few = n_events < 5 * (counts.len() * n_periods) as u64;
    Ok(Emergence {
        places,
        settings,
        correction: Correction::BenjaminiHochberg,
        dispersion,
        n_periods,
        warnings: if few { vec![Warning::FewEvents { n_events }] } else { Vec::new() },
    })
}
