//! Writes Stockport's twin: `cargo run --release -p wardmote-twin --example stockport -- BOUNDARIES
//! SEED OUT`.

use anyhow::Context;
use wardmote_domain::period::Period;
use wardmote_twin::stockport::{StockportTwin, generate};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [boundaries, seed, out] = arguments.as_slice() else {
        anyhow::bail!("give the boundaries in GeoJSON, a seed and a folder to write to");
    };
    let truth = generate(&StockportTwin::new(
        boundaries,
        seed.parse().context("the seed is a whole number")?,
        out,
    ))?;
    println!(
        "SYNTHETIC, seed {}: {} areas, {} nearby",
        truth.seed,
        truth.areas.len(),
        truth.nearby_areas.len()
    );
    for period in ["2022/23", "2023/24", "2023-04..2023-11", "2024-04..2024-11"] {
        let (crime, asb) = truth.realised.totals(&period.parse::<Period>()?);
        println!("{period:<17} crime {crime:>6}  anti-social behaviour {asb:>5}");
    }
    Ok(())
}
