//! Numbers that arrived as totals, by the areas and periods of their own table.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::period::{Month, Period};
use wardmote_lake::{Lake, TotalsMapping};

use super::microdata::{Microdata, Where};
use super::{ObservedError, Place};
use crate::measure::Admitted;

type Run = (Month, Month);

/// The dated totals of the areas in which the partnership and its peers lie.
#[derive(Debug)]
pub(super) struct Totals {
    source_id: String,
    level: AreaLevel,
    areas: Vec<TotalsArea>,
    /// Every period that the table has, whatever the area.
    runs: BTreeSet<Run>,
}

#[derive(Debug)]
struct TotalsArea {
    code: AreaCode,
    small_areas: Vec<AreaCode>,
    cells: BTreeMap<Run, BTreeMap<Category, i64>>,
}

impl Totals {
    pub(super) fn gather(
        lake: &Lake,
        mapping: &TotalsMapping,
        vintage: AreaLevel,
        small_areas: &[AreaCode],
    ) -> Result<Self, ObservedError> {
        let level = mapping.level;
        let ours: BTreeSet<AreaCode> = lake
            .parents(small_areas, vintage, level)?
            .into_iter()
            .map(|(_, parent)| parent)
            .collect();
        let mut areas = Vec::new();
        let mut named: BTreeMap<String, usize> = BTreeMap::new();
        for area in lake.areas(level)?.into_iter().filter(|area| ours.contains(&area.code)) {
            named.insert(plain(&area.name), areas.len());
            named.insert(plain(area.code.as_str()), areas.len());
            let mut small_areas = lake.members(&area.code, level, vintage)?;
            small_areas.sort();
            areas.push(TotalsArea { code: area.code, small_areas, cells: BTreeMap::new() });
        }
        let mut runs = BTreeSet::new();
        // A number without a date is in no measure.
        for row in lake.totals(&mapping.source)? {
            let Some(run) = row.months else { continue };
            runs.insert(run);
            if let Some(index) = named.get(&plain(&row.area)) {
                let kinds = areas[*index].cells.entry(run).or_default();
                *kinds.entry(row.category).or_default() += row.n;
            }
        }
        Ok(Self { source_id: mapping.source.clone(), level, areas, runs })
    }

    /// A place's area of the table: the same code, or the same small areas under another.
    fn area(&self, place: &Place) -> Result<&TotalsArea, ObservedError> {
        let is_it = |area: &&TotalsArea| {
            area.code == place.code
                || (!area.small_areas.is_empty() && area.small_areas == place.small_areas)
        };
        let found = self.areas.iter().find(is_it).filter(|area| !area.cells.is_empty());
        found.ok_or_else(|| ObservedError::NoTotals {
            source_id: self.source_id.clone(),
            place: place.code.clone(),
            level: self.level,
        })
    }

    /// The total over a period, made of the table's own periods, or the months that none covers.
    pub(super) fn total(
        &self,
        place: &Place,
        admitted: &Admitted,
        period: &Period,
    ) -> Result<Result<u64, Vec<Month>>, ObservedError> {
        if admitted.in_detail() {
            return Err(ObservedError::NoDetail { source_id: self.source_id.clone() });
        }
        let area = self.area(place)?;
        let (mut month, mut sum, mut missing) = (period.first(), 0, Vec::new());
        while month <= period.last() {
            let from_here = |(run, _): &(&Run, _)| run.0 == month && run.1 <= period.last();
            // The longest first, so that a year that stands whole is not made of its quarters.
            let Some((run, kinds)) = area.cells.iter().rev().find(from_here) else {
                missing.push(month);
                month = month.plus(1);
                continue;
            };
            let admitted = kinds.iter().filter(|(kind, _)| admitted.categories.admit(kind.slug()));
            sum += admitted.map(|(_, n)| n).sum::<i64>();
            month = run.1.plus(1);
        }
        // Publishers take earlier records back; a sum below zero says nothing about its own period.
        Ok(match u64::try_from(sum) {
            Ok(sum) if missing.is_empty() => Ok(sum),
            Ok(_) => Err(missing),
            Err(_) => Err(period.months().collect()),
        })
    }

    /// The totals of a table that comes by month.
    pub(super) fn monthly(
        &self,
        place: &Place,
        admitted: &Admitted,
        period: &Period,
    ) -> Result<Vec<(Month, Option<u64>)>, ObservedError> {
        if self.runs.iter().any(|(first, last)| first != last) {
            return Err(ObservedError::NotMonthly { source_id: self.source_id.clone() });
        }
        let of = |month: Month| {
            let only = Period::run(month, month).ok();
            let total = only.map(|only| self.total(place, admitted, &only)).transpose()?;
            Ok((month, total.and_then(Result::ok)))
        };
        period.months().map(of).collect()
    }

    /// The totals as they stand in the table; those below zero are no counts.
    pub(super) fn microdata(&self) -> Microdata<'_> {
        let mut rows = Vec::new();
        for area in &self.areas {
            for (run, kinds) in &area.cells {
                for (category, n) in kinds {
                    let n = u64::try_from(*n).unwrap_or_default();
                    rows.push((
                        Where::Whole(&area.code, &area.small_areas),
                        *run,
                        (category, None, None),
                        n,
                    ));
                }
            }
        }
        Microdata::new(
            self.areas.iter().map(|area| Where::Whole(&area.code, &area.small_areas)),
            self.runs.iter().copied(),
            rows,
        )
    }

    /// The categories that stand in the table, in order.
    pub(super) fn categories(&self) -> BTreeSet<Category> {
        let cells = self.areas.iter().flat_map(|area| area.cells.values());
        cells.flat_map(BTreeMap::keys).cloned().collect()
    }

    /// The first and last month that the table covers.
    pub(super) fn run(&self) -> Option<Run> {
        let last = self.runs.iter().map(|(_, last)| *last).max();
        self.runs.first().map(|(first, _)| *first).zip(last)
    }
}

/// A name as publishers agree on it.
fn plain(name: &str) -> String {
    let name = name.trim().to_lowercase().replace('&', "and");
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
