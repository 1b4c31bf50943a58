//! Values month by month: lines that break where a month is not known.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::drawing::{Anchor, Drawing, LABEL, Type, text_width, units};
use super::number_axis::{NumberAxis, number_text};
use super::palette::{BAND, CATEGORICAL, GREY, GRID, INK};

/// Values month by month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesChart {
    /// What the vertical axis counts.
    pub y_label: String,
    /// The months in order, as `2022-04`.
    pub months: Vec<String>,
    /// The lines, each with one value for each month.
    pub lines: Vec<Line>,
    /// Months whose values are known and withheld, so that nobody can be worked out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<String>,
    /// The range to be expected, drawn behind the lines.
    pub expected: Option<Band>,
    /// Events to be marked on the time axis.
    pub markers: Vec<Marker>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its values; `None` is a month that is not known, which is drawn as such and never as zero.
    pub values: Vec<Option<f64>>,
}

/// A range for each month; `None` where nothing is to be expected, as before a first year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// What the range means.
    pub label: String,
    /// Lower ends.
    pub lower: Vec<Option<f64>>,
    /// Upper ends.
    pub upper: Vec<Option<f64>>,
}

/// An event in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Marker {
    /// The month, as `2022-04`.
    pub month: String,
    /// What happened.
    pub label: String,
}

const LEFT: f64 = 64.0;
const DASHES: [&str; 4] = ["", "8 4", "2 3", "10 3 2 3"];

/// Where a series is drawn.
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    n_months: usize,
    axis: NumberAxis,
}

impl Plot {
    fn step(&self) -> f64 {
        (self.right - self.left) / self.n_months.max(1) as f64
    }

    fn x(&self, month_index: usize) -> f64 {
        self.left + (month_index as f64 + 0.5) * self.step()
    }

    fn point(&self, month_index: usize, value: f64) -> (f64, f64) {
        (self.x(month_index), self.axis.at(value))
    }
}

pub(super) fn draw(chart: &SeriesChart, drawing: &mut Drawing, top: f64) -> f64 {
    drawing.define_hatch();
    drawing.text(0.0, top + 12.0, Type { colour: GREY, ..LABEL }, &chart.y_label);
    let width = drawing.sheet.width;
    let top = top
        + 24.0
        + marker_rows(chart, width).iter().map(|row| row + 1).max().unwrap_or(0) as f64 * 18.0;
    let bottom = top + drawing.sheet.series_height;
    let plot = Plot {
        left: LEFT,
        right: width - end_label_width(chart),
        top,
        bottom,
        n_months: chart.months.len(),
        axis: NumberAxis::covering(all_values(chart), bottom, top),
    };
    drawing.say_where((plot.left, plot.right), (plot.top, plot.bottom), &chart.months);
    draw_value_axis(drawing, &plot);
    draw_gaps(chart, drawing, &plot);
    if let Some(band) = &chart.expected {
        draw_band(band, drawing, &plot);
    }
    for (line_index, line) in chart.lines.iter().enumerate() {
        draw_line(line, line_index, drawing, &plot);
    }
    draw_end_labels(chart, drawing, &plot);
    draw_markers(chart, drawing, &plot);
    draw_month_axis(&chart.months, drawing, &plot);
    match &chart.expected {
        Some(band) => draw_band_key(band, drawing, bottom + 34.0),
        None => bottom + 26.0,
    }
}

fn all_values(chart: &SeriesChart) -> impl Iterator<Item = f64> {
    let lines = chart.lines.iter().flat_map(|line| line.values.iter().flatten().copied());
    let band = chart.expected.iter();
    let band = band.flat_map(|band| band.lower.iter().chain(&band.upper).copied().flatten());
    lines.chain(band)
}

fn draw_value_axis(drawing: &mut Drawing, plot: &Plot) {
    for tick in plot.axis.ticks() {
        let y = plot.axis.at(tick);
        let colour = if tick == 0.0 { INK } else { GRID };
        drawing.line((plot.left, y), (plot.right, y), colour, "stroke-width=\"1\"");
        let label = number_text(tick, plot.axis.decimals());
        drawing.text(plot.left - 8.0, y + 5.0, LABEL.anchored(Anchor::End), &label);
    }
}

