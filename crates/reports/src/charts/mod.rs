//! Charts and maps as SVG that reads well aloud, in print and without colour.
//!
//! A chart says its finding in words, shows the same figures as its table, and draws what is not
//! known as not known. The drawing is text and shapes with plain attributes, so that browsers and
//! the PDF writer need no style sheet to agree. `docs/decisions/0003-charts.md` says why no
//! charting crate is used.

mod bars;
mod choropleth;
mod drawing;
mod funnel;
mod number_axis;
mod palette;
mod profile;
mod series;
mod structure;

pub use bars::{Bar, BarChart};
pub use choropleth::{ChoroplethMap, ClassBreak, MapArea, Ring};
pub use funnel::{FunnelChart, FunnelLimits, FunnelPoint};
pub(crate) use number_axis::number_text;
pub use palette::Scale;
pub use profile::{ProfileChart, ProfileMonth};
pub use series::{Band, Line, Marker, SeriesChart};
pub use structure::{StructureChart, StructureGroup};

use serde::{Deserialize, Serialize};

use crate::table::Table;
use drawing::{Drawing, Frame, SLIDES};

/// A chart or map, with the words and the table that go with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Title.
    pub title: String,
    /// What the chart shows, in a sentence: the text for whoever cannot see it.
    pub finding: String,
    /// Where the data come from.
    pub source: String,
    /// What is drawn.
    pub kind: ChartKind,
    /// The same figures as a table.
    pub table: Table,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChartKind {
    /// Values month by month.
    Series(SeriesChart),
    /// Horizontal bars.
    Bars(BarChart),
    /// The months of an average year.
    Profile(ProfileChart),
    /// Areas by size, with limits that narrow.
    Funnel(FunnelChart),
    /// Areas shaded by class.
    Map(ChoroplethMap),
    /// Groups and their reporting lines.
    Structure(StructureChart),
}

/// Draws a chart as a self-contained SVG document of fixed shape and scalable size.
pub fn chart_svg(chart: &Chart, synthetic: bool) -> String {
    Frame::new(chart, synthetic).render(|drawing, top| draw(chart, drawing, top))
}

/// The same for a page whose script answers to a pointer: the drawing says where its months stand, and
/// which row of its table a shape stands for.
pub(crate) fn chart_svg_with_handles(chart: &Chart, synthetic: bool) -> String {
    let frame = Frame::new(chart, synthetic).with_handles();
    frame.render(|drawing, top| draw(chart, drawing, top))
}

/// The body of a chart with large words, for a slide that says title and source itself.
pub(crate) struct SlideDrawing {
    pub(crate) svg: String,
    /// What is left out for want of room.
    pub(crate) left_out: Option<String>,
}

/// Draws a chart for a slide: first as high as a slide with few words lets it be, then lower.
pub(crate) fn slide_drawings(chart: &Chart) -> [SlideDrawing; 3] {
    SLIDES.map(|sheet| {
        let mut shown = chart.clone();
        let mut left_out = None;
        if let ChartKind::Bars(bars) = &mut shown.kind {
            let (all, fit) = (bars.bars.len(), bars::that_fit(bars, sheet).max(1));
            if fit < all {
                bars.bars.truncate(fit);
                left_out = Some(format!(
                    "The first {fit} of {all} are drawn; all are in the full assessment."
                ));
            }
        }
        if let ChartKind::Structure(all) = &chart.kind {
            let fit = structure::that_fit(all, sheet, |some| bare_height(chart, some, sheet));
            if fit.groups.len() < all.groups.len() {
                let (n, of) = (fit.groups.len(), all.groups.len());
                left_out = Some(format!("{n} of {of} groups are drawn; all are in the papers."));
            }
            shown.kind = ChartKind::Structure(fit);
        }
        let frame = Frame::new(&shown, false);
        let svg = frame.render_bare(sheet, |drawing, top| draw(&shown, drawing, top));
        SlideDrawing { svg, left_out }
    })
}

/// How high the drawing of some groups is.
fn bare_height(chart: &Chart, groups: &StructureChart, sheet: drawing::Sheet) -> f64 {
    let mut height = 0.0;
    Frame::new(chart, false).render_bare(sheet, |drawing, top| {
        height = structure::draw(groups, drawing, top);
        height
    });
    height
}

fn draw(chart: &Chart, drawing: &mut Drawing, top: f64) -> f64 {
    match &chart.kind {
        ChartKind::Series(series) => series::draw(series, drawing, top),
        ChartKind::Bars(bars) => bars::draw(bars, drawing, top),
        ChartKind::Profile(profile) => profile::draw(profile, drawing, top),
        ChartKind::Funnel(funnel) => funnel::draw(funnel, drawing, top),
        ChartKind::Map(map) => choropleth::draw(map, drawing, top),
        ChartKind::Structure(structure) => structure::draw(structure, drawing, top),
    }
}
