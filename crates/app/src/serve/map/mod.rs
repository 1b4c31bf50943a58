//! The map: its page, which says everything without a script, and what the map that moves is made from.

mod asked;
mod basemap;
mod ground;
mod page;
mod values;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use wardmote_domain::area::AreaLevel;
use wardmote_reports::site::{Basemap, MapPage, Page};

pub(super) use self::ground::Ground;

use self::asked::{Asked, NoMap, Parameters, parameter};
use super::answer::{Held, held};
use super::api::{ApiProblem, problem};
use super::pages::{NoPage, show, show_now};
use super::partnership::Served;
use super::vintage::Vintage;

const NOTHING: &str = "No open source has brought anything that a map could show.";
const FIELDS: [&str; 5] = ["measure", "level", "show", "from", "to"];

/// The routes of one partnership below its base.
pub(super) fn routes(base: &str) -> Router<Arc<Served>> {
    let at = |path: &str| format!("{base}map{path}");
    Router::new()
        .route(&at(""), get(map))
        .route(&at("/areas.json"), get(as_json))
        .route(&at("/areas.csv"), get(as_csv))
        .route(&at("/tiles/{level}/{z}/{x}/{y}"), get(tile))
}

async fn map(
    State(served): State<Arc<Served>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let asked = parameters(query.as_deref());
    // A map of the latest months is asked for again and again; of the others there are too many to hold.
    let latest = ["from", "to"].iter().all(|name| parameter(&asked, name).is_none());
    let query = query_of(&asked);
    let (plan, state) = served.plan();
    let key = format!("map?{query} {} {}", state.items, state.changed);
    let make = move |vintage: &Vintage| -> Result<Page, NoPage> {
        let page = match asked::asked(vintage, &asked)? {
            Ok(found) => page::page(vintage, &found, &query)?,
            Err(NoMap::Nothing) => page::empty(vintage),
            Err(NoMap::Unknown(advice)) => return Err(NoPage::NotFound(advice)),
        };
        Ok(Page::Map(Box::new(MapPage { has_plan: plan.is_published(), ..page })))
    };
    let mut response = if latest {
        show(&served, &headers, &key, make).await
    } else {
        show_now(&served, &headers, make).await
    };
    let policy = policy(served.now().ground.basemap.as_ref());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// The map draws in a worker, reads tiles, and makes pictures of its own; no other page may.
fn policy(basemap: Option<&Basemap>) -> HeaderValue {
    let host = basemap.map(|basemap| format!(" https://{}", basemap.host)).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'{host}; style-src 'self'; \
         img-src 'self' data: blob:{host}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    // INVARIANT: a host of letters, digits, dots, dashes and colons is part of a header's value.
    HeaderValue::try_from(policy).unwrap_or_else(|error| unreachable!("{error}"))
}

async fn as_json(served: State<Arc<Served>>, query: RawQuery, headers: HeaderMap) -> Response {
    values(served, query, headers, "application/json", values::as_json).await
}

async fn as_csv(served: State<Arc<Served>>, query: RawQuery, headers: HeaderMap) -> Response {
    values(served, query, headers, "text/csv; charset=utf-8", values::as_csv).await
}

async fn values(
    State(served): State<Arc<Served>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    kind: &'static str,
    write: fn(&Vintage, &Asked<'_>) -> anyhow::Result<Vec<u8>>,
) -> Response {
    let asked = parameters(query.as_deref());
    let Some(place) = served.place_to_make().await else {
        return problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "the server is busy; ask again in some seconds",
        )
        .into_response();
    };
    let vintage = served.now();
    let made = tokio::task::spawn_blocking(move || -> Result<Held, ApiProblem> {
        let _place = place;
        let unknown = |advice| problem(StatusCode::NOT_FOUND, advice);
        let found = asked::asked(&vintage, &asked)?.map_err(|why| match why {
            NoMap::Unknown(advice) => unknown(advice),
            NoMap::Nothing => unknown(NOTHING),
        })?;
        Ok(Held::new(vintage.id(), kind, write(&vintage, &found)?))
    });
    match made.await {
        Ok(Ok(file)) => held(&file, &headers),
        Ok(Err(problem)) => problem.into_response(),
        Err(error) => ApiProblem::from(error).into_response(),
    }
}

async fn tile(
    State(served): State<Arc<Served>>,
    Path((level, z, x, y)): Path<(String, String, String, String)>,
    headers: HeaderMap,
) -> Response {
    let nowhere =
        || problem(StatusCode::NOT_FOUND, "there is no tile at this address").into_response();
    let Ok(level) = level.parse::<AreaLevel>() else { return nowhere() };
    let (Ok(z), Ok(x), Ok(y)) = (z.parse(), x.parse(), y.parse()) else { return nowhere() };
    let vintage = served.now();
    let made =
        tokio::task::spawn_blocking(move || vintage.ground.tile(vintage.id(), level, (z, x, y)));
    match made.await {
        Ok(Some(tile)) => held(&tile, &headers),
        _ => nowhere(),
    }
}

/// The fields of the form in a query, each once; what else stands there is nobody's business.
fn parameters(query: Option<&str>) -> Vec<(String, String)> {
    let uri = format!("/?{}", query.unwrap_or_default());
    let parsed = uri
        .parse::<axum::http::Uri>()
        .ok()
        .and_then(|uri| axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri).ok());
    let given = parsed.map(|axum::extract::Query(given)| given).unwrap_or_default();
    let field = |name: &str| {
        let found = parameter(&given, name)?;
        Some((name.to_owned(), found.to_owned()))
    };
    FIELDS.iter().filter_map(|name| field(name)).collect()
}

/// The same as a query, in one order and with nothing that a page or header could stumble over.
fn query_of(asked: &Parameters) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let pair = |(name, value): &(String, String)| {
        let value: String = value.chars().filter(|c| plain(*c)).take(100).collect();
        format!("{name}={value}")
    };
    asked.iter().map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_in_one_order_and_what_is_hostile_falls_out() {
        let asked = parameters(Some("to=2018-07&measure=a%22%3E%3Cscript&x=1&measure=b&from="));
        assert_eq!(query_of(&asked), "measure=ascript&to=2018-07");
        assert_eq!(query_of(&parameters(None)), "");
        assert_eq!(query_of(&parameters(Some("%ff%fe=%zz&&&"))), "");
    }

    #[test]
    fn the_policy_is_strict_and_names_the_basemap_alone() {
        let plain = policy(None);
        let plain = plain.to_str().unwrap();
        assert!(!plain.contains("unsafe") && !plain.contains("http"), "{plain}");
        let basemap = Basemap {
            tiles: "https://tiles.example.org/{z}/{x}/{y}.png".into(),
            attribution: "(c) Somebody".into(),
            host: "tiles.example.org".into(),
        };
        let with = policy(Some(&basemap));
        assert_eq!(with.to_str().unwrap().matches(" https://tiles.example.org").count(), 2);
    }
}
