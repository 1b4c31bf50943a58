//! Groups that meet as they said, and those that have lapsed.

use wardmote_domain::board::{Cadence, Meeting, Term, cadence, holders, not_represented};

use crate::support::day;

#[test]
fn a_group_lapses_after_the_last_month_of_its_cadence() {
    let quarterly = Some(Cadence { months: 3 });
    for (every, set_up, held, today, lapsed, why) in [
        (quarterly, None, &["2024-12-10"][..], "2025-03-31", false, "the last day"),
        (quarterly, None, &["2024-12-10"][..], "2025-04-01", true, "the day after"),
        (quarterly, None, &["2024-11-30"][..], "2025-02-28", false, "the end of a shorter month"),
        (quarterly, None, &["2024-11-30"][..], "2025-03-01", true, "and the day after that"),
        (
            quarterly,
            None,
            &["2024-12-10", "2025-04-15"][..],
            "2025-04-01",
            true,
            "one to come was not held",
        ),
        (quarterly, Some("2025-01-01"), &[][..], "2025-04-30", false, "new"),
        (quarterly, Some("2025-01-01"), &[][..], "2025-05-01", true, "new, and never met"),
        (quarterly, None, &[][..], "2025-04-02", false, "nobody knows since when"),
        (None, None, &["2001-01-01"][..], "2025-04-02", false, "said nothing of how often"),
    ] {
        let state = cadence(every, set_up.map(day), held.iter().map(|on| day(on)), day(today));
        assert_eq!(matches!(state, Meeting::Lapsed { .. }), lapsed, "{why}: {state:?}");
    }
}

#[test]
fn roles_are_held_between_their_days() {
    let term = |who: &str, from: &str, to: Option<&str>| Term {
        who: who.into(),
        role: "chair".into(),
        from: day(from),
        to: to.map(day),
    };
    let terms = [term("One", "2023-01-01", Some("2024-12-31")), term("Two", "2025-01-01", None)];
    let on =
        |on: &str| holders(&terms, "chair", day(on)).map(|t| t.who.clone()).collect::<Vec<_>>();
    assert_eq!(on("2024-12-31"), ["One"]);
    assert_eq!(on("2025-01-01"), ["Two"]);
    assert!(on("2022-12-31").is_empty());
    assert_eq!(holders(&terms, "secretary", day("2025-01-01")).count(), 0);
}

#[test]
fn the_authorities_that_sent_nobody_senior_are_named() {
    let authorities = ["council", "police", "fire"].map(str::to_owned);
    assert_eq!(not_represented(&authorities, &["police".to_owned()]), ["council", "fire"]);
}
