//! What an accepted file did, and how it is taken back: as long as nobody has built on it.

use super::links::{Link, LinkKind};
use super::{FieldRole, RegisterError, Registers, RowFault, index};
use crate::records::{Asking, Records, RecordsError};
use crate::store::RecordId;

/// What an accepted file did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Rows that could not be done after all.
    pub faults: Vec<RowFault>,
    /// The id under which it can be taken back, where it is kept and did anything.
    pub import: Option<String>,
    /// The items that were made or changed, in that order.
    pub(super) items: Vec<(RecordId, Done)>,
    pub(super) linked: Vec<Link>,
    pub(super) unlinked: Vec<Link>,
}

/// What was done with an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Made,
    /// It is now at this version.
    Changed {
        to: i64,
    },
}

impl Accepted {
    /// How many items are new.
    pub fn made(&self) -> usize {
        self.items.iter().filter(|(_, done)| *done == Done::Made).count()
    }

    /// How many items say something else.
    pub fn changed(&self) -> usize {
        self.items.len() - self.made()
    }

    /// How many links were set or taken away.
    pub fn links(&self) -> usize {
        self.linked.len() + self.unlinked.len()
    }
}

/// An item that stays as it is, although it was to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its register and reference.
    pub item: String,
    /// Why.
    pub why: String,
}

impl Records {
    /// Takes back what an accepted file did: links first, then what was changed says again what it said
    /// before, as a new version, and what was made is erased. What somebody has changed since, or has
    /// built on, stays, and is named.
    pub async fn take_back(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        accepted: &Accepted,
    ) -> Result<Vec<Kept>, RegisterError> {
        let mut kept = Vec::new();
        for link in &accepted.linked {
            let done = self.unlink(asking, &link.from, &link.relation, &link.to).await;
            kept.extend(left(link, done)?);
        }
        for link in &accepted.unlinked {
            let back = self.link(asking, registers, &link.from, &link.relation, &link.to);
            kept.extend(left(link, back.await)?);
        }
        // Those that were made last may belong to those before them.
        for (id, done) in accepted.items.iter().rev() {
            let item = match self.item(asking, id).await {
                Err(RegisterError::Records(RecordsError::NotFound { .. })) => continue,
                item => item?,
            };
            let register = registers.get(&item.listed.kind);
            let reference = register.map_or("", |one| item.values.of(one, FieldRole::Reference));
            let name = format!("{} {reference}", item.listed.kind);
            let is_as_we_left_it = match done {
                Done::Made => item.listed.version == 1,
                Done::Changed { to } => item.listed.version == *to,
            };
            if !is_as_we_left_it {
                kept.push(Kept { item: name, why: "somebody has changed it since".to_owned() });
                continue;
            }
            match done {
                Done::Changed { to } => {
                    self.put_back(asking, registers, id, *to, *to - 1).await?;
                }
                Done::Made if self.is_built_on(asking, id).await? => {
                    let why = "something else belongs to it or leads to it by now".to_owned();
                    kept.push(Kept { item: name, why });
                }
                Done::Made => self.erase(asking, id).await?,
            }
        }
        Ok(kept)
    }

    async fn is_built_on(&self, asking: Asking<'_>, id: &RecordId) -> Result<bool, RegisterError> {
        let is_back = self
            .ends(asking, id)
            .await?
            .into_iter()
            .any(|end| end.is_back && end.link.to.kind == LinkKind::Item);
        let mut on = self.store().database.snapshot().await?;
        Ok(is_back || index::has_children(&mut on, id).await?)
    }
}

/// A link that cannot be taken back, because its ends are gone or not for this actor any more.
fn left(link: &Link, done: Result<(), RegisterError>) -> Result<Option<Kept>, RegisterError> {
    match done {
        Ok(()) => Ok(None),
        Err(RegisterError::Records(RecordsError::NotFound { .. })) => Ok(Some(Kept {
            item: format!("the link {}", link.relation),
            why: "one of its ends is not there any more, or not for whoever asks".to_owned(),
        })),
        Err(error) => Err(error),
    }
}
