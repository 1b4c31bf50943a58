//! Groups with the one each reports to: boxes under their parent, joined by lines.
//!
//! The first level stands side by side below the top, as many to a row as have room for their words;
//! what reports to one of them stands below it, set in by a step for each level.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::drawing::{Drawing, LABEL, Sheet, Type, wrap};
use super::palette::{CATEGORICAL, GREY, INK};

/// Groups and their reporting lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StructureChart {
    /// The groups, in the order in which they are to stand.
    pub groups: Vec<StructureGroup>,
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StructureGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The group that it reports to.
    pub reports_to: Option<String>,
    /// What must be seen, such as that it has lapsed: in the fewest words.
    pub flag: Option<String>,
}

/// One box: where it stands in its column, and what it says.
struct Node<'a> {
    group: &'a StructureGroup,
    depth: usize,
    lines: Vec<String>,
}

const EDGE: f64 = 1.5;
const STEP: f64 = 16.0;

/// Distances that are smaller where there is little room.
#[derive(Clone, Copy)]
struct Room {
    gap: f64,
    bus: f64,
    padding: f64,
}

fn room(sheet: Sheet) -> Room {
    if sheet.is_roomy {
        Room { gap: 14.0, bus: 14.0, padding: 8.0 }
    } else {
        Room { gap: 10.0, bus: 9.0, padding: 4.0 }
    }
}

/// The groups that fit a sheet on which maps are as high: all, or those of the first two levels, or the
/// first of these. `height` draws some and says how high they are.
pub(super) fn that_fit(
    chart: &StructureChart,
    sheet: Sheet,
    height: impl Fn(&StructureChart) -> f64,
) -> StructureChart {
    let fits = |chart: &StructureChart| height(chart) <= sheet.tallest_map;
    if fits(chart) {
        return chart.clone();
    }
    let tops: BTreeSet<&str> = roots(chart).map(|group| group.id.as_str()).collect();
    let mut shown = chart.clone();
    shown.groups.retain(|group| {
        let is_below = group.reports_to.as_deref().is_some_and(|to| tops.contains(to));
        tops.contains(group.id.as_str()) || is_below
    });
    while shown.groups.len() > 1 && !fits(&shown) {
        shown.groups.pop();
    }
    shown
}

pub(super) fn draw(chart: &StructureChart, drawing: &mut Drawing, top: f64) -> f64 {
    let Room { gap, .. } = room(drawing.sheet);
    let mut seen = BTreeSet::new();
    let mut y = top;
    for root in roots(chart) {
        if seen.insert(root.id.as_str()) {
            y = draw_tree(chart, root, &mut seen, drawing, y) + gap;
        }
    }
    // What is left reports to itself in a circle; it is shown all the same.
    for group in &chart.groups {
        if seen.insert(group.id.as_str()) {
            y = draw_tree(chart, group, &mut seen, drawing, y) + gap;
        }
    }
    y - gap.min(y - top)
}

/// Groups that report to none of the others.
fn roots(chart: &StructureChart) -> impl Iterator<Item = &StructureGroup> {
    chart.groups.iter().filter(|group| {
        group.reports_to.as_ref().is_none_or(|to| chart.groups.iter().all(|other| other.id != *to))
    })
}

fn draw_tree<'a>(
    chart: &'a StructureChart,
    root: &'a StructureGroup,
    seen: &mut BTreeSet<&'a str>,
    drawing: &mut Drawing,
    top: f64,
) -> f64 {
    // Half of the thickest edge would stand outside the sheet.
    let width = drawing.sheet.width - 2.0 * EDGE;
    let Room { gap, bus: bus_height, padding } = room(drawing.sheet);
    let lines = box_lines(root, width - 2.0 * padding, drawing.sheet);
    let height = box_height(&lines, drawing.sheet);
    draw_box((EDGE, top), (width, height), &lines, root, true, drawing);
    let across = across(drawing);
    let column_width = (width - STEP - gap * (across as f64 - 1.0)) / across as f64;
    let columns: Vec<Vec<Node<'_>>> = children(chart, root)
        .filter_map(|child| {
            let mut nodes = Vec::new();
            collect(chart, child, 0, column_width, drawing.sheet, seen, &mut nodes);
            (!nodes.is_empty()).then_some(nodes)
        })
        .collect();
    let trunk = STEP / 2.0 - 2.0;
    let mut y = top + height;
    let mut last_bus = y;
    for row in columns.chunks(across) {
        let bus = y + bus_height / 2.0;
        let boxes = y + bus_height;
        let mut bottom = boxes;
        let mut right = trunk;
        for (index, nodes) in row.iter().enumerate() {
            let left = STEP + index as f64 * (column_width + gap);
            let middle = left + column_width / 2.0;
            drawing.line((middle, bus), (middle, boxes), INK, LINE);
            right = middle;
            bottom = bottom.max(draw_column(nodes, left, column_width, boxes, drawing));
        }
        drawing.line((trunk, bus), (right, bus), INK, LINE);
        last_bus = bus;
        y = bottom;
    }
    if !columns.is_empty() {
        drawing.line((trunk, top + height), (trunk, last_bus), INK, LINE);
    }
    y
}

