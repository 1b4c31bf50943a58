//! People as an OpenID Connect provider knows them: by issuer and subject, which never change hands.

use jiff::Timestamp;

use super::{AccountError, Accounts, micros};
use crate::audit::{NewEntry, append};

impl Accounts {
    /// The person whom this issuer calls by this subject, if their account has not ended.
    pub async fn known_as(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<String>, AccountError> {
        let mut on = self.store.database.snapshot().await?;
        let sql = "SELECT identities.person FROM identities \
                   JOIN accounts ON accounts.person = identities.person AND accounts.ended IS NULL \
                   WHERE issuer = $1 AND subject = $2";
        let row = on.fetch_one(sql, &[issuer.into(), subject.into()]).await?;
        Ok(row.map(|row| row.text(0)).transpose()?)
    }

    /// Uses an invitation to say that its person is the one whom this issuer calls by this subject.
    pub async fn link(
        &self,
        secret: &str,
        issuer: &str,
        subject: &str,
        now: Timestamp,
    ) -> Result<String, AccountError> {
        let mut on = self.store.database.write().await?;
        let person = self.use_up(&mut on, secret, now).await?;
        let sql = "INSERT INTO identities (issuer, subject, person, linked) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (issuer, subject) DO NOTHING";
        let values = [issuer.into(), subject.into(), person.as_str().into(), micros(now)];
        if on.execute(sql, &values).await? == 0 {
            // That subject is somebody already, and an invitation does not make them another.
            return Err(AccountError::NoInvitation);
        }
        let entry = NewEntry::by(&person, now, format!("account/{person}/identity"));
        append(&mut on, vec![entry]).await?;
        on.commit().await?;
        Ok(person)
    }

    /// Logs that a provider vouched for somebody whom we do not know.
    pub async fn refused_identity(&self, now: Timestamp) -> Result<(), AccountError> {
        let mut on = self.store.database.write().await?;
        let entry = NewEntry::by("nobody", now, "sign-in/unknown".to_owned()).refused();
        append(&mut on, vec![entry]).await?;
        Ok(on.commit().await?)
    }
}
