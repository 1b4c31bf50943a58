//! Records: made, read, changed, listed and erased, each with permission and an audit entry in the
//! same transaction.

mod decide;
mod due;
mod holds;
mod links;
mod record;
mod rows;
mod subjects;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::audit::{NewEntry, append};
use crate::policy::{Decision, DecisionError, Policies, Refusal, Resource, Scope};
use crate::protection::{Protection, RegimeError};
use crate::store::{DataKey, Keyring, RecordId, SealError, Store, StoreError, Transaction};
use crate::words::Operation;

pub(crate) use decide::{done, person, request};
pub(crate) use due::erased;
pub use due::{Due, Retention};
pub use holds::Hold;
pub use links::Link;
pub use record::{Change, Held, Listed, NewRecord, Page};
pub(crate) use rows::{delete, find, find_listed, insert, read as read_listed, record_id};
pub use subjects::{Access, Earlier, SubjectDeclaration};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum RecordsError {
    /// There is no such record, or the actor may not do this with it: the two look the same.
    #[error("not found")]
    NotFound {
        /// Why, for those whose role entitles them to know.
        reason: Option<Refusal>,
    },
    /// Somebody else changed the record after it was read.
    #[error("the record was changed meanwhile: it is at version {}", theirs.listed.version)]
    Conflict {
        /// What was to be written.
        yours: Box<Change>,
        /// What stands there now.
        theirs: Box<Held>,
    },
    /// It is held, and so not erased.
    #[error("the record is held by {}, and is not erased until that is lifted", .by.join(" and "))]
    UnderHold {
        /// Who placed the holds.
        by: Vec<String>,
    },
    /// The law that its data are under does not allow it here.
    #[error(transparent)]
    Regime(#[from] RegimeError),
    /// A word is not written as it must be.
    #[error("{what} is to be {form}")]
    Word {
        /// Which.
        what: &'static str,
        /// How.
        form: &'static str,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The policies.
    #[error(transparent)]
    Decision(#[from] DecisionError),
}

/// Who asks, for what purpose, and when.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The person's id.
    pub actor: &'a str,
    /// The purpose, in the agreements' words.
    pub purpose: &'a str,
    /// Now.
    pub now: Timestamp,
    /// Today, where the partnership is.
    pub today: Date,
}

/// The records of a partnership, open for work.
#[derive(Debug, Clone)]
pub struct Records {
    store: Store,
    keys: Keyring,
    policies: Arc<Policies>,
    protection: Arc<Protection>,
}

/// How much was asked of the store and of the policies, which tells more than a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Statements that the database ran.
    pub statements: u64,
    /// Decisions that the policies made.
    pub decisions: u64,
}

impl Records {
    /// Records in a store, under keys and by policies. Until [`Records::protected_by`] says more,
    /// none may be held or used under Part 3.
    pub fn new(store: Store, keys: Keyring, policies: Policies) -> Self {
        Self { store, keys, policies: Arc::new(policies), protection: Arc::default() }
    }

    /// The same, with what the partnership's folder says of datasets, retention and regimes.
    #[must_use]
    pub fn protected_by(self, protection: Protection) -> Self {
        Self { protection: Arc::new(protection), ..self }
    }

    /// What the folder says of datasets, retention and regimes.
    pub fn protection(&self) -> &Protection {
        &self.protection
    }

    /// All that was asked of the store and of the policies since they were opened.
    pub fn work(&self) -> Work {
        let statements = self.store.database.statements();
        Work { statements, decisions: self.policies.decisions() }
    }

    /// The policies that decide.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// The store below.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Makes a record.
    pub async fn collect(
        &self,
        asking: Asking<'_>,
        new: &NewRecord,
    ) -> Result<Listed, RecordsError> {
        self.protection.may_hold(&new.kind, &new.controller, new.regime)?;
        let mut on = self.store.database.write().await?;
        let listed = Listed {
            id: RecordId::new()?,
            kind: new.kind.clone(),
            marking: new.marking,
            owner: new.owner.clone(),
            subject_area: new.subject_area.clone(),
            controller: new.controller.clone(),
            regime: new.regime,
            personal: new.personal,
            version: 1,
            created: asking.now,
            changed: asking.now,
        };
        let actor = person(&mut on, &asking).await?;
        let decision = self.decide(&actor, Operation::Collection, &asking, Some(&listed))?;
        let by = match decision {
            Ok(by) => by,
            Err(reason) => {
                let subject = "new".to_owned();
                return self
                    .refuse(on, &actor, Operation::Collection, &asking, subject, reason)
                    .await;
            }
        };
        let key = DataKey::new()?;
        let body = key.seal(&listed.id, 1, &new.body)?;
        rows::insert(&mut on, &listed, body).await?;
        let sql = "INSERT INTO record_keys (record, wrapped_by, wrapped) VALUES ($1, $2, $3)";
        let wrapped = self.keys.wrap(&listed.id, &key)?;
        let id = listed.id.to_string();
        on.execute(sql, &[id.into(), self.keys.newest().into(), wrapped.into()]).await?;
        append(&mut on, vec![done(Operation::Collection, &asking, &listed, by, None)]).await?;
        on.commit().await?;
        Ok(listed)
    }

    /// Reads a record.
    pub async fn consult(&self, asking: Asking<'_>, id: &RecordId) -> Result<Held, RecordsError> {
        self.read(asking, id, Operation::Consultation, None).await
    }

    /// Reads a record to give it to an organisation.
    pub async fn disclose(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        recipient: &str,
    ) -> Result<Held, RecordsError> {
        self.read(asking, id, Operation::Disclosure, Some(recipient)).await
    }

    async fn read(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        operation: Operation,
        recipient: Option<&str>,
    ) -> Result<Held, RecordsError> {
        let mut on = self.store.database.write().await?;
        let found = rows::find(&mut on, id).await?;
        let actor = person(&mut on, &asking).await?;
        let listed = found.as_ref().map(|found| &found.listed);
        let decision = self.decide(&actor, operation, &asking, listed)?;
        let (by, found) = match (decision, found) {
            (Ok(by), Some(found)) if self.may_receive(&asking, recipient, &by, &found) => {
                (by, found)
            }
            (decision, _) => {
                let (subject, reason) = (id.to_string(), decision.err().flatten());
                return self.refuse(on, &actor, operation, &asking, subject, reason).await;
            }
        };
        let held = self.opened(found)?;
        if held.listed.is_restricted() || operation == Operation::Disclosure {
            let entry = done(operation, &asking, &held.listed, by, recipient);
            append(&mut on, vec![entry]).await?;
        }
        on.commit().await?;
        Ok(held)
    }

    /// Changes a record that was read at a version. Of two who read the same one, the second gets
    /// both in a conflict. It takes the permissions to alter and to consult.
    pub async fn alter(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        read_version: i64,
        change: Change,
    ) -> Result<Listed, RecordsError> {
        let mut on = self.store.database.write().await?;
        let found = rows::find(&mut on, id).await?;
        let actor = person(&mut on, &asking).await?;
        let listed = found.as_ref().map(|found| &found.listed);
        let alter = self.decide(&actor, Operation::Alteration, &asking, listed)?;
        let consult = self.decide(&actor, Operation::Consultation, &asking, listed)?;
        let (by, consulted_by, found) = match (alter, consult, found) {
            (Ok(by), Ok(consulted_by), Some(found)) => (by, consulted_by, found),
            (alter, consult, _) => {
                let reason = alter.err().or(consult.err()).flatten();
                let subject = id.to_string();
                return self
                    .refuse(on, &actor, Operation::Alteration, &asking, subject, reason)
                    .await;
            }
        };
        let body = self.key(&found)?.seal(id, read_version.saturating_add(1), &change.body)?;
        let mut listed = found.listed;
        let sql = "UPDATE records SET version = version + 1, changed = $1, subject_area = $2, \
                   body = $3 WHERE id = $4 AND version = $5";
        let values = [
            asking.now.as_microsecond().into(),
            change.subject_area.as_str().into(),
            body.into(),
            id.to_string().into(),
            read_version.into(),
        ];
        if on.execute(sql, &values).await? == 0 {
            return self.conflict(on, asking, id, consulted_by, change).await;
        }
        listed.version = read_version.saturating_add(1);
        listed.changed = asking.now;
        listed.subject_area = change.subject_area;
        append(&mut on, vec![done(Operation::Alteration, &asking, &listed, by, None)]).await?;
        on.commit().await?;
        Ok(listed)
    }

    /// What stands there is read anew, because it may have been changed since the transaction began;
    /// and showing it is a consultation.
    async fn conflict(
        &self,
        mut on: Transaction,
        asking: Asking<'_>,
        id: &RecordId,
        consulted_by: String,
        yours: Change,
    ) -> Result<Listed, RecordsError> {
        let Some(found) = rows::find(&mut on, id).await? else {
            return Err(RecordsError::NotFound { reason: None });
        };
        let theirs = self.opened(found)?;
        let entry = done(Operation::Consultation, &asking, &theirs.listed, consulted_by, None);
        append(&mut on, vec![entry]).await?;
        on.commit().await?;
        Err(RecordsError::Conflict { yours: Box::new(yours), theirs: Box::new(theirs) })
    }

    /// Erases a record and its key, unless it is held. The log keeps that it was there.
    pub async fn erase(&self, asking: Asking<'_>, id: &RecordId) -> Result<(), RecordsError> {
        let (mut on, by, found) = self.permitted(asking, id, Operation::Erasure).await?;
        let by_whom = holds::holders(&mut on, id).await?;
        if !by_whom.is_empty() {
            return Err(RecordsError::UnderHold { by: by_whom });
        }
        rows::delete(&mut on, id, asking.now, &by).await?;
        append(&mut on, vec![done(Operation::Erasure, &asking, &found.listed, by, None)]).await?;
        on.commit().await?;
        Ok(())
    }

    /// The records that the actor may consult, in the order of their last change, filtered in the
    /// database by the scope of the agreements. Each restricted one is logged as consulted.
    pub async fn list(&self, asking: Asking<'_>, page: &Page) -> Result<Vec<Listed>, RecordsError> {
        let mut on = self.store.database.write().await?;
        let actor = person(&mut on, &asking).await?;
        let request = request(&actor, Operation::Consultation, &asking);
        let part_3 =
            self.protection.carries_part_3(asking.purpose, request.operation, asking.today);
        let scope = Scope::of(&self.policies, &request, part_3);
        let listed = rows::list(&mut on, &scope, page).await?;
        let mut entries = Vec::new();
        // Records of one kind, owner and marking get one decision; a page has few such kinds.
        let mut decided: HashMap<Resource, Decision> = HashMap::new();
        for one in &listed {
            // The scope says which; the decision says by what, and must not disagree.
            let resource = one.resource();
            if !decided.contains_key(&resource) {
                let decision = self.policies.decide(&request, &resource)?;
                decided.insert(resource.clone(), decision);
            }
            match &decided[&resource] {
                Decision::Permitted { by } if one.is_restricted() => {
                    let by = by.clone();
                    entries.push(done(Operation::Consultation, &asking, one, by, None));
                }
                Decision::Permitted { .. } => {}
                Decision::Refused(reason) => {
                    let reason = Some(reason.clone());
                    let reason = reason.filter(|_| self.policies.is_told_reasons(&actor));
                    return Err(RecordsError::NotFound { reason });
                }
            }
        }
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(listed)
    }

    /// Wraps every record's key with the newest of the keys, and answers how many were under another.
    pub async fn rotate_keys(&self, now: Timestamp) -> Result<usize, RecordsError> {
        let mut on = self.store.database.write().await?;
        let newest = self.keys.newest();
        let sql = "SELECT record FROM record_keys WHERE wrapped_by <> $1 ORDER BY record";
        let older = on.fetch(sql, &[newest.into()]).await?;
        for row in &older {
            let id = rows::record_id(row.text(0)?)?;
            // One that is gone was erased meanwhile.
            let Some(found) = rows::find(&mut on, &id).await? else { continue };
            let key = self.key(&found)?;
            subjects::index_anew(&mut on, &self.keys, &id, &key).await?;
            let wrapped = self.keys.wrap(&id, &key)?;
            let sql = "UPDATE record_keys SET wrapped_by = $1, wrapped = $2 WHERE record = $3";
            on.execute(sql, &[newest.into(), wrapped.into(), id.to_string().into()]).await?;
        }
        crate::accounts::seal_anew(&mut on, &self.keys).await?;
        append(&mut on, vec![NewEntry::administration(now, format!("key/{newest}"))]).await?;
        on.commit().await?;
        Ok(older.len())
    }

    pub(crate) fn opened(&self, found: rows::Found) -> Result<Held, SealError> {
        let key = self.key(&found)?;
        let body = key.open(&found.listed.id, found.listed.version, &found.sealed)?;
        Ok(Held { listed: found.listed, body })
    }

    pub(crate) fn key(&self, found: &rows::Found) -> Result<DataKey, SealError> {
        let id = &found.listed.id;
        let missing = || SealError::Broken { record: id.to_string() };
        let (wrapped_by, wrapped) = found.key.as_ref().ok_or_else(missing)?;
        self.unwrapped(id, wrapped_by, wrapped)
    }

    pub(crate) fn unwrapped(
        &self,
        id: &RecordId,
        by: &str,
        wrapped: &[u8],
    ) -> Result<DataKey, SealError> {
        self.keys.unwrap(id, by, wrapped)
    }

    /// A record's key under the newest of the keys, with that one's name.
    pub(crate) fn wrapped(
        &self,
        id: &RecordId,
        key: &DataKey,
    ) -> Result<(String, Vec<u8>), SealError> {
        Ok((self.keys.newest().to_owned(), self.keys.wrap(id, key)?))
    }
}
