//! Makes figures: the record behind each printed number.

use std::collections::BTreeMap;

use wardmote_domain::area::AreaCode;
use wardmote_domain::claim::Question;
use wardmote_domain::period::{Month, Period};
use wardmote_domain::provenance::Disclosure;
use wardmote_lake::Load;

use crate::claims::SurveyOf;
use crate::declarations::{Form, Share, StatisticOf};
use crate::family::Corrected;
use crate::figure::{Figure, figure_id, small_number_caution};
use crate::measure::Measure;
use crate::numbers::{one_decimal, percent_signed, points_signed, thousands, two_decimals};
use crate::observed::{Observed, Place, Published};
use crate::take::{NotKnown, Taken};
use crate::testing::{RawTest, Unit};

/// The figure of a count, rate or share.
pub(crate) fn value(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    period: &Period,
    form: Form,
    taken: &Result<Taken, NotKnown>,
) -> Figure {
    let (kind, method) = match form {
        Form::Count => ("count", "count of rows; 95% limits by Byar, exact below 10"),
        Form::Rate => ("rate", "rows over residents; 95% limits by Byar, exact below 10"),
        Form::Share => ("share", "part over whole; 95% limits by Wilson"),
        Form::Harm => {
            ("harm", "rows times the weight of their category; 95% limits by Fay and Feuer")
        }
    };
    let mut figure = Figure {
        label: format!("{}, {}, {}", measure.title, place.name, period.in_words()),
        method: method.into(),
        text: "not known".into(),
        ..blank(observed, measure, place, period, &format!("{period} | {kind}"))
    };
    let caution = match taken {
        Ok(taken) => {
            figure.text = match form {
                Form::Rate => format!("{} {}", one_decimal(taken.value), measure.rate_unit()),
                Form::Share => format!("{}%", one_decimal(taken.value)),
                Form::Count => thousands(taken.n),
                Form::Harm => {
                    let unit = measure.weights.as_ref().map_or("", |weights| &weights.unit);
                    format!("{} {unit}", thousands(taken.value.round() as u64))
                }
            };
            figure.value = Some(taken.value);
            figure.interval = Some((taken.interval.lower, taken.interval.upper));
            figure.n = taken.n;
            figure.population = taken.base.map(|base| match form {
                Form::Rate => {
                    let name = measure.denominator.as_deref().unwrap_or_default();
                    format!("{} residents ({name})", thousands(base))
                }
                Form::Count | Form::Share | Form::Harm => format!("{} rows", thousands(base)),
            });
            small_number_caution(taken.n)
        }
        Err(why) => {
            why.printed().clone_into(&mut figure.text);
            Some(why.0.clone())
        }
    };
    let source = &measure.numerator.source;
    let unplaced = observed.without_place(source, period).unwrap_or_default();
    let unsettled = observed.unsettled(measure, period).unwrap_or_default();
    let settling = settling(&unsettled, period.n_months());
    let caution = joined([caution, settling, measure.caution.clone()]);
    let unplaced = if observed.is_controlled(source) {
        (unplaced > 0)
            .then(|| "rows of the source that name no place are in no area's count".into())
    } else {
        unplaced_caution(unplaced)
    };
    figure.caution = joined([caution, unplaced, None]);
    figure
}

/// What a tested figure is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) measure: &'a Measure,
    pub(crate) place: &'a Place,
    pub(crate) period: &'a Period,
    /// The earlier period of a change.
    pub(crate) against: Option<&'a Period>,
    /// What is asked: "change", "trend".
    pub(crate) kind: &'a str,
}

/// The figure of a test's estimate.
pub(crate) fn tested(observed: &Observed, about: &About<'_>, test: Option<&Corrected>) -> Figure {
    let About { measure, place, period, against, kind } = *about;
    let periods =
        against.map_or_else(|| period.to_string(), |earlier| format!("{period} with {earlier}"));
    let in_words = against.map_or_else(
        || period.in_words(),
        |earlier| format!("{} with {}", period.in_words(), earlier.in_words()),
    );
    let mut figure = Figure {
        label: format!("{}, {}, {kind}, {in_words}", measure.title, place.name),
        period: periods.clone(),
        ..blank(observed, measure, place, period, &format!("{periods} | {kind}"))
    };
    if let Some(earlier) = against.filter(|_| figure.disclosure == Disclosure::Open) {
        figure.loads.extend(observed.loads_of(&measure.numerator.source, earlier));
        figure.loads.sort();
        figure.loads.dedup();
    }
    fill(&mut figure, test);
    figure.caution = joined([figure.caution.take(), measure.caution.clone(), None]);
    figure
}

