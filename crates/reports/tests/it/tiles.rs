//! Vector tiles, read back by a reader that shares nothing with the writer. In the browser's test
//! MapLibre and Mapbox's own library read them too.

use std::collections::BTreeMap;

use proptest::prelude::*;
use wardmote_reports::Ring;
use wardmote_reports::tiles::{LAST_ZOOM, LAYER, Outlines, Tiles};

/// Metres to degrees as if the earth were flat around Leeds: near enough to lay squares out.
fn to_degrees((easting, northing): (f64, f64)) -> (f64, f64) {
    (-1.55 + (easting - 430_000.0) / 66_000.0, 53.8 + (northing - 434_000.0) / 111_320.0)
}

fn square(west: f64, south: f64, side: f64) -> Ring {
    vec![(west, south), (west + side, south), (west + side, south + side), (west, south + side)]
}

fn tiles(areas: &[(String, Vec<Vec<Ring>>)]) -> Tiles {
    let areas = areas.iter().map(|(code, polygons)| (code.as_str(), polygons.as_slice()));
    Tiles::new(Outlines::new(areas), to_degrees)
}

/// A grid of squares of a kilometre; the middle one has a hole in it.
fn squares(side: usize) -> Vec<(String, Vec<Vec<Ring>>)> {
    let each = (0..side).flat_map(|x| (0..side).map(move |y| (x, y)));
    each.map(|(x, y)| {
        let (west, south) = (430_000.0 + 1_000.0 * x as f64, 434_000.0 + 1_000.0 * y as f64);
        let mut rings = vec![square(west, south, 1_000.0)];
        if x == side / 2 && y == side / 2 {
            rings.push(square(west + 300.0, south + 300.0, 400.0));
        }
        (format!("E{x:04}{y:04}"), vec![rings])
    })
    .collect()
}

/// Surface in squared units of a tile by area, holes taken off, as the specification has it read: rings
/// that run with the clock are outlines, the others holes of the outline before them.
fn surfaces(bytes: &[u8]) -> BTreeMap<String, f64> {
    let layers = fields(bytes);
    let [(3, Field::Bytes(layer))] = layers.as_slice() else { panic!("{layers:?}") };
    let layer = fields(layer);
    let bytes_of = |number: u64| {
        layer.iter().filter_map(move |(field, value)| match value {
            Field::Bytes(bytes) if *field == number => Some(*bytes),
            _ => None,
        })
    };
    assert!(layer.contains(&(15, Field::Number(2))) && layer.contains(&(5, Field::Number(4_096))));
    assert_eq!(bytes_of(1).next(), Some(LAYER.as_bytes()));
    let keys: Vec<&[u8]> = bytes_of(3).collect();
    let values: Vec<&[u8]> = bytes_of(4).collect();
    let mut found = BTreeMap::new();
    for feature in bytes_of(2) {
        let (mut code, mut surface) = (None, None);
        for (field, value) in fields(feature) {
            match (field, value) {
                (1, Field::Number(id)) => assert!(id > 0),
                (2, Field::Bytes(tags)) => {
                    let tags = numbers(tags);
                    assert_eq!(keys[tags[0] as usize], b"code");
                    let value = fields(values[tags[1] as usize]);
                    let [(1, Field::Bytes(text))] = value.as_slice() else { panic!("{value:?}") };
                    code = Some(String::from_utf8(text.to_vec()).unwrap());
                }
                (3, kind) => assert_eq!(kind, Field::Number(3)),
                (4, Field::Bytes(geometry)) => surface = Some(surface_of(&numbers(geometry))),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(found.insert(code.unwrap(), surface.unwrap()), None);
    }
    found
}

fn surface_of(commands: &[u64]) -> f64 {
    let (mut rest, mut at, mut surface) = (commands.iter().copied(), (0_i64, 0_i64), 0.0);
    let unzigzag = |n: u64| (n >> 1).cast_signed() ^ -((n & 1).cast_signed());
    let mut ring: Vec<(i64, i64)> = Vec::new();
    let mut n_rings = 0;
    while let Some(command) = rest.next() {
        let (id, count) = (command & 7, command >> 3);
        match id {
            1 | 2 => {
                assert!(if id == 1 { ring.is_empty() && count == 1 } else { count >= 2 });
                for _ in 0..count {
                    at.0 += unzigzag(rest.next().unwrap());
                    at.1 += unzigzag(rest.next().unwrap());
                    assert_ne!(ring.last(), Some(&at), "a step that goes nowhere");
                    ring.push(at);
                }
            }
            7 => {
                let after = ring.iter().cycle().skip(1);
                let doubled: i64 = ring.iter().zip(after).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
                assert!(
                    doubled != 0 && (n_rings > 0 || doubled > 0),
                    "the first ring is no outline"
                );
                surface += doubled as f64 / 2.0;
                n_rings += 1;
                ring.clear();
            }
            _ => panic!("command {id}"),
        }
    }
    assert!(ring.is_empty(), "a ring is left open");
    surface
}

#[derive(Debug, PartialEq)]
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// The fields of a message of protocol buffers.
fn fields(mut bytes: &[u8]) -> Vec<(u64, Field<'_>)> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let head = varint(&mut bytes);
        let n = varint(&mut bytes);
        let value = match head & 7 {
            0 => Field::Number(n),
            2 => {
                let (of_it, rest) = bytes.split_at(n as usize);
                bytes = rest;
                Field::Bytes(of_it)
            }
            other => panic!("wire type {other}"),
        };
        found.push((head >> 3, value));
    }
    found
}

fn numbers(mut bytes: &[u8]) -> Vec<u64> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        found.push(varint(&mut bytes));
    }
    found
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut n, mut shift) = (0, 0);
    loop {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        n |= u64::from(first & 0x7f) << shift;
        shift += 7;
        if first & 0x80 == 0 {
            return n;
        }
    }
}

