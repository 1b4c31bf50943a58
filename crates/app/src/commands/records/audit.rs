//! `wardmote audit`: the log of what was done with records.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;
use jiff::civil::Date;
use wardmote_bundle::{PublicKey, SecretKey};
use wardmote_records::audit::{Checkpoint, Entry, Search};
use wardmote_records::words::Operation;

use super::Where;
use crate::Outcome;
use crate::commands::bundle::key::{Asking, PasswordArguments};
use crate::console::{self, Format};
use crate::place::now;
use crate::stranger::trusted_key;

/// Search the log of what was done with records, and find whether anybody changed it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote audit search --actor analyst-one --from 2026-11-01 --format csv
  wardmote audit export 2026-11.csv --from 2026-11-01 --to 2026-11-30
  wardmote audit checkpoint --out checkpoints
  wardmote audit verify --checkpoints checkpoints --key keys/publisher.pub --within-days 2")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Hold the log against itself and against checkpoints that were kept elsewhere
    Verify {
        /// The folder of checkpoints; without it the end of the log may have been cut off unseen
        #[arg(long, value_name = "DIR", requires = "key")]
        checkpoints: Option<PathBuf>,
        /// The public key that they are signed with: 56 characters, or a .pub file
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// The newest checkpoint must be no older than so many days
        #[arg(long, value_name = "DAYS", requires = "checkpoints")]
        within_days: Option<u16>,
    },
    /// Sign the end of the log as it is now, to be kept away from the database
    Checkpoint {
        /// The folder to write into
        #[arg(long, value_name = "DIR", default_value = "checkpoints")]
        out: PathBuf,
        /// The secret key, as `wardmote bundle key new` makes it; keys/publisher.key if not given
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        #[command(flatten)]
        password: PasswordArguments,
    },
    /// Print entries; the log says that this was done
    Search(SearchArguments),
    /// Write entries into a file of CSV with their hashes, for the data protection officer; the log
    /// says that this was done
    Export {
        /// The file, which must be new
        file: PathBuf,
        #[command(flatten)]
        which: Which,
    },
}

#[derive(Debug, clap::Args)]
struct SearchArguments {
    #[command(flatten)]
    which: Which,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// Which entries.
#[derive(Debug, clap::Args)]
struct Which {
    /// By this person
    #[arg(long, value_name = "PERSON")]
    actor: Option<String>,
    /// With this record, or with what begins so, such as person/jo-smith
    #[arg(long, value_name = "RECORD")]
    subject: Option<String>,
    /// Of this kind, such as consultation or disclosure
    #[arg(long, value_name = "OPERATION", value_parser = Operation::parse)]
    operation: Option<Operation>,
    /// That ended so: done or refused
    #[arg(long, value_name = "OUTCOME", value_parser = wardmote_records::words::Outcome::parse)]
    outcome: Option<wardmote_records::words::Outcome>,
    /// To this organisation
    #[arg(long, value_name = "ORGANISATION")]
    recipient: Option<String>,
    /// From this day on (UTC)
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// To this day, which is included (UTC)
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
}

impl Which {
    fn search(&self) -> anyhow::Result<Search> {
        let day_after = self.to.map(jiff::civil::Date::tomorrow).transpose()?;
        Ok(Search {
            actor: self.actor.clone(),
            subject: self.subject.clone(),
            operation: self.operation,
            outcome: self.outcome,
            recipient: self.recipient.clone(),
            from: self.from.map(start_of).transpose()?,
            before: day_after.map(start_of).transpose()?,
        })
    }
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Verify { checkpoints, key, within_days } => {
            verify(at, checkpoints.as_deref(), key.as_deref(), *within_days).await
        }
        What::Checkpoint { out, key, password } => {
            let usual = || at.folder.join("keys").join("publisher.key");
            checkpoint(at, out, &key.clone().unwrap_or_else(usual), password).await
        }
        What::Search(arguments) => search(at, arguments).await,
        What::Export { file, which } => export(at, file, which).await,
    }
}

