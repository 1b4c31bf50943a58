//! From monthly counts to a tested outcome: one function for each question that a claim can ask.
//!
//! Each returns a [`RawTest`]: estimate, interval and uncorrected p values. Correction and words come
//! later, because both need the whole family.

mod areas;

pub(crate) use self::areas::{
    ARRANGEMENTS, Cells, LOWEST_RANK, OfAreas, Usual, all_ranks, concentrated, funnel, funnel_of,
    rank,
};
pub use self::areas::{Ranked, difference, ranking};

use std::collections::BTreeMap;
use std::ops::Range;

use wardmote_domain::claim::Question;
use wardmote_stats::displacement::{
    BeforeAfter, DisplacementQuotient, Role, displacement_difference, displacement_quotient,
};
use wardmote_stats::interval::{Confidence, Interval, StandardError};
use wardmote_stats::proportion::{
    ShareTest, SurveyShare, WeightedShare, compare_weighted, compare_with_rest,
};
use wardmote_stats::share_periods::{Part, compare_shares};
use wardmote_stats::spikes::{Farrington, farrington, returned};
use wardmote_stats::{equivalence, periods, season, trend};

use wardmote_stats::together::together;

use crate::declarations::Share;

/// A test before correction.
#[derive(Debug, Clone, PartialEq)]
pub struct RawTest {
    /// What was asked.
    pub question: Question,
    /// The method, for the table of tests.
    pub method: String,
    /// The estimate.
    pub estimate: f64,
    /// Its unit.
    pub unit: Unit,
    /// 95% limits of the estimate.
    pub interval: Interval,
    /// Whether the estimate lies above no effect.
    pub upward: bool,
    /// The test statistic, where it is a z.
    pub z: Option<f64>,
    /// Uncorrected p value of no effect.
    pub p: f64,
    /// Uncorrected p value of the equivalence test, where a margin is declared.
    pub equivalence_p: Option<f64>,
    /// Events behind the smaller side.
    pub fewest_events: u64,
    /// What the method chose or was given.
    pub parameters: BTreeMap<String, f64>,
}

/// What an estimate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Per cent of the earlier value, or a year.
    PerCent,
    /// Points of share.
    Points,
    /// Events.
    Events,
    /// A ratio, a correlation, a multiple of the lowest month.
    Plain,
}

/// Why a claim was not tested, in words that end "... cannot be tested: ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTested(pub String);

