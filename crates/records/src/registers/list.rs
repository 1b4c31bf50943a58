//! Lists of items: filtered by scope in the database, a page at a time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::items::{decoded, wrong};
use super::links::{Link, from_registers};
use super::search::{MOST_FOUND, Words};
use super::{FieldRole, Item, RegisterError, Registers, index};
use crate::policy::{Decision, Resource, Scope};
use crate::records::{Asking, Listed, Records, RecordsError, person, read_listed, request};
use crate::store::{RecordId, Row, StoreError, Transaction, Value};
use crate::words::{Marking, Operation};

/// A list counts no further than this.
pub(super) const MOST_COUNTED: i64 = 10_000;

/// Which items, and which part of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemQuery {
    /// Of which register.
    pub register: String,
    /// In this state.
    pub state: Option<String>,
    /// Answered for by.
    pub owner: Option<String>,
    /// Belonging to this item.
    pub parent: Option<RecordId>,
    /// Whose reference or title has words that begin so.
    pub words: String,
    /// In which order; those found by words stand in the order of their references.
    pub order: ItemOrder,
    /// After this place.
    pub after: Option<Position>,
    /// Without so many at its beginning, for lists with numbered pages; ten thousand at most.
    pub skip: u32,
    /// At most so many.
    pub most: u32,
}

/// In which order a list stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ItemOrder {
    /// As people count references: A-2 before A-10.
    #[default]
    Reference,
    /// The same from its end.
    LastReference,
    /// What is due last first; what has no day, or whose day is sealed, is left out.
    LastDue,
}

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// By what the list is ordered.
    pub sort: String,
    /// The record.
    pub id: RecordId,
}

/// One item as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The record.
    pub id: RecordId,
    /// What it is called by; of a restricted item too, because it was opened.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// When something is due.
    pub due: Option<String>,
    /// The item that it belongs to.
    pub parent: Option<String>,
    /// Its marking.
    pub marking: Marking,
    /// Whether it is published.
    pub published: bool,
    /// Where it stands in the list.
    pub position: Position,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    /// The items.
    pub rows: Vec<ItemRow>,
    /// How many there are in all; no further than ten thousand are counted, and than five hundred
    /// where they are searched for by words.
    pub total: u64,
    /// Whether more follow.
    pub more: bool,
}

/// A page of a list with all that its items say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPage {
    /// The items.
    pub items: Vec<Item>,
    /// As of [`Items`].
    pub total: u64,
    /// The place of the last, where more follow.
    pub last: Option<Position>,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// On which day.
    pub on: String,
    /// The register's id.
    pub register: String,
    /// The record.
    pub id: RecordId,
    /// The item's reference.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Who answers for it.
    pub owner: Option<String>,
}

/// The columns of a row of a list.
pub(super) const COLUMNS: &str = "record, sort, reference, title, state, lead, due, parent, marking, \
                                  published, personal, owner_organisation, kind";
/// The place behind them.
pub(super) const COUNT: usize = 13;

impl Records {
    /// A page of a register's items. Restricted ones stand at its end, opened and logged; a filter
    /// leaves them out, because what it looks at is sealed.
    pub async fn items(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        query: &ItemQuery,
    ) -> Result<Items, RegisterError> {
        let (found, total, more) = self.rows(&asking, query).await?;
        let mut rows = found.iter().map(read).collect::<Result<Vec<ItemRow>, _>>()?;
        let mut sealed = Vec::new();
        for (row, one) in found.iter().zip(&rows) {
            if !index::is_open(one.marking.word(), row.integer(10)?) {
                sealed.push(one.id.clone());
            }
        }
        for item in self.opened_by_id(asking, &sealed).await? {
            let Some(row) = rows.iter_mut().find(|row| row.id == item.listed.id) else { continue };
            fill(registers, row, &item);
        }
        Ok(Items { rows, total, more })
    }

