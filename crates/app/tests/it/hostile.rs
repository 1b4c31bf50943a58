//! What nobody should send, to every address that there is. A route that is added is found here by
//! itself: in the sources for pages, and in the description for programs.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::site::{Answer, Server};
use crate::small_country::{SMALL_AREA, small_country};

/// How long any answer may take, on a machine that is busy and in an unoptimised build.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// By how much the server may grow while all of this is sent to it, in MiB.
const GROWS_BY_AT_MOST: u64 = 200;

/// Values that stand in the place of a code, a name or a number, percent-encoded.
const HOSTILE: [&str; 18] = [
    "E99999999",
    "%00",
    "..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fpartnership.toml",
    "x%0d%0aSet-Cookie:%20a=b",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
    "'%20OR%201=1%20--",
    "%7B%7B7*7%7D%7D",
    "%ff%fe",
    "-1",
    "0",
    "99999999999999999999",
    "1e308",
    "NaN",
    "2015-01..2024-12",
    "1000-01..9999-12",
    "%F0%9F%92%A9",
];

/// Names of parameters that pages know, and some that they do not.
const PARAMETERS: [&str; 26] = [
    "q",
    "page",
    "per_page",
    "area",
    "areas",
    "a",
    "measure",
    "group",
    "period",
    "periods",
    "from",
    "to",
    "month",
    "breakdown",
    "method",
    "by",
    "level",
    "format",
    "layer",
    "show",
    "as",
    "class",
    "with",
    "z",
    "x",
    "nonsense",
];

/// What stands for an address where the sources do not write it out.
const NAMED: [(&str, &[&str]); 6] = [
    // Scripts, in a folder that is named after their content.
    ("&format!(\"{ROOT}{}/{{name}}\"", &[]),
    // The signed-in pages, which have a table and tests of their own.
    ("&path", &[]),
    ("base", &["/"]),
    ("&at(name)", &["/glossary", "/accessibility", "/privacy", "/about"]),
    ("base.trim_end_matches('/')", &[]),
    ("STYLE_SHEET", &["/wardmote.css"]),
];

/// The routes of one partnership at `/`, as the sources declare them.
fn routes() -> Vec<String> {
    let mut found = Vec::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/serve");
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).unwrap();
                literals(&source, &format!("/{}", below_base(&source)), &mut found);
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// What a source puts between a partnership's address and what it hands to `at`: of
/// `format!("{base}plan{path}")`, `plan`.
fn below_base(source: &str) -> &str {
    let after = source.split_once("= |path: &str| format!(\"{base}").map(|(_, after)| after);
    after.and_then(|after| after.split_once("{path}\")")).map_or("", |(between, _)| between)
}

/// The addresses that `.route(` is given: `&at("...")` or `"..."`, or one of those that have a name.
fn literals(source: &str, prefix: &str, found: &mut Vec<String>) {
    for (at, word) in source.match_indices(".route(") {
        let rest = source[at + word.len()..].trim_start();
        let given = rest.split([',', '\n']).next().unwrap().trim();
        let quoted = |text: &str| text.split('"').next().unwrap().to_owned();
        if let Some(path) = given.strip_prefix("&at(\"") {
            found.push(format!("{prefix}{}", quoted(path)));
        } else if let Some(path) = given.strip_prefix('"') {
            found.push(quoted(path));
        } else {
            let named = NAMED.iter().find(|(name, _)| *name == given);
            let (_, paths) = named.unwrap_or_else(|| {
                panic!(
                    "what addresses are meant by .route({given}, ...)? Say so in NAMED of this test"
                )
            });
            found.extend(paths.iter().map(|path| (*path).to_owned()));
        }
    }
}

