//! `wardmote twin`: synthetic data with a known truth, and files to measure speed on.

use std::path::PathBuf;

use wardmote_domain::period::Month;
use wardmote_evidence::numbers::thousands;
use wardmote_twin::bench::{self, BenchFiles};
use wardmote_twin::country::{self, Country};
use wardmote_twin::feeds::{self, Feed, FeedsRequest, Trouble};
use wardmote_twin::stockport::{self, StockportTwin};
use wardmote_twin::streets;

use crate::Outcome;

/// Write synthetic street files: the Stockport twin, or files for measuring speed
///
/// Everything written says SYNTHETIC, in its rows and beside them. No real incident is read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote twin stockport --boundaries lsoa_2011_ew.geojson --out data/police --seed 1
  wardmote twin feeds --boundaries lsoa_2011_ew.geojson --out data/feeds --seed 1
  wardmote twin streets --boundaries lsoa_2011_ew.geojson --out data/streets
  wardmote twin bench --out bench --rows 10000000
  wardmote twin country --out country --rows 20000000 && wardmote -C country ingest")]
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
    /// What partners would send beside them: the landlord, MARAC, hate crime, a survey and more
    Feeds {
        /// GeoJSON of small areas: the same as of the street files
        #[arg(long, value_name = "FILE")]
        boundaries: PathBuf,
        /// The folder to write to
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The seed of the street files, so that the outcomes are of their crimes
        #[arg(long, default_value = "20250318")]
        seed: u64,
        /// Leave a month of a feed out, as in landlord-asb:2023-10
        #[arg(long, value_name = "FEED:MONTH", value_parser = feed_month)]
        missing: Vec<(Feed, Month)>,
        /// Give half of a month of a feed only
        #[arg(long, value_name = "FEED:MONTH", value_parser = feed_month)]
        late: Vec<(Feed, Month)>,
        /// Write another version of a month of the landlord's file to revisions/
        #[arg(long, value_name = "MONTH")]
        revised: Vec<Month>,
        /// Write a month of the landlord's file with dirty rows, and one with names, to dirty/
        #[arg(long, value_name = "MONTH")]
        dirty: Vec<Month>,
    },
    /// An invented list of streets, for the search of the twin's site
    Streets {
        /// GeoJSON of small areas: the same as of the street files
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
    /// A partnership's folder the size of England and Wales, for measuring the speed of its site
    Country {
        /// The folder to write; `wardmote -C DIR ingest` loads it
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Incidents in all
        #[arg(long, default_value = "20000000")]
        rows: u64,
        /// The same seed gives the same bytes
        #[arg(long, default_value = "1")]
        seed: u64,
        /// A CSV with the columns `lsoa21_code` and `lsoa21_name`, for real codes
        #[arg(long, value_name = "FILE")]
        lookup: Option<PathBuf>,
    },
}

fn feed_month(text: &str) -> Result<(Feed, Month), String> {
    let wrong = || format!("{text:?} is not FEED:MONTH, such as landlord-asb:2023-10");
    let (feed, month) = text.split_once(':').ok_or_else(wrong)?;
    let found = Feed::ALL.into_iter().find(|one| one.folder() == feed);
    let feed = found.ok_or_else(|| {
        let names: Vec<&str> = Feed::ALL.iter().map(|feed| feed.folder()).collect();
        format!("no feed {feed:?}; there are {}", names.join(", "))
    })?;
    Ok((feed, month.parse().map_err(|_| wrong())?))
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Stockport { boundaries, out, seed } => {
            stockport::generate(&StockportTwin::new(boundaries, *seed, out))?;
            println!("SYNTHETIC street files and their truth.json written to {}", out.display());
        }
        What::Feeds { boundaries, out, seed, missing, late, revised, dirty } => {
            let mut request = FeedsRequest::new(boundaries, *seed, out);
            let missing = missing.iter().map(|(feed, month)| (*feed, *month));
            let late = late.iter().map(|(feed, month)| (*feed, *month));
            request.troubles = missing
                .map(|(feed, month)| Trouble::Missing { feed, month })
                .chain(late.map(|(feed, month)| Trouble::Late { feed, month }))
                .chain(revised.iter().map(|month| Trouble::Revised { month: *month }))
                .chain(dirty.iter().map(|month| Trouble::Dirty { month: *month }))
                .collect();
            feeds::generate(&request)?;
            println!("SYNTHETIC feeds and their feeds-truth.json written to {}", out.display());
        }
        What::Streets { boundaries, out, seed } => {
            let n = streets::generate(boundaries, *seed, out)?;
            println!("{n} SYNTHETIC streets written to {}", out.join("streets.csv").display());
        }
        What::Bench { out, rows, seed, lookup } => {
            let request =
                BenchFiles { rows: *rows, lookup: lookup.clone(), ..BenchFiles::new(out, *seed) };
            bench::generate(&request, |written| eprint!("\r{} rows", thousands(written)))?;
            eprintln!();
            println!("SYNTHETIC street files written to {}", out.display());
        }
        What::Country { out, rows, seed, lookup } => {
            let (out, lookup) = (out.clone(), lookup.clone());
            let request = Country { out, rows: *rows, seed: *seed, lookup };
            country::generate(&request, |written| eprint!("\r{} rows", thousands(written)))?;
            eprintln!();
            println!("SYNTHETIC country written to {}", request.out.display());
        }
    }
    Ok(Outcome::Done)
}
