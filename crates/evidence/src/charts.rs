//! The data of charts, maps and their tables. What a chart says in words is computed from its data,
//! and gated words stay out of it: a chart's finding gives values, and tests are left to claims.

use wardmote_domain::category::Category;
use wardmote_domain::period::{MONTH_NAMES, Month};
use wardmote_lake::Boundary;
use wardmote_stats::interval::Confidence;
use wardmote_stats::{rates, season};

use crate::declarations::{ChartDeclaration, ChartForm, Form};
use crate::measure::{Measure, Selection};
use crate::numbers::{one_decimal, thousands, two_decimals};
use crate::observed::{Observed, ObservedError, Place};

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
    /// Months in a row; `None` is not known.
    Series(Vec<(Month, Option<f64>)>),
    /// Bars with intervals.
    Bars(Vec<BarData>),
    /// Twelve multipliers, January first, with their limits, and the peak month.
    Profile(Vec<(f64, f64, f64)>, u8),
    /// Areas with outlines and values.
    Map(Vec<(Boundary, Option<f64>)>),
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
    let measure = observed.measure(&chart.measure)?;
    let source = source_note(observed, &measure.numerator);
    let base = |unit: String, finding: String, drawing, columns: &[&str], rows| ChartData {
        title: chart.title.clone(),
        finding,
        source,
        unit,
        drawing,
        columns: columns.iter().map(|&c| c.to_owned()).collect(),
        rows,
    };
    match chart.kind {
        ChartForm::Series => {
            let months = observed.monthly(&measure.numerator, observed.home()?, &chart.period)?;
            let rows = months
                .iter()
                .map(|(month, n)| {
                    vec![month.in_words(), n.map_or_else(|| "not known".into(), thousands)]
                })
                .collect();
            let finding = series_finding(measure, &months);
            let points =
                months.into_iter().map(|(month, n)| (month, n.map(|n| n as f64))).collect();
            Ok(base(
                format!("{} a month", measure.unit),
                finding,
                Drawing::Series(points),
                &["Month", &capital(&measure.unit)],
                rows,
            ))
        }
        ChartForm::Season => {
            let months = observed.monthly(&measure.numerator, observed.home()?, &chart.period)?;
            let known: Vec<(Month, u64)> =
                months.iter().filter_map(|(m, n)| n.map(|n| (*m, n))).collect();
            let counts: Vec<u64> = known.iter().map(|(_, n)| *n).collect();
            let of_year: Vec<u8> = known.iter().map(|(m, _)| m.month_of_year()).collect();
            let unit = "times the average month".to_owned();
            let columns = ["Month", "Times the average month", "95% interval"];
            match season::seasonal_profile(&counts, &of_year) {
                Ok(profile) => {
                    let bars: Vec<(f64, f64, f64)> = profile
                        .months
                        .iter()
                        .map(|m| (m.multiplier, m.interval.lower, m.interval.upper))
                        .collect();
                    let rows = bars
                        .iter()
                        .zip(MONTH_NAMES)
                        .map(|((value, lower, upper), name)| {
                            vec![
                                name.to_owned(),
                                two_decimals(*value),
                                format!("{} to {}", two_decimals(*lower), two_decimals(*upper)),
                            ]
                        })
                        .collect();
                    let name = |month: u8| MONTH_NAMES[usize::from(month.clamp(1, 12)) - 1];
                    let finding = format!(
                        "{}, month by month: from {} times the average month in {} to {} times in {}.",
                        measure.title,
                        two_decimals(bars[usize::from(profile.trough) - 1].0),
                        name(profile.trough),
                        two_decimals(bars[usize::from(profile.peak) - 1].0),
                        name(profile.peak),
                    );
                    Ok(base(unit, finding, Drawing::Profile(bars, profile.peak), &columns, rows))
                }
                Err(why) => Ok(base(
                    unit,
                    format!("No profile can be drawn: {why}."),
                    Drawing::Profile(Vec::new(), 1),
                    &columns,
                    Vec::new(),
                )),
            }
        }
        ChartForm::Categories => {
            let place = observed.home()?;
            let mut counted: Vec<(Category, u64)> = Vec::new();
            for category in measure.numerator.counted() {
                let one = Selection {
                    source: measure.numerator.source.clone(),
                    categories: vec![category],
                    exclude: Vec::new(),
                };
                if let Ok(n) = observed.total(&one, place, &chart.period)? {
                    counted.push((category, n));
                }
            }
            counted.sort_by_key(|(category, n)| (std::cmp::Reverse(*n), *category));
            let bars: Vec<BarData> = counted
                .iter()
                .map(|(category, n)| count_bar(category.name().to_owned(), *n))
                .collect();
            let rows = counted
                .iter()
                .zip(&bars)
                .map(|((_, n), bar)| {
                    vec![
                        bar.label.clone(),
                        thousands(*n),
                        limits(bar, &|x| thousands(x.round() as u64)),
                    ]
                })
                .collect();
            let finding = bars_finding(measure, place, &chart.period.in_words(), &bars, &|x| {
                thousands(x as u64)
            });
            Ok(base(
                measure.unit.clone(),
                finding,
                Drawing::Bars(bars),
                &["Category", &capital(&measure.unit), "95% interval"],
                rows,
            ))
        }
        ChartForm::Areas => {
            let mut bars = area_bars(observed, measure, chart)?;
            bars.sort_by(|a, b| {
                b.bar.value.total_cmp(&a.bar.value).then_with(|| a.bar.label.cmp(&b.bar.label))
            });
            bars.truncate(chart.top.unwrap_or(usize::MAX));
            let print = printer(chart.form);
            let rows = bars
                .iter()
                .map(|area| {
                    vec![
                        area.bar.label.clone(),
                        thousands(area.n),
                        print(area.bar.value),
                        limits(&area.bar, &print),
                    ]
                })
                .collect();
            let bars: Vec<BarData> = bars.into_iter().map(|area| area.bar).collect();
            let finding =
                bars_finding(measure, observed.home()?, &chart.period.in_words(), &bars, &print);
            let unit = unit_of(measure, chart.form);
            Ok(base(
                unit.clone(),
                finding,
                Drawing::Bars(bars),
                &["Area", &capital(&measure.unit), &capital(&unit), "95% interval"],
                rows,
            ))
        }
        ChartForm::Map => {
            let bars = area_bars(observed, measure, chart)?;
            let outlines = chart
                .level
                .and_then(|level| observed.boundaries.get(&level))
                .cloned()
                .unwrap_or_default();
            let print = printer(chart.form);
            let areas: Vec<(Boundary, Option<f64>)> = outlines
                .into_iter()
                .map(|outline| {
                    let value = bars
                        .iter()
                        .find(|area| area.code == outline.code.as_str())
                        .map(|area| area.bar.value);
                    (outline, value)
                })
                .collect();
            let rows = bars
                .iter()
                .map(|area| vec![area.bar.label.clone(), thousands(area.n), print(area.bar.value)])
                .collect();
            let bars: Vec<BarData> = bars.into_iter().map(|area| area.bar).collect();
            let finding = format!(
                "Map: {}",
                bars_finding(measure, observed.home()?, &chart.period.in_words(), &bars, &print)
            );
            let unit = unit_of(measure, chart.form);
            Ok(base(
                unit.clone(),
                finding,
                Drawing::Map(areas),
                &["Area", &capital(&measure.unit), &capital(&unit)],
                rows,
            ))
        }
    }
}

