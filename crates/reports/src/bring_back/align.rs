//! Which passages are the same before and after: the longest common subsequence.

/// Pairs of indices of equal elements, rising on both sides, as many as there can be.
///
/// Quadratic in time and memory, which a section of some hundred passages can bear.
pub(super) fn align<T: PartialEq>(before: &[T], after: &[T]) -> Vec<(usize, usize)> {
    let width = after.len() + 1;
    let mut longest = vec![0_u32; (before.len() + 1) * width];
    for i in (0..before.len()).rev() {
        for j in (0..after.len()).rev() {
            longest[i * width + j] = if before[i] == after[j] {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < before.len() && j < after.len() {
        if before[i] == after[j] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_that_is_common_is_kept_in_order() {
        let check = |before: &str, after: &str, common: &str| {
            let (before, after): (Vec<char>, Vec<char>) =
                (before.chars().collect(), after.chars().collect());
            let found: String = align(&before, &after).iter().map(|(i, _)| before[*i]).collect();
            assert_eq!(found, common);
        };
        check("abcd", "abcd", "abcd");
        check("abcd", "axcd", "acd");
        check("abcd", "cdab", "cd");
        check("", "ab", "");
    }

    #[test]
    fn the_textbook_pair_has_four_in_common() {
        // Cormen et al., Introduction to Algorithms, figure 15.8: length 4 ("bcba" is one of three).
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        assert_eq!(align(&letters("abcbdab"), &letters("bdcaba")).len(), 4);
    }
}
