//! The counts of a source as fine as they are held: where, when and of what kind.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::area::AreaCode;
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

use super::Place;

/// Where rows lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Where<'a> {
    /// In a small area.
    Area(&'a AreaCode),
    /// In one of several small areas, nobody knows which.
    OneOf(&'a [AreaCode]),
    /// In an area that the source declares as its own, or that its table names.
    Whole(&'a AreaCode, &'a [AreaCode]),
}

impl Where<'_> {
    pub(crate) fn lies_in(&self, place: &Place) -> bool {
        let holds = |area: &AreaCode| place.small_areas.binary_search(area).is_ok();
        match self {
            Self::Area(area) => holds(area),
            Self::OneOf(areas) => areas.iter().all(holds),
            Self::Whole(code, small_areas) => {
                **code == place.code
                    || (!small_areas.is_empty() && *small_areas == place.small_areas.as_slice())
            }
        }
    }
}

/// Category, outcome and marks.
pub(crate) type KindOf<'a> = (&'a Category, Option<&'a str>, Option<&'a str>);

/// A run of months for which rows are counted together.
pub(crate) type When = (Month, Month);

/// Rows, with every place, time and kind that they could have had.
#[derive(Debug, Default)]
pub(crate) struct Microdata<'a> {
    wheres: BTreeMap<Where<'a>, usize>,
    whens: BTreeMap<When, usize>,
    kinds: BTreeMap<KindOf<'a>, usize>,
    rows: Vec<(Where<'a>, When, KindOf<'a>, u64)>,
}

impl<'a> Microdata<'a> {
    /// `wheres` and `whens` are those that could have rows; those of the rows are added.
    pub(super) fn new(
        wheres: impl IntoIterator<Item = Where<'a>>,
        whens: impl IntoIterator<Item = When>,
        rows: Vec<(Where<'a>, When, KindOf<'a>, u64)>,
    ) -> Self {
        let wheres: BTreeSet<_> =
            wheres.into_iter().chain(rows.iter().map(|(at, ..)| *at)).collect();
        let whens: BTreeSet<_> =
            whens.into_iter().chain(rows.iter().map(|(_, when, ..)| *when)).collect();
        let kinds: BTreeSet<_> = rows.iter().map(|(_, _, kind, _)| *kind).collect();
        Self { wheres: numbered(wheres), whens: numbered(whens), kinds: numbered(kinds), rows }
    }

    pub(crate) fn wheres(&self) -> impl Iterator<Item = &Where<'a>> {
        self.wheres.keys()
    }

    pub(crate) fn whens(&self) -> impl Iterator<Item = When> {
        self.whens.keys().copied()
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = &KindOf<'a>> {
        self.kinds.keys()
    }

    /// The rows by the positions of their place, time and kind.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (usize, usize, usize, u64)> {
        self.rows.iter().filter_map(|(at, when, kind, n)| {
            Some((*self.wheres.get(at)?, *self.whens.get(when)?, *self.kinds.get(kind)?, *n))
        })
    }

    /// Whether some runs of months share a month.
    pub(crate) fn overlaps(&self) -> bool {
        let runs: Vec<&When> = self.whens.keys().collect();
        runs.windows(2).any(|pair| pair[1].0 <= pair[0].1)
    }
}

fn numbered<T: Ord>(things: BTreeSet<T>) -> BTreeMap<T, usize> {
    things.into_iter().enumerate().map(|(index, thing)| (thing, index)).collect()
}
