//! Numbers that a publisher gives of areas: deprivation, the census.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::area::AreaCode;
use wardmote_domain::provenance::Disclosure;
use wardmote_lake::source::Reader;
use wardmote_lake::{Lake, Statistic};

use super::{Observed, ObservedError};
use crate::declarations::StatisticOf;
use crate::folder::PartnershipFolder;
use crate::take::NotKnown;

/// A source's numbers of the areas that are asked about.
#[derive(Debug)]
pub(super) struct Held {
    numbers: Vec<Statistic>,
    /// The areas of its level in the partnership's districts.
    own: BTreeSet<AreaCode>,
}

/// A published number, or a count of areas by theirs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Published {
    /// The number, or how many areas.
    pub(crate) value: f64,
    /// Of how many areas, where areas are counted.
    pub(crate) of: Option<u64>,
    /// When, in the publisher's words.
    pub(crate) period: String,
    pub(crate) loads: BTreeSet<String>,
}

/// The numbers of some sources. `small_areas` are those of the partnership's own districts.
pub(super) fn gather(
    lake: &Lake,
    folder: &PartnershipFolder,
    asked: &BTreeMap<String, BTreeSet<AreaCode>>,
    small_areas: &[AreaCode],
) -> Result<BTreeMap<String, Held>, ObservedError> {
    let mut held = BTreeMap::new();
    for (source_id, areas) in asked {
        let source = folder.sources.get(source_id);
        let source =
            source.ok_or_else(|| ObservedError::NoSource { source_id: source_id.clone() })?;
        if source.disclosure == Disclosure::Controlled {
            return Err(ObservedError::Controlled { source_id: source_id.clone() });
        }
        let Reader::Statistics(mapping) = &source.reader else {
            let reader = source.reader.name();
            return Err(ObservedError::NotStatistics { source_id: source_id.clone(), reader });
        };
        let vintage = folder.partnership.area_vintage;
        let own: BTreeSet<AreaCode> = if mapping.level == vintage {
            small_areas.iter().cloned().collect()
        } else {
            let parents = lake.parents(small_areas, vintage, mapping.level)?;
            parents.into_iter().map(|(_, parent)| parent).collect()
        };
        let wanted: BTreeSet<AreaCode> = own.union(areas).cloned().collect();
        let numbers = lake.statistics(source_id, Some(&wanted))?;
        held.insert(source_id.clone(), Held { numbers, own });
    }
    Ok(held)
}

impl Observed {
    /// Whether a source's numbers were gathered.
    pub(crate) fn has_published(&self, source: &str) -> bool {
        self.published.contains_key(source)
    }

    pub(crate) fn published(
        &self,
        asked: &StatisticOf,
        area: &AreaCode,
    ) -> Result<Result<Published, NotKnown>, ObservedError> {
        let source_id = || asked.source.clone();
        let held = self
            .published
            .get(&asked.source)
            .ok_or_else(|| ObservedError::NoSource { source_id: source_id() })?;
        let is =
            |said: &Option<String>, found: &str| said.as_ref().is_none_or(|said| said == found);
        let found: Vec<&Statistic> = held
            .numbers
            .iter()
            .filter(|one| {
                one.indicator == asked.indicator
                    && is(&asked.breakdown, &one.breakdown)
                    && is(&asked.measure, &one.measure)
                    && is(&asked.period, &one.period)
                    && (asked.counts_areas() || one.area == *area)
            })
            .collect();
        let Some(first) = found.first() else {
            return Err(ObservedError::NoStatistic { source_id: source_id(), asked: said(asked) });
        };
        let mut areas = BTreeSet::new();
        if let Some(again) = found.iter().find(|one| !areas.insert(&one.area)) {
            return Err(ObservedError::SeveralStatistics {
                source_id: source_id(),
                asked: said(asked),
                first: words(first),
                second: words(again),
            });
        }
        let loads = found.iter().map(|one| one.load_id.clone()).collect();
        let period = first.period.clone();
        if !asked.counts_areas() {
            let why = || NotKnown("the publisher gives no number".into());
            return Ok(first
                .value
                .map(|value| Published { value, of: None, period, loads })
                .ok_or_else(why));
        }
        let missing = held.own.iter().filter(|area| !areas.contains(area)).count();
        let blank = found.iter().filter(|one| one.value.is_none()).count();
        if missing + blank > 0 {
            let why = format!("{} of {} areas have no number", missing + blank, held.own.len());
            return Ok(Err(NotKnown(why)));
        }
        let within = |value: f64| {
            asked.at_most.is_none_or(|limit| value <= limit)
                && asked.at_least.is_none_or(|limit| value >= limit)
        };
        let own = found.iter().filter(|one| held.own.contains(&one.area));
        let n = own.filter(|one| one.value.is_some_and(within)).count();
        let of = Some(held.own.len() as u64);
        Ok(Ok(Published { value: n as f64, of, period, loads }))
    }
}

fn said(asked: &StatisticOf) -> String {
    let parts = [&asked.breakdown, &asked.measure, &asked.period].into_iter().flatten();
    let parts = std::iter::once(&asked.indicator).chain(parts);
    parts.map(|part| format!("{part:?}")).collect::<Vec<_>>().join(", ")
}

fn words(found: &Statistic) -> String {
    format!(
        "breakdown {:?}, measure {:?}, period {:?}",
        found.breakdown, found.measure, found.period
    )
}
