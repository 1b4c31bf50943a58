//! Counts that meet a total exactly, and kinds that meet their shares exactly.

use crate::draws::Draws;
use crate::monthly_counts::apportion;

/// Counts in proportion to `shares` that sum to `total` and vary by `dispersion` times the variance
/// of a Poisson count.
pub(super) fn vary(total: u32, shares: &[f64], dispersion: f64, draws: &mut Draws) -> Vec<u32> {
    let per_share = f64::from(total) / shares.iter().sum::<f64>();
    let weights: Vec<f64> = shares
        .iter()
        .map(|share| {
            let mean = share * per_share;
            // Not below a tenth, so that no draw can leave nothing to share the total by.
            (mean + (dispersion * mean).sqrt() * draws.normal()).max(0.1 * mean)
        })
        .collect();
    apportion(total, &weights)
}

/// Kinds of `n` things in random order: of each as many as its share says, to the rounding of one.
pub(super) fn deal(n: usize, shares: &[f64], draws: &mut Draws) -> Vec<usize> {
    let counts = apportion(n as u32, shares);
    let kinds = counts.iter().enumerate();
    let mut dealt: Vec<usize> =
        kinds.flat_map(|(kind, &n)| std::iter::repeat_n(kind, n as usize)).collect();
    draws.shuffle(&mut dealt);
    dealt
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_sum_and_vary() {
        let mut draws = Draws::new(1, 1);
        let counts = vary(1_000, &[1.0, 2.0, 1.0], 2.0, &mut draws);
        assert_eq!(counts.iter().sum::<u32>(), 1_000);
        assert!(counts[1] > counts[0] && counts != [250, 500, 250]);
    }

    #[test]
    fn kinds_meet_their_shares() {
        let dealt = deal(10, &[0.5, 0.3, 0.2], &mut Draws::new(1, 1));
        let of = |kind| dealt.iter().filter(|&&dealt| dealt == kind).count();
        assert_eq!([of(0), of(1), of(2)], [5, 3, 2]);
    }
}
