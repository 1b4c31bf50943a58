//! `wardmote policy`: what the sharing agreements permit, and to whom.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use wardmote_records::RecordId;
use wardmote_records::policy::{Actor, Decision, Request, Resource, in_english};
use wardmote_records::words::{Operation, Regime};

use super::Where;
use super::documents::{self, Document, DocumentArguments};
use super::folder::{agreements, cases, policies, protection};
use crate::Outcome;
use crate::place::{Partnership, today};

/// Ask, test and read the partnership's sharing agreements
///
/// They are the files of `agreements/`, with the legal gateways in `agreements/gateways.toml`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote policy explain --actor council-analyst --action consultation --resource landlord-case \\
    --purpose strategic-assessment --on 2025-03-18
  wardmote policy test
  wardmote policy show invented-agreement-2024
  wardmote policy record-of-processing --format html > record-of-processing.html")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Say which agreement permits something, or which condition fails
    Explain(ExplainArguments),
    /// Ask every case of agreements/cases.toml, and whether sources name agreements that are there
    Test,
    /// Print an agreement in plain English, or all of them
    Show {
        /// Its id
        agreement: Option<String>,
    },
    /// Print the record of processing (UK GDPR, article 30; Data Protection Act 2018, section 61)
    RecordOfProcessing(DocumentArguments),
    /// Print a draft of an impact assessment, in which what only people can judge is open
    Dpia(DocumentArguments),
}

#[derive(Debug, clap::Args)]
struct ExplainArguments {
    /// Who: an actor of cases.toml, or a person of the store
    #[arg(long, value_name = "ACTOR")]
    actor: String,
    /// What: collection, alteration, consultation, disclosure, combination or erasure
    #[arg(long, value_name = "OPERATION", value_parser = Operation::parse)]
    action: Operation,
    /// With what: a resource of cases.toml, or the id of a record
    #[arg(long, value_name = "RESOURCE")]
    resource: String,
    /// For what purpose, in the agreements' words
    #[arg(long, value_name = "PURPOSE")]
    purpose: String,
    /// On which day; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Explain(arguments) => explain(at, arguments).await,
        What::Test => test(&at.folder),
        What::Show { agreement } => show(&at.folder, agreement.as_deref()),
        What::RecordOfProcessing(arguments) => {
            documents::print(at, Document::RecordOfProcessing, arguments)
        }
        What::Dpia(arguments) => documents::print(at, Document::Dpia, arguments),
    }
}

async fn explain(at: &Where, arguments: &ExplainArguments) -> anyhow::Result<Outcome> {
    let on = arguments.on.unwrap_or_else(today);
    let actor = actor(at, &arguments.actor, on).await?;
    let (resource, regime) = resource(at, &arguments.resource).await?;
    let request =
        Request { actor: &actor, operation: arguments.action, purpose: &arguments.purpose, on };
    let protection = protection(&at.folder)?;
    match protection.decide(&policies(&at.folder)?, &request, &resource, regime)? {
        Decision::Permitted { by } => {
            println!("permitted by {by}");
            Ok(Outcome::Done)
        }
        Decision::Refused(refusal) => {
            println!("refused; {refusal}");
            Ok(Outcome::Wrong)
        }
    }
}

async fn actor(at: &Where, name: &str, on: Date) -> anyhow::Result<Actor> {
    if let Some(actor) = cases(&at.folder)?.and_then(|cases| cases.actor(name)) {
        return Ok(actor);
    }
    let found = at.open().await.with_context(|| format!("no actor {name:?} in cases.toml"))?;
    let found = found.actor(name, on).await?;
    found.with_context(|| format!("there is no person or actor {name:?}"))
}

/// What is asked about, and its regime where that is known.
async fn resource(at: &Where, name: &str) -> anyhow::Result<(Resource, Option<Regime>)> {
    if let Some(resource) = cases(&at.folder)?.and_then(|cases| cases.resource(name)) {
        return Ok((resource, None));
    }
    let Some(id) = RecordId::parse(name) else {
        bail!("{name:?} is no resource of cases.toml, and no id of a record");
    };
    let found = at.open().await?.listed(&id).await?;
    let found = found.with_context(|| format!("there is no record {id}"))?;
    Ok((found.resource(), Some(found.regime)))
}

fn test(folder: &Path) -> anyhow::Result<Outcome> {
    let Some(cases) = cases(folder)? else {
        bail!(
            "there is no agreements/cases.toml in {}: it says who asks what, and what the answer must be; docs/records.md says how it is written",
            folder.display()
        );
    };
    let policies = policies(folder)?;
    let protection = protection(folder)?;
    let failures = cases.ask(&policies, &protection)?;
    for failure in &failures {
        let (case, expected, found) = (failure.case, &failure.expected, &failure.found);
        println!("WRONG  case {case}: expected {expected}; found {found}");
    }
    let partnership = Partnership::open(folder, None)?;
    let mut missing = BTreeSet::new();
    for (id, source) in &partnership.folder.sources {
        let Some(agreement) = &source.agreement else { continue };
        if policies.agreements().find(agreement).is_none() {
            println!(
                "WRONG  source {id} names agreement {agreement:?}, which is not in agreements/"
            );
            missing.insert(id);
        }
    }
    for agreement in &policies.agreements().agreements {
        if agreement.terms.review < today() {
            eprintln!(
                "agreement {} was to be reviewed by {}",
                agreement.id, agreement.terms.review
            );
        }
    }
    let (count, wrong) = (cases.cases.len(), failures.len());
    println!(
        "{count} cases, {wrong} came out otherwise; {} sources without their agreement",
        missing.len()
    );
    let is_well = failures.is_empty() && missing.is_empty();
    Ok(if is_well { Outcome::Done } else { Outcome::Wrong })
}

fn show(folder: &Path, id: Option<&str>) -> anyhow::Result<Outcome> {
    let agreements = agreements(folder)?;
    let mut shown = Vec::new();
    for agreement in &agreements.agreements {
        if id.is_none_or(|id| id == agreement.id) {
            shown.push(in_english(agreement));
        }
    }
    if shown.is_empty() {
        bail!("there is no agreement {:?} in agreements/", id.unwrap_or_default());
    }
    print!("{}", shown.join("\n\n"));
    Ok(Outcome::Done)
}
