//! From degrees to metres of the British National Grid.
//!
//! Loading ten million rows projects most of them, and a general library spends three times as long
//! on each; so the formulas are written out here, and the tests hold them against that library.

use wardmote_domain::coordinates::{BritishNationalGrid, CoordinateError, Wgs84};

/// WGS 84 (EPSG:4326) to the British National Grid (EPSG:27700).
///
/// The datum shift is Ordnance Survey's seven-parameter Helmert transformation; without one, places
/// land about 130 m off. It stays within 5 m of OSTN15, the exact grid of shifts, all over Great
/// Britain, which is finer than the snapping of published points. Results are rounded to an eighth of
/// a metre: the digits below are noise under an error of metres, and random digits do not compress.
///
/// # Source
///
/// Ordnance Survey, *A guide to coordinate systems in Great Britain*, section 6.6 and annexes B and C.
///
/// # Example
///
/// ```
/// use wardmote_domain::coordinates::Wgs84;
/// use wardmote_lake::read::Projection;
///
/// let place = Projection::new().to_grid(Wgs84::new(-2.1576, 53.4106)?)?;
/// assert!((place.easting() - 389_621.0).abs() < 5.0);
/// # Ok::<(), wardmote_domain::coordinates::CoordinateError>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Projection;

impl Projection {
    /// The projection, ready to use.
    pub fn new() -> Self {
        Self
    }

    /// The place in metres.
    pub fn to_grid(&self, place: Wgs84) -> Result<BritishNationalGrid, CoordinateError> {
        let (easting, northing) = to_metres(place.longitude(), place.latitude());
        BritishNationalGrid::new(to_step(easting), to_step(northing))
    }

    /// The place in degrees: the one that [`Projection::to_grid`] takes there before it rounds.
    ///
    /// It is looked for step by step. The grid turns against the meridians by less than a tenth
    /// everywhere in Great Britain, so each step brings it at least ten times nearer.
    pub fn to_degrees(&self, place: BritishNationalGrid) -> Result<Wgs84, CoordinateError> {
        const STEPS: usize = 12;
        const METRES_A_DEGREE: f64 = 111_320.0;
        let (mut longitude, mut latitude) = (-2.0, 49.0 + place.northing() / METRES_A_DEGREE);
        for _ in 0..STEPS {
            let (easting, northing) = to_metres(longitude, latitude);
            longitude +=
                (place.easting() - easting) / (METRES_A_DEGREE * latitude.to_radians().cos());
            latitude += (place.northing() - northing) / METRES_A_DEGREE;
        }
        Wgs84::new(longitude, latitude)
    }
}

fn to_metres(longitude: f64, latitude: f64) -> (f64, f64) {
    let earth = cartesian(longitude.to_radians(), latitude.to_radians());
    transverse_mercator(on_airy(helmert(earth)))
}

/// Rounds to an eighth of a metre.
fn to_step(metres: f64) -> f64 {
    (metres * STEPS_PER_METRE).round() / STEPS_PER_METRE
}

const STEPS_PER_METRE: f64 = 8.0;

struct Ellipsoid {
    /// Half the long axis in metres.
    a: f64,
    /// Half the short axis.
    b: f64,
}

impl Ellipsoid {
    /// The square of the eccentricity.
    const fn e2(&self) -> f64 {
        (self.a * self.a - self.b * self.b) / (self.a * self.a)
    }
}

const WGS84: Ellipsoid = Ellipsoid { a: 6_378_137.0, b: 6_356_752.314_245_179 };
const AIRY_1830: Ellipsoid = Ellipsoid { a: 6_377_563.396, b: 6_356_256.909_237_285 };

/// Earth-centred metres of a point on the WGS 84 ellipsoid.
fn cartesian(longitude: f64, latitude: f64) -> [f64; 3] {
    let (sin, cos) = latitude.sin_cos();
    let (sin_longitude, cos_longitude) = longitude.sin_cos();
    let radius = WGS84.a / (1.0 - WGS84.e2() * sin * sin).sqrt();
    let height = radius * (1.0 - WGS84.e2()) * sin;
    [radius * cos * cos_longitude, radius * cos * sin_longitude, height]
}

