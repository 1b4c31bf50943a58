//! What a topic is, and where in the partnership it happens: the areas of a level by rate, with their
//! intervals and the ranks that they could have.

use std::collections::BTreeSet;

use serde::Deserialize;
use wardmote_domain::area::{AreaLevel, Tier};
use wardmote_domain::period::{Month, Period};

use crate::declarations::Form;
use crate::local::{self, Family, Told};
use crate::measure::Measure;
use crate::numbers::{one_decimal, two_decimals};
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{NotKnown, Taken, take};
use crate::testing::{self, NotTested, Ranked};

/// `topics.toml`, as it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Topics {
    pub(crate) topics: Vec<TopicDeclaration>,
}

/// Measures that a page is about together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicDeclaration {
    /// Short name, the last part of the page's address.
    pub id: String,
    /// Name for readers.
    pub title: String,
    /// Ids of the measures.
    pub measures: Vec<String>,
}

/// `events.toml`, as it stands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KnownEvents {
    pub(crate) events: Vec<KnownEvent>,
}

/// Something that happened, and is marked where a series is shown. That a count rose in its month does
/// not say that it was the cause.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownEvent {
    /// The month.
    pub month: Month,
    /// What happened, in a few words.
    pub name: String,
    /// Where it is written down.
    pub source: String,
    /// The measures that it may concern; all if empty.
    #[serde(default)]
    pub measures: Vec<String>,
}

impl KnownEvent {
    /// Whether it may concern a measure.
    pub fn concerns(&self, measure: &str) -> bool {
        self.measures.is_empty() || self.measures.iter().any(|one| one == measure)
    }
}

/// A page's worth of measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic<'a> {
    /// The last part of its address.
    pub id: String,
    /// Name for readers.
    pub title: String,
    /// Its measures.
    pub measures: Vec<&'a Measure>,
}

/// The topics of a partnership: those declared, and each measure that none of them holds.
pub fn topics<'a>(observed: &'a Observed, declared: &[TopicDeclaration]) -> Vec<Topic<'a>> {
    let mut held = BTreeSet::new();
    let mut topics: Vec<Topic<'a>> = Vec::new();
    for topic in declared {
        let measures: Vec<&Measure> =
            topic.measures.iter().filter_map(|id| observed.measures.get(id)).collect();
        held.extend(measures.iter().map(|measure| measure.id.as_str()));
        let (id, title) = (topic.id.clone(), topic.title.clone());
        topics.push(Topic { id, title, measures });
    }
    let alone = observed.measures.values().filter(|measure| !held.contains(measure.id.as_str()));
    topics.extend(alone.map(|measure| Topic {
        id: measure.id.clone(),
        title: measure.title.clone(),
        measures: vec![measure],
    }));
    topics
}

/// Where a measure happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Where<'a> {
    /// Which areas.
    pub level: AreaLevel,
    /// When: the latest months that are known without a gap, a year at most.
    pub period: Period,
    /// The areas, highest rate first; by count where no residents are known.
    pub areas: Vec<Somewhere<'a>>,
    /// Whether one of them has the highest rate, where rates are known.
    pub highest: Option<Told>,
    /// Why no ranks are given, where none are.
    pub no_ranks: Option<String>,
}

/// One area.
#[derive(Debug, Clone, PartialEq)]
pub struct Somewhere<'a> {
    /// The area.
    pub place: &'a Place,
    /// How many.
    pub count: Taken,
    /// By residents, where they are known.
    pub rate: Option<Taken>,
    /// The ranks that it could have.
    pub ranked: Option<Ranked>,
}

/// With more areas every pair is too much to compare for a page.
const MOST_RANKED: usize = 400;
const YEAR: i32 = 12;

/// The level at which a topic is shown: wards where they are known, else middle areas, else small ones.
pub fn shown_level(observed: &Observed, levels: &[AreaLevel]) -> AreaLevel {
    let of = |tier: Tier| levels.iter().copied().find(|level| level.tier == tier);
    of(Tier::Ward).or_else(|| of(Tier::Msoa)).unwrap_or(observed.partnership.area_vintage)
}

