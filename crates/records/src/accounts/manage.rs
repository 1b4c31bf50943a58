//! Accounts as whoever runs them sees them: made, looked at, ended.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{AccountError, Accounts, address, administrators, micros};
use crate::accounts::session::end_all;
use crate::audit::{NewEntry, append, hold_head, timestamp};
use crate::people::Role;
use crate::policy::Duties;
use crate::store::{RecordId, StoreError};

/// The state of an account; never its secrets.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and shown as one")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub person: String,
    /// The address that they sign in with, and that invitations go to.
    pub email: String,
    /// Whether a password was set.
    pub has_password: bool,
    /// Whether one-time codes were set up.
    pub has_codes: bool,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
    /// Whether an OpenID Connect provider vouches for them.
    pub has_identity: bool,
    /// Whether an invitation waits.
    pub is_invited: bool,
    /// When it was ended.
    pub ended: Option<Timestamp>,
}

/// What was ended when somebody left, and what they leave behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Their roles, with the day that was to be the last.
    pub roles: Vec<(String, Option<Date>)>,
    /// How many sessions ended.
    pub sessions: u64,
    /// The records that they made and that are still there: for somebody else to take over.
    pub records: Vec<RecordId>,
}

impl Accounts {
    /// Makes an account for a person, without a password: an invitation comes next. One that is there
    /// gets another address, and links that went to the old one no longer work.
    pub async fn create(
        &self,
        by: &str,
        person: &str,
        email: &str,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let email = address(email)?;
        let mut on = self.store.database.write().await?;
        let sql = "SELECT id FROM people WHERE id = $1";
        if on.fetch_one(sql, &[person.into()]).await?.is_none() {
            let id = person.to_owned();
            return Err(StoreError::Unknown { what: "person", id }.into());
        }
        let taken = "SELECT person FROM accounts WHERE email = $1 AND person <> $2";
        if on.fetch_one(taken, &[email.as_str().into(), person.into()]).await?.is_some() {
            return Err(AccountError::AddressTaken);
        }
        let sql = "SELECT email FROM accounts WHERE person = $1 AND ended IS NULL";
        let before =
            on.fetch_one(sql, &[person.into()]).await?.map(|row| row.text(0)).transpose()?;
        if before.as_ref().is_some_and(|before| *before != email) {
            on.execute("DELETE FROM invitations WHERE person = $1", &[person.into()]).await?;
        }
        // Who comes back after leaving starts anew: without the password and codes of before.
        let sql = "INSERT INTO accounts \
                   (person, email, password, one_time, one_time_step, created, ended) \
                   VALUES ($1, $2, NULL, NULL, 0, $3, NULL) ON CONFLICT (person) DO UPDATE \
                   SET email = excluded.email, ended = NULL";
        on.execute(sql, &[person.into(), email.into(), micros(now)]).await?;
        let subject = match before {
            Some(_) => format!("account/{person}/address"),
            None => format!("account/{person}"),
        };
        append(&mut on, vec![NewEntry::by(by, now, subject)]).await?;
        Ok(on.commit().await?)
    }