async fn verify(
    at: &Where,
    checkpoints: Option<&Path>,
    key: Option<&str>,
    within_days: Option<u16>,
) -> anyhow::Result<Outcome> {
    let kept = match (checkpoints, key) {
        (Some(folder), Some(key)) => kept(folder, &trusted_key(key)?)?,
        _ => Vec::new(),
    };
    let verification = at.open().await?.verify_audit(&kept).await?;
    for fault in &verification.faults {
        println!("WRONG  {fault}");
    }
    let (entries, faults) = (verification.entries, verification.faults.len());
    let until = kept.iter().map(|one| one.sequence).max();
    let vouched = until.map_or_else(
        || "no checkpoint from elsewhere was given, so its end may have been cut off".to_owned(),
        |last| format!("{} checkpoints vouch for it up to entry {last}", kept.len()),
    );
    println!("{entries} entries, {faults} faults; {vouched}");
    let is_late = within_days.is_some_and(|days| {
        let newest = kept.iter().filter_map(|one| one.at).max();
        let hours = i64::from(days) * 24;
        newest.is_none_or(|newest| now().duration_since(newest).as_hours() > hours)
    });
    if is_late {
        println!("WRONG  the newest checkpoint is older than that: they no longer come daily");
    }
    Ok(if faults == 0 && !is_late { Outcome::Done } else { Outcome::Wrong })
}

/// The checkpoints of a folder, each with a signature that holds.
fn kept(folder: &Path, key: &PublicKey) -> anyhow::Result<Vec<Checkpoint>> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "checkpoint") {
            continue;
        }
        let name = || path.display().to_string();
        let text = std::fs::read_to_string(&path).with_context(name)?;
        let signature = path.with_extension("checkpoint.minisig");
        let signature =
            std::fs::read_to_string(&signature).with_context(|| signature.display().to_string())?;
        key.check(text.as_bytes(), &signature).with_context(name)?;
        kept.push(Checkpoint::parse(&text).with_context(name)?);
    }
    anyhow::ensure!(!kept.is_empty(), "there is no checkpoint in {}", folder.display());
    Ok(kept)
}

pub(super) async fn checkpoint(
    at: &Where,
    out: &Path,
    key: &Path,
    password: &PasswordArguments,
) -> anyhow::Result<Outcome> {
    let text = std::fs::read_to_string(key)
        .with_context(|| format!("{}; `wardmote bundle key new` makes one", key.display()))?;
    let key = SecretKey::read(&text, || password.ask(Asking::ToUse))?;
    let Some(checkpoint) = at.open().await?.audit_checkpoint(now()).await? else {
        println!("the log has no entry yet");
        return Ok(Outcome::Done);
    };
    std::fs::create_dir_all(out)?;
    let path = out.join(format!("{:012}.checkpoint", checkpoint.sequence));
    if path.exists() {
        println!("{} is there already: nothing was done since", path.display());
        return Ok(Outcome::Done);
    }
    let text = checkpoint.to_text();
    let signature = key.sign_file(text.as_bytes(), "wardmote audit checkpoint")?;
    std::fs::write(path.with_extension("checkpoint.minisig"), signature)?;
    std::fs::write(&path, text)?;
    println!("{}", path.display());
    eprintln!("Keep it, with its .minisig, where who runs the database cannot write.");
    Ok(Outcome::Done)
}

const HEADINGS: [&str; 12] = [
    "entry",
    "at",
    "operation",
    "outcome",
    "actor",
    "recipient",
    "subject",
    "version",
    "purpose",
    "policy",
    "hash",
    "previous",
];

async fn search(at: &Where, arguments: &SearchArguments) -> anyhow::Result<Outcome> {
    let store = at.open().await?;
    let entries = store.search_audit(&arguments.which.search()?).await?;
    store.note_search("operator", now()).await?;
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    // That an entry follows the one before is for `verify` to say.
    let rows: Vec<Vec<String>> = rows.into_iter().map(|row| row[..11].to_vec()).collect();
    console::print(arguments.format, &HEADINGS[..11], &rows)?;
    Ok(Outcome::Done)
}

async fn export(at: &Where, path: &Path, which: &Which) -> anyhow::Result<Outcome> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| path.display().to_string())?;
    let store = at.open().await?;
    store.note_export("operator", now()).await?;
    let entries = store.search_audit(&which.search()?).await?;
    let rows: Vec<Vec<String>> = entries.iter().map(row).collect();
    file.write_all(console::csv(&HEADINGS, &rows).as_bytes())?;
    println!("{} entries in {}", entries.len(), path.display());
    Ok(Outcome::Done)
}

fn start_of(day: Date) -> anyhow::Result<Timestamp> {
    Ok(format!("{day}T00:00:00Z").parse()?)
}

fn row(entry: &Entry) -> Vec<String> {
    vec![
        entry.sequence.to_string(),
        entry.at.to_string(),
        entry.operation.to_string(),
        entry.outcome.to_string(),
        entry.actor.clone(),
        entry.recipient.clone().unwrap_or_default(),
        entry.subject.clone(),
        entry.version.map(|version| version.to_string()).unwrap_or_default(),
        entry.purpose.clone(),
        entry.policy.clone().unwrap_or_default(),
        entry.hash.clone(),
        entry.previous.clone(),
    ]
}
