//! `wardmote clock`: by when the law wants what, and why.

pub(crate) mod explain;
mod facts;

use std::path::Path;

use jiff::civil::Date;
use wardmote_domain::clock::{date_in_words, route_dates};

use self::facts::{extension, happened, paused};
use crate::Outcome;
use crate::console::{self, Format};
use crate::law::Law;
use crate::place::today;

/// Explain statutory clocks, check them, and count approval routes back
///
/// A clock is a file of `clocks/`: steps, from which event each is counted and how long it may take, with
/// the law or guidance that says so and the days it is in force. `calendars/` holds the bank holidays,
/// `routes/` the ways of documents through those who must approve them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote clock list
  wardmote clock explain domestic-homicide-review --event notified=2025-01-31
  wardmote clock explain domestic-homicide-review --event notified=2025-01-31 \\
    --event decided=2025-02-20 --pause criminal-proceedings=2025-03-01..2025-03-10
  wardmote clock route plan-2025-2028")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Each clock with its versions and what is still to check; exits with 1 where something is
    List {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Each step of a clock with its date and why
    Explain {
        /// The name of its file in `clocks/`
        clock: String,
        /// What happened, as EVENT=DATE
        #[arg(long, value_name = "EVENT=DATE", value_parser = happened)]
        event: Vec<(String, Date)>,
        /// A pause, as KIND=FROM..TO; without TO it goes on
        #[arg(long, value_name = "KIND=FROM..TO", value_parser = paused)]
        pause: Vec<wardmote_domain::clock::Pause>,
        /// More time that was agreed, as STEP=DATE..AGREED-ON
        #[arg(long, value_name = "STEP=DATE..AGREED", value_parser = extension)]
        extend: Vec<wardmote_domain::clock::Extension>,
        /// As of this day; today if not given
        #[arg(long, value_name = "DATE")]
        on: Option<Date>,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Each day of an approval route, papers counted back from their meetings
    Route {
        /// The name of its file in `routes/`
        route: String,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

pub(crate) fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let law = Law::read(folder)?;
    match &arguments.what {
        What::List { format } => list(&law, *format),
        What::Explain { clock, event, pause, extend, on, format } => {
            let name = clock;
            let clock = law.clock(name)?;
            let facts = facts::facts(clock, event, pause, extend)?;
            explain::print(&law, clock, &facts, on.unwrap_or_else(today), *format)
        }
        What::Route { route, format } => print_route(&law, route, *format),
    }
}

fn list(law: &Law, format: Format) -> anyhow::Result<Outcome> {
    let mut rows = Vec::new();
    for (name, clock) in &law.clocks {
        for version in &clock.versions {
            let to_check = version.steps.iter().filter_map(|step| step.tc.as_ref());
            let to_check: Vec<&str> =
                version.tc.iter().chain(to_check).map(String::as_str).collect();
            let to = version.to.map(|to| to.to_string()).unwrap_or_default();
            rows.push(vec![
                name.clone(),
                version.from.to_string(),
                to,
                version.steps.len().to_string(),
                version.checked.to_string(),
                to_check.join("; "),
            ]);
        }
    }
    let headings = ["clock", "from", "to", "steps", "checked", "still to check"];
    console::print(format, &headings, &rows)?;
    let unsure = rows.iter().any(|row| !row[5].is_empty());
    Ok(if unsure { Outcome::Wrong } else { Outcome::Done })
}

fn print_route(law: &Law, name: &str, format: Format) -> anyhow::Result<Outcome> {
    let route = law.route(name)?;
    let dates = route_dates(route, &law.calendar);
    let wrong = dates.iter().any(|one| !one.warnings.is_empty());
    if format == Format::Table {
        println!("{}", route.title);
        for one in &dates {
            let what = match one.paper {
                Some(paper) => (paper.title.clone(), String::new()),
                None => ("meets".to_owned(), format!("{}.", one.step.asks)),
            };
            println!("\n{}  {}: {}", date_in_words(one.on), one.step.group, what.0);
            if !what.1.is_empty() {
                console::indented(&what.1);
            }
            if let Some(paper) = one.paper {
                console::indented(&paper.source);
            }
            for line in one.reasons.iter().chain(&one.warnings) {
                console::indented(line);
            }
        }
    } else {
        let rows: Vec<Vec<String>> = dates
            .iter()
            .map(|one| {
                let paper = one.paper.map(|paper| paper.title.clone()).unwrap_or_default();
                let source = one.paper.map(|paper| paper.source.clone()).unwrap_or_default();
                vec![
                    one.on.to_string(),
                    one.step.group.clone(),
                    paper,
                    source,
                    one.reasons.join(" "),
                    one.warnings.join(" "),
                ]
            })
            .collect();
        let headings = ["date", "group", "paper", "source", "why", "warning"];
        console::print(format, &headings, &rows)?;
    }
    Ok(if wrong { Outcome::Wrong } else { Outcome::Done })
}
