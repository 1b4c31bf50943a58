//! Would the hot spots of one period have caught the events of the next?

use super::{HotspotError, rank_by_count};
use crate::interval::{Confidence, Interval};
use crate::proportion::wilson;
use crate::spatial::Warning;

/// Hot spots of a training period held against a later one.
#[derive(Debug, Clone, PartialEq)]
pub struct PredictiveAccuracy {
    /// Positions of the places chosen, in order of rank.
    pub chosen: Vec<usize>,
    /// The share of the area that was asked for at most.
    pub share_of_area_asked: f64,
    /// The share that the chosen places take.
    pub share_of_area: f64,
    /// Events of the training period, in all places.
    pub n_training: u64,
    /// Events of the test period, in all places.
    pub n_test: u64,
    /// Those of them in the chosen places.
    pub n_hit: u64,
    /// The share of the test period's events in the chosen places.
    pub hit_rate: f64,
    /// Wilson's 95% interval of it, as if events were independent of one another.
    pub hit_rate_interval: Interval,
    /// Prediction accuracy index: the hit rate over the share of the area. 1 for a map drawn by lot.
    pub pai: f64,
    /// Prediction efficiency index: the events hit over the most that could have been hit with as much
    /// area. 1 for a perfect choice.
    pub pei: f64,
    /// The most that could have been hit with that area. With places of unequal size a bound, which
    /// takes the last place in part.
    pub n_hit_at_most: f64,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Chooses the places with most events in the training period until the next would exceed a share of
/// the whole area, and counts what the test period brought them.
///
/// # Shape
///
/// One training count, test count and area per place, in any one unit of area. The test period must
/// be later than the training period and not overlap it.
///
/// # Source
///
/// PAI: Chainey, Tompson and Uhlig (2008), *Security Journal* 21. PEI: Hunt (2016), thesis, American
/// University.
///
/// # Example
///
/// ```
/// use wardmote_stats::spatial::hotspots::predictive_accuracy;
///
/// let found = predictive_accuracy(&[9, 2, 4, 0, 0], &[6, 1, 8, 0, 1], &[1.0; 5], 0.2)?;
/// assert_eq!(found.chosen, [0]);
/// assert_eq!(format!("PAI {:.3}, PEI {:.2}", found.pai, found.pei), "PAI 1.875, PEI 0.75");
/// # Ok::<(), wardmote_stats::spatial::hotspots::HotspotError>(())
/// ```
pub fn predictive_accuracy(
    training: &[u64],
    test: &[u64],
    areas: &[f64],
    share_of_area: f64,
) -> Result<PredictiveAccuracy, HotspotError> {
    let expected = training.len();
    if let Some(found) = [test.len(), areas.len()].into_iter().find(|&n| n != expected) {
        return Err(HotspotError::LengthMismatch { expected, found });
    }
    if let Some(place_index) = areas.iter().position(|area| !(*area > 0.0 && area.is_finite())) {
        return Err(HotspotError::Area { place_index, area: areas[place_index] });
    }
    if !(share_of_area > 0.0 && share_of_area <= 1.0) {
        return Err(HotspotError::Share { share: share_of_area });
    }
    let (n_training, n_test) = (training.iter().sum(), test.iter().sum());
    for (n, period) in [(n_training, "training"), (n_test, "test")] {
        if n == 0 {
            return Err(HotspotError::NoEvents { period });
        }
    }
    let whole: f64 = areas.iter().sum();
    // Sums of equal areas may fall short of their product by rounding.
    let budget = share_of_area * whole * (1.0 + 1e-9);
    let order = rank_by_count(training);
    let mut taken = 0.0;
    let n_chosen = order
        .iter()
        .take_while(|&&place| {
            taken += areas[place];
            taken <= budget
        })
        .count();
    let Some(&edge) = n_chosen.checked_sub(1).and_then(|last| order.get(last)) else {
        return Err(HotspotError::NothingFits { share: share_of_area });
    };
    let chosen = order[..n_chosen].to_vec();
    let used: f64 = chosen.iter().map(|&place| areas[place]).sum();
    let n_hit: u64 = chosen.iter().map(|&place| test[place]).sum();
    let most = most_with(test, areas, used);
    let mut warnings = Vec::new();
    let tied = |places: &[usize]| places.iter().filter(|&&p| training[p] == training[edge]).count();
    if n_chosen < order.len() && training[order[n_chosen]] == training[edge] {
        warnings.push(Warning::TiedAtTheEdge { n_tied: tied(&order), n_chosen: tied(&chosen) });
    }
    if n_test < 30 {
        warnings.push(Warning::FewEvents { n_events: n_test });
    }
    let hit_rate = n_hit as f64 / n_test as f64;
    Ok(PredictiveAccuracy {
        chosen,
        share_of_area_asked: share_of_area,
        share_of_area: used / whole,
        n_training,
        n_test,
        n_hit,
        hit_rate,
        hit_rate_interval: wilson(n_hit, n_test, Confidence::P95)?.interval,
        pai: hit_rate / (used / whole),
        pei: n_hit as f64 / most,
        n_hit_at_most: most,
        warnings,
    })
}

/// The most events that places of a total area could hold: the densest first, the last in part.
fn most_with(counts: &[u64], areas: &[f64], area: f64) -> f64 {
    let density = |place: usize| counts[place] as f64 / areas[place];
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by(|&a, &b| density(b).total_cmp(&density(a)));
    let (mut left, mut most) = (area, 0.0);
    for place in order {
        // Of equal areas the last one fits whole, whatever rounding says.
        let part = if left >= areas[place] * (1.0 - 1e-9) { 1.0 } else { left / areas[place] };
        most += counts[place] as f64 * part;
        left -= areas[place];
        if left <= 0.0 {
            break;
        }
    }
    most
}
