//! Clocks on the facts of a case: steps in order, pauses, agreed time, changes of law.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::clock::{
    Clock, ClockError, Due, Extension, Facts, Pause, StepState, Timing, run,
};

use crate::support::{calendar, clock, day};

fn facts(events: &[(&str, &str)], pauses: &[(&str, Option<&str>)]) -> Facts {
    let mut happened: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
    for (event, on) in events {
        happened.entry((*event).to_owned()).or_default().insert(day(on));
    }
    let pause = |(from, to): &(&str, Option<&str>)| Pause {
        kind: "criminal-proceedings".into(),
        from: day(from),
        to: to.map(day),
    };
    Facts { events: happened, pauses: pauses.iter().map(pause).collect(), extensions: Vec::new() }
}

fn state<'a>(clock: &'a Clock, facts: &Facts, today: &str, step: &str) -> StepState<'a> {
    let states = run(clock, facts, &calendar(), day(today));
    let mut of_step = states.into_iter().filter(|state| state.step.id == step);
    let found = of_step.next().unwrap_or_else(|| panic!("{step} does not apply on {today}"));
    assert!(of_step.next().is_none(), "{step} applies twice");
    found
}

#[test]
fn a_domestic_homicide_review_step_by_step() {
    let clock = clock("domestic-homicide-review");
    let notified = facts(&[("notified", "2025-01-31")], &[]);
    let decide = state(&clock, &notified, "2025-02-10", "decide");
    assert_eq!(decide.due, Due::On(day("2025-02-28")));
    assert_eq!(decide.timing, Timing::Open { days_left: Some(18) });
    assert!(decide.reasons.iter().any(|one| one.contains("February 2025 has no day 31")));
    assert!(decide.warnings[0].starts_with("To check: the times are from notes"));
    // What follows is told as it will be if the decision comes on its last day.
    let report = state(&clock, &notified, "2025-02-10", "report");
    assert_eq!(report.due, Due::Expected(day("2025-08-28")));
    assert_eq!(report.timing, Timing::Open { days_left: None });

    let late = state(&clock, &notified, "2025-03-03", "decide");
    assert_eq!(late.timing, Timing::Late { days: 3 });

    let decided = facts(
        &[
            ("notified", "2025-01-31"),
            ("decided", "2025-02-20"),
            ("home-office-told", "2025-03-02"),
        ],
        &[],
    );
    let today = "2025-03-10";
    assert_eq!(
        state(&clock, &decided, today, "decide").timing,
        Timing::Done { on: day("2025-02-20") }
    );
    assert_eq!(
        state(&clock, &decided, today, "tell-home-office").timing,
        Timing::DoneLate { on: day("2025-03-02"), days: 2 }
    );
    assert_eq!(state(&clock, &decided, today, "report").due, Due::On(day("2025-08-20")));
    assert_eq!(state(&clock, &decided, today, "set-up").due, Due::NoTime);
    assert_eq!(run(&clock, &decided, &calendar(), day(today)).len(), 11);
    // What is dated later has not happened yet.
    assert_eq!(
        state(&clock, &decided, "2025-02-19", "decide").timing,
        Timing::Open { days_left: Some(9) }
    );
}

#[test]
fn a_decision_against_a_review_ends_all_but_what_the_home_office_is_told() {
    let clock = clock("domestic-homicide-review");
    let none = facts(
        &[("notified", "2025-01-31"), ("decided", "2025-02-20"), ("no-review", "2025-02-20")],
        &[],
    );
    let calendar = calendar();
    let states = run(&clock, &none, &calendar, day("2025-03-10"));
    let ids: Vec<&str> = states.iter().map(|state| state.step.id.as_str()).collect();
    assert_eq!(ids, ["decide", "tell-home-office"]);
}

