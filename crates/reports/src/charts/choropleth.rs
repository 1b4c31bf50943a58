//! Areas shaded by class, from boundaries in British National Grid metres and nothing else.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::drawing::{Anchor, Drawing, LABEL, Type, units, wrap};
use super::number_axis::number_text;
use super::palette::{GREY, INK, Scale};

/// Areas shaded by class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChoroplethMap {
    /// The areas.
    pub areas: Vec<MapArea>,
    /// The classes from the lowest up.
    pub classes: Vec<ClassBreak>,
    /// What the classes measure.
    pub legend_title: String,
    /// How the classes are coloured.
    #[serde(default)]
    pub scale: Scale,
}

/// An area of a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapArea {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its polygons, each as an outer ring and its holes.
    pub polygons: Vec<Vec<Ring>>,
    /// Its value; `None` is not known and hatched.
    pub value: Option<f64>,
    /// What to know about the value, or why there is none: "withheld".
    pub note: Option<String>,
}

/// A ring of eastings and northings in metres (EPSG:27700).
pub type Ring = Vec<(f64, f64)>;

/// A class of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassBreak {
    /// The highest value of the class.
    pub upper: f64,
    /// The class in words, such as "20 to 39".
    pub label: String,
}

const LEGEND_WIDTH: f64 = 200.0;
/// An area smaller than this on paper is not lettered; its class is in the table.
const LETTERED_SIZE: f64 = 22.0;

/// From metres to the drawing.
struct Projection {
    west: f64,
    north: f64,
    units_per_metre: f64,
    left: f64,
    top: f64,
}

impl Projection {
    fn at(&self, (easting, northing): (f64, f64)) -> (f64, f64) {
        (
            self.left + (easting - self.west) * self.units_per_metre,
            self.top + (self.north - northing) * self.units_per_metre,
        )
    }
}

pub(super) fn draw(map: &ChoroplethMap, drawing: &mut Drawing, top: f64) -> f64 {
    drawing.define_hatch();
    let points = map.areas.iter().flat_map(|area| area.polygons.iter().flatten().flatten());
    let (west, south, east, north) = extent(points);
    let sheet = drawing.sheet;
    let room = sheet.width - LEGEND_WIDTH - 20.0;
    let units_per_metre =
        (room / (east - west).max(1.0)).min(sheet.tallest_map / (north - south).max(1.0));
    let left = (room - (east - west) * units_per_metre) / 2.0;
    let projection = Projection { west, north, units_per_metre, left, top };

    for area in &map.areas {
        draw_area(area, map, &projection, drawing);
    }
    // Letters come after every outline, so that no neighbour covers them.
    for area in &map.areas {
        letter_area(area, map, &projection, drawing);
    }
    let map_bottom = top + (north - south).max(1.0) * units_per_metre;
    let legend_bottom = draw_legend(map, drawing, top);
    let scale_bottom =
        draw_scale_bar(units_per_metre, drawing, legend_bottom + sheet.legend_row - 8.0);
    map_bottom.max(scale_bottom) + 6.0
}

fn draw_area(area: &MapArea, map: &ChoroplethMap, projection: &Projection, drawing: &mut Drawing) {
    let mut data = String::new();
    for ring in area.polygons.iter().flatten() {
        let mut previous = None;
        for &point in ring {
            let (x, y) = projection.at(point);
            let place = format!("{} {}", units(x), units(y));
            if previous.as_ref() != Some(&place) {
                let _ = write!(data, "{}{place}", if previous.is_none() { "M" } else { "L" });
                previous = Some(place);
            }
        }
        if previous.is_some() {
            data.push('Z');
        }
    }
    let fill = match class_index(area, map) {
        Some(class) => format!("fill=\"{}\"", map.scale.colours(class, map.classes.len()).0),
        None => drawing.hatch_fill(),
    };
    let row = drawing.row(&area.name);
    drawing.path(
        &data,
        &format!("{fill} fill-rule=\"evenodd\" stroke=\"{GREY}\" stroke-width=\"0.7\"{row}"),
    );
}

/// Letters the class inside an area, so that it can be read without colour.
fn letter_area(
    area: &MapArea,
    map: &ChoroplethMap,
    projection: &Projection,
    drawing: &mut Drawing,
) {
    let Some(class) = class_index(area, map) else { return };
    let largest = area.polygons.iter().filter_map(|rings| rings.first());
    let Some(ring) = largest.max_by(|a, b| ring_area(a).total_cmp(&ring_area(b))) else { return };
    let (west, south, east, north) = extent(ring.iter());
    let smaller_side = (east - west).min(north - south) * projection.units_per_metre;
    if smaller_side < LETTERED_SIZE {
        return;
    }
    let (x, y) = projection.at(widest_inside(ring));
    let colour = map.scale.colours(class, map.classes.len()).1;
    let style = Type { size: drawing.sheet.small_text, bold: true, colour, anchor: Anchor::Middle };
    drawing.text(x, y + 4.5, style, &class_letter(class));
}

