//! `wardmote duties`: what the law asks, how it stands and what is due next.

use crate::Outcome;
use crate::business::{Book, Business, Entry};
use crate::commands::records::Where;
use crate::console::{Format, fitted, print};

/// The duty register: each duty with its law, owner, state and what is due next
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  wardmote duties\n  wardmote duties --due --format csv")]
pub(crate) struct Arguments {
    /// In the order in which something is due; those without a day come last
    #[arg(long)]
    due: bool,
    /// The person in whose name it is read; who keeps the registers if not given
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<String>,
    #[arg(long, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let business = Business::open(at).await?;
    let book = business.book(business.asking(arguments.person.as_deref())).await?;
    let mut duties: Vec<&Entry> = book.all("duties").collect();
    if arguments.due {
        duties.sort_by_key(|duty| (duty.get("due").is_empty(), duty.get("due").to_owned()));
    }
    let format = arguments.format;
    let register = business.registers.get("duties");
    let shown = |duty: &Entry, field: &str| {
        let value = duty.get(field);
        register.and_then(|r| r.field(field)).map_or(value, |field| field.shown(value)).to_owned()
    };
    let row = |duty: &&Entry| {
        let mut row = vec![
            duty.reference().to_owned(),
            fitted(format, duty.title(), 30),
            shown(duty, "state"),
            duty.get("due").to_owned(),
            fitted(format, duty.get("next"), 17),
        ];
        if format != Format::Table {
            let rest =
                ["kind", "law", "checked", "owner", "cycle", "last-done", "clock", "evidence"];
            row.extend(rest.map(|field| shown(duty, field)));
            row.push(shown_by(&book, duty).join("; "));
        }
        row
    };
    let rows: Vec<Vec<String>> = duties.iter().map(row).collect();
    let mut headings = vec!["ref", "duty", "state", "due", "next"];
    if format != Format::Table {
        headings.extend([
            "kind",
            "law",
            "checked",
            "owner",
            "cycle",
            "last_done",
            "clock",
            "evidence",
        ]);
        headings.push("shown_by");
    }
    print(format, &headings, &rows)?;
    Ok(Outcome::Done)
}

/// What shows that a duty is met: items by register and reference, claims and figures by their names.
fn shown_by(book: &Book, duty: &Entry) -> Vec<String> {
    let items = book.linked(duty, "shown-by");
    let items = items.iter().map(|item| format!("{}/{}", item.register, item.reference()));
    items.chain(duty.evidence("shown-by")).collect()
}
