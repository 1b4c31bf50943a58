//! Which text of each agreement was in force from when on, as the store notes it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::audit::{NewEntry, append, hold_head};
use crate::store::{Store, StoreError, Transaction, hex};
use crate::words::is_id;

impl Store {
    /// The ids of agreements whose text is not the one that was noted last.
    pub async fn agreements_not_noted(
        &self,
        texts: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, StoreError> {
        let mut on = self.database.snapshot().await?;
        let mut not_noted = Vec::new();
        for (id, text) in texts {
            let last = last_note(&mut on, id).await?;
            if last.is_none_or(|last| last.digest != digest(text)) {
                not_noted.push(id.clone());
            }
        }
        Ok(not_noted)
    }

    /// Notes the texts of agreements, by id, that are not those noted last, and answers how many were
    /// not. A text that was in force before and is put back is noted again.
    pub async fn note_agreements(
        &self,
        texts: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut on = self.database.write().await?;
        // Whoever else notes the same waits here, and then finds it noted.
        hold_head(&mut on).await?;
        let mut entries = Vec::new();
        for (id, text) in texts {
            if !is_id(id) {
                return Err(StoreError::NoId { id: id.clone() });
            }
            let (digest, last) = (digest(text), last_note(&mut on, id).await?);
            if last.as_ref().is_some_and(|last| last.digest == digest) {
                continue;
            }
            // A clock that was set back does not bring two notes out of their order.
            let since = now.as_microsecond();
            let since = last.map_or(since, |last| since.max(last.since.saturating_add(1)));
            let sql = "INSERT INTO agreements (id, digest, text, in_force_since) \
                       VALUES ($1, $2, $3, $4)";
            let values =
                [id.as_str().into(), digest.as_str().into(), text.as_str().into(), since.into()];
            on.execute(sql, &values).await?;
            entries.push(NewEntry::administration(now, format!("agreement/{id}/{digest}")));
        }
        let count = entries.len();
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(count)
    }
}

struct Note {
    digest: String,
    since: i64,
}

async fn last_note(on: &mut Transaction, id: &str) -> Result<Option<Note>, StoreError> {
    let sql = "SELECT digest, in_force_since FROM agreements WHERE id = $1 \
               ORDER BY in_force_since DESC, digest LIMIT 1";
    let row = on.fetch_one(sql, &[id.into()]).await?;
    row.map(|row| Ok(Note { digest: row.text(0)?, since: row.integer(1)? })).transpose()
}

fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}
