//! Invitations: links by which somebody sets a password, once, within some days.

use jiff::Timestamp;

use super::{AccountError, Accounts, kept, micros, new_secret};
use crate::accounts::session::end_all;
use crate::audit::{NewEntry, append};
use crate::store::Transaction;

/// Whom an invitation is for.
struct Invited {
    person: String,
    name: String,
    email: String,
}

impl Accounts {
    /// A new invitation for a person who has an account; earlier ones no longer work. It is both the
    /// first way in and the way back for who forgot the password.
    pub async fn invite(
        &self,
        by: &str,
        person: &str,
        now: Timestamp,
    ) -> Result<String, AccountError> {
        let secret = new_secret()?;
        let mut on = self.store.database.write().await?;
        let sql = "SELECT person FROM accounts WHERE person = $1 AND ended IS NULL";
        if on.fetch_one(sql, &[person.into()]).await?.is_none() {
            return Err(AccountError::NoAccount { person: person.to_owned() });
        }
        on.execute("DELETE FROM invitations WHERE person = $1", &[person.into()]).await?;
        let sql = "INSERT INTO invitations (hash, person, created, ends, used) \
                   VALUES ($1, $2, $3, $4, NULL)";
        let ends = now + self.rules.invitation();
        let hash = kept("invitation", &secret);
        on.execute(sql, &[hash.into(), person.into(), micros(now), micros(ends)]).await?;
        let entry = NewEntry::by(by, now, format!("account/{person}/invited"));
        append(&mut on, vec![entry]).await?;
        on.commit().await?;
        Ok(secret)
    }

    /// The name of the person whom an invitation is for, if it can still be used.
    pub async fn invited(
        &self,
        secret: &str,
        now: Timestamp,
    ) -> Result<Option<String>, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        Ok(find(&mut on, secret, now).await?.map(|invited| invited.name))
    }

    /// Uses an invitation to set a password, and answers whose it is. Their sessions end.
    pub async fn accept(
        &self,
        secret: &str,
        new_password: &str,
        now: Timestamp,
    ) -> Result<String, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let invited = find(&mut on, secret, now).await?.ok_or(AccountError::NoInvitation)?;
        drop(on);
        self.check_password(new_password, &invited.name, &invited.email)?;
        let hash = self.hasher.hash(new_password).await?;
        let mut on = self.store.database.write().await?;
        self.use_up(&mut on, secret, now).await?;
        let person = invited.person;
        set(&mut on, &person, hash, now).await?;
        let entry = NewEntry::by(&person, now, format!("account/{person}/password"));
        append(&mut on, vec![entry]).await?;
        on.commit().await?;
        Ok(person)
    }

    /// Of two who use it at once, one comes too late.
    pub(super) async fn use_up(
        &self,
        on: &mut Transaction,
        secret: &str,
        now: Timestamp,
    ) -> Result<String, AccountError> {
        let sql = "UPDATE invitations SET used = $1 \
                   WHERE hash = $2 AND used IS NULL AND ends > $1 RETURNING person";
        let row = on.fetch_one(sql, &[micros(now), kept("invitation", secret).into()]).await?;
        Ok(row.ok_or(AccountError::NoInvitation)?.text(0)?)
    }

    /// Changes one's own password, which takes the old one. All sessions end.
    pub async fn change_password(
        &self,
        person: &str,
        old: &str,
        new_password: &str,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT password, email, people.name FROM accounts \
                   JOIN people ON people.id = person WHERE person = $1 AND ended IS NULL";
        let row = on.fetch_one(sql, &[person.into()]).await?;
        let row = row.ok_or_else(|| AccountError::NoAccount { person: person.to_owned() })?;
        let (stored, email, name) = (row.text_if_any(0)?, row.text(1)?, row.text(2)?);
        drop((row, on));
        if !self.hasher.verify(old, stored).await? {
            return Err(AccountError::NotProved);
        }
        self.check_password(new_password, &name, &email)?;
        let hash = self.hasher.hash(new_password).await?;
        let mut on = self.store.database.write().await?;
        set(&mut on, person, hash, now).await?;
        let entry = NewEntry::by(person, now, format!("account/{person}/password"));
        append(&mut on, vec![entry]).await?;
        Ok(on.commit().await?)
    }

    /// Sets a password without an invitation, for the first administrator at the machine itself.
    pub async fn set_password(
        &self,
        person: &str,
        new_password: &str,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let secret = self.invite("operator", person, now).await?;
        self.accept(&secret, new_password, now).await.map(|_| ())
    }
}

async fn set(
    on: &mut Transaction,
    person: &str,
    hash: String,
    now: Timestamp,
) -> Result<(), AccountError> {
    let sql = "UPDATE accounts SET password = $1 WHERE person = $2 AND ended IS NULL";
    if on.execute(sql, &[hash.into(), person.into()]).await? == 0 {
        return Err(AccountError::NoAccount { person: person.to_owned() });
    }
    end_all(on, person, now).await?;
    Ok(())
}

async fn find(
    on: &mut Transaction,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Invited>, AccountError> {
    let sql = "SELECT invitations.person, people.name, email FROM invitations \
               JOIN accounts ON accounts.person = invitations.person AND accounts.ended IS NULL \
               JOIN people ON people.id = invitations.person \
               WHERE hash = $1 AND used IS NULL AND ends > $2";
    let row = on.fetch_one(sql, &[kept("invitation", secret).into(), micros(now)]).await?;
    let read = |row: crate::store::Row| {
        Ok(Invited { person: row.text(0)?, name: row.text(1)?, email: row.text(2)? })
    };
    row.map(read).transpose()
}
