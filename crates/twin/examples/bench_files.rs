//! Writes street files to measure speed on:
//! `cargo run --release -p wardmote-twin --example bench_files -- OUT [ROWS] [LOOKUP]`.

use std::time::Instant;

use anyhow::Context;
use wardmote_twin::bench::{BenchFiles, generate};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut request = BenchFiles::new(arguments.next().context("give a folder to write to")?, 1);
    if let Some(rows) = arguments.next() {
        request.rows = rows.parse().context("the number of rows is a whole number")?;
    }
    request.lookup = arguments.next().map(Into::into);
    let start = Instant::now();
    generate(&request, |_| ())?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} SYNTHETIC rows in {seconds:.2} s: {:.2} million a second",
        request.rows,
        request.rows as f64 / seconds / 1e6
    );
    Ok(())
}
