//! Who answers: districts, ethnic groups and weights, and nothing else of anybody.

use crate::draws::Draws;
use crate::feeds::counts::deal;
use crate::stockport::four_decimals;

/// Districts of Greater Manchester with their respondents and the share whose ethnic group is
/// Other: round figures in the order of the 2021 census.
const DISTRICTS: [(&str, usize, f64); 10] = [
    ("E08000001", 1_287, 0.28),
    ("E08000002", 1_287, 0.17),
    ("E08000003", 1_289, 0.43),
    ("E08000004", 1_287, 0.32),
    ("E08000005", 1_287, 0.26),
    ("E08000006", 1_287, 0.18),
    ("E08000007", 1_290, 130.0 / 1_290.0),
    ("E08000008", 1_287, 0.15),
    ("E08000009", 1_287, 0.22),
    ("E08000010", 1_287, 0.05),
];

/// The lowest weight; above it they fall off exponentially, with mean 1 and a variance of 0.3, so
/// that the design effect is 1.3 by Kish's formula.
const LOWEST_WEIGHT: f64 = 0.452;

/// One who answers.
#[derive(Debug, Clone)]
pub(super) struct Respondent {
    pub(super) district: &'static str,
    pub(super) is_other: bool,
    /// In thousandths, as they are written, so that sums of them are exact.
    pub(super) weight: u64,
}

pub(super) fn draw(draws: &mut Draws) -> Vec<Respondent> {
    let mut respondents = Vec::new();
    for (district, n, other_share) in DISTRICTS {
        let groups = deal(n, &[1.0 - other_share, other_share], draws);
        let mut weights = weights(n);
        draws.shuffle(&mut weights);
        let of_district = groups.into_iter().zip(weights);
        respondents.extend(of_district.map(|(group, weight)| Respondent {
            district,
            is_other: group == 1,
            weight,
        }));
    }
    respondents
}

/// Weights at even steps of their distribution, whose mean is 1 exactly.
fn weights(n: usize) -> Vec<u64> {
    let exponential = |step: usize| -libm::log(1.0 - (step as f64 + 0.5) / n as f64);
    let weight = |step| LOWEST_WEIGHT + (1.0 - LOWEST_WEIGHT) * exponential(step);
    let mut weights: Vec<u64> =
        (0..n).map(|step| (1_000.0 * weight(step)).round() as u64).collect();
    let (sum, wanted) = (weights.iter().sum::<u64>(), 1_000 * n as u64);
    // The steps miss the mean by less than a thousandth each.
    let heaviest_first = weights.iter_mut().rev();
    for weight in heaviest_first.take(sum.abs_diff(wanted) as usize) {
        *weight = if sum < wanted { *weight + 1 } else { *weight - 1 };
    }
    weights
}

pub(super) fn weighted_base<'a>(of: impl Iterator<Item = &'a Respondent>) -> u64 {
    of.map(|respondent| respondent.weight).sum()
}

/// Respondents times the sum of squared weights, over the squared sum (Kish, 1965).
pub(super) fn kish_design_effect<'a>(of: impl Iterator<Item = &'a Respondent>) -> f64 {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for respondent in of {
        let weight = respondent.weight as f64;
        n += 1.0;
        sum += weight;
        squares += weight * weight;
    }
    four_decimals(n * squares / (sum * sum))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_have_mean_one_and_the_design_effect() {
        let respondents = draw(&mut Draws::new(1, 1));
        assert_eq!(respondents.len(), 12_875);
        assert_eq!(weighted_base(respondents.iter()), 12_875_000);
        assert!((kish_design_effect(respondents.iter()) - 1.3).abs() < 0.01);
    }
}
