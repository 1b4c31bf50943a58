//! Rows of the table of records.

use jiff::Timestamp;

use super::{Listed, Page};
use crate::audit::timestamp;
use crate::policy::{Arm, Scope};
use crate::store::{RecordId, Row, StoreError, Transaction, Value};
use crate::words::{Marking, Regime};

const COLUMNS: &str = "id, kind, marking, owner_organisation, subject_area, controller, regime, \
                       personal, version, created, changed";

pub(crate) async fn insert(
    on: &mut Transaction,
    listed: &Listed,
    body: Vec<u8>,
) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO records ({COLUMNS}, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    let values = [
        listed.id.to_string().into(),
        listed.kind.as_str().into(),
        listed.marking.word().into(),
        listed.owner.as_str().into(),
        listed.subject_area.as_str().into(),
        listed.controller.as_str().into(),
        listed.regime.word().into(),
        i64::from(listed.personal).into(),
        listed.version.into(),
        listed.created.as_microsecond().into(),
        listed.changed.as_microsecond().into(),
        body.into(),
    ];
    on.execute(&sql, &values).await.map(|_| ())
}

/// A record as it lies in the store, with its key. Read in one statement, because another may be
/// erasing it between two.
pub(crate) struct Found {
    pub(crate) listed: Listed,
    pub(crate) sealed: Vec<u8>,
    /// The name of the key that wraps the record's own, and that one wrapped.
    pub(crate) key: Option<(String, Vec<u8>)>,
}

pub(crate) async fn find(on: &mut Transaction, id: &RecordId) -> Result<Option<Found>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, body, wrapped_by, wrapped FROM records \
         LEFT JOIN record_keys ON record = id WHERE id = $1"
    );
    let Some(row) = on.fetch_one(&sql, &[id.to_string().into()]).await? else { return Ok(None) };
    let wrapped_by = row.text_if_any(12)?;
    let key = wrapped_by.map(|by| Ok::<_, StoreError>((by, row.bytes(13)?))).transpose()?;
    Ok(Some(Found { listed: read(&row)?, sealed: row.bytes(11)?, key }))
}

/// A record without its body and key.
pub(crate) async fn find_listed(
    on: &mut Transaction,
    id: &RecordId,
) -> Result<Option<Listed>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM records WHERE id = $1");
    let row = on.fetch_one(&sql, &[id.to_string().into()]).await?;
    row.as_ref().map(read).transpose()
}

/// The next records by their ids, whoever may see them.
pub(super) async fn page_by_id(
    on: &mut Transaction,
    after: &str,
    most: i64,
) -> Result<Vec<Listed>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM records WHERE id > $1 ORDER BY id LIMIT $2");
    on.fetch(&sql, &[after.into(), most.into()]).await?.iter().map(read).collect()
}

/// A page of the records in a scope. Each of its ranges is read from the index in the order of the
/// list, so that a reader who may see few of very many records waits no longer than one who may see
/// most of them.
pub(crate) async fn list(
    on: &mut Transaction,
    scope: &Scope,
    page: &Page,
) -> Result<Vec<Listed>, StoreError> {
    let arms: Vec<&Arm> = scope.arms().collect();
    let mut found = Vec::new();
    for arms in arms.chunks(RANGES_AT_ONCE) {
        let (sql, values) = ranges(scope, arms, page);
        for row in on.fetch(&sql, &values).await? {
            found.push(read(&row)?);
        }
    }
    found.sort_by(|one, other| (one.changed, &one.id).cmp(&(other.changed, &other.id)));
    found.truncate(page.most as usize);
    Ok(found)
}

/// `SQLite` takes 500 parts of a union at most.
const RANGES_AT_ONCE: usize = 200;

fn ranges(scope: &Scope, arms: &[&Arm], page: &Page) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![i64::from(page.most).into()];
    let after = match &page.after {
        Some((changed, id)) => {
            values.extend([changed.as_microsecond().into(), id.to_string().into()]);
            "AND (changed, id) > ($2, $3)"
        }
        None => "",
    };
    let mut parts = Vec::new();
    for arm in arms {
        let (within, bound) = scope.condition(arm, values.len() + 1);
        values.extend(bound);
        parts.push(format!(
            "SELECT * FROM (SELECT {COLUMNS} FROM records WHERE {within} {after} \
             ORDER BY changed, id LIMIT $1) AS within_range"
        ));
    }
    let sql = format!(
        "SELECT * FROM ({}) AS within_scope ORDER BY changed, id LIMIT $1",
        parts.join(" UNION ALL ")
    );
    (sql, values)
}

/// Holds a record's row until the transaction ends, and answers whether it is there. Whoever erases
/// a record, or does what must stop that, holds it first.
pub(super) async fn lock(on: &mut Transaction, id: &RecordId) -> Result<bool, StoreError> {
    let sql = "UPDATE records SET version = version WHERE id = $1";
    Ok(on.execute(sql, &[id.to_string().into()]).await? > 0)
}

/// Deletes a record with its key and all that says something of it, but no hold: the reference of
/// one that was overlooked makes this fail.
pub(crate) async fn delete(
    on: &mut Transaction,
    id: &RecordId,
    at: Timestamp,
    why: &str,
) -> Result<bool, StoreError> {
    crate::registers::erase(on, id).await?;
    let value = [Value::from(id.to_string())];
    for sql in [
        "DELETE FROM record_keys WHERE record = $1",
        "DELETE FROM record_events WHERE record = $1",
        "DELETE FROM record_subjects WHERE record = $1",
        "DELETE FROM links WHERE one = $1 OR other = $1",
    ] {
        on.execute(sql, &value).await?;
    }
    if on.execute("DELETE FROM records WHERE id = $1", &value).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO erased_records (record, at_time, why) VALUES ($1, $2, $3) \
               ON CONFLICT (record) DO NOTHING";
    on.execute(sql, &[id.to_string().into(), at.as_microsecond().into(), why.into()]).await?;
    Ok(true)
}

pub(crate) fn read(row: &Row) -> Result<Listed, StoreError> {
    Ok(Listed {
        id: record_id(row.text(0)?)?,
        kind: row.text(1)?,
        marking: Marking::parse(&row.text(2)?)?,
        owner: row.text(3)?,
        subject_area: row.text(4)?,
        controller: row.text(5)?,
        regime: Regime::parse(&row.text(6)?)?,
        personal: row.integer(7)? != 0,
        version: row.integer(8)?,
        created: timestamp(row.integer(9)?)?,
        changed: timestamp(row.integer(10)?)?,
    })
}

pub(crate) fn record_id(text: String) -> Result<RecordId, StoreError> {
    RecordId::parse(&text).ok_or(StoreError::Unreadable { what: "the id of a record", found: text })
}
