//! Counts of one source of events by small area, month and category.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::{Categories, Category};
use wardmote_domain::period::{Month, Period};
use wardmote_lake::source::{Reader, SourceDeclaration};
use wardmote_lake::{CountQuery, DetailRow, Lake, RepeatRow, coverage};

use super::grid::{Grid, GridMaker};
use super::microdata::{Microdata, Where};
use super::totals::Totals;
use super::{ObservedError, Place};
use crate::folder::PartnershipFolder;
use crate::measure::Admitted;

/// What is held of one source.
#[derive(Debug)]
pub(super) enum Held {
    /// Events, one by one.
    Events(Cube),
    /// Numbers that arrived as totals.
    Totals(Totals),
}

impl Held {
    pub(super) fn gather(
        lake: &Lake,
        folder: &PartnershipFolder,
        source: &str,
        vintage: AreaLevel,
        small_areas: &[AreaCode],
    ) -> Result<Self, ObservedError> {
        let source_id = || source.to_owned();
        let declaration = folder
            .sources
            .get(source)
            .ok_or_else(|| ObservedError::NoSource { source_id: source_id() })?;
        match &declaration.reader {
            Reader::Events { .. } => {
                let detail = folder.looks_in_detail(source);
                let mut cube = Cube::gather(lake, declaration, vintage, small_areas, detail)?;
                cube.gather_repeats(lake, source, &folder.repeats_asked(source))?;
                Ok(Self::Events(cube))
            }
            Reader::Totals(mapping) => {
                Ok(Self::Totals(Totals::gather(lake, mapping, vintage, small_areas)?))
            }
            other => Err(ObservedError::NotCounts { source_id: source_id(), reader: other.name() }),
        }
    }
}

/// A category, with outcome and marks where a measure looks at them.
type Kind = (Category, Option<Arc<str>>, Option<Arc<str>>);

type Cells = BTreeMap<Month, BTreeMap<Kind, u64>>;

#[derive(Debug, Default)]
pub(super) struct Cube {
    grid: Grid<Kind>,
    parted: Vec<Parted>,
    /// Rows without a small area of a table that declares the area in which all of them lie.
    elsewhere_in: Option<(AreaCode, Cells)>,
    /// Repeats by the months within which they count and by month; `None` where the source does not
    /// go back far enough to tell.
    repeats: BTreeMap<u32, BTreeMap<Month, Option<u64>>>,
    pub(super) known: BTreeSet<Month>,
    pub(super) without_place: BTreeMap<Month, u64>,
}

/// Rows whose area is one of the other census that was split: they lie in one of its parts, and
/// nobody knows in which.
#[derive(Debug)]
struct Parted {
    area: AreaCode,
    parts: Vec<AreaCode>,
    cells: Cells,
}

