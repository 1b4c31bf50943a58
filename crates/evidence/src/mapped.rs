//! A measure over the areas of a level, for maps: which areas can be compared, in which classes, and
//! which stand out with their surroundings.
//!
//! An area with fewer events than a rate or a rank can rest on is in no class; its number is told, and
//! that it is too small.

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::Period;

use crate::charts::{ChartData, Drawing, draw};
use crate::declarations::{ChartDeclaration, ChartForm, Charted, Form, MeasureChart};
use crate::explore;
use crate::figure::FEW_EVENTS;
use crate::local;
use crate::measure::Measure;
use crate::numbers::{one_decimal, thousands};
use crate::observed::{Observed, ObservedError};
use crate::take::{NotKnown, Taken, take};

/// A measure over areas.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped {
    /// What the values count.
    pub unit: String,
    /// The areas, in order of code.
    pub areas: Vec<MappedArea>,
    /// The classes, lowest first.
    pub classes: Vec<Class>,
    /// What the map shows, in a sentence or two.
    pub finding: String,
}

/// One area.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedArea {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// The value, or why there is none.
    pub taken: Result<Taken, NotKnown>,
    /// Where it stands.
    pub shade: Shade,
}

/// Where an area stands among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    /// In the class at this position.
    Class(usize),
    /// It has too few events to be compared.
    TooFew,
    /// Its value is not known.
    NotKnown,
}

/// Values that look alike on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Class {
    /// The highest value.
    pub upper: f64,
    /// The class in words: "over 20 to 39".
    pub label: String,
}

/// What is said of areas that cannot be compared.
pub fn too_few(measure: &Measure, form: Form) -> String {
    format!("{}, too few to compare", fewer(measure, form))
}

/// How many are too few.
pub fn fewer(measure: &Measure, form: Form) -> String {
    let of = if form == Form::Share { " in the share or outside it" } else { "" };
    format!("fewer than {FEW_EVENTS} {}{of}", measure.unit)
}

/// A share is as unsure near the whole as near nothing.
fn is_too_few(taken: &Taken, form: Form) -> bool {
    let outside = taken.base.filter(|_| form == Form::Share);
    taken.n < FEW_EVENTS || outside.is_some_and(|base| base.saturating_sub(taken.n) < FEW_EVENTS)
}

/// Measures of open sources that a map can show: plain counts, and shares of others.
pub fn measures(observed: &Observed) -> Vec<&Measure> {
    let plain: Vec<&str> = local::shown(observed).iter().map(|one| one.id.as_str()).collect();
    let is_mapped = |one: &&Measure| one.share_of.is_some() || plain.contains(&one.id.as_str());
    explore::measures(observed).into_iter().filter(is_mapped).collect()
}

/// The latest months of at most a year that are all known, without those whose outcomes may still come;
/// `None` where nothing has come.
pub fn latest_months(
    observed: &Observed,
    measure: &Measure,
) -> Result<Option<Period>, ObservedError> {
    const YEAR: i32 = 12;
    let Some((first, last)) = observed.known_run(&measure.numerator.source)? else {
        return Ok(None);
    };
    let unsettled = measure.settles_after_months.unwrap_or_default();
    let last = last.plus(-i32::try_from(unsettled).unwrap_or(i32::MAX));
    let Ok(year) = Period::run(first.max(last.plus(1 - YEAR)), last) else { return Ok(None) };
    let months = observed.monthly(&measure.numerator, observed.home()?, &year)?;
    let known = months.iter().rev().take_while(|(_, n)| n.is_some());
    Ok(known.last().and_then(|(month, _)| Period::run(*month, last).ok()))
}

