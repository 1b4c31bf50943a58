//! Has the pattern moved? Andresen's spatial point pattern test, and tests that hold their level.

use statrs::distribution::{DiscreteCDF, Hypergeometric};

use super::permutation::check_level;
use super::{Correction, SettingsError, Sidedness, Warning};
use crate::interval::Interval;
use crate::multiplicity::benjamini_hochberg;
use crate::parallel;
use crate::seeded::Draws;

/// Why two patterns could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ChangeError {
    /// Both patterns are counted over the same areas.
    #[error("{base} areas in the base pattern and {test} in the test pattern")]
    LengthMismatch {
        /// Areas of the base pattern.
        base: usize,
        /// Areas of the test pattern.
        test: usize,
    },
    /// A pattern of one area is none.
    #[error("{n_areas} areas are too few for a pattern")]
    TooFewAreas {
        /// How many there are.
        n_areas: usize,
    },
    /// Both patterns have events.
    #[error("no events in the {pattern} pattern")]
    NoEvents {
        /// "base" or "test".
        pattern: &'static str,
    },
    /// A share of the events, above none and below all.
    #[error("a sample of {share} of the events is not above 0 and below 1")]
    Sample {
        /// What was given.
        share: f64,
    },
    /// Limits need samples.
    #[error("{samples} samples cannot give limits at {confidence}")]
    Samples {
        /// What was asked for.
        samples: u32,
        /// The confidence.
        confidence: f64,
    },
    /// The test cannot be run as asked.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// How two patterns are compared. [`ChangeSettings::published`] has Andresen's choices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChangeSettings {
    /// Random samples of the test pattern.
    pub samples: u32,
    /// The share of its events in each sample, drawn without replacement.
    pub share_sampled: f64,
    /// Of the limits, such as 0.95.
    pub confidence: f64,
    /// Random relabellings for the test of the whole.
    pub relabellings: u32,
    /// What everything is drawn from.
    pub seed: u64,
    /// Adjusted p values up to this are significant.
    pub level: f64,
}

impl ChangeSettings {
    /// 200 samples of 85%, limits of 95%; 999 relabellings at a level of 5%.
    pub fn published(seed: u64) -> Self {
        Self {
            samples: 200,
            share_sampled: 0.85,
            confidence: 0.95,
            relabellings: 999,
            seed,
            level: 0.05,
        }
    }
}

/// What an area's share of all events did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ShareChange {
    /// It is larger in the test pattern.
    Larger,
    /// It is smaller in the test pattern.
    Smaller,
    /// No change is shown.
    NotShown,
}

/// One area.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AreaChange {
    /// Its share of the base pattern's events.
    pub base_share: f64,
    /// Its share of the test pattern's events.
    pub test_share: f64,
    /// The limits of the test pattern's share over the samples.
    pub sampled: Interval,
    /// Whether the base share lies within these limits.
    pub similar: bool,
    /// Of a change of share: Fisher's exact test, two-sided at twice the smaller tail.
    pub p_value: f64,
    /// The same, corrected over all areas with an event.
    pub adjusted_p: f64,
    /// By the adjusted p.
    pub change: ShareChange,
}

/// Two patterns compared, with all they were compared by.
#[derive(Debug, Clone, PartialEq)]
pub struct SpatialChange {
    /// In the order of the counts.
    pub areas: Vec<AreaChange>,
    /// Andresen's S: the share of areas that are similar. A description, not a test.
    pub s_index: f64,
    /// The same over the areas that have an event in either pattern.
    pub robust_s_index: f64,
    /// Chi-square of the two patterns' counts.
    pub chi_square: f64,
    /// That both patterns are of one kind: the share of random relabellings of events with at least
    /// this chi-square, as (r+1)/(R+1).
    pub p_same_pattern: f64,
    /// Of the areas' p values.
    pub sidedness: Sidedness,
    /// Of the areas' adjusted p values.
    pub correction: Correction,
    /// Samples, relabellings, seed, level.
    pub settings: ChangeSettings,
    /// Events of the base pattern.
    pub n_base: u64,
    /// Events of the test pattern.
    pub n_test: u64,
    /// Areas with an event in either.
    pub n_areas_with_events: usize,
    /// What to read it with.
    pub warnings: Vec<Warning>,
}

