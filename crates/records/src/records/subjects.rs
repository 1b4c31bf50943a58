//! Whom a record is about, as those who keep it declare; and what is held of somebody, for their
//! right of access or erasure.
//!
//! A person is declared by a reference, such as a tenancy or case number of the controller. The store
//! holds it only sealed, with a keyed digest by which it is found.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::decide::refusal;
use super::{Asking, Held, Listed, Records, RecordsError, done, holds, person, rows};
use crate::audit::{NewEntry, append, timestamp};
use crate::policy::Actor;
use crate::registers;
use crate::store::{DataKey, Keyring, RecordId, StoreError, Transaction, Value};
use crate::words::{Capacity, Operation, Outcome, Regime, Standing};

const SEALED_AS: &str = "subject";
/// To whom the log says that a record was disclosed.
const THE_PERSON: &str = "data-subject";
/// What the log calls a search for a person.
const SEARCH: &str = "search/subject";
const LONGEST_REFERENCE: usize = 200;

/// Somebody in a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SubjectDeclaration {
    /// What they are known by.
    pub reference: String,
    /// Whether the record is about them or mentions them.
    pub capacity: Capacity,
    /// What they are in the matter.
    pub standing: Standing,
    /// What in the body is theirs, as JSON pointers such as `/neighbour/name`; nothing where that
    /// cannot be told apart.
    pub fields: Vec<String>,
}

/// A record in which somebody is declared, with all that an answer to them needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The record.
    pub held: Held,
    /// How they are in it.
    pub theirs: SubjectDeclaration,
    /// What it said before, the latest first.
    pub earlier: Vec<Earlier>,
    /// How many earlier versions the actor may not use so, as they were marked.
    pub earlier_kept_back: usize,
    /// Everybody else in it.
    pub others: Vec<SubjectDeclaration>,
    /// To whom it was disclosed, and when.
    pub disclosed_to: Vec<(String, Timestamp)>,
    /// Who holds it against erasure.
    pub held_by: Vec<String>,
    /// The days that are noted on it.
    pub events: BTreeMap<String, Date>,
}

/// What a record said at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Counted from 1.
    pub version: i64,
    /// Since when.
    pub since: Timestamp,
    /// What it said.
    pub body: Vec<u8>,
}

impl Records {
    /// Declares somebody in a record, or declares them otherwise. It takes the permission to alter.
    pub async fn declare_subject(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        declaration: &SubjectDeclaration,
    ) -> Result<(), RecordsError> {
        let reference = normal(&declaration.reference)?;
        if declaration.fields.iter().any(|field| !field.starts_with('/')) {
            let form = "a JSON pointer, such as /neighbour/name";
            return Err(RecordsError::Word { what: "a field of somebody's", form });
        }
        let (mut on, by, found) = self.permitted(asking, id, Operation::Alteration).await?;
        let keeps_apart =
            found.listed.regime != Regime::Part3 || declaration.standing != Standing::Other;
        if !keeps_apart && declaration.capacity == Capacity::Subject {
            let form = "suspected, convicted, victim or witness in a record under Part 3";
            return Err(RecordsError::Word { what: "somebody's standing", form });
        }
        let declaration = SubjectDeclaration { reference, ..declaration.clone() };
        forget(&mut on, &self.keys, id, &declaration.reference).await?;
        insert(&mut on, &self.keys, id, &self.key(&found)?, &declaration).await?;
        append(&mut on, vec![done(Operation::Alteration, &asking, &found.listed, by, None)])
            .await?;
        on.commit().await?;
        Ok(())
    }

    /// Takes back that somebody is in a record, and answers whether they were.
    pub async fn retract_subject(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        reference: &str,
    ) -> Result<bool, RecordsError> {
        let reference = normal(reference)?;
        let (mut on, by, found) = self.permitted(asking, id, Operation::Alteration).await?;
        let were_in = forget(&mut on, &self.keys, id, &reference).await?;
        append(&mut on, vec![done(Operation::Alteration, &asking, &found.listed, by, None)])
            .await?;
        on.commit().await?;
        Ok(were_in)
    }

    /// All records in which somebody is declared and which the actor may consult for this purpose.
    pub async fn held_of(
        &self,
        asking: Asking<'_>,
        reference: &str,
    ) -> Result<Vec<Access>, RecordsError> {
        let mut on = self.store.database.write().await?;
        let (accesses, mut entries) =
            self.accesses(&mut on, &asking, reference, Operation::Consultation).await?;
        // That somebody was looked for is told where nothing was found too, but never who.
        let search = refusal(Operation::Consultation, &asking, SEARCH.to_owned());
        entries.push(NewEntry { outcome: Outcome::Done, ..search });
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(accesses)
    }

