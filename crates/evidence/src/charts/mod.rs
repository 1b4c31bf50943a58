//! The data of charts, maps and their tables. What a chart says in words is computed from its data,
//! and gated words stay out of it: a chart's finding gives values, and tests are left to claims.

mod funnel;
mod hot_spots;
mod kinds;
mod survey;

use std::collections::BTreeSet;

use wardmote_domain::period::{MONTH_NAMES, Month};
use wardmote_lake::Boundary;
use wardmote_stats::season;

use crate::claims::Months;
use crate::declarations::{ChartDeclaration, ChartForm, Charted, Form, MeasureChart};
use crate::measure::Measure;
use crate::numbers::{one_decimal, thousands, two_decimals};
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{Taken, take, why_missing};

/// A chart's data with its words and its table.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartData {
    /// Title.
    pub title: String,
    /// What the chart shows, in a sentence: the alternative text.
    pub finding: String,
    /// Where the data come from.
    pub source: String,
    /// What the values are.
    pub unit: String,
    /// The drawing.
    pub drawing: Drawing,
    /// Column headings of the table beside it.
    pub columns: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawing {
    /// Months in a row.
    Series {
        /// Each month's value; `None` is not known or withheld.
        points: Vec<(Month, Option<f64>)>,
        /// The months that are withheld.
        withheld: BTreeSet<Month>,
    },
    /// Bars with intervals.
    Bars(Vec<BarData>),
    /// Twelve multipliers, January first, with their limits, and the peak month.
    Profile(Vec<(f64, f64, f64)>, u8),
    /// Areas by size.
    Funnel(FunnelData),
    /// Areas of a few kinds: a value is the position of its kind.
    Kinds(Vec<MapData>, Vec<String>),
    /// Areas.
    Map(Vec<MapData>),
}

pub use self::funnel::{FunnelData, FunnelPoint, LimitsAt};

/// One area of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapData {
    /// Its outline.
    pub outline: Boundary,
    /// Its value; `None` where it is not known or withheld.
    pub value: Option<f64>,
    /// Whether the value is withheld.
    pub withheld: bool,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct BarData {
    /// Its label.
    pub label: String,
    /// Its value.
    pub value: f64,
    /// 95% limits.
    pub interval: (f64, f64),
}

/// Computes a chart's data; a chart of what is not known says so in its finding.
pub fn draw(observed: &Observed, chart: &ChartDeclaration) -> Result<ChartData, ObservedError> {
    let (drawn, source) = match &chart.of {
        Charted::Survey(asked) => (survey::draw(observed, asked)?, &asked.source),
        Charted::Measure(chart) => {
            let measure = observed.measure(&chart.measure)?;
            (of_measure(observed, measure, chart)?, &measure.numerator.source)
        }
    };
    Ok(ChartData {
        title: chart.title.clone(),
        finding: drawn.finding,
        source: source_note(observed, source),
        unit: drawn.unit,
        drawing: drawn.drawing,
        columns: drawn.columns,
        rows: drawn.rows,
    })
}

fn of_measure(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    match chart.kind {
        ChartForm::Series => series(observed, measure, chart),
        ChartForm::Season => profile(observed, measure, chart),
        ChartForm::Categories => kinds::categories(observed, measure, chart),
        ChartForm::Marks => kinds::marks(observed, measure, chart),
        ChartForm::Outcomes => kinds::outcomes(observed, measure, chart),
        ChartForm::Areas => areas(observed, measure, chart),
        ChartForm::Funnel => funnel::draw(observed, measure, chart),
        ChartForm::HotSpots => hot_spots::draw(observed, measure, chart),
        ChartForm::Map => map(observed, measure, chart),
    }
}

