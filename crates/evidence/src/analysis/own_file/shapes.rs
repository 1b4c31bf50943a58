//! Where rows lie, in metres.

use wardmote_domain::coordinates::Wgs84;
use wardmote_lake::read::Projection;

use super::{OwnFile, OwnFileError};

/// A shape as it is written.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    Point((f64, f64)),
    Outline(Vec<Vec<(f64, f64)>>),
    Other,
}

/// What the numbers of a place are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coordinates {
    /// Projected metres, such as eastings and northings of the British National Grid.
    Metres,
    /// Degrees of longitude and latitude (EPSG:4326), to be projected to EPSG:27700.
    LonLat,
}

/// The rings of an area, outer ones and holes.
pub type Outline = Vec<Vec<(f64, f64)>>;

/// Where the rows lie.
#[derive(Debug, Clone, PartialEq)]
pub enum Shapes {
    /// Areas.
    Outlines(Vec<Outline>),
    /// Points, as easting and northing in metres.
    Points(Vec<(f64, f64)>),
}

impl Shapes {
    /// A point for each: its own, or the centre of its outline.
    pub fn points(&self) -> Vec<(f64, f64)> {
        match self {
            Self::Points(points) => points.clone(),
            Self::Outlines(outlines) => outlines.iter().map(centroid).collect(),
        }
    }
}

impl OwnFile {
    /// The places of the rows: of two columns, or of the file's own shapes.
    pub fn shapes(
        &self,
        columns: Option<(&str, &str)>,
        coordinates: Coordinates,
    ) -> Result<Shapes, OwnFileError> {
        if let Some((x, y)) = columns {
            let pairs = self.numbers(x)?.into_iter().zip(self.numbers(y)?);
            let points = pairs.enumerate().map(|(row, pair)| self.metres(row, pair, coordinates));
            return Ok(Shapes::Points(points.collect::<Result<_, _>>()?));
        }
        let mend =
            "name the columns of eastings and northings with --x and --y, or give a .geojson";
        if !self.has_shapes() {
            return Err(OwnFileError::NoShapes { file: self.name.clone(), mend });
        }
        let (mut points, mut outlines) = (Vec::new(), Vec::new());
        for (row_index, row) in self.rows.iter().enumerate() {
            match &row.shape {
                Some(Shape::Point(pair)) => {
                    points.push(self.metres(row_index, *pair, coordinates)?);
                }
                Some(Shape::Outline(rings)) => {
                    let in_metres = |pair: &(f64, f64)| self.metres(row_index, *pair, coordinates);
                    let ring = |ring: &Vec<(f64, f64)>| ring.iter().map(in_metres).collect();
                    outlines.push(rings.iter().map(ring).collect::<Result<Outline, _>>()?);
                }
                Some(Shape::Other) | None => {
                    return Err(self.shape_error(
                        row_index,
                        "it is neither a point nor a polygon; leave it out",
                    ));
                }
            }
            if !points.is_empty() && !outlines.is_empty() {
                return Err(
                    self.shape_error(row_index, "points and polygons stand in one file; part them")
                );
            }
        }
        Ok(if outlines.is_empty() { Shapes::Points(points) } else { Shapes::Outlines(outlines) })
    }

    fn metres(
        &self,
        row_index: usize,
        (x, y): (f64, f64),
        coordinates: Coordinates,
    ) -> Result<(f64, f64), OwnFileError> {
        if !(x.is_finite() && y.is_finite()) {
            return Err(self.shape_error(row_index, "a position needs two numbers"));
        }
        if coordinates == Coordinates::Metres {
            return Ok((x, y));
        }
        let place = Wgs84::new(x, y).and_then(|place| Projection::new().to_grid(place));
        let place = place.map_err(|error| self.shape_error(row_index, &error.to_string()))?;
        Ok((place.easting(), place.northing()))
    }

    fn shape_error(&self, row_index: usize, why: &str) -> OwnFileError {
        OwnFileError::Shape { file: self.name.clone(), at: self.at(row_index), why: why.to_owned() }
    }
}

/// The surface within rings in square metres, whose holes run the other way round, as GeoJSON asks.
pub(crate) fn surface(outline: &Outline) -> f64 {
    moments(outline).0.abs()
}

/// The centre of mass of rings.
fn centroid(outline: &Outline) -> (f64, f64) {
    let (area, x, y) = moments(outline);
    let origin = outline.iter().flatten().next().copied().unwrap_or_default();
    if area == 0.0 { origin } else { (origin.0 + x / (6.0 * area), origin.1 + y / (6.0 * area)) }
}

/// The area, and six times its first moments about the first point.
fn moments(outline: &Outline) -> (f64, f64, f64) {
    let origin = outline.iter().flatten().next().copied().unwrap_or_default();
    let (mut twice_area, mut x, mut y) = (0.0, 0.0, 0.0);
    for ring in outline {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            // Moved to the origin, lest squares of eastings swallow the area.
            let (a, b) = ((a.0 - origin.0, a.1 - origin.1), (b.0 - origin.0, b.1 - origin.1));
            let cross = a.0 * b.1 - b.0 * a.1;
            twice_area += cross;
            x += (a.0 + b.0) * cross;
            y += (a.1 + b.1) * cross;
        }
    }
    (twice_area / 2.0, x, y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_of_a_square_with_a_hole_on_one_side_moves_away_from_it() {
        let square = vec![(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0)];
        assert_eq!(centroid(&vec![square.clone()]), (5.0, 5.0));
        assert!((surface(&vec![square.clone()]) - 100.0).abs() < 1e-12);
        // A hole of 4 by 4 centred on (7, 5): (5 * 100 - 7 * 16) / 84.
        let hole = vec![(5.0, 3.0), (5.0, 7.0), (9.0, 7.0), (9.0, 3.0), (5.0, 3.0)];
        let (x, y) = centroid(&vec![square, hole]);
        assert!((x - 388.0 / 84.0).abs() < 1e-12 && (y - 5.0).abs() < 1e-12, "{x} {y}");
    }
}
