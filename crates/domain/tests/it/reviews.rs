//! The threshold of a case review, the counts of a year, and what keeps a report from publication.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::review::{
    Application, AsbReviewError, CaseOutcome, Checklist, Complaint, ReviewAction, Threshold,
    YearCounts, not_ready, without_evidence, year_counts,
};

use crate::support::{calendar, day, shipped};

fn application(made: &str, complaints: &[(&str, &str)], circumstances: &[&str]) -> Application {
    Application {
        made: day(made),
        complaints: complaints
            .iter()
            .map(|(behaviour, made)| Complaint { behaviour: day(behaviour), made: day(made) })
            .collect(),
        circumstances: circumstances.iter().map(|one| (*one).to_owned()).collect(),
    }
}

#[test]
fn three_complaints_within_their_windows_meet_the_threshold() {
    let threshold: Threshold = shipped("reviews/asb-threshold.toml");
    let calendar = calendar();
    let in_time = ("2025-03-01", "2025-03-05");
    for (complaints, circumstances, met, qualifying, why) in [
        (vec![in_time; 3], &[][..], true, 3, "three in time"),
        (vec![in_time; 2], &[][..], false, 2, "two"),
        (vec![in_time; 2], &["persistence"][..], true, 2, "two of persistent behaviour"),
        (vec![in_time; 1], &["harm"][..], true, 1, "one of serious harm"),
        (vec![in_time; 1], &["harm", "persistence"][..], true, 1, "the lower counts"),
        (vec![in_time; 0], &["harm"][..], false, 0, "none is never enough"),
        // The complaint's month: from 31 January to 28 February.
        (
            vec![in_time, in_time, ("2025-01-31", "2025-02-28")],
            &[][..],
            true,
            3,
            "last day of a month",
        ),
        (vec![in_time, in_time, ("2025-01-31", "2025-03-01")], &[][..], false, 2, "a day late"),
        // The month and the six months are the last days of the windows.
        (vec![in_time, in_time, ("2025-02-10", "2025-02-28")], &[][..], true, 3, "well within"),
        (
            vec![in_time, in_time, ("2025-03-05", "2025-03-04")],
            &[][..],
            false,
            2,
            "before the behaviour",
        ),
    ] {
        let answer = threshold
            .answer(&application("2025-08-20", &complaints, circumstances), &calendar)
            .unwrap();
        assert_eq!((answer.met, answer.qualifying), (met, qualifying), "{why}: {answer:?}");
    }
    let late = application("2025-09-06", &[in_time, in_time, ("2025-09-01", "2025-09-02")], &[]);
    let answer = threshold.answer(&late, &calendar).unwrap();
    assert_eq!((answer.met, answer.qualifying), (false, 1));
    assert!(answer.reasons[1].contains("its last day was 5 September 2025"), "{answer:?}");
}

#[test]
fn what_the_threshold_does_not_know_is_refused() {
    let threshold: Threshold = shipped("reviews/asb-threshold.toml");
    let unknown = application("2025-08-20", &[], &["noise"]);
    assert!(matches!(
        threshold.answer(&unknown, &calendar()),
        Err(AsbReviewError::UnknownCircumstance { .. })
    ));
    assert_eq!(
        threshold.answer(&application("2014-10-19", &[], &[]), &calendar()),
        Err(AsbReviewError::NoVersion { day: day("2014-10-19") })
    );
}

#[test]
fn a_year_counts_what_was_applied_for_in_it() {
    let cases = [
        ("2024-03-31", CaseOutcome::Reviewed),
        ("2024-04-01", CaseOutcome::ThresholdNotMet),
        ("2024-06-01", CaseOutcome::ReviewedWithRecommendations),
        ("2024-07-01", CaseOutcome::Reviewed),
        ("2025-03-31", CaseOutcome::Open),
        ("2025-04-01", CaseOutcome::Reviewed),
    ];
    let cases = cases.map(|(made, outcome)| (day(made), outcome));
    assert_eq!(
        year_counts(cases, day("2024-04-01"), day("2025-03-31")),
        YearCounts { applications: 4, threshold_not_met: 1, reviews: 2, with_recommendations: 1 }
    );
}

#[test]
fn a_report_waits_for_every_item_and_an_action_for_its_evidence() {
    let checklist: Checklist = shipped("reviews/publication.toml");
    assert_eq!(not_ready(&checklist, &BTreeMap::new()).len(), checklist.items.len());
    let mut confirmed: BTreeMap<String, String> =
        checklist.items.iter().map(|item| (item.id.clone(), "the chair".to_owned())).collect();
    assert!(not_ready(&checklist, &confirmed).is_empty());
    confirmed.insert("children".into(), " ".into());
    let open: BTreeSet<&str> =
        not_ready(&checklist, &confirmed).iter().map(|item| item.id.as_str()).collect();
    assert_eq!(open, BTreeSet::from(["children"]));

    let action = |done: Option<&str>, evidence: Option<&str>| ReviewAction {
        title: "Invented".into(),
        owner: "Invented".into(),
        due: None,
        done: done.map(day),
        evidence: evidence.map(str::to_owned),
    };
    let actions = [
        action(Some("2025-01-01"), None),
        action(Some("2025-01-01"), Some("Audit of 40 files")),
        action(None, Some("")),
    ];
    assert_eq!(without_evidence(&actions), [&actions[0], &actions[2]]);
}
