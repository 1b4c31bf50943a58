//! Correction for many tests at once.

/// Why p values could not be adjusted.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum PValueError {
    /// A p value is a probability.
    #[error("p value {p_value} at position {index} is not between 0 and 1")]
    NotAProbability {
        /// Position of the value.
        index: usize,
        /// The value.
        p_value: f64,
    },
}

/// How p values of many tests were corrected, to be printed with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// Not at all: one test, or the caller's affair.
    None,
    /// The share of false findings among all, by [`benjamini_hochberg`].
    BenjaminiHochberg,
    /// The chance of any false finding, by Holm's step-down.
    Holm,
}

/// P values adjusted so that, of all tests called significant at a level, at most that share are
/// expected to be false.
///
/// # Shape
///
/// One adjusted value per value, in the same order.
///
/// # Source
///
/// Benjamini and Hochberg (1995), *Journal of the Royal Statistical Society B* 57.
///
/// # Example
///
/// ```
/// let adjusted = wardmote_stats::multiplicity::benjamini_hochberg(&[0.01, 0.04, 0.03])?;
/// assert_eq!(adjusted.iter().map(|p| format!("{p:.2}")).collect::<Vec<_>>(), ["0.03", "0.04", "0.04"]);
/// # Ok::<(), wardmote_stats::multiplicity::PValueError>(())
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Result<Vec<f64>, PValueError> {
    if let Some(index) = p_values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(PValueError::NotAProbability { index, p_value: p_values[index] });
    }
    let n = p_values.len() as f64;
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut smallest: f64 = 1.0;
    // From the largest down, so that a smaller p never ends above a larger one.
    for (rank, &index) in order.iter().enumerate().rev() {
        // In this order of operations rounding cannot take a value below its own.
        smallest = smallest.min(p_values[index] * (n / (rank + 1) as f64));
        adjusted[index] = smallest;
    }
    Ok(adjusted)
}
