//! What is kept no longer than it may be, what is held all the same, and what belongs together.

use jiff::civil::{Date, date};
use wardmote_records::audit::Search;
use wardmote_records::policy::Condition;
use wardmote_records::protection::{Protection, RegimeError};
use wardmote_records::words::{Capacity, Operation, Outcome, Regime, Standing};
use wardmote_records::{
    Asking, Change, Keyring, Listed, Location, NewRecord, RecordId, Records, RecordsError,
    SubjectDeclaration,
};

use crate::postgres::on_both;
use crate::scene::{self, KEYS, asking, case, second};

const RETENTION: &str = r#"
[[rules]]
id = "cases-closed"
category = "asb-case"
keep = "6 months"
counted_from = "closed"
review_after = "1 year"
law = "an invented policy"
checked = "2026-11-30"
[[rules]]
id = "notes"
category = "note"
keep = "28 days"
counted_from = "collected"
law = "an invented policy"
checked = "2026-11-30"
"#;

const REGIMES: &str = r#"
[[competent_authorities]]
id = "police"
law = "an invented schedule"
checked = "2026-11-30"
[[law_enforcement_purposes]]
id = "detect-crime"
law = "an invented section"
checked = "2026-11-30"
[[crossings]]
purpose = "subject-access"
operations = ["consultation", "disclosure"]
law = "an invented section"
checked = "2026-11-30"
"#;

const CROSSING: &str = r#"
[[crossings]]
purpose = "reduce-anti-social-behaviour"
operations = ["collection", "consultation", "combination"]
law = "an invented section"
checked = "2026-11-30"
to = "2025-03-31"
"#;

fn protection(regimes: &str) -> Protection {
    Protection::read("", RETENTION, regimes).unwrap()
}

/// The scene's officer may do all with cases and notes, and the protection officer what is theirs.
async fn records(at: &Location, regimes: &str) -> Records {
    let store = scene::records(at).await.store().clone();
    let policies = scene::policies_with(PERMITS);
    Records::new(store, Keyring::parse(KEYS).unwrap(), policies).protected_by(protection(regimes))
}

const PERMITS: &str = r#"
[[permits]]
operations = ["collection", "alteration", "consultation", "erasure", "restriction", "combination"]
from = ["landlord", "police"]
to = ["landlord"]
roles = ["officer"]
categories = ["asb-case", "note"]
markings = ["OFFICIAL", "OFFICIAL-SENSITIVE"]
[[permits]]
operations = ["consultation"]
from = ["landlord"]
to = ["council"]
roles = ["analyst"]
categories = ["asb-case"]
markings = ["OFFICIAL-SENSITIVE"]
"#;

fn officer() -> Asking<'static> {
    asking("officer-one")
}

fn note(body: &str) -> NewRecord {
    NewRecord { kind: "note".to_owned(), ..case(body) }
}

