//! Says how long a page of a list takes in a store of many generated records.
//!
//! `cargo run --release -p wardmote-records --example lists -- partnerships/stockport-twin STORE
//! [records]`: fills STORE, a new file or an empty database as `postgres://...`, with so many records
//! (100,000 if not given) of all owners and kinds, and reads 400 pages of 50 as an analyst of the
//! council, who may see three kinds in five, and 400 as one of the police, who may see one record in
//! two thousand. Each page logs its restricted records.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use wardmote_records::backup::RecordKeys;
use wardmote_records::policy::{Agreements, Policies};
use wardmote_records::{Asking, Keyring, Location, Page, Records, Store};

const KINDS: [(&str, &str); 5] = [
    ("invented-landlord", "landlord-asb"),
    ("invented-police", "hate-crime"),
    ("invented-police", "bike-enabled-crime"),
    ("invented-health", "other"),
    ("invented-council", "marac"),
];

/// What the analysts of the police and the council may both see.
const RARE: (&str, &str) = ("invented-health", "assault-attendances");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, store, rest @ ..] = words.as_slice() else {
        return Err("name a partnership's folder and a store".into());
    };
    let count: u64 = rest.first().map_or(Ok(100_000), |word| word.parse())?;
    let store = Store::open(&Location::parse(store)).await?;
    let start = Instant::now();
    let keys = RecordKeys::read(&mut keys_of(count).as_bytes())?;
    store.restore(&mut filled(count).as_bytes(), &keys, Timestamp::from_second(0)?).await?;
    println!("{count} records restored in {:.1} s", start.elapsed().as_secs_f64());
    let keys = Keyring::parse(&Keyring::new_line("bench")?)?;
    let records = Records::new(store, keys, policies(Path::new(folder))?);
    for (actor, sees) in [("analyst-one", "three in five"), ("analyst-two", "one in 2,000")] {
        let mut times = pages(&records, actor).await?;
        times.sort_unstable();
        let at = |percent: usize| times[times.len() * percent / 100].as_secs_f64() * 1e3;
        println!("who may see {sees}: median {:.1} ms, p99 {:.1} ms", at(50), at(99));
    }
    Ok(())
}

/// How long each of 400 pages took, of a reader who turns to the next until there is none.
async fn pages(records: &Records, actor: &str) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut page = Page { after: None, most: 50 };
    let mut times = Vec::new();
    for _ in 0..400 {
        let asking = Asking {
            actor,
            purpose: "strategic-assessment",
            now: Timestamp::from_second(1_742_000_000)?,
            today: date(2025, 3, 18),
        };
        let start = Instant::now();
        let listed = records.list(asking, &page).await?;
        times.push(start.elapsed());
        let last = listed.last().map(|last| (last.changed, last.id.clone()));
        page.after = last.filter(|_| listed.len() == 50);
        assert!(!listed.is_empty() || page.after.is_none(), "a page is empty");
    }
    Ok(times)
}

/// A backup's file with as many records, in an order that has nothing to do with their kinds.
fn filled(count: u64) -> String {
    let mut lines = vec!["wardmote backup 2".to_owned()];
    let mut add = |table: &str, row: serde_json::Value| {
        lines.push(json!({ "table": table, "row": row }).to_string());
    };
    for id in ["invented-council", "invented-police", "invented-landlord", "invented-health"] {
        add("organisations", json!([id, id]));
    }
    for (id, of) in [("analyst-one", "invented-council"), ("analyst-two", "invented-police")] {
        add("people", json!([id, "Invented Analyst", of]));
        add("roles", json!([id, "analyst", "2024-01-01", null]));
    }
    for number in 0..count {
        let id = id(number);
        let usual = KINDS[(id % 5) as usize];
        let (owner, kind) = if number.is_multiple_of(2_000) { RARE } else { usual };
        let body = json!({ "hex": "00".repeat(400) });
        add(
            "records",
            json!([
                format!("{id:032x}"),
                kind,
                "OFFICIAL-SENSITIVE",
                owner,
                "E01005743",
                owner,
                "uk-gdpr",
                1,
                1,
                number,
                number,
                body
            ]),
        );
    }
    add("audit_head", json!([1, 0, "0".repeat(64)]));
    let rows = lines.len() - 1;
    closed(&lines, |sha256| json!({ "rows": rows, "sha256": sha256 }))
}

/// Keys for those records, which open nothing: a list shows no body.
fn keys_of(count: u64) -> String {
    let mut lines = vec!["wardmote record keys 1".to_owned()];
    for number in 0..count {
        let record = format!("{:032x}", id(number));
        let line =
            json!({ "line": "key", "record": record, "wrapped_by": "bench", "wrapped": "00" });
        lines.push(line.to_string());
    }
    let keys = lines.len() - 1;
    closed(&lines, |sha256| json!({ "line": "close", "lines": keys, "sha256": sha256 }))
}

fn closed(lines: &[String], close: impl FnOnce(String) -> serde_json::Value) -> String {
    let text = lines.join("\n") + "\n";
    let close = close(hexadecimal(&Sha256::digest(text.as_bytes())));
    format!("{text}{close}\n")
}

/// A multiplier without a factor in common with 2 to the 64th: every number once, scattered.
fn id(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn hexadecimal(bytes: &[u8]) -> String {
    let mut digits = String::new();
    for byte in bytes {
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

fn policies(folder: &Path) -> Result<Policies, Box<dyn Error>> {
    let folder = folder.join("agreements");
    let text = |name: &str| std::fs::read_to_string(folder.join(format!("{name}.toml")));
    let id = "invented-agreement-2024";
    let texts = BTreeMap::from([(id.to_owned(), text(id)?)]);
    Ok(Policies::new(Agreements::read(&text("gateways")?, &texts)?)?)
}
