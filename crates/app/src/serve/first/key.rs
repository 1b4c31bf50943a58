//! Everything that a kept page was made of, as one hash: where any of it differs, the page is not served.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use wardmote_records::registers::PublishedState;
use wardmote_reports::Assets;
use wardmote_reports::site::Site;

use crate::place::today;

/// Folders of a partnership that say nothing to its readers, or are looked at in their own way.
const OTHER_FOLDERS: [&str; 7] = ["lake", "published", "data", "jobs", "keys", "cache", "records"];

/// The hash, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct Key(String);

impl Key {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The key of a partnership's pages as its files stand now, of this program, and of today: a month that
/// has not come is missing from a certain day.
///
/// What is small and written by hand is hashed whole. Of the lake's logs, the publication, the files
/// that the folder names and the program itself the length and the times of writing are taken, which no
/// change leaves as they were: the system sets the time of change and lets nobody choose it.
pub(in crate::serve) fn of_files(
    folder: &Path,
    site: &Site,
    assets: &Assets,
    plan: PublishedState,
    named: &[PathBuf],
) -> anyhow::Result<Key> {
    let mut hash = Sha256::new();
    let mut add = |name: &str, bytes: &[u8]| {
        for part in [name.as_bytes(), bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    };
    add("version", env!("CARGO_PKG_VERSION").as_bytes());
    let program = std::env::current_exe().context("this program does not know where it lies")?;
    add("program", marks(&program.metadata()?).as_bytes());
    add("site", &serde_json::to_vec(site)?);
    add("today", today().to_string().as_bytes());
    add("plan", format!("{plan:?}").as_bytes());
    add("style", assets.css.as_bytes());
    for (name, template) in &assets.templates {
        add(name, template.as_bytes());
    }
    walk(folder, "", &mut |name, path, is_own| {
        let about = path.metadata()?;
        if is_own {
            add(name, &std::fs::read(path)?);
        } else {
            add(name, marks(&about).as_bytes());
        }
        Ok(())
    })?;
    for path in named {
        let about = path.metadata().with_context(|| path.display().to_string())?;
        add(&path.display().to_string(), marks(&about).as_bytes());
    }
    Ok(Key(hex(&hash.finalize())))
}

pub(super) fn hex(hash: &[u8]) -> String {
    hash.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn is_written_by_hand(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml" || ending == "md")
}

/// By what one sees that a file was written since, or is another.
fn marks(about: &Metadata) -> String {
    let (written, changed) = (about.mtime_nsec(), about.ctime_nsec());
    format!(
        "{} {} {} {}.{written} {}.{changed}",
        about.dev(),
        about.ino(),
        about.len(),
        about.mtime(),
        about.ctime()
    )
}

type Each<'a> = &'a mut dyn FnMut(&str, &Path, bool) -> anyhow::Result<()>;

/// The files of a partnership in order: what is written by hand (`true`), and the logs of its lake and
/// its publication.
fn walk(folder: &Path, below: &str, each: Each<'_>) -> anyhow::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let inside = format!("{below}{name}");
        let first = inside.split('/').next().unwrap_or_default().to_owned();
        let is_other = OTHER_FOLDERS.contains(&first.as_str());
        if path.is_dir() {
            if !is_other || ["lake", "published"].contains(&first.as_str()) {
                walk(&path, &format!("{inside}/"), each)?;
            }
        } else if first == "published" || inside.contains("/_delta_log/") {
            each(&inside, &path, false)?;
        } else if !is_other && is_written_by_hand(&path) {
            each(&inside, &path, true)?;
        }
    }
    Ok(())
}
