//! Retention, holds, noted events and links of records, on behalf of somebody who may.

use anyhow::Context as _;
use jiff::civil::Date;
use wardmote_records::{Asking, Due, RecordId, Records, Retention};

use super::Where;
use super::backup::keep_record_keys;
use super::folder::protection;
use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{now, today};

/// On whose behalf something is done, and for what purpose. The log names them.
#[derive(Debug, clap::Args)]
pub(crate) struct OnBehalf {
    /// The person, who must hold the permission
    #[arg(long, value_name = "PERSON")]
    actor: String,
    /// The purpose, in the agreements' words
    #[arg(long, value_name = "PURPOSE")]
    purpose: String,
}

impl OnBehalf {
    pub(crate) fn asking(&self) -> Asking<'_> {
        Asking { actor: &self.actor, purpose: &self.purpose, now: now(), today: today() }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct RetentionArguments {
    /// Only say what would be erased
    #[arg(long)]
    dry_run: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

impl RetentionArguments {
    /// What is due is erased, and said in a table.
    pub(crate) fn erasing() -> Self {
        Self { dry_run: false, format: Format::Table }
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct HoldArguments {
    #[command(subcommand)]
    what: HoldWhat,
}

#[derive(Debug, clap::Subcommand)]
enum HoldWhat {
    /// Hold a record, so that nobody and no rule erases it
    Place {
        /// The record's id
        #[arg(value_parser = record)]
        record: RecordId,
        /// The ground, such as legal-claim
        #[arg(long, value_name = "GROUND")]
        ground: String,
        /// Why, in words; it is sealed as the record is
        #[arg(long, value_name = "TEXT")]
        why: String,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Lift a hold
    Lift {
        /// The record's id
        #[arg(value_parser = record)]
        record: RecordId,
        /// The hold's id
        hold: String,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Print a record's holds: who placed them, and why
    List {
        /// The record's id
        #[arg(value_parser = record)]
        record: RecordId,
        #[command(flatten)]
        by: OnBehalf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct EventArguments {
    /// The record's id
    #[arg(value_parser = record)]
    record: RecordId,
    /// What happened, as protection/retention.toml names it, such as closed
    event: String,
    /// The day
    day: Date,
    #[command(flatten)]
    by: OnBehalf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LinkArguments {
    #[command(subcommand)]
    what: LinkWhat,
}

#[derive(Debug, clap::Subcommand)]
enum LinkWhat {
    /// Bring two records together
    Make {
        /// The one record's id
        #[arg(value_parser = record)]
        one: RecordId,
        /// The other's
        #[arg(value_parser = record)]
        other: RecordId,
        /// Why they belong together, such as same-household
        #[arg(long, value_name = "KIND")]
        kind: String,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Take them apart again
    Remove {
        /// The one record's id
        #[arg(value_parser = record)]
        one: RecordId,
        /// The other's
        #[arg(value_parser = record)]
        other: RecordId,
        #[command(flatten)]
        by: OnBehalf,
    },
    /// Print the records that a record belongs with, of those that the person may see
    List {
        /// The record's id
        #[arg(value_parser = record)]
        record: RecordId,
        #[command(flatten)]
        by: OnBehalf,
    },
}

pub(crate) fn record(text: &str) -> Result<RecordId, String> {
    RecordId::parse(text).ok_or_else(|| "a record's id is 32 hexadecimal digits".to_owned())
}

pub(crate) async fn retention(
    at: &Where,
    arguments: &RetentionArguments,
) -> anyhow::Result<Outcome> {
    let store = at.open().await?;
    let protection = protection(&at.folder)?;
    let retention = if arguments.dry_run {
        store.retention(&protection, today()).await?
    } else {
        store.erase_due(&protection, now(), today()).await?
    };
    let rows = retention.due.iter().map(|due| row(due, arguments.dry_run));
    let rows: Vec<Vec<String>> =
        rows.chain(retention.held.iter().map(|due| row(due, arguments.dry_run))).collect();
    let headings = ["record", "category", "controller", "rule", "since", "due", "what"];
    console::print(arguments.format, &headings, &rows)?;
    say(&retention, arguments.dry_run);
    if !arguments.dry_run {
        // Without this what was erased could still be read from the backups.
        keep_record_keys(&store, &at.record_keys_path(None)).await?;
    }
    let is_well = retention.without_rule.is_empty();
    Ok(if is_well { Outcome::Done } else { Outcome::Wrong })
}

fn row(due: &Due, is_dry: bool) -> Vec<String> {
    let what = match (due.held_by.is_empty(), is_dry) {
        (false, _) => format!("held by {}", due.held_by.join(", ")),
        (true, true) => "to be erased".to_owned(),
        (true, false) => "erased".to_owned(),
    };
    vec![
        due.record.to_string(),
        due.category.clone(),
        due.controller.clone(),
        due.rule.clone(),
        due.since.to_string(),
        due.due.to_string(),
        what,
    ]
}

fn say(retention: &Retention, is_dry: bool) {
    let Retention { records, due, held, within, waiting, to_review, without_rule } = retention;
    let verb = if is_dry { "to be erased" } else { "erased" };
    eprintln!(
        "{records} records: {} {verb}, {} held though due, {within} within their time, {waiting} waiting for the event that their time counts from",
        due.len(),
        held.len()
    );
    for record in to_review {
        eprintln!("look whether it is still needed: {record}");
    }
    for ((category, controller), count) in without_rule {
        eprintln!(
            "WRONG  {count} records of {category} of {controller} have no rule in protection/retention.toml, and are kept without end"
        );
    }
}

pub(crate) async fn hold(at: &Where, arguments: &HoldArguments) -> anyhow::Result<Outcome> {
    let records = at.records().await?;
    match &arguments.what {
        HoldWhat::Place { record, ground, why, by } => {
            let hold = records.hold(by.asking(), record, ground, why).await?;
            println!("{}", hold.id);
        }
        HoldWhat::Lift { record, hold, by } => {
            let is_lifted = records.lift(by.asking(), record, hold).await?;
            anyhow::ensure!(is_lifted, "the record has no hold {hold:?}");
        }
        HoldWhat::List { record, by } => {
            for hold in records.holds(by.asking(), record).await? {
                let (id, ground, who, when) = (hold.id, hold.ground, hold.placed_by, hold.placed);
                println!("{id}  {ground}, by {who} at {when}: {}", hold.why);
            }
        }
    }
    Ok(Outcome::Done)
}

pub(crate) async fn event(at: &Where, arguments: &EventArguments) -> anyhow::Result<Outcome> {
    let EventArguments { record, event, day, by } = arguments;
    at.records().await?.note_event(by.asking(), record, event, *day).await?;
    Ok(Outcome::Done)
}

pub(crate) async fn link(at: &Where, arguments: &LinkArguments) -> anyhow::Result<Outcome> {
    let records: Records = at.records().await?;
    match &arguments.what {
        LinkWhat::Make { one, other, kind, by } => {
            records.combine(by.asking(), one, other, kind).await?;
        }
        LinkWhat::Remove { one, other, by } => {
            let were_together = records.separate(by.asking(), one, other).await?;
            anyhow::ensure!(were_together, "the two records do not belong together");
        }
        LinkWhat::List { record, by } => {
            let links = records.links(by.asking(), record).await.context("the record's links")?;
            for link in links {
                let (kind, who) = (link.kind, link.made_by);
                println!("{}  {}, {kind}, by {who} at {}", link.to.id, link.to.kind, link.made);
            }
        }
    }
    Ok(Outcome::Done)
}
