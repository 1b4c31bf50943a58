//! Monthly counts that carry a planted change exactly and vary from month to month as real ones do.

use crate::TwinError;
use crate::draws::Draws;

/// Months of each stretch that is planted: two whole financial years, then April to November.
pub(crate) const STRETCHES: [usize; 3] = [12, 12, 8];

/// Months in all.
pub(crate) const N_MONTHS: usize = 32;

/// What is planted in a series of monthly counts.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    /// Events, for messages.
    pub(crate) what: &'static str,
    /// Total of the first financial year.
    pub(crate) first_year: u32,
    /// Change of the second financial year on the first.
    pub(crate) change: f64,
    /// Change of the last April to November on the one before.
    pub(crate) part_year_change: f64,
    /// Months' shares of a year, April first; they sum to 12.
    pub(crate) profile_from_april: [f64; 12],
    /// Variance over mean.
    pub(crate) dispersion: f64,
    /// Whether each year must be highest in July or August.
    pub(crate) summer_peak: bool,
}

/// A drawn series and the dispersion that the declared method finds in it.
#[derive(Debug, Clone)]
pub(crate) struct Drawn {
    pub(crate) counts: [u32; N_MONTHS],
    /// Over the two financial years.
    pub(crate) dispersion: f64,
    /// Over the two stretches of April to November that end last.
    pub(crate) part_year_dispersion: f64,
}

/// Draws monthly counts.
///
/// Each stretch is drawn with the planted mean and variance, then scaled to its planted total and
/// rounded so that the total is met exactly. Draws in which the declared method would find a
/// dispersion more than a quarter away from the planted one are thrown back: what is planted is to
/// be findable, and the dispersion is part of it.
pub(crate) fn draw(planted: &Planted, draws: &mut Draws) -> Result<Drawn, TwinError> {
    let near = |found: f64, planted: f64| (0.75..1.25).contains(&(found / planted));
    for _ in 0..20_000 {
        let counts = attempt(planted, draws);
        let (first, rest) = counts.split_at(12);
        let (second, part) = rest.split_at(12);
        let dispersion = declared_dispersion(first, second);
        let part_year_dispersion = declared_dispersion(&second[..8], part);
        // Eight pairs of months say too little of dispersion to be held to both sides.
        let fits = near(dispersion, planted.dispersion)
            && part_year_dispersion < 1.25 * planted.dispersion;
        if fits && (!planted.summer_peak || [first, second, part].into_iter().all(peaks_in_summer))
        {
            return Ok(Drawn { counts, dispersion, part_year_dispersion });
        }
    }
    Err(TwinError::TooFew { what: planted.what, events_a_year: planted.first_year })
}

fn attempt(planted: &Planted, draws: &mut Draws) -> [u32; N_MONTHS] {
    let share_of = |total: u32, change: f64| (f64::from(total) * (1.0 + change)).round() as u32;
    let mut counts = [0; N_MONTHS];
    let mut start = 0;
    for (stretch, n_months) in STRETCHES.into_iter().enumerate() {
        let total = match stretch {
            0 => planted.first_year,
            1 => share_of(planted.first_year, planted.change),
            _ => share_of(counts[12..20].iter().sum(), planted.part_year_change),
        };
        let profile = &planted.profile_from_april[..n_months];
        let months: Vec<f64> = means(profile, f64::from(total))
            .map(|mean| (mean + (planted.dispersion * mean).sqrt() * draws.normal()).max(0.0))
            .collect();
        counts[start..start + n_months].copy_from_slice(&apportion(total, &months));
        start += n_months;
    }
    counts
}

/// What is expected in each month of a stretch with this total.
pub(crate) fn means(profile: &[f64], total: f64) -> impl Iterator<Item = f64> {
    let per_share = total / profile.iter().sum::<f64>();
    profile.iter().map(move |share| share * per_share)
}

