//! Runs the jobs of a partnership one after another, for as long as the site is served.

use std::path::PathBuf;
use std::time::Duration;

use super::{Jobs, start};

/// How often the jobs are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Runs what waits, and again what was interrupted, the earliest first.
pub(crate) async fn keep(partnership: PathBuf, records: Option<String>) {
    let jobs = Jobs::of(&partnership);
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let next = next(&jobs).and_then(|id| {
            id.map(|id| start(&partnership, records.as_deref(), &id).map(|process| (id, process)))
                .transpose()
        });
        match next {
            Ok(None) => {}
            Ok(Some((id, mut process))) => {
                tracing::info!(id, "job started");
                let ended = tokio::task::spawn_blocking(move || process.wait()).await;
                tracing::info!(id, ?ended, "job ended");
            }
            Err(error) => tracing::warn!("{}", crate::console::chain(&error)),
        }
    }
}

fn next(jobs: &Jobs) -> anyhow::Result<Option<String>> {
    let mut all = jobs.list()?;
    all.reverse();
    for job in all {
        if jobs.is_free(&job)? {
            return Ok(Some(job.id));
        }
    }
    Ok(None)
}