    /// A page of a register's items with all that they say: for pages that show more than lists do.
    pub async fn item_page(
        &self,
        asking: Asking<'_>,
        query: &ItemQuery,
    ) -> Result<ItemPage, RegisterError> {
        let (found, total, more) = self.rows(&asking, query).await?;
        let ids = found.iter().map(|row| crate::records::record_id(row.text(0)?));
        let ids = ids.collect::<Result<Vec<RecordId>, _>>()?;
        let last = found.last().filter(|_| more).map(read).transpose()?;
        let last = last.map(|row| row.position);
        Ok(ItemPage { items: self.opened_by_id(asking, &ids).await?, total, last })
    }

    /// The rows of a page, how many there are in all, and whether more follow.
    async fn rows(
        &self,
        asking: &Asking<'_>,
        query: &ItemQuery,
    ) -> Result<(Vec<Row>, u64, bool), RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let (mut condition, mut values) = conditions(query);
        let kind = Some(query.register.as_str());
        let (within, bound) = self.scope(&mut on, asking, kind, values.len() + 1).await?;
        condition.push(within);
        values.extend(bound);
        let condition = condition.join(" AND ");
        let words = Words::of(&mut on, query).await?;
        let found = match words.found(&mut on, query, &condition, &values).await? {
            Some(found) => found,
            None => in_order(&mut on, query, &words, condition, values).await?,
        };
        let (total, mut found) = (found.total, found.rows);
        let more = found.len() > query.most as usize;
        found.truncate(query.most as usize);
        self.agree(&mut on, asking, &found).await?;
        Ok((found, total.unsigned_abs(), more))
    }

    /// The scope says which; the decisions say by what, and must not disagree.
    async fn agree(
        &self,
        on: &mut Transaction,
        asking: &Asking<'_>,
        found: &[Row],
    ) -> Result<(), RegisterError> {
        let actor = person(on, asking).await?;
        let mut kinds: BTreeSet<(String, String, i64, String)> = BTreeSet::new();
        for row in found {
            kinds.insert((row.text(11)?, row.text(8)?, row.integer(10)?, row.text(12)?));
        }
        for (owner, marking, personal, category) in kinds {
            let marking = Marking::parse(&marking).map_err(StoreError::from)?;
            let resource = Resource { owner, category, marking, personal: personal != 0 };
            let request = request(&actor, Operation::Consultation, asking);
            match self.policies().decide(&request, &resource).map_err(wrong)? {
                Decision::Permitted { .. } => {}
                Decision::Refused(_) => return Err(RecordsError::NotFound { reason: None }.into()),
            }
        }
        Ok(())
    }

    /// What is due in every register until a day, the earliest first: open items whose state says that
    /// something is still to be done.
    pub async fn due(
        &self,
        asking: Asking<'_>,
        until: Date,
        most: u32,
    ) -> Result<Vec<Due>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let (within, bound) = self.scope(&mut on, &asking, None, 3).await?;
        let sql = format!(
            "SELECT due, kind, reference, title, lead, record FROM register_index \
             WHERE due <= $1 AND {within} ORDER BY due, record LIMIT $2"
        );
        let mut values = vec![until.to_string().into(), i64::from(most).into()];
        values.extend(bound);
        let read = |row: &Row| {
            Ok(Due {
                on: row.text(0)?,
                register: row.text(1)?,
                reference: row.text(2)?,
                title: row.text(3)?,
                owner: row.text_if_any(4)?,
                id: crate::records::record_id(row.text(5)?)?,
            })
        };
        on.fetch(&sql, &values).await?.iter().map(read).collect()
    }

    /// Every open item of some registers that the actor may consult, with what it says, and the links
    /// from them: for what looks at a whole plan. Restricted items are not among them.
    pub async fn whole(
        &self,
        asking: Asking<'_>,
        registers: &[&str],
    ) -> Result<(Vec<Item>, Vec<Link>), RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let mut values: Vec<Value> = registers.iter().map(|id| Value::from(*id)).collect();
        let places: Vec<String> = (1..=values.len()).map(|place| format!("${place}")).collect();
        let (within, bound) = self.scope(&mut on, &asking, None, values.len() + 1).await?;
        values.extend(bound);
        let condition =
            format!("kind IN ({}) AND title IS NOT NULL AND {within}", places.join(", "));
        let items = self.opened_items(&mut on, &condition, &values).await?;
        let links = from_registers(&mut on, &condition, &values).await?;
        Ok((items, links))
    }

    /// The restricted items of a register that the actor may consult, each opened and logged.
    pub(super) async fn restricted(
        &self,
        asking: Asking<'_>,
        register: &str,
    ) -> Result<Vec<Item>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let (within, bound) = self.scope(&mut on, &asking, Some(register), 2).await?;
        let sql = format!(
            "SELECT record FROM register_index \
             WHERE kind = $1 AND title IS NULL AND {within} ORDER BY sort"
        );
        let mut values = vec![Value::from(register)];
        values.extend(bound);
        let found = on.fetch(&sql, &values).await?;
        drop(on);
        let ids = found.iter().map(|row| crate::records::record_id(row.text(0)?));
        let ids = ids.collect::<Result<Vec<RecordId>, _>>()?;
        self.opened_by_id(asking, &ids).await
    }

    /// The items that a condition on the index finds, opened, in order.
    pub(super) async fn opened_items(
        &self,
        on: &mut Transaction,
        condition: &str,
        values: &[Value],
    ) -> Result<Vec<Item>, RegisterError> {
        let sql = format!(
            "SELECT r.id, r.kind, r.marking, r.owner_organisation, r.subject_area, r.controller, \
             r.regime, r.personal, r.version, r.created, r.changed, r.body, k.wrapped_by, k.wrapped \
             FROM (SELECT record, kind AS list, sort FROM register_index WHERE {condition}) i \
             JOIN records r ON r.id = i.record JOIN record_keys k ON k.record = r.id \
             ORDER BY i.list, i.sort, r.id"
        );
        let mut items = Vec::new();
        for row in on.fetch(&sql, values).await? {
            let listed: Listed = read_listed(&row)?;
            let key = self.unwrapped(&listed.id, &row.text(12)?, &row.bytes(13)?)?;
            let body = key.open(&listed.id, listed.version, &row.bytes(11)?)?;
            items.push(Item { listed, values: decoded(&body)? });
        }
        Ok(items)
    }

    /// Of the open items of a register in a state, by the item that they belong to, the last day until a
    /// given one: when each group last met.
    pub async fn last_due_by_parent(
        &self,
        asking: Asking<'_>,
        register: &str,
        state: &str,
        until: Date,
    ) -> Result<BTreeMap<String, Date>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        let (within, bound) = self.scope(&mut on, &asking, Some(register), 4).await?;
        let sql = format!(
            "SELECT parent, MAX(due) FROM register_index WHERE kind = $1 AND state = $2 \
             AND due <= $3 AND parent IS NOT NULL AND {within} GROUP BY parent"
        );
        let mut values = vec![register.into(), state.into(), until.to_string().into()];
        values.extend(bound);
        let mut found = BTreeMap::new();
        for row in on.fetch(&sql, &values).await? {
            if let Ok(due) = row.text(1)?.parse() {
                found.insert(row.text(0)?, due);
            }
        }
        Ok(found)
    }

    /// The condition on the index that leaves what the actor may consult, of all registers or of the one
    /// that the statement is about, as it must say itself.
    pub(super) async fn scope(
        &self,
        on: &mut Transaction,
        asking: &Asking<'_>,
        kind: Option<&str>,
        first: usize,
    ) -> Result<(String, Vec<Value>), StoreError> {
        let actor = person(on, asking).await?;
        let request = request(&actor, Operation::Consultation, asking);
        let operation = Operation::Consultation;
        let part_3 = self.protection().carries_part_3(asking.purpose, operation, asking.today);
        Ok(Scope::of(self.policies(), &request, part_3).together(
            kind,
            on.kind_without_index(),
            first,
        ))
    }
}

