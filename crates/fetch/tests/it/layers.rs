//! Layers come in pages, of which none may be lost, served twice or made up.

use std::io::Write as _;

use serde_json::{Value, json};
use wardmote_fetch::Outcome;

use crate::server::{Reply, Seen};
use crate::support::{Fixture, only_failure};

fn feature(n: usize) -> Value {
    json!({
        "type": "Feature",
        "properties": { "LSOA21CD": format!("E010{n:05}"), "LSOA21NM": format!("Luton {n:03}A") },
        "geometry": { "type": "Point", "coordinates": [-0.412_345_678_9, 51.9] },
    })
}

fn number(seen: &Seen, name: &str) -> usize {
    seen.query(name).unwrap().parse().unwrap()
}

/// A service with so many features, that gives at most `at_once` of them.
fn service(seen: &Seen, n_features: usize, at_once: usize) -> Reply {
    if seen.query("returnCountOnly") == Some("true") {
        return Reply::new(200, json!({ "count": n_features }).to_string());
    }
    let offset = number(seen, "resultOffset");
    let n = number(seen, "resultRecordCount").min(at_once).min(n_features - offset.min(n_features));
    let exceeded = offset + n < n_features;
    let range = offset..offset + n;
    let page = if seen.query("f") == Some("geojson") {
        let features: Vec<_> = range.map(feature).collect();
        json!({
            "type": "FeatureCollection", "features": features,
            "properties": { "exceededTransferLimit": exceeded },
        })
    } else {
        let features: Vec<_> = range
            .map(|n| json!({ "attributes": { "FID": n, "NAME": format!("a, {n}"), "NONE": null } }))
            .collect();
        json!({
            "fields": [{ "name": "FID" }, { "name": "NAME" }, { "name": "NONE" }],
            "features": features, "exceededTransferLimit": exceeded,
        })
    };
    Reply::new(200, page.to_string()).with("Content-Type", "application/json; charset=utf-8")
}

fn fixture(source: &str, answer: impl FnMut(&Seen, usize) -> Reply + Send + 'static) -> Fixture {
    let mut fixture = Fixture::of("", source, answer);
    fixture.request.code = Some("E06000032".into());
    fixture.request.name = Some("Luton".into());
    fixture
}

#[test]
fn pages_become_one_collection() {
    // The service gives fewer at once than it is asked for.
    let fixture = fixture("ons-boundaries", |seen, _| service(seen, 1_203, 400));
    let report = fixture.run();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    let text = fixture.read("E06000032_lsoa.geojson").unwrap();
    let collection: Value = serde_json::from_slice(&text).unwrap();
    let features = collection["features"].as_array().unwrap();
    assert_eq!(collection["type"], "FeatureCollection");
    assert_eq!(features.len(), 1_203);
    assert!(features.iter().enumerate().all(|(n, found)| *found == feature(n)));
    let seen = fixture.server.seen();
    let offsets: Vec<_> = seen[1..].iter().map(|seen| number(seen, "resultOffset")).collect();
    assert_eq!(offsets, [0, 400, 800, 1_200]);
    let (service, query) = seen[1].path.split_once("/query?").unwrap();
    assert_eq!(
        service,
        "/services1.arcgis.com/ESMARspQHYMw9BZ9/arcgis/rest/services/Lower_layer_Super_Output_Areas_December_2021_Boundaries_EW_BGC_V5/FeatureServer/0"
    );
    assert_eq!(
        query,
        "where=LSOA21NM%20LIKE%20%27Luton%20%25%27&outFields=*&returnGeometry=true&outSR=4326\
         &orderByFields=LSOA21CD&resultOffset=0&resultRecordCount=500&f=geojson"
    );
    let entry = &fixture.ledger().files["E06000032_lsoa.geojson"];
    assert_eq!(entry.filter.as_deref(), Some("LSOA21NM LIKE 'Luton %'"));

    // The same features again change nothing.
    let report = fixture.run();
    assert_eq!(report.files[0].outcome, Outcome::Unchanged);
}

#[test]
fn pages_become_one_table() {
    let fixture = fixture("ons-lookups", |seen, _| service(seen, 3, 2));
    let report = fixture.run();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    let expected = "FID,NAME,NONE\n0,\"a, 0\",\n1,\"a, 1\",\n2,\"a, 2\",\n";
    for name in ["E06000032_lsoa21_ward24_lad24.csv", "E06000032_lsoa11_lsoa21.csv"] {
        assert_eq!(String::from_utf8(fixture.read(name).unwrap()).unwrap(), expected);
    }
    let seen = fixture.server.seen();
    assert_eq!(seen[1].query("where"), Some("LAD24CD%20%3D%20%27E06000032%27"));
    assert_eq!(seen[1].query("returnGeometry"), Some("false"));
}

