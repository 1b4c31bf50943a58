//! Answers about an area among others.

use std::collections::BTreeMap;

use wardmote_domain::area::AreaLevel;
use wardmote_domain::provenance::Disclosure;
use wardmote_stats::spatial::concentration::Concentration;

use super::super::among::Group;
use super::super::months::Total;
use super::super::sentences;
use super::{Answered, Draft};
use crate::declarations::{ConcentratedIn, Form};
use crate::figures::{self, About};
use crate::measure::Measure;
use crate::numbers::{one_decimal, ordinal, thousands};
use crate::observed::Place;
use crate::take::NotKnown;
use crate::testing::{LOWEST_RANK, NotTested, Ranked, Usual};

pub(super) fn against(
    mut draft: Draft<'_>,
    about: &About<'_>,
    others: &[&Place],
    here: (&Total, u64),
    there: (&Total, u64),
) -> Answered {
    let figure = draft.tested(about);
    let (Some(raw), Ok(ours), Ok(theirs)) = (draft.raw(), here.0, there.0) else {
        return draft.untested(figure);
    };
    let measure = about.measure;
    let (ours, theirs) = (rate(measure, *ours, here.1), rate(measure, *theirs, there.1));
    draft.field("here", ours.clone(), &figure);
    draft.field("there", theirs.clone(), &figure);
    let rates = sentences::Rates {
        here: &ours,
        there: &theirs,
        unit: &measure.rate_unit(),
        there_name: &names(others),
    };
    let margin = measure.equivalence_margin;
    let statement = sentences::difference(draft.verdict(), raw, margin, about.period, &rates);
    draft.finish(figure, statement)
}

/// A ranked area with its events and residents.
type Counted<'a> = (&'a Place, u64, u64);

pub(super) fn funnel(
    mut draft: Draft<'_>,
    about: &About<'_>,
    form: Form,
    group: &Group<'_>,
    usual: Option<&Usual>,
) -> Answered {
    let mut figure = draft.tested(about);
    let About { measure, place, period, .. } = *about;
    let words = period.in_words();
    figure.label = format!("{}, {} among {}, {words}", measure.title, place.name, group.words);
    figure.query = format!("{} The same for each of {}.", figure.query, group.words);
    let (Some(raw), Some(usual)) = (draft.raw(), usual) else { return draft.untested(figure) };
    let (per, unit) = match form {
        Form::Share => (100.0, "%".to_owned()),
        _ => (about.measure.per, format!(" {}", about.measure.rate_unit())),
    };
    let print = |value: f64| one_decimal(per * value);
    let parts = sentences::Usual {
        here: print(usual.value),
        all: print(usual.all),
        limits: (print(usual.limits.lower), print(usual.limits.upper)),
        unit: &unit,
        among: &group.words,
    };
    draft.field("here", parts.here.clone(), &figure);
    draft.field("all", parts.all.clone(), &figure);
    draft.field("usual", format!("{} to {}", parts.limits.0, parts.limits.1), &figure);
    let statement = sentences::usual(draft.verdict(), raw, about.period, &parts);
    draft.finish(figure, statement)
}

pub(super) fn rank(
    mut draft: Draft<'_>,
    about: &About<'_>,
    group: &Group<'_>,
    (events, residents): (&Total, u64),
    found: &Result<Ranked, NotTested>,
) -> Answered {
    let printed = found.as_ref().map_err(|why| NotKnown(why.0.clone())).map(|found| {
        let (best, last) = found.interval;
        let text = format!("{} of {}", ordinal(found.rank as u64), thousands(found.of as u64));
        (text, found.rank as f64, (best as f64, last as f64))
    });
    let parts = figures::Untested {
        label: &format!("rank among {}", group.words),
        method: "rank by rate; 95% interval that holds for all ranks at once (every pair compared, Holm), \
                 overdispersion-adjusted",
        query: &format!("The same for each of {}; order by rate.", group.words),
        n: *events.as_ref().unwrap_or(&0),
        found: printed,
        parameters: BTreeMap::new(),
    };
    let figure = figures::of_areas(draft.observed, about, parts);
    let (Ok(ranked), Ok(n)) = (found, events) else {
        let why = found.as_ref().err().map_or("its count is not known", |why| why.0.as_str());
        return draft.finish(figure, format!("has no rank: {why}"));
    };
    let rate = rate(about.measure, *n, residents);
    let statement = sentences::rank(ranked, &rate, &about.measure.rate_unit(), about.period, group);
    draft.field("rank", ordinal(ranked.rank as u64), &figure);
    draft.field("interval", sentences::ranks(ranked.interval), &figure);
    draft.field("of", thousands(ranked.of as u64), &figure);
    draft.field("rate", rate, &figure);
    draft.finish(figure, statement)
}

