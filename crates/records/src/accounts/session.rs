//! Sessions: who is signed in, until when.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{AccountError, Accounts, kept, micros, new_secret};
use crate::audit::{NewEntry, append, timestamp};
use crate::people::actor;
use crate::policy::Actor;
use crate::store::{Row, StoreError, Transaction};

/// The longest description of a device that is kept.
const LONGEST_DEVICE: usize = 120;

/// What a browser carries: 256 random bits. Only its hash is kept here.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId")
    }
}

impl SessionId {
    /// A new one, which is nobody's yet.
    pub fn new() -> Result<Self, AccountError> {
        Ok(Self(new_secret()?))
    }

    /// Reads one that a browser carries.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |letter: char| letter.is_ascii_digit() || ('a'..='f').contains(&letter);
        (text.len() == 64 && text.chars().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// As the browser carries it.
    pub fn carried(&self) -> &str {
        &self.0
    }

    /// The token that forms of this session carry. It tells nothing about the id.
    pub fn form_token(&self) -> String {
        token_of(&self.hash())
    }

    fn hash(&self) -> String {
        kept("session", &self.0)
    }
}

fn token_of(hash: &str) -> String {
    kept("form token", hash)
}

/// How far somebody has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; a code is still to come.
    Code,
    /// Codes must be set up before anything else.
    SetUp,
    /// Signed in.
    Open,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::SetUp => "set-up",
            Self::Open => "open",
        }
    }

    fn parse(word: String) -> Result<Self, StoreError> {
        let all = [Self::Code, Self::SetUp, Self::Open];
        let found = all.into_iter().find(|stage| stage.word() == word);
        found.ok_or(StoreError::Unreadable { what: "the stage of a session", found: word })
    }
}

/// A session that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who, in the roles of the day.
    pub actor: Actor,
    /// Their name.
    pub name: String,
    /// The name of their organisation.
    pub organisation: String,
    /// How far they have come.
    pub stage: Stage,
}

/// A session as its owner sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// What the browser said of itself.
    pub device: String,
    /// When it began.
    pub started: Timestamp,
    /// When something was last asked for, to the minute.
    pub seen: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

impl Accounts {
    /// Begins a session under a new id, whatever id the browser carried before.
    pub async fn begin_session(
        &self,
        person: &str,
        stage: Stage,
        device: &str,
        now: Timestamp,
    ) -> Result<SessionId, AccountError> {
        let id = SessionId::new()?;
        let mut on = self.store.database.write().await?;
        forget_ended(&mut on, now).await?;
        let device: String =
            device.chars().filter(|one| !one.is_control()).take(LONGEST_DEVICE).collect();
        let sql = "INSERT INTO sessions (hash, person, stage, device, started, seen, ends) \
                   VALUES ($1, $2, $3, $4, $5, $5, $6)";
        let ends = now + self.rules.longest_session();
        let values = [
            id.hash().into(),
            person.into(),
            stage.word().into(),
            device.into(),
            micros(now),
            micros(ends),
        ];
        on.execute(sql, &values).await?;
        if stage != Stage::Code {
            append(&mut on, vec![NewEntry::by(person, now, format!("sign-in/{person}"))]).await?;
        }
        on.commit().await?;
        Ok(id)
    }

