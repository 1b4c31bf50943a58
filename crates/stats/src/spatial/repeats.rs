//! Are the same places hit again? Counts of places by number of events, and what chance gives.

use std::collections::HashMap;
use std::hash::Hash;

use super::{Correction, PermutationSettings, SettingsError, Sidedness, Warning};
use crate::parallel;
use crate::seeded::Draws;

/// Why repeats could not be counted.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum RepeatError {
    /// There is nothing to repeat.
    #[error("no events")]
    NoEvents,
    /// The places at risk include those that were hit.
    #[error("{n_at_risk} places at risk are fewer than the {n_hit} that were hit")]
    PlacesAtRisk {
        /// What was given.
        n_at_risk: u64,
        /// Different keys.
        n_hit: u64,
    },
    /// The comparison with chance cannot be run as asked.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// Places with one number of events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacesWith {
    /// Events at each of these places.
    pub n_events: u64,
    /// How many places had so many.
    pub n_places: u64,
    /// How many would, on average, if each event fell on any place at risk alike.
    pub expected_places: f64,
}

/// Repeat victimisation, with what chance alone would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeats {
    /// From places with no event (if any are at risk) up to those with most; numbers that no place had
    /// are there with 0.
    pub table: Vec<PlacesWith>,
    /// All events.
    pub n_events: u64,
    /// Places at risk.
    pub n_at_risk: u64,
    /// Places with an event.
    pub n_hit: u64,
    /// Places with two events or more.
    pub n_repeatedly_hit: u64,
    /// Events after the first at their place.
    pub n_repeat_events: u64,
    /// What these would be by chance, on average.
    pub expected_repeat_events: f64,
    /// The share of random arrangements with at least as many repeat events, as (r+1)/(R+1).
    pub p_value: f64,
    /// Of the p value.
    pub sidedness: Sidedness,
    /// None: one test.
    pub correction: Correction,
    /// Random arrangements, seed and level.
    pub settings: PermutationSettings,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Counts places by their number of events.
///
/// More repeats than chance do not say why: the first event may raise the risk of the next, or some
/// places may be at more risk all along.
///
/// # Shape
///
/// One key per event that tells its place (or victim) from others, such as a pseudonym. `n_at_risk`
/// counts the places that could have been hit, such as all homes.
///
/// # Source
///
/// Johnson, Bowers and Hirschfield (1997), *British Journal of Criminology* 37, for the method;
/// the expected counts are binomial, as each place gets each event at the chance of one over their
/// number.
///
/// # Example
///
/// ```
/// use wardmote_stats::spatial::{PermutationSettings, repeats::repeats};
///
/// let settings = PermutationSettings { permutations: 999, seed: 1, level: 0.05 };
/// let found = repeats(&["mill lane 4", "mill lane 4", "high street 1"], 500, settings)?;
/// assert_eq!((found.n_hit, found.n_repeatedly_hit, found.n_repeat_events), (2, 1, 1));
/// assert_eq!(format!("{:.3}", found.expected_repeat_events), "0.006");
/// # Ok::<(), wardmote_stats::spatial::repeats::RepeatError>(())
/// ```
pub fn repeats<K: Eq + Hash>(
    keys: &[K],
    n_at_risk: u64,
    settings: PermutationSettings,
) -> Result<Repeats, RepeatError> {
    let settings = settings.check(1.0)?;
    if keys.is_empty() {
        return Err(RepeatError::NoEvents);
    }
    let mut per_place: HashMap<&K, u64> = HashMap::new();
    for key in keys {
        *per_place.entry(key).or_default() += 1;
    }
    let (n_events, n_hit) = (keys.len() as u64, per_place.len() as u64);
    if n_at_risk < n_hit {
        return Err(RepeatError::PlacesAtRisk { n_at_risk, n_hit });
    }
    let most = per_place.values().copied().max().unwrap_or(0);
    let mut places = vec![0; most as usize + 1];
    places[0] = n_at_risk - n_hit;
    for &events in per_place.values() {
        places[events as usize] += 1;
    }
    let expected = binomial(n_events, n_at_risk);
    let table = places
        .iter()
        .zip(0..)
        .map(|(&n_places, events)| PlacesWith {
            n_events: events,
            n_places,
            expected_places: n_at_risk as f64 * expected(events),
        })
        .collect();
    let reached = parallel::map(
        settings.permutations as usize,
        std::collections::HashSet::new,
        |hit, replicate| {
            let mut draws = Draws::new(settings.seed, replicate as u64);
            hit.clear();
            hit.extend((0..n_events).map(|_| draws.below(n_at_risk as usize)));
            hit.len() as u64 <= n_hit
        },
    );
    let reached = reached.into_iter().filter(|reached| *reached).count() as f64;
    Ok(Repeats {
        table,
        n_events,
        n_at_risk,
        n_hit,
        n_repeatedly_hit: per_place.values().filter(|&&events| events > 1).count() as u64,
        n_repeat_events: n_events - n_hit,
        expected_repeat_events: n_events as f64 - n_at_risk as f64 * (1.0 - expected(0)),
        p_value: (reached + 1.0) / (f64::from(settings.permutations) + 1.0),
        sidedness: Sidedness::Greater,
        correction: Correction::None,
        settings,
        warnings: if n_events < 30 { vec![Warning::FewEvents { n_events }] } else { Vec::new() },
    })
}

/// The chance that a place gets a number of events.
fn binomial(n_events: u64, n_places: u64) -> impl Fn(u64) -> f64 {
    let chance = 1.0 / n_places as f64;
    let trials = n_events as f64;
    move |events| {
        if n_places == 1 {
            return f64::from(u8::from(events == n_events));
        }
        // ln_1p keeps the digits of a small chance.
        let chosen: f64 = (0..events).map(|i| ((trials - i as f64) / (i as f64 + 1.0)).ln()).sum();
        let events = events as f64;
        (chosen + events * chance.ln() + (trials - events) * (-chance).ln_1p()).exp()
    }
}
