//! What can be fetched, as data: the entries that ship with Wardmote, and a partnership's own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

const SHIPPED: &str = include_str!("sources.toml");

/// Why a declaration of what can be fetched cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeclarationError {
    /// The file is there and cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// The declaration.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// Not TOML, or not what an entry looks like.
    #[error("{from}: {message}")]
    Malformed {
        /// Which declaration.
        from: String,
        /// What is wrong, and where.
        message: String,
    },
}

/// All that can be fetched, by the name that the command takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Declarations {
    /// The entries.
    pub entries: BTreeMap<String, Entry>,
}

/// Files of one publisher that are fetched together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is, for people.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// The short name of its licence.
    pub licence: String,
    /// What must be said wherever it is used.
    pub attribution: String,
    /// The day on which its addresses were last believed right.
    pub believed: Option<String>,
    /// Its folder below the data folder.
    pub folder: String,
    /// Hosts beside those of its addresses that may answer for them.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// How to complete the entry, where it ships without an address.
    pub how: Option<String>,
    /// Its files.
    #[serde(default)]
    pub files: Vec<FileTemplate>,
}

/// One address, with places to fill in, and where what it brings goes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileTemplate {
    /// What the address answers with.
    pub form: Form,
    /// The address.
    pub url: String,
    /// The file to write, below the target folder.
    pub to: String,
    /// Of an archive: the kinds of file to take from it.
    #[serde(default)]
    pub contents: Vec<String>,
    /// Of an archive: how many months it holds, its own included.
    #[serde(default = "one")]
    pub months_held: u16,
    /// Roughly how much it is, to warn with.
    pub about_bytes: Option<u64>,
    /// Of a layer: which of its features.
    #[serde(rename = "where")]
    pub filter: Option<String>,
    /// Of a layer: the field that keeps the order of its pages.
    pub order_by: Option<String>,
    /// Of a layer: features to ask for at once.
    #[serde(default = "page_size")]
    pub page_size: u32,
}

fn one() -> u16 {
    1
}

fn page_size() -> u32 {
    1_000
}

/// What an address answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A ZIP of monthly files, of which some are wanted.
    Archive,
    /// A JSON document.
    Json,
    /// A CSV file.
    Csv,
    /// An `OpenDocument` spreadsheet.
    Ods,
    /// An Excel workbook.
    Xlsx,
    /// A layer of an `ArcGIS` feature service, to be joined to one `GeoJSON` file.
    LayerGeojson,
    /// The same service's table without shapes, to be joined to one CSV file.
    LayerCsv,
}

impl Declarations {
    /// The entries that ship with Wardmote.
    pub fn shipped() -> Result<Self, DeclarationError> {
        Self::merged(&[("the entries that ship with Wardmote", SHIPPED)])
    }

    /// The entries that ship, with the changes of a partnership's `fetch.toml` where it has one.
    pub fn for_partnership(folder: &Path) -> Result<Self, DeclarationError> {
        let path = folder.join("fetch.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::shipped_with(&path.display().to_string(), &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::shipped(),
            Err(source) => Err(DeclarationError::Unreadable { path, source }),
        }
    }

    /// The entries that ship, with the keys of another text over theirs.
    pub fn shipped_with(from: &str, text: &str) -> Result<Self, DeclarationError> {
        Self::merged(&[("the entries that ship with Wardmote", SHIPPED), (from, text)])
    }

    fn merged(texts: &[(&str, &str)]) -> Result<Self, DeclarationError> {
        let mut all = toml::Table::new();
        let mut last = "";
        for (from, text) in texts {
            last = from;
            let malformed =
                |message: String| DeclarationError::Malformed { from: (*from).to_owned(), message };
            let table: toml::Table = text
                .parse()
                .map_err(|e: toml::de::Error| malformed(e.to_string().trim_end().to_owned()))?;
            for (name, entry) in table {
                let toml::Value::Table(entry) = entry else {
                    return Err(malformed(format!("{name} is not an entry; write [{name}]")));
                };
                let known = all.entry(name).or_insert_with(|| toml::Table::new().into());
                if let toml::Value::Table(known) = known {
                    known.extend(entry);
                }
            }
        }
        let entries = all.into_iter().map(|(name, entry)| {
            let entry = entry.try_into().map_err(|e: toml::de::Error| {
                let message = format!("[{name}] {}", e.to_string().trim_end());
                DeclarationError::Malformed { from: last.to_owned(), message }
            })?;
            Ok((name, entry))
        });
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }
}
