//! Exact limits of a share (Clopper and Pearson 1934, *Biometrika* 26), apart from the code under test.

/// The share below which fewer than `tail` of experiments would find `found` or more of `n`.
pub(crate) fn lower_limit(found: usize, n: usize, tail: f64) -> f64 {
    solve(|share| 1.0 - cumulative(found, n, share) < tail)
}

/// The share above which fewer than `tail` of experiments would find `found` or fewer of `n`.
pub(crate) fn upper_limit(found: usize, n: usize, tail: f64) -> f64 {
    solve(|share| cumulative(found + 1, n, share) >= tail)
}

/// The largest share for which an ever less likely statement still holds.
fn solve(holds: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = f64::midpoint(low, high);
        if holds(middle) { low = middle } else { high = middle }
    }
    low
}

/// The chance of fewer than `k` of `n`.
fn cumulative(k: usize, n: usize, share: f64) -> f64 {
    if share <= 0.0 {
        return if k > 0 { 1.0 } else { 0.0 };
    }
    if share >= 1.0 {
        return if k > n { 1.0 } else { 0.0 };
    }
    let odds = (share / (1.0 - share)).ln();
    let mut log_term = n as f64 * (-share).ln_1p();
    let mut sum = 0.0;
    for i in 0..k {
        sum += log_term.exp();
        if i < n {
            log_term += ((n - i) as f64 / (i + 1) as f64).ln() + odds;
        } else {
            break;
        }
    }
    sum.min(1.0)
}

#[test]
fn limits_agree_with_scipy() {
    // scipy 1.17.1: binomtest(k, n).proportion_ci(0.9 or 0.99, "exact").
    let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found}");
    near(lower_limit(0, 300, 0.05), 0.0);
    near(lower_limit(20, 300, 0.05), 0.044_615_783_742);
    near(lower_limit(512, 1_000, 0.005), 0.470_806_328_303);
    near(upper_limit(512, 1_000, 0.005), 0.553_077_848_940);
    near(upper_limit(1_000, 1_000, 0.005), 1.0);
}
