//! `wardmote jobs`: long work, kept so that it survives the process that was asked for it.

use std::io::Write as _;
use std::time::Duration;

use crate::Outcome;
use crate::commands::records::Where;
use crate::console::{Format, print};
use crate::jobs::{self, Job, Jobs, Status};

/// How often a job that is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Long work in the background: run it, list it, show its result, cancel it
///
/// A job is an analysis, an assessment or the pack of a meeting. It is kept in the partnership's jobs/ folder with what was asked,
/// how far it is and what came of it. One whose process is ended is started again by itself while the site
/// is served, and says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote jobs run analyse scan --measure burglary
  wardmote jobs run --later assess --published 2025-03-18
  wardmote jobs run pack build board-2025-03-18
  wardmote jobs list
  wardmote jobs show 20250318093000-001")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Run `analyse METHOD ...`, `assess ...` or `pack build MEETING` as a job, and print its result
    Run {
        /// Leave it for `wardmote serve`, which runs what waits
        #[arg(long)]
        later: bool,
        /// The words of the command
        #[arg(
            value_name = "COMMAND",
            required = true,
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        words: Vec<String>,
    },
    /// List the jobs, the latest first
    List {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Show what was asked, how it stands, and the result of a finished job
    Show {
        /// The job
        #[arg(value_name = "JOB")]
        id: String,
    },
    /// End a job that waits or runs
    Cancel {
        /// The job
        #[arg(value_name = "JOB")]
        id: String,
    },
    /// Run a job in this process
    #[command(hide = true)]
    Work {
        /// The job
        #[arg(value_name = "JOB")]
        id: String,
    },
}

pub(crate) fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let folder = &at.folder;
    anyhow::ensure!(
        folder.join("partnership.toml").exists(),
        "no partnership.toml in {}; stand in a partnership's folder, or give one with -C DIR",
        folder.display()
    );
    let jobs = Jobs::of(folder);
    match &arguments.what {
        What::Run { later, words } => {
            let job = jobs.ask(words, "the command line")?;
            if *later {
                println!("job {} waits for `wardmote serve`", job.id);
                return Ok(Outcome::Done);
            }
            eprintln!("job {}", job.id);
            run_now(at, &jobs, job)
        }
        What::List { format } => {
            let headings = ["job", "asked by", "command", "status"];
            let row = |job: Job| {
                vec![job.id, job.asked.by, job.asked.words.join(" "), job.state.in_words()]
            };
            print(*format, &headings, &jobs.list()?.into_iter().map(row).collect::<Vec<_>>())?;
            Ok(Outcome::Done)
        }
        What::Show { id } => show(&jobs, &jobs.job(id)?),
        What::Cancel { id } => {
            let job = jobs.cancel(id)?;
            let is_over = job.state.status.is_over();
            println!("job {id} {}", if is_over { "is cancelled" } else { "is told to end" });
            Ok(Outcome::Done)
        }
        What::Work { id } => jobs::work(folder, id),
    }
}

fn run_now(at: &Where, jobs: &Jobs, mut job: Job) -> anyhow::Result<Outcome> {
    let mut process = jobs::start(&at.folder, at.named.as_deref(), &job.id)?;
    let mut said = String::new();
    while process.try_wait()?.is_none() {
        job = jobs.job(&job.id)?;
        if job.state.in_words() != said {
            said = job.state.in_words();
            eprintln!("{said}");
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let job = jobs.job(&job.id)?;
    if job.state.status == Status::Running {
        eprintln!("its process was ended; `wardmote serve` starts it again");
    }
    eprint!("{}", jobs.said(&job.id)?);
    finish(jobs, &job)
}

fn show(jobs: &Jobs, job: &Job) -> anyhow::Result<Outcome> {
    let time = |time: Option<jiff::Timestamp>| time.map_or("-".to_owned(), |time| time.to_string());
    eprintln!("job      {}", job.id);
    eprintln!("command  wardmote {}", job.asked.words.join(" "));
    eprintln!("asked    {} by {}", job.asked.at, job.asked.by);
    eprintln!("started  {}", time(job.state.started));
    eprintln!("ended    {}", time(job.state.ended));
    eprintln!("status   {}", job.state.in_words());
    if let Some(why) = &job.state.why {
        eprintln!("why      {why}");
    }
    finish(jobs, job)
}

fn finish(jobs: &Jobs, job: &Job) -> anyhow::Result<Outcome> {
    if let Some(result) = jobs.result(&job.id)? {
        std::io::stdout().write_all(&result)?;
    }
    let is_well = job.state.status != Status::Failed && job.state.why.is_none();
    Ok(if is_well { Outcome::Done } else { Outcome::Wrong })
}