/// Whole numbers in proportion to `weights` that sum to `total` (largest remainder; the earlier
/// month wins a tie).
pub(crate) fn apportion(total: u32, weights: &[f64]) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    let exact: Vec<f64> = weights.iter().map(|weight| f64::from(total) * weight / sum).collect();
    let mut counts: Vec<u32> = exact.iter().map(|share| *share as u32).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    by_remainder
        .sort_by(|&a, &b| (exact[b] - exact[b].floor()).total_cmp(&(exact[a] - exact[a].floor())));
    let missing = total - counts.iter().sum::<u32>();
    for &index in by_remainder.iter().cycle().take(missing as usize) {
        counts[index] += 1;
    }
    counts
}

/// The dispersion by which Wardmote divides z when it compares two runs of the same months: Pearson
/// chi-square over degrees of freedom of the log-linear model with month and year effects, at least
/// 1, times (1+r)/(1-r) where the residuals' lag-1 autocorrelation r is above zero.
pub(crate) fn declared_dispersion(earlier: &[u32], later: &[u32]) -> f64 {
    let sum = |counts: &[u32]| counts.iter().map(|&n| f64::from(n)).sum::<f64>();
    let years = [sum(earlier), sum(later)];
    // With one count for each month and year the model's fit is the product of the margins.
    let residuals: Vec<f64> = [earlier, later]
        .into_iter()
        .zip(years)
        .flat_map(|(counts, year)| {
            counts.iter().zip(earlier.iter().zip(later)).map(move |(&count, (&a, &b))| {
                let expected = (f64::from(a) + f64::from(b)) * year / (years[0] + years[1]);
                (f64::from(count) - expected) / expected.sqrt()
            })
        })
        .collect();
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    let products: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let autocorrelation = (products / squares).max(0.0);
    let dispersion = (squares / (earlier.len() - 1) as f64).max(1.0);
    dispersion * (1.0 + autocorrelation) / (1.0 - autocorrelation)
}

fn peaks_in_summer(counts_from_april: &[u32]) -> bool {
    let highest = counts_from_april.iter().max();
    counts_from_april[3..5].iter().max() == highest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apportioned_counts_sum_to_the_total() {
        assert_eq!(apportion(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(apportion(7, &[0.0, 2.0, 5.0]), [0, 2, 5]);
    }

    #[test]
    fn dispersion_agrees_with_a_count_by_hand() {
        // In proportion there is none, so the floor holds.
        assert!((declared_dispersion(&[100, 200, 300], &[50, 100, 150]) - 1.0).abs() < 1e-12);
        // Margins of 30 expect 15 each; residuals are 5/sqrt(15) in size, so chi-square is 4 x
        // 25/15 on one degree of freedom, and r = (-1 + 1 - 1)/4 is below zero.
        assert!((declared_dispersion(&[10, 20], &[20, 10]) - 100.0 / 15.0).abs() < 1e-12);
    }

    #[test]
    fn dispersion_agrees_with_a_separate_computation_on_real_months() {
        // Luton, crimes by month without anti-social behaviour, April 2022 to March 2024: counted
        // from data.police.uk (Open Government Licence v3.0), read November 2026. Chi-square over
        // degrees of freedom is 6.002 and r 0.5359, computed apart from this code.
        let earlier = [1561, 1745, 1655, 1655, 1736, 1594, 1634, 1454, 1346, 1465, 1328, 1491];
        let later = [1375, 1463, 1572, 1571, 1509, 1623, 1583, 1467, 1470, 1530, 1471, 1534];
        assert!((declared_dispersion(&earlier, &later) - 19.8656).abs() < 1e-4);
    }

    #[test]
    fn too_few_events_to_carry_a_truth_are_refused() {
        let planted = Planted {
            what: "crimes",
            first_year: 3,
            change: -0.08,
            part_year_change: -0.06,
            profile_from_april: [1.0; 12],
            dispersion: 3.0,
            summer_peak: false,
        };
        assert!(matches!(
            draw(&planted, &mut Draws::new(1, 1)),
            Err(TwinError::TooFew { events_a_year: 3, .. })
        ));
    }
}
