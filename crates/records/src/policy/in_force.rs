//! Which text of each agreement was in force from when on, as the store notes it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::audit::{NewEntry, append};
use crate::store::{Store, StoreError, hex};
use crate::words::is_id;

impl Store {
    /// The ids of agreements whose text was never noted as it is now.
    pub async fn agreements_not_noted(
        &self,
        texts: &BTreeMap<String, String>,
    ) -> Result<Vec<String>, StoreError> {
        let mut on = self.database.snapshot().await?;
        let mut not_noted = Vec::new();
        for (id, text) in texts {
            let digest = hex(&Sha256::digest(text.as_bytes()));
            let sql = "SELECT id FROM agreements WHERE id = $1 AND digest = $2";
            if on.fetch_one(sql, &[id.as_str().into(), digest.into()]).await?.is_none() {
                not_noted.push(id.clone());
            }
        }
        Ok(not_noted)
    }

    /// Notes the texts of agreements, by id, that are not noted yet, and answers how many were not.
    pub async fn note_agreements(
        &self,
        texts: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut on = self.database.write().await?;
        let mut entries = Vec::new();
        for (id, text) in texts {
            if !is_id(id) {
                return Err(StoreError::NoId { id: id.clone() });
            }
            let digest = hex(&Sha256::digest(text.as_bytes()));
            let sql = "INSERT INTO agreements (id, digest, text, in_force_since) \
                       VALUES ($1, $2, $3, $4) ON CONFLICT (id, digest) DO NOTHING";
            let values = [
                id.as_str().into(),
                digest.as_str().into(),
                text.as_str().into(),
                now.as_microsecond().into(),
            ];
            if on.execute(sql, &values).await? > 0 {
                entries.push(NewEntry::administration(now, format!("agreement/{id}/{digest}")));
            }
        }
        let count = entries.len();
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(count)
    }
}
