//! Topics, comparisons and the analyst's questions, for programs.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use wardmote_evidence::explore::{self, ExploreError};
use wardmote_evidence::local;
use wardmote_evidence::topic;
use wardmote_reports::site::Wrong;

use super::{ApiProblem, Listing, list, problem};
use crate::serve::asked::Parameters;
use crate::serve::explore::{COLUMNS, cells, question};
use crate::serve::openapi::questions;
use crate::serve::partnership::Served;
use crate::serve::vintage::Vintage;
use crate::serve::{compare as comparing, topics as topic_pages};

/// Makes a list where it may take a while, beside the threads that answer.
async fn made(
    served: &Served,
    asked: Parameters,
    headers: &HeaderMap,
    make: impl FnOnce(&Vintage, &Parameters) -> Result<Listing, ApiProblem> + Send + 'static,
) -> Result<Response, ApiProblem> {
    let vintage = served.now();
    let work = tokio::task::spawn_blocking(move || {
        let listing = make(&vintage, &asked);
        (listing, asked, vintage)
    });
    let (listing, asked, vintage) = work.await?;
    list(&vintage, listing?, &asked, headers)
}

pub(super) async fn topics(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    made(&served, asked, &headers, |vintage, _| {
        let lines = topic_pages::lines(vintage)?.into_iter();
        let rows = lines.map(|line| vec![json!(line.id), json!(line.title), json!(line.sentence)]);
        Ok(Listing { columns: &["id", "title", "sentence"], rows: rows.collect() })
    })
    .await
}

pub(super) async fn topic_areas(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    made(&served, asked, &headers, move |vintage, _| areas_of(vintage, &id)).await
}

fn areas_of(vintage: &Vintage, id: &str) -> Result<Listing, ApiProblem> {
    let observed = &vintage.observed;
    let topics = topic::topics(observed, &vintage.topics);
    let found = topics.into_iter().find(|topic| topic.id == id).ok_or_else(|| {
        problem(StatusCode::NOT_FOUND, "this partnership has no topic with this id; see /topics")
    })?;
    let shown: Vec<&str> = local::shown(observed).iter().map(|one| one.id.as_str()).collect();
    let level = topic::shown_level(observed, &vintage.levels);
    let family = vintage.home_family();
    let mut rows: Vec<Vec<Value>> = Vec::new();
    for measure in found.measures.iter().filter(|one| shown.contains(&one.id.as_str())) {
        let Ok(found) = topic::by_area(observed, measure, level, family)? else { continue };
        for area in &found.areas {
            let rate = area.rate;
            rows.push(vec![
                json!(measure.id),
                json!(area.place.code),
                json!(area.place.name),
                json!(found.period.to_string()),
                json!(area.count.n),
                json!(rate.map(|rate| rate.value)),
                json!(rate.map(|rate| rate.interval.lower)),
                json!(rate.map(|rate| rate.interval.upper)),
                json!(area.ranked.map(|ranked| ranked.rank)),
                json!(area.ranked.map(|ranked| ranked.interval.0)),
                json!(area.ranked.map(|ranked| ranked.interval.1)),
            ]);
        }
    }
    let columns = &[
        "measure",
        "area",
        "name",
        "period",
        "count",
        "rate",
        "lower",
        "upper",
        "rank",
        "best_rank",
        "last_rank",
    ];
    Ok(Listing { columns, rows })
}

pub(super) async fn compare(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    made(&served, asked, &headers, |vintage, asked| {
        has_form("compare", asked)?;
        let question = comparing::question(vintage, asked)?.map_err(|wrong| no_answer(&wrong))?;
        let found = comparing::compared(vintage, &question)?;
        let row = |told: &local::Told| {
            vec![
                json!(told.sentence),
                json!(told.verdict),
                json!(told.method),
                json!(found.family.n_tests),
            ]
        };
        Ok(Listing {
            columns: &["sentence", "verdict", "method", "corrected_for"],
            rows: found.told.iter().map(row).collect(),
        })
    })
    .await
}

pub(super) async fn explore(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    made(&served, asked, &headers, |vintage, asked| {
        has_form("explore", asked)?;
        let question = question(vintage, asked)?.map_err(|wrong| no_answer(&wrong))?;
        let rows = explore::rows(&vintage.observed, &question).map_err(|error| match error {
            ExploreError::Observed(error) => error.into(),
            wrong => problem(StatusCode::NOT_FOUND, wrong.to_string()),
        })?;
        let rows = rows.iter().map(|row| cells(vintage, row)).collect();
        Ok(Listing { columns: &COLUMNS, rows })
    })
    .await
}

/// The form of each parameter, as the description has it.
fn has_form(path: &str, asked: &Parameters) -> Result<(), ApiProblem> {
    for (name, form, _) in questions(path) {
        let given = asked.iter().filter(|(one, _)| one == name).map(|(_, text)| text.as_str());
        if let Some(why) = form.refuses(&given.collect::<Vec<_>>()) {
            return Err(problem(StatusCode::BAD_REQUEST, format!("{name} {why}")));
        }
    }
    Ok(())
}

/// A question whose every value has its form, and which has no answer here: something that it names
/// is not here, or its values do not go together.
fn no_answer(wrong: &[Wrong]) -> ApiProblem {
    let texts: Vec<&str> = wrong.iter().map(|one| one.text.as_str()).collect();
    problem(StatusCode::NOT_FOUND, texts.join(" "))
}
