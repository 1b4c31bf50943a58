//! Shares: their limits, and a share in an area against the rest of the whole.

use crate::interval::{Confidence, Interval, Reference};

/// Why shares could not be computed or compared.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ProportionError {
    /// Nothing was counted.
    #[error("a share of no cases cannot be taken")]
    NoTrials,
    /// More successes than cases.
    #[error("{successes} of {trials} is no share")]
    MoreThanAll {
        /// Cases with the property.
        successes: u64,
        /// All cases.
        trials: u64,
    },
    /// A share lies between 0 and 1.
    #[error("share {share} is not between 0 and 1")]
    NotAShare {
        /// What was given.
        share: f64,
    },
    /// The area must be a true part of the whole.
    #[error("{area} respondents in the area are not part of {whole} in the whole")]
    NotAPart {
        /// Respondents in the area.
        area: f64,
        /// Respondents in the whole.
        whole: f64,
    },
    /// The area's share is too far from the whole's: the rest would have a share below 0 or above 1.
    #[error("shares {area} and {whole} leave the rest a share of {rest}")]
    ImpossibleRest {
        /// Share in the area.
        area: f64,
        /// Share in the whole.
        whole: f64,
        /// Share that the rest would need.
        rest: f64,
    },
    /// Weights make a sample worth less, never more than 1.
    #[error("design effect {design_effect} is below 1 or not a number")]
    DesignEffect {
        /// What was given.
        design_effect: f64,
    },
    /// Nobody differs from anybody.
    #[error("a share of 0 or 1 everywhere leaves nothing to test")]
    NoVariation,
    /// Nobody has any weight.
    #[error("no weight is above 0")]
    NoWeights,
    /// A weight is negative or not a number.
    #[error("weight {weight} at position {index} cannot be used")]
    Weight {
        /// Position of the weight.
        index: usize,
        /// The weight.
        weight: f64,
    },
}

/// A share with its limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// The share, 0 to 1.
    pub share: f64,
    /// Wilson limits.
    pub interval: Interval,
    /// Cases.
    pub n: u64,
}

/// A share with Wilson's score limits, which stay inside 0 to 1 and hold for small counts too.
///
/// # Source
///
/// Wilson (1927), as the Office for Health Improvement and Disparities computes it.
///
/// # Example
///
/// ```
/// use wardmote_stats::{interval::Confidence, proportion::wilson};
/// let found = wilson(1_197, 1_287, Confidence::P95)?;
/// assert_eq!(format!("{:.3} to {:.3}", found.interval.lower, found.interval.upper), "0.915 to 0.943");
/// # Ok::<(), wardmote_stats::proportion::ProportionError>(())
/// ```
pub fn wilson(
    successes: u64,
    trials: u64,
    confidence: Confidence,
) -> Result<Proportion, ProportionError> {
    if trials == 0 {
        return Err(ProportionError::NoTrials);
    }
    if successes > trials {
        return Err(ProportionError::MoreThanAll { successes, trials });
    }
    let (o, n) = (successes as f64, trials as f64);
    Ok(Proportion { share: o / n, interval: score_limits(o, n, confidence), n: trials })
}

fn score_limits(o: f64, n: f64, confidence: Confidence) -> Interval {
    let z = confidence.z();
    let q = 1.0 - o / n;
    let centre = 2.0 * o + z * z;
    let half = z * (z * z + 4.0 * o * q).sqrt();
    let scale = 2.0 * (n + z * z);
    Interval {
        lower: ((centre - half) / scale).max(0.0),
        upper: ((centre + half) / scale).min(1.0),
    }
}

/// A share among survey respondents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SurveyShare {
    /// The share, 0 to 1.
    pub share: f64,
    /// Respondents.
    pub respondents: f64,
}

/// A share in an area tested against the rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareTest {
    /// Share in the area.
    pub area: f64,
    /// Share in the rest of the whole.
    pub rest: f64,
    /// Area less rest.
    pub difference: f64,
    /// 95% limits of the difference.
    pub interval: Interval,
    /// Standard normal statistic.
    pub z: f64,
    /// Two-sided p value.
    pub p_value: f64,
    /// Standard error of the difference under no difference.
    pub standard_error: f64,
    /// Respondents in the area.
    pub n_area: f64,
    /// Respondents in the rest.
    pub n_rest: f64,
    /// The design effect used.
    pub design_effect: f64,
}

/// Tests a share in an area against the *rest* of the whole, of which the area is a part: a test
/// against the whole would compare the area partly with itself.
///
/// # Source
///
/// Two-sample test of proportions with pooled variance, inflated by Kish's design effect. The interval
/// has each side's own variance; with a share within a few respondents of 0 or 1 it is too narrow.
///
/// # Example
///
/// ```
/// use wardmote_stats::proportion::{SurveyShare, compare_with_rest};
/// let area = SurveyShare { share: 0.77, respondents: 1_290.0 };
/// let whole = SurveyShare { share: 0.75, respondents: 12_875.0 };
/// let test = compare_with_rest(area, whole, 1.3)?;
/// assert_eq!(format!("{:.2}", test.z), "1.53");
/// # Ok::<(), wardmote_stats::proportion::ProportionError>(())
/// ```
pub fn compare_with_rest(
    area: SurveyShare,
    whole: SurveyShare,
    design_effect: f64,
) -> Result<ShareTest, ProportionError> {
    for share in [area.share, whole.share] {
        if !(0.0..=1.0).contains(&share) {
            return Err(ProportionError::NotAShare { share });
        }
    }
    let (n, n_whole) = (area.respondents, whole.respondents);
    if !(n > 0.0 && n_whole > n && n_whole.is_finite()) {
        return Err(ProportionError::NotAPart { area: n, whole: n_whole });
    }
    if !(design_effect >= 1.0 && design_effect.is_finite()) {
        return Err(ProportionError::DesignEffect { design_effect });
    }
    let n_rest = n_whole - n;
    let rest = (n_whole * whole.share - n * area.share) / n_rest;
    if !(-1e-9..=1.0 + 1e-9).contains(&rest) {
        return Err(ProportionError::ImpossibleRest { area: area.share, whole: whole.share, rest });
    }
    let pooled = whole.share;
    let standard_error =
        (design_effect * pooled * (1.0 - pooled) * (1.0 / n + 1.0 / n_rest)).sqrt();
    if standard_error <= 0.0 {
        return Err(ProportionError::NoVariation);
    }
    let difference = area.share - rest;
    let z = difference / standard_error;
    let spread = |share: f64, n: f64| share * (1.0 - share) / n;
    let half = Confidence::P95.z()
        * (design_effect * (spread(area.share, n) + spread(rest.clamp(0.0, 1.0), n_rest))).sqrt();
    Ok(ShareTest {
        area: area.share,
        rest,
        difference,
        interval: Interval { lower: difference - half, upper: difference + half },
        z,
        p_value: Reference::NORMAL.two_sided_p(z),
        standard_error,
        n_area: n,
        n_rest,
        design_effect,
    })
}

