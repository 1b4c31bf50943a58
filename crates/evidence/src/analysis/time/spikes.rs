//! `spikes`: which periods are out of the ordinary, by how much, and for how long.

use wardmote_stats::spikes::{
    Ears, EarsMethod, Farrington, Limit, Verdict, Watch, ears, farrington, returned,
};

use crate::analysis::{Analysis, AnalysisError, Fields, Series, fields, said};

const METHOD: &str = "spikes";

/// The detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpikesBy {
    /// Farrington flexible, if a year lies before the first period watched; else EARS C1.
    Longest,
    /// Farrington flexible.
    Farrington,
    /// EARS, for short histories.
    Ears(EarsMethod),
}

/// How spikes are sought.
#[derive(Debug, Clone, PartialEq)]
pub struct SpikesOptions {
    /// The detector.
    pub by: SpikesBy,
    /// Periods a year: 12 or 52.
    pub period: usize,
    /// The first period watched, as it is called; if not given, all after three years, or after one.
    pub watch_from: Option<String>,
    /// The chance of a false alarm that is accepted for each period.
    pub alpha: Option<f64>,
    /// Periods within the threshold after which a spike is over.
    pub calm: usize,
}

impl Default for SpikesOptions {
    fn default() -> Self {
        Self { by: SpikesBy::Longest, period: 12, watch_from: None, alpha: None, calm: 1 }
    }
}

/// Periods held against those before them.
pub fn spikes(series: &Series, options: &SpikesOptions) -> Result<Analysis, AnalysisError> {
    let counts = series.counts(METHOD)?;
    let n = counts.len();
    let whole_year = options.period + 1;
    let from = match &options.watch_from {
        Some(label) => Some(series.position("--watch-from", label)?),
        None => [3 * options.period + 1, whole_year].into_iter().find(|from| *from < n),
    };
    let by = match options.by {
        SpikesBy::Longest if from.is_some_and(|from| from >= whole_year) => SpikesBy::Farrington,
        SpikesBy::Longest => SpikesBy::Ears(EarsMethod::C1),
        chosen => chosen,
    };
    match by {
        SpikesBy::Ears(method) => by_ears(series, &counts, method, options),
        _ => by_farrington(series, &counts, from.unwrap_or(whole_year), options),
    }
}

fn by_farrington(
    series: &Series,
    counts: &[u64],
    from: usize,
    options: &SpikesOptions,
) -> Result<Analysis, AnalysisError> {
    let mut settings = Farrington::flexible(options.period);
    settings.alpha = options.alpha.unwrap_or(settings.alpha);
    let watch = farrington(counts, from, &settings).map_err(AnalysisError::of(METHOD))?;
    let label = |index: usize| series.labels.get(index).cloned();
    let back = returned(&watch.periods, options.calm);
    let row = |watched: &wardmote_stats::spikes::Watched| {
        let over = back.iter().find(|end| end.alarm == watched.index);
        fields! {
            "period": label(watched.index),
            "observed": watched.observed,
            "expected": watched.expected,
            "threshold": watched.threshold,
            "alarm": watched.verdict == Verdict::Alarm,
            "p": watched.p_value,
            "back_in": over.and_then(|end| end.back).and_then(label),
            "verdict": in_word(watched.verdict),
            "baseline_years": watched.baseline.years,
            "baseline_from": watched.baseline.first.and_then(label),
            "baseline_to": watched.baseline.last.and_then(label),
            "baseline_n": watched.baseline.n,
            "dispersion": watched.dispersion,
        }
    };
    let rows: Vec<Fields> = watch.periods.iter().map(row).collect();
    let parameters = series.parameters().and(farrington_parameters(&settings, options, &watch));
    let mut warnings: Vec<String> =
        series.warnings.iter().cloned().chain(said(&watch.warnings)).collect();
    if options.by == SpikesBy::Longest && from < 3 * options.period + 1 {
        warnings
            .push("the history is short: the periods are held against the years there are".into());
    }
    let alarms = watch.periods.iter().filter(|watched| watched.verdict == Verdict::Alarm);
    let alarms = alarms.map(|w| (w.index, w.observed, w.expected)).collect::<Vec<_>>();
    let in_words = summary(series, &alarms, watch.periods.len(), Some(watch.expected_false_alarms));
    let n = watch.n as u64;
    Ok(Analysis { method: METHOD, parameters, n, results: rows.into(), warnings, in_words })
}

