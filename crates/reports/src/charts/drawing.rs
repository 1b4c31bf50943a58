//! The sheet that every chart is drawn on: title, warning, body and source, in escaped SVG.

use std::fmt::Write as _;

use super::Chart;
use super::palette::{GREY, INK, WARNING};

/// The sheet that a chart is drawn on, in drawing units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sheet {
    pub(super) width: f64,
    /// Height of the plot of a series, and of the months of a year.
    pub(super) series_height: f64,
    pub(super) profile_height: f64,
    pub(super) bar_height: f64,
    pub(super) bar_gap: f64,
    pub(super) tallest_map: f64,
    /// Height of a row of a map's legend.
    pub(super) legend_row: f64,
    /// Words within a drawing: letters of a map, what is not known.
    pub(super) small_text: f64,
    /// Whether there is room for what goes without saying.
    pub(super) is_roomy: bool,
}

/// For pages and documents.
pub(super) const PAGE: Sheet = Sheet {
    width: 720.0,
    series_height: 270.0,
    profile_height: 240.0,
    bar_height: 22.0,
    bar_gap: 8.0,
    tallest_map: 560.0,
    legend_row: 24.0,
    small_text: 13.0,
    is_roomy: true,
};

/// For slides, the higher first: at 880 points across, every word is at least 18 points high.
pub(super) const SLIDES: [Sheet; 3] = [
    Sheet { legend_row: 24.0, ..slide(236.0) },
    slide(200.0),
    Sheet { legend_row: 18.0, ..slide(164.0) },
];

/// A sheet for slides whose drawings are about as high as given.
const fn slide(height: f64) -> Sheet {
    Sheet {
        width: 684.0,
        series_height: height - 50.0,
        profile_height: height - 68.0,
        bar_height: 17.0,
        bar_gap: 3.0,
        tallest_map: height,
        legend_row: 21.0,
        small_text: 14.0,
        is_roomy: false,
    }
}

const FONT: &str = "Arial, Helvetica, sans-serif";
const TITLE_SIZE: f64 = 18.0;
const SOURCE_SIZE: f64 = 12.0;

/// Where text is anchored.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text is set.
#[derive(Clone, Copy)]
pub(super) struct Type {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) colour: &'static str,
    pub(super) anchor: Anchor,
}

/// Labels of axes, bars and lines.
pub(super) const LABEL: Type = Type { size: 14.0, bold: false, colour: INK, anchor: Anchor::Start };

impl Type {
    /// The same, anchored elsewhere.
    pub(super) const fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// The same in bold.
    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// A growing SVG body. Everything that arrives as text is escaped here and nowhere else.
pub(super) struct Drawing {
    svg: String,
    id: String,
    /// Attributes by which a script finds its way about; none where none will look.
    handles: Option<String>,
    pub(super) sheet: Sheet,
}

impl Drawing {
    fn new(chart: &Chart, sheet: Sheet) -> Self {
        Self { svg: String::new(), id: content_id(chart), handles: None, sheet }
    }

    /// Where the months of a series stand, for a script.
    pub(super) fn say_where(
        &mut self,
        (left, right): (f64, f64),
        (top, bottom): (f64, f64),
        months: &[String],
    ) {
        let Some(handles) = &mut self.handles else { return };
        let _ = write!(
            handles,
            " data-plot=\"{} {} {} {}\" data-months=\"{}\"",
            units(left),
            units(right),
            units(top),
            units(bottom),
            escape(&months.join(" ")),
        );
    }

    /// The row of the table that a shape stands for, for a script; with a space before it.
    pub(super) fn row(&self, label: &str) -> String {
        let row = || format!(" data-row=\"{}\"", escape(label));
        self.handles.as_ref().map(|_| row()).unwrap_or_default()
    }

    pub(super) fn text(&mut self, x: f64, y: f64, style: Type, text: &str) {
        self.set_text(&format!("x=\"{}\" y=\"{}\"", units(x), units(y)), style, text);
    }

    /// Text that reads upwards.
    pub(super) fn upright_text(&mut self, x: f64, y: f64, style: Type, text: &str) {
        let place = format!("transform=\"translate({} {}) rotate(-90)\"", units(x), units(y));
        self.set_text(&place, style, text);
    }

    fn set_text(&mut self, place: &str, style: Type, text: &str) {
        let anchor = match style.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if style.bold { " font-weight=\"bold\"" } else { "" };
        let _ = writeln!(
            self.svg,
            "<text {place} font-size=\"{}\" fill=\"{}\" text-anchor=\"{anchor}\"{weight}>{}</text>",
            units(style.size),
            style.colour,
            escape(text),
        );
    }

    /// A straight line; `more` holds further attributes, which are ours and never a reader's text.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, more: &str) {
        let _ = writeln!(
            self.svg,
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{stroke}\" {more}/>",
            units(from.0),
            units(from.1),
            units(to.0),
            units(to.1),
        );
    }

    pub(super) fn rectangle(&mut self, corner: (f64, f64), size: (f64, f64), more: &str) {
        let _ = writeln!(
            self.svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {more}/>",
            units(corner.0),
            units(corner.1),
            units(size.0.max(0.0)),
            units(size.1.max(0.0)),
        );
    }

    pub(super) fn path(&mut self, data: &str, more: &str) {
        let _ = writeln!(self.svg, "<path d=\"{data}\" {more}/>");
    }

