//! What an import replaced, kept beside the prose until the next import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use wardmote_reports::bring_back::Change;

/// The folder `assessment/.before-import`.
pub(super) struct BeforeImport {
    assessment: PathBuf,
    folder: PathBuf,
}

/// What the import wrote, by file, so that later edits are not undone with it.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Written {
    files: BTreeMap<String, String>,
}

impl BeforeImport {
    pub(super) fn of(partnership: &Path) -> Self {
        let assessment = partnership.join("assessment");
        Self { folder: assessment.join(".before-import"), assessment }
    }

    fn prose(&self, file: &str) -> PathBuf {
        self.assessment.join(format!("{file}.md"))
    }

    fn kept(&self, file: &str) -> PathBuf {
        self.folder.join(format!("{file}.md"))
    }

    fn list(&self) -> PathBuf {
        self.folder.join("written.json")
    }

    /// Keeps the old files, in the place of those that an import before this replaced, and writes the new.
    pub(super) fn write(&self, changes: &[Change]) -> anyhow::Result<()> {
        self.forget()?;
        std::fs::create_dir_all(&self.folder).with_context(|| self.folder.display().to_string())?;
        let mut written = Written::default();
        for change in changes {
            write(&self.kept(&change.file), &change.before)?;
            written.files.insert(change.file.clone(), change.after.clone());
        }
        write(&self.list(), &serde_json::to_string_pretty(&written)?)?;
        for change in changes {
            write(&self.prose(&change.file), &change.after)?;
        }
        Ok(())
    }

    /// Puts the old files back, and says which.
    pub(super) fn put_back(&self) -> anyhow::Result<Vec<String>> {
        let list = std::fs::read_to_string(self.list())
            .with_context(|| format!("nothing to undo: {} is not there", self.list().display()))?;
        let written: Written = serde_json::from_str(&list)
            .with_context(|| format!("{} is not as it was written", self.list().display()))?;
        for (file, after) in &written.files {
            let path = self.prose(file);
            let now = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            ensure!(
                now == *after,
                "{} was edited after the import, so it is not put back; what the import replaced is {}",
                path.display(),
                self.kept(file).display()
            );
        }
        for file in written.files.keys() {
            let kept = self.kept(file);
            let before =
                std::fs::read_to_string(&kept).with_context(|| kept.display().to_string())?;
            write(&self.prose(file), &before)?;
        }
        self.forget()?;
        Ok(written.files.into_keys().collect())
    }

    fn forget(&self) -> anyhow::Result<()> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| self.folder.display().to_string())
            }
            _ => Ok(()),
        }
    }
}

/// A file is whole or as it was: it is written beside its place and then moved there.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let beside = path.with_extension("writing");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    std::fs::write(&beside, text).with_context(|| beside.display().to_string())?;
    std::fs::rename(&beside, path).with_context(|| path.display().to_string())
}
