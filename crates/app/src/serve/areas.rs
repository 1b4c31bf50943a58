//! The pages of areas, and the search for them.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::Month;
use wardmote_evidence::local::{self, Family, Local};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::numbers::thousands;
use wardmote_evidence::observed::Place;
use wardmote_reports::site::{AreaLink, AreaPage, AreaSearch, Candour, MeasureHere, Page};
use wardmote_reports::{Chart, ChartKind, Column, Line, SeriesChart, Table};

use super::pages::{NoPage, show, show_now};
use super::partnership::Served;
use super::vintage::Vintage;

/// How many areas a search lists.
const MOST_FOUND: usize = 50;
/// The longest search that is looked for, in characters.
const LONGEST_SEARCH: usize = 100;

pub(super) async fn search(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    show_now(&served, &headers, move |vintage| {
        let q = asked.iter().find(|(name, _)| name == "q");
        let q = q.map(|(_, q)| q.as_str()).unwrap_or_default();
        let query: String = q.trim().chars().take(LONGEST_SEARCH).collect();
        Ok(Page::Areas(find(vintage, &query)?))
    })
    .await
}

pub(super) async fn area(
    State(served): State<Arc<Served>>,
    Path(code): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    show(&served, &headers, uri.path(), move |vintage| {
        const ADVICE: &str =
            "This partnership has no area with this code. It may lie in another district.";
        let code = AreaCode::new(&code).map_err(|_| NoPage::NotFound(ADVICE))?;
        for level in vintage.levels.iter().copied() {
            let places = own(vintage, level)?;
            if let Some(place) = places.iter().find(|place| place.code == code) {
                return Ok(Page::Area(Box::new(page(vintage, place, places.len())?)));
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

fn link(place: &Place) -> AreaLink {
    AreaLink {
        code: place.code.to_string(),
        name: place.name.clone(),
        kind: place.level.tier.in_words().to_owned(),
    }
}

fn find(vintage: &Vintage, query: &str) -> anyhow::Result<AreaSearch> {
    let wanted = query.to_lowercase();
    let mut found = Vec::new();
    let mut n_more = 0;
    for level in vintage.levels.iter().copied() {
        for place in own(vintage, level)? {
            let matches = place.name.to_lowercase().contains(&wanted)
                || place.code.as_str().to_lowercase().contains(&wanted);
            match (matches, found.len() < MOST_FOUND) {
                (true, true) => found.push(link(place)),
                (true, false) => n_more += 1,
                (false, _) => {}
            }
        }
    }
    Ok(AreaSearch { query: query.to_owned(), found, n_more })
}

fn page(vintage: &Vintage, place: &Place, n_areas: usize) -> anyhow::Result<AreaPage> {
    let observed = &vintage.observed;
    let measures = local::shown(observed);
    let family = Family::of(n_areas, measures.len(), vintage.rule);
    let mut here = Vec::new();
    let mut direction = Vec::new();
    let mut not_known = vintage.home.not_known.clone();
    for measure in &measures {
        let Some(found) = local::look(observed, measure, place, family)? else {
            not_known.push(format!("{}: nothing has come.", measure.title));
            continue;
        };
        direction.push(found.change.sentence.clone());
        here.push(measure_here(vintage, measure, &found));
    }
    if direction.is_empty() {
        direction.push("This page cannot say: no open source has brought anything.".into());
    }
    let certainty = certainty(n_areas, family);
    let source = measures.first().map(|measure| measure.numerator.source.clone());
    let categories = match source {
        Some(source) => local::categories(observed, &source, place)?.map(|(period, counts)| {
            let all: u64 = counts.iter().map(|(_, n)| n).sum();
            let row = |(category, n): (wardmote_domain::category::Category, u64)| {
                vec![category.slug().replace('-', " "), thousands(n)]
            };
            Table {
                caption: format!(
                    "Recorded in {}, by category: {} in all",
                    period.in_words(),
                    thousands(all)
                ),
                columns: columns(&["Category", "Recorded"]),
                rows: counts.into_iter().map(row).collect(),
                note: Some("Months of this time that did not come are not in it.".into()),
            }
        }),
        None => None,
    };
    Ok(AreaPage {
        area: link(place),
        candour: Candour { direction, certainty },
        measures: here,
        categories,
        not_known,
    })
}

fn certainty(n_areas: usize, family: Family) -> String {
    let pages = match n_areas {
        1 => "This page makes".to_owned(),
        n => format!("The pages of all {n} areas of this kind together make"),
    };
    format!(
        "{pages} {} tests, and each is corrected for all of them (Bonferroni): a word of change or difference \
         stands only where the corrected p value is at most {}. “No clear change” does not mean that nothing \
         changed.",
        thousands(family.n_tests as u64),
        family.rule.level
    )
}

fn columns(headings: &[&str]) -> Vec<Column> {
    let column = |(index, heading): (usize, &&str)| Column {
        heading: (*heading).to_owned(),
        numeric: index > 0,
    };
    headings.iter().enumerate().map(column).collect()
}

fn measure_here(vintage: &Vintage, measure: &Measure, found: &Local) -> MeasureHere {
    let told = [Some(&found.change), Some(&found.trend), found.against_the_rest.as_ref()];
    let told: Vec<_> = told.into_iter().flatten().collect();
    let mut sentences: Vec<String> = told.iter().map(|told| told.sentence.clone()).collect();
    let caution = found.caution.as_ref();
    sentences.extend(caution.map(|caution| format!("The latest year is {caution}.")));
    sentences.extend(measure.caution.as_deref().map(as_sentence));
    MeasureHere {
        id: measure.id.clone(),
        title: measure.title.clone(),
        definition: measure.definition.clone(),
        sentences,
        chart: Some(months_chart(vintage, measure, &found.months)),
        origin: origin(vintage, measure, found, &told),
    }
}

fn as_sentence(words: &str) -> String {
    let mut rest = words.chars();
    let first = rest.next().map(char::to_uppercase);
    let sentence: String = first.into_iter().flatten().chain(rest).collect();
    if sentence.ends_with('.') { sentence } else { sentence + "." }
}

fn origin(
    vintage: &Vintage,
    measure: &Measure,
    found: &Local,
    told: &[&local::Told],
) -> Vec<String> {
    let source = vintage.observed.sources.get(&measure.numerator.source);
    let run = found.months.first().zip(found.months.last());
    let mut lines = vec![
        format!("Measure {}, version {}.", measure.id, measure.version),
        format!("Counted: {}.", measure.numerator.in_words()),
    ];
    lines.extend(
        source.map(|source| {
            format!("Published by {}, licence {}.", source.publisher, source.licence)
        }),
    );
    lines.extend(run.map(|((first, _), (last, _))| {
        format!(
            "Months from {} to {}, of which {} did not come.",
            first.in_words(),
            last.in_words(),
            found.n_missing
        )
    }));
    let mut methods: Vec<&String> = told.iter().filter_map(|told| told.method.as_ref()).collect();
    methods.dedup();
    lines.extend(methods.iter().map(|method| format!("Method: {method}.")));
    lines.push(format!("Evidence vintage {}.", vintage.observed.snapshot));
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
