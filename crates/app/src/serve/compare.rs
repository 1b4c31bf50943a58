//! The page that compares areas or periods.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::Period;
use wardmote_evidence::compare::{self, Comparison, Side};
use wardmote_evidence::local::{self, Family};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::numbers::{one_decimal, thousands};
use wardmote_evidence::observed::Place;
use wardmote_reports::site::{AskOption, ComparePage, Compared, Origin, Page, Wrong};
use wardmote_reports::{Bar, BarChart, Chart, ChartKind, Table};

use super::asked::{
    Parameters, area_texts, areas, choices, measure, measure_choices, value, wrong,
};
use super::charts::{columns, publisher};
use super::measures;
use super::pages::show_now;
use super::partnership::Served;
use super::vintage::Vintage;

pub(super) async fn page(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    show_now(&served, &headers, move |vintage| {
        Ok(Page::Compare(Box::new(answer(vintage, &asked)?)))
    })
    .await
}

/// A question that can be answered.
pub(super) struct Question<'a> {
    pub(super) measure: &'a Measure,
    places: Vec<&'a Place>,
    period: Period,
    with: Option<Period>,
    n_periods: usize,
}

fn answer(vintage: &Vintage, asked: &Parameters) -> anyhow::Result<ComparePage> {
    let shown = local::shown(&vintage.observed);
    let chosen = measure(&shown, asked);
    let offered = match &chosen {
        Ok(measure) => compare::periods_offered(&vintage.observed, measure)?,
        Err(_) => Vec::new(),
    };
    let (periods, with) = period_choices(&offered, asked);
    let mut page = ComparePage {
        measures: measure_choices(&shown, chosen.as_ref().ok().copied()),
        areas: area_texts(asked),
        periods,
        with,
        ..ComparePage::default()
    };
    if value(asked, "area").is_none() && value(asked, "measure").is_none() {
        return Ok(page);
    }
    match question(vintage, asked)? {
        Ok(question) => page.result = Some(shown_as(vintage, &question)?),
        Err(not_answered) => page.wrong = not_answered,
    }
    Ok(page)
}

/// What is asked, or all that is wrong with it.
pub(super) fn question<'a>(
    vintage: &'a Vintage,
    asked: &Parameters,
) -> anyhow::Result<Result<Question<'a>, Vec<Wrong>>> {
    let shown = local::shown(&vintage.observed);
    let measure = match measure(&shown, asked) {
        Ok(measure) => measure,
        Err(why) => return Ok(Err(vec![why])),
    };
    let offered = compare::periods_offered(&vintage.observed, measure)?;
    let (places, mut not_found) = areas(vintage, &area_texts(asked))?;
    let one_of = |name: &str| -> Result<Option<Period>, Wrong> {
        let Some(text) = value(asked, name) else { return Ok(None) };
        let found = offered.iter().find(|period| period.to_string() == text).cloned();
        found.map(Some).ok_or_else(|| wrong(name, "Choose one of the periods in the list."))
    };
    let (period, with) = (one_of("period"), one_of("with"));
    for why in [&period, &with].into_iter().filter_map(|one| one.as_ref().err()) {
        not_found.push(why.clone());
    }
    let (period, with) = (period.ok().flatten(), with.ok().flatten());
    let Some(period) = period.or_else(|| offered.first().cloned()) else {
        not_found.push(wrong("period", "Nothing has come of this measure."));
        return Ok(Err(not_found));
    };
    if with.is_none() && places.len() < 2 && not_found.is_empty() {
        let why = "Name two areas or more, or choose an earlier period to compare with.";
        not_found.push(wrong("area-1", why));
    }
    if with.is_some() && places.is_empty() && not_found.is_empty() {
        not_found.push(wrong("area-1", "Name an area."));
    }
    if not_found.is_empty() {
        Ok(Ok(Question { measure, places, period, with, n_periods: offered.len() }))
    } else {
        Ok(Err(not_found))
    }
}

/// Asks, with the family of all that could have been asked.
pub(super) fn compared<'a>(
    vintage: &'a Vintage,
    question: &Question<'a>,
) -> anyhow::Result<Comparison<'a>> {
    let observed = &vintage.observed;
    let Question { measure, places, period, with, n_periods } = question;
    let mut levels: Vec<AreaLevel> = places.iter().map(|place| place.level).collect();
    levels.sort_unstable();
    levels.dedup();
    let n_measures = local::shown(observed).len();
    Ok(match with {
        None => {
            let family = compare::family_of_areas(observed, &levels, n_measures, vintage.rule)?;
            compare::areas(observed, measure, places, period, family)?
        }
        Some(earlier) => {
            let family = compare::family_of_periods(
                observed,
                &levels,
                n_measures,
                *n_periods,
                vintage.rule,
            )?;
            compare::periods(observed, measure, places, (period, earlier), family)?
        }
    })
}

