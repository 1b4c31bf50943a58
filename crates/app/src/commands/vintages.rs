//! `wardmote vintages`: the states that the evidence has been in.

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership};

/// List the vintages of the evidence, earliest first; --as-of reads one of them
///
/// A vintage is named after the files that are visible in it, so the same files have the same name on
/// every machine. A revised file makes a new one, and the earlier stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote vintages
  wardmote measure recorded-crime --as-of s-0123456789ab")]
pub(crate) struct Arguments {
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let lake = partnership.lake().await?;
    let current = lake.snapshot_id();
    let mut rows = Vec::new();
    for id in lake.snapshots()? {
        let then = partnership.lake_at(&id).await?;
        let loads = then.loads();
        let last = loads.iter().filter_map(|load| load.last_month).max();
        rows.push(vec![
            id.to_string(),
            loads.len().to_string(),
            loads.iter().map(|load| load.rows_kept).sum::<u64>().to_string(),
            last.map(|month| month.to_string()).unwrap_or_default(),
            if id == current { "now".to_owned() } else { String::new() },
        ]);
    }
    console::print(arguments.format, &["vintage", "files", "rows", "last month", ""], &rows)?;
    Ok(Outcome::Done)
}
