//! The months of an average year: how far each lies above or below the yearly level.

use serde::{Deserialize, Serialize};

use super::drawing::{Anchor, Drawing, LABEL, Type};
use super::number_axis::{NumberAxis, number_text};
use super::palette::{CATEGORICAL, GREY, GRID, INK};

/// The months of an average year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileChart {
    /// What one stands for, such as "times the average month".
    pub y_label: String,
    /// The months in the order they are drawn.
    pub months: Vec<ProfileMonth>,
}

/// A month of an average year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileMonth {
    /// Name of the month.
    pub label: String,
    /// How many times the yearly level.
    pub multiplier: f64,
    /// The interval around it.
    pub interval: Option<(f64, f64)>,
}

const LEFT: f64 = 56.0;

pub(super) fn draw(chart: &ProfileChart, drawing: &mut Drawing, top: f64) -> f64 {
    drawing.text(0.0, top + 12.0, Type { colour: GREY, ..LABEL }, &chart.y_label);
    let (top, right) = (top + 40.0, drawing.sheet.width - 8.0);
    let bottom = top + drawing.sheet.profile_height;
    let ends = chart.months.iter().flat_map(|month| {
        let (lower, upper) = month.interval.unwrap_or((month.multiplier, month.multiplier));
        [month.multiplier, lower, upper]
    });
    let axis = NumberAxis::around(ends, 1.0, bottom, top);
    for tick in axis.ticks() {
        let y = axis.at(tick);
        drawing.line((LEFT, y), (right, y), GRID, "stroke-width=\"1\"");
        let label = number_text(tick, axis.decimals().max(1));
        drawing.text(LEFT - 8.0, y + 5.0, LABEL.anchored(Anchor::End), &label);
    }
    let average = axis.at(1.0);
    drawing.line(
        (LEFT, average),
        (right, average),
        INK,
        "stroke-width=\"1.5\" stroke-dasharray=\"6 4\"",
    );

    let step = (right - LEFT) / chart.months.len().max(1) as f64;
    let peak = peak_index(chart);
    for (index, month) in chart.months.iter().enumerate() {
        let x = LEFT + (index as f64 + 0.5) * step;
        draw_month(month, Some(index) == peak, (x, step), &axis, drawing);
        drawing.text(x, bottom + 20.0, LABEL.anchored(Anchor::Middle), &month.label);
    }
    bottom + 28.0
}

/// A bar from the yearly level to the month's own; the peak is darker and says so.
fn draw_month(
    month: &ProfileMonth,
    is_peak: bool,
    (x, step): (f64, f64),
    axis: &NumberAxis,
    drawing: &mut Drawing,
) {
    let (level, average) = (axis.at(month.multiplier), axis.at(1.0));
    let width = step * 0.5;
    let fill = if is_peak { CATEGORICAL[0] } else { super::palette::MUTED };
    let corner = (x - width / 2.0, level.min(average));
    drawing.rectangle(corner, (width, (level - average).abs()), &format!("fill=\"{fill}\""));
    let mut highest = level.min(average);
    if let Some((lower, upper)) = month.interval {
        let (lower, upper) = (axis.at(lower), axis.at(upper));
        drawing.line((x, lower), (x, upper), "#ffffff", "stroke-width=\"5\"");
        drawing.line((x, lower), (x, upper), INK, "stroke-width=\"2\"");
        for y in [lower, upper] {
            drawing.line((x - 5.0, y), (x + 5.0, y), INK, "stroke-width=\"2\"");
        }
        highest = highest.min(upper);
    }
    let style = LABEL.anchored(Anchor::Middle);
    let value = number_text(month.multiplier, 2);
    if is_peak {
        drawing.text(x, highest - 22.0, style.bold(), "peak");
        drawing.text(x, highest - 6.0, style.bold(), &value);
    } else {
        drawing.text(x, highest - 6.0, style, &value);
    }
}

fn peak_index(chart: &ProfileChart) -> Option<usize> {
    let by_level = |a: &(usize, &ProfileMonth), b: &(usize, &ProfileMonth)| {
        a.1.multiplier.total_cmp(&b.1.multiplier)
    };
    chart.months.iter().enumerate().max_by(by_level).map(|(index, _)| index)
}
