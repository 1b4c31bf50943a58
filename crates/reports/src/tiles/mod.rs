//! Vector tiles of areas, made from outlines in metres of the British National Grid.
//!
//! The tiles are those of web maps: squares of Web Mercator (EPSG:3857), one to four at each further
//! zoom, each a Mapbox Vector Tile with the layer [`LAYER`], whose features carry the area's `code` and
//! nothing else: values come by another way, so that a tile is the same for every measure.

mod clip;
mod encode;
mod outlines;

use std::sync::OnceLock;

pub use self::outlines::{Drawn, Outlines};

use self::clip::{Point, clip, doubled_area};
use self::encode::Feature;

/// The layer that holds the areas.
pub const LAYER: &str = "areas";
/// The closest zoom that tiles are made for; a map that goes closer enlarges these.
pub const LAST_ZOOM: u8 = 12;

/// Units of a tile's side.
const EXTENT: u32 = 4_096;
/// How far beyond its side a tile reaches, so that the lines along a cut lie outside what is shown.
const BUFFER: i64 = 80;
/// Pixels of a tile's side as maps show it.
const PIXELS: f64 = 512.0;
/// The equator in metres of Web Mercator.
const EQUATOR_METRES: f64 = 40_075_016.685_578_49;
/// Metres of ground to one of Web Mercator's, in the middle of England and Wales.
const GROUND_METRES: f64 = 0.6;

/// Tiles of the areas of one level.
#[derive(Debug)]
pub struct Tiles {
    outlines: Outlines,
    to_degrees: fn((f64, f64)) -> (f64, f64),
    by_zoom: [OnceLock<Vec<Shape>>; LAST_ZOOM as usize + 1],
}

/// A place in the square of the world, whose side is 2^32.
type World = [u32; 2];

#[derive(Debug)]
struct Shape {
    id: u64,
    code: String,
    polygons: Vec<Vec<Vec<World>>>,
    low: World,
    high: World,
}

impl Tiles {
    /// Tiles of outlines; `to_degrees` makes longitude and latitude (WGS 84) of easting and northing.
    pub fn new(outlines: Outlines, to_degrees: fn((f64, f64)) -> (f64, f64)) -> Self {
        Self { outlines, to_degrees, by_zoom: [const { OnceLock::new() }; LAST_ZOOM as usize + 1] }
    }

