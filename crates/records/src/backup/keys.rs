//! The records' own keys in a file of their own, of which only the newest is kept.
//!
//! Keys are added when records are made, and go when records are erased; a record's key is never
//! another. So the newest file opens every backup that was ever taken, but for the records that were
//! erased since: of those no backup can be read any more, wherever its copies lie. The keys in it are
//! wrapped as they are in the store.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::BackupError;
use crate::audit::hold_head;
use crate::store::{Store, StoreError, Transaction, from_hex, hex};

const TITLE: &str = "wardmote record keys 1";

/// What the file of keys says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordKeys {
    keys: BTreeMap<String, Wrapped>,
    erased: BTreeMap<String, (i64, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Wrapped {
    by: String,
    bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "line")]
enum Line {
    Key { record: String, wrapped_by: String, wrapped: String },
    Erased { record: String, at_time: i64, why: String },
    Close { lines: usize, sha256: String },
}

impl Store {
    /// Gives the text of the file of keys, as it is now, to whoever keeps it. Until that ends no
    /// record can be made or erased, so that the last file to be written is the newest.
    pub async fn keep_record_keys(
        &self,
        keep: impl FnOnce(&str) -> std::io::Result<()>,
    ) -> Result<usize, BackupError> {
        let mut on = self.database.write().await?;
        hold_head(&mut on).await?;
        let mut lines = Vec::new();
        let sql = "SELECT record, wrapped_by, wrapped FROM record_keys ORDER BY record";
        for row in on.fetch(sql, &[]).await? {
            let (record, wrapped_by) = (row.text(0)?, row.text(1)?);
            lines.push(Line::Key { record, wrapped_by, wrapped: hex(&row.bytes(2)?) });
        }
        let keys = lines.len();
        let sql = "SELECT record, at_time, why FROM erased_records ORDER BY record";
        for row in on.fetch(sql, &[]).await? {
            let (record, at_time, why) = (row.text(0)?, row.integer(1)?, row.text(2)?);
            lines.push(Line::Erased { record, at_time, why });
        }
        keep(&text(&lines)?)?;
        on.commit().await?;
        Ok(keys)
    }
}

fn text(lines: &[Line]) -> Result<String, BackupError> {
    let mut text = format!("{TITLE}\n");
    let mut add = |line: &Line| {
        text.push_str(&serde_json::to_string(line).map_err(std::io::Error::from)?);
        text.push('\n');
        Ok::<_, BackupError>(())
    };
    lines.iter().try_for_each(&mut add)?;
    let sha256 = hex(&Sha256::digest(text.as_bytes()));
    let close = Line::Close { lines: lines.len(), sha256 };
    text.push_str(&serde_json::to_string(&close).map_err(std::io::Error::from)?);
    text.push('\n');
    Ok(text)
}

impl RecordKeys {
    /// Reads the file, which must be whole.
    pub fn read(file: &mut impl BufRead) -> Result<Self, BackupError> {
        let broken = |why: &str| BackupError::Broken { why: format!("the file of keys: {why}") };
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let body = text.strip_suffix('\n').ok_or_else(|| broken("it ends in the middle"))?;
        let (before, close) = body.rsplit_once('\n').ok_or_else(|| broken("it is empty"))?;
        let close = serde_json::from_str(close).map_err(|_| broken("it has no closing line"))?;
        let Line::Close { lines, sha256 } = close else {
            return Err(broken("it has no closing line"));
        };
        if hex(&Sha256::digest(format!("{before}\n").as_bytes())) != sha256 {
            return Err(broken("its SHA-256 is another than its closing line says"));
        }
        let mut rows = before.lines();
        if rows.next() != Some(TITLE) {
            return Err(broken("it is of another version"));
        }
        let mut keys = Self::default();
        let mut count = 0;
        for row in rows {
            let line = serde_json::from_str(row).map_err(|why| broken(&why.to_string()))?;
            keys.add(line).ok_or_else(|| broken("a line is none"))?;
            count += 1;
        }
        if count != lines {
            return Err(broken("its closing line counts other lines"));
        }
        Ok(keys)
    }

    fn add(&mut self, line: Line) -> Option<()> {
        match line {
            Line::Key { record, wrapped_by, wrapped } => {
                let wrapped = Wrapped { by: wrapped_by, bytes: from_hex(&wrapped)? };
                self.keys.insert(record, wrapped);
            }
            Line::Erased { record, at_time, why } => {
                self.erased.insert(record, (at_time, why));
            }
            Line::Close { .. } => return None,
        }
        Some(())
    }

    pub(super) fn opens(&self, record: &str) -> bool {
        self.keys.contains_key(record)
    }

    /// Why a record was erased, if it was.
    pub(super) fn erased(&self, record: &str) -> Option<&str> {
        self.erased.get(record).map(|(_, why)| why.as_str())
    }

    pub(super) async fn insert(
        &self,
        on: &mut Transaction,
        records: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        for (record, wrapped) in self.keys.iter().filter(|(record, _)| records.contains(*record)) {
            let sql = "INSERT INTO record_keys (record, wrapped_by, wrapped) VALUES ($1, $2, $3)";
            let values =
                [record.as_str().into(), wrapped.by.as_str().into(), wrapped.bytes.clone().into()];
            on.execute(sql, &values).await?;
        }
        Ok(())
    }

    /// The store goes on remembering what was erased before it was restored.
    pub(super) async fn note_erased(&self, on: &mut Transaction) -> Result<(), StoreError> {
        for (record, (at_time, why)) in &self.erased {
            let sql = "INSERT INTO erased_records (record, at_time, why) VALUES ($1, $2, $3) \
                       ON CONFLICT (record) DO NOTHING";
            let values = [record.as_str().into(), (*at_time).into(), why.as_str().into()];
            on.execute(sql, &values).await?;
        }
        Ok(())
    }
}
