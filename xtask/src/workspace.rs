//! Where things are: the repository, the target directory, the real data.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::processes::command;

/// The repository that this program was built from, and the folders beside it.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The repository.
    pub(crate) root: PathBuf,
    /// Cargo's target directory, wherever the environment or the configuration puts it.
    pub(crate) target: PathBuf,
    /// The folder named by `WARDMOTE_DATA`, made absolute because tests run in other folders.
    pub(crate) data: Option<PathBuf>,
    /// Whether this is continuous integration, where nothing may be skipped.
    pub(crate) on_ci: bool,
}

impl Workspace {
    /// Asks Cargo where the workspace is.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let metadata = metadata(&["--no-deps"])?;
        let folder = |key: &str| {
            metadata[key]
                .as_str()
                .map(PathBuf::from)
                .with_context(|| format!("no {key} from Cargo"))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            data: real_data()?,
            on_ci: says_ci(std::env::var("CI").ok().as_deref()),
        })
    }

    /// Where `cargo xtask assets` puts what the pages are made with.
    pub(crate) fn assets(&self) -> PathBuf {
        self.target.join("assets")
    }

    /// The built `wardmote`.
    pub(crate) fn binary(&self, profile: &str) -> PathBuf {
        let folder = if profile == "dev" { "debug" } else { profile };
        self.target.join(folder).join(format!("wardmote{}", std::env::consts::EXE_SUFFIX))
    }
}

/// What `cargo metadata` says of the workspace that holds this package.
pub(crate) fn metadata(options: &[&str]) -> anyhow::Result<Value> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let output = command("cargo")
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .args(options)
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("cargo metadata failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("cargo metadata gave no JSON")
}

fn real_data() -> anyhow::Result<Option<PathBuf>> {
    let Some(named) = std::env::var_os("WARDMOTE_DATA").filter(|named| !named.is_empty()) else {
        return Ok(None);
    };
    let folder = Path::new(&named);
    let absolute = folder.canonicalize().with_context(|| {
        format!("WARDMOTE_DATA names {}, which cannot be read", folder.display())
    })?;
    Ok(Some(absolute))
}

fn says_ci(variable: Option<&str>) -> bool {
    !matches!(variable, None | Some("" | "0" | "false"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ci_is_on_unless_unset_or_denied() {
        assert!(says_ci(Some("true")) && says_ci(Some("1")));
        assert!(!says_ci(None) && !says_ci(Some("")) && !says_ci(Some("false")));
    }

    #[test]
    fn finds_this_workspace() {
        let workspace = Workspace::find().unwrap();
        assert!(workspace.root.join("xtask/src/workspace.rs").is_file());
        assert!(workspace.binary("dev").starts_with(workspace.target.join("debug")));
        assert!(workspace.binary("demo").starts_with(workspace.target.join("demo")));
    }
}