/// A weighted share of survey respondents, by the sums that it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct WeightedShare {
    /// Respondents who answered.
    pub respondents: u64,
    /// The sum of their weights.
    pub weight: f64,
    /// The sum of the squares of their weights.
    pub weight_squares: f64,
    /// The sum of the weights of those with the property.
    pub weight_with: f64,
}

impl WeightedShare {
    /// The share, 0 to 1; not a number where nobody has any weight.
    pub fn share(&self) -> f64 {
        self.weight_with / self.weight
    }

    /// Kish's design effect of the weights.
    pub fn design_effect(&self) -> f64 {
        self.respondents as f64 * self.weight_squares / (self.weight * self.weight)
    }

    /// How many unweighted respondents would tell as much.
    pub fn effective_respondents(&self) -> f64 {
        self.weight * self.weight / self.weight_squares
    }

    /// Wilson's limits of the share for its effective respondents (Kish 1965).
    pub fn limits(&self, confidence: Confidence) -> Result<Interval, ProportionError> {
        self.check()?;
        let n = self.effective_respondents();
        Ok(score_limits(self.share().clamp(0.0, 1.0) * n, n, confidence))
    }

    fn check(&self) -> Result<(), ProportionError> {
        if !(self.weight > 0.0 && self.weight_squares > 0.0) {
            return Err(ProportionError::NoWeights);
        }
        let share = self.share();
        // Sums of weights may differ in their last digits.
        if (-1e-9..=1.0 + 1e-9).contains(&share) {
            Ok(())
        } else {
            Err(ProportionError::NotAShare { share })
        }
    }
}

/// Tests a weighted share in an area against the rest of the whole, each with its own design effect.
///
/// # Source
///
/// Two-sample test of proportions with pooled variance, each sample worth its effective respondents
/// (Kish 1965). Weights are taken as they are: that they were fitted to known totals is not used, so
/// the test errs on the side of caution.
///
/// # Example
///
/// ```
/// use wardmote_stats::proportion::{WeightedShare, compare_weighted};
/// let share = |respondents, with| WeightedShare {
///     respondents,
///     weight: respondents as f64,
///     weight_squares: 1.3 * respondents as f64,
///     weight_with: with,
/// };
/// let test = compare_weighted(&share(1_290, 1_199.7), &share(11_585, 10_130.3))?;
/// assert_eq!(format!("{:.2} {:.2}", test.design_effect, test.z), "1.30 5.11");
/// # Ok::<(), wardmote_stats::proportion::ProportionError>(())
/// ```
pub fn compare_weighted(
    area: &WeightedShare,
    rest: &WeightedShare,
) -> Result<ShareTest, ProportionError> {
    area.check()?;
    rest.check()?;
    let (n, n_rest) = (area.effective_respondents(), rest.effective_respondents());
    let (here, there) = (area.share().clamp(0.0, 1.0), rest.share().clamp(0.0, 1.0));
    let pooled = (here * n + there * n_rest) / (n + n_rest);
    let standard_error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / n_rest)).max(0.0).sqrt();
    if standard_error <= 0.0 {
        return Err(ProportionError::NoVariation);
    }
    let difference = here - there;
    let z = difference / standard_error;
    let half =
        Confidence::P95.z() * (here * (1.0 - here) / n + there * (1.0 - there) / n_rest).sqrt();
    let respondents = (area.respondents + rest.respondents) as f64;
    let weight = area.weight + rest.weight;
    Ok(ShareTest {
        area: here,
        rest: there,
        difference,
        interval: Interval { lower: difference - half, upper: difference + half },
        z,
        p_value: Reference::NORMAL.two_sided_p(z),
        standard_error,
        n_area: area.respondents as f64,
        n_rest: rest.respondents as f64,
        design_effect: respondents * (area.weight_squares + rest.weight_squares)
            / (weight * weight),
    })
}

/// Kish's design effect of survey weights: how many times more answers a weighted sample needs.
///
/// # Source
///
/// Kish (1965), *Survey Sampling*: n Σw² / (Σw)².
pub fn kish_design_effect(weights: &[f64]) -> Result<f64, ProportionError> {
    if let Some(index) = weights.iter().position(|w| !(*w >= 0.0 && w.is_finite())) {
        return Err(ProportionError::Weight { index, weight: weights[index] });
    }
    let (sum, squares) =
        weights.iter().fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    if sum <= 0.0 {
        return Err(ProportionError::NoWeights);
    }
    Ok(weights.len() as f64 * squares / (sum * sum))
}
