//! Rings cut to a box.

/// A point in units of a tile.
pub(super) type Point = (i64, i64);

/// The part of a ring that lies between `low` and `high` on both axes; empty where none does.
///
/// # Source
///
/// Sutherland and Hodgman (1974), *Communications of the ACM* 17. A ring that leaves the box and comes
/// back is joined along the box's edge, which lies outside what is shown.
pub(super) fn clip(ring: &[Point], low: i64, high: i64) -> Vec<Point> {
    let mut kept = ring.to_vec();
    let sides = [true, false].into_iter().flat_map(|on_x| {
        let side = |limit, is_low| Side { on_x, limit, is_low };
        [side(low, true), side(high, false)]
    });
    for side in sides {
        if kept.iter().all(|&point| side.holds(point)) {
            continue;
        }
        let mut cut = Vec::with_capacity(kept.len());
        for (at, &point) in kept.iter().enumerate() {
            let before = kept[(at + kept.len() - 1) % kept.len()];
            if side.holds(before) != side.holds(point) {
                cut.push(side.crossing(before, point));
            }
            if side.holds(point) {
                cut.push(point);
            }
        }
        kept = cut;
    }
    kept.dedup();
    while kept.len() > 1 && kept.first() == kept.last() {
        kept.pop();
    }
    if kept.len() < 3 { Vec::new() } else { kept }
}

/// One side of a box.
struct Side {
    on_x: bool,
    limit: i64,
    is_low: bool,
}

impl Side {
    fn holds(&self, point: Point) -> bool {
        let at = if self.on_x { point.0 } else { point.1 };
        if self.is_low { at >= self.limit } else { at <= self.limit }
    }

    /// Where a stretch crosses it, to the nearest unit.
    fn crossing(&self, a: Point, b: Point) -> Point {
        let between =
            |from: i64, to: i64, share: f64| from + ((to - from) as f64 * share).round() as i64;
        if self.on_x {
            let share = (self.limit - a.0) as f64 / (b.0 - a.0) as f64;
            (self.limit, between(a.1, b.1, share))
        } else {
            let share = (self.limit - a.1) as f64 / (b.1 - a.1) as f64;
            (between(a.0, b.0, share), self.limit)
        }
    }
}

/// Twice the area of a ring in a tile, where y grows downwards: positive with the clock as it is seen.
pub(super) fn doubled_area(ring: &[Point]) -> i64 {
    let after = ring.iter().cycle().skip(1);
    ring.iter().zip(after).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_square_over_a_corner_is_cut_to_it() {
        let square = [(-50, -50), (50, -50), (50, 50), (-50, 50)];
        let cut = clip(&square, 0, 100);
        assert_eq!(doubled_area(&cut), 2 * 50 * 50);
        assert!(clip(&[(200, 200), (300, 200), (300, 300)], 0, 100).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_left_outside_and_what_was_inside_stays(
            ring in proptest::collection::vec((-500i64..600, -500i64..600), 3..40),
        ) {
            let cut = clip(&ring, 0, 100);
            prop_assert!(cut.iter().all(|p| (0..=100).contains(&p.0) && (0..=100).contains(&p.1)));
            let all_inside: Vec<Point> =
                ring.iter().map(|p| (p.0.rem_euclid(100), p.1.rem_euclid(100))).collect();
            let mut same = all_inside.clone();
            same.dedup();
            while same.len() > 1 && same.first() == same.last() {
                same.pop();
            }
            if same.len() >= 3 {
                prop_assert_eq!(clip(&all_inside, 0, 100), same);
            }
        }

        #[test]
        fn the_parts_of_a_triangle_in_four_boxes_are_the_triangle(
            corners in proptest::array::uniform3((0i64..200, 0i64..200)),
        ) {
            let moved = |by: (i64, i64)| corners.map(|p| (p.0 - by.0, p.1 - by.1));
            let parts: i64 = [(0, 0), (100, 0), (0, 100), (100, 100)]
                .map(|by| doubled_area(&clip(&moved(by), 0, 100)))
                .iter()
                .sum();
            // Each crossing is rounded by half a unit at most, along at most 200 units of edge.
            prop_assert!((parts - doubled_area(&corners)).abs() <= 1_200);
        }
    }
}
