//! What readers see while the lake is loaded under them: one vintage or the other, never half of one.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::running::wardmote;
use crate::site::Server;
use crate::small_country::{DISTRICT, SMALL_AREA, next_months_come, small_country};

/// Readers that ask at the same time, and the most that each asks.
const READERS: usize = 3;
const MOST_REQUESTS: usize = 3_000;

/// The vintage of an answer, after checking that it is whole and belongs to no other.
#[track_caller]
fn vintage_of(server: &Server, path: &str) -> String {
    let mut stream = server.connect();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
    let body = &bytes[end + 4..];
    assert!(head.starts_with("http/1.1 200"), "{path}: {head}");
    let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    assert_eq!(value("content-length: "), body.len().to_string(), "{path} is cut short");
    let tag = value("etag: ").trim_start_matches("w/").trim_matches('"');
    let tagged = tag.split_once('-').unwrap().0;
    let text = String::from_utf8(body.to_vec()).unwrap();
    let printed = if path.contains("/api/") {
        let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
        answer["vintage"].as_str().unwrap().to_owned()
    } else {
        let (_, rest) = text.split_once("Evidence vintage ").unwrap();
        rest.split_once('.').unwrap().0.to_owned()
    };
    let plain: String = printed.chars().filter(char::is_ascii_alphanumeric).collect();
    assert_eq!(tagged, plain, "{path} prints one vintage and is tagged with another");
    printed
}

#[test]
fn a_load_under_readers_shows_one_vintage_or_the_other() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 30) else { return };
    let server = Server::start(&[&folder]);
    let area = format!("/areas/{SMALL_AREA}");
    let series = format!("/api/v1/series/recorded-crime/{DISTRICT}");
    let paths = ["/", "/data", "/areas?q=invented", &area, &series, "/api/v1/coverage"];
    let before = vintage_of(&server, "/");
    let is_over = AtomicBool::new(false);
    let seen = std::thread::scope(|scope| {
        let read = |reader: usize| {
            let (mut seen, server, is_over) = (BTreeSet::new(), &server, &is_over);
            for turn in 0..MOST_REQUESTS {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                seen.insert(vintage_of(server, paths[(reader + turn) % paths.len()]));
            }
            seen
        };
        let readers: Vec<_> =
            (0..READERS).map(|reader| scope.spawn(move || read(reader))).collect();
        next_months_come(here.path(), 3);
        wardmote(&folder, &["ingest"]).ended(0);
        let started = Instant::now();
        while vintage_of(&server, "/") == before && started.elapsed() < Duration::from_mins(1) {
            std::thread::sleep(Duration::from_millis(100));
        }
        is_over.store(true, Ordering::Relaxed);
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect::<BTreeSet<_>>()
    });
    let after = vintage_of(&server, "/");
    assert_ne!(after, before, "the new load was not seen within a minute");
    assert!(seen.is_subset(&BTreeSet::from([before, after])), "{seen:?}");
}

#[test]
fn a_server_ended_in_the_middle_of_a_load_starts_with_what_was_whole() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 33) else { return };
    let mut server = Server::start(&[&folder]);
    let before = vintage_of(&server, "/");
    next_months_come(here.path(), 3);
    let mut load = std::process::Command::new(env!("CARGO_BIN_EXE_wardmote"))
        .arg("-C")
        .arg(&folder)
        .arg("ingest")
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    load.kill().unwrap();
    load.wait().unwrap();
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = Server::start(&[&folder]);
    let between = vintage_of(&server, "/");
    // The load was interrupted, or was done by then: then it is whole.
    wardmote(&folder, &["ingest"]).ended(0);
    let started = Instant::now();
    let mut after = vintage_of(&server, "/");
    while after == before && started.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(100));
        after = vintage_of(&server, "/");
    }
    assert!(between == before || between == after, "{between} is half a load");
    assert_ne!(after, before);
}
