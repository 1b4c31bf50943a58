//! Tables that look the same as the true one, as differences from it, checked in whole numbers.

use crate::publication::Publication;

/// What is known about a cell before any sum is used, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prior {
    pub(crate) lower: u64,
    pub(crate) upper: Option<u64>,
}

impl Prior {
    pub(crate) fn exactly(value: u64) -> Self {
        Self { lower: value, upper: Some(value) }
    }

    pub(crate) fn is_exact(self) -> bool {
        self.upper == Some(self.lower)
    }

    fn allows(self, value: i64) -> bool {
        let Ok(value) = u64::try_from(value) else { return false };
        self.lower <= value && self.upper.is_none_or(|upper| value <= upper)
    }
}

/// The side on which a cell must be able to lie off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Below,
    Above,
}

impl Side {
    pub(crate) fn sign(self) -> i64 {
        match self {
            Self::Below => -1,
            Self::Above => 1,
        }
    }
}

/// What protection asks of one cell on one side: to be able to lie this far off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) cell: usize,
    pub(crate) side: Side,
    pub(crate) distance: u64,
}

/// Another table that looks the same: the cells that differ from the true ones, and by how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move(Vec<(usize, i64)>);

impl Move {
    /// From changes in the order of their cells, none of them zero.
    pub(crate) fn new(changes: Vec<(usize, i64)>) -> Self {
        Self(changes)
    }

    pub(crate) fn changes(&self) -> &[(usize, i64)] {
        &self.0
    }

    /// Keeps to every sum; in whole numbers.
    fn keeps_sums(&self, publication: &Publication) -> bool {
        let change = |cell| match self.0.binary_search_by_key(&cell, |&(cell, _)| cell) {
            Ok(at) => self.0[at].1,
            Err(_) => 0,
        };
        let sums = self.0.iter().flat_map(|&(cell, _)| publication.sums_of(cell));
        sums.map(|&sum| &publication.sums()[sum])
            .all(|sum| sum.terms().map(|(cell, sign)| sign * change(cell)).sum::<i64>() == 0)
    }

    /// Whether every changed value is one that is possible by itself.
    pub(crate) fn keeps_to(&self, publication: &Publication, priors: &[Prior]) -> bool {
        self.0.iter().all(|&(cell, change)| {
            priors[cell].allows(publication.cells()[cell].value.cast_signed() + change)
        })
    }

    /// Whether the table agrees with all that is known; in whole numbers.
    pub(crate) fn is_table(&self, publication: &Publication, priors: &[Prior]) -> bool {
        self.keeps_to(publication, priors) && self.keeps_sums(publication)
    }

    pub(crate) fn reaches(&self, target: Target) -> bool {
        self.0.iter().any(|&(cell, change)| {
            cell == target.cell
                && change * target.side.sign() >= i64::try_from(target.distance).unwrap_or(i64::MAX)
        })
    }

    pub(crate) fn reversed(&self) -> Self {
        Self(self.0.iter().map(|&(cell, change)| (cell, -change)).collect())
    }
}