/// The middle of the widest stretch inside a ring, over seven cuts through its middle part.
fn widest_inside(ring: &Ring) -> (f64, f64) {
    let (_, south, _, north) = extent(ring.iter());
    let mut best = (f64::NEG_INFINITY, ring[0]);
    for cut in 2..=8 {
        // The small offset keeps the cut away from vertices on round coordinates.
        let northing = south + (north - south) * f64::from(cut) / 10.0 + 0.0137;
        let mut crossings: Vec<f64> = ring
            .iter()
            .zip(ring.iter().cycle().skip(1))
            .filter(|(a, b)| (a.1 <= northing) != (b.1 <= northing))
            .map(|(a, b)| a.0 + (northing - a.1) / (b.1 - a.1) * (b.0 - a.0))
            .collect();
        crossings.sort_by(f64::total_cmp);
        for pair in crossings.chunks_exact(2) {
            // The middle cut wins unless another is a good deal wider.
            let width = (pair[1] - pair[0]) * (1.0 - 0.05 * f64::from(i32::abs(cut - 5)));
            if width > best.0 {
                best = (width, (f64::midpoint(pair[0], pair[1]), northing));
            }
        }
    }
    best.1
}

fn draw_legend(map: &ChoroplethMap, drawing: &mut Drawing, top: f64) -> f64 {
    let x = drawing.sheet.width - LEGEND_WIDTH;
    let mut y = top;
    for line in wrap(&map.legend_title, LEGEND_WIDTH, LABEL.size) {
        y += 17.0;
        drawing.text(x, y, LABEL.bold(), &line);
    }
    y += 8.0;
    let outline = format!("stroke=\"{GREY}\" stroke-width=\"0.7\"");
    for (class, class_break) in map.classes.iter().enumerate() {
        let (fill, colour) = map.scale.colours(class, map.classes.len());
        drawing.rectangle((x, y), (28.0, 20.0), &format!("fill=\"{fill}\" {outline}"));
        let style =
            Type { size: drawing.sheet.small_text, bold: true, colour, anchor: Anchor::Middle };
        drawing.text(x + 14.0, y + 14.5, style, &class_letter(class));
        drawing.text(x + 36.0, y + 15.0, LABEL, &class_break.label);
        y += drawing.sheet.legend_row;
    }
    let without: Vec<&MapArea> = map.areas.iter().filter(|area| area.value.is_none()).collect();
    if !without.is_empty() {
        let notes: BTreeSet<&str> =
            without.iter().map(|area| area.note.as_deref().unwrap_or("not known")).collect();
        let label = notes.into_iter().collect::<Vec<_>>().join(" or ");
        let fill = drawing.hatch_fill();
        drawing.rectangle((x, y), (28.0, 20.0), &format!("{fill} {outline}"));
        let lines = wrap(&label, LEGEND_WIDTH - 36.0, LABEL.size);
        for (index, line) in lines.iter().enumerate() {
            drawing.text(x + 36.0, y + 15.0 + index as f64 * 17.0, LABEL, line);
        }
        y += drawing.sheet.legend_row + lines.len().saturating_sub(1) as f64 * 17.0;
    }
    y
}

/// A scale bar of a round length; north is up, as the grid is.
fn draw_scale_bar(units_per_metre: f64, drawing: &mut Drawing, top: f64) -> f64 {
    let x = drawing.sheet.width - LEGEND_WIDTH;
    let lengths = [100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5];
    let fits = lengths.into_iter().rev().find(|metres| metres * units_per_metre <= 150.0);
    let metres = fits.unwrap_or(100.0);
    let end = x + metres * units_per_metre;
    drawing.line((x, top + 8.0), (end, top + 8.0), INK, "stroke-width=\"2\"");
    for tick in [x, end] {
        drawing.line((tick, top + 3.0), (tick, top + 13.0), INK, "stroke-width=\"2\"");
    }
    let label = if metres < 1e3 {
        format!("{} m", number_text(metres, 0))
    } else {
        format!("{} km", number_text(metres / 1e3, 0))
    };
    drawing.text(end + 8.0, top + 13.0, LABEL, &label);
    if !drawing.sheet.is_roomy {
        return top + 16.0;
    }
    drawing.text(x, top + 34.0, Type { colour: GREY, ..LABEL }, "North is up");
    top + 38.0
}

fn class_index(area: &MapArea, map: &ChoroplethMap) -> Option<usize> {
    let value = area.value.filter(|value| !value.is_nan())?;
    let class = map.classes.iter().position(|class| value <= class.upper);
    class.or(map.classes.len().checked_sub(1))
}

fn class_letter(class_index: usize) -> String {
    char::from(b'A' + (class_index % 26) as u8).to_string()
}

fn extent<'a>(points: impl Iterator<Item = &'a (f64, f64)>) -> (f64, f64, f64, f64) {
    let nothing = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    let found = points.fold(nothing, |found, &(x, y)| {
        (found.0.min(x), found.1.min(y), found.2.max(x), found.3.max(y))
    });
    if found.0.is_finite() { found } else { (0.0, 0.0, 1.0, 1.0) }
}

/// Twice the area of a ring (shoelace), for comparing rings.
fn ring_area(ring: &Ring) -> f64 {
    let doubled: f64 =
        ring.iter().zip(ring.iter().cycle().skip(1)).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum();
    doubled.abs()
}
