//! `wardmote backup` and `wardmote restore`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;

use anyhow::Context as _;
use wardmote_records::Location;

use super::Where;
use crate::Outcome;

/// Write the operational records into one file, while others work
///
/// Bodies stay sealed, and the keys are not in it: keep those apart. A file that is there is never
/// overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  wardmote backup records-2026-11-24.backup")]
pub(crate) struct BackupArguments {
    /// The file to write
    file: PathBuf,
}

/// Restore a backup of the operational records into a new store
///
/// It may be of the other kind: so a partnership moves from a file to PostgreSQL. A store that holds
/// anything is refused, and a backup that is not whole or whose audit log is not leaves nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote restore records-2026-11-24.backup
  wardmote --records postgres://wardmote@localhost/records restore records-2026-11-24.backup")]
pub(crate) struct RestoreArguments {
    /// The backup
    file: PathBuf,
}

pub(crate) async fn backup(at: &Where, arguments: &BackupArguments) -> anyhow::Result<Outcome> {
    let path = &arguments.file;
    let store = at.open().await?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).with_context(|| path.display().to_string())?;
    let mut writer = BufWriter::new(file);
    let rows = match store.backup(&mut writer).await {
        Ok(rows) => rows,
        Err(why) => {
            // Half a backup is none.
            let _ = std::fs::remove_file(path);
            return Err(why.into());
        }
    };
    writer.get_ref().sync_all()?;
    println!("{rows} rows in {}", path.display());
    Ok(Outcome::Done)
}

pub(crate) async fn restore(at: &Where, arguments: &RestoreArguments) -> anyhow::Result<Outcome> {
    let path = &arguments.file;
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let location = at.location();
    if let Location::Sqlite(there) = &location {
        anyhow::ensure!(
            !there.exists(),
            "{location} is there already; a backup is restored into a new store only"
        );
    }
    let store = at.open_or_make().await?;
    let rows = store.restore(&mut BufReader::new(file)).await;
    store.close().await;
    if rows.is_err()
        && let Location::Sqlite(there) = &location
    {
        // It was made for this, and holds nothing.
        let _ = std::fs::remove_file(there);
    }
    println!("{} rows in {location}, and the audit log in them is whole", rows?);
    Ok(Outcome::Done)
}
