//! `wardmote fetch`: official files from where they are published.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::bail;
use wardmote_domain::period::Period;
use wardmote_evidence::numbers::thousands;
use wardmote_fetch::{Declarations, Options, Outcome as FileOutcome, Plan, Report, Request};

use crate::Outcome;
use crate::console::{self, FetchProgress, Format};
use crate::place::{Partnership, now};

/// Bring official files: data.police.uk, ONS boundaries and lookups, Home Office tables
///
/// Without a source, lists what can be fetched. A download that breaks goes on where it ended when the
/// command is run again; files that are here and have not changed are not sent again. Beside the files,
/// fetched.json says where each came from, when, under which licence, and its SHA-256. What can be
/// fetched is declared; fetch.toml in the partnership's folder completes and corrects it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote fetch
  wardmote fetch police-uk --months 2024-01..2024-03 --dry-run
  wardmote fetch police-uk --months 2024-01..2024-03
  wardmote fetch ons-boundaries --code E06000032 --name Luton
  wardmote fetch --verify data/police/bedfordshire

The archive of one month holds all forces and the 36 months up to it, some 1.7 GB, of which only the
wanted files are kept. A proxy is taken from HTTPS_PROXY.")]
pub(crate) struct Arguments {
    /// What to fetch
    #[arg(value_name = "SOURCE")]
    source: Option<String>,
    /// The months, as a month, a run of months or a year: 2024-01, 2024-01..2024-03, 2023/24
    #[arg(long, value_name = "PERIOD")]
    months: Option<Period>,
    /// The police force as data.police.uk writes it, instead of the partnership's
    #[arg(long, value_name = "FORCE")]
    force: Option<String>,
    /// The district, instead of the partnership's first
    #[arg(long, value_name = "CODE")]
    code: Option<String>,
    /// The district's name as the ONS writes it, where a source is asked by name
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The folder to write to, instead of the source's own in the data folder
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// Only say what would be fetched, without a request
    #[arg(long)]
    dry_run: bool,
    /// Keep an archive after the wanted files were taken from it
    #[arg(long)]
    keep_archives: bool,
    /// Seconds to wait between two requests
    #[arg(long, value_name = "SECONDS", default_value = "1")]
    pause: u16,
    /// A server that answers in place of all others, with a folder for each host
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// Hash the fetched files of a folder again and say which have changed
    #[arg(long, value_name = "DIR", conflicts_with = "source")]
    verify: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    if let Some(fetched) = &arguments.verify {
        return verify(fetched, arguments.format);
    }
    let partnership = Partnership::open(folder, None)?;
    let declarations = Declarations::for_partnership(&partnership.folder.path)?;
    let Some(source) = &arguments.source else {
        return list(&declarations, arguments.format);
    };
    let declared = &partnership.folder.partnership;
    let request = Request {
        source: source.clone(),
        force: Some(arguments.force.clone().unwrap_or_else(|| declared.police_force.clone())),
        months: arguments.months.iter().flat_map(Period::months).collect(),
        code: arguments.code.clone().or_else(|| declared.areas.first().map(ToString::to_string)),
        name: arguments.name.clone(),
        data: match &arguments.to {
            Some(_) => PathBuf::new(),
            None => partnership.data_folder()?,
        },
        to: arguments.to.clone(),
    };
    let plan = wardmote_fetch::plan(&declarations, &request)?;
    if arguments.dry_run {
        return print_plan(&plan, arguments.format);
    }
    let options = Options {
        mirror: arguments.mirror.clone(),
        pause: Duration::from_secs(arguments.pause.into()),
        keep_archives: arguments.keep_archives,
        ..Options::new(now())
    };
    let progress = FetchProgress::new();
    let report = wardmote_fetch::run(&plan, &options, &progress);
    progress.finish();
    print_report(&plan, &report?, arguments.format)
}

fn list(declarations: &Declarations, format: Format) -> anyhow::Result<Outcome> {
    let rows = declarations.entries.iter().map(|(name, entry)| {
        let believed = match (&entry.believed, entry.files.is_empty()) {
            (_, true) => "needs an address in fetch.toml".to_owned(),
            (Some(day), false) => day.clone(),
            (None, false) => String::new(),
        };
        [name, &entry.title, &entry.publisher, &entry.licence, &believed].map(Clone::clone).to_vec()
    });
    let headings = ["source", "what", "publisher", "licence", "address last believed right"];
    console::print(format, &headings, &rows.collect::<Vec<_>>())?;
    Ok(Outcome::Done)
}

fn print_plan(plan: &Plan, format: Format) -> anyhow::Result<Outcome> {
    let rows = plan.items.iter().map(|item| {
        let size = match (item.known_bytes, item.about_bytes) {
            (Some(bytes), _) => format!("{} the last time", thousands(bytes)),
            (None, Some(bytes)) => format!("about {}", thousands(bytes)),
            (None, None) => "not known".to_owned(),
        };
        let names = match item.files.as_slice() {
            [first, .., last] => format!("{first} to {last}"),
            names => names.concat(),
        };
        vec![item.url.clone(), size, item.files.len().to_string(), names]
    });
    console::print(format, &["address", "bytes", "files", "names"], &rows.collect::<Vec<_>>())?;
    eprintln!("they would be written to {}", plan.target.display());
    eprintln!("{} ({})", plan.entry.attribution, plan.entry.licence);
    Ok(Outcome::Done)
}

fn print_report(plan: &Plan, report: &Report, format: Format) -> anyhow::Result<Outcome> {
    let rows = report.files.iter().map(|file| {
        let outcome = match file.outcome {
            FileOutcome::New => "new",
            FileOutcome::Changed => "changed",
            FileOutcome::Unchanged => "unchanged",
            FileOutcome::Absent => "not in the archive",
        };
        let bytes = file.bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
        vec![file.name.clone(), outcome.to_owned(), bytes]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        console::print(format, &["file", "outcome", "bytes"], &rows)?;
    }
    eprintln!("{} requests; files in {}", report.n_requests, plan.target.display());
    for (_, error) in &report.failed {
        eprintln!("{}", console::causes(error));
    }
    for url in &report.not_asked {
        eprintln!("not asked after that: {url}");
    }
    if report.failed.is_empty() {
        return Ok(Outcome::Done);
    }
    if report.files.is_empty() {
        bail!("nothing was fetched");
    }
    Ok(Outcome::Wrong)
}

fn verify(fetched: &Path, format: Format) -> anyhow::Result<Outcome> {
    let differences = wardmote_fetch::verify_ledger(fetched)?;
    let rows = differences.iter().map(|difference| {
        let found = difference.found.clone().unwrap_or_else(|| "not there".to_owned());
        vec![difference.name.clone(), difference.recorded.clone(), found]
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        eprintln!("every fetched file in {} is as it came", fetched.display());
        return Ok(Outcome::Done);
    }
    console::print(format, &["file", "as it came", "as it is"], &rows)?;
    Ok(Outcome::Wrong)
}
