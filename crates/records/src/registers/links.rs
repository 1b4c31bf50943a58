//! Links: from a priority to the finding that it cites, from an action to what measures it.
//!
//! A link to the evidence stores the key of a claim or the id of a figure, and never its value.

use super::definition::{Register, Registers, Relation};
use super::items::{known, wrong};
use super::{Item, RegisterError, index};
use crate::audit::append;
use crate::records::{Asking, Records, done, find, person};
use crate::store::{RecordId, Row, StoreError, Transaction, Value};
use crate::words::{Operation, is_id};

/// What a link may lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// An item of a register.
    Item,
    /// A claim of the assessment, by its key.
    Claim,
    /// A figure of the evidence, by its id.
    Figure,
}

impl LinkKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Claim => "claim",
            Self::Figure => "figure",
        }
    }

    pub(super) fn parse(word: &str) -> Result<Self, StoreError> {
        [Self::Item, Self::Claim, Self::Figure]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| StoreError::Unreadable {
                what: "the kind of a link",
                found: word.to_owned(),
            })
    }
}

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkTarget {
    /// What it is.
    pub kind: LinkKind,
    /// The record's id, the claim's key or the figure's id.
    pub id: String,
}

impl LinkTarget {
    /// An item.
    pub fn item(id: &RecordId) -> Self {
        Self { kind: LinkKind::Item, id: id.to_string() }
    }

    /// A claim of the assessment.
    pub fn claim(key: &str) -> Self {
        Self { kind: LinkKind::Claim, id: key.to_owned() }
    }

    /// A figure of the evidence.
    pub fn figure(id: &str) -> Self {
        Self { kind: LinkKind::Figure, id: id.to_owned() }
    }
}

/// A link as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// From which item.
    pub from: RecordId,
    /// By which of its register's relations.
    pub relation: String,
    /// To what.
    pub to: LinkTarget,
}

/// One end of a link, as the item at the other end sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The link.
    pub link: Link,
    /// Whether it leads to the item that asks, and not from it.
    pub is_back: bool,
    /// The register and reference, or id, of the item at the other end; none for the evidence.
    pub item: Option<(String, String)>,
    /// Its title, if it is not restricted.
    pub title: Option<String>,
}

impl Records {
    /// Links an item. Both ends must be there, and the actor must be allowed to alter the first and to
    /// consult the second.
    pub async fn link(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        from: &RecordId,
        relation: &str,
        to: &LinkTarget,
    ) -> Result<(), RegisterError> {
        if to.kind == LinkKind::Item {
            let id = RecordId::parse(&to.id).ok_or_else(|| no_link("there is no such item"))?;
            let other = self.item(asking, &id).await?;
            let item = self.item(asking, from).await?;
            let declared = declared(registers, &item, relation)?;
            if !declared.to.iter().any(|one| *one == other.listed.kind || one == "any") {
                let why = format!("{:?} does not lead to {}", declared.label, other.listed.kind);
                return Err(RegisterError::NoLink { why });
            }
        } else {
            let item = self.item(asking, from).await?;
            let declared = declared(registers, &item, relation)?;
            if !declared.to.iter().any(|one| one == to.kind.word()) {
                let why = format!("{:?} does not lead to a {}", declared.label, to.kind.word());
                return Err(RegisterError::NoLink { why });
            }
            if !is_id(&to.id) {
                return Err(no_link("that is no key of a claim and no id of a figure"));
            }
        }
        let sql = "INSERT INTO register_links (record, relation, to_kind, to_id, at_time) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let now = Value::from(asking.now.as_microsecond());
        self.write_link(asking, from, sql, relation, to, Some(now)).await
    }

    /// Takes a link away. The log keeps that it was changed.
    pub async fn unlink(
        &self,
        asking: Asking<'_>,
        from: &RecordId,
        relation: &str,
        to: &LinkTarget,
    ) -> Result<(), RegisterError> {
        let sql = "DELETE FROM register_links \
                   WHERE record = $1 AND relation = $2 AND to_kind = $3 AND to_id = $4";
        self.write_link(asking, from, sql, relation, to, None).await
    }

