//! What a register is: its fields, which of them lists are made of, and which links it may have.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::words::is_id;

/// Why a register's declaration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DefinitionError {
    /// A file is not written as it should be.
    #[error("{file}: {why}")]
    Unreadable {
        /// Which.
        file: String,
        /// What is wrong, with its line.
        why: String,
    },
    /// What it says contradicts itself.
    #[error("{file}: register {register:?}: {why}")]
    Wrong {
        /// Which file.
        file: String,
        /// Which register.
        register: String,
        /// What is wrong.
        why: String,
    },
}

/// A list that the partnership keeps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Its id, which is the category that agreements name.
    pub id: String,
    /// Its title: the plural.
    pub title: String,
    /// One item of it, in a sentence: "action".
    pub one: String,
    /// What it is for.
    pub about: String,
    /// Whether its items hold personal data. Nothing of them is then in the plain index.
    #[serde(default)]
    pub personal: bool,
    /// A yes-or-no field: as long as it is not yes, an item holds personal data.
    #[serde(default)]
    pub personal_until: Option<String>,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// Links from its items.
    #[serde(default)]
    pub relations: Vec<Relation>,
    /// Yes-or-no fields that must be yes before an item is published.
    #[serde(default)]
    pub publication_needs: Vec<String>,
}

/// A field of a register.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its id.
    pub id: String,
    /// What people call it: the heading of a column, the label of a form.
    pub label: String,
    /// What to write, where that is not plain.
    #[serde(default)]
    pub hint: String,
    /// What may stand in it.
    pub kind: FieldKind,
    /// Whether something must.
    #[serde(default)]
    pub required: bool,
    /// Whether it is shown where an item is published.
    #[serde(default)]
    pub public: bool,
    /// What it is to the lists.
    pub role: Option<FieldRole>,
    /// What may be chosen, where something is.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// The register whose items it names, where it names one.
    pub to: Option<String>,
    /// Other headings under which spreadsheets have it.
    #[serde(default)]
    pub also: Vec<String>,
}

/// What may stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    Line,
    /// Text of several paragraphs.
    Text,
    /// A day.
    Date,
    /// A whole number.
    Number,
    /// Pounds and pence.
    Money,
    /// One of the choices.
    Choice,
    /// Yes or no.
    YesNo,
    /// An item of another register.
    Item,
}

/// What a field is to the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldRole {
    /// What people call the item by, such as P1.2; unlike any other of the register.
    Reference,
    /// Its title.
    Title,
    /// How it stands.
    State,
    /// Who answers for it: a post or a body.
    Owner,
    /// The day on which something is due.
    Due,
    /// The item that it belongs to.
    Parent,
    /// When somebody last said how it stands.
    Updated,
    /// Its marking, where that is not always OFFICIAL.
    Marking,
    /// Whether it is published.
    Published,
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its id, as it is stored.
    pub id: String,
    /// As people read it.
    pub label: String,
    /// Whether nothing more is to be done where an item stands so: it is then not due.
    #[serde(default)]
    pub closed: bool,
}

/// A link that items of a register may have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    /// Its id.
    pub id: String,
    /// Read from the item: "is measured by".
    pub label: String,
    /// Read from the other end: "measures".
    pub back: String,
    /// Registers at the other end, `claim`, `figure`, or `any` for every register.
    pub to: Vec<String>,
}

impl Register {
    /// The field of a role.
    pub fn role(&self, role: FieldRole) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Some(role))
    }

    /// A field by its id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// A relation by its id.
    pub fn relation(&self, id: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.id == id)
    }
}