impl Cube {
    fn gather(
        lake: &Lake,
        source: &SourceDeclaration,
        vintage: AreaLevel,
        small_areas: &[AreaCode],
        detail: bool,
    ) -> Result<Self, ObservedError> {
        let received = lake.received(&source.id)?;
        let mut cube = Self { known: coverage::known_months(source, &received), ..Self::default() };
        for delivery in received.iter() {
            *cube.without_place.entry(delivery.month).or_default() += delivery.without_place;
        }
        let months = || received.iter().map(|received| received.month);
        let (Some(first), Some(last)) = (months().min(), months().max()) else { return Ok(cube) };
        let query = |areas| CountQuery {
            source: source.id.clone(),
            categories: Categories::default(),
            level: vintage,
            areas,
            first,
            last,
        };
        let kind = |row: DetailRow| {
            if detail { (row.category, row.outcome, row.flags) } else { (row.category, None, None) }
        };
        let add = |cells: &mut Cells, row: DetailRow| {
            let (month, n) = (row.month, row.n);
            *cells.entry(month).or_default().entry(kind(row)).or_default() += n;
        };
        let all_lie_in = match &source.reader {
            Reader::Events { mapping: Some(mapping), .. } => mapping.area.clone(),
            _ => None,
        };
        let mut maker = GridMaker::new(small_areas);
        let mut unplaced = Cells::new();
        let areas = all_lie_in.is_none().then(|| small_areas.to_vec());
        let other_vintage_alone =
            lake.each_count(&query(areas), detail, &mut |mut row| match row.area.take() {
                Some(area) => {
                    let (month, n) = (row.month, row.n);
                    maker.add(&area, month, kind(row), n);
                }
                None => add(&mut unplaced, row),
            })?;
        cube.grid = maker.done();
        if let Some(area) = all_lie_in {
            cube.elsewhere_in = Some((area, unplaced));
            cube.without_place.clear();
        }
        let other = if vintage == AreaLevel::LSOA_2021 {
            AreaLevel::LSOA_2011
        } else {
            AreaLevel::LSOA_2021
        };
        let mut by_area: BTreeMap<AreaCode, Cells> = BTreeMap::new();
        let in_the_other = if other_vintage_alone {
            lake.counts_in_the_other_vintage(&query(None))?
        } else {
            Vec::new()
        };
        for row in in_the_other {
            if let Some(area) = row.area.clone() {
                add(by_area.entry(area).or_default(), row);
            }
        }
        let small_areas: BTreeSet<&AreaCode> = small_areas.iter().collect();
        for (area, cells) in by_area {
            let parts = lake.parts(&area, other, vintage)?;
            if parts.iter().any(|part| small_areas.contains(part)) {
                cube.parted.push(Parted { area, parts, cells });
            }
        }
        Ok(cube)
    }

    fn gather_repeats(
        &mut self,
        lake: &Lake,
        source: &str,
        asked: &BTreeSet<u32>,
    ) -> Result<(), ObservedError> {
        let (Some(first), Some(last)) = (self.known.first(), self.known.last()) else {
            return Ok(());
        };
        for months in asked {
            let rows = lake.repeats(source, *months, *first, *last)?;
            let of_month =
                |row: RepeatRow| (row.month, row.looks_back_whole.then_some(row.repeats));
            self.repeats.insert(*months, rows.into_iter().map(of_month).collect());
        }
        Ok(())
    }

    /// Repeats are of the whole source, so they are known for the area that it declares as its own.
    fn monthly_repeats(
        &self,
        place: &Place,
        within: u32,
        period: &Period,
    ) -> Result<Vec<(Month, Option<u64>)>, ObservedError> {
        if self.elsewhere_in.as_ref().is_none_or(|(area, _)| *area != place.code) {
            return Err(ObservedError::RepeatsElsewhere { place: place.code.clone() });
        }
        let of_span = self.repeats.get(&within);
        let of = |month: Month| {
            let repeats = of_span.and_then(|months| months.get(&month));
            // A known month without events has no repeats.
            let none = self.known.contains(&month).then_some(0);
            (month, repeats.map_or(none, |n| n.filter(|_| self.known.contains(&month))))
        };
        Ok(period.months().map(of).collect())
    }

    /// The count in a place for each month of a period; `None` where the month has not come.
    pub(super) fn monthly(
        &self,
        place: &Place,
        admitted: &Admitted,
        period: &Period,
    ) -> Result<Vec<(Month, Option<u64>)>, ObservedError> {
        if let Some(within) = admitted.repeats_within_months {
            return self.monthly_repeats(place, within, period);
        }
        if let Some((area, _)) = place.parts.first() {
            return Err(ObservedError::Parted { place: place.code.clone(), area: area.clone() });
        }
        let mut parted = Vec::new();
        for split in &self.parted {
            let inside = |part: &&AreaCode| place.small_areas.binary_search(part).is_ok();
            let n_inside = split.parts.iter().filter(inside).count();
            let touches = |month| count(&split.cells, admitted, month) > 0;
            if n_inside == split.parts.len() {
                parted.push(&split.cells);
            } else if n_inside > 0 && period.months().any(touches) {
                let (place, area) = (place.code.clone(), split.area.clone());
                return Err(ObservedError::Parted { place, area });
            }
        }
        let elsewhere = self.elsewhere_in.iter().filter(|(area, _)| *area == place.code);
        let apart: Vec<&Cells> =
            parted.into_iter().chain(elsewhere.map(|(_, cells)| cells)).collect();
        let positions = self.grid.positions(&place.small_areas);
        let admits: Vec<bool> =
            self.grid.kinds().iter().map(|kind| admits(admitted, kind)).collect();
        let of = |month| {
            let n = || apart.iter().map(|cells| count(cells, admitted, month)).sum::<u64>();
            let known = self.known.contains(&month);
            known.then(|| self.grid.sum(&positions, &admits, month) + n())
        };
        Ok(period.months().map(|month| (month, of(month))).collect())
    }

