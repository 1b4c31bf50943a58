//! The distinct places and small areas of the files read so far, each worked out once.
//!
//! Published points are snapped to a fixed set, so most rows repeat a place already projected.

use std::collections::BTreeSet;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::coordinates::{BritishNationalGrid, CoordinateError, Wgs84};

use super::areas::{Locate, SmallArea, SmallAreaCodes};
use super::hashing::FastMap;
use super::projection::Projection;

/// No place, or no area.
pub(super) const NONE: u32 = 0;

/// A small area that was asked for: its number, and whether the code was recognised.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolved {
    pub(super) area: u32,
    pub(super) recognised: bool,
}

/// Places and areas by number; number 0 is none.
pub(super) struct Places<'a> {
    codes: &'a SmallAreaCodes,
    declared: Option<AreaLevel>,
    locate: Option<&'a (dyn Locate + Sync)>,
    projection: Projection,
    by_degrees: FastMap<(u64, u64), u32>,
    points: Vec<BritishNationalGrid>,
    located: Vec<Option<u32>>,
    by_code: FastMap<u32, Resolved>,
    by_area: FastMap<SmallArea, u32>,
    areas: Vec<SmallArea>,
}

/// From this many points on the cache starts afresh with the next month: half of all snap points.
const MOST_POINTS: usize = 400_000;

impl<'a> Places<'a> {
    pub(super) fn new(
        codes: &'a SmallAreaCodes,
        declared: Option<AreaLevel>,
        locate: Option<&'a (dyn Locate + Sync)>,
    ) -> Self {
        Self {
            codes,
            declared,
            locate,
            projection: Projection::new(),
            by_degrees: FastMap::default(),
            points: Vec::new(),
            located: Vec::new(),
            by_code: FastMap::default(),
            by_area: FastMap::default(),
            areas: Vec::new(),
        }
    }

    /// Forgets the points when there are too many. Only for use between batches: it renumbers.
    pub(super) fn trim(&mut self) {
        if self.points.len() > MOST_POINTS {
            self.by_degrees.clear();
            self.points.clear();
            self.located.clear();
        }
    }

    /// The number of the point at these degrees.
    pub(super) fn point(&mut self, longitude: f64, latitude: f64) -> Result<u32, CoordinateError> {
        let key = (longitude.to_bits(), latitude.to_bits());
        if let Some(id) = self.by_degrees.get(&key) {
            return Ok(*id);
        }
        let place = self.projection.to_grid(Wgs84::new(longitude, latitude)?)?;
        self.points.push(place);
        self.located.push(None);
        let id = self.points.len() as u32;
        self.by_degrees.insert(key, id);
        Ok(id)
    }

    /// The grid reference of a point.
    pub(super) fn grid(&self, point: u32) -> Option<BritishNationalGrid> {
        self.points.get((point as usize).checked_sub(1)?).copied()
    }

    /// The area that a code in a file names; `key` is the code as a number.
    pub(super) fn by_code(
        &mut self,
        key: u32,
        code: &[u8],
        unrecognised: &mut BTreeSet<String>,
    ) -> Resolved {
        if let Some(known) = self.by_code.get(&key)
            && known.recognised
        {
            return *known;
        }
        let text = String::from_utf8_lossy(code);
        let resolved = match AreaCode::new(&text).ok().and_then(|code| self.meaning(code)) {
            Some(area) => Resolved { area: self.area(area), recognised: true },
            None => Resolved { area: NONE, recognised: false },
        };
        if !resolved.recognised && unrecognised.len() < MOST_CODES {
            unrecognised.insert(text.into_owned());
        }
        self.by_code.insert(key, resolved);
        resolved
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

    /// The area in which a point lies, if that can be found.
    pub(super) fn by_point(&mut self, point: u32) -> u32 {
        let (Some(locate), Some(place)) = (self.locate, self.grid(point)) else { return NONE };
        let slot = point as usize - 1;
        if let Some(area) = self.located[slot] {
            return area;
        }
        let found = locate.locate(place).filter(|area| *area != SmallArea::default());
        let area = found.map_or(NONE, |area| self.area(area));
        self.located[slot] = Some(area);
        area
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