async fn closed_on(records: &Records, body: &str, day: Date) -> Listed {
    let made = records.collect(officer(), &case(body)).await.unwrap();
    records.note_event(officer(), &made.id, "closed", day).await.unwrap();
    made
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_erased_when_its_time_ends_and_the_log_says_by_which_rule() {
    on_both(async |at| {
        let records = records(&at, REGIMES).await;
        let (store, rules) = (records.store().clone(), protection(REGIMES));
        let early = closed_on(&records, "closed early", date(2025, 3, 31)).await;
        let late = closed_on(&records, "closed late", date(2025, 4, 1)).await;
        let open = records.collect(officer(), &case("open")).await.unwrap();
        let other = NewRecord { marking: wardmote_records::words::Marking::Official, ..note("n") };
        records.collect(officer(), &other).await.unwrap();
        // Six months from the last of March end on the last of September, and not in October.
        let seen = store.retention(&rules, date(2025, 9, 29)).await.unwrap();
        assert_eq!((seen.records, seen.within, seen.waiting), (4, 2, 1));
        assert_eq!(seen.due[0].rule, "notes");
        let seen = store.retention(&rules, date(2025, 9, 30)).await.unwrap();
        let mut due: Vec<&str> = seen.due.iter().map(|one| one.rule.as_str()).collect();
        due.sort_unstable();
        assert_eq!(due, ["cases-closed", "notes"]);
        let of_the_case = seen.due.iter().find(|one| one.record == early.id).unwrap();
        assert_eq!(of_the_case.since, date(2025, 3, 31));
        assert_eq!(of_the_case.due, date(2025, 9, 30));
        // Looking changed nothing.
        records.consult(officer(), &early.id).await.unwrap();
        let done = store.erase_due(&rules, second(60), date(2025, 9, 30)).await.unwrap();
        assert_eq!(done.due.len(), 2);
        assert!(records.consult(officer(), &early.id).await.is_err());
        records.consult(officer(), &late.id).await.unwrap();
        records.consult(officer(), &open.id).await.unwrap();
        let search = Search { operation: Some(Operation::Erasure), ..Search::default() };
        let log = store.search_audit(&search).await.unwrap();
        assert_eq!(log.len(), 2);
        assert_eq!((log[0].actor.as_str(), log[0].purpose.as_str()), ("operator", "retention"));
        let of_the_case = log.iter().find(|one| one.subject == early.id.to_string()).unwrap();
        assert_eq!(of_the_case.policy.as_deref(), Some("retention/cases-closed"));
        assert_eq!(store.verify_audit(&[]).await.unwrap().faults, []);
        // Once more: nothing is left to do. An open case wants to be looked at after a year.
        let again = store.erase_due(&rules, second(61), date(2026, 3, 20)).await.unwrap();
        assert_eq!((again.due.len(), again.waiting), (1, 1));
        assert_eq!(again.to_review, std::slice::from_ref(&open.id));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_rule_is_named_and_stays() {
    on_both(async |at| {
        let records = records(&at, REGIMES).await;
        records.collect(officer(), &note("kept")).await.unwrap();
        let rules = Protection::default();
        let done = records.store().erase_due(&rules, second(9), date(2099, 1, 1)).await.unwrap();
        assert_eq!((done.records, done.due.len()), (1, 0));
        let of = ("note".to_owned(), "landlord".to_owned());
        assert_eq!(done.without_rule.get(&of), Some(&1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_under_a_hold_is_not_erased_by_anybody() {
    on_both(async |at| {
        let records = records(&at, REGIMES).await;
        let (store, rules) = (records.store().clone(), protection(REGIMES));
        let made = closed_on(&records, "in court", date(2024, 1, 1)).await;
        let hold = records
            .hold(officer(), &made.id, "legal-claim", "the invented claim of 2024")
            .await
            .unwrap();
        let manual = records.erase(officer(), &made.id).await;
        let Err(RecordsError::UnderHold { by }) = manual else { panic!("{manual:?}") };
        assert_eq!(by, ["officer-one"]);
        let done = store.erase_due(&rules, second(60), date(2025, 9, 30)).await.unwrap();
        assert_eq!((done.due.len(), done.held.len()), (0, 1));
        assert_eq!(done.held[0].held_by, ["officer-one"]);
        let listed = records.holds(officer(), &made.id).await.unwrap();
        assert_eq!(listed, std::slice::from_ref(&hold));
        assert_eq!(listed[0].why, "the invented claim of 2024");
        // Who may read it may not hold it, or learn that it is held.
        let refused = records.holds(asking("analyst-one"), &made.id).await;
        assert!(matches!(refused, Err(RecordsError::NotFound { .. })), "{refused:?}");
        assert!(records.lift(officer(), &made.id, &hold.id).await.unwrap());
        assert!(!records.lift(officer(), &made.id, &hold.id).await.unwrap());
        let done = store.erase_due(&rules, second(61), date(2025, 9, 30)).await.unwrap();
        assert_eq!(done.due.len(), 1);
        let search = Search { operation: Some(Operation::Restriction), ..Search::default() };
        let log = store.search_audit(&search).await.unwrap();
        let refused = log.iter().filter(|one| one.outcome == Outcome::Refused).count();
        assert_eq!((log.len(), refused), (5, 1));
        assert!(log.iter().all(|one| one.subject == made.id.to_string()));
    })
    .await;
}

fn person(reference: &str, capacity: Capacity, fields: &[&str]) -> SubjectDeclaration {
    SubjectDeclaration {
        reference: reference.to_owned(),
        capacity,
        standing: Standing::Other,
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_of_a_person_is_found_and_disclosed_with_permission_only() {
    on_both(async |at| {
        let records = records(&at, REGIMES).await;
        let body = r#"{"complaint":"noise","neighbour":"Invented Neighbour"}"#;
        let one = records.collect(officer(), &case(body)).await.unwrap();
        let two = records.collect(officer(), &note("about somebody else")).await.unwrap();
        let tenant = person("Tenancy  4711", Capacity::Subject, &[]);
        let neighbour = person("tenancy 12", Capacity::ThirdParty, &["/neighbour"]);
        records.declare_subject(officer(), &one.id, &tenant).await.unwrap();
        records.declare_subject(officer(), &one.id, &neighbour).await.unwrap();
        records.declare_subject(officer(), &two.id, &neighbour).await.unwrap();
        // Typed otherwise, it is the same person.
        let held = records.held_of(officer(), "tenancy 4711 ").await.unwrap();
        assert_eq!(held.len(), 1);
        assert_eq!(held[0].held.body, body.as_bytes());
        assert_eq!(held[0].theirs.capacity, Capacity::Subject);
        assert_eq!(held[0].others, std::slice::from_ref(&neighbour));
        assert_eq!(records.held_of(officer(), "tenancy 12").await.unwrap().len(), 2);
        assert_eq!(records.held_of(officer(), "tenancy 13").await.unwrap(), []);
        // Who may consult cases sees the case and not the note; a stranger sees nothing.
        let seen = records.held_of(asking("analyst-one"), "tenancy 12").await.unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!(records.held_of(asking("stranger"), "tenancy 12").await.unwrap(), []);
        // The log has the search, and what was refused in it.
        let search = Search { actor: Some("stranger".to_owned()), ..Search::default() };
        let log = records.store().search_audit(&search).await.unwrap();
        let mut told: Vec<_> =
            log.iter().map(|entry| (entry.subject.clone(), entry.outcome)).collect();
        told.sort();
        let mut expected = vec![
            (one.id.to_string(), Outcome::Refused),
            (two.id.to_string(), Outcome::Refused),
            ("search/subject".to_owned(), Outcome::Done),
        ];
        expected.sort();
        assert_eq!(told, expected);
        // No permit lets anybody here disclose.
        let looked = [(one.id.clone(), 1)];
        let refused = records.disclose_to_subject(officer(), "tenancy 4711", &looked).await;
        assert!(matches!(refused, Err(RecordsError::NotFound { .. })), "{refused:?}");
        let permits = PERMITS.replace("\"erasure\",", "\"erasure\", \"disclosure\",");
        let keys = Keyring::parse(KEYS).unwrap();
        let permitted = Records::new(records.store().clone(), keys, scene::policies_with(&permits));
        let later = [(one.id.clone(), 2)];
        assert!(permitted.disclose_to_subject(officer(), "tenancy 4711", &later).await.is_err());
        let given =
            permitted.disclose_to_subject(officer(), "tenancy 4711", &looked).await.unwrap();
        assert_eq!(given.len(), 1);
        let search = Search { recipient: Some("data-subject".to_owned()), ..Search::default() };
        let log = records.store().search_audit(&search).await.unwrap();
        assert_eq!((log.len(), log[0].subject.clone()), (1, one.id.to_string()));
        let again = records.held_of(officer(), "tenancy 4711").await.unwrap();
        assert_eq!(again[0].disclosed_to, [("data-subject".to_owned(), second(0))]);
        assert!(records.retract_subject(officer(), &one.id, "tenancy 4711").await.unwrap());
        assert_eq!(records.held_of(officer(), "tenancy 4711").await.unwrap(), []);
        // References stand nowhere in the clear, the log included.
        let mut file = Vec::new();
        records.store().backup(&mut file).await.unwrap();
        let text = String::from_utf8(file).unwrap();
        // Neither as text nor as the bytes of a column; four digits alone may be of any hash.
        let as_bytes = "74656e616e63792034373131";
        assert!(!text.contains("tenancy") && !text.contains(as_bytes));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_a_record_is_about_is_found_after_the_keys_were_rotated() {
    on_both(async |at| {
        let records = records(&at, REGIMES).await;
        let made = records.collect(officer(), &case("kept")).await.unwrap();
        let tenant = person("tenancy 4711", Capacity::Subject, &[]);
        records.declare_subject(officer(), &made.id, &tenant).await.unwrap();
        let line = Keyring::new_line("second").unwrap();
        let with = |keys: &str| {
            let keys = Keyring::parse(keys).unwrap();
            Records::new(records.store().clone(), keys, scene::policies_with(PERMITS))
        };
        let both = with(&format!("{KEYS}{line}"));
        assert_eq!(both.held_of(officer(), "tenancy 4711").await.unwrap().len(), 1);
        both.rotate_keys(second(9)).await.unwrap();
        let found = with(&line).held_of(officer(), "tenancy 4711").await.unwrap();
        assert_eq!(found[0].held.body, b"kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_brought_together_and_shown_so_only_to_those_permitted_both() {
    on_both(async |at| {
        let records = records(&at, REGIMES).await;
        let one = records.collect(officer(), &case("one")).await.unwrap();
        let other = records.collect(officer(), &note("other")).await.unwrap();
        records.combine(officer(), &one.id, &other.id, "same-household").await.unwrap();
        let links = records.links(officer(), &other.id).await.unwrap();
        assert_eq!((links.len(), &links[0].to), (1, &one));
        assert_eq!(links[0].kind, "same-household");
        // The analyst may see the case, but not the note, nor that there is one.
        assert_eq!(records.links(asking("analyst-one"), &one.id).await.unwrap(), []);
        let refused = records.links(asking("analyst-one"), &other.id).await;
        assert!(matches!(refused, Err(RecordsError::NotFound { .. })), "{refused:?}");
        let refused =
            records.combine(asking("analyst-one"), &one.id, &other.id, "same-household").await;
        assert!(matches!(refused, Err(RecordsError::NotFound { .. })), "{refused:?}");
        let search = Search { operation: Some(Operation::Combination), ..Search::default() };
        let log = records.store().search_audit(&search).await.unwrap();
        let done: Vec<&str> = log
            .iter()
            .filter(|entry| entry.outcome == Outcome::Done)
            .map(|entry| entry.subject.as_str())
            .collect();
        assert_eq!(done.len(), 3);
        assert!(done.contains(&one.id.to_string().as_str()));
        assert!(done.iter().any(|subject| {
            subject.starts_with("link/")
                && subject.contains(&one.id.to_string())
                && subject.contains(&other.id.to_string())
        }));
        // Erasing one takes the link with it.
        records.erase(officer(), &one.id).await.unwrap();
        assert_eq!(records.links(officer(), &other.id).await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regime_is_kept_and_crossed_only_by_law() {
    on_both(async |at| {
        let closed = records(&at, REGIMES).await;
        let part_3 = |controller: &str| NewRecord {
            regime: Regime::Part3,
            owner: controller.to_owned(),
            controller: controller.to_owned(),
            ..case("suspected")
        };
        // A landlord is no competent authority, and the police's purpose here is no law enforcement.
        let refused = closed.collect(officer(), &part_3("landlord")).await;
        let of = "landlord".to_owned();
        assert!(
            matches!(&refused, Err(RecordsError::Regime(RegimeError::NotCompetent { controller })) if *controller == of),
            "{refused:?}"
        );
        let refused = closed.collect(officer(), &part_3("police")).await;
        assert!(matches!(refused, Err(RecordsError::NotFound { .. })), "{refused:?}");
        let open = Records::new(
            closed.store().clone(),
            Keyring::parse(KEYS).unwrap(),
            scene::policies_with(PERMITS),
        )
        .protected_by(protection(&format!("{REGIMES}{CROSSING}")));
        let police = open.collect(officer(), &part_3("police")).await.unwrap();
        let landlords = open.collect(officer(), &case("complained")).await.unwrap();
        open.consult(officer(), &police.id).await.unwrap();
        open.combine(officer(), &police.id, &landlords.id, "same-person").await.unwrap();
        // Where the folder names no law, or it has ended, it is as if the record were not there.
        let later = Asking { today: date(2025, 4, 1), ..officer() };
        for (records, asking) in [(&closed, officer()), (&open, later)] {
            let refused = records.consult(asking, &police.id).await;
            assert!(matches!(refused, Err(RecordsError::NotFound { .. })), "{refused:?}");
            let page = wardmote_records::Page { after: None, most: 50 };
            let listed = records.list(asking, &page).await.unwrap();
            assert_eq!(listed.iter().map(|one| &one.id).collect::<Vec<_>>(), [&landlords.id]);
            assert_eq!(records.links(asking, &landlords.id).await.unwrap(), []);
        }
        let page = wardmote_records::Page { after: None, most: 50 };
        assert_eq!(open.list(officer(), &page).await.unwrap().len(), 2);
        // The permission to combine alone does not cross regimes.
        let crossing = CROSSING.replace(", \"combination\"", "");
        let no_law = Records::new(
            closed.store().clone(),
            Keyring::parse(KEYS).unwrap(),
            scene::policies_with(PERMITS),
        )
        .protected_by(protection(&format!("{REGIMES}{crossing}")));
        let refused = no_law.combine(officer(), &police.id, &landlords.id, "same-person").await;
        assert!(refused.is_err(), "{refused:?}");
        // Suspects, convicted people, victims and witnesses are kept apart in what is under Part 3.
        let standing = person("custody 1", Capacity::Subject, &[]);
        let refused = open.declare_subject(officer(), &police.id, &standing).await;
        assert!(refused.is_err(), "{refused:?}");
        let crossing = CROSSING.replace("\"collection\"", "\"collection\", \"alteration\"");
        let altering = Records::new(
            closed.store().clone(),
            Keyring::parse(KEYS).unwrap(),
            scene::policies_with(PERMITS),
        )
        .protected_by(protection(&format!("{REGIMES}{crossing}")));
        let refused = altering.declare_subject(officer(), &police.id, &standing).await;
        assert!(matches!(refused, Err(RecordsError::Word { .. })), "{refused:?}");
        let standing = SubjectDeclaration { standing: Standing::Victim, ..standing };
        altering.declare_subject(officer(), &police.id, &standing).await.unwrap();
    })
    .await;
}

/// Equal work whether a record is hidden or missing: counted, because a clock on a busy machine tells
/// neither.
#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_may_not_be_seen_costs_what_a_missing_one_costs() {
    on_both(async |at| {
        let records = records(&at, REGIMES).await;
        let hidden = records.collect(officer(), &note("hidden")).await.unwrap().id;
        let other = records.collect(officer(), &note("hidden too")).await.unwrap().id;
        records
            .declare_subject(officer(), &hidden, &person("a", Capacity::Subject, &[]))
            .await
            .unwrap();
        records.hold(officer(), &hidden, "legal-claim", "why").await.unwrap();
        records.combine(officer(), &hidden, &other, "same-household").await.unwrap();
        let missing = RecordId::parse(&"0".repeat(32)).unwrap();
        for actor in ["analyst-one", "protector-one", "nobody-known"] {
            for attempt in Attempt::ALL {
                let of_hidden = work(&records, attempt, actor, &hidden).await;
                let of_missing = work(&records, attempt, actor, &missing).await;
                assert_eq!(of_hidden, of_missing, "{attempt:?} by {actor}");
                assert!(of_hidden.0 > 2 && of_hidden.1 > 0, "{attempt:?}: {of_hidden:?}");
            }
        }
        let refused = Search { actor: Some("analyst-one".to_owned()), ..Search::default() };
        let log = records.store().search_audit(&refused).await.unwrap();
        assert_eq!(log.len(), 2 * Attempt::ALL.len());
        assert!(log.iter().all(|entry| entry.outcome == Outcome::Refused));
    })
    .await;
}

#[derive(Debug, Clone, Copy)]
enum Attempt {
    Consult,
    Disclose,
    Alter,
    Erase,
    Hold,
    Holds,
    Lift,
    Links,
    Combine,
    Separate,
    Declare,
    Retract,
    Note,
}

impl Attempt {
    const ALL: [Self; 13] = [
        Self::Consult,
        Self::Disclose,
        Self::Alter,
        Self::Erase,
        Self::Hold,
        Self::Holds,
        Self::Lift,
        Self::Links,
        Self::Combine,
        Self::Separate,
        Self::Declare,
        Self::Retract,
        Self::Note,
    ];
}

/// Statements and decisions that an attempt takes, which must find nothing.
async fn work(records: &Records, attempt: Attempt, actor: &str, id: &RecordId) -> (u64, u64) {
    let before = records.work();
    let asking = asking(actor);
    let second = RecordId::parse(&"1".repeat(32)).unwrap();
    let change = Change { subject_area: "E01005743".to_owned(), body: b"mine".to_vec() };
    let somebody = person("a", Capacity::Subject, &[]);
    let failed = match attempt {
        Attempt::Consult => records.consult(asking, id).await.err(),
        Attempt::Disclose => records.disclose(asking, id, "police").await.err(),
        Attempt::Alter => records.alter(asking, id, 1, change).await.err(),
        Attempt::Erase => records.erase(asking, id).await.err(),
        Attempt::Hold => records.hold(asking, id, "legal-claim", "why").await.err(),
        Attempt::Holds => records.holds(asking, id).await.err(),
        Attempt::Lift => records.lift(asking, id, "hold").await.err(),
        Attempt::Links => records.links(asking, id).await.err(),
        Attempt::Combine => records.combine(asking, id, &second, "kind").await.err(),
        Attempt::Separate => records.separate(asking, id, &second).await.err(),
        Attempt::Declare => records.declare_subject(asking, id, &somebody).await.err(),
        Attempt::Retract => records.retract_subject(asking, id, "a").await.err(),
        Attempt::Note => records.note_event(asking, id, "closed", scene::TODAY).await.err(),
    };
    assert!(matches!(failed, Some(RecordsError::NotFound { .. })), "{attempt:?}: {failed:?}");
    let after = records.work();
    (after.statements - before.statements, after.decisions - before.decisions)
}

#[test]
fn rules_that_say_nonsense_are_refused() {
    let check = |retention: &str, message: &str| {
        let error = Protection::read("", retention, "").unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    };
    check(&RETENTION.replace("28 days", "a while"), "rule notes: \"a while\" is no time");
    check(&RETENTION.replace("28 days", "3 hours"), "is no time to be kept");
    check(&RETENTION.replace("28 days", "-28 days"), "is no time to be kept");
    check(&RETENTION.replace("\"notes\"", "\"cases-closed\""), "rule cases-closed stands twice");
    check(
        &RETENTION.replace("\"note\"", "\"asb-case\""),
        "cases-closed and notes say stands twice",
    );
    check(&RETENTION.replace("law =", "lore ="), "unknown field");
    // One after the other is no contradiction, and the one in force counts.
    let dated = RETENTION
        .replace(
            "category = \"asb-case\"\n",
            "category = \"asb-case\"\nin_force_to = \"2025-03-31\"\n",
        )
        .replace(
            "category = \"note\"\n",
            "category = \"asb-case\"\nin_force_from = \"2025-04-01\"\n",
        );
    let dated = Protection::read("", &dated, "").unwrap();
    let on =
        |day| dated.rule("asb-case", "landlord", Regime::UkGdpr, day).map(|one| one.id.as_str());
    assert_eq!(on(date(2025, 3, 31)), Some("cases-closed"));
    assert_eq!(on(date(2025, 4, 1)), Some("notes"));
    let told = Condition::Regime.to_string();
    assert!(told.contains("regime does not allow"), "{told}");
}