/// What stands in a figure that no test is made of.
pub(crate) struct Untested<'a> {
    pub(crate) label: &'a str,
    pub(crate) method: &'a str,
    /// What to do beyond counting.
    pub(crate) query: &'a str,
    pub(crate) n: u64,
    /// As printed, with the value and its limits, or why there is none.
    pub(crate) found: Result<(String, f64, (f64, f64)), NotKnown>,
    pub(crate) parameters: BTreeMap<String, f64>,
}

/// The figure of a value that comes from many areas: a rank, a concentration.
pub(crate) fn of_areas(observed: &Observed, about: &About<'_>, parts: Untested<'_>) -> Figure {
    let About { measure, place, period, kind, .. } = *about;
    let mut figure = Figure {
        label: format!("{}, {}, {}, {}", measure.title, place.name, parts.label, period.in_words()),
        method: parts.method.to_owned(),
        n: parts.n,
        parameters: parts.parameters,
        ..blank(observed, measure, place, period, &format!("{period} | {kind}"))
    };
    figure.query = format!("{} {}", figure.query, parts.query);
    match parts.found {
        Ok((text, value, limits)) => {
            figure.text = text;
            figure.value = Some(value);
            figure.interval = Some(limits);
        }
        Err(why) => {
            why.printed().clone_into(&mut figure.text);
            figure.caution = Some(why.0);
        }
    }
    figure.caution = joined([figure.caution.take(), measure.caution.clone(), None]);
    figure
}

/// The figure of a survey share's test.
pub(crate) fn survey(
    observed: &Observed,
    share: &Share,
    of: Option<&SurveyOf<'_>>,
    place: &Place,
    test: Option<&Corrected>,
) -> Figure {
    let key = match of {
        // What the figure is, and not what it came to: a revised file gives the same key.
        Some(of) => format!(
            "survey | {} | {} | {} | {} | {} | {}",
            place.code,
            share.source,
            of.asked.question,
            of.asked.answers.join(" or "),
            of.asked.group.as_deref().unwrap_or("everybody"),
            of.wave
        ),
        None => format!(
            "survey | {} | {} {} of {} | {}",
            place.code, share.area, share.whole, share.whole_name, share.source
        ),
    };
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
    if let Some(of) = of {
        figure.definition = format!(
            "Weighted share of respondents who answered {} to: {}",
            of.asked.answers.join(" or "),
            of.text
        );
        figure.period.clone_from(&of.wave);
        let open = |load: &&Load| load.disclosure == Disclosure::Open;
        let loads = observed.loads.iter().filter(|load| load.source == share.source).filter(open);
        figure.loads = loads.map(|load| load.load_id.clone()).collect();
        figure.loads.sort();
        let group = of.asked.group.as_deref().unwrap_or("all respondents");
        figure.query = format!(
            "Add the weights of {group} of {} by their answer, in {} and in all other areas.",
            share.source, place.name
        );
        figure.disclosure = observed
            .sources
            .get(&share.source)
            .map_or(Disclosure::Controlled, |source| source.disclosure);
    }
    fill(&mut figure, test);
    if figure.caution.is_none() && figure.n < 200 {
        figure.caution = Some(format!("only {} respondents here: the limits are wide", figure.n));
    }
    figure
}

