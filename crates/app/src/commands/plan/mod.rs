//! `wardmote plan`: the partnership plan on the command line.

pub(crate) mod alignment;
mod chase;
pub(crate) mod joint;
mod status;
mod workbook;

use jiff::civil::Date;

use crate::Outcome;
use crate::board::Board;
use crate::board::duties::{against_clocks, any_has_a_clock};
use crate::business::{
    Book, Business, Entry, PlanView, Readings, chain, load_folder, plan_in_force,
    published_readings,
};
use crate::commands::records::Where;
use crate::console::{Format, fitted, print};
use crate::law::Law;
use crate::place::today;
use wardmote_domain::plan::{Difference, Outlined, differences};

/// The partnership plan: how it stands, where its chain is broken, and how it differs from the last
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote plan load
  wardmote plan status
  wardmote plan check
  wardmote plan diff 2022-25 2025-28 --format csv
  wardmote plan alignment
  wardmote plan chase --out emails
  wardmote plan export plan.xlsx
  wardmote plan import plan.xlsx --accept
  wardmote plan undo")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The person in whose name it is done; who keeps the registers if not given
    #[arg(long = "as", value_name = "PERSON", global = true)]
    person: Option<String>,
    /// The day that staleness is counted to; today if not given
    #[arg(long, value_name = "YYYY-MM-DD", global = true)]
    on: Option<Date>,
    #[arg(long, default_value = "table", global = true)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Bring the items that the folder's plan/items/*.toml hold into the store
    Load,
    /// Say of each priority what the tests of its measures allow, beside what its owner judges
    Status {
        /// The plan's reference; the one that plan/settings.toml names if not given
        plan: Option<String>,
    },
    /// Name every break of the chain from findings to measures, and every duty that is due on another day
    /// than its clock says; exit code 1 if there is one
    Check {
        /// The plan's reference
        plan: Option<String>,
    },
    /// Hold the priorities of two plans side by side
    Diff {
        /// The earlier plan's reference
        earlier: String,
        /// The later one's
        later: String,
    },
    /// Say what serves each objective of other plans, or that it is not local
    Alignment,
    /// Read a workbook of Excel, and say row by row what it would do
    ///
    /// Sheets are known by their names or headings. A row that cannot stand is refused with its sheet,
    /// cell and reason; the rest is offered, and taken with --accept. Exit code 1 if a row is refused.
    Import {
        /// The workbook
        file: std::path::PathBuf,
        /// Take the rows that are not refused
        #[arg(long)]
        accept: bool,
        /// The register that every sheet is of, where names and headings do not say
        #[arg(long)]
        register: Option<String>,
    },
    /// List the workbooks that were taken in the person's name
    Imports,
    /// Take back what a workbook did
    ///
    /// What was changed says again what it said, and what was new is erased. What somebody has changed
    /// since, or has built on, stays and is named; exit code 1 then.
    Undo {
        /// The import's id; the last that stands if not given
        id: Option<String>,
    },
    /// Write registers into a workbook of Excel, which import reads without loss
    ///
    /// Items of a higher marking, and registers that name people, are left out.
    Export {
        /// The workbook
        file: std::path::PathBuf,
        /// Only these registers
        #[arg(long)]
        register: Vec<String>,
    },
    /// Write the e-mails that ask owners for news of actions whose last word is stale
    ///
    /// They are printed. --send sends them through the server that sign-in.toml names, to the addresses
    /// that plan/owners.toml gives: "Head of housing" = "housing@example.org". Exit code 1 if one could
    /// not be sent.
    Chase {
        /// The plan's reference
        plan: Option<String>,
        /// Write each into this folder instead
        #[arg(long, value_name = "DIR")]
        out: Option<std::path::PathBuf>,
        /// Send them
        #[arg(long, conflicts_with = "out")]
        send: bool,
    },
}

/// What every command of a plan looks at.
struct Looked {
    business: Business,
    book: Book,
    readings: Readings,
    today: Date,
}

impl Looked {
    async fn at(at: &Where, arguments: &Arguments) -> anyhow::Result<Self> {
        let business = Business::open(at).await?;
        let book = business.book(business.asking(arguments.person.as_deref())).await?;
        let readings = published_readings(&at.folder)?;
        Ok(Self { business, book, readings, today: arguments.on.unwrap_or_else(today) })
    }