fn farrington_parameters(settings: &Farrington, options: &SpikesOptions, watch: &Watch) -> Fields {
    fields! {
        "detector": "farrington-flexible",
        "periods_per_year": settings.periods_per_year,
        "years_back": settings.years_back,
        "half_window": settings.half_window,
        "seasonal_levels": settings.seasonal_levels,
        "recent_left_out": settings.recent_left_out,
        "weigh_down_above": settings.weigh_down_above,
        "trend_used_at": settings.trend,
        "limit": match settings.limit {
            Limit::NegativeBinomialOfUpperMean => "negative binomial of the mean's upper limit",
            Limit::NegativeBinomial => "negative binomial",
            Limit::TwoThirds => "two-thirds power",
        },
        "alpha": settings.alpha,
        "sides": "upper",
        "correction": "none",
        "periods_watched": watch.periods.len(),
        "expected_false_alarms": watch.expected_false_alarms,
        "fewest_events": settings.fewest_events.map(|(n, periods)| format!("{n} in {periods} periods")),
        "calm": options.calm,
    }
}

fn by_ears(
    series: &Series,
    counts: &[u64],
    method: EarsMethod,
    options: &SpikesOptions,
) -> Result<Analysis, AnalysisError> {
    let mut settings = Ears::new(method);
    settings.alpha = options.alpha.unwrap_or(settings.alpha);
    let watch = ears(counts, &settings).map_err(AnalysisError::of(METHOD))?;
    let label = |index: usize| series.labels.get(index).cloned();
    let row = |watched: &wardmote_stats::spikes::EarsWatched| {
        fields! {
            "period": label(watched.index),
            "observed": watched.observed,
            "expected": watched.expected,
            "threshold": watched.threshold,
            "alarm": watched.alarm,
            "statistic": watched.statistic,
            "standard_deviation": watched.standard_deviation,
            "baseline_from": label(watched.baseline.0),
            "baseline_to": label(watched.baseline.1),
        }
    };
    let rows: Vec<Fields> = watch.periods.iter().map(row).collect();
    let parameters = series.parameters().and(fields! {
        "detector": match method { EarsMethod::C1 => "ears-c1", EarsMethod::C2 => "ears-c2", EarsMethod::C3 => "ears-c3" },
        "baseline": settings.baseline,
        "lag": settings.lag(),
        "alpha": settings.alpha,
        "least_standard_deviation": settings.least_standard_deviation,
        "sides": "upper",
        "correction": "none",
        "periods_watched": watch.periods.len(),
    });
    let mut warnings = series.warnings.clone();
    warnings.push(format!(
        "each period is held against the {} before it: without season and trend, for a short history",
        settings.baseline
    ));
    let alarms = watch.periods.iter().filter(|watched| watched.alarm);
    let alarms = alarms.map(|w| (w.index, w.observed, Some(w.expected))).collect::<Vec<_>>();
    let in_words = summary(series, &alarms, watch.periods.len(), None);
    let n = watch.n as u64;
    Ok(Analysis { method: METHOD, parameters, n, results: rows.into(), warnings, in_words })
}

fn summary(
    series: &Series,
    alarms: &[(usize, u64, Option<f64>)],
    watched: usize,
    by_chance: Option<f64>,
) -> Vec<String> {
    let by_chance = by_chance.map_or_else(String::new, |n| format!("; {n:.1} would be by chance"));
    let first =
        format!("{} of {watched} periods are out of the ordinary{by_chance}.", alarms.len());
    let one = |(index, observed, expected): &(usize, u64, Option<f64>)| {
        let expected =
            expected.map_or_else(String::new, |x| format!(" where {x:.1} were expected"));
        format!("{}: {observed}{expected}.", series.labels[*index])
    };
    std::iter::once(first).chain(alarms.iter().map(one)).collect()
}

fn in_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Alarm => "alarm",
        Verdict::Within => "within",
        Verdict::TooFewEvents => "too-few-events",
        Verdict::NothingBefore => "nothing-before",
        Verdict::NoBaseline => "no-baseline",
        Verdict::NoModel => "no-model",
    }
}