/// Takes a measure in every area of a level.
pub fn map(
    observed: &Observed,
    measure: &Measure,
    level: AreaLevel,
    period: &Period,
    form: Form,
) -> Result<Mapped, ObservedError> {
    let mut areas = Vec::new();
    for place in observed.places_within(level, &observed.partnership.areas)? {
        let taken = match take(observed, measure, place, period, form) {
            Ok(taken) => taken,
            // Of one area alone: residents that are not known, or rows that may lie in its neighbour.
            Err(why @ (ObservedError::NoPopulation { .. } | ObservedError::Parted { .. })) => {
                Err(NotKnown(why.to_string()))
            }
            Err(error) => return Err(error),
        };
        let shade = match &taken {
            Ok(taken) if is_too_few(taken, form) => Shade::TooFew,
            Ok(_) => Shade::Class(0),
            Err(_) => Shade::NotKnown,
        };
        let (code, name) = (place.code.clone(), place.name.clone());
        areas.push(MappedArea { code, name, taken, shade });
    }
    areas.sort_by(|a, b| a.code.cmp(&b.code));
    let values = |areas: &[MappedArea]| -> Vec<f64> {
        let comparable = areas.iter().filter(|area| matches!(area.shade, Shade::Class(_)));
        comparable.filter_map(|area| area.taken.as_ref().ok().map(|taken| taken.value)).collect()
    };
    let classes = classes(&values(&areas), form);
    for area in &mut areas {
        if let (Shade::Class(_), Ok(taken)) = (area.shade, &area.taken) {
            let class = classes.iter().position(|class| taken.value <= class.upper);
            area.shade = class.map_or(Shade::TooFew, Shade::Class);
        }
    }
    let unit = match form {
        Form::Rate => measure.rate_unit(),
        Form::Share => "per cent".into(),
        _ => measure.unit.clone(),
    };
    let finding = finding(observed, measure, level, period, &unit, &areas, form)?;
    Ok(Mapped { unit, areas, classes, finding })
}

/// A value as it is printed.
pub fn printed(value: f64, form: Form) -> String {
    if form == Form::Count { thousands(value.round() as u64) } else { one_decimal(value) }
}

/// Five classes at most, which hold about the same number of areas each.
fn classes(values: &[f64], form: Form) -> Vec<Class> {
    const N_CLASSES: usize = 5;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else { return Vec::new() };
    let mut uppers: Vec<f64> = (1..=N_CLASSES).map(|k| sorted[last * k / N_CLASSES]).collect();
    uppers.dedup();
    let lowers = std::iter::once(sorted[0]).chain(uppers.iter().copied());
    let label = |(index, (upper, lower)): (usize, (&f64, f64))| {
        let (low, high) = (printed(lower, form), printed(*upper, form));
        let label = match index {
            0 if low == high => low,
            0 => format!("{low} to {high}"),
            _ => format!("over {low} to {high}"),
        };
        Class { upper: *upper, label }
    };
    uppers.iter().zip(lowers).enumerate().map(label).collect()
}

fn finding(
    observed: &Observed,
    measure: &Measure,
    level: AreaLevel,
    period: &Period,
    unit: &str,
    areas: &[MappedArea],
    form: Form,
) -> Result<String, ObservedError> {
    let kind = level.tier.in_words_plural();
    let is_divided = matches!(form, Form::Rate | Form::Share);
    let of = if is_divided { format!(" ({unit})") } else { String::new() };
    let what = format!("{}{of}, {}, {}", measure.title, observed.home()?.name, period.in_words());
    let known = areas.iter().filter_map(|area| Some((area, area.taken.as_ref().ok()?)));
    let comparable: Vec<_> =
        known.clone().filter(|(area, _)| area.shade != Shade::TooFew).collect();
    let n_few = known.count() - comparable.len();
    let n_unknown = areas.iter().filter(|area| area.taken.is_err()).count();
    let by_value = |a: &&(&MappedArea, &Taken), b: &&(&MappedArea, &Taken)| {
        a.1.value.total_cmp(&b.1.value).then_with(|| b.0.code.cmp(&a.0.code))
    };
    let first = match (comparable.iter().min_by(by_value), comparable.iter().max_by(by_value)) {
        (Some((least, low)), Some((most, high))) => format!(
            "{what}: from {} ({}) to {} ({}) in the {} of {} {kind} that have enough to compare.",
            printed(low.value, form),
            least.name,
            printed(high.value, form),
            most.name,
            thousands(comparable.len() as u64),
            thousands(areas.len() as u64),
        ),
        _ if n_few > 0 => format!("{what}: no area has enough to compare."),
        _ => format!("{what}: not known."),
    };
    let few = (n_few > 0).then(|| {
        let have = if n_few == 1 { "has" } else { "have" };
        format!("{} {have} {}.", thousands(n_few as u64), too_few(measure, form))
    });
    let why = areas.iter().find_map(|area| area.taken.as_ref().err());
    let unknown = why.map(|NotKnown(why)| {
        format!("Of {} nothing can be shown: {why}.", thousands(n_unknown as u64))
    });
    Ok(std::iter::once(first).chain(few).chain(unknown).collect::<Vec<_>>().join(" "))
}

