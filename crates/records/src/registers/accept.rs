//! A proposal is accepted: its rows become items, and what each leads to is linked.

use super::definition::{FieldKind, Register, Registers};
use super::import::{Doing, Proposal, Proposed, RowFault};
use super::items::known;
use super::links::{Link, LinkTarget};
use super::undo::{Accepted, Done};
use super::{Filing, Item, RegisterError, index};
use crate::records::{Asking, Records};
use crate::store::RecordId;

impl Records {
    /// Does what a proposal says, but for what it refuses: items first, those that others name before
    /// these, then links. A row that cannot be done after all comes back with the reason.
    pub async fn accept(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        filing: &Filing,
        proposal: &Proposal,
    ) -> Result<Accepted, RegisterError> {
        let mut accepted = Accepted::default();
        self.accept_into(asking, registers, filing, proposal, &mut accepted).await?;
        Ok(accepted)
    }

    /// The same, and keeps what was done, so that it can be taken back later: see [`Records::imports`].
    pub async fn import(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        filing: &Filing,
        proposal: &Proposal,
    ) -> Result<Accepted, RegisterError> {
        let mut accepted = Accepted::default();
        let ended = self.accept_into(asking, registers, filing, proposal, &mut accepted).await;
        // What was done before a fault can be taken back too.
        accepted.import = self.keep_import(asking, &accepted).await?;
        ended.map(|()| accepted)
    }

    async fn accept_into(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        filing: &Filing,
        proposal: &Proposal,
        accepted: &mut Accepted,
    ) -> Result<(), RegisterError> {
        let mut rows: Vec<&Proposed> =
            proposal.rows.iter().filter(|row| row.doing != Doing::Refused).collect();
        rows.sort_by_key(|row| depth(registers, &row.register, 0));
        let mut stand = Vec::new();
        for row in rows {
            let register = known(registers, &row.register)?;
            match self.accept_row(asking, registers, register, filing, row).await? {
                Ok((id, does)) => {
                    accepted.items.extend(does.map(|does| (id.clone(), does)));
                    stand.push((register, row, id));
                }
                Err(why) => accepted.faults.push(RowFault { place: row.place.clone(), why }),
            }
        }
        for (register, row, id) in stand.iter().filter(|(_, row, _)| !row.links.is_empty()) {
            self.accept_links(asking, registers, register, row, id, accepted).await?;
        }
        Ok(())
    }

    async fn accept_row(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        register: &Register,
        filing: &Filing,
        row: &Proposed,
    ) -> Result<Result<(RecordId, Option<Done>), String>, RegisterError> {
        let mut values = row.values.clone();
        for field in register.fields.iter().filter(|field| field.kind == FieldKind::Item) {
            let reference = values.get(&field.id).to_owned();
            if reference.is_empty() {
                continue;
            }
            let mut on = self.store().database.snapshot().await?;
            let to = field.to.as_deref().unwrap_or_default();
            let found = index::called(&mut on, to, &reference).await?;
            values.set(&field.id, found.map(|id| id.to_string()).unwrap_or_default());
        }
        let done = match &row.item {
            None => self.add_item(asking, registers, &register.id, filing, &values).await,
            Some((id, version)) => {
                let now = self.item(asking, id).await?;
                if now.values == values.checked(register).map_err(RegisterError::Invalid)? {
                    return Ok(Ok((id.clone(), None)));
                }
                self.change_item(asking, registers, id, *version, &values).await
            }
        };
        match done {
            Ok(Item { listed, .. }) => {
                let does = match row.item {
                    None => Done::Made,
                    Some(_) => Done::Changed { to: listed.version },
                };
                Ok(Ok((listed.id, Some(does))))
            }
            Err(why @ (RegisterError::Invalid(_) | RegisterError::Conflict { .. })) => {
                Ok(Err(why.to_string()))
            }
            Err(why) => Err(why),
        }
    }

    async fn accept_links(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        register: &Register,
        row: &Proposed,
        id: &RecordId,
        accepted: &mut Accepted,
    ) -> Result<(), RegisterError> {
        let ends = self.ends(asking, id).await?;
        for (relation, wanted) in &row.links {
            let Some(declared) = register.relation(relation) else { continue };
            let mut targets = Vec::new();
            for text in wanted {
                match self.target(registers, declared, text).await? {
                    Some(target) => targets.push(target),
                    None => accepted.faults.push(RowFault {
                        place: row.place.clone(),
                        why: format!("{text} is not there"),
                    }),
                }
            }
            let now = ends.iter().filter(|end| !end.is_back && end.link.relation == *relation);
            let now: Vec<&LinkTarget> = now.map(|end| &end.link.to).collect();
            let link = |to: &LinkTarget| Link {
                from: id.clone(),
                relation: relation.clone(),
                to: to.clone(),
            };
            for target in targets.iter().filter(|target| !now.contains(target)) {
                self.link(asking, registers, id, relation, target).await?;
                accepted.linked.push(link(target));
            }
            for target in now.into_iter().filter(|target| !targets.contains(target)) {
                self.unlink(asking, id, relation, target).await?;
                accepted.unlinked.push(link(target));
            }
        }
        Ok(())
    }
}

/// Items first that are named by others.
fn depth(registers: &Registers, id: &str, above: usize) -> usize {
    let Some(register) = registers.get(id) else { return 0 };
    if above > 8 {
        return 0;
    }
    // Items of a register that name one another stand in the order in which they were given.
    let named = register.fields.iter().filter_map(|field| field.to.as_deref());
    let named = named.filter(|to| *to != id);
    named.map(|to| depth(registers, to, above + 1) + 1).max().unwrap_or(0)
}