/// The latest months of a source without a gap, a year at most.
pub fn latest(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
) -> Result<Option<Period>, ObservedError> {
    let Some((_, months)) = local::months(observed, measure, place)? else { return Ok(None) };
    let known = months.iter().rev().map_while(|(month, n)| n.map(|_| *month));
    let known: Vec<Month> = known.take(usize::try_from(YEAR).unwrap_or(1)).collect();
    let ends = known.last().copied().zip(known.first().copied());
    Ok(ends.and_then(|(first, last)| Period::run(first, last).ok()))
}

/// The areas of a level by a measure, or why there is no such list.
pub fn by_area<'a>(
    observed: &'a Observed,
    measure: &Measure,
    level: AreaLevel,
    family: Family,
) -> Result<Result<Where<'a>, NotKnown>, ObservedError> {
    let Some(period) = latest(observed, measure, observed.home()?)? else {
        return Ok(Err(NotKnown("nothing has come".into())));
    };
    let mut areas = Vec::new();
    let mut months = Vec::new();
    for place in observed.places_within(level, &observed.partnership.areas)? {
        // Areas of another census that were split have no counts of their own.
        if !place.parts.is_empty() {
            continue;
        }
        let Ok(count) = take(observed, measure, place, &period, Form::Count)? else { continue };
        let residents = observed.residents(measure, place).ok();
        let rate = match residents {
            Some(_) => take(observed, measure, place, &period, Form::Rate)?.ok(),
            None => None,
        };
        if let Some(residents) = residents {
            let counted = observed.monthly(&measure.numerator, place, &period)?;
            let counts: Vec<u64> = counted.iter().filter_map(|(_, n)| *n).collect();
            months.push((counts, residents as f64));
        }
        areas.push(Somewhere { place, count, rate, ranked: None });
    }
    let (highest, no_ranks) = rank(measure, &mut areas, &months, &period, family);
    let value = |area: &Somewhere<'_>| area.rate.map_or(area.count.value, |rate| rate.value);
    areas.sort_by(|a, b| {
        value(b).total_cmp(&value(a)).then_with(|| a.place.code.cmp(&b.place.code))
    });
    Ok(Ok(Where { level, period, areas, highest, no_ranks }))
}

/// Gives each area the ranks that it could have, and says whether one is the highest.
fn rank(
    measure: &Measure,
    areas: &mut [Somewhere<'_>],
    months: &[(Vec<u64>, f64)],
    period: &Period,
    family: Family,
) -> (Option<Told>, Option<String>) {
    let why = if months.is_empty() {
        Some("No residents are known to take rates by.".to_owned())
    } else if months.len() < areas.len() {
        Some("Residents are not known of every area.".to_owned())
    } else if areas.len() < 2 {
        Some("There is only one such area.".to_owned())
    } else if areas.len() > MOST_RANKED {
        Some(format!("{} areas are too many to compare each with each.", areas.len()))
    } else {
        None
    };
    if why.is_some() {
        return (None, why);
    }
    let no_ranks = match testing::all_ranks(months) {
        Ok(ranks) => {
            for (area, ranked) in areas.iter_mut().zip(ranks) {
                area.ranked = Some(ranked);
            }
            None
        }
        Err(NotTested(why)) => Some(format!("No ranks can be given: {why}.")),
    };
    let found = testing::ranking(months);
    let subject = match &found {
        Ok((_, first, _)) => format!("{}: the rate of {}", measure.title, areas[*first].place.name),
        Err(_) => format!("Which area has the highest rate of {}", local::lowered(&measure.title)),
    };
    let words = found.as_ref().ok().map(|(test, first, second)| {
        let rate = |index: usize| areas[index].rate.map_or(0.0, |rate| rate.value);
        format!(
            "{} {} in {}, and {} in {}, the next; {} times as many (95% interval {} to {})",
            one_decimal(rate(*first)),
            measure.rate_unit(),
            period.in_words(),
            one_decimal(rate(*second)),
            areas[*second].place.name,
            two_decimals(test.estimate),
            two_decimals(test.interval.lower),
            two_decimals(test.interval.upper)
        )
    });
    let test = found.map(|(test, ..)| test);
    (Some(family.tell(&subject, test, |_| words.unwrap_or_default())), no_ranks)
}
