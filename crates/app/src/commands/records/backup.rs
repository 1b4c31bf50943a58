//! `wardmote backup` and `wardmote restore`.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wardmote_records::backup::RecordKeys;
use wardmote_records::{Location, Store};

use super::Where;
use super::private::make_private_folder;
use crate::Outcome;
use crate::place::now;

/// Write the operational records into one file, while others work
///
/// Bodies stay sealed in it, and no key is. A file that is there is never overwritten. The records'
/// own keys, wrapped, go into one other file, keys/record-keys.newest in the partnership's folder or
/// the one that --record-keys names, which is written anew each time: only the newest of it is to be
/// kept, because it opens every older backup but for what was erased since.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  wardmote backup records-2026-11-24.backup")]
pub(crate) struct BackupArguments {
    /// The file to write
    file: PathBuf,
    /// The file of the records' own keys
    #[arg(long, value_name = "FILE")]
    record_keys: Option<PathBuf>,
}

impl BackupArguments {
    /// A backup into this file.
    pub(crate) fn to(file: PathBuf) -> Self {
        Self { file, record_keys: None }
    }
}

/// Restore a backup of the operational records into a new store
///
/// It may be of the other kind: so a partnership moves from a file to PostgreSQL. A store that holds
/// anything is refused, and a backup that is not whole or whose audit log is not leaves nothing. What
/// was erased since the backup was taken, as the newest file of the records' keys says, is erased
/// again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote restore records-2026-11-24.backup
  wardmote --records postgres://wardmote@localhost/records restore records-2026-11-24.backup")]
pub(crate) struct RestoreArguments {
    /// The backup
    file: PathBuf,
    /// The newest file of the records' own keys
    #[arg(long, value_name = "FILE")]
    record_keys: Option<PathBuf>,
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
    let written = store.backup(&mut writer).await;
    // The entry comes after it, so that what is restored is what was there.
    let noted = match &written {
        Ok(_) => store.note_backup("operator", now()).await,
        Err(_) => Ok(()),
    };
    if written.is_err() || noted.is_err() {
        // Half a backup is none, and neither is one that the log does not know.
        let _ = std::fs::remove_file(path);
    }
    let rows = written?;
    noted?;
    writer.get_ref().sync_all()?;
    println!("{rows} rows in {}", path.display());
    keep_record_keys(&store, &at.record_keys_path(arguments.record_keys.as_deref())).await?;
    Ok(Outcome::Done)
}

/// Writes the one file of the records' own keys anew, whole or not at all.
pub(crate) async fn keep_record_keys(store: &Store, path: &Path) -> anyhow::Result<()> {
    make_private_folder(path.parent().unwrap_or(Path::new(".")))?;
    let partly = path.with_extension("partly");
    let keep = |text: &str| {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partly)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&partly, path)
    };
    let count = store.keep_record_keys(keep).await.with_context(|| path.display().to_string())?;
    println!("{count} records' keys in {}; keep only the newest of it", path.display());
    Ok(())
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
    let keys_path = at.record_keys_path(arguments.record_keys.as_deref());
    let keys = File::open(&keys_path)
        .with_context(|| format!("{}, the newest of the records' keys", keys_path.display()))?;
    let keys = RecordKeys::read(&mut BufReader::new(keys))
        .with_context(|| keys_path.display().to_string())?;
    let store = at.open_or_make().await?;
    let restored = store.restore(&mut BufReader::new(file), &keys, now()).await;
    store.close().await;
    if restored.is_err()
        && let Location::Sqlite(there) = &location
    {
        // It was made for this, and holds nothing.
        let _ = std::fs::remove_file(there);
    }
    let restored = restored?;
    println!("{} rows in {location}, and the audit log in them is whole", restored.rows);
    if restored.erased > 0 {
        println!("{} records were erased since, and so again now", restored.erased);
    }
    Ok(Outcome::Done)
}
