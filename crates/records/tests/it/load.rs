//! Fifty people at once, for a time: what was accepted is there, or was superseded by somebody who
//! had seen it, and the log has each. Also run by `examples/load.rs`, for longer.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wardmote_records::audit::{Entry, Search};
use wardmote_records::backup::RecordKeys;
use wardmote_records::people::{Organisation, Person, Role, Staff};
use wardmote_records::words::{Operation, Outcome};
use wardmote_records::{Change, Listed, RecordId, Records, RecordsError};

use crate::scene::{asking, case, second};

/// How many people.
pub(crate) const PEOPLE: usize = 50;
/// How many records they share; so that they meet.
pub(crate) const SHARED: usize = 12;

/// A change that the store accepted.
#[derive(Debug, Clone)]
pub(crate) struct Accepted {
    by: String,
    version: i64,
    body: Vec<u8>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// The accepted changes of each record, the first being its making.
    accepted: BTreeMap<RecordId, Vec<Accepted>>,
    /// How often somebody else had been first.
    pub(crate) conflicts: usize,
    /// How long each change took that was accepted.
    pub(crate) took: Vec<Duration>,
}

impl Load {
    /// Changes and makings together.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.values().map(Vec::len).sum()
    }
}

/// Has fifty people edit the same records, and make some of their own, for a time.
pub(crate) async fn run(records: &Records, time: Duration) -> Load {
    records.store().load_staff(&staff(), second(0)).await.unwrap();
    let mut shared = Vec::new();
    let mut load = Load::default();
    for number in 0..SHARED {
        let body = json!({ "shared": number }).to_string();
        let made = records.collect(asking("editor-00"), &case(&body)).await.unwrap();
        load.note(&made, "editor-00", body.into_bytes());
        shared.push(made.id);
    }
    let until = Instant::now() + time;
    let people: Vec<_> = (0..PEOPLE)
        .map(|number| tokio::spawn(work(records.clone(), shared.clone(), number, until)))
        .collect();
    for person in people {
        let theirs = person.await.unwrap();
        for (id, accepted) in theirs.accepted {
            load.accepted.entry(id).or_default().extend(accepted);
        }
        load.conflicts += theirs.conflicts;
        load.took.extend(theirs.took);
    }
    load.took.sort_unstable();
    load
}

