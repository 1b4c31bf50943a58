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

/// A record and its sealed body.
pub(super) async fn find(
    on: &mut Transaction,
    id: &RecordId,
) -> Result<Option<(Listed, Vec<u8>)>, StoreError> {
    let sql = format!("SELECT {COLUMNS}, body FROM records WHERE id = $1");
    let row = on.fetch_one(&sql, &[id.to_string().into()]).await?;
    row.map(|row| Ok((read(&row)?, row.bytes(11)?))).transpose()
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
