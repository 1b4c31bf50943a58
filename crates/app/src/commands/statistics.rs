//! `wardmote statistics`: published numbers of areas.

use std::collections::BTreeSet;

use wardmote_domain::area::AreaCode;
use wardmote_lake::source::Reader;

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership};

/// List the numbers of a source of published statistics, such as deprivation or the census
///
/// What the publisher withholds or does not give is blank: it is not known, and not zero.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote statistics deprivation-2025-of-districts --area E08000007
  wardmote statistics children-poverty --indicator poverty --format csv")]
pub(crate) struct Arguments {
    /// The source, as its file in sources/ is named
    source: String,
    /// These areas only, by code
    #[arg(long, value_name = "CODE")]
    area: Vec<AreaCode>,
    /// Only indicators that hold these words
    #[arg(long, value_name = "WORDS")]
    indicator: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let declared = partnership.folder.sources.values();
    let known: Vec<&str> = declared
        .filter(|source| matches!(source.reader, Reader::Statistics(_)))
        .map(|source| source.id.as_str())
        .collect();
    anyhow::ensure!(
        known.contains(&arguments.source.as_str()),
        "no source {:?} of statistics in sources/; there are: {}",
        arguments.source,
        if known.is_empty() { "none".to_owned() } else { known.join(", ") }
    );
    let areas: BTreeSet<AreaCode> = arguments.area.iter().cloned().collect();
    let lake = partnership.lake().await?;
    let mut found = lake.statistics(&arguments.source, (!areas.is_empty()).then_some(&areas))?;
    if let Some(words) = arguments.indicator.as_ref().map(|words| words.to_lowercase()) {
        found.retain(|one| one.indicator.to_lowercase().contains(&words));
    }
    anyhow::ensure!(
        !found.is_empty(),
        "source {:?} has nothing of that; run `wardmote ingest`, or ask without --area and --indicator",
        arguments.source
    );
    let rows: Vec<Vec<String>> = found
        .into_iter()
        .map(|one| {
            let value = one.value.map(|value| value.to_string()).unwrap_or_default();
            vec![
                one.area.to_string(),
                one.period,
                one.indicator,
                one.breakdown,
                one.measure,
                one.unit,
                value,
            ]
        })
        .collect();
    let headings = ["area", "period", "indicator", "breakdown", "measure", "unit", "value"];
    console::print(arguments.format, &headings, &rows)?;
    Ok(Outcome::Done)
}