/// Compares how two sets of events, such as those of two years, spread over areas.
///
/// The S-index is as published, with its name and faults: the base pattern is taken as known and the
/// samples overlap almost wholly, so that far more than 5% of areas differ where nothing changed
/// (Wheeler, Steenbeek and Andresen 2018). Call an area changed by its adjusted p, and the pattern
/// changed by `p_same_pattern`. Both take events to be independent of one another.
///
/// # Shape
///
/// One count per area in each pattern.
///
/// # Source
///
/// Andresen (2009), *Applied Geography* 29; Wheeler, Steenbeek and Andresen (2018), *Transactions in
/// GIS* 22, for tests of each area in its place.
///
/// # Example
///
/// ```
/// use wardmote_stats::spatial::spatial_change::{ChangeSettings, ShareChange, spatial_change};
///
/// let found = spatial_change(&[50, 30, 20], &[20, 30, 50], ChangeSettings::published(1))?;
/// assert_eq!(found.areas[0].change, ShareChange::Smaller);
/// assert_eq!(found.areas[1].change, ShareChange::NotShown);
/// # Ok::<(), wardmote_stats::spatial::spatial_change::ChangeError>(())
/// ```
pub fn spatial_change(
    base: &[u64],
    test: &[u64],
    settings: ChangeSettings,
) -> Result<SpatialChange, ChangeError> {
    check(base, test, settings)?;
    let (n_base, n_test) = (base.iter().sum::<u64>(), test.iter().sum::<u64>());
    let share = |count: u64, all: u64| count as f64 / all as f64;
    let sampled = sampled_limits(test, settings);
    let with_events = |i: &usize| base[*i] + test[*i] > 0;
    let p_values: Vec<f64> =
        (0..base.len()).map(|i| fisher([base[i], test[i]], [n_base, n_test])).collect();
    let tested: Vec<usize> = (0..base.len()).filter(with_events).collect();
    let of_tested: Vec<f64> = tested.iter().map(|&i| p_values[i]).collect();
    let mut adjusted = vec![1.0; base.len()];
    // Probabilities made here, so nothing is refused.
    let corrected = benjamini_hochberg(&of_tested).unwrap_or(of_tested);
    for (&i, p) in tested.iter().zip(corrected) {
        adjusted[i] = p;
    }
    let areas: Vec<AreaChange> = (0..base.len())
        .map(|i| {
            let (base_share, test_share) = (share(base[i], n_base), share(test[i], n_test));
            let change = match adjusted[i] <= settings.level {
                true if test_share > base_share => ShareChange::Larger,
                true => ShareChange::Smaller,
                false => ShareChange::NotShown,
            };
            AreaChange {
                base_share,
                test_share,
                sampled: sampled[i],
                similar: sampled[i].contains(base_share),
                p_value: p_values[i],
                adjusted_p: adjusted[i],
                change,
            }
        })
        .collect();
    let similar = |over: &[usize]| {
        over.iter().filter(|&&i| areas[i].similar).count() as f64 / over.len() as f64
    };
    let all: Vec<usize> = (0..base.len()).collect();
    let (s_index, robust_s_index) = (similar(&all), similar(&tested));
    let (chi_square, p_same_pattern) = relabelled(base, test, settings);
    let mut warnings = vec![Warning::SIndexIsNoTest];
    let n_events = n_base.min(n_test);
    if n_events < 30 {
        warnings.push(Warning::FewEvents { n_events });
    }
    Ok(SpatialChange {
        areas,
        s_index,
        robust_s_index,
        chi_square,
        p_same_pattern,
        sidedness: Sidedness::TwoSided,
        correction: Correction::BenjaminiHochberg,
        settings,
        n_base,
        n_test,
        n_areas_with_events: tested.len(),
        warnings,
    })
}

