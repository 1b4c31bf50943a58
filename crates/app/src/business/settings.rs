//! `plan/settings.toml`: where the partnership's own lists belong, and what it asks of their owners.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use wardmote_records::registers::{Filing, Registers};
use wardmote_records::words::Regime;

/// What a partnership has settled for its registers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The organisation that owns the lists.
    owner: String,
    /// The controller of their data.
    controller: String,
    /// The area that they are about.
    subject_area: String,
    /// The law that their data are processed under.
    regime: Regime,
    /// The purpose that agreements name for this work.
    pub(crate) purpose: String,
    /// The person in whose name commands at the machine act unless told otherwise.
    pub(crate) keeper: String,
    /// An owner's word is stale after so many days.
    pub(crate) stale_after_days: u32,
    /// The reference of the plan that is shown first.
    pub(crate) plan: String,
}

impl Settings {
    pub(crate) fn is_there(folder: &Path) -> bool {
        folder.join("plan").join("settings.toml").exists()
    }

    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("plan").join("settings.toml");
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!("{}: says whose lists these are; docs/plan.md shows one", path.display())
        })?;
        toml::from_str(&text).with_context(|| path.display().to_string())
    }

    pub(crate) fn filing(&self) -> Filing {
        Filing {
            owner: self.owner.clone(),
            controller: self.controller.clone(),
            subject_area: self.subject_area.clone(),
            regime: self.regime,
        }
    }
}

/// The standard registers with those that `plan/registers/*.toml` declare.
pub(crate) fn registers(folder: &Path) -> anyhow::Result<Registers> {
    let folder = folder.join("plan").join("registers");
    let mut own = BTreeMap::new();
    for path in toml_files(&folder)? {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        own.insert(path.display().to_string(), text);
    }
    Ok(Registers::with(&own)?)
}

/// The TOML files of a folder by name; none where there is no folder.
pub(crate) fn toml_files(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
