//! The small areas of the rows read, each worked out once and known by number.

use std::collections::BTreeSet;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::coordinates::BritishNationalGrid;

use super::areas::{Locate, SmallArea, SmallAreaCodes};
use super::hashing::FastMap;
use super::postcodes::Postcodes;
use crate::people::Postcode;

/// No place, or no area.
pub(super) const NONE: u32 = 0;

/// Small areas by number; number 0 is none.
pub(super) struct KnownAreas<'a> {
    codes: &'a SmallAreaCodes,
    declared: Option<AreaLevel>,
    locate: Option<&'a (dyn Locate + Sync)>,
    postcodes: Option<&'a Postcodes>,
    last_code: (u32, u32),
    located: FastMap<(u64, u64), u32>,
    by_code: FastMap<u32, u32>,
    by_area: FastMap<SmallArea, u32>,
    areas: Vec<SmallArea>,
}

/// A bound on the places whose areas were looked for; the table starts afresh beyond it.
const MOST_LOCATED: usize = 500_000;

impl<'a> KnownAreas<'a> {
    pub(super) fn new(
        codes: &'a SmallAreaCodes,
        declared: Option<AreaLevel>,
        locate: Option<&'a (dyn Locate + Sync)>,
        postcodes: Option<&'a Postcodes>,
    ) -> Self {
        Self {
            codes,
            declared,
            locate,
            postcodes,
            last_code: (u32::MAX, NONE),
            located: FastMap::default(),
            by_code: FastMap::default(),
            by_area: FastMap::default(),
            areas: Vec::new(),
        }
    }

    /// The area that a code in a file names; none for a code that is not recognised. `key` is the
    /// code as a number.
    pub(super) fn by_code(
        &mut self,
        key: u32,
        code: &[u8],
        unrecognised: &mut BTreeSet<String>,
    ) -> u32 {
        // The rows of one area stand together.
        if self.last_code.0 == key && self.last_code.1 != NONE {
            return self.last_code.1;
        }
        let known = self.by_code.get(&key).copied().filter(|area| *area != NONE);
        let area = known.unwrap_or_else(|| {
            let text = String::from_utf8_lossy(code);
            let meaning = AreaCode::new(&text).ok().and_then(|code| self.meaning(code));
            let area = meaning.map_or(NONE, |area| self.area(area));
            if area == NONE && unrecognised.len() < MOST_CODES {
                unrecognised.insert(text.into_owned());
            }
            self.by_code.insert(key, area);
            area
        });
        self.last_code = (key, area);
        area
    }

    fn meaning(&self, code: AreaCode) -> Option<SmallArea> {
        if !self.codes.is_empty() {
            return self.codes.get(&code).cloned();
        }
        match self.declared {
            Some(AreaLevel::LSOA_2021) => {
                Some(SmallArea { lsoa_2021: Some(code), lsoa_2011: None })
            }
            Some(AreaLevel::LSOA_2011) => {
                Some(SmallArea { lsoa_2021: None, lsoa_2011: Some(code) })
            }
            _ => None,
        }
    }

    /// The area in which a place lies, if that can be found.
    pub(super) fn by_place(&mut self, place: BritishNationalGrid) -> u32 {
        let Some(locate) = self.locate else { return NONE };
        let key = (place.easting().to_bits(), place.northing().to_bits());
        if let Some(area) = self.located.get(&key) {
            return *area;
        }
        let found = locate.locate(place).filter(|area| *area != SmallArea::default());
        let area = found.map_or(NONE, |area| self.area(area));
        if self.located.len() >= MOST_LOCATED {
            self.located.clear();
        }
        self.located.insert(key, area);
        area
    }

    /// The area in which a postcode lies; none of a postcode that no lookup knows.
    pub(super) fn by_postcode(&mut self, postcode: Postcode) -> u32 {
        let found = self.postcodes.and_then(|held| held.get(postcode));
        found.map_or(NONE, |area| self.area(area.clone()))
    }

    fn area(&mut self, area: SmallArea) -> u32 {
        if let Some(id) = self.by_area.get(&area) {
            return *id;
        }
        self.areas.push(area.clone());
        let id = self.areas.len() as u32;
        self.by_area.insert(area, id);
        id
    }

    /// The areas, in the order of their numbers from 1.
    pub(super) fn areas(&self) -> &[SmallArea] {
        &self.areas
    }
}

const MOST_CODES: usize = 20;
