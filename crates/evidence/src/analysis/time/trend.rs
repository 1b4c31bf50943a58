//! `trend`: is it drifting, season apart?

use wardmote_stats::trend::quasi_poisson_trend;

use crate::analysis::{Analysis, AnalysisError, Series, fields, p_in_words};

const METHOD: &str = "trend";

/// The drift of monthly counts, with its season taken out.
pub fn trend(series: &Series) -> Result<Analysis, AnalysisError> {
    let counts = series.counts(METHOD)?;
    let (months, taken) = series.months_of_year(METHOD)?;
    let found = quasi_poisson_trend(&counts, &months).map_err(AnalysisError::of(METHOD))?;
    let parameters = series.parameters().and(fields! {
        "model": "quasi-poisson, log link, linear in time, a level for each month of the year",
        "dispersion": "pearson, times (1+r)/(1-r) where the lag-1 autocorrelation r is above 0, not below 1",
        "reference": "student-t",
        "sides": "two-sided",
        "correction": "none",
        "confidence": 0.95,
        "units": "per cent a year",
    });
    let results = fields! {
        "percent_per_year": found.percent_per_year,
        "lower": found.interval.lower,
        "upper": found.interval.upper,
        "p": found.p_value,
        "z": found.z,
        "log_slope_per_month": found.log_slope_per_month,
        "standard_error": found.standard_error,
        "pearson_phi": found.pearson_phi,
        "lag1": found.lag1,
        "dispersion_used": found.dispersion_used,
        "degrees_of_freedom": found.degrees_of_freedom,
    };
    let direction = match (found.p_value <= 0.05, found.percent_per_year > 0.0) {
        (false, _) => "No drift can be told from chance",
        (true, true) => "Rising",
        (true, false) => "Falling",
    };
    let in_words = format!(
        "{direction}: {:+.1}% a year (95% limits {:+.1}% to {:+.1}%), {}, over {} months.",
        found.percent_per_year,
        found.interval.lower,
        found.interval.upper,
        p_in_words(found.p_value),
        found.n_months
    );
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: series.n() as u64,
        results: results.into(),
        warnings: series.warnings.iter().cloned().chain(taken).collect(),
        in_words: vec![in_words],
    })
}
