//! `wardmote count`: the rows of the lake, by district or in all.

use wardmote_evidence::numbers::thousands;

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership};

/// Count the rows of the lake by the district in which they lie, those of other forces included
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  wardmote count\n  wardmote count --groups")]
pub(crate) struct Arguments {
    /// Count every group of small area, month and category, and print how many groups and rows there are
    #[arg(long)]
    groups: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let lake = partnership.lake().await?;
    if arguments.groups {
        let (groups, rows) = lake.group_all()?;
        console::print(
            arguments.format,
            &["groups", "rows"],
            &[vec![groups.to_string(), rows.to_string()]],
        )?;
        return Ok(Outcome::Done);
    }
    let own = &partnership.folder.partnership;
    let mut rows = Vec::new();
    for source in partnership.folder.sources.values().filter(|source| source.reader.brings_events())
    {
        for found in lake.by_district(&source.id, own.district_level)? {
            let code = found.district.map(|code| code.to_string()).unwrap_or_default();
            rows.push(vec![source.id.clone(), code, found.name, thousands(found.rows)]);
        }
    }
    console::print(arguments.format, &["source", "district", "name", "rows"], &rows)?;
    Ok(Outcome::Done)
}
