//! The small areas of a district and those around it, read from boundaries in GeoJSON.
//!
//! Files of the whole of England and Wales are read too, so an outline is understood only when its
//! area is one that is wanted.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::TwinError;

/// How far from the district's extent an area may start and still count as near it: about 1.5 km.
const NEAR_DEGREES: f64 = 0.015;

/// How near, in longitude and latitude, outlines must come to touch: about 20 m, since generalised
/// outlines need not share their corners.
const TOUCHING_DEGREES: [f64; 2] = [0.0003, 0.0002];

/// A small area with its outline.
#[derive(Debug, Clone)]
pub(crate) struct Area {
    pub(crate) code: String,
    pub(crate) name: String,
    /// Every ring of every part, in degrees; a hole is a ring inside another.
    rings: Vec<Vec<[f64; 2]>>,
}

/// A district's areas and those near it, each in order of code.
#[derive(Debug)]
pub(crate) struct District {
    /// Which small areas these are, such as `lsoa-2011`, where the file says.
    pub(crate) vintage: Option<&'static str>,
    pub(crate) areas: Vec<Area>,
    pub(crate) nearby: Vec<Area>,
}

impl District {
    /// Reads the small areas whose name is the district's with a number after it.
    pub(crate) fn read(path: &Path, district: &str) -> Result<Self, TwinError> {
        let text = fs::read_to_string(path).map_err(TwinError::read(path))?;
        let not_geojson = |source| TwinError::NotGeoJson { path: path.to_owned(), source };
        let collection: Collection = serde_json::from_str(&text).map_err(not_geojson)?;
        let area = |feature: &Feature, code: String, name: String| {
            let rings = feature.rings().filter(|rings| rings.iter().flatten().all(is_in_britain));
            let rings = rings
                .ok_or_else(|| TwinError::Outline { path: path.to_owned(), area: code.clone() })?;
            Ok(Area { code, name, rings })
        };

        let (mut vintage, mut areas, mut others) = (None, Vec::new(), Vec::new());
        for feature in collection.features {
            let Some((of, code, name)) = feature.properties.small_area() else { continue };
            if name.strip_prefix(district).is_some_and(|rest| rest.starts_with(' ')) {
                vintage = of;
                areas.push(area(&feature, code, name)?);
            } else {
                others.push((feature, code, name));
            }
        }
        if areas.is_empty() {
            return Err(TwinError::NoAreas {
                path: path.to_owned(),
                district: district.to_owned(),
            });
        }
        let extent = areas
            .iter()
            .map(Area::extent)
            .reduce(Extent::with)
            .unwrap_or_default()
            .grown(NEAR_DEGREES);
        let near = others
            .into_iter()
            .filter(|(feature, ..)| feature.first_position().is_some_and(|p| extent.holds(p)));
        let mut nearby = near
            .map(|(feature, code, name)| area(&feature, code, name))
            .collect::<Result<Vec<_>, _>>()?;
        // The order of features in a file is nobody's promise.
        areas.sort_by(|a, b| a.code.cmp(&b.code));
        nearby.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(Self { vintage, areas, nearby })
    }
}

impl Area {
    pub(crate) fn extent(&self) -> Extent {
        self.rings
            .iter()
            .flatten()
            .fold(Extent::default(), |extent, &position| extent.with(Extent::of(position)))
    }

    /// Whether two outlines have corners in one place.
    pub(crate) fn touches(&self, other: &Self) -> bool {
        let near = |a: &[f64; 2], b: &[f64; 2]| {
            (0..2).all(|axis| (a[axis] - b[axis]).abs() < TOUCHING_DEGREES[axis])
        };
        let reach = other.extent().grown(TOUCHING_DEGREES[0]);
        let mut corners = self.rings.iter().flatten().filter(|corner| reach.holds(**corner));
        corners.any(|a| other.rings.iter().flatten().any(|b| near(a, b)))
    }

    /// Whether a position lies within the outline, by the even-odd rule.
    pub(crate) fn contains(&self, [x, y]: [f64; 2]) -> bool {
        let mut inside = false;
        for ring in &self.rings {
            for edge in ring.windows(2) {
                let ([x0, y0], [x1, y1]) = (edge[0], edge[1]);
                if (y0 > y) != (y1 > y) && x < (x1 - x0) * (y - y0) / (y1 - y0) + x0 {
                    inside = !inside;
                }
            }
        }
        inside
    }
}

/// The smallest box of longitudes and latitudes around some positions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) low: [f64; 2],
    pub(crate) high: [f64; 2],
}

impl Default for Extent {
    fn default() -> Self {
        Self { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2] }
    }
}

impl Extent {
    fn of(position: [f64; 2]) -> Self {
        Self { low: position, high: position }
    }

