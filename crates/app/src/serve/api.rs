//! The interface for programs: lists, as JSON or CSV by what the caller accepts, with errors by RFC
//! 9457.

mod ask;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use wardmote_domain::area::AreaCode;
use wardmote_evidence::local;

use super::answer::{Held, held};
use super::areas::own;
use super::asked::Parameters;
use super::board;
use super::openapi;
use super::partnership::Served;
use super::plan;
use super::vintage::Vintage;

/// Rows of a page, unless the caller asks for fewer.
const MOST_ROWS: usize = 1_000;

/// A list of one kind of thing.
struct Listing {
    columns: &'static [&'static str],
    rows: Vec<Vec<Value>>,
}

/// What went wrong, as RFC 9457 says it.
#[derive(Debug)]
pub(super) struct ApiProblem {
    status: StatusCode,
    detail: String,
}

pub(super) fn problem(status: StatusCode, detail: impl Into<String>) -> ApiProblem {
    ApiProblem { status, detail: detail.into() }
}

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason(),
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, body.to_string()).into_response()
    }
}

impl<E: Into<anyhow::Error>> From<E> for ApiProblem {
    fn from(error: E) -> Self {
        tracing::error!("{}", crate::console::chain(&error.into()));
        problem(StatusCode::INTERNAL_SERVER_ERROR, "this could not be worked out")
    }
}

/// The routes of one partnership.
pub(super) fn routes(base: &str) -> Router<Arc<Served>> {
    let at = |path: &str| format!("{base}api/v1/{path}");
    let description = openapi::document(base).to_string().into_bytes();
    let description = Arc::new(Held::kept("api", "application/json", description));
    Router::new()
        .route(
            &at("openapi.json"),
            get(move |headers: HeaderMap| async move { held(&description, &headers) }),
        )
        .route(&at("measures"), get(measures))
        .route(&at("areas"), get(areas))
        .route(&at("series/{measure}/{area}"), get(series))
        .route(&at("claims"), get(claims))
        .route(&at("figures/{id}"), get(figure))
        .route(&at("coverage"), get(coverage))
        .route(&at("plan/priorities"), get(priorities))
        .route(&at("plan/actions"), get(actions))
        .route(&at("plan/measures"), get(plan_measures))
        .route(&at("plan/duties"), get(duties))
        .route(&at("topics"), get(ask::topics))
        .route(&at("topics/{id}/areas"), get(ask::topic_areas))
        .route(&at("compare"), get(ask::compare))
        .route(&at("explore"), get(ask::explore))
        .route(&at("meetings"), get(meetings))
        .route(&at("decisions"), get(decisions))
        .route(&at("groups"), get(groups))
}

