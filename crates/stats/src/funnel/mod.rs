#![doc = include_str!("../../../../docs/methods/funnel.md")]

mod law;
mod spread;

use law::Law;
use spread::{Measured, Spread, WINSORISED_AT_EACH_END, tails};

use crate::interval::{Confidence, Interval, Sidedness};
use crate::multiplicity::{Correction, benjamini_hochberg};
use crate::rates::Exposure;
use crate::share_periods::Part;

/// Fewer areas than this say too little about how much areas usually vary.
pub const FEWEST_AREAS_FOR_OVERDISPERSION: usize = 10;

/// Where an area expects fewer events than this, the normal approximation is rough.
const FEW_EXPECTED: f64 = 5.0;

/// Why no funnel could be drawn.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum FunnelError {
    /// One area is its own target.
    #[error("{n_areas} areas cannot be compared; at least two are needed")]
    TooFew {
        /// How many there are.
        n_areas: usize,
    },
    /// A rate needs a population, a share needs cases.
    #[error("area {area_index} has no population or no cases")]
    NoDenominator {
        /// Position of the area.
        area_index: usize,
    },
    /// More with the property than there are.
    #[error("area {area_index} has {with} of {of}, which is no share")]
    MoreThanAll {
        /// Position of the area.
        area_index: usize,
        /// Cases with the property.
        with: u64,
        /// All cases.
        of: u64,
    },
    /// The target must leave room on both sides.
    #[error("target {target} leaves nothing to vary about")]
    Target {
        /// What was given or found.
        target: f64,
    },
}

/// What areas are held against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Target {
    /// All areas together: events over population, or parts over wholes.
    Pooled,
    /// A value from elsewhere, in the unit of the areas' values.
    Given(f64),
}

/// What to do about areas that vary more than chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdispersion {
    /// Nothing: limits of chance alone.
    Ignore,
    /// All variances are multiplied by φ.
    Multiply,
    /// A variance τ² between areas is added to each.
    Add,
}

/// How limits and p values were computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelLimits {
    /// Poisson tails, interpolated between whole events.
    ExactPoisson,
    /// Binomial tails, interpolated between whole cases.
    ExactBinomial,
    /// Student's t on the scale of square roots (rates) or arcsines of them (shares), with the
    /// degrees of freedom of the measured overdispersion.
    StudentOfRoots {
        /// Areas that were not pulled in, less one.
        degrees_of_freedom: usize,
    },
}

/// Where an area lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Below the lower limit of three standard deviations.
    Below3,
    /// Below that of two.
    Below2,
    /// Between the limits of two, or on one.
    Inside,
    /// Above the upper limit of two.
    Above2,
    /// Above that of three.
    Above3,
}

/// What to say beside the funnel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelWarning {
    /// Overdispersion was asked for and not allowed for: the limits are those of chance alone.
    TooFewForOverdispersion {
        /// How many areas there are.
        n_areas: usize,
    },
    /// Areas whose expected count is small, where the approximation used is rough.
    FewExpected {
        /// How many areas expect fewer than five.
        n_areas: usize,
    },
}

/// One area of a funnel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelArea {
    /// Events per head, or the share.
    pub value: f64,
    /// Events, or cases, that the target makes expected.
    pub expected: f64,
    /// Distance from the target in standard deviations of chance, on the scale of roots.
    pub z_plain: f64,
    /// The same with the overdispersion used.
    pub z: f64,
    /// Two-sided p value, for an area named beforehand.
    pub p_value: f64,
    /// The same, corrected for all areas of the funnel.
    pub adjusted_p_value: f64,
    /// Limits with the tail of two standard deviations (2.3% each side), in the value's unit.
    pub limits_2sd: Interval,
    /// Limits with the tail of three (0.13% each side).
    pub limits_3sd: Interval,
    /// The textbook's limits of two standard deviations, θ ± 2 standard errors, for comparison: they
    /// decide nothing.
    pub normal_limits_2sd: Interval,
    /// The same for three.
    pub normal_limits_3sd: Interval,
    /// Where the value lies between `limits_2sd` and `limits_3sd`.
    pub position: Position,
}

