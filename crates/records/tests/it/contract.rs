//! One contract, held against both stores.

use std::collections::BTreeMap;

use jiff::civil::date;
use wardmote_records::audit::{Checkpoint, Fault, Search};
use wardmote_records::policy::Condition;
use wardmote_records::words::{Operation, Outcome};
use wardmote_records::{Asking, Change, Keyring, Location, Records, RecordsError, Store};

use crate::postgres::on_both;
use crate::scene::{self, KEYS, asking, case, records, second};

fn change(body: &str) -> Change {
    Change { subject_area: "E01005744".to_owned(), body: body.as_bytes().to_vec() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_is_made_read_changed_and_erased() {
    on_both(async |at| {
        let records = records(&at).await;
        let officer = asking("officer-one");
        let made = records.collect(officer, &case("noise at night")).await.unwrap();
        assert_eq!(made.version, 1);
        let held = records.consult(asking("analyst-one"), &made.id).await.unwrap();
        assert_eq!(held.body, b"noise at night");
        assert_eq!(held.listed, made);
        let changed = records.alter(officer, &made.id, 1, change("it went on")).await.unwrap();
        assert_eq!((changed.version, changed.subject_area.as_str()), (2, "E01005744"));
        let held = records.consult(officer, &made.id).await.unwrap();
        assert_eq!((held.body, held.listed), (b"it went on".to_vec(), changed));
        records.erase(officer, &made.id).await.unwrap();
        let gone = records.consult(officer, &made.id).await;
        assert!(matches!(gone, Err(RecordsError::NotFound { reason: None })));

        let log = records.store().search_audit(&Search::default()).await.unwrap();
        let of_the_record: Vec<(Operation, Outcome, &str, Option<i64>)> = log
            .iter()
            .filter(|entry| entry.subject == made.id.to_string())
            .map(|entry| (entry.operation, entry.outcome, entry.actor.as_str(), entry.version))
            .collect();
        let (done, refused) = (Outcome::Done, Outcome::Refused);
        let expected = [
            (Operation::Collection, done, "officer-one", Some(1)),
            (Operation::Consultation, done, "analyst-one", Some(1)),
            (Operation::Alteration, done, "officer-one", Some(2)),
            (Operation::Consultation, done, "officer-one", Some(2)),
            (Operation::Erasure, done, "officer-one", Some(2)),
            (Operation::Consultation, refused, "officer-one", None),
        ];
        assert_eq!(of_the_record, expected);
        let by_the_analyst = log.iter().find(|entry| entry.actor == "analyst-one").unwrap();
        assert_eq!(by_the_analyst.policy.as_deref(), Some("landlord-2024/2"));
        assert_eq!(by_the_analyst.purpose, scene::PURPOSE);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_writers_is_shown_both() {
    on_both(async |at| {
        let records = records(&at).await;
        let officer = asking("officer-one");
        let made = records.collect(officer, &case("first words")).await.unwrap();
        records.alter(officer, &made.id, 1, change("theirs")).await.unwrap();
        let late = records.alter(officer, &made.id, 1, change("yours")).await;
        let Err(RecordsError::Conflict { yours, theirs }) = late else { panic!("{late:?}") };
        assert_eq!(*yours, change("yours"));
        assert_eq!((theirs.body.as_slice(), theirs.listed.version), (b"theirs".as_slice(), 2));
        records.alter(officer, &made.id, 2, change("both")).await.unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_finds_nothing_and_only_protection_officers_learn_why() {
    on_both(async |at| {
        let records = records(&at).await;
        let made = records.collect(asking("officer-one"), &case("a secret")).await.unwrap();
        let after_the_role = Asking { today: date(2025, 7, 1), ..asking("analyst-one") };
        let for_another_purpose = Asking { purpose: "curiosity", ..asking("analyst-one") };
        let typed = Asking { purpose: "What A. N. Other said", ..asking("analyst-one") };
        for refused in [after_the_role, for_another_purpose, typed, asking("nobody-known")] {
            let answer = records.consult(refused, &made.id).await;
            assert!(matches!(answer, Err(RecordsError::NotFound { reason: None })), "{answer:?}");
        }
        let analyst = asking("analyst-one");
        let answer = records.alter(analyst, &made.id, 1, change("mine")).await;
        assert!(matches!(answer, Err(RecordsError::NotFound { reason: None })));
        assert!(records.erase(analyst, &made.id).await.is_err());
        assert!(records.collect(analyst, &case("mine")).await.is_err());
        let told = records.consult(asking("protector-one"), &made.id).await;
        let Err(RecordsError::NotFound { reason: Some(reason) }) = told else { panic!("{told:?}") };
        assert_eq!(reason.nearest.as_deref(), Some("landlord-2024/2"));
        assert_eq!(reason.failed, Some(Condition::Role));
        // All that was refused is in the log, and the record is as it was.
        let log = records.store().search_audit(&Search::default()).await.unwrap();
        assert_eq!(log.iter().filter(|entry| entry.outcome == Outcome::Refused).count(), 8);
        assert!(log.iter().all(|entry| !entry.purpose.contains("Other")));
        let held = records.consult(analyst, &made.id).await.unwrap();
        assert_eq!((held.body.as_slice(), held.listed.version), (b"a secret".as_slice(), 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosure_names_its_recipient() {
    on_both(async |at| {
        let records = records(&at).await;
        let made = records.collect(asking("officer-one"), &case("for the police")).await.unwrap();
        records.disclose(asking("analyst-one"), &made.id, "police").await.unwrap();
        let search = Search { recipient: Some("police".to_owned()), ..Search::default() };
        let found = records.store().search_audit(&search).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].operation, Operation::Disclosure);
        assert_eq!(found[0].subject, made.id.to_string());
        // Only to a party of the agreement that permits it.
        let elsewhere = records.disclose(asking("analyst-one"), &made.id, "newspaper").await;
        assert!(matches!(elsewhere, Err(RecordsError::NotFound { .. })), "{elsewhere:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_and_the_old_one_can_then_go() {
    on_both(async |at| {
        let records = records(&at).await;
        let made = records.collect(asking("officer-one"), &case("kept")).await.unwrap();
        let line = Keyring::new_line("second").unwrap();
        let with = |keys: &str| {
            let policies = wardmote_records::policy::Policies::new(scene::agreements()).unwrap();
            Records::new(records.store().clone(), Keyring::parse(keys).unwrap(), policies)
        };
        let only_new = with(&line);
        assert!(matches!(
            only_new.consult(asking("officer-one"), &made.id).await,
            Err(RecordsError::Seal(_))
        ));
        assert_eq!(with(&format!("{KEYS}{line}")).rotate_keys(second(9)).await.unwrap(), 1);
        let held = only_new.consult(asking("officer-one"), &made.id).await.unwrap();
        assert_eq!(held.body, b"kept");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_are_remembered_and_hold() {
    on_both(async |at| {
        let store = Store::open(&at).await.unwrap();
        assert_eq!(store.audit_checkpoint(second(1)).await.unwrap(), None);
        let records = records(&at).await;
        let checkpoint = store.audit_checkpoint(second(2)).await.unwrap().unwrap();
        records.collect(asking("officer-one"), &case("later")).await.unwrap();
        let verified = store.verify_audit(std::slice::from_ref(&checkpoint)).await.unwrap();
        assert_eq!(verified.faults, []);
        assert_eq!(verified.checkpointed, Some(checkpoint.sequence));
        let forged = Checkpoint { hash: "0".repeat(64), ..checkpoint.clone() };
        let verified = store.verify_audit(&[forged]).await.unwrap();
        assert_eq!(verified.faults, [Fault::Rewritten { sequence: checkpoint.sequence }]);
        let further = Checkpoint { sequence: 99, ..checkpoint };
        let verified = store.verify_audit(&[further]).await.unwrap();
        let last = verified.entries as i64;
        assert_eq!(verified.faults, [Fault::Truncated { last, expected: 99 }]);
    })
    .await;
}

/// A text that is put back after another was in force is in force anew, from then on.
#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_that_is_put_back_is_noted_anew() {
    on_both(async |at| {
        let store = Store::open(&at).await.unwrap();
        let texts = |text: &str| BTreeMap::from([("landlord-2024".to_owned(), text.to_owned())]);
        let (old, new) = (texts("the old text"), texts("the new text"));
        assert_eq!(store.agreements_not_noted(&old).await.unwrap(), ["landlord-2024"]);
        assert_eq!(store.note_agreements(&old, second(0)).await.unwrap(), 1);
        assert_eq!(store.note_agreements(&old, second(1)).await.unwrap(), 0);
        assert_eq!(store.note_agreements(&new, second(2)).await.unwrap(), 1);
        assert_eq!(store.agreements_not_noted(&old).await.unwrap(), ["landlord-2024"]);
        // A clock that went back does not hide which was noted last.
        assert_eq!(store.note_agreements(&old, second(1)).await.unwrap(), 1);
        assert_eq!(store.agreements_not_noted(&old).await.unwrap(), [""; 0]);
        assert_eq!(store.agreements_not_noted(&new).await.unwrap(), ["landlord-2024"]);
        let (one, other) = tokio::join!(
            store.note_agreements(&new, second(3)),
            store.note_agreements(&new, second(3))
        );
        assert_eq!(one.unwrap() + other.unwrap(), 1);
        let search =
            Search { subject: Some("agreement/landlord-2024".to_owned()), ..Search::default() };
        let log = store.search_audit(&search).await.unwrap();
        let subjects: Vec<&str> = log.iter().map(|entry| entry.subject.as_str()).collect();
        assert_eq!(subjects.len(), 4, "{subjects:?}");
        assert!(subjects[0] == subjects[2] && subjects[1] == subjects[3], "{subjects:?}");
        assert_ne!(subjects[0], subjects[1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_a_body_lies_open_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let records = records(&Location::Sqlite(path.clone())).await;
    let made = records.collect(asking("officer-one"), &case("UNMISTAKABLE WORDS")).await.unwrap();
    records.alter(asking("officer-one"), &made.id, 1, change("OTHER WORDS")).await.unwrap();
    records.store().close().await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(5).any(|part| part == b"WORDS"));
    }
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.windows(8).any(|part| part == b"asb-case"));
}
