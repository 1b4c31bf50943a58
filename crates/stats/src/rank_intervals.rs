#![doc = include_str!("../../../docs/methods/rank-intervals.md")]

use crate::dispersion::Scale;
use crate::interval::{Confidence, Sidedness};
use crate::multiplicity::Correction;
pub use crate::ranks::RankError;
use crate::rates::Exposure;

/// An area with fewer events than this has a rank that says next to nothing.
const FEW_EVENTS: u64 = 5;

/// What to say beside the ranks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RankWarning {
    /// Counts were taken to vary by chance alone, which crime seldom does.
    ChanceAlone,
    /// Areas without events were counted with half an event.
    NoEvents {
        /// How many.
        n_areas: usize,
    },
    /// Areas with fewer than five events, whose intervals are wide.
    FewEvents {
        /// How many.
        n_areas: usize,
    },
}

/// The ranks that an area can have; 1 is the highest rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankInterval {
    /// Events per head.
    pub rate: f64,
    /// Its place in the table, which the interval tells how far to trust. Equal rates share the better.
    pub rank: usize,
    /// One more than the areas shown to be above it.
    pub lower: usize,
    /// All areas but those shown to be below it.
    pub upper: usize,
}

/// The ranks of all areas, at once.
#[derive(Debug, Clone, PartialEq)]
pub struct RankIntervals {
    /// The areas, in the order given.
    pub areas: Vec<RankInterval>,
    /// The chance that all intervals hold together.
    pub confidence: Confidence,
    /// What variances were multiplied by, and how well it is known.
    pub scale: Scale,
    /// Comparisons made, over which the correction goes: one each way for every pair.
    pub n_comparisons: usize,
    /// Which differences each of them counts.
    pub sidedness: Sidedness,
    /// How they were corrected for one another.
    pub correction: Correction,
    /// Of these, the differences shown.
    pub n_shown: usize,
    /// What to say beside the ranks.
    pub warnings: Vec<RankWarning>,
}

impl RankIntervals {
    /// Whether "among the `n` highest" may be said of an area; `None` for an area that is not there.
    pub fn among_highest(&self, area_index: usize, n: usize) -> Option<bool> {
        self.areas.get(area_index).map(|area| area.upper <= n)
    }

    /// Whether "among the `n` lowest" may be said of an area; `None` for an area that is not there.
    pub fn among_lowest(&self, area_index: usize, n: usize) -> Option<bool> {
        let n_areas = self.areas.len();
        self.areas.get(area_index).map(|area| area.lower + n > n_areas)
    }
}

/// Intervals for the ranks of all areas, which hold together with the confidence asked.
///
/// Every area is compared with every other. Where the difference is shown, with Holm's correction over
/// all comparisons, the order of the two is taken as known; everything else stays open.
///
/// # Shape
///
/// One element per area; the result keeps the order. An area without events counts as half an event.
///
/// # Source
///
/// Klein, Wright and Wieczorek (2020), *Journal of the Royal Statistical Society C* 69; the step-down
/// over one-sided hypotheses as in Mogstad, Romano, Shaikh and Wilhelm (2024), *Review of Economic
/// Studies* 91, with Holm (1979), *Scandinavian Journal of Statistics* 6, in place of their bootstrap.
pub fn rank_intervals(
    areas: &[Exposure],
    dispersion: impl Into<Scale>,
    confidence: Confidence,
) -> Result<RankIntervals, RankError> {
    let scale = dispersion.into();
    if areas.len() < 2 {
        return Err(RankError::TooFew { n_areas: areas.len() });
    }
    if let Some(area_index) = areas.iter().position(|area| !area.has_population()) {
        return Err(RankError::NoPopulation { area_index });
    }
    if !scale.is_usable() {
        return Err(RankError::Dispersion { dispersion: scale.dispersion });
    }
    let events: Vec<f64> = areas.iter().map(|area| (area.events as f64).max(0.5)).collect();
    let rates: Vec<f64> =
        events.iter().zip(areas).map(|(events, area)| events / area.population).collect();
    let n_areas = areas.len();
    let n_comparisons = n_areas * (n_areas - 1);
    let pairs = pairs(&events, &rates, scale);
    let shown = holm(&pairs, n_comparisons, 1.0 - confidence.level());
    let mut above = vec![0; n_areas];
    let mut below = vec![0; n_areas];
    for pair in shown {
        below[pair.higher] += 1;
        above[pair.lower] += 1;
    }
    let intervals = (0..n_areas).map(|index| RankInterval {
        rate: areas[index].events as f64 / areas[index].population,
        rank: 1 + rates.iter().filter(|rate| **rate > rates[index]).count(),
        lower: 1 + above[index],
        upper: n_areas - below[index],
    });
    let how_many = |test: &dyn Fn(u64) -> bool| areas.iter().filter(|a| test(a.events)).count();
    let (none, few) = (how_many(&|n| n == 0), how_many(&|n| n < FEW_EVENTS));
    let mut warnings = Vec::new();
    if scale.is_chance_alone() {
        warnings.push(RankWarning::ChanceAlone);
    }
    if none > 0 {
        warnings.push(RankWarning::NoEvents { n_areas: none });
    }
    if few > 0 {
        warnings.push(RankWarning::FewEvents { n_areas: few });
    }
    Ok(RankIntervals {
        areas: intervals.collect(),
        confidence,
        scale,
        n_comparisons,
        sidedness: Sidedness::One,
        correction: Correction::Holm,
        n_shown: shown.len(),
        warnings,
    })
}

/// One area's rate above another's, and the one-sided p value of that.
#[derive(Clone, Copy)]
struct Pair {
    higher: usize,
    lower: usize,
    p_value: f64,
}

/// Each pair once, by its observed order, from the smallest p value. The hypotheses of the other
/// direction have p values of a half or more and are never rejected, but count.
fn pairs(events: &[f64], rates: &[f64], scale: Scale) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(rates.len() * (rates.len() - 1) / 2);
    for a in 0..rates.len() {
        for b in 0..a {
            let (higher, lower) = if rates[a] > rates[b] { (a, b) } else { (b, a) };
            let error = scale.of_log_ratio(events[higher], events[lower]);
            let log_ratio = (rates[higher] / rates[lower]).ln();
            let p_value = error.reference().upper_p(log_ratio / error.value);
            pairs.push(Pair { higher, lower, p_value });
        }
    }
    pairs.sort_by(|a, b| a.p_value.total_cmp(&b.p_value));
    pairs
}

/// The pairs whose order is shown, the error over all of them kept to `level`.
fn holm(pairs: &[Pair], n_comparisons: usize, level: f64) -> &[Pair] {
    let passes =
        |(step, pair): (usize, &Pair)| pair.p_value <= level / (n_comparisons - step) as f64;
    let shown = pairs.iter().enumerate().take_while(|pair| passes(*pair)).count();
    &pairs[..shown]
}
