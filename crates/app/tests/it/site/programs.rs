//! What programs are answered, and what every answer carries.

use serde_json::Value;

use super::Server;

pub(super) fn programs_are_answered(server: &Server) {
    let json = |path: &str| -> Value {
        let answer = server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    };
    let series = json("/api/v1/series/recorded-crime/E08000035");
    let rows = series["rows"].as_array().unwrap();
    let count = |month: &str| &rows.iter().find(|row| row["month"] == month).unwrap()["count"];
    // As the assessment of the same files prints it.
    assert_eq!((count("2018-07"), count("2018-06")), (&Value::from(8_865), &Value::Null));
    assert_eq!(json("/api/v1/areas?per_page=2")["rows"].as_array().unwrap().len(), 2);
    assert_eq!(json("/api/v1/measures")["total"], 2);
    assert!(json("/api/v1/coverage")["rows"][0]["state"].is_string());
    let claims = json("/api/v1/claims");
    let figure = claims["rows"][0]["figure"].as_str().unwrap();
    assert_eq!(json(&format!("/api/v1/figures/{figure}"))["id"], figure);
    let csv = server.send(
        "GET /api/v1/measures HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\nConnection: close\r\n\r\n",
    );
    assert!(csv.body.contains("id,title,definition"), "{}", csv.body);
    for (path, status) in [
        ("/api/v1/series/recorded-crime/E99999999", 404),
        ("/api/v1/series/nothing/E08000035", 404),
        ("/api/v1/figures/0", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/topics/nothing/areas", 404),
        ("/api/v1/compare", 404),
        ("/api/v1/compare?area=E08000035&with=1066/67", 404),
        ("/api/v1/compare?measure=recorded-crime&measure=recorded-crime", 400),
        ("/api/v1/explore?area=nowhere", 404),
        ("/api/v1/explore?area=1&area=2&area=3&area=4&area=5&area=6&area=7", 400),
        ("/api/v1/explore?as=rate&from=1066-01", 404),
        ("/api/v1/explore?from=May", 400),
        ("/api/v1/explore?from=2018-07&to=2017-07", 404),
        ("/api/v1/explore?as=guess", 400),
        ("/api/v1/explore?as=harm", 404),
        ("/api/v1/explore?by=nothing", 404),
        ("/api/v1/areas?page=0", 400),
        ("/api/v1/areas?page=two", 400),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.head.contains("application/problem+json"), "{path}: {}", answer.head);
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["status"], status, "{path}");
    }
    every_described_path_is_there(server, &json("/api/v1/openapi.json"));
}

pub(super) fn every_described_path_is_there(server: &Server, description: &Value) {
    let paths = description["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 17);
    // This partnership publishes no plan and no meeting; the twin's tests look at those lists.
    let not_here = ["figures", "plan", "meetings", "decisions", "groups"];
    for path in paths.keys().filter(|path| !not_here.iter().any(|word| path.contains(word))) {
        let path = path.replace("{measure}", "recorded-crime").replace("{area}", "E08000035");
        let path = path.replace("{id}", "recorded-crime");
        let path = path.replace("/compare", "/compare?area=E08000035&area=E08000032");
        let answer = server.get(&format!("/api/v1{path}"));
        let listed: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(!listed["rows"].as_array().unwrap().is_empty(), "{path}");
    }
}

pub(super) fn answers_carry_their_headers(server: &Server) {
    for path in ["/", "/data", "/wardmote.css", "/nothing", "/assessment/index.html"] {
        let answer = server.get(path);
        for header in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'",
            "x-content-type-options: nosniff",
            "x-frame-options: deny",
            "referrer-policy: no-referrer",
        ] {
            assert!(answer.head.contains(header), "{path} lacks {header}:\n{}", answer.head);
        }
        assert!(!answer.head.contains("set-cookie") && !answer.head.contains("unsafe-inline"));
        assert!(!answer.body.contains("<script") && !answer.body.contains(" style=\""), "{path}");
    }
    let first = server.get("/data");
    let tag = first.head.lines().find_map(|line| line.strip_prefix("etag: w/")).unwrap();
    let again = server.send(&format!(
        "GET /data HTTP/1.1\r\nHost: x\r\nIf-None-Match: W/{tag}\r\nConnection: close\r\n\r\n"
    ));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}
