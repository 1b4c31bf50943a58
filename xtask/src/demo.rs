//! `cargo xtask demo`: from a clean clone to written assessments, and the site that shows them.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::journal::Journal;
use crate::processes::{command, execute};
use crate::workspace::Workspace;
use crate::{assets, sample_data};

const BUILD: Duration = Duration::from_mins(90);
const DEMO: Duration = Duration::from_mins(20);

/// `cargo xtask demo [--profile demo|dev] [--no-serve]`
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<()> {
    let (profile, may_serve) = options(arguments)?;
    let mut journal = Journal::new(workspace);
    journal.step("assets", || assets::prepare(workspace))?;
    journal.step("build", || {
        let build = ["build", "--package", "wardmote", "--profile", profile];
        execute(command("cargo").current_dir(&workspace.root).args(build), BUILD)
    })?;
    journal.step("sample data", || sample_data::prepare(workspace, &workspace.root))?;
    let pages = journal.step("assessments", || write(workspace, profile, &workspace.root))?;
    if workspace.data.is_none() {
        journal.skip(NEED_DATA)?;
    }
    journal.sum_up();
    println!(
        "\ndisk: {} in {}, {} in partnerships",
        in_gigabytes(size(&workspace.target)),
        workspace.target.display(),
        in_gigabytes(size(&workspace.root.join("partnerships"))),
    );
    println!("\nThe assessments are written:");
    for page in &pages {
        println!("  {}", page.display());
    }
    let is_watched = std::io::stdout().is_terminal() && std::env::var_os("CI").is_none();
    if may_serve && is_watched { serve(workspace, profile, &pages) } else { Ok(()) }
}

/// Serves the partnerships whose publications these are, until Ctrl-C.
fn serve(workspace: &Workspace, profile: &str, pages: &[PathBuf]) -> anyhow::Result<()> {
    let folders = pages.iter().filter_map(|page| page.parent().and_then(Path::parent));
    let mut wardmote = command(workspace.binary(profile));
    wardmote.arg("serve").args(folders).env("WARDMOTE_ASSETS", workspace.assets());
    println!("\nThe site, until Ctrl-C:");
    let ended = wardmote.status().context("cannot start wardmote serve")?;
    ensure!(ended.success(), "wardmote serve ended with {ended}");
    Ok(())
}

/// Why Luton's and Stockport's assessments may be missing.
pub(crate) const NEED_DATA: &str = "Luton and Stockport: their files are read from the folder named by \
    WARDMOTE_DATA, which is not set (README.md says how to get them)";

/// Runs `wardmote demo` in `root`, and returns the first page of each assessment written.
pub(crate) fn write(
    workspace: &Workspace,
    profile: &str,
    root: &Path,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut wardmote = command(workspace.binary(profile));
    wardmote.arg("demo").current_dir(root).env("WARDMOTE_ASSETS", workspace.assets());
    if let Some(data) = &workspace.data {
        wardmote.env("WARDMOTE_DATA", data);
    }
    execute(&mut wardmote, DEMO)?;
    let mut expected = vec!["leeds", "stockport-twin"];
    expected.extend(workspace.data.iter().flat_map(|_| ["luton", "stockport"]));
    expected.iter().map(|name| published(&root.join("partnerships").join(name))).collect()
}

/// The first page of a partnership's publication, if all that belongs to it was written.
fn published(partnership: &Path) -> anyhow::Result<PathBuf> {
    let folder = partnership.join("published");
    let mut files = Vec::new();
    list(&folder, &mut files);
    let holds = |ending: &str| files.iter().any(|(path, size)| *size > 0 && path.ends_with(ending));
    for file in ["index.html", "evidence.json"] {
        ensure!(holds(file), "the demo wrote no {file} in {}", folder.display());
    }
    for extension in ["pdf", "csv"] {
        let written = files
            .iter()
            .any(|(path, size)| *size > 0 && path.extension().is_some_and(|is| is == extension));
        ensure!(written, "the demo wrote no {extension} in {}", folder.display());
    }
    let index = files.into_iter().map(|(path, _)| path).find(|path| path.ends_with("index.html"));
    index.context("no index.html")
}

/// The profile to build with, and whether the site may be served at the end.
fn options(arguments: &[String]) -> anyhow::Result<(&'static str, bool)> {
    let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let n_words = words.len();
    words.retain(|word| *word != "--no-serve");
    let may_serve = words.len() == n_words;
    match words.as_slice() {
        [] | ["--profile", "demo"] => Ok(("demo", may_serve)),
        ["--profile", "dev"] => Ok(("dev", may_serve)),
        _ => bail!("usage: cargo xtask demo [--profile demo|dev] [--no-serve]"),
    }
}

/// All files in a folder, with their sizes; what cannot be read is left out.
fn list(folder: &Path, into: &mut Vec<(PathBuf, u64)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(about) if about.is_dir() => list(&entry.path(), into),
            Ok(about) => into.push((entry.path(), about.len())),
            Err(_) => {}
        }
    }
}

fn size(folder: &Path) -> u64 {
    let mut files = Vec::new();
    list(folder, &mut files);
    files.iter().map(|(_, size)| size).sum()
}

fn in_gigabytes(bytes: u64) -> String {
    format!("{:.2} GB", bytes as f64 / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_profiles_are_known_and_the_site_can_be_left_out() {
        let words = |text: &str| text.split(' ').map(String::from).collect::<Vec<_>>();
        assert_eq!(options(&[]).unwrap(), ("demo", true));
        assert_eq!(options(&words("--profile dev")).unwrap(), ("dev", true));
        assert_eq!(options(&words("--profile dev --no-serve")).unwrap(), ("dev", false));
        assert!(options(&words("--profile release")).is_err());
    }

    #[test]
    fn a_publication_without_its_evidence_is_no_publication() {
        let folder = tempfile::tempdir().unwrap();
        let published_folder = folder.path().join("published");
        fs::create_dir(&published_folder).unwrap();
        for file in ["index.html", "summary.pdf", "table.csv"] {
            fs::write(published_folder.join(file), "x").unwrap();
        }
        let error = published(folder.path()).unwrap_err();
        assert!(error.to_string().contains("evidence.json"), "{error}");
        fs::write(published_folder.join("evidence.json"), "{}").unwrap();
        assert_eq!(published(folder.path()).unwrap(), published_folder.join("index.html"));
    }
}
