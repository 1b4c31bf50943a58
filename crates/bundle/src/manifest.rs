//! `manifest.json`: what a bundle holds, and what it takes to check it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The version of the manifest's shape; a reader refuses one that it does not know.
pub const FORMAT: u32 = 1;

/// The whole manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The shape's version.
    pub format: u32,
    /// The program that wrote it, such as `wardmote 0.1.0`.
    pub program: String,
    /// The partnership.
    pub partnership: String,
    /// Whether its data are synthetic.
    pub synthetic: bool,
    /// The declared date of publication.
    pub published: jiff::civil::Date,
    /// The vintage of the evidence.
    pub vintage: String,
    /// The public key of whoever signed it; `None` where nobody did.
    pub signed_by: Option<String>,
    /// Every member but this file and its signature, by name.
    pub members: BTreeMap<String, MemberRecord>,
    /// The open sources, by id, with the files that were loaded.
    pub sources: BTreeMap<String, SourceRecord>,
    /// The sources that only the publisher can read, by id. Nothing else is said of them.
    pub withheld: BTreeMap<String, Withheld>,
}

/// A member of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRecord {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
}

/// An open source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRecord {
    /// Who publishes it.
    pub publisher: String,
    /// Under which licence.
    pub licence: String,
    /// Its files, by the path under which they were loaded; in an archive, `archive.zip!entry`.
    pub files: BTreeMap<String, SourceFile>,
}

/// A file of an open source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many they are.
    pub bytes: u64,
    /// Where it can be had.
    pub from: WhereToGet,
}

/// Where a file can be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhereToGet {
    /// It was fetched from this address, or out of the archive there.
    Address(String),
    /// By the publisher's pattern of addresses, it should be at this one.
    Likely(String),
    /// No address is known; whom to ask.
    Publisher(String),
}

impl WhereToGet {
    /// In words.
    pub fn in_words(&self) -> String {
        match self {
            Self::Address(url) => url.clone(),
            Self::Likely(url) => format!("probably {url}"),
            Self::Publisher(name) => format!("published by {name}"),
        }
    }
}

/// A source that only the publisher can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withheld {
    /// Why.
    pub because: WithheldBecause,
}

/// Why a source is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WithheldBecause {
    /// It is shared under an agreement.
    Controlled,
    /// It is read with a key that turns references into pseudonyms.
    Pseudonyms,
}

impl WithheldBecause {
    /// In words that follow the source's name.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Controlled => "is controlled, and not in the bundle",
            Self::Pseudonyms => {
                "is read with a key of pseudonyms, which only the publisher may have"
            }
        }
    }
}
