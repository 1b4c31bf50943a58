//! A share in one period against the same share in another, with the months' own variation.

use crate::dispersion::{Dispersion, Scale, from_residuals};
use crate::interval::{Confidence, Interval, Reference, StandardError};

/// Why two shares could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SharePeriodsError {
    /// More with the property than there are.
    #[error("{with} of {of} is no share")]
    MoreThanAll {
        /// Cases with the property.
        with: u64,
        /// All cases.
        of: u64,
    },
    /// A period without cases has no share.
    #[error(
        "{earlier} cases in the earlier period and {later} in the later leave nothing to compare"
    )]
    NoCases {
        /// Cases of the earlier period.
        earlier: u64,
        /// Cases of the later period.
        later: u64,
    },
    /// All or none have the property in both periods.
    #[error("a share of 0 or 1 in both periods leaves nothing to test")]
    NoVariation,
    /// The variation from month to month needs three months with cases.
    #[error("{months} months with cases leave nothing to estimate the variation from")]
    TooFewMonths {
        /// Months with cases.
        months: usize,
    },
}

/// One month: the cases with the property, of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Cases with the property.
    pub with: u64,
    /// All cases.
    pub of: u64,
}

/// Two shares compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareChange {
    /// The earlier period as a whole.
    pub earlier: Part,
    /// The later period as a whole.
    pub later: Part,
    /// Later share less earlier share, -1 to 1.
    pub difference: f64,
    /// 95% limits of the difference.
    pub interval: Interval,
    /// Standard error of the difference under no difference, dispersion included.
    pub standard_error: StandardError,
    /// Standard normal statistic if months varied no more than chance.
    pub z_plain: f64,
    /// How much more than chance the months vary about their period's share.
    pub dispersion: Dispersion,
    /// The statistic with it.
    pub z: f64,
    /// Its two-sided p value, by Student's t with the dispersion's degrees of freedom.
    pub p_value: f64,
}

/// Compares a share between two periods: repeat cases of all cases, searches that found something.
///
/// The variation of the months about their own period's share is measured and the test widened by
/// it, never narrowed: months of one conference or one squad are more alike than chance. The interval
/// has each side's own variance, so that at the edge it and the test can disagree.
///
/// # Shape
///
/// `earlier` and `later` hold one part for each month, in order of time; months without a case say
/// nothing. Together three months need cases. Periods of twelve months are taken to follow one
/// another when autocorrelation is measured.
///
/// # Source
///
/// Two-sample test of proportions with pooled variance; variance inflated by Pearson's statistic of
/// the binomial model with a share for each period over its degrees of freedom (McCullagh and Nelder
/// 1989, *Generalized Linear Models*, section 4.5), and by the factor for autocorrelation of
/// [`crate::dispersion`].
///
/// # Example
///
/// ```
/// use wardmote_stats::share_periods::{Part, compare_shares};
/// let month = |(with, of)| Part { with, of };
/// let earlier = [(9, 30), (8, 31), (12, 33)].map(month);
/// let later = [(4, 29), (3, 28), (5, 33)].map(month);
/// let found = compare_shares(&earlier, &later)?;
/// assert_eq!(format!("{:.1} points, z {:.2}", 100.0 * found.difference, found.z), "-17.5 points, z -2.85");
/// # Ok::<(), wardmote_stats::share_periods::SharePeriodsError>(())
/// ```
pub fn compare_shares(earlier: &[Part], later: &[Part]) -> Result<ShareChange, SharePeriodsError> {
    // Years are taken to follow one another; between shorter periods there is a gap.
    compare(earlier, later, usize::from(earlier.len() != 12))
}

/// The same for two groups over the same months: the last month of one is no neighbour of the first
/// of the other.
pub(crate) fn compare_groups(
    reference: &[Part],
    group: &[Part],
) -> Result<ShareChange, SharePeriodsError> {
    compare(reference, group, 1)
}

fn compare(earlier: &[Part], later: &[Part], gap: usize) -> Result<ShareChange, SharePeriodsError> {
    let parts = || earlier.iter().chain(later);
    if let Some(&Part { with, of }) = parts().find(|part| part.with > part.of) {
        return Err(SharePeriodsError::MoreThanAll { with, of });
    }
    let (before, after) = (total(earlier), total(later));
    if before.of == 0 || after.of == 0 {
        return Err(SharePeriodsError::NoCases { earlier: before.of, later: after.of });
    }
    let months = parts().filter(|part| part.of > 0).count();
    if months < 3 {
        return Err(SharePeriodsError::TooFewMonths { months });
    }
    let (n1, n2) = (before.of as f64, after.of as f64);
    let pooled = (before.with + after.with) as f64 / (n1 + n2);
    let variance = pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2);
    if variance <= 0.0 {
        return Err(SharePeriodsError::NoVariation);
    }
    let dispersion = variation(earlier, later, gap, months);
    let scale = Scale::from(dispersion);
    let standard_error = StandardError {
        value: (scale.dispersion * variance).sqrt(),
        degrees_of_freedom: scale.degrees_of_freedom,
    };
    let (p1, p2) = (before.share(), after.share());
    let difference = p2 - p1;
    let z = difference / standard_error.value;
    let reference: Reference = standard_error.reference();
    let own = p1 * (1.0 - p1) / n1 + p2 * (1.0 - p2) / n2;
    let half = reference.quantile(Confidence::P95) * (scale.dispersion * own).sqrt();
    Ok(ShareChange {
        earlier: before,
        later: after,
        difference,
        interval: Interval::about(difference, half),
        standard_error,
        z_plain: difference / variance.sqrt(),
        dispersion,
        z,
        p_value: reference.two_sided_p(z),
    })
}

impl Part {
    /// The share, 0 to 1; not a number of no cases.
    pub fn share(self) -> f64 {
        self.with as f64 / self.of as f64
    }
}

fn total(parts: &[Part]) -> Part {
    parts.iter().fold(Part { with: 0, of: 0 }, |sum, part| Part {
        with: sum.with + part.with,
        of: sum.of + part.of,
    })
}

fn variation(earlier: &[Part], later: &[Part], gap: usize, months: usize) -> Dispersion {
    let (mut residuals, mut times) = (Vec::new(), Vec::new());
    for (parts, start) in [(earlier, 0), (later, earlier.len() + gap)] {
        let share = total(parts).share();
        for (month, part) in parts.iter().enumerate().filter(|(_, part)| part.of > 0) {
            let n = part.of as f64;
            let spread = n * share * (1.0 - share);
            // A share of 0 or 1 is met exactly by every month.
            let residual =
                if spread > 0.0 { (part.with as f64 - n * share) / spread.sqrt() } else { 0.0 };
            residuals.push(residual);
            times.push((start + month) as f64);
        }
    }
    from_residuals(&residuals, &times, months - 2, months)
}
