//! Permission: asked before anything is done, and a refusal that looks like a record that is not there.

use super::{Asking, Listed, Records, RecordsError, rows};
use crate::audit::{NewEntry, append};
use crate::people::actor;
use crate::policy::{Actor, Condition, Decision, DecisionError, Refusal, Request, Resource};
use crate::store::{RecordId, StoreError, Transaction};
use crate::words::{Marking, Operation, Outcome, Regime, is_id};

impl Records {
    /// A record that the actor may do something with, locked against others until the transaction
    /// ends, and the permit's id.
    pub(super) async fn permitted(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        operation: Operation,
    ) -> Result<(Transaction, String, rows::Found), RecordsError> {
        let mut on = self.store.database.write().await?;
        rows::lock(&mut on, id).await?;
        let found = rows::find(&mut on, id).await?;
        let actor = person(&mut on, &asking).await?;
        let listed = found.as_ref().map(|found| &found.listed);
        match (self.decide(&actor, operation, &asking, listed)?, found) {
            (Ok(by), Some(found)) => Ok((on, by, found)),
            (decision, _) => {
                let (subject, reason) = (id.to_string(), decision.err().flatten());
                self.refuse(on, &actor, operation, &asking, subject, reason).await
            }
        }
    }

    /// The permit's id, or why not. Where there is no record the policies are asked all the same, so
    /// that the answer takes no less time.
    pub(crate) fn decide(
        &self,
        actor: &Actor,
        operation: Operation,
        asking: &Asking<'_>,
        listed: Option<&Listed>,
    ) -> Result<Result<String, Option<Refusal>>, DecisionError> {
        let nothing = || Resource {
            owner: "none".to_owned(),
            category: "none".to_owned(),
            marking: Marking::OfficialSensitive,
            personal: true,
        };
        let resource = listed.map_or_else(nothing, Listed::resource);
        let decision = self.policies.decide(&request(actor, operation, asking), &resource)?;
        Ok(match decision {
            Decision::Permitted { by } => match listed {
                None => Err(None),
                Some(listed) if self.regime_allows(listed, operation, asking) => Ok(by),
                Some(_) => {
                    let failed = Some(Condition::Regime);
                    Err(Some(Refusal { nearest: Some(by), failed }))
                }
            },
            Decision::Refused(reason) => Err(listed.map(|_| reason)),
        })
    }

    pub(crate) async fn refuse<T>(
        &self,
        mut on: Transaction,
        actor: &Actor,
        operation: Operation,
        asking: &Asking<'_>,
        subject: String,
        reason: Option<Refusal>,
    ) -> Result<T, RecordsError> {
        let entry = refusal(operation, asking, subject);
        append(&mut on, vec![entry]).await?;
        on.commit().await?;
        let reason = reason.filter(|_| self.policies.is_told_reasons(actor));
        Err(RecordsError::NotFound { reason })
    }

    pub(super) fn regime_allows(
        &self,
        listed: &Listed,
        operation: Operation,
        asking: &Asking<'_>,
    ) -> bool {
        let data = (listed.regime, listed.personal);
        self.protection.allows(data, operation, asking.purpose, asking.today)
    }

    /// A record is given only to a party of the agreement that permits it, and one under Part 3 only
    /// to another competent authority or where the folder names the law for it.
    pub(super) fn may_receive(
        &self,
        asking: &Asking<'_>,
        recipient: Option<&str>,
        by: &str,
        found: &rows::Found,
    ) -> bool {
        let Some(recipient) = recipient else { return true };
        let agreement = by.rsplit_once('/').and_then(|(id, _)| self.policies.agreements().find(id));
        let is_party = agreement
            .is_some_and(|one| one.terms.parties.iter().any(|party| party.id == recipient));
        let may_cross = found.listed.regime != Regime::Part3
            || !found.listed.personal
            || self.protection.may_receive_part_3(recipient, asking.purpose, asking.today);
        is_party && may_cross
    }
}

/// A word that a caller gave, as the log may keep it: one that is no id may hold what somebody typed.
fn logged(word: &str) -> String {
    if is_id(word) { word.to_owned() } else { "not-an-id".to_owned() }
}

pub(crate) fn request<'a>(
    actor: &'a Actor,
    operation: Operation,
    asking: &Asking<'a>,
) -> Request<'a> {
    Request { actor, operation, purpose: asking.purpose, on: asking.today }
}

/// The person who asks. One who is not known has no roles, and may do nothing.
pub(crate) async fn person(on: &mut Transaction, asking: &Asking<'_>) -> Result<Actor, StoreError> {
    let nobody = || Actor {
        person: asking.actor.to_owned(),
        organisation: "none".to_owned(),
        roles: std::collections::BTreeSet::new(),
    };
    Ok(actor(on, asking.actor, asking.today).await?.unwrap_or_else(nobody))
}

pub(crate) fn done(
    operation: Operation,
    asking: &Asking<'_>,
    listed: &Listed,
    by: String,
    recipient: Option<&str>,
) -> NewEntry {
    NewEntry {
        at: asking.now,
        operation,
        outcome: Outcome::Done,
        actor: logged(asking.actor),
        recipient: recipient.map(str::to_owned),
        subject: listed.id.to_string(),
        version: Some(listed.version),
        purpose: logged(asking.purpose),
        policy: Some(by),
    }
}

pub(super) fn refusal(operation: Operation, asking: &Asking<'_>, subject: String) -> NewEntry {
    NewEntry {
        at: asking.now,
        operation,
        outcome: Outcome::Refused,
        actor: logged(asking.actor),
        recipient: None,
        subject,
        version: None,
        purpose: logged(asking.purpose),
        policy: None,
    }
}
