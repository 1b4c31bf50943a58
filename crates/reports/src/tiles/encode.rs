//! One layer of polygons as a vector tile.
//!
//! # Source
//!
//! Mapbox Vector Tile specification 2.1, of which this is the part that areas need: polygons with one
//! property of text, the area's code.

use super::EXTENT;
use super::clip::Point;

/// An area in a tile: polygons, each an outer ring that runs with the clock as it is seen and holes
/// that run against it.
pub(super) struct Feature<'a> {
    pub(super) id: u64,
    pub(super) code: &'a str,
    pub(super) polygons: Vec<Vec<Vec<Point>>>,
}

/// The property that names the area.
pub(super) const CODE: &str = "code";

/// A tile with one layer.
pub(super) fn tile(layer_name: &str, features: &[Feature<'_>]) -> Vec<u8> {
    let mut layer = Message::default();
    layer.bytes(1, layer_name.as_bytes());
    for (index, feature) in features.iter().enumerate() {
        layer.bytes(2, &encoded(feature, index));
    }
    layer.bytes(3, CODE.as_bytes());
    for feature in features {
        let mut value = Message::default();
        value.bytes(1, feature.code.as_bytes());
        layer.bytes(4, &value.0);
    }
    layer.number(5, u64::from(EXTENT));
    layer.number(15, 2);
    let mut tile = Message::default();
    tile.bytes(3, &layer.0);
    tile.0
}

fn encoded(feature: &Feature<'_>, value_index: usize) -> Vec<u8> {
    const POLYGON: u64 = 3;
    let mut message = Message::default();
    message.number(1, feature.id);
    // Key 0 has the value of this feature.
    message.packed(2, &[0, value_index as u64]);
    message.number(3, POLYGON);
    message.packed(4, &geometry(&feature.polygons));
    message.0
}

fn geometry(polygons: &[Vec<Vec<Point>>]) -> Vec<u64> {
    const MOVE: u64 = 1;
    const LINE: u64 = 2;
    const CLOSE: u64 = 7;
    let command = |id: u64, count: usize| id | (count as u64) << 3;
    let mut out = Vec::new();
    let mut at: Point = (0, 0);
    let mut step = |out: &mut Vec<u64>, to: Point| {
        out.extend([zigzag(to.0 - at.0), zigzag(to.1 - at.1)]);
        at = to;
    };
    for ring in polygons.iter().flatten() {
        let Some((first, rest)) = ring.split_first() else { continue };
        out.push(command(MOVE, 1));
        step(&mut out, *first);
        out.push(command(LINE, rest.len()));
        for point in rest {
            step(&mut out, *point);
        }
        // The pen stays where the last line ended.
        out.push(command(CLOSE, 1));
    }
    out
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)).cast_unsigned()
}

/// A message of protocol buffers, as it grows.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push((n as u8 & 0x7f) | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    fn number(&mut self, field: u64, n: u64) {
        self.varint(field << 3);
        self.varint(n);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn packed(&mut self, field: u64, numbers: &[u64]) {
        let mut inner = Self::default();
        for &n in numbers {
            inner.varint(n);
        }
        self.bytes(field, &inner.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specification_s_own_example() {
        // Section 4.3.5.4 of the specification: a polygon of (3,6), (8,12), (20,34).
        let numbers = geometry(&[vec![vec![(3, 6), (8, 12), (20, 34)]]]);
        assert_eq!(numbers, [9, 6, 12, 18, 10, 12, 24, 44, 15]);
        assert_eq!([0, -1, 1, -2].map(zigzag), [0, 1, 2, 3]);
    }
}