    /// The same records as disclosed to the person themselves, which takes that permission and is
    /// logged so. Only those of the given ids and versions, which somebody has looked through: where
    /// one is there no longer or at another version, nothing is disclosed.
    pub async fn disclose_to_subject(
        &self,
        asking: Asking<'_>,
        reference: &str,
        looked_through: &[(RecordId, i64)],
    ) -> Result<Vec<Access>, RecordsError> {
        let mut on = self.store.database.write().await?;
        let (mut accesses, mut entries) =
            self.accesses(&mut on, &asking, reference, Operation::Disclosure).await?;
        let wanted = |id: &RecordId, version: i64| {
            looked_through.iter().any(|(one, at)| one == id && *at == version)
        };
        accesses.retain(|one| wanted(&one.held.listed.id, one.held.listed.version));
        let shown: Vec<String> =
            accesses.iter().map(|one| one.held.listed.id.to_string()).collect();
        if accesses.len() != looked_through.len() {
            let mut refusals = vec![refusal(Operation::Disclosure, &asking, SEARCH.to_owned())];
            refusals.extend(entries.into_iter().filter(|one| one.outcome == Outcome::Refused));
            append(&mut on, refusals).await?;
            on.commit().await?;
            return Err(RecordsError::NotFound { reason: None });
        }
        entries.retain(|one| one.outcome == Outcome::Refused || shown.contains(&one.subject));
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(accesses)
    }

    /// Notes on a record the day on which something happened, from which its time to be kept may
    /// count. It takes the permission to alter.
    pub async fn note_event(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        event: &str,
        day: Date,
    ) -> Result<(), RecordsError> {
        if !crate::words::is_id(event) {
            let form = "an id, such as closed";
            return Err(RecordsError::Word { what: "an event", form });
        }
        let (mut on, by, found) = self.permitted(asking, id, Operation::Alteration).await?;
        let sql = "INSERT INTO record_events (record, event, on_date) VALUES ($1, $2, $3) \
                   ON CONFLICT (record, event) DO UPDATE SET on_date = excluded.on_date";
        on.execute(sql, &[id.to_string().into(), event.into(), day.to_string().into()]).await?;
        append(&mut on, vec![done(Operation::Alteration, &asking, &found.listed, by, None)])
            .await?;
        on.commit().await?;
        Ok(())
    }

    async fn accesses(
        &self,
        on: &mut Transaction,
        asking: &Asking<'_>,
        reference: &str,
        operation: Operation,
    ) -> Result<(Vec<Access>, Vec<NewEntry>), RecordsError> {
        let reference = normal(reference)?;
        let actor = person(on, asking).await?;
        let (mut accesses, mut entries) = (Vec::new(), Vec::new());
        for id in containing(on, &self.keys, &reference).await? {
            let Some((access, of_access)) =
                self.access(on, asking, &actor, &id, &reference, operation).await?
            else {
                entries.push(refusal(operation, asking, id.to_string()));
                continue;
            };
            entries.extend(of_access);
            accesses.push(access);
        }
        Ok((accesses, entries))
    }

    async fn access(
        &self,
        on: &mut Transaction,
        asking: &Asking<'_>,
        actor: &Actor,
        id: &RecordId,
        reference: &str,
        operation: Operation,
    ) -> Result<Option<(Access, Vec<NewEntry>)>, RecordsError> {
        let Some(found) = rows::find(on, id).await? else { return Ok(None) };
        let Ok(by) = self.decide(actor, operation, asking, Some(&found.listed))? else {
            return Ok(None);
        };
        let key = self.key(&found)?;
        let held = self.opened(found)?;
        let mut everybody = declared(on, id, &key).await?;
        let theirs = everybody.iter().position(|one| one.reference == reference);
        let Some(theirs) = theirs.map(|at| everybody.remove(at)) else { return Ok(None) };
        let sql = "SELECT recipient, at_time FROM audit_entries \
                   WHERE subject = $1 AND operation = $2 AND outcome = 'done' \
                   AND recipient IS NOT NULL ORDER BY sequence";
        let disclosure = Operation::Disclosure.word();
        let mut disclosed_to = Vec::new();
        for row in on.fetch(sql, &[id.to_string().into(), disclosure.into()]).await? {
            disclosed_to.push((row.text(0)?, timestamp(row.integer(1)?)?));
        }
        let held_by = holds::holders(on, id).await?;
        let events = events(on, id).await?;
        let recipient = (operation == Operation::Disclosure).then_some(THE_PERSON);
        let mut entries = vec![done(operation, asking, &held.listed, by, recipient)];
        let (mut earlier, mut earlier_kept_back) = (Vec::new(), 0);
        for (then, one) in said_before(on, &held.listed, &key).await? {
            match self.decide(actor, operation, asking, Some(&then))? {
                Ok(by) => {
                    entries.push(done(operation, asking, &then, by, recipient));
                    earlier.push(one);
                }
                Err(_) => earlier_kept_back += 1,
            }
        }
        let access = Access {
            held,
            theirs,
            earlier,
            earlier_kept_back,
            others: everybody,
            disclosed_to,
            held_by,
            events,
        };
        Ok(Some((access, entries)))
    }
}

