//! What workbooks did, kept so that it can be taken back, also after the server was started anew.
//!
//! Ids and versions are kept, and nothing that a workbook said.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::links::{Link, LinkKind, LinkTarget};
use super::undo::{Accepted, Done, Kept};
use super::{RegisterError, Registers};
use crate::audit::timestamp;
use crate::records::{Asking, Records};
use crate::store::{RecordId, Row, StoreError, hex, random};

/// How many of somebody's imports are listed.
const MOST_LISTED: i64 = 50;

/// A workbook that somebody took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// When it was taken back.
    pub taken_back: Option<Timestamp>,
    /// What it did.
    pub did: Accepted,
}

#[derive(Serialize, Deserialize)]
struct Did {
    /// Each item, and the version that it was changed to; none where it was made.
    items: Vec<(String, Option<i64>)>,
    linked: Vec<DidLink>,
    unlinked: Vec<DidLink>,
}

#[derive(Serialize, Deserialize)]
struct DidLink {
    from: String,
    relation: String,
    to_kind: String,
    to: String,
}

impl DidLink {
    fn of(link: &Link) -> Self {
        Self {
            from: link.from.to_string(),
            relation: link.relation.clone(),
            to_kind: link.to.kind.word().to_owned(),
            to: link.to.id.clone(),
        }
    }

    fn link(self) -> Result<Link, StoreError> {
        let to = LinkTarget { kind: LinkKind::parse(&self.to_kind)?, id: self.to };
        Ok(Link { from: id_of(self.from)?, relation: self.relation, to })
    }
}

fn id_of(text: String) -> Result<RecordId, StoreError> {
    let id = RecordId::parse(&text);
    id.ok_or(StoreError::Unreadable { what: "the id of an imported item", found: text })
}

impl Did {
    fn of(accepted: &Accepted) -> Self {
        let item = |(id, done): &(RecordId, Done)| match done {
            Done::Made => (id.to_string(), None),
            Done::Changed { to } => (id.to_string(), Some(*to)),
        };
        Self {
            items: accepted.items.iter().map(item).collect(),
            linked: accepted.linked.iter().map(DidLink::of).collect(),
            unlinked: accepted.unlinked.iter().map(DidLink::of).collect(),
        }
    }

    fn accepted(self, import: &str) -> Result<Accepted, StoreError> {
        let item = |(id, to): (String, Option<i64>)| {
            let done = to.map_or(Done::Made, |to| Done::Changed { to });
            Ok::<_, StoreError>((id_of(id)?, done))
        };
        let links = |links: Vec<DidLink>| {
            links.into_iter().map(DidLink::link).collect::<Result<Vec<Link>, _>>()
        };
        Ok(Accepted {
            faults: Vec::new(),
            import: Some(import.to_owned()),
            items: self.items.into_iter().map(item).collect::<Result<_, _>>()?,
            linked: links(self.linked)?,
            unlinked: links(self.unlinked)?,
        })
    }
}

impl Records {
    /// Keeps what was accepted; nothing where nothing was done.
    pub(super) async fn keep_import(
        &self,
        asking: Asking<'_>,
        accepted: &Accepted,
    ) -> Result<Option<String>, RegisterError> {
        if accepted.items.is_empty() && accepted.links() == 0 {
            return Ok(None);
        }
        let id = hex(&random::<16>()?);
        let did = serde_json::to_string(&Did::of(accepted))
            .map_err(|why| StoreError::Unreadable { what: "an import", found: why.to_string() })?;
        let mut on = self.store().database.write().await?;
        let sql = "INSERT INTO imports (id, actor, at_time, did) VALUES ($1, $2, $3, $4)";
        let at = asking.now.as_microsecond();
        on.execute(sql, &[id.as_str().into(), asking.actor.into(), at.into(), did.into()]).await?;
        on.commit().await?;
        Ok(Some(id))
    }

    /// The workbooks that somebody took, the last first.
    pub async fn imports(&self, asking: Asking<'_>) -> Result<Vec<Import>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let sql = "SELECT id, at_time, taken_back, did FROM imports WHERE actor = $1 \
                   ORDER BY at_time DESC, id LIMIT $2";
        let rows = on.fetch(sql, &[asking.actor.into(), MOST_LISTED.into()]).await?;
        Ok(rows.iter().map(import).collect::<Result<_, _>>()?)
    }

    /// One of the workbooks that somebody took.
    pub async fn one_import(
        &self,
        asking: Asking<'_>,
        id: &str,
    ) -> Result<Option<Import>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let sql = "SELECT id, at_time, taken_back, did FROM imports WHERE actor = $1 AND id = $2";
        let row = on.fetch_one(sql, &[asking.actor.into(), id.into()]).await?;
        Ok(row.as_ref().map(import).transpose()?)
    }

    /// Takes back what an import of this actor did, once, and answers what stays as it is and why. There
    /// is nothing to answer where it was taken back before, or where it is not there.
    pub async fn take_back_import(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        id: &str,
    ) -> Result<Option<Vec<Kept>>, RegisterError> {
        let Some(import) = self.one_import(asking, id).await? else { return Ok(None) };
        let mut on = self.store().database.write().await?;
        let sql = "UPDATE imports SET taken_back = $1 \
                   WHERE id = $2 AND actor = $3 AND taken_back IS NULL";
        let values = [asking.now.as_microsecond().into(), id.into(), asking.actor.into()];
        // Of two who send it at once, one takes it back.
        let is_mine = on.execute(sql, &values).await? > 0;
        on.commit().await?;
        if !is_mine {
            return Ok(None);
        }
        let kept = self.take_back(asking, registers, &import.did).await;
        if kept.is_err() {
            // What is back already is found so when it is tried again.
            let mut on = self.store().database.write().await?;
            on.execute("UPDATE imports SET taken_back = NULL WHERE id = $1", &[id.into()]).await?;
            on.commit().await?;
        }
        kept.map(Some)
    }
}

fn import(row: &Row) -> Result<Import, StoreError> {
    let (id, did) = (row.text(0)?, row.text(3)?);
    let unreadable = |why: serde_json::Error| StoreError::Unreadable {
        what: "an import",
        found: why.to_string(),
    };
    let did: Did = serde_json::from_str(&did).map_err(unreadable)?;
    Ok(Import {
        at: timestamp(row.integer(1)?)?,
        taken_back: row.integer_if_any(2)?.map(timestamp).transpose()?,
        did: did.accepted(&id)?,
        id,
    })
}
