//! Many items opened together: those that are restricted with an entry in the log each, in one
//! transaction.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::items::{decoded, wrong};
use super::{Item, RegisterError};
use crate::audit::{NewEntry, append};
use crate::policy::Resource;
use crate::records::{Asking, Listed, Records, RecordsError, done, person, read_listed};
use crate::store::{RecordId, StoreError, Transaction, Value};
use crate::words::{Operation, Regime};

/// How many are asked for at once.
const AT_ONCE: usize = 200;

impl Records {
    /// Items by their ids, in the order in which these are given. What the actor may not consult, or
    /// what is not there, is left out.
    pub async fn items_by_id(
        &self,
        asking: Asking<'_>,
        ids: &[RecordId],
    ) -> Result<Vec<Item>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let mut rows = rows(&mut on, ids).await?;
        if rows.iter().any(|row| row.listed.is_restricted()) {
            drop(on);
            // What is logged is read where nobody can change it before the entry is written.
            on = self.store().database.write().await?;
            rows = self::rows(&mut on, ids).await?;
        }
        let (items, entries) = self.permitted_of(&mut on, &asking, rows).await?;
        if !entries.is_empty() {
            append(&mut on, entries).await?;
            on.commit().await?;
        }
        let mut items: HashMap<RecordId, Item> =
            items.into_iter().map(|item| (item.listed.id.clone(), item)).collect();
        Ok(ids.iter().filter_map(|id| items.remove(id)).collect())
    }

    /// The same for items that a scope found: one that may not be consulted after all is an error,
    /// because scope and decision must say the same.
    pub(super) async fn opened_by_id(
        &self,
        asking: Asking<'_>,
        ids: &[RecordId],
    ) -> Result<Vec<Item>, RegisterError> {
        let items = self.items_by_id(asking, ids).await?;
        if items.len() < ids.len() {
            return Err(RecordsError::NotFound { reason: None }.into());
        }
        Ok(items)
    }

    /// Those that the actor may consult, opened, and an entry for each restricted one.
    async fn permitted_of(
        &self,
        on: &mut Transaction,
        asking: &Asking<'_>,
        rows: Vec<Sealed>,
    ) -> Result<(Vec<Item>, Vec<NewEntry>), RegisterError> {
        let actor = person(on, asking).await?;
        let operation = Operation::Consultation;
        // The items of a page are mostly of a kind.
        let mut decided: HashMap<(Resource, Regime), Option<String>> = HashMap::new();
        let (mut items, mut entries) = (Vec::new(), Vec::new());
        for Sealed { listed, body, wrapped_by, wrapped } in rows {
            let by = match decided.entry((listed.resource(), listed.regime)) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let decision = self.decide(&actor, operation, asking, Some(&listed));
                    new.insert(decision.map_err(wrong)?.ok())
                }
            };
            let Some(by) = by.clone() else { continue };
            let key = self.unwrapped(&listed.id, &wrapped_by, &wrapped)?;
            let values = decoded(&key.open(&listed.id, listed.version, &body)?)?;
            if listed.is_restricted() {
                entries.push(done(operation, asking, &listed, by, None));
            }
            items.push(Item { listed, values });
        }
        Ok((items, entries))
    }
}

struct Sealed {
    listed: Listed,
    body: Vec<u8>,
    wrapped_by: String,
    wrapped: Vec<u8>,
}

async fn rows(on: &mut Transaction, ids: &[RecordId]) -> Result<Vec<Sealed>, StoreError> {
    let mut found = Vec::new();
    for ids in ids.chunks(AT_ONCE) {
        let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
        let values: Vec<Value> = ids.iter().map(|id| id.to_string().into()).collect();
        let sql = format!(
            "SELECT id, kind, marking, owner_organisation, subject_area, controller, regime, \
             personal, version, created, changed, body, wrapped_by, wrapped \
             FROM records JOIN record_keys ON record = id WHERE id IN ({})",
            places.join(", ")
        );
        for row in on.fetch(&sql, &values).await? {
            found.push(Sealed {
                listed: read_listed(&row)?,
                body: row.bytes(11)?,
                wrapped_by: row.text(12)?,
                wrapped: row.bytes(13)?,
            });
        }
    }
    Ok(found)
}