#[test]
fn pauses_move_what_they_interrupt() {
    let clock = clock("domestic-homicide-review");
    // Decided on 20 February 2025: without a pause the report is due on 20 August.
    for (pauses, due, why) in [
        (&[][..], "2025-08-20", "no pause"),
        (&[("2025-03-01", Some("2025-03-10"))][..], "2025-08-30", "ten days, both ends included"),
        (&[("2025-03-01", Some("2025-03-01"))][..], "2025-08-21", "one day"),
        (&[("2025-02-01", Some("2025-02-10"))][..], "2025-08-20", "ended before the start"),
        (
            &[("2025-02-01", Some("2025-02-20"))][..],
            "2025-08-20",
            "to the day of the start, which is not counted",
        ),
        (
            &[("2025-02-01", Some("2025-02-25"))][..],
            "2025-08-25",
            "begun before the start: five days after it",
        ),
        (&[("2025-08-20", Some("2025-08-22"))][..], "2025-08-23", "begun on the last day"),
        (&[("2025-08-21", Some("2025-12-31"))][..], "2025-08-20", "begun after the last day"),
        (
            &[("2025-03-01", Some("2025-03-10")), ("2025-03-06", Some("2025-03-15"))][..],
            "2025-09-04",
            "overlapping: fifteen days, none twice",
        ),
        (
            &[("2025-03-06", Some("2025-03-08")), ("2025-03-01", Some("2025-03-10"))][..],
            "2025-08-30",
            "one within another, given in any order",
        ),
        (
            &[("2025-03-01", Some("2025-03-05")), ("2025-03-06", Some("2025-03-10"))][..],
            "2025-08-30",
            "one after another",
        ),
        (
            &[("2025-08-15", Some("2025-08-24")), ("2025-08-28", Some("2025-08-29"))][..],
            "2025-09-01",
            "the second interrupts only because the first moved the end",
        ),
        (&[("2025-03-10", Some("2025-03-01"))][..], "2025-08-20", "ends before it begins"),
        (&[("2025-08-25", None)][..], "2025-08-20", "unended, but begun after the last day"),
    ] {
        let facts = facts(&[("notified", "2025-02-01"), ("decided", "2025-02-20")], pauses);
        let report = state(&clock, &facts, "2026-06-01", "report");
        assert_eq!(report.due, Due::On(day(due)), "{why}");
    }
}

#[test]
fn an_unended_pause_leaves_no_day_to_tell() {
    let clock = clock("domestic-homicide-review");
    let events = [("notified", "2025-02-01"), ("decided", "2025-02-20")];
    let open = facts(&events, &[("2025-08-16", None)]);
    let report = state(&clock, &open, "2026-06-01", "report");
    assert_eq!(report.due, Due::StandsStill { since: day("2025-08-16"), days_left: 5 });
    assert_eq!(report.timing, Timing::Open { days_left: None });
    // A closed pause before it has moved the end already.
    let both = facts(&events, &[("2025-03-01", Some("2025-03-10")), ("2025-08-16", None)]);
    let report = state(&clock, &both, "2026-06-01", "report");
    assert_eq!(report.due, Due::StandsStill { since: day("2025-08-16"), days_left: 15 });
    // Begun before the start, it has stood still from the start on.
    let from_before = facts(&events, &[("2025-02-01", None)]);
    let report = state(&clock, &from_before, "2026-06-01", "report");
    assert_eq!(report.due, Due::StandsStill { since: day("2025-02-21"), days_left: 181 });
    // The decision itself is paused by nothing.
    assert_eq!(state(&clock, &open, "2026-06-01", "decide").due, Due::On(day("2025-03-01")));
}

#[test]
fn agreed_time_takes_the_place_of_what_was_counted() {
    let clock = clock("domestic-homicide-review");
    let mut facts = facts(&[("notified", "2025-02-01"), ("decided", "2025-02-20")], &[]);
    let extension = |step: &str, to: &str, agreed: &str| Extension {
        step: step.into(),
        to: day(to),
        agreed: day(agreed),
    };
    facts.extensions = vec![
        extension("report", "2025-11-30", "2025-08-01"),
        extension("report", "2026-01-31", "2025-11-01"),
        // Nobody may agree more time for the decision.
        extension("decide", "2025-12-31", "2025-02-15"),
    ];
    assert_eq!(state(&clock, &facts, "2025-07-31", "report").due, Due::On(day("2025-08-20")));
    assert_eq!(state(&clock, &facts, "2025-08-01", "report").due, Due::On(day("2025-11-30")));
    assert_eq!(state(&clock, &facts, "2025-12-01", "report").due, Due::On(day("2026-01-31")));
    assert_eq!(state(&clock, &facts, "2025-12-01", "decide").due, Due::On(day("2025-03-01")));
}

