//! Outlines of neighbouring areas, in which each border is held once.
//!
//! Two areas that meet share their border to the last point, so it is simplified once for both and no
//! gap opens between them; and where areas are put together, the borders between them fall away.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::charts::Ring;

/// Points closer than this are one.
const STEPS_PER_METRE: f64 = 8.0;

/// Outlines of areas in metres (EPSG:27700), with their shared borders.
#[derive(Debug, Clone)]
pub struct Outlines {
    borders: Arc<Vec<Vec<(f64, f64)>>>,
    areas: Vec<Outline>,
}

#[derive(Debug, Clone)]
struct Outline {
    code: String,
    /// Each an outer ring and its holes.
    polygons: Vec<Vec<Vec<Piece>>>,
}

/// A border, as a ring runs along it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    border: usize,
    backwards: bool,
}

/// An area with its polygons, each an outer ring and its holes.
pub type Drawn = (String, Vec<Vec<Ring>>);

impl Outlines {
    /// Finds the borders that areas share.
    pub fn new<'a>(areas: impl IntoIterator<Item = (&'a str, &'a [Vec<Ring>])>) -> Self {
        let mut points = Points::default();
        let numbered: Vec<(String, Vec<Vec<Vec<usize>>>)> = areas
            .into_iter()
            .map(|(code, polygons)| {
                let rings = |rings: &Vec<Ring>| points.polygon(rings);
                (code.to_owned(), polygons.iter().filter_map(rings).collect())
            })
            .collect();
        let rings = || numbered.iter().flat_map(|(_, polygons)| polygons).flatten();
        let is_node = nodes(rings(), points.places.len());
        let mut cutter = Cutter { known: HashMap::new(), borders: Vec::new() };
        let areas = numbered
            .iter()
            .map(|(code, polygons)| Outline {
                code: code.clone(),
                polygons: polygons
                    .iter()
                    .map(|rings| rings.iter().map(|ring| cutter.cut(ring, &is_node)).collect())
                    .collect(),
            })
            .collect();
        let place = |border: &Vec<usize>| border.iter().map(|&id| points.places[id]).collect();
        Self { borders: Arc::new(cutter.borders.iter().map(place).collect()), areas }
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The codes of the areas, in order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.areas.iter().map(|area| area.code.as_str())
    }

    /// Areas that are each made of some of these, without the borders within them. One whose parts have
    /// no outline is left out.
    #[must_use]
    pub fn put_together<'a>(
        &self,
        groups: impl IntoIterator<Item = (&'a str, Vec<&'a str>)>,
    ) -> Self {
        let by_code: HashMap<&str, &Outline> =
            self.areas.iter().map(|area| (area.code.as_str(), area)).collect();
        let whole = |(code, members): (&str, Vec<&str>)| {
            let members: Vec<&Outline> =
                members.iter().filter_map(|member| by_code.get(member).copied()).collect();
            let polygons = self.without_inner_borders(&members);
            (!polygons.is_empty()).then(|| Outline { code: code.to_owned(), polygons })
        };
        Self {
            borders: Arc::clone(&self.borders),
            areas: groups.into_iter().filter_map(whole).collect(),
        }
    }

    fn without_inner_borders(&self, members: &[&Outline]) -> Vec<Vec<Vec<Piece>>> {
        let mut sides: BTreeMap<usize, Vec<Piece>> = BTreeMap::new();
        for piece in members.iter().flat_map(|member| &member.polygons).flatten().flatten() {
            sides.entry(piece.border).or_default().push(*piece);
        }
        let mut open: HashMap<Key, Vec<Piece>> = HashMap::new();
        let mut rings = Vec::new();
        for piece in sides.values().filter(|pieces| pieces.len() == 1).flatten() {
            if self.start(*piece) == self.end(*piece) {
                rings.push(vec![*piece]);
            } else {
                open.entry(self.start(*piece)).or_default().push(*piece);
            }
        }
        let mut starts: Vec<Key> = open.keys().copied().collect();
        starts.sort_unstable();
        for start in starts {
            while let Some(first) = open.get_mut(&start).and_then(Vec::pop) {
                let mut ring = vec![first];
                let mut at = self.end(first);
                while at != start {
                    // A border whose points differ from its neighbour's leaves the ring open; it is
                    // closed by a straight line.
                    let Some(next) = open.get_mut(&at).and_then(Vec::pop) else { break };
                    ring.push(next);
                    at = self.end(next);
                }
                rings.push(ring);
            }
        }
        self.with_holes(rings)
    }

    /// Outer rings run against the clock; each hole goes to the smallest ring around it.
    fn with_holes(&self, rings: Vec<Vec<Piece>>) -> Vec<Vec<Vec<Piece>>> {
        let measured = rings.into_iter().map(|ring| {
            let points = along(&ring, self.borders.as_slice());
            (doubled_area(&points), ring, points)
        });
        let (mut outer, holes): (Vec<_>, Vec<_>) = measured.partition(|(area, ..)| *area > 0.0);
        outer.sort_by(|(a, ..), (b, ..)| a.total_cmp(b));
        let mut polygons: Vec<Vec<Vec<Piece>>> =
            outer.iter().map(|(_, ring, _)| vec![ring.clone()]).collect();
        for (_, hole, points) in holes {
            let Some(inside) = points.first() else { continue };
            let around = outer.iter().position(|(_, _, ring)| encloses(ring, *inside));
            if let Some(index) = around {
                polygons[index].push(hole);
            }
        }
        polygons
    }

    /// Every area, its borders simplified so that they move by at most so many metres.
    pub fn simplified(&self, metres: f64) -> Vec<Drawn> {
        let borders: Vec<Vec<(f64, f64)>> =
            self.borders.iter().map(|border| simplify(border, metres)).collect();
        let drawn = |area: &Outline| {
            let mut polygons = Self::polygons(area, &borders);
            if polygons.is_empty() {
                // Too small for this coarseness, and still there.
                polygons = Self::polygons(area, &self.borders);
            }
            (area.code.clone(), polygons)
        };
        self.areas.iter().map(drawn).collect()
    }

    fn polygons(area: &Outline, borders: &[Vec<(f64, f64)>]) -> Vec<Vec<Ring>> {
        let polygon = |rings: &Vec<Vec<Piece>>| {
            let mut drawn = rings.iter().map(|ring| along(ring, borders));
            let outer = drawn.next().filter(|ring| ring.len() >= 3)?;
            Some(std::iter::once(outer).chain(drawn.filter(|ring| ring.len() >= 3)).collect())
        };
        area.polygons.iter().filter_map(polygon).collect()
    }

    fn start(&self, piece: Piece) -> Key {
        let border = &self.borders[piece.border];
        key(if piece.backwards { border[border.len() - 1] } else { border[0] })
    }

    fn end(&self, piece: Piece) -> Key {
        self.start(Piece { backwards: !piece.backwards, ..piece })
    }
}

