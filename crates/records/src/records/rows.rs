//! Rows of the table of records.

use super::{Listed, Page};
use crate::audit::timestamp;
use crate::policy::Scope;
use crate::store::{RecordId, Row, StoreError, Transaction, Value};
use crate::words::{Marking, Regime};

const COLUMNS: &str = "id, kind, marking, owner_organisation, subject_area, controller, regime, \
                       personal, version, created, changed";

pub(super) async fn insert(
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
pub(super) struct Found {
    pub(super) listed: Listed,
    pub(super) sealed: Vec<u8>,
    /// The name of the key that wraps the record's own, and that one wrapped.
    pub(super) key: Option<(String, Vec<u8>)>,
}

pub(super) async fn find(on: &mut Transaction, id: &RecordId) -> Result<Option<Found>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, body, wrapped_by, wrapped FROM records \
         LEFT JOIN record_keys ON record = id WHERE id = $1"
    );
    let Some(row) = on.fetch_one(&sql, &[id.to_string().into()]).await? else { return Ok(None) };
    let wrapped_by = row.text_if_any(12)?;
    let key = wrapped_by.map(|by| Ok::<_, StoreError>((by, row.bytes(13)?))).transpose()?;
    Ok(Some(Found { listed: read(&row)?, sealed: row.bytes(11)?, key }))
}

pub(super) async fn list(
    on: &mut Transaction,
    scope: &Scope,
    page: &Page,
) -> Result<Vec<Listed>, StoreError> {
    let mut values: Vec<Value> = vec![i64::from(page.most).into()];
    let after = match &page.after {
        Some((changed, id)) => {
            values.extend([changed.as_microsecond().into(), id.to_string().into()]);
            "(changed, id) > ($2, $3)"
        }
        None => "1 = 1",
    };
    let (within, bound) = scope.condition(values.len() + 1);
    values.extend(bound);
    let sql = format!(
        "SELECT {COLUMNS} FROM records WHERE {after} AND {within} ORDER BY changed, id LIMIT $1"
    );
    on.fetch(&sql, &values).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Listed, StoreError> {
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

pub(super) fn record_id(text: String) -> Result<RecordId, StoreError> {
    RecordId::parse(&text).ok_or(StoreError::Unreadable { what: "the id of a record", found: text })
}
