//! A measure taken in a place over a period, as a count, rate or share, with its limits.

use wardmote_domain::period::{Month, Period};
use wardmote_stats::interval::{Confidence, Interval};
use wardmote_stats::{proportion, rates};

use crate::declarations::Form;
use crate::measure::{Measure, Selection};
use crate::observed::{Observed, ObservedError, Place};
use crate::protection::WITHHELD;

/// A measure's value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taken {
    /// Events counted.
    pub n: u64,
    /// Residents of a rate, or the rows that a share is taken of.
    pub base: Option<u64>,
    /// The count, the rate, or the share in per cent.
    pub value: f64,
    /// 95% limits, in the value's unit.
    pub interval: Interval,
}

/// Why there is no value, in words that stand after "not known: ".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotKnown(pub String);

impl NotKnown {
    /// Whether the value is known and not shown.
    pub(crate) fn is_withheld(&self) -> bool {
        self.0 == WITHHELD
    }

    /// What is printed instead of the value.
    pub(crate) fn printed(&self) -> &'static str {
        if self.is_withheld() { "withheld" } else { "not known" }
    }
}

/// Takes a measure; a month that has not come makes the value not known, never smaller.
pub fn take(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
    form: Form,
) -> Result<Result<Taken, NotKnown>, ObservedError> {
    let n = match shown_total(observed, &measure.numerator, place, period)? {
        Ok(n) => n,
        Err(why) => return Ok(Err(why)),
    };
    let taken = match form {
        Form::Count => {
            let interval = rates::poisson_limits(n, Confidence::P95).interval;
            Ok(Taken { n, base: None, value: n as f64, interval })
        }
        Form::Rate => {
            let residents = observed.residents(measure, place)?;
            rates::crude_rates(&[n], &[residents], measure.per)
                .map(|rates| Taken {
                    n,
                    base: Some(residents),
                    value: rates[0].value,
                    interval: rates[0].interval,
                })
                .map_err(|why| NotKnown(why.to_string()))
        }
        Form::Harm => return harm(observed, measure, place, period),
        Form::Share => {
            let whole = measure.whole()?;
            match shown_total(observed, whole, place, period)? {
                Err(why) => Err(why),
                Ok(whole) => proportion::wilson(n, whole, Confidence::P95)
                    .map(|found| Taken {
                        n,
                        base: Some(whole),
                        value: 100.0 * found.share,
                        interval: Interval {
                            lower: 100.0 * found.interval.lower,
                            upper: 100.0 * found.interval.upper,
                        },
                    })
                    .map_err(|why| NotKnown(why.to_string())),
            }
        }
    };
    Ok(taken)
}

/// A count that is about to be printed, or why it cannot be.
pub(crate) fn shown_total(
    observed: &Observed,
    selection: &Selection,
    place: &Place,
    period: &Period,
) -> Result<Result<u64, NotKnown>, ObservedError> {
    Ok(match observed.total(selection, place, period)? {
        Ok(n) => observed.show(selection, &[place], period.months().collect(), n),
        Err(missing) => {
            Err(NotKnown(why_missing(observed, &selection.source, &missing, period.n_months())))
        }
    })
}

/// Events times what each weighs, with limits for a weighted sum of counts.
fn harm(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
) -> Result<Result<Taken, NotKnown>, ObservedError> {
    let weights = measure
        .weights
        .as_ref()
        .ok_or_else(|| ObservedError::NoWeights { measure: measure.id.clone() })?;
    let (mut counts, mut each) = (Vec::new(), Vec::new());
    for category in observed.categories(&measure.numerator.source)? {
        if !measure.numerator.categories().admit(category.slug()) {
            continue;
        }
        let Some(weight) = weights.by_category.get(&category) else {
            return Ok(Err(NotKnown(format!("{} has no weight", category.name()))));
        };
        let of_it = Selection {
            categories: vec![category],
            exclude: Vec::new(),
            ..measure.numerator.clone()
        };
        match shown_total(observed, &of_it, place, period)? {
            Ok(n) => counts.push(n),
            Err(why) => return Ok(Err(why)),
        }
        each.push(*weight);
    }
    let n = counts.iter().sum();
    let found = rates::weighted_sum(&counts, &each, Confidence::P95);
    Ok(found
        .map(|found| Taken { n, base: None, value: found.value, interval: found.interval })
        .map_err(|why| NotKnown(why.to_string())))
}

/// Why months are not known, in words: with the publisher's reasons, where the source declares them.
pub(crate) fn why_missing(
    observed: &Observed,
    source: &str,
    missing: &[Month],
    of: usize,
) -> String {
    let reason = |month: &Month| observed.gap_reason(source, *month);
    let runs: Vec<&[Month]> = missing.chunk_by(|a, b| reason(a) == reason(b)).collect();
    match runs.as_slice() {
        [run] => match run.first().and_then(reason) {
            Some(why) => months_not_published(run, of, why),
            None => months_missing(run, of),
        },
        runs => {
            let each = runs.iter().map(|run| {
                let why = run.first().and_then(reason).unwrap_or("their files have not come");
                format!("{} ({why})", in_words(run))
            });
            let each = each.collect::<Vec<_>>().join(", and ");
            format!("{} of {of} months are not known: {each}", missing.len())
        }
    }
}

fn in_words(months: &[Month]) -> String {
    match months {
        [first, .., last] => format!("{} to {}", first.in_words(), last.in_words()),
        [only] => only.in_words(),
        [] => String::new(),
    }
}

/// Which months are not known, in words.
fn months_missing(missing: &[Month], of: usize) -> String {
    match missing {
        [only] => format!("{} is not known, because its file has not come", only.in_words()),
        several => format!(
            "{} of {of} months are not known, because their files have not come ({})",
            several.len(),
            in_words(several)
        ),
    }
}

/// Months that were never published, in words.
fn months_not_published(missing: &[Month], of: usize, why: &str) -> String {
    match missing {
        [only] => format!("{} was not published: {why}", only.in_words()),
        several => format!(
            "{} of {of} months were not published ({}): {why}",
            several.len(),
            in_words(several)
        ),
    }
}