impl<E: std::error::Error> From<E> for NotTested {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

const ALPHA: f64 = 0.05;

/// So many months within the expected band make a return.
const CALM_MONTHS: usize = 2;

/// Did the count change between two periods with the same months?
///
/// `earlier` and `later` hold one count a month, January beside January.
pub fn change(earlier: &[u64], later: &[u64], margin: Option<f64>) -> Result<RawTest, NotTested> {
    let found = periods::compare_periods(earlier, later)?;
    let dispersion = found.dispersion.ok_or_else(|| {
        NotTested("one month a side leaves nothing to estimate the variation from".into())
    })?;
    let log_ratio = found.ratio.ln();
    let equivalence_p = margin
        .map(|margin| {
            equivalence::equivalent_ratio(log_ratio, found.standard_error, margin, ALPHA)
                .map(|e| e.p_value)
        })
        .transpose()?;
    Ok(RawTest {
        question: Question::Change,
        method:
            "two counts, overdispersion-adjusted (log-linear model with month and year effects)"
                .into(),
        estimate: found.percent_change,
        unit: Unit::PerCent,
        interval: found.percent_interval,
        upward: found.ratio > 1.0,
        z: Some(found.z),
        p: found.p_value,
        equivalence_p,
        fewest_events: found.earlier_total.min(found.later_total),
        parameters: BTreeMap::from([
            ("z_without_overdispersion".to_owned(), found.z_plain),
            ("pearson_phi".to_owned(), dispersion.pearson_phi),
            ("lag1_autocorrelation".to_owned(), dispersion.lag1),
            ("dispersion_used".to_owned(), dispersion.used),
        ]),
    })
}

/// Did a share change between two periods? `earlier` and `later` hold one part a month.
pub fn share_change(
    earlier: &[Part],
    later: &[Part],
    margin: Option<f64>,
) -> Result<RawTest, NotTested> {
    let found = compare_shares(earlier, later)?;
    let equivalence_p = margin
        .map(|margin| {
            // The margin is relative, as everywhere in a measure.
            let points = margin * found.earlier.share();
            equivalence::equivalent_difference(
                found.difference,
                found.standard_error,
                points,
                ALPHA,
            )
            .map(|e| e.p_value)
        })
        .transpose()?;
    let without = |part: Part| part.of - part.with;
    let sides = [found.earlier, found.later];
    Ok(RawTest {
        question: Question::Change,
        method: "two shares, overdispersion-adjusted (binomial model with a share for each period)"
            .into(),
        estimate: 100.0 * found.difference,
        unit: Unit::Points,
        interval: Interval {
            lower: 100.0 * found.interval.lower,
            upper: 100.0 * found.interval.upper,
        },
        upward: found.difference > 0.0,
        z: Some(found.z),
        p: found.p_value,
        equivalence_p,
        fewest_events: sides
            .map(|part| part.with.min(without(part)))
            .into_iter()
            .min()
            .unwrap_or(0),
        parameters: BTreeMap::from([
            ("z_without_overdispersion".to_owned(), found.z_plain),
            ("pearson_phi".to_owned(), found.dispersion.pearson_phi),
            ("lag1_autocorrelation".to_owned(), found.dispersion.lag1),
            ("dispersion_used".to_owned(), found.dispersion.used),
        ]),
    })
}

/// Does the series drift, season apart? `times` count months; gaps are left out of all three slices.
pub fn drift(
    times: &[f64],
    counts: &[u64],
    months_of_year: &[u8],
    margin: Option<f64>,
) -> Result<RawTest, NotTested> {
    let found = trend::quasi_poisson_trend_at(times, counts, months_of_year)?;
    let equivalence_p = margin
        .map(|margin| {
            let slope = 12.0 * found.log_slope_per_month;
            let error = StandardError {
                value: 12.0 * found.standard_error,
                degrees_of_freedom: Some(found.degrees_of_freedom),
            };
            equivalence::equivalent_ratio(slope, error, margin, ALPHA).map(|e| e.p_value)
        })
        .transpose()?;
    Ok(RawTest {
        question: Question::Trend,
        method: "quasi-Poisson trend with month terms".into(),
        estimate: found.percent_per_year,
        unit: Unit::PerCent,
        interval: found.interval,
        upward: found.log_slope_per_month > 0.0,
        z: Some(found.z),
        p: found.p_value,
        equivalence_p,
        fewest_events: counts.iter().sum(),
        parameters: BTreeMap::from([
            ("months".to_owned(), counts.len() as f64),
            ("pearson_phi".to_owned(), found.pearson_phi),
            ("lag1_autocorrelation".to_owned(), found.lag1),
            ("dispersion_used".to_owned(), found.dispersion_used),
        ]),
    })
}

/// The twelve months' profile, and the test that there is one. Gaps are left out of all three slices.
pub fn seasonality(
    times: &[f64],
    counts: &[u64],
    months_of_year: &[u8],
) -> Result<(RawTest, season::SeasonalProfile), NotTested> {
    let profile = season::seasonal_profile_at(times, counts, months_of_year)?;
    let raw = RawTest {
        question: Question::Season,
        method: "quasi-Poisson with trend and month terms, F test of the month terms".into(),
        estimate: profile.amplitude,
        unit: Unit::Plain,
        interval: profile.amplitude_interval,
        upward: true,
        z: None,
        p: profile.p_value,
        equivalence_p: None,
        fewest_events: counts.iter().sum(),
        parameters: BTreeMap::from([
            ("months".to_owned(), counts.len() as f64),
            ("dispersion_used".to_owned(), profile.dispersion),
        ]),
    };
    Ok((raw, profile))
}

/// A survey share in an area against the rest of the whole.
pub fn survey_share(share: &Share) -> Result<RawTest, NotTested> {
    let (Some(n), Some(n_whole)) = (share.respondents, share.respondents_in_whole) else {
        return Err(NotTested("the numbers of respondents are not given".into()));
    };
    let Some(design_effect) = share.design_effect else {
        return Err(NotTested("the design effect of the survey's weights is not given".into()));
    };
    let found = compare_with_rest(
        SurveyShare { share: share.area, respondents: n },
        SurveyShare { share: share.whole, respondents: n_whole },
        design_effect,
    )?;
    share_test(&found, share.equivalence_margin)
}

/// What a test of spikes found, beside the test.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikeFound {
    /// Position of the month that stands out most.
    pub index: usize,
    /// Its count.
    pub observed: u64,
    /// What was to be expected.
    pub expected: f64,
    /// The count that it had to exceed.
    pub threshold: f64,
    /// Position of the month in which the series was back in its expected band, where it is.
    pub back: Option<usize>,
    /// What to know of the method here.
    pub warnings: Vec<String>,
}

