//! `wardmote records nightly`: what must be done every night, each whatever became of the others.

use std::path::{Path, PathBuf};

use super::protect::RetentionArguments;
use super::{Where, audit, backup, make_private_folder, protect};
use crate::Outcome;
use crate::commands::bundle::key::PasswordArguments;
use crate::console::chain;
use crate::place::now;

/// Erase what is due, sign the end of the log, and back up; for a timer, every night
///
/// The log says that it ran. What fails is said, and the rest is done all the same; the command ends
/// with 1 then, and where records have no rule of retention. Copy the checkpoints to where who runs
/// the database cannot change them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote bundle key new --no-password --out keys/checkpoints.key   # once
  wardmote records nightly")]
pub(crate) struct Arguments {
    /// The folder of backups; backups in the partnership's folder if not given
    #[arg(long, value_name = "DIR")]
    backups: Option<PathBuf>,
    /// The folder of checkpoints; checkpoints in the partnership's folder if not given
    #[arg(long, value_name = "DIR")]
    checkpoints: Option<PathBuf>,
    /// The secret key that checkpoints are signed with; keys/checkpoints.key if not given
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArguments,
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let within = |named: &Option<PathBuf>, usual: &str| {
        named.clone().unwrap_or_else(|| at.folder.join(usual))
    };
    let key = within(&arguments.key, "keys/checkpoints.key");
    let checkpoints = within(&arguments.checkpoints, "checkpoints");
    let backups = within(&arguments.backups, "backups");
    at.open().await?.note_nightly(now()).await?;
    // The backup is last, so that what was restored from it is no older than the checkpoint.
    let outcomes = [
        ("retention", protect::retention(at, &RetentionArguments::erasing()).await),
        ("checkpoint", audit::checkpoint(at, &checkpoints, &key, &arguments.password).await),
        ("backup", back_up(at, &backups).await),
    ];
    let mut all = Outcome::Done;
    for (step, outcome) in outcomes {
        match outcome {
            Ok(Outcome::Done) => continue,
            Ok(_) => eprintln!("{step}: done, but see above"),
            Err(error) => eprintln!("{step} FAILED: {}", chain(&error)),
        }
        all = Outcome::Wrong;
    }
    Ok(all)
}

async fn back_up(at: &Where, backups: &Path) -> anyhow::Result<Outcome> {
    make_private_folder(backups)?;
    let file = backups.join(format!("records-{}.backup", now().strftime("%Y-%m-%dT%H%M%SZ")));
    backup::backup(at, &backup::BackupArguments::to(file)).await
}
