//! Programs that the checks need beyond Rust, Node and Python, installed where that is possible.

use std::process::Command;
use std::time::Duration;

use anyhow::bail;

use crate::journal::Journal;
use crate::processes::{command, execute, is_installed, output_of};

const INSTALL: Duration = Duration::from_mins(15);

/// A program, the Debian package that brings it, and what needs it.
struct Needed {
    /// Any one of these will do.
    programs: &'static [&'static str],
    debian: &'static str,
    reason: &'static str,
}

const NEEDED: &[Needed] = &[
    Needed {
        programs: &["chromium", "chromium-browser", "google-chrome"],
        debian: "chromium",
        reason: "the tests that look at pages in a browser",
    },
    Needed {
        programs: &["pdfinfo"],
        debian: "poppler-utils",
        reason: "the tests that look into PDF files",
    },
    Needed {
        programs: &["soffice"],
        debian: "libreoffice-writer-nogui",
        reason: "the tests that open DOCX files in LibreOffice",
    },
    Needed {
        // The server's own programs are not on the path; this one comes with them.
        programs: &["pg_createcluster"],
        debian: "postgresql",
        reason: "the tests of records on PostgreSQL",
    },
];

/// Installs what is missing, or says what will not be tested.
pub(crate) fn prepare(journal: &mut Journal) -> anyhow::Result<()> {
    journal.step("tools", || {
        add_component("fmt", "rustfmt")?;
        add_component("clippy", "clippy")?;
        if !missing().is_empty() && is_root() && is_installed("apt-get") {
            install(&missing())?;
        }
        Ok(())
    })?;
    for needed in missing() {
        journal.skip(format!(
            "{}: they need {} (on Debian: apt install {})",
            needed.reason, needed.programs[0], needed.debian
        ))?;
    }
    Ok(())
}

fn missing() -> Vec<&'static Needed> {
    let is_missing = |needed: &&Needed| !needed.programs.iter().any(|one| is_installed(one));
    NEEDED.iter().filter(is_missing).collect()
}

fn install(missing: &[&Needed]) -> anyhow::Result<()> {
    let apt = || {
        let mut apt = command("apt-get");
        // Another apt may hold the lock on a machine that has just started.
        apt.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", "DPkg::Lock::Timeout=300", "-qq"]);
        apt
    };
    execute(apt().arg("update"), INSTALL)?;
    let packages = missing.iter().map(|needed| needed.debian);
    execute(apt().args(["install", "--yes", "--no-install-recommends"]).args(packages), INSTALL)
}

/// Rustup's minimal profile comes without these.
fn add_component(subcommand: &str, component: &str) -> anyhow::Result<()> {
    if output_of(command("cargo").args([subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    if !is_installed("rustup") {
        bail!("cargo {subcommand} is needed; on Debian: apt install {component}");
    }
    execute(command("rustup").args(["component", "add", component]), INSTALL)
}

fn is_root() -> bool {
    output_of(Command::new("id").arg("-u")).is_ok_and(|user| user.trim() == "0")
}
