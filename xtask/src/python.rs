//! Folders of pinned Python packages: for the peers of the bench, for the engines that read the
//! lake's tables in a test, and for schemathesis.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;

use crate::packages::remove_folder;
use crate::processes::{command, execute};

const INSTALL: Duration = Duration::from_mins(15);

/// Puts what a requirements file pins into a folder for `PYTHONPATH`; anew only when the file has
/// changed.
pub(crate) fn packages(requirements: &Path, folder: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(requirements)
        .with_context(|| format!("no {}", requirements.display()))?;
    let installed = folder.join("installed.txt");
    if fs::read_to_string(&installed).is_ok_and(|before| before == text) {
        return Ok(());
    }
    remove_folder(folder)?;
    let mut pip = command("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip.args(["--require-hashes", "--only-binary", ":all:", "--target"]).arg(folder);
    execute(pip.arg("--requirement").arg(requirements), INSTALL)
        .context("Python's pip is needed; on Debian: apt install python3-pip")?;
    fs::write(installed, text)?;
    Ok(())
}
