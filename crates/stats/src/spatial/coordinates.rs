//! Coordinates that distances can be computed from.

/// Why coordinates cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CoordinateError {
    /// A distance needs metres. All coordinates lie within the ranges of longitude and latitude.
    #[error(
        "all coordinates lie within 180 by 90, so they seem to be degrees; \
         project them to metres first (EPSG:27700 for Great Britain)"
    )]
    Degrees,
    /// A coordinate is missing or broken.
    #[error("coordinate ({easting}, {northing}) at position {index} is not a place")]
    NotAPlace {
        /// Position of the point, or of the area.
        index: usize,
        /// Its easting.
        easting: f64,
        /// Its northing.
        northing: f64,
    },
}

/// Points whose coordinates are finite and cannot all be longitudes and latitudes. Each comes with the
/// position that an error is to name.
pub(crate) fn require_metres(
    points: impl IntoIterator<Item = (usize, (f64, f64))>,
) -> Result<(), CoordinateError> {
    let (mut any, mut all_degrees) = (false, true);
    for (index, (easting, northing)) in points {
        if !(easting.is_finite() && northing.is_finite()) {
            return Err(CoordinateError::NotAPlace { index, easting, northing });
        }
        any = true;
        all_degrees &= easting.abs() <= 180.0 && northing.abs() <= 90.0;
    }
    if any && all_degrees { Err(CoordinateError::Degrees) } else { Ok(()) }
}

/// The same for a slice of points.
pub(crate) fn require_points_in_metres(points: &[(f64, f64)]) -> Result<(), CoordinateError> {
    require_metres(points.iter().copied().enumerate())
}