/// What differs from chart to chart.
struct Drawn {
    finding: String,
    unit: String,
    drawing: Drawing,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

fn series(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let home = observed.home()?;
    let mut withheld = BTreeSet::new();
    let mut months = observed.monthly(&measure.numerator, home, &chart.period)?;
    for (month, count) in &mut months {
        if let Some(n) = *count {
            *count = observed.show(&measure.numerator, &[home], vec![*month], n).ok();
            if count.is_none() {
                withheld.insert(*month);
            }
        }
    }
    let cell = |month: &Month, n: &Option<u64>| match n {
        Some(n) => thousands(*n),
        None if withheld.contains(month) => "withheld".into(),
        None => "not known".into(),
    };
    Ok(Drawn {
        finding: series_finding(observed, measure, &months, &withheld),
        unit: format!("{} a month", measure.unit),
        columns: vec!["Month".into(), capital(&measure.unit)],
        rows: months.iter().map(|(month, n)| vec![month.in_words(), cell(month, n)]).collect(),
        drawing: Drawing::Series {
            points: months.into_iter().map(|(m, n)| (m, n.map(|n| n as f64))).collect(),
            withheld,
        },
    })
}

fn profile(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let months = observed.monthly(&measure.numerator, observed.home()?, &chart.period)?;
    let known: Vec<(Month, u64)> = months.iter().filter_map(|(m, n)| n.map(|n| (*m, n))).collect();
    let times: Vec<f64> = known.iter().map(|(m, _)| f64::from(m.index())).collect();
    let counts: Vec<u64> = known.iter().map(|(_, n)| *n).collect();
    let of_year: Vec<u8> = known.iter().map(|(m, _)| m.month_of_year()).collect();
    let mut drawn = Drawn {
        finding: String::new(),
        unit: "times the average month".into(),
        drawing: Drawing::Profile(Vec::new(), 1),
        columns: ["Month", "Times the average month", "95% interval"].map(String::from).to_vec(),
        rows: Vec::new(),
    };
    let months = Months::of(observed, &measure.numerator, observed.home()?, &chart.period)?;
    if let Err(why) = months.show_months_of_the_year() {
        drawn.finding = format!("No profile can be drawn: {}.", why.0);
        return Ok(drawn);
    }
    let profile = match season::seasonal_profile_at(&times, &counts, &of_year) {
        Ok(profile) => profile,
        Err(why) => {
            drawn.finding = format!("No profile can be drawn: {why}.");
            return Ok(drawn);
        }
    };
    let of = |month: u8| {
        let index = usize::from(month.clamp(1, 12)) - 1;
        (two_decimals(profile.months[index].multiplier), MONTH_NAMES[index])
    };
    let (trough, peak) = (of(profile.trough), of(profile.peak));
    drawn.finding = format!(
        "{}, month by month: from {} times the average month in {} to {} times in {}.",
        measure.title, trough.0, trough.1, peak.0, peak.1
    );
    drawn.rows = profile
        .months
        .iter()
        .zip(MONTH_NAMES)
        .map(|(effect, name)| {
            let (lower, upper) =
                (two_decimals(effect.interval.lower), two_decimals(effect.interval.upper));
            vec![name.to_owned(), two_decimals(effect.multiplier), format!("{lower} to {upper}")]
        })
        .collect();
    let limits = profile.months.iter().map(|m| (m.multiplier, m.interval.lower, m.interval.upper));
    drawn.drawing = Drawing::Profile(limits.collect(), profile.peak);
    Ok(drawn)
}

fn areas(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let (mut taken, withheld) = taken_by_area(observed, measure, chart)?;
    taken.sort_by(|(a, x), (b, y)| y.value.total_cmp(&x.value).then_with(|| a.code.cmp(&b.code)));
    taken.truncate(chart.top.unwrap_or(usize::MAX));
    let bars: Vec<BarData> =
        taken.iter().map(|(place, taken)| bar(place.name.clone(), taken)).collect();
    let (columns, mut rows) = area_table(measure, chart.form, &taken, &bars);
    if chart.top.is_none() {
        rows.extend(withheld.iter().map(|place| withheld_row(place, columns.len())));
    }
    Ok(Drawn {
        finding: bars_finding(measure, observed.home()?, chart, &bars)
            + &withheld_note(withheld.len(), "areas"),
        columns,
        rows,
        drawing: Drawing::Bars(bars),
        unit: unit_of(measure, chart.form),
    })
}

fn map(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let (taken, withheld) = taken_by_area(observed, measure, chart)?;
    let bars: Vec<BarData> =
        taken.iter().map(|(place, taken)| bar(place.name.clone(), taken)).collect();
    let level = chart.level.unwrap_or(observed.partnership.district_level);
    let outlines = observed.boundaries.get(&level).filter(|outlines| !outlines.is_empty());
    let outlines = outlines.ok_or(ObservedError::NoOutlines { level })?;
    let drawn = |outline: &Boundary| {
        let is_it = |place: &Place| place.code == outline.code;
        let value = taken.iter().find(|(place, _)| is_it(place)).map(|(_, taken)| taken.value);
        let withheld = withheld.iter().any(|place| is_it(place));
        MapData { outline: outline.clone(), value, withheld }
    };
    let finding = bars_finding(measure, observed.home()?, chart, &bars)
        + &withheld_note(withheld.len(), "areas");
    let (columns, mut rows) = area_table(measure, chart.form, &taken, &bars);
    rows.extend(withheld.iter().map(|place| withheld_row(place, columns.len())));
    Ok(Drawn {
        finding: format!("Map: {finding}"),
        columns,
        rows,
        drawing: Drawing::Map(outlines.iter().map(drawn).collect()),
        unit: unit_of(measure, chart.form),
    })
}

/// The table beside bars or a map of areas.
fn area_table(
    measure: &Measure,
    form: Form,
    taken: &[(&Place, Taken)],
    bars: &[BarData],
) -> (Vec<String>, Vec<Vec<String>>) {
    let print = printer(form);
    let mut columns = vec!["Area".into(), capital(&measure.unit)];
    if form != Form::Count {
        columns.push(capital(&unit_of(measure, form)));
    }
    columns.push("95% interval".into());
    let row = |((_, taken), bar): (&(&Place, Taken), &BarData)| {
        let mut row = vec![bar.label.clone(), thousands(taken.n)];
        if form != Form::Count {
            row.push(print(bar.value));
        }
        row.push(limits(bar, print));
        row
    };
    (columns, taken.iter().zip(bars).map(row).collect())
}

fn withheld_row(place: &Place, columns: usize) -> Vec<String> {
    let mut row = vec!["withheld".to_owned(); columns];
    place.name.clone_into(&mut row[0]);
    row
}

/// Areas with their values, and areas that are withheld.
type TakenByArea<'a> = (Vec<(&'a Place, Taken)>, Vec<&'a Place>);