impl Field {
    /// What a stored value is to readers: a choice's label, yes or no, otherwise itself.
    pub fn shown<'a>(&'a self, value: &'a str) -> &'a str {
        let choice = self.choices.iter().find(|choice| choice.id == value);
        match (choice, self.kind, value) {
            (Some(choice), ..) => &choice.label,
            (None, FieldKind::YesNo, "yes") => "Yes",
            (None, FieldKind::YesNo, "no") => "No",
            _ => value,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    registers: Vec<Register>,
}

/// Every register that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registers(BTreeMap<String, Register>);

/// The registers that every partnership has, by the file that declares them.
const STANDARD: [(&str, &str); 5] = [
    ("plan.toml", include_str!("../../registers/plan.toml")),
    ("duties.toml", include_str!("../../registers/duties.toml")),
    ("lists.toml", include_str!("../../registers/lists.toml")),
    ("board.toml", include_str!("../../registers/board.toml")),
    ("reviews.toml", include_str!("../../registers/reviews.toml")),
];

impl Registers {
    /// The registers that every partnership has.
    pub fn standard() -> Result<Self, DefinitionError> {
        Self::with(&BTreeMap::new())
    }

    /// The same with a partnership's own, by the name of the file that declares them. A register of
    /// the same id takes the standard one's place.
    pub fn with(own: &BTreeMap<String, String>) -> Result<Self, DefinitionError> {
        let own = own.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        let mut all: BTreeMap<String, (String, Register)> = BTreeMap::new();
        for (file, text) in STANDARD.into_iter().chain(own) {
            let read: File = toml::from_str(text).map_err(|why| DefinitionError::Unreadable {
                file: file.to_owned(),
                why: why.to_string(),
            })?;
            for register in read.registers {
                all.insert(register.id.clone(), (file.to_owned(), register));
            }
        }
        let known: BTreeSet<String> = all.keys().cloned().collect();
        for (file, register) in all.values() {
            check(register, &known).map_err(|why| DefinitionError::Wrong {
                file: file.clone(),
                register: register.id.clone(),
                why,
            })?;
        }
        Ok(Self(all.into_iter().map(|(id, (_, register))| (id, register)).collect()))
    }

    /// A register by its id.
    pub fn get(&self, id: &str) -> Option<&Register> {
        self.0.get(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Register> {
        self.0.values()
    }

    /// Links that end at items of a register, with the register that they come from.
    pub fn relations_to<'a>(
        &'a self,
        register: &'a str,
    ) -> impl Iterator<Item = (&'a Register, &'a Relation)> {
        let all = self.iter().flat_map(|from| from.relations.iter().map(move |one| (from, one)));
        all.filter(move |(_, one)| one.to.iter().any(|to| to == register || to == "any"))
    }
}

fn check(register: &Register, known: &BTreeSet<String>) -> Result<(), String> {
    let is_free = |id: &str| id == "claim" || id == "figure" || id == "any";
    if !is_id(&register.id) || is_free(&register.id) {
        return Err("its id is none: small letters, digits and hyphens".to_owned());
    }
    let mut ids = BTreeSet::new();
    let mut roles = BTreeSet::new();
    for field in &register.fields {
        let about = |why: &str| Err(format!("field {:?} {why}", field.id));
        if !is_id(&field.id) || !ids.insert(&field.id) {
            return about("has no id of its own");
        }
        if field.role.is_some_and(|role| !roles.insert(role)) {
            return about("has a role that another has too");
        }
        if (field.kind == FieldKind::Choice) == field.choices.is_empty() {
            return about("must have choices if it is one, and none otherwise");
        }
        if (field.kind == FieldKind::Item) != field.to.as_ref().is_some_and(|to| known.contains(to))
        {
            return about("must name a register in `to` if it is an item of one");
        }
        let fits = match field.role {
            Some(FieldRole::Due | FieldRole::Updated) => field.kind == FieldKind::Date,
            Some(FieldRole::Parent) => field.kind == FieldKind::Item,
            Some(FieldRole::State | FieldRole::Marking) => field.kind == FieldKind::Choice,
            Some(FieldRole::Published) => field.kind == FieldKind::YesNo,
            Some(FieldRole::Reference | FieldRole::Title) => {
                field.kind == FieldKind::Line && field.required
            }
            Some(FieldRole::Owner) => field.kind == FieldKind::Line,
            None => true,
        };
        if !fits {
            return about("is not of the kind that its role asks for");
        }
    }
    for role in [FieldRole::Reference, FieldRole::Title] {
        if register.role(role).is_none() {
            return Err(format!("no field has the role {role:?}"));
        }
    }
    for relation in &register.relations {
        let unknown = relation.to.iter().find(|to| !is_free(to) && !known.contains(*to));
        if let Some(unknown) = unknown {
            return Err(format!(
                "relation {:?} leads to {unknown:?}, which is not there",
                relation.id
            ));
        }
    }
    let is_yes_no = |id: &String| register.field(id).is_some_and(|f| f.kind == FieldKind::YesNo);
    if let Some(id) = register.personal_until.iter().find(|id| !is_yes_no(id)) {
        return Err(format!("personal_until names {id:?}, which is no yes-or-no field"));
    }
    match register.publication_needs.iter().find(|id| !is_yes_no(id)) {
        Some(id) => Err(format!("publication_needs names {id:?}, which is no yes-or-no field")),
        None => Ok(()),
    }
}
