use proptest::prelude::*;
use wardmote_stats::spatial::CoordinateError;
use wardmote_stats::spatial::weights::{
    DEFAULT_TOLERANCE_METRES, SpatialWeights, Standardisation, WeightsError, distance_band,
    nearest_neighbours, queen_contiguity, rook_contiguity,
};

use super::{Page, Peer, grid_lists};

type Rings = Vec<Vec<(f64, f64)>>;

fn lists(weights: &SpatialWeights) -> Vec<Vec<usize>> {
    let list = |i| weights.neighbours(i).iter().map(|&j| j as usize).collect();
    (0..weights.n_areas()).map(list).collect()
}

fn patchwork() -> (Peer, Vec<Rings>) {
    let peer = Peer::read("weights");
    let ring = |ring: &serde_json::Value| -> Vec<(f64, f64)> {
        ring.as_array().unwrap().iter().map(super::row).map(|p| (p[0], p[1])).collect()
    };
    let area = |area: &serde_json::Value| area.as_array().unwrap().iter().map(ring).collect();
    let areas = peer.0["areas"].as_array().unwrap().iter().map(area).collect();
    (peer, areas)
}

#[test]
fn contiguity_agrees_with_libpysal() {
    // libpysal 4.14.1, Queen and Rook from a GeoDataFrame: parts, a hole that is filled, an island.
    let (peer, areas) = patchwork();
    let queen = queen_contiguity(&areas, DEFAULT_TOLERANCE_METRES).unwrap();
    let rook = rook_contiguity(&areas, DEFAULT_TOLERANCE_METRES).unwrap();
    assert_eq!(lists(&queen), peer.lists("queen"));
    assert_eq!(lists(&rook), peer.lists("rook"));
    assert_eq!(queen.islands(), [30]);
}

#[test]
fn distances_agree_with_libpysal() {
    // libpysal 4.14.1, KNN and DistanceBand.
    let peer = Peer::read("weights");
    let points = peer.points("points");
    assert_eq!(lists(&nearest_neighbours(&points, 5).unwrap()), peer.lists("nearest_5"));
    assert_eq!(lists(&distance_band(&points, 700.0).unwrap()), peer.lists("within_700"));
}

#[test]
fn what_boundary_files_do_makes_no_difference() {
    let (_, areas) = patchwork();
    let plain = queen_contiguity(&areas, DEFAULT_TOLERANCE_METRES).unwrap();
    let rook = rook_contiguity(&areas, DEFAULT_TOLERANCE_METRES).unwrap();
    let mangled: Vec<Rings> = areas
        .iter()
        .enumerate()
        .map(|(i, rings)| {
            rings
                .iter()
                .map(|ring| {
                    // Rounded otherwise, closed, turned round, started elsewhere, with a doubled point.
                    let shift = 0.03 * (i % 3) as f64;
                    let mut ring: Vec<(f64, f64)> =
                        ring.iter().map(|(x, y)| (x + shift, y - shift)).collect();
                    if i % 2 == 0 {
                        ring.reverse();
                    }
                    let n = ring.len();
                    ring.rotate_left(i % n);
                    ring.push(ring[0]);
                    ring.insert(1, ring[1]);
                    ring
                })
                .collect()
        })
        .collect();
    let tolerance = DEFAULT_TOLERANCE_METRES;
    assert_eq!(lists(&queen_contiguity(&mangled, tolerance).unwrap()), lists(&plain));
    assert_eq!(lists(&rook_contiguity(&mangled, tolerance).unwrap()), lists(&rook));
}

#[test]
fn a_corner_on_a_straight_edge_is_contact() {
    // Two squares side by side above one wide one, whose upper edge has no corner between them.
    let square = |x: f64, y: f64, wide: f64| {
        vec![vec![(x, y), (x + wide, y), (x + wide, y + 100.0), (x, y + 100.0)]]
    };
    let (x, y) = (400_000.0, 300_000.0);
    let areas =
        [square(x, y, 200.0), square(x, y + 100.0, 100.0), square(x + 100.0, y + 100.0, 100.0)];
    for found in [queen_contiguity(&areas, 0.0), rook_contiguity(&areas, 0.0)] {
        assert_eq!(lists(&found.unwrap()), [vec![1, 2], vec![0, 2], vec![0, 1]]);
    }
    // Corner to corner is queen's, not rook's.
    let diagonal = [square(x, y, 100.0), square(x + 100.0, y + 100.0, 100.0)];
    assert_eq!(lists(&queen_contiguity(&diagonal, 0.1).unwrap()), [[1], [0]]);
    assert_eq!(rook_contiguity(&diagonal, 0.1).unwrap().islands(), [0, 1]);
}

#[test]
fn an_edge_as_long_as_the_map_is_found_from_end_to_end() {
    // A coast of 30 km along a hundred small areas.
    let square = |i: usize| {
        let x = 400_000.0 + 300.0 * i as f64;
        vec![vec![(x, 300_000.0), (x + 300.0, 300_000.0), (x + 300.0, 300_300.0), (x, 300_300.0)]]
    };
    let mut areas: Vec<Rings> = (0..100).map(square).collect();
    let (west, east) = (400_000.0, 430_000.0);
    areas.push(vec![vec![
        (west, 300_000.0),
        (east, 300_000.0),
        (east, 290_000.0),
        (west, 290_000.0),
    ]]);
    let found = rook_contiguity(&areas, 0.1).unwrap();
    assert_eq!(found.neighbours(100), (0..100).collect::<Vec<u32>>());
    assert_eq!(found.neighbours(50), [49, 51, 100]);
}