/// A listing of what is published of the plan.
fn of_plan(
    served: &Served,
    rows: fn(&plan::PublicPlan) -> plan::Rows,
    asked: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, ApiProblem> {
    let (columns, rows) = rows(&served.plan().0);
    list(&served.now(), Listing { columns, rows }, asked, headers)
}

async fn priorities(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    of_plan(&served, plan::api_priorities, &asked, &headers)
}

async fn actions(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    of_plan(&served, plan::api_actions, &asked, &headers)
}

async fn plan_measures(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    of_plan(&served, plan::api_measures, &asked, &headers)
}

async fn duties(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    of_plan(&served, plan::api_duties, &asked, &headers)
}

async fn meetings(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    of_plan(&served, board::api_meetings, &asked, &headers)
}

async fn decisions(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    of_plan(&served, board::api_decisions, &asked, &headers)
}

async fn groups(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    of_plan(&served, board::api_groups, &asked, &headers)
}

async fn measures(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let vintage = served.now();
    let row = |measure: &wardmote_evidence::measure::Measure| {
        vec![
            json!(measure.id),
            json!(measure.title),
            json!(measure.definition),
            json!(measure.version),
            json!(measure.unit),
            json!(measure.numerator.source),
        ]
    };
    let listing = Listing {
        columns: &["id", "title", "definition", "version", "unit", "source"],
        rows: local::shown(&vintage.observed).into_iter().map(row).collect(),
    };
    list(&vintage, listing, &asked, &headers)
}

async fn areas(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let vintage = served.now();
    let mut rows = Vec::new();
    for level in vintage.levels.iter().copied() {
        for place in own(&vintage, level)? {
            rows.push(vec![json!(place.code), json!(place.name), json!(place.level)]);
        }
    }
    list(&vintage, Listing { columns: &["code", "name", "level"], rows }, &asked, &headers)
}

async fn series(
    State(served): State<Arc<Served>>,
    Path((measure, area)): Path<(String, String)>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let vintage = served.now();
    let observed = &vintage.observed;
    let measures = local::shown(observed);
    let measure = measures.into_iter().find(|one| one.id == measure).ok_or_else(|| {
        problem(StatusCode::NOT_FOUND, "no measure of an open source has this id; see /measures")
    })?;
    let nowhere = || {
        problem(StatusCode::NOT_FOUND, "this partnership has no area with this code; see /areas")
    };
    let code = AreaCode::new(&area).map_err(|_| nowhere())?;
    let mut place = None;
    for level in vintage.levels.iter().copied() {
        place = place.or(own(&vintage, level)?.into_iter().find(|place| place.code == code));
    }
    let found = local::months(observed, measure, place.ok_or_else(nowhere)?)?;
    let months = found.map(|(_, months)| months).unwrap_or_default();
    let row = |(month, n): (wardmote_domain::period::Month, Option<u64>)| {
        vec![json!(month.to_string()), json!(n)]
    };
    let rows = months.into_iter().map(row).collect();
    list(&vintage, Listing { columns: &["month", "count"], rows }, &asked, &headers)
}

async fn claims(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let vintage = served.now();
    let answers = vintage.evidence.iter().flat_map(|evidence| &evidence.answers);
    let rows = answers
        .map(|(claim, answer)| {
            vec![json!(claim), json!(answer.statement), json!(answer.verdict), json!(answer.figure)]
        })
        .collect();
    let columns = &["claim", "statement", "verdict", "figure"];
    list(&vintage, Listing { columns, rows }, &asked, &headers)
}

/// A figure of the published assessment, which holds only what may be shown.
async fn figure(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let vintage = served.now();
    let figures = vintage.evidence.iter().flat_map(|evidence| evidence.figures.values());
    let found = figures.into_iter().find(|figure| figure.id.to_string() == id);
    let found = found.ok_or_else(|| {
        problem(StatusCode::NOT_FOUND, "the published assessment has no figure with this id")
    })?;
    let json = serde_json::to_vec(found)?;
    Ok(held(&Held::new(vintage.id(), "application/json", json), &headers))
}

async fn coverage(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let vintage = served.now();
    let rows = vintage.months.iter().map(|row| row.iter().map(|cell| json!(cell)).collect());
    let columns = &["source", "body", "month", "state"];
    list(&vintage, Listing { columns, rows: rows.collect() }, &asked, &headers)
}

/// A page of a listing in the form that the caller accepts.
fn list(
    vintage: &Vintage,
    listing: Listing,
    asked: &Parameters,
    headers: &HeaderMap,
) -> Result<Response, ApiProblem> {
    let page = number(asked, "page")?.unwrap_or(1);
    let per_page = number(asked, "per_page")?.unwrap_or(MOST_ROWS).min(MOST_ROWS);
    let total = listing.rows.len();
    let shown = listing.rows.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    let (kind, bytes) = if accepts_csv(headers) {
        ("text/csv; charset=utf-8", csv(listing.columns, shown))
    } else {
        let object = |row: Vec<Value>| {
            let named = listing.columns.iter().map(|name| (*name).to_owned()).zip(row);
            Value::Object(named.collect::<Map<String, Value>>())
        };
        let body = json!({
            "vintage": vintage.id(),
            "page": page,
            "pages": total.div_ceil(per_page),
            "total": total,
            "rows": shown.map(object).collect::<Vec<_>>(),
        });
        ("application/json", serde_json::to_vec(&body)?)
    };
    let mut response = held(&Held::new(vintage.id(), kind, bytes), headers);
    response.headers_mut().append(header::VARY, header::HeaderValue::from_static("accept"));
    Ok(response)
}

fn number(asked: &Parameters, name: &str) -> Result<Option<usize>, ApiProblem> {
    let mut given = asked.iter().filter(|(one, _)| one == name);
    let Some((_, text)) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(problem(StatusCode::BAD_REQUEST, format!("{name} is given more than once")));
    }
    let parsed = text.parse().ok().filter(|number| (1..=1_000_000).contains(number));
    let wrong =
        || problem(StatusCode::BAD_REQUEST, format!("{name} is a number from 1 to 1,000,000"));
    parsed.map(Some).ok_or_else(wrong)
}

fn accepts_csv(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let first = accepted.and_then(|kinds| kinds.split([',', ';']).next());
    first.is_some_and(|kind| kind.trim() == "text/csv")
}

pub(super) fn csv(columns: &[&str], rows: impl Iterator<Item = Vec<Value>>) -> Vec<u8> {
    let text = |value: Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    let column = |heading: &&str| wardmote_reports::Column {
        heading: (*heading).to_owned(),
        numeric: false,
    };
    let table = wardmote_reports::Table {
        caption: String::new(),
        columns: columns.iter().map(column).collect(),
        rows: rows.map(|row| row.into_iter().map(text).collect()).collect(),
        note: None,
    };
    table.csv().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbers_from_one() {
        let asked = |text: &str| vec![("page".to_owned(), text.to_owned())];
        assert_eq!(number(&asked("3"), "page").unwrap(), Some(3));
        assert_eq!(number(&asked("3"), "per_page").unwrap(), None);
        let twice = [asked("3"), asked("4")].concat();
        assert_eq!(number(&twice, "page").unwrap_err().status, StatusCode::BAD_REQUEST);
        for wrong in ["0", "-1", "x", "", "99999999999999999999", "1.5"] {
            assert_eq!(number(&asked(wrong), "page").unwrap_err().status, StatusCode::BAD_REQUEST);
        }
    }

    #[test]
    fn what_is_not_known_is_empty_in_csv_and_never_zero() {
        let rows = [vec![json!("2016-07"), json!(3)], vec![json!("2016-08"), Value::Null]];
        let text = csv(&["month", "count"], rows.into_iter());
        assert_eq!(String::from_utf8(text).unwrap(), "month,count\r\n2016-07,3\r\n2016-08,\r\n");
    }
}
