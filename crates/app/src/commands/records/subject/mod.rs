//! `wardmote records subject`: what is held of a person, and the answer to them.

mod page;
mod redactions;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use wardmote_records::protection::Protection;
use wardmote_records::words::{Capacity, Standing};
use wardmote_records::{Access, RecordId, RecordsError, SubjectDeclaration};

use self::redactions::Redactions;
use super::Where;
use super::backup::keep_record_keys;
use super::folder::protection;
use super::private;
use super::protect::{OnBehalf, record};
use crate::Outcome;

const REDACTIONS: &str = "redactions.toml";

/// Find what is held of a person, and answer them
///
/// Each record declares whom it is about and whom it mentions, by references such as a tenancy
/// number. `export` writes all that is held of a person for somebody to look through, with the data of
/// others marked; `release` writes the answer, without what is not given.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote records subject find --reference 'tenancy 4711' --actor protector --purpose subject-rights
  wardmote records subject export --reference 'tenancy 4711' --out request-12 --actor protector \\
    --purpose subject-rights
  wardmote records subject release request-12 --actor protector --purpose subject-rights")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Declare that a record is about somebody, or mentions them
    Declare {
        /// The record's id
        #[arg(value_parser = record)]
        record: RecordId,
        /// What they are known by
        #[arg(long, value_name = "REFERENCE")]
        reference: String,
        /// subject, whom the record is about, or third-party, whom it mentions
        #[arg(long, value_name = "CAPACITY", value_parser = Capacity::parse, default_value = "subject")]
        capacity: Capacity,
        /// suspected, convicted, victim, witness or other
        #[arg(long, value_name = "STANDING", value_parser = Standing::parse, default_value = "other")]
        standing: Standing,
        /// What of the record is theirs, such as /neighbour/name; several may be given
        #[arg(long = "field", value_name = "POINTER")]
        fields: Vec<String>,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Take that back
    Retract {
        /// The record's id
        #[arg(value_parser = record)]
        record: RecordId,
        /// What they are known by
        #[arg(long, value_name = "REFERENCE")]
        reference: String,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// List the records in which somebody is declared
    Find {
        /// What they are known by
        #[arg(long, value_name = "REFERENCE")]
        reference: String,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Write all that is held of somebody, to be looked through before anything goes
    Export {
        /// What they are known by
        #[arg(long, value_name = "REFERENCE")]
        reference: String,
        /// The folder to write into, which must be new
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Write the answer to the person, without what redactions.toml withholds
    Release {
        /// The folder that `export` wrote
        folder: PathBuf,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Erase the records about somebody that nothing keeps, and say why the others stay
    Erase {
        /// What they are known by
        #[arg(long, value_name = "REFERENCE")]
        reference: String,
        #[command(flatten)]
        by: OnBehalf,
    },
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Declare { record, reference, capacity, standing, fields, by } => {
            let declaration = SubjectDeclaration {
                reference: reference.clone(),
                capacity: *capacity,
                standing: *standing,
                fields: fields.clone(),
            };
            let records = at.records().await?;
            records.declare_subject(by.asking(), record, &declaration).await?;
        }
        What::Retract { record, reference, by } => {
            let records = at.records().await?;
            let were_in = records.retract_subject(by.asking(), record, reference).await?;
            ensure!(were_in, "nobody of that reference is declared in the record");
        }
        What::Find { reference, by } => {
            for one in at.records().await?.held_of(by.asking(), reference).await? {
                let listed = &one.held.listed;
                let (kind, controller, regime) = (&listed.kind, &listed.controller, listed.regime);
                println!(
                    "{}  {kind} of {controller}, {regime}, {}",
                    listed.id, one.theirs.capacity
                );
            }
        }
        What::Export { reference, out, by } => export(at, reference, out, by).await?,
        What::Release { folder, by } => release(at, folder, by).await?,
        What::Erase { reference, by } => return erase(at, reference, by).await,
    }
    Ok(Outcome::Done)
}

async fn export(at: &Where, reference: &str, out: &Path, by: &OnBehalf) -> anyhow::Result<()> {
    ensure!(!out.exists(), "{} is there already; name a new folder", out.display());
    let held = at.records().await?.held_of(by.asking(), reference).await?;
    private::make_private_folder(out)?;
    let redactions = Redactions::proposed(reference, &held);
    let write = |name: &str, text: String| private::write(&out.join(name), text.as_bytes());
    let protection = protection(&at.folder)?;
    write("review.html", page::review(reference, &held, &protection))?;
    write("review.json", page::json(&held, None)?)?;
    write(REDACTIONS, redactions.text()?)?;
    println!("{} records in {}", held.len(), out.display());
    eprintln!(
        "Look through review.html, decide in redactions.toml what of others' data is given, and then run `wardmote records subject release {}`.",
        out.display()
    );
    Ok(())
}

async fn release(at: &Where, folder: &Path, by: &OnBehalf) -> anyhow::Result<()> {
    let path = folder.join(REDACTIONS);
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let redactions = Redactions::read(&text).with_context(|| path.display().to_string())?;
    let records = at.records().await?;
    let asking = by.asking();
    let now_held = records.held_of(asking, &redactions.reference).await?;
    let as_listed = |one: &Access| (one.held.listed.id.to_string(), one.held.listed.version);
    let now_held: BTreeSet<(String, i64)> = now_held.iter().map(as_listed).collect();
    if now_held != redactions.looked_through() {
        bail!("what is held has changed since it was looked through; export it again");
    }
    redactions.check(&records.held_of(asking, &redactions.reference).await?)?;
    let given = redactions.given()?;
    let accesses = match records.disclose_to_subject(asking, &redactions.reference, &given).await {
        Err(RecordsError::NotFound { .. }) => {
            bail!("this person may not disclose all of these records for this purpose")
        }
        other => other?,
    };
    let protection: Protection = protection(&at.folder)?;
    let withheld = redactions.records.len() - given.len();
    let html = page::answer(&accesses, &redactions, withheld, &protection);
    private::write(&folder.join("answer.html"), html.as_bytes())?;
    let json = page::json(&accesses, Some(&redactions))?;
    private::write(&folder.join("answer.json"), json.as_bytes())?;
    println!("{} records in {}", accesses.len(), folder.join("answer.html").display());
    Ok(())
}

async fn erase(at: &Where, reference: &str, by: &OnBehalf) -> anyhow::Result<Outcome> {
    let records = at.records().await?;
    let asking = by.asking();
    let (mut erased, mut kept) = (0, 0);
    for one in records.held_of(asking, reference).await? {
        let id = &one.held.listed.id;
        let why = match (one.theirs.capacity, one.others.is_empty()) {
            (Capacity::ThirdParty, _) => Some("it only mentions them".to_owned()),
            (Capacity::Subject, false) => Some("it is also about others".to_owned()),
            (Capacity::Subject, true) => match records.erase(asking, id).await {
                Ok(()) => None,
                Err(RecordsError::NotFound { .. }) => {
                    Some("no agreement permits its erasure".to_owned())
                }
                Err(RecordsError::UnderHold { by }) => {
                    Some(format!("it is held by {}", by.join(", ")))
                }
                Err(other) => return Err(other.into()),
            },
        };
        match why {
            None => {
                erased += 1;
                println!("{id}  erased");
            }
            Some(why) => {
                kept += 1;
                println!("{id}  KEPT: {why}");
            }
        }
    }
    keep_record_keys(records.store(), &at.record_keys_path(None)).await?;
    println!("{erased} records erased, {kept} kept");
    Ok(if kept == 0 { Outcome::Done } else { Outcome::Wrong })
}
