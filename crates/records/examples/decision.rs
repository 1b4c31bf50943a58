//! Says how long a decision by a partnership's agreements takes, over its cases.
//!
//! `cargo run --release -p wardmote-records --example decision -- partnerships/stockport-twin
//! [rounds]`: every case is decided so many times (200 if not given), by one thread.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use wardmote_records::policy::{Agreements, Cases, Policies, Request};
use wardmote_records::protection::Protection;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let folder = words.next().ok_or("name a partnership's folder")?;
    let rounds: usize = words.next().map_or(Ok(200), |word| word.parse())?;
    let folder = Path::new(&folder).join("agreements");
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let mut texts = BTreeMap::new();
    for entry in std::fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let id = name.strip_suffix(".toml").unwrap_or_default().to_owned();
        if !["", "gateways", "cases"].contains(&id.as_str()) {
            texts.insert(id, read(&name)?);
        }
    }
    let policies = Policies::new(Agreements::read(&read("gateways.toml")?, &texts)?)?;
    let cases = Cases::read(&read("cases.toml")?)?;
    assert_eq!(cases.ask(&policies, &Protection::default())?, [], "the cases do not hold");
    let mut times = Vec::new();
    for _ in 0..rounds {
        for case in &cases.cases {
            let actor = cases.actor(&case.actor).ok_or("an actor is missing")?;
            let resource = cases.resource(&case.resource).ok_or("a resource is missing")?;
            let (operation, purpose, on) = (case.operation, case.purpose.as_str(), case.on);
            let request = Request { actor: &actor, operation, purpose, on };
            let start = Instant::now();
            std::hint::black_box(policies.decide(&request, &resource)?);
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let permits = policies.agreements().permits().count();
    println!("{} decisions over {permits} permits", times.len());
    for (name, at) in [("median", 50), ("p99", 99)] {
        println!("{name} {:.1} microseconds", times[times.len() * at / 100].as_secs_f64() * 1e6);
    }
    Ok(())
}