/// The points of a ring, the first not repeated.
fn along(pieces: &[Piece], borders: &[Vec<(f64, f64)>]) -> Ring {
    let mut ring = Ring::new();
    for piece in pieces {
        let border = &borders[piece.border];
        let mut forwards = border.iter().copied();
        let mut back = border.iter().rev().copied();
        let points: &mut dyn Iterator<Item = (f64, f64)> =
            if piece.backwards { &mut back } else { &mut forwards };
        for point in points {
            if ring.last() != Some(&point) {
                ring.push(point);
            }
        }
    }
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

type Key = (i64, i64);

fn key((x, y): (f64, f64)) -> Key {
    ((x * STEPS_PER_METRE).round() as i64, (y * STEPS_PER_METRE).round() as i64)
}

/// Points by number.
#[derive(Default)]
struct Points {
    ids: HashMap<Key, usize>,
    places: Vec<(f64, f64)>,
}

impl Points {
    fn id(&mut self, place: (f64, f64)) -> usize {
        let next = self.places.len();
        let id = *self.ids.entry(key(place)).or_insert(next);
        if id == next {
            self.places.push(place);
        }
        id
    }

    /// A polygon's rings, the outer one against the clock and its holes with it; `None` if it has no
    /// surface.
    fn polygon(&mut self, rings: &[Ring]) -> Option<Vec<Vec<usize>>> {
        let mut numbered = Vec::new();
        for (index, ring) in rings.iter().enumerate() {
            let mut ids: Vec<usize> = ring.iter().map(|&place| self.id(place)).collect();
            ids.dedup();
            while ids.len() > 1 && ids.first() == ids.last() {
                ids.pop();
            }
            if ids.len() < 3 {
                if index == 0 {
                    return None;
                }
                continue;
            }
            let places: Ring = ids.iter().map(|&id| self.places[id]).collect();
            if (doubled_area(&places) > 0.0) != (index == 0) {
                ids.reverse();
            }
            numbered.push(ids);
        }
        (!numbered.is_empty()).then_some(numbered)
    }
}

/// Which points have other neighbours in one ring than in another: there borders begin and end.
fn nodes<'a>(rings: impl Iterator<Item = &'a Vec<usize>>, n_points: usize) -> Vec<bool> {
    let mut neighbours: Vec<Option<(usize, usize)>> = vec![None; n_points];
    let mut is_node = vec![false; n_points];
    for ring in rings {
        for (at, &id) in ring.iter().enumerate() {
            let before = ring[(at + ring.len() - 1) % ring.len()];
            let after = ring[(at + 1) % ring.len()];
            let pair = (before.min(after), before.max(after));
            match neighbours[id] {
                None => neighbours[id] = Some(pair),
                Some(seen) => is_node[id] |= seen != pair,
            }
        }
    }
    is_node
}