fn check(base: &[u64], test: &[u64], settings: ChangeSettings) -> Result<(), ChangeError> {
    if base.len() != test.len() {
        return Err(ChangeError::LengthMismatch { base: base.len(), test: test.len() });
    }
    if base.len() < 2 {
        return Err(ChangeError::TooFewAreas { n_areas: base.len() });
    }
    for (counts, pattern) in [(base, "base"), (test, "test")] {
        if counts.iter().all(|&count| count == 0) {
            return Err(ChangeError::NoEvents { pattern });
        }
    }
    let ChangeSettings { samples, share_sampled: share, confidence, level, .. } = settings;
    if !(share > 0.0 && share < 1.0) {
        return Err(ChangeError::Sample { share });
    }
    let usable = confidence > 0.0 && confidence < 1.0;
    if !usable || f64::from(samples) * (1.0 - confidence) / 2.0 < 1.0 {
        return Err(ChangeError::Samples { samples, confidence });
    }
    check_level(level)?;
    let relabellings = super::PermutationSettings {
        permutations: settings.relabellings,
        seed: settings.seed,
        level,
    };
    relabellings.check(1.0)?;
    Ok(())
}

/// The area of each event.
fn events(counts: &[u64]) -> Vec<u32> {
    let places = counts.iter().zip(0_u32..);
    places.flat_map(|(&n, area)| std::iter::repeat_n(area, n as usize)).collect()
}

/// For each area the limits of its share over samples of the pattern: the samples are ranked and as
/// many cut off at either end.
fn sampled_limits(test: &[u64], settings: ChangeSettings) -> Vec<Interval> {
    let labels = events(test);
    let size = ((labels.len() as f64 * settings.share_sampled).round() as usize).max(1);
    let samples = parallel::map(
        settings.samples as usize,
        || labels.clone(),
        |own, sample| {
            own.copy_from_slice(&labels);
            // Streams from 0 on serve the relabellings.
            let mut draws = Draws::new(settings.seed, u64::MAX - sample as u64);
            draws.shuffle_last(own, size);
            let mut counts = vec![0_u32; test.len()];
            for &area in &own[own.len() - size..] {
                counts[area as usize] += 1;
            }
            counts
        },
    );
    let cut = (f64::from(settings.samples) * (1.0 - settings.confidence) / 2.0 + 1e-9) as usize;
    (0..test.len())
        .map(|area| {
            let mut counts: Vec<u32> = samples.iter().map(|sample| sample[area]).collect();
            counts.sort_unstable();
            let share = |rank: usize| f64::from(counts[rank]) / size as f64;
            Interval { lower: share(cut), upper: share(counts.len() - 1 - cut) }
        })
        .collect()
}

/// Fisher's exact test of an area's counts against all other areas', twice the smaller tail.
fn fisher(here: [u64; 2], all: [u64; 2]) -> f64 {
    let [base, test] = here;
    let Ok(chance) = Hypergeometric::new(all[0] + all[1], base + test, all[1]) else {
        // No such table can be made of counts that were summed here.
        return 1.0;
    };
    let at_most = chance.cdf(test);
    let at_least = if test == 0 { 1.0 } else { chance.sf(test - 1) };
    (2.0 * at_most.min(at_least)).min(1.0)
}

/// Chi-square of the two patterns, and its p value if events were dealt to the patterns at random.
fn relabelled(base: &[u64], test: &[u64], settings: ChangeSettings) -> (f64, f64) {
    let both: Vec<u64> = base.iter().zip(test).map(|(a, b)| a + b).collect();
    let n_test = test.iter().sum::<u64>() as usize;
    let share = n_test as f64 / both.iter().sum::<u64>() as f64;
    // Both rows of the table come to this, since their totals are given.
    let chi_square = |test: &dyn Fn(usize) -> f64| {
        let cells = both.iter().enumerate().filter(|(_, n)| **n > 0);
        let square = |(i, &n): (usize, &u64)| (test(i) - n as f64 * share).powi(2) / n as f64;
        cells.map(square).sum::<f64>() / (share * (1.0 - share))
    };
    let observed = chi_square(&|i| test[i] as f64);
    let labels = events(&both);
    let reached = parallel::map(
        settings.relabellings as usize,
        || labels.clone(),
        |own, relabelling| {
            own.copy_from_slice(&labels);
            Draws::new(settings.seed, relabelling as u64).shuffle_last(own, n_test);
            let mut counts = vec![0.0; both.len()];
            for &area in &own[own.len() - n_test..] {
                counts[area as usize] += 1.0;
            }
            chi_square(&|i| counts[i]) >= observed * (1.0 - 1e-12)
        },
    );
    let reached = reached.into_iter().filter(|reached| *reached).count() as f64;
    (observed, (reached + 1.0) / (f64::from(settings.relabellings) + 1.0))
}