pub(super) fn concentration(
    mut draft: Draft<'_>,
    about: &About<'_>,
    asked: &ConcentratedIn,
    found: &Result<Concentration, NotTested>,
) -> Answered {
    let areas = asked.level.tier.in_words_plural();
    let share = sentences::share_words(asked.share);
    let of_half = found.as_ref().map_err(|why| NotKnown(why.0.clone()));
    let of_half = of_half.and_then(|found| {
        let first =
            found.shares.first().ok_or_else(|| NotKnown("no share was asked for".into()))?;
        Ok((found, first))
    });
    let percent = |share: f64| format!("{}%", one_decimal(100.0 * share));
    let printed = of_half.clone().map(|(found, first)| {
        let (n, of) = (thousands(first.n_places as u64), thousands(found.n_places as u64));
        // Every area was counted, so the number is as exact as the counts.
        let share = 100.0 * first.share_of_places;
        (format!("{n} of {of}"), share, (share, share))
    });
    let parts = figures::Untested {
        label: &format!("how few {areas} hold {share} of it"),
        method: "fewest areas that hold the share; beside them random arrangements in which every event falls \
                 on any area alike",
        query: &format!(
            "The same for each of the {areas}; add the largest until they hold {share}."
        ),
        n: of_half.as_ref().map_or(0, |(found, _)| found.n_events),
        found: printed,
        parameters: of_half.as_ref().map_or_else(
            |_| BTreeMap::new(),
            |(found, first)| {
                BTreeMap::from([
                    ("share_of_events".to_owned(), asked.share),
                    ("percent_of_areas_by_chance".to_owned(), 100.0 * first.by_chance),
                    ("arrangements".to_owned(), f64::from(found.settings.permutations)),
                    ("seed".to_owned(), found.settings.seed as f64),
                    ("generalised_gini".to_owned(), found.generalised_gini),
                ])
            },
        ),
    };
    let figure = figures::of_areas(draft.observed, about, parts);
    let (found, first) = match of_half {
        Ok(both) => both,
        Err(why) => return draft.finish(figure, format!("has no known concentration: {}", why.0)),
    };
    let (n, of) = (thousands(first.n_places as u64), thousands(found.n_places as u64));
    let chance = first.chance_interval;
    draft.field("places", n.clone(), &figure);
    draft.field("of", of.clone(), &figure);
    draft.field("percent", percent(first.share_of_places), &figure);
    draft.field("by-chance", percent(first.by_chance), &figure);
    let statement = format!(
        "had {share} of its {} in {} in {n} of the {of} {areas}, {} of them; had each fallen on any of them alike, \
         it would have been {} (95% of the time {} to {})",
        about.measure.unit,
        about.period.in_words(),
        percent(first.share_of_places),
        percent(first.by_chance),
        percent(chance.lower),
        percent(chance.upper),
    );
    draft.finish(figure, statement)
}

pub(super) fn highest(
    mut draft: Draft<'_>,
    about: &About<'_>,
    level: AreaLevel,
    n_areas: usize,
    first_two: Option<(Counted<'_>, Counted<'_>)>,
) -> Answered {
    let figure = draft.tested(about);
    let (Some(raw), Some((first, second))) = (draft.raw(), first_two) else {
        return draft.untested(figure);
    };
    let rates = (rate(about.measure, first.1, first.2), rate(about.measure, second.1, second.2));
    draft.field("area", first.0.name.clone(), &figure);
    draft.field("rate", rates.0.clone(), &figure);
    // The ranks rest on every area, and of a source under agreement only two are looked at here.
    let lowest = raw.parameters.get(LOWEST_RANK).filter(|_| figure.disclosure == Disclosure::Open);
    let lowest = lowest.map(|rank| *rank as usize);
    if let Some(lowest) = lowest {
        draft.field("ranks", sentences::ranks((1, lowest)), &figure);
    }
    let among = format!("the {n_areas} {}", level.tier.in_words_plural());
    let statement = sentences::highest(
        draft.verdict(),
        raw,
        (&first.0.name, &second.0.name),
        (&rates.0, &rates.1),
        &about.measure.rate_unit(),
        about.period,
        lowest.map(|lowest| (lowest, among.as_str())),
    );
    draft.finish(figure, statement)
}

fn rate(measure: &Measure, n: u64, residents: u64) -> String {
    one_decimal(n as f64 / residents as f64 * measure.per)
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

pub(super) fn names(places: &[&Place]) -> String {
    let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
    listed(&names)
}

pub(super) fn codes(places: &[&Place]) -> String {
    let codes: Vec<&str> = places.iter().map(|place| place.code.as_str()).collect();
    codes.join(" ")
}
