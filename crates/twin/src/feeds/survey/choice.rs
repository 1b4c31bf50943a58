//! Which respondents give an answer, so that their weights sum to what is planted.

/// Marks some of the weights, about the first of them, so that those marked sum as nearly to
/// `wanted` as the swap of two can bring it.
pub(super) fn choose(weights: &[u64], wanted: u64) -> Vec<bool> {
    let mut sum = 0;
    let mut chosen: Vec<bool> = weights
        .iter()
        .map(|weight| {
            let fits = sum + weight <= wanted;
            sum += if fits { *weight } else { 0 };
            fits
        })
        .collect();
    let missing = wanted - sum;
    let marked = |is: bool| (0..weights.len()).filter(|&index| chosen[index] == is).collect();
    let (within, without): (Vec<usize>, Vec<usize>) = (marked(true), marked(false));
    let mut by_weight = within;
    by_weight.sort_by_key(|&index| weights[index]);
    // For each that is not marked, the marked one whose place it would take best.
    let swaps = without.iter().filter_map(|&enters| {
        let leaving_weight = weights[enters].checked_sub(missing)?;
        let at = by_weight.partition_point(|&index| weights[index] < leaving_weight);
        let nearest = [at.checked_sub(1), Some(at)].into_iter().flatten();
        nearest
            .filter_map(|at| by_weight.get(at))
            .map(|&leaves| (weights[leaves].abs_diff(leaving_weight), leaves, enters))
            .min()
    });
    if let Some((miss, leaves, enters)) = swaps.min()
        && miss < missing
    {
        chosen[leaves] = false;
        chosen[enters] = true;
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_brings_the_sum_nearer() {
        // Four and three fit; the missing two come by five in place of three.
        assert_eq!(choose(&[4, 3, 5], 9), [true, false, true]);
        assert_eq!(choose(&[4, 3, 5], 12), [true; 3]);
        assert_eq!(choose(&[4, 3, 5], 2), [false; 3]);
    }
}
