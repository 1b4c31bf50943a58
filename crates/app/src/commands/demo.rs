//! `wardmote demo`: the sample partnerships, loaded and assessed.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use jiff::civil::Date;
use wardmote_twin::feeds::{self, FeedsRequest};
use wardmote_twin::stockport::{self, StockportTwin};
use wardmote_twin::streets;

use crate::Outcome;
use crate::business::{Business, Settings, load_folder};
use crate::commands::records::Where;
use crate::commands::{assess, ingest, pack};
use crate::place::{Partnership, other_assessments, publication_of, today};
use crate::reviews;

/// Load and assess every partnership of a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  wardmote demo --folder partnerships")]
pub(crate) struct Arguments {
    /// The folder that holds the partnerships' folders
    #[arg(long, value_name = "DIR", default_value = "partnerships")]
    folder: PathBuf,
    /// The date of publication; today if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    published: Option<Date>,
}

const TWIN_SEED: u64 = 20_250_318;

pub(crate) async fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let folder = &arguments.folder;
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| {
            format!("{}: stand in a clone of the project, or give --folder", folder.display())
        })?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("partnership.toml").exists())
        .collect();
    paths.sort();
    anyhow::ensure!(!paths.is_empty(), "{} holds no partnership", folder.display());
    let mut outcome = Outcome::Done;
    let mut written = Vec::new();
    for path in &paths {
        let started = Instant::now();
        let partnership = Partnership::open(path, None)?;
        println!("\n{}", partnership.folder.partnership.name);
        let Ok(data) = partnership.data_folder() else {
            println!(
                "  left out: its data lie in the folder named by {}, which is not set",
                partnership.folder.partnership.data
            );
            continue;
        };
        if partnership.folder.assessment.is_none() {
            println!("  left out: no assessment is declared here");
            continue;
        }
        if partnership.folder.partnership.synthetic {
            generate_twin(&data)?;
        }
        let report = ingest::load_into(&partnership, &partnership.lake_folder()).await?;
        ingest::print_report(&report);
        let assessed =
            assess::compute(&partnership, arguments.published.unwrap_or_else(today)).await?;
        for (file, finding) in &assessed.findings {
            eprintln!("{file}:{}: {} ({})", finding.line, finding.message, finding.rule.name());
            outcome = Outcome::Wrong;
        }
        let out = path.join("published");
        assess::write(&assessed, &out)?;
        assess::record(&partnership, &assessed)?;
        println!("  assessed in {:.1} s", started.elapsed().as_secs_f64());
        for name in other_assessments(path) {
            // Read anew, because the publication before it is in the ledger that protects this one.
            let other = Partnership::open(path, None)?.assessing(&name)?;
            let assessed =
                assess::compute(&other, arguments.published.unwrap_or_else(today)).await?;
            for (file, finding) in &assessed.findings {
                eprintln!("{file}:{}: {} ({})", finding.line, finding.message, finding.rule.name());
                outcome = Outcome::Wrong;
            }
            let out = publication_of(path, &name);
            assess::write(&assessed, &out)?;
            assess::record(&other, &assessed)?;
            written.push(out.join("index.html"));
        }
        if Settings::is_there(path) {
            let at = Where { folder: path.clone(), named: None };
            // A sample's agreements were signed by nobody; they are in force from when it is made.
            at.note_agreements().await?;
            let changed = load_folder(&at).await?;
            println!("  plan and registers: {changed} items are new or have changed");
            let business = Business::open(&at).await?;
            let n_cases = reviews::load_folder(&business, path).await?;
            business.records.store().close().await;
            println!("  reviews: {n_cases} items are new");
            for (page, packed) in pack::demo(&partnership, &at).await? {
                if packed == Outcome::Wrong {
                    outcome = Outcome::Wrong;
                } else {
                    written.push(page);
                }
            }
        }
        written.push(out.join("index.html"));
    }
    println!("\nThe assessments:");
    for page in written {
        println!("  {}", page.display());
    }
    Ok(outcome)
}

/// Writes the twin's street files and its partners' feeds where they are not yet.
fn generate_twin(data: &Path) -> anyhow::Result<()> {
    let boundaries = data.join("reference").join("boundaries").join("lsoa_2011_ew.geojson");
    let (police, feeds) = (data.join("police"), data.join("feeds"));
    if !police.join("truth.json").exists() {
        println!("  SYNTHETIC street files are being written to {}", police.display());
        stockport::generate(&StockportTwin::new(&boundaries, TWIN_SEED, police))?;
    }
    let streets_folder = data.join("streets");
    if !streets_folder.join("streets.csv").exists() {
        println!("  SYNTHETIC streets are being written to {}", streets_folder.display());
        streets::generate(&boundaries, TWIN_SEED, &streets_folder)?;
    }
    if !feeds.join("feeds-truth.json").exists() {
        println!("  SYNTHETIC feeds are being written to {}", feeds.display());
        feeds::generate(&FeedsRequest::new(boundaries, TWIN_SEED, feeds))?;
    }
    Ok(())
}
