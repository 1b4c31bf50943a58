//! Taking loads out of the evidence.

use std::path::Path;

use super::IngestError;
use crate::commit::{self, Staged};
use crate::rows::Load;
use crate::store::{Lake, short_hash};

/// Takes loads out of the evidence, with a reason; earlier vintages keep them.
///
/// What was withdrawn is not loaded again from the declared files, only when it is named.
pub async fn withdraw(lake_folder: &Path, ids: &[String], why: &str) -> Result<Lake, IngestError> {
    let _lock = commit::Lock::take(lake_folder)?;
    let mut lake = Lake::open(lake_folder).await?;
    commit::recover(&mut lake).await?;
    let marker = |load: &Load| Load {
        load_id: format!("withdrawn-{}", short_hash(&format!("{} {}", load.load_id, lake.n_runs))),
        supersedes: Some(load.load_id.clone()),
        withdrawn: Some(why.to_owned()),
        size_bytes: 0,
        rows_read: 0,
        rows_kept: 0,
        rows_refused: 0,
        without_place: 0,
        unrecognised_areas: 0,
        ..load.clone()
    };
    let loads = lake.visible.iter().filter(|load| ids.contains(&load.load_id)).map(marker);
    let mut staged = Staged { loads: loads.collect(), ..Staged::default() };
    commit::commit(&mut lake, &mut staged).await?;
    Ok(lake)
}
