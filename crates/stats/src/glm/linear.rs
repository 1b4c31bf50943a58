//! Small symmetric systems by Cholesky, in place.
//!
//! The designs here have a few dozen columns at most, so normal equations are exact enough and fast.
//! Matrices are square and row by row; of a symmetric one only the lower triangle is read.

/// Turns the lower triangle of a matrix into the L of L Lᵀ; `false` if it is not definite.
pub(crate) fn factorise(matrix: &mut [f64], n: usize) -> bool {
    for j in 0..n {
        for k in 0..=j {
            let (row_j, row_k) = (&matrix[j * n..j * n + k], &matrix[k * n..k * n + k]);
            let rest = matrix[j * n + k] - dot(row_j, row_k);
            if j == k {
                // Relative to the diagonal, what is left is nothing: the columns repeat one another.
                if !(rest > 1e-10 * matrix[j * n + j].abs() && rest.is_finite()) {
                    return false;
                }
                matrix[j * n + j] = rest.sqrt();
            } else {
                matrix[j * n + k] = rest / matrix[k * n + k];
            }
        }
    }
    true
}

/// Replaces the right-hand side by the solution.
pub(crate) fn solve(lower: &[f64], n: usize, x: &mut [f64]) {
    half_solve(lower, n, x);
    for j in (0..n).rev() {
        let sum: f64 = (j + 1..n).map(|k| lower[k * n + j] * x[k]).sum();
        x[j] = (x[j] - sum) / lower[j * n + j];
    }
}

/// Solves L x = right only; the squared length of the answer is right' (L Lᵀ)⁻¹ right.
pub(crate) fn half_solve(lower: &[f64], n: usize, x: &mut [f64]) {
    for j in 0..n {
        let sum = dot(&lower[j * n..j * n + j], &x[..j]);
        x[j] = (x[j] - sum) / lower[j * n + j];
    }
}

/// The inverse of L Lᵀ, one row after another.
pub(crate) fn inverse(lower: &[f64], n: usize) -> Vec<Vec<f64>> {
    let unit = |k: usize| {
        let mut x = vec![0.0; n];
        x[k] = 1.0;
        solve(lower, n, &mut x);
        x
    };
    (0..n).map(unit).collect()
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use approx::assert_abs_diff_eq;

    use super::*;

    #[test]
    fn an_inverse_undoes_its_matrix() {
        let matrix = [4.0, 0.0, 0.0, 2.0, 5.0, 0.0, 0.6, 1.0, 3.0];
        let full = |j: usize, k: usize| matrix[j.max(k) * 3 + j.min(k)];
        let mut lower = matrix;
        assert!(factorise(&mut lower, 3));
        let inverted = inverse(&lower, 3);
        for j in 0..3 {
            for (k, column) in inverted.iter().enumerate() {
                // An inverse is symmetric too: its rows are its columns.
                let product: f64 = (0..3).map(|m| full(j, m) * column[m]).sum();
                let expected = if j == k { 1.0 } else { 0.0 };
                assert_abs_diff_eq!(product, expected, epsilon = 1e-14);
            }
        }
        let mut repeated = [1.0, 0.0, 1.0, 1.0];
        assert!(!factorise(&mut repeated, 2));
    }
}