/// Shades each run of months in which some line is not known, and says so in words.
fn draw_gaps(chart: &SeriesChart, drawing: &mut Drawing, plot: &Plot) {
    let unknown_at = |month: usize| -> Vec<&str> {
        let is_unknown = |line: &&Line| line.values.get(month).copied().flatten().is_none();
        chart.lines.iter().filter(is_unknown).map(|line| line.name.as_str()).collect()
    };
    let is_withheld =
        |month: usize| chart.months.get(month).is_some_and(|month| chart.withheld.contains(month));
    let mut month = 0;
    while month < plot.n_months {
        let unknown = unknown_at(month);
        let start = month;
        month += 1;
        if unknown.is_empty() {
            continue;
        }
        let withheld = is_withheld(start);
        while month < plot.n_months
            && unknown_at(month) == unknown
            && is_withheld(month) == withheld
        {
            month += 1;
        }
        let why = if withheld { "withheld" } else { "not known" };
        let label = if unknown.len() == chart.lines.len() {
            why.to_owned()
        } else {
            format!("{}: {why}", unknown.join(", "))
        };
        let (left, width) =
            (plot.left + start as f64 * plot.step(), (month - start) as f64 * plot.step());
        let fill = drawing.hatch_fill();
        drawing.rectangle((left, plot.top), (width, plot.bottom - plot.top), &fill);
        label_gap(&label, left, width, clear_height(chart, start..month, plot), drawing);
    }
}

/// Words on a white ground at height `y`: along the gap where they fit, upwards where it is narrow.
fn label_gap(label: &str, left: f64, width: f64, y: f64, drawing: &mut Drawing) {
    let style = Type { size: drawing.sheet.small_text, ..LABEL.bold() };
    let length = text_width(label, style.size) + 8.0;
    let middle = left + width / 2.0;
    let ground = "fill=\"#ffffff\"";
    if length <= width {
        drawing.rectangle((middle - length / 2.0, y - 10.0), (length, 20.0), ground);
        drawing.text(middle, y + 4.5, style.anchored(Anchor::Middle), label);
    } else {
        drawing.rectangle((middle - 9.0, y - length / 2.0), (18.0, length), ground);
        drawing.upright_text(middle + 4.5, y, style.anchored(Anchor::Middle), label);
    }
}

/// The height in a gap that is furthest from the lines which go on through it.
fn clear_height(chart: &SeriesChart, months: Range<usize>, plot: &Plot) -> f64 {
    let values =
        chart.lines.iter().flat_map(|line| line.values.get(months.clone()).unwrap_or_default());
    let heights: Vec<f64> = values.flatten().map(|&value| plot.axis.at(value)).collect();
    let distance =
        |y: f64| heights.iter().map(|height| (height - y).abs()).fold(f64::INFINITY, f64::min);
    let places = [0.5, 0.25, 0.75].map(|share| plot.top + share * (plot.bottom - plot.top));
    places
        .into_iter()
        .fold(places[0], |best, place| if distance(place) > distance(best) { place } else { best })
}

/// One shape for each run of months that have a range.
fn draw_band(band: &Band, drawing: &mut Drawing, plot: &Plot) {
    let ends: Vec<(usize, Option<(f64, f64)>)> = band
        .lower
        .iter()
        .zip(&band.upper)
        .map(|(lower, upper)| lower.zip(*upper))
        .enumerate()
        .collect();
    for run in ends.chunk_by(|(_, a), (_, b)| a.is_some() == b.is_some()) {
        let known = run.iter().filter_map(|(month, ends)| ends.map(|ends| (*month, ends)));
        let upper = known.clone().map(|(month, (_, value))| plot.point(month, value));
        let lower = known.rev().map(|(month, (value, _))| plot.point(month, value));
        let points: Vec<(f64, f64)> = upper.chain(lower).collect();
        if points.len() > 2 {
            let style = format!("fill=\"{BAND}\" stroke=\"{GREY}\" stroke-dasharray=\"1 3\"");
            drawing.path(&(path_through(points.into_iter()) + "Z"), &style);
        }
    }
}

fn draw_band_key(band: &Band, drawing: &mut Drawing, top: f64) -> f64 {
    let fill = format!("fill=\"{BAND}\" stroke=\"{GREY}\" stroke-dasharray=\"1 3\"");
    drawing.rectangle((LEFT, top), (28.0, 14.0), &fill);
    drawing.text(LEFT + 36.0, top + 12.0, LABEL, &band.label);
    top + 16.0
}

fn draw_line(line: &Line, line_index: usize, drawing: &mut Drawing, plot: &Plot) {
    let colour = CATEGORICAL[line_index % CATEGORICAL.len()];
    let dash = DASHES[line_index % DASHES.len()];
    let stroke = format!(
        "fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\" stroke-linejoin=\"round\" stroke-dasharray=\"{}\"",
        if dash.is_empty() { "none" } else { dash },
    );
    let known = |month: usize| line.values.get(month).copied().flatten();
    let months: Vec<usize> = (0..plot.n_months).collect();
    for run in months.chunk_by(|&a, &b| known(a).is_some() == known(b).is_some()) {
        let points: Vec<(f64, f64)> = run
            .iter()
            .filter_map(|&month| known(month).map(|value| plot.point(month, value)))
            .collect();
        if points.len() > 1 {
            drawing.path(&path_through(points.iter().copied()), &stroke);
        }
        // A month between two gaps has no line to show it.
        if plot.n_months <= 48 || points.len() == 1 {
            for &point in &points {
                drawing.mark(point, line_index, colour);
            }
        }
    }
}

