//! `wardmote verify`: computes a publication again from its sources and compares.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::verify::{Difference, Verification, compare};

use crate::Outcome;
use crate::commands::ingest;
use crate::console::Format;
use crate::place::{Partnership, publication_of};
use crate::publish;
use crate::stranger::{self, Verifier};

/// Compute a publication again from its source files, and say what is the same and what is not
///
/// In a partnership's folder, its publication. Anywhere else, a bundle from `wardmote bundle`: its
/// signature, every member, every figure from the official files in --sources, and every sentence of
/// its pages. Nothing of a lake is used or changed: the files are read afresh.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote verify
  wardmote verify evidence.json --sources ~/police-files
  wardmote verify leeds.wardmote.zip
  wardmote verify leeds.wardmote.zip --sources ~/official-files --key RWQ...
  wardmote verify leeds.wardmote.zip --sources ~/official-files --format json

Without --sources a bundle's signature and members are checked, and the files that its figures need are
listed with where to get them. A file counts by its bytes, whatever its name and folder.

Exit codes: 0 all that can be checked is as published, 1 something is not, 2 nothing could be checked.")]
pub(crate) struct Arguments {
    /// The evidence or the bundle to check; published/evidence.json if not given
    #[arg(value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Check another assessment: the name of a folder of assessments/
    #[arg(long, value_name = "NAME")]
    assessment: Option<String>,
    /// Where the source files lie, instead of the folder that partnership.toml names
    #[arg(long, value_name = "DIR")]
    sources: Option<PathBuf>,
    /// The publisher's public key, or its file, as you know it from elsewhere than the bundle
    #[arg(long, value_name = "PUBKEY")]
    key: Option<String>,
    /// How to print what a bundle's verification found
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let format = if arguments.json { Format::Json } else { arguments.format };
    if let Some(bundle) = arguments.evidence.as_deref().filter(|path| stranger::is_bundle(path)) {
        let sources = arguments.sources.as_deref();
        if let Some(sources) = sources {
            ensure!(sources.is_dir(), "{} is no folder", sources.display());
        }
        let verifier = Verifier { sources, key: arguments.key.as_deref(), format };
        return stranger::verify(bundle, &verifier).await;
    }
    ensure!(arguments.key.is_none(), "--key is for bundles, which can be signed");
    ensure!(format != Format::Csv, "--format csv is for bundles");
    let mut partnership = Partnership::open(folder, arguments.sources.as_deref())?;
    let mut publication = folder.join("published");
    if let Some(name) = &arguments.assessment {
        partnership = partnership.assessing(name)?;
        publication = publication_of(folder, name);
    }
    let path = arguments.evidence.clone().unwrap_or_else(|| publication.join("evidence.json"));
    let published = EvidenceFile::read(&path)?;
    let scratch = tempfile::tempdir().context("a scratch folder could not be made")?;
    let report = ingest::load_into(&partnership, scratch.path()).await?;
    for (file, reason) in &report.failures {
        eprintln!("not loaded: {file}: {reason}");
    }
    let lake = wardmote_lake::Lake::open(scratch.path()).await?;
    let observed = Observed::gather(&lake, &partnership.folder, &[])?;
    let computed = publish::assess(&partnership.folder, &observed, published.published)?.evidence;
    let found = compare(&published, &computed);
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found);
    }
    Ok(if found.holds() { Outcome::Done } else { Outcome::Wrong })
}

fn print(found: &Verification) {
    for difference in &found.differences {
        // On one line, as it has always been.
        if let Difference::FigureDiffers { figure, field, published, computed, .. } = difference {
            println!(
                "figure differs    {figure}: {field} published {published}, computed {computed}"
            );
            continue;
        }
        let (what, finding, published, computed) = said(difference);
        println!("{what:17} {finding}");
        for (side, text) in [("published", published), ("computed", computed)] {
            if !text.is_empty() {
                println!("                  {side:9} {text}");
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

/// A difference in words: what it is, where, as published and as computed.
pub(crate) fn said(difference: &Difference) -> (&'static str, String, String, String) {
    let bare = |what, finding: String| (what, finding, String::new(), String::new());
    let version = |version: Option<u32>| {
        version.map_or_else(|| "none".to_owned(), |n| format!("version {n}"))
    };
    match difference {
        Difference::FileChanged { file, published, found } => {
            ("file changed", file.clone(), published.clone(), found.clone())
        }
        Difference::FileMissing { file } => bare("file missing", file.clone()),
        Difference::RowsDiffer { file, published, computed } => {
            let rows = |[read, kept, refused, without]: &[u64; 4]| {
                format!(
                    "{read} rows read, {kept} kept, {refused} refused, {without} without a place"
                )
            };
            ("rows differ", file.clone(), rows(published), rows(computed))
        }
        Difference::FigureDiffers { figure, field, published, computed, by } => {
            let by = by.map(|by| format!(" by {by:+}")).unwrap_or_default();
            let finding = format!("{figure}: {field}{by}");
            ("figure differs", finding, published.clone(), computed.clone())
        }
        Difference::FigureUnknown { figure } => {
            bare("figure unknown", format!("{figure}: the declarations do not give it"))
        }
        Difference::FigureLeftOut { figure } => bare(
            "figure left out",
            format!("{figure}: the declarations give it, and it was not published"),
        ),
        Difference::IdDiffers { figure, published, computed } => {
            ("id differs", figure.clone(), published.clone(), computed.clone())
        }
        Difference::SentenceDiffers { claim, published, computed } => {
            ("sentence differs", claim.clone(), published.clone(), computed.clone())
        }
        Difference::TestDiffers { claim, published, computed } => {
            ("test differs", claim.clone(), published.clone(), computed.clone())
        }
        Difference::DefinitionDiffers { measure, published, computed, parts } => {
            let parts =
                if parts.is_empty() { String::new() } else { format!(" in {}", parts.join(", ")) };
            let finding = format!("measure {measure} is not defined as it was published{parts}");
            ("definition", finding, version(*published), version(*computed))
        }
        Difference::ClaimDiffers { claim } => {
            bare("claim differs", format!("{claim} is not declared as it was published"))
        }
        Difference::HeadDiffers { part, published, computed } => {
            ("evidence differs", part.clone(), published.clone(), computed.clone())
        }
        Difference::NotCheckable { figure, .. } => {
            bare("not checkable", format!("{figure}: its source is controlled and not here"))
        }
    }
}