/// A part of a list, and how many there are in all, counted no further than a list counts.
pub(super) struct Part {
    pub(super) rows: Vec<Row>,
    pub(super) total: i64,
}

/// A part of a list as the index has it in order.
async fn in_order(
    on: &mut Transaction,
    query: &ItemQuery,
    words: &Words,
    condition: String,
    mut values: Vec<Value>,
) -> Result<Part, StoreError> {
    let (condition, total) = if words.is_empty() {
        let counted = format!(
            "SELECT COUNT(*) FROM \
             (SELECT 1 FROM register_index WHERE {condition} LIMIT {MOST_COUNTED}) t"
        );
        let total = on.fetch_one(&counted, &values).await?.map_or(Ok(0), |row| row.integer(0))?;
        (condition, total)
    } else {
        // More have these words than are counted.
        let had = words.had_by("register_index.record", 0, &mut values);
        (format!("{condition} AND {had}"), MOST_FOUND)
    };
    let (after, limits) = part(query, &mut values);
    let order = match query.order {
        ItemOrder::Reference => "sort, record",
        ItemOrder::LastReference => "sort DESC, record DESC",
        ItemOrder::LastDue => "due DESC, record DESC",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM register_index WHERE {condition} AND {after} \
         ORDER BY {order} {limits}"
    );
    Ok(Part { rows: on.fetch(&sql, &values).await?, total })
}

