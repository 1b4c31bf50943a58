//! Signing in with a local account, and what wrong attempts cost.
//!
//! Whether a name is known makes no difference that can be seen or measured: attempts are counted by
//! the hash of what was typed, a hash of a password is computed for every name, and the answers are
//! the same.

use jiff::Timestamp;

use super::{AccountError, Accounts, SecondFactor, Stage, address, kept, micros};
use crate::audit::{NewEntry, append, timestamp};
use crate::store::{StoreError, Transaction};

/// How an attempt with a name and a password ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// It was not looked at, because earlier ones were wrong.
    Wait {
        /// Until when none is.
        until: Timestamp,
    },
    /// It is wrong.
    Wrong,
    /// It is right.
    Right {
        /// Whose it is.
        person: String,
        /// What comes next.
        stage: Stage,
    },
}

/// How an attempt with a one-time code ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondProof {
    /// It was not looked at, because earlier ones were wrong.
    Wait {
        /// Until when none is.
        until: Timestamp,
    },
    /// It is wrong.
    Wrong,
    /// It is right.
    Right,
}

impl Accounts {
    /// Tries an e-mail address and a password.
    pub async fn try_password(
        &self,
        typed: &str,
        password: &str,
        now: Timestamp,
    ) -> Result<Proof, AccountError> {
        // What is no address is looked for all the same.
        let name = address(typed).unwrap_or_else(|_| typed.chars().take(254).collect());
        let attempt = Attempt::of(&name);
        let mut on = self.store.database.write().await?;
        let failures = match self.count(&mut on, &attempt, now).await? {
            Counted::Failures(failures) => failures,
            Counted::Waits(until) => return Ok(Proof::Wait { until }),
        };
        let sql = "SELECT person, password, one_time FROM accounts \
                   WHERE email = $1 AND ended IS NULL";
        let row = on.fetch_one(sql, &[name.as_str().into()]).await?;
        let stored = row.as_ref().map(|row| row.text_if_any(1)).transpose()?.flatten();
        on.commit().await?;
        let right = self.hasher.verify(password, stored).await?;
        let person = row.as_ref().map(|row| row.text(0)).transpose()?;
        let mut on = self.store.database.write().await?;
        let (Some(person), true) = (person.clone(), right) else {
            append(&mut on, vec![wrong(person.as_deref(), now)]).await?;
            on.commit().await?;
            return Ok(Proof::Wrong);
        };
        let has_codes = row.map(|row| row.text_if_any(2)).transpose()?.flatten().is_some();
        let stage = match (has_codes, self.rules.second_factor) {
            (true, _) => Stage::Code,
            (false, SecondFactor::Required) => Stage::SetUp,
            (false, SecondFactor::Offered) => Stage::Open,
        };
        if stage == Stage::Code {
            attempt.take_back(&mut on, failures, now).await?;
        } else {
            attempt.forget(&mut on).await?;
        }
        on.commit().await?;
        Ok(Proof::Right { person, stage })
    }

