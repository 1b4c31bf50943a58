//! Retention: which records' time has ended by the folder's rules, and their erasure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{Listed, RecordsError, holds, rows, subjects};
use crate::audit::{NewEntry, append};
use crate::protection::{Protection, RetentionState, Rule};
use crate::store::{RecordId, Store, StoreError, Transaction};
use crate::words::{Operation, Outcome};

/// How many records are looked at, or erased, in one transaction.
const AT_ONCE: i64 = 200;

/// A record whose time has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub record: RecordId,
    /// Its category of data.
    pub category: String,
    /// Its controller.
    pub controller: String,
    /// The rule, by its id.
    pub rule: String,
    /// The day that its time counts from.
    pub since: Date,
    /// The first day on which it is to be erased.
    pub due: Date,
    /// Who holds it against that.
    pub held_by: Vec<String>,
}

/// What the rules say of all records on a day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Retention {
    /// How many records there are.
    pub records: usize,
    /// Those whose time has ended: erased, or to be erased.
    pub due: Vec<Due>,
    /// Those whose time has ended, and which are held.
    pub held: Vec<Due>,
    /// How many are within their time.
    pub within: usize,
    /// How many wait for the event that their time counts from.
    pub waiting: usize,
    /// Records that somebody should look at: those not changed for as long as their rule says.
    pub to_review: Vec<RecordId>,
    /// How many have no rule, by category and controller.
    pub without_rule: BTreeMap<(String, String), usize>,
}

impl Store {
    /// Holds every record against the rules, and changes nothing.
    pub async fn retention(
        &self,
        protection: &Protection,
        today: Date,
    ) -> Result<Retention, StoreError> {
        let mut on = self.database.snapshot().await?;
        let mut retention = Retention::default();
        let mut after = String::new();
        loop {
            let page = rows::page_by_id(&mut on, &after, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(retention) };
            after = last.id.to_string();
            for listed in &page {
                retention.look_at(&mut on, protection, listed, today).await?;
            }
        }
    }

    /// Erases every record whose time has ended and which is not held, each with its entry in the log,
    /// and answers what was found.
    pub async fn erase_due(
        &self,
        protection: &Protection,
        now: Timestamp,
        today: Date,
    ) -> Result<Retention, RecordsError> {
        let mut retention = self.retention(protection, today).await?;
        let due = std::mem::take(&mut retention.due);
        for some in due.chunks(usize::try_from(AT_ONCE).unwrap_or(1)) {
            let mut on = self.database.write().await?;
            let mut entries = Vec::new();
            for one in some {
                // What was altered or held since it was looked at is looked at again.
                rows::lock(&mut on, &one.record).await?;
                let Some(found) = rows::find(&mut on, &one.record).await? else { continue };
                let mut again = Retention::default();
                again.look_at(&mut on, protection, &found.listed, today).await?;
                retention.held.extend(again.held);
                let Some(one) = again.due.into_iter().next() else { continue };
                let why = format!("retention/{}", one.rule);
                rows::delete(&mut on, &one.record, now, &why).await?;
                entries.push(erased(&found.listed, now, "retention", why));
                retention.due.push(one);
            }
            append(&mut on, entries).await?;
            on.commit().await?;
        }
        Ok(retention)
    }
}

impl Retention {
    async fn look_at(
        &mut self,
        on: &mut Transaction,
        protection: &Protection,
        listed: &Listed,
        today: Date,
    ) -> Result<(), StoreError> {
        self.records += 1;
        let rule = protection.rule(&listed.kind, &listed.controller, listed.regime, today);
        let Some(rule) = rule else {
            let of = (listed.kind.clone(), listed.controller.clone());
            *self.without_rule.entry(of).or_default() += 1;
            return Ok(());
        };
        let events = if rule.counts_from_an_event() {
            subjects::events(on, &listed.id).await?
        } else {
            BTreeMap::new()
        };
        let changed = day_of(listed.changed);
        match rule.state(day_of(listed.created), changed, &events, today) {
            RetentionState::Due { since, due } => {
                let held_by = holds::holders(on, &listed.id).await?;
                let is_held = !held_by.is_empty();
                let one = due_by(rule, listed, since, due, held_by);
                if is_held {
                    self.held.push(one);
                } else {
                    self.due.push(one);
                }
                return Ok(());
            }
            RetentionState::KeptUntil(_) => self.within += 1,
            RetentionState::Waiting => self.waiting += 1,
        }
        if rule.wants_review(changed, today) {
            self.to_review.push(listed.id.clone());
        }
        Ok(())
    }
}

fn due_by(rule: &Rule, listed: &Listed, since: Date, due: Date, held_by: Vec<String>) -> Due {
    Due {
        record: listed.id.clone(),
        category: listed.kind.clone(),
        controller: listed.controller.clone(),
        rule: rule.id.clone(),
        since,
        due,
        held_by,
    }
}

/// What the log says when nobody but the machine, by a rule, erases a record.
pub(crate) fn erased(listed: &Listed, now: Timestamp, purpose: &str, why: String) -> NewEntry {
    NewEntry {
        at: now,
        operation: Operation::Erasure,
        outcome: Outcome::Done,
        actor: "operator".to_owned(),
        recipient: None,
        subject: listed.id.to_string(),
        version: Some(listed.version),
        purpose: purpose.to_owned(),
        policy: Some(why),
    }
}

fn day_of(time: Timestamp) -> Date {
    Offset::UTC.to_datetime(time).date()
}

pub(super) fn date(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what: "a day", found: text.to_owned() })
}
