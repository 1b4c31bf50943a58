//! `season`: a series taken apart, and the profile of the months.

use wardmote_domain::period::MONTH_NAMES;
use wardmote_stats::season::{SeasonalProfile, seasonal_profile};
use wardmote_stats::seasonal_decomposition::{Degree, Settings, Smoother, decompose};

use crate::analysis::{Analysis, AnalysisError, Fields, Series, fields, p_in_words, said};

const METHOD: &str = "season";

/// What is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transform {
    /// The values as they are: trend and season add up.
    None,
    /// Their logarithms, of half an event more: trend and season multiply.
    Log,
    /// Their square roots.
    Root,
}

/// How a series is taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeasonOptions {
    /// Values in a period: 12 for months.
    pub period: usize,
    /// The seasonal window, in periods; odd.
    pub seasonal: usize,
    /// Whether outlying values weigh less.
    pub robust: bool,
    /// What is taken apart.
    pub transform: Transform,
}

impl Default for SeasonOptions {
    fn default() -> Self {
        Self { period: 12, seasonal: 7, robust: false, transform: Transform::None }
    }
}

/// STL of a series and, for monthly counts, the profile of the months.
pub fn season(series: &Series, options: SeasonOptions) -> Result<Analysis, AnalysisError> {
    let settings = Settings::with_seasonal_window(options.period, options.seasonal);
    let settings = if options.robust { settings.robust() } else { settings };
    let values = transformed(series, options.transform)?;
    let parts = decompose(&values, &settings).map_err(AnalysisError::of(METHOD))?;
    let mut warnings: Vec<String> =
        series.warnings.iter().cloned().chain(said(&parts.warnings)).collect();
    let mut results = fields! {
        "seasonal_strength": parts.seasonal_strength,
        "trend_strength": parts.trend_strength,
    };
    let mut in_words = vec![format!(
        "Taken apart, the season has strength {:.2} of 1 and the trend {:.2}.",
        parts.seasonal_strength, parts.trend_strength
    )];
    if options.period == 12 && series.from.get("step_days").is_none() {
        match profile(series) {
            Ok((profile, taken)) => {
                warnings.extend(taken);
                in_words.push(profile_in_words(&profile));
                results = results.and(profile_fields(&profile));
            }
            Err(error) => warnings.push(format!("no profile of the months: {error}")),
        }
    }
    results = results.and(fields! {
        "period": series.labels.clone(),
        "observed": series.values.clone(),
        "trend": parts.trend,
        "seasonal": parts.seasonal,
        "remainder": parts.remainder,
    });
    let window = |smoother: Smoother| {
        fields! {
            "window": smoother.window,
            "degree": match smoother.degree { Degree::Constant => 0_u64, Degree::Linear => 1 },
            "jump": smoother.jump,
        }
    };
    let parameters = series.parameters().and(fields! {
        "decomposition": "STL",
        "period": options.period,
        "seasonal": window(settings.seasonal),
        "trend": window(settings.trend),
        "low_pass": window(settings.low_pass),
        "robust": options.robust,
        "inner_loops": settings.inner_loops,
        "outer_loops": settings.outer_loops,
        "transform": match options.transform {
            Transform::None => "none",
            Transform::Log => "log(value + 0.5)",
            Transform::Root => "square root",
        },
        "sides": "two-sided",
        "correction": "none",
        "confidence": 0.95,
    });
    let n = series.n() as u64;
    Ok(Analysis { method: METHOD, parameters, n, results: results.into(), warnings, in_words })
}

fn transformed(series: &Series, transform: Transform) -> Result<Vec<f64>, AnalysisError> {
    let apply: fn(f64) -> f64 = match transform {
        Transform::None => return Ok(series.values.clone()),
        Transform::Log => |value| (value + 0.5).ln(),
        Transform::Root => f64::sqrt,
    };
    if let Some(index) = series.values.iter().position(|value| *value < 0.0) {
        let why = format!("period {} holds {}", series.labels[index], series.values[index]);
        return Err(AnalysisError::unfit(METHOD, why, "leave out --transform for values below 0"));
    }
    Ok(series.values.iter().copied().map(apply).collect())
}

fn profile(series: &Series) -> Result<(SeasonalProfile, Option<String>), AnalysisError> {
    let counts = series.counts(METHOD)?;
    let (months, taken) = series.months_of_year(METHOD)?;
    let found = seasonal_profile(&counts, &months).map_err(AnalysisError::of(METHOD))?;
    Ok((found, taken))
}

fn name(month: u8) -> &'static str {
    MONTH_NAMES.get(usize::from(month) - 1).copied().unwrap_or_default()
}

fn profile_fields(profile: &SeasonalProfile) -> Fields {
    let month = |effect: &wardmote_stats::season::MonthEffect| {
        fields! {
            "month": effect.month,
            "name": name(effect.month),
            "multiplier": effect.multiplier,
            "lower": effect.interval.lower,
            "upper": effect.interval.upper,
        }
    };
    fields! {
        "peak": profile.peak,
        "trough": profile.trough,
        "amplitude": profile.amplitude,
        "amplitude_lower": profile.amplitude_interval.lower,
        "amplitude_upper": profile.amplitude_interval.upper,
        "f": profile.f,
        "p": profile.p_value,
        "dispersion": profile.dispersion,
        "degrees_of_freedom": profile.degrees_of_freedom,
        "profile": profile.months.iter().map(month).collect::<Vec<_>>(),
    }
}

fn profile_in_words(profile: &SeasonalProfile) -> String {
    if profile.p_value > 0.05 {
        return format!(
            "By the profile of the months, no season can be told from chance ({}).",
            p_in_words(profile.p_value)
        );
    }
    format!(
        "{} is the peak and {} the trough, {:.2} times as many (95% limits {:.2} to {:.2}), {}.",
        name(profile.peak),
        name(profile.trough),
        profile.amplitude,
        profile.amplitude_interval.lower,
        profile.amplitude_interval.upper,
        p_in_words(profile.p_value)
    )
}
