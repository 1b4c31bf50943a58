//! `forecast`, `interrupted`, `events` and `changepoints`: questions to a series of months.

use wardmote_stats::changepoints::{Search, Spread, changepoints as cut};
use wardmote_stats::events::{EventOutcome, MoreReports, test_window};
use wardmote_stats::forecast::{Options, forecast as foresee};
use wardmote_stats::interrupted::{
    Autocorrelation, Change, Effect, InterruptionOutcome, interrupted as test_change,
};
use wardmote_stats::interval::Confidence;
use wardmote_stats::season::seasonal_profile;
use wardmote_stats::trend::quasi_poisson_trend;

use crate::analysis::{Analysis, AnalysisError, Fields, Series, fields, gathered, p_in_words};

/// What is to be expected of the months to come, with intervals tried on the past.
pub fn forecast(series: &Series, horizon: usize) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "forecast";
    let counts = series.counts(METHOD)?;
    let (months, taken) = series.months_of_year(METHOD)?;
    let options = Options::default();
    let found = foresee(&counts, &months, horizon, &options).map_err(AnalysisError::of(METHOD))?;
    let last = series.first.map(|first| first.plus(i32::try_from(series.n()).unwrap_or(0) - 1));
    let row = |month: &wardmote_stats::forecast::MonthAhead| {
        let ahead = i32::try_from(month.ahead).unwrap_or(i32::MAX);
        fields! {
            "period": last.map_or_else(|| format!("+{ahead}"), |last| last.plus(ahead).to_string()),
            "expected": month.expected,
            "lower": month.interval.lower,
            "upper": month.interval.upper,
            "seasonal_naive": month.seasonal_naive,
        }
    };
    let back = &found.backtest;
    let results = fields! {
        "forecast": found.months.iter().map(row).collect::<Vec<_>>(),
        "backtest": fields! {
            "origins": back.n_origins,
            "mase": back.mase,
            "mase_of_seasonal_naive": back.mase_of_seasonal_naive,
            "beats_seasonal_naive": back.beats_seasonal_naive,
            "coverage": back.coverage,
            "coverage_lower": back.coverage_interval.lower,
            "coverage_upper": back.coverage_interval.upper,
        },
        "dispersion_used": found.dispersion_used,
        "degrees_of_freedom": found.degrees_of_freedom,
    };
    let parameters = series.parameters().and(fields! {
        "horizon_months": horizon,
        "confidence": options.confidence.level(),
        "discount_per_month": options.discount_per_month,
        "damping_per_month": options.damping_per_month,
        "sides": "two-sided",
        "correction": "none",
        "held_against": "the same month of the year before",
    });
    let next = found.months.first();
    let in_words = next.map(|month| {
        format!(
            "Next month {:.0} are expected ({:.0}% interval {:.0} to {:.0}). Tried on the past, the intervals held {:.0}% of months, and the forecast was {} than the same month of the year before.",
            month.expected,
            100.0 * options.confidence.level(),
            month.interval.lower,
            month.interval.upper,
            100.0 * back.coverage,
            if back.beats_seasonal_naive { "closer" } else { "no closer" }
        )
    });
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: series.n() as u64,
        results: results.into(),
        warnings: gathered(&series.warnings, taken, &found.warnings),
        in_words: in_words.into_iter().collect(),
    })
}

/// How a change is tested.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeAsked {
    /// The first period after it, as it is called.
    pub at: String,
    /// Whether the slope may change too.
    pub slope: bool,
    /// Lags of Newey and West's variance; the lag-1 factor if not given.
    pub newey_west: Option<usize>,
}

