//! What the lint knows of law and terms: data, shipped with the program and added to by a partnership.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

/// Why what is known cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The file is closed to us.
    #[error("{}: {why}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{}: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line, field and mend.
        message: String,
    },
}

/// A change of law, an entry of `lint/law.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawChange {
    /// The names that are out of date.
    pub was: Vec<String>,
    /// The names that are right; a sentence with one of them is not reported.
    pub now: Vec<String>,
    /// What happened, to complete "it is ...".
    pub what: String,
    /// From which day.
    pub since: Date,
    /// Where that can be looked up.
    pub source: String,
    /// What is not sure; the entry then makes notes and no findings.
    #[serde(default)]
    pub unsure: Option<String>,
}

/// A term, an entry of `lint/terms.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// As it is mostly written.
    pub name: String,
    /// Other names.
    #[serde(default)]
    pub also: Vec<String>,
    /// What it is.
    pub is: String,
    /// The terms that it may be listed under.
    #[serde(default)]
    pub under: Vec<String>,
}

/// All that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Knowledge {
    /// Changes of law.
    pub law: Vec<LawChange>,
    /// Terms.
    pub terms: Vec<Term>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LawFile {
    law: Vec<LawChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsFile {
    term: Vec<Term>,
}

impl Knowledge {
    /// What is shipped with the program.
    pub fn shipped() -> Self {
        // INVARIANT: the files are part of the program, and a test reads them.
        let law: LawFile = toml::from_str(include_str!("law.toml"))
            .unwrap_or_else(|error| unreachable!("law.toml: {error}"));
        let terms: TermsFile = toml::from_str(include_str!("terms.toml"))
            .unwrap_or_else(|error| unreachable!("terms.toml: {error}"));
        Self { law: law.law, terms: terms.term }
    }

    /// What is shipped, and what a partnership's folder says in `lint/law.toml` and `lint/terms.toml`.
    /// An entry with a name of a shipped one takes its place.
    pub fn of_folder(folder: &Path) -> Result<Self, KnowledgeError> {
        let mut known = Self::shipped();
        if let Some(file) = read::<LawFile>(&folder.join("lint").join("law.toml"))? {
            known.law.retain(|old| {
                !file.law.iter().any(|new| new.was.iter().any(|was| old.was.contains(was)))
            });
            known.law.extend(file.law);
        }
        if let Some(file) = read::<TermsFile>(&folder.join("lint").join("terms.toml"))? {
            known.terms.retain(|old| !file.term.iter().any(|new| new.name == old.name));
            known.terms.extend(file.term);
        }
        Ok(known)
    }
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, KnowledgeError> {
    let text = match std::fs::read_to_string(path) {
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(|why| KnowledgeError::Read { path: path.to_owned(), why })?,
    };
    let parsed = toml::from_str(&text);
    parsed.map(Some).map_err(|error| KnowledgeError::Parse {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shipped_can_be_read_and_is_whole() {
        let known = Knowledge::shipped();
        assert!(known.law.len() > 15 && known.terms.len() > 10);
        for change in &known.law {
            assert!(!change.was.is_empty() && !change.source.is_empty(), "{change:?}");
        }
        for under in known.terms.iter().flat_map(|term| &term.under) {
            assert!(known.terms.iter().any(|term| term.name == *under), "{under}");
        }
    }

    #[test]
    fn a_folder_adds_and_replaces() {
        let here = tempfile::tempdir().unwrap();
        std::fs::create_dir(here.path().join("lint")).unwrap();
        let law = "[[law]]\nwas = [\"domestic homicide review\"]\nnow = [\"related death review\"]\nwhat = \"renamed\"\nsince = \"2026-01-01\"\nsource = \"the board\"\n";
        std::fs::write(here.path().join("lint/law.toml"), law).unwrap();
        let known = Knowledge::of_folder(here.path()).unwrap();
        let review: Vec<_> = known
            .law
            .iter()
            .filter(|l| l.was.contains(&"domestic homicide review".into()))
            .collect();
        assert_eq!((review.len(), review[0].unsure.as_deref()), (1, None));
        assert_eq!(known.terms, Knowledge::shipped().terms);
        std::fs::write(here.path().join("lint/terms.toml"), "[[term]]\nnmae = \"x\"\n").unwrap();
        assert!(matches!(Knowledge::of_folder(here.path()), Err(KnowledgeError::Parse { .. })));
    }
}
