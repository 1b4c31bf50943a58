//! Horizontal bars, with whiskers where a value has an interval.

use serde::{Deserialize, Serialize};

use super::drawing::{Anchor, Drawing, LABEL, Sheet, Type, text_width, wrap};
use super::number_axis::{NumberAxis, decimals_for, number_text};
use super::palette::{CATEGORICAL, GREY, GRID, INK, MUTED};

/// Horizontal bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BarChart {
    /// What the bars measure.
    pub x_label: String,
    /// The bars from the top down.
    pub bars: Vec<Bar>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// The interval around the value.
    pub interval: Option<(f64, f64)>,
    /// Whether it is the one the chart is about.
    pub highlighted: bool,
}

const WHISKER: &str = "stroke-width=\"2\"";

pub(super) fn draw(chart: &BarChart, drawing: &mut Drawing, top: f64) -> f64 {
    let decimals = decimals_for(chart.bars.iter().map(|bar| bar.value));
    let value_width = chart
        .bars
        .iter()
        .map(|bar| text_width(&number_text(bar.value, decimals), LABEL.size))
        .fold(0.0, f64::max);
    let left = label_width(chart);
    let right = drawing.sheet.width - value_width - 16.0;
    let ends = chart.bars.iter().flat_map(|bar| {
        let (lower, upper) = bar.interval.unwrap_or((bar.value, bar.value));
        [bar.value, lower, upper]
    });
    let axis = NumberAxis::covering(ends, left, right);

    drawing.text(left, top + 12.0, Type { colour: GREY, ..LABEL }, &chart.x_label);
    let top = top + 24.0;
    let rows: Vec<Vec<String>> = chart.bars.iter().map(|bar| lines(bar, left)).collect();
    let sheet = drawing.sheet;
    let heights: Vec<f64> = rows.iter().map(|lines| row_height(lines, sheet)).collect();
    let bottom = top + heights.iter().sum::<f64>();

    for tick in axis.ticks() {
        let x = axis.at(tick);
        let colour = if tick == 0.0 { INK } else { GRID };
        drawing.line((x, top), (x, bottom), colour, "stroke-width=\"1\"");
        let label = number_text(tick, axis.decimals());
        drawing.text(x, bottom + 18.0, LABEL.anchored(Anchor::Middle), &label);
    }
    let mut y = top;
    for ((bar, lines), height) in chart.bars.iter().zip(rows).zip(heights) {
        draw_bar(bar, &lines, decimals, &axis, y + height / 2.0, drawing);
        y += height;
    }
    bottom + 24.0
}

fn lines(bar: &Bar, left: f64) -> Vec<String> {
    wrap(&bar.label, left - 12.0, LABEL.size)
}

fn row_height(lines: &[String], sheet: Sheet) -> f64 {
    (lines.len() as f64 * 17.0 + 6.0).max(sheet.bar_height) + sheet.bar_gap
}

/// How many bars from the top down fit a sheet on which maps are as high.
pub(super) fn that_fit(chart: &BarChart, sheet: Sheet) -> usize {
    const ABOVE_AND_BELOW: f64 = 48.0;
    let left = label_width(chart);
    let mut room = sheet.tallest_map - ABOVE_AND_BELOW;
    let fits = |bar: &&Bar| {
        room -= row_height(&lines(bar, left), sheet);
        room >= 0.0
    };
    chart.bars.iter().take_while(fits).count()
}

/// The highlighted bar is darker and its words are bold, so that it shows in grey too.
fn draw_bar(
    bar: &Bar,
    lines: &[String],
    decimals: usize,
    axis: &NumberAxis,
    centre: f64,
    drawing: &mut Drawing,
) {
    let bar_height = drawing.sheet.bar_height;
    let style = if bar.highlighted { LABEL.bold() } else { LABEL };
    let first = centre + 5.0 - (lines.len().saturating_sub(1)) as f64 * 8.5;
    let labels_end = axis.at(axis.low) - 10.0;
    for (index, line) in lines.iter().enumerate() {
        drawing.text(labels_end, first + index as f64 * 17.0, style.anchored(Anchor::End), line);
    }
    let (zero, end) = (axis.at(0.0), axis.at(bar.value));
    let fill = if bar.highlighted { CATEGORICAL[0] } else { MUTED };
    let corner = (zero.min(end), centre - bar_height / 2.0);
    let row = drawing.row(&bar.label);
    drawing.rectangle(corner, ((end - zero).abs(), bar_height), &format!("fill=\"{fill}\"{row}"));
    let mut furthest = zero.max(end);
    if let Some((lower, upper)) = bar.interval {
        let (lower, upper) = (axis.at(lower), axis.at(upper));
        // A white edge keeps the whisker visible on the dark bar.
        drawing.line((lower, centre), (upper, centre), "#ffffff", "stroke-width=\"5\"");
        for x in [lower, upper] {
            drawing.line((x, centre - 7.0), (x, centre + 7.0), "#ffffff", "stroke-width=\"5\"");
        }
        drawing.line((lower, centre), (upper, centre), INK, WHISKER);
        for x in [lower, upper] {
            drawing.line((x, centre - 6.0), (x, centre + 6.0), INK, WHISKER);
        }
        furthest = furthest.max(upper);
    }
    drawing.text(furthest + 8.0, centre + 5.0, style, &number_text(bar.value, decimals));
}

fn label_width(chart: &BarChart) -> f64 {
    let longest = chart.bars.iter().map(|bar| text_width(&bar.label, LABEL.size) + 14.0);
    longest.fold(80.0, f64::max).min(240.0)
}