/// Were months more than their own past lets expect? `counts` hold one count a month from the first
/// month of the past to the last that is looked at for the return; `watched` are the positions of the
/// months asked about.
pub fn spike(counts: &[u64], watched: Range<usize>) -> Result<(RawTest, SpikeFound), NotTested> {
    let options = Farrington::flexible(12);
    let watch = farrington(counts, watched.start, &options)?;
    let asked = watch.periods.iter().filter(|one| watched.contains(&one.index));
    let judged = asked.filter_map(|one| Some((one, one.p_value?, one.expected?, one.threshold?)));
    let most = judged.min_by(|(_, p, ..), (_, q, ..)| p.total_cmp(q));
    let (most, p, expected, threshold) = most.ok_or_else(|| {
        NotTested("not one month asked about has the whole year before it that is needed".into())
    })?;
    let episodes = returned(&watch.periods, CALM_MONTHS);
    let back = episodes.iter().rfind(|one| one.alarm <= most.index).and_then(|one| one.back);
    let observed = most.observed as f64;
    let ratio = observed / expected;
    let dispersion = most.dispersion.unwrap_or(1.0);
    let n_months = watched.len() as f64;
    let raw = RawTest {
        question: Question::Spike,
        method: "Farrington flexible (quasi-Poisson of the same time of earlier years, outbreaks weighed down), \
                 one-sided, the least p of the months asked about by Bonferroni"
            .into(),
        estimate: ratio,
        unit: Unit::Plain,
        interval: ratio_limits(observed, expected, dispersion),
        upward: ratio > 1.0,
        z: None,
        p: (p * n_months).min(1.0),
        equivalence_p: None,
        fewest_events: counts[..watched.start].iter().sum(),
        parameters: BTreeMap::from([
            ("months_asked_about".to_owned(), n_months),
            ("months_in_the_baseline".to_owned(), most.baseline.n as f64),
            ("years_of_past".to_owned(), most.baseline.years as f64),
            ("dispersion_used".to_owned(), dispersion),
        ]),
    };
    let found = SpikeFound {
        index: most.index,
        observed: most.observed,
        expected,
        threshold,
        back,
        warnings: watch.warnings.iter().map(ToString::to_string).collect(),
    };
    Ok((raw, found))
}

