//! Has fifty people edit the same records at once, and says what came of it.
//!
//! `cargo run --release -p wardmote-records --example load -- STORE [seconds]`: STORE is a new file
//! or an empty database as `postgres://...`; 30 seconds if none are given. A backup is taken in the
//! middle, restored and held against what had been accepted. Anything lost is a panic.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    reason = "what cannot go on has failed; counts are small"
)]

#[path = "../tests/it/load.rs"]
mod load;
#[path = "../tests/it/scene.rs"]
#[expect(dead_code, reason = "the tests need more of the scene")]
mod scene;

use std::time::Duration;

use wardmote_records::{Location, Store};

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [store, rest @ ..] = words.as_slice() else { panic!("name a store") };
    let seconds: u64 = rest.first().map_or(30, |word| word.parse().unwrap());
    let records = scene::records(&Location::parse(store)).await;
    let time = Duration::from_secs(seconds);
    let (mut result, (backup, keys)) =
        tokio::join!(load::run(&records, time), load::backed_up(&records, time / 2));
    let count = result.check(&records, true).await;
    let (accepted, conflicts) = (result.accepted(), result.conflicts);
    assert_eq!(count, accepted);
    println!(
        "{} people, {seconds} s: {accepted} changes accepted, {conflicts} times somebody else was first; all are there, and in the log",
        load::PEOPLE
    );
    let at = |percent: usize| result.took[result.took.len() * percent / 100].as_secs_f64() * 1e3;
    println!("a change took {:.1} ms (median), {:.1} ms (p99)", at(50), at(99));
    let folder = tempfile::tempdir().unwrap();
    let restored = Store::open(&Location::Sqlite(folder.path().join("restored.db"))).await.unwrap();
    restored.restore(&mut backup.as_slice(), &keys, scene::second(9)).await.unwrap();
    let then = result.check(&scene::reopened(restored), false).await;
    println!("the backup that was taken meanwhile holds the {then} changes accepted by then");
}
