//! Items from TOML files: a table for each, under its register's id, with its fields and relations by
//! their ids. What is there already under the same reference is changed, or left as it is.

use anyhow::{Context as _, bail};
use toml::Value;
use wardmote_records::RecordsError;
use wardmote_records::people::Staff;
use wardmote_records::registers::{Cell, Doing, Incoming, RegisterError, Registers, RowFault};

use super::{Business, settings};
use crate::commands::records::Where;
use crate::place::now;

/// The rows of one file.
pub(crate) fn read_items(
    registers: &Registers,
    name: &str,
    text: &str,
) -> anyhow::Result<Vec<Incoming>> {
    let table: toml::Table = toml::from_str(text).with_context(|| name.to_owned())?;
    let mut rows = Vec::new();
    for (id, items) in &table {
        let Some(register) = registers.get(id) else {
            bail!("{name}: there is no register {id:?}")
        };
        let Value::Array(items) = items else {
            bail!("{name}: {id} must be written [[{id}]], once for each item")
        };
        for (index, item) in items.iter().enumerate() {
            let Value::Table(item) = item else { bail!("{name}: {id} holds what is no table") };
            let called = item.get("reference").and_then(Value::as_str);
            let number = (index + 1).to_string();
            let place = format!("{name}, {id} {}", called.unwrap_or(&number));
            let cells = item.iter().map(|(column, value)| {
                let is_known =
                    register.field(column).is_some() || register.relation(column).is_some();
                anyhow::ensure!(is_known, "{place}: {id} have no field or relation {column:?}");
                let text = written(value)
                    .with_context(|| format!("{place}: {column} is neither a text nor a list"))?;
                let place = format!("{place}, {column}");
                Ok(Cell { place, column: column.clone(), text })
            });
            let cells = cells.collect::<anyhow::Result<_>>()?;
            rows.push(Incoming { register: register.id.clone(), cells });
        }
    }
    Ok(rows)
}

fn written(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Datetime(date) => date.to_string(),
        Value::Array(parts) => {
            parts.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?.join("; ")
        }
        Value::Float(_) | Value::Table(_) => return None,
    })
}

/// Brings a folder's `plan/staff.toml` and `plan/items/*.toml` into its store, which is made with a key
/// where there is none. Answers how many items were made or changed.
pub(crate) async fn load_folder(at: &Where) -> anyhow::Result<usize> {
    let folder = at.folder.join("plan");
    at.make_key_if_none()?;
    let business = Business::open_or_make(at).await?;
    let staff = folder.join("staff.toml");
    if staff.exists() {
        let text = std::fs::read_to_string(&staff).with_context(|| staff.display().to_string())?;
        let staff: Staff = toml::from_str(&text).with_context(|| staff.display().to_string())?;
        business.records.store().load_staff(&staff, now()).await?;
    }
    let mut rows = Vec::new();
    for path in settings::toml_files(&folder.join("items"))? {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        rows.extend(read_items(&business.registers, &name, &text)?);
    }
    let changed = bring(&business, &rows).await?;
    business.records.store().close().await;
    Ok(changed)
}

/// Brings rows into the store in the name of who keeps the registers: all of them, or the reasons why
/// not. Answers how many items were made or changed.
pub(crate) async fn bring(business: &Business, rows: &[Incoming]) -> anyhow::Result<usize> {
    let (records, registers, keeper) =
        (&business.records, &business.registers, &business.settings.keeper);
    let asking = business.asking(None);
    let proposal = records.propose(asking, registers, rows).await?;
    let refused: Vec<&RowFault> = proposal.rows.iter().flat_map(|row| &row.faults).collect();
    anyhow::ensure!(refused.is_empty(), "nothing was loaded: {}", in_words(refused));
    let accepted = records.accept(asking, registers, &business.settings.filing(), &proposal).await;
    let accepted = match accepted {
        Err(RegisterError::Records(RecordsError::NotFound { .. })) => bail!(
            "{keeper} may not make or change all that is to be loaded: an agreement of agreements/ must \
             permit it, or plan/settings.toml name another keeper"
        ),
        accepted => accepted?,
    };
    let left = &accepted.faults;
    anyhow::ensure!(left.is_empty(), "not all was loaded: {}", in_words(left));
    Ok(accepted.made() + proposal.count(Doing::Change))
}

fn in_words<'a>(faults: impl IntoIterator<Item = &'a RowFault>) -> String {
    let said = faults.into_iter().map(|fault| format!("{}: {}", fault.place, fault.why));
    said.collect::<Vec<_>>().join("; ")
}
