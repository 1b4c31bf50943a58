//! Agreements as files: what partners signed, and the law that lets them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use crate::words::{Marking, Operation, is_id};

/// Why agreements cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AgreementError {
    /// A file is not written as it should be.
    #[error("{file}: {why}")]
    Unreadable {
        /// Which.
        file: String,
        /// What is wrong, with its line.
        why: String,
    },
    /// An id is none.
    #[error("{file}: {id:?} is no id: up to 80 small letters, digits and hyphens")]
    NoId {
        /// Which file.
        file: String,
        /// What stands there.
        id: String,
    },
    /// A permit names who is no party.
    #[error("{file}: permit {permit} names {organisation:?}, who is no party to the agreement")]
    NoParty {
        /// Which file.
        file: String,
        /// Which permit, from 1.
        permit: usize,
        /// Who.
        organisation: String,
    },
    /// The legal gateway is not declared.
    #[error("{file}: gateway {gateway:?} is not in gateways.toml")]
    NoGateway {
        /// Which file.
        file: String,
        /// The gateway.
        gateway: String,
    },
    /// The dates run backwards.
    #[error("{file}: it ends or is reviewed before it starts")]
    Dates {
        /// Which file.
        file: String,
    },
    /// A permit can never apply.
    #[error("{file}: permit {permit} leaves {what} empty, so that it permits nothing")]
    Empty {
        /// Which file.
        file: String,
        /// Which permit, from 1.
        permit: usize,
        /// Which of its lists.
        what: &'static str,
    },
    /// Two parties' ids are the same for different names.
    #[error("organisation {id:?} has two names: {one:?} and {other:?}")]
    TwoNames {
        /// Whose.
        id: String,
        /// The one.
        one: String,
        /// The other.
        other: String,
    },
}

/// An organisation that signed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its id.
    pub id: String,
    /// Its name for readers.
    pub name: String,
}

/// What a gateway is in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GatewayKind {
    /// The data must be shared.
    Duty,
    /// They may be.
    Power,
    /// The person agreed.
    Consent,
    /// Something else, which `law` says.
    Other,
}

/// A legal gateway, with the days on which it was or is law.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Its id.
    pub id: String,
    /// Whether it obliges or permits.
    pub kind: GatewayKind,
    /// The Act and section, or what stands in their place.
    pub law: String,
    /// Whether it carries personal data.
    pub personal: bool,
    /// The first day of it as law, if that matters here.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
    /// When somebody last held this against the law.
    pub checked: Date,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GatewaysFile {
    /// Roles to which a refusal's reason is told.
    explain_refusals_to: BTreeSet<String>,
    gateways: Vec<Gateway>,
}

/// What one sentence of an agreement permits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permit {
    /// What may be done.
    pub operations: Vec<Operation>,
    /// Whose records.
    pub from: Vec<String>,
    /// Whose staff may do it.
    pub to: Vec<String>,
    /// In which of their roles.
    pub roles: Vec<String>,
    /// With which categories of data.
    pub categories: Vec<String>,
    /// Up to which markings, each named.
    pub markings: Vec<Marking>,
}

/// One agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreement {
    /// Its id: the file's name without `.toml`, and what `sources/*.toml` name.
    pub id: String,
    /// What it says.
    pub terms: Terms,
    /// The gateway that it rests on.
    pub gateway: Gateway,
}

/// The text of an agreement's file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// Its title.
    pub title: String,
    /// Whether it is invented, as everything of a synthetic partnership.
    #[serde(default)]
    pub synthetic: bool,
    /// Where the signed text lies.
    pub source: String,
    /// When the file was last held against that text.
    pub checked: Date,
    /// The purpose, as an id that requests name.
    pub purpose: String,
    /// The purpose in words.
    pub purpose_in_words: String,
    /// The legal gateway, by its id.
    pub gateway: String,
    /// Its first day.
    pub start: Date,
    /// Its last day.
    pub end: Date,
    /// When the parties look at it again.
    pub review: Date,
    /// Who signed.
    pub parties: Vec<Party>,
    /// What it permits.
    pub permits: Vec<Permit>,
}

/// All agreements of a partnership.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Agreements {
    /// In order of id.
    pub agreements: Vec<Agreement>,
    /// Roles to which a refusal's reason is told.
    pub explain_refusals_to: BTreeSet<String>,
}