struct AreaBar {
    code: String,
    n: u64,
    bar: BarData,
}

fn area_bars(
    observed: &Observed,
    measure: &Measure,
    chart: &ChartDeclaration,
) -> Result<Vec<AreaBar>, ObservedError> {
    let level = chart.level.unwrap_or(observed.partnership.district_level);
    let mut bars = Vec::new();
    for place in observed.places_within(level, &observed.partnership.areas)? {
        let Ok(n) = observed.total(&measure.numerator, place, &chart.period)? else { continue };
        let bar = match chart.form {
            Form::Rate => {
                let residents = observed.residents(measure, place)?;
                let Ok(rates) = rates::crude_rates(&[n], &[residents], measure.per) else {
                    continue;
                };
                BarData {
                    label: place.name.clone(),
                    value: rates[0].value,
                    interval: (rates[0].interval.lower, rates[0].interval.upper),
                }
            }
            Form::Count | Form::Share => count_bar(place.name.clone(), n),
        };
        bars.push(AreaBar { code: place.code.to_string(), n, bar });
    }
    Ok(bars)
}

fn count_bar(label: String, n: u64) -> BarData {
    let limits = rates::poisson_limits(n, Confidence::P95).interval;
    BarData { label, value: n as f64, interval: (limits.lower, limits.upper) }
}

fn limits(bar: &BarData, print: &dyn Fn(f64) -> String) -> String {
    format!("{} to {}", print(bar.interval.0), print(bar.interval.1))
}

fn printer(form: Form) -> fn(f64) -> String {
    match form {
        Form::Rate => one_decimal,
        Form::Count | Form::Share => |x| thousands(x.round() as u64),
    }
}

fn unit_of(measure: &Measure, form: Form) -> String {
    match form {
        Form::Rate => measure.rate_unit(),
        Form::Count | Form::Share => measure.unit.clone(),
    }
}

fn series_finding(measure: &Measure, months: &[(Month, Option<u64>)]) -> String {
    let known: Vec<(Month, u64)> =
        months.iter().filter_map(|(month, n)| n.map(|n| (*month, n))).collect();
    let unknown = months.len() - known.len();
    let gap = match unknown {
        0 => String::new(),
        n => format!(" {n} of {} months are not known and the line breaks there.", months.len()),
    };
    let (Some(least), Some(most)) =
        (known.iter().min_by_key(|(_, n)| *n), known.iter().max_by_key(|(_, n)| *n))
    else {
        return format!("{}: no month is known.", measure.title);
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

fn bars_finding(
    measure: &Measure,
    place: &Place,
    period: &str,
    bars: &[BarData],
    print: &dyn Fn(f64) -> String,
) -> String {
    let by_value = |a: &&BarData, b: &&BarData| a.value.total_cmp(&b.value);
    let (Some(least), Some(most)) = (bars.iter().min_by(by_value), bars.iter().max_by(by_value))
    else {
        return format!("{}, {}, {period}: not known.", measure.title, place.name);
    };
    format!(
        "{}, {}, {period}: from {} ({}) to {} ({}).",
        measure.title,
        place.name,
        print(least.value),
        least.label,
        print(most.value),
        most.label
    )
}

fn source_note(observed: &Observed, selection: &Selection) -> String {
    observed.sources.get(&selection.source).map_or_else(
        || selection.source.clone(),
        |source| format!("{} ({})", source.publisher, source.licence),
    )
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
