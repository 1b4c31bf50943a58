//! Many at once, and the power cut off.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use jiff::civil::date;
use wardmote_records::{Change, Location, RecordId, Records, RecordsError, Store};

use crate::load;
use crate::postgres::{Cluster, on_both};
use crate::scene::{asking, case, records, reopened, second};

/// Each accepted change is in the end state, or was superseded by one who had seen it; the log has
/// each; and a backup that was taken meanwhile restores to what had been accepted then.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_people_at_once_lose_nothing() {
    on_both(async |at| {
        let records = records(&at).await;
        let time = Duration::from_secs(3);
        let (mut load, (backup, keys)) =
            tokio::join!(load::run(&records, time), load::backed_up(&records, time / 2));
        assert!(load.conflicts > 0, "nobody met anybody, so nothing was tested");
        assert!(load.accepted() > load::SHARED, "nobody was first");
        let all = load.check(&records, true).await;
        assert_eq!(all, load.accepted());
        let folder = tempfile::tempdir().unwrap();
        let restored = Store::open(&Location::Sqlite(folder.path().join("r.db"))).await.unwrap();
        restored.restore(&mut backup.as_slice(), &keys, second(9)).await.unwrap();
        let then = load.check(&reopened(restored), false).await;
        assert!(0 < then && then <= all, "{then} of {all}");
    })
    .await;
}

const WHERE: &str = "WARDMOTE_RECORDS_TEST_STORE";

/// The writer that is killed: it says each change when its transaction is committed, with the
/// record's version, or 0 for one that was erased.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the tests below, in a process of its own"]
async fn writes_until_it_is_killed() {
    let at = Location::parse(&std::env::var(WHERE).unwrap());
    let records = reopened(Store::open(&at).await.unwrap());
    let officer = asking("officer-one");
    for number in 0_u32.. {
        let made = records.collect(officer, &case(&number.to_string())).await.unwrap();
        println!("\ncommitted {} 1", made.id);
        records.note_event(officer, &made.id, "closed", date(2025, 3, 1)).await.unwrap();
        if number % 2 == 0 {
            let body = b"changed".to_vec();
            let change = Change { subject_area: "E01005743".to_owned(), body };
            records.alter(officer, &made.id, 1, change).await.unwrap();
            println!("\ncommitted {} 2", made.id);
        }
        if number % 3 == 0 {
            records.erase(officer, &made.id).await.unwrap();
            println!("\ncommitted {} 0", made.id);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_is_killed_leaves_all_that_was_committed_and_a_whole_chain() {
    on_both(async |at| {
        let records = records(&at).await;
        let mut committed = 0;
        for kill_after in [3, 8, 21] {
            let mut writer = Writer::start(&at);
            writer.wait_for(kill_after);
            writer.0.kill().unwrap();
            let said = writer.rest();
            assert!(said.len() >= kill_after);
            committed += said.len();
            check(&records, &said, committed).await;
        }
    })
    .await;
}

/// The server itself is killed (SIGKILL), with all that it holds in memory.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_of_postgresql_that_is_killed_comes_back_with_all_that_was_committed() {
    let Some(cluster) = Cluster::durable() else { return };
    let at = cluster.database();
    let first = records(&at).await;
    first.store().close().await;
    let mut committed = 0;
    for kill_after in [5, 17] {
        let mut writer = Writer::start(&at);
        writer.wait_for(kill_after);
        cluster.kill_and_restart();
        // It may have lost no statement, and gone on with the server that is there again.
        writer.0.kill().unwrap();
        let said = writer.rest();
        assert!(said.len() >= kill_after);
        committed += said.len();
        let records = reopened(Store::open(&at).await.unwrap());
        check(&records, &said, committed).await;
        records.store().close().await;
    }
}

/// What was said to be committed is there, and the chain is whole.
async fn check(records: &Records, said: &[(RecordId, i64)], committed: usize) {
    let last: BTreeMap<&RecordId, i64> = said.iter().map(|(id, version)| (id, *version)).collect();
    let (newest, _) = said.last().unwrap();
    for (id, version) in last {
        let found = records.consult(asking("officer-one"), id).await;
        match found {
            // The next change of the last one may be there without having been said.
            Ok(held) if id == newest => assert!(version > 0 && held.listed.version >= version),
            Ok(held) => assert_eq!(held.listed.version, version),
            Err(RecordsError::NotFound { .. }) => assert!(version == 0 || id == newest),
            Err(other) => panic!("{other}"),
        }
    }
    let verification = records.store().verify_audit(&[]).await.unwrap();
    assert_eq!(verification.faults, []);
    assert!(verification.entries > committed);
}

/// The writer in a process of its own, with what it has said.
struct Writer(Child, Lines<BufReader<ChildStdout>>, Vec<(RecordId, i64)>);

impl Writer {
    fn start(at: &Location) -> Self {
        let address = match at {
            Location::Sqlite(path) => path.display().to_string(),
            Location::Postgres(address) => address.clone(),
        };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["durability::writes_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
            .env(WHERE, address)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self(child, lines, Vec::new())
    }

    fn wait_for(&mut self, most: usize) {
        while self.2.len() < most {
            let line = self.1.next().expect("the writer ended by itself").unwrap();
            self.2.extend(committed(&line));
        }
    }

    /// What it said until its end.
    fn rest(mut self) -> Vec<(RecordId, i64)> {
        self.0.wait().unwrap();
        self.2.extend(self.1.map_while(Result::ok).filter_map(|line| committed(&line)));
        self.2
    }
}

/// A line that was cut off in the middle is no promise.
fn committed(line: &str) -> Option<(RecordId, i64)> {
    let (id, version) = line.strip_prefix("committed ")?.split_once(' ')?;
    Some((RecordId::parse(id)?, version.parse().ok()?))
}
