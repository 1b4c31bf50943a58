//! Many at once, and the power cut off.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use wardmote_records::{Change, Location, RecordId, Records, RecordsError, Store};

use crate::postgres::on_both;
use crate::scene::{asking, case, records, reopened};

const EDITORS: usize = 50;
const EDITS: usize = 2;

/// Each of fifty adds lines to one record, and adds them again whenever somebody else was first.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_editors_at_once_lose_nothing() {
    on_both(async |at| {
        let records = records(&at).await;
        let made = records.collect(asking("officer-one"), &case("")).await.unwrap();
        let editors: Vec<_> = (0..EDITORS)
            .map(|editor| tokio::spawn(edit(records.clone(), made.id.clone(), editor)))
            .collect();
        let mut conflicts = 0;
        for editor in editors {
            conflicts += editor.await.unwrap();
        }
        let held = records.consult(asking("officer-one"), &made.id).await.unwrap();
        let text = String::from_utf8(held.body).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), EDITORS * EDITS);
        assert_eq!(held.listed.version, (EDITORS * EDITS) as i64 + 1);
        assert!(conflicts > 0, "nobody met anybody, so nothing was tested");
        assert_eq!(records.store().verify_audit(&[]).await.unwrap().faults, []);
    })
    .await;
}

async fn edit(records: Records, id: RecordId, editor: usize) -> usize {
    let officer = asking("officer-one");
    let mut conflicts = 0;
    let mut held = records.consult(officer, &id).await.unwrap();
    for number in 0..EDITS {
        let line = format!("{editor} {number}\n");
        loop {
            let body = [held.body.as_slice(), line.as_bytes()].concat();
            let change = Change { subject_area: "E01005743".to_owned(), body };
            let version = held.listed.version;
            match records.alter(officer, &id, version, change.clone()).await {
                Ok(listed) => {
                    held.listed = listed;
                    held.body = change.body;
                    break;
                }
                Err(RecordsError::Conflict { theirs, .. }) => {
                    conflicts += 1;
                    held = *theirs;
                }
                Err(other) => panic!("{other}"),
            }
        }
    }
    conflicts
}

const WHERE: &str = "WARDMOTE_RECORDS_TEST_STORE";

/// The writer that is killed: it says each record's id when its transaction is committed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test below, in a process of its own"]
async fn writes_until_it_is_killed() {
    let at = Location::parse(&std::env::var(WHERE).unwrap());
    let records = reopened(Store::open(&at).await.unwrap());
    for number in 0_u32.. {
        let made =
            records.collect(asking("officer-one"), &case(&number.to_string())).await.unwrap();
        println!("\ncommitted {}", made.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_that_is_killed_leaves_all_that_was_committed_and_a_whole_chain() {
    on_both(async |at| {
        let records = records(&at).await;
        let address = match &at {
            Location::Sqlite(path) => path.display().to_string(),
            Location::Postgres(address) => address.clone(),
        };
        let mut committed = 0;
        for kill_after in [3, 8, 21] {
            let ids = killed_after(&address, kill_after);
            assert!(ids.len() >= kill_after);
            committed += ids.len();
            for id in ids {
                records
                    .consult(asking("officer-one"), &RecordId::parse(&id).unwrap())
                    .await
                    .unwrap();
            }
            let verification = records.store().verify_audit(&[]).await.unwrap();
            assert_eq!(verification.faults, []);
            assert!(verification.entries > committed);
        }
    })
    .await;
}

/// Runs the writer, kills it (SIGKILL) in its work, and answers the ids that it had said.
fn killed_after(address: &str, most: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["durability::writes_until_it_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(WHERE, address)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut ids = Vec::new();
    while ids.len() < most {
        let line = lines.next().expect("the writer ended by itself").unwrap();
        ids.extend(line.strip_prefix("committed ").map(str::to_owned));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let rest = lines.map_while(Result::ok);
    // A line that was cut off in the middle is no promise.
    ids.extend(rest.filter_map(|line| {
        line.strip_prefix("committed ").filter(|id| id.len() == 32).map(str::to_owned)
    }));
    ids
}
