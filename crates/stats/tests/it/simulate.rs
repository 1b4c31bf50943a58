//! Counts drawn from a seed with a known truth, and exact limits of how often something was found.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use statrs::function::beta::beta_reg;

pub(crate) struct Truth(ChaCha8Rng);

impl Truth {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    pub(crate) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Standard normal (Box and Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// A count whose variance is `dispersion` times its mean: Poisson about a gamma variable.
    pub(crate) fn count(&mut self, mean: f64, dispersion: f64) -> u64 {
        let spread = dispersion - 1.0;
        let about = if spread > 0.0 { spread * self.gamma(mean / spread) } else { mean };
        self.poisson(about)
    }

    /// Poisson by halves: a count of 20 or more is split by a gamma variable (Ahrens and Dieter 1974,
    /// *Computing* 12), below that by multiplication.
    fn poisson(&mut self, mean: f64) -> u64 {
        if mean >= 20.0 {
            let part = (0.875 * mean).floor();
            let waited = self.gamma(part);
            return if waited <= mean {
                part as u64 + self.poisson(mean - waited)
            } else {
                self.binomial(part as u64 - 1, mean / waited)
            };
        }
        let limit = (-mean).exp();
        let (mut product, mut count) = (self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }

    pub(crate) fn binomial(&mut self, n: u64, share: f64) -> u64 {
        (0..n).filter(|_| self.unit() < share).count() as u64
    }

    /// Marsaglia and Tsang (2000), *ACM Transactions on Mathematical Software* 26.
    pub(crate) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let root = (1.0 - self.unit()).powf(1.0 / shape);
            return root * self.gamma(shape + 1.0);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && (1.0 - self.unit()).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }
}

/// How often something was found.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Tally {
    pub(crate) found: u64,
    pub(crate) of: u64,
}

impl Tally {
    pub(crate) fn note(&mut self, found: bool) {
        self.found += u64::from(found);
        self.of += 1;
    }

    pub(crate) fn share(self) -> f64 {
        self.found as f64 / self.of as f64
    }

    /// The exact lower limit (Clopper and Pearson, 95%, one-sided): the share below which as many as
    /// were found come up in fewer than 5% of experiments.
    pub(crate) fn lower(self) -> f64 {
        let at_least = |share: f64| {
            let (k, n) = (self.found as f64, self.of as f64);
            if self.found == 0 { 1.0 } else { beta_reg(k, n - k + 1.0, share) }
        };
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if at_least(middle) < 0.05 { low = middle } else { high = middle }
        }
        low
    }

    /// Prints what was found, for the pages, and fails where it is shown to be above `nominal`.
    pub(crate) fn at_most(self, what: &str, nominal: f64) {
        let (share, lower) = (100.0 * self.share(), 100.0 * self.lower());
        println!(
            "{what}: {} of {} ({share:.1}%, exact lower limit {lower:.1}%)",
            self.found, self.of
        );
        assert!(self.lower() <= nominal, "{what}: {share:.2}%, lower limit {lower:.2}%");
    }

    /// The same where more than `nominal` must be shown, such as power or a fault that a page admits.
    pub(crate) fn above(self, what: &str, nominal: f64) {
        let (share, lower) = (100.0 * self.share(), 100.0 * self.lower());
        println!(
            "{what}: {} of {} ({share:.1}%, exact lower limit {lower:.1}%)",
            self.found, self.of
        );
        assert!(self.lower() > nominal, "{what}: {share:.2}%, lower limit {lower:.2}%");
    }
}

#[test]
fn exact_limits_agree_with_scipy() {
    // scipy 1.17.1: binomtest(20, 300).proportion_ci(0.9, "exact").low.
    assert!((Tally { found: 20, of: 300 }.lower() - 0.044_615_783_742).abs() < 1e-9);
    assert!(Tally { found: 0, of: 300 }.lower() < 1e-9);
}

#[test]
fn counts_have_the_mean_and_variance_asked_for() {
    let mut truth = Truth::new(1);
    for (mean, dispersion) in [(4.0, 1.0), (45.0, 1.0), (300.0, 1.0), (30.0, 3.0)] {
        let counts: Vec<f64> = (0..8_000).map(|_| truth.count(mean, dispersion) as f64).collect();
        let found = counts.iter().sum::<f64>() / 8_000.0;
        let variance = counts.iter().map(|c| (c - found).powi(2)).sum::<f64>() / 8_000.0;
        // Five standard errors of the mean; 12% is more than five of the variance for all of these.
        assert!(
            (found - mean).abs() < 5.0 * (mean * dispersion / 8_000.0).sqrt(),
            "{mean} {found}"
        );
        assert!((variance / (mean * dispersion) - 1.0).abs() < 0.12, "{mean} {variance}");
    }
}
