#![doc = include_str!("../../../../docs/methods/displacement.md")]

mod difference;
mod quotient;

use crate::dispersion::{Dispersion, DispersionError, dispersion_over_years};

pub use difference::{
    DisplacementDifference, ProportionalDifference, Verdict, displacement_difference,
};
pub use quotient::{DisplacementQuotient, QuotientChange, Reading, displacement_quotient};

/// With fewer events than this in all, the normal approximation is rough.
const FEW_EVENTS: u64 = 30;

/// Why displacement could not be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DisplacementError {
    /// A quotient of areas needs events on the lower side.
    #[error("{area} had no events {period}: no quotient can be taken")]
    NoEvents {
        /// Which area.
        area: Role,
        /// In which period.
        period: Time,
    },
    /// Nothing happened anywhere.
    #[error("no events in any area")]
    Nothing,
    /// Both periods hold the same months, at least two.
    #[error(
        "{area} has {before} months before and {after} after: two or more, and the same, are needed"
    )]
    Months {
        /// Which area.
        area: Role,
        /// Months before.
        before: usize,
        /// Months after.
        after: usize,
    },
    /// The variation of an area's months could not be measured.
    #[error("{area}: {source}")]
    Dispersion {
        /// Which area.
        area: Role,
        /// Why.
        #[source]
        source: DispersionError,
    },
}

/// What an area is in the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Where something was done.
    Target,
    /// Where crime may have moved to.
    Buffer,
    /// Like the target, but nothing was done.
    Control,
    /// Like the buffer, but nothing was done near it.
    BufferControl,
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Target => "the target",
            Self::Buffer => "the buffer",
            Self::Control => "the control",
            Self::BufferControl => "the buffer's control",
        })
    }
}

/// One of the two periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Before something was done.
    Before,
    /// After.
    After,
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Before => "before",
            Self::After => "after",
        })
    }
}

/// Events of one area in two periods of the same length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BeforeAfter {
    /// Events before.
    pub before: u64,
    /// Events after.
    pub after: u64,
    /// How much more than chance its months vary; `None` takes them to vary by chance alone.
    pub dispersion: Option<Dispersion>,
}

impl BeforeAfter {
    /// Two counts, taken to vary by chance alone.
    pub fn counts(before: u64, after: u64) -> Self {
        Self { before, after, dispersion: None }
    }

    /// Two periods of monthly counts, whose own variation is measured.
    ///
    /// # Shape
    ///
    /// The same months of the year in both periods, in the same order, at least two.
    pub fn months(area: Role, before: &[u64], after: &[u64]) -> Result<Self, DisplacementError> {
        if before.len() != after.len() || before.len() < 2 {
            let (before, after) = (before.len(), after.len());
            return Err(DisplacementError::Months { area, before, after });
        }
        let dispersion = dispersion_over_years(&[before.to_vec(), after.to_vec()])
            .map_err(|source| DisplacementError::Dispersion { area, source })?;
        Ok(Self {
            before: before.iter().sum(),
            after: after.iter().sum(),
            dispersion: Some(dispersion),
        })
    }

    pub(crate) fn change(self) -> f64 {
        self.after as f64 - self.before as f64
    }

    pub(crate) fn factor(self) -> f64 {
        self.dispersion.map_or(1.0, |found| found.used)
    }

    /// Variance of the change.
    pub(crate) fn variance(self) -> f64 {
        self.factor() * (self.before + self.after) as f64
    }
}

/// What to say beside the difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DisplacementWarning {
    /// An area and its control had unlike counts before: a change of both by the same per cent then
    /// looks like an effect in `difference`, which only `proportional` keeps out of the verdict.
    UnlikeCounts {
        /// The area.
        area: Role,
        /// The larger count over the smaller.
        ratio: f64,
    },
    /// So few events in all that the p value is rough.
    FewEvents {
        /// Events in all areas and both periods.
        events: u64,
    },
    /// An area's months were not given: it is taken to vary by chance alone, which crime seldom does.
    NoDispersion {
        /// The area.
        area: Role,
    },
}

/// Satterthwaite's for a sum of variances of which some were estimated; `None` if none was.
fn degrees_of_freedom(areas: &[(Role, BeforeAfter)]) -> Option<usize> {
    let total: f64 = areas.iter().map(|(_, area)| area.variance()).sum();
    let parts = areas.iter().filter_map(|(_, area)| {
        let found = area.dispersion?;
        Some(area.variance().powi(2) / found.degrees_of_freedom as f64)
    });
    let uncertain: f64 = parts.sum();
    (uncertain > 0.0).then(|| ((total * total / uncertain) as usize).max(1))
}

fn doubts(areas: &[(Role, BeforeAfter)], n_events: u64) -> Vec<DisplacementWarning> {
    let mut warnings = Vec::new();
    if n_events < FEW_EVENTS {
        warnings.push(DisplacementWarning::FewEvents { events: n_events });
    }
    let without = areas.iter().filter(|(_, area)| area.dispersion.is_none());
    warnings.extend(without.map(|(area, _)| DisplacementWarning::NoDispersion { area: *area }));
    warnings
}
