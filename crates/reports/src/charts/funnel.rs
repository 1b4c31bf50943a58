//! Areas by size, with limits that are wide for small areas and narrow for large ones.

use serde::{Deserialize, Serialize};

use super::drawing::{Anchor, Drawing, LABEL, Type, text_width, units};
use super::number_axis::{NumberAxis, number_text};
use super::palette::{CATEGORICAL, GREY, GRID, INK, MUTED};

/// Areas by size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelChart {
    /// What the horizontal axis counts: "residents".
    pub x_label: String,
    /// What the vertical axis measures.
    pub y_label: String,
    /// The areas.
    pub points: Vec<FunnelPoint>,
    /// The value of all areas together.
    pub all: f64,
    /// The limits over the sizes, from the smallest.
    pub limits: Vec<FunnelLimits>,
}

/// An area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunnelPoint {
    /// Its name.
    pub label: String,
    /// How large it is.
    pub size: f64,
    /// Its value.
    pub value: f64,
    /// Whether it lies outside the inner limits; it is then named.
    pub outside: bool,
}

/// The limits for an area of one size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FunnelLimits {
    /// How large.
    pub size: f64,
    /// Lower and upper inner limit.
    pub inner: (f64, f64),
    /// Lower and upper outer limit.
    pub outer: (f64, f64),
}

const LEFT: f64 = 64.0;
const OUTER: &str = "fill=\"none\" stroke-width=\"1.5\"";
const INNER: &str = "fill=\"none\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\"";

struct Plot {
    x: NumberAxis,
    y: NumberAxis,
}

impl Plot {
    fn at(&self, size: f64, value: f64) -> (f64, f64) {
        (self.x.at(size), self.y.at(value))
    }
}

pub(super) fn draw(chart: &FunnelChart, drawing: &mut Drawing, top: f64) -> f64 {
    let quiet = Type { colour: GREY, ..LABEL };
    drawing.text(0.0, top + 12.0, quiet, &chart.y_label);
    let (top, right) = (top + 24.0, drawing.sheet.width - 12.0);
    let bottom = top + drawing.sheet.series_height;
    let limits = chart.limits.iter().flat_map(|one| [one.inner.0, one.inner.1, one.outer.1]);
    let values = chart.points.iter().map(|point| point.value).chain(limits);
    let sizes = chart.points.iter().map(|point| point.size);
    let sizes = sizes.chain(chart.limits.iter().map(|one| one.size));
    let plot = Plot {
        x: NumberAxis::covering(sizes, LEFT, right),
        y: NumberAxis::covering(values, bottom, top),
    };
    draw_axes(&plot, (top, bottom, right), drawing);
    let level = plot.y.at(chart.all);
    drawing.line((LEFT, level), (right, level), INK, "stroke-width=\"1.5\"");
    for (upper, style) in [(false, OUTER), (true, OUTER), (false, INNER), (true, INNER)] {
        let limit = |one: &FunnelLimits| {
            let (lower, higher) = if style == OUTER { one.outer } else { one.inner };
            plot.at(one.size, if upper { higher } else { lower })
        };
        let data: Vec<String> = chart
            .limits
            .iter()
            .map(limit)
            .map(|(x, y)| format!("{} {}", units(x), units(y)))
            .collect();
        if !data.is_empty() {
            drawing.path(&format!("M{}", data.join("L")), &format!("{style} stroke=\"{GREY}\""));
        }
    }
    draw_points(chart, &plot, right, drawing);
    drawing.text(LEFT, bottom + 40.0, quiet, &chart.x_label);
    draw_key(bottom + 64.0, drawing);
    bottom + 72.0
}

fn draw_axes(plot: &Plot, (top, bottom, right): (f64, f64, f64), drawing: &mut Drawing) {
    for tick in plot.y.ticks() {
        let y = plot.y.at(tick);
        let colour = if tick == 0.0 { INK } else { GRID };
        drawing.line((LEFT, y), (right, y), colour, "stroke-width=\"1\"");
        let label = number_text(tick, plot.y.decimals());
        drawing.text(LEFT - 8.0, y + 5.0, LABEL.anchored(Anchor::End), &label);
    }
    drawing.line((LEFT, top), (LEFT, bottom), INK, "stroke-width=\"1\"");
    let last = plot.x.ticks().last();
    for tick in plot.x.ticks() {
        let x = plot.x.at(tick);
        drawing.line((x, bottom), (x, bottom + 5.0), INK, "stroke-width=\"1\"");
        let anchor = if Some(tick) == last { Anchor::End } else { Anchor::Middle };
        let label = number_text(tick, plot.x.decimals());
        drawing.text(x, bottom + 20.0, LABEL.anchored(anchor), &label);
    }
}

/// Areas outside the limits are dark squares with their names, as far as the names do not meet.
fn draw_points(chart: &FunnelChart, plot: &Plot, right: f64, drawing: &mut Drawing) {
    for point in chart.points.iter().filter(|point| !point.outside) {
        drawing.mark(plot.at(point.size, point.value), 1, MUTED);
    }
    let mut named: Vec<[f64; 4]> = Vec::new();
    for point in chart.points.iter().filter(|point| point.outside) {
        let (x, y) = plot.at(point.size, point.value);
        drawing.mark((x, y), 0, CATEGORICAL[0]);
        let width = text_width(&point.label, LABEL.size);
        let places = [
            (x + 8.0, y + 5.0, Anchor::Start),
            (x - 8.0, y + 5.0, Anchor::End),
            (x + 8.0, y - 10.0, Anchor::Start),
            (x - 8.0, y - 10.0, Anchor::End),
            (x + 8.0, y + 20.0, Anchor::Start),
        ];
        let boxed = |(x, y, anchor): &(f64, f64, Anchor)| {
            let left = if matches!(anchor, Anchor::End) { x - width } else { *x };
            [left, y - LABEL.size, left + width, y + 4.0]
        };
        let is_free = |place: &&(f64, f64, Anchor)| {
            let [left, top, end, bottom] = boxed(place);
            let meets = |other: &[f64; 4]| {
                left < other[2] && other[0] < end && top < other[3] && other[1] < bottom
            };
            left > LEFT && end < right && !named.iter().any(meets)
        };
        if let Some(place) = places.iter().find(is_free) {
            named.push(boxed(place));
            drawing.text(place.0, place.1, LABEL.bold().anchored(place.2), &point.label);
        }
    }
}

fn draw_key(y: f64, drawing: &mut Drawing) {
    let mut x = LEFT;
    let entries = [
        ("all areas together", format!("stroke-width=\"1.5\" stroke=\"{INK}\"")),
        ("inner limits", format!("{INNER} stroke=\"{GREY}\"")),
        ("outer limits", format!("{OUTER} stroke=\"{GREY}\"")),
    ];
    for (words, style) in entries {
        drawing.path(
            &format!("M{} {}L{} {}", units(x), units(y - 5.0), units(x + 28.0), units(y - 5.0)),
            &style,
        );
        drawing.text(x + 34.0, y, LABEL, words);
        x += 34.0 + text_width(words, LABEL.size) + 24.0;
    }
}