/// A funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// What areas are held against.
    pub target: f64,
    /// Whether that was given, or is all areas together.
    pub target_given: bool,
    /// How limits and p values were computed.
    pub limits: FunnelLimits,
    /// What was asked.
    pub asked: Overdispersion,
    /// What was done.
    pub used: Overdispersion,
    /// Mean square of the winsorised z, as published; `None` for too few areas.
    pub phi_winsorised: Option<f64>,
    /// The same over what winsorising leaves of chance alone; what [`Overdispersion::Multiply`] uses,
    /// but at least 1.
    pub phi: Option<f64>,
    /// Variance between areas on the scale of roots; what [`Overdispersion::Add`] uses.
    pub tau_squared: Option<f64>,
    /// Share of areas pulled in at each end before measuring.
    pub winsorised_at_each_end: f64,
    /// The areas, in the order given.
    pub areas: Vec<FunnelArea>,
    /// Which differences the p values count.
    pub sidedness: Sidedness,
    /// How adjusted p values were corrected.
    pub correction: Correction,
    /// What to say beside it.
    pub warnings: Vec<FunnelWarning>,
    law: Law,
    spread: Spread,
}

impl Funnel {
    /// The limits with the tails of two and three standard deviations for an area of any size: a
    /// population, or a number of cases. Drawn over sizes they are the funnel.
    pub fn limits_at(&self, size: f64) -> [Interval; 2] {
        let error = self.spread.error(size);
        [0, 1].map(|which| {
            if self.is_exact() {
                self.law.limits(self.target, size, tails()[which])
            } else {
                self.about(self.target, self.spread.reach[which] * error)
            }
        })
    }

    /// How far from its value an area's own level may lie, with the spread used; it leaves out the
    /// target exactly where the p value is below what the confidence leaves. `None` for an area that is
    /// not there, and where limits are exact ones of chance alone, which have no such interval.
    pub fn interval_of(&self, area_index: usize, confidence: Confidence) -> Option<Interval> {
        let area = self.areas.get(area_index).filter(|_| !self.is_exact())?;
        let error = self.spread.error(area.expected / self.target);
        Some(self.about(area.value, self.spread.reference.quantile(confidence) * error))
    }

    fn is_exact(&self) -> bool {
        matches!(self.limits, FunnelLimits::ExactPoisson | FunnelLimits::ExactBinomial)
    }

    /// Limits about a value, with half their width on the scale of roots.
    fn about(&self, value: f64, half: f64) -> Interval {
        Interval::about(self.law.root(value), half).map(|root| self.law.value_of_root(root))
    }
}

/// A funnel of rates: events in a population.
///
/// # Shape
///
/// One element per area; the result keeps the order. Values are events per head.
///
/// # Source
///
/// Spiegelhalter (2005), *Statistics in Medicine* 24; the module's page says what was changed and why.
pub fn funnel_of_rates(
    areas: &[Exposure],
    target: Target,
    asked: Overdispersion,
) -> Result<Funnel, FunnelError> {
    if let Some(area_index) = areas.iter().position(|area| !area.has_population()) {
        return Err(FunnelError::NoDenominator { area_index });
    }
    let cells = areas.iter().map(|area| Cell { count: area.events, size: area.population });
    draw(&cells.collect::<Vec<_>>(), Law::Poisson, target, asked)
}

/// A funnel of shares: parts of wholes.
///
/// # Shape
///
/// One element per area; the result keeps the order. Values are shares, 0 to 1.
///
/// # Source
///
/// As [`funnel_of_rates`].
pub fn funnel_of_shares(
    areas: &[Part],
    target: Target,
    asked: Overdispersion,
) -> Result<Funnel, FunnelError> {
    for (area_index, &Part { with, of }) in areas.iter().enumerate() {
        if of == 0 {
            return Err(FunnelError::NoDenominator { area_index });
        }
        if with > of {
            return Err(FunnelError::MoreThanAll { area_index, with, of });
        }
    }
    let cells = areas.iter().map(|part| Cell { count: part.with, size: part.of as f64 });
    draw(&cells.collect::<Vec<_>>(), Law::Binomial, target, asked)
}

#[derive(Clone, Copy)]
struct Cell {
    count: u64,
    size: f64,
}

