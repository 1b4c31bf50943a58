//! Is there a cluster in space and time, now or earlier? Kulldorff's scan statistic.

mod windows;

use super::coordinates::require_points_in_metres;
use super::{CoordinateError, Correction, PermutationSettings, SettingsError, Sidedness, Warning};
use crate::parallel;
use crate::seeded::Draws;
use windows::{Best, Cylinders};

/// Why nothing could be scanned.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ScanError {
    /// The coordinates cannot be used.
    #[error(transparent)]
    Coordinates(#[from] CoordinateError),
    /// One row belongs to each area.
    #[error("{centroids} centroids, {counts} rows of counts and {expected} of expected counts")]
    LengthMismatch {
        /// Centroids.
        centroids: usize,
        /// Rows of counts.
        counts: usize,
        /// Rows of expected counts.
        expected: usize,
    },
    /// Every row holds the same periods.
    #[error("area {area_index} does not have the {n_periods} periods of the first")]
    Ragged {
        /// Position of the area.
        area_index: usize,
        /// Periods of the first.
        n_periods: usize,
    },
    /// An expected count is a number of events above none.
    #[error("{expected} expected events in period {period} of area {area_index} is not above 0")]
    Expected {
        /// Position of the area.
        area_index: usize,
        /// Position of the period.
        period: usize,
        /// What was given.
        expected: f64,
    },
    /// A cluster needs events.
    #[error("{n_events} events are too few for a cluster")]
    TooFew {
        /// How many there are.
        n_events: u64,
    },
    /// A share of the expected events, above none and up to half.
    #[error("a largest share of {share} is not above 0 and up to 0.5")]
    Share {
        /// What was given.
        share: f64,
    },
    /// A window holds a period, and leaves one.
    #[error("windows of up to {periods} of {n_periods} periods cannot be scanned")]
    Periods {
        /// What was asked for.
        periods: usize,
        /// How many there are.
        n_periods: usize,
    },
    /// A radius is a length.
    #[error("{metres} m is not a radius")]
    Radius {
        /// What was given.
        metres: f64,
    },
    /// The test cannot be run as asked.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// Which windows of time are scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Those that end with the last period: is something going on now?
    Prospective,
    /// All: was there anything, at any time?
    Retrospective,
}

/// How a map is scanned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScanSettings {
    /// Which windows of time.
    pub direction: Direction,
    /// Circles take in at most this share of all expected events, up to 0.5.
    pub largest_share: f64,
    /// Circles are at most this wide; `None` for no bound.
    pub largest_radius_metres: Option<f64>,
    /// Windows are at most this many periods long.
    pub longest_periods: usize,
    /// Replicates, seed and level.
    pub replicates: PermutationSettings,
}

/// A cylinder: a circle of areas over some periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// Positions of the areas, the middle one first, by distance.
    pub areas: Vec<usize>,
    /// Distance to the outermost of their centroids.
    pub radius_metres: f64,
    /// Position of the first period.
    pub first_period: usize,
    /// Position of the last period.
    pub last_period: usize,
    /// Events in it.
    pub observed: u64,
    /// Events expected in it, scaled so that all expected events are as many as those observed.
    pub expected: f64,
    /// Rate inside over rate outside.
    pub relative_risk: f64,
    /// The log of the likelihood ratio.
    pub log_likelihood_ratio: f64,
    /// The share of replicates whose best cylinder is as good, as (r+1)/(R+1). For clusters after the
    /// first this is on the safe side.
    pub p_value: f64,
}

/// What a scan found, with all it was made by.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The best cylinder, then the best that share no area with those before. Empty if nowhere was more
    /// than expected.
    pub clusters: Vec<Cluster>,
    /// How the map was scanned.
    pub settings: ScanSettings,
    /// Of the p values: more events than expected.
    pub sidedness: Sidedness,
    /// Against the best of all cylinders in each replicate.
    pub correction: Correction,
    /// How many areas.
    pub n_areas: usize,
    /// How many periods.
    pub n_periods: usize,
    /// How many events.
    pub n_events: u64,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Kulldorff's space-time scan statistic for Poisson counts, with cylinders.
