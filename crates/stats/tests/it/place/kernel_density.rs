use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::CoordinateError;
use wardmote_stats::spatial::kernel_density::{
    Bandwidth, Counted, DensityError, Dual, Edge, Grid, dual_density, kernel_density,
    kernel_density_binned,
};

use super::{Chance, Page, Peer};

fn peer() -> (Peer, Vec<(f64, f64)>, Grid, Bandwidth) {
    let peer = Peer::read("kernel_density");
    let grid = grid(&peer, "grid");
    let (points, bandwidth) = (peer.points("points"), peer.number("bandwidth"));
    (peer, points, grid, Bandwidth::Metres(bandwidth))
}

fn grid(peer: &Peer, name: &str) -> Grid {
    let of = peer.part(name);
    Grid {
        west: of.number("west"),
        south: of.number("south"),
        cell_size_metres: of.number("cell"),
        columns: of.number("columns") as usize,
        rows: of.number("rows") as usize,
    }
}

#[test]
fn density_agrees_with_kdepy_and_with_brute_force() {
    // KDEpy 1.1.12, NaiveKDE(kernel="biweight", norm=2), and numpy's sum over all points.
    let (peer, points, grid, bandwidth) = peer();
    let found = kernel_density(&points, grid, bandwidth, Edge::Lost).unwrap();
    let others = peer.numbers("by_hand").into_iter().zip(peer.numbers("kdepy"));
    for (found, (by_hand, kdepy)) in found.per_square_km.iter().zip(others) {
        assert_relative_eq!(*found, by_hand, max_relative = 1e-6, epsilon = 1e-9);
        // KDEpy scales distances by a rounded standard deviation, which shows where a kernel ends.
        assert_relative_eq!(*found, kdepy, max_relative = 1e-6, epsilon = 1e-6);
    }
}

#[test]
fn binned_density_agrees_with_kdepys_fft() {
    // KDEpy 1.1.12, FFTKDE(kernel="biweight", norm=2), which bins linearly too.
    let (peer, points, _, bandwidth) = peer();
    let grid = grid(&peer, "wide");
    let found = kernel_density_binned(&points, grid, bandwidth, Edge::Lost).unwrap();
    assert_eq!(found.counted, Counted::Binned);
    for (found, fft) in found.per_square_km.iter().zip(peer.numbers("kdepy_fft")) {
        // What is 0 is 1e-14 after a Fourier transform, and its kernel ends as above.
        assert_relative_eq!(*found, fft, max_relative = 1e-6, epsilon = 1e-6);
    }
    // Against the exact surface: cells of 100 m under a bandwidth of 437 m.
    let exact = kernel_density(&points, grid, bandwidth, Edge::Lost).unwrap();
    let peak = exact.per_square_km.iter().copied().fold(0.0, f64::max);
    let off = |(a, b): (&f64, &f64)| (a - b).abs() / peak;
    let worst = found.per_square_km.iter().zip(&exact.per_square_km).map(off).fold(0.0, f64::max);
    assert!(worst < 0.03, "{worst}");
}

#[test]
fn binning_costs_a_quarter_with_half_the_cell() {
    let (_, points, _, bandwidth) = peer();
    let worst = |cell_size_metres: f64| {
        let grid = Grid::covering(&points, cell_size_metres, 500.0).unwrap();
        let of = |density: fn(_, _, _, _) -> Result<_, _>| {
            let found: wardmote_stats::spatial::kernel_density::Density =
                density(&points[..], grid, bandwidth, Edge::Lost).unwrap();
            found.per_square_km
        };
        let (exact, binned) = (of(kernel_density), of(kernel_density_binned));
        exact.iter().zip(binned).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    };
    let (coarse, fine) = (worst(100.0), worst(50.0));
    assert!(fine < 0.35 * coarse, "{coarse} and {fine}");
}

