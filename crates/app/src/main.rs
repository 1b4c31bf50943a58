//! `wardmote`: the working system of a community safety partnership.

mod board;
mod business;
mod commands;
mod console;
mod jobs;
mod law;
mod place;
mod publish;
mod reviews;
mod serve;
mod stranger;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use wardmote_lake::SnapshotId;

use crate::commands::{
    analyse, assess, bundle, clock, count, coverage, demo, duties, fetch, ingest, init,
    jobs as run_jobs, lint, loads, measure, moves, pack, plan, prose, records, refusals, register,
    review, serve as serve_site, source, statistics, totals, trace, twin, verify, vintages,
    withdraw,
};
use crate::place::At;

/// The working system of a community safety partnership: from the police's monthly files to a needs
/// assessment in which every sentence can be followed back to its rows.
#[derive(Debug, Parser)]
#[command(name = "wardmote", version, max_term_width = 100, after_help = EXAMPLES)]
struct Arguments {
    /// The partnership's folder
    #[arg(
        short = 'C',
        long = "partnership",
        global = true,
        value_name = "DIR",
        default_value = "."
    )]
    partnership: PathBuf,
    /// Read the evidence as it was in this vintage; `wardmote vintages` lists them
    #[arg(long, global = true, value_name = "VINTAGE")]
    as_of: Option<SnapshotId>,
    /// Where the operational records lie: a file, or `postgres://USER@HOST/NAME`; records/records.db in
    /// the folder if neither this nor `WARDMOTE_RECORDS` says
    #[arg(long, global = true, value_name = "STORE")]
    records: Option<String>,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  wardmote -C partnerships/luton ingest
  wardmote -C partnerships/luton measure recorded-crime --by financial-year
  wardmote -C partnerships/luton assess --published 2025-03-18

Exit codes: 0 done, 1 something is wrong in the data or the prose, 2 the command could not run.";

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Arguments),
    Fetch(fetch::Arguments),
    Ingest(ingest::Arguments),
    Coverage(coverage::Arguments),
    Refusals(refusals::Arguments),
    Measure(measure::Arguments),
    Analyse(Box<analyse::Arguments>),
    Count(count::Arguments),
    Assess(assess::Arguments),
    Trace(trace::Arguments),
    Verify(verify::Arguments),
    Bundle(bundle::Arguments),
    Clock(clock::Arguments),
    Lint(lint::Arguments),
    Prose(prose::Arguments),
    Totals(totals::Arguments),
    Statistics(statistics::Arguments),
    Loads(loads::Arguments),
    Vintages(vintages::Arguments),
    Moves(moves::Arguments),
    Withdraw(withdraw::Arguments),
    Source(source::Arguments),
    Serve(serve_site::Arguments),
    Jobs(run_jobs::Arguments),
    Twin(twin::Arguments),
    Demo(demo::Arguments),
    Admin(records::admin::Arguments),
    Policy(records::policy::Arguments),
    Records(records::Arguments),
    Audit(records::audit::Arguments),
    Backup(records::backup::BackupArguments),
    Restore(records::backup::RestoreArguments),
    Plan(plan::Arguments),
    Duties(duties::Arguments),
    Register(register::Arguments),
    Pack(pack::Arguments),
    Review(review::Arguments),
}

/// How a command ended when it could run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Done,
    /// Something is wrong in the data or the prose, and has been said.
    Wrong,
}

fn main() -> ExitCode {
    end_quietly_when_nobody_reads();
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("WARDMOTE_LOG"))
        .with_writer(std::io::stderr)
        .init();
    match run(&arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Wrong) => ExitCode::from(1),
        Err(error) => {
            eprintln!("wardmote: {}", console::chain(&error));
            ExitCode::from(2)
        }
    }
}

