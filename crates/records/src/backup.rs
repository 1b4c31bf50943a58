//! The whole store in a file, taken while others write, and restored into an empty store of either
//! kind; and the records' own keys in another, so that an erasure reaches the backups.
//!
//! A backup is lines: a title, a line of JSON for each row, and a closing line with the number of rows
//! and the SHA-256 of all lines before it. Bodies stay sealed in it, and the keys of the records are
//! not in it: see [`RecordKeys`].

mod keys;

use std::collections::BTreeSet;
use std::io::{BufRead, Write};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::keys::RecordKeys;
use crate::audit::{Fault, append};
use crate::records::{delete, erased, find_listed, record_id};
use crate::store::{Store, StoreError, Transaction, Value, from_hex, hex};

/// Why there is no backup, or it could not be restored. Nothing was written then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error("the backup's file could not be read or written")]
    File(#[from] std::io::Error),
    /// It is not a whole backup.
    #[error("this is not a whole backup: {why}")]
    Broken {
        /// What is wrong.
        why: String,
    },
    /// The records' keys are older than the backup.
    #[error(
        "{records} records of the backup have no key in the file of keys, which does not say either that they were erased; give the newest file of keys"
    )]
    KeysTooOld {
        /// How many.
        records: usize,
    },
    /// The store is in use.
    #[error("the store is not empty; a backup is restored into a new one only")]
    NotEmpty,
    /// The audit log in it is not whole.
    #[error("the audit log in the backup is not whole: {}", .fault)]
    Audit {
        /// The first fault.
        fault: Fault,
    },
}

const TITLE: &str = "wardmote backup 2";

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Integer,
    Bytes,
}

struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Kind)],
    /// Columns by which rows are ordered, so that the same store gives the same file.
    order: &'static str,
}

use Kind::{Bytes, Integer, Text};

