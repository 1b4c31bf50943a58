//! `wardmote review`: cases with their clocks, the threshold of a case review, and the counts of a year.

use std::io::Write as _;

use jiff::civil::Date;
use wardmote_domain::clock::{Timing, date_in_words};
use wardmote_domain::review::{ReviewAction, not_ready, without_evidence};
use wardmote_records::Asking;

use crate::Outcome;
use crate::board::day;
use crate::business::{Book, Business};
use crate::commands::clock::explain::{self, timing_in_words};
use crate::commands::records::Where;
use crate::console::{self, Format};
use crate::law::Law;
use crate::place::{Partnership, today};
use crate::reviews::{self, YearPublished};

/// Reviews that the law asks for: their clocks, thresholds, checklists and yearly counts
///
/// Cases lie sealed in the records, are OFFICIAL-SENSITIVE, and each reading is logged. The dates are
/// counted by the clocks of the folder from what is written as having happened.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote review list --as council-officer
  wardmote review show DR-1 --as council-officer
  wardmote review counts --from 2024-04-01 --to 2025-03-31 --as council-officer")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Args)]
struct Asked {
    /// Who asks: a person of the records; the keeper of the registers if not given
    #[arg(long = "as", value_name = "PERSON")]
    actor: Option<String>,
    /// For what purpose, in the agreements' words
    #[arg(long, default_value = "own-functions")]
    purpose: String,
    /// As of this day; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Bring the cases of reviews/items/*.toml into the store, if none is there
    Load,
    /// Each case with the step that is due next; exits with 1 where one is late
    List {
        #[command(flatten)]
        asked: Asked,
    },
    /// A case: every step with its date and why, and what is still to do
    Show {
        /// Its reference
        reference: String,
        #[command(flatten)]
        asked: Asked,
    },
    /// The counts of anti-social behaviour case reviews that are published, small ones withheld
    Counts {
        /// The first day of the year
        #[arg(long, value_name = "DATE")]
        from: Date,
        /// The last day
        #[arg(long, value_name = "DATE")]
        to: Date,
        /// Write them to reviews/counts, from where the site publishes them
        #[arg(long)]
        publish: bool,
        #[command(flatten)]
        asked: Asked,
    },
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let law = Law::read(&at.folder)?;
    match &arguments.what {
        What::Load => {
            let business = Business::open_or_make(at).await?;
            let made = reviews::load_folder(&business, &at.folder).await?;
            business.records.store().close().await;
            println!("{made} items are new");
            Ok(Outcome::Done)
        }
        What::List { asked } => list(at, &law, asked).await,
        What::Show { reference, asked } => show(at, &law, reference, asked).await,
        What::Counts { from, to, publish, asked } => {
            counts(at, &law, (*from, *to), *publish, asked).await
        }
    }
}

async fn cases(at: &Where, asked: &Asked, registers: &[&str]) -> anyhow::Result<Book> {
    let business = Business::open(at).await?;
    let asking = Asking { purpose: &asked.purpose, ..business.asking(asked.actor.as_deref()) };
    reviews::cases(&business, asking, registers).await
}

async fn list(at: &Where, law: &Law, asked: &Asked) -> anyhow::Result<Outcome> {
    let on = asked.on.unwrap_or_else(today);
    let mut rows = Vec::new();
    let mut late = false;
    let all = cases(at, asked, &reviews::CASES.map(|(register, _)| register)).await?;
    for case in all.iter() {
        let clock = reviews::clock_of(law, case)?;
        let facts = reviews::facts_of(clock, case)?;
        let next = reviews::next_step(law, clock, &facts, on);
        late |= next.as_ref().is_some_and(|next| matches!(next.timing, Timing::Late { .. }));
        let (step, due, state) = match &next {
            Some(next) => (
                next.step.id.clone(),
                explain::due_date(&next.due).map(|day| day.to_string()).unwrap_or_default(),
                timing_in_words(next.timing),
            ),
            None => (String::new(), String::new(), "every step is done".to_owned()),
        };
        rows.push(vec![case.reference().to_owned(), case.register.clone(), step, due, state]);
    }
    console::print(asked.format, &["case", "register", "next", "by", "state"], &rows)?;
    Ok(if late { Outcome::Wrong } else { Outcome::Done })
}