    fn kinds(&self) -> impl Iterator<Item = &Kind> {
        let parted = self.parted.iter().map(|split| &split.cells);
        let apart = parted.chain(self.elsewhere_in.iter().map(|(_, cells)| cells));
        self.grid.kinds().iter().chain(apart.flat_map(BTreeMap::values).flat_map(BTreeMap::keys))
    }

    /// The counts as fine as they are held, with the small areas that could have some.
    pub(super) fn microdata<'a>(
        &'a self,
        small_areas: impl Iterator<Item = &'a AreaCode>,
    ) -> Microdata<'a> {
        let parted = self.parted.iter().map(|split| (Where::OneOf(&split.parts), &split.cells));
        let own = self.elsewhere_in.iter().map(|(area, cells)| (Where::Whole(area, &[]), cells));
        let of_grid = self.grid.cells().filter(|(_, month, ..)| self.known.contains(month));
        let mut rows: Vec<_> = of_grid
            .map(|(area, month, (category, outcome, flags), n)| {
                let kind = (category, outcome.as_deref(), flags.as_deref());
                (Where::Area(area), (month, month), kind, n)
            })
            .collect();
        for (at, cells) in parted.chain(own) {
            for (month, kinds) in cells.iter().filter(|(month, _)| self.known.contains(month)) {
                for ((category, outcome, flags), n) in kinds {
                    let kind = (category, outcome.as_deref(), flags.as_deref());
                    rows.push((at, (*month, *month), kind, *n));
                }
            }
        }
        let months = self.known.iter().map(|month| (*month, *month));
        Microdata::new(small_areas.map(Where::Area), months, rows)
    }

    /// The same of the repeats within so many months.
    pub(super) fn repeats_microdata(&self, within: u32) -> Microdata<'_> {
        let mut rows = Vec::new();
        // Repeats are of any kind.
        let Some((kind, ..)) = self.kinds().next() else { return Microdata::default() };
        if let (Some((area, _)), Some(repeats)) = (&self.elsewhere_in, self.repeats.get(&within)) {
            for (month, n) in repeats.iter().filter(|(month, _)| self.known.contains(month)) {
                let of = (kind, None, None);
                rows.extend(n.map(|n| (Where::Whole(area, &[]), (*month, *month), of, n)));
            }
        }
        Microdata::new([], self.known.iter().map(|month| (*month, *month)), rows)
    }

    /// The categories that were brought, in order.
    pub(super) fn categories(&self) -> BTreeSet<Category> {
        self.kinds().map(|(category, ..)| category.clone()).collect()
    }

    /// The outcomes that were brought, in order.
    pub(super) fn outcomes(&self) -> BTreeSet<String> {
        self.kinds().filter_map(|(_, outcome, _)| outcome.as_deref().map(str::to_owned)).collect()
    }

    /// The marks that were brought, in order.
    pub(super) fn marks(&self) -> BTreeSet<String> {
        let each = self.kinds().filter_map(|(.., flags)| flags.as_deref());
        each.flat_map(|flags| flags.split("; ")).map(str::to_owned).collect()
    }
}

fn count(cells: &Cells, admitted: &Admitted, month: Month) -> u64 {
    let counts = cells.get(&month).into_iter().flatten();
    counts.filter(|(kind, _)| admits(admitted, kind)).map(|(_, n)| n).sum()
}

fn admits(admitted: &Admitted, (category, outcome, flags): &Kind) -> bool {
    admitted.admits(category.slug(), outcome.as_deref(), flags.as_deref())
}
