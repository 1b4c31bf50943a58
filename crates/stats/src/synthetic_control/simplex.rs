//! The point of a polytope nearest the origin, as weights of its corners.

/// Wolfe's algorithm ends after finitely many corrals; this is far beyond what it takes.
const MOST_STEPS: usize = 10_000;

/// Weights, at least 0 and 1 in sum, whose mixture of `corners` lies nearest the origin; or the number
/// of steps after which they had not settled.
///
/// Exact up to rounding: the result is the solution of the linear equations of its own corners. Where
/// several weights give the same nearest point, one of them.
pub(super) fn nearest_to_origin(corners: &[Vec<f64>]) -> Result<Vec<f64>, usize> {
    let gram: Vec<Vec<f64>> =
        corners.iter().map(|a| corners.iter().map(|b| dot(a, b)).collect()).collect();
    let largest = (0..corners.len()).map(|j| gram[j][j]).fold(0.0, f64::max);
    let tolerance = 1e-12 * largest;
    let first = (0..corners.len()).min_by(|&a, &b| gram[a][a].total_cmp(&gram[b][b])).unwrap_or(0);
    let mut corral = vec![first];
    let mut weights = vec![1.0];
    let mut steps = 0;
    let mut nearest = f64::INFINITY;
    loop {
        let along: Vec<f64> = gram.iter().map(|row| mixture(row, &corral, &weights)).collect();
        let own: f64 = mixture(&along, &corral, &weights);
        // Every corral lies nearer than the last; where rounding hides that, nothing is left to gain.
        if own >= nearest {
            break;
        }
        nearest = own;
        // The corner furthest on the near side of the plane through the present point.
        let candidates = (0..corners.len()).filter(|j| !corral.contains(j));
        let next = candidates.min_by(|&a, &b| along[a].total_cmp(&along[b]));
        let Some(next) = next.filter(|&j| along[j] < own - tolerance) else { break };
        corral.push(next);
        weights.push(0.0);
        loop {
            steps += 1;
            if steps > MOST_STEPS {
                return Err(steps);
            }
            let Some(affine) = affine_minimum(&gram, &corral, largest) else {
                // The new corner lies in the plane of the others: it adds nothing.
                return Ok(spread(&corral, &weights, corners.len()));
            };
            if affine.iter().all(|weight| *weight > 1e-12) {
                weights = affine;
                break;
            }
            // As far towards it as the weights stay at least 0, then without the corner that left.
            let reach = weights
                .iter()
                .zip(&affine)
                .filter(|(_, to)| **to <= 1e-12)
                .map(|(from, to)| from / (from - to).max(f64::MIN_POSITIVE))
                .fold(1.0, f64::min);
            weights.iter_mut().zip(&affine).for_each(|(from, to)| *from += reach * (to - *from));
            let leaves = (0..weights.len()).filter(|&j| affine[j] <= 1e-12);
            if let Some(gone) = leaves.min_by(|&a, &b| weights[a].total_cmp(&weights[b])) {
                corral.remove(gone);
                weights.remove(gone);
            }
        }
    }
    Ok(spread(&corral, &weights, corners.len()))
}

fn mixture(values: &[f64], corral: &[usize], weights: &[f64]) -> f64 {
    corral.iter().zip(weights).map(|(&j, w)| w * values[j]).sum()
}

fn spread(corral: &[usize], weights: &[f64], n: usize) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    let mut all = vec![0.0; n];
    corral.iter().zip(weights).for_each(|(&j, w)| all[j] = w / sum);
    all
}

/// Weights of 1 in sum, of any sign, that bring the corral's plane nearest the origin: (G + c11ᵀ)u = 1,
/// scaled. `None` if the corners lie in a plane of fewer dimensions.
fn affine_minimum(gram: &[Vec<f64>], corral: &[usize], shift: f64) -> Option<Vec<f64>> {
    let shift = if shift > 0.0 { shift } else { 1.0 };
    let matrix: Vec<Vec<f64>> = corral
        .iter()
        .map(|&a| corral.iter().map(|&b| gram[a][b] / shift + 1.0).collect())
        .collect();
    let u = solve(matrix)?;
    let sum: f64 = u.iter().sum();
    Some(u.into_iter().map(|value| value / sum).collect())
}

/// Solves for a right side of ones, by elimination with the largest pivot.
fn solve(mut matrix: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = matrix.len();
    let mut right = vec![1.0; n];
    for k in 0..n {
        let pivot = (k..n).max_by(|&a, &b| matrix[a][k].abs().total_cmp(&matrix[b][k].abs()))?;
        if matrix[pivot][k].abs() < 1e-13 {
            return None;
        }
        matrix.swap(k, pivot);
        right.swap(k, pivot);
        let (above, below) = matrix.split_at_mut(k + 1);
        let (first, rest) = right.split_at_mut(k + 1);
        for (row, value) in below.iter_mut().zip(rest) {
            let factor = row[k] / above[k][k];
            row.iter_mut().zip(&above[k]).skip(k).for_each(|(cell, pivot)| *cell -= factor * pivot);
            *value -= factor * first[k];
        }
    }
    for k in (0..n).rev() {
        let known: f64 = (k + 1..n).map(|column| matrix[k][column] * right[column]).sum();
        right[k] = (right[k] - known) / matrix[k][k];
    }
    Some(right)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;

    use super::*;

    #[test]
    fn the_nearest_point_of_a_triangle() {
        // By hand: the origin's foot on the edge from (1, 1) to (1, -3) is (1, 0).
        let found = nearest_to_origin(&[vec![1.0, 1.0], vec![1.0, -3.0], vec![4.0, 0.0]]).unwrap();
        assert_abs_diff_eq!(found[0], 0.75, epsilon = 1e-12);
        assert_abs_diff_eq!(found[1], 0.25, epsilon = 1e-12);
        assert_abs_diff_eq!(found[2], 0.0);
    }

    #[test]
    fn an_origin_inside_is_reached() {
        let corners = [vec![1.0, 0.0], vec![-1.0, 1.0], vec![-1.0, -1.0], vec![0.5, 0.2]];
        let weights = nearest_to_origin(&corners).unwrap();
        for axis in 0..2 {
            let at: f64 = corners.iter().zip(&weights).map(|(c, w)| c[axis] * w).sum();
            assert_abs_diff_eq!(at, 0.0, epsilon = 1e-9);
        }
    }

    #[test]
    fn repeated_corners_do_no_harm() {
        let weights = nearest_to_origin(&[vec![2.0, 0.0], vec![2.0, 0.0], vec![2.0, 0.0]]).unwrap();
        assert_abs_diff_eq!(weights.iter().sum::<f64>(), 1.0, epsilon = 1e-12);
    }
}
