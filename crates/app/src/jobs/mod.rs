//! Long work as jobs: kept in the partnership's `jobs/` folder, one folder each, so that they survive
//! the process that was asked for them.
//!
//! A job is a command line (`analyse ...` or `assess ...`) that a process of its own runs. That process
//! holds a lock on the job's folder for as long as it lives, so a job that says it is running while
//! nobody holds the lock was interrupted, whatever ended its process; it is started again from the
//! start, and says so. Who may ask for work is not decided here.

mod keeper;
mod progress;
mod state;
mod worker;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub(crate) use self::keeper::keep;
pub(crate) use self::progress::step;
pub(crate) use self::state::{State, Status};
pub(crate) use self::worker::{methods, start, work};
use crate::place::now;

/// Jobs that may wait at one time.
const MOST_WAITING: usize = 20;

/// The jobs of one partnership.
#[derive(Debug, Clone)]
pub(crate) struct Jobs {
    partnership: PathBuf,
}

/// What was asked for; it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The words of the command, such as `analyse`, `scan`, `--measure`, `burglary`.
    pub(crate) words: Vec<String>,
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) asked: Asked,
    pub(crate) state: State,
}

impl Jobs {
    pub(crate) fn of(partnership: &Path) -> Self {
        Self { partnership: partnership.to_owned() }
    }

    /// Keeps a job for whoever runs jobs next.
    pub(crate) fn ask(&self, words: &[String], by: &str) -> anyhow::Result<Job> {
        worker::check(words)?;
        let waiting = self.list()?.iter().filter(|job| job.state.status == Status::Waiting).count();
        ensure!(
            waiting < MOST_WAITING,
            "{waiting} jobs are waiting already; cancel one, or wait until one is done"
        );
        let asked = Asked { words: words.to_vec(), by: by.to_owned(), at: now() };
        let id = self.make_folder(asked.at)?;
        let state = State::default();
        write_json(&self.path(&id, "asked.json"), &asked)?;
        // Written last: a folder without it is no job yet.
        write_json(&self.path(&id, "state.json"), &state)?;
        Ok(Job { id, asked, state })
    }

    /// Every job, the latest first.
    pub(crate) fn list(&self) -> anyhow::Result<Vec<Job>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.folder()).into_iter().flatten().flatten() {
            let id = entry.file_name().to_string_lossy().into_owned();
            if self.path(&id, "state.json").exists() {
                found.push(self.job(&id)?);
            }
        }
        found.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(found)
    }

    /// A job by its id.
    pub(crate) fn job(&self, id: &str) -> anyhow::Result<Job> {
        let known = |name: &str| self.path(id, name).exists();
        ensure!(is_id(id) && known("state.json"), "no job {id:?}; `wardmote jobs list` lists them");
        let asked = read_json(&self.path(id, "asked.json"))?;
        Ok(Job { id: id.to_owned(), asked, state: read_json(&self.path(id, "state.json"))? })
    }

    /// What a finished job printed.
    pub(crate) fn result(&self, id: &str) -> anyhow::Result<Option<Vec<u8>>> {
        self.read(id, "result")
    }

    /// What it said beside that, such as why it failed.
    pub(crate) fn said(&self, id: &str) -> anyhow::Result<String> {
        let said = self.read(id, "said")?.unwrap_or_default();
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    /// Ends a job that waits or runs; its process looks whether it is to end several times a second.
    pub(crate) fn cancel(&self, id: &str) -> anyhow::Result<Job> {
        let job = self.job(id)?;
        if job.state.status.is_over() {
            bail!("job {id} is {} already", job.state.status.in_words());
        }
        let mark = self.path(id, "cancel");
        fs::write(&mark, "").with_context(|| mark.display().to_string())?;
        if let Some(_lock) = self.lock(id)? {
            self.change(id, |state| state.end(Status::Cancelled, now(), None))?;
        }
        self.job(id)
    }

    /// Whether a job that is not over needs somebody to run it: it waits, or its process is gone.
    pub(crate) fn is_free(&self, job: &Job) -> anyhow::Result<bool> {
        Ok(!job.state.status.is_over() && self.lock(&job.id)?.is_some())
    }

    fn is_cancelled(&self, id: &str) -> bool {
        self.path(id, "cancel").exists()
    }

    /// The right to run a job, held until the file is closed; `None` if another process has it.
    fn lock(&self, id: &str) -> anyhow::Result<Option<File>> {
        let path = self.path(id, "lock");
        let file = File::create(&path).with_context(|| path.display().to_string())?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| path.display().to_string())
            }
        }
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut State)) -> anyhow::Result<()> {
        let path = self.path(id, "state.json");
        let mut state: State = read_json(&path)?;
        change(&mut state);
        write_json(&path, &state)
    }

    fn folder(&self) -> PathBuf {
        self.partnership.join("jobs")
    }

    fn path(&self, id: &str, name: &str) -> PathBuf {
        self.folder().join(id).join(name)
    }

    fn read(&self, id: &str, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let path = self.path(&self.job(id)?.id, name);
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(fs::read(&path).with_context(|| path.display().to_string())?))
    }

    /// A folder named after the time, and numbered where several came in one second.
    fn make_folder(&self, at: Timestamp) -> anyhow::Result<String> {
        fs::create_dir_all(self.folder()).with_context(|| self.folder().display().to_string())?;
        let time: String = at.to_string().chars().filter(char::is_ascii_digit).take(14).collect();
        for number in 1..1_000 {
            let id = format!("{time}-{number:03}");
            match fs::create_dir(self.folder().join(&id)) {
                Ok(()) => return Ok(id),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(error).with_context(|| self.folder().display().to_string());
                }
            }
        }
        bail!("no folder can be made in {}", self.folder().display())
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
}

