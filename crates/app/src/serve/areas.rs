//! The pages of areas.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::Month;
use wardmote_evidence::local;
use wardmote_evidence::measure::Measure;
use wardmote_evidence::numbers::thousands;
use wardmote_evidence::observed::Place;
use wardmote_reports::site::{AreaLink, AreaPage, Candour, Page, Part};
use wardmote_reports::{Chart, ChartKind, Line, SeriesChart, Table};

use super::charts::columns;
use super::measures;
use super::pages::{NoPage, show};
use super::partnership::Served;
use super::vintage::Vintage;

pub(super) async fn area(
    State(served): State<Arc<Served>>,
    Path(code): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let (plan, state) = served.plan();
    let key = format!("{} {} {}", uri.path(), state.items, state.changed);
    show(&served, &headers, &key, move |vintage| {
        const ADVICE: &str =
            "This partnership has no area with this code. It may lie in another district.";
        let code = AreaCode::new(&code).map_err(|_| NoPage::NotFound(ADVICE))?;
        for level in vintage.levels.iter().copied() {
            let places = own(vintage, level)?;
            if let Some(place) = places.iter().find(|place| place.code == code) {
                return Ok(Page::Area(Box::new(page(
                    vintage,
                    place,
                    places.len(),
                    plan.is_published(),
                )?)));
            }
        }
        Err(NoPage::NotFound(ADVICE))
    })
    .await
}

pub(super) fn own(vintage: &Vintage, level: AreaLevel) -> anyhow::Result<Vec<&Place>> {
    let observed = &vintage.observed;
    Ok(observed.places_within(level, &observed.partnership.areas)?)
}

pub(super) fn link(place: &Place) -> AreaLink {
    AreaLink {
        code: place.code.to_string(),
        name: place.name.clone(),
        kind: place.level.tier.in_words().to_owned(),
    }
}

fn page(
    vintage: &Vintage,
    place: &Place,
    n_areas: usize,
    has_plan: bool,
) -> anyhow::Result<AreaPage> {
    let observed = &vintage.observed;
    let shown = local::shown(observed);
    let family = vintage.family(place.level);
    let mut here = Vec::new();
    let (mut direction, mut is_tested) = (Vec::new(), false);
    let mut not_known = vintage.home.not_known.clone();
    for measure in &shown {
        let Some(found) = local::look(observed, measure, place, family)? else {
            not_known.push(format!("{}: nothing has come.", measure.title));
            continue;
        };
        is_tested |= measures::is_tested(&found);
        direction.push(found.change.clone());
        here.push(measures::here(vintage, measure, place, &found)?);
    }
    let mut direction = measures::changes_first(direction);
    if direction.is_empty() {
        direction.push("This page cannot say: no open source has brought anything.".into());
    }
    let pages = if place.level == observed.partnership.district_level {
        "The pages of topics and of the district together make".to_owned()
    } else {
        format!("The pages of all {n_areas} areas of this kind together make")
    };
    let mut certainty = measures::certainty(&pages, family, is_tested);
    if is_tested && vintage.evidence.is_some() && place.code == observed.home()?.code {
        certainty = format!("{certainty} {}", measures::ASSESSMENT_DIFFERS);
    }
    let mut parts = Vec::new();
    if let Some(measure) = shown.first() {
        parts.extend(made_of(vintage, measure, place)?);
        parts.push(outcomes(vintage, measure, place)?);
    }
    for found in local::others(observed, place)? {
        parts.push(measures::valued(vintage, &found, place));
    }
    not_known.extend(not_here(vintage, place));
    Ok(AreaPage {
        area: link(place),
        candour: Candour { direction, certainty },
        has_plan,
        measures: here,
        parts,
        not_known,
    })
}

/// What makes up the latest year of a measure's source.
fn made_of(vintage: &Vintage, measure: &Measure, place: &Place) -> anyhow::Result<Option<Part>> {
    let source = &measure.numerator.source;
    let found = local::categories(&vintage.observed, source, place)?;
    Ok(found.map(|(period, counts)| {
        let all: u64 = counts.iter().map(|(_, n)| n).sum();
        let row = |(category, n): (wardmote_domain::category::Category, u64)| {
            vec![category.slug().replace('-', " "), thousands(n)]
        };
        let table = Table {
            caption: format!(
                "Recorded in {}, by category: {} in all",
                period.in_words(),
                thousands(all)
            ),
            columns: columns(&["Category", "Recorded"]),
            rows: counts.into_iter().map(row).collect(),
            note: Some("Months of this time that did not come are not in it.".into()),
        };
        Part { heading: "What makes it up".into(), tables: vec![table.into()], ..Part::default() }
    }))
}

