//! `wardmote plan import`, `imports`, `undo` and `export`: registers in the workbooks that people have.

use std::path::Path;

use anyhow::Context as _;
use wardmote_records::registers::{Doing, Import};

use crate::Outcome;
use crate::business::{Business, Understood, exported_workbook};
use crate::commands::records::Where;
use crate::console::{Format, fitted, print};

pub(super) async fn import(
    at: &Where,
    person: Option<&str>,
    file: &Path,
    register: Option<&str>,
    accept: bool,
    format: Format,
) -> anyhow::Result<Outcome> {
    let business = Business::open(at).await?;
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let understood = Understood::read(&business.registers, &bytes, register)
        .with_context(|| file.display().to_string())?;
    let asking = business.asking(person);
    let records = &business.records;
    let proposal = records.propose(asking, &business.registers, &understood.rows).await?;
    for line in &understood.left_out {
        eprintln!("{line}");
    }
    let mut lines = Vec::new();
    for row in &proposal.rows {
        let does = match row.doing {
            Doing::Make => "new",
            Doing::Change => "changes",
            Doing::Nothing => "the same",
            Doing::Refused => "refused",
        };
        let line = |place: &str, why: &str| {
            vec![place.to_owned(), row.reference.clone(), does.to_owned(), fitted(format, why, 48)]
        };
        match row.doing {
            Doing::Refused => {
                lines.extend(row.faults.iter().map(|fault| line(&fault.place, &fault.why)));
            }
            Doing::Change => lines.push(line(&row.place, &row.changes.join(", "))),
            Doing::Make => lines.push(line(&row.place, "")),
            Doing::Nothing => {}
        }
    }
    print(format, &["cell", "ref", "does", "why"], &lines)?;
    let count = |doing| proposal.count(doing);
    eprintln!(
        "{} rows: {} new, {} change something, {} are the same, {} refused",
        proposal.rows.len(),
        count(Doing::Make),
        count(Doing::Change),
        count(Doing::Nothing),
        count(Doing::Refused)
    );
    if accept {
        let filing = business.settings.filing();
        let accepted = records.import(asking, &business.registers, &filing, &proposal).await?;
        for fault in &accepted.faults {
            eprintln!("not done after all: {}: {}", fault.place, fault.why);
        }
        match &accepted.import {
            Some(id) => eprintln!("taken; `wardmote plan undo {id}` takes it back"),
            None => eprintln!("nothing was to be changed"),
        }
        return Ok(ended(count(Doing::Refused) + accepted.faults.len()));
    }
    eprintln!("nothing is changed; --accept takes the rows that are not refused");
    Ok(ended(count(Doing::Refused)))
}

fn ended(wrong: usize) -> Outcome {
    if wrong == 0 { Outcome::Done } else { Outcome::Wrong }
}

/// Lists the workbooks that somebody took.
pub(super) async fn imports(
    at: &Where,
    person: Option<&str>,
    format: Format,
) -> anyhow::Result<Outcome> {
    let business = Business::open(at).await?;
    let asking = business.asking(person);
    let rows = business.records.imports(asking).await?;
    if rows.is_empty() && format == Format::Table {
        println!("{} has taken no workbook", asking.actor);
        return Ok(Outcome::Done);
    }
    let row = |one: &Import| {
        let state = if one.taken_back.is_some() { "taken back" } else { "taken" };
        let (made, changed, links) = (one.did.made(), one.did.changed(), one.did.links());
        let counts = [made, changed, links].map(|count| count.to_string());
        let [made, changed, links] = counts;
        let at = one.at.strftime("%Y-%m-%d %H:%M").to_string();
        vec![one.id.clone(), at, made, changed, links, state.to_owned()]
    };
    let rows: Vec<Vec<String>> = rows.iter().map(row).collect();
    print(format, &["id", "when (UTC)", "new", "changed", "links", "state"], &rows)?;
    Ok(Outcome::Done)
}

/// Takes back a workbook that was taken: that of an id, or the last that still stands.
pub(super) async fn undo(
    at: &Where,
    person: Option<&str>,
    id: Option<&str>,
) -> anyhow::Result<Outcome> {
    let business = Business::open(at).await?;
    let (asking, records) = (business.asking(person), &business.records);
    let import = if let Some(id) = id {
        let import = records.one_import(asking, id).await?;
        import.with_context(|| format!("{} has taken no workbook {id}", asking.actor))?
    } else {
        let all = records.imports(asking).await?;
        let last = all.into_iter().find(|one| one.taken_back.is_none());
        last.with_context(|| format!("{} has taken no workbook that stands", asking.actor))?
    };
    let kept = records.take_back_import(asking, &business.registers, &import.id).await?;
    let kept = kept.with_context(|| format!("{} was taken back already", import.id))?;
    for one in &kept {
        eprintln!("stays as it is: {}: {}", one.item, one.why);
    }
    let (made, changed) = (import.did.made(), import.did.changed());
    let links = import.did.links();
    println!("taken back: {made} that were new, {changed} that were changed, {links} links");
    Ok(ended(kept.len()))
}

pub(super) async fn export(
    at: &Where,
    person: Option<&str>,
    file: &Path,
    only: &[String],
) -> anyhow::Result<Outcome> {
    let business = Business::open(at).await?;
    let workbook = exported_workbook(&business, business.asking(person), only).await?;
    let workbook = workbook.context("there is nothing to export")?;
    std::fs::write(file, workbook.bytes).with_context(|| file.display().to_string())?;
    let (n_items, n_sheets) = (workbook.n_items, workbook.n_sheets);
    println!("{n_items} items in {n_sheets} sheets written to {}", file.display());
    Ok(Outcome::Done)
}
