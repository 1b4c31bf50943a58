//! Whatever is done to a log is found and named.

use jiff::Timestamp;
use proptest::prelude::*;
use wardmote_records::audit::{Checkpoint, Entry, Fault, Search, Verification, verify};
use wardmote_records::words::{Operation, Outcome};

use crate::postgres::on_both;
use crate::scene::{asking, case, records, second};

/// A log as the store writes it: made once, and then harmed by the properties below.
fn log() -> &'static (Vec<Entry>, Checkpoint) {
    static LOG: std::sync::OnceLock<(Vec<Entry>, Checkpoint)> = std::sync::OnceLock::new();
    LOG.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let at = wardmote_records::Location::Sqlite(folder.path().join("records.db"));
            let records = records(&at).await;
            for number in 0..12 {
                let body = format!("case {number}");
                let made = records.collect(asking("officer-one"), &case(&body)).await.unwrap();
                records.consult(asking("analyst-one"), &made.id).await.unwrap();
                let _ = records.consult(asking("nobody"), &made.id).await;
                records.disclose(asking("analyst-one"), &made.id, "police").await.unwrap();
            }
            let checkpoint = records.store().audit_checkpoint(second(5)).await.unwrap().unwrap();
            let entries = records.store().search_audit(&Search::default()).await.unwrap();
            (entries, checkpoint)
        })
    })
}

fn verified(entries: &[Entry]) -> Verification {
    verify(entries, std::slice::from_ref(&log().1))
}

/// One field of an entry made another.
fn edit(entry: &mut Entry, field: u32) {
    let longer = |text: &str| Some(format!("{text}x"));
    match field {
        0 => entry.at = Timestamp::from_second(entry.at.as_second() + 1).unwrap(),
        1 => {
            entry.operation = match entry.operation {
                Operation::Erasure => Operation::Collection,
                _ => Operation::Erasure,
            }
        }
        2 => entry.actor.push('x'),
        3 => entry.recipient = entry.recipient.take().map_or_else(|| longer(""), |_| None),
        4 => entry.subject.push('x'),
        5 => entry.version = entry.version.map_or(Some(1), |_| None),
        6 => entry.purpose.push('x'),
        7 => entry.policy = entry.policy.take().map_or_else(|| longer(""), |_| None),
        8 => entry.previous = "0".repeat(63),
        9 => entry.hash = "f".repeat(64),
        _ => {
            entry.outcome = match entry.outcome {
                Outcome::Done => Outcome::Refused,
                Outcome::Refused => Outcome::Done,
            }
        }
    }
}

#[test]
fn a_log_that_was_left_alone_verifies() {
    let (entries, checkpoint) = log();
    let verification = verified(entries);
    assert_eq!(verification.faults, []);
    assert_eq!(verification.checkpointed, Some(checkpoint.sequence));
    assert!(entries.len() > 50);
}

proptest! {
    #[test]
    fn any_edit_is_found_and_named(at in any::<prop::sample::Index>(), field in 0_u32..11) {
        let mut entries = log().0.clone();
        let index = at.index(entries.len());
        let sequence = entries[index].sequence;
        edit(&mut entries[index], field);
        let faults = verified(&entries).faults;
        prop_assert!(faults.contains(&Fault::Edited { sequence }), "{faults:?}");
    }

    #[test]
    fn any_deletion_is_found_and_named(at in any::<prop::sample::Index>()) {
        let mut entries = log().0.clone();
        let index = at.index(entries.len() - 1);
        let sequence = entries.remove(index).sequence;
        let faults = verified(&entries).faults;
        prop_assert_eq!(faults, [Fault::Missing { first: sequence, last: sequence }]);
    }

    #[test]
    fn any_truncation_is_found_and_named(keep in any::<prop::sample::Index>()) {
        let mut entries = log().0.clone();
        let expected = entries.len() as i64;
        entries.truncate(keep.index(entries.len()));
        let last = entries.len() as i64;
        prop_assert_eq!(verified(&entries).faults, [Fault::Truncated { last, expected }]);
    }

    #[test]
    fn any_swap_is_found_and_named(
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let mut entries = log().0.clone();
        let (one, other) = (one.index(entries.len()), other.index(entries.len()));
        prop_assume!(one != other);
        let (first, second) = (entries[one].sequence, entries[other].sequence);
        entries.swap(one, other);
        // In the table the rows are read by number, so a swap is one of numbers.
        (entries[one].sequence, entries[other].sequence) = (first, second);
        let faults = verified(&entries).faults;
        let named = Fault::Moved { sequence: first, written_as: second };
        prop_assert!(faults.contains(&named), "{faults:?}");
    }
}

/// What somebody with the database in hand may do, through SQL.
#[tokio::test(flavor = "multi_thread")]
async fn harm_in_the_database_itself_is_found() {
    on_both(async |at| {
        let records = records(&at).await;
        for number in 0..3 {
            records.collect(asking("officer-one"), &case(&number.to_string())).await.unwrap();
        }
        let store = records.store();
        let checkpoint = [store.audit_checkpoint(second(5)).await.unwrap().unwrap()];
        let last = checkpoint[0].sequence;
        assert_eq!(store.verify_audit(&checkpoint).await.unwrap().faults, []);
        run(&at, "UPDATE audit_entries SET actor = 'somebody' WHERE sequence = 2").await;
        let faults = store.verify_audit(&checkpoint).await.unwrap().faults;
        assert_eq!(faults, [Fault::Edited { sequence: 2 }]);
        run(&at, "UPDATE audit_entries SET operation = 'nonsense' WHERE sequence = 3").await;
        let faults = store.verify_audit(&checkpoint).await.unwrap().faults;
        assert!(faults.contains(&Fault::Edited { sequence: 3 }), "{faults:?}");
        run(&at, &format!("DELETE FROM audit_entries WHERE sequence = {last}")).await;
        let faults = store.verify_audit(&checkpoint).await.unwrap().faults;
        assert!(faults.contains(&Fault::Truncated { last: last - 1, expected: last }));
        // Even where the store's own memory of its end is made to agree.
        run(&at, "DELETE FROM checkpoints").await;
        run(&at, &format!("UPDATE audit_head SET sequence = {}", last - 1)).await;
        let faults = store.verify_audit(&checkpoint).await.unwrap().faults;
        assert!(faults.contains(&Fault::Truncated { last: last - 1, expected: last }));
    })
    .await;
}

async fn run(at: &wardmote_records::Location, sql: &str) {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    match at {
        wardmote_records::Location::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
        wardmote_records::Location::Postgres(address) => {
            let pool = sqlx::PgPool::connect(address).await.unwrap();
            sqlx::query(sql).execute(&pool).await.unwrap();
        }
    }
}