/// The figure of a published number, or of a count of areas by theirs.
pub(crate) fn published(
    observed: &Observed,
    asked: &StatisticOf,
    area: &AreaCode,
    found: &Result<Published, NotKnown>,
) -> Figure {
    let StatisticOf { source, indicator, .. } = asked;
    let of_whom = asked.breakdown.as_deref().map(|of| format!(", {of}")).unwrap_or_default();
    let limits = [(asked.at_least, "at least"), (asked.at_most, "at most")];
    let limits: Vec<String> = limits
        .into_iter()
        .filter_map(|(limit, words)| Some(format!("{words} {}", as_published(limit?))))
        .collect();
    let what = if asked.counts_areas() {
        format!("Areas where {indicator}{of_whom} is {}", limits.join(" and "))
    } else {
        format!("{indicator}{of_whom}")
    };
    let key = format!(
        "published | {area} | {source} | {what} | {} | {}",
        asked.measure.as_deref().unwrap_or("only measure"),
        asked.period.as_deref().unwrap_or("only period")
    );
    let declared = observed.sources.get(source);
    let ok = found.as_ref().ok();
    Figure {
        id: figure_id(&key, &observed.snapshot),
        key,
        label: format!("{what}, {area}"),
        measure: None,
        definition: format!(
            "As published by {}.",
            declared.map_or(source.as_str(), |source| source.publisher.as_str())
        ),
        area: area.to_string(),
        period: ok.map_or_else(|| "not known".to_owned(), |found| found.period.clone()),
        method: if asked.counts_areas() {
            "count of areas by their published number".into()
        } else {
            "the published number; its publisher gives no limits here".into()
        },
        parameters: BTreeMap::new(),
        population: ok.and_then(|found| found.of).map(|of| format!("{} areas", thousands(of))),
        value: ok.map(|found| found.value),
        text: match ok {
            Some(Published { value, of: Some(of), .. }) => {
                format!("{} of {}", as_published(*value), thousands(*of))
            }
            Some(found) => as_published(found.value),
            None => "not known".into(),
        },
        interval: None,
        n: ok.and_then(|found| found.of).unwrap_or(1),
        disclosure: declared.map_or(Disclosure::Controlled, |source| source.disclosure),
        snapshot: observed.snapshot.clone(),
        loads: ok.map(|found| found.loads.iter().cloned().collect()).unwrap_or_default(),
        query: if asked.counts_areas() {
            format!(
                "Count the areas of {source} in {area} whose {indicator}{of_whom} is {}.",
                limits.join(" and ")
            )
        } else {
            format!("Look up {what} in {source} for {area}.")
        },
        caution: found.as_ref().err().map(|why| why.0.clone()),
    }
}

/// A published number with no more decimals than its publisher gave, and with its thousands parted.
pub(crate) fn as_published(value: f64) -> String {
    let text = value.abs().to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), thousands);
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}")
}

/// A test's estimate, as it is printed.
pub(crate) fn estimate_text(raw: &RawTest) -> String {
    estimate_printer(raw)(raw.estimate)
}

/// A test's interval, as it is printed.
pub(crate) fn interval_text(raw: &RawTest) -> String {
    let print = estimate_printer(raw);
    format!("{} to {}", print(raw.interval.lower), print(raw.interval.upper))
}

fn estimate_printer(raw: &RawTest) -> fn(f64) -> String {
    match (raw.unit, raw.question) {
        (Unit::PerCent, _) => percent_signed,
        (Unit::Points, Question::Change) | (Unit::Events, _) => points_signed,
        // A survey's points stand beside its shares.
        (Unit::Points | Unit::Plain, _) => two_decimals,
    }
}

fn fill(figure: &mut Figure, test: Option<&Corrected>) {
    match test.map(|test| &test.raw) {
        Some(Ok(raw)) => {
            figure.method.clone_from(&raw.method);
            figure.parameters.insert("p".into(), raw.p);
            // What the months of a controlled source vary by is told by its interval, and no further.
            if figure.disclosure == Disclosure::Open {
                figure.parameters.extend(raw.parameters.clone());
                figure.parameters.extend(raw.z.map(|z| ("z".into(), z)));
            }
            figure.value = Some(raw.estimate);
            figure.text = estimate_text(raw);
            figure.interval = Some((raw.interval.lower, raw.interval.upper));
            figure.n = raw.fewest_events;
        }
        other => {
            let why = other.and_then(|raw| raw.as_ref().err()).map(|why| NotKnown(why.0.clone()));
            why.map_or("not known", |why| why.printed()).clone_into(&mut figure.text);
            "none: not tested".clone_into(&mut figure.method);
            figure.value = None;
            figure.caution = other.and_then(|raw| raw.as_ref().err()).map(|why| why.0.clone());
        }
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
    let controlled = measure.sources().iter().any(|source| observed.is_controlled(source));
    let disclosure = if controlled { Disclosure::Controlled } else { Disclosure::Open };
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
        // A hash of few rows could be guessed at, so those of a controlled source are not given.
        loads: match disclosure {
            Disclosure::Open => observed.loads_of(source, period),
            Disclosure::Controlled => Vec::new(),
        },
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

/// The caution of a period whose outcomes may still come.
pub(crate) fn settling(unsettled: &[Month], of: usize) -> Option<String> {
    let first = unsettled.first()?;
    Some(format!(
        "{} of {of} months are so recent that outcomes may still come (from {}): the figure will rise",
        unsettled.len(),
        first.in_words()
    ))
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
