//! Small areas: what the code in a file says, and what can be found for a place without one.

use std::collections::HashMap;

use wardmote_domain::area::AreaCode;
use wardmote_domain::coordinates::BritishNationalGrid;

/// One place's small area in each census's boundaries, where it is known exactly.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SmallArea {
    /// LSOA of the 2021 census.
    pub lsoa_2021: Option<AreaCode>,
    /// LSOA of the 2011 census.
    pub lsoa_2011: Option<AreaCode>,
}

/// What each LSOA code that can stand in a file means.
///
/// Only exact relations belong here: unchanged areas, a new area inside the old one it was split
/// from, an old area inside the new one it was merged into. An old area that was split has no one
/// new area. Empty, it recognises nothing, and the source's declared vintage is taken at its word.
#[derive(Debug, Clone, Default)]
pub struct SmallAreaCodes {
    by_code: HashMap<AreaCode, SmallArea>,
}

impl SmallAreaCodes {
    /// Adds a code, or replaces what it means.
    pub fn insert(&mut self, code: AreaCode, area: SmallArea) {
        self.by_code.insert(code, area);
    }

    /// What a code means.
    pub fn get(&self, code: &AreaCode) -> Option<&SmallArea> {
        self.by_code.get(code)
    }

    /// Whether there is no lookup at all.
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }

    /// How many codes are known.
    pub fn len(&self) -> usize {
        self.by_code.len()
    }
}

impl FromIterator<(AreaCode, SmallArea)> for SmallAreaCodes {
    fn from_iter<I: IntoIterator<Item = (AreaCode, SmallArea)>>(codes: I) -> Self {
        Self { by_code: codes.into_iter().collect() }
    }
}

/// Finds the small area of a place; asked only for rows that have coordinates and no area code.
pub trait Locate {
    /// The small area that holds the place, in each vintage whose boundaries are at hand.
    fn locate(&self, place: BritishNationalGrid) -> Option<SmallArea>;
}
