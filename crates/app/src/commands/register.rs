//! `wardmote register`: the partnership's own lists on the command line.

use anyhow::Context as _;
use jiff::civil::Date;
use wardmote_records::registers::{Item, ItemQuery, Register};

use crate::Outcome;
use crate::business::Business;
use crate::commands::records::Where;
use crate::console::{Format, fitted, print};

/// The partnership's own lists: duties, actions, risks, grants and the like
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote register list
  wardmote register show actions --state under-way
  wardmote register item actions 3.1.1 --history
  wardmote register due --until 2025-06-30")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The person in whose name it is read; who keeps the registers if not given
    #[arg(long = "as", value_name = "PERSON", global = true)]
    person: Option<String>,
    #[arg(long, default_value = "table", global = true)]
    format: Format,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Name the registers, and how many items of each may be seen
    List,
    /// List the items of a register
    Show {
        /// Its id
        register: String,
        /// Only those in this state, by its id
        #[arg(long)]
        state: Option<String>,
        /// Only those with this owner
        #[arg(long)]
        owner: Option<String>,
        /// Only those whose reference or title has words that begin so
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Show all that an item says, and its links
    Item {
        /// The register's id
        register: String,
        /// The item's reference
        reference: String,
        /// What it said before, too
        #[arg(long)]
        history: bool,
    },
    /// List what is due, in every register
    Due {
        /// Up to this day
        #[arg(long, value_name = "YYYY-MM-DD", default_value = "9999-12-31")]
        until: Date,
    },
}

/// At most so many lines are printed of a list.
const MOST: u32 = 100_000;

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let business = Business::open(at).await?;
    match &arguments.what {
        What::List => list(&business, arguments).await?,
        What::Show { register, state, owner, words } => {
            let query = ItemQuery {
                register: register.clone(),
                state: state.clone(),
                owner: owner.clone(),
                words: words.clone(),
                most: MOST,
                ..ItemQuery::default()
            };
            show(&business, arguments, &query).await?;
        }
        What::Item { register, reference, history } => {
            item(&business, arguments, register, reference, *history).await?;
        }
        What::Due { until } => due(&business, arguments, *until).await?,
    }
    Ok(Outcome::Done)
}

fn known<'a>(business: &'a Business, id: &str) -> anyhow::Result<&'a Register> {
    business.registers.get(id).with_context(|| {
        format!("there is no register {id:?}; `wardmote register list` names them")
    })
}

async fn list(business: &Business, arguments: &Arguments) -> anyhow::Result<()> {
    let asking = business.asking(arguments.person.as_deref());
    let mut rows = Vec::new();
    for register in business.registers.iter() {
        let query = ItemQuery { register: register.id.clone(), ..ItemQuery::default() };
        let items = business.records.items(asking, &business.registers, &query).await?;
        let about = fitted(arguments.format, &register.about, 50);
        rows.push(vec![register.id.clone(), items.total.to_string(), about]);
    }
    print(arguments.format, &["register", "items", "about"], &rows)
}

async fn show(business: &Business, arguments: &Arguments, query: &ItemQuery) -> anyhow::Result<()> {
    let register = known(business, &query.register)?;
    let asking = business.asking(arguments.person.as_deref());
    let items = business.records.items(asking, &business.registers, query).await?;
    let format = arguments.format;
    let rows = items.rows.into_iter().map(|row| {
        let state = row.state.unwrap_or_default();
        let state = register
            .role(wardmote_records::registers::FieldRole::State)
            .map_or(state.as_str(), |field| field.shown(&state));
        vec![
            row.reference,
            fitted(format, &row.title, 32),
            state.to_owned(),
            row.due.unwrap_or_default(),
            fitted(format, &row.owner.unwrap_or_default(), 16),
        ]
    });
    print(format, &["ref", "title", "state", "due", "owner"], &rows.collect::<Vec<_>>())
}

async fn item(
    business: &Business,
    arguments: &Arguments,
    register: &str,
    reference: &str,
    history: bool,
) -> anyhow::Result<()> {
    let declared = known(business, register)?;
    let asking = business.asking(arguments.person.as_deref());
    let item = business.records.item_called(asking, register, reference).await?;
    let mut rows = fields(business, declared, &item, asking).await?;
    for end in business.records.ends(asking, &item.listed.id).await? {
        let from =
            if end.is_back { end.item.as_ref().map(|(kind, _)| kind.as_str()) } else { None };
        let relation = business
            .registers
            .get(from.unwrap_or(register))
            .and_then(|register| register.relation(&end.link.relation));
        let label = relation.map_or(end.link.relation.as_str(), |relation| {
            if end.is_back { &relation.back } else { &relation.label }
        });
        let other = match &end.item {
            Some((kind, name)) => {
                format!("{kind}/{name} {}", end.title.unwrap_or_default()).trim_end().to_owned()
            }
            None => end.link.to.id.clone(),
        };
        rows.push(vec![label.to_owned(), other]);
    }
    if history {
        for version in
            business.records.versions(asking, &business.registers, &item.listed.id).await?
        {
            let at = version.at.to_string();
            rows.push(vec![
                format!("Version {}", version.version),
                format!("{at}, {}", version.actor),
            ]);
        }
    }
    print(arguments.format, &["field", "value"], &rows)
}

async fn fields(
    business: &Business,
    register: &Register,
    item: &Item,
    asking: wardmote_records::Asking<'_>,
) -> anyhow::Result<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    for field in &register.fields {
        let value = item.values.get(&field.id);
        if value.is_empty() {
            continue;
        }
        let id = field.to.as_ref().and_then(|_| wardmote_records::RecordId::parse(value));
        let shown = match (id, &field.to) {
            (Some(id), Some(to)) => {
                let other = business.records.item(asking, &id).await?;
                format!("{} {}", other.values.get("reference"), other.values.get("title"))
                    + &format!(" ({to})")
            }
            _ => field.shown(value).to_owned(),
        };
        rows.push(vec![field.label.clone(), shown]);
    }
    Ok(rows)
}

async fn due(business: &Business, arguments: &Arguments, until: Date) -> anyhow::Result<()> {
    let asking = business.asking(arguments.person.as_deref());
    let format = arguments.format;
    let rows = business.records.due(asking, until, MOST).await?.into_iter().map(|due| {
        vec![
            due.on,
            due.register,
            due.reference,
            fitted(format, &due.title, 28),
            fitted(format, &due.owner.unwrap_or_default(), 12),
        ]
    });
    print(format, &["due", "register", "ref", "title", "owner"], &rows.collect::<Vec<_>>())
}
