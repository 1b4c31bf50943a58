//! `wardmote pack`: the papers of a meeting, from live registers and figures.

use std::path::PathBuf;

use jiff::civil::Date;
use wardmote_evidence::observed::Observed;
use wardmote_reports::pack_files;

use crate::Outcome;
use crate::board::pack::{self, Pack, Sources};
use crate::board::{Board, lines, state};
use crate::business::Business;
use crate::commands::assess::{load_assets, write_files};
use crate::commands::records::Where;
use crate::law::Law;
use crate::place::{At, Partnership, is_plain_name, today};

/// Make the pack of a meeting: papers on one page and as PDF, slides, and where each number comes from
///
/// Everything comes from the registers and the evidence: nothing of it is typed. Before it goes, its
/// words and those of the registers that it shows are read by the wording gate and the consistency
/// lint; on a finding nothing is written.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote pack build board-2025-03-18
  wardmote pack check board-2025-03-18 --on 2025-03-10")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make it, if nothing is found; exits with 1 and writes nothing where something is
    Build {
        #[command(flatten)]
        asked: Asked,
        /// Where to; packs/MEETING in the partnership's folder if not given
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Only say what would keep it from going
    Check {
        #[command(flatten)]
        asked: Asked,
    },
}

#[derive(Debug, clap::Args)]
struct Asked {
    /// The meeting's reference
    meeting: String,
    /// As of this day; today if not given, or the meeting's day where that is earlier
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Who asks: a person of the records; the keeper of the registers if not given
    #[arg(long = "as", value_name = "PERSON")]
    actor: Option<String>,
}

pub(crate) async fn run(at: &At, store: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Build { asked, out } => {
            let pack = made(at, store, asked).await?;
            if say(&pack) == Outcome::Wrong {
                eprintln!("nothing was written: mend these first");
                return Ok(Outcome::Wrong);
            }
            let out = if let Some(out) = out {
                out.clone()
            } else {
                anyhow::ensure!(
                    is_plain_name(&asked.meeting),
                    "the reference {:?} cannot name a folder; give --out",
                    asked.meeting
                );
                at.folder.join("packs").join(&asked.meeting)
            };
            let n_files = write(&pack, &out)?;
            println!("{n_files} files: {}", out.join("index.html").display());
            Ok(Outcome::Done)
        }
        What::Check { asked } => {
            let outcome = say(&made(at, store, asked).await?);
            if outcome == Outcome::Done {
                println!("Nothing keeps it from going.");
            }
            Ok(outcome)
        }
    }
}

fn say(pack: &Pack) -> Outcome {
    for note in &pack.notes {
        eprintln!("{note}");
    }
    for finding in &pack.findings {
        println!("{}:{}: {} ({})", finding.place, finding.line, finding.message, finding.rule);
    }
    if pack.findings.is_empty() { Outcome::Done } else { Outcome::Wrong }
}

async fn made(at: &At, store: &Where, asked: &Asked) -> anyhow::Result<Pack> {
    let partnership = Partnership::open_at(at)?;
    let business = Business::open(store).await?;
    let book = business.book(business.asking(asked.actor.as_deref())).await?;
    make(&partnership, &business, &book, &asked.meeting, asked.on).await
}

/// Makes the pack of a meeting of a partnership whose evidence is loaded.
async fn make(
    partnership: &Partnership,
    business: &Business,
    book: &crate::business::Book,
    meeting: &str,
    on: Option<Date>,
) -> anyhow::Result<Pack> {
    let law = Law::read(&partnership.folder.path)?;
    let board = Board::new(book);
    let date = board
        .called("meetings", meeting)
        .and_then(|meeting| crate::board::day(meeting, "due"))
        .unwrap_or_else(today);
    let lake = partnership.lake().await?;
    let observed = Observed::gather(&lake, &partnership.folder, &[])?;
    let sources = Sources {
        folder: &partnership.folder,
        law: &law,
        board,
        plan: &business.settings.plan,
        stale_after_days: business.settings.stale_after_days,
        observed: &observed,
        on: on.unwrap_or_else(|| today().min(date)),
    };
    pack::build(&sources, meeting)
}

fn write(pack: &Pack, out: &std::path::Path) -> anyhow::Result<usize> {
    let mut files: Vec<(String, Vec<u8>)> = pack_files(&pack.publication, &load_assets()?)?
        .into_iter()
        .map(|file| (file.path, file.bytes))
        .collect();
    files.push(("evidence.json".into(), pack.evidence.to_json()?.into_bytes()));
    write_files(&files, out)?;
    Ok(files.len())
}

/// Makes and writes the packs of a sample partnership: of each planned meeting that has spotlights.
pub(crate) async fn demo(
    partnership: &Partnership,
    store: &Where,
) -> anyhow::Result<Vec<(PathBuf, Outcome)>> {
    let business = Business::open(store).await?;
    let book = business.book(business.asking(None)).await?;
    let mut made = Vec::new();
    for meeting in Board::new(&book).all("meetings") {
        if state(meeting) != "planned" || lines(meeting, "spotlights").is_empty() {
            continue;
        }
        let reference = meeting.reference();
        let pack = make(partnership, &business, &book, reference, None).await?;
        let out = partnership.folder.path.join("packs").join(reference);
        let outcome = say(&pack);
        if outcome == Outcome::Done {
            write(&pack, &out)?;
        }
        made.push((out.join("index.html"), outcome));
    }
    Ok(made)
}
