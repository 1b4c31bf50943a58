//! An answer as files: rows as CSV, JSON and Parquet, the drawing as SVG and PNG.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};
use wardmote_evidence::explore;
use wardmote_lake::{ColumnValues, parquet_table};
use wardmote_reports::{chart_png, chart_svg};

use super::{COLUMNS, cells, draw, question};
use crate::serve::answer::{Held, held};
use crate::serve::api::{self, problem};
use crate::serve::asked::Parameters;
use crate::serve::partnership::Served;
use crate::serve::vintage::Vintage;

/// A file of an answer.
pub(in crate::serve) async fn download(
    State(served): State<Arc<Served>>,
    Path(file): Path<String>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    let vintage = served.now();
    let made = tokio::task::spawn_blocking(move || {
        let made = make(&vintage, &file, &asked);
        (made, vintage.site.synthetic, file)
    });
    match made.await {
        Ok((Ok(made), synthetic, file)) => {
            let mut response = held(&made, &headers);
            let mark = if synthetic { "SYNTHETIC-" } else { "" };
            let name = format!("attachment; filename=\"{mark}wardmote-{file}\"");
            // INVARIANT: the file's name is one of those that are made.
            if let Ok(name) = HeaderValue::try_from(name) {
                response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
            }
            response
        }
        Ok((Err(problem), ..)) => problem.into_response(),
        Err(_) => problem(StatusCode::INTERNAL_SERVER_ERROR, "this could not be worked out")
            .into_response(),
    }
}

fn make(vintage: &Vintage, file: &str, asked: &Parameters) -> Result<Held, api::ApiProblem> {
    let asked = question(vintage, asked)?.map_err(|wrong| {
        let texts: Vec<String> = wrong.into_iter().map(|one| one.text).collect();
        problem(StatusCode::BAD_REQUEST, texts.join(" "))
    })?;
    let rows = explore::rows(&vintage.observed, &asked)
        .map_err(|error| problem(StatusCode::BAD_REQUEST, error.to_string()))?;
    let title = format!("{}, {}", asked.measure.title, asked.period.in_words());
    let address = super::question::address(&asked);
    let id = explore::citation(&address, &vintage.observed.snapshot).to_string();
    let values = || rows.iter().map(|row| cells(vintage, row));
    let drawn = || {
        draw::chart(vintage, &asked, &rows, &title).ok_or_else(|| {
            problem(StatusCode::NOT_FOUND, "none of the values is known, so nothing is drawn")
        })
    };
    let (kind, bytes) = match file {
        "rows.csv" => ("text/csv; charset=utf-8", api::csv(&COLUMNS, values())),
        "rows.json" => {
            let object = |row: Vec<Value>| {
                let named = COLUMNS.iter().map(|name| (*name).to_owned()).zip(row);
                Value::Object(named.collect::<Map<String, Value>>())
            };
            let body = json!({
                "figure": id,
                "vintage": vintage.id(),
                "synthetic": vintage.site.synthetic,
                "measure": asked.measure,
                "question": address,
                "rows": values().map(object).collect::<Vec<_>>(),
            });
            ("application/json", serde_json::to_vec(&body)?)
        }
        "rows.parquet" => {
            let synthetic = if vintage.site.synthetic { "SYNTHETIC" } else { "no" };
            let notes = [
                ("wardmote.figure", id.as_str()),
                ("wardmote.vintage", vintage.id()),
                ("wardmote.question", address.as_str()),
                ("wardmote.synthetic", synthetic),
            ];
            let table = parquet_table(columns(&values().collect::<Vec<_>>()), &notes)?;
            ("application/vnd.apache.parquet", table)
        }
        "chart.svg" => ("image/svg+xml", chart_svg(&drawn()?, vintage.site.synthetic).into_bytes()),
        "chart.png" => ("image/png", chart_png(&drawn()?, vintage.site.synthetic)?),
        _ => {
            let why = "there are rows.csv, rows.json, rows.parquet, chart.svg and chart.png";
            return Err(problem(StatusCode::NOT_FOUND, why));
        }
    };
    Ok(Held::new(vintage.id(), kind, bytes))
}

/// Rows as named columns of one kind each.
fn columns(rows: &[Vec<Value>]) -> Vec<(String, ColumnValues)> {
    let of = |index: usize| rows.iter().map(move |row| &row[index]);
    let column = |(index, name): (usize, &&str)| {
        let values = match *name {
            "n" | "base" => ColumnValues::Whole(of(index).map(Value::as_i64).collect()),
            "value" | "lower" | "upper" => {
                ColumnValues::Number(of(index).map(Value::as_f64).collect())
            }
            _ => ColumnValues::Text(of(index).map(|one| one.as_str().map(str::to_owned)).collect()),
        };
        ((*name).to_owned(), values)
    };
    COLUMNS.iter().enumerate().map(column).collect()
}
