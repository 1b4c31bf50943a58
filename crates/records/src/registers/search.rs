//! Search of a register by the beginnings of words, in work that is bounded by the rarest of them and by
//! how far they are counted.

use super::list::{COLUMNS, COUNT, Part, part};
use super::{ItemQuery, index};
use crate::store::{StoreError, Transaction, Value};

/// So many words of a search are looked at.
const MOST_WORDS: usize = 4;
/// Items that are found by words are counted no further than this.
pub(super) const MOST_FOUND: i64 = 500;
/// Words that more items have are equally common.
const COMMON: i64 = 2_000;

/// The words of a search, and where their values are bound.
pub(super) struct Words {
    register: String,
    /// Of each the first and the last text that begins so.
    ranges: Vec<[String; 2]>,
}

impl Words {
    /// The words of a query, the one that the fewest items have first.
    pub(super) async fn of(on: &mut Transaction, query: &ItemQuery) -> Result<Self, StoreError> {
        let words: Vec<String> = index::words(&query.words).into_iter().take(MOST_WORDS).collect();
        // What has the word "lighting" has one that begins with "light".
        let says_more = |word: &&String| {
            !words.iter().any(|other| other != *word && other.starts_with(word.as_str()))
        };
        let asked = words.iter().filter(says_more);
        let ranges = asked.map(|word| [word.clone(), index::last_beginning_with(word)]).collect();
        let mut words = Self { register: query.register.clone(), ranges };
        if words.ranges.len() > 1 {
            words.sort(on).await?;
        }
        Ok(words)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    async fn sort(&mut self, on: &mut Transaction) -> Result<(), StoreError> {
        let mut values = Vec::new();
        let register = bind(&mut values, &self.register);
        let count = |range: &[String; 2]| {
            let within = within(&mut values, "w", range);
            format!(
                "(SELECT COUNT(*) FROM (SELECT 1 FROM register_words w \
                 WHERE w.kind = {register} AND {within} LIMIT {COMMON}) t)"
            )
        };
        let counts: Vec<String> = self.ranges.iter().map(count).collect();
        let Some(row) = on.fetch_one(&format!("SELECT {}", counts.join(", ")), &values).await?
        else {
            return Ok(());
        };
        let mut counted = Vec::new();
        for (place, range) in self.ranges.drain(..).enumerate() {
            counted.push((row.integer(place)?, range));
        }
        counted.sort();
        self.ranges = counted.into_iter().map(|(_, range)| range).collect();
        Ok(())
    }

    /// The condition that the item whose record a column names has these words, but for the first few.
    pub(super) fn had_by(&self, record: &str, but: usize, values: &mut Vec<Value>) -> String {
        let register = bind(values, &self.register);
        let had = |range| {
            let within = within(values, "w", range);
            format!(
                "EXISTS (SELECT 1 FROM register_words w \
                 WHERE w.record = {record} AND w.kind = {register} AND {within})"
            )
        };
        let all = ["1 = 1".to_owned()].into_iter().chain(self.ranges.iter().skip(but).map(had));
        all.collect::<Vec<_>>().join(" AND ")
    }

    /// The part of a list that has all these words and meets a condition on the index; nothing where
    /// more are found than are counted, which are better looked for in the order of the list.
    pub(super) async fn found(
        &self,
        on: &mut Transaction,
        query: &ItemQuery,
        condition: &str,
        bound: &[Value],
    ) -> Result<Option<Part>, StoreError> {
        let Some(rarest) = self.ranges.first() else { return Ok(None) };
        let mut values = bound.to_vec();
        let register = bind(&mut values, &self.register);
        let rare = within(&mut values, "d", rarest);
        let others = self.had_by("d.record", 1, &mut values);
        let most = MOST_FOUND.max(on.most_looked_up());
        // The scalar subquery is a look-up in the index `register_by_record`, whatever a store believes
        // of its tables: alone, SQLite would rather take the primary key and read the row. The endless
        // limit keeps both stores from asking it twice.
        let found = format!(
            "WITH found AS MATERIALIZED (SELECT id, place FROM (SELECT id, \
             (SELECT sort FROM (SELECT 1 AS one) alone CROSS JOIN register_index \
             WHERE record = id AND {condition}) AS place FROM \
             (SELECT DISTINCT d.record AS id FROM register_words d \
             WHERE d.kind = {register} AND {rare} AND {others}) named LIMIT {}) placed \
             WHERE place IS NOT NULL LIMIT {})",
            i64::MAX,
            most + 1
        );
        let counted = format!("{found} SELECT COUNT(*) FROM found");
        let whole = values.clone();
        let (after, limits) = part(query, &mut values);
        let sql = format!(
            "{found} SELECT {COLUMNS}, (SELECT COUNT(*) FROM found) FROM \
             (SELECT record AS id, sort AS place FROM \
             (SELECT id AS record, place AS sort FROM found) f WHERE {after} \
             ORDER BY sort, record {limits}) page \
             CROSS JOIN register_index WHERE record = id ORDER BY place, id"
        );
        let rows = on.fetch(&sql, &values).await?;
        let total = match rows.first() {
            Some(row) => row.integer(COUNT)?,
            // The part lies behind the last of them, or there are none.
            None => on.fetch_one(&counted, &whole).await?.map_or(Ok(0), |row| row.integer(0))?,
        };
        Ok((total <= most).then_some(Part { rows, total: total.min(MOST_FOUND) }))
    }
}

fn bind(values: &mut Vec<Value>, text: &str) -> String {
    values.push(text.into());
    format!("${}", values.len())
}

/// The condition that a word begins as it must.
fn within(values: &mut Vec<Value>, table: &str, [first, last]: &[String; 2]) -> String {
    let (first, last) = (bind(values, first), bind(values, last));
    format!("{table}.word >= {first} AND {table}.word <= {last}")
}