#[test]
fn a_page_may_come_compressed() {
    let fixture = fixture("ons-boundaries", |seen, _| {
        assert_eq!(seen.header("accept-encoding"), Some("gzip"));
        let mut reply = service(seen, 5, 10);
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&reply.body).unwrap();
        reply.body = packed.finish().unwrap();
        reply.with("Content-Encoding", "gzip")
    });
    assert_eq!(fixture.run().files[0].outcome, Outcome::New);
}

/// The message of a run in which nothing replaced the good file.
fn refusal(answer: impl FnMut(&Seen, usize) -> Reply + Send + 'static) -> (String, usize) {
    let fixture = fixture("ons-boundaries", answer);
    std::fs::write(fixture.path("E06000032_lsoa.geojson"), "good").unwrap();
    let message = only_failure(&fixture.run());
    assert_eq!(fixture.names(), ["E06000032_lsoa.geojson"]);
    assert_eq!(fixture.read("E06000032_lsoa.geojson").unwrap(), b"good");
    (message, fixture.server.seen().len())
}

#[test]
fn an_error_with_status_200_is_an_error() {
    let (message, n_requests) = refusal(|_, _| {
        let error = json!({ "error": { "code": 400, "message": "Invalid URL", "details": ["x"] } });
        Reply::new(200, error.to_string())
    });
    assert!(
        message.ends_with(
            "answered with error 400, \"Invalid URL\": the layer or its fields may have been renamed; \
             look at the publisher's page, and correct the entry in fetch.toml"
        ),
        "{message}"
    );
    assert_eq!(n_requests, 1);
}

#[test]
fn an_error_that_may_pass_is_tried_again() {
    let fixture = fixture("ons-boundaries", |seen, n_before| match n_before {
        0 | 2 => {
            Reply::new(200, json!({ "error": { "code": 504, "message": "busy" } }).to_string())
        }
        _ => service(seen, 5, 10),
    });
    assert_eq!(fixture.run().n_requests, 4);
    let (message, n_requests) =
        refusal(|_, _| Reply::new(200, json!({ "error": { "code": 500 } }).to_string()));
    assert!(message.contains("failed 5 times in a row"), "{message}");
    assert_eq!(n_requests, 5);
}

#[test]
fn a_page_that_comes_twice_ends_it() {
    let (message, n_requests) = refusal(|seen, _| {
        let mut first = seen.clone();
        first.path = seen.path.replace("resultOffset=400", "resultOffset=0");
        service(&first, 10_000, 400)
    });
    assert!(message.contains("sent the same page twice, from feature 400 on"), "{message}");
    assert_eq!(n_requests, 3);
}

#[test]
fn a_service_that_never_ends_is_left() {
    let (message, n_requests) = refusal(|seen, _| match seen.query("returnCountOnly") {
        Some(_) => Reply::new(200, json!({ "count": 1_000 }).to_string()),
        None => service(seen, 1_000_000, 400),
    });
    assert!(message.contains("counted 1000 features and sent 1200"), "{message}");
    assert_eq!(n_requests, 4);
}

#[test]
fn a_hole_is_seen() {
    let (message, _) = refusal(|seen, _| match seen.query("returnCountOnly") {
        Some(_) => Reply::new(200, json!({ "count": 1_000 }).to_string()),
        None => service(seen, 999, 400),
    });
    assert!(message.contains("counted 1000 features and sent 999"), "{message}");
}

#[test]
fn nothing_found_is_no_file() {
    let (message, n_requests) = refusal(|seen, _| service(seen, 0, 10));
    assert!(
        message.contains("has nothing where LSOA21NM LIKE 'Luton %': check --code"),
        "{message}"
    );
    assert_eq!(n_requests, 1);
}

#[test]
fn what_is_not_json_is_refused() {
    let (message, _) = refusal(|_, _| Reply::new(200, "<html>").with("Content-Type", "text/html"));
    assert!(message.contains("should have been GeoJSON and was a web page"), "{message}");
    let (message, _) = refusal(|_, _| Reply::new(200, "{\"count\": "));
    assert!(message.contains("should have been GeoJSON and was something else"), "{message}");
}
