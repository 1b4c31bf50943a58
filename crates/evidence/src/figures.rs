//! Makes figures: the record behind each printed number.

use std::collections::BTreeMap;

use wardmote_domain::period::Period;
use wardmote_domain::provenance::Disclosure;
use wardmote_stats::interval::Interval;

use crate::declarations::{Form, Share};
use crate::figure::{Figure, figure_id, small_number_caution};
use crate::measure::Measure;
use crate::numbers::{percent_signed, thousands, two_decimals};
use crate::observed::{Observed, Place};
use crate::testing::RawTest;

/// A value on its way to being a figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Printed {
    pub(crate) value: Option<f64>,
    pub(crate) text: String,
    pub(crate) n: u64,
    pub(crate) interval: Option<(f64, f64)>,
    pub(crate) population: Option<String>,
    pub(crate) caution: Option<String>,
}

impl Printed {
    pub(crate) fn known(value: f64, text: String, n: u64) -> Self {
        Self {
            value: Some(value),
            text,
            n,
            interval: None,
            population: None,
            caution: small_number_caution(n),
        }
    }

    /// A value that is not known, and why.
    pub(crate) fn unknown(why: String) -> Self {
        Self {
            value: None,
            text: "not known".into(),
            n: 0,
            interval: None,
            population: None,
            caution: Some(why),
        }
    }

    pub(crate) fn between(self, interval: Interval) -> Self {
        Self { interval: Some((interval.lower, interval.upper)), ..self }
    }

    pub(crate) fn over(self, population: String) -> Self {
        Self { population: Some(population), ..self }
    }
}

/// The figure of a count, rate or share.
pub(crate) fn value(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
    form: Form,
    printed: Printed,
) -> Figure {
    let (kind, method) = match form {
        Form::Count => ("count", "count of rows; 95% limits by Byar, exact below 10"),
        Form::Rate => ("rate", "rows over residents; 95% limits by Byar, exact below 10"),
        Form::Share => ("share", "part over whole; 95% limits by Wilson"),
    };
    let unplaced = observed.without_place(&measure.numerator.source, period).unwrap_or_default();
    let caution = [printed.caution, measure.caution.clone(), unplaced_caution(unplaced)];
    Figure {
        label: format!("{}, {}, {}", measure.title, place.name, period.in_words()),
        method: method.into(),
        parameters: BTreeMap::new(),
        population: printed.population,
        value: printed.value,
        text: printed.text,
        interval: printed.interval,
        n: printed.n,
        caution: joined(caution),
        ..blank(observed, measure, place, period, &format!("{period} | {kind}"))
    }
}

/// The figure of a test's estimate.
#[expect(clippy::too_many_arguments, reason = "each is one part of what the figure means")]
pub(crate) fn tested(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
    against: Option<&Period>,
    kind: &str,
    raw: Option<&RawTest>,
    untested: Option<&str>,
) -> Figure {
    let periods =
        against.map_or_else(|| period.to_string(), |earlier| format!("{period} with {earlier}"));
    let mut figure = Figure {
        label: format!("{}, {}, {kind}, {}", measure.title, place.name, periods),
        period: periods.clone(),
        ..blank(observed, measure, place, period, &format!("{periods} | {kind}"))
    };
    if let Some(earlier) = against {
        figure.loads.extend(observed.loads_of(&measure.numerator.source, earlier));
        figure.loads.sort();
        figure.loads.dedup();
    }
    fill(&mut figure, raw, untested);
    figure.caution = joined([figure.caution.take(), measure.caution.clone(), None]);
    figure
}

/// The figure of a survey share's test.
pub(crate) fn survey(
    observed: &Observed,
    share: &Share,
    place: &Place,
    raw: Option<&RawTest>,
    untested: Option<&str>,
) -> Figure {
    let key = format!(
        "survey | {} | {} {} of {} | {}",
        place.code, share.area, share.whole, share.whole_name, share.source
    );
    let mut figure = Figure {
        id: figure_id(&key, &observed.snapshot),
        key,
        label: format!("Survey share, {} against the rest of {}", place.name, share.whole_name),
        measure: None,
        definition: "Share of respondents as published; the test is ours.".into(),
        area: place.code.to_string(),
        period: "as published".into(),
        method: String::new(),
        parameters: BTreeMap::new(),
        population: share.respondents.map(|n| format!("{} respondents", thousands(n as u64))),
        value: Some(100.0 * (share.area - share.whole)),
        text: String::new(),
        interval: None,
        n: share.respondents.unwrap_or_default() as u64,
        disclosure: Disclosure::Open,
        snapshot: observed.snapshot.clone(),
        loads: Vec::new(),
        query: format!("Published in: {}", share.source),
        caution: None,
    };
    fill(&mut figure, raw, untested);
    figure
}

/// A test's interval, as it is printed.
pub(crate) fn interval_text(raw: &RawTest) -> String {
    let print = estimate_printer(raw);
    format!("{} to {}", print(raw.interval.lower), print(raw.interval.upper))
}

fn estimate_printer(raw: &RawTest) -> fn(f64) -> String {
    use wardmote_domain::claim::Question as Q;
    match raw.question {
        Q::Change | Q::Trend => percent_signed,
        Q::Difference | Q::Season | Q::Highest => two_decimals,
    }
}

fn fill(figure: &mut Figure, raw: Option<&RawTest>, untested: Option<&str>) {
    if let Some(raw) = raw {
        figure.method.clone_from(&raw.method);
        figure.parameters.clone_from(&raw.parameters);
        figure.parameters.insert("p".into(), raw.p);
        if let Some(z) = raw.z {
            figure.parameters.insert("z".into(), z);
        }
        figure.value = Some(raw.estimate);
        figure.text = estimate_printer(raw)(raw.estimate);
        figure.interval = Some((raw.interval.lower, raw.interval.upper));
        figure.n = raw.fewest_events;
    } else {
        "not known".clone_into(&mut figure.text);
        "none: not tested".clone_into(&mut figure.method);
        figure.value = None;
        figure.caution = untested.map(str::to_owned);
    }
}

fn blank(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
    kind: &str,
) -> Figure {
    let name = format!("{} v{}", measure.id, measure.version);
    let key = format!("{name} | {} | {kind}", place.code);
    let source = &measure.numerator.source;
    let disclosure =
        observed.sources.get(source).map_or(Disclosure::Controlled, |source| source.disclosure);
    Figure {
        id: figure_id(&key, &observed.snapshot),
        key,
        label: String::new(),
        measure: Some(name),
        definition: measure.definition.clone(),
        area: place.code.to_string(),
        period: period.to_string(),
        method: String::new(),
        parameters: BTreeMap::new(),
        population: None,
        value: None,
        text: String::new(),
        interval: None,
        n: 0,
        disclosure,
        snapshot: observed.snapshot.clone(),
        loads: observed.loads_of(source, period),
        query: format!(
            "Count {} whose month lies in {period} and whose small area ({}) lies in {} ({}).",
            measure.numerator.in_words(),
            observed.partnership.area_vintage,
            place.name,
            place.code
        ),
        caution: None,
    }
}

fn unplaced_caution(n: u64) -> Option<String> {
    (n > 0).then(|| {
        format!(
            "{} rows of the source in this period name no place and are in no area's count",
            thousands(n)
        )
    })
}

fn joined(parts: [Option<String>; 3]) -> Option<String> {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
