//! `wardmote ingest`: loads the partnership's files.

use std::path::{Path, PathBuf};

use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::numbers::thousands;
use wardmote_lake::{IngestReport, IngestRequest};

use crate::Outcome;
use crate::commands::moves;
use crate::console::LoadProgress;
use crate::place::{Partnership, this_month};

/// Load files, folders or the ZIP as data.police.uk delivers it
///
/// Without paths, loads what the partnership's sources declare. The same file twice changes nothing;
/// a run that is interrupted leaves what was loaded before as it was, and is done again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  wardmote ingest\n  wardmote ingest ~/Downloads/2024-05.zip\n  wardmote ingest --data /srv/police"
)]
pub(crate) struct Arguments {
    /// Files, folders or archives to load instead of the declared ones
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where the sources' files lie, instead of the folder that partnership.toml names
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The source that given paths belong to, where several bring events
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// Reading threads; as many as there are cores if not given
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

pub(crate) async fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open(folder, arguments.data.as_deref())?;
    let report = load(&partnership, arguments, &partnership.lake_folder()).await?;
    print_report(&report);
    if !report.loaded.is_empty() {
        say_what_moves(&partnership, folder).await;
    }
    Ok(if report.failures.is_empty() { Outcome::Done } else { Outcome::Wrong })
}

/// Says how much of what was published comes out otherwise now. The run is done whatever this finds.
async fn say_what_moves(partnership: &Partnership, folder: &Path) {
    let Ok(published) = EvidenceFile::read(&folder.join("published").join("evidence.json")) else {
        return;
    };
    match moves::since(partnership, &published).await {
        Ok(found) if found.figures.is_empty() && found.sentences.is_empty() => {
            println!("No published figure moves.");
        }
        Ok(found) => println!(
            "{} published figures and {} sentences move; `wardmote moves` lists them",
            found.figures.len(),
            found.sentences.len()
        ),
        Err(why) => println!("What moves in the publication cannot be said: {why}"),
    }
}

/// Loads what the sources declare into a lake, without printing.
pub(crate) async fn load_into(
    partnership: &Partnership,
    lake: &Path,
) -> anyhow::Result<IngestReport> {
    load(
        partnership,
        &Arguments { paths: Vec::new(), data: None, source: None, threads: None },
        lake,
    )
    .await
}

async fn load(
    partnership: &Partnership,
    arguments: &Arguments,
    lake: &Path,
) -> anyhow::Result<IngestReport> {
    let mut sources: Vec<_> = partnership.folder.sources.values().cloned().collect();
    if !arguments.paths.is_empty() {
        sources.retain(|source| {
            !source.reader.brings_events()
                || arguments.source.as_ref().is_none_or(|id| source.id == *id)
        });
        let events: Vec<&str> =
            sources.iter().filter(|s| s.reader.brings_events()).map(|s| s.id.as_str()).collect();
        anyhow::ensure!(
            !events.is_empty(),
            "no declared source brings events; add one to sources/"
        );
        anyhow::ensure!(
            events.len() == 1,
            "say which source the files belong to with --source: {}",
            events.join(", ")
        );
    }
    // Files given by hand need no data folder.
    let data_folder = match partnership.data_folder() {
        Err(_) if !arguments.paths.is_empty() => partnership.folder.path.clone(),
        other => other?,
    };
    let threads = arguments
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into));
    let request = IngestRequest {
        partnership: &partnership.folder.partnership,
        sources: &sources,
        data_folder: &data_folder,
        only: &arguments.paths,
        latest: this_month()?,
        threads,
    };
    let progress = LoadProgress::new();
    let report = wardmote_lake::ingest(lake, &request, &progress).await;
    progress.finish();
    Ok(report?)
}

pub(crate) fn print_report(report: &IngestReport) {
    let sum = |of: fn(&wardmote_lake::Load) -> u64| thousands(report.loaded.iter().map(of).sum());
    println!(
        "{} files loaded, {} already there: {} rows read = {} kept + {} refused; {} kept without a place",
        report.loaded.len(),
        report.already,
        sum(|load| load.rows_read),
        sum(|load| load.rows_kept),
        sum(|load| load.rows_refused),
        sum(|load| load.without_place),
    );
    let unrecognised: u64 = report.loaded.iter().map(|load| load.unrecognised_areas).sum();
    if unrecognised > 0 {
        println!("{} rows name a small area that no loaded lookup knows", thousands(unrecognised));
    }
    for load in report.loaded.iter().filter(|load| load.supersedes.is_some()) {
        println!("{}: replaces the version that was loaded before", load.file_name);
    }
    for (file, note) in &report.notes {
        println!("{file}: {note}");
    }
    if report.strays_cleared > 0 {
        println!("{} files of a run that did not finish were cleared away", report.strays_cleared);
    }
    for (file, reason) in &report.failures {
        eprintln!("not loaded: {file}: {reason}");
    }
    if !report.skipped.is_empty() {
        println!(
            "{} files passed over, because no declared source reads them",
            report.skipped.len()
        );
    }
}
