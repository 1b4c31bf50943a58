//! How a run becomes visible: everything is written first, then committed table by table, and the
//! rows of `loads` last of all.
//!
//! Readers see only files of runs that stand in `loads`, so a run that dies before leaves files and
//! log entries that nobody reads; [`recover`] takes them away when the next run begins.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use arrow::record_batch::RecordBatch;

use crate::rows::{
    AreaRow, CategoryRow, LinkRow, Load, PopulationRow, Refusal, Row, SnapshotRow, SurveyAnswer,
    TotalRow,
};
use crate::store::{Lake, LakeError, short_hash};
use crate::table::{Part, Table, TableError, ingest_of, part_name};

/// Rows and files that wait for the run's commit.
#[derive(Default)]
pub(crate) struct Staged {
    pub(crate) areas: Vec<AreaRow>,
    pub(crate) links: Vec<LinkRow>,
    pub(crate) populations: Vec<PopulationRow>,
    pub(crate) categories: Vec<CategoryRow>,
    pub(crate) answers: Vec<SurveyAnswer>,
    pub(crate) totals: Vec<TotalRow>,
    /// Each lookup's postcodes, with its source.
    pub(crate) postcodes: Vec<(String, RecordBatch)>,
    /// Each file's numbers, with its source.
    pub(crate) statistics: Vec<(String, RecordBatch)>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) loads: Vec<Load>,
    /// Parts of the tables of events with what they hold, by table, under the name of a run that has
    /// no id yet.
    pub(crate) events: BTreeMap<&'static str, Vec<(String, Part)>>,
}

/// The run's name until its loads are known and name it.
pub(crate) const UNNAMED: &str = "staging";

/// Held while a run writes; given back by the system when the process ends, however it ends.
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    pub(crate) fn take(folder: &Path) -> Result<Self, LakeError> {
        let failed = |path: &Path, why| TableError::File { path: path.to_owned(), why };
        std::fs::create_dir_all(folder).map_err(|why| failed(folder, why))?;
        let path = folder.join("ingest.lock");
        let file = File::create(&path).map_err(|why| failed(&path, why))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(LakeError::Locked { lock: path }),
            Err(std::fs::TryLockError::Error(why)) => Err(failed(&path, why).into()),
        }
    }
}

/// Takes away what a run left that did not finish, and pins a vintage that it could not pin.
pub(crate) async fn recover(lake: &mut Lake) -> Result<usize, TableError> {
    let committed = lake.committed.clone();
    let is_stray = |name: &str| ingest_of(name).is_some_and(|ingest| !committed.contains(ingest));
    let mut cleared = 0;
    let events = lake.events.iter_mut();
    let tables = [
        &mut lake.refusals,
        &mut lake.areas,
        &mut lake.links,
        &mut lake.populations,
        &mut lake.categories,
        &mut lake.postcodes,
        &mut lake.surveys,
        &mut lake.totals,
        &mut lake.statistics,
        &mut lake.snapshots,
        &mut lake.loads,
    ];
    for table in events.chain(tables) {
        cleared += table.clear(is_stray).await?;
    }
    let id = lake.snapshot_id();
    if let Some(last) = lake.known.values().max_by_key(|load| load.run)
        && !lake.snapshots()?.contains(&id)
    {
        let ingest = last.ingest_id.clone();
        let pin = |table: &&Table| SnapshotRow {
            id: id.to_string(),
            table: table.name.to_owned(),
            version: table.version(),
            ingest_id: ingest.clone(),
        };
        let pins: Vec<SnapshotRow> = lake.pinned().iter().map(pin).collect();
        let parts = write_rows(&lake.snapshots, &ingest, &pins)?;
        lake.snapshots.add(&parts).await?;
    }
    Ok(cleared)
}

