//! `wardmote assess`: the needs assessment, full and summary, with its evidence.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::protection::{Ledger, Quality, Said};
use wardmote_reports::{Assets, SignOff, publication_files};

use crate::Outcome;
use crate::jobs::step;
use crate::place::{At, Partnership, publication_of, today};
use crate::publish::{self, Assessed};

/// Write the needs assessment: HTML, PDF, every table as CSV, and evidence.json
///
/// The gate reads the prose first. What it finds is printed and nothing is published, unless --draft
/// says that a draft is wanted.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  wardmote assess\n  wardmote assess --assessment serious-violence\n  wardmote assess --published 2025-03-18 --out /srv/www/assessment"
)]
pub(crate) struct Arguments {
    /// The date of publication; today if not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    published: Option<Date>,
    /// Another assessment of the same evidence: the name of a folder of assessments/
    #[arg(long, value_name = "NAME")]
    assessment: Option<String>,
    /// Where to write; the folder published/ of the partnership if not given, and of another
    /// assessment publications/NAME/
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write although the gate found something
    #[arg(long)]
    draft: bool,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let mut partnership = Partnership::open_at(at)?;
    let mut out = at.folder.join("published");
    if let Some(name) = &arguments.assessment {
        partnership = partnership.assessing(name)?;
        out = publication_of(&at.folder, name);
    }
    let out = arguments.out.clone().unwrap_or(out);
    let assessed = compute(&partnership, arguments.published.unwrap_or_else(today)).await?;
    for (file, finding) in &assessed.findings {
        eprintln!("{file}:{}: {} ({})", finding.line, finding.message, finding.rule.name());
    }
    if !assessed.findings.is_empty() && !arguments.draft {
        eprintln!(
            "not published: the gate found {} things; mend them, or give --draft",
            assessed.findings.len()
        );
        return Ok(Outcome::Wrong);
    }
    step(3, 3, "writing pages, documents and tables");
    let n_files = write(&assessed, &out)?;
    record(&partnership, &assessed)?;
    println!("{} files written to {}", n_files, out.display());
    if let SignOff::Blocked { missing } = &assessed.publication.sign_off {
        println!("This is a draft that cannot be signed off. Missing: {}.", missing.join("; "));
        return Ok(Outcome::Wrong);
    }
    Ok(if assessed.findings.is_empty() { Outcome::Done } else { Outcome::Wrong })
}

/// Computes the assessment from the loaded lake.
pub(crate) async fn compute(
    partnership: &Partnership,
    published: Date,
) -> anyhow::Result<Assessed> {
    step(1, 3, "reading what was loaded");
    let lake = partnership.lake().await?;
    let observed = Observed::gather(&lake, &partnership.folder, &[])?;
    step(2, 3, "asking every claim and drawing the charts");
    publish::assess(&partnership.folder, &observed, published)
}

/// Notes what the publication said of controlled sources, so that the next one is protected against
/// it, and says what was withheld.
pub(crate) fn record(partnership: &Partnership, assessed: &Assessed) -> anyhow::Result<()> {
    let Some(protection) = &assessed.protection else { return Ok(()) };
    let said = Said {
        published: assessed.publication.published,
        vintage: assessed.publication.vintage.clone(),
        rounded: protection.report.rounded > 0,
        cells: protection.said.clone(),
    };
    let mut ledger = partnership.folder.ledger.clone();
    ledger.record(said);
    ledger.write(&partnership.folder.path)?;
    let report = &protection.report;
    eprintln!(
        "disclosure control: of {} numbers from sources under agreement, {} are withheld as small and {} so \
         that these cannot be worked out{}; what was said stands in {}",
        protection.said.len(),
        report.withheld_as_small,
        report.withheld_for_others,
        if report.quality == Quality::Heuristic { " (there may be a cheaper choice)" } else { "" },
        Ledger::path(&partnership.folder.path).display()
    );
    Ok(())
}

/// Every file of an assessment, by its path below the publication's folder.
pub(crate) fn files(assessed: &Assessed) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let assets = load_assets()?;
    let mut files: Vec<(String, Vec<u8>)> = publication_files(&assessed.publication, &assets)?
        .into_iter()
        .map(|file| (file.path, file.bytes))
        .collect();
    files.push(("evidence.json".into(), assessed.evidence.to_json()?.into_bytes()));
    Ok(files)
}

/// Writes every file of an assessment; the earlier publication is replaced only when all are written.
pub(crate) fn write(assessed: &Assessed, out: &Path) -> anyhow::Result<usize> {
    let files = files(assessed)?;
    write_files(&files, out)?;
    Ok(files.len())
}

/// Writes files to a folder; the earlier one, which must be ours, is replaced only when all are written.
pub(crate) fn write_files(files: &[(String, Vec<u8>)], out: &Path) -> anyhow::Result<()> {
    let staging = out.with_extension("writing");
    if staging.exists() {
        std::fs::remove_dir_all(&staging).with_context(|| staging.display().to_string())?;
    }
    for (name, bytes) in files {
        let path = staging.join(name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        std::fs::write(&path, bytes).with_context(|| path.display().to_string())?;
    }
    if out.exists() {
        // Only what we wrote ourselves is taken away.
        anyhow::ensure!(
            out.join("evidence.json").exists(),
            "{} exists and is no publication of ours; give another --out",
            out.display()
        );
        // Two names are changed, so that there is hardly a moment without a whole publication.
        let before = out.with_extension("before");
        if before.exists() {
            std::fs::remove_dir_all(&before).with_context(|| before.display().to_string())?;
        }
        std::fs::rename(out, &before).with_context(|| out.display().to_string())?;
        std::fs::rename(&staging, out).with_context(|| out.display().to_string())?;
        std::fs::remove_dir_all(&before).with_context(|| before.display().to_string())?;
        return Ok(());
    }
    if let Some(parent) = out.parent() {
        std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    }
    std::fs::rename(&staging, out).with_context(|| out.display().to_string())
}

/// The page templates, from where `cargo xtask assets` laid them.
pub(crate) fn load_assets() -> anyhow::Result<Assets> {
    Ok(Assets::load(&assets_folder()?)?)
}

/// The folder in which they lie.
pub(crate) fn assets_folder() -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os("WARDMOTE_ASSETS").map(PathBuf::from).or_else(beside_the_binary);
    folder.context("the page templates are not here; run `cargo xtask assets`, or set WARDMOTE_ASSETS to their folder")
}

/// `assets/` in the folder of the binary or one above it, where `cargo xtask assets` puts it.
fn beside_the_binary() -> Option<PathBuf> {
    let binary = std::env::current_exe().ok()?;
    binary
        .ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join("assets"))
        .find(|folder| folder.is_dir())
}