fn period_choices(offered: &[Period], asked: &Parameters) -> (Vec<AskOption>, Vec<AskOption>) {
    let options: Vec<(String, String)> =
        offered.iter().map(|period| (period.to_string(), period.in_words())).collect();
    let first = options.first().map(|(value, _)| value.clone()).unwrap_or_default();
    let chosen = value(asked, "period").map_or(first, str::to_owned);
    let mut with = vec![(String::new(), "No: compare the areas".to_owned())];
    with.extend(options.iter().cloned());
    (choices(&options, &chosen), choices(&with, value(asked, "with").unwrap_or_default()))
}

fn shown_as(vintage: &Vintage, question: &Question<'_>) -> anyhow::Result<Compared> {
    let found = compared(vintage, question)?;
    let measure = question.measure;
    let mut lines = measures::about(vintage, measure);
    for period in [Some(&question.period), question.with.as_ref()].into_iter().flatten() {
        lines.push(format!(
            "{}: {}",
            period.in_words(),
            measures::files(vintage, &measure.numerator.source, period)?
        ));
    }
    let mut methods: Vec<&String> =
        found.told.iter().filter_map(|told| told.method.as_ref()).collect();
    methods.dedup();
    lines.extend(methods.iter().map(|method| format!("Method: {method}.")));
    lines.push(format!("Evidence vintage {}.", vintage.observed.snapshot));
    let title = format!("{} compared", measure.title);
    Ok(Compared {
        sentences: found.told.iter().map(|told| told.sentence.clone()).collect(),
        certainty: certainty(found.family, question.with.is_some()),
        chart: chart(vintage, measure, &found.sides, &title),
        table: table(measure, &found.sides, &format!("{title}: all values")),
        origin: Origin { lines, source: Some(measure.numerator.source.clone()) },
        title,
    })
}

fn certainty(family: Family, periods: bool) -> String {
    let what = if periods { "two periods in every area" } else { "pairs of areas" };
    format!(
        "You chose what to compare. So each p value is multiplied by the {} {what} and measures that could \
         have been chosen (Bonferroni), and a word of difference stands only where it is then at most {}. \
         Intervals are of one value each (95%).",
        thousands(family.n_tests as u64),
        family.rule.level
    )
}

fn label(side: &Side<'_>) -> String {
    format!("{}, {}", side.place.name, side.period.in_words())
}

fn chart(vintage: &Vintage, measure: &Measure, sides: &[Side<'_>], title: &str) -> Option<Chart> {
    let rates = sides.iter().all(|side| side.rate.is_some());
    let value = |side: &Side<'_>| if rates { side.rate } else { side.count.clone().ok() };
    let bars: Vec<Bar> = sides
        .iter()
        .filter_map(|side| {
            let taken = value(side)?;
            Some(Bar {
                label: label(side),
                value: taken.value,
                interval: Some((taken.interval.lower, taken.interval.upper)),
                highlighted: false,
            })
        })
        .collect();
    let unit = if rates { measure.rate_unit() } else { measure.unit.clone() };
    let title = format!("{title}, with 95% intervals");
    (!bars.is_empty()).then(|| Chart {
        finding: format!("{} of {} are known.", bars.len(), sides.len()),
        source: publisher(vintage, measure),
        table: table(measure, sides, &title),
        kind: ChartKind::Bars(BarChart { x_label: unit, bars }),
        title,
    })
}

fn table(measure: &Measure, sides: &[Side<'_>], title: &str) -> Table {
    let rates = sides.iter().any(|side| side.rate.is_some());
    let unit = measure.rate_unit();
    let mut headings = vec!["Area", "Period", measure.unit.as_str(), "95% interval"];
    if rates {
        headings.extend([unit.as_str(), "95% interval of the rate"]);
    }
    let row = |side: &Side<'_>| {
        let mut cells = vec![side.place.name.clone(), side.period.in_words()];
        match &side.count {
            Ok(taken) => cells.extend([
                thousands(taken.n),
                format!(
                    "{} to {}",
                    thousands(taken.interval.lower.round() as u64),
                    thousands(taken.interval.upper.round() as u64)
                ),
            ]),
            Err(why) => cells.extend(["not known".into(), why.0.clone()]),
        }
        if rates {
            cells.extend(side.rate.map_or_else(
                || ["not known".to_owned(), String::new()],
                |rate| {
                    let limits = rate.interval;
                    [
                        one_decimal(rate.value),
                        format!("{} to {}", one_decimal(limits.lower), one_decimal(limits.upper)),
                    ]
                },
            ));
        }
        cells
    };
    let mut columns = columns(&headings);
    columns[1].numeric = false;
    Table { caption: title.to_owned(), columns, rows: sides.iter().map(row).collect(), note: None }
}