fn draw(
    cells: &[Cell],
    law: Law,
    target: Target,
    asked: Overdispersion,
) -> Result<Funnel, FunnelError> {
    if cells.len() < 2 {
        return Err(FunnelError::TooFew { n_areas: cells.len() });
    }
    let (count, size) = cells
        .iter()
        .fold((0.0, 0.0), |(count, size), cell| (count + cell.count as f64, size + cell.size));
    let (target, target_given) = match target {
        Target::Pooled => (count / size, false),
        Target::Given(target) => (target, true),
    };
    if !(target > 0.0 && target.is_finite() && (law == Law::Poisson || target < 1.0)) {
        return Err(FunnelError::Target { target });
    }
    let variances: Vec<f64> = cells.iter().map(|cell| variance_of_root(cell.size)).collect();
    let distance = |cell: &Cell| law.root(cell.count as f64 / cell.size) - law.root(target);
    let z_plain: Vec<f64> =
        cells.iter().zip(&variances).map(|(cell, v)| distance(cell) / v.sqrt()).collect();

    let enough = cells.len() >= FEWEST_AREAS_FOR_OVERDISPERSION;
    let measured = enough.then(|| Measured::of(&z_plain, &variances));
    let used = if measured.is_some() { asked } else { Overdispersion::Ignore };
    let spread = Spread::of(law, used, measured.as_ref());
    let few_expected = |cell: &&Cell| target * cell.size < FEW_EXPECTED;
    let few = cells.iter().filter(few_expected).count();
    let mut warnings = Vec::new();
    if asked != used {
        warnings.push(FunnelWarning::TooFewForOverdispersion { n_areas: cells.len() });
    }
    if few > 0 && used != Overdispersion::Ignore {
        warnings.push(FunnelWarning::FewExpected { n_areas: few });
    }
    let mut funnel = Funnel {
        target,
        target_given,
        limits: spread.limits,
        asked,
        used,
        phi_winsorised: measured.as_ref().map(|found| found.phi_winsorised),
        phi: measured.as_ref().map(|found| found.phi),
        tau_squared: measured.as_ref().map(|found| found.tau_squared),
        winsorised_at_each_end: WINSORISED_AT_EACH_END,
        areas: Vec::with_capacity(cells.len()),
        sidedness: Sidedness::Two,
        correction: Correction::BenjaminiHochberg,
        warnings,
        law,
        spread,
    };
    let mut areas: Vec<FunnelArea> =
        cells.iter().zip(&z_plain).map(|(cell, &z)| area(*cell, &funnel, z)).collect();
    let p_values: Vec<f64> = areas.iter().map(|area| area.p_value).collect();
    if let Ok(adjusted) = benjamini_hochberg(&p_values) {
        areas.iter_mut().zip(adjusted).for_each(|(area, p)| area.adjusted_p_value = p);
    }
    funnel.areas = areas;
    Ok(funnel)
}

/// What chance makes of an area of a size, on the scale of roots.
fn variance_of_root(size: f64) -> f64 {
    0.25 / size
}

fn area(cell: Cell, funnel: &Funnel, z_plain: f64) -> FunnelArea {
    let Funnel { law, target, spread, .. } = funnel;
    let target = *target;
    let value = cell.count as f64 / cell.size;
    let z = z_plain * variance_of_root(cell.size).sqrt() / spread.error(cell.size);
    let [limits_2sd, limits_3sd] = funnel.limits_at(cell.size);
    let [normal_limits_2sd, normal_limits_3sd] =
        [2.0, 3.0].map(|sd| Interval::about(target, sd * law.variance(target, cell.size).sqrt()));
    let p_value = if funnel.is_exact() {
        let count = cell.count as f64;
        let below = law.at_most(count, target, cell.size);
        let above = 1.0 - law.at_most(count - 1.0, target, cell.size);
        (2.0 * below.min(above)).clamp(0.0, 1.0)
    } else {
        spread.reference.two_sided_p(z)
    };
    let position = match value {
        _ if value > limits_3sd.upper => Position::Above3,
        _ if value > limits_2sd.upper => Position::Above2,
        _ if value < limits_3sd.lower => Position::Below3,
        _ if value < limits_2sd.lower => Position::Below2,
        _ => Position::Inside,
    };
    FunnelArea {
        value,
        expected: target * cell.size,
        z_plain,
        z,
        p_value,
        adjusted_p_value: p_value,
        limits_2sd,
        limits_3sd,
        normal_limits_2sd,
        normal_limits_3sd,
        position,
    }
}