/// A route with each of its parameters replaced.
fn filled(route: &str, value: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { value.to_owned() } else { part.to_owned() };
    route.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[track_caller]
fn check(server: &Server, path: &str) -> Answer {
    let started = Instant::now();
    let answer = server.get(path);
    let shown: String = path.chars().take(200).collect();
    assert!(started.elapsed() < ANSWER_WITHIN, "{shown} took {:?}", started.elapsed());
    let allowed = [200, 204, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 414, 422];
    assert!(allowed.contains(&answer.status), "{shown}: {} {}", answer.status, answer.head);
    for header in ["content-security-policy: default-src 'none'", "x-content-type-options: nosniff"]
    {
        assert!(answer.head.contains(header), "{shown} lacks {header}:\n{}", answer.head);
    }
    assert!(!answer.head.contains("unsafe-inline"), "{shown}");
    let sets = answer.head.lines().filter(|line| line.starts_with("set-cookie: a=b"));
    assert_eq!(sets.count(), 0, "{shown}: a header was smuggled in");
    for smuggled in ["<script>alert(1)", "<img src=x"] {
        assert!(!answer.body.contains(smuggled), "{shown} shows {smuggled}");
    }
    assert!(!answer.body.contains("root:x:0:0"), "{shown} shows a file");
    let away = answer.head.lines().find_map(|line| line.strip_prefix("location: "));
    assert!(
        away.is_none_or(|to| to.starts_with('/') && !to.starts_with("//")),
        "{shown}: {away:?}"
    );
    answer
}

/// Questions that are right but for one value: nothing, a blank, a word, two of it, and worse.
fn odd_questions_are_answered(server: &Server) {
    const PAGES: [&str; 6] =
        ["/topics/recorded-crime", "/areas", "/map", "/map/areas.json", "/compare", "/explore"];
    const FIELDS: [&str; 12] = [
        "measure", "area", "level", "show", "from", "to", "period", "with", "by", "as", "method",
        "q",
    ];
    const ODD: [&str; 5] = ["", "%20", "no-such-word", "2015-13", "%ff%F0%9F%92%A9%00"];
    for page in PAGES {
        for field in FIELDS {
            let right: Vec<&str> = ["measure=recorded-crime", "area=E07000001", "area=E07000002"]
                .into_iter()
                .filter(|one| !one.starts_with(field))
                .collect();
            let right = right.join("&");
            for odd in ODD {
                check(server, &format!("{page}?{right}&{field}={odd}"));
            }
            check(server, &format!("{page}?{field}=a&{right}&{field}=b"));
        }
        check(server, &format!("{page}?from=2099-01&to=1999-01"));
        check(server, &format!("{page}?{}", ["area=E07000001"; 50].join("&")));
        check(server, &format!("{page}?&&==&=a&measure"));
    }
}

/// The memory of the server, in MiB.
fn memory(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().split(' ').next().unwrap().parse::<u64>().unwrap() / 1024
}

/// Hostile values in the place of each parameter of a route, in its query alone and together.
fn sent_what_nobody_should(server: &Server, route: &str, there: &str) {
    let long = "a".repeat(10_000);
    for hostile in HOSTILE {
        if route.contains('{') {
            check(server, &filled(route, hostile));
        }
    }
    let real = filled(&route.replace("{measure}", "recorded-crime"), there);
    // Every parameter at once, then each alone with the worst of its values.
    for hostile in HOSTILE {
        let all = PARAMETERS.iter().map(|name| format!("{name}={hostile}"));
        let query = all.collect::<Vec<_>>().join("&");
        check(server, &format!("{real}?{}", query.chars().take(1_500).collect::<String>()));
    }
    for parameter in PARAMETERS {
        assert_eq!(check(server, &format!("{real}?{parameter}={long}")).status, 414);
    }
    if route.contains('{') {
        assert_eq!(check(server, &filled(route, &long)).status, 414);
    }
    let many = "&areas=E01000001".repeat(100);
    check(server, &format!("{real}?from=2015-01&to=2024-12{}", &many[..1_500]));
}

/// The pages and lists of the plan and the board, where there are a plan and a board; each route with
/// something that is there.
pub(crate) fn the_board_answers_what_nobody_should_send(server: &Server) {
    const OF_THE_BOARD: [&str; 8] = [
        "/plan",
        "/meetings",
        "/decisions",
        "/structure",
        "/case-reviews",
        "/assessments",
        "/api/v1/plan/",
        "/api/v1/groups",
    ];
    let routes = routes();
    let lists = ["/api/v1/meetings", "/api/v1/decisions"];
    let of_the_board = routes.iter().filter(|route| {
        OF_THE_BOARD.iter().any(|begin| route.starts_with(begin)) || lists.contains(&route.as_str())
    });
    let mut tried = 0;
    for route in of_the_board {
        let there = match route.as_str() {
            "/plan/priorities/{reference}" => "3.2",
            "/plan/plans/{reference}" => "2025-28",
            "/meetings/{reference}" => "board-2025-03-18",
            "/meetings/groups/{group}" => "board.ics",
            _ => "serious-violence",
        };
        let real = filled(route, there)
            .replace("/serious-violence/serious-violence", "/serious-violence/index.html");
        assert!([200, 303, 307, 308].contains(&check(server, &real).status), "{real} is not there");
        sent_what_nobody_should(server, route, there);
        tried += 1;
    }
    assert!(tried >= 18, "only {tried} routes of the board were found");
}

#[test]
fn every_route_answers_what_nobody_should_send() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 36) else { return };
    let server = Server::start(&[&folder]);
    let routes = routes();
    assert!(routes.len() >= 20, "the sources are read wrongly: {routes:?}");
    every_described_path_is_a_route(&server, &routes);
    let before = memory(&server);
    for route in &routes {
        sent_what_nobody_should(&server, route, SMALL_AREA);
    }
    odd_questions_are_answered(&server);
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < GROWS_BY_AT_MOST, "the server grew by {grown} MiB");
    half_requests_and_slow_readers_leave_room(&server, before);
}