///
/// Every circle about every centroid, over every window of time, is held against what was expected in
/// it. The p value allows for having looked everywhere. It does not allow for counts that vary more
/// than chance: give expected counts that hold season and what else is known.
///
/// # Shape
///
/// One centroid in metres per area; `counts` and `expected` one row per area with one value per period.
/// Expected counts may be in any unit, such as population times days.
///
/// # Source
///
/// Kulldorff (2001), *Journal of the Royal Statistical Society A* 164, prospective; Kulldorff, Athas,
/// Feuer, Miller and Key (1998), *American Journal of Public Health* 88, retrospective.
pub fn scan(
    centroids: &[(f64, f64)],
    counts: &[Vec<u64>],
    expected: &[Vec<f64>],
    settings: ScanSettings,
) -> Result<Scan, ScanError> {
    check(centroids, counts, expected, settings)?;
    let n_periods = counts[0].len();
    let n_events: u64 = counts.iter().flatten().sum();
    let whole: f64 = expected.iter().flatten().sum();
    let scale = n_events as f64 / whole;
    let flat =
        |rows: &[Vec<f64>]| -> Vec<f64> { rows.iter().flatten().map(|e| e * scale).collect() };
    let expected = flat(expected);
    let cylinders = Cylinders::new(centroids, expected.clone(), n_periods, n_events, settings);
    let observed: Vec<u32> = counts.iter().flatten().map(|&count| count as u32).collect();
    let found = parallel::map(
        centroids.len(),
        || (),
        |(), centre| cylinders.best_about(centre, &observed, 0.0),
    );
    let cumulative: Vec<f64> = expected
        .iter()
        .scan(0.0, |sum, e| {
            *sum += e;
            Some(*sum)
        })
        .collect();
    let replicates = parallel::map(
        settings.replicates.permutations as usize,
        || vec![0_u32; expected.len()],
        |counts, replicate| {
            let mut draws = Draws::new(settings.replicates.seed, replicate as u64);
            deal(n_events, &cumulative, counts, &mut draws);
            (0..centroids.len()).fold(0.0, |best: f64, centre| {
                cylinders.best_about(centre, counts, best).map_or(best, |found| found.ratio)
            })
        },
    );
    let clusters = apart(found.into_iter().flatten().collect(), &cylinders, |best| {
        let tolerance = 1e-9 * best.ratio.max(1.0);
        let reached = replicates.iter().filter(|&&ratio| ratio >= best.ratio - tolerance).count();
        (reached as f64 + 1.0) / (replicates.len() as f64 + 1.0)
    });
    let mut warnings = Vec::new();
    if n_events < 30 {
        warnings.push(Warning::FewEvents { n_events });
    }
    if let Some(dispersion) = overdispersion(&observed, &expected) {
        warnings.push(Warning::Overdispersed { dispersion });
    }
    Ok(Scan {
        clusters,
        settings,
        sidedness: Sidedness::Greater,
        correction: Correction::MaximumStatistic,
        n_areas: centroids.len(),
        n_periods,
        n_events,
        warnings,
    })
}

/// At most this many clusters are listed.
const MOST_CLUSTERS: usize = 10;

/// The best cylinders that share no area.
fn apart(mut found: Vec<Best>, cylinders: &Cylinders, p: impl Fn(&Best) -> f64) -> Vec<Cluster> {
    // Of equally good ones the smaller centre first, so that nothing depends on the search.
    found.sort_by(|a, b| b.ratio.total_cmp(&a.ratio).then(a.centre.cmp(&b.centre)));
    let mut clusters: Vec<Cluster> = Vec::new();
    for best in found {
        let areas = cylinders.areas(&best);
        let free = |area: &usize| clusters.iter().all(|cluster| !cluster.areas.contains(area));
        if areas.iter().all(free) {
            clusters.push(Cluster {
                radius_metres: cylinders.radius(&best),
                first_period: best.first_period,
                last_period: best.last_period,
                observed: u64::from(best.observed),
                expected: best.expected,
                relative_risk: cylinders.relative_risk(&best),
                log_likelihood_ratio: best.ratio,
                p_value: p(&best),
                areas,
            });
        }
        if clusters.len() == MOST_CLUSTERS {
            break;
        }
    }
    clusters
}

/// Deals events to cells by their expected counts.
fn deal(n_events: u64, cumulative: &[f64], counts: &mut [u32], draws: &mut Draws) {
    counts.fill(0);
    let whole = cumulative.last().copied().unwrap_or(0.0);
    for _ in 0..n_events {
        let at = draws.unit() * whole;
        let cell = cumulative.partition_point(|sum| *sum <= at);
        counts[cell.min(cumulative.len() - 1)] += 1;
    }
}

/// Pearson's ratio, if it is well above 1. Read with care where few are expected per cell.
fn overdispersion(observed: &[u32], expected: &[f64]) -> Option<f64> {
    let cells = observed.iter().zip(expected);
    let chi_square: f64 = cells.map(|(&o, e)| (f64::from(o) - e).powi(2) / e).sum();
    let degrees = observed.len() as f64 - 1.0;
    let ratio = chi_square / degrees;
    // Four standard deviations of chi-square above its mean.
    (ratio > 1.0 + 4.0 * (2.0 / degrees).sqrt() && ratio > 1.2).then_some(ratio)
}

fn check(
    centroids: &[(f64, f64)],
    counts: &[Vec<u64>],
    expected: &[Vec<f64>],
    settings: ScanSettings,
) -> Result<(), ScanError> {
    require_points_in_metres(centroids)?;
    if counts.len() != centroids.len() || expected.len() != centroids.len() {
        return Err(ScanError::LengthMismatch {
            centroids: centroids.len(),
            counts: counts.len(),
            expected: expected.len(),
        });
    }
    let n_periods = counts.first().map_or(0, Vec::len);
    let ragged =
        |area: &usize| counts[*area].len() != n_periods || expected[*area].len() != n_periods;
    if let Some(area_index) = (0..counts.len()).find(ragged) {
        return Err(ScanError::Ragged { area_index, n_periods });
    }
    for (area_index, row) in expected.iter().enumerate() {
        if let Some(period) = row.iter().position(|e| !(*e > 0.0 && e.is_finite())) {
            return Err(ScanError::Expected { area_index, period, expected: row[period] });
        }
    }
    let n_events: u64 = counts.iter().flatten().sum();
    if !(2..=u64::from(u32::MAX)).contains(&n_events) {
        return Err(ScanError::TooFew { n_events });
    }
    let share = settings.largest_share;
    if !(share > 0.0 && share <= 0.5) {
        return Err(ScanError::Share { share });
    }
    let periods = settings.longest_periods;
    if periods == 0 || periods >= n_periods {
        return Err(ScanError::Periods { periods, n_periods });
    }
    if let Some(metres) = settings.largest_radius_metres
        && !(metres >= 0.0 && metres.is_finite())
    {
        return Err(ScanError::Radius { metres });
    }
    settings.replicates.check(1.0)?;
    Ok(())
}
