//! Protects a publication of linked tables drawn from a seed, and says how long that took.
//!
//! `cargo run --release -p wardmote-disclosure --example linked_tables -- [measures wards months
//! categories [seed]]`: for every measure and category (and all together) a table of areas by months. Wards
//! add up to two districts and a town, months to a quarter, and of every three measures the first is
//! the sum of the other two. By default 204 tables.

use std::time::Instant;

use wardmote_disclosure::{Publication, Rules, protect};

#[path = "../tests/it/drawn.rs"]
mod drawn;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<usize> =
        std::env::args().skip(1).map(|word| word.parse()).collect::<Result<_, _>>()?;
    let standard = [12, 6, 3, 16, 1];
    let [measures, wards, months, categories, seed] =
        std::array::from_fn(|at| given.get(at).copied().unwrap_or(standard[at]));
    let publication: Publication =
        drawn::linked_tables(seed as u64, measures, wards, months, categories).build()?;
    let cells = publication.cells().len();
    println!(
        "{} tables, {cells} cells, {} sums",
        measures * (categories + 1),
        publication.n_sums()
    );
    let begun = Instant::now();
    let protected = protect(&publication, &Rules::default())?;
    println!("{:.2} s", begun.elapsed().as_secs_f64());
    println!("{:#?}", protected.report);
    Ok(())
}
