//! Rows from a file as they would become items: each with what it would do, and every reason why it cannot.
//!
//! A row names its item by the reference. It may name items that are there, or that come in the same
//! file. A column that a file has not leaves a field as it is; an empty cell empties it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::definition::{Field, FieldKind, FieldRole, Register, Registers, Relation};
use super::items::known;
use super::links::{Link, LinkKind, LinkTarget};
use super::values::Values;
use super::{Item, RegisterError, index};
use crate::records::{Asking, Records};
use crate::store::RecordId;
use crate::words::is_id;

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The register's id.
    pub register: String,
    /// Its cells.
    pub cells: Vec<Cell>,
}

/// A cell of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Where it stands, for the report: a sheet and a cell, or a file and an item.
    pub place: String,
    /// The id of a field or of a relation.
    pub column: String,
    /// What stands in it; of a relation, what it leads to, parted by semicolons.
    pub text: String,
}

/// What a row would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Make an item.
    Make,
    /// Change one.
    Change,
    /// Nothing: it is there and says the same.
    Nothing,
    /// It is refused.
    Refused,
}

/// Why a row is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFault {
    /// The cell.
    pub place: String,
    /// What is wrong, and the mend.
    pub why: String,
}

/// A row as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Where it begins.
    pub place: String,
    /// The register's id.
    pub register: String,
    /// The item's reference, as far as there is one.
    pub reference: String,
    /// What it would do.
    pub doing: Doing,
    /// Why it is refused.
    pub faults: Vec<RowFault>,
    /// Fields and relations that it would change.
    pub changes: Vec<String>,
    pub(super) item: Option<(RecordId, i64)>,
    pub(super) values: Values,
    pub(super) links: BTreeMap<String, BTreeSet<String>>,
}

/// A file as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Its rows, in order.
    pub rows: Vec<Proposed>,
}

impl Proposal {
    /// How many rows would do something.
    pub fn count(&self, doing: Doing) -> usize {
        self.rows.iter().filter(|row| row.doing == doing).count()
    }
}

/// What is there already: items by register and reference, and links from them.
struct There<'a> {
    items: HashMap<(&'a str, &'a str), &'a Item>,
    references: HashMap<String, (&'a str, &'a str)>,
    links: &'a [Link],
}

impl<'a> There<'a> {
    fn new(registers: &'a Registers, items: &'a [Item], links: &'a [Link]) -> Self {
        let mut there = Self { items: HashMap::new(), references: HashMap::new(), links };
        for item in items {
            let Some(register) = registers.get(&item.listed.kind) else { continue };
            let key = (register.id.as_str(), item.values.of(register, FieldRole::Reference));
            there.items.insert(key, item);
            there.references.insert(item.listed.id.to_string(), key);
        }
        there
    }

    /// The links of an item by relation, as a file would write them.
    fn links_of(&self, id: &RecordId) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for link in self.links.iter().filter(|link| link.from == *id) {
            if let Some(written) = self.written(&link.to) {
                found.entry(link.relation.clone()).or_default().insert(written);
            }
        }
        found
    }

    fn written(&self, to: &LinkTarget) -> Option<String> {
        match to.kind {
            LinkKind::Claim | LinkKind::Figure => Some(to.id.clone()),
            LinkKind::Item => {
                self.references.get(&to.id).map(|(register, name)| format!("{register}/{name}"))
            }
        }
    }
}

