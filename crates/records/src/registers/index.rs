//! Rows of the index of registers, of versions and of links.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::definition::{FieldRole, Register};
use super::values::Values;
use crate::records::Listed;
use crate::store::{RecordId, StoreError, Transaction, Value};
use crate::words::Marking;

/// The longest word that is kept, and the shortest that is looked for.
const LONGEST_WORD: usize = 24;
const SHORTEST_WORD: usize = 2;

/// Keeps a version of an item, the body sealed.
pub(super) async fn keep_version(
    on: &mut Transaction,
    listed: &Listed,
    actor: &str,
    sealed: Vec<u8>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO record_versions (record, version, at_time, actor, body) \
               VALUES ($1, $2, $3, $4, $5)";
    let values = [
        listed.id.to_string().into(),
        listed.version.into(),
        listed.changed.as_microsecond().into(),
        actor.into(),
        sealed.into(),
    ];
    on.execute(sql, &values).await.map(|_| ())
}

/// Puts an item's row into the index, in place of an earlier one.
pub(super) async fn put(
    on: &mut Transaction,
    register: &Register,
    listed: &Listed,
    values: &Values,
) -> Result<(), StoreError> {
    forget(on, &listed.id).await?;
    let id = listed.id.to_string();
    let is_open = !listed.is_restricted();
    let of = |role| {
        let value = values.of(register, role);
        Value::from(Some(value.to_owned()).filter(|_| is_open && !value.is_empty()))
    };
    let due = if is_closed(register, values) { Value::Text(None) } else { of(FieldRole::Due) };
    let reference = values.of(register, FieldRole::Reference);
    // A restricted item stands after the others, and in no order that would tell anything.
    let sort = if is_open { in_order(reference) } else { format!("~{id}") };
    let sql = "INSERT INTO register_index (record, kind, owner_organisation, marking, personal, \
               regime, published, changed, sort, reference, title, state, lead, due, parent) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let row = [
        id.as_str().into(),
        listed.kind.as_str().into(),
        listed.owner.as_str().into(),
        listed.marking.word().into(),
        i64::from(listed.personal).into(),
        listed.regime.word().into(),
        i64::from(is_open && values.is_published(register)).into(),
        listed.changed.as_microsecond().into(),
        sort.into(),
        of(FieldRole::Reference),
        of(FieldRole::Title),
        of(FieldRole::State),
        of(FieldRole::Owner),
        due,
        of(FieldRole::Parent),
    ];
    on.execute(sql, &row).await?;
    if !is_open {
        return Ok(());
    }
    let text = format!("{reference} {}", values.of(register, FieldRole::Title));
    for word in words(&text) {
        let sql = "INSERT INTO register_words (kind, word, record) VALUES ($1, $2, $3)";
        on.execute(sql, &[listed.kind.as_str().into(), word.into(), id.as_str().into()]).await?;
    }
    Ok(())
}

/// Takes an item's row and words out of the index.
pub(super) async fn forget(on: &mut Transaction, id: &RecordId) -> Result<(), StoreError> {
    let id = [Value::from(id.to_string())];
    on.execute("DELETE FROM register_words WHERE record = $1", &id).await?;
    on.execute("DELETE FROM register_index WHERE record = $1", &id).await?;
    Ok(())
}

/// Takes away all that a record has here, and the links that lead to it, before it is erased.
pub(crate) async fn erase(on: &mut Transaction, id: &RecordId) -> Result<(), StoreError> {
    forget(on, id).await?;
    let id = [Value::from(id.to_string())];
    on.execute("DELETE FROM register_links WHERE record = $1", &id).await?;
    on.execute("DELETE FROM register_links WHERE to_kind = 'item' AND to_id = $1", &id).await?;
    on.execute("DELETE FROM record_versions WHERE record = $1", &id).await?;
    Ok(())
}

/// Notes that something about an item was changed, so that what is published is read again.
pub(super) async fn touch(
    on: &mut Transaction,
    id: &RecordId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE register_index SET changed = $1 WHERE record = $2";
    on.execute(sql, &[now.as_microsecond().into(), id.to_string().into()]).await.map(|_| ())
}

/// The open item of a register that is called by a reference.
pub(super) async fn called(
    on: &mut Transaction,
    register: &str,
    reference: &str,
) -> Result<Option<RecordId>, StoreError> {
    let sql = "SELECT record FROM register_index WHERE kind = $1 AND reference = $2";
    let row = on.fetch_one(sql, &[register.into(), reference.into()]).await?;
    row.map(|row| crate::records::record_id(row.text(0)?)).transpose()
}

/// Whether an item of a register has this id.
pub(super) async fn is_there(
    on: &mut Transaction,
    register: &str,
    id: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT record FROM register_index WHERE kind = $1 AND record = $2";
    Ok(on.fetch_one(sql, &[register.into(), id.into()]).await?.is_some())
}

/// Whether another open item belongs to this one.
pub(super) async fn has_children(on: &mut Transaction, id: &RecordId) -> Result<bool, StoreError> {
    let sql = "SELECT record FROM register_index WHERE parent = $1 LIMIT 1";
    Ok(on.fetch_one(sql, &[id.to_string().into()]).await?.is_some())
}

fn is_closed(register: &Register, values: &Values) -> bool {
    let state = values.of(register, FieldRole::State);
    let choices = register.role(FieldRole::State).map_or(&[][..], |field| &field.choices);
    choices.iter().any(|choice| choice.id == state && choice.closed)
}

/// A reference so that texts order as people count: P1.9 before P1.10.
pub(super) fn in_order(reference: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        if !digits.is_empty() {
            let _ = write!(out, "{digits:0>9}");
            digits.clear();
        }
    };
    for letter in reference.chars() {
        if letter.is_ascii_digit() {
            digits.push(letter);
        } else {
            flush(&mut digits, &mut out);
            out.push(letter.to_ascii_lowercase());
        }
    }
    flush(&mut digits, &mut out);
    out
}

/// The words of a text by which it is found.
pub(super) fn words(text: &str) -> std::collections::BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| word.len() >= SHORTEST_WORD)
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

/// The last text that begins with a word, in the order of any language: no word is longer.
pub(super) fn last_beginning_with(word: &str) -> String {
    format!("{word:z<LONGEST_WORD$}")
}

/// What stands for an item's marking in rows.
pub(super) fn is_open(marking: &str, personal: i64) -> bool {
    marking == Marking::Official.word() && personal == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_ordered_as_people_count() {
        let mut given = ["P1.10", "P1.9", "P10", "P2", "p1"];
        given.sort_by_key(|reference| in_order(reference));
        assert_eq!(given, ["p1", "P1.9", "P1.10", "P2", "P10"]);
    }

    #[test]
    fn words_are_found_by_their_beginning() {
        let found = words("A1.2: Off-road bikes");
        assert!(found.contains("bikes") && found.contains("a1") && !found.contains("a"));
        let last = last_beginning_with("bik");
        assert!("bikes" <= last.as_str() && "bil" > last.as_str());
    }
}