/// Hot and cold spots of a measure, as an assessment finds them; one map's areas are corrected together.
#[derive(Debug, Clone, PartialEq)]
pub struct Spots {
    /// What was found, by which method and with which correction.
    pub finding: String,
    /// What the kinds are called, coldest first.
    pub kinds: Vec<String>,
    /// Each area's kind; empty where none could be found, as the finding says.
    pub areas: Vec<(AreaCode, usize)>,
    /// Headings of the table.
    pub columns: Vec<String>,
    /// Its rows, by area.
    pub rows: Vec<Vec<String>>,
}

/// Getis-Ord Gi* of a measure over the areas of a level whose outlines are gathered.
pub fn hot_spots(
    observed: &Observed,
    measure: &Measure,
    level: AreaLevel,
    period: &Period,
) -> Result<Spots, ObservedError> {
    let form = if measure.denominator.is_some() { Form::Rate } else { Form::Count };
    let chart = MeasureChart {
        measure: measure.id.clone(),
        kind: ChartForm::HotSpots,
        period: period.clone(),
        level: Some(level),
        form,
        top: None,
        marks: None,
    };
    let declared = ChartDeclaration { title: measure.title.clone(), of: Charted::Measure(chart) };
    let ChartData { finding, drawing, columns, rows, .. } = draw(observed, &declared)?;
    let (areas, kinds) = match drawing {
        Drawing::Kinds(areas, kinds) => {
            let kind =
                |area: crate::charts::MapData| Some((area.outline.code, area.value? as usize));
            (areas.into_iter().filter_map(kind).collect(), kinds)
        }
        _ => (Vec::new(), Vec::new()),
    };
    Ok(Spots { finding, kinds, areas, columns, rows })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn classes_are_said_in_words() {
        let labels = |values: &[f64], form| -> Vec<String> {
            classes(values, form).into_iter().map(|class| class.label).collect()
        };
        assert_eq!(labels(&[12.0, 12.0], Form::Count), ["12"]);
        assert_eq!(labels(&[], Form::Rate), Vec::<String>::new());
        let ten: Vec<f64> = (1..=11).map(f64::from).collect();
        let expected = ["1 to 3", "over 3 to 5", "over 5 to 7", "over 7 to 9", "over 9 to 11"];
        assert_eq!(labels(&ten, Form::Count), expected);
        assert_eq!(labels(&[1_200.0, 3_400.0], Form::Count), ["1,200", "over 1,200 to 3,400"]);
    }

    proptest! {
        #[test]
        fn every_value_has_one_class_and_higher_is_never_lower(
            values in proptest::collection::vec(0.0f64..500.0, 1..200),
        ) {
            let found = classes(&values, Form::Rate);
            prop_assert!((1..=5).contains(&found.len()));
            let class = |value: f64| found.iter().position(|class| value <= class.upper);
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let positions: Vec<Option<usize>> = sorted.iter().map(|value| class(*value)).collect();
            prop_assert!(positions.iter().all(Option::is_some));
            prop_assert!(positions.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }
}
