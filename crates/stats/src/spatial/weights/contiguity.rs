//! Neighbours by shared boundary, from the rings of polygons.
//!
//! Boundary files round, generalise and split. So boundaries are compared as lines, not by their
//! corners: a corner of one area on a straight edge of the next is contact, as is a corner that two
//! files rounded differently. Holes, parts, direction of a ring and whether its first point comes
//! again at the end do not matter.

use super::{Rule, SpatialWeights, WeightsError};
use crate::spatial::coordinates::require_metres;

/// Boundaries this close touch: a decimetre, above the rounding of files in metres with one decimal
/// and far below the width of a street.
pub const DEFAULT_TOLERANCE_METRES: f64 = 0.1;

/// What arithmetic may lose; closer than this is always contact.
const ROUNDING_METRES: f64 = 1e-6;

/// Areas whose boundaries meet, be it in one corner.
///
/// # Shape
///
/// `areas` holds for each area its rings (outer and inner ones, of all its parts), each a slice of
/// (easting, northing) in metres. An area without rings is an island.
pub fn queen_contiguity<A, R>(
    areas: &[A],
    tolerance_metres: f64,
) -> Result<SpatialWeights, WeightsError>
where
    A: AsRef<[R]>,
    R: AsRef<[(f64, f64)]>,
{
    let segments = segments(areas, tolerance_metres)?;
    let pairs = close_pairs(&segments, tolerance_metres.max(ROUNDING_METRES));
    let touching = pairs.into_iter().map(|(a, b)| (segments[a].area, segments[b].area));
    Ok(SpatialWeights::from_pairs(Rule::Queen { tolerance_metres }, areas.len(), touching))
}

/// Areas that share a stretch of boundary longer than twice the tolerance.
///
/// # Shape
///
/// As [`queen_contiguity`].
pub fn rook_contiguity<A, R>(
    areas: &[A],
    tolerance_metres: f64,
) -> Result<SpatialWeights, WeightsError>
where
    A: AsRef<[R]>,
    R: AsRef<[(f64, f64)]>,
{
    let segments = segments(areas, tolerance_metres)?;
    let mut shared: Vec<((u32, u32), f64)> =
        close_pairs(&segments, tolerance_metres.max(ROUNDING_METRES))
            .into_iter()
            .map(|(a, b)| (&segments[a], &segments[b]))
            .map(|(a, b)| {
                let areas = (a.area.min(b.area), a.area.max(b.area));
                (areas, a.shared_length(b, tolerance_metres.max(ROUNDING_METRES)))
            })
            .collect();
    shared.sort_unstable_by_key(|(areas, _)| *areas);
    let neighbours = shared
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|run| {
            run.iter().map(|(_, length)| length).sum::<f64>()
                > 2.0 * tolerance_metres.max(ROUNDING_METRES)
        })
        .map(|run| run[0].0);
    Ok(SpatialWeights::from_pairs(Rule::Rook { tolerance_metres }, areas.len(), neighbours))
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    area: u32,
    from: (f64, f64),
    to: (f64, f64),
}

impl Segment {
    fn length(&self) -> f64 {
        (self.to.0 - self.from.0).hypot(self.to.1 - self.from.1)
    }

    /// The point this share of the way.
    fn at(&self, share: f64) -> (f64, f64) {
        let along = |from: f64, to: f64| from + share * (to - from);
        (along(self.from.0, self.to.0), along(self.from.1, self.to.1))
    }

    /// How far along the line through the segment a point lies, in metres from its start.
    fn position_of(&self, point: (f64, f64)) -> f64 {
        let (east, north) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        ((point.0 - self.from.0) * east + (point.1 - self.from.1) * north) / self.length()
    }

    fn distance_to(&self, point: (f64, f64)) -> f64 {
        let share = (self.position_of(point) / self.length()).clamp(0.0, 1.0);
        let nearest = self.at(share);
        (point.0 - nearest.0).hypot(point.1 - nearest.1)
    }

    /// Which side of the line a point lies on, by sign.
    fn side_of(&self, point: (f64, f64)) -> f64 {
        (self.to.0 - self.from.0) * (point.1 - self.from.1)
            - (self.to.1 - self.from.1) * (point.0 - self.from.0)
    }

