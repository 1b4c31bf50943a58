//! Who we are, how fast we ask, and when we stop asking.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::server::Reply;
use crate::support::{Fixture, Heard, SAMPLE, csv_of, only_failure};

const TWO_FILES: &str = r#"
[[sample.files]]
form = "csv"
url = "https://files.example/data/two.csv"
to = "two.csv"
"#;

#[test]
fn the_server_learns_who_asks_and_nothing_else() {
    let fixture = Fixture::of(&format!("{SAMPLE}{TWO_FILES}"), "sample", |seen, _| {
        Reply::file(seen, &csv_of(100), "\"one\"").with("Set-Cookie", "id=1; Path=/")
    });
    let report = fixture.run();
    assert_eq!((report.files.len(), report.n_requests), (2, 2));
    for seen in fixture.server.seen() {
        let agent = seen.header("user-agent").unwrap();
        let expected = concat!(
            "wardmote/",
            env!("CARGO_PKG_VERSION"),
            " (+",
            env!("CARGO_PKG_REPOSITORY"),
            ")"
        );
        assert_eq!(agent, expected);
        assert_eq!(seen.header("cookie"), None);
        let known = ["accept", "accept-encoding", "connection", "host", "user-agent"];
        let names: Vec<_> =
            seen.headers.keys().filter(|name| !known.contains(&name.as_str())).collect();
        assert!(names.is_empty(), "{names:?}");
    }
}

#[test]
fn requests_are_spaced_out() {
    let mut fixture =
        Fixture::of(&format!("{SAMPLE}{TWO_FILES}"), "sample", |seen, n_before| match n_before {
            0 => Reply::new(302, "").with("Location", "/other.csv"),
            _ => Reply::file(seen, &csv_of(100), "\"one\""),
        });
    fixture.options.pause = Duration::from_millis(150);
    fixture.run();
    let seen = fixture.server.seen();
    assert_eq!(seen.len(), 3);
    for pair in seen.windows(2) {
        let gap = pair[1].at - pair[0].at;
        // The pause runs from the end of an answer; the server notes when a request begins.
        assert!(gap >= Duration::from_millis(145), "{gap:?}");
    }
}

#[test]
fn the_wait_that_a_server_asks_for_is_kept() {
    let fixture = Fixture::new(|seen, n_before| match n_before {
        0 => Reply::new(429, "slow down").with("Retry-After", "1"),
        _ => Reply::file(seen, &csv_of(100), "\"one\""),
    });
    let heard = Heard::default();
    let report = fixture.run_telling(&heard);
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    let seen = fixture.server.seen();
    assert!(seen[1].at - seen[0].at >= Duration::from_secs(1));
    let waits = heard.waits.lock().unwrap().clone();
    assert_eq!(waits, [(Duration::from_secs(1), "the server answered 429".to_owned())]);
    assert_eq!(*heard.received.lock().unwrap(), 100);
}

#[test]
fn nobody_sits_through_an_hour() {
    let fixture = Fixture::of(&format!("{SAMPLE}{TWO_FILES}"), "sample", |_, _| {
        Reply::new(503, "")
            .with("Date", "Tue, 24 Nov 2026 16:00:00 GMT")
            .with("Retry-After", "Tue, 24 Nov 2026 17:00:00 GMT")
    });
    let started = Instant::now();
    let report = fixture.run();
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(
        only_failure(&report),
        "https://files.example/data/one.csv asks to be left alone for 3600 seconds; run the same \
         command again after that"
    );
    // Nor is the server asked for anything else then.
    assert_eq!(report.not_asked, ["https://files.example/data/two.csv"]);
    assert_eq!(fixture.server.seen().len(), 1);
}

#[test]
fn what_may_pass_is_tried_again_with_longer_waits() {
    let fixture = Fixture::new(|seen, n_before| match n_before {
        0 | 1 => Reply::new(500, "oops"),
        2 => Reply::new(503, ""),
        _ => Reply::file(seen, &csv_of(100), "\"one\""),
    });
    let heard = Heard::default();
    let report = fixture.run_telling(&heard);
    assert_eq!(report.n_requests, 4);
    let waits: Vec<_> =
        heard.waits.lock().unwrap().iter().map(|(wait, _)| wait.as_millis()).collect();
    assert_eq!(waits, [1, 2, 4]);
}

#[test]
fn what_does_not_pass_is_given_up() {
    let fixture = Fixture::new(|_, _| Reply::new(502, ""));
    let report = fixture.run();
    assert_eq!(report.n_requests, 5);
    let message = only_failure(&report);
    assert!(
        message.contains("failed 5 times in a row, at last because the server answered 502"),
        "{message}"
    );
}

#[test]
fn what_one_address_lacks_another_may_have() {
    let fixture = Fixture::of(&format!("{SAMPLE}{TWO_FILES}"), "sample", |seen, _| {
        if seen.path.ends_with("one.csv") {
            return Reply::new(404, "");
        }
        Reply::file(seen, &csv_of(100), "\"one\"")
    });
    let report = fixture.run();
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.files[0].name, "two.csv");
}

#[test]
fn a_silent_server_is_not_waited_for_without_end() {
    let mut fixture = Fixture::new(|_, _| Reply {
        silence: Duration::from_millis(400),
        ..Reply::new(200, csv_of(100))
    });
    (fixture.options.time_out, fixture.options.tries) = (Duration::from_millis(100), 2);
    let message = only_failure(&fixture.run());
    assert!(message.contains("the server was silent for 0.1 seconds"), "{message}");
}

#[test]
fn a_server_that_is_not_there_is_no_panic() {
    let mut fixture = Fixture::new(|_, _| Reply::new(200, ""));
    // A port that was free a moment ago.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    fixture.options.mirror = Some(format!("http://{free}"));
    let message = only_failure(&fixture.run());
    assert!(message.contains("the connection broke"), "{message}");
}

#[test]
fn a_server_that_cannot_be_trusted_is_not_asked() {
    // Answers in the clear what should have been a handshake.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\na,b\n1,2\n").unwrap();
    });
    let mut fixture = Fixture::new(|_, _| Reply::new(200, ""));
    fixture.options.mirror = Some(format!("https://{address}"));
    let message = only_failure(&fixture.run());
    server.join().unwrap();
    assert!(message.contains("cannot be trusted"), "{message}");
    assert!(message.contains("must be among those that this machine trusts"), "{message}");
}
