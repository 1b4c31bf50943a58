//! `wardmote twin`: synthetic data with a known truth, and files to measure speed on.

use std::path::PathBuf;

use wardmote_evidence::numbers::thousands;
use wardmote_twin::bench::{self, BenchFiles};
use wardmote_twin::stockport::{self, StockportTwin};

use crate::Outcome;

/// Write synthetic street files: the Stockport twin, or files for measuring speed
///
/// Everything written says SYNTHETIC, in its rows and beside them. No real incident is read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote twin stockport --boundaries lsoa_2011_ew.geojson --out data/police --seed 1
  wardmote twin bench --out bench --rows 10000000")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Street files of April 2022 to November 2024 on Stockport's real small areas
    Stockport {
        /// GeoJSON of small areas: of Stockport alone or of any region around it
        #[arg(long, value_name = "FILE")]
        boundaries: PathBuf,
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The same seed gives the same bytes
        #[arg(long, default_value = "20250318")]
        seed: u64,
    },
    /// As many street rows as are asked for, for measuring speed
    Bench {
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Rows in all
        #[arg(long, default_value = "10000000")]
        rows: u64,
        /// The same seed gives the same bytes
        #[arg(long, default_value = "1")]
        seed: u64,
        /// A CSV with the columns `lsoa21_code` and `lsoa21_name`, for real codes
        #[arg(long, value_name = "FILE")]
        lookup: Option<PathBuf>,
    },
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Stockport { boundaries, out, seed } => {
            stockport::generate(&StockportTwin::new(boundaries, *seed, out))?;
            println!("SYNTHETIC street files and their truth.json written to {}", out.display());
        }
        What::Bench { out, rows, seed, lookup } => {
            let request =
                BenchFiles { rows: *rows, lookup: lookup.clone(), ..BenchFiles::new(out, *seed) };
            bench::generate(&request, |written| eprint!("\r{} rows", thousands(written)))?;
            eprintln!();
            println!("SYNTHETIC street files written to {}", out.display());
        }
    }
    Ok(Outcome::Done)
}
