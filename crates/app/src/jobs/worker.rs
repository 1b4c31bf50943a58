//! The process that runs one job.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use clap::{CommandFactory as _, Parser as _};

use super::state::Status;
use super::{Jobs, progress};
use crate::place::now;
use crate::{Command, Outcome};

/// How often a running job looks whether it is to end.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// By how much a job steps back behind whoever reads the site.
const NICE: i32 = 10;

/// Whether the words are work that a job can do.
pub(super) fn check(words: &[String]) -> anyhow::Result<()> {
    parse(Path::new("."), words).map(|_| ())
}

fn parse(folder: &Path, words: &[String]) -> anyhow::Result<crate::Arguments> {
    ensure!(
        matches!(words.first().map(String::as_str), Some("analyse" | "assess" | "pack")),
        "a job is `analyse METHOD ...`, `assess ...` or `pack build MEETING`"
    );
    let start = ["wardmote".into(), "-C".into(), folder.as_os_str().to_owned()];
    let line = start.into_iter().chain(words.iter().map(Into::into));
    let arguments = crate::Arguments::try_parse_from(line).map_err(|error| {
        let text = error.render().to_string();
        let what = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        anyhow::anyhow!(
            "{what}; `wardmote {} --help` says more",
            words[..words.len().min(2)].join(" ")
        )
    })?;
    match arguments.command {
        Command::Analyse(_) | Command::Assess(_) | Command::Pack(_) => Ok(arguments),
        _ => bail!("a job is `analyse METHOD ...`, `assess ...` or `pack build MEETING`"),
    }
}

/// The methods of analysis, by name, with what each answers.
pub(crate) fn methods() -> Vec<(String, String)> {
    let command = crate::Arguments::command();
    let methods =
        command.find_subcommand("analyse").into_iter().flat_map(clap::Command::get_subcommands);
    let about = |method: &clap::Command| method.get_about().map(ToString::to_string);
    methods.map(|one| (one.get_name().to_owned(), about(one).unwrap_or_default())).collect()
}

/// Starts a process that runs a job; `records` says where the operational records lie, if not in the
/// partnership's folder. It goes by the environment, because others may read a command line.
pub(crate) fn start(partnership: &Path, records: Option<&str>, id: &str) -> anyhow::Result<Child> {
    let binary = std::env::current_exe().context("where this program lies is not known")?;
    std::process::Command::new(binary)
        .arg("-C")
        .arg(partnership)
        .args(["jobs", "work", id])
        .envs(records.map(|named| ("WARDMOTE_RECORDS", named)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("a process for the job cannot be started")
}

/// Runs a job in this process, whose output becomes the job's. Does nothing if another runs it.
pub(crate) fn work(partnership: &Path, id: &str) -> anyhow::Result<Outcome> {
    let jobs = Jobs::of(partnership);
    let job = jobs.job(id)?;
    // Held until this process ends, however it does.
    let Some(_lock) = jobs.lock(id)? else { return Ok(Outcome::Wrong) };
    if jobs.job(id)?.state.status.is_over() {
        return Ok(Outcome::Wrong);
    }
    if jobs.is_cancelled(id) {
        jobs.change(id, |state| state.end(Status::Cancelled, now(), None))?;
        return Ok(Outcome::Wrong);
    }
    let mut may_run = false;
    jobs.change(id, |state| may_run = state.begin(now()))?;
    if !may_run {
        return Ok(Outcome::Wrong);
    }
    let part = jobs.path(id, "result.part");
    take_output(&part, &jobs.path(id, "said"))?;
    // A job that cannot step back runs all the same.
    let _priority = rustix::process::nice(NICE);
    progress::of_job(&jobs, id);
    watch_for_cancellation(jobs.clone(), id.to_owned());
    let outcome = parse(partnership, &job.asked.words).and_then(|arguments| crate::run(&arguments));
    if let Err(error) = &outcome {
        let why = crate::console::chain(error);
        eprintln!("wardmote: {why}");
        jobs.change(id, |state| state.end(Status::Failed, now(), Some(why)))?;
        return Ok(Outcome::Wrong);
    }
    fs::rename(&part, jobs.path(id, "result")).with_context(|| part.display().to_string())?;
    let why = matches!(outcome, Ok(Outcome::Wrong))
        .then(|| "something is wrong in the data or the prose, as the job said".to_owned());
    jobs.change(id, |state| state.end(Status::Finished, now(), why))?;
    Ok(Outcome::Done)
}

/// Sends what this process prints to the job's files; an earlier attempt's are replaced.
fn take_output(result: &Path, said: &Path) -> anyhow::Result<()> {
    let create = |path: &Path| File::create(path).with_context(|| path.display().to_string());
    rustix::stdio::dup2_stdout(create(result)?)?;
    rustix::stdio::dup2_stderr(create(said)?)?;
    Ok(())
}

fn watch_for_cancellation(jobs: Jobs, id: String) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(LOOK_EVERY);
            if jobs.is_cancelled(&id) {
                let cancelled = jobs.change(&id, |state| {
                    if !state.status.is_over() {
                        state.end(Status::Cancelled, now(), None);
                    }
                });
                std::process::exit(i32::from(cancelled.is_err()));
            }
        }
    });
}
