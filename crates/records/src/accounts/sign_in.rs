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
        let mut on = self.store.database.snapshot().await?;
        if let Some(until) = attempt.waits(&mut on, now).await? {
            return Ok(Proof::Wait { until });
        }
        let sql = "SELECT person, password, one_time FROM accounts \
                   WHERE email = $1 AND ended IS NULL";
        let row = on.fetch_one(sql, &[name.as_str().into()]).await?;
        let stored = row.as_ref().map(|row| row.text_if_any(1)).transpose()?.flatten();
        drop(on);
        let right = self.hasher.verify(password, stored).await?;
        let person = row.as_ref().map(|row| row.text(0)).transpose()?;
        let mut on = self.store.database.write().await?;
        let (Some(person), true) = (person.clone(), right) else {
            self.failed(&mut on, &attempt, person.as_deref(), now).await?;
            on.commit().await?;
            return Ok(Proof::Wrong);
        };
        let has_codes = row.map(|row| row.text_if_any(2)).transpose()?.flatten().is_some();
        let stage = match (has_codes, self.rules.second_factor) {
            (true, _) => Stage::Code,
            (false, SecondFactor::Required) => Stage::SetUp,
            (false, SecondFactor::Offered) => Stage::Open,
        };
        if stage != Stage::Code {
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
        if let Some(until) = attempt.waits(&mut on, now).await? {
            return Ok(SecondProof::Wait { until });
        }
        let right = self.use_code(&mut on, person, code, now).await?;
        if right {
            attempt.forget(&mut on).await?;
        } else {
            self.failed(&mut on, &attempt, Some(person), now).await?;
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
        if attempt.waits(&mut on, now).await?.is_some() {
            return Ok(None);
        }
        self.count(&mut on, &attempt, now).await?;
        on.commit().await?;
        let Some(person) = self.person_of(&name).await? else { return Ok(None) };
        let secret = self.invite(&person, &person, now).await?;
        Ok(Some((name, secret)))
    }

    /// Counts a failure and logs it: by the person if there is one, never what was typed.
    async fn failed(
        &self,
        on: &mut Transaction,
        attempt: &Attempt,
        person: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.count(on, attempt, now).await?;
        let (who, subject) = match person {
            Some(person) => (person, format!("sign-in/{person}")),
            None => ("nobody", "sign-in/unknown".to_owned()),
        };
        append(on, vec![NewEntry::by(who, now, subject).refused()]).await
    }

    /// Counts an attempt; after some, the next one waits.
    async fn count(
        &self,
        on: &mut Transaction,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let failures = attempt.failures(on).await? + 1;
        let until = now + self.rules.wait_after(failures);
        let sql = "INSERT INTO attempts (name_hash, failures, last, waits_until) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (name_hash) DO UPDATE \
                   SET failures = excluded.failures, last = excluded.last, \
                       waits_until = excluded.waits_until";
        let values = [attempt.hash.as_str().into(), failures.into(), micros(now), micros(until)];
        on.execute(sql, &values).await?;
        let a_day_ago = now - jiff::SignedDuration::from_hours(24);
        on.execute("DELETE FROM attempts WHERE last < $1", &[micros(a_day_ago)]).await.map(|_| ())
    }
}

/// Attempts with one name.
struct Attempt {
    hash: String,
}

impl Attempt {
    fn of(name: &str) -> Self {
        Self { hash: kept("attempt", name) }
    }

    async fn waits(
        &self,
        on: &mut Transaction,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT waits_until FROM attempts WHERE name_hash = $1 AND waits_until > $2";
        let row = on.fetch_one(sql, &[self.hash.as_str().into(), micros(now)]).await?;
        row.map(|row| timestamp(row.integer(0)?)).transpose()
    }

    async fn failures(&self, on: &mut Transaction) -> Result<i64, StoreError> {
        let sql = "SELECT failures FROM attempts WHERE name_hash = $1";
        let row = on.fetch_one(sql, &[self.hash.as_str().into()]).await?;
        Ok(row.map(|row| row.integer(0)).transpose()?.unwrap_or_default())
    }

    async fn forget(&self, on: &mut Transaction) -> Result<(), StoreError> {
        let sql = "DELETE FROM attempts WHERE name_hash = $1";
        on.execute(sql, &[self.hash.as_str().into()]).await.map(|_| ())
    }
}
