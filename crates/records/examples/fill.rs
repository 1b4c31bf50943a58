//! Fills a partnership's store with many generated items of its registers, written as people write them:
//! decided, sealed, indexed and logged one by one.
//!
//! `cargo run --release -p wardmote-records --example fill -- FOLDER [items]`: FOLDER is a copy of the
//! Stockport twin whose plan is loaded. Of so many items (100,000 if not given) half are actions; one in
//! six is restricted, as what people said and reviews are. SYNTHETIC all of them.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use jiff::civil::date;
use jiff::{Span, Timestamp};
use wardmote_records::policy::{Agreements, Policies};
use wardmote_records::registers::{
    Choice, FieldKind, FieldRole, Filing, ItemQuery, Register, Registers, Values,
};
use wardmote_records::words::Regime;
use wardmote_records::{Asking, Keyring, Location, Records, Store};

/// How many of a thousand items a register gets, those that others belong to first.
const SHARES: [(&str, u64); 9] = [
    ("documents", 100),
    ("meetings", 50),
    ("decisions", 50),
    ("risks", 50),
    ("actions", 500),
    ("engagement", 100),
    ("voices", 100),
    ("asb-reviews", 45),
    ("death-reviews", 5),
];
const WORDS: [&str; 16] = [
    "visit", "review", "lighting", "parks", "bikes", "burglary", "schools", "training", "retail",
    "support", "meetings", "protocol", "cameras", "housing", "patrols", "leaflets",
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, rest @ ..] = words.as_slice() else { return Err("name a folder".into()) };
    let folder = Path::new(folder);
    let count: u64 = rest.first().map_or(Ok(100_000), |word| word.parse())?;
    let store = Store::open(&Location::Sqlite(folder.join("records/records.db"))).await?;
    let keys = Keyring::parse(&std::fs::read_to_string(folder.join("keys/records.keys"))?)?;
    let records = Records::new(store, keys, policies(&folder.join("agreements"))?);
    let registers = Registers::standard()?;
    let asking = Asking {
        actor: "plan-officer-one",
        purpose: "own-functions",
        now: Timestamp::from_second(1_742_000_000)?,
        today: date(2025, 3, 18),
    };
    let filing = Filing {
        owner: "invented-partnership".to_owned(),
        controller: "invented-council".to_owned(),
        subject_area: "E08000007".to_owned(),
        regime: Regime::UkGdpr,
    };
    let mut there: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for register in registers.iter() {
        let query =
            ItemQuery { register: register.id.clone(), most: 1_000, ..ItemQuery::default() };
        let found = records.items(asking, &registers, &query).await?;
        let ids = found.rows.iter().map(|row| row.id.to_string()).collect();
        there.insert(register.id.clone(), ids);
    }
    for (id, share) in SHARES {
        let register = registers.get(id).ok_or("a register is not there")?;
        for number in 0..count * share / 1_000 {
            let values = values(register, number, &there);
            let made = records.add_item(asking, &registers, id, &filing, &values).await;
            let made = made.map_err(|why| format!("{id}: {why}"))?;
            if number < 1_000 {
                there.entry(id.to_owned()).or_default().push(made.listed.id.to_string());
            }
        }
        println!("{} of {id}", count * share / 1_000);
    }
    records.store().close().await;
    Ok(())
}

/// Something in each field; of those that name an item, one that is there.
fn values(register: &Register, number: u64, there: &BTreeMap<String, Vec<String>>) -> Values {
    let drawn = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let word = |shift: u32| WORDS[(drawn >> shift) as usize % WORDS.len()];
    let chosen = |choices: &[Choice]| {
        let at = (drawn >> 20) as usize % choices.len().max(1);
        choices.get(at).map(|one| one.id.clone()).unwrap_or_default()
    };
    let day =
        date(2022, 1, 1).saturating_add(Span::new().days(((drawn >> 32) % 1_500).cast_signed()));
    let value = |field: &wardmote_records::registers::Field| match (field.role, field.kind) {
        (Some(FieldRole::Reference), _) => format!("GEN-{number}"),
        (Some(FieldRole::Title), _) => {
            format!("SYNTHETIC {} {} {}", word(8), word(16), word(24))
        }
        (Some(FieldRole::Owner), _) => format!("Invented owner {}", (drawn >> 40) % 40),
        (_, FieldKind::Choice) => chosen(&field.choices),
        (_, FieldKind::Date) => day.to_string(),
        (_, FieldKind::Number) => "1".to_owned(),
        (_, FieldKind::Money) => "100".to_owned(),
        (Some(FieldRole::Published), _) | (_, FieldKind::YesNo) => "no".to_owned(),
        (_, FieldKind::Item) => {
            let all = field.to.as_ref().and_then(|to| there.get(to));
            let all = all.map(Vec::as_slice).unwrap_or_default();
            all.get((drawn >> 12) as usize % all.len().max(1)).cloned().unwrap_or_default()
        }
        _ if field.id == "events" && register.id == "asb-reviews" => format!("applied {day}"),
        _ if field.id == "events" => format!("notified {day}"),
        _ if register.id.ends_with("-reviews") && field.kind == FieldKind::Text => String::new(),
        _ => "Invented words, as many as people write in a line or two of a register.".to_owned(),
    };
    register.fields.iter().map(|field| (field.id.clone(), value(field))).collect()
}

fn policies(folder: &Path) -> Result<Policies, Box<dyn Error>> {
    let text = |name: &str| std::fs::read_to_string(folder.join(format!("{name}.toml")));
    let id = "invented-partnership-business";
    let texts = BTreeMap::from([(id.to_owned(), text(id)?)]);
    Ok(Policies::new(Agreements::read(&text("gateways")?, &texts)?)?)
}
