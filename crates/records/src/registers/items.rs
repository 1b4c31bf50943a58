//! Items: made, read, changed, put back, each with permission and an audit entry in the same
//! transaction.

use jiff::Timestamp;

use super::definition::{Field, FieldKind, FieldRole, Register, Registers};
use super::values::{Fault, Values};
use super::{RegisterError, index};
use crate::audit::{append, timestamp};
use crate::records::{Asking, Listed, Records, RecordsError, done, find, insert, person};
use crate::store::{DataKey, RecordId, StoreError, Transaction, Value};
use crate::words::{Marking, Operation, Regime};

/// Where the partnership's own lists belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// The organisation that owns them.
    pub owner: String,
    /// The controller of their data.
    pub controller: String,
    /// The area that they are about.
    pub subject_area: String,
    /// The law that their data are processed under.
    pub regime: Regime,
}

/// An item of a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The record that it is.
    pub listed: Listed,
    /// What it says.
    pub values: Values,
}

/// What an item said at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Counted from 1.
    pub version: i64,
    /// Since when.
    pub at: Timestamp,
    /// Who made it so.
    pub actor: String,
    /// What it said.
    pub values: Values,
}

impl Records {
    /// Makes an item.
    pub async fn add_item(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        register: &str,
        filing: &Filing,
        values: &Values,
    ) -> Result<Item, RegisterError> {
        let register = known(registers, register)?;
        let values = values.checked(register).map_err(RegisterError::Invalid)?;
        let protection = self.protection();
        protection
            .may_hold(&register.id, &filing.controller, filing.regime)
            .map_err(RecordsError::from)?;
        let mut on = self.store().database.write().await?;
        let listed = Listed {
            id: RecordId::new()?,
            kind: register.id.clone(),
            marking: values.marking(register),
            owner: filing.owner.clone(),
            subject_area: filing.subject_area.clone(),
            controller: filing.controller.clone(),
            regime: filing.regime,
            personal: values.is_personal(register),
            version: 1,
            created: asking.now,
            changed: asking.now,
        };
        let actor = person(&mut on, &asking).await?;
        let operation = Operation::Collection;
        let by = match self.decide(&actor, operation, &asking, Some(&listed)).map_err(wrong)? {
            Ok(by) => by,
            Err(reason) => {
                let subject = "new".to_owned();
                return Ok(self.refuse(on, &actor, operation, &asking, subject, reason).await?);
            }
        };
        let faults = self.faults_in_store(&mut on, register, &listed.id, &values).await?;
        if !faults.is_empty() {
            return Err(RegisterError::Invalid(faults));
        }
        let key = DataKey::new()?;
        let sealed = key.seal(&listed.id, 1, &encoded(&values))?;
        insert(&mut on, &listed, sealed.clone()).await?;
        self.keep_key(&mut on, &listed.id, &key).await?;
        index::keep_version(&mut on, &listed, asking.actor, sealed).await?;
        index::put(&mut on, register, &listed, &values).await?;
        append(&mut on, vec![done(operation, &asking, &listed, by, None)]).await?;
        on.commit().await?;
        Ok(Item { listed, values })
    }

    /// Reads an item.
    pub async fn item(&self, asking: Asking<'_>, id: &RecordId) -> Result<Item, RegisterError> {
        // What is open takes no entry in the log, and so need not wait for who writes. As much is asked
        // of the store and of the policies where there is no such item.
        let mut on = self.store().database.snapshot().await?;
        let found = find(&mut on, id).await?.filter(|found| !found.listed.is_restricted());
        let actor = person(&mut on, &asking).await?;
        let listed = found.as_ref().map(|found| &found.listed);
        let decision = self.decide(&actor, Operation::Consultation, &asking, listed);
        if let (Ok(_), Some(found)) = (decision.map_err(wrong)?, found) {
            return read(self.opened(found)?);
        }
        drop(on);
        read(self.consult(asking, id).await?)
    }

