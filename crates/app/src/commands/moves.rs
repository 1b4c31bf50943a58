//! `wardmote moves`: the published figures and sentences that come out otherwise now.

use std::path::PathBuf;

use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::moves::{Moved, Moves, moves};
use wardmote_evidence::owner::with_shared_loads;

use crate::Outcome;
use crate::commands::assess;
use crate::place::{At, Partnership};

/// Say which published figures and sentences the loaded files move, and why
///
/// Compares a publication with the lake as it is now: after a month was revised, a file was withdrawn
/// or a new one came. Nothing is published or changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote moves
  wardmote moves --evidence /srv/www/assessment/evidence.json --json
  wardmote moves --as-of s-0123456789ab

Exit codes: 0 nothing that was published moves, 1 something does.")]
pub(crate) struct Arguments {
    /// The evidence of the publication; published/evidence.json if not given
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let path = arguments
        .evidence
        .clone()
        .unwrap_or_else(|| at.folder.join("published").join("evidence.json"));
    let published = EvidenceFile::read(&path)?;
    let found = since(&Partnership::open_at(at)?, &published).await?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found);
    }
    let nothing = found.figures.is_empty() && found.sentences.is_empty();
    Ok(if nothing { Outcome::Done } else { Outcome::Wrong })
}

/// What has moved since a publication.
pub(crate) async fn since(
    partnership: &Partnership,
    published: &EvidenceFile,
) -> anyhow::Result<Moves> {
    let now = assess::compute(partnership, published.published).await?.evidence;
    let now = with_shared_loads(&now, partnership.lake().await?.loads());
    let then = match partnership.lake_at(&published.snapshot.parse()?).await {
        Ok(lake) => with_shared_loads(published, lake.loads()),
        // The vintage is elsewhere: of shared sources nothing is known but what was published.
        Err(_) => published.clone(),
    };
    Ok(moves(&then, &now))
}

fn print(found: &Moves) {
    for change in &found.files {
        println!("{change}");
    }
    let list = |title: &str, moved: &[Moved]| {
        if !moved.is_empty() {
            println!("\n{title}");
        }
        for one in moved {
            let or_none =
                |text: &str| if text.is_empty() { "none".into() } else { text.to_owned() };
            println!("  {}", one.what);
            println!("    published  {}", or_none(&one.published));
            let beyond = if one.now == one.published { ", and other digits beyond" } else { "" };
            println!("    now        {}{beyond}", or_none(&one.now));
            println!("    because    {}", one.why);
        }
    };
    list("Figures that move", &found.figures);
    list("Sentences that move", &found.sentences);
    println!(
        "\n{} figures and {} sentences move; {} figures are the same to the last digit",
        found.figures.len(),
        found.sentences.len(),
        found.figures_same
    );
}
