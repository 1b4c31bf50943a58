//! `wardmote loads`: the files that are loaded, and that their rows reconcile.

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership};

/// List the loaded files: rows read, kept and refused, months, hash and licence
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote loads
  wardmote loads --source police-street --format csv > loads.csv")]
pub(crate) struct Arguments {
    /// This source only, as its file in sources/ is named
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let lake = partnership.lake().await?;
    let marking = |source: &str| {
        let declared = partnership.folder.sources.get(source);
        declared.and_then(|source| source.marking.clone()).unwrap_or_default()
    };
    let wanted = |source: &str| arguments.source.as_ref().is_none_or(|wanted| wanted == source);
    let loads: Vec<_> = lake.loads().iter().filter(|load| wanted(&load.source)).collect();
    anyhow::ensure!(
        !loads.is_empty(),
        "nothing is loaded{}; run `wardmote ingest`",
        arguments.source.as_ref().map(|of| format!(" of source {of:?}")).unwrap_or_default()
    );
    let table = arguments.format == Format::Table;
    let rows: Vec<Vec<String>> = loads
        .iter()
        .map(|load| {
            let month = |month: Option<_>| {
                month.map_or(String::new(), |month: wardmote_domain::period::Month| {
                    month.to_string()
                })
            };
            let mut row = vec![load.source.clone(), load.file_name.clone()];
            row.extend([load.rows_read, load.rows_kept, load.rows_refused].map(|n| n.to_string()));
            row.extend([month(load.first_month), month(load.last_month)]);
            if !table {
                row.extend([load.sha256.clone(), load.publisher.clone(), load.licence.clone()]);
                row.extend([load.disclosure.slug().to_owned(), marking(&load.source)]);
            }
            row
        })
        .collect();
    let headings = [
        "source",
        "file",
        "read",
        "kept",
        "refused",
        "first",
        "last",
        "sha256",
        "publisher",
        "licence",
        "disclosure",
        "marking",
    ];
    console::print(arguments.format, &headings[..if table { 7 } else { 12 }], &rows)?;
    if table {
        let sum =
            |of: fn(&wardmote_lake::Load) -> u64| loads.iter().map(|load| of(load)).sum::<u64>();
        println!(
            "{} files: {} rows read = {} kept + {} refused",
            loads.len(),
            sum(|load| load.rows_read),
            sum(|load| load.rows_kept),
            sum(|load| load.rows_refused)
        );
    }
    Ok(Outcome::Done)
}
