//! Coordinates that know their reference system, so that degrees cannot stand where metres are meant.

use serde::{Deserialize, Serialize};

/// Why a pair of numbers is not a place in Great Britain.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CoordinateError {
    /// The pair lies outside the box that holds Great Britain and its seas.
    #[error("longitude {longitude}, latitude {latitude} is outside Great Britain")]
    OutsideGreatBritain {
        /// Degrees east of Greenwich.
        longitude: f64,
        /// Degrees north.
        latitude: f64,
    },
    /// The pair fits the other way round.
    #[error(
        "longitude {longitude}, latitude {latitude} look exchanged: latitude belongs in the other column"
    )]
    Exchanged {
        /// What stood in the longitude column.
        longitude: f64,
        /// What stood in the latitude column.
        latitude: f64,
    },
    /// Eastings and northings run from 0 to 700,000 and 1,300,000 metres; degrees are far smaller.
    #[error("easting {easting}, northing {northing} are not metres of the British National Grid")]
    NotMetres {
        /// What was given as easting.
        easting: f64,
        /// What was given as northing.
        northing: f64,
    },
}

/// A place in degrees of WGS 84 (EPSG:4326), inside the box of Great Britain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Wgs84 {
    longitude: f64,
    latitude: f64,
}

impl Wgs84 {
    /// Checks that the pair lies in Great Britain.
    pub fn new(longitude: f64, latitude: f64) -> Result<Self, CoordinateError> {
        if in_great_britain(longitude, latitude) {
            Ok(Self { longitude, latitude })
        } else if in_great_britain(latitude, longitude) {
            Err(CoordinateError::Exchanged { longitude, latitude })
        } else {
            Err(CoordinateError::OutsideGreatBritain { longitude, latitude })
        }
    }

    /// Degrees east of Greenwich.
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    /// Degrees north of the equator.
    pub fn latitude(self) -> f64 {
        self.latitude
    }
}

fn in_great_britain(longitude: f64, latitude: f64) -> bool {
    (-9.0..=2.1).contains(&longitude) && (49.7..=61.0).contains(&latitude)
}

/// A place in metres of the British National Grid (EPSG:27700).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BritishNationalGrid {
    easting: f64,
    northing: f64,
}

impl BritishNationalGrid {
    /// Checks that the pair can be metres on the grid; degrees are refused.
    pub fn new(easting: f64, northing: f64) -> Result<Self, CoordinateError> {
        // No land lies within a kilometre of the grid's own origin, west of Scilly; degrees all do.
        let plausible =
            (1_000.0..=700_000.0).contains(&easting) && (1_000.0..=1_300_000.0).contains(&northing);
        if plausible {
            Ok(Self { easting, northing })
        } else {
            Err(CoordinateError::NotMetres { easting, northing })
        }
    }

    /// Metres east of the grid's origin.
    pub fn easting(self) -> f64 {
        self.easting
    }

    /// Metres north of the grid's origin.
    pub fn northing(self) -> f64 {
        self.northing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_refused_where_metres_are_meant() {
        assert!(BritishNationalGrid::new(-2.157, 53.41).is_err());
        assert!(BritishNationalGrid::new(389_428.0, 390_344.0).is_ok());
        assert!(BritishNationalGrid::new(f64::NAN, 390_344.0).is_err());
    }

    #[test]
    fn exchanged_degrees_are_named_as_such() {
        assert!(matches!(Wgs84::new(53.41, -2.157), Err(CoordinateError::Exchanged { .. })));
        assert!(matches!(Wgs84::new(0.0, 0.0), Err(CoordinateError::OutsideGreatBritain { .. })));
        assert!(Wgs84::new(f64::NAN, 53.0).is_err());
        assert!(Wgs84::new(-2.157, 53.41).is_ok());
    }
}
