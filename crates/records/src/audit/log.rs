//! The log in the store: appended to, searched, read whole.

use jiff::Timestamp;

use super::entry::{COLUMNS, Entry, NewEntry};
use super::{Checkpoint, Fault, Verification, verify};
use crate::store::{Store, StoreError, Transaction, Value};
use crate::words::{Operation, Outcome};

/// Appends entries within a transaction. Until that ends, no other may append.
pub(crate) async fn append(on: &mut Transaction, entries: Vec<NewEntry>) -> Result<(), StoreError> {
    if entries.is_empty() {
        return Ok(());
    }
    let (mut sequence, mut hash) = hold_head(on).await?;
    let mut values = Vec::new();
    let mut rows = Vec::new();
    for new in entries {
        let entry = new.after(sequence, &hash);
        let of_the_row = entry.values();
        let places: Vec<String> =
            (1..=of_the_row.len()).map(|place| format!("${}", values.len() + place)).collect();
        rows.push(format!("({})", places.join(", ")));
        values.extend(of_the_row);
        (sequence, hash) = (entry.sequence, entry.hash);
        if rows.len() == ROWS_AT_ONCE {
            insert(on, &mut rows, &mut values).await?;
        }
    }
    insert(on, &mut rows, &mut values).await?;
    let move_on = "UPDATE audit_head SET sequence = $1, hash = $2 WHERE id = 1";
    on.execute(move_on, &[sequence.into(), hash.into()]).await?;
    Ok(())
}

/// Holds the head of the log until the transaction ends, and answers the last entry's number and
/// hash. Writing to the row holds it: on PostgreSQL others wait here, and then read what we wrote.
pub(crate) async fn hold_head(on: &mut Transaction) -> Result<(i64, String), StoreError> {
    let hold = "UPDATE audit_head SET sequence = sequence WHERE id = 1 RETURNING sequence, hash";
    let head = on.fetch_one(hold, &[]).await?.ok_or(StoreError::NoHead)?;
    Ok((head.integer(0)?, head.text(1)?))
}

/// Both stores take many more values in one statement.
const ROWS_AT_ONCE: usize = 200;

async fn insert(
    on: &mut Transaction,
    rows: &mut Vec<String>,
    values: &mut Vec<Value>,
) -> Result<(), StoreError> {
    if !rows.is_empty() {
        let sql = format!("INSERT INTO audit_entries ({COLUMNS}) VALUES {}", rows.join(", "));
        on.execute(&sql, values).await?;
    }
    rows.clear();
    values.clear();
    Ok(())
}

/// Which entries are looked for; what is not given does not matter.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// By whom.
    pub actor: Option<String>,
    /// With what: an id, or the beginning of one up to a stroke, such as `person/jo-smith`.
    pub subject: Option<String>,
    /// What was done.
    pub operation: Option<Operation>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// To whom.
    pub recipient: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub before: Option<Timestamp>,
}

/// A part of what a search finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries of this page.
    pub entries: Vec<Entry>,
    /// How many there are in all.
    pub total: u64,
}

impl Search {
    fn condition(&self) -> (String, Vec<Value>) {
        let mut parts = vec!["1 = 1".to_owned()];
        let mut values: Vec<Value> = Vec::new();
        let mut add = |column: &str, value: Option<Value>| {
            if let Some(value) = value {
                values.push(value);
                parts.push(format!("{column} ${}", values.len()));
            }
        };
        add("actor =", self.actor.as_deref().map(Value::from));
        add("operation =", self.operation.map(|operation| operation.word().into()));
        add("outcome =", self.outcome.map(|outcome| outcome.word().into()));
        add("recipient =", self.recipient.as_deref().map(Value::from));
        add("at_time >=", self.from.map(|from| from.as_microsecond().into()));
        add("at_time <", self.before.map(|before| before.as_microsecond().into()));
        if let Some(subject) = &self.subject {
            values.push(subject.as_str().into());
            let it = values.len();
            values.push(format!("{subject}/").into());
            let below = values.len();
            parts.push(format!(
                "(subject = ${it} OR SUBSTR(subject, 1, LENGTH(${below})) = ${below})"
            ));
        }
        (parts.join(" AND "), values)
    }
}

impl Store {
    /// The entries that a search finds, in the order of the log.
    pub async fn search_audit(&self, search: &Search) -> Result<Vec<Entry>, StoreError> {
        let (condition, values) = search.condition();
        let sql =
            format!("SELECT {COLUMNS} FROM audit_entries WHERE {condition} ORDER BY sequence");
        let mut on = self.database.snapshot().await?;
        on.fetch(&sql, &values).await?.iter().map(Entry::read).collect()
    }

    /// A page of what a search finds, the latest first; pages are counted from 1.
    pub async fn search_audit_page(
        &self,
        search: &Search,
        page: u32,
        per_page: u32,
    ) -> Result<AuditPage, StoreError> {
        let (condition, mut values) = search.condition();
        let mut on = self.database.snapshot().await?;
        let sql = format!("SELECT COUNT(*) FROM audit_entries WHERE {condition}");
        let total = on.fetch_one(&sql, &values).await?;
        let total = total.map(|row| row.integer(0)).transpose()?.unwrap_or_default();
        let offset = i64::from(page.saturating_sub(1)) * i64::from(per_page);
        values.extend([i64::from(per_page).into(), offset.into()]);
        let (limit, offset) = (values.len() - 1, values.len());
        let sql = format!(
            "SELECT {COLUMNS} FROM audit_entries WHERE {condition} \
             ORDER BY sequence DESC LIMIT ${limit} OFFSET ${offset}"
        );
        let entries = on.fetch(&sql, &values).await?;
        let entries = entries.iter().map(Entry::read).collect::<Result<_, _>>()?;
        Ok(AuditPage { entries, total: total.unsigned_abs() })
    }