    /// Reads the item of a register that is called by a reference. A restricted one is found by its id
    /// alone, because its reference is not in the index.
    pub async fn item_called(
        &self,
        asking: Asking<'_>,
        register: &str,
        reference: &str,
    ) -> Result<Item, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let found = index::called(&mut on, register, reference).await?;
        drop(on);
        let id = found.or_else(|| RecordId::parse(reference));
        let item = self.item(asking, &id.ok_or(NOT_FOUND)?).await?;
        if item.listed.kind == register { Ok(item) } else { Err(NOT_FOUND.into()) }
    }

    /// Changes an item that was read at a version. It takes the permissions to alter and to consult,
    /// and where the marking changes, or whether it holds personal data, the permission to make an item
    /// of the new sort.
    pub async fn change_item(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        id: &RecordId,
        read_version: i64,
        values: &Values,
    ) -> Result<Item, RegisterError> {
        let mut on = self.store().database.write().await?;
        let Some(found) = find(&mut on, id).await? else {
            drop(on);
            // Refused, and logged, as if it were there.
            return read(self.consult(asking, id).await?);
        };
        let register = known(registers, &found.listed.kind)?;
        let checked = values.checked(register).map_err(RegisterError::Invalid)?;
        let (marking, personal) = (checked.marking(register), checked.is_personal(register));
        let becomes = Listed { marking, personal, ..found.listed.clone() };
        let actor = person(&mut on, &asking).await?;
        let may = |operation, listed| {
            self.decide(&actor, operation, &asking, Some(listed)).map_err(wrong)
        };
        let alter = may(Operation::Alteration, &found.listed)?;
        let consult = may(Operation::Consultation, &found.listed)?;
        let is_as_it_was = (marking, personal) == (found.listed.marking, found.listed.personal);
        let remark =
            if is_as_it_was { alter.clone() } else { may(Operation::Collection, &becomes)? };
        let by = match (alter, consult, remark) {
            (Ok(by), Ok(_), Ok(_)) => by,
            (alter, consult, remark) => {
                let reason = alter.err().or(consult.err()).or(remark.err()).flatten();
                let operation = Operation::Alteration;
                let subject = id.to_string();
                return Ok(self.refuse(on, &actor, operation, &asking, subject, reason).await?);
            }
        };
        let faults = self.faults_in_store(&mut on, register, id, &checked).await?;
        if !faults.is_empty() {
            return Err(RegisterError::Invalid(faults));
        }
        let version = read_version.saturating_add(1);
        let sealed = self.key(&found)?.seal(id, version, &encoded(&checked))?;
        let sql = "UPDATE records SET version = version + 1, changed = $1, marking = $2, \
                   personal = $3, body = $4 WHERE id = $5 AND version = $6";
        let row = [
            asking.now.as_microsecond().into(),
            becomes.marking.word().into(),
            i64::from(becomes.personal).into(),
            sealed.clone().into(),
            id.to_string().into(),
            read_version.into(),
        ];
        if on.execute(sql, &row).await? == 0 {
            drop(on);
            let theirs = Box::new(self.item(asking, id).await?);
            return Err(RegisterError::Conflict { yours: Box::new(checked), theirs });
        }
        let listed = Listed { version, changed: asking.now, ..becomes };
        index::keep_version(&mut on, &listed, asking.actor, sealed).await?;
        index::put(&mut on, register, &listed, &checked).await?;
        append(&mut on, vec![done(Operation::Alteration, &asking, &listed, by, None)]).await?;
        on.commit().await?;
        Ok(Item { listed, values: checked })
    }

    /// What an item has said, the latest first: of its versions those that the actor may consult as
    /// they were marked then. The reading of each restricted one is logged.
    pub async fn versions(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        id: &RecordId,
    ) -> Result<Vec<Version>, RegisterError> {
        self.item(asking, id).await?;
        let mut on = self.store().database.write().await?;
        let found = find(&mut on, id).await?.ok_or(NOT_FOUND)?;
        let register = known(registers, &found.listed.kind)?;
        let actor = person(&mut on, &asking).await?;
        let key = self.key(&found)?;
        let sql = "SELECT version, at_time, actor, body FROM record_versions WHERE record = $1 \
                   ORDER BY version DESC";
        let (mut versions, mut entries) = (Vec::new(), Vec::new());
        for row in on.fetch(sql, &[id.to_string().into()]).await? {
            let version = row.integer(0)?;
            let values = decoded(&key.open(id, version, &row.bytes(3)?)?)?;
            let (marking, personal) = (values.marking(register), values.is_personal(register));
            let then = Listed { marking, personal, version, ..found.listed.clone() };
            let operation = Operation::Consultation;
            let Ok(by) = self.decide(&actor, operation, &asking, Some(&then)).map_err(wrong)?
            else {
                continue;
            };
            if then.is_restricted() {
                entries.push(done(operation, &asking, &then, by, None));
            }
            let (at, actor) = (timestamp(row.integer(1)?)?, row.text(2)?);
            versions.push(Version { version, at, actor, values });
        }
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(versions)
    }

    /// Puts an earlier version back as a new one.
    pub async fn put_back(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        id: &RecordId,
        read_version: i64,
        earlier: i64,
    ) -> Result<Item, RegisterError> {
        let versions = self.versions(asking, registers, id).await?;
        let found = versions.into_iter().find(|one| one.version == earlier).ok_or(NOT_FOUND)?;
        self.change_item(asking, registers, id, read_version, &found.values).await
    }

    /// What only the store can tell: a reference that another item has, an item that is not there.
    async fn faults_in_store(
        &self,
        on: &mut Transaction,
        register: &Register,
        id: &RecordId,
        values: &Values,
    ) -> Result<Vec<Fault>, StoreError> {
        let mut faults = Vec::new();
        let fault = |field: &Field, why: String| Fault {
            field: field.id.clone(),
            label: field.label.clone(),
            why,
        };
        if let Some(field) = register.role(FieldRole::Reference) {
            let reference = values.get(&field.id);
            let other = index::called(on, &register.id, reference).await?;
            if other.is_some_and(|other| other != *id) {
                let why = format!("another {} is called {reference}", register.one);
                faults.push(fault(field, why));
            }
        }
        for field in register.fields.iter().filter(|field| field.kind == FieldKind::Item) {
            let (value, to) = (values.get(&field.id), field.to.as_deref().unwrap_or_default());
            if !value.is_empty() && !index::is_there(on, to, value).await? {
                faults.push(fault(field, "there is no such item".to_owned()));
            }
        }
        Ok(faults)
    }

    async fn keep_key(
        &self,
        on: &mut Transaction,
        id: &RecordId,
        key: &DataKey,
    ) -> Result<(), RegisterError> {
        let (by, wrapped) = self.wrapped(id, key)?;
        let sql = "INSERT INTO record_keys (record, wrapped_by, wrapped) VALUES ($1, $2, $3)";
        let row: [Value; 3] = [id.to_string().into(), by.into(), wrapped.into()];
        on.execute(sql, &row).await?;
        Ok(())
    }
}