fn every_described_path_is_a_route(server: &Server, routes: &[String]) {
    let document: Value = serde_json::from_str(&server.get("/api/v1/openapi.json").body).unwrap();
    for path in document["paths"].as_object().unwrap().keys() {
        let route = format!("/api/v1{path}");
        assert!(routes.contains(&route), "{route} is described and not found in the sources");
    }
    let of_programs = routes.iter().filter(|route| route.starts_with("/api/v1/"));
    for route in of_programs.filter(|route| !route.ends_with("openapi.json")) {
        let path = route.trim_start_matches("/api/v1");
        assert!(document["paths"].get(path).is_some(), "{route} is not described");
    }
}

/// A thousand connections that send half a request, or ask for much and read nothing.
fn half_requests_and_slow_readers_leave_room(server: &Server, before: u64) {
    let mut idle = Vec::new();
    for n in 0..1_000 {
        // Where the test may open fewer files, it opens as many as it may.
        let Ok(mut stream) = std::net::TcpStream::connect(&server.address) else { break };
        let sent = if n % 2 == 0 {
            stream.write_all(b"GET / HT")
        } else {
            stream.write_all(b"GET /api/v1/areas HTTP/1.1\r\nHost: x\r\n\r\n")
        };
        sent.unwrap();
        idle.push(stream);
    }
    assert!(idle.len() > 200, "only {} connections could be opened", idle.len());
    idle.truncate(idle.len() - 5);
    check(server, "/");
    let grown = memory(server).saturating_sub(before);
    assert!(grown < GROWS_BY_AT_MOST, "the server grew by {grown} MiB");
    // A head that comes byte by byte is not waited for.
    let mut slow = server.connect();
    slow.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let mut answer = Vec::new();
    let started = Instant::now();
    let _closed = slow.read_to_end(&mut answer);
    assert!(started.elapsed() < Duration::from_secs(30), "a slow head is waited for");
}
