//! `wardmote coverage`: what should have come against what came.

use wardmote_lake::coverage::{Coverage, State, coverage};

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership, this_month};

/// Show what should have come against what came
///
/// A month that was expected and did not come is "missing", never zero. Bodies that nobody expected
/// are listed after the expected ones.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  wardmote coverage\n  wardmote coverage --months --format csv")]
pub(crate) struct Arguments {
    /// One line for each month instead of one for each reporting body
    #[arg(long)]
    months: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let lake = partnership.lake().await?;
    let mut found = Vec::new();
    for source in partnership.folder.sources.values().filter(|source| source.reader.brings_events())
    {
        let received = lake.received(&source.id)?;
        // Nobody can expect a month that is not over.
        found.extend(coverage(source, &received, this_month()?.plus(-1)));
    }
    if arguments.months {
        print_months(arguments.format, &found)?;
    } else {
        print_bodies(arguments.format, &found)?;
    }
    let missing = found
        .iter()
        .flat_map(|c| &c.months)
        .any(|(_, state)| matches!(state, State::Missing | State::CutShort { .. }));
    Ok(if missing { Outcome::Wrong } else { Outcome::Done })
}

fn print_months(format: Format, found: &[Coverage]) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = found
        .iter()
        .flat_map(|coverage| {
            coverage.months.iter().map(|(month, state)| {
                let (word, rows, reason) = match state {
                    State::Received { rows } => ("received", rows.to_string(), String::new()),
                    State::CutShort { rows } => {
                        ("cut short", rows.to_string(), "the end of the file is missing".to_owned())
                    }
                    State::Missing => ("missing", String::new(), String::new()),
                    State::NotPublished { reason } => {
                        ("not published", String::new(), reason.clone())
                    }
                };
                vec![
                    coverage.source.clone(),
                    coverage.body.clone(),
                    month.to_string(),
                    word.to_owned(),
                    rows,
                    reason,
                ]
            })
        })
        .collect();
    console::print(format, &["source", "body", "month", "state", "rows", "reason"], &rows)
}

fn print_bodies(format: Format, found: &[Coverage]) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|coverage| {
            let ends = |months: &mut dyn DoubleEndedIterator<Item = String>| {
                let first = months.next();
                let last = months.next_back().or_else(|| first.clone());
                first.zip(last).map(|(first, last)| {
                    if first == last { first } else { format!("{first} to {last}") }
                })
            };
            let of = |wanted: fn(&State) -> bool| {
                let months = coverage.months.iter().filter(move |(_, state)| wanted(state));
                let text = ends(&mut months.clone().map(|(month, _)| month.to_string()));
                (months.count(), text.unwrap_or_default())
            };
            let (n_received, received) = of(|state| matches!(state, State::Received { .. }));
            let (n_missing, missing) =
                of(|state| matches!(state, State::Missing | State::CutShort { .. }));
            let (n_unpublished, unpublished) =
                of(|state| matches!(state, State::NotPublished { .. }));
            let unexpected = if coverage.expected { "" } else { " (not expected)" };
            let joined = |n: usize, months: String| {
                if n == 0 { "0".to_owned() } else { format!("{n} ({months})") }
            };
            vec![
                coverage.source.clone(),
                format!("{}{unexpected}", coverage.body),
                joined(n_received, received),
                joined(n_missing, missing),
                joined(n_unpublished, unpublished),
            ]
        })
        .collect();
    console::print(format, &["source", "body", "received", "missing", "not published"], &rows)
}
