//! `cargo xtask bench`: the lake beside DuckDB and Polars on the same generated files, in one run;
//! `cargo xtask bench serve`: the site of a country of twenty million generated incidents under load.

use std::fs;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::journal::Journal;
use crate::packages::remove_folder;
use crate::processes::{command, execute};
use crate::workspace::Workspace;
use crate::{assets, python};

const BUILD: Duration = Duration::from_mins(90);
const GENERATE: Duration = Duration::from_mins(10);
const BENCH: Duration = Duration::from_hours(1);

/// The least that is worth measuring: smaller files leave the engines' start-up in the figures.
const ROWS: u64 = 10_000_000;

/// Incidents of the country that is served.
const COUNTRY_ROWS: u64 = 20_000_000;

/// `cargo xtask bench [serve] [--rows N]`
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<()> {
    match arguments.split_first() {
        Some((first, rest)) if first == "serve" => serve(workspace, rows(rest, COUNTRY_ROWS)?),
        _ => ingest(workspace, rows(arguments, ROWS)?),
    }
}

/// Generates and loads a country, then serves it to `benches/serve_load.py`.
fn serve(workspace: &Workspace, rows: u64) -> anyhow::Result<()> {
    let folder = workspace.target.join("bench").join(format!("country-{rows}"));
    let wardmote = workspace.binary("demo");
    let mut journal = Journal::new(workspace);
    journal.step("assets", || assets::prepare(workspace))?;
    journal.step("build", || {
        let build = ["build", "--profile", "demo", "--package", "wardmote", "--bin", "wardmote"];
        execute(command("cargo").current_dir(&workspace.root).args(build), BUILD)
    })?;
    journal.step("country", || {
        // Loaded last, so that a country without this mark was left half-made.
        let complete = folder.with_extension("complete");
        if complete.exists() {
            println!("the country is there from before, in {}", folder.display());
            return Ok(());
        }
        remove_folder(&folder)?;
        let mut twin = command(&wardmote);
        twin.args(["twin", "country", "--rows", &rows.to_string(), "--out"]).arg(&folder);
        execute(&mut twin, GENERATE)?;
        execute(command(&wardmote).arg("-C").arg(&folder).arg("ingest"), GENERATE)?;
        // The lake has what they held.
        remove_folder(&folder.join("data/police"))?;
        fs::write(complete, "")?;
        Ok(())
    })?;
    journal.step("load", || {
        let mut load = command("python3");
        load.env("WARDMOTE_ASSETS", workspace.assets());
        load.arg(workspace.root.join("benches/serve_load.py"));
        execute(load.arg("--wardmote").arg(&wardmote).arg("--folder").arg(&folder), BENCH)
    })?;
    journal.sum_up();
    Ok(())
}

fn ingest(workspace: &Workspace, rows: u64) -> anyhow::Result<()> {
    let work = workspace.target.join("bench");
    let files = work.join(format!("rows-{rows}"));
    let wardmote = workspace.binary("demo");
    let mut journal = Journal::new(workspace);
    journal.step("build", || {
        // In one go, so that the packages that both need are built once.
        let build = ["build", "--profile", "demo", "--package", "wardmote", "--bin", "wardmote"];
        let example = ["--package", "wardmote-lake", "--example", "unsorted"];
        execute(command("cargo").current_dir(&workspace.root).args(build).args(example), BUILD)
    })?;
    let packages = work.join("python");
    journal.step("DuckDB and Polars", || {
        python::packages(&workspace.root.join("benches/requirements.txt"), &packages)
    })?;
    journal.step("generate rows", || {
        // The generator gives the same rows each time; its last file is followed by this mark.
        let complete = work.join(format!("rows-{rows}.complete"));
        if complete.exists() {
            println!("the rows are there from before, in {}", files.display());
            return Ok(());
        }
        remove_folder(&files)?;
        let mut twin = command(&wardmote);
        twin.args(["twin", "bench", "--rows", &rows.to_string(), "--out"]).arg(&files);
        execute(&mut twin, GENERATE)?;
        fs::write(complete, "")?;
        Ok(())
    })?;
    journal.step("bench", || {
        let mut peers = command("python3");
        peers.env("PYTHONPATH", &packages);
        peers.arg(workspace.root.join("benches/ingest_peers.py"));
        peers.arg("--files").arg(&files).arg("--wardmote").arg(&wardmote);
        let unsorted = wardmote.with_file_name("examples").join("unsorted");
        peers.arg("--ours-unsorted").arg(format!("'{}' {{files}} {{folder}}", unsorted.display()));
        execute(peers.arg("--work").arg(work.join("out")), BENCH)
    })?;
    journal.sum_up();
    Ok(())
}

fn rows(arguments: &[String], unless_given: u64) -> anyhow::Result<u64> {
    match arguments {
        [] => Ok(unless_given),
        [option, number] if option == "--rows" => {
            let rows = number.replace('_', "").parse().context("--rows takes a whole number")?;
            ensure!(rows > 0, "--rows takes a number above 0");
            Ok(rows)
        }
        _ => bail!("usage: cargo xtask bench [serve] [--rows N]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_ten_million_unless_given() {
        let words = |text: &str| text.split(' ').map(String::from).collect::<Vec<_>>();
        assert_eq!(rows(&[], ROWS).unwrap(), 10_000_000);
        assert_eq!(rows(&words("--rows 20_000"), ROWS).unwrap(), 20_000);
        for wrong in ["--rows 0", "--row 1", "served"] {
            assert!(rows(&words(wrong), ROWS).is_err(), "{wrong}");
        }
    }
}