/// An interrupted series.
pub fn interrupted(series: &Series, asked: &ChangeAsked) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "interrupted";
    let counts = series.counts(METHOD)?;
    let (months, taken) = series.months_of_year(METHOD)?;
    let change = if asked.slope { Change::LevelAndSlope } else { Change::Level };
    let autocorrelation = asked
        .newey_west
        .map_or(Autocorrelation::Lag1Factor, |lags| Autocorrelation::NeweyWest { lags });
    let at = series.position("--change", &asked.at)?;
    let found = test_change(&counts, &months, at, change, autocorrelation, Confidence::P95)
        .map_err(AnalysisError::of(METHOD))?;
    let effect = |effect: Effect| {
        fields! {
            "ratio": effect.ratio,
            "lower": effect.interval.lower,
            "upper": effect.interval.upper,
            "p": effect.p_value,
        }
    };
    let outcome = match found.outcome {
        InterruptionOutcome::More => "more",
        InterruptionOutcome::Fewer => "fewer",
        InterruptionOutcome::CannotTell => "cannot-tell",
    };
    let results = fields! {
        "outcome": outcome,
        "overall": effect(found.overall),
        "level": effect(found.level),
        "slope_per_month": found.slope.map(effect),
        "observed_after": found.observed_after,
        "expected_after": found.expected_after,
        "dispersion_used": found.dispersion.used,
        "degrees_of_freedom": found.degrees_of_freedom,
        "period": series.labels.clone(),
        "observed": counts,
        "fitted": found.fitted,
        "without_change": found.without_change,
    };
    let parameters = series.parameters().and(fields! {
        "change": asked.at.as_str(),
        "model": if asked.slope { "level and slope" } else { "level" },
        "autocorrelation": match autocorrelation {
            Autocorrelation::Lag1Factor => "lag-1 factor".to_owned(),
            Autocorrelation::NeweyWest { lags } => format!("newey-west, {lags} lags"),
        },
        "confidence": 0.95,
        "sides": "two-sided",
        "correction": "none",
    });
    let in_words = format!(
        "{}: {} where {:.0} would have been expected without a change, {:.2} times as many (95% limits {:.2} to {:.2}), {}.",
        match found.outcome {
            InterruptionOutcome::More => "More",
            InterruptionOutcome::Fewer => "Fewer",
            InterruptionOutcome::CannotTell => "It cannot be told",
        },
        found.observed_after,
        found.expected_after,
        found.overall.ratio,
        found.overall.interval.lower,
        found.overall.interval.upper,
        p_in_words(found.overall.p_value)
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: series.n() as u64,
        results: results.into(),
        warnings: gathered(&series.warnings, taken, &found.warnings),
        in_words: vec![in_words],
    })
}

/// Which months are tested, and what more of them would mean.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowAsked {
    /// The first month, as it is called.
    pub start: String,
    /// How many.
    pub months: usize,
    /// Whether more reports may be what was wanted.
    pub more_may_be_success: bool,
}

/// A campaign or an incident, tested with season and trend.
pub fn events(series: &Series, asked: &WindowAsked) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "events";
    let counts = series.counts(METHOD)?;
    let (months, taken) = series.months_of_year(METHOD)?;
    let start = series.position("--start", &asked.start)?;
    let more =
        if asked.more_may_be_success { MoreReports::MayBeSuccess } else { MoreReports::MoreHarm };
    let found = test_window(&counts, &months, start, asked.months, more, Confidence::P95)
        .map_err(AnalysisError::of(METHOD))?;
    let (outcome, words) = match found.outcome {
        EventOutcome::MoreThanExpected => ("more-than-expected", "More than expected"),
        EventOutcome::MoreWhichMayBeSuccess => {
            ("more-which-may-be-success", "More than expected, which may be success")
        }
        EventOutcome::FewerThanExpected => ("fewer-than-expected", "Fewer than expected"),
        EventOutcome::CannotTell => ("cannot-tell", "It cannot be told from chance"),
    };
    let results = fields! {
        "outcome": outcome,
        "observed": found.observed,
        "expected": found.expected,
        "expected_lower": found.prediction_interval.lower,
        "expected_upper": found.prediction_interval.upper,
        "ratio": found.ratio,
        "ratio_lower": found.ratio_interval.lower,
        "ratio_upper": found.ratio_interval.upper,
        "t": found.t,
        "p": found.p_value,
        "dispersion_used": found.dispersion.used,
        "degrees_of_freedom": found.degrees_of_freedom,
        "baseline_months": found.n_baseline,
    };
    let parameters = series.parameters().and(fields! {
        "start": asked.start.as_str(),
        "months": asked.months,
        "more_reports": if asked.more_may_be_success { "may be success" } else { "more harm" },
        "confidence": 0.95,
        "sides": "two-sided",
        "correction": "none",
    });
    let in_words = format!(
        "{words}: {} where {:.1} were expected (95% of the time {:.1} to {:.1}), {}.",
        found.observed,
        found.expected,
        found.prediction_interval.lower,
        found.prediction_interval.upper,
        p_in_words(found.p_value)
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: series.n() as u64,
        results: results.into(),
        warnings: gathered(&series.warnings, taken, &found.warnings),
        in_words: vec![in_words],
    })
}

