//! `wardmote withdraw`: takes a loaded file out of the evidence.

use std::path::Path;

use anyhow::ensure;

use crate::Outcome;
use crate::place::Partnership;

/// Take a loaded file out of the evidence, with a reason
///
/// Earlier vintages keep it, so that nothing that was published loses its trace. A withdrawn file is
/// not loaded again with the declared files; name it to `wardmote ingest` to bring it back.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote withdraw landlord-asb-2024-03.csv --why \"the landlord sent a test file\"
  wardmote moves")]
pub(crate) struct Arguments {
    /// The file as `wardmote loads` names it, or the end of its path
    file: String,
    /// Why, for those who look later
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Only of this source, where several read the file
    #[arg(long, value_name = "SOURCE")]
    source: Option<String>,
}

pub(crate) async fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open(folder, None)?;
    let why = arguments.why.trim();
    ensure!(!why.is_empty(), "--why is blank; say in a few words why the file is withdrawn");
    let lake = partnership.lake().await?;
    let named =
        |file: &str| file == arguments.file || file.ends_with(&format!("/{}", arguments.file));
    let of_source = |source: &str| arguments.source.as_ref().is_none_or(|one| one == source);
    let loads: Vec<_> = lake
        .loads()
        .iter()
        .filter(|load| named(&load.file_name) && of_source(&load.source))
        .collect();
    let sources: Vec<&str> = loads.iter().map(|load| load.source.as_str()).collect();
    ensure!(!loads.is_empty(), "no loaded file {:?}; `wardmote loads` lists them", arguments.file);
    ensure!(
        loads.len() == 1,
        "{} loads are of a file {:?}: {}; give more of its path, or --source",
        loads.len(),
        arguments.file,
        sources.join(", ")
    );
    let ids = vec![loads[0].load_id.clone()];
    let (file, rows) = (loads[0].file_name.clone(), loads[0].rows_kept);
    let after = wardmote_lake::withdraw(&partnership.lake_folder(), &ids, why).await?;
    println!("{file}: withdrawn with its {rows} rows; vintage {}", after.snapshot_id());
    println!("`wardmote moves` says which published figures this moves.");
    Ok(Outcome::Done)
}