    /// The session of an id, if it holds: neither idle for too long nor too old, and its person's
    /// account not ended.
    pub async fn session(
        &self,
        id: &SessionId,
        now: Timestamp,
        today: Date,
    ) -> Result<Option<Session>, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT sessions.person, stage, seen, people.name, organisations.name \
                   FROM sessions \
                   JOIN accounts ON accounts.person = sessions.person AND accounts.ended IS NULL \
                   JOIN people ON people.id = sessions.person \
                   JOIN organisations ON organisations.id = people.organisation \
                   WHERE hash = $1 AND ends > $2 AND seen > $3";
        let idle_since = now - self.rules.idle();
        let values = [id.hash().into(), micros(now), micros(idle_since)];
        let Some(row) = on.fetch_one(sql, &values).await? else { return Ok(None) };
        let person = row.text(0)?;
        let stage = Stage::parse(row.text(1)?)?;
        let seen = timestamp(row.integer(2)?)?;
        let Some(actor) = actor(&mut on, &person, today).await? else { return Ok(None) };
        drop(on);
        // Not at each request: a session that is looked at is not worth a write a second.
        if now.duration_since(seen).as_secs() >= 60 {
            let mut on = self.store.database.write().await?;
            let sql = "UPDATE sessions SET seen = $1 WHERE hash = $2";
            on.execute(sql, &[micros(now), id.hash().into()]).await?;
            on.commit().await?;
        }
        Ok(Some(Session { actor, name: row.text(3)?, organisation: row.text(4)?, stage }))
    }

    /// Whose session this id was, even when it has run out, so that what they typed can wait for
    /// them alone.
    pub async fn whose_session_was(&self, id: &SessionId) -> Result<Option<String>, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT person FROM sessions WHERE hash = $1 AND stage = 'open'";
        let row = on.fetch_one(sql, &[id.hash().into()]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// Whether a form's token is of a session of this person's that has ended, in the last day or so: then
    /// they began the form before they signed in anew.
    pub async fn began_before(
        &self,
        person: &str,
        form_token: &str,
        now: Timestamp,
    ) -> Result<bool, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT hash FROM sessions \
                   WHERE person = $1 AND stage = 'open' AND (ends <= $2 OR seen <= $3)";
        let idle_since = now - self.rules.idle();
        let rows = on.fetch(sql, &[person.into(), micros(now), micros(idle_since)]).await?;
        let hashes = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(hashes.iter().any(|hash| token_of(hash) == form_token))
    }

    /// Ends one session. Whose it was is known for a day more, because a form may still come.
    pub async fn end_session(&self, id: &SessionId, now: Timestamp) -> Result<(), AccountError> {
        let mut on = self.store.database.write().await?;
        let sql = "UPDATE sessions SET ends = $1 WHERE hash = $2 AND ends > $1 RETURNING person";
        if let Some(row) = on.fetch_one(sql, &[micros(now), id.hash().into()]).await? {
            let person = row.text(0)?;
            let entry = NewEntry::by(&person, now, format!("sign-out/{person}"));
            append(&mut on, vec![entry]).await?;
        }
        Ok(on.commit().await?)
    }

    /// Ends every session of a person and answers how many there were.
    pub async fn end_sessions(
        &self,
        by: &str,
        person: &str,
        now: Timestamp,
    ) -> Result<u64, AccountError> {
        let mut on = self.store.database.write().await?;
        let count = end_all(&mut on, person, now).await?;
        let entry = NewEntry::by(by, now, format!("sign-out-everywhere/{person}"));
        append(&mut on, vec![entry]).await?;
        on.commit().await?;
        Ok(count)
    }

    /// The sessions of a person that hold, the latest first.
    pub async fn sessions(
        &self,
        person: &str,
        this: Option<&SessionId>,
        now: Timestamp,
    ) -> Result<Vec<OpenSession>, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT device, started, seen, hash FROM sessions \
                   WHERE person = $1 AND ends > $2 AND seen > $3 AND stage <> 'code' \
                   ORDER BY started DESC, hash";
        let idle_since = now - self.rules.idle();
        let rows = on.fetch(sql, &[person.into(), micros(now), micros(idle_since)]).await?;
        let this = this.map(SessionId::hash);
        let read = |row: &Row| {
            Ok(OpenSession {
                device: row.text(0)?,
                started: timestamp(row.integer(1)?)?,
                seen: timestamp(row.integer(2)?)?,
                is_this: Some(row.text(3)?) == this,
            })
        };
        rows.iter().map(read).collect()
    }
}

pub(super) async fn end_all(
    on: &mut Transaction,
    person: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "UPDATE sessions SET ends = $1 WHERE person = $2 AND ends > $1";
    on.execute(sql, &[micros(now), person.into()]).await
}

/// Sessions that ended a day ago are of no use to anybody.
async fn forget_ended(on: &mut Transaction, now: Timestamp) -> Result<(), StoreError> {
    let before = now - jiff::SignedDuration::from_hours(24);
    on.execute("DELETE FROM sessions WHERE ends < $1 OR seen < $1", &[micros(before)]).await?;
    Ok(())
}