/// Cuts rings into borders, each kept once.
struct Cutter {
    known: HashMap<Vec<usize>, usize>,
    borders: Vec<Vec<usize>>,
}

impl Cutter {
    fn cut(&mut self, ring: &[usize], is_node: &[bool]) -> Vec<Piece> {
        let Some(first) = ring.iter().position(|&id| is_node[id]) else {
            // A ring that meets others nowhere, or everywhere: it begins at its least point.
            let least = (0..ring.len()).min_by_key(|&at| ring[at]).unwrap_or_default();
            return vec![self.piece(from(ring, least))];
        };
        let mut pieces = Vec::new();
        let mut path = Vec::new();
        for id in from(ring, first) {
            path.push(id);
            if path.len() > 1 && is_node[id] {
                pieces.push(self.piece(std::mem::replace(&mut path, vec![id])));
            }
        }
        pieces
    }

    fn piece(&mut self, path: Vec<usize>) -> Piece {
        let reversed: Vec<usize> = path.iter().rev().copied().collect();
        let backwards = reversed < path;
        let path = if backwards { reversed } else { path };
        let next = self.borders.len();
        let border = *self.known.entry(path.clone()).or_insert(next);
        if border == next {
            self.borders.push(path);
        }
        Piece { border, backwards }
    }
}

/// A ring from one of its points to that point again.
fn from(ring: &[usize], first: usize) -> Vec<usize> {
    (0..=ring.len()).map(|step| ring[(first + step) % ring.len()]).collect()
}

/// Twice the area of a ring (shoelace); positive where it runs against the clock.
fn doubled_area(ring: &[(f64, f64)]) -> f64 {
    // From the first point on, so that millions of metres do not swallow a garden.
    let Some(&(x, y)) = ring.first() else { return 0.0 };
    let after = ring.iter().cycle().skip(1);
    ring.iter().zip(after).map(|(a, b)| (a.0 - x) * (b.1 - y) - (b.0 - x) * (a.1 - y)).sum()
}

