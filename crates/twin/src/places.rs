//! Where a twin's incidents happen: how heavy each area weighs, and the points they are snapped to.

use std::path::Path;

use crate::TwinError;
use crate::districts::Area;
use crate::draws::{Draws, Weighted};
use crate::street_file::cell;

/// Kilometres in a degree of longitude and of latitude, at Stockport.
pub(crate) const KM_PER_DEGREE: [f64; 2] = [66.4, 111.3];

/// How far the town centre reaches: its pull falls to a third at this distance.
const TOWN_CENTRE_KM: f64 = 0.7;

const FACILITIES: [&str; 10] = [
    "Parking Area",
    "Supermarket",
    "Shopping Area",
    "Petrol Station",
    "Park/Open Space",
    "Sports/Recreation Area",
    "Pedestrian Subway",
    "Further/Higher Educational Building",
    "Nightclub",
    "Hospital",
];

// Common words of English street names, so that no row names a street of one's own.
const FIRST_WORDS: [&str; 28] = [
    "Albert", "Ash", "Beech", "Birch", "Bridge", "Church", "Clifton", "Cross", "Elm", "Field",
    "Garden", "George", "Green", "Grove", "Hawthorn", "High", "Hill", "King", "Lime", "Mill",
    "New", "Oak", "Park", "Queen", "School", "Station", "Victoria", "York",
];
const LAST_WORDS: [&str; 8] =
    ["Street", "Road", "Lane", "Avenue", "Close", "Drive", "Grove", "Crescent"];

/// The areas of a district, or those near it, with their snap points.
pub(crate) struct Places {
    pub(crate) areas: Vec<PlaceArea>,
    homes: Weighted,
    shops: Weighted,
    home_weights: Vec<f64>,
}

/// An area's snap points.
pub(crate) struct PlaceArea {
    pub(crate) code: String,
    pub(crate) name: String,
    /// Longitude to LSOA name, as a street file writes them.
    pub(crate) points: Vec<String>,
    pull: Weighted,
}

impl Places {
    /// Draws weights and points for some areas around a town centre, given in degrees.
    pub(crate) fn draw(
        areas: &[Area],
        town_centre: [f64; 2],
        path: &Path,
        draws: &mut Draws,
    ) -> Result<Self, TwinError> {
        let (mut home_weights, mut shop_weights, mut with_points) =
            (Vec::new(), Vec::new(), Vec::new());
        for area in areas {
            let centre = area.extent().centre();
            let km = [0, 1].map(|axis| {
                (centre[axis] - town_centre[axis]) * KM_PER_DEGREE[axis] / TOWN_CENTRE_KM
            });
            let centrality = libm::exp(-(km[0] * km[0] + km[1] * km[1]));
            // A log-normal spread of 0.65 puts the busiest tenth of areas at about four times the
            // quietest.
            home_weights.push(libm::exp(0.65 * draws.normal()) * (1.0 + 9.0 * centrality));
            shop_weights.push(libm::exp(1.1 * draws.normal()) * (0.4 + 30.0 * centrality));
            let n_points = 5 + draws.below(9) + (12.0 * centrality) as usize;
            with_points.push(PlaceArea::draw(area, n_points, path, draws)?);
        }
        Ok(Self {
            areas: with_points,
            homes: Weighted::new(home_weights.iter().copied()),
            shops: Weighted::new(shop_weights),
            home_weights,
        })
    }

    /// Draws an area and one of its points.
    pub(crate) fn place(&self, in_shops: bool, draws: &mut Draws) -> (usize, usize) {
        let area = if in_shops { self.shops.draw(draws) } else { self.homes.draw(draws) };
        (area, self.areas[area].pull.draw(draws))
    }

    /// What each area weighs outside shops.
    pub(crate) fn home_weights(&self) -> &[f64] {
        &self.home_weights
    }

    /// The areas that weigh most outside shops, heaviest first, with their share.
    pub(crate) fn heaviest(&self, n: usize) -> Vec<(&str, f64)> {
        let sum: f64 = self.home_weights.iter().sum();
        let mut shares: Vec<(&str, f64)> = self
            .areas
            .iter()
            .map(|area| area.code.as_str())
            .zip(self.home_weights.iter().map(|w| w / sum))
            .collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        shares.truncate(n);
        shares
    }
}

impl PlaceArea {
    fn draw(
        area: &Area,
        n_points: usize,
        path: &Path,
        draws: &mut Draws,
    ) -> Result<Self, TwinError> {
        let points = (0..n_points).map(|_| {
            let [longitude, latitude] = point_within(area, draws).ok_or_else(|| {
                TwinError::Outline { path: path.to_owned(), area: area.code.clone() }
            })?;
            let location = location(draws);
            let name = cell(&area.name);
            Ok(format!("{longitude:.6},{latitude:.6},On or near {location},{},{name}", area.code))
        });
        Ok(Self {
            code: area.code.clone(),
            name: area.name.clone(),
            points: points.collect::<Result<_, _>>()?,
            // A few points hold most of an area's incidents, as street centres do.
            pull: Weighted::new((1..=n_points).map(|rank| 1.0 / rank as f64)),
        })
    }
}

/// A point within the outline once it is rounded to the six decimals that are written.
pub(crate) fn point_within(area: &Area, draws: &mut Draws) -> Option<[f64; 2]> {
    let extent = area.extent();
    (0..10_000).find_map(|_| {
        let point = [0, 1].map(|axis| {
            let at = extent.low[axis] + draws.unit() * (extent.high[axis] - extent.low[axis]);
            (at * 1e6).round() / 1e6
        });
        area.contains(point).then_some(point)
    })
}

fn location(draws: &mut Draws) -> String {
    if draws.chance(0.18) {
        (*draws.pick(&FACILITIES)).to_owned()
    } else {
        format!("{} {}", draws.pick(&FIRST_WORDS), draws.pick(&LAST_WORDS))
    }
}