async fn show(at: &Where, law: &Law, reference: &str, asked: &Asked) -> anyhow::Result<Outcome> {
    let on = asked.on.unwrap_or_else(today);
    let registers = ["death-reviews", "asb-reviews", "review-actions"];
    let all = cases(at, asked, &registers).await?;
    let Some(case) =
        all.iter().find(|case| case.reference() == reference && case.register != "review-actions")
    else {
        anyhow::bail!("there is no case {reference:?}, or not for whoever asks");
    };
    let clock = reviews::clock_of(law, case)?;
    let facts = reviews::facts_of(clock, case)?;
    let outcome = explain::print(law, clock, &facts, on, asked.format)?;
    if asked.format != Format::Table {
        return Ok(outcome);
    }
    if case.register == "asb-reviews" {
        let answer = reviews::threshold(law, case)?;
        println!("\nThreshold {}", if answer.met { "met" } else { "not met" });
        for reason in &answer.reasons {
            console::indented(reason);
        }
        return Ok(outcome);
    }
    if let Some(checklist) = &law.publication {
        let open = not_ready(checklist, &reviews::confirmed(case));
        println!(
            "\nBefore publication: {} of {} still to confirm",
            open.len(),
            checklist.items.len()
        );
        for item in open {
            console::indented(&format!("{}: {}.", item.id, item.must));
        }
    }
    let actions: Vec<ReviewAction> = all
        .iter()
        .filter(|one| one.register == "review-actions" && one.get("review") == reference)
        .map(|one| ReviewAction {
            title: format!("{}: {}", one.reference(), one.title()),
            owner: one.get("owner").to_owned(),
            due: day(one, "due"),
            done: day(one, "done"),
            evidence: Some(one.get("evidence").to_owned()),
        })
        .collect();
    let lacking = without_evidence(&actions);
    println!("\nActions: {} of {} lack evidence of what changed", lacking.len(), actions.len());
    for action in lacking {
        let due = action.due.map_or_else(|| "no day".to_owned(), date_in_words);
        let done = action.done.map(|on| format!("; said to be done on {}", date_in_words(on)));
        console::indented(&format!("{} (due {due}{}).", action.title, done.unwrap_or_default()));
    }
    std::io::stdout().flush()?;
    Ok(outcome)
}

async fn counts(
    at: &Where,
    law: &Law,
    (from, to): (Date, Date),
    publish: bool,
    asked: &Asked,
) -> anyhow::Result<Outcome> {
    anyhow::ensure!(from <= to, "the year ends before it begins");
    let cases = cases(at, asked, &["asb-reviews"]).await?;
    let counts = reviews::asb_counts(law, &cases, from, to)?;
    let rules = Partnership::open(&at.folder, None)?.folder.disclosure;
    let protected = reviews::protected(counts, &rules.cells)?;
    let rows: Vec<Vec<String>> = protected
        .rows
        .iter()
        .map(|(what, n)| {
            let shown = n.map_or_else(|| "withheld".to_owned(), |n| n.to_string());
            vec![(*what).to_owned(), shown]
        })
        .collect();
    console::print(asked.format, &["from the applications of the year", "number"], &rows)?;
    if protected.withheld > 0 {
        eprintln!("{}", rules.in_words());
    }
    if publish {
        let counts = rows.iter().map(|row| (row[0].clone(), row[1].clone())).collect();
        let (from, to) = (from.to_string(), to.to_string());
        let year = YearPublished { from, to, counts, protection: rules.in_words() };
        eprintln!("published from {}", year.write(&at.folder)?.display());
    }
    Ok(Outcome::Done)
}