/// How change points are sought.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CutAsked {
    /// How much more than chance counts vary; taken from the fit of a trend if not given.
    pub dispersion: Option<f64>,
    /// What each change must gain; Schwarz's 2 ln n if not given.
    pub penalty: Option<f64>,
    /// Whether the profile of the months is taken out first.
    pub season: bool,
}

/// Since when the level has been another.
pub fn changepoints(series: &Series, asked: CutAsked) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "changepoints";
    let counts = series.counts(METHOD)?;
    let mut warnings = series.warnings.clone();
    let months = series.months_of_year(METHOD);
    let dispersion = match (asked.dispersion, &months) {
        (Some(given), _) => given,
        (None, Ok((months, _))) => quasi_poisson_trend(&counts, months)
            .map_err(|error| {
                AnalysisError::option("--dispersion", format!("{error}: state the dispersion"))
            })?
            .pearson_phi
            .max(1.0),
        (None, Err(_)) => {
            return Err(AnalysisError::option(
                "--dispersion",
                "state it for periods other than months",
            ));
        }
    };
    let exposures = if asked.season {
        let (months, taken) = months?;
        warnings.extend(taken);
        let profile = seasonal_profile(&counts, &months).map_err(AnalysisError::of(METHOD))?;
        Some(
            months
                .iter()
                .map(|m| profile.months[usize::from(*m) - 1].multiplier)
                .collect::<Vec<_>>(),
        )
    } else {
        None
    };
    let search = Search::schwarz(Spread::Poisson { dispersion }, counts.len());
    let search = Search { penalty: asked.penalty.unwrap_or(search.penalty), ..search };
    let found = cut(&counts, exposures.as_deref(), &search).map_err(AnalysisError::of(METHOD))?;
    let row = |segment: &wardmote_stats::changepoints::Segment| {
        fields! {
            "from": series.labels[segment.start].as_str(),
            "to": series.labels[segment.end - 1].as_str(),
            "events": segment.events,
            "level": segment.level,
            "lower": segment.level_interval.lower,
            "upper": segment.level_interval.upper,
        }
    };
    let rows: Vec<Fields> = found.segments.iter().map(row).collect();
    warnings.push("dates that were sought are no test that something changed: for a date known beforehand use interrupted".into());
    let parameters = series.parameters().and(fields! {
        "spread": "poisson times the dispersion",
        "dispersion": dispersion,
        "dispersion_from": if asked.dispersion.is_some() { "given" } else { "fit of trend and season, not below 1" },
        "penalty": search.penalty,
        "least_segment": search.least_segment,
        "season": if asked.season { "taken out by the profile of the months" } else { "left in" },
        "confidence": 0.95,
        "sides": "two-sided",
        "correction": "none",
    });
    let in_words = match rows.len() {
        1 => "One level fits throughout.".to_owned(),
        n => format!(
            "{n} levels fit best, changing in {}.",
            found
                .positions()
                .iter()
                .map(|i| series.labels[*i].clone())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    let n = series.n() as u64;
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: rows.into(),
        warnings,
        in_words: vec![in_words],
    })
}
