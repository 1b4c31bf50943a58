//! Says how long a page of a register takes in a store of many generated items.
//!
//! `cargo run --release -p wardmote-records --example registers -- partnerships/stockport-twin STORE
//! [items]`: fills STORE, a new file or an empty database as `postgres://...`, with so many actions
//! (100,000 if not given), and asks for pages as the plan's officer: in order, by state, by owner, by
//! words, and what is due. A store that it filled before is asked as it is.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use wardmote_records::backup::{BackupError, RecordKeys};
use wardmote_records::policy::{Agreements, Policies};
use wardmote_records::registers::{ItemQuery, Registers};
use wardmote_records::{Asking, Keyring, Location, Records, Store};

const WORDS: [&str; 16] = [
    "visit", "review", "lighting", "parks", "bikes", "burglary", "schools", "training", "retail",
    "support", "meetings", "protocol", "cameras", "housing", "patrols", "leaflets",
];
const STATES: [&str; 4] = ["not-started", "under-way", "done", "stopped"];
const PAGES: u32 = 200;

/// A kind of page by its name, and the query of each number of it.
type Made<'a> = (&'a str, Box<dyn Fn(u32) -> ItemQuery + 'a>);

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
    match store.restore(&mut filled(count).as_bytes(), &keys, Timestamp::from_second(0)?).await {
        Err(BackupError::NotEmpty) => println!("the items of before"),
        restored => {
            restored?;
            println!("{count} items restored in {:.1} s", start.elapsed().as_secs_f64());
        }
    }
    let keys = Keyring::parse(&Keyring::new_line("bench")?)?;
    let records = Records::new(store, keys, policies(Path::new(folder))?);
    let registers = Registers::standard()?;
    let asking = Asking {
        actor: "plan-officer-one",
        purpose: "own-functions",
        now: Timestamp::from_second(1_742_000_000)?,
        today: date(2025, 3, 18),
    };
    let query = |page: u32| ItemQuery {
        register: "actions".to_owned(),
        skip: page % 200 * 50,
        most: 50,
        ..ItemQuery::default()
    };
    let state = |page: u32| Some(STATES[page as usize % 4].to_owned());
    let owner = |page: u32| Some(format!("Invented owner {}", page % 40));
    let two = |page: u32| {
        format!("{} {}", WORDS[page as usize % 16], &WORDS[page as usize / 16 % 16][..3])
    };
    let kinds: [Made<'_>; 4] = [
        ("in order", Box::new(query)),
        ("by state", Box::new(|page| ItemQuery { state: state(page), ..query(page) })),
        ("by owner", Box::new(|page| ItemQuery { owner: owner(page), skip: 0, ..query(page) })),
        ("by words", Box::new(|page| ItemQuery { words: two(page), skip: 0, ..query(page) })),
    ];
    for (name, make) in kinds {
        let mut times = Vec::new();
        for page in 0..PAGES {
            let start = Instant::now();
            records.items(asking, &registers, &make(page)).await?;
            times.push(start.elapsed());
        }
        report(name, times);
    }
    let mut times = Vec::new();
    for page in 0..PAGES {
        let until = date(2025, 1, 1).checked_add(jiff::Span::new().days(i64::from(page)))?;
        let start = Instant::now();
        records.due(asking, until, 200).await?;
        times.push(start.elapsed());
    }
    report("what is due", times);
    Ok(())
}

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[times.len() * percent / 100].as_secs_f64() * 1e3;
    println!("{name:12} median {:.1} ms, p99 {:.1} ms", at(50), at(99));
}

/// A backup's file with as many actions.
fn filled(count: u64) -> String {
    let mut lines = vec!["wardmote backup 2".to_owned()];
    let mut add = |table: &str, row: serde_json::Value| {
        lines.push(json!({ "table": table, "row": row }).to_string());
    };
    for id in ["invented-council", "invented-partnership"] {
        add("organisations", json!([id, id]));
    }
    add("people", json!(["plan-officer-one", "Invented Plan Officer", "invented-council"]));
    add("roles", json!(["plan-officer-one", "plan-officer", "2022-04-01", null]));
    for number in 0..count {
        let drawn = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let id = id(number);
        let (place, owner) = ("E08000007", "invented-partnership");
        let body = json!({ "hex": "00".repeat(400) });
        let record = json!([
            id, "actions", "OFFICIAL", owner, place, owner, "uk-gdpr", 0, 1, number, number, body
        ]);
        add("records", record);
        let word = |shift: u32| WORDS[(drawn >> shift) as usize % 16];
        let title = format!("{} {} {}", word(8), word(16), word(24));
        let due = date(2025, 1, 1)
            .checked_add(jiff::Span::new().days(((drawn >> 32) % 700).cast_signed()));
        let due = due.map(|day| day.to_string()).unwrap_or_default();
        let state = STATES[(drawn >> 4) as usize % 4];
        let lead = format!("Invented owner {}", (drawn >> 40) % 40);
        let (sort, reference) = (format!("a-{number:0>9}"), format!("A-{number}"));
        let index = json!([
            id, "actions", owner, "OFFICIAL", 0, "uk-gdpr", 0, number, sort, reference, title,
            state, lead, due, null
        ]);
        add("register_index", index);
        let mut words: Vec<&str> = title.split(' ').collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            add("register_words", json!(["actions", word, id]));
        }
    }
    add("audit_head", json!([1, 0, "0".repeat(64)]));
    let rows = lines.len() - 1;
    closed(&lines, |sha256| json!({ "rows": rows, "sha256": sha256 }))
}

/// The file of the records' own keys; no body is opened here.
fn keys_of(count: u64) -> String {
    let mut lines = vec!["wardmote record keys 1".to_owned()];
    for number in 0..count {
        let record = id(number);
        let line =
            json!({ "line": "key", "record": record, "wrapped_by": "bench", "wrapped": "00" });
        lines.push(line.to_string());
    }
    let keys = lines.len() - 1;
    closed(&lines, |sha256| json!({ "line": "close", "lines": keys, "sha256": sha256 }))
}

fn id(number: u64) -> String {
    // A multiplier without a factor in common with 2 to the 64th: every number once, scattered.
    format!("{:032x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn closed(lines: &[String], close: impl Fn(&str) -> serde_json::Value) -> String {
    let text = lines.join("\n") + "\n";
    let digest = Sha256::digest(text.as_bytes());
    let digest = digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    format!("{text}{}\n", close(&digest))
}

fn policies(folder: &Path) -> Result<Policies, Box<dyn Error>> {
    let folder = folder.join("agreements");
    let text = |name: &str| std::fs::read_to_string(folder.join(format!("{name}.toml")));
    let id = "invented-partnership-business";
    let texts = BTreeMap::from([(id.to_owned(), text(id)?)]);
    Ok(Policies::new(Agreements::read(&text("gateways")?, &texts)?)?)
}