/// What came of it, with a warning where outcomes still come.
fn outcomes(vintage: &Vintage, measure: &Measure, place: &Place) -> anyhow::Result<Part> {
    let heading = "What came of it".to_owned();
    let Some(found) = local::outcomes(&vintage.observed, measure, place)? else {
        let lines = vec![
            "Outcomes are not counted here, because no measure of this partnership asks for them."
                .into(),
        ];
        return Ok(Part { heading, lines, ..Part::default() });
    };
    let warning = match found.settles_after_months {
        Some(months) => format!(
            "Outcomes may still come for {months} months, so the latest {months} are left out."
        ),
        None => "Outcomes still come for months after an event, so those of the latest months are too few.".into(),
    };
    let told: u64 = found.counts.iter().map(|(_, n)| n).sum();
    let none = found.n_events.saturating_sub(told);
    let mut rows: Vec<Vec<String>> =
        found.counts.into_iter().map(|(outcome, n)| vec![outcome, thousands(n)]).collect();
    if none > 0 {
        rows.push(vec!["No outcome given".into(), thousands(none)]);
    }
    let table = Table {
        caption: format!(
            "{}: outcomes of {} events of {}",
            measure.title,
            thousands(found.n_events),
            found.period.in_words()
        ),
        columns: columns(&["Outcome", "Events"]),
        rows,
        note: None,
    };
    Ok(Part { heading, lines: vec![warning], tables: vec![table.into()], ..Part::default() })
}

/// What this page would show if the data allowed it.
fn not_here(vintage: &Vintage, place: &Place) -> Vec<String> {
    let observed = &vintage.observed;
    let mut lines = Vec::new();
    if observed.measures.values().all(|measure| measure.weights.is_none()) {
        lines.push(
            "Harm: no measure of this partnership declares weights, so every offence counts as one.".into(),
        );
    }
    let searches = local::shown(observed).into_iter().any(|measure| {
        let source = observed.sources.get(&measure.numerator.source);
        source.is_some_and(|source| source.reader.name() == "police-uk-stop-and-search")
    });
    if !searches {
        lines.push("Stop and search: no open measure counts searches.".into());
    }
    if !place.parts.is_empty() {
        lines.push(
            "Rows of small areas that were split since: nobody knows in which part they lie."
                .into(),
        );
    }
    lines
}

/// A measure by month, as a chart with its table.
pub(super) fn months_chart(vintage: &Vintage, measure: &Measure, months: &local::Months) -> Chart {
    let n_missing = months.iter().filter(|(_, n)| n.is_none()).count();
    let known = months.iter().filter_map(|(month, n)| n.map(|n| (*month, n)));
    let words = |most: Option<(Month, u64)>| {
        most.map_or_else(String::new, |(month, n)| {
            format!("{} in {}", thousands(n), month.in_words())
        })
    };
    let least = words(known.clone().min_by_key(|(_, n)| *n));
    let most = words(known.max_by_key(|(_, n)| *n));
    let row = |(month, n): &(Month, Option<u64>)| {
        vec![month.in_words(), n.map_or_else(|| "not known".into(), thousands)]
    };
    let source = vintage.observed.sources.get(&measure.numerator.source);
    let title = format!("{} by month", measure.title);
    Chart {
        finding: format!("Between {least} and {most}; {n_missing} months are not known."),
        source: source.map(|source| source.publisher.clone()).unwrap_or_default(),
        kind: ChartKind::Series(SeriesChart {
            y_label: format!("{} a month", measure.unit),
            months: months.iter().map(|(month, _)| month.to_string()).collect(),
            lines: vec![Line {
                name: measure.title.clone(),
                values: months.iter().map(|(_, n)| n.map(|n| n as f64)).collect(),
            }],
            withheld: Vec::new(),
            expected: None,
            markers: Vec::new(),
        }),
        table: Table {
            caption: title.clone(),
            columns: columns(&["Month", "Recorded"]),
            rows: months.iter().map(row).collect(),
            note: None,
        },
        title,
    }
}