/// The measure in each area of the chart's level, and the areas that are withheld; areas whose value
/// is not known are left out.
fn taken_by_area<'a>(
    observed: &'a Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<TakenByArea<'a>, ObservedError> {
    let level = chart.level.unwrap_or(observed.partnership.district_level);
    let (mut found, mut withheld) = (Vec::new(), Vec::new());
    for place in observed.places_within(level, &observed.partnership.areas)? {
        match take(observed, measure, place, &chart.period, chart.form)? {
            Ok(taken) => found.push((place, taken)),
            Err(why) if why.is_withheld() => withheld.push(place),
            Err(_) => {}
        }
    }
    Ok((found, withheld))
}

/// Every area with its value, or why there is no such list.
type Everywhere<'a> = Result<Vec<(&'a Place, Taken)>, &'static str>;

/// The measure in every area of the chart's level, or why a drawing that needs them all cannot be.
fn taken_everywhere<'a>(
    observed: &'a Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Everywhere<'a>, ObservedError> {
    let (taken, withheld) = taken_by_area(observed, measure, chart)?;
    let level = chart.level.unwrap_or(observed.partnership.district_level);
    let n_areas = observed.places_within(level, &observed.partnership.areas)?.len();
    Ok(if !withheld.is_empty() {
        Err("the numbers of some areas are withheld, so that nobody can be worked out")
    } else if taken.len() < n_areas {
        Err("the numbers of some areas are not known")
    } else {
        Ok(taken)
    })
}