    /// The account of a person.
    pub async fn account(&self, person: &str) -> Result<Option<Account>, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT email, password, one_time, ended, \
                   (SELECT COUNT(*) FROM recovery_codes WHERE recovery_codes.person = $1), \
                   (SELECT COUNT(*) FROM identities WHERE identities.person = $1), \
                   (SELECT COUNT(*) FROM invitations \
                    WHERE invitations.person = $1 AND used IS NULL) \
                   FROM accounts WHERE accounts.person = $1";
        let Some(row) = on.fetch_one(sql, &[person.into()]).await? else { return Ok(None) };
        Ok(Some(Account {
            person: person.to_owned(),
            email: row.text(0)?,
            has_password: row.text_if_any(1)?.is_some(),
            has_codes: row.text_if_any(2)?.is_some(),
            ended: row.integer_if_any(3)?.map(timestamp).transpose()?,
            recovery_codes: row.integer(4)?.unsigned_abs(),
            has_identity: row.integer(5)? > 0,
            is_invited: row.integer(6)? > 0,
        }))
    }

    /// The person whose address this is, if their account has not ended.
    pub async fn person_of(&self, email: &str) -> Result<Option<String>, AccountError> {
        let Ok(email) = address(email) else { return Ok(None) };
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT person FROM accounts WHERE email = $1 AND ended IS NULL";
        let row = on.fetch_one(sql, &[email.into()]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// What is done when somebody leaves, in one transaction: their roles end with the day, sessions,
    /// invitations and ways to sign in end at once, and what they made is listed. Who is the last that
    /// may administer people, by the folder's duties, stays.
    pub async fn leave(
        &self,
        by: &str,
        person: &str,
        last_day: Date,
        duties: &Duties,
        now: Timestamp,
    ) -> Result<Left, AccountError> {
        let mut on = self.store.database.write().await?;
        hold_head(&mut on).await?;
        let sql = "SELECT id FROM people WHERE id = $1";
        if on.fetch_one(sql, &[person.into()]).await?.is_none() {
            let id = person.to_owned();
            return Err(StoreError::Unknown { what: "person", id }.into());
        }
        if administrators::is_last(&mut on, duties, person, None, (last_day, now)).await? {
            return Err(AccountError::LastAdministrator { person: person.to_owned() });
        }
        let day = last_day.to_string();
        let sql = "SELECT role, to_date, from_date FROM roles \
                   WHERE person = $1 AND (to_date IS NULL OR to_date > $2) ORDER BY role";
        let (mut roles, mut entries) = (Vec::new(), Vec::new());
        for row in on.fetch(sql, &[person.into(), day.as_str().into()]).await? {
            let to = row.text_if_any(1)?.map(|to| read_day(&to)).transpose()?;
            let (role, from) = (row.text(0)?, read_day(&row.text(2)?)?);
            if from <= last_day {
                let ended = Role { role: role.clone(), from, to: Some(last_day) };
                entries.push(NewEntry::by(by, now, ended.subject(person)));
            }
            roles.push((role, to));
        }
        // A role that was to begin later never does.
        let sql = "DELETE FROM roles WHERE person = $1 AND from_date > $2";
        on.execute(sql, &[person.into(), day.as_str().into()]).await?;
        let sql = "UPDATE roles SET to_date = $1 \
                   WHERE person = $2 AND (to_date IS NULL OR to_date > $1)";
        on.execute(sql, &[day.into(), person.into()]).await?;
        let sessions = end_all(&mut on, person, now).await?;
        for table in ["invitations", "recovery_codes", "identities"] {
            on.execute(&format!("DELETE FROM {table} WHERE person = $1"), &[person.into()]).await?;
        }
        let sql = "UPDATE accounts SET ended = $1, password = NULL, one_time = NULL \
                   WHERE person = $2";
        on.execute(sql, &[micros(now), person.into()]).await?;
        let sql = "SELECT records.id FROM audit_entries JOIN records ON records.id = subject \
                   WHERE actor = $1 AND operation = 'collection' AND outcome = 'done' \
                   ORDER BY sequence";
        let mut records = Vec::new();
        for row in on.fetch(sql, &[person.into()]).await? {
            let id = row.text(0)?;
            let unreadable = || StoreError::Unreadable { what: "a record's id", found: id.clone() };
            records.push(RecordId::parse(&id).ok_or_else(unreadable)?);
        }
        entries.push(NewEntry::by(by, now, format!("account/{person}/left")));
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(Left { roles, sessions, records })
    }
}

pub(crate) fn read_day(text: &str) -> Result<Date, StoreError> {
    let unreadable = |_| StoreError::Unreadable { what: "a day", found: text.to_owned() };
    text.parse().map_err(unreadable)
}