impl Agreements {
    /// Reads the texts of agreements, by id, and of `gateways.toml`.
    pub fn read(
        gateways: &str,
        agreements: &BTreeMap<String, String>,
    ) -> Result<Self, AgreementError> {
        let GatewaysFile { explain_refusals_to, gateways } = parse("gateways.toml", gateways)?;
        for gateway in &gateways {
            check_id("gateways.toml", &gateway.id)?;
        }
        let read = |(id, text): (&String, &String)| read_one(id, text, &gateways);
        let agreements = agreements.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let all = Self { agreements, explain_refusals_to };
        all.organisations()?;
        Ok(all)
    }

    /// One agreement.
    pub fn find(&self, id: &str) -> Option<&Agreement> {
        self.agreements.iter().find(|agreement| agreement.id == id)
    }

    /// The parties to all of them, by id.
    pub fn organisations(&self) -> Result<BTreeMap<String, String>, AgreementError> {
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for party in self.agreements.iter().flat_map(|agreement| &agreement.terms.parties) {
            let one = names.entry(party.id.clone()).or_insert_with(|| party.name.clone());
            if *one != party.name {
                let (id, one, other) = (party.id.clone(), one.clone(), party.name.clone());
                return Err(AgreementError::TwoNames { id, one, other });
            }
        }
        Ok(names)
    }

    /// Each permit with its agreement and its id, such as `agreement-2024/1`.
    pub fn permits(&self) -> impl Iterator<Item = (String, &Agreement, &Permit)> {
        self.agreements.iter().flat_map(|agreement| {
            let permits = agreement.terms.permits.iter().enumerate();
            permits.map(move |(index, permit)| {
                (format!("{}/{}", agreement.id, index + 1), agreement, permit)
            })
        })
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, AgreementError> {
    let unreadable = |why: toml::de::Error| AgreementError::Unreadable {
        file: file.to_owned(),
        why: why.to_string().trim_end().to_owned(),
    };
    toml::from_str(text).map_err(unreadable)
}

fn check_id(file: &str, id: &str) -> Result<(), AgreementError> {
    if is_id(id) {
        return Ok(());
    }
    Err(AgreementError::NoId { file: file.to_owned(), id: id.to_owned() })
}

fn read_one(id: &str, text: &str, gateways: &[Gateway]) -> Result<Agreement, AgreementError> {
    let file = &format!("{id}.toml");
    check_id(file, id)?;
    let terms: Terms = parse(file, text)?;
    check_id(file, &terms.purpose)?;
    if terms.end < terms.start || terms.review < terms.start {
        return Err(AgreementError::Dates { file: file.clone() });
    }
    for party in &terms.parties {
        check_id(file, &party.id)?;
    }
    for (index, permit) in terms.permits.iter().enumerate() {
        check_permit(file, index + 1, permit, &terms.parties)?;
    }
    let gateway = gateways.iter().find(|gateway| gateway.id == terms.gateway).cloned();
    let gateway = gateway.ok_or_else(|| AgreementError::NoGateway {
        file: file.clone(),
        gateway: terms.gateway.clone(),
    })?;
    Ok(Agreement { id: id.to_owned(), terms, gateway })
}

fn check_permit(
    file: &str,
    number: usize,
    permit: &Permit,
    parties: &[Party],
) -> Result<(), AgreementError> {
    let lists = [
        ("operations", permit.operations.is_empty()),
        ("from", permit.from.is_empty()),
        ("to", permit.to.is_empty()),
        ("roles", permit.roles.is_empty()),
        ("categories", permit.categories.is_empty()),
        ("markings", permit.markings.is_empty()),
    ];
    if let Some((what, _)) = lists.into_iter().find(|(_, is_empty)| *is_empty) {
        return Err(AgreementError::Empty { file: file.to_owned(), permit: number, what });
    }
    for id in permit.roles.iter().chain(&permit.categories) {
        check_id(file, id)?;
    }
    for organisation in permit.from.iter().chain(&permit.to) {
        if !parties.iter().any(|party| party.id == *organisation) {
            let (file, organisation) = (file.to_owned(), organisation.clone());
            return Err(AgreementError::NoParty { file, permit: number, organisation });
        }
    }
    Ok(())
}
