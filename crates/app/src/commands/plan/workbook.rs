//! `wardmote plan import` and `export`: registers in the workbooks that people have.

use std::path::Path;

use anyhow::Context as _;
use wardmote_records::registers::Doing;

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
        let left = records.accept(asking, &business.registers, &filing, &proposal).await?.faults;
        for fault in &left {
            eprintln!("not done after all: {}: {}", fault.place, fault.why);
        }
        eprintln!(
            "accepted; `wardmote register item REGISTER REFERENCE --history` shows what was before"
        );
        return Ok(ended(count(Doing::Refused) + left.len()));
    }
    eprintln!("nothing is changed; --accept takes the rows that are not refused");
    Ok(ended(count(Doing::Refused)))
}

fn ended(wrong: usize) -> Outcome {
    if wrong == 0 { Outcome::Done } else { Outcome::Wrong }
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
