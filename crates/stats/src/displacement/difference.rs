//! The weighted displacement difference.

use super::{
    BeforeAfter, DisplacementError, DisplacementWarning, Role, degrees_of_freedom, doubts,
};
use crate::interval::{Confidence, Interval, Sidedness, StandardError};
use crate::multiplicity::Correction;

/// Where an area had this many times the events of its control before, the same change per cent is
/// another number of events in each.
const UNLIKE_COUNTS: f64 = 1.25;

/// What the difference shows at the level asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Fewer events than the control lets expect.
    Fell,
    /// More events.
    Rose,
    /// The counts do not tell.
    CannotTell,
}

/// Events fewer or more than if each area had changed per cent as its control did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProportionalDifference {
    /// Events after less those expected.
    pub difference: f64,
    /// Its standard error by the delta method, with the dispersion.
    pub standard_error: StandardError,
    /// Two-sided p value.
    pub p_value: f64,
}

/// The weighted displacement difference.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplacementDifference {
    /// Change of the target less that of its control, in events.
    pub target_effect: f64,
    /// Change of the buffer less that of its control; `None` without a buffer.
    pub buffer_effect: Option<f64>,
    /// The sum of the two: events fewer (below 0) or more than the controls let expect.
    pub difference: f64,
    /// Its 95% limits.
    pub interval: Interval,
    /// Its standard error, with the dispersion.
    pub standard_error: StandardError,
    /// The standard error if counts varied by chance alone.
    pub standard_error_plain: f64,
    /// Difference over standard error.
    pub z: f64,
    /// P value, by Student's t where a dispersion was measured.
    pub p_value: f64,
    /// Which differences the p value counts.
    pub sidedness: Sidedness,
    /// How it was corrected for other tests.
    pub correction: Correction,
    /// The same question with the controls' change taken per cent; `None` if a control had no events
    /// in a period, and then no verdict is given either.
    pub proportional: Option<ProportionalDifference>,
    /// The level of the verdict.
    pub level: f64,
    /// What both show: that of `difference` and that of `proportional`.
    pub verdict: Verdict,
    /// Events in all areas and both periods.
    pub n_events: u64,
    /// What to say beside it.
    pub warnings: Vec<DisplacementWarning>,
}

/// Events fewer or more than the controls let expect, in the target and around it.
///
/// Published, the difference takes the control's change in events. Where target and control are of
/// unlike size and both changed by the same per cent, it then finds an effect that is none. So a
/// verdict is given only where the change taken per cent says the same.
///
/// # Shape
///
/// `buffer` holds the buffer and its control, or neither. All periods are of one length. `level` is
/// two-sided, such as 0.05.
///
/// # Source
///
/// Wheeler and Ratcliffe (2018), *Crime Science* 7: variance of each count its own number; with months,
/// times the dispersion of each area, the degrees of freedom by Satterthwaite (1946), *Biometrics* 2. The
/// second condition is this package's: an intersection-union test (Berger 1982, *Technometrics* 24).
pub fn displacement_difference(
    target: BeforeAfter,
    control: BeforeAfter,
    buffer: Option<[BeforeAfter; 2]>,
    level: f64,
) -> Result<DisplacementDifference, DisplacementError> {
    let mut areas = vec![(Role::Target, target), (Role::Control, control)];
    if let Some([buffer, its_control]) = buffer {
        areas.extend([(Role::Buffer, buffer), (Role::BufferControl, its_control)]);
    }
    let n_events: u64 = areas.iter().map(|(_, area)| area.before + area.after).sum();
    if n_events == 0 {
        return Err(DisplacementError::Nothing);
    }
    let target_effect = target.change() - control.change();
    let buffer_effect = buffer.map(|[buffer, control]| buffer.change() - control.change());
    let difference = target_effect + buffer_effect.unwrap_or(0.0);
    let standard_error = StandardError {
        value: areas.iter().map(|(_, area)| area.variance()).sum::<f64>().sqrt(),
        degrees_of_freedom: degrees_of_freedom(&areas),
    };
    let reference = standard_error.reference();
    let z = difference / standard_error.value;
    let p_value = reference.two_sided_p(z);
    let proportional = proportional(&areas, standard_error.degrees_of_freedom);
    let verdict = match proportional {
        Some(other) if p_value.max(other.p_value) <= level => {
            match (difference < 0.0, other.difference < 0.0) {
                (true, true) => Verdict::Fell,
                (false, false) => Verdict::Rose,
                _ => Verdict::CannotTell,
            }
        }
        _ => Verdict::CannotTell,
    };
    let half = reference.quantile(Confidence::P95) * standard_error.value;
    Ok(DisplacementDifference {
        target_effect,
        buffer_effect,
        difference,
        interval: Interval::about(difference, half),
        standard_error,
        standard_error_plain: (n_events as f64).sqrt(),
        z,
        p_value,
        sidedness: Sidedness::Two,
        correction: Correction::None,
        proportional,
        level,
        verdict,
        n_events,
        warnings: warnings(&areas, n_events),
    })
}

fn proportional(
    areas: &[(Role, BeforeAfter)],
    degrees_of_freedom: Option<usize>,
) -> Option<ProportionalDifference> {
    let (mut difference, mut variance) = (0.0, 0.0);
    for pair in areas.chunks(2) {
        let [(_, area), (_, control)] = pair else { return None };
        if control.before == 0 || control.after == 0 || area.before == 0 {
            return None;
        }
        let [before, c0, c1] = [area.before, control.before, control.after].map(|n| n as f64);
        let expected = before * c1 / c0;
        let relative = area.factor() / before + control.factor() * (1.0 / c0 + 1.0 / c1);
        difference += area.after as f64 - expected;
        variance += area.factor() * area.after as f64 + expected * expected * relative;
    }
    let standard_error = StandardError { value: variance.sqrt(), degrees_of_freedom };
    let p_value = standard_error.reference().two_sided_p(difference / standard_error.value);
    Some(ProportionalDifference { difference, standard_error, p_value })
}

fn warnings(areas: &[(Role, BeforeAfter)], n_events: u64) -> Vec<DisplacementWarning> {
    let mut warnings = Vec::new();
    for pair in areas.chunks(2) {
        if let [(area, one), (_, other)] = pair {
            let (a, b) = (one.before.max(1) as f64, other.before.max(1) as f64);
            let ratio = (a / b).max(b / a);
            if ratio > UNLIKE_COUNTS {
                warnings.push(DisplacementWarning::UnlikeCounts { area: *area, ratio });
            }
        }
    }
    warnings.extend(doubts(areas, n_events));
    warnings
}