    fn with(self, other: Self) -> Self {
        Self {
            low: [self.low[0].min(other.low[0]), self.low[1].min(other.low[1])],
            high: [self.high[0].max(other.high[0]), self.high[1].max(other.high[1])],
        }
    }

    fn grown(self, by: f64) -> Self {
        Self { low: self.low.map(|v| v - by), high: self.high.map(|v| v + by) }
    }

    fn holds(&self, position: [f64; 2]) -> bool {
        (0..2).all(|axis| self.low[axis] <= position[axis] && position[axis] <= self.high[axis])
    }

    pub(crate) fn centre(&self) -> [f64; 2] {
        [f64::midpoint(self.low[0], self.high[0]), f64::midpoint(self.low[1], self.high[1])]
    }
}

fn is_in_britain([longitude, latitude]: &[f64; 2]) -> bool {
    (-9.0..3.0).contains(longitude) && (49.0..61.0).contains(latitude)
}

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(borrow)]
    features: Vec<Feature<'a>>,
}

#[derive(Deserialize)]
struct Feature<'a> {
    properties: Properties,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Properties {
    #[serde(rename = "LSOA11CD")]
    lsoa_2011_code: Option<String>,
    #[serde(rename = "LSOA11NM")]
    lsoa_2011_name: Option<String>,
    #[serde(rename = "LSOA21CD")]
    lsoa_2021_code: Option<String>,
    #[serde(rename = "LSOA21NM")]
    lsoa_2021_name: Option<String>,
    area_code: Option<String>,
    area_name: Option<String>,
}

impl Properties {
    fn small_area(&self) -> Option<(Option<&'static str>, String, String)> {
        let named = [
            (Some("lsoa-2021"), &self.lsoa_2021_code, &self.lsoa_2021_name),
            (Some("lsoa-2011"), &self.lsoa_2011_code, &self.lsoa_2011_name),
            (None, &self.area_code, &self.area_name),
        ];
        let (vintage, code, name) = named
            .into_iter()
            .find_map(|(vintage, code, name)| Some((vintage, code.as_ref()?, name.as_ref()?)))?;
        // `area_code` may as well be a ward or a middle layer area.
        let is_small = code.starts_with("E01") || code.starts_with("W01");
        is_small.then(|| (vintage, code.clone(), name.clone()))
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

/// A position may carry a height, which is dropped.
type Position = Vec<f64>;

impl Feature<'_> {
    fn rings(&self) -> Option<Vec<Vec<[f64; 2]>>> {
        let rings = match serde_json::from_str(self.geometry?.get()).ok()? {
            Geometry::Polygon(rings) => rings,
            Geometry::MultiPolygon(parts) => parts.into_iter().flatten().collect(),
        };
        let position = |p: Position| Some([*p.first()?, *p.get(1)?]);
        let ring = |ring: Vec<Position>| ring.into_iter().map(position).collect();
        rings.into_iter().map(ring).collect()
    }

    /// The outline's first position, found without reading the rest of it.
    fn first_position(&self) -> Option<[f64; 2]> {
        let (_, coordinates) = self.geometry?.get().split_once("\"coordinates\"")?;
        let mut numbers =
            coordinates.trim_start_matches([':', '[', ' ', '\n', '\r', '\t']).split([',', ']']);
        let mut number = || numbers.next()?.trim().parse().ok();
        Some([number()?, number()?])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_outside() {
        let ring = |low: f64, high: f64| {
            vec![[low, low], [high, low], [high, high], [low, high], [low, low]]
        };
        let area = Area {
            code: String::new(),
            name: String::new(),
            rings: vec![ring(0.0, 3.0), ring(1.0, 2.0)],
        };
        assert!(area.contains([0.5, 0.5]) && area.contains([2.5, 1.5]));
        assert!(!area.contains([1.5, 1.5]) && !area.contains([3.5, 1.0]));
    }

    #[test]
    fn the_first_position_is_found_in_either_kind_of_outline() {
        for geometry in [
            r#"{ "type": "Polygon", "coordinates": [ [ [ -2.5, 53.25 ], [ 1, 2 ] ] ] }"#,
            r#"{"coordinates":[[[[-2.5,53.25,0],[1,2,0]]]],"type":"MultiPolygon"}"#,
        ] {
            let text = format!(r#"{{"properties":{{}},"geometry":{geometry}}}"#);
            let feature: Feature = serde_json::from_str(&text).expect("it is JSON");
            assert_eq!(feature.first_position(), Some([-2.5, 53.25]));
            assert_eq!(feature.rings(), Some(vec![vec![[-2.5, 53.25], [1.0, 2.0]]]));
        }
    }
}
