//! How a job stands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// How often a job is started before it is given up.
pub(super) const MOST_ATTEMPTS: u32 = 3;

/// Where a job is on its way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Status {
    #[default]
    Waiting,
    Running,
    Finished,
    Failed,
    Cancelled,
}

impl Status {
    /// Whether nothing more will happen.
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Cancelled)
    }

    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The step that a job is at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) step: u32,
    pub(crate) of: u32,
    /// What is being done.
    pub(crate) doing: String,
    pub(crate) since: Timestamp,
}

/// A job's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) status: Status,
    /// How often it was started.
    pub(crate) attempts: u32,
    /// The process that runs it, or ran it last.
    pub(crate) process: Option<u32>,
    /// When its process was found gone, each time.
    pub(crate) interrupted: Vec<Timestamp>,
    pub(crate) started: Option<Timestamp>,
    pub(crate) ended: Option<Timestamp>,
    pub(crate) progress: Option<Progress>,
    /// Why it failed, or what a finished job found wrong.
    pub(crate) why: Option<String>,
}

impl State {
    /// Starts the job; `false` if it was interrupted so often that it is given up.
    pub(super) fn begin(&mut self, at: Timestamp) -> bool {
        if self.status == Status::Running {
            self.interrupted.push(at);
        }
        if self.attempts >= MOST_ATTEMPTS {
            let why = format!("its process was ended {MOST_ATTEMPTS} times before it was done");
            self.end(Status::Failed, at, Some(why));
            return false;
        }
        self.status = Status::Running;
        self.attempts += 1;
        self.process = Some(std::process::id());
        self.started = Some(at);
        self.progress = None;
        true
    }

    pub(super) fn end(&mut self, status: Status, at: Timestamp, why: Option<String>) {
        self.status = status;
        self.ended = Some(at);
        self.progress = None;
        self.why = why;
    }

    /// How it stands, in a sentence without its full stop.
    pub(crate) fn in_words(&self) -> String {
        let mut words = self.status.in_words().to_owned();
        if let Some(Progress { step, of, doing, .. }) = &self.progress {
            words = format!("{words}, step {step} of {of}: {doing}");
        }
        let times = match self.interrupted.len() {
            0 => return words,
            1 => "once".to_owned(),
            n => format!("{n} times"),
        };
        let then = if self.status == Status::Failed { "" } else { " and started again" };
        format!("{words}; it was interrupted {times}{then}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_ends_its_process_each_time_is_given_up() {
        let at = Timestamp::UNIX_EPOCH;
        let mut state = State::default();
        assert!(state.begin(at));
        assert_eq!(state.in_words(), "running");
        assert!(state.begin(at));
        assert_eq!(state.in_words(), "running; it was interrupted once and started again");
        assert!(state.begin(at));
        assert!(!state.begin(at));
        assert_eq!((state.status, state.attempts), (Status::Failed, 3));
        assert_eq!(state.in_words(), "failed; it was interrupted 3 times");
    }
}