#[test]
fn a_step_follows_the_version_in_force_when_it_began() {
    // Invented: the law of a change that nobody has made.
    let clock: Clock = toml::from_str(
        r#"
        title = "Invented"
        [events]
        notified = "Notified"
        decided = "Decided"
        reported = "Reported"
        [[versions]]
        name = "First"
        source = "Invented guidance 1"
        from = "2016-12-07"
        to = "2025-06-30"
        checked = "2025-01-01"
        steps = [
            { id = "decide", title = "Decide", after = ["notified"], within = { months = 1 }, done = "decided" },
            { id = "report", title = "Report", after = ["decided"], within = { months = 6 }, done = "reported" },
        ]
        [[versions]]
        name = "Second"
        source = "Invented guidance 2"
        from = "2025-07-01"
        checked = "2025-07-01"
        steps = [
            { id = "decide", title = "Decide", after = ["notified"], within = { working_days = 10 }, done = "decided" },
            { id = "report", title = "Report", after = ["decided"], within = { months = 9 }, done = "reported" },
        ]
        "#,
    )
    .unwrap();
    clock.check().unwrap();
    for (notified, decided, decide_due, report_due, version) in [
        ("2025-05-20", "2025-06-10", "2025-06-20", "2025-12-10", "First"),
        // Begun on the last day of the first version, decided on the first day of the second.
        ("2025-06-30", "2025-07-01", "2025-07-30", "2026-04-01", "Second"),
        ("2025-07-01", "2025-07-10", "2025-07-15", "2026-04-10", "Second"),
    ] {
        let facts = facts(&[("notified", notified), ("decided", decided)], &[]);
        assert_eq!(state(&clock, &facts, "2025-08-01", "decide").due, Due::On(day(decide_due)));
        let report = state(&clock, &facts, "2025-08-01", "report");
        assert_eq!(report.due, Due::On(day(report_due)), "{notified}");
        assert_eq!(report.version.name, version);
        // Nothing changes when it is asked later.
        assert_eq!(state(&clock, &facts, "2030-01-01", "report").due, Due::On(day(report_due)));
    }
    // What has not begun is shown by the version of today.
    let nothing = Facts::default();
    assert_eq!(state(&clock, &nothing, "2025-06-30", "decide").version.name, "First");
    assert_eq!(state(&clock, &nothing, "2025-07-01", "decide").version.name, "Second");
    assert!(run(&clock, &nothing, &calendar(), day("2016-12-06")).is_empty());
}

#[test]
fn a_yearly_review_comes_round_again() {
    let clock = clock("serious-violence");
    let first = facts(&[("strategy-published", "2024-02-29")], &[]);
    let review = state(&clock, &first, "2024-06-01", "review");
    assert_eq!(review.due, Due::On(day("2025-02-28")));
    let strategy = state(&clock, &first, "2024-06-01", "first-strategy");
    assert_eq!(strategy.due, Due::On(day("2024-01-31")));
    assert_eq!(strategy.timing, Timing::DoneLate { on: day("2024-02-29"), days: 29 });
    let again = facts(&[("strategy-published", "2024-02-29"), ("reviewed", "2025-02-10")], &[]);
    let review = state(&clock, &again, "2025-06-01", "review");
    assert_eq!(review.due, Due::On(day("2026-02-10")));
    assert_eq!(review.timing, Timing::Open { days_left: Some(254) });
    assert_eq!(state(&clock, &again, "2026-02-11", "review").timing, Timing::Late { days: 1 });
}