/// Every tile of a zoom that touches the bounds.
fn of_zoom(tiles: &Tiles, zoom: u8) -> Vec<Vec<u8>> {
    let [west, south, east, north] = tiles.bounds().unwrap();
    let side = f64::from(1_u32 << zoom);
    let x = |longitude: f64| ((longitude + 180.0) / 360.0 * side) as u32;
    let y = |latitude: f64| {
        let share = latitude.to_radians().tan().asinh() / std::f64::consts::PI;
        ((1.0 - share) / 2.0 * side) as u32
    };
    let columns = x(west)..=x(east);
    columns
        .flat_map(|x_at| (y(north)..=y(south)).map(move |y_at| (x_at, y_at)))
        .filter_map(|(x_at, y_at)| tiles.tile(zoom, x_at, y_at))
        .filter(|bytes| !bytes.is_empty())
        .collect()
}

#[test]
fn areas_come_back_whole_with_their_holes() {
    let tiles = tiles(&squares(3));
    // One tile of a far zoom holds all nine: each as large as its neighbour, the holed one smaller.
    let far = of_zoom(&tiles, 8);
    let found = surfaces(&far[0]);
    assert_eq!((far.len(), found.len()), (1, 9));
    let (whole, holed) = (found["E00000000"], found["E00010001"]);
    assert!((holed / whole - 0.84).abs() < 0.05, "{holed} of {whole}");
    let near = of_zoom(&tiles, LAST_ZOOM);
    let codes = |bytes: &Vec<u8>| surfaces(bytes).into_keys().collect::<Vec<_>>();
    let mut all: Vec<String> = near.iter().flat_map(codes).collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 9);
}

#[test]
fn there_are_no_tiles_beyond_the_world_and_empty_ones_elsewhere() {
    let tiles = tiles(&squares(2));
    assert_eq!(tiles.tile(LAST_ZOOM + 1, 0, 0), None);
    assert_eq!(tiles.tile(3, 8, 0), None);
    assert_eq!(tiles.tile(0, 0, 1), None);
    assert_eq!(tiles.tile(12, 0, 0), Some(Vec::new()));
    // Leeds is there from zoom 6; from further away two kilometres are less than a unit.
    assert!(!tiles.tile(6, 31, 20).unwrap().is_empty());
    let nothing = Tiles::new(Outlines::new([]), to_degrees);
    assert_eq!((nothing.bounds(), nothing.tile(0, 0, 0)), (None, Some(Vec::new())));
}

/// A ring around a middle, at distances that are never so large or small that it crosses itself.
fn ring(distances: &[f64], (east, north): (f64, f64)) -> Ring {
    let turn = std::f64::consts::TAU / distances.len() as f64;
    let point = |(at, distance): (usize, &f64)| {
        let (sin, cos) = (at as f64 * turn).sin_cos();
        (east + distance * cos, north + distance * sin)
    };
    distances.iter().enumerate().map(point).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_outline_is_read_back_in_every_zoom(
        distances in proptest::collection::vec(400.0f64..4_000.0, 3..60),
        hole in proptest::collection::vec(50.0f64..150.0, 3..12),
        zoom in 0u8..=LAST_ZOOM,
    ) {
        let middle = (430_000.0, 434_000.0);
        let polygon = vec![ring(&distances, middle), ring(&hole, middle)];
        let tiles = tiles(&[("E01000001".to_owned(), vec![polygon])]);
        for bytes in of_zoom(&tiles, zoom) {
            // Whatever is written is read; an area that is there has a surface within its tile.
            let found = surfaces(&bytes);
            let surface = found["E01000001"];
            prop_assert!(surface > 0.0 && surface <= (4_096.0 + 160.0_f64).powi(2));
        }
    }

    #[test]
    fn surfaces_of_the_last_zoom_add_up_to_the_outline(
        distances in proptest::collection::vec(1_000.0f64..2_000.0, 3..40),
        east in 425_000.0f64..435_000.0,
    ) {
        let outline = ring(&distances, (east, 434_000.0));
        let tiles = tiles(&[("E01000001".to_owned(), vec![vec![outline.clone()]])]);
        let all: f64 = of_zoom(&tiles, 8).iter().map(|bytes| surfaces(bytes)["E01000001"]).sum();
        // Flat metres to the units of zoom 8, at 53.8 degrees north: 111,320 metres a degree.
        let units = 256.0 * 4_096.0 / 360.0;
        let stretch = 1.0 / 53.8_f64.to_radians().cos();
        let points = outline.iter().map(|&place| to_degrees(place)).collect::<Vec<_>>();
        let after = points.iter().cycle().skip(1);
        let flat = points.iter().zip(after).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0;
        let expected = flat * units * units * stretch;
        // At half a pixel (four units) of simplification along at most some 150 units of outline.
        prop_assert!((all - expected).abs() < 0.25 * expected + 60.0, "{all} for {expected}");
    }
}
