//! What is not what was promised replaces nothing, and the reason is said.

use std::fs;
use std::io::Write as _;

use crate::server::Reply;
use crate::support::{Fixture, csv_of, only_failure};

/// Runs against one answer, with a good file in place; gives the message and the requests sent.
fn refusal(reply: Reply) -> (String, u64) {
    let fixture = Fixture::new(move |_, _| reply.clone());
    fs::write(fixture.path("one.csv"), "good").unwrap();
    let report = fixture.run();
    assert_eq!(fixture.read("one.csv").unwrap(), b"good");
    assert_eq!(fixture.names(), ["one.csv"], "no part and no ledger");
    (only_failure(&report), report.n_requests)
}

#[test]
fn what_is_not_there_is_asked_for_once() {
    for status in [404, 410] {
        let expected = format!(
            "https://files.example/data/one.csv is not there (answer {status}): either it is not \
             published yet, or its address has changed; look at the publisher's page, and put a \
             changed address into fetch.toml"
        );
        assert_eq!(refusal(Reply::new(status, "<html>gone</html>")), (expected, 1));
    }
}

#[test]
fn other_refusals_are_not_argued_with() {
    for status in [400, 401, 403, 418, 451] {
        let (message, n_requests) = refusal(Reply::new(status, ""));
        assert!(message.contains(&format!("was refused (answer {status})")), "{message}");
        assert_eq!(n_requests, 1);
    }
}

#[test]
fn a_page_does_not_pass_for_data() {
    let page = || Reply::new(200, "<!DOCTYPE html><p>Sorry, we are down for maintenance");
    let (message, n_requests) = refusal(page().with("Content-Type", "text/html; charset=utf-8"));
    assert_eq!(
        message,
        "https://files.example/data/one.csv should have been a CSV file and was a web page \
         (text/html); nothing was replaced"
    );
    assert_eq!(n_requests, 1);
    let (message, _) = refusal(page().with("Content-Type", "text/csv"));
    assert!(message.contains("a web page or XML that begins \"<!DOCTYPE html>"), "{message}");
    let (message, _) = refusal(Reply::new(200, ""));
    assert!(message.contains("was empty"), "{message}");
}

#[test]
fn a_file_compressed_unasked_is_refused() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&csv_of(1_000)).unwrap();
    let reply = Reply::new(200, packed.finish().unwrap()).with("Content-Encoding", "gzip");
    let (message, _) = refusal(reply);
    assert!(message.contains("compressed once more, which was not asked for"), "{message}");
}

#[test]
fn more_than_was_promised_is_refused() {
    let fixture = Fixture::new(|seen, n_before| match n_before {
        0 => Reply::file(seen, &csv_of(20), "\"one\"").cut_after(10),
        _ => Reply {
            without_length: true,
            ..Reply::new(206, csv_of(30)).with("Content-Range", "bytes 10-19/20")
        },
    });
    let message = only_failure(&fixture.run());
    assert_eq!(
        message,
        "https://files.example/data/one.csv promised 20 bytes and sent 40; nothing was replaced"
    );
    assert_eq!(fixture.names(), [""; 0]);
}

#[test]
fn a_run_receives_no_more_than_it_may() {
    for (without_length, received) in [(false, 0), (true, 4_000)] {
        let mut fixture = Fixture::new(move |_, _| Reply {
            without_length,
            ..Reply::new(200, csv_of(100_000)).with("ETag", "\"one\"")
        });
        fixture.options.most_bytes = 4_000;
        let message = only_failure(&fixture.run());
        assert_eq!(
            message,
            "https://files.example/data/one.csv would take this run beyond 4000 bytes; ask for fewer \
             months, or allow more"
        );
        let part = fixture.read("one.csv.part").unwrap_or_default();
        assert!(part.len() <= received, "{} bytes kept", part.len());
        assert_eq!(fixture.read("one.csv"), None);
    }
}
