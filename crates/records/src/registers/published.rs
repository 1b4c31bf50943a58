//! What the public may see: items that somebody entitled has marked for publication, of each only the
//! fields that its register calls public.
//!
//! Marking an item is the decision, and it is logged as every change is. Reading what is public asks
//! nobody's permission.

use super::definition::{Register, Registers};
use super::links::{Link, LinkKind, from_registers};
use super::{RegisterError, Values};
use crate::records::Records;
use crate::store::RecordId;

/// A published item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedItem {
    /// The record.
    pub id: RecordId,
    /// The register's id.
    pub register: String,
    /// Its public fields.
    pub values: Values,
    /// Its links to the evidence and to other published items.
    pub links: Vec<Link>,
}

/// By what one sees that something published has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PublishedState {
    /// How many items are published.
    pub items: i64,
    /// When the last of them was changed, in microseconds since 1970.
    pub changed: i64,
}

/// Both conditions: an item's marking may have been changed by another program.
const PUBLIC: &str = "published = 1 AND marking = 'OFFICIAL' AND personal = 0";

impl Records {
    /// Everything that is published, by register and reference.
    pub async fn published(
        &self,
        registers: &Registers,
    ) -> Result<Vec<PublishedItem>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let items = self.opened_items(&mut on, PUBLIC, &[]).await?;
        let links = from_registers(&mut on, PUBLIC, &[]).await?;
        let is_public = |link: &Link| {
            let to_item = link.to.kind == LinkKind::Item;
            !to_item || items.iter().any(|item| item.listed.id.to_string() == link.to.id)
        };
        let links: Vec<Link> = links.into_iter().filter(is_public).collect();
        let public = items.iter().filter_map(|item| {
            let register = registers.get(&item.listed.kind)?;
            let is_whole = register.publication_needs.iter().all(|id| item.values.get(id) == "yes");
            is_whole.then(|| PublishedItem {
                id: item.listed.id.clone(),
                register: register.id.clone(),
                values: public_values(register, &item.values),
                links: links.iter().filter(|link| link.from == item.listed.id).cloned().collect(),
            })
        });
        Ok(public.collect())
    }

    /// Whether what is published has changed since it was read: compare with what this answered then.
    pub async fn published_state(&self) -> Result<PublishedState, RegisterError> {
        let sql = format!(
            "SELECT COUNT(*), COALESCE(MAX(changed), 0) FROM register_index WHERE {PUBLIC}"
        );
        let mut on = self.store().database.snapshot().await?;
        let Some(row) = on.fetch_one(&sql, &[]).await? else {
            return Ok(PublishedState::default());
        };
        Ok(PublishedState { items: row.integer(0)?, changed: row.integer(1)? })
    }
}

fn public_values(register: &Register, values: &Values) -> Values {
    let public = register.fields.iter().filter(|field| field.public);
    public.map(|field| (field.id.as_str(), values.get(&field.id))).collect()
}
