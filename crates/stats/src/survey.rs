#![doc = include_str!("../../../docs/methods/survey.md")]

use statrs::distribution::{ContinuousCDF, Normal};

use crate::interval::{Confidence, Sidedness};

/// Why no number of respondents could be given.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SurveyError {
    /// A share of none or all has no variance to plan with.
    #[error("share {share} is not between 0 and 1")]
    Share {
        /// What was given.
        share: f64,
    },
    /// No sample shows a difference that is not there.
    #[error("two shares of {share} have no difference to show")]
    NoDifference {
        /// Both shares.
        share: f64,
    },
    /// Weights make a sample worth less, never more than 1.
    #[error("design effect {design_effect} is below 1 or not a number")]
    DesignEffect {
        /// What was given.
        design_effect: f64,
    },
    /// The other side has respondents too.
    #[error("{ratio} respondents on the other side for each of these is not a number above 0")]
    Ratio {
        /// What was given.
        ratio: f64,
    },
    /// A level is a small probability, and the power above it.
    #[error("a chance of {power} at level {level} cannot be planned for")]
    Power {
        /// The power asked.
        power: f64,
        /// The level of the test.
        level: f64,
    },
}

/// A difference between an area and the rest of the whole that a survey shall show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Planned {
    /// The share expected in the area.
    pub area: f64,
    /// The share expected in the rest.
    pub rest: f64,
    /// Respondents in the rest for each in the area: 9 for one of ten areas of one size.
    pub rest_per_area: f64,
    /// Kish's design effect of the weights, at least 1.
    pub design_effect: f64,
}

/// How many must answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RespondentsNeeded {
    /// Respondents in the area.
    pub area: u64,
    /// Respondents in the rest.
    pub rest: u64,
    /// The number in the area before rounding up.
    pub area_exact: f64,
    /// What was planned for.
    pub planned: Planned,
    /// The level of the test.
    pub level: f64,
    /// Which differences the test counts.
    pub sidedness: Sidedness,
    /// The chance that the test shows the difference.
    pub power: f64,
}

/// Respondents needed to show a difference between an area and the rest with a given chance, by the
/// two-sided test of [`compare_weighted`](crate::proportion::compare_weighted).
///
/// At a power of one half the difference as observed is just significant; ask for 0.8 to rely on it.
///
/// # Source
///
/// Fleiss, Levin and Paik (2003), *Statistical Methods for Rates and Proportions*, section 4.4, without
/// continuity correction, times Kish's design effect (Kish 1965).
///
/// # Example
///
/// ```
/// use wardmote_stats::survey::{Planned, respondents_needed};
/// // 77% in one of ten districts, 75% in all of them, so 74.78% in the other nine.
/// let planned =
///     Planned { area: 0.77, rest: 6.73 / 9.0, rest_per_area: 9.0, design_effect: 1.3 };
/// assert_eq!(respondents_needed(planned, 0.05, 0.5)?.area, 2_107);
/// assert_eq!(respondents_needed(planned, 0.05, 0.8)?.area, 4_241);
/// # Ok::<(), wardmote_stats::survey::SurveyError>(())
/// ```
pub fn respondents_needed(
    planned: Planned,
    level: f64,
    power: f64,
) -> Result<RespondentsNeeded, SurveyError> {
    let Planned { area, rest, rest_per_area, design_effect } = planned;
    if let Some(share) = [area, rest].into_iter().find(|share| !(*share > 0.0 && *share < 1.0)) {
        return Err(SurveyError::Share { share });
    }
    let difference = (area - rest).abs();
    if difference < 1e-12 {
        return Err(SurveyError::NoDifference { share: area });
    }
    if !(design_effect >= 1.0 && design_effect.is_finite()) {
        return Err(SurveyError::DesignEffect { design_effect });
    }
    if !(rest_per_area > 0.0 && rest_per_area.is_finite()) {
        return Err(SurveyError::Ratio { ratio: rest_per_area });
    }
    let confidence =
        Confidence::new(1.0 - level).map_err(|_| SurveyError::Power { power, level })?;
    if !(power > level && power < 1.0) {
        return Err(SurveyError::Power { power, level });
    }
    let pooled = (area + rest_per_area * rest) / (1.0 + rest_per_area);
    let under_none = (pooled * (1.0 - pooled) * (1.0 + 1.0 / rest_per_area)).sqrt();
    let under_difference = (area * (1.0 - area) + rest * (1.0 - rest) / rest_per_area).sqrt();
    let z_power = Normal::standard().inverse_cdf(power);
    let root = (confidence.z() * under_none + z_power * under_difference) / difference;
    let area_exact = design_effect * root * root;
    Ok(RespondentsNeeded {
        area: area_exact.ceil() as u64,
        rest: (area_exact * rest_per_area).ceil() as u64,
        area_exact,
        planned,
        level,
        sidedness: Sidedness::Two,
        power,
    })
}
