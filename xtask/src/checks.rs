//! `cargo xtask test`: every check, in the order in which a failure is cheapest to meet.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail, ensure};

use crate::journal::Journal;
use crate::packages::{copy, remove_folder};
use crate::processes::{command, execute, execute_reading, output_of};
use crate::workspace::Workspace;
use crate::{COMMANDS, assets, demo, python, readme, sample_data, system};

const FORMAT: Duration = Duration::from_mins(2);
const COMPILE: Duration = Duration::from_mins(45);
const TESTS: Duration = Duration::from_mins(55);

/// `cargo xtask test [--quick]`
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<()> {
    let quick = match arguments {
        [] => false,
        [only] if only == "--quick" => true,
        _ => bail!("usage: cargo xtask test [--quick]"),
    };
    let mut journal = Journal::new(workspace);
    system::prepare(&mut journal)?;
    if workspace.data.is_none() {
        journal.skip(
            "the tests on the full real files: WARDMOTE_DATA is not set (README.md says how to \
             get the files)",
        )?;
    }
    journal.step("assets", || assets::prepare(workspace))?;
    journal.step("sample data", || sample_data::prepare(workspace, &workspace.root))?;
    let cargo = |words: &[&str], limit| {
        execute(command("cargo").current_dir(&workspace.root).args(words), limit)
    };
    journal.step("format", || cargo(&["fmt", "--all", "--check"], FORMAT))?;
    journal.step("clippy", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], COMPILE)
    })?;
    journal.step("build", || cargo(&["build", "--workspace"], COMPILE))?;
    let engines = workspace.target.join("python-engines");
    journal.step("Polars and deltalake for Python", || {
        let requirements = workspace.root.join("crates/lake/tests/python/requirements.txt");
        python::packages(&requirements, &engines)
    })?;
    let schemathesis = workspace.target.join("python-schemathesis");
    journal.step("schemathesis", || {
        let requirements = workspace.root.join("setup/python/requirements-schemathesis.txt");
        python::packages(&requirements, &schemathesis)
    })?;
    let count = journal.step("tests", || tests(workspace, &engines, &schemathesis))?;
    journal.step("documentation", || {
        let mut doc = command("cargo");
        doc.current_dir(&workspace.root).env("RUSTDOCFLAGS", "-D warnings");
        execute(doc.args(["doc", "--workspace", "--no-deps"]), COMPILE)
    })?;
    journal.step("README commands", || readme_commands(workspace))?;
    journal.step("bench scripts", || bench_scripts(workspace))?;
    if quick {
        journal.skip("the demo, because of --quick")?;
    } else {
        journal.step("demo in a scratch copy", || demo_in_scratch(workspace))?;
    }
    journal.sum_up();
    println!("\n{}", count.closing_line());
    Ok(())
}

/// Runs the tests of the workspace, those in the documentation included, and counts them.
fn tests(workspace: &Workspace, engines: &Path, schemathesis: &Path) -> anyhow::Result<TestCount> {
    let mut cargo = command("cargo");
    cargo.current_dir(&workspace.root).args(["test", "--workspace"]);
    cargo.env("WARDMOTE_ASSETS", workspace.assets()).env("WARDMOTE_PYTHON_PACKAGES", engines);
    cargo.env("WARDMOTE_SCHEMATHESIS", schemathesis);
    if let Some(data) = &workspace.data {
        cargo.env("WARDMOTE_DATA", data);
        // The text of the board papers lies beside the data, and is no part of the project.
        let deck = data.with_file_name("deck.txt");
        if deck.is_file() {
            cargo.env("WARDMOTE_DECK", deck);
        }
    }
    let mut count = TestCount::default();
    execute_reading(&mut cargo, TESTS, |line| count.add(line))?;
    ensure!(count.passed > 0, "no test ran");
    Ok(count)
}

/// Tests over all test binaries.
#[derive(Debug, Default, PartialEq, Eq)]
struct TestCount {
    passed: u32,
    failed: u32,
    skipped: u32,
}

impl TestCount {
    /// Adds a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; ...`.
    fn add(&mut self, line: &str) {
        let Some(result) = line.trim().strip_prefix("test result: ") else { return };
        let counts = result.split_once(". ").map_or(result, |(_, counts)| counts);
        for part in counts.split("; ") {
            let Some((number, word)) = part.split_once(' ') else { continue };
            let Ok(number) = number.parse::<u32>() else { continue };
            match word {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }

    fn closing_line(&self) -> String {
        format!("tests: {} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Asks for the help of each command that the README names, so that none is named in vain.
fn readme_commands(workspace: &Workspace) -> anyhow::Result<()> {
    let text = fs::read_to_string(workspace.root.join("README.md")).context("no README.md")?;
    for (program, name) in readme::commands(&text) {
        println!("{program} {name}");
        if program == "wardmote" {
            output_of(command(workspace.binary("dev")).args([&name, "--help"]))
                .with_context(|| format!("README.md names `wardmote {name}`"))?;
        } else {
            let is_ours = COMMANDS.iter().any(|command| command.name == name);
            ensure!(is_ours, "README.md names `cargo xtask {name}`, which does not exist");
        }
    }
    Ok(())
}

/// Compiles the Python scripts of `benches/`, without writing beside them.
fn bench_scripts(workspace: &Workspace) -> anyhow::Result<()> {
    const COMPILE_ONLY: &str =
        "import sys\nfor name in sys.argv[1:]: compile(open(name).read(), name, 'exec')";
    let listed = fs::read_dir(workspace.root.join("benches")).into_iter().flatten().flatten();
    let mut scripts: Vec<_> = listed.map(|entry| entry.path()).collect();
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "py"));
    scripts.sort();
    for script in &scripts {
        println!("{}", script.strip_prefix(&workspace.root).unwrap_or(script).display());
    }
    output_of(command("python3").args(["-c", COMPILE_ONLY]).args(scripts))?;
    Ok(())
}

/// Runs the demo on the partnership folders as git has them, with nothing loaded before.
fn demo_in_scratch(workspace: &Workspace) -> anyhow::Result<()> {
    let scratch = workspace.target.join("demo-check");
    remove_folder(&scratch)?;
    let of_project = ["ls-files", "--cached", "--others", "--exclude-standard", "partnerships"];
    let files = output_of(command("git").current_dir(&workspace.root).args(of_project))?;
    for file in files.lines() {
        let from = workspace.root.join(file);
        // A file removed but not yet committed is still listed.
        if from.is_file() {
            copy(&from, &scratch.join(file))?;
        }
    }
    sample_data::prepare(workspace, &scratch)?;
    for page in demo::write(workspace, "dev", &scratch)? {
        println!("written: {}", page.display());
    }
    remove_folder(&scratch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_all_binaries_are_added() {
        let mut count = TestCount::default();
        count.add("running 3 tests");
        count.add("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out");
        count.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured");
        assert_eq!(count, TestCount { passed: 15, failed: 2, skipped: 1 });
        assert_eq!(count.closing_line(), "tests: 15 passed, 2 failed, 1 skipped");
    }
}