/// A reader such as `head` closes the pipe when it has seen enough; that is no fault.
fn end_quietly_when_nobody_reads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let closed = panic.payload_as_str().is_some_and(|text| text.contains("Broken pipe"));
        if closed {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let folder = &arguments.partnership;
    let at = &At { folder: folder.clone(), as_of: arguments.as_of.clone() };
    let reads_no_lake = matches!(
        arguments.command,
        Command::Init(_)
            | Command::Fetch(_)
            | Command::Ingest(_)
            | Command::Verify(_)
            | Command::Bundle(_)
            | Command::Clock(_)
            | Command::Source(_)
            | Command::Serve(_)
            | Command::Jobs(_)
            | Command::Twin(_)
            | Command::Demo(_)
            | Command::Vintages(_)
            | Command::Withdraw(_)
            | Command::Admin(_)
            | Command::Policy(_)
            | Command::Records(_)
            | Command::Audit(_)
            | Command::Backup(_)
            | Command::Restore(_)
            | Command::Plan(_)
            | Command::Duties(_)
            | Command::Register(_)
            | Command::Review(_)
    );
    let store = &records::Where { folder: folder.clone(), named: arguments.records.clone() };
    anyhow::ensure!(
        at.as_of.is_none() || !reads_no_lake,
        "--as-of is for commands that read what was loaded; this one does not"
    );
    match &arguments.command {
        // What needs no runtime starts without one.
        Command::Init(arguments) => return init::run(folder, arguments),
        Command::Fetch(arguments) => return fetch::run(folder, arguments),
        Command::Source(arguments) => return source::run(folder, arguments),
        Command::Twin(arguments) => return twin::run(arguments),
        Command::Jobs(arguments) => return run_jobs::run(store, arguments),
        Command::Clock(arguments) => return clock::run(folder, arguments),
        _ => {}
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &arguments.command {
            Command::Ingest(arguments) => ingest::run(folder, arguments).await,
            Command::Coverage(arguments) => coverage::run(at, arguments).await,
            Command::Refusals(arguments) => refusals::run(at, arguments).await,
            Command::Measure(arguments) => measure::run(at, arguments).await,
            Command::Analyse(arguments) => analyse::run(at, arguments).await,
            Command::Count(arguments) => count::run(at, arguments).await,
            Command::Totals(arguments) => totals::run(at, arguments).await,
            Command::Statistics(arguments) => statistics::run(at, arguments).await,
            Command::Loads(arguments) => loads::run(at, arguments).await,
            Command::Vintages(arguments) => vintages::run(at, arguments).await,
            Command::Moves(arguments) => moves::run(at, arguments).await,
            Command::Withdraw(arguments) => withdraw::run(folder, arguments).await,
            Command::Assess(arguments) => assess::run(at, arguments).await,
            Command::Trace(arguments) => trace::run(at, store, arguments).await,
            Command::Verify(arguments) => verify::run(folder, arguments).await,
            Command::Bundle(arguments) => bundle::run(folder, arguments).await,
            Command::Lint(arguments) => lint::run(at, arguments).await,
            Command::Prose(arguments) => prose::run(at, arguments).await,
            Command::Serve(arguments) => serve_site::run(store, arguments).await,
            Command::Demo(arguments) => demo::run(arguments).await,
            Command::Admin(arguments) => records::admin::run(store, arguments).await,
            Command::Policy(arguments) => records::policy::run(store, arguments).await,
            Command::Records(arguments) => records::run(store, arguments).await,
            Command::Audit(arguments) => records::audit::run(store, arguments).await,
            Command::Backup(arguments) => records::backup::backup(store, arguments).await,
            Command::Restore(arguments) => records::backup::restore(store, arguments).await,
            Command::Plan(arguments) => plan::run(store, arguments).await,
            Command::Duties(arguments) => duties::run(store, arguments).await,
            Command::Register(arguments) => register::run(store, arguments).await,
            Command::Pack(arguments) => pack::run(at, store, arguments).await,
            Command::Review(arguments) => review::run(store, arguments).await,
            Command::Init(_)
            | Command::Fetch(_)
            | Command::Source(_)
            | Command::Twin(_)
            | Command::Jobs(_)
            | Command::Clock(_) => Ok(Outcome::Done),
        }
    })
}