/// Every table but that of the records' keys, those that others refer to first.
const TABLES: &[Table] = &[
    Table { name: "organisations", columns: &[("id", Text), ("name", Text)], order: "id" },
    Table {
        name: "people",
        columns: &[("id", Text), ("name", Text), ("organisation", Text)],
        order: "id",
    },
    Table {
        name: "roles",
        columns: &[("person", Text), ("role", Text), ("from_date", Text), ("to_date", Text)],
        order: "person, role, from_date",
    },
    Table {
        name: "accounts",
        columns: &[
            ("person", Text),
            ("email", Text),
            ("password", Text),
            ("one_time", Text),
            ("one_time_step", Integer),
            ("created", Integer),
            ("ended", Integer),
        ],
        order: "person",
    },
    Table {
        name: "recovery_codes",
        columns: &[("person", Text), ("hash", Text)],
        order: "person, hash",
    },
    Table {
        name: "identities",
        columns: &[("issuer", Text), ("subject", Text), ("person", Text), ("linked", Integer)],
        order: "issuer, subject",
    },
    Table {
        name: "agreements",
        columns: &[("id", Text), ("digest", Text), ("text", Text), ("in_force_since", Integer)],
        order: "id, in_force_since, digest",
    },
    Table {
        name: "records",
        columns: &[
            ("id", Text),
            ("kind", Text),
            ("marking", Text),
            ("owner_organisation", Text),
            ("subject_area", Text),
            ("controller", Text),
            ("regime", Text),
            ("personal", Integer),
            ("version", Integer),
            ("created", Integer),
            ("changed", Integer),
            ("body", Bytes),
        ],
        order: "id",
    },
    Table {
        name: "record_events",
        columns: &[("record", Text), ("event", Text), ("on_date", Text)],
        order: "record, event",
    },
    Table {
        name: "record_subjects",
        columns: &[("record", Text), ("token", Text), ("indexed_by", Text), ("sealed", Bytes)],
        order: "record, token",
    },
    Table {
        name: "holds",
        columns: &[
            ("id", Text),
            ("record", Text),
            ("placed", Integer),
            ("placed_by", Text),
            ("ground", Text),
            ("why", Bytes),
        ],
        order: "id",
    },
    Table {
        name: "links",
        columns: &[
            ("one", Text),
            ("other", Text),
            ("kind", Text),
            ("made", Integer),
            ("made_by", Text),
        ],
        order: "one, other",
    },
    Table {
        name: "erased_records",
        columns: &[("record", Text), ("at_time", Integer), ("why", Text)],
        order: "record",
    },
    Table {
        name: "record_versions",
        columns: &[
            ("record", Text),
            ("version", Integer),
            ("at_time", Integer),
            ("actor", Text),
            ("body", Bytes),
        ],
        order: "record, version",
    },
    Table {
        name: "register_index",
        columns: &[
            ("record", Text),
            ("kind", Text),
            ("owner_organisation", Text),
            ("marking", Text),
            ("personal", Integer),
            ("regime", Text),
            ("published", Integer),
            ("changed", Integer),
            ("sort", Text),
            ("reference", Text),
            ("title", Text),
            ("state", Text),
            ("lead", Text),
            ("due", Text),
            ("parent", Text),
        ],
        order: "record",
    },
    Table {
        name: "register_words",
        columns: &[("kind", Text), ("word", Text), ("record", Text)],
        order: "kind, word, record",
    },
    Table {
        name: "register_links",
        columns: &[
            ("record", Text),
            ("relation", Text),
            ("to_kind", Text),
            ("to_id", Text),
            ("at_time", Integer),
        ],
        order: "record, relation, to_kind, to_id",
    },
    Table {
        name: "imports",
        columns: &[
            ("id", Text),
            ("actor", Text),
            ("at_time", Integer),
            ("taken_back", Integer),
            ("did", Text),
        ],
        order: "id",
    },
    Table {
        name: "audit_entries",
        columns: &[
            ("sequence", Integer),
            ("at_time", Integer),
            ("operation", Text),
            ("outcome", Text),
            ("actor", Text),
            ("recipient", Text),
            ("subject", Text),
            ("version", Integer),
            ("purpose", Text),
            ("policy", Text),
            ("previous", Text),
            ("hash", Text),
        ],
        order: "sequence",
    },
    Table {
        name: "audit_head",
        columns: &[("id", Integer), ("sequence", Integer), ("hash", Text)],
        order: "id",
    },
    Table {
        name: "checkpoints",
        columns: &[("sequence", Integer), ("hash", Text), ("at_time", Integer)],
        order: "sequence",
    },
];

/// The one table that has a row in a new store.
const HEAD: &str = "audit_head";

