//! Backups, taken while others write, and restored into either store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::date;
use wardmote_records::audit::Search;
use wardmote_records::backup::{BackupError, RecordKeys};
use wardmote_records::protection::Protection;
use wardmote_records::words::Operation;
use wardmote_records::{Keyring, Location, Records, RecordsError, Store};

use crate::postgres::{Cluster, on_both};
use crate::scene::{KEYS, asking, case, policies_with, records, reopened, second};

async fn taken(store: &Store) -> Vec<u8> {
    let mut file = Vec::new();
    store.backup(&mut file).await.unwrap();
    file
}

async fn keys_of(store: &Store) -> RecordKeys {
    let mut kept = String::new();
    let keep = |text: &str| {
        text.clone_into(&mut kept);
        Ok(())
    };
    store.keep_record_keys(keep).await.unwrap();
    RecordKeys::read(&mut kept.as_bytes()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_taken_while_writing_restores_to_the_same() {
    on_both(async |at| {
        let records = records(&at).await;
        let first = records.collect(asking("officer-one"), &case("the first")).await.unwrap();
        let ended = Arc::new(AtomicBool::new(false));
        let writer = tokio::spawn(write_until(records.clone(), ended.clone()));
        let mut files = Vec::new();
        while files.len() < 5 {
            files.push(taken(records.store()).await);
            // Between two that differ something was written.
            files.dedup();
        }
        ended.store(true, Ordering::Relaxed);
        assert!(writer.await.unwrap() > 0);
        // The newest keys open every older backup.
        let keys = keys_of(records.store()).await;
        for file in files {
            let folder = tempfile::tempdir().unwrap();
            let into = Location::Sqlite(folder.path().join("restored.db"));
            let store = Store::open(&into).await.unwrap();
            let restored = store.restore(&mut file.as_slice(), &keys, second(9)).await.unwrap();
            assert_eq!(restored.erased, 0);
            assert!(taken(&store).await == file, "another state came back");
            let held = reopened(store).consult(asking("officer-one"), &first.id).await.unwrap();
            assert_eq!(held.body, b"the first");
        }
    })
    .await;
}

async fn write_until(records: Records, ended: Arc<AtomicBool>) -> u32 {
    let mut written = 0;
    while !ended.load(Ordering::Relaxed) || written == 0 {
        records.collect(asking("officer-one"), &case(&written.to_string())).await.unwrap();
        written += 1;
    }
    written
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partnership_moves_from_sqlite_to_postgresql_by_its_backup() {
    let Some(cluster) = Cluster::get() else { return };
    let folder = tempfile::tempdir().unwrap();
    let records = records(&Location::Sqlite(folder.path().join("records.db"))).await;
    let made = records.collect(asking("officer-one"), &case("moves")).await.unwrap();
    let file = taken(records.store()).await;
    let store = Store::open(&cluster.database()).await.unwrap();
    let keys = keys_of(records.store()).await;
    store.restore(&mut file.as_slice(), &keys, second(9)).await.unwrap();
    assert!(taken(&store).await == file);
    let held = reopened(store).consult(asking("officer-one"), &made.id).await.unwrap();
    assert_eq!(held.body, b"moves");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_or_not_wanted_is_refused() {
    on_both(async |at| {
        let records = records(&at).await;
        records.collect(asking("officer-one"), &case("kept")).await.unwrap();
        let file = taken(records.store()).await;
        let keys = &keys_of(records.store()).await;
        let again = records.store().restore(&mut file.as_slice(), keys, second(9)).await;
        assert!(matches!(again, Err(BackupError::NotEmpty)), "{again:?}");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Sqlite(folder.path().join("new.db"))).await.unwrap();
        let cut = &file[..file.len() - 200];
        let restored = store.restore(&mut &cut[..], keys, second(9)).await;
        assert!(matches!(restored, Err(BackupError::Broken { .. })), "{restored:?}");
        let text = String::from_utf8(file.clone()).unwrap();
        let edited = text.replace("Invented Analyst", "Another Analyst");
        let restored = store.restore(&mut edited.as_bytes(), keys, second(9)).await;
        assert!(matches!(restored, Err(BackupError::Broken { .. })), "{restored:?}");
        // Keys that are older than the backup are not taken for those of erased records.
        let none = &RecordKeys::default();
        let restored = store.restore(&mut file.as_slice(), none, second(9)).await;
        assert!(matches!(restored, Err(BackupError::KeysTooOld { records: 1 })), "{restored:?}");
        // What failed left the store as new as it was.
        store.restore(&mut file.as_slice(), keys, second(9)).await.unwrap();
    })
    .await;
}

const RETENTION: &str = r#"
[[rules]]
id = "cases"
category = "asb-case"
keep = "1 day"
counted_from = "closed"
law = "an invented policy"
checked = "2026-11-30"
"#;

/// An erasure reaches the backups that were taken before: the newest keys do not open the record, a
/// restore erases it again, and its words are in neither file.
#[tokio::test(flavor = "multi_thread")]
async fn an_erased_record_does_not_come_back_from_a_backup() {
    on_both(async |at| {
        let records = records(&at).await;
        let officer = asking("officer-one");
        let by_rule = records.collect(officer, &case("erased by a rule")).await.unwrap();
        records.note_event(officer, &by_rule.id, "closed", date(2025, 3, 1)).await.unwrap();
        let by_hand = records.collect(officer, &case("erased by hand")).await.unwrap();
        let stays = records.collect(officer, &case("stays")).await.unwrap();
        let before = taken(records.store()).await;
        let keys_before = keys_of(records.store()).await;
        records.erase(officer, &by_hand.id).await.unwrap();
        let rules = Protection::read("", RETENTION, "").unwrap();
        let done = records.store().erase_due(&rules, second(60), date(2025, 3, 18)).await.unwrap();
        assert_eq!(done.due.len(), 1);
        let newest = keys_of(records.store()).await;
        assert_ne!(newest, keys_before);
        let folder = tempfile::tempdir().unwrap();
        let into = Location::Sqlite(folder.path().join("restored.db"));
        let store = Store::open(&into).await.unwrap();
        let restored = store.restore(&mut before.as_slice(), &newest, second(99)).await.unwrap();
        assert_eq!(restored.erased, 2);
        let again = reopened(store.clone());
        for gone in [&by_rule.id, &by_hand.id] {
            let answer = again.consult(officer, gone).await;
            assert!(matches!(answer, Err(RecordsError::NotFound { .. })), "{answer:?}");
        }
        assert_eq!(again.consult(officer, &stays.id).await.unwrap().body, b"stays");
        // The restored log says so, and is whole.
        assert_eq!(store.verify_audit(&[]).await.unwrap().faults, []);
        let search = Search { operation: Some(Operation::Erasure), ..Search::default() };
        let log = store.search_audit(&search).await.unwrap();
        let why: Vec<&str> = log.iter().filter_map(|one| one.policy.as_deref()).collect();
        assert_eq!(log.len(), 2);
        assert!(log.iter().all(|one| one.purpose == "restore"));
        assert!(why.contains(&"retention/cases") && why.contains(&"landlord-2024/1"), "{why:?}");
        // Its own next file of keys still says what was erased.
        assert_eq!(keys_of(&store).await, newest);
        // What is promised, and no more: whoever kept the keys of then can read what was.
        let other = Store::open(&Location::Sqlite(folder.path().join("then.db"))).await.unwrap();
        other.restore(&mut before.as_slice(), &keys_before, second(99)).await.unwrap();
        let then = Records::new(other, Keyring::parse(KEYS).unwrap(), policies_with(PERMIT));
        assert_eq!(then.consult(officer, &by_hand.id).await.unwrap().body, b"erased by hand");
    })
    .await;
}

const PERMIT: &str = r#"
[[permits]]
operations = ["consultation"]
from = ["landlord"]
to = ["landlord"]
roles = ["officer"]
categories = ["asb-case"]
markings = ["OFFICIAL-SENSITIVE"]
"#;
