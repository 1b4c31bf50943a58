//! A transfer that breaks goes on where it ended, unless the file has changed.

use std::fs;

use wardmote_fetch::Outcome;

use crate::server::Reply;
use crate::support::{Fixture, csv_of, only_failure};

const ONE: &str = "\"one\"";
const TWO: &str = "\"two\"";

/// The range that a request asked for, and the version that it must be of.
type Asked = (Option<String>, Option<String>);

/// Runs against a server that cuts the first answer after 40,000 of 100,000 bytes, and answers the
/// second request so; gives the fixture and what the second and further requests asked for.
fn after_a_cut(
    mut answer: impl FnMut(&crate::server::Seen, usize) -> Reply + Send + 'static,
) -> (Fixture, Vec<Asked>) {
    let fixture = Fixture::new(move |seen, n_before| match n_before {
        0 => Reply::file(seen, &csv_of(100_000), ONE).cut_after(40_000),
        n => answer(seen, n),
    });
    let report = fixture.run();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(report.files[0].outcome, Outcome::New);
    assert_eq!(fixture.names(), ["fetched.json", "one.csv"], "no parts are left");
    let asked = fixture.server.seen().into_iter().skip(1);
    let asked = asked.map(|seen| {
        (seen.header("range").map(str::to_owned), seen.header("if-range").map(str::to_owned))
    });
    let asked = asked.collect();
    (fixture, asked)
}

fn rest() -> Asked {
    (Some("bytes=40000-".into()), Some(ONE.into()))
}

#[test]
fn a_broken_transfer_goes_on() {
    let (fixture, asked) = after_a_cut(|seen, _| Reply::file(seen, &csv_of(100_000), ONE));
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(100_000));
    assert_eq!(asked, [rest()]);
}

#[test]
fn a_server_without_ranges_starts_afresh() {
    let (fixture, asked) = after_a_cut(|_, _| Reply::new(200, csv_of(100_000)).with("ETag", ONE));
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(100_000));
    assert_eq!(asked, [rest()]);
}

#[test]
fn a_file_that_changed_midway_comes_afresh() {
    let (fixture, asked) = after_a_cut(|seen, _| Reply::file(seen, &csv_of(70_001), TWO));
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(70_001));
    assert_eq!(asked, [rest()]);
    assert_eq!(fixture.ledger().files["one.csv"].validators.etag.as_deref(), Some(TWO));
}

#[test]
fn a_part_of_another_version_is_never_joined() {
    // Servers that do not know If-Range, and give a range of what they now have.
    let wrong: [fn(&[u8]) -> Reply; 3] = [
        |body| {
            Reply::new(206, &body[40_000..])
                .with("ETag", TWO)
                .with("Content-Range", "bytes 40000-99999/100000")
        },
        |body| Reply::new(206, &body[40_000..]).with("Content-Range", "bytes 40000-99999/100001"),
        |body| Reply::new(206, &body[40_000..]).with("Content-Range", "bytes 39999-99998/100000"),
    ];
    for reply in wrong {
        let (fixture, asked) = after_a_cut(move |seen, n_before| match n_before {
            1 => reply(&csv_of(100_000)),
            _ => Reply::file(seen, &csv_of(90_000), TWO),
        });
        assert_eq!(fixture.read("one.csv").unwrap(), csv_of(90_000));
        assert_eq!(asked, [rest(), (None, None)]);
    }
}

#[test]
fn without_a_version_there_is_nothing_to_go_on_from() {
    for weak in [None, Some("W/\"weak\"")] {
        let fixture = Fixture::new(move |_, n_before| {
            let reply = Reply::new(200, csv_of(10_000));
            let reply = match weak {
                Some(weak) => reply.with("ETag", weak),
                None => reply,
            };
            if n_before == 0 { reply.cut_after(5_000) } else { reply }
        });
        fixture.run();
        assert_eq!(fixture.read("one.csv").unwrap(), csv_of(10_000));
        assert_eq!(fixture.server.seen()[1].header("range"), None);
    }
}

#[test]
fn a_later_run_goes_on_where_an_earlier_one_gave_up() {
    let mut fixture = Fixture::new(|seen, n_before| {
        let reply = Reply::file(seen, &csv_of(100_000), ONE);
        if n_before < 2 { reply.cut_after(30_000) } else { reply }
    });
    fixture.options.tries = 2;
    let message = only_failure(&fixture.run());
    assert_eq!(
        message,
        "https://files.example/data/one.csv failed 2 times in a row, at last because the connection \
         broke (io: Peer disconnected); what came is kept, so run the same command again later"
    );
    assert_eq!(fixture.names(), ["one.csv.part", "one.csv.part.json"]);
    assert_eq!(fs::metadata(fixture.path("one.csv.part")).unwrap().len(), 60_000);
    let report = fixture.run();
    assert_eq!(report.files[0].bytes, Some(100_000));
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(100_000));
    assert_eq!(fixture.server.seen()[2].header("range"), Some("bytes=60000-"));
}

#[test]
fn tries_that_get_somewhere_are_not_counted() {
    let mut fixture =
        Fixture::new(|seen, _| Reply::file(seen, &csv_of(100_000), ONE).cut_after(9_000));
    (fixture.options.tries, fixture.options.progress_bytes) = (2, 9_000);
    let report = fixture.run();
    assert_eq!(report.n_requests, 12);
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(100_000));
}

#[test]
fn a_part_that_was_whole_is_only_asked_whether_it_is_current() {
    for (etag, n_bytes) in [(ONE, 5_000), (TWO, 6_000)] {
        let fixture = Fixture::new(move |seen, _| Reply::file(seen, &csv_of(n_bytes), etag));
        fs::write(fixture.path("one.csv.part"), csv_of(5_000)).unwrap();
        let note = r#"{"url":"https://files.example/data/one.csv","etag":"\"one\"","bytes":5000}"#;
        fs::write(fixture.path("one.csv.part.json"), note).unwrap();
        let report = fixture.run();
        assert_eq!(report.n_requests, 1);
        assert_eq!(fixture.server.seen()[0].header("if-none-match"), Some(ONE));
        assert_eq!(fixture.read("one.csv").unwrap(), csv_of(n_bytes));
        assert_eq!(fixture.names(), ["fetched.json", "one.csv"]);
    }
}

#[test]
fn a_part_longer_than_the_file_is_thrown_away() {
    let fixture = Fixture::new(|seen, _| Reply::file(seen, &csv_of(5_000), ONE));
    fs::write(fixture.path("one.csv.part"), csv_of(8_000)).unwrap();
    let note = r#"{"url":"https://files.example/data/one.csv","etag":"\"one\"","bytes":null}"#;
    fs::write(fixture.path("one.csv.part.json"), note).unwrap();
    fixture.run();
    let asked: Vec<_> = fixture.server.seen();
    assert_eq!(asked[0].header("range"), Some("bytes=8000-"));
    assert_eq!(asked[1].header("range"), None);
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(5_000));
}

#[test]
fn a_part_of_another_address_is_not_used() {
    let fixture = Fixture::new(|seen, _| Reply::file(seen, &csv_of(5_000), ONE));
    fs::write(fixture.path("one.csv.part"), csv_of(1_000)).unwrap();
    let note = r#"{"url":"https://files.example/else.csv","etag":"\"one\"","bytes":5000}"#;
    fs::write(fixture.path("one.csv.part.json"), note).unwrap();
    fixture.run();
    assert_eq!(fixture.server.seen()[0].header("range"), None);
    assert_eq!(fixture.read("one.csv").unwrap(), csv_of(5_000));
}
