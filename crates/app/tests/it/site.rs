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

    /// Bytes of an answer as a browser gets it, compressed.
    fn weight(&self, path: &str) -> usize {
        let mut stream = self.connect();
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
        assert!(
            text.starts_with("http/1.1 200") && text.contains("content-encoding: gzip"),
            "{path}: {text}"
        );
        bytes.len() - head - 4
    }

    #[track_caller]
    pub(crate) fn shows(&self, path: &str, parts: &[&str]) {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        for part in parts {
            assert!(answer.body.contains(part), "{path} lacks {part}:\n{}", answer.body);
        }
    }

    #[track_caller]
    pub(crate) fn refuses(&self, path: &str, status: u16) {
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
    topics_and_questions_are_answered(&server);
    a_postcode_leads_to_its_area_and_stays_out_of_addresses(&server);
    a_pasted_snippet_is_assessed(&server, &leeds);
    answers_carry_their_headers(&server);
    the_map_has_its_tiles_and_values(&server);
    pages_are_light(&server);
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

fn topics_and_questions_are_answered(server: &Server) {
    server.shows("/topics", &["href=\"/topics/recorded-crime\"", "Anti-social behaviour"]);
    // One month in each year: nothing is tested, and the page says why.
    server.shows(
        "/topics/recorded-crime",
        &[
            "cannot be tested",
            "No expected band is drawn",
            "No average year is drawn",
            "What these data cannot say",
            "its rows know the month only",
            "The partnership's plan</a> says what is done",
            "Where this comes from",
            "href=\"/data/police-street\"",
            "No ranks can be given",
        ],
    );
    server.shows("/data/police-street", &["2018-07-west-yorkshire-street.csv", "SHA-256"]);
    server.refuses("/data/nothing", 404);
    server.refuses("/topics/nothing", 404);
    server.shows("/compare", &["Area 6", "July 2018"]);
    server.shows(
        "/compare?measure=recorded-crime&area=E08000035&area=E08000032",
        &["Recorded crime in Leeds, against Bradford, cannot be tested", "95% interval", "<svg"],
    );
    server.shows("/compare?area=Leeds+00", &["may be 49 areas", "There is a problem", "E02002330"]);
    server.shows("/compare?measure=recorded-crime&area=Leeds", &["Name two areas or more"]);
    server.shows("/compare?area=nowhere&period=1066", &["There is a problem", "nowhere"]);
    server
        .shows("/explore", &["Cite this", "Figure f-", "not known", "For assessment/claims.toml"]);
    server.shows(
        "/explore?measure=recorded-crime&by=category&from=2018-07&to=2018-07",
        &["Burglary", "rows.parquet?measure=recorded-crime"],
    );
    server.shows("/explore?from=2010-01", &["Ask within these months"]);
    server.shows("/explore?by=galaxy&method=x&as=y", &["There is a problem"]);
    let question = "measure=recorded-crime&area=E08000035&from=2018-07&to=2018-07&by=whole";
    for (file, kind, begins) in [
        ("rows.csv", "text/csv", "area,name,from,to"),
        ("rows.json", "application/json", "{\"figure\":\"f-"),
        ("rows.parquet", "application/vnd.apache.parquet", "PAR1"),
        ("chart.svg", "image/svg+xml", "<svg"),
        ("chart.png", "image/png", "\u{fffd}PNG"),
    ] {
        let answer = server.get(&format!("/explore/{file}?{question}"));
        assert_eq!(answer.status, 200, "{file}: {}", answer.body);
        assert!(
            answer.head.contains(kind) && answer.head.contains("attachment"),
            "{}",
            answer.head
        );
        assert!(answer.body.starts_with(begins), "{file}: {}", answer.body);
    }
    // As the assessment prints it.
    let csv = server.get(&format!("/explore/rows.csv?{question}"));
    assert!(csv.body.contains("E08000035,Leeds,2018-07,2018-07,,8865,"), "{}", csv.body);
    server.refuses("/explore/passwd", 404);
    server.refuses("/explore/rows.csv?from=1066-01", 400);
}

fn a_postcode_leads_to_its_area_and_stays_out_of_addresses(server: &Server) {
    let ask = |body: &str| {
        server.send(&format!(
            "POST /areas/postcode HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
            body.len()
        ))
    };
    let found = ask("postcode=ls1+1ba");
    assert_eq!(found.status, 303, "{}", found.body);
    let address = found.head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    assert!(address.starts_with("/areas/e01"), "{address}");
    server.shows(&address.replace("/areas/e", "/areas/E"), &["Leeds 1"]);
    for (body, says) in [
        ("postcode=LS1", "no whole postcode"),
        ("postcode=ZE1+0AA", "no area with that postcode"),
        ("", "no whole postcode"),
    ] {
        let answer = ask(body);
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.body.contains(says) && !answer.body.contains("ZE1"), "{}", answer.body);
    }
    assert_eq!(ask(&format!("postcode={}", "A".repeat(1_000))).status, 413);
    let typed = server.get("/areas?q=LS1+1BA");
    assert!(typed.body.contains("into its own field") && !typed.body.contains("LS1 1BA"));
}