/// Names the run, writes its files, commits its tables, and last of all the loads that make it
/// visible. Without loads nothing is written at all.
pub(crate) async fn commit(lake: &mut Lake, staged: &mut Staged) -> Result<(), TableError> {
    if staged.loads.is_empty() {
        return Ok(());
    }
    // A stable sort: two versions of one file keep the order in which they came.
    staged.loads.sort_by(|a, b| a.source.cmp(&b.source));
    let ids: Vec<&str> = staged.loads.iter().map(|load| load.load_id.as_str()).collect();
    let run = lake.n_runs;
    let ingest = short_hash(&format!("{run}\n{}", ids.join("\n")));
    for load in &mut staged.loads {
        load.ingest_id.clone_from(&ingest);
        load.run = run;
    }
    let of_table = |table: &Table| staged.events.get(table.name).map_or(&[][..], Vec::as_slice);
    let events = lake.events.iter().map(|table| name_parts(table, &ingest, of_table(table)));
    let events = events.collect::<Result<Vec<_>, _>>()?;
    let refusals = write_rows(&lake.refusals, &ingest, &staged.refusals)?;
    let areas = write_rows(&lake.areas, &ingest, &staged.areas)?;
    let links = write_rows(&lake.links, &ingest, &staged.links)?;
    let populations = write_rows(&lake.populations, &ingest, &staged.populations)?;
    let categories = write_rows(&lake.categories, &ingest, &staged.categories)?;
    let surveys = write_rows(&lake.surveys, &ingest, &staged.answers)?;
    let totals = write_rows(&lake.totals, &ingest, &staged.totals)?;
    let postcodes = write_batches(&lake.postcodes, &ingest, &staged.postcodes)?;
    let statistics = write_batches(&lake.statistics, &ingest, &staged.statistics)?;
    let loads = write_rows(&lake.loads, &ingest, &staged.loads)?;
    let others = [
        &refusals,
        &areas,
        &links,
        &populations,
        &categories,
        &postcodes,
        &surveys,
        &totals,
        &statistics,
        &loads,
    ];
    let parts: Vec<&Vec<Part>> = events.iter().chain(others).collect();
    let pins = pins_after(lake, staged, &ingest, &parts);
    let pins = write_rows(&lake.snapshots, &ingest, &pins)?;

    for (table, parts) in lake.events.iter_mut().zip(&events) {
        table.add(parts).await?;
    }
    lake.refusals.add(&refusals).await?;
    lake.areas.add(&areas).await?;
    lake.links.add(&links).await?;
    lake.populations.add(&populations).await?;
    lake.categories.add(&categories).await?;
    lake.postcodes.add(&postcodes).await?;
    lake.surveys.add(&surveys).await?;
    lake.totals.add(&totals).await?;
    lake.statistics.add(&statistics).await?;
    // INVARIANT: loads come last; until this commit nothing of the run can be seen.
    lake.loads.add(&loads).await?;
    lake.refresh()?;
    lake.snapshots.add(&pins).await
}

/// Deletes the files of a run that was not committed.
pub(crate) fn discard(lake: &Lake) -> Result<(), TableError> {
    let is_stray =
        |name: &str| ingest_of(name).is_some_and(|ingest| !lake.committed.contains(ingest));
    for table in lake.pinned().into_iter().chain([&lake.snapshots]) {
        table.delete_uncommitted(is_stray)?;
    }
    Ok(())
}

/// What the new vintage pins: each table's version, one more where the run adds to it.
fn pins_after(
    lake: &Lake,
    staged: &Staged,
    ingest: &str,
    parts: &[&Vec<Part>],
) -> Vec<SnapshotRow> {
    let id = lake.snapshot_id_with(&staged.loads).to_string();
    let pin = |(table, parts): (&Table, &&Vec<Part>)| SnapshotRow {
        id: id.clone(),
        table: table.name.to_owned(),
        version: table.version() + u64::from(!parts.is_empty()),
        ingest_id: ingest.to_owned(),
    };
    lake.pinned().into_iter().zip(parts).map(pin).collect()
}

fn name_parts(
    table: &Table,
    ingest: &str,
    staged: &[(String, Part)],
) -> Result<Vec<Part>, TableError> {
    let mut parts: Vec<Part> = Vec::with_capacity(staged.len());
    let mut earlier: Option<(&str, usize)> = None;
    for (what, part) in staged {
        let n = earlier.filter(|(name, _)| name == what).map_or(0, |(_, n)| n + 1);
        earlier = Some((what, n));
        let file_name = part_name(ingest, &format!("{what}-{n}"));
        let from = table.folder.join(&part.file_name);
        std::fs::rename(&from, table.folder.join(&file_name))
            .map_err(|why| TableError::File { path: from, why })?;
        parts.push(Part { file_name, ..part.clone() });
    }
    Ok(parts)
}

fn write_batches(
    table: &Table,
    ingest: &str,
    batches: &[(String, RecordBatch)],
) -> Result<Vec<Part>, TableError> {
    let numbered = batches.iter().enumerate();
    numbered.map(|(n, (of, batch))| table.write(ingest, &format!("{of}-{n}"), batch)).collect()
}

fn write_rows<R: Row>(table: &Table, ingest: &str, rows: &[R]) -> Result<Vec<Part>, TableError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let failed = |why: arrow::error::ArrowError| TableError::Content {
        path: table.folder.clone(),
        why: why.to_string(),
    };
    Ok(vec![table.write(ingest, "rows", &R::batch(rows).map_err(failed)?)?])
}