/// From WGS 84 to OSGB36. The published parameters lead there from WGS 84; their signs are reversed
/// in the form that leads back.
fn helmert([x, y, z]: [f64; 3]) -> [f64; 3] {
    const SECOND: f64 = std::f64::consts::PI / 648_000.0;
    const SHIFT: [f64; 3] = [-446.448, 125.157, -542.06];
    const TURN: [f64; 3] = [-0.15 * SECOND, -0.247 * SECOND, -0.842 * SECOND];
    const SCALE: f64 = 1.0 + 20.489e-6;
    [
        SHIFT[0] + SCALE * x - TURN[2] * y + TURN[1] * z,
        SHIFT[1] + TURN[2] * x + SCALE * y - TURN[0] * z,
        SHIFT[2] - TURN[1] * x + TURN[0] * y + SCALE * z,
    ]
}

/// A place on the Airy ellipsoid: the longitude from the grid's central meridian, the latitude, and
/// the tangent of the latitude.
#[derive(Clone, Copy)]
struct OnAiry {
    longitude: f64,
    latitude: f64,
    tan: f64,
}

/// By Bowring's formula, whose error near the ellipsoid is far below a millimetre.
fn on_airy([x, y, z]: [f64; 3]) -> OnAiry {
    let Ellipsoid { a, b } = AIRY_1830;
    let e2 = AIRY_1830.e2();
    let from_axis = (x * x + y * y).sqrt();
    let tan_reduced = z * a / (from_axis * b);
    let cos_reduced = 1.0 / (1.0 + tan_reduced * tan_reduced).sqrt();
    let sin_reduced = tan_reduced * cos_reduced;
    let up = z + e2 / (1.0 - e2) * b * sin_reduced.powi(3);
    let tan = up / (from_axis - e2 * a * cos_reduced.powi(3));
    OnAiry { longitude: y.atan2(x) - CENTRAL_MERIDIAN, latitude: tan.atan(), tan }
}

const CENTRAL_MERIDIAN: f64 = -2.0 * std::f64::consts::PI / 180.0;
const FALSE_EASTING: f64 = 400_000.0;
const FALSE_NORTHING: f64 = -100_000.0;
const SCALE_ON_MERIDIAN: f64 = 0.999_601_271_7;

/// Redfearn's series, in the guide's names.
fn transverse_mercator(place: OnAiry) -> (f64, f64) {
    let OnAiry { longitude: p, latitude, tan } = place;
    let e2 = AIRY_1830.e2();
    let cos = 1.0 / (1.0 + tan * tan).sqrt();
    let sin = tan * cos;
    let curvature = 1.0 - e2 * sin * sin;
    let nu = AIRY_1830.a * SCALE_ON_MERIDIAN / curvature.sqrt();
    // Nu over rho, the two radii of curvature, and their relative difference.
    let ratio = curvature / (1.0 - e2);
    let eta2 = ratio - 1.0;
    let (tan2, p2, cos2) = (tan * tan, p * p, cos * cos);
    let i = arc_from_equator(latitude, sin, cos) - ARC_OF_ORIGIN;
    let ii = nu / 2.0 * sin * cos;
    let iii = nu / 24.0 * sin * cos * cos2 * (5.0 - tan2 + 9.0 * eta2);
    let iiia = nu / 720.0 * sin * cos * cos2 * cos2 * (61.0 - 58.0 * tan2 + tan2 * tan2);
    let (iv, v) = (nu * cos, nu / 6.0 * cos * cos2 * (ratio - tan2));
    let fifth = 5.0 - 18.0 * tan2 + tan2 * tan2 + 14.0 * eta2 - 58.0 * tan2 * eta2;
    let vi = nu / 120.0 * cos * cos2 * cos2 * fifth;
    let northing = i + FALSE_NORTHING + p2 * (ii + p2 * (iii + p2 * iiia));
    (FALSE_EASTING + p * (iv + p2 * (v + p2 * vi)), northing)
}

/// [`arc_from_equator`] at the grid's true origin, 49 degrees north; a test computes it anew.
const ARC_OF_ORIGIN: f64 = 5_427_063.814_799_807;

/// Metres along the central meridian from the equator. The guide's sines of differences and cosines
/// of sums are written as sines of multiples, which follow from one sine and cosine.
fn arc_from_equator(latitude: f64, sin: f64, cos: f64) -> f64 {
    const N: f64 = (AIRY_1830.a - AIRY_1830.b) / (AIRY_1830.a + AIRY_1830.b);
    const N2: f64 = N * N;
    const N3: f64 = N * N2;
    let (sin2, cos2) = (2.0 * sin * cos, cos * cos - sin * sin);
    let (sin4, cos4) = (2.0 * sin2 * cos2, cos2 * cos2 - sin2 * sin2);
    let sin6 = sin4 * cos2 + cos4 * sin2;
    let series = (1.0 + N + 1.25 * N2 + 1.25 * N3) * latitude
        - (1.5 * N + 1.5 * N2 + 1.3125 * N3) * sin2
        + 0.9375 * (N2 + N3) * sin4
        - 35.0 / 48.0 * N3 * sin6;
    AIRY_1830.b * SCALE_ON_MERIDIAN * series
}