    fn touches(&self, other: &Self, tolerance: f64) -> bool {
        let crosses = self.side_of(other.from) * self.side_of(other.to) < 0.0
            && other.side_of(self.from) * other.side_of(self.to) < 0.0;
        crosses
            || self.distance_to(other.from) <= tolerance
            || self.distance_to(other.to) <= tolerance
            || other.distance_to(self.from) <= tolerance
            || other.distance_to(self.to) <= tolerance
    }

    /// The length over which the other segment runs along this one.
    fn shared_length(&self, other: &Self, tolerance: f64) -> f64 {
        let (start, end) = (self.position_of(other.from), self.position_of(other.to));
        let low = start.min(end).max(0.0);
        let high = start.max(end).min(self.length());
        if high <= low {
            return 0.0;
        }
        // Two lines that are close at both ends of the stretch are close all along it.
        let close =
            |position: f64| other.distance_to(self.at(position / self.length())) <= tolerance;
        if close(low) && close(high) { high - low } else { 0.0 }
    }

    fn bounds(&self) -> [f64; 4] {
        [
            self.from.0.min(self.to.0),
            self.from.1.min(self.to.1),
            self.from.0.max(self.to.0),
            self.from.1.max(self.to.1),
        ]
    }
}

fn segments<A, R>(areas: &[A], tolerance: f64) -> Result<Vec<Segment>, WeightsError>
where
    A: AsRef<[R]>,
    R: AsRef<[(f64, f64)]>,
{
    if !(tolerance >= 0.0 && tolerance.is_finite()) {
        return Err(WeightsError::Distance { metres: tolerance });
    }
    let rings = |area: usize| areas[area].as_ref().iter().map(AsRef::as_ref);
    let points =
        (0..areas.len()).flat_map(|area| rings(area).flatten().map(move |point| (area, *point)));
    require_metres(points)?;
    let mut segments = Vec::new();
    for area_index in 0..areas.len() {
        for (ring_index, ring) in rings(area_index).enumerate() {
            let before = segments.len();
            for (i, &from) in ring.iter().enumerate() {
                let to = ring[(i + 1) % ring.len()];
                // The repeated closing point, or any other, makes no edge.
                if from != to {
                    segments.push(Segment { area: area_index as u32, from, to });
                }
            }
            let n_points = segments.len() - before;
            if n_points < 3 {
                return Err(WeightsError::Ring { area_index, ring_index, n_points });
            }
        }
    }
    Ok(segments)
}

/// Positions of all pairs of segments of different areas that touch, each once.
fn close_pairs(segments: &[Segment], tolerance: f64) -> Vec<(usize, usize)> {
    let mean = segments.iter().map(Segment::length).sum::<f64>() / segments.len().max(1) as f64;
    let cell = mean.max(4.0 * tolerance).max(1e-3);
    let mut entries: Vec<((i64, i64), u32)> = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        // A long edge is entered piece by piece, or its bounding box would fill half the map.
        let pieces = (segment.length() / cell).ceil().max(1.0);
        for piece in 0..pieces as usize {
            let part = Segment {
                area: segment.area,
                from: segment.at(piece as f64 / pieces),
                to: segment.at((piece + 1) as f64 / pieces),
            };
            // Half the tolerance to either side makes a whole between two of them; the rest is for
            // rounding.
            let reach = 0.51 * tolerance;
            let [west, south, east, north] = part.bounds();
            let column = |east: f64| (east / cell).floor() as i64;
            for x in column(west - reach)..=column(east + reach) {
                for y in column(south - reach)..=column(north + reach) {
                    entries.push(((x, y), index as u32));
                }
            }
        }
    }
    entries.sort_unstable();
    entries.dedup();
    let mut pairs = Vec::new();
    for together in entries.chunk_by(|a, b| a.0 == b.0) {
        for (i, &(_, first)) in together.iter().enumerate() {
            let a = &segments[first as usize];
            let [west, south, east, north] = a.bounds();
            for &(_, second) in &together[i + 1..] {
                let b = &segments[second as usize];
                let other = b.bounds();
                let apart = other[0] > east + tolerance
                    || other[2] < west - tolerance
                    || other[1] > north + tolerance
                    || other[3] < south - tolerance;
                if a.area != b.area && !apart && a.touches(b, tolerance) {
                    pairs.push((first as usize, second as usize));
                }
            }
        }
    }
    // Two segments may meet in several cells.
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