/// Did the target of an action have fewer events than its control lets expect, and did they move
/// around it? Each area holds its months before and after.
pub fn action(
    target: [&[u64]; 2],
    around: [&[u64]; 2],
    control: [&[u64]; 2],
) -> Result<(RawTest, DisplacementQuotient), NotTested> {
    let of = |role, [before, after]: [&[u64]; 2]| BeforeAfter::months(role, before, after);
    let (target, around) = (of(Role::Target, target)?, of(Role::Buffer, around)?);
    let control = of(Role::Control, control)?;
    let found = displacement_difference(target, control, None, ALPHA)?;
    let proportional = found
        .proportional
        .ok_or_else(|| NotTested("the control has no events in one of the periods".into()))?;
    let quotient = displacement_quotient(target, around, control)?;
    let sides = [target.before, target.after, control.before, control.after];
    let raw = RawTest {
        question: Question::Change,
        method: "weighted displacement difference of target and control, overdispersion-adjusted; in events and \
                 per cent, the larger p"
            .into(),
        estimate: found.difference,
        unit: Unit::Events,
        interval: found.interval,
        upward: found.difference > 0.0,
        z: Some(found.z),
        p: found.p_value.max(proportional.p_value),
        equivalence_p: None,
        fewest_events: sides.into_iter().min().unwrap_or(0),
        parameters: BTreeMap::from([
            ("standard_error".to_owned(), found.standard_error.value),
            ("standard_error_by_chance_alone".to_owned(), found.standard_error_plain),
            ("p_in_events".to_owned(), found.p_value),
            ("p_per_cent".to_owned(), proportional.p_value),
        ]),
    };
    Ok((raw, quotient))
}

/// 95% limits of a count over what was to be expected, both taken as counts of this dispersion.
fn ratio_limits(observed: f64, expected: f64, dispersion: f64) -> Interval {
    let spread = (dispersion * (1.0 / observed.max(0.5) + 1.0 / expected)).sqrt();
    let factor = (Confidence::P95.z() * spread).exp();
    let ratio = observed / expected;
    Interval { lower: ratio / factor, upper: ratio * factor }
}

/// Tests whether two series rise and fall together.
pub fn tie(first: &[u64], second: &[u64]) -> Result<RawTest, NotTested> {
    let found = together(first, second)?;
    Ok(RawTest {
        question: Question::Together,
        method: "correlation of two series without their trends, by the effective number of months"
            .into(),
        estimate: found.correlation,
        unit: Unit::Plain,
        interval: found.interval,
        upward: found.correlation > 0.0,
        z: Some(found.z),
        p: found.p_value,
        equivalence_p: None,
        fewest_events: first.iter().sum::<u64>().min(second.iter().sum()),
        parameters: BTreeMap::from([
            ("months".to_owned(), first.len() as f64),
            ("effective_months".to_owned(), found.effective_months),
        ]),
    })
}

/// Tests a weighted share here against the rest.
pub fn weighted_share(
    here: &WeightedShare,
    rest: &WeightedShare,
    equivalence_margin: Option<f64>,
) -> Result<RawTest, NotTested> {
    share_test(&compare_weighted(here, rest)?, equivalence_margin)
}

fn share_test(found: &ShareTest, equivalence_margin: Option<f64>) -> Result<RawTest, NotTested> {
    let equivalence_p = equivalence_margin
        .map(|margin| {
            equivalence::equivalent_difference(
                found.difference,
                found.standard_error,
                margin,
                ALPHA,
            )
            .map(|e| e.p_value)
        })
        .transpose()?;
    let (n, n_rest) = (found.n_area, found.n_rest);
    Ok(RawTest {
        question: Question::Difference,
        method: "two proportions, area against the rest, with design effect".into(),
        estimate: 100.0 * found.difference,
        unit: Unit::Points,
        interval: Interval {
            lower: 100.0 * found.interval.lower,
            upper: 100.0 * found.interval.upper,
        },
        upward: found.difference > 0.0,
        z: Some(found.z),
        p: found.p_value,
        equivalence_p,
        fewest_events: n.min(n_rest) as u64,
        parameters: BTreeMap::from([
            ("respondents".to_owned(), n),
            ("respondents_in_whole".to_owned(), n + n_rest),
            ("design_effect".to_owned(), found.design_effect),
        ]),
    })
}