const LINE: &str = "stroke-width=\"1.5\"";

/// A column: each box with an elbow from the one that it reports to.
fn draw_column(nodes: &[Node<'_>], left: f64, width: f64, top: f64, drawing: &mut Drawing) -> f64 {
    let mut y = top;
    // Where the line down from each level starts.
    let mut starts: Vec<f64> = Vec::new();
    for node in nodes {
        let indent = node.depth as f64 * STEP;
        let height = box_height(&node.lines, drawing.sheet);
        if node.depth > 0 {
            y += 6.0;
            let line = left + indent - STEP / 2.0;
            let middle = y + height / 2.0;
            let from = starts.get(node.depth - 1).copied().unwrap_or(top);
            drawing.line((line, from), (line, middle), INK, LINE);
            drawing.line((line, middle), (left + indent, middle), INK, LINE);
        }
        draw_box(
            (left + indent, y),
            (width - indent, height),
            &node.lines,
            node.group,
            false,
            drawing,
        );
        y += height;
        starts.truncate(node.depth);
        starts.push(y);
    }
    y
}

fn draw_box(
    corner: (f64, f64),
    size: (f64, f64),
    lines: &[String],
    group: &StructureGroup,
    is_top: bool,
    drawing: &mut Drawing,
) {
    let text = text_size(drawing.sheet);
    let Room { padding, .. } = room(drawing.sheet);
    let flagged = group.flag.is_some();
    let (fill, ink) = if is_top { (CATEGORICAL[0], "#ffffff") } else { ("#ffffff", INK) };
    // A flagged box is dashed, so that it shows without colour; its words say why.
    let dash = if flagged {
        " stroke-dasharray=\"6 4\" stroke-width=\"2.5\""
    } else {
        " stroke-width=\"1.5\""
    };
    let stroke = if flagged { CATEGORICAL[1] } else { INK };
    drawing.rectangle(corner, size, &format!("fill=\"{fill}\" stroke=\"{stroke}\"{dash}"));
    let n_flag = flag_lines(group, size.0 - 2.0 * padding, drawing.sheet).len();
    let first_flag = lines.len() - n_flag.min(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let is_flag = index >= first_flag;
        let colour = match (is_flag, is_top) {
            (true, false) => GREY,
            _ => ink,
        };
        let style = Type { size: text, colour, bold: !is_flag, ..LABEL };
        let y = corner.1 + padding + text * 0.82 + index as f64 * line_height(text);
        drawing.text(corner.0 + padding, y, style, line);
    }
}

/// The name, then the flag.
fn box_lines(group: &StructureGroup, width: f64, sheet: Sheet) -> Vec<String> {
    // Bold words are wider than the estimate for plain ones.
    let mut lines = wrap(&group.name, width / 1.06, text_size(sheet));
    lines.extend(flag_lines(group, width, sheet));
    lines
}

/// Where there is little room, only what the flag says before its colon.
fn flag_lines(group: &StructureGroup, width: f64, sheet: Sheet) -> Vec<String> {
    let Some(flag) = &group.flag else { return Vec::new() };
    let short = flag.split(':').next().unwrap_or(flag);
    wrap(if sheet.is_roomy { flag } else { short }, width, text_size(sheet))
}

fn box_height(lines: &[String], sheet: Sheet) -> f64 {
    let size = text_size(sheet);
    lines.len().max(1) as f64 * line_height(size) + 2.0 * room(sheet).padding - size * 0.25
}

fn line_height(size: f64) -> f64 {
    size * 1.2
}

fn text_size(sheet: Sheet) -> f64 {
    if sheet.is_roomy { 13.0 } else { 14.0 }
}

fn across(drawing: &Drawing) -> usize {
    if drawing.sheet.is_roomy { 3 } else { 4 }
}

fn children<'a>(
    chart: &'a StructureChart,
    of: &'a StructureGroup,
) -> impl Iterator<Item = &'a StructureGroup> {
    chart.groups.iter().filter(|group| group.reports_to.as_ref() == Some(&of.id))
}

fn collect<'a>(
    chart: &'a StructureChart,
    group: &'a StructureGroup,
    depth: usize,
    column: f64,
    sheet: Sheet,
    seen: &mut BTreeSet<&'a str>,
    nodes: &mut Vec<Node<'a>>,
) {
    if !seen.insert(group.id.as_str()) {
        return;
    }
    let width = column - depth as f64 * STEP - 2.0 * room(sheet).padding;
    nodes.push(Node { group, depth, lines: box_lines(group, width.max(60.0), sheet) });
    for child in children(chart, group) {
        collect(chart, child, depth + 1, column, sheet, seen, nodes);
    }
}
