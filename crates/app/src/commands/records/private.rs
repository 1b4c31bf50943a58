//! Files and folders that name people: for whoever runs this and for nobody else of the machine, and
//! out of git.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// Makes a folder that stays out of git and that others cannot look into; one that is there stays as
/// it is.
pub(super) fn make_private_folder(folder: &Path) -> anyhow::Result<()> {
    if !folder.as_os_str().is_empty() && !folder.exists() {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder).with_context(|| folder.display().to_string())?;
        std::fs::write(folder.join(".gitignore"), "*\n")?;
    }
    Ok(())
}

/// Writes a file that only its owner can read.
pub(super) fn write(path: &Path, text: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| path.display().to_string())?;
    tighten(path, 0o600);
    std::io::Write::write_all(&mut file, text).with_context(|| path.display().to_string())
}

/// Keeps the file of a store, and those that `SQLite` puts beside it, from others: a new one is made
/// so, and one that is there is made so by its owner. The usual folder around it is closed as well;
/// one that somebody named may hold other things.
pub(super) fn keep(store: &Path, partnership: Option<&PathBuf>) -> anyhow::Result<()> {
    if !store.exists() {
        // `SQLite` gives its other files the permissions of this one.
        return write(store, b"");
    }
    for ending in ["", "-wal", "-shm"] {
        let mut name = store.as_os_str().to_owned();
        name.push(ending);
        tighten(Path::new(&name), 0o600);
    }
    if let Some(folder) = partnership {
        tighten(&folder.join("records"), 0o700);
    }
    Ok(())
}

/// Takes from others what they may do with a file. Only its owner can; for anybody else it stays as
/// it is.
#[cfg(unix)]
fn tighten(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(there) = path.metadata() else { return };
    if there.permissions().mode() & 0o077 != 0
        && std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).is_ok()
    {
        tracing::info!("{} can now be read by its owner only", path.display());
    }
}

#[cfg(not(unix))]
fn tighten(_: &Path, _: u32) {}
