//! `fetched.json` says what came from where, and the same content again changes nothing.

use std::fs;

use wardmote_fetch::{LEDGER, LedgerError, Outcome, verify_ledger};

use crate::server::Reply;
use crate::support::{FETCHED_AT, Fixture, csv_of};

/// Of the eight bytes, by `sha256sum`.
const SHA256: &str = "492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470";

#[test]
fn each_file_is_written_down() {
    let fixture = Fixture::new(|_, _| {
        Reply::new(200, "a,b\n1,2\n")
            .with("ETag", "\"v1\"")
            .with("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT")
    });
    fixture.run();
    let ledger = String::from_utf8(fixture.read(LEDGER).unwrap()).unwrap();
    let expected = format!(
        r#"{{
  "files": {{
    "one.csv": {{
      "source": "sample",
      "publisher": "A publisher",
      "licence": "OGL-3.0",
      "attribution": "Contains a sample.",
      "url": "https://files.example/data/one.csv",
      "fetched_at": "{FETCHED_AT}",
      "bytes": 8,
      "sha256": "{SHA256}",
      "etag": "\"v1\"",
      "last_modified": "Tue, 24 Nov 2026 10:00:00 GMT"
    }}
  }}
}}
"#
    );
    assert_eq!(ledger, expected);
    assert_eq!(verify_ledger(fixture.folder.path()).unwrap(), []);
}

/// Fetches twice from a server that answers so; gives the second outcome and what stayed.
fn twice(answer: fn(&crate::server::Seen, usize) -> Reply) -> (Fixture, Outcome, bool) {
    let mut fixture = Fixture::new(answer);
    fixture.run();
    let before = fixture.read(LEDGER).unwrap();
    let written = fs::metadata(fixture.path("one.csv")).unwrap().modified().unwrap();
    fixture.options.fetched_at = "2026-12-01T12:00:00Z".parse().unwrap();
    let report = fixture.run();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    let is_same_ledger = fixture.read(LEDGER).unwrap() == before;
    let is_same_file =
        fs::metadata(fixture.path("one.csv")).unwrap().modified().unwrap() == written;
    assert_eq!(is_same_ledger, is_same_file);
    assert_eq!(fixture.names(), ["fetched.json", "one.csv"]);
    (fixture, report.files[0].outcome, is_same_file)
}

#[test]
fn a_version_that_is_here_is_not_sent_again() {
    let (fixture, outcome, same) = twice(|seen, _| Reply::file(seen, &csv_of(5_000), "\"v1\""));
    assert_eq!((outcome, same), (Outcome::Unchanged, true));
    assert_eq!(fixture.server.seen()[1].header("if-none-match"), Some("\"v1\""));
}

#[test]
fn a_date_serves_where_there_is_no_tag() {
    let (_, outcome, same) = twice(|seen, _| match seen.header("if-modified-since") {
        Some("Tue, 24 Nov 2026 10:00:00 GMT") => Reply::new(304, ""),
        _ => Reply::new(200, csv_of(90)).with("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT"),
    });
    assert_eq!((outcome, same), (Outcome::Unchanged, true));
}

#[test]
fn the_same_bytes_again_change_nothing() {
    let (_, outcome, same) = twice(|_, _| Reply::new(200, csv_of(5_000)));
    assert_eq!((outcome, same), (Outcome::Unchanged, true));
}

#[test]
fn other_bytes_replace_the_file() {
    let (fixture, outcome, same) =
        twice(|seen, n| Reply::file(seen, &csv_of(5_000 + n), &format!("\"v{n}\"")));
    assert_eq!((outcome, same), (Outcome::Changed, false));
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(5_001));
    assert_eq!(fixture.ledger().files["one.csv"].fetched_at.to_string(), "2026-12-01T12:00:00Z");
}

#[test]
fn a_file_that_was_touched_is_found_and_fetched_again() {
    let fixture = Fixture::new(|seen, _| Reply::file(seen, &csv_of(5_000), "\"v1\""));
    fixture.run();
    fs::write(fixture.path("one.csv"), "touched").unwrap();
    let found = verify_ledger(fixture.folder.path()).unwrap();
    assert_eq!((found.len(), found[0].name.as_str()), (1, "one.csv"));
    assert_ne!(found[0].found.as_ref(), Some(&found[0].recorded));
    // What is here is not what the tag names, so the tag is not sent.
    let report = fixture.run();
    assert_eq!(report.files[0].outcome, Outcome::Changed);
    assert_eq!(fixture.server.seen()[1].header("if-none-match"), None);
    assert_eq!(verify_ledger(fixture.folder.path()).unwrap(), []);
    fs::remove_file(fixture.path("one.csv")).unwrap();
    assert_eq!(verify_ledger(fixture.folder.path()).unwrap()[0].found, None);
}

#[test]
fn a_ledger_that_is_none_is_said() {
    let folder = tempfile::TempDir::new().unwrap();
    assert_eq!(verify_ledger(folder.path()).unwrap(), []);
    fs::write(folder.path().join(LEDGER), "{\"files\": 1}").unwrap();
    let error = verify_ledger(folder.path()).unwrap_err();
    assert!(error.to_string().contains("is not a ledger of fetched files"), "{error}");
    let fixture = Fixture::new(|_, _| Reply::new(200, csv_of(90)));
    fixture.run();
    let ledger = String::from_utf8(fixture.read(LEDGER).unwrap()).unwrap();
    fs::write(fixture.path(LEDGER), ledger.replace("one.csv\": {", "../one.csv\": {")).unwrap();
    let error = verify_ledger(fixture.folder.path()).unwrap_err();
    assert!(matches!(error, LedgerError::Outside { .. }), "{error}");
}
