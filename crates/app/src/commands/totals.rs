//! `wardmote totals`: numbers that arrived as totals, by area, period and kind.

use std::collections::BTreeMap;

use anyhow::ensure;
use wardmote_lake::source::Reader;

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership};

/// List the numbers of a source that arrives as totals, such as the Home Office's tables
///
/// A table that does not say when is listed as undated, and is in no measure.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote totals home-office-force --area \"Greater Manchester\"
  wardmote totals home-office-csp --area Stockport --format csv")]
pub(crate) struct Arguments {
    /// The source, as its file in sources/ is named
    source: String,
    /// This area only, by the name or code that the table gives it
    #[arg(long, value_name = "AREA")]
    area: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let totals: Vec<&str> = partnership
        .folder
        .sources
        .values()
        .filter(|source| matches!(source.reader, Reader::Totals(_)))
        .map(|source| source.id.as_str())
        .collect();
    ensure!(
        totals.contains(&arguments.source.as_str()),
        "no source {:?} of totals in sources/; there are: {}",
        arguments.source,
        if totals.is_empty() { "none".to_owned() } else { totals.join(", ") }
    );
    let found = partnership.lake().await?.totals(&arguments.source)?;
    let is_wanted = |area: &str| {
        arguments.area.as_ref().is_none_or(|wanted| wanted.trim().eq_ignore_ascii_case(area))
    };
    let mut sums: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for row in found.into_iter().filter(|row| is_wanted(&row.area)) {
        let period = match row.months {
            None => "undated".to_owned(),
            Some((first, last)) if first == last => first.to_string(),
            Some((first, last)) => format!("{first} to {last}"),
        };
        *sums.entry((row.area, period, row.category.to_string())).or_default() += row.n;
    }
    ensure!(
        !sums.is_empty(),
        "source {:?} brought nothing{}; run `wardmote ingest`, or look at the areas without --area",
        arguments.source,
        arguments.area.as_ref().map(|area| format!(" for {area:?}")).unwrap_or_default()
    );
    let rows: Vec<Vec<String>> = sums
        .into_iter()
        .map(|((area, period, category), n)| vec![area, period, category, n.to_string()])
        .collect();
    console::print(arguments.format, &["area", "period", "category", "n"], &rows)?;
    Ok(Outcome::Done)
}
