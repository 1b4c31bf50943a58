//! The weighted displacement quotient.

use super::{
    BeforeAfter, DisplacementError, DisplacementWarning, Role, Time, degrees_of_freedom, doubts,
};
use crate::interval::{Confidence, Interval, Reference};

/// How a change of one area against the control is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QuotientChange {
    /// Events for each of the control's after, less the same before.
    pub change: f64,
    /// Its 95% limits, by the delta method.
    pub interval: Interval,
}

/// What the quotient says by its formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Above 1: the buffer gained more than the target.
    DiffusionBeyondTheEffect,
    /// 0 to 1: the buffer fell too.
    Diffusion,
    /// Exactly 0: the buffer did as the control did.
    NoChange,
    /// -1 to 0: the buffer rose by less than the target fell.
    PartialDisplacement,
    /// -1: as much as fell in the target came up in the buffer.
    FullDisplacement,
    /// Below -1: more came up than fell.
    NetHarm,
}

/// The weighted displacement quotient.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplacementQuotient {
    /// The target's change against the control: the denominator. Below 0 if it did better.
    pub target: QuotientChange,
    /// The buffer's change against the control: the numerator.
    pub buffer: QuotientChange,
    /// Buffer over target; `None` where the target did no better than the control, and there is nothing
    /// that could have moved.
    pub quotient: Option<f64>,
    /// The reading of the quotient.
    pub reading: Option<Reading>,
    /// Whether the reading is more than chance: both intervals lie off zero. Otherwise the counts
    /// cannot tell, whatever the quotient.
    pub can_tell: bool,
    /// Events in all areas and both periods.
    pub n_events: u64,
    /// What to say beside it.
    pub warnings: Vec<DisplacementWarning>,
}

/// Whether crime moved from a target into its buffer, or the buffer gained too.
///
/// # Shape
///
/// All periods of one length; the control must have events in both, the target and the buffer before.
///
/// # Source
///
/// Bowers and Johnson (2003), *Journal of Quantitative Criminology* 19. The limits are this package's:
/// the paper has none.
pub fn displacement_quotient(
    target: BeforeAfter,
    buffer: BeforeAfter,
    control: BeforeAfter,
) -> Result<DisplacementQuotient, DisplacementError> {
    let needed = [
        (Role::Control, Time::Before, control.before),
        (Role::Control, Time::After, control.after),
        (Role::Target, Time::Before, target.before),
        (Role::Buffer, Time::Before, buffer.before),
    ];
    if let Some(&(area, period, _)) = needed.iter().find(|(.., events)| *events == 0) {
        return Err(DisplacementError::NoEvents { area, period });
    }
    let [denominator, numerator] = [(Role::Target, target), (Role::Buffer, buffer)]
        .map(|(role, area)| against_control(role, area, control));
    let quotient = (denominator.change < 0.0).then(|| numerator.change / denominator.change);
    let areas = [(Role::Target, target), (Role::Buffer, buffer), (Role::Control, control)];
    let n_events = areas.iter().map(|(_, area)| area.before + area.after).sum();
    Ok(DisplacementQuotient {
        target: denominator,
        buffer: numerator,
        quotient,
        reading: quotient.map(reading),
        can_tell: denominator.interval.upper < 0.0 && !numerator.interval.contains(0.0),
        n_events,
        warnings: doubts(&areas, n_events),
    })
}

fn against_control(role: Role, area: BeforeAfter, control: BeforeAfter) -> QuotientChange {
    let ratio = |a: u64, c: u64| a as f64 / c as f64;
    let (after, before) = (ratio(area.after, control.after), ratio(area.before, control.before));
    let of = |a: u64, c: u64| {
        let count = (a as f64).max(0.5);
        (count / c as f64).powi(2) * (area.factor() / count + control.factor() / c as f64)
    };
    let variance = of(area.after, control.after) + of(area.before, control.before);
    let degrees = degrees_of_freedom(&[(role, area), (Role::Control, control)]);
    let reference = degrees.map_or(Reference::NORMAL, Reference::student);
    let half = reference.quantile(Confidence::P95) * variance.sqrt();
    QuotientChange { change: after - before, interval: Interval::about(after - before, half) }
}

fn reading(quotient: f64) -> Reading {
    match quotient {
        q if q > 1.0 => Reading::DiffusionBeyondTheEffect,
        q if q > 0.0 => Reading::Diffusion,
        0.0 => Reading::NoChange,
        q if q > -1.0 => Reading::PartialDisplacement,
        -1.0 => Reading::FullDisplacement,
        _ => Reading::NetHarm,
    }
}
