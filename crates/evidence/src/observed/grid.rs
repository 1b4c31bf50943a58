//! Counts by small area, month and kind, packed: of twenty million events in 35,672 areas they take a
//! tenth of a gigabyte, and a month of any place is read from one stretch of memory.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::Month;

/// Counts that stand still; `K` is what an event can be.
#[derive(Debug)]
pub(super) struct Grid<K> {
    /// The small areas, in order.
    areas: Vec<AreaCode>,
    /// The months that have counts, in order.
    months: Vec<Month>,
    kinds: Vec<K>,
    /// Where the cells of each area end, month after month.
    ends: Vec<usize>,
    /// Kind and count; those of an area in a month stand together, in order of kind.
    cells: Vec<(u32, u32)>,
}

impl<K> Default for Grid<K> {
    fn default() -> Self {
        let (areas, months, kinds) = (Vec::new(), Vec::new(), Vec::new());
        Self { areas, months, kinds, ends: Vec::new(), cells: Vec::new() }
    }
}

impl<K: Ord> Grid<K> {
    /// The kinds that were brought, in order.
    pub(super) fn kinds(&self) -> &[K] {
        &self.kinds
    }

    /// Where some small areas stand in the grid; those that it does not know have no counts.
    pub(super) fn positions(&self, small_areas: &[AreaCode]) -> Vec<usize> {
        small_areas.iter().filter_map(|area| self.areas.binary_search(area).ok()).collect()
    }

    /// The sum of some kinds over areas, by their positions, in a month.
    pub(super) fn sum(&self, positions: &[usize], admits: &[bool], month: Month) -> u64 {
        let Ok(month) = self.months.binary_search(&month) else { return 0 };
        let of = |position: &usize| {
            let cells = self.of(*position, month).iter();
            let counted = cells.filter(|(kind, _)| admits.get(*kind as usize) == Some(&true));
            counted.map(|(_, n)| u64::from(*n)).sum::<u64>()
        };
        positions.iter().map(of).sum()
    }

    /// Every cell by area, month and kind, in that order.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&AreaCode, Month, &K, u64)> {
        self.areas.iter().enumerate().flat_map(move |(position, area)| {
            self.months.iter().enumerate().flat_map(move |(index, month)| {
                let cells = self.of(position, index).iter();
                cells.filter_map(move |(kind, n)| {
                    Some((area, *month, self.kinds.get(*kind as usize)?, u64::from(*n)))
                })
            })
        })
    }

    fn of(&self, position: usize, month: usize) -> &[(u32, u32)] {
        let at = month * self.areas.len() + position;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.cells[start..self.ends[at]]
    }
}

/// What a grid is made from.
#[derive(Debug)]
pub(super) struct GridMaker<K> {
    areas: Vec<AreaCode>,
    numbers: HashMap<K, u32>,
    /// Area, kind and count of each month, as they came.
    months: BTreeMap<Month, Vec<(u32, u32, u32)>>,
}

impl<K: Ord + Hash + Clone> GridMaker<K> {
    /// Of these small areas; counts of others are left out.
    pub(super) fn new(small_areas: &[AreaCode]) -> Self {
        let mut areas = small_areas.to_vec();
        areas.sort();
        areas.dedup();
        Self { areas, numbers: HashMap::new(), months: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, area: &AreaCode, month: Month, kind: K, mut n: u64) {
        let Ok(area) = self.areas.binary_search(area) else { return };
        let next = self.numbers.len() as u32;
        let kind = *self.numbers.entry(kind).or_insert(next);
        let cells = self.months.entry(month).or_default();
        // More than a cell holds is held in several.
        while n > 0 {
            let part = u32::try_from(n).unwrap_or(u32::MAX);
            cells.push((area as u32, kind, part));
            n -= u64::from(part);
        }
    }

    pub(super) fn done(self) -> Grid<K> {
        let mut kinds: Vec<(K, u32)> = self.numbers.into_iter().collect();
        kinds.sort();
        let mut renumbered = vec![0; kinds.len()];
        for (new, (_, old)) in (0..).zip(&kinds) {
            renumbered[*old as usize] = new;
        }
        let kinds = kinds.into_iter().map(|(kind, _)| kind).collect();
        let mut grid = Grid { areas: self.areas, kinds, ..Grid::default() };
        for (month, mut cells) in self.months {
            for (_, kind, _) in &mut cells {
                *kind = renumbered[*kind as usize];
            }
            cells.sort_unstable_by_key(|(area, kind, _)| (*area, *kind));
            grid.push(month, &cells);
        }
        grid.cells.shrink_to_fit();
        grid
    }
}

impl<K> Grid<K> {
    /// Adds a month's cells, which are in order.
    fn push(&mut self, month: Month, cells: &[(u32, u32, u32)]) {
        self.months.push(month);
        let mut rest = cells.iter().peekable();
        for position in 0..self.areas.len() as u32 {
            let start = self.cells.len();
            while let Some((_, kind, n)) = rest.next_if(|(area, ..)| *area == position) {
                let last = self.cells[start..].last_mut().filter(|(held, _)| held == kind);
                let sum = last.as_ref().and_then(|(_, held)| held.checked_add(*n));
                match (last, sum) {
                    (Some(cell), Some(sum)) => cell.1 = sum,
                    _ => self.cells.push((*kind, *n)),
                }
            }
            self.ends.push(self.cells.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn area(number: u32) -> AreaCode {
        AreaCode::new(&format!("E01{number:06}")).unwrap()
    }

    fn month(step: i32) -> Month {
        Month::new(2022, 1).unwrap().plus(step)
    }

    #[test]
    fn more_than_a_cell_holds_is_not_lost() {
        let mut maker = GridMaker::new(&[area(1)]);
        for n in [u64::from(u32::MAX) + 5, 7] {
            maker.add(&area(1), month(0), "drugs", n);
        }
        let grid = maker.done();
        assert_eq!(grid.sum(&[0], &[true], month(0)), u64::from(u32::MAX) + 12);
    }

    proptest! {
        #[test]
        fn a_grid_holds_what_was_added(
            rows in prop::collection::vec((0u32..6, 0i32..5, "[a-c]", 0u64..100), 0..200),
        ) {
            let areas: Vec<AreaCode> = (0..5).map(area).collect();
            let mut maker = GridMaker::new(&areas);
            let mut expected: BTreeMap<(AreaCode, Month, String), u64> = BTreeMap::new();
            for (at, step, kind, n) in rows {
                maker.add(&area(at), month(step), kind.clone(), n);
                // The sixth area is not asked for.
                if at < 5 && n > 0 {
                    *expected.entry((area(at), month(step), kind)).or_default() += n;
                }
            }
            let grid = maker.done();
            let held = grid.cells().map(|(area, month, kind, n)| {
                ((area.clone(), month, kind.clone()), n)
            });
            prop_assert_eq!(held.collect::<Vec<_>>(), expected.clone().into_iter().collect::<Vec<_>>());
            let some = [area(3), area(0), area(9)];
            let admits: Vec<bool> = grid.kinds().iter().map(|kind| kind != "b").collect();
            let sum = grid.sum(&grid.positions(&some), &admits, month(2));
            let wanted = expected.iter().filter(|((at, when, kind), _)| {
                some.contains(at) && *when == month(2) && kind != "b"
            });
            prop_assert_eq!(sum, wanted.map(|(_, n)| n).sum::<u64>());
        }
    }
}
