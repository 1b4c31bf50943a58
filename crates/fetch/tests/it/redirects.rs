//! A server may send us elsewhere, but only where the declaration says.

use crate::server::Reply;
use crate::support::{Fixture, csv_of, only_failure};

fn sent_to(location: &'static str) -> Fixture {
    Fixture::new(move |seen, n_before| match n_before {
        0 => Reply::new(302, "").with("Location", location),
        _ => Reply::file(seen, &csv_of(1_000), "\"one\""),
    })
}

#[test]
fn a_declared_host_may_answer_for_another() {
    for (location, path) in [
        ("https://more.example/x/one.csv?key=1", "/more.example/x/one.csv?key=1"),
        ("//more.example/one.csv", "/more.example/one.csv"),
        ("/else/one.csv", "/files.example/else/one.csv"),
        ("two.csv", "/files.example/data/two.csv"),
    ] {
        let fixture = sent_to(location);
        let report = fixture.run();
        assert!(report.failed.is_empty(), "{location}: {:?}", report.failed);
        let seen = fixture.server.seen();
        assert_eq!(seen[0].path, "/files.example/data/one.csv");
        assert_eq!(seen[1].path, path);
        // The ledger names the address that was declared, which will still be right tomorrow.
        assert_eq!(fixture.ledger().files["one.csv"].url, "https://files.example/data/one.csv");
    }
}

#[test]
fn no_other_host_is_spoken_to() {
    let fixture = sent_to("https://elsewhere.example/one.csv");
    let message = only_failure(&fixture.run());
    assert_eq!(
        message,
        "https://elsewhere.example/one.csv is on elsewhere.example, which the declaration does not \
         name, so nothing was asked of it; if it is the publisher's, add it to `hosts` in fetch.toml"
    );
    assert_eq!(fixture.server.seen().len(), 1);
}

#[test]
fn nothing_is_asked_without_encryption() {
    for location in [
        "http://files.example/one.csv",
        "ftp://files.example/one.csv",
        "https://files.example:444/",
    ] {
        let fixture = sent_to(location);
        let message = only_failure(&fixture.run());
        assert!(message.contains("is not a plain https address"), "{message}");
        assert_eq!(fixture.server.seen().len(), 1);
    }
}

#[test]
fn a_loop_is_left() {
    let fixture = Fixture::new(|_, _| Reply::new(301, "").with("Location", "/data/one.csv"));
    let message = only_failure(&fixture.run());
    assert!(message.contains("leads from one address to the next without end"), "{message}");
    assert_eq!(fixture.server.seen().len(), 6);
}

#[test]
fn a_redirect_that_leads_nowhere_is_an_error() {
    let fixture = Fixture::new(|_, _| Reply::new(302, ""));
    assert!(only_failure(&fixture.run()).contains("was refused (answer 302)"));
    assert_eq!(fixture.server.seen().len(), 1);
}
