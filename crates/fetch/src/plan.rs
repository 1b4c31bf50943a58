//! What would be fetched: decided without a request, so that it can be looked at first.

use std::path::{Path, PathBuf};

use wardmote_domain::period::Month;

use crate::declaration::{Declarations, Entry, FileTemplate, Form};
use crate::ledger::{Ledger, LedgerError};
use crate::template::{self, TemplateError, Values, filled};

/// Why nothing can be planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// No entry has this name.
    #[error("there is no {source_name:?} to fetch; there are {known}")]
    Unknown {
        /// What was asked for.
        source_name: String,
        /// What there is.
        known: String,
    },
    /// The entry ships without an address.
    #[error("{source_name} needs an address first\n\n{how}")]
    Incomplete {
        /// The entry.
        source_name: String,
        /// How to complete it.
        how: String,
    },
    /// Something is not said, or cannot be.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A file would leave the target folder.
    #[error("{to:?} leaves the target folder; change `to` in fetch.toml")]
    Outside {
        /// The name in the declaration.
        to: String,
    },
    /// The ledger of what was fetched before cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The name of an entry.
    pub source: String,
    /// The police force, as data.police.uk writes it.
    pub force: Option<String>,
    /// The months.
    pub months: Vec<Month>,
    /// The code of the district.
    pub code: Option<String>,
    /// The name of the district.
    pub name: Option<String>,
    /// The data folder, below which the entry has its own.
    pub data: PathBuf,
    /// Another folder instead.
    pub to: Option<PathBuf>,
}

/// What would be fetched.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The name of the entry.
    pub source: String,
    /// The entry.
    pub entry: Entry,
    /// The folder to write to.
    pub target: PathBuf,
    /// The addresses to ask.
    pub items: Vec<Item>,
}

/// One address and what is wanted of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The address.
    pub url: String,
    /// What it answers with.
    pub form: Form,
    /// The files to write, below the target folder; of an archive, the members to take.
    pub files: Vec<String>,
    /// How large it was the last time, in bytes.
    pub known_bytes: Option<u64>,
    /// Roughly how large it is said to be.
    pub about_bytes: Option<u64>,
    /// The condition of a layer, as it is sent.
    pub(crate) layer: Option<LayerQuery>,
}

/// What a layer is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LayerQuery {
    pub(crate) filter: String,
    pub(crate) order_by: Option<String>,
    pub(crate) page_size: u32,
}

/// Decides what would be fetched, without a request.
pub fn plan(declarations: &Declarations, request: &Request) -> Result<Plan, PlanError> {
    let source = request.source.clone();
    let Some(entry) = declarations.entries.get(&source) else {
        let known: Vec<&str> = declarations.entries.keys().map(String::as_str).collect();
        return Err(PlanError::Unknown { source_name: source, known: known.join(", ") });
    };
    if entry.files.is_empty() {
        let how = entry.how.clone().unwrap_or_else(|| "give it [[files]] in fetch.toml".into());
        return Err(PlanError::Incomplete { source_name: source, how });
    }
    let values = values(request)?;
    let target = match &request.to {
        Some(folder) => folder.clone(),
        None => request.data.join(inside(&filled(&entry.folder, &values)?)?),
    };
    let ledger = Ledger::read(&target)?;
    let mut items = Vec::new();
    for file in &entry.files {
        if file.form == Form::Archive {
            items.extend(archives(file, &values, &request.months)?);
        } else {
            items.extend(files(file, &values, &request.months)?);
        }
    }
    for item in &mut items {
        item.known_bytes = ledger.bytes_of(&item.url);
    }
    Ok(Plan { source, entry: entry.clone(), target, items })
}

fn values(request: &Request) -> Result<Values, TemplateError> {
    let mut values = Values::new();
    for (place, value) in [("force", &request.force), ("code", &request.code)] {
        if let Some(value) = value {
            values.insert(place, template::plain(place, value)?);
        }
    }
    if let Some(name) = &request.name {
        values.insert("name", template::quoted("name", name)?);
    }
    Ok(values)
}

/// The fewest archives that hold the wanted months, each with the members to take.
fn archives(
    file: &FileTemplate,
    values: &Values,
    months: &[Month],
) -> Result<Vec<Item>, PlanError> {
    if months.is_empty() {
        return Err(TemplateError::Missing { place: "month".into() }.into());
    }
    let mut left = months.to_vec();
    left.sort_unstable();
    left.dedup();
    let mut items = Vec::new();
    while let Some(&latest) = left.last() {
        let first_held = latest.plus(1 - i32::from(file.months_held.max(1)));
        let held = left.split_off(left.partition_point(|month| *month < first_held));
        let mut members = Vec::new();
        for month in held {
            for content in &file.contents {
                let mut values = with_month(values, month);
                values.insert("content", template::plain("content", content)?);
                members.push(inside(&filled(&file.to, &values)?)?);
            }
        }
        items.push(item(file, filled(&file.url, &with_month(values, latest))?, members));
    }
    items.reverse();
    Ok(items)
}

/// One file, or one for each month where the address names a month.
fn files(file: &FileTemplate, values: &Values, months: &[Month]) -> Result<Vec<Item>, PlanError> {
    let one = |values: &Values| -> Result<Item, PlanError> {
        let mut item =
            item(file, filled(&file.url, values)?, vec![inside(&filled(&file.to, values)?)?]);
        if matches!(file.form, Form::LayerGeojson | Form::LayerCsv) {
            item.layer = Some(LayerQuery {
                filter: filled(file.filter.as_deref().unwrap_or("1=1"), values)?,
                order_by: file.order_by.clone(),
                page_size: file.page_size.max(1),
            });
        }
        Ok(item)
    };
    if file.url.contains("{month}") && !months.is_empty() {
        return months.iter().map(|month| one(&with_month(values, *month))).collect();
    }
    Ok(vec![one(values)?])
}

fn item(file: &FileTemplate, url: String, files: Vec<String>) -> Item {
    let about_bytes = file.about_bytes;
    Item { url, form: file.form, files, known_bytes: None, about_bytes, layer: None }
}

fn with_month(values: &Values, month: Month) -> Values {
    let mut values = values.clone();
    values.insert("month", month.to_string());
    values
}

/// A relative path that stays where it is put.
fn inside(to: &str) -> Result<String, PlanError> {
    if is_inside(to) { Ok(to.to_owned()) } else { Err(PlanError::Outside { to: to.to_owned() }) }
}

/// Whether a name in a declaration, a ledger or an archive stays below the folder it is put into.
pub(crate) fn is_inside(name: &str) -> bool {
    let is_step = |part: std::path::Component<'_>| matches!(part, std::path::Component::Normal(_));
    !name.is_empty()
        && !name.contains(['\\', ':', '\0'])
        && Path::new(name).components().all(is_step)
}