/// What a record said before it said what it says, the latest first, each as it was marked then.
async fn said_before(
    on: &mut Transaction,
    listed: &Listed,
    key: &DataKey,
) -> Result<Vec<(Listed, Earlier)>, RecordsError> {
    let sql = "SELECT version, at_time, body FROM record_versions \
               WHERE record = $1 AND version < $2 ORDER BY version DESC";
    let mut before = Vec::new();
    for row in on.fetch(sql, &[listed.id.to_string().into(), listed.version.into()]).await? {
        let version = row.integer(0)?;
        let body = key.open(&listed.id, version, &row.bytes(2)?)?;
        let marking = registers::marked(&body)?;
        let since = timestamp(row.integer(1)?)?;
        // Somebody is declared in it: what it said is about them.
        let then = Listed { marking, personal: true, version, changed: since, ..listed.clone() };
        before.push((then, Earlier { version, since, body }));
    }
    Ok(before)
}

/// A reference as it is compared: without the differences that typing makes.
fn normal(reference: &str) -> Result<String, RecordsError> {
    let words: Vec<String> = reference.split_whitespace().map(str::to_lowercase).collect();
    let normal = words.join(" ");
    if normal.is_empty() || normal.chars().count() > LONGEST_REFERENCE {
        let form = "1 to 200 letters long, such as tenancy 4711";
        return Err(RecordsError::Word { what: "the reference of a person", form });
    }
    Ok(normal)
}

async fn insert(
    on: &mut Transaction,
    keys: &Keyring,
    id: &RecordId,
    key: &DataKey,
    declaration: &SubjectDeclaration,
) -> Result<(), RecordsError> {
    let text = serde_json::to_vec(declaration).map_err(|why| unreadable(&why))?;
    let sql = "INSERT INTO record_subjects (record, token, indexed_by, sealed) \
               VALUES ($1, $2, $3, $4)";
    let values = [
        id.to_string().into(),
        keys.token(&declaration.reference).into(),
        keys.newest().into(),
        key.seal_as(id, SEALED_AS, &text)?.into(),
    ];
    on.execute(sql, &values).await?;
    Ok(())
}

async fn forget(
    on: &mut Transaction,
    keys: &Keyring,
    id: &RecordId,
    reference: &str,
) -> Result<bool, StoreError> {
    let mut count = 0;
    for token in keys.tokens(reference) {
        let sql = "DELETE FROM record_subjects WHERE record = $1 AND token = $2";
        count += on.execute(sql, &[id.to_string().into(), token.into()]).await?;
    }
    Ok(count > 0)
}

/// The records in which a reference is declared, in the order of their ids.
async fn containing(
    on: &mut Transaction,
    keys: &Keyring,
    reference: &str,
) -> Result<Vec<RecordId>, StoreError> {
    let mut ids = Vec::new();
    for token in keys.tokens(reference) {
        let sql = "SELECT record FROM record_subjects WHERE token = $1";
        for row in on.fetch(sql, &[token.into()]).await? {
            ids.push(rows::record_id(row.text(0)?)?);
        }
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

async fn declared(
    on: &mut Transaction,
    id: &RecordId,
    key: &DataKey,
) -> Result<Vec<SubjectDeclaration>, RecordsError> {
    let sql = "SELECT sealed FROM record_subjects WHERE record = $1";
    let mut declared = Vec::new();
    for row in on.fetch(sql, &[id.to_string().into()]).await? {
        let text = key.open_as(id, SEALED_AS, &row.bytes(0)?)?;
        let one: SubjectDeclaration =
            serde_json::from_slice(&text).map_err(|why| unreadable(&why))?;
        declared.push(one);
    }
    declared.sort();
    Ok(declared)
}

pub(super) async fn events(
    on: &mut Transaction,
    id: &RecordId,
) -> Result<BTreeMap<String, Date>, StoreError> {
    let sql = "SELECT event, on_date FROM record_events WHERE record = $1";
    let mut events = BTreeMap::new();
    for row in on.fetch(sql, &[Value::from(id.to_string())]).await? {
        events.insert(row.text(0)?, super::due::date(&row.text(1)?)?);
    }
    Ok(events)
}

/// Puts a record's declarations under the newest key's digest.
pub(super) async fn index_anew(
    on: &mut Transaction,
    keys: &Keyring,
    id: &RecordId,
    key: &DataKey,
) -> Result<(), RecordsError> {
    let declared = declared(on, id, key).await?;
    on.execute("DELETE FROM record_subjects WHERE record = $1", &[id.to_string().into()]).await?;
    for declaration in declared {
        insert(on, keys, id, key, &declaration).await?;
    }
    Ok(())
}

fn unreadable(why: &serde_json::Error) -> RecordsError {
    let found = why.to_string();
    StoreError::Unreadable { what: "whom a record is about", found }.into()
}