#[derive(Serialize, Deserialize)]
struct Line {
    table: String,
    row: Vec<Cell>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Cell {
    Integer(i64),
    Text(String),
    Bytes { hex: String },
    Nothing(()),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Close {
    rows: usize,
    sha256: String,
}

impl Table {
    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

impl Store {
    /// Writes one state of the store, whatever others write meanwhile, and answers its number of rows.
    pub async fn backup(&self, file: &mut impl Write) -> Result<usize, BackupError> {
        let mut on = self.database.snapshot().await?;
        let mut hasher = Sha256::new();
        let mut rows = 0;
        let mut write = |line: &str| {
            hasher.update(line.as_bytes());
            hasher.update(b"\n");
            writeln!(file, "{line}")
        };
        write(TITLE)?;
        for table in TABLES {
            let sql =
                format!("SELECT {} FROM {} ORDER BY {}", table.names(), table.name, table.order);
            for row in on.fetch(&sql, &[]).await? {
                let cell = |(index, (_, kind)): (usize, &(&str, Kind))| {
                    Ok::<_, StoreError>(match kind {
                        Text => row.text_if_any(index)?.map_or(Cell::Nothing(()), Cell::Text),
                        Integer => {
                            row.integer_if_any(index)?.map_or(Cell::Nothing(()), Cell::Integer)
                        }
                        Bytes => Cell::Bytes { hex: hex(&row.bytes(index)?) },
                    })
                };
                let cells = table.columns.iter().enumerate().map(cell).collect::<Result<_, _>>()?;
                let line = Line { table: table.name.to_owned(), row: cells };
                write(&serde_json::to_string(&line).map_err(std::io::Error::from)?)?;
                rows += 1;
            }
        }
        let close = Close { rows, sha256: hex(&hasher.finalize()) };
        writeln!(file, "{}", serde_json::to_string(&close).map_err(std::io::Error::from)?)?;
        file.flush()?;
        Ok(rows)
    }

    /// Restores a backup into this store, which must be new. All or nothing: the file is read to its
    /// end and the audit log in it verified before it counts. What was erased since the backup was
    /// taken, by the file of keys, is erased again, and the log says so.
    pub async fn restore(
        &self,
        file: &mut impl BufRead,
        keys: &RecordKeys,
        now: Timestamp,
    ) -> Result<Restored, BackupError> {
        let lines = whole(file)?;
        let mut on = self.database.write().await?;
        for table in TABLES {
            let count = on.fetch_one(&format!("SELECT COUNT(*) FROM {}", table.name), &[]).await?;
            let count = count.map(|row| row.integer(0)).transpose()?.unwrap_or_default();
            if count != i64::from(table.name == HEAD) {
                return Err(BackupError::NotEmpty);
            }
        }
        on.execute("DELETE FROM audit_head WHERE sequence = 0", &[]).await?;
        let heads = on.fetch("SELECT id FROM audit_head", &[]).await?;
        if !heads.is_empty() {
            return Err(BackupError::NotEmpty);
        }
        for line in &lines {
            insert(&mut on, line).await?;
        }
        let verification = Self::verify_on(&mut on, &[]).await?;
        if let Some(fault) = verification.faults.into_iter().next() {
            return Err(BackupError::Audit { fault });
        }
        let erased = with_keys(&mut on, keys, now).await?;
        on.commit().await?;
        self.database.take_stock().await?;
        Ok(Restored { rows: lines.len(), erased })
    }
}

/// What a restore brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// How many rows.
    pub rows: usize,
    /// How many records were in the backup and have been erased since it was taken.
    pub erased: usize,
}

/// Gives each record its key, and erases those whose keys were destroyed.
async fn with_keys(
    on: &mut Transaction,
    keys: &RecordKeys,
    now: Timestamp,
) -> Result<usize, BackupError> {
    let rows = on.fetch("SELECT id FROM records ORDER BY id", &[]).await?;
    let mut records = BTreeSet::new();
    for row in &rows {
        records.insert(row.text(0)?);
    }
    keys.insert(on, &records).await?;
    let mut without: Vec<&String> = records.iter().filter(|one| !keys.opens(one)).collect();
    let count = without.len();
    without.retain(|record| keys.erased(record).is_some());
    if without.len() < count {
        return Err(BackupError::KeysTooOld { records: count - without.len() });
    }
    // First, so that the store remembers when each was erased, and not when it was restored.
    keys.note_erased(on).await?;
    let mut entries = Vec::new();
    for record in without {
        let id = record_id(record.clone())?;
        let Some(listed) = find_listed(on, &id).await? else { continue };
        let why = keys.erased(record).unwrap_or_default().to_owned();
        // The holds that it had were lifted before it was erased.
        on.execute("DELETE FROM holds WHERE record = $1", &[record.as_str().into()]).await?;
        delete(on, &id, now, &why).await?;
        entries.push(erased(&listed, now, "restore", why));
    }
    append(on, entries).await?;
    Ok(count)
}

/// The rows of a file that is whole.
fn whole(file: &mut impl BufRead) -> Result<Vec<Line>, BackupError> {
    let broken = |why: &str| BackupError::Broken { why: why.to_owned() };
    let mut texts = file.lines().collect::<Result<Vec<String>, _>>()?;
    let close = texts.pop().and_then(|line| serde_json::from_str::<Close>(&line).ok());
    let close = close.ok_or_else(|| broken("it has no closing line"))?;
    let mut hasher = Sha256::new();
    for text in &texts {
        hasher.update(text.as_bytes());
        hasher.update(b"\n");
    }
    if hex(&hasher.finalize()) != close.sha256 {
        return Err(broken("its SHA-256 is another than its closing line says"));
    }
    let mut texts = texts.iter();
    if texts.next().is_none_or(|first| first != TITLE) {
        return Err(broken("it is of another version"));
    }
    let lines = texts.map(|text| serde_json::from_str(text));
    let lines = lines.collect::<Result<Vec<Line>, _>>().map_err(|why| broken(&why.to_string()))?;
    if lines.len() != close.rows {
        return Err(broken("its closing line counts other rows"));
    }
    Ok(lines)
}

async fn insert(on: &mut Transaction, line: &Line) -> Result<(), BackupError> {
    let broken = |why: &str| BackupError::Broken { why: format!("table {:?}: {why}", line.table) };
    let table = TABLES.iter().find(|table| table.name == line.table);
    let table = table.ok_or_else(|| broken("there is no such table"))?;
    if line.row.len() != table.columns.len() {
        return Err(broken("a row has other columns"));
    }
    let value = |(cell, (_, kind)): (&Cell, &(&str, Kind))| match (cell, kind) {
        (Cell::Text(text), Text) => Some(Value::from(text.as_str())),
        (Cell::Nothing(()), Text) => Some(Value::Text(None)),
        (Cell::Integer(number), Integer) => Some(Value::from(*number)),
        (Cell::Nothing(()), Integer) => Some(Value::Integer(None)),
        (Cell::Bytes { hex }, Bytes) => from_hex(hex).map(Value::Bytes),
        _ => None,
    };
    let values: Option<Vec<Value>> = line.row.iter().zip(table.columns).map(value).collect();
    let values = values.ok_or_else(|| broken("a value is of another kind"))?;
    let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
    let sql =
        format!("INSERT INTO {} ({}) VALUES ({})", table.name, table.names(), places.join(", "));
    on.execute(&sql, &values).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    const NOT_KEPT: [&str; 3] = ["sessions", "invitations", "attempts"];

    /// A table that a migration adds and this file forgets would be lost by a restore.
    #[test]
    fn every_column_of_every_table_is_in_the_backup() {
        let mut created: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let statements = crate::store::MIGRATIONS.iter().flat_map(|(_, _, sql)| sql.split(";\n"));
        let without_notes = |statement: &'static str| {
            let mut lines = statement.split_inclusive('\n');
            let notes = lines.by_ref().take_while(|line| line.starts_with("--") || *line == "\n");
            &statement[notes.map(str::len).sum()..]
        };
        for statement in statements.map(without_notes) {
            if let Some(table) = statement.strip_prefix("CREATE TABLE ") {
                let (name, columns) = table.split_once(" (").unwrap();
                let is_column =
                    |word: &&str| word.starts_with(|first: char| first.is_ascii_lowercase());
                let words = columns.lines().filter_map(|line| line.split_whitespace().next());
                created.insert(name, words.filter(is_column).collect());
            } else if let Some(name) = statement.strip_prefix("DROP TABLE ") {
                assert!(created.remove(name).is_some(), "{name}");
            } else if let Some(names) = statement.strip_prefix("ALTER TABLE ") {
                let (name, new) = names.split_once(" RENAME TO ").unwrap();
                let columns = created.remove(name).unwrap();
                created.insert(new, columns);
            }
        }
        let kept = TABLES.iter().map(|table| {
            (table.name, table.columns.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>())
        });
        // They are kept apart.
        assert!(created.remove("record_keys").is_some());
        // A backup brings nobody's session back, no invitation and no attempt.
        for table in NOT_KEPT {
            assert!(created.remove(table).is_some(), "{table}");
        }
        assert_eq!(created, kept.collect());
        assert_eq!(created.len(), 21);
    }
}
