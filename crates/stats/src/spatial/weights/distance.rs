//! Neighbours by distance between points.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use super::{Rule, SpatialWeights, WeightsError};
use crate::spatial::coordinates::require_points_in_metres;

type Indexed = GeomWithData<[f64; 2], u32>;

fn index(points: &[(f64, f64)]) -> RTree<Indexed> {
    let place = |(i, &(east, north))| GeomWithData::new([east, north], i as u32);
    RTree::bulk_load(points.iter().enumerate().map(place).collect())
}

/// The `k` nearest other points of each point, such as centroids of areas.
///
/// Of points at the same distance the earlier ones are taken, so that the answer does not depend on
/// the search. Not mutual: the nearest of a remote area need not have it among its own.
///
/// # Shape
///
/// One (easting, northing) in metres per area.
pub fn nearest_neighbours(points: &[(f64, f64)], k: usize) -> Result<SpatialWeights, WeightsError> {
    require_points_in_metres(points)?;
    if k == 0 || k >= points.len() {
        return Err(WeightsError::NeighboursAsked { k, n_areas: points.len() });
    }
    let tree = index(points);
    let nearest = |i: usize| {
        let (east, north) = points[i];
        let mut found: Vec<(f64, u32)> = Vec::with_capacity(k + 1);
        for (place, squared) in tree.nearest_neighbor_iter_with_distance_2([east, north]) {
            if found.len() >= k && squared > found[k - 1].0 {
                break;
            }
            if place.data as usize != i {
                found.push((squared, place.data));
            }
        }
        // They come by distance already, but in no order where distances are equal.
        found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut row: Vec<u32> = found.into_iter().take(k).map(|(_, j)| j).collect();
        row.sort_unstable();
        row
    };
    let rows = (0..points.len()).map(nearest).collect();
    Ok(SpatialWeights::from_rows(Rule::Nearest { k }, rows))
}

/// All other points up to a distance, which itself still counts. A point with none is an island.
///
/// # Shape
///
/// One (easting, northing) in metres per area.
pub fn distance_band(points: &[(f64, f64)], metres: f64) -> Result<SpatialWeights, WeightsError> {
    require_points_in_metres(points)?;
    if !(metres >= 0.0 && metres.is_finite()) {
        return Err(WeightsError::Distance { metres });
    }
    let tree = index(points);
    let within = |i: usize| {
        let (east, north) = points[i];
        let mut row: Vec<u32> = tree
            .locate_within_distance([east, north], metres * metres)
            .map(|place| place.data)
            .filter(|&j| j as usize != i)
            .collect();
        row.sort_unstable();
        row
    };
    let rows = (0..points.len()).map(within).collect();
    Ok(SpatialWeights::from_rows(Rule::Within { metres }, rows))
}