    /// Tries the one-time code of somebody whose password was right. Wrong ones count as wrong
    /// passwords do.
    pub async fn try_code(
        &self,
        person: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<SecondProof, AccountError> {
        let mut on = self.store.database.write().await?;
        let sql = "SELECT email FROM accounts WHERE person = $1 AND ended IS NULL";
        let Some(row) = on.fetch_one(sql, &[person.into()]).await? else {
            return Ok(SecondProof::Wrong);
        };
        let attempt = Attempt::of(&row.text(0)?);
        if let Counted::Waits(until) = self.count(&mut on, &attempt, now).await? {
            return Ok(SecondProof::Wait { until });
        }
        let right = self.use_code(&mut on, person, code, now).await?;
        if right {
            attempt.forget(&mut on).await?;
        } else {
            append(&mut on, vec![wrong(Some(person), now)]).await?;
        }
        on.commit().await?;
        Ok(if right { SecondProof::Right } else { SecondProof::Wrong })
    }

    /// A new invitation for who forgot the password, with the address to send it to. `None` where
    /// there is no such account, and where it was asked for too often; asking is counted for every
    /// address alike.
    pub async fn forgotten(
        &self,
        typed: &str,
        now: Timestamp,
    ) -> Result<Option<(String, String)>, AccountError> {
        let name = address(typed).unwrap_or_else(|_| typed.chars().take(254).collect());
        let attempt = Attempt::of(&format!("forgotten\n{name}"));
        let mut on = self.store.database.write().await?;
        if let Counted::Waits(_) = self.count(&mut on, &attempt, now).await? {
            return Ok(None);
        }
        on.commit().await?;
        let Some(person) = self.person_of(&name).await? else { return Ok(None) };
        let secret = self.invite(&person, &person, now).await?;
        Ok(Some((name, secret)))
    }

    /// Counts an attempt before it is looked at, so that many at once are no more than many in turn:
    /// the row is locked until the transaction ends. After some failures the next attempt waits; one
    /// that comes meanwhile is not counted, and the transaction is to be dropped.
    async fn count(
        &self,
        on: &mut Transaction,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Counted, StoreError> {
        let a_day_ago = now - jiff::SignedDuration::from_hours(24);
        on.execute("DELETE FROM attempts WHERE last < $1", &[micros(a_day_ago)]).await?;
        let hash = attempt.hash.as_str();
        let sql = "INSERT INTO attempts (name_hash, failures, last, waits_until) \
                   VALUES ($1, 1, $2, $2) ON CONFLICT (name_hash) DO UPDATE \
                   SET failures = attempts.failures + 1, last = excluded.last \
                   RETURNING failures, waits_until";
        let row = on.fetch_one(sql, &[hash.into(), micros(now)]).await?;
        let row = row.ok_or(StoreError::Unreadable {
            what: "the count of attempts",
            found: "nothing".to_owned(),
        })?;
        let (failures, waits_until) = (row.integer(0)?, timestamp(row.integer(1)?)?);
        if waits_until > now {
            return Ok(Counted::Waits(waits_until));
        }
        let until = now + self.rules.wait_after(failures);
        let sql = "UPDATE attempts SET waits_until = $1 WHERE name_hash = $2";
        on.execute(sql, &[micros(until), hash.into()]).await?;
        Ok(Counted::Failures(failures))
    }
}

/// What became of an attempt.
enum Counted {
    /// It is counted as a failure, until it proves right, with those before it.
    Failures(i64),
    /// It must wait.
    Waits(Timestamp),
}

/// What the log says of a wrong attempt: the person if there is one, never what was typed.
fn wrong(person: Option<&str>, now: Timestamp) -> NewEntry {
    let (who, subject) = match person {
        Some(person) => (person, format!("sign-in/{person}")),
        None => ("nobody", "sign-in/unknown".to_owned()),
    };
    NewEntry::by(who, now, subject).refused()
}

/// Attempts with one name.
struct Attempt {
    hash: String,
}

impl Attempt {
    fn of(name: &str) -> Self {
        Self { hash: kept("attempt", name) }
    }

    /// Takes back that an attempt was counted, which was right; the wait that it began ends, unless
    /// others were counted after it.
    async fn take_back(
        &self,
        on: &mut Transaction,
        counted: i64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let hash = self.hash.as_str();
        let sql = "UPDATE attempts SET waits_until = $1 WHERE name_hash = $2 AND failures = $3";
        on.execute(sql, &[micros(now), hash.into(), counted.into()]).await?;
        let sql = "UPDATE attempts SET failures = failures - 1 WHERE name_hash = $1";
        on.execute(sql, &[hash.into()]).await.map(|_| ())
    }

    async fn forget(&self, on: &mut Transaction) -> Result<(), StoreError> {
        let sql = "DELETE FROM attempts WHERE name_hash = $1";
        on.execute(sql, &[self.hash.as_str().into()]).await.map(|_| ())
    }
}
