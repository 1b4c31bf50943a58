//! `wardmote records erase`: one record, by somebody who may, and said in the log.

use anyhow::bail;
use wardmote_records::registers::RegisterError;
use wardmote_records::{RecordId, Records, RecordsError};

use super::Where;
use super::backup::keep_record_keys;
use super::protect::OnBehalf;
use crate::Outcome;
use crate::business;

/// Erase one record, with every earlier version of it, and say so in the log
///
/// It takes a permission to erase. What is held is not erased. The file of the records' own keys is
/// written anew, so that no backup opens the record any more.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote records erase 0123456789abcdef0123456789abcdef --actor case-officer --purpose own-functions
  wardmote records erase voices/V-3 --actor plan-officer-one --purpose own-functions")]
pub(crate) struct Arguments {
    /// The record's id; or, for an item of a register that is open, register and reference as in
    /// actions/3.1.1
    record: String,
    #[command(flatten)]
    by: OnBehalf,
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let records = at.records().await?;
    let id = found(at, &records, arguments).await?;
    match records.erase(arguments.by.asking(), &id).await {
        Err(RecordsError::NotFound { .. }) => return Err(not_there(arguments)),
        erased => erased?,
    }
    println!("{id}  erased");
    // Without this what was erased could still be read from the backups.
    keep_record_keys(records.store(), &at.record_keys_path(None)).await?;
    Ok(Outcome::Done)
}

/// The record by its id, or by what it is called in a register.
async fn found(at: &Where, records: &Records, arguments: &Arguments) -> anyhow::Result<RecordId> {
    let Arguments { record, by } = arguments;
    if let Some(id) = RecordId::parse(record) {
        return Ok(id);
    }
    let Some((register, reference)) = record.split_once('/') else {
        bail!(
            "{record:?} names no record: give its id of 32 hexadecimal digits, or register and reference as in actions/3.1.1"
        )
    };
    let registers = business::registers(&at.folder)?;
    if registers.get(register).is_none() {
        bail!("there is no register {register:?}; `wardmote register list` names them");
    }
    match records.item_called(by.asking(), register, reference).await {
        Err(RegisterError::Records(RecordsError::NotFound { .. })) => Err(not_there(arguments)),
        item => Ok(item?.listed.id),
    }
}

/// The two look the same, here too.
fn not_there(Arguments { record, .. }: &Arguments) -> anyhow::Error {
    anyhow::anyhow!(
        "there is no record {record}, or no agreement permits this person to erase it for this purpose; nothing was erased"
    )
}