#[test]
fn equal_distances_go_to_the_earlier_area() {
    let cross = [(0.0, 0.0), (100.0, 0.0), (-100.0, 0.0), (0.0, 100.0), (0.0, -100.0)];
    let points = cross.map(|(x, y)| (400_000.0 + x, 300_000.0 + y));
    assert_eq!(nearest_neighbours(&points, 2).unwrap().neighbours(0), [1, 2]);
}

#[test]
fn what_makes_no_weights_is_refused() {
    let degrees = [(-2.1, 53.4), (-2.2, 53.5), (-2.3, 53.3)];
    assert_eq!(
        distance_band(&degrees, 500.0).unwrap_err(),
        WeightsError::Coordinates(CoordinateError::Degrees)
    );
    assert_eq!(
        queen_contiguity(&[vec![degrees.to_vec()]], 0.1).unwrap_err().to_string(),
        "all coordinates lie within 180 by 90, so they seem to be degrees; project them to metres \
         first (EPSG:27700 for Great Britain)"
    );
    let metres = [(400_000.0, 300_000.0), (400_100.0, 300_000.0)];
    assert_eq!(
        nearest_neighbours(&metres, 2),
        Err(WeightsError::NeighboursAsked { k: 2, n_areas: 2 })
    );
    assert_eq!(
        queen_contiguity(&[vec![metres.to_vec()]], 0.1),
        Err(WeightsError::Ring { area_index: 0, ring_index: 0, n_points: 2 })
    );
    for bad in [vec![vec![1], vec![1]], vec![vec![2], vec![0]], vec![vec![1, 1], vec![]]] {
        assert!(matches!(
            SpatialWeights::from_lists(&bad),
            Err(WeightsError::NeighbourListed { .. })
        ));
    }
    assert!(matches!(
        distance_band(&[(f64::NAN, 1.0), metres[0]], 1.0),
        Err(WeightsError::Coordinates(CoordinateError::NotAPlace { index: 0, .. }))
    ));
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let (_, areas) = patchwork();
    let page = Page::read("weights");
    for (name, found) in [
        ("queen", queen_contiguity(&areas, DEFAULT_TOLERANCE_METRES).unwrap()),
        ("rook", rook_contiguity(&areas, DEFAULT_TOLERANCE_METRES).unwrap()),
    ] {
        page.says(&format!(
            "| {name} | {} | {:.2} | {:?} |",
            found.n_areas(),
            found.mean_neighbours(),
            found.neighbours(8)
        ));
    }
}

#[test]
fn a_map_of_cells() {
    let weights = SpatialWeights::from_lists(&grid_lists(3, 3)).unwrap().with(Standardisation::Row);
    insta::assert_debug_snapshot!((weights.neighbours(0), weights.weight(0), weights.weight(4)), @r"
(
    [
        1,
        3,
        4,
    ],
    0.3333333333333333,
    0.125,
)
");
}

proptest! {
    #[test]
    fn bands_are_mutual_and_grow_with_distance(
        points in prop::collection::vec((0.0f64..3_000.0, 0.0f64..3_000.0), 2..40),
        metres in 0.0f64..2_000.0,
    ) {
        let points: Vec<_> = points.iter().map(|(x, y)| (400_000.0 + x, 300_000.0 + y)).collect();
        let near = distance_band(&points, metres).unwrap();
        let far = distance_band(&points, metres * 1.5).unwrap();
        for i in 0..points.len() {
            for &j in near.neighbours(i) {
                prop_assert!(near.neighbours(j as usize).contains(&(i as u32)));
                prop_assert!(far.neighbours(i).contains(&j));
            }
        }
    }

    #[test]
    fn rook_neighbours_are_queen_neighbours(
        corners in prop::collection::vec((-180.0f64..180.0, -180.0f64..180.0), 25),
    ) {
        let corner = |x: usize, y: usize| {
            let (dx, dy) = corners[y * 5 + x];
            (400_000.0 + 500.0 * x as f64 + dx, 300_000.0 + 500.0 * y as f64 + dy)
        };
        let areas: Vec<Rings> = (0..16)
            .map(|i| (i % 4, i / 4))
            .map(|(x, y)| vec![vec![corner(x, y), corner(x + 1, y), corner(x + 1, y + 1), corner(x, y + 1)]])
            .collect();
        let (queen, rook) = (queen_contiguity(&areas, 0.1).unwrap(), rook_contiguity(&areas, 0.1).unwrap());
        let expected = grid_lists(4, 4);
        for (i, expected) in expected.iter().enumerate() {
            let found: Vec<usize> = queen.neighbours(i).iter().map(|&j| j as usize).collect();
            prop_assert_eq!(&found, expected);
            prop_assert!(rook.neighbours(i).iter().all(|j| queen.neighbours(i).contains(j)));
        }
    }
}