    fn plan(&self, named: Option<&str>) -> anyhow::Result<PlanView<'_>> {
        let plan = match named {
            Some(reference) => self.book.called("plans", reference),
            None => plan_in_force(&self.book, &self.business.settings.plan),
        };
        let plan = plan.ok_or_else(|| {
            let known: Vec<&str> = self.book.all("plans").map(Entry::reference).collect();
            anyhow::anyhow!("there is no plan {:?}; there are {known:?}", named.unwrap_or_default())
        })?;
        let stale_after = self.business.settings.stale_after_days;
        Ok(PlanView::new(&self.book, plan, &self.readings, self.today, stale_after))
    }
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    if let What::Load = arguments.what {
        let changed = load_folder(at).await?;
        println!("{changed} items are new or have changed");
        return Ok(Outcome::Done);
    }
    let person = arguments.person.as_deref();
    match &arguments.what {
        What::Import { file, accept, register } => {
            let register = register.as_deref();
            return workbook::import(at, person, file, register, *accept, arguments.format).await;
        }
        What::Export { file, register } => {
            return workbook::export(at, person, file, register).await;
        }
        What::Imports => return workbook::imports(at, person, arguments.format).await,
        What::Undo { id } => return workbook::undo(at, person, id.as_deref()).await,
        _ => {}
    }
    let looked = Looked::at(at, arguments).await?;
    match &arguments.what {
        What::Load
        | What::Import { .. }
        | What::Imports
        | What::Undo { .. }
        | What::Export { .. } => {}
        What::Status { plan } => status::run(&looked, plan.as_deref(), arguments.format)?,
        What::Check { plan } => return check(at, &looked, plan.as_deref(), arguments.format),
        What::Diff { earlier, later } => {
            let lines = differences(
                &looked.plan(Some(earlier))?.outlined(&looked.book),
                &looked.plan(Some(later))?.outlined(&looked.book),
            );
            diff(&lines, arguments.format)?;
        }
        What::Alignment => alignment::run(&looked, arguments.format)?,
        What::Chase { plan, send: true, .. } => {
            return chase::send(&looked, &at.folder, person, plan.as_deref()).await;
        }
        What::Chase { plan, out, .. } => chase::run(&looked, plan.as_deref(), out.as_deref())?,
    }
    Ok(Outcome::Done)
}

fn check(
    at: &Where,
    looked: &Looked,
    plan: Option<&str>,
    format: Format,
) -> anyhow::Result<Outcome> {
    let view = looked.plan(plan)?;
    let mut breaks = chain(&view, &looked.book, &looked.readings).breaks();
    let board = Board::new(&looked.book);
    if any_has_a_clock(board) {
        breaks.extend(against_clocks(board, &Law::read(&at.folder)?, looked.today)?);
    }
    if breaks.is_empty() && format == Format::Table {
        println!(
            "{}: every priority cites a finding, every action says how it is measured, and no duty is \
             due on another day than its clock says",
            view.plan.title()
        );
        return Ok(Outcome::Done);
    }
    let rows = breaks
        .iter()
        .map(|one| vec![one.register.to_owned(), one.reference.clone(), one.why.clone()]);
    print(format, &["register", "ref", "why"], &rows.collect::<Vec<_>>())?;
    Ok(if breaks.is_empty() { Outcome::Done } else { Outcome::Wrong })
}

fn diff(lines: &[Difference], format: Format) -> anyhow::Result<()> {
    // A narrow column cuts a title short, and never its reference.
    let cell = |one: Option<&Outlined>| {
        let Some(one) = one else { return String::new() };
        let room = 20_usize.saturating_sub(one.reference.chars().count());
        format!("{} ({})", fitted(format, &one.title, room), one.reference)
    };
    let row = |line: &Difference| {
        let (was, is) = match line {
            Difference::Kept { was, is, .. } | Difference::Renamed { was, is } => {
                (Some(was), Some(is))
            }
            Difference::New(is) => (None, Some(is)),
            Difference::Dropped(was) => (Some(was), None),
        };
        vec![cell(was), cell(is), fitted(format, line.words(), 30)]
    };
    let rows: Vec<Vec<String>> = lines.iter().map(row).collect();
    print(format, &["was", "is", "difference"], &rows)
}
