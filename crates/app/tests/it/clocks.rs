//! `wardmote clock`: steps with their dates and why, and routes counted back.

use crate::running::{shipped, wardmote};

#[test]
fn each_step_is_printed_with_its_date_and_why() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    let explain = |on: &str, more: &[&str]| {
        let words = ["clock", "explain", "domestic-homicide-review", "--event"];
        let rest = ["notified=2025-01-31", "--on", on];
        wardmote(twin, &[&words[..], &rest, more].concat())
    };
    let in_time = explain("2025-02-10", &[]).ended(0);
    for expected in [
        "Decide whether there is to be a review",
        "By 28 February 2025: 18 days left",
        "ends on 28 February 2025, because February",
        "The last day ends at 2025-03-01T00:00:00Z",
        "Expected by 28 August 2025",
        "To check: the times are from notes",
    ] {
        assert!(in_time.out.contains(expected), "{expected:?} is not in\n{}", in_time.out);
    }
    assert!(in_time.out.lines().all(|line| line.chars().count() <= 80), "{}", in_time.out);
    // A late step is something wrong.
    let late = explain("2025-03-03", &[]).ended(1);
    assert!(late.out.contains("By 28 February 2025: late by 3 days"), "{}", late.out);
    let paused = explain(
        "2025-09-01",
        &[
            "--event",
            "decided=2025-02-20",
            "--event",
            "home-office-told=2025-02-20",
            "--pause",
            "criminal-proceedings=2025-03-01..2025-03-20",
            "--format",
            "csv",
        ],
    )
    .ended(0);
    let mut lines = csv::Reader::from_reader(paused.out.as_bytes());
    let rows: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
    let report = rows.iter().find(|row| &row[0] == "report").unwrap();
    assert_eq!(&report[3], "2025-09-09");
    assert_eq!(rows.len(), 11);
}

#[test]
fn what_a_clock_does_not_know_is_refused_with_what_it_does() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    for (words, said) in [
        (&["no-such-clock"][..], "there are asb-case-review, domestic-homicide-review"),
        (&["domestic-homicide-review", "--event", "told=2025-01-01"], "is no event of this clock"),
        (&["domestic-homicide-review", "--event", "notified=soon"], "is not a date"),
        (
            &["domestic-homicide-review", "--pause", "strike=2025-01-01.."],
            "is no pause of this clock",
        ),
        (
            &["domestic-homicide-review", "--pause", "criminal-proceedings=2025-02-01..2025-01-01"],
            "ends before it begins",
        ),
        (
            &["domestic-homicide-review", "--extend", "decide=2025-02-01..2025-01-01"],
            "nobody may agree more time",
        ),
    ] {
        let refused = wardmote(twin, &[&["clock", "explain"], words].concat()).ended(2);
        assert!(refused.err.contains(said), "{words:?}: {}", refused.err);
    }
    // A file that contradicts itself is named.
    let path = twin.join("clocks/serious-violence.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("done = \"needs-assessed\"", "done = \"needed\"")).unwrap();
    let refused = wardmote(twin, &["clock", "list"]).ended(2);
    assert!(refused.err.contains("clocks/serious-violence.toml"), "{}", refused.err);
    assert!(refused.err.contains("declare it in [events]"), "{}", refused.err);
}

#[test]
fn the_decks_route_is_counted_back_from_its_meetings() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    let route = wardmote(twin, &["clock", "route", "plan-2025-2028"]).ended(0);
    assert!(route.out.lines().all(|line| line.chars().count() <= 80), "{}", route.out);
    for expected in [
        "10 March 2025  board: Papers to members",
        "18 March 2025  board: meets",
        "30 May 2025  scrutiny: Agenda and report published",
        "9 June 2025",
        "24 June 2025  cabinet: meets",
        "Spring bank holiday, 26 May 2025 does not count",
    ] {
        assert!(route.out.contains(expected), "{expected:?} is not in\n{}", route.out);
    }
    // What is still to check is said, and is something wrong.
    let listed = wardmote(twin, &["clock", "list"]).ended(1);
    assert!(listed.out.contains("public-meeting"), "{}", listed.out);
}