#[test]
fn the_rule_for_the_bandwidth_agrees_with_numpy() {
    let (peer, points, grid, _) = peer();
    let found = kernel_density(&points, grid, Bandwidth::NormalReference, Edge::Lost).unwrap();
    assert_relative_eq!(
        found.bandwidth_metres,
        peer.number("normal_reference"),
        max_relative = 1e-6
    );
    insta::assert_debug_snapshot!(found.warnings, @r"
[
    BandwidthByRule,
]
");
}

#[test]
fn what_is_lost_at_the_edge_is_given_back() {
    let (peer, points, grid, bandwidth) = peer();
    let study: Vec<bool> =
        peer.0["study"].as_array().unwrap().iter().map(|cell| cell.as_bool().unwrap()).collect();
    let found = kernel_density(&points, grid, bandwidth, Edge::GivenBack(&study)).unwrap();
    let square_km = grid.cell_size_metres.powi(2) / 1e6;
    let mass = found.per_square_km.iter().sum::<f64>() * square_km;
    assert_eq!(found.n_points, peer.number("n_inside") as usize);
    // Sums over cells stand for an integral, which they meet to a thousandth at this bandwidth.
    assert_relative_eq!(mass, found.n_points as f64, max_relative = 2e-3);
    let outside = found.per_square_km.iter().zip(&study).filter(|(_, inside)| !**inside);
    assert!(outside.into_iter().all(|(density, _)| *density == 0.0));
    let lost = kernel_density(&points, grid, bandwidth, Edge::Lost).unwrap();
    let mass = lost.per_square_km.iter().sum::<f64>() * square_km;
    assert!(mass < 0.99 * points.len() as f64, "{mass}");
}

#[test]
fn giving_back_mends_most_of_the_loss_at_the_edge() {
    // 4,000 points over a square kilometre: 4,000 per square kilometre is the truth everywhere. Mass
    // given back stays near its point, so some of the dip at the very edge remains.
    let mut chance = Chance::new(5);
    let points: Vec<_> = (0..4_000).map(|_| chance.point(1_000.0)).collect();
    let grid =
        Grid { west: 400_000.0, south: 300_000.0, cell_size_metres: 50.0, columns: 20, rows: 20 };
    let mean_along_edge = |edge: Edge<'_>| {
        let found = kernel_density(&points, grid, Bandwidth::Metres(250.0), edge).unwrap();
        found.per_square_km[..20].iter().sum::<f64>() / 20.0
    };
    let all = vec![true; 400];
    let (lost, given) = (mean_along_edge(Edge::Lost), mean_along_edge(Edge::GivenBack(&all)));
    assert!((1_900.0..2_600.0).contains(&lost), "{lost}");
    assert!((3_000.0..3_500.0).contains(&given), "{given}");
}

#[test]
fn two_surfaces_compare_cell_by_cell() {
    let (_, points, grid, bandwidth) = peer();
    let first = kernel_density(&points, grid, bandwidth, Edge::Lost).unwrap();
    let second = kernel_density(&points[..40], grid, bandwidth, Edge::Lost).unwrap();
    let ratio = Dual::Ratio { smallest_per_square_km: 1.0 };
    let found = dual_density(&first, &second, ratio).unwrap();
    let difference = dual_density(&first, &second, Dual::Difference).unwrap();
    for cell in 0..grid.n_cells() {
        let (a, b) = (first.per_square_km[cell], second.per_square_km[cell]);
        assert_eq!(found.values[cell], (b >= 1.0).then(|| a / b));
        assert_eq!(difference.values[cell], Some(a - b));
    }
    let coarse = kernel_density(&points, grid, Bandwidth::Metres(500.0), Edge::Lost).unwrap();
    assert_eq!(dual_density(&first, &coarse, ratio), Err(DensityError::DifferentSurfaces));
    assert!(dual_density(&first, &second, Dual::Ratio { smallest_per_square_km: 0.0 }).is_err());
}

