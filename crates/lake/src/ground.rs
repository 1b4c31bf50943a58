//! What readers of events need to know of the ground: what each small-area code means, and in which
//! small area a place lies.

use std::collections::BTreeMap;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::coordinates::BritishNationalGrid;

use crate::geometry::{self, Polygons};
use crate::links::BY_RESIDENTS;
use crate::read::{Locate, SmallArea, SmallAreaCodes};
use crate::rows::{AreaRow, LinkRow};

/// Codes of small areas, and outlines to find places in.
pub(crate) struct Ground {
    pub(crate) codes: SmallAreaCodes,
    index: rstar::RTree<Outline>,
}

struct Outline {
    code: AreaCode,
    level: AreaLevel,
    polygons: Polygons,
    envelope: rstar::AABB<[f64; 2]>,
}

impl rstar::RTreeObject for Outline {
    type Envelope = rstar::AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.envelope
    }
}

impl Ground {
    pub(crate) fn new(areas: Vec<AreaRow>, links: &[LinkRow]) -> Self {
        let mut codes: BTreeMap<AreaCode, SmallArea> = BTreeMap::new();
        for area in &areas {
            if area.level == AreaLevel::LSOA_2021 {
                codes.entry(area.code.clone()).or_default().lsoa_2021 = Some(area.code.clone());
            } else if area.level == AreaLevel::LSOA_2011 {
                codes.entry(area.code.clone()).or_default().lsoa_2011 = Some(area.code.clone());
            }
        }
        for link in links.iter().filter(|link| link.fit != BY_RESIDENTS) {
            if link.from_level == AreaLevel::LSOA_2021 && link.to_level == AreaLevel::LSOA_2011 {
                codes
                    .entry(link.from_code.clone())
                    .or_default()
                    .lsoa_2011
                    .get_or_insert_with(|| link.to_code.clone());
            } else if link.from_level == AreaLevel::LSOA_2011
                && link.to_level == AreaLevel::LSOA_2021
            {
                codes
                    .entry(link.from_code.clone())
                    .or_default()
                    .lsoa_2021
                    .get_or_insert_with(|| link.to_code.clone());
            }
        }
        let outlines = areas
            .into_iter()
            .filter(|area| area.level == AreaLevel::LSOA_2021 || area.level == AreaLevel::LSOA_2011)
            .filter_map(|area| {
                let polygons = geometry::from_wkb(area.outline_wkb.as_deref()?)?;
                let points: Vec<[f64; 2]> =
                    polygons.iter().flatten().flatten().map(|(x, y)| [*x, *y]).collect();
                let envelope = rstar::AABB::from_points(&points);
                Some(Outline { code: area.code, level: area.level, polygons, envelope })
            })
            .collect();
        Self { codes: SmallAreaCodes::from_iter(codes), index: rstar::RTree::bulk_load(outlines) }
    }
}

impl Ground {
    /// Whether there are outlines of small areas to find places in.
    pub(crate) fn has_outlines(&self) -> bool {
        self.index.size() > 0
    }

    /// A small area of one census with that of the other, where a lookup says it exactly.
    pub(crate) fn in_both_censuses(&self, area: SmallArea) -> SmallArea {
        let meaning = |code: &Option<AreaCode>| {
            code.as_ref().and_then(|code| self.codes.get(code)).cloned().unwrap_or_default()
        };
        let (of_new, of_old) = (meaning(&area.lsoa_2021), meaning(&area.lsoa_2011));
        SmallArea {
            lsoa_2021: area.lsoa_2021.or(of_old.lsoa_2021),
            lsoa_2011: area.lsoa_2011.or(of_new.lsoa_2011),
        }
    }
}

impl Locate for Ground {
    fn locate(&self, place: BritishNationalGrid) -> Option<SmallArea> {
        let at = rstar::AABB::from_point([place.easting(), place.northing()]);
        let mut found = SmallArea::default();
        for outline in self.index.locate_in_envelope_intersecting(at) {
            if geometry::contains(&outline.polygons, place) {
                let slot = if outline.level == AreaLevel::LSOA_2021 {
                    &mut found.lsoa_2021
                } else {
                    &mut found.lsoa_2011
                };
                slot.get_or_insert_with(|| outline.code.clone());
            }
        }
        (found != SmallArea::default()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(code: &str, from: f64) -> AreaRow {
        let corner = |x: f64, y: f64| (from + x, from + y);
        let ring = vec![
            corner(0.0, 0.0),
            corner(100.0, 0.0),
            corner(100.0, 100.0),
            corner(0.0, 100.0),
            corner(0.0, 0.0),
        ];
        AreaRow {
            code: AreaCode::new(code).unwrap(),
            level: AreaLevel::LSOA_2021,
            name: String::new(),
            outline_wkb: Some(geometry::to_wkb(&vec![vec![ring]])),
            load_id: "l".into(),
        }
    }

    #[test]
    fn a_place_is_found_in_the_outline_that_holds_it() {
        let ground = Ground::new(
            vec![outline("E01000001", 400_000.0), outline("E01000002", 400_200.0)],
            &[],
        );
        let at = |x: f64| ground.locate(BritishNationalGrid::new(x, x).unwrap());
        assert_eq!(at(400_250.0).unwrap().lsoa_2021.unwrap().as_str(), "E01000002");
        assert_eq!(at(400_150.0), None);
    }
}
