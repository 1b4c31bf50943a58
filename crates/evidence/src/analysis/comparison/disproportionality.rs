//! `disproportionality`: is one group searched more, and are its searches as fruitful?

use std::collections::BTreeMap;

use wardmote_domain::period::Month;
use wardmote_stats::disproportionality::{Group, Limit, compare_find_rates, compare_search_rates};
use wardmote_stats::share_periods::Part;

use crate::analysis::own_file::{OwnFile, When};
use crate::analysis::{Analysis, AnalysisError, fields, p_in_words};

const METHOD: &str = "disproportionality";

/// Which columns and groups.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchesAsked {
    /// The column of months.
    pub date: String,
    /// The column of groups.
    pub group: String,
    /// The column of searches.
    pub searches: String,
    /// The column of searches that found something.
    pub finds: String,
    /// The column of the group's residents.
    pub residents: String,
    /// The group in question.
    pub this: String,
    /// The group that it is held against.
    pub reference: String,
    /// Searches whose group was not recorded.
    pub not_recorded: u64,
}

/// One group's months, in order, and its residents.
type Months = (BTreeMap<Month, Part>, f64);

/// Search rates and find rates of two groups, with the limits of both.
pub fn disproportionality(
    file: &OwnFile,
    asked: &SearchesAsked,
) -> Result<Analysis, AnalysisError> {
    let of = |name: &str| months_of(file, asked, name);
    let (this, reference) = (of(&asked.this)?, of(&asked.reference)?);
    if !this.0.keys().eq(reference.0.keys()) {
        return Err(AnalysisError::unfit(
            METHOD,
            "the groups have different months",
            "give one row for each group and month",
        ));
    }
    let parts = |group: &Months| group.0.values().copied().collect::<Vec<Part>>();
    let (months, reference_months) = (parts(&this), parts(&reference));
    let group = Group { residents: this.1, months: &months };
    let against = Group { residents: reference.1, months: &reference_months };
    let rates = compare_search_rates(group, against, asked.not_recorded)
        .map_err(AnalysisError::of(METHOD))?;
    let mut warnings: Vec<String> =
        rates.limits.iter().map(|limit: &Limit| limit.sentence().to_owned()).collect();
    let finds = match compare_find_rates(group, against) {
        Ok(finds) => {
            let more = finds.limits.iter().map(|limit| limit.sentence().to_owned());
            warnings.extend(
                more.filter(|limit| !rates.limits.iter().any(|had| had.sentence() == limit))
                    .collect::<Vec<_>>(),
            );
            Some(finds)
        }
        Err(error) => {
            warnings.push(format!("find rates are not compared: {error}"));
            None
        }
    };
    let results = fields! {
        "ratio": rates.ratio.ratio,
        "lower": rates.ratio.interval.lower,
        "upper": rates.ratio.interval.upper,
        "p": rates.ratio.p_value,
        "ratio_if_unrecorded_lower": rates.bounds.lower,
        "ratio_if_unrecorded_upper": rates.bounds.upper,
        "searches": rates.group.events,
        "residents": rates.group.population,
        "reference_searches": rates.reference.events,
        "reference_residents": rates.reference.population,
        "finds": finds.as_ref().map(|finds| fields! {
            "share": finds.shares.later.share(),
            "reference_share": finds.shares.earlier.share(),
            "ratio": finds.ratio,
            "difference": finds.shares.difference,
            "lower": finds.shares.interval.lower,
            "upper": finds.shares.interval.upper,
            "p": finds.shares.p_value,
        }),
    };
    let parameters = fields! {
        "input": file.name(),
        "this": asked.this.as_str(),
        "reference": asked.reference.as_str(),
        "searches": asked.searches.as_str(),
        "finds": asked.finds.as_str(),
        "denominator": asked.residents.as_str(),
        "not_recorded": rates.group_not_recorded,
        "months": rates.n_months,
        "dispersion": rates.dispersion.used,
        "confidence": 0.95,
        "sides": "two-sided",
        "correction": "none",
    };
    let in_words = format!(
        "{} is searched {:.2} times as often as {} by residents (95% limits {:.2} to {:.2}), {}.",
        asked.this,
        rates.ratio.ratio,
        asked.reference,
        rates.ratio.interval.lower,
        rates.ratio.interval.upper,
        p_in_words(rates.ratio.p_value)
    );
    let n = rates.group.events + rates.reference.events;
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: results.into(),
        warnings,
        in_words: vec![in_words],
    })
}

fn months_of(file: &OwnFile, asked: &SearchesAsked, name: &str) -> Result<Months, AnalysisError> {
    let (groups, whens) = (file.words(&asked.group)?, file.dates(&asked.date)?);
    let (searches, finds) = (file.counts(&asked.searches)?, file.counts(&asked.finds)?);
    let residents = file.numbers(&asked.residents)?;
    let mut months = BTreeMap::new();
    let mut found = None;
    for row in (0..groups.len()).filter(|row| groups[*row] == name) {
        let Some(month) = When::month(whens[row]) else { continue };
        if months.insert(month, Part { with: finds[row], of: searches[row] }).is_some() {
            let why =
                format!("{}, {}: {name:?} has two rows for {month}", file.name(), file.at(row));
            return Err(AnalysisError::unfit(METHOD, why, "give one row for each group and month"));
        }
        found = Some(residents[row]);
    }
    let residents = found.ok_or_else(|| {
        AnalysisError::option("--this or --reference", format!("no row is of group {name:?}"))
    })?;
    Ok((months, residents))
}