#[test]
fn cells_within_rings_leave_holes_out() {
    let grid =
        Grid { west: 400_000.0, south: 300_000.0, cell_size_metres: 100.0, columns: 4, rows: 4 };
    let square = |low: f64, high: f64| {
        [(low, low), (high, low), (high, high), (low, high)]
            .map(|(x, y)| (400_000.0 + x, 300_000.0 + y))
    };
    let within = grid.cells_within(&[square(0.0, 310.0), square(90.0, 210.0)]);
    let inside: Vec<usize> = (0..16).filter(|&cell| within[cell]).collect();
    // Three by three cells, of which the hole takes the middle one.
    assert_eq!(inside, [0, 1, 2, 4, 6, 8, 9, 10]);
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let (_, points, grid, bandwidth) = peer();
    let page = Page::read("kernel_density");
    let found = kernel_density(&points, grid, bandwidth, Edge::Lost).unwrap();
    let (peak, density) =
        found.per_square_km.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap();
    let (east, north) = grid.centre(peak);
    page.says(&format!(
        "{} events, bandwidth {} m, cells of {} m: at most {density:.1} events per square kilometre, \
         at {east}, {north}.",
        found.n_points, found.bandwidth_metres, grid.cell_size_metres
    ));
    let rule = kernel_density(&points, grid, Bandwidth::NormalReference, Edge::Lost).unwrap();
    page.says(&format!("The rule would give {:.0} m.", rule.bandwidth_metres));
}

#[test]
fn what_makes_no_surface_is_refused() {
    let (_, points, grid, bandwidth) = peer();
    let degrees = [(-2.1, 53.4), (-2.2, 53.5)];
    assert_eq!(
        kernel_density(&degrees, grid, bandwidth, Edge::Lost).unwrap_err(),
        DensityError::Coordinates(CoordinateError::Degrees)
    );
    let check = |points: &[(f64, f64)], grid, bandwidth, edge: Edge<'_>| {
        kernel_density(points, grid, bandwidth, edge).unwrap_err()
    };
    assert_eq!(check(&[], grid, bandwidth, Edge::Lost), DensityError::NoPoints);
    let none = Bandwidth::Metres(0.0);
    assert_eq!(check(&points, grid, none, Edge::Lost), DensityError::Length { metres: 0.0 });
    let flat = Grid { rows: 0, ..grid };
    assert!(matches!(check(&points, flat, bandwidth, Edge::Lost), DensityError::Cells { .. }));
    assert_eq!(
        check(&points, grid, bandwidth, Edge::GivenBack(&[true])),
        DensityError::StudyArea { found: 1, expected: 320 }
    );
    let one_place = [points[0]; 5];
    assert_eq!(
        check(&one_place, grid, Bandwidth::NormalReference, Edge::Lost),
        DensityError::NoSpread { n_points: 5 }
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn all_mass_is_on_a_grid_that_is_wide_enough(
        points in prop::collection::vec((0.0f64..3_000.0, 0.0f64..2_000.0), 1..60),
        bandwidth in 400.0f64..900.0,
    ) {
        let points: Vec<_> = points.iter().map(|(x, y)| (400_000.0 + x, 300_000.0 + y)).collect();
        let grid = Grid::covering(&points, 100.0, bandwidth).unwrap();
        let found = kernel_density(&points, grid, Bandwidth::Metres(bandwidth), Edge::Lost).unwrap();
        let mass = found.per_square_km.iter().sum::<f64>() * 0.01;
        prop_assert!((mass / points.len() as f64 - 1.0).abs() < 3e-3, "{}", mass);
        prop_assert_eq!(grid.counts(&points).iter().sum::<u64>(), points.len() as u64);
        // In another order the sums differ by rounding only.
        let mut turned = points.clone();
        turned.reverse();
        let other = kernel_density(&turned, grid, Bandwidth::Metres(bandwidth), Edge::Lost).unwrap();
        for (a, b) in found.per_square_km.iter().zip(&other.per_square_km) {
            prop_assert!((a - b).abs() <= 1e-9 * a.max(1.0));
        }
    }
}
