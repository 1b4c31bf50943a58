//! What a long command did: a heading for each step, the time it took, and what was skipped.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::processes::in_words;
use crate::workspace::Workspace;

/// The record of a long command, printed as it goes and summed up at its end.
#[derive(Debug)]
pub(crate) struct Journal {
    started: Instant,
    nothing_may_be_skipped: bool,
    steps: Vec<(&'static str, Duration)>,
    skipped: Vec<String>,
}

impl Journal {
    /// A journal that starts now.
    pub(crate) fn new(workspace: &Workspace) -> Self {
        Self {
            started: Instant::now(),
            nothing_may_be_skipped: workspace.on_ci,
            steps: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Does one step; the first that fails ends the command.
    pub(crate) fn step<T>(
        &mut self,
        title: &'static str,
        work: impl FnOnce() -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        println!("\n=== {title}");
        let started = Instant::now();
        let result = work();
        let took = started.elapsed();
        self.steps.push((title, took));
        let outcome = if result.is_ok() { "done" } else { "FAILED" };
        println!("--- {title}: {outcome}, {}", in_words(took));
        result.with_context(|| format!("failed at the step \"{title}\""))
    }

    /// Says that something was left out and why; on CI that is a failure.
    pub(crate) fn skip(&mut self, what_and_why: impl Into<String>) -> anyhow::Result<()> {
        let what_and_why = what_and_why.into();
        if self.nothing_may_be_skipped {
            bail!("nothing may be skipped on CI, but this would be: {what_and_why}");
        }
        println!("\nskipped: {what_and_why}");
        self.skipped.push(what_and_why);
        Ok(())
    }

    /// Prints the time of every step and what was skipped.
    pub(crate) fn sum_up(&self) {
        println!("\n=== time");
        for (title, took) in &self.steps {
            println!("{:>14}  {title}", in_words(*took));
        }
        println!("{:>14}  in all", in_words(self.started.elapsed()));
        if self.skipped.is_empty() {
            println!("\nskipped: nothing");
        }
        for what_and_why in &self.skipped {
            println!("\nskipped: {what_and_why}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(nothing_may_be_skipped: bool) -> Journal {
        Journal {
            started: Instant::now(),
            nothing_may_be_skipped,
            steps: Vec::new(),
            skipped: Vec::new(),
        }
    }

    #[test]
    fn a_failed_step_names_itself() {
        let error = journal(false).step("format", || -> anyhow::Result<()> { bail!("no") });
        assert_eq!(format!("{:#}", error.unwrap_err()), "failed at the step \"format\": no");
    }

    #[test]
    fn skipping_fails_on_ci_only() {
        assert!(journal(false).skip("the demo").is_ok());
        assert!(journal(true).skip("the demo").is_err());
    }
}