fn encloses(ring: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let after = ring.iter().cycle().skip(1);
    let crosses = |(a, b): &(&(f64, f64), &(f64, f64))| {
        (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0
    };
    ring.iter().zip(after).filter(crosses).count() % 2 == 1
}

/// Leaves out points that lie within `metres` of the line without them; the ends stay.
///
/// # Source
///
/// Douglas and Peucker (1973), *Cartographica* 10.
fn simplify(line: &[(f64, f64)], metres: f64) -> Vec<(f64, f64)> {
    if line.len() <= 2 || metres <= 0.0 {
        return line.to_vec();
    }
    let mut kept = vec![false; line.len()];
    kept[0] = true;
    kept[line.len() - 1] = true;
    let mut spans = vec![(0, line.len() - 1)];
    while let Some((first, last)) = spans.pop() {
        let far = (first + 1..last)
            .map(|at| (at, distance_squared(line[at], line[first], line[last])))
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((at, distance)) = far
            && distance > metres * metres
        {
            kept[at] = true;
            spans.extend([(first, at), (at, last)]);
        }
    }
    line.iter().zip(kept).filter(|(_, kept)| *kept).map(|(point, _)| *point).collect()
}

/// The square of the distance of a point from a stretch.
fn distance_squared(point: (f64, f64), from: (f64, f64), to: (f64, f64)) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 {
        (((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (point.0 - from.0 - along * dx, point.1 - from.1 - along * dy);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Squares of a grid, `side` by `side`, each of 100 metres, with a bent border between them.
    fn grid(side: usize, bends: &[f64]) -> Vec<Drawn> {
        let bend = |at: usize| bends.get(at % bends.len().max(1)).copied().unwrap_or_default();
        let corner =
            |x: usize, y: usize| (400_000.0 + 100.0 * x as f64, 400_000.0 + 100.0 * y as f64);
        let across = |x: usize, y: usize| {
            let (left, bottom) = corner(x, y);
            (left + 50.0, bottom + bend(7 * x + 3 * y))
        };
        let up = |x: usize, y: usize| {
            let (left, bottom) = corner(x, y);
            (left + bend(5 * x + 11 * y), bottom + 50.0)
        };
        let square = |x: usize, y: usize| {
            vec![
                corner(x, y),
                across(x, y),
                corner(x + 1, y),
                up(x + 1, y),
                corner(x + 1, y + 1),
                across(x, y + 1),
                corner(x, y + 1),
                up(x, y),
            ]
        };
        let each = (0..side).flat_map(|x| (0..side).map(move |y| (x, y)));
        each.map(|(x, y)| (format!("{x}-{y}"), vec![vec![square(x, y)]])).collect()
    }

    fn outlines(areas: &[Drawn]) -> Outlines {
        Outlines::new(areas.iter().map(|(code, polygons)| (code.as_str(), polygons.as_slice())))
    }

    fn surface(polygons: &[Vec<Ring>]) -> f64 {
        polygons.iter().flatten().map(|ring| doubled_area(ring) / 2.0).sum()
    }

    #[test]
    fn a_hole_stays_a_hole_and_its_filling_takes_it_away() {
        let square =
            |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to), (from, from)];
        let around = vec![vec![square(0.0, 300.0), square(100.0, 200.0)]];
        let inside = vec![vec![square(100.0, 200.0)]];
        let areas = [("around".to_owned(), around), ("inside".to_owned(), inside)];
        let outlines = outlines(&areas);
        let drawn = outlines.simplified(0.0);
        assert!((surface(&drawn[0].1) - 80_000.0).abs() < 1e-6);
        assert_eq!(drawn[0].1[0].len(), 2);
        let whole = outlines.put_together([("whole", vec!["around", "inside"])]).simplified(0.0);
        assert_eq!(whole[0].1.len(), 1);
        assert_eq!(whole[0].1[0], [vec![(0.0, 0.0), (300.0, 0.0), (300.0, 300.0), (0.0, 300.0)]]);
        let ring = outlines.put_together([("ring", vec!["around"])]).simplified(0.0);
        assert!((surface(&ring[0].1) - 80_000.0).abs() < 1e-6);
    }

    #[test]
    fn what_has_no_outline_is_left_out() {
        let outlines = outlines(&grid(2, &[0.0]));
        assert!(outlines.put_together([("nowhere", vec!["9-9"])]).is_empty());
        assert!(Outlines::new([]).is_empty());
    }

    proptest! {
        #[test]
        fn neighbours_keep_one_border_however_coarse(
            bends in proptest::collection::vec(-30.0f64..30.0, 1..40),
            metres in 0.0f64..60.0,
        ) {
            let drawn = outlines(&grid(4, &bends)).simplified(metres);
            // If a border moved for one area and not for its neighbour, a surface would be lost or
            // counted twice; the outside of the grid is bent too, and simplified for one side only.
            let all = surface(&drawn.iter().flat_map(|(_, p)| p.clone()).collect::<Vec<_>>());
            let whole = outlines(&drawn);
            let codes = drawn.iter().map(|(code, _)| code.as_str()).collect();
            let together = whole.put_together([("all", codes)]).simplified(0.0);
            prop_assert!((all - surface(&together[0].1)).abs() < 1.0);
            prop_assert_eq!((together[0].1.len(), together[0].1[0].len()), (1, 1));
        }

        #[test]
        fn simplified_borders_stay_within_the_distance(
            line in proptest::collection::vec((0.0f64..1_000.0, 0.0f64..1_000.0), 2..60),
            metres in 0.1f64..200.0,
        ) {
            let simple = simplify(&line, metres);
            prop_assert_eq!((simple[0], simple[simple.len() - 1]), (line[0], line[line.len() - 1]));
            for point in &line {
                let near = simple
                    .windows(2)
                    .map(|pair| distance_squared(*point, pair[0], pair[1]))
                    .fold(f64::INFINITY, f64::min);
                prop_assert!(near.sqrt() <= metres + 1e-9);
            }
        }
    }
}