    /// Logs that somebody took the log, or a part of it, away as a file.
    pub async fn note_export(&self, by: &str, now: Timestamp) -> Result<(), StoreError> {
        self.note(by, Operation::Administration, "log/export", now).await
    }

    /// Logs that somebody searched the log; for what is not noted.
    pub async fn note_search(&self, by: &str, now: Timestamp) -> Result<(), StoreError> {
        self.note(by, Operation::Consultation, "log/search", now).await
    }

    /// Logs that a backup of all this is being written.
    pub async fn note_backup(&self, by: &str, now: Timestamp) -> Result<(), StoreError> {
        self.note(by, Operation::Administration, "store/backup", now).await
    }

    /// Logs what somebody did with a job: `asked` for it, or `cancelled` it.
    pub async fn note_job(
        &self,
        by: &str,
        id: &str,
        what: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.note(by, Operation::Administration, &format!("job/{id}/{what}"), now).await
    }

    /// Logs that an owner was sent the plan's actions with the question how they stand.
    pub async fn note_chaser(
        &self,
        by: &str,
        owner: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut on = self.database.write().await?;
        let entry = NewEntry {
            operation: Operation::Disclosure,
            recipient: Some(owner.to_owned()),
            ..NewEntry::by(by, now, "plan/chased".to_owned())
        };
        append(&mut on, vec![entry]).await?;
        on.commit().await
    }

    async fn note(
        &self,
        by: &str,
        operation: Operation,
        subject: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut on = self.database.write().await?;
        let entry = NewEntry { operation, ..NewEntry::by(by, now, subject.to_owned()) };
        append(&mut on, vec![entry]).await?;
        on.commit().await
    }

    /// Logs that the nightly work began, so that every day has an entry to sign.
    pub async fn note_nightly(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut on = self.database.write().await?;
        append(&mut on, vec![NewEntry::administration(now, "nightly".to_owned())]).await?;
        on.commit().await
    }

    /// Logs that somebody asked for a page that their duties do not open.
    pub async fn note_refused_page(
        &self,
        by: &str,
        page: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut on = self.database.write().await?;
        append(&mut on, vec![NewEntry::by(by, now, format!("page/{page}")).refused()]).await?;
        on.commit().await
    }

    /// Holds the log against itself, against the checkpoints that the store remembers and against
    /// those that were kept elsewhere.
    pub async fn verify_audit(&self, kept: &[Checkpoint]) -> Result<Verification, StoreError> {
        Self::verify_on(&mut self.database.snapshot().await?, kept).await
    }

    pub(crate) async fn verify_on(
        on: &mut Transaction,
        kept: &[Checkpoint],
    ) -> Result<Verification, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM audit_entries ORDER BY sequence");
        let mut entries = Vec::new();
        let mut faults = Vec::new();
        for row in on.fetch(&sql, &[]).await? {
            match Entry::read(&row) {
                Ok(entry) => entries.push(entry),
                // A word that was put there by hand is a finding, and not a reason to stop.
                Err(StoreError::Database(why)) => return Err(StoreError::Database(why)),
                Err(_) => faults.push(Fault::Edited { sequence: row.integer(0)? }),
            }
        }
        let head = on.fetch_one("SELECT sequence, hash FROM audit_head WHERE id = 1", &[]).await?;
        let mut checkpoints = kept.to_vec();
        match head {
            Some(head) => checkpoints.push(Checkpoint::head(head.integer(0)?, head.text(1)?)),
            None => faults.push(Fault::NoHead),
        }
        let remembered = "SELECT sequence, hash, at_time FROM checkpoints ORDER BY sequence";
        for row in on.fetch(remembered, &[]).await? {
            checkpoints.push(Checkpoint::read(&row)?);
        }
        let mut verification = verify(&entries, &checkpoints);
        verification.faults.extend(faults);
        verification.faults.sort();
        verification.faults.dedup();
        Ok(verification)
    }

    /// A checkpoint of the log as it is now, remembered in the store, to be signed and kept elsewhere.
    ///
    /// `None` while there is no entry.
    pub async fn audit_checkpoint(&self, now: Timestamp) -> Result<Option<Checkpoint>, StoreError> {
        let mut on = self.database.write().await?;
        let (sequence, hash) = hold_head(&mut on).await?;
        if sequence == 0 {
            return Ok(None);
        }
        let insert = "INSERT INTO checkpoints (sequence, hash, at_time) VALUES ($1, $2, $3) \
                      ON CONFLICT (sequence) DO NOTHING";
        let values = [sequence.into(), hash.as_str().into(), now.as_microsecond().into()];
        on.execute(insert, &values).await?;
        on.commit().await?;
        Ok(Some(Checkpoint { sequence, hash, at: Some(now) }))
    }
}
