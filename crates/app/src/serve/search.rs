//! The search for an area by name, code or postcode.
//!
//! A postcode is sent in the body of a request, so that it stands in no address, and is dropped as soon
//! as its small area is found: it is never logged, kept or shown again.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_lake::read::Postcode;
use wardmote_reports::site::{AreaSearch, Page, StreetFound};

use super::areas::{link, own};
use super::asked::Parameters;
use super::pages::{show_now, show_with};
use super::partnership::Served;
use super::vintage::Vintage;

/// How many areas a search lists.
const MOST_FOUND: usize = 50;
/// The longest search that is looked for, in characters.
const LONGEST_SEARCH: usize = 100;
/// The longest body that holds a postcode, in bytes.
pub(super) const LONGEST_BODY: usize = 200;

pub(super) async fn search(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    show_now(&served, &headers, move |vintage| {
        let q = asked.iter().find(|(name, _)| name == "q");
        let q = q.map(|(_, q)| q.as_str()).unwrap_or_default();
        let query: String = q.trim().chars().take(LONGEST_SEARCH).collect();
        if Postcode::new(&query).is_some() {
            let advice = if vintage.postcodes.is_some() {
                "Write a postcode into its own field: what is written into the other stands in the address of the page."
            } else {
                "Postcodes cannot be looked up here, because no lookup of them is loaded. Write the name of an area."
            };
            return Ok(Page::Areas(only_said(vintage, advice)));
        }
        Ok(Page::Areas(find(vintage, &query)?))
    })
    .await
}

/// Leads to the small area of the postcode in the body.
pub(super) async fn postcode(
    State(served): State<Arc<Served>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let vintage = served.now();
    let advice = match small_area(&vintage, &body) {
        Ok(code) => {
            let address = format!("{}areas/{code}", served.base());
            return Redirect::to(&address).into_response();
        }
        Err(advice) => advice,
    };
    let made = move |vintage: &Vintage| Ok(Page::Areas(only_said(vintage, advice)));
    show_with(StatusCode::UNPROCESSABLE_ENTITY, &served, &headers, made).await
}

fn small_area(vintage: &Vintage, body: &[u8]) -> Result<AreaCode, &'static str> {
    let postcodes = vintage.postcodes.as_ref();
    let postcodes = postcodes.ok_or("Postcodes cannot be looked up here.")?;
    let body = std::str::from_utf8(body).unwrap_or_default();
    let given = body.split('&').find_map(|part| part.strip_prefix("postcode="));
    // A form writes blanks as + or %20; no postcode holds anything else that it would change.
    let text = given.unwrap_or_default().replace('+', " ").replace("%20", " ");
    let postcode = Postcode::new(&text);
    let postcode =
        postcode.ok_or("That is no whole postcode, such as LS1 3AA. Write all of it.")?;
    let is_2011 = vintage.observed.partnership.area_vintage == AreaLevel::LSOA_2011;
    let area = postcodes.get(postcode);
    let code =
        area.and_then(|area| if is_2011 { area.lsoa_2011.clone() } else { area.lsoa_2021.clone() });
    let small = vintage.observed.partnership.area_vintage;
    let ours = own(vintage, small).unwrap_or_default();
    code.filter(|code| ours.iter().any(|place| place.code == *code))
        .ok_or("This partnership has no area with that postcode. It may lie in another district.")
}

fn only_said(vintage: &Vintage, advice: &str) -> AreaSearch {
    AreaSearch {
        query: String::new(),
        found: Vec::new(),
        streets: Vec::new(),
        n_more: 0,
        message: Some(advice.to_owned()),
        postcodes: vintage.postcodes.is_some(),
        has_streets: !vintage.streets.is_empty(),
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
    let mut streets = Vec::new();
    if !wanted.is_empty() {
        for street in vintage.streets.like(&wanted) {
            if streets.len() == MOST_FOUND {
                n_more += 1;
                continue;
            }
            let areas = street.areas.iter().map(|code| vintage.observed.place(code).map(link));
            let areas = areas.collect::<Result<_, _>>()?;
            streets.push(StreetFound { name: street.name.clone(), areas });
        }
    }
    Ok(AreaSearch {
        query: query.to_owned(),
        found,
        streets,
        n_more,
        message: None,
        postcodes: vintage.postcodes.is_some(),
        has_streets: !vintage.streets.is_empty(),
    })
}