#[test]
fn working_days_and_the_next_working_day_in_a_case_review() {
    let clock = clock("asb-case-review");
    // Applied on Maundy Thursday: Good Friday and Easter Monday do not count.
    let applied = facts(&[("applied", "2025-04-17")], &[]);
    let today = "2025-04-18";
    assert_eq!(state(&clock, &applied, today, "acknowledge").due, Due::On(day("2025-04-28")));
    // 28 days are 15 May, a Thursday; from 7 April they are 5 May, a bank holiday.
    assert_eq!(state(&clock, &applied, today, "review").due, Due::On(day("2025-05-15")));
    let holiday = facts(&[("applied", "2025-04-07")], &[]);
    let review = state(&clock, &holiday, today, "review");
    assert_eq!(review.due, Due::On(day("2025-05-06")));
    assert!(review.reasons.iter().any(|one| one.contains("Early May bank holiday")));
}

#[test]
fn clocks_that_contradict_themselves_are_refused() {
    let broken = |change: fn(&mut Clock)| {
        let mut clock = clock("domestic-homicide-review");
        change(&mut clock);
        clock.check().unwrap_err()
    };
    assert_eq!(broken(|clock| clock.versions.clear()), ClockError::NoVersion);
    assert!(matches!(
        broken(|clock| clock.versions.push(clock.versions[0].clone())),
        ClockError::Overlap { .. }
    ));
    assert!(matches!(
        broken(|clock| clock.versions[0].to = Some(day("2016-12-06"))),
        ClockError::Backwards { .. }
    ));
    assert!(matches!(
        broken(|clock| clock.versions[0].steps[1].id = "decide".into()),
        ClockError::SameStep { .. }
    ));
    assert!(matches!(
        broken(|clock| clock.versions[0].steps[0].after = vec!["told".into()]),
        ClockError::UnknownEvent { .. }
    ));
    assert!(matches!(
        broken(|clock| clock.versions[0].steps[0].paused_by = vec!["holiday".into()]),
        ClockError::UnknownPause { .. }
    ));
    assert!(matches!(
        broken(|clock| clock.versions[0].steps[0].after.clear()),
        ClockError::Time { .. }
    ));
    assert!(matches!(
        broken(|clock| clock.versions[0].steps[0].by = Some(day("2025-01-01"))),
        ClockError::Time { .. }
    ));
}

#[test]
fn facts_are_read_as_people_write_them_and_what_is_unknown_is_refused() {
    let clock = clock("domestic-homicide-review");
    let events = "notified 2025-01-31\n\n  decided   2025-02-20\n";
    let pauses = "criminal-proceedings 2025-03-01 2025-03-10\ncriminal-proceedings 2025-08-01";
    let read =
        Facts::written(&clock, events, pauses, "report 2025-11-30 agreed 2025-08-01").unwrap();
    assert_eq!(read.events["decided"].iter().next(), Some(&day("2025-02-20")));
    assert_eq!((read.pauses.len(), read.pauses[1].to), (2, None));
    assert_eq!(read.extensions[0].to, day("2025-11-30"));
    for (events, pauses, extensions, says) in [
        (
            "told 2025-01-31",
            "",
            "",
            "events, line 1: \"told 2025-01-31\": the clock has no such event",
        ),
        ("notified", "", "", "write an event and its day"),
        ("\nnotified 31/01/2025", "", "", "events, line 2"),
        ("", "strike 2025-01-01", "", "the clock has no such pause; it has criminal-proceedings"),
        ("", "criminal-proceedings 2025-02-01 2025-01-01", "", "it ends before it begins"),
        ("", "", "report 2025-11-30", "write a step, its new last day"),
        ("", "", "decide 2025-11-30 agreed 2025-01-01", "nobody may agree more time"),
        ("", "", "wait 2025-11-30 agreed 2025-01-01", "the clock has no such step"),
    ] {
        let refused = Facts::written(&clock, events, pauses, extensions).unwrap_err().to_string();
        assert!(refused.contains(says), "{refused}");
    }
}