    /// A mark whose shape differs by `shape_index`, so that lines differ without colour.
    pub(super) fn mark(&mut self, (x, y): (f64, f64), shape_index: usize, colour: &str) {
        let data = match shape_index % 4 {
            0 => polygon(&[(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5)], (x, y)),
            1 => polygon(&[(0.0, -5.0), (5.0, 0.0), (0.0, 5.0), (-5.0, 0.0)], (x, y)),
            2 => polygon(&[(0.0, -4.8), (4.6, 3.6), (-4.6, 3.6)], (x, y)),
            _ => polygon(&[(0.0, 4.8), (4.6, -3.6), (-4.6, -3.6)], (x, y)),
        };
        self.path(&data, &format!("fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"1\""));
    }

    /// The hatching that means "not known", to be filled with [`Drawing::hatch_fill`].
    pub(super) fn define_hatch(&mut self) {
        let _ = writeln!(
            self.svg,
            "<defs><pattern id=\"{}-hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><rect width=\"8\" height=\"8\" fill=\"#f3f2f1\"/>\
             <line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"8\" stroke=\"#7a8388\" stroke-width=\"2\"/>\
             </pattern></defs>",
            self.id,
        );
    }

    pub(super) fn hatch_fill(&self) -> String {
        format!("fill=\"url(#{}-hatch)\"", self.id)
    }
}

/// What surrounds the body of a chart.
pub(super) struct Frame<'a> {
    chart: &'a Chart,
    synthetic: bool,
    with_handles: bool,
}

impl<'a> Frame<'a> {
    pub(super) fn new(chart: &'a Chart, synthetic: bool) -> Self {
        Self { chart, synthetic, with_handles: false }
    }

    /// The same for a page with a script, which needs to find its way about the drawing.
    pub(super) fn with_handles(self) -> Self {
        Self { with_handles: true, ..self }
    }

    /// Draws the sheet; `body` draws from the given height down and returns where it ended.
    pub(super) fn render(&self, body: impl FnOnce(&mut Drawing, f64) -> f64) -> String {
        let mut drawing = Drawing::new(self.chart, PAGE);
        drawing.handles = self.with_handles.then(String::new);
        let mut y = 0.0;
        if self.synthetic {
            drawing.rectangle(
                (0.0, 0.0),
                (drawing.sheet.width, 26.0),
                &format!("fill=\"{WARNING}\""),
            );
            drawing.text(
                8.0,
                18.0,
                LABEL.bold(),
                "SYNTHETIC: invented data, not a real place's figures",
            );
            y += 30.0;
        }
        let title = Type { size: TITLE_SIZE, ..LABEL.bold() };
        for line in wrap(&self.chart.title, drawing.sheet.width, TITLE_SIZE) {
            y += 22.0;
            drawing.text(0.0, y, title, &line);
        }
        y = body(&mut drawing, y + 12.0);
        let source = Type { size: SOURCE_SIZE, colour: GREY, ..LABEL };
        y += 8.0;
        for line in
            wrap(&format!("Source: {}", self.chart.source), drawing.sheet.width, SOURCE_SIZE)
        {
            y += 15.0;
            drawing.text(0.0, y, source, &line);
        }
        self.document(&drawing, y + 8.0)
    }

    /// Draws the body alone, for a slide that says title, warning and source itself.
    pub(super) fn render_bare(
        &self,
        sheet: Sheet,
        body: impl FnOnce(&mut Drawing, f64) -> f64,
    ) -> String {
        let mut drawing = Drawing::new(self.chart, sheet);
        let bottom = body(&mut drawing, 0.0);
        self.document(&drawing, bottom)
    }

    fn document(&self, drawing: &Drawing, height: f64) -> String {
        let (id, height) = (&drawing.id, units(height.ceil()));
        let warning = if self.synthetic { "SYNTHETIC. " } else { "" };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" role=\"img\" \
             aria-labelledby=\"{id}-title {id}-desc\" font-family=\"{FONT}\"{}>\n\
             <title id=\"{id}-title\">{warning}{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n\
             <rect width=\"{}\" height=\"{height}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            units(drawing.sheet.width),
            drawing.handles.as_deref().unwrap_or_default(),
            escape(&self.chart.title),
            escape(&self.chart.finding),
            units(drawing.sheet.width),
            drawing.svg,
        )
    }
}

/// A number in drawing units, to a tenth.
pub(super) fn units(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // Adding zero turns minus zero into zero.
    format!("{}", rounded + 0.0)
}

/// The path of a closed polygon moved to `origin`.
fn polygon(points: &[(f64, f64)], origin: (f64, f64)) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{} {}", units(origin.0 + x), units(origin.1 + y)))
        .collect();
    format!("M{}Z", points.join("L"))
}

/// A generous estimate of how wide a text is, for any common sans-serif face.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.56
}

/// Breaks text into lines that fit `width`, between words.
pub(super) fn wrap(text: &str, width: f64, size: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line, size) + text_width(word, size) + size * 0.5 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Escapes for XML text and attributes; characters that XML 1.0 forbids become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// An id from the chart's content (64-bit FNV-1a), so that two charts on a page do not share ids
/// and the same chart has the same id on every run.
fn content_id(chart: &Chart) -> String {
    let hash = format!("{chart:?}").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("chart-{hash:016x}")
}