/// What the page offers for the assessment is accepted by it.
fn a_pasted_snippet_is_assessed(server: &Server, leeds: &Path) {
    let page = server.get(
        "/explore?measure=recorded-crime&area=E08000035&area=E02002330&from=2018-07&to=2018-07&as=rate",
    );
    let offered = |label: &str| {
        let start = page.body.split_once(&format!("aria-label=\"{label}\"><code>")).unwrap().1;
        start.split_once("</code>").unwrap().0.replace("&quot;", "\"")
    };
    let folder = leeds.join("assessment");
    let [claims, limits] = ["claims.toml", "limits.md"].map(|name| folder.join(name));
    let before = [&claims, &limits].map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(&claims, format!("{}\n{}", before[0], offered("For assessment/claims.toml")))
        .unwrap();
    let prose = offered("For the prose");
    let first = prose.lines().next().unwrap();
    assert!(first.starts_with("Recorded crime in Leeds: {{recorded-crime-e08000035"), "{first}");
    std::fs::write(&limits, format!("{}\n\n{first}\n", before[1])).unwrap();
    wardmote(leeds, &["assess", "--published", "2025-03-18"]).ended(1);
    let evidence = std::fs::read_to_string(leeds.join("published/evidence.json")).unwrap();
    let evidence: Value = serde_json::from_str(&evidence).unwrap();
    let answer = &evidence["answers"]["recorded-crime-e08000035-rate-2018-07"]["statement"];
    assert!(answer.as_str().unwrap().contains("crimes per 1,000 residents"), "{answer}");
    assert!(evidence["answers"]["recorded-crime-e02002330-rate-2018-07"].is_object());
    std::fs::write(&claims, &before[0]).unwrap();
    std::fs::write(&limits, &before[1]).unwrap();
    wardmote(leeds, &["assess", "--published", "2025-03-18"]).ended(1);
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

fn every_described_path_is_there(server: &Server, description: &Value) {
    let paths = description["paths"].as_object().unwrap();
    assert_eq!(paths.len(), 14);
    // This partnership publishes no plan; the twin's test looks at those lists.
    for path in paths.keys().filter(|path| !path.contains("figures") && !path.contains("plan")) {
        let path = path.replace("{measure}", "recorded-crime").replace("{area}", "E08000035");
        let path = path.replace("{id}", "recorded-crime");
        let path = path.replace("/compare", "/compare?area=E08000035&area=E08000032");
        let answer = server.get(&format!("/api/v1{path}"));
        let listed: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(!listed["rows"].as_array().unwrap().is_empty(), "{path}");
    }
}

fn answers_carry_their_headers(server: &Server) {
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

/// Every kind of page in a real browser.
fn a_browser_finds_no_barrier(server: &Server, here: &Path) {
    let pages = [
        "/",
        "/areas",
        "/areas/E08000035",
        "/map",
        "/map?show=hot-spots",
        "/areas?q=LS1+1BA",
        "/topics",
        "/topics/recorded-crime",
        "/compare",
        "/compare?measure=recorded-crime&area=E08000035&area=E08000032&area=E08000033",
        "/compare?area=Leeds+00",
        "/explore",
        "/explore?measure=anti-social-behaviour&by=msoa-2011&as=rate&from=2018-07",
        "/explore?from=1066-01&as=x",
        "/data",
        "/data/police-street",
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
    visit(server, &here.join("leeds"), &pages);
    let used = "map and charts used, 0 things wrong";
    browse(server, &here.join("leeds"), "map.mjs", &["/map", "/areas/E08000035"], used);
}

fn the_map_has_its_tiles_and_values(server: &Server) {
    let page = server.get("/map");
    assert_eq!(page.status, 200, "{}", page.body);
    // Leeds has 482 small areas; with July 2018 alone, some have too few crimes for a rate.
    for part in [
        "in the",
        "of 482 small areas (LSOAs)",
        "fewer than 10 crimes, too few to compare",
        "<a class=\"govuk-link\" href=\"/areas/E01011264\">",
        "data-tiles=\"/map/tiles/lsoa-2011/{z}/{x}/{y}\"",
        "<option value=\"2018-07\" selected>July 2018</option>",
    ] {
        assert!(page.body.contains(part), "/map lacks {part}");
    }
    assert!(
        page.head.contains("worker-src 'self'; connect-src 'self'; style-src"),
        "{}",
        page.head
    );
    assert!(!page.head.contains("http:") && !page.head.contains("https:"), "{}", page.head);
    let values: Value =
        serde_json::from_str(&server.get("/map/areas.json?show=count").body).unwrap();
    let areas = values["areas"].as_object().unwrap();
    let counted: u64 = areas.values().map(|area| area["count"].as_u64().unwrap()).sum();
    // As the assessment of the same files prints it for the district.
    assert_eq!((areas.len(), counted), (482, 8_865));
    let csv = server.get("/map/areas.csv?measure=recorded-crime&level=msoa-2011&show=rate").body;
    assert!(csv.contains("Code,Area,Crimes,"), "{csv}");
    let spots: Value =
        serde_json::from_str(&server.get("/map/areas.json?show=hot-spots").body).unwrap();
    let finding = spots["finding"].as_str().unwrap();
    assert!(
        finding.contains("9999 random arrangements") && finding.contains("corrected"),
        "{finding}"
    );
    server.shows("/map?from=2018-07&to=2016-07", &["exchanged", "not known"]);
    server.shows("/map?show=hot-spots&from=2016-07", &["for its latest months: July 2018"]);
    for nowhere in [
        "/map?measure=nothing",
        "/map?level=ward-1999",
        "/map?from=2018-13",
        "/map?from=1900-01&to=2200-12",
        "/map/areas.json?measure=nothing",
        "/map/tiles/lsoa-2011/13/0/0",
        "/map/tiles/lsoa-2011/3/8/0",
        "/map/tiles/nowhere/3/1/1",
        "/map/tiles/lsoa-2011/-1/0/0",
        "/assets/0/map.mjs",
    ] {
        server.refuses(nowhere, 404);
    }
    let tile = server.get("/map/tiles/lsoa-2011/8/126/82");
    assert!(tile.status == 200 && tile.head.contains("mapbox-vector-tile"), "{}", tile.head);
    assert!(tile.body.contains("E01011264") && tile.head.contains("etag"), "{}", tile.head);
    server.refuses("/map?measure=%22%3E%3Cscript%3E&show=count", 404);
}

/// What a browser fetches before it asks for data.
fn pages_are_light(server: &Server) {
    let css = server.weight("/wardmote.css");
    let map = server.get("/map").body;
    let script = map.split("src=\"").filter_map(|rest| rest.split('"').next());
    let script = script.into_iter().find(|address| address.ends_with("/map.mjs")).unwrap();
    let folder = script.trim_end_matches("map.mjs");
    let file = |name: &str| server.weight(&format!("{folder}{name}"));
    let library = ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"];
    let scripts: usize = library.into_iter().chain(["map.mjs", "charts.mjs"]).map(file).sum();
    let weight = server.weight("/map") + css + scripts;
    assert!(weight < 600_000, "the map weighs {weight} bytes");
    let kept = server.get(script).head;
    assert!(kept.contains("max-age=31536000, immutable"), "{kept}");
    let mut heaviest = (0, "");
    for page in ["/", "/areas", "/areas/E08000035", "/data", "/methods/spikes", "/glossary"] {
        let weight = server.weight(page) + css + file("charts.mjs");
        heaviest = heaviest.max((weight, page));
    }
    assert!(heaviest.0 < 150_000, "{} weighs {} bytes", heaviest.1, heaviest.0);
    println!("the map weighs {weight} bytes compressed, and {} {}", heaviest.1, heaviest.0);
}

/// Visits pages in a real browser: `setup/node/site.mjs` says what it looks at.
fn visit(server: &Server, here: &Path, pages: &[&str]) {
    let expected = format!("{} pages visited, 0 things wrong", pages.len());
    browse(server, here, "site.mjs", pages, &expected);
}

/// Runs a script of `setup/node` on pages, which must say what is expected.
fn browse(server: &Server, here: &Path, script: &str, pages: &[&str], expected: &str) {
    let assets = std::env::var_os("WARDMOTE_ASSETS").unwrap();
    // Where `cargo xtask assets` has npm install what the lock file names.
    let modules = Path::new(&assets).join("../downloads/node/node_modules");
    let chromium = Path::new("/usr/bin/chromium");
    if !modules.join("playwright-core").is_dir() || !chromium.exists() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no browser, or no driver for it");
        eprintln!("skipped: needs Chromium, and `cargo xtask assets` for what drives it");
        return;
    }
    let name = here.file_name().unwrap();
    let screenshots = std::env::var_os("WARDMOTE_SCREENSHOTS")
        .map_or_else(|| here.join("screenshots"), |kept| Path::new(&kept).join(name));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../setup/node").join(script);
    let output = Command::new("node")
        .args([script, modules, screenshots])
        .arg(format!("http://{}", server.address))
        .args(pages)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{failed}");
    assert!(said.contains(expected), "{said}");
}

/// The twin's pages say what was planted, and nothing of what is shared under an agreement.
pub(crate) fn the_twin_is_shown(twin: &Path, here: &Path) {
    let server = Server::start(&[twin]);
    server.shows("/", &["SYNTHETIC", "Topics", "href=\"/topics/violent-crime\""]);
    server.shows(
        "/topics/recorded-crime",
        &[
            "Recorded crime fell",
            "Expected from its own past",
            "SYNTHETIC: disorder of 30 July",
            "does not show that it changed the count",
            "the average year, Stockport",
            "Ranks it could have",
        ],
    );
    // Planted: highest in July or August, in the town centre by far.
    server.shows("/topics/anti-social-behaviour", &["Anti-social behaviour follows the seasons"]);
    server.shows(
        "/areas/E08000007",
        &["What came of it", "Outcomes may still come for 6 months", "invented days of harm"],
    );
    let hate = server.get("/topics/hate").body;
    assert!(hate.contains("shared under an agreement") && !hate.contains("<svg"), "{hate}");
    assert!(hate.contains("What the published assessment says of it"), "{hate}");
    for controlled in ["hate-crime", "marac-cases", "landlord-asb"] {
        server.refuses(&format!("/api/v1/explore?measure={controlled}"), 404);
        server.refuses(&format!("/explore/rows.csv?measure={controlled}"), 400);
        server.refuses(&format!("/api/v1/compare?measure={controlled}&area=E08000007"), 404);
    }
    let csv = server.get("/explore/rows.csv?measure=recorded-crime&by=whole");
    assert!(csv.head.contains("synthetic-wardmote-rows.csv"), "{}", csv.head);
    assert!(csv.body.lines().skip(1).all(|row| row.contains("SYNTHETIC")), "{}", csv.body);
    let pages = ["/", "/topics/recorded-crime", "/topics/violent-crime", "/areas/E08000007"];
    visit(&server, &here.join("twin"), &pages);
}

/// Thirty-six real months: a band, a season, peers, wards, searches.
pub(crate) fn luton_is_shown(luton: &Path, here: &Path) {
    let server = Server::start(&[luton]);
    server.shows(
        "/areas/E06000032",
        &["Against its 2 peers together", "Stop and search", "Expected from its own past"],
    );
    server.shows("/topics/recorded-crime", &["wards in order", "Ranks it could have"]);
    server.shows("/areas?q=Dallow", &["ward"]);
    let wards = "/compare?measure=recorded-crime&area=Dallow&area=Biscot";
    server.shows(wards, &["Recorded crime in Dallow, against Biscot,", "pairs of areas"]);
    let years = "/compare?measure=recorded-crime&area=Luton&period=2023/24&with=2022/23";
    server.shows(years, &["Recorded crime in Luton", "two periods in every area"]);
    let season = "/explore?measure=anti-social-behaviour&method=season";
    server.shows(season, &["times", "No word of change or season stands here"]);
    let pages = ["/", "/areas/E06000032", "/topics/recorded-crime", wards, years, season];
    visit(&server, &here.join("luton"), &pages);
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
