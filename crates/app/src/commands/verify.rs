//! `wardmote verify`: computes a publication again from its sources and compares.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::verify::{Difference, Verification, compare};

use crate::Outcome;
use crate::commands::ingest;
use crate::place::Partnership;
use crate::publish;

/// Compute a publication again from its source files, and say what is the same and what is not
///
/// Nothing of the partnership's lake is used or changed: the files are read afresh.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  wardmote verify\n  wardmote verify evidence.json --sources ~/police-files"
)]
pub(crate) struct Arguments {
    /// The evidence to check; published/evidence.json if not given
    #[arg(value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Where the source files lie, instead of the folder that partnership.toml names
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let path = arguments
        .evidence
        .clone()
        .unwrap_or_else(|| folder.join("published").join("evidence.json"));
    let published = EvidenceFile::read(&path)?;
    let partnership = Partnership::open(folder, arguments.sources.as_deref())?;
    let scratch = tempfile::tempdir().context("a scratch folder could not be made")?;
    let report = ingest::load_into(&partnership, scratch.path()).await?;
    for (file, reason) in &report.failures {
        eprintln!("not loaded: {file}: {reason}");
    }
    let lake = wardmote_lake::Lake::open(scratch.path()).await?;
    let observed = Observed::gather(&lake, &partnership.folder, &[])?;
    let computed = publish::assess(&partnership.folder, &observed, published.published)?.evidence;
    let found = compare(&published, &computed);
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found);
    }
    Ok(if found.holds() { Outcome::Done } else { Outcome::Wrong })
}

fn print(found: &Verification) {
    for difference in &found.differences {
        match difference {
            Difference::FileChanged { file, published, found } => {
                println!(
                    "file changed      {file}\n                  published {published}\n                  found     {found}"
                );
            }
            Difference::FileMissing { file } => println!("file missing      {file}"),
            Difference::FigureDiffers { figure, field, published, computed } => {
                println!(
                    "figure differs    {figure}: {field} published {published}, computed {computed}"
                );
            }
            Difference::FigureUnknown { figure } => {
                println!("figure unknown    {figure}: the declarations do not give it");
            }
            Difference::IdDiffers { figure, published, computed } => {
                println!("id differs        {figure}: {published} should be {computed}");
            }
            Difference::SentenceDiffers { claim, published, computed } => {
                println!(
                    "sentence differs  {claim}\n                  published: {published}\n                  computed:  {computed}"
                );
            }
            Difference::DefinitionDiffers { measure } => {
                println!("definition        measure {measure} is not defined as it was published");
            }
            Difference::NotCheckable { figure } => {
                println!("not checkable     {figure}: its source is controlled and not here");
            }
        }
    }
    println!(
        "{} files and {} figures are the same to the last digit",
        found.files_same, found.same
    );
    if !found.holds() {
        println!("This publication does not hold.");
    }
}
