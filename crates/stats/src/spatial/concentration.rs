//! How few places hold how much of the crime, and how few would by chance.

use super::{Correction, PermutationSettings, SettingsError, Sidedness, Warning};
use crate::interval::Interval;
use crate::parallel;
use crate::seeded::Draws;

/// Why concentration could not be measured.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ConcentrationError {
    /// There must be something to concentrate and somewhere to do so.
    #[error("{n_events} events in {n_places} places have no concentration")]
    Nothing {
        /// Events.
        n_events: u64,
        /// Places.
        n_places: usize,
    },
    /// A share of the events.
    #[error("a share of {share} of the events is not above 0 and up to 1")]
    Share {
        /// What was given.
        share: f64,
    },
    /// The comparison with chance cannot be run as asked.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// How many places hold a share of the events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlacesForShare {
    /// The share of the events, 0 to 1.
    pub share_of_events: f64,
    /// The fewest places that hold at least this share.
    pub n_places: usize,
    /// These as a share of all places.
    pub share_of_places: f64,
    /// What share of places it would be, on average, if each event fell on any place alike.
    pub by_chance: f64,
    /// The middle 95% of what chance gave.
    pub chance_interval: Interval,
}

/// Concentration of events at places, with what chance alone would give.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// In the order of the shares asked for.
    pub shares: Vec<PlacesForShare>,
    /// Gini coefficient, 0 for even, which cannot be reached with fewer events than places.
    pub gini: f64,
    /// Generalised Gini coefficient: 0 if events were as even as their number allows.
    pub generalised_gini: f64,
    /// What that would be by chance, on average.
    pub generalised_gini_by_chance: f64,
    /// The share of random arrangements that are as concentrated, as (r+1)/(R+1).
    pub p_value: f64,
    /// Of the p value: more concentrated than chance.
    pub sidedness: Sidedness,
    /// None: one test.
    pub correction: Correction,
    /// All places, those without events among them.
    pub n_places: usize,
    /// Places with an event.
    pub n_places_with_events: usize,
    /// All events.
    pub n_events: u64,
    /// Random arrangements, seed and level.
    pub settings: PermutationSettings,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Shares of places that hold shares of the events, and the generalised Gini coefficient.
///
/// With fewer events than places, some places must be empty: a hundred burglaries at random among a
/// thousand homes are all in a tenth of them. So each share stands beside what chance gives.
///
/// # Shape
///
/// One count per place, with a zero for each place where nothing happened: leaving those out changes
/// every share. `shares_of_events` such as 0.25 and 0.5.
///
/// # Source
///
/// Weisburd (2015), *Criminology* 53; Bernasco and Steenbeek (2017), *Journal of Quantitative
/// Criminology* 33, for the generalised coefficient.
///
/// # Example
///
/// ```
/// use wardmote_stats::spatial::{PermutationSettings, concentration::concentration};
///
/// let settings = PermutationSettings { permutations: 999, seed: 1, level: 0.05 };
/// let found = concentration(&[6, 2, 1, 1, 0, 0, 0, 0, 0, 0], &[0.5], settings)?;
/// assert_eq!(found.shares[0].n_places, 1);
/// assert_eq!(format!("{:.2}", found.generalised_gini), "0.76");
/// # Ok::<(), wardmote_stats::spatial::concentration::ConcentrationError>(())
/// ```
pub fn concentration(
    counts: &[u64],
    shares_of_events: &[f64],
    settings: PermutationSettings,
) -> Result<Concentration, ConcentrationError> {
    let settings = settings.check(1.0)?;
    let (n_places, n_events) = (counts.len(), counts.iter().sum::<u64>());
    if n_events == 0 {
        return Err(ConcentrationError::Nothing { n_events, n_places });
    }
    let unfit = |share: &&f64| !(**share > 0.0 && **share <= 1.0);
    if let Some(&share) = shares_of_events.iter().find(unfit) {
        return Err(ConcentrationError::Share { share });
    }
    let observed = Curve::new(counts.to_vec(), shares_of_events);
    let by_chance: Vec<Curve> = parallel::map(
        settings.permutations as usize,
        || (),
        |(), replicate| {
            let mut draws = Draws::new(settings.seed, replicate as u64);
            let mut counts = vec![0; n_places];
            for _ in 0..n_events {
                counts[draws.below(n_places)] += 1;
            }
            Curve::new(counts, shares_of_events)
        },
    );
    let share = |i: usize| {
        let mut chance: Vec<f64> =
            by_chance.iter().map(|curve| curve.places[i] as f64 / n_places as f64).collect();
        chance.sort_by(f64::total_cmp);
        let at = |share: f64| chance[(share * (chance.len() - 1) as f64).round() as usize];
        PlacesForShare {
            share_of_events: shares_of_events[i],
            n_places: observed.places[i],
            share_of_places: observed.places[i] as f64 / n_places as f64,
            by_chance: chance.iter().sum::<f64>() / chance.len() as f64,
            chance_interval: Interval { lower: at(0.025), upper: at(0.975) },
        }
    };
    let generalised = |gini: f64| {
        // Bernasco and Steenbeek's max(1/c, 1)(G - 1) + 1, with c events per place.
        (n_places as f64 / n_events as f64).max(1.0) * (gini - 1.0) + 1.0
    };
    // Rounding must not tell apart what is equal.
    let as_concentrated = |curve: &&Curve| curve.gini >= observed.gini - 1e-12;
    let reached = by_chance.iter().filter(as_concentrated).count();
    let total = f64::from(settings.permutations);
    Ok(Concentration {
        shares: (0..shares_of_events.len()).map(share).collect(),
        gini: observed.gini,
        generalised_gini: generalised(observed.gini),
        generalised_gini_by_chance: generalised(
            by_chance.iter().map(|curve| curve.gini).sum::<f64>() / total,
        ),
        p_value: (reached as f64 + 1.0) / (total + 1.0),
        sidedness: Sidedness::Greater,
        correction: Correction::None,
        n_places,
        n_places_with_events: counts.iter().filter(|&&count| count > 0).count(),
        n_events,
        settings,
        warnings: if n_events < 30 { vec![Warning::FewEvents { n_events }] } else { Vec::new() },
    })
}

/// What is read off a Lorenz curve.
struct Curve {
    places: Vec<usize>,
    gini: f64,
}

impl Curve {
    fn new(mut counts: Vec<u64>, shares: &[f64]) -> Self {
        counts.sort_unstable_by_key(|&count| std::cmp::Reverse(count));
        let (n, total) = (counts.len() as f64, counts.iter().sum::<u64>() as f64);
        let places = |share: &f64| {
            let mut held = 0;
            let mut short = |count: &u64| {
                held += count;
                // A share of a whole number may come out a hair above the number that it means.
                (held as f64) < share * total * (1.0 - 1e-12)
            };
            counts.iter().take_while(|count| short(count)).count() + 1
        };
        // In descending order the place of rank i from the top has rank n + 1 - i from the bottom.
        let ranked: f64 =
            counts.iter().zip(1..).map(|(&count, i)| (n + 1.0 - f64::from(i)) * count as f64).sum();
        Self {
            places: shares.iter().map(places).collect(),
            gini: 2.0 * ranked / (n * total) - (n + 1.0) / n,
        }
    }
}
