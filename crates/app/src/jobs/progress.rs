//! How far this process is with the job that it runs. Outside a job nobody listens.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::Jobs;
use super::state::Progress;
use crate::place::now;

static LISTENER: OnceLock<(Jobs, String)> = OnceLock::new();
static LATEST: Mutex<u32> = Mutex::new(0);

/// From now on, steps are those of this job.
pub(super) fn of_job(jobs: &Jobs, id: &str) {
    // There is one job in a process; a second listener would be a mistake that changes nothing.
    let _first = LISTENER.set((jobs.clone(), id.to_owned()));
}

/// Says that step `step` of `of` begins; a step once reached is not gone back to.
pub(crate) fn step(step: u32, of: u32, doing: &str) {
    let Some((jobs, id)) = LISTENER.get() else { return };
    let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    if step <= *latest {
        return;
    }
    *latest = step;
    let progress = Progress { step, of, doing: doing.to_owned(), since: now() };
    // A step that cannot be noted is no reason to end the work.
    if let Err(error) = jobs.change(id, |state| state.progress = Some(progress)) {
        tracing::warn!("{}", crate::console::chain(&error));
    }
}
