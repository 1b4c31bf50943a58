//! Outlines in metres of the British National Grid, and their form in the lake: well-known binary.

use wardmote_domain::coordinates::{BritishNationalGrid, Wgs84};

use crate::read::Projection;

/// Polygons, each an outer ring and its holes, as eastings and northings in metres (EPSG:27700).
pub type Polygons = Vec<Vec<Vec<(f64, f64)>>>;

/// A GeoJSON polygon or multipolygon in WGS 84 as polygons in metres; `None` for other shapes and for
/// coordinates outside Great Britain.
pub(crate) fn from_geojson(
    geometry: &geojson::Geometry,
    projection: Projection,
) -> Option<Polygons> {
    let ring = |positions: &Vec<geojson::Position>| -> Option<Vec<(f64, f64)>> {
        positions.iter().map(|position| to_metres(position.as_slice(), projection)).collect()
    };
    let polygon =
        |rings: &Vec<Vec<geojson::Position>>| rings.iter().map(ring).collect::<Option<Vec<_>>>();
    match &geometry.value {
        geojson::GeometryValue::Polygon { coordinates } => Some(vec![polygon(coordinates)?]),
        geojson::GeometryValue::MultiPolygon { coordinates } => {
            coordinates.iter().map(polygon).collect()
        }
        _ => None,
    }
}

fn to_metres(position: &[f64], projection: Projection) -> Option<(f64, f64)> {
    let [longitude, latitude, ..] = *position else { return None };
    let point = projection.to_grid(Wgs84::new(longitude, latitude).ok()?).ok()?;
    Some((point.easting(), point.northing()))
}

const MULTI_POLYGON: u32 = 6;
const POLYGON: u32 = 3;

/// Writes polygons as little-endian well-known binary.
pub(crate) fn to_wkb(polygons: &Polygons) -> Vec<u8> {
    let mut out = Vec::new();
    let count = |out: &mut Vec<u8>, n: usize| out.extend((n as u32).to_le_bytes());
    out.push(1);
    out.extend(MULTI_POLYGON.to_le_bytes());
    count(&mut out, polygons.len());
    for polygon in polygons {
        out.push(1);
        out.extend(POLYGON.to_le_bytes());
        count(&mut out, polygon.len());
        for ring in polygon {
            count(&mut out, ring.len());
            for (easting, northing) in ring {
                out.extend(easting.to_le_bytes());
                out.extend(northing.to_le_bytes());
            }
        }
    }
    out
}

/// Reads what [`to_wkb`] wrote; `None` if the bytes are anything else.
pub(crate) fn from_wkb(bytes: &[u8]) -> Option<Polygons> {
    let mut cursor = Cursor { bytes };
    cursor.header(MULTI_POLYGON)?;
    let n_polygons = cursor.count()?;
    let mut polygons = Vec::new();
    for _ in 0..n_polygons {
        cursor.header(POLYGON)?;
        let n_rings = cursor.count()?;
        let mut rings = Vec::new();
        for _ in 0..n_rings {
            let n_points = cursor.count()?;
            let points = (0..n_points).map(|_| Some((cursor.number()?, cursor.number()?)));
            rings.push(points.collect::<Option<Vec<_>>>()?);
        }
        polygons.push(rings);
    }
    Some(polygons)
}

struct Cursor<'a> {
    bytes: &'a [u8],
}

impl Cursor<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = rest;
        Some(*head)
    }

    fn header(&mut self, shape: u32) -> Option<()> {
        let little_endian = self.take::<1>()? == [1];
        (little_endian && self.count()? == shape).then_some(())
    }

    fn count(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    fn number(&mut self) -> Option<f64> {
        self.take().map(f64::from_le_bytes)
    }
}

/// Whether a point lies inside polygons, holes left out; points on an edge may fall either way.
pub(crate) fn contains(polygons: &Polygons, point: BritishNationalGrid) -> bool {
    // A hole turns the crossing count even again, so one count over all rings is enough.
    let crossings = |ring: &Vec<(f64, f64)>| {
        ring.iter()
            .zip(ring.iter().cycle().skip(1))
            .filter(|(a, b)| crosses(**a, **b, point))
            .count()
    };
    polygons.iter().any(|rings| rings.iter().map(crossings).sum::<usize>() % 2 == 1)
}

fn crosses(a: (f64, f64), b: (f64, f64), point: BritishNationalGrid) -> bool {
    let (x, y) = (point.easting(), point.northing());
    (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square() -> Polygons {
        let ring =
            |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to), (from, from)];
        vec![vec![ring(400_000.0, 401_000.0), ring(400_400.0, 400_600.0)]]
    }

    #[test]
    fn a_hole_is_outside() {
        let at = |x: f64, y: f64| contains(&square(), BritishNationalGrid::new(x, y).unwrap());
        assert!(at(400_100.0, 400_100.0));
        assert!(!at(400_500.0, 400_500.0));
        assert!(!at(402_000.0, 400_100.0));
    }

    #[test]
    fn well_known_binary_round_trips() {
        assert_eq!(from_wkb(&to_wkb(&square())), Some(square()));
    }

    proptest! {
        #[test]
        fn other_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = from_wkb(&bytes);
        }
    }
}
