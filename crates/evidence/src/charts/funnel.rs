//! Areas by size, with the limits within which areas of their size usually lie.

use wardmote_stats::funnel::{Funnel, FunnelArea, Overdispersion, Position};
use wardmote_stats::rates::Exposure;
use wardmote_stats::share_periods::Part;

use super::{Drawing, Drawn, capital, printer, taken_everywhere, unit_of};
use crate::declarations::{Form, MeasureChart};
use crate::measure::Measure;
use crate::numbers::thousands;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::Taken;
use crate::testing::{Cells, funnel_of};

/// So many sizes make a curve that reads as smooth.
const N_SIZES: u32 = 60;

/// A funnel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FunnelData {
    /// What the sizes count: "residents".
    pub size_label: String,
    /// The areas.
    pub points: Vec<FunnelPoint>,
    /// The value of all areas together.
    pub all: f64,
    /// The limits over the sizes, from the smallest.
    pub limits: Vec<LimitsAt>,
}

/// One area of a funnel.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPoint {
    /// Its name.
    pub label: String,
    /// Residents, or rows that the share is taken of.
    pub size: f64,
    /// Its value.
    pub value: f64,
    /// Whether it lies outside the limits of two standard deviations.
    pub is_outside: bool,
}

/// The limits for an area of one size, of two and of three standard deviations.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "named by what they are")]
pub struct LimitsAt {
    pub size: f64,
    pub inner: (f64, f64),
    pub outer: (f64, f64),
}

pub(super) fn draw(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let level = chart.level.unwrap_or(observed.partnership.district_level);
    let size_label = match chart.form {
        Form::Share => {
            measure.share_of.as_ref().map_or("rows", |_| "rows that the share is taken of")
        }
        _ => "residents",
    };
    let (unit, areas) = (unit_of(measure, chart.form), level.tier.in_words_plural());
    let nothing = |why: &str| Drawn {
        finding: format!("No funnel can be drawn: {why}."),
        unit: unit.clone(),
        drawing: Drawing::Funnel(FunnelData {
            size_label: size_label.into(),
            ..FunnelData::default()
        }),
        columns: columns(measure, size_label, &unit).to_vec(),
        rows: Vec::new(),
    };
    let taken = match taken_everywhere(observed, measure, chart)? {
        Ok(taken) => taken,
        Err(why) => return Ok(nothing(why)),
    };
    let funnel = match funnel(chart.form, &taken) {
        Ok(funnel) => funnel,
        Err(why) => return Ok(nothing(&why)),
    };
    // What a value in the funnel's unit is in the chart's.
    let per = if chart.form == Form::Share { 100.0 } else { measure.per };
    let print = printer(chart.form);
    let row = |(area, (place, taken)): (&FunnelArea, &(&Place, Taken))| {
        let limits = area.limits_2sd;
        vec![
            place.name.clone(),
            thousands(taken.base.unwrap_or_default()),
            thousands(taken.n),
            print(taken.value),
            format!("{} to {}", print(per * limits.lower), print(per * limits.upper)),
            lies(area.position).to_owned(),
        ]
    };
    let what = format!("{} ({unit}), {} {areas}", measure.title, taken.len());
    Ok(Drawn {
        finding: finding(&what, chart, &funnel, &taken, &print(per * funnel.target)),
        columns: columns(measure, size_label, &unit).to_vec(),
        rows: funnel.areas.iter().zip(&taken).map(row).collect(),
        drawing: Drawing::Funnel(data(&funnel, &taken, per, size_label)),
        unit: unit.clone(),
    })
}

fn funnel(form: Form, taken: &[(&Place, Taken)]) -> Result<Funnel, String> {
    let base = |taken: &Taken| taken.base.unwrap_or_default();
    let found = if form == Form::Share {
        let part = |(_, taken): &(&Place, Taken)| Part { with: taken.n, of: base(taken) };
        funnel_of(&Cells::Shares(&taken.iter().map(part).collect::<Vec<_>>()))
    } else {
        let exposure = |(_, taken): &(&Place, Taken)| Exposure {
            events: taken.n,
            population: base(taken) as f64,
        };
        funnel_of(&Cells::Rates(&taken.iter().map(exposure).collect::<Vec<_>>()))
    };
    found.map_err(|why| why.to_string())
}

fn data(funnel: &Funnel, taken: &[(&Place, Taken)], per: f64, size_label: &str) -> FunnelData {
    let sizes = || taken.iter().filter_map(|(_, taken)| taken.base).map(|size| size as f64);
    let (least, most) =
        (sizes().fold(f64::INFINITY, f64::min) * 0.9, sizes().fold(0.0, f64::max) * 1.05);
    let at = |step: u32| {
        let size = least + (most - least) * f64::from(step) / f64::from(N_SIZES);
        let [inner, outer] = funnel.limits_at(size).map(|one| (per * one.lower, per * one.upper));
        LimitsAt { size, inner, outer }
    };
    let point = |(area, (place, taken)): (&FunnelArea, &(&Place, Taken))| FunnelPoint {
        label: place.name.clone(),
        size: taken.base.unwrap_or_default() as f64,
        value: taken.value,
        is_outside: area.position != Position::Inside,
    };
    FunnelData {
        size_label: size_label.to_owned(),
        points: funnel.areas.iter().zip(taken).map(point).collect(),
        all: per * funnel.target,
        limits: (0..=N_SIZES).map(at).collect(),
    }
}

fn columns(measure: &Measure, size_label: &str, unit: &str) -> [String; 6] {
    [
        "Area".into(),
        capital(size_label),
        capital(&measure.unit),
        capital(unit),
        "Inner limits".into(),
        "Lies".into(),
    ]
}

fn lies(position: Position) -> &'static str {
    match position {
        Position::Below3 => "below the outer limits",
        Position::Below2 => "below the inner limits",
        Position::Inside => "within the limits",
        Position::Above2 => "above the inner limits",
        Position::Above3 => "above the outer limits",
    }
}

fn finding(
    what: &str,
    chart: &MeasureChart,
    funnel: &Funnel,
    taken: &[(&Place, Taken)],
    all: &str,
) -> String {
    let named = |wanted: Position| {
        let is_it = |(area, _): &(&FunnelArea, _)| area.position == wanted;
        let areas = funnel.areas.iter().zip(taken).filter(is_it);
        let names: Vec<&str> = areas.map(|(_, (place, _))| place.name.as_str()).collect();
        (!names.is_empty()).then(|| format!("{}: {}", lies(wanted), names.join(", ")))
    };
    let outside = [Position::Above3, Position::Above2, Position::Below2, Position::Below3];
    let outside: Vec<String> = outside.into_iter().filter_map(named).collect();
    let outside =
        if outside.is_empty() { "all lie within the limits".into() } else { outside.join("; ") };
    let spread = if funnel.used == Overdispersion::Ignore {
        "The limits are those of chance alone: there are too few areas to measure how much they usually vary."
    } else {
        "The limits allow for chance and for how much these areas usually vary."
    };
    format!(
        "{what}, {}: {all} in all together; {outside}. {spread} Of 22 areas that differ by nothing else, about one lies outside the inner limits.",
        chart.period.in_words()
    )
}