fn bar(label: String, taken: &Taken) -> BarData {
    BarData { label, value: taken.value, interval: (taken.interval.lower, taken.interval.upper) }
}

fn limits(bar: &BarData, print: fn(f64) -> String) -> String {
    format!("{} to {}", print(bar.interval.0), print(bar.interval.1))
}

fn printer(form: Form) -> fn(f64) -> String {
    match form {
        Form::Count => |x| thousands(x.round() as u64),
        Form::Rate | Form::Share => one_decimal,
        Form::Harm => |value| thousands(value.round() as u64),
    }
}

fn unit_of(measure: &Measure, form: Form) -> String {
    match form {
        Form::Count => measure.unit.clone(),
        Form::Rate => measure.rate_unit(),
        Form::Share => "per cent".into(),
        Form::Harm => measure.weights.as_ref().map_or_else(String::new, |of| of.unit.clone()),
    }
}

fn series_finding(
    observed: &Observed,
    measure: &Measure,
    months: &[(Month, Option<u64>)],
    withheld: &BTreeSet<Month>,
) -> String {
    let known: Vec<(Month, u64)> =
        months.iter().filter_map(|(month, n)| n.map(|n| (*month, n))).collect();
    let unknown = |(month, n): &&(Month, Option<u64>)| n.is_none() && !withheld.contains(month);
    let missing: Vec<Month> = months.iter().filter(unknown).map(|(month, _)| *month).collect();
    let why = why_missing(observed, &measure.numerator.source, &missing, months.len());
    let mut gap =
        if missing.is_empty() { String::new() } else { format!(" The line breaks: {why}.") };
    gap.push_str(&withheld_note(withheld.len(), "months"));
    let (Some(least), Some(most)) =
        (known.iter().min_by_key(|(_, n)| *n), known.iter().max_by_key(|(_, n)| *n))
    else {
        return format!("{}: no month is known.{gap}", measure.title);
    };
    format!(
        "{} by month, {} to {}: between {} {} ({}) and {} ({}).{gap}",
        measure.title,
        months[0].0.in_words(),
        months[months.len() - 1].0.in_words(),
        thousands(least.1),
        measure.unit,
        least.0.in_words(),
        thousands(most.1),
        most.0.in_words(),
    )
}

/// How many parts of a chart are not shown, as a sentence with a space before it.
fn withheld_note(n: usize, what: &str) -> String {
    match n {
        0 => String::new(),
        n => format!(" {n} {what} are withheld, so that nobody can be worked out."),
    }
}

fn bars_finding(
    measure: &Measure,
    place: &Place,
    chart: &MeasureChart,
    bars: &[BarData],
) -> String {
    let by_value = |a: &&BarData, b: &&BarData| a.value.total_cmp(&b.value);
    let unit = match chart.form {
        Form::Count => String::new(),
        form => format!(" ({})", unit_of(measure, form)),
    };
    let what = format!("{}{unit}, {}, {}", measure.title, place.name, chart.period.in_words());
    let (Some(least), Some(most)) = (bars.iter().min_by(by_value), bars.iter().max_by(by_value))
    else {
        return format!("{what}: not known.");
    };
    let print = printer(chart.form);
    format!(
        "{what}: from {} ({}) to {} ({}).",
        print(least.value),
        least.label,
        print(most.value),
        most.label
    )
}

fn source_note(observed: &Observed, source: &str) -> String {
    observed.sources.get(source).map_or_else(
        || source.to_owned(),
        |source| format!("{} ({})", source.publisher, source.licence),
    )
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