    /// West, south, east and north of all areas, in degrees; `None` where there are none.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let shapes = self.shapes(LAST_ZOOM)?;
        let low = |axis: usize| shapes.iter().map(|shape| shape.low[axis]).min();
        let high = |axis: usize| shapes.iter().map(|shape| shape.high[axis]).max();
        let (west, south) = degrees([low(0)?, high(1)?]);
        let (east, north) = degrees([high(0)?, low(1)?]);
        Some([west, south, east, north])
    }

    /// A tile; empty where no area is, and `None` where there can be no tile.
    pub fn tile(&self, zoom: u8, x: u32, y: u32) -> Option<Vec<u8>> {
        let shapes = self.shapes(zoom)?;
        if [x, y].iter().any(|&at| u64::from(at) >= 1 << zoom) {
            return None;
        }
        let corner = [x, y].map(|at| i64::from(at) << (32 - u32::from(zoom)));
        let per_unit = (1_i64 << (32 - u32::from(zoom))) / i64::from(EXTENT);
        let side = i64::from(EXTENT);
        let reaches = |shape: &&Shape| {
            (0..2).all(|axis| {
                let at = |world: World| (i64::from(world[axis]) - corner[axis]) / per_unit;
                at(shape.high) >= -BUFFER && at(shape.low) <= side + BUFFER
            })
        };
        let features: Vec<Feature<'_>> = shapes
            .iter()
            .filter(reaches)
            .filter_map(|shape| {
                let within = |polygon: &Vec<Vec<World>>| polygon_within(polygon, corner, per_unit);
                let polygons: Vec<_> = shape.polygons.iter().filter_map(within).collect();
                let some = !polygons.is_empty();
                some.then(|| Feature { id: shape.id, code: &shape.code, polygons })
            })
            .collect();
        Some(if features.is_empty() { Vec::new() } else { encode::tile(LAYER, &features) })
    }

    /// The areas as they are drawn at a zoom.
    fn shapes(&self, zoom: u8) -> Option<&[Shape]> {
        let held = self.by_zoom.get(usize::from(zoom))?;
        let shapes = held.get_or_init(|| {
            // Half a pixel; at the last zoom, which is enlarged, nothing is left out.
            let pixel = EQUATOR_METRES / f64::from(1_u32 << zoom) / PIXELS * GROUND_METRES;
            let metres = if zoom == LAST_ZOOM { 0.0 } else { pixel / 2.0 };
            let drawn = self.outlines.simplified(metres).into_iter().enumerate();
            drawn.filter_map(|(index, drawn)| self.shape(index, drawn)).collect()
        });
        Some(shapes)
    }

    fn shape(&self, index: usize, (code, polygons): Drawn) -> Option<Shape> {
        let world = |&place: &(f64, f64)| world((self.to_degrees)(place));
        let polygons: Vec<Vec<Vec<World>>> = polygons
            .iter()
            .map(|rings| rings.iter().map(|ring| ring.iter().map(world).collect()).collect())
            .collect();
        let points = || polygons.iter().flatten().flatten();
        let side = |axis: usize| points().map(move |point: &World| point[axis]);
        let low = [side(0).min()?, side(1).min()?];
        let high = [side(0).max()?, side(1).max()?];
        Some(Shape { id: index as u64 + 1, code, polygons, low, high })
    }
}

/// A polygon in the units of a tile, cut to it; `None` where nothing of it is left.
fn polygon_within(
    polygon: &[Vec<World>],
    corner: [i64; 2],
    per_unit: i64,
) -> Option<Vec<Vec<Point>>> {
    let mut rings = Vec::new();
    for (index, ring) in polygon.iter().enumerate() {
        let unit = |axis: usize, point: &World| {
            (i64::from(point[axis]) - corner[axis] + per_unit / 2).div_euclid(per_unit)
        };
        let points: Vec<Point> =
            ring.iter().map(|point| (unit(0, point), unit(1, point))).collect();
        let mut kept = clip(&points, -BUFFER, i64::from(EXTENT) + BUFFER);
        let area = doubled_area(&kept);
        if area == 0 {
            if index == 0 {
                return None;
            }
            continue;
        }
        if (area > 0) != (index == 0) {
            kept.reverse();
        }
        rings.push(kept);
    }
    Some(rings)
}

const SIDE: f64 = 4_294_967_296.0;

/// Degrees to Web Mercator, north up, the world's square from 0 to 2^32.
fn world((longitude, latitude): (f64, f64)) -> World {
    use std::f64::consts::PI;
    let x = (longitude + 180.0) / 360.0;
    let y = (1.0 - latitude.to_radians().tan().asinh() / PI) / 2.0;
    // INVARIANT: `as` ends at the largest and least u32, so no coordinate wraps.
    [x, y].map(|share| (share * SIDE).round() as u32)
}

fn degrees([x, y]: World) -> (f64, f64) {
    use std::f64::consts::PI;
    let longitude = f64::from(x) / SIDE * 360.0 - 180.0;
    let latitude = (PI * (1.0 - 2.0 * f64::from(y) / SIDE)).sinh().atan().to_degrees();
    (longitude, latitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_go_to_the_known_tile_and_back() {
        // Leeds, as every web map numbers its tiles: 12/2030/1318 (floor of the formula above).
        let [x, y] = world((-1.5491, 53.8008));
        assert_eq!((x >> 20, y >> 20), (2_030, 1_318));
        let (longitude, latitude) = degrees([x, y]);
        assert!((longitude + 1.5491).abs() < 1e-6 && (latitude - 53.8008).abs() < 1e-6);
    }
}
