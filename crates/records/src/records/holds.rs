//! Holds: a record that is needed for a claim, an inquiry or somebody's objection is not erased,
//! whatever its time.

use jiff::Timestamp;

use super::{Asking, Records, RecordsError, done};
use crate::audit::{append, timestamp};
use crate::store::{RecordId, StoreError, Transaction, hex, random};
use crate::words::{Operation, is_id};

/// What a hold says in the sealed part.
const SEALED_AS: &str = "hold";

/// Why a record is not to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: String,
    /// When it was placed.
    pub placed: Timestamp,
    /// By whom.
    pub placed_by: String,
    /// The ground, as an id, such as `legal-claim`.
    pub ground: String,
    /// Why, in words. It is sealed as the record is.
    pub why: String,
}

impl Records {
    /// Holds a record, so that it is not erased.
    pub async fn hold(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        ground: &str,
        why: &str,
    ) -> Result<Hold, RecordsError> {
        if !is_id(ground) {
            let form = "an id, such as legal-claim";
            return Err(RecordsError::Word { what: "the ground of a hold", form });
        }
        if why.trim().is_empty() {
            return Err(RecordsError::Word { what: "the reason of a hold", form: "given" });
        }
        let (mut on, by, found) = self.permitted(asking, id, Operation::Restriction).await?;
        let hold = Hold {
            id: hex(&random::<16>()?),
            placed: asking.now,
            placed_by: asking.actor.to_owned(),
            ground: ground.to_owned(),
            why: why.to_owned(),
        };
        let sealed = self.key(&found)?.seal_as(id, SEALED_AS, why.as_bytes())?;
        let sql = "INSERT INTO holds (id, record, placed, placed_by, ground, why) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let values = [
            hold.id.as_str().into(),
            id.to_string().into(),
            hold.placed.as_microsecond().into(),
            hold.placed_by.as_str().into(),
            ground.into(),
            sealed.into(),
        ];
        on.execute(sql, &values).await?;
        append(&mut on, vec![done(Operation::Restriction, &asking, &found.listed, by, None)])
            .await?;
        on.commit().await?;
        Ok(hold)
    }

    /// Lifts a hold. Where there is none of that id, nothing is done.
    pub async fn lift(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
        hold: &str,
    ) -> Result<bool, RecordsError> {
        let (mut on, by, found) = self.permitted(asking, id, Operation::Restriction).await?;
        let sql = "DELETE FROM holds WHERE id = $1 AND record = $2";
        let is_lifted = on.execute(sql, &[hold.into(), id.to_string().into()]).await? > 0;
        append(&mut on, vec![done(Operation::Restriction, &asking, &found.listed, by, None)])
            .await?;
        on.commit().await?;
        Ok(is_lifted)
    }

    /// The holds of a record, for those who may place and lift them.
    pub async fn holds(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
    ) -> Result<Vec<Hold>, RecordsError> {
        let (mut on, by, found) = self.permitted(asking, id, Operation::Restriction).await?;
        let sql = "SELECT id, placed, placed_by, ground, why FROM holds WHERE record = $1 \
                   ORDER BY placed, id";
        let key = self.key(&found)?;
        let mut holds = Vec::new();
        for row in on.fetch(sql, &[id.to_string().into()]).await? {
            let why = key.open_as(id, SEALED_AS, &row.bytes(4)?)?;
            holds.push(Hold {
                id: row.text(0)?,
                placed: timestamp(row.integer(1)?)?,
                placed_by: row.text(2)?,
                ground: row.text(3)?,
                why: String::from_utf8_lossy(&why).into_owned(),
            });
        }
        append(&mut on, vec![done(Operation::Restriction, &asking, &found.listed, by, None)])
            .await?;
        on.commit().await?;
        Ok(holds)
    }
}

/// Who holds a record.
pub(super) async fn holders(
    on: &mut Transaction,
    id: &RecordId,
) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT DISTINCT placed_by FROM holds WHERE record = $1 ORDER BY placed_by";
    on.fetch(sql, &[id.to_string().into()]).await?.iter().map(|row| row.text(0)).collect()
}
