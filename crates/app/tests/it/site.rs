//! The site as its readers meet it: each test starts the server and speaks HTTP to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::running::wardmote;
use crate::samples::sample;

/// A server that ends with the test.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _waited = self.child.wait();
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Server {
    pub(crate) fn start(folders: &[&Path]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardmote"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(folders);
        let mut child = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        Self { child, address }
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        stream
    }

    pub(crate) fn send(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap();
        Answer { status, head: head.to_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            self.address
        ))
    }

    #[track_caller]
    fn shows(&self, path: &str, parts: &[&str]) {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        for part in parts {
            assert!(answer.body.contains(part), "{path} lacks {part}:\n{}", answer.body);
        }
    }

    #[track_caller]
    fn refuses(&self, path: &str, status: u16) {
        assert_eq!(self.get(path).status, status, "{path}");
    }
}

#[test]
fn leeds_is_served_and_nothing_hostile_takes_it_down() {
    let here = tempfile::tempdir().unwrap();
    let Some(leeds) = sample("leeds", here.path()) else { return };
    wardmote(&leeds, &["ingest"]).ended(0);
    wardmote(&leeds, &["assess", "--published", "2025-03-18"]).ended(1);
    let server = Server::start(&[&leeds]);
    pages_say_what_they_know(&server);
    programs_are_answered(&server);
    answers_carry_their_headers(&server);
    a_browser_finds_no_barrier(&server, here.path());
    hostile_requests_get_clear_answers(&server);
    a_new_publication_is_seen(&server, &leeds);
}

fn pages_say_what_they_know(server: &Server) {
    server.shows(
        "/",
        &["What changed", "none found a change", "What is not known", "What is being done"],
    );
    server.shows("/data", &["data.police.uk", "SHA-256 begins"]);
    server.shows("/methods", &["href=\"/methods/spikes\""]);
    server.shows("/methods/spikes", &["<h1 class=\"govuk-heading-xl\">Spikes</h1>", "Farrington"]);
    for page in ["/glossary", "/accessibility", "/privacy", "/about"] {
        server.shows(page, &["<html lang=\"en-GB\"", "class=\"govuk-skip-link\""]);
    }
    server.shows("/assessment/full.html", &["govuk-back-link", "DRAFT"]);
    server.shows("/assessment/evidence.json", &["\"snapshot\""]);
    assert!(server.get("/assessment").head.contains("location: /assessment/index.html"));
    server.shows("/areas?q=leeds", &["E08000035"]);
    // Three months in three years allow no word of change.
    server.shows("/areas/E08000035", &["Leeds", "cannot be tested", "is not known", "<svg"]);
    server.shows("/areas?q=no+such+place", &["No area of this partnership"]);
}

fn programs_are_answered(server: &Server) {
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

fn every_described_path_is_there(server: &Server, description: &Value) {
    let paths = description["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 6);
    for path in paths.keys().filter(|path| !path.contains("figures")) {
        let path = path.replace("{measure}", "recorded-crime").replace("{area}", "E08000035");
        let answer = server.get(&format!("/api/v1{path}"));
        let listed: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(!listed["rows"].as_array().unwrap().is_empty(), "{path}");
    }
}

fn answers_carry_their_headers(server: &Server) {
    for path in ["/", "/data", "/wardmote.css", "/nothing", "/assessment/index.html"] {
        let answer = server.get(path);
        for header in [
            "content-security-policy: default-src 'none'; style-src 'self'",
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

/// Every kind of page in a real browser: `setup/node/site.mjs` says what it looks at.
fn a_browser_finds_no_barrier(server: &Server, here: &Path) {
    let assets = std::env::var_os("WARDMOTE_ASSETS").unwrap();
    // Where `cargo xtask assets` has npm install what the lock file names.
    let modules = Path::new(&assets).join("../downloads/node/node_modules");
    let chromium = Path::new("/usr/bin/chromium");
    if !modules.join("playwright-core").is_dir() || !chromium.exists() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no browser, or no driver for it");
        eprintln!("skipped: needs Chromium, and `cargo xtask assets` for what drives it");
        return;
    }
    let screenshots = std::env::var_os("WARDMOTE_SCREENSHOTS")
        .map_or_else(|| here.join("screenshots"), std::path::PathBuf::from);
    let pages = [
        "/",
        "/areas",
        "/areas/E08000035",
        "/data",
        "/methods",
        "/methods/spikes",
        "/glossary",
        "/accessibility",
        "/privacy",
        "/about",
        "/nothing",
        "/assessment/index.html",
        "/assessment/figures.html",
    ];
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../setup/node/site.mjs");
    let output = Command::new("node")
        .args([script, modules, screenshots])
        .arg(format!("http://{}", server.address))
        .args(pages)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{failed}");
    assert!(said.contains("13 pages visited, 0 things wrong"), "{said}");
}

fn hostile_requests_get_clear_answers(server: &Server) {
    for path in [
        "/areas/E99999999",
        "/areas/nonsense",
        "/areas/%00",
        "/assessment/../../../etc/passwd",
        "/assessment/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/methods/..%2f..%2fLICENSE",
        "/nothing%0d%0aSet-Cookie:%20a=b",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.body.contains("Page not found"), "{path}: {}", answer.body);
        assert!(!answer.head.contains("set-cookie"), "{path}");
    }
    server.shows("/areas?q=%3Cscript%3Ealert(1)%3C/script%3E", &["&lt;script&gt;"]);
    server.refuses(&format!("/areas?q={}", "a".repeat(10_000)), 414);
    server.refuses("/areas?q=%ff%fe", 200);
    let post =
        server.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!(post.status, 405);
    assert!(post.body.contains("Everything here is for reading"), "{}", post.body);
    let large = format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "a".repeat(200_000));
    let mut stream = server.connect();
    // The server may close before it has read all of it.
    let _refused = stream.write_all(large.as_bytes());
    a_thousand_idle_connections_leave_room(server);
}

fn a_thousand_idle_connections_leave_room(server: &Server) {
    let mut idle = Vec::new();
    for _ in 0..1_000 {
        // Where the test may open fewer files, it opens as many as it may.
        let Ok(mut stream) = TcpStream::connect(&server.address) else { break };
        stream.write_all(b"GET / HT").unwrap();
        idle.push(stream);
    }
    assert!(idle.len() > 200, "only {} connections could be opened", idle.len());
    idle.truncate(idle.len() - 5);
    server.shows("/", &["What changed"]);
}

/// A publication that replaces another is shown whole within seconds.
fn a_new_publication_is_seen(server: &Server, leeds: &Path) {
    wardmote(leeds, &["assess", "--published", "2025-04-01"]).ended(1);
    for _ in 0..60 {
        let page = server.get("/assessment/index.html");
        assert_eq!(page.status, 200, "the earlier publication stays until the new one is there");
        if page.body.contains("1 April 2025") {
            return;
        }
        assert!(page.body.contains("18 March 2025"), "{}", page.body);
        std::thread::sleep(Duration::from_secs(1));
    }
    panic!("the new publication was not seen within a minute");
}