#[cfg(test)]
mod tests {
    use proj4rs::proj::Proj;
    use proptest::prelude::*;

    use super::*;

    /// By OSTN15 as the `lonlat_bng` crate 0.9.0 computes it, which shares nothing with this module.
    const OSTN15: [(&str, f64, f64, f64, f64); 10] = [
        (
            "the example in that crate's manual",
            1.716_073_973,
            52.658_007_833,
            651_409.804,
            313_177.45,
        ),
        ("London", -0.1276, 51.5072, 530_041.454, 180_358.007),
        ("Stockport", -2.1576, 53.4106, 389_621.027, 390_430.647),
        ("Leeds", -1.5491, 53.8008, 429_795.882, 433_925.547),
        ("Luton", -0.4144, 51.8787, 509_241.287, 221_201.776),
        ("Penzance", -5.5371, 50.1188, 147_252.713, 30_296.029),
        ("Lerwick", -1.1448, 60.155, 447_578.92, 1_141_474.665),
        ("Stornoway", -6.386, 58.209, 142_463.7, 932_860.361),
        ("Dover", 1.3134, 51.1279, 631_933.902, 141_733.383),
        ("Berwick", -2.0051, 55.771, 399_779.059, 653_074.063),
    ];

    fn grid(longitude: f64, latitude: f64) -> (f64, f64) {
        let place = Projection::new().to_grid(Wgs84::new(longitude, latitude).unwrap()).unwrap();
        (place.easting(), place.northing())
    }

    #[test]
    fn places_lie_within_five_metres_of_ostn15() {
        for (name, longitude, latitude, easting, northing) in OSTN15 {
            let found = grid(longitude, latitude);
            let off = (found.0 - easting).hypot(found.1 - northing);
            assert!(off < 5.0, "{name} is {off:.2} m off");
        }
    }

    #[test]
    fn the_arc_of_the_origin_is_the_series_there() {
        let latitude = 49_f64.to_radians();
        let arc = arc_from_equator(latitude, latitude.sin(), latitude.cos());
        assert!((arc - ARC_OF_ORIGIN).abs() < 1e-6, "{arc:?}");
    }

    fn by_proj4rs(longitude: f64, latitude: f64) -> (f64, f64) {
        let degrees = Proj::from_proj_string("+proj=longlat +datum=WGS84 +no_defs").unwrap();
        let metres = Proj::from_proj_string(
            "+proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy \
             +towgs84=446.448,-125.157,542.06,0.15,0.247,0.842,-20.489 +units=m +no_defs",
        )
        .unwrap();
        let mut point = (longitude.to_radians(), latitude.to_radians(), 0.0);
        proj4rs::transform::transform(&degrees, &metres, &mut point).unwrap();
        (point.0, point.1)
    }

    proptest! {
        // The rounding moves a place by up to 0.09 m. proj4rs inverts the shift exactly where the
        // guide reverses its signs, which differs by a few millimetres.
        #[test]
        fn the_formulas_agree_with_another_library(lon in -7.0..2.1, lat in 49.95..61.0) {
            let (ours, theirs) = (grid(lon, lat), by_proj4rs(lon, lat));
            let off = (ours.0 - theirs.0).hypot(ours.1 - theirs.1);
            prop_assert!(off < 0.12, "{off:.3} m at {lon}, {lat}");
        }

        // An eighth of a metre is the rounding there.
        #[test]
        fn the_way_back_leads_to_where_it_began(lon in -7.0..2.0, lat in 49.95..60.9) {
            let place = Projection::new().to_grid(Wgs84::new(lon, lat).unwrap()).unwrap();
            let back = Projection::new().to_degrees(place).unwrap();
            let metres = ((back.latitude() - lat) * 111_320.0)
                .hypot((back.longitude() - lon) * 111_320.0 * lat.to_radians().cos());
            prop_assert!(metres < 0.1, "{metres:.3} m at {lon}, {lat}");
        }

        #[test]
        fn eastings_grow_eastwards_and_northings_northwards(lon in -7.0..2.0, lat in 49.95..60.9) {
            prop_assert!(grid(lon + 0.01, lat).0 > grid(lon, lat).0);
            prop_assert!(grid(lon, lat + 0.01).1 > grid(lon, lat).1);
        }
    }
}