impl Records {
    /// What the rows of a file would do. Nothing is changed.
    pub async fn propose(
        &self,
        asking: Asking<'_>,
        registers: &Registers,
        rows: &[Incoming],
    ) -> Result<Proposal, RegisterError> {
        let all: Vec<&str> = registers.iter().map(|register| register.id.as_str()).collect();
        let (mut items, links) = self.whole(asking, &all).await?;
        // Restricted ones are opened, and logged, only where the file has rows of their registers.
        for id in rows.iter().map(|row| row.register.as_str()).collect::<BTreeSet<_>>() {
            items.extend(self.restricted(asking, id).await?);
        }
        let there = There::new(registers, &items, &links);
        let rows = &by_names(registers, rows, &there);
        let mut proposed = Vec::new();
        for row in rows {
            proposed.push(read_row(known(registers, &row.register)?, row, &there));
        }
        refuse_twins(&mut proposed);
        // A row that names a refused one is refused too, and so are those that name it.
        loop {
            let coming: BTreeSet<(String, String)> = proposed
                .iter()
                .filter(|row| row.doing != Doing::Refused)
                .map(|row| (row.register.clone(), row.reference.clone()))
                .collect();
            let is_there = |register: &str, reference: &str| {
                there.items.contains_key(&(register, reference))
                    || coming.contains(&(register.to_owned(), reference.to_owned()))
            };
            let mut refused = 0;
            for (row, given) in proposed.iter_mut().zip(rows) {
                if row.doing == Doing::Refused {
                    continue;
                }
                let register = known(registers, &row.register)?;
                row.faults = named_faults(register, row, given, &is_there);
                if !row.faults.is_empty() {
                    row.doing = Doing::Refused;
                    refused += 1;
                }
            }
            if refused == 0 {
                return Ok(Proposal { rows: proposed });
            }
        }
    }

    /// What a text leads to by a relation.
    pub async fn target(
        &self,
        registers: &Registers,
        relation: &Relation,
        text: &str,
    ) -> Result<Option<LinkTarget>, RegisterError> {
        let mut on = self.store().database.snapshot().await?;
        for (register, reference) in named(registers, relation, text) {
            if let Some(id) = index::called(&mut on, &register, &reference).await? {
                return Ok(Some(LinkTarget::item(&id)));
            }
        }
        Ok(evidence_target(relation, text))
    }
}

