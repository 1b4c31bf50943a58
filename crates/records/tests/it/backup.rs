//! Backups, taken while others write, and restored into either store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wardmote_records::backup::BackupError;
use wardmote_records::{Location, Records, Store};

use crate::postgres::{Cluster, on_both};
use crate::scene::{asking, case, records, reopened};

async fn taken(store: &Store) -> Vec<u8> {
    let mut file = Vec::new();
    store.backup(&mut file).await.unwrap();
    file
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
        for file in files {
            let folder = tempfile::tempdir().unwrap();
            let into = Location::Sqlite(folder.path().join("restored.db"));
            let store = Store::open(&into).await.unwrap();
            store.restore(&mut file.as_slice()).await.unwrap();
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
    store.restore(&mut file.as_slice()).await.unwrap();
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
        let again = records.store().restore(&mut file.as_slice()).await;
        assert!(matches!(again, Err(BackupError::NotEmpty)), "{again:?}");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Sqlite(folder.path().join("new.db"))).await.unwrap();
        let cut = &file[..file.len() - 200];
        let restored = store.restore(&mut &cut[..]).await;
        assert!(matches!(restored, Err(BackupError::Broken { .. })), "{restored:?}");
        let text = String::from_utf8(file.clone()).unwrap();
        let edited = text.replace("Invented Analyst", "Another Analyst");
        let restored = store.restore(&mut edited.as_bytes()).await;
        assert!(matches!(restored, Err(BackupError::Broken { .. })), "{restored:?}");
        // What failed left the store as new as it was.
        store.restore(&mut file.as_slice()).await.unwrap();
    })
    .await;
}
