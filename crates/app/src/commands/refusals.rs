//! `wardmote refusals`: the rows that could not be kept.

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership};

/// List the rows that could not be kept, with file, line, field and reason
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  wardmote refusals --format csv > refusals.csv")]
pub(crate) struct Arguments {
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let lake = partnership.lake().await?;
    let refusals = lake.refusals()?;
    if refusals.is_empty() && arguments.format == Format::Table {
        println!("No row was refused.");
        return Ok(Outcome::Done);
    }
    let rows: Vec<Vec<String>> = refusals
        .into_iter()
        .map(|refusal| {
            let lines = if refusal.first_line == refusal.last_line {
                refusal.first_line.to_string()
            } else {
                format!("{} to {}", refusal.first_line, refusal.last_line)
            };
            vec![
                refusal.file,
                lines,
                refusal.count.to_string(),
                refusal.field,
                refusal.reason,
                refusal.text.unwrap_or_default(),
            ]
        })
        .collect();
    console::print(arguments.format, &["file", "lines", "rows", "field", "reason", "text"], &rows)?;
    Ok(Outcome::Done)
}
