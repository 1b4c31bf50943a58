//! Loads the official files that were found into a lake that nobody keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use wardmote_lake::Lake;

use super::files::Wanted;
use crate::commands::ingest;
use crate::place::Partnership;

/// Loads exactly the files that were found into a lake; `None` where there are none.
///
/// The patterns of the declarations are not used: they are the bundle's, and could name anything.
pub(super) async fn load(
    declarations: &Path,
    wanted: &mut [Wanted],
    sources: Option<&Path>,
    lake: &Path,
) -> anyhow::Result<Option<Lake>> {
    let mut partnership = Partnership::open(declarations, sources)?;
    let mut by_source: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in wanted.iter() {
        if let Some(path) = &file.found {
            by_source.entry(&file.source).or_default().insert(path.clone());
        }
    }
    partnership.folder.sources.retain(|id, _| by_source.contains_key(id.as_str()));
    for (id, source) in &mut partnership.folder.sources {
        source.files = by_source.remove(id.as_str()).into_iter().flatten().collect();
    }
    if partnership.folder.sources.is_empty() {
        return Ok(None);
    }
    let report = ingest::load_into(&partnership, lake).await?;
    for (file, why) in &report.failures {
        eprintln!("not loaded: {file}: {why}");
    }
    if report.snapshot.is_none() {
        return Ok(None);
    }
    let lake = Lake::open(lake).await?;
    for file in wanted {
        let of_source = || lake.loads().iter().filter(|load| load.source == file.source);
        if of_source().any(|load| load.sha256 == file.sha256) {
            file.found_sha256 = Some(file.sha256.clone());
            continue;
        }
        if file.is_changed() {
            // Compressed events are known by the hash of what they unpack to.
            let loaded = of_source().find(|load| Some(&load.file_name) == file.found.as_ref());
            if let Some(load) = loaded {
                file.found_sha256 = Some(load.sha256.clone());
            }
            continue;
        }
        let name = name_of(&file.file);
        if let (Some(path), true) = (&file.found, file.file.contains('!')) {
            // An entry of an archive that is here under its name, with other bytes or none.
            let inside = format!("{path}!");
            let other = of_source().find(|load| {
                load.file_name.starts_with(&inside) && name_of(&load.file_name) == name
            });
            file.found_sha256 = other.map(|load| load.sha256.clone());
            if other.is_none() {
                file.found = None;
            }
        }
    }
    Ok(Some(lake))
}

fn name_of(file: &str) -> &str {
    file.rsplit(['/', '!']).next().unwrap_or(file)
}