/// A backup taken after a time, while others write, with the keys as they are then.
pub(crate) async fn backed_up(records: &Records, after: Duration) -> (Vec<u8>, RecordKeys) {
    tokio::time::sleep(after).await;
    // On a busy machine it may take longer until somebody changed something.
    let altered = Search { operation: Some(Operation::Alteration), ..Search::default() };
    for _ in 0..1_000 {
        if !records.store().search_audit(&altered).await.unwrap().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut file = Vec::new();
    records.store().backup(&mut file).await.unwrap();
    let mut kept = String::new();
    let keep = |text: &str| {
        text.clone_into(&mut kept);
        Ok(())
    };
    records.store().keep_record_keys(keep).await.unwrap();
    (file, RecordKeys::read(&mut kept.as_bytes()).unwrap())
}

fn staff() -> Staff {
    let name = "Invented Homes".to_owned();
    let organisations = vec![Organisation { id: "landlord".to_owned(), name }];
    let person = |number| Person {
        id: editor(number),
        name: format!("Invented Editor {number}"),
        organisation: "landlord".to_owned(),
        roles: vec![Role {
            role: "officer".to_owned(),
            from: jiff::civil::date(2024, 1, 1),
            to: None,
        }],
    };
    Staff { organisations, people: (0..PEOPLE).map(person).collect() }
}

fn editor(number: usize) -> String {
    format!("editor-{number:02}")
}

async fn work(records: Records, shared: Vec<RecordId>, number: usize, until: Instant) -> Load {
    let me = editor(number);
    let mut load = Load::default();
    let mut turn = number;
    while Instant::now() < until {
        turn = turn.wrapping_mul(1_103_515_245).wrapping_add(12_345);
        if (turn >> 8).is_multiple_of(10) {
            let body = json!({ "own": me, "turn": turn }).to_string();
            let made = records.collect(asking(&me), &case(&body)).await.unwrap();
            load.note(&made, &me, body.into_bytes());
            continue;
        }
        let id = &shared[(turn >> 8) % shared.len()];
        let held = records.consult(asking(&me), id).await.unwrap();
        // What somebody types after reading says what they had read.
        let seen = String::from_utf8(held.body).unwrap();
        let body = json!({ "by": me, "saw": held.listed.version, "seen": digest(&seen) });
        let body = body.to_string().into_bytes();
        let change = Change { subject_area: "E01005743".to_owned(), body: body.clone() };
        let start = Instant::now();
        match records.alter(asking(&me), id, held.listed.version, change).await {
            Ok(listed) => {
                load.took.push(start.elapsed());
                load.note(&listed, &me, body);
            }
            Err(RecordsError::Conflict { theirs, yours }) => {
                assert_eq!(yours.body, body, "what was typed came back otherwise");
                assert!(theirs.listed.version > held.listed.version);
                load.conflicts += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    load
}

impl Load {
    fn note(&mut self, listed: &Listed, by: &str, body: Vec<u8>) {
        let accepted = Accepted { by: by.to_owned(), version: listed.version, body };
        self.accepted.entry(listed.id.clone()).or_default().push(accepted);
    }

    /// Holds a store against what was accepted: all of it, or, for one restored from a backup that
    /// was taken meanwhile, as much as had been accepted then. Answers how many changes are in it.
    pub(crate) async fn check(&mut self, records: &Records, is_all: bool) -> usize {
        let store = records.store();
        assert_eq!(store.verify_audit(&[]).await.unwrap().faults, []);
        let log = store.search_audit(&Search::default()).await.unwrap();
        let numbers: Vec<i64> = log.iter().map(|entry| entry.sequence).collect();
        assert_eq!(numbers, (1..=log.len() as i64).collect::<Vec<_>>());
        let mut logged: BTreeMap<(String, i64), &Entry> = BTreeMap::new();
        for entry in &log {
            let writes = [Operation::Collection, Operation::Alteration].contains(&entry.operation);
            if writes && entry.outcome == Outcome::Done {
                let of = (entry.subject.clone(), entry.version.unwrap());
                assert!(logged.insert(of, entry).is_none(), "a change stands twice in the log");
            }
        }
        let mut count = 0;
        for (id, accepted) in &mut self.accepted {
            accepted.sort_by_key(|one| one.version);
            let versions: Vec<i64> = accepted.iter().map(|one| one.version).collect();
            assert_eq!(versions, (1..=accepted.len() as i64).collect::<Vec<_>>(), "{id}");
            let held = match records.consult(asking("editor-00"), id).await {
                Ok(held) => held,
                Err(RecordsError::NotFound { .. }) if !is_all => continue,
                Err(other) => panic!("{other}"),
            };
            let last = usize::try_from(held.listed.version).unwrap();
            assert!(!is_all || last == accepted.len(), "{id} is at another version");
            assert_eq!(held.body, accepted[last - 1].body, "{id}: the last change is another");
            for (index, one) in accepted[..last].iter().enumerate() {
                let entry = logged.remove(&(id.to_string(), one.version)).unwrap();
                assert_eq!(entry.actor, one.by);
                // Whoever superseded a change had seen it.
                let says: Value = serde_json::from_slice(&one.body).unwrap();
                if index > 0 {
                    assert_eq!(says["saw"], one.version - 1);
                    let before = String::from_utf8(accepted[index - 1].body.clone()).unwrap();
                    assert_eq!(says["seen"], digest(&before));
                }
                count += 1;
            }
        }
        assert!(logged.is_empty(), "the log has changes that nobody was told of: {logged:?}");
        count
    }
}

/// Enough to tell bodies apart.
fn digest(text: &str) -> u64 {
    text.bytes().fold(14_695_981_039_346_656_037, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
    })
}
