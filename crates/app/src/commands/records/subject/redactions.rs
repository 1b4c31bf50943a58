//! What is given of others' data, as somebody decides who looked through it: nothing, unless they say
//! so and why.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use wardmote_records::words::Capacity;
use wardmote_records::{Access, RecordId};

const HEAD: &str = "\
# What the answer gives of other people's data. Nothing, as long as `give` is false. To give something,
# write true and why. A whole record is withheld by `withhold = true`, with why.
";
const WITHHELD: &str = "[withheld: data of another person]";

/// The file `redactions.toml`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Redactions {
    pub(super) reference: String,
    #[serde(default)]
    pub(super) records: Vec<Decided>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    record: String,
    version: i64,
    withhold: bool,
    why: String,
    #[serde(default)]
    others: Vec<Other>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    person: String,
    /// Empty where what is theirs cannot be told apart.
    fields: Vec<String>,
    give: bool,
    why: String,
}

impl Redactions {
    /// All data of others withheld.
    pub(super) fn proposed(reference: &str, held: &[Access]) -> Self {
        let records = held.iter().map(|access| {
            let others = access.others.iter().enumerate().map(|(index, other)| Other {
                person: name(index),
                fields: other.fields.clone(),
                give: false,
                why: String::new(),
            });
            Decided {
                record: access.held.listed.id.to_string(),
                version: access.held.listed.version,
                withhold: false,
                why: String::new(),
                others: others.collect(),
            }
        });
        Self { reference: reference.to_owned(), records: records.collect() }
    }

    pub(super) fn text(&self) -> anyhow::Result<String> {
        Ok(format!("{HEAD}\n{}", toml::to_string(self)?))
    }

    pub(super) fn read(text: &str) -> anyhow::Result<Self> {
        let redactions: Self = toml::from_str(text)?;
        for one in &redactions.records {
            let (record, lacks) = (&one.record, "say why");
            ensure!(!one.withhold || !one.why.trim().is_empty(), "record {record}: {lacks}");
            for other in &one.others {
                let is_well = !other.give || !other.why.trim().is_empty();
                ensure!(is_well, "record {record}, {}: {lacks} it is given", other.person);
            }
        }
        Ok(redactions)
    }

    /// Whether the file still names everybody who is in the records.
    pub(super) fn check(&self, held: &[Access]) -> anyhow::Result<()> {
        for access in held {
            let id = access.held.listed.id.to_string();
            let decided = self.of(&id).with_context(|| format!("record {id} is not decided"))?;
            let fields = |index: usize| decided.others.get(index).map(|one| one.fields.clone());
            let same = access.others.len() == decided.others.len()
                && access
                    .others
                    .iter()
                    .enumerate()
                    .all(|(index, other)| fields(index).as_ref() == Some(&other.fields));
            ensure!(same, "who is in record {id} has changed; export it again");
        }
        Ok(())
    }

    pub(super) fn looked_through(&self) -> BTreeSet<(String, i64)> {
        self.records.iter().map(|one| (one.record.clone(), one.version)).collect()
    }

    /// The records that are not withheld whole.
    pub(super) fn given(&self) -> anyhow::Result<Vec<(RecordId, i64)>> {
        let given = self.records.iter().filter(|one| !one.withhold);
        given
            .map(|one| {
                let id = RecordId::parse(&one.record).with_context(|| one.record.clone())?;
                Ok((id, one.version))
            })
            .collect()
    }

    fn of(&self, record: &str) -> Option<&Decided> {
        self.records.iter().find(|one| one.record == record)
    }
}

/// How somebody else in a record is called in the documents.
pub(super) fn name(index: usize) -> String {
    format!("other person {}", index + 1)
}

/// What a record says or said, as JSON if it is, and else as text.
pub(super) fn body(bytes: &[u8]) -> Value {
    let text = || Value::String(String::from_utf8_lossy(bytes).into_owned());
    serde_json::from_slice(bytes).unwrap_or_else(|_| text())
}

/// What of it the answer gives: of what the record says, or of what it said before.
pub(super) fn redacted(access: &Access, said: &[u8], redactions: &Redactions) -> Value {
    let withheld = || Value::String(WITHHELD.to_owned());
    let Some(decided) = redactions.of(&access.held.listed.id.to_string()) else {
        return withheld();
    };
    let kept_back: Vec<&Other> = decided.others.iter().filter(|other| !other.give).collect();
    // Where it cannot be told whose is what, nothing can go.
    if kept_back.iter().any(|other| other.fields.is_empty()) {
        return withheld();
    }
    let mut body = match access.theirs.capacity {
        Capacity::Subject => body(said),
        Capacity::ThirdParty => only(&body(said), &access.theirs.fields),
    };
    for field in kept_back.iter().flat_map(|other| &other.fields) {
        if let Some(value) = body.pointer_mut(field) {
            *value = withheld();
        }
    }
    body
}

/// What of a record about others is a mentioned person's own.
fn only(body: &Value, fields: &[String]) -> Value {
    let theirs: BTreeMap<&String, Value> =
        fields.iter().filter_map(|field| Some((field, body.pointer(field)?.clone()))).collect();
    let theirs = theirs.into_iter().map(|(field, value)| (field.clone(), value));
    Value::Object(theirs.collect())
}