const NOT_FOUND: RecordsError = RecordsError::NotFound { reason: None };

pub(super) fn known<'a>(registers: &'a Registers, id: &str) -> Result<&'a Register, RegisterError> {
    registers.get(id).ok_or_else(|| RegisterError::NoRegister { id: id.to_owned() })
}

pub(super) fn wrong(why: crate::policy::DecisionError) -> RegisterError {
    RegisterError::Records(why.into())
}

pub(super) fn read(held: crate::records::Held) -> Result<Item, RegisterError> {
    let values = decoded(&held.body)?;
    Ok(Item { listed: held.listed, values })
}

fn encoded(values: &Values) -> Vec<u8> {
    // INVARIANT: a map of texts to texts is always JSON.
    serde_json::to_vec(values).unwrap_or_else(|why| unreachable!("{why}"))
}

/// The highest marking that an item's body names in any of its fields: its own, or a higher one, where
/// nobody is by who knows which of the fields is the marking.
pub(crate) fn marked(body: &[u8]) -> Result<Marking, StoreError> {
    let values = decoded(body)?;
    let markings = values.iter().filter_map(|(_, value)| Marking::parse(value).ok());
    Ok(markings.max().unwrap_or(Marking::Official))
}

pub(super) fn decoded(body: &[u8]) -> Result<Values, StoreError> {
    serde_json::from_slice(body).map_err(|why| StoreError::Unreadable {
        what: "an item of a register",
        found: why.to_string(),
    })
}