/// The rows with a reference each, and with references where a cell gives another item's title. Where a
/// file has no references, a title that is there already brings its own, and the others are numbered on.
fn by_names(registers: &Registers, rows: &[Incoming], there: &There<'_>) -> Vec<Incoming> {
    let mut rows = rows.to_vec();
    let mut names: HashMap<(String, String), String> = HashMap::new();
    let mut taken: BTreeSet<(String, String)> = BTreeSet::new();
    for ((register, reference), item) in &there.items {
        let title = registers.get(register).map_or("", |r| item.values.of(r, FieldRole::Title));
        let key = ((*register).to_owned(), title.trim().to_lowercase());
        name(&mut names, key, reference);
        taken.insert(((*register).to_owned(), (*reference).to_owned()));
    }
    let cell_of = |register: &Register, row: &Incoming, role| {
        let id = &register.role(role)?.id;
        let cell = row.cells.iter().find(|cell| cell.column == *id)?;
        Some(cell.text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    for row in &rows {
        let Some(register) = registers.get(&row.register) else { continue };
        let reference = cell_of(register, row, FieldRole::Reference);
        if let (Some(reference), Some(title)) =
            (reference, cell_of(register, row, FieldRole::Title))
        {
            taken.insert((register.id.clone(), reference.clone()));
            name(&mut names, (register.id.clone(), title.to_lowercase()), &reference);
        }
    }
    for row in &mut rows {
        let Some(register) = registers.get(&row.register) else { continue };
        let Some(field) = register.role(FieldRole::Reference) else { continue };
        let has_column = row.cells.iter().any(|cell| cell.column == field.id);
        let Some(title) = cell_of(register, row, FieldRole::Title).filter(|_| !has_column) else {
            continue;
        };
        let key = (register.id.clone(), title.to_lowercase());
        let initial: String = register.id.chars().take(1).collect::<String>().to_uppercase();
        let next = || (1..).map(|n| format!("{initial}-{n}"));
        let free = || next().find(|one| !taken.contains(&(register.id.clone(), one.clone())));
        let known = names.get(&key).cloned().filter(|known| !known.is_empty());
        let Some(reference) = known.or_else(free) else { continue };
        taken.insert((register.id.clone(), reference.clone()));
        names.insert(key, reference.clone());
        let place = row.cells.first().map(|cell| cell.place.clone()).unwrap_or_default();
        row.cells.push(Cell { place, column: field.id.clone(), text: reference });
    }
    for row in &mut rows {
        let Some(register) = registers.get(&row.register) else { continue };
        for cell in &mut row.cells {
            let to = register.field(&cell.column).and_then(|field| field.to.clone());
            let Some(to) = to else { continue };
            let text = cell.text.trim();
            let is_reference = taken.contains(&(to.clone(), text.to_owned()));
            let reference = names.get(&(to, text.to_lowercase()));
            if let Some(reference) = reference.filter(|one| !is_reference && !one.is_empty()) {
                cell.text.clone_from(reference);
            }
        }
    }
    rows
}

/// Notes what a title means; one that several items have means none of them.
fn name(names: &mut HashMap<(String, String), String>, title: (String, String), reference: &str) {
    let known = names.entry(title).or_insert_with(|| reference.to_owned());
    if known != reference {
        known.clear();
    }
}

fn read_row(register: &Register, row: &Incoming, there: &There<'_>) -> Proposed {
    let reference_field = register.role(FieldRole::Reference);
    let reference = reference_field
        .and_then(|field| row.cells.iter().find(|cell| cell.column == field.id))
        .map_or("", |cell| cell.text.trim());
    let place = row.cells.first().map(|cell| cell.place.clone()).unwrap_or_default();
    let before = there.items.get(&(register.id.as_str(), reference));
    let mut values = before.map(|item| by_reference(register, item, there)).unwrap_or_default();
    let old = values.clone();
    let mut links = BTreeMap::new();
    for cell in &row.cells {
        if register.relation(&cell.column).is_some() {
            let parts = cell.text.split([';', '\n']).map(str::trim).filter(|part| !part.is_empty());
            links.insert(cell.column.clone(), parts.map(str::to_owned).collect::<BTreeSet<_>>());
        } else {
            values.set(&cell.column, cell.text.clone());
        }
    }
    let mut proposed = Proposed {
        place,
        register: register.id.clone(),
        reference: reference.to_owned(),
        doing: Doing::Make,
        faults: Vec::new(),
        changes: Vec::new(),
        item: before.map(|item| (item.listed.id.clone(), item.listed.version)),
        values,
        links,
    };
    match proposed.values.checked(register) {
        Ok(values) => proposed.values = values,
        Err(faults) => {
            let at = |field: &str| {
                let cell = row.cells.iter().find(|cell| cell.column == field);
                cell.map_or_else(|| proposed.place.clone(), |cell| cell.place.clone())
            };
            proposed.faults = faults
                .iter()
                .map(|fault| RowFault { place: at(&fault.field), why: fault.to_string() })
                .collect();
            proposed.doing = Doing::Refused;
            return proposed;
        }
    }
    if let Some(item) = before {
        proposed.changes = changed_fields(register, &old, &proposed.values);
        let now = there.links_of(&item.listed.id);
        for (relation, wanted) in &proposed.links {
            let wanted = whole_names(register, relation, wanted);
            if now.get(relation).cloned().unwrap_or_default() != wanted {
                proposed.changes.push(relation.clone());
            }
        }
        proposed.doing = if proposed.changes.is_empty() { Doing::Nothing } else { Doing::Change };
    }
    proposed
}

/// An item's values as a file would write them: other items by their references.
fn by_reference(register: &Register, item: &Item, there: &There<'_>) -> Values {
    let written = |field: &Field| {
        let value = item.values.get(&field.id);
        match there.references.get(value) {
            Some((_, reference)) if field.kind == FieldKind::Item => (*reference).to_owned(),
            _ => value.to_owned(),
        }
    };
    let filled = register.fields.iter().filter(|field| !item.values.get(&field.id).is_empty());
    filled.map(|field| (field.id.clone(), written(field))).collect()
}

fn changed_fields(register: &Register, old: &Values, new: &Values) -> Vec<String> {
    let differs = |field: &&Field| old.get(&field.id) != new.get(&field.id);
    register.fields.iter().filter(differs).map(|field| field.id.clone()).collect()
}

/// Links with the register's name, where a relation leads to one register alone.
fn whole_names(register: &Register, relation: &str, wanted: &BTreeSet<String>) -> BTreeSet<String> {
    let to = register.relation(relation).map_or(&[][..], |relation| &relation.to);
    let whole = |text: &String| match to {
        [only] if !text.contains('/') && !matches!(only.as_str(), "claim" | "figure" | "any") => {
            format!("{only}/{text}")
        }
        _ => text.clone(),
    };
    wanted.iter().map(whole).collect()
}

/// Refuses every row of an item that several rows stand for: nobody can tell which of them is meant.
fn refuse_twins(rows: &mut [Proposed]) {
    let mut places: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.doing != Doing::Refused) {
        let item = (row.register.clone(), row.reference.clone());
        places.entry(item).or_default().push(row.place.clone());
    }
    for row in rows.iter_mut().filter(|row| row.doing != Doing::Refused) {
        let item = (row.register.clone(), row.reference.clone());
        let others = places.get(&item).into_iter().flatten().filter(|place| **place != row.place);
        let others: Vec<&str> = others.map(String::as_str).collect();
        if !others.is_empty() {
            row.doing = Doing::Refused;
            let why = format!("{} stands in {} too; keep one", row.reference, others.join(" and "));
            row.faults.push(RowFault { place: row.place.clone(), why });
        }
    }
}

/// Items that a row names and that are neither there nor coming.
fn named_faults(
    register: &Register,
    row: &Proposed,
    given: &Incoming,
    is_there: &impl Fn(&str, &str) -> bool,
) -> Vec<RowFault> {
    let mut faults = Vec::new();
    let mut say = |column: &str, why: String| {
        let cell = given.cells.iter().find(|cell| cell.column == column);
        let place = cell.map_or_else(|| row.place.clone(), |cell| cell.place.clone());
        faults.push(RowFault { place, why });
    };
    for field in register.fields.iter().filter(|field| field.kind == FieldKind::Item) {
        let (value, to) = (row.values.get(&field.id), field.to.as_deref().unwrap_or_default());
        if !value.is_empty() && !is_there(to, value) {
            say(&field.id, format!("{}: {to} has no item that is called {value:?}", field.label));
        }
    }
    for (id, wanted) in &row.links {
        let Some(relation) = register.relation(id) else { continue };
        for text in wanted {
            let found = candidates(relation, text)
                .iter()
                .any(|(register, reference)| is_there(register, reference));
            if !found && evidence_target(relation, text).is_none() {
                say(id, format!("{}: there is no {text:?}", relation.label));
            }
        }
    }
    faults
}

/// The items that a text may name by a relation. Where it leads to any register, the text says which.
fn candidates(relation: &Relation, text: &str) -> Vec<(String, String)> {
    let own = |text: &str| {
        let to = relation.to.iter().filter(|to| !matches!(to.as_str(), "claim" | "figure" | "any"));
        to.map(|to| (to.clone(), text.to_owned())).collect()
    };
    match text.split_once('/') {
        Some((register, reference)) => {
            let is_one = relation.to.iter().any(|to| to == register || to == "any");
            if is_one { vec![(register.to_owned(), reference.to_owned())] } else { Vec::new() }
        }
        None => own(text),
    }
}

fn named(registers: &Registers, relation: &Relation, text: &str) -> Vec<(String, String)> {
    let known = |(register, _): &(String, String)| registers.get(register).is_some();
    candidates(relation, text).into_iter().filter(known).collect()
}

/// A claim's key or a figure's id.
fn evidence_target(relation: &Relation, text: &str) -> Option<LinkTarget> {
    let leads_to = |kind: &str| relation.to.iter().any(|to| to == kind) && is_id(text);
    if text.starts_with("f-") && leads_to("figure") {
        return Some(LinkTarget::figure(text));
    }
    leads_to("claim").then(|| LinkTarget::claim(text))
}

/// Items as rows of a file, so that reading them back changes nothing: for each its register and its
/// cells, those of relations included.
pub fn exported(
    registers: &Registers,
    items: &[Item],
    links: &[Link],
) -> Vec<(String, BTreeMap<String, String>)> {
    let there = There::new(registers, items, links);
    let rows = items.iter().filter_map(|item| {
        let register = registers.get(&item.listed.kind)?;
        let values = by_reference(register, item, &there);
        let mut cells: BTreeMap<String, String> =
            values.iter().map(|(field, value)| (field.to_owned(), value.to_owned())).collect();
        for (relation, targets) in there.links_of(&item.listed.id) {
            cells.insert(relation, targets.into_iter().collect::<Vec<_>>().join("; "));
        }
        Some((register.id.clone(), cells))
    });
    rows.collect()
}