/// After which place a part begins, and how much of the list it is: one more than is shown.
pub(super) fn part(query: &ItemQuery, values: &mut Vec<Value>) -> (String, String) {
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let after = query.after.as_ref().map_or_else(
        || "1 = 1".to_owned(),
        |after| {
            let (sort, id) = (bind(after.sort.as_str().into()), bind(after.id.to_string().into()));
            format!("(sort, record) > ({sort}, {id})")
        },
    );
    let most = bind((i64::from(query.most) + 1).into());
    let skip = bind(i64::from(query.skip).min(MOST_COUNTED).into());
    (after, format!("LIMIT {most} OFFSET {skip}"))
}

/// What a query asks of the index, and the values that it binds from the first place on.
fn conditions(query: &ItemQuery) -> (Vec<String>, Vec<Value>) {
    let mut values = vec![Value::from(query.register.as_str())];
    let mut parts = vec!["kind = $1".to_owned()];
    let mut add = |column: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            parts.push(format!("{column} = ${}", values.len()));
        }
    };
    add("state", query.state.as_deref().map(Value::from));
    add("lead", query.owner.as_deref().map(Value::from));
    add("parent", query.parent.as_ref().map(|id| Value::from(id.to_string())));
    if query.order == ItemOrder::LastDue {
        parts.push("due IS NOT NULL".to_owned());
    }
    (parts, values)
}

/// What a list shows of an item that had to be opened.
fn fill(registers: &Registers, row: &mut ItemRow, item: &Item) {
    let Some(register) = registers.get(&item.listed.kind) else { return };
    let of = |role| item.values.of(register, role).to_owned();
    let some = |role| Some(of(role)).filter(|value| !value.is_empty());
    row.reference = of(FieldRole::Reference);
    row.title = of(FieldRole::Title);
    row.state = some(FieldRole::State);
    row.owner = some(FieldRole::Owner);
    row.due = some(FieldRole::Due);
    row.parent = some(FieldRole::Parent);
}

fn read(row: &Row) -> Result<ItemRow, StoreError> {
    let id = crate::records::record_id(row.text(0)?)?;
    Ok(ItemRow {
        reference: row.text_if_any(2)?.unwrap_or_default(),
        title: row.text_if_any(3)?.unwrap_or_default(),
        state: row.text_if_any(4)?,
        owner: row.text_if_any(5)?,
        due: row.text_if_any(6)?,
        parent: row.text_if_any(7)?,
        marking: Marking::parse(&row.text(8)?)?,
        published: row.integer(9)? != 0,
        position: Position { sort: row.text(1)?, id: id.clone() },
        id,
    })
}