fn end_label_width(chart: &SeriesChart) -> f64 {
    if chart.lines.len() < 2 {
        return 12.0;
    }
    let longest = chart.lines.iter().map(|line| text_width(&line.name, LABEL.size));
    (longest.fold(0.0, f64::max) + 30.0).min(220.0)
}

/// Names each line where it ends, moved apart where the ends are close.
fn draw_end_labels(chart: &SeriesChart, drawing: &mut Drawing, plot: &Plot) {
    if chart.lines.len() < 2 {
        return;
    }
    let mut ends: Vec<(f64, usize)> = chart
        .lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let last = line.values.iter().rev().flatten().next();
            (last.map_or(plot.bottom, |&value| plot.axis.at(value)), index)
        })
        .collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut above = f64::NEG_INFINITY;
    for (y, line_index) in ends {
        let y = y.max(above + 18.0);
        above = y;
        drawing.mark(
            (plot.right + 10.0, y),
            line_index,
            CATEGORICAL[line_index % CATEGORICAL.len()],
        );
        drawing.text(plot.right + 20.0, y + 5.0, LABEL.bold(), &chart.lines[line_index].name);
    }
}

/// The row above the plot on which each marker's label stands, so that labels do not meet.
fn marker_rows(chart: &SeriesChart, width: f64) -> Vec<usize> {
    let step = (width - end_label_width(chart) - LEFT) / chart.months.len().max(1) as f64;
    let mut ends: Vec<f64> = Vec::new();
    let mut row_of = |marker: &Marker| {
        let start = month_index(chart, marker)? as f64 * step;
        let row = ends.iter().position(|&end| end < start).unwrap_or(ends.len());
        ends.resize(ends.len().max(row + 1), 0.0);
        ends[row] = start + text_width(&marker.label, LABEL.size) + 10.0;
        Some(row)
    };
    chart.markers.iter().map(|marker| row_of(marker).unwrap_or(0)).collect()
}

fn month_index(chart: &SeriesChart, marker: &Marker) -> Option<usize> {
    chart.months.iter().position(|month| *month == marker.month)
}

fn draw_markers(chart: &SeriesChart, drawing: &mut Drawing, plot: &Plot) {
    for (marker, row) in chart.markers.iter().zip(marker_rows(chart, drawing.sheet.width)) {
        let Some(month) = month_index(chart, marker) else { continue };
        let (x, y) = (plot.x(month), plot.top - 8.0 - row as f64 * 18.0);
        drawing.line((x, y - 11.0), (x, plot.bottom), INK, "stroke-dasharray=\"4 3\"");
        // A label that would leave the sheet on the right reads towards the line instead.
        if x + text_width(&marker.label, LABEL.size) + 5.0 > drawing.sheet.width {
            drawing.text(x - 5.0, y, LABEL.anchored(Anchor::End), &marker.label);
        } else {
            drawing.text(x + 5.0, y, LABEL, &marker.label);
        }
    }
}

/// Labels as many months as fit, counted from the first of the series.
fn draw_month_axis(months: &[String], drawing: &mut Drawing, plot: &Plot) {
    let every =
        [1, 2, 3, 6, 12, 24].into_iter().find(|every| plot.step() * f64::from(*every) >= 70.0);
    let every = every.unwrap_or(60) as usize;
    for (month_index, month) in months.iter().enumerate().step_by(every) {
        let x = plot.x(month_index);
        drawing.line((x, plot.bottom), (x, plot.bottom + 5.0), INK, "stroke-width=\"1\"");
        let (label, y) = (month_text(month), plot.bottom + 20.0);
        // Around the last month of the sheet there may be no room to its right.
        if x + text_width(&label, LABEL.size) / 2.0 > drawing.sheet.width {
            drawing.text(drawing.sheet.width, y, LABEL.anchored(Anchor::End), &label);
        } else {
            drawing.text(x, y, LABEL.anchored(Anchor::Middle), &label);
        }
    }
}

fn path_through(points: impl Iterator<Item = (f64, f64)>) -> String {
    let points: Vec<String> = points.map(|(x, y)| format!("{} {}", units(x), units(y))).collect();
    format!("M{}", points.join("L"))
}

/// `2022-04` as a reader writes it; anything else as it is.
pub(super) fn month_text(month: &str) -> String {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let name = month.split_once('-').and_then(|(year, number)| {
        let index = number.parse::<usize>().ok()?.checked_sub(1)?;
        Some(format!("{} {year}", NAMES.get(index)?))
    });
    name.unwrap_or_else(|| month.to_owned())
}