/// Writes a file whole or not at all, also where the machine stops in the middle.
fn write_json(path: &Path, value: &impl Serialize) -> anyhow::Result<()> {
    let part = path.with_extension(format!("part-{}", std::process::id()));
    let written = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(&serde_json::to_vec_pretty(value)?)?;
        file.sync_all()?;
        fs::rename(&part, path)
    };
    written().with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn only_work_that_makes_sense_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = Jobs::of(folder.path());
        for wrong in
            ["ingest", "analyse nothing", "serve", "assess --published tomorrow", "", "jobs list"]
        {
            assert!(jobs.ask(&words(wrong), "a test").is_err(), "{wrong}");
        }
        assert!(jobs.list().unwrap().is_empty());
        let first = jobs.ask(&words("analyse trend --measure burglary"), "a test").unwrap();
        let second = jobs.ask(&words("assess --published 2025-03-18"), "a test").unwrap();
        let listed: Vec<String> = jobs.list().unwrap().into_iter().map(|job| job.id).collect();
        assert_eq!(listed, [second.id, first.id.clone()]);
        assert_eq!(jobs.job(&first.id).unwrap(), first);
        for wrong in ["", "..", "../x", "20200101000000-001"] {
            assert!(jobs.job(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_waiting_job_is_cancelled_once_and_free_until_then() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = Jobs::of(folder.path());
        let job = jobs.ask(&words("analyse trend --measure burglary"), "a test").unwrap();
        assert!(jobs.is_free(&job).unwrap());
        let held = jobs.lock(&job.id).unwrap();
        assert!(held.is_some() && !jobs.is_free(&job).unwrap(), "who runs it holds its lock");
        drop(held);
        let cancelled = jobs.cancel(&job.id).unwrap();
        assert_eq!(cancelled.state.status, Status::Cancelled);
        assert!(!jobs.is_free(&cancelled).unwrap());
        assert!(jobs.cancel(&job.id).is_err());
    }

    #[test]
    fn no_more_wait_than_may() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = Jobs::of(folder.path());
        for _ in 0..MOST_WAITING {
            jobs.ask(&words("assess"), "a test").unwrap();
        }
        let error = jobs.ask(&words("assess"), "a test").unwrap_err();
        assert!(error.to_string().starts_with("20 jobs are waiting already"), "{error}");
    }
}