    async fn write_link(
        &self,
        asking: Asking<'_>,
        from: &RecordId,
        sql: &str,
        relation: &str,
        to: &LinkTarget,
        now: Option<Value>,
    ) -> Result<(), RegisterError> {
        let mut on = self.store().database.write().await?;
        let found = find(&mut on, from).await?;
        let actor = person(&mut on, &asking).await?;
        let listed = found.as_ref().map(|found| &found.listed);
        let operation = Operation::Alteration;
        let decision = self.decide(&actor, operation, &asking, listed).map_err(wrong)?;
        let (by, listed) = match (decision, found) {
            (Ok(by), Some(found)) => (by, found.listed),
            (decision, _) => {
                let (subject, reason) = (from.to_string(), decision.err().flatten());
                return Ok(self.refuse(on, &actor, operation, &asking, subject, reason).await?);
            }
        };
        let mut row = vec![
            from.to_string().into(),
            relation.into(),
            to.kind.word().into(),
            to.id.as_str().into(),
        ];
        row.extend(now);
        if on.execute(sql, &row).await? > 0 {
            index::touch(&mut on, from, asking.now).await?;
            append(&mut on, vec![done(operation, &asking, &listed, by, None)]).await?;
        }
        on.commit().await?;
        Ok(())
    }

    /// The links of an item that the actor may consult, from it and to it. An end that the actor may
    /// not consult is left out.
    pub async fn ends(&self, asking: Asking<'_>, id: &RecordId) -> Result<Vec<End>, RegisterError> {
        self.item(asking, id).await?;
        let mut on = self.store().database.snapshot().await?;
        let (scope, bound) = self.scope(&mut on, &asking, None, 2).await?;
        let sql = format!(
            "SELECT l.record, l.relation, l.to_kind, l.to_id, CAST(0 AS BIGINT), i.kind, i.reference, i.title \
             FROM register_links l JOIN register_index i ON i.record = l.to_id \
             WHERE l.record = $1 AND l.to_kind = 'item' AND {scope} \
             UNION ALL \
             SELECT l.record, l.relation, l.to_kind, l.to_id, CAST(1 AS BIGINT), i.kind, i.reference, i.title \
             FROM register_links l JOIN register_index i ON i.record = l.record \
             WHERE l.to_id = $1 AND l.to_kind = 'item' AND {scope} \
             UNION ALL \
             SELECT record, relation, to_kind, to_id, CAST(0 AS BIGINT), NULL, NULL, NULL \
             FROM register_links WHERE record = $1 AND to_kind <> 'item'"
        );
        let mut row = vec![Value::from(id.to_string())];
        row.extend(bound);
        let mut ends = Vec::new();
        for found in on.fetch(&sql, &row).await? {
            let link = read(&found)?;
            let is_back = found.integer(4)? == 1;
            let other = if is_back { link.from.to_string() } else { link.to.id.clone() };
            let kind = found.text_if_any(5)?;
            let reference = found.text_if_any(6)?.unwrap_or(other);
            let item = kind.map(|kind| (kind, reference));
            ends.push(End { link, is_back, item, title: found.text_if_any(7)? });
        }
        ends.sort_by(|a, b| (a.is_back, &a.link).cmp(&(b.is_back, &b.link)));
        Ok(ends)
    }
}

/// Every link between or from the items of some registers.
pub(super) async fn from_registers(
    on: &mut Transaction,
    condition: &str,
    values: &[Value],
) -> Result<Vec<Link>, StoreError> {
    let sql = format!(
        "SELECT l.record, l.relation, l.to_kind, l.to_id FROM register_links l \
         JOIN register_index ON register_index.record = l.record WHERE {condition} \
         ORDER BY l.record, l.relation, l.to_kind, l.to_id"
    );
    on.fetch(&sql, values).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Link, StoreError> {
    Ok(Link {
        from: crate::records::record_id(row.text(0)?)?,
        relation: row.text(1)?,
        to: LinkTarget { kind: LinkKind::parse(&row.text(2)?)?, id: row.text(3)? },
    })
}

fn declared<'a>(
    registers: &'a Registers,
    item: &Item,
    relation: &str,
) -> Result<&'a Relation, RegisterError> {
    let register: &Register = known(registers, &item.listed.kind)?;
    register.relation(relation).ok_or_else(|| {
        let why = format!("a {} has no relation {relation:?}", register.one);
        RegisterError::NoLink { why }
    })
}

fn no_link(why: &str) -> RegisterError {
    RegisterError::NoLink { why: why.to_owned() }
}
